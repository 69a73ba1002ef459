//! The providers' own API descriptions: the table of routes, and the judge of every request and every answer. No route is
//! served that they do not describe, and nothing that breaks them goes unrecorded.

mod translate;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jsonschema::{Draft, Validator};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::settings::Validation;
use translate::translate;

pub(crate) static DEBITURA: LazyLock<Description> =
    LazyLock::new(|| Description::read(include_str!("../../api/debitura-customer-api.json"), true));
pub(crate) static STRIPE: LazyLock<Description> = LazyLock::new(|| {
    Description::read(
        include_str!("../../api/stripe-invoices-customers.json"),
        false,
    )
});

/// What an answer is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The schema of its status in the description.
    Described,
    /// A shape that the provider's pages document and its description does not.
    Documented(Documented),
    /// Nothing, for the reason given: an injected fault, or a route outside the description.
    Unchecked(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Documented {
    /// `{"debtor.city": ["…"]}`
    FieldErrors,
    /// RFC 7807
    Problem,
    /// `{error?, message?, businessErrors, signingHandoff?}`
    BusinessErrors,
    /// `{error, message, retryAfter}`
    RateLimit,
    Empty,
}

pub(crate) struct Description {
    root: Value,
    operations: Vec<Operation>,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

pub(crate) struct Operation {
    /// Method and path template: `GET /cases/{id}`.
    pub(crate) name: String,
    method: String,
    segments: Vec<String>,
    parameters: Vec<Parameter>,
    body: Option<Value>,
    answers: HashMap<String, Option<Value>>,
}

struct Parameter {
    name: String,
    place: String,
    schema: Value,
}

impl Description {
    fn read(text: &str, references_may_be_null: bool) -> Self {
        let mut root: Value = serde_json::from_str(text).unwrap_or_default();
        let paths = root["paths"].take();
        let operations = paths
            .as_object()
            .into_iter()
            .flatten()
            .flat_map(|(path, methods)| {
                methods
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(method, operation)| Operation::read(path, method, operation))
            });
        let operations = operations.collect();
        let mut components = root["components"]["schemas"].take();
        translate(&mut components, references_may_be_null);
        Self {
            root: json!({ "schemas": components }),
            operations,
            validators: Mutex::default(),
        }
    }

    /// The operation a path belongs to, with the values of its path parameters. Literal segments win over parameters.
    pub(crate) fn find(
        &self,
        method: &str,
        path: &str,
    ) -> Option<(&Operation, HashMap<String, String>)> {
        let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        self.operations
            .iter()
            .filter(|operation| operation.method.eq_ignore_ascii_case(method))
            .filter_map(|operation| Some((operation, operation.matches(&segments)?)))
            .min_by_key(|(_, parameters)| parameters.len())
    }

    pub(crate) fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter()
    }

    fn errors(&self, schema: &Value, instance: &Value) -> Vec<String> {
        let key = schema.to_string();
        let known = self
            .validators
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .cloned();
        let validator = match known {
            Some(validator) => validator,
            None => {
                let mut schema = schema.clone();
                translate(&mut schema, false);
                let built = jsonschema::options()
                    .with_draft(Draft::Draft7)
                    .with_format("date-time", is_date_or_time)
                    .with_format("uuid", |text: &str| Uuid::try_parse(text).is_ok())
                    .should_validate_formats(true)
                    .build(&json!({ "allOf": [schema], "components": self.root }));
                match built {
                    Ok(validator) => {
                        let validator = Arc::new(validator);
                        let mut validators = self
                            .validators
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner);
                        validators.insert(key, Arc::clone(&validator));
                        validator
                    }
                    Err(error) => return vec![format!("the description cannot be read: {error}")],
                }
            }
        };
        if validator.is_valid(instance) {
            return Vec::new();
        }
        validator
            .iter_errors(instance)
            .take(5)
            .map(|error| {
                format!("{}: {error}", error.instance_path())
                    .chars()
                    .take(400)
                    .collect()
            })
            .collect()
    }

    /// What is wrong with a request: parameters nobody described, values of the wrong type, a body that breaks its schema.
    pub(crate) fn judge_request(
        &self,
        operation: &Operation,
        parameters: &HashMap<String, String>,
        query: &[(String, String)],
        body: Option<&Value>,
    ) -> Vec<String> {
        let mut wrong = Vec::new();
        for (name, value) in query {
            let base = name.split('[').next().unwrap_or(name);
            match operation
                .parameters
                .iter()
                .find(|p| p.place == "query" && p.name.eq_ignore_ascii_case(base))
            {
                None => wrong.push(format!("query parameter {name} is not described")),
                Some(parameter) => wrong.extend(parameter.judge(name, value)),
            }
        }
        for parameter in operation.parameters.iter().filter(|p| p.place == "path") {
            if let Some(value) = parameters.get(&parameter.name) {
                wrong.extend(parameter.judge(&parameter.name, value));
            }
        }
        match (&operation.body, body) {
            (Some(schema), Some(body)) => wrong.extend(self.errors(schema, body)),
            (Some(_), None) => wrong.push("the body is missing or no JSON".into()),
            (None, Some(_)) => wrong.push("a body was sent where none is described".into()),
            (None, None) => {}
        }
        wrong
    }

    /// What is wrong with an answer.
    pub(crate) fn judge_answer(
        &self,
        operation: Option<&Operation>,
        status: u16,
        shape: Shape,
        body: Option<&Value>,
        effort: Validation,
    ) -> Vec<String> {
        match shape {
            Shape::Unchecked(_) => Vec::new(),
            Shape::Documented(documented) => match (documented, body) {
                (Documented::Empty, None) => Vec::new(),
                (Documented::Empty, Some(_)) => vec!["a body where none was meant".into()],
                (_, None) => vec!["no JSON body".into()],
                (_, Some(body)) => self.errors(&documented.schema(), body),
            },
            Shape::Described => {
                let Some(operation) = operation else {
                    return vec!["no operation describes this route".into()];
                };
                let code = status.to_string();
                let Some(schema) = operation
                    .answers
                    .get(&code)
                    .or_else(|| operation.answers.get("default"))
                else {
                    return vec![format!("status {status} is not described")];
                };
                match (schema, body) {
                    (None, None) => Vec::new(),
                    (None, Some(_)) => vec![format!("status {status} is described without a body")],
                    (Some(_), None) => vec!["no JSON body".into()],
                    (Some(schema), Some(body)) => self.errors(schema, &trimmed(body, effort)),
                }
            }
        }
    }
}

