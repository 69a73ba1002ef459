//! Listening on loopback, and taking one request from its first byte to its last: faults, handling, judgement, record.

use std::convert::Infallible;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, Request as HttpRequest, Response, header};
use futures_util::stream;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

use crate::exchange::{Call, Handled, Part, Payload, Request, Side, Violation};
use crate::fault::Effect;
use crate::garble;
use crate::intuit;
use crate::schema::{self, Description};
use crate::settings::Validation;
use crate::strike::{self, Instead};
use crate::world::House;
use crate::zoho;

/// No answer of the sandbox can be taken for the real service's.
pub(crate) const MARK: (&str, &str) = ("x-sandbox", "debitura-desk");

const LARGEST_BODY: usize = 64 * 1024 * 1024;
const LARGEST_RECORDED_BODY: usize = 256 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Provider {
    Debitura,
    Stripe,
    Intuit(intuit::Host),
    Zoho(zoho::Host),
}

impl Provider {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Debitura => "debitura",
            Self::Stripe => "stripe",
            Self::Intuit(_) => "intuit",
            Self::Zoho(host) => host.name(),
        }
    }

    /// None where the provider publishes none.
    pub(crate) fn description(self) -> Option<&'static Description> {
        match self {
            Self::Debitura => Some(&schema::DEBITURA),
            Self::Stripe => Some(&schema::STRIPE),
            Self::Intuit(_) | Self::Zoho(_) => None,
        }
    }

    /// The name faults are laid on.
    fn route(self, call: &Call) -> String {
        match self {
            Self::Debitura | Self::Stripe => format!("{} {}", self.name(), call.route()),
            Self::Intuit(_) => format!("intuit {} {}", call.method, intuit::route(&call.path)),
            Self::Zoho(_) => format!(
                "{} {} {}",
                self.name(),
                call.method,
                zoho::route(&call.path)
            ),
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
    let description = provider.description();
    let found =
        description.and_then(|description| description.find(head.method.as_str(), head.uri.path()));
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
    let route = provider.route(&call);
    let _under_way = UnderWay::of(&house, provider, &call);
    let (number, effects, effort, latency) = {
        let mut world = house.world();
        let effects = world.faults.hit(&route);
        let number = world.record(request_of(provider, &call, full_path, &route, &effects));
        (number, effects, world.settings.validation, house.latency)
    };
    if effort != Validation::Off
        && let (Some(description), Some(operation)) = (description, call.operation)
    {
        // A form's parts are read by the handler; the description says no more than their names.
        let body = call.json();
        let form = !call.parts.is_empty();
        let mut wrong = description.judge_request(
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
    let mut reply = match effects
        .iter()
        .find_map(|effect| strike::instead_of_handling(provider, effect))
    {
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
    if effort != Validation::Off
        && let Some(description) = description
    {
        let json = match &reply.body {
            Payload::Json(json) => Some(json.as_ref()),
            _ => None,
        };
        let wrong = description.judge_answer(
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
            Effect::StatusAfterCommit { code, body } => {
                reply = strike::injected(provider, *code, body)
            }
            Effect::ShouldRetry(retry) => reply
                .headers
                .push(("stripe-should-retry".into(), retry.to_string())),
            other => garble::garble(&mut reply, other),
        }
    }
    house.world().answered(number, reply.status.as_u16());
    Ok(strike::response(reply, provider, number, &effects))
}

/// A call of QuickBooks' API between its arrival and its end, whichever end that is.
struct UnderWay {
    house: Arc<House>,
    realm: usize,
}

impl UnderWay {
    fn of(house: &Arc<House>, provider: Provider, call: &Call) -> Option<Self> {
        if !matches!(provider, Provider::Intuit(_)) {
            return None;
        }
        let realm = house.world().intuit.enter(call)?;
        let house = Arc::clone(house);
        Some(Self { house, realm })
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.house.world().intuit.leave(self.realm);
    }
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
        answered: None,
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
