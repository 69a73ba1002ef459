//! Listening on loopback, and taking one request from its first byte to its last: faults, handling, judgement, record.

use std::convert::Infallible;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderName, HeaderValue, Request as HttpRequest, Response, header};
use futures_util::{StreamExt, stream};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

use crate::exchange::{Call, Handled, Part, Payload, Reply, Request, Side, Violation};
use crate::fault::{Effect, FaultBody};
use crate::garble;
use crate::schema::{self, Description, Shape};
use crate::settings::Validation;
use crate::world::House;

/// No answer of the sandbox can be taken for the real service's.
pub(crate) const MARK: (&str, &str) = ("x-sandbox", "debitura-desk");

const LARGEST_BODY: usize = 64 * 1024 * 1024;
const LARGEST_RECORDED_BODY: usize = 256 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Provider {
    Debitura,
    Stripe,
}

impl Provider {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Debitura => "debitura",
            Self::Stripe => "stripe",
        }
    }

    pub(crate) fn description(self) -> &'static Description {
        match self {
            Self::Debitura => &schema::DEBITURA,
            Self::Stripe => &schema::STRIPE,
        }
    }
}

/// The caller is left without an answer; hyper closes the connection.
#[derive(Debug)]
pub(crate) struct Severed;

impl fmt::Display for Severed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection was cut on purpose")
    }
}

impl std::error::Error for Severed {}

/// Binds to loopback, and to nothing else: nobody outside this machine may meet a server that plays a bank's part.
pub(crate) async fn bind(port: u16) -> std::io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await
}

/// Serves a provider until the task is aborted; all open connections go down with it.
pub(crate) fn serve(
    house: Arc<House>,
    provider: Provider,
    listener: TcpListener,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            while connections.try_join_next().is_some() {}
            let Ok((socket, _)) = listener.accept().await else {
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            };
            let _ = socket.set_nodelay(true);
            let house = Arc::clone(&house);
            connections.spawn(async move {
                let service =
                    service_fn(move |request| answer(Arc::clone(&house), provider, request));
                let connection = hyper::server::conn::http1::Builder::new()
                    .timer(TokioTimer::new())
                    .serve_connection(TokioIo::new(socket), service);
                if let Err(error) = connection.await {
                    tracing::debug!(%error, "connection ended");
                }
            });
        }
    })
}

async fn answer(
    house: Arc<House>,
    provider: Provider,
    request: HttpRequest<Incoming>,
) -> Result<Response<Body>, Severed> {
    let (head, body) = request.into_parts();
    let full_path = head.uri.path_and_query().map_or_else(
        || head.uri.path().to_owned(),
        |path| path.as_str().to_owned(),
    );
    let body = axum::body::to_bytes(Body::new(body), LARGEST_BODY)
        .await
        .map_err(|_| Severed)?;
    let parts = parts(head.headers.get(header::CONTENT_TYPE), &body).await;
    let found = provider
        .description()
        .find(head.method.as_str(), head.uri.path());
    let (operation, parameters) = found.map_or_else(Default::default, |(operation, parameters)| {
        (Some(operation), parameters)
    });
    let call = Call {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        operation,
        parameters,
        query: form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect(),
        headers: head.headers,
        body,
        parts,
        now: house.world().clock.now(),
    };
    let route = format!("{} {}", provider.name(), call.route());
    let (number, effects, effort, latency) = {
        let mut world = house.world();
        let effects = world.faults.hit(&route);
        let number = world.record(request_of(provider, &call, full_path, &route, &effects));
        (number, effects, world.settings.validation, house.latency)
    };
    if effort != Validation::Off
        && let Some(operation) = call.operation
    {
        // A form's parts are read by the handler; the description says no more than their names.
        let body = call.json();
        let form = !call.parts.is_empty();
        let mut wrong = provider.description().judge_request(
            operation,
            &call.parameters,
            &call.query,
            if form { None } else { body.as_ref() },
        );
        wrong.retain(|message| !form || !message.contains("body"));
        house
            .world()
            .complain(number, &route, Side::Request, None, wrong);
    }
    for effect in &effects {
        if let Some(delay) = effect.delay() {
            let running = house.world().debitura.enter(&call);
            tokio::time::sleep(delay).await;
            if let Some(running) = running {
                house.world().debitura.leave(&running);
            }
        }
    }
    let mut reply = match effects.iter().find_map(instead_of_handling) {
        Some(Instead::Sever) => return Err(Severed),
        Some(Instead::Hang) => std::future::pending().await,
        Some(Instead::Answer(reply)) => {
            let mut world = house.world();
            let settings = world.settings.clone();
            if provider == Provider::Debitura {
                world.debitura.keep_injected(&call, &reply, &settings);
            }
            reply
        }
        None => {
            let mut world = house.world();
            let handled = world.handle(provider, &call, &effects);
            let Handled {
                reply,
                account,
                complaint,
            } = handled;
            world.attribute(number, account);
            world.complain(
                number,
                &route,
                Side::Request,
                None,
                complaint.into_iter().collect(),
            );
            reply
        }
    };
    if effort != Validation::Off {
        let json = match &reply.body {
            Payload::Json(json) => Some(json.as_ref()),
            _ => None,
        };
        let wrong = provider.description().judge_answer(
            call.operation,
            reply.status.as_u16(),
            reply.shape,
            json,
            effort,
        );
        house.world().complain(
            number,
            &route,
            Side::Answer,
            Some(reply.status.as_u16()),
            wrong,
        );
    }
    house.wake_couriers();
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    for effect in &effects {
        match effect {
            Effect::DropAfterCommit => return Err(Severed),
            Effect::TimeoutAfterCommit => std::future::pending().await,
            Effect::DelayAfterCommit { ms } => tokio::time::sleep(Duration::from_millis(*ms)).await,
            Effect::StatusAfterCommit { code, body } => reply = injected(provider, *code, body),
            Effect::ShouldRetry(retry) => reply
                .headers
                .push(("stripe-should-retry".into(), retry.to_string())),
            other => garble::garble(&mut reply, other),
        }
    }
    house.world().answered(number, reply.status.as_u16());
    Ok(response(reply, provider, number, &effects))
}

