//! The same answer as XML, which is what QuickBooks sends to whoever does not ask for JSON.

use serde_json::{Map, Value};

use crate::exchange::EXACT;
use crate::page::escape;

pub(super) fn of(answer: &Value) -> String {
    let time = answer["time"].as_str().unwrap_or_default();
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
         <IntuitResponse xmlns=\"http://schema.intuit.com/finance/v3\" time=\"{}\">",
        escape(time)
    );
    for (name, value) in answer.as_object().into_iter().flatten() {
        if name != "time" {
            element(&mut xml, name, value);
        }
    }
    xml.push_str("</IntuitResponse>");
    xml
}

/// What JSON has as plain members and XML as attributes.
fn attributes(object: &Map<String, Value>) -> String {
    [
        "domain",
        "sparse",
        "status",
        "startPosition",
        "maxResults",
        "totalCount",
        "type",
        "code",
        "element",
        "bId",
    ]
    .iter()
    .chain(object.contains_key("value").then_some(&"name"))
    .filter_map(|name| Some((name, object.get(*name)?)))
    .map(|(name, value)| format!(" {name}=\"{}\"", text(value)))
    .collect()
}

fn element(xml: &mut String, name: &str, value: &Value) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| element(xml, name, item)),
        Value::Object(object) => {
            let marked = attributes(object);
            xml.push_str(&format!("<{name}{marked}>"));
            for (inner, value) in object {
                if inner == "value" {
                    xml.push_str(&text(value));
                } else if !marked.contains(&format!(" {inner}=\"")) {
                    element(xml, inner, value);
                }
            }
            xml.push_str(&format!("</{name}>"));
        }
        value => xml.push_str(&format!("<{name}>{}</{name}>", text(value))),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => escape(text.trim_start_matches(EXACT)),
        other => other.to_string(),
    }
}
