//! What a fault puts in the place of an answer, and how it lets the answer out.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderName, HeaderValue, Response, header};
use futures_util::{StreamExt, stream};
use serde_json::json;

use crate::exchange::{Payload, Reply, written};
use crate::fault::{Effect, FaultBody};
use crate::garble;
use crate::intuit;
use crate::schema::Shape;
use crate::serve::{MARK, Provider, Severed};
use crate::zoho;

pub(crate) enum Instead {
    Sever,
    Hang,
    Answer(Reply),
}

/// The effects that come instead of the handling.
pub(crate) fn instead_of_handling(provider: Provider, effect: &Effect) -> Option<Instead> {
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
            let mut reply = injected(provider, *code, body);
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

/// An injected status; JSON comes in the provider's own shape. Debitura's unhandled errors have no label.
pub(crate) fn injected(provider: Provider, code: u16, body: &FaultBody) -> Reply {
    const WHY: &str = "an injected fault";
    match body {
        FaultBody::Json => {
            let message = "An unexpected error occurred.";
            let json = match provider {
                Provider::Debitura => json!({
                    "businessErrors": [{ "type": "InternalServerError", "message": message, "solutionUrl": null }],
                }),
                Provider::Intuit(_) => intuit::fault(code, message),
                Provider::Zoho(_) => zoho::fault(1000, message),
                Provider::Stripe => {
                    let kind = if code < 500 {
                        "invalid_request_error"
                    } else {
                        "api_error"
                    };
                    json!({ "error": { "type": kind, "message": message } })
                }
            };
            Reply::json(code, json).shaped(Shape::Unchecked(WHY))
        }
        FaultBody::Html => Reply::bytes(
            code,
            "text/html; charset=utf-8",
            garble::gateway_page(code),
            WHY,
        ),
        FaultBody::ZohoCode(number) => {
            Reply::json(code, zoho::fault(*number, "An error of Zoho's."))
                .shaped(Shape::Unchecked(WHY))
        }
        FaultBody::Xml => Reply::bytes(
            code,
            "application/xml;charset=UTF-8",
            intuit::fault_as_xml(code, "An unexpected error occurred."),
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

/// Writes a reply out, in one piece or as the effects want it.
pub(crate) fn response(
    reply: Reply,
    provider: Provider,
    number: u64,
    effects: &[Effect],
) -> Response<Body> {
    let (kind, bytes) = match reply.body {
        Payload::Json(json) => (
            "application/json; charset=utf-8",
            Bytes::from(written(&json)),
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
    if let Provider::Intuit(_) = provider
        && let Ok(id) = HeaderValue::from_str(&format!("1-{number:08x}-5a4d0b0c5e5ba0c000000001"))
    {
        headers.insert("intuit_tid", id);
    }
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    response
}