enum Instead {
    Sever,
    Hang,
    Answer(Reply),
}

fn instead_of_handling(effect: &Effect) -> Option<Instead> {
    let stripe_429 = |code: Option<&str>, message: &str| {
        let mut error = json!({ "type": "invalid_request_error", "message": message });
        if let Some(code) = code {
            error["code"] = json!(code);
        }
        Reply::json(429, json!({ "error": error }))
    };
    Some(match effect {
        Effect::DropBeforeCommit => Instead::Sever,
        Effect::Timeout => Instead::Hang,
        Effect::Status {
            code,
            body,
            headers,
        } => {
            let mut reply = injected(Provider::Debitura, *code, body);
            reply.headers.extend(headers.iter().cloned());
            Instead::Answer(reply)
        }
        Effect::RateLimited {
            retry_after,
            header,
        } => {
            let body = json!({ "error": "rate_limit_exceeded", "message": "Too many requests.", "retryAfter": retry_after });
            let reply = Reply::json(429, body).shaped(Shape::Unchecked("an injected fault"));
            Instead::Answer(if *header {
                reply.header("retry-after", format!("{:.0}", retry_after.ceil()))
            } else {
                reply
            })
        }
        Effect::Stripe429 { reason } => Instead::Answer(
            stripe_429(Some("rate_limit"), "Request rate limit exceeded.")
                .header("stripe-rate-limited-reason", reason),
        ),
        Effect::LockTimeout => Instead::Answer(stripe_429(
            Some("lock_timeout"),
            "This object cannot be accessed right now because another API request or Stripe process is currently accessing it.",
        )),
        _ => return None,
    })
}

/// An injected status in a shape that fits both providers where the body is JSON.
fn injected(_provider: Provider, code: u16, body: &FaultBody) -> Reply {
    const WHY: &str = "an injected fault";
    match body {
        FaultBody::Json => {
            let json = json!({
                "error": { "type": "api_error", "message": "An unexpected error occurred." },
                "businessErrors": [{ "type": "InternalServerError", "message": "An unexpected error occurred.", "solutionUrl": null }],
            });
            Reply::json(code, json).shaped(Shape::Unchecked(WHY))
        }
        FaultBody::Html => Reply::bytes(
            code,
            "text/html; charset=utf-8",
            garble::gateway_page(code),
            WHY,
        ),
        FaultBody::Problem => Reply::json(
            code,
            json!({ "type": "about:blank", "title": "An error occurred", "status": code }),
        )
        .shaped(Shape::Unchecked(WHY)),
        FaultBody::Empty => Reply::empty(code).shaped(Shape::Unchecked(WHY)),
        FaultBody::Text(text) => Reply::bytes(code, "text/plain; charset=utf-8", text.clone(), WHY),
    }
}

