//! Answers spoiled after the work was done.

use axum::body::Bytes;
use serde_json::{Value, json};

use crate::exchange::{Payload, Reply, written};
use crate::fault::Effect;

pub(crate) fn garble(reply: &mut Reply, effect: &Effect) {
    match effect {
        Effect::TruncatedJson => {
            let text = text(&reply.body);
            let half = text
                .chars()
                .take(text.chars().count() / 2)
                .collect::<String>();
            reply.body = Payload::Bytes {
                kind: "application/json; charset=utf-8",
                bytes: Bytes::from(half),
            };
        }
        Effect::InvalidJson => {
            reply.body = Payload::Bytes {
                kind: "application/json; charset=utf-8",
                bytes: Bytes::from_static(b"{\"data\": [NaN,}"),
            };
        }
        Effect::Html => {
            reply.body = Payload::Bytes {
                kind: "text/html; charset=utf-8",
                bytes: Bytes::from(gateway_page(reply.status.as_u16())),
            };
        }
        Effect::EmptyBody => reply.body = Payload::Empty,
        Effect::ExtraFields => each_object(&mut reply.body, &|object| {
            object.insert(
                "fieldOfTomorrow".into(),
                json!({ "since": "2031-01-01", "of": [1, 2, 3] }),
            );
        }),
        Effect::UnknownValues => each_object(&mut reply.body, &|object| {
            for name in [
                "lifecycle",
                "closeCode",
                "status",
                "type",
                "currentEngagementPhase",
                "billing_reason",
                "roleLabel",
            ] {
                if object.get(name).is_some_and(Value::is_string) {
                    object.insert(name.into(), json!("Somewhat unheard of"));
                }
            }
        }),
        Effect::NaiveTimestamps => strip_zones(reply),
        _ => {}
    }
}

/// Leaves the zone off every timestamp, as some reads of the real service do; plain dates stay as they are.
pub(crate) fn strip_zones(reply: &mut Reply) {
    if let Payload::Json(json) = &mut reply.body {
        walk(json, &|value| {
            if let Value::String(text) = value
                && text.ends_with('Z')
                && text.parse::<jiff::Timestamp>().is_ok()
            {
                text.pop();
            }
        });
    }
}

pub(crate) fn gateway_page(code: u16) -> String {
    format!(
        "<html>\r\n<head><title>{code}</title></head>\r\n<body>\r\n<center><h1>{code}</h1></center>\r\n<hr></body>\r\n</html>\r\n"
    )
}

fn text(body: &Payload) -> String {
    match body {
        Payload::Json(json) => written(json),
        Payload::Bytes { bytes, .. } => String::from_utf8_lossy(bytes).into_owned(),
        Payload::Empty => String::new(),
    }
}

fn each_object(body: &mut Payload, change: &dyn Fn(&mut serde_json::Map<String, Value>)) {
    if let Payload::Json(json) = body {
        walk(json, &|value| {
            if let Value::Object(object) = value {
                change(object);
            }
        });
    }
}

fn walk(value: &mut Value, change: &dyn Fn(&mut Value)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, change)),
        Value::Object(object) => object.values_mut().for_each(|item| walk(item, change)),
        _ => {}
    }
    change(value);
}