impl Operation {
    fn read(path: &str, method: &str, operation: &Value) -> Self {
        let content = |part: &Value| part["content"]["application/json"].get("schema").cloned();
        let answers = operation["responses"].as_object().into_iter().flatten();
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        Self {
            name: format!("{} {path}", method.to_uppercase()),
            method: method.to_uppercase(),
            segments: path
                .trim_start_matches('/')
                .split('/')
                .map(str::to_owned)
                .collect(),
            parameters: parameters
                .map(|parameter| Parameter {
                    name: parameter["name"].as_str().unwrap_or_default().to_owned(),
                    place: parameter["in"].as_str().unwrap_or_default().to_owned(),
                    schema: parameter["schema"].clone(),
                })
                .collect(),
            body: content(&operation["requestBody"]),
            answers: answers
                .map(|(code, answer)| (code.clone(), content(answer)))
                .collect(),
        }
    }

    fn matches(&self, segments: &[&str]) -> Option<HashMap<String, String>> {
        if segments.len() != self.segments.len() {
            return None;
        }
        let mut parameters = HashMap::new();
        for (template, given) in self.segments.iter().zip(segments) {
            let Some(rest) = template.strip_prefix('{') else {
                if template != given {
                    return None;
                }
                continue;
            };
            // `{id}` or `{id}:archive`
            let (name, suffix) = rest.split_once('}')?;
            let value = given
                .strip_suffix(suffix)
                .filter(|value| !suffix.is_empty() || !value.is_empty())?;
            parameters.insert(
                name.to_owned(),
                percent_decode_str(value).decode_utf8_lossy().into_owned(),
            );
        }
        Some(parameters)
    }
}