fn response(reply: Reply, provider: Provider, number: u64, effects: &[Effect]) -> Response<Body> {
    let (kind, bytes) = match reply.body {
        Payload::Json(json) => (
            "application/json; charset=utf-8",
            Bytes::from(json.to_string()),
        ),
        Payload::Bytes { kind, bytes } => (kind, bytes),
        Payload::Empty => ("", Bytes::new()),
    };
    let length = bytes.len();
    let mut body = Body::from(bytes.clone());
    for effect in effects {
        match effect {
            Effect::CutMidBody { after } => {
                let start = bytes.slice(..length.min(*after));
                // The pause lets the first piece leave before the connection is cut.
                let cut = stream::once(async move { Ok(start) }).chain(stream::once(async {
                    tokio::time::sleep(Duration::from_millis(30)).await;
                    Err(Severed)
                }));
                body = Body::from_stream(cut);
            }
            Effect::SlowBody { ms } => {
                let (pieces, all, pause) = (10, bytes.clone(), Duration::from_millis(ms / 10));
                let slow = stream::iter(0..pieces).then(move |piece| {
                    let piece = all.slice(length * piece / pieces..length * (piece + 1) / pieces);
                    async move {
                        tokio::time::sleep(pause).await;
                        Ok::<_, Infallible>(piece)
                    }
                });
                body = Body::from_stream(slow);
            }
            _ => {}
        }
    }
    let streamed = body.size_hint().exact().is_none();
    let mut response = Response::new(body);
    *response.status_mut() = reply.status;
    let headers = response.headers_mut();
    headers.insert(MARK.0, HeaderValue::from_static(MARK.1));
    if streamed {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    if !kind.is_empty() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    if provider == Provider::Stripe
        && let Ok(id) = HeaderValue::from_str(&format!("req_{number:014}"))
    {
        headers.insert("request-id", id);
    }
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    response
}

async fn parts(kind: Option<&HeaderValue>, body: &Bytes) -> Vec<Part> {
    let Some(boundary) = kind
        .and_then(|kind| kind.to_str().ok())
        .and_then(|kind| multer::parse_boundary(kind).ok())
    else {
        return Vec::new();
    };
    let whole = body.clone();
    let mut form = multer::Multipart::new(
        stream::once(async move { Ok::<_, Infallible>(whole) }),
        boundary,
    );
    let mut parts = Vec::new();
    while let Ok(Some(field)) = form.next_field().await {
        let (name, file_name) = (
            field.name().unwrap_or_default().to_owned(),
            field.file_name().map(str::to_owned),
        );
        let Ok(data) = field.bytes().await else { break };
        parts.push(Part {
            name,
            file_name,
            data,
        });
    }
    parts
}

fn request_of(
    provider: Provider,
    call: &Call,
    path: String,
    route: &str,
    effects: &[Effect],
) -> Request {
    let secret = |name: &HeaderName| name == header::AUTHORIZATION || name.as_str() == "xapikey";
    let body = if call.parts.is_empty() {
        let text = std::str::from_utf8(&call.body)
            .ok()
            .filter(|text| !text.is_empty());
        text.map(|text| text.chars().take(LARGEST_RECORDED_BODY).collect())
    } else {
        let parts: Vec<Value> = call
            .parts
            .iter()
            .map(|part| {
                json!({ "name": part.name, "file_name": part.file_name,
            "size": part.data.len() })
            })
            .collect();
        Some(Value::from(parts).to_string())
    };
    let show = |(name, value): (&HeaderName, &HeaderValue)| {
        let value = if secret(name) {
            "[redacted]".into()
        } else {
            String::from_utf8_lossy(value.as_bytes()).into_owned()
        };
        (name.to_string(), value)
    };
    Request {
        number: 0,
        at: call.now,
        provider: provider.name(),
        method: call.method.clone(),
        path,
        route: route.to_owned(),
        headers: call.headers.iter().map(show).collect(),
        idempotency_key: call.header("idempotency-key").map(str::to_owned),
        body,
        account: None,
        status: None,
        faults: effects
            .iter()
            .map(|effect| serde_json::to_string(effect).unwrap_or_default())
            .collect(),
    }
}

impl Violation {
    pub(crate) fn new(
        request: u64,
        route: &str,
        side: Side,
        status: Option<u16>,
        message: String,
    ) -> Self {
        Self {
            request,
            route: route.to_owned(),
            side,
            status,
            message,
        }
    }
}
