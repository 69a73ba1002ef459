//! One request and its answer: what every handler gets and gives, whichever provider it plays.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::Value;

use crate::schema::{Operation, Shape};

/// A request, read whole and matched to the operation that the description knows.
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) operation: Option<&'static Operation>,
    pub(crate) parameters: HashMap<String, String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) parts: Vec<Part>,
    pub(crate) now: Timestamp,
}

/// One part of a multipart form.
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) file_name: Option<String>,
    pub(crate) data: Bytes,
}

impl Call {
    /// The route as the description names it, or the bare path where it knows none.
    pub(crate) fn route(&self) -> String {
        self.operation.map_or_else(
            || format!("{} {}", self.method, self.path),
            |operation| operation.name.clone(),
        )
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn parameter(&self, name: &str) -> &str {
        self.parameters
            .get(name)
            .map(String::as_str)
            .unwrap_or_default()
    }

    /// Every value of a query parameter; names are compared without case, as ASP.NET does.
    pub(crate) fn query(&self, name: &str) -> impl Iterator<Item = &str> {
        self.query
            .iter()
            .filter(move |(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    pub(crate) fn today(&self) -> Date {
        self.now.to_zoned(TimeZone::UTC).date()
    }
}

/// Begins a text that is written as the number it spells, zeros and all. From the private use area: no data has it.
pub(crate) const EXACT: char = '\u{f8ff}';

/// A number that is written exactly so.
pub(crate) fn exact(number: &str) -> Value {
    Value::String(format!("{EXACT}{number}"))
}

pub(crate) fn written(json: &Value) -> String {
    let text = json.to_string();
    let mark = format!("\"{EXACT}");
    let mut parts = text.split(&mark);
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (number, rest) = part.split_once('"').unwrap_or((part, ""));
        whole.push_str(number);
        whole.push_str(rest);
    }
    whole
}

#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: Payload,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) shape: Shape,
}

#[derive(Clone, Debug)]
pub(crate) enum Payload {
    /// Boxed, since a reply is also the error of many a handler.
    Json(Box<Value>),
    Bytes {
        kind: &'static str,
        bytes: Bytes,
    },
    Empty,
}

impl Reply {
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self::new(status, Payload::Json(Box::new(body)), Shape::Described)
    }

    pub(crate) fn ok(body: Value) -> Self {
        Self::json(200, body)
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self::new(status, Payload::Empty, Shape::Described)
    }

    pub(crate) fn bytes(
        status: u16,
        kind: &'static str,
        bytes: impl Into<Bytes>,
        why_unchecked: &'static str,
    ) -> Self {
        Self::new(
            status,
            Payload::Bytes {
                kind,
                bytes: bytes.into(),
            },
            Shape::Unchecked(why_unchecked),
        )
    }

    fn new(status: u16, body: Payload, shape: Shape) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self {
            status,
            body,
            headers: Vec::new(),
            shape,
        }
    }

    pub(crate) fn shaped(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// What a handler knows about a call besides its answer.
pub(crate) struct Handled {
    pub(crate) reply: Reply,
    /// The account the key belongs to.
    pub(crate) account: Option<String>,
    /// What the caller did wrong that the real service would let pass in silence.
    pub(crate) complaint: Option<String>,
}

/// A request as it was received; `Authorization` and `XApiKey` are blanked.
#[derive(Clone, Debug, Serialize)]
pub struct Request {
    pub number: u64,
    pub at: Timestamp,
    /// `debitura`, `stripe`, `intuit`, `zoho-us`, `zoho-eu` or `zoho-rogue`.
    pub provider: &'static str,
    pub method: String,
    /// Path and query, as sent.
    pub path: String,
    /// The name faults are laid on, such as `debitura POST /cases`.
    pub route: String,
    pub headers: Vec<(String, String)>,
    pub idempotency_key: Option<String>,
    /// The body where it is text; a form with files is told by its parts' names and sizes.
    pub body: Option<String>,
    pub account: Option<String>,
    /// None while it runs, and when the caller was left without an answer.
    pub status: Option<u16>,
    /// When that was.
    pub answered: Option<Timestamp>,
    /// The effects that struck it.
    pub faults: Vec<String>,
}

/// A place where a request or an answer breaks the provider's own description.
#[derive(Clone, Debug, Serialize)]
pub struct Violation {
    /// The number of the request.
    pub request: u64,
    pub route: String,
    pub side: Side,
    pub status: Option<u16>,
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The client is at fault.
    Request,
    /// The sandbox is at fault.
    Answer,
}