impl Parameter {
    /// A plain look at the value: the description's query types are few, and text has to be read as one of them first.
    fn judge(&self, name: &str, value: &str) -> Option<String> {
        let item = if self.schema["type"] == "array" {
            &self.schema["items"]
        } else {
            &self.schema
        };
        let values = if self.schema["type"] == "array" && !name.contains('[') {
            value.split(',').collect()
        } else {
            vec![value]
        };
        let fits = |value: &str| match (item["type"].as_str(), item["format"].as_str()) {
            (Some("integer"), _) => value.parse::<i64>().is_ok(),
            (Some("boolean"), _) => matches!(value, "true" | "false"),
            (Some("string"), Some("uuid")) => Uuid::try_parse(value).is_ok(),
            (Some("string"), Some("date-time")) => is_date_or_time(value),
            (None, _) => value.parse::<i64>().is_ok(),
            _ => item["enum"]
                .as_array()
                .is_none_or(|known| known.iter().any(|known| known == value)),
        };
        let misfit = values.into_iter().find(|value| !fits(value))?;
        Some(format!(
            "{} parameter {name} does not take {misfit:?}",
            self.place
        ))
    }
}

impl Documented {
    fn schema(self) -> Value {
        let errors = json!({ "type": "array", "items": {
            "$ref": "#/components/schemas/Debitura.Web.ExternalApi.Contracts.V1.Cases.BusinessErrorApiDTO" } });
        let text = json!({ "type": ["string", "null"] });
        match self {
            Self::FieldErrors => {
                json!({ "type": "object", "minProperties": 1, "additionalProperties": {
                "type": "array", "minItems": 1, "items": { "type": "string" } } })
            }
            Self::Problem => {
                json!({ "$ref": "#/components/schemas/Microsoft.AspNetCore.Mvc.ProblemDetails" })
            }
            Self::BusinessErrors => {
                json!({ "type": "object", "required": ["businessErrors"], "additionalProperties": false,
                "properties": { "error": text, "message": text, "businessErrors": errors, "signingHandoff": { "anyOf": [
                    { "type": "null" },
                    { "$ref": "#/components/schemas/Debitura.Web.ExternalApi.Contracts.V1.Cases.SigningHandoffDto" } ] } } })
            }
            Self::RateLimit => {
                json!({ "type": "object", "required": ["error", "message", "retryAfter"],
                "properties": { "error": { "enum": ["rate_limit_exceeded"] }, "retryAfter": { "type": "number" } } })
            }
            Self::Empty => json!(false),
        }
    }
}

/// Debitura's `date-time` fields take and give plain dates and times without a zone as well.
fn is_date_or_time(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
        || text.parse::<jiff::civil::DateTime>().is_ok()
        || text.parse::<jiff::civil::Date>().is_ok()
}

/// The answer without the objects that deviate on purpose, and with as many objects of a list as the effort allows.
fn trimmed(body: &Value, effort: Validation) -> std::borrow::Cow<'_, Value> {
    use std::borrow::Cow;
    let deviates = |object: &Value| object["metadata"].get("sandbox_deviates").is_some();
    let most = match effort {
        Validation::First(n) => n,
        _ => usize::MAX,
    };
    match body["data"].as_array() {
        Some(objects) if objects.len() > most || objects.iter().any(deviates) => {
            let kept = objects
                .iter()
                .filter(|object| !deviates(object))
                .take(most)
                .cloned()
                .collect();
            let mut body: Map<String, Value> = body
                .as_object()
                .into_iter()
                .flatten()
                .filter(|(k, _)| *k != "data")
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect();
            body.insert("data".into(), Value::Array(kept));
            Cow::Owned(Value::Object(body))
        }
        _ => Cow::Borrowed(body),
    }
}
