//! The dialect of the descriptions, put into the one the validator speaks.

use serde_json::{Map, Value, json};

/// OpenAPI 3.0 to JSON Schema: `nullable` becomes a type. The generator of Debitura's description cannot say that a reference
/// may be null, while its server sends null for every part that is not there; hence the second argument.
pub(super) fn translate(schema: &mut Value, references_may_be_null: bool) {
    match schema {
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| translate(item, references_may_be_null)),
        Value::Object(object) => {
            for value in object.values_mut() {
                translate(value, references_may_be_null);
            }
            if references_may_be_null {
                allow_absent_parts(object);
            }
            if object.remove("nullable") == Some(Value::Bool(true)) {
                allow_null(object);
            }
        }
        _ => {}
    }
}

fn allow_null(object: &mut Map<String, Value>) {
    if let Some(kind @ Value::String(_)) = object.get_mut("type") {
        *kind = json!([kind.clone(), "null"]);
    }
    if let Some(Value::Array(values)) = object.get_mut("enum") {
        values.push(Value::Null);
    }
    if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
        choices.push(json!({ "type": "null" }));
    }
}

fn allow_absent_parts(object: &mut Map<String, Value>) {
    let required: Vec<String> = object
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|r| r.as_str().map(Into::into))
        .collect();
    let Some(Value::Object(properties)) = object.get_mut("properties") else {
        return;
    };
    for (name, property) in properties {
        if property.get("$ref").is_some() && !required.contains(name) {
            *property = json!({ "anyOf": [property.clone(), { "type": "null" }] });
        }
    }
}
