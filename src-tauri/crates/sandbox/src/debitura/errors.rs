//! The shapes in which Debitura says no. Its sources show several for one and the same thing; all of them occur here.

use serde_json::{Map, Value, json};

use crate::exchange::Reply;
use crate::schema::{Documented, Shape};
use crate::settings::{AuthError, DebituraSettings, FieldErrors};

/// Messages by field, in the order the fields were looked at.
#[derive(Debug, Default)]
pub(crate) struct Wrong(Vec<(String, String)>);

impl Wrong {
    pub(crate) fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0.push((field.to_owned(), message.into()));
    }

    /// Adds the message unless the condition holds.
    pub(crate) fn unless(&mut self, holds: bool, field: &str, message: &str) {
        if !holds {
            self.add(field, message);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn reply(self, shape: FieldErrors) -> Option<Reply> {
        let first = self.0.first()?.1.clone();
        Some(match shape {
            FieldErrors::Arrays => {
                let mut fields: Map<String, Value> = Map::new();
                for (field, message) in self.0 {
                    if let Value::Array(messages) = fields.entry(field).or_insert_with(|| json!([]))
                    {
                        messages.push(json!(message));
                    }
                }
                Reply::json(400, Value::Object(fields))
                    .shaped(Shape::Documented(Documented::FieldErrors))
            }
            FieldErrors::ApiError => {
                let all: Vec<Value> = self
                    .0
                    .iter()
                    .map(|(field, message)| business(field, message, None))
                    .collect();
                Reply::json(
                    400,
                    json!({ "error": "ValidationFailed", "message": first, "businessErrors": all }),
                )
            }
        })
    }
}

pub(crate) fn business(kind: &str, message: &str, solution_url: Option<&str>) -> Value {
    json!({ "type": kind, "message": message, "solutionUrl": solution_url })
}

/// The canonical form: a label, a text, and the same again as a business error.
pub(crate) fn rejected(status: u16, kind: &str, message: &str) -> Reply {
    Reply::json(
        status,
        json!({ "error": kind, "message": message, "businessErrors": [business(kind, message, None)] }),
    )
}

/// The 422 of `POST /cases`: every cause at once, and one link that walks through all signatures.
pub(crate) fn refused(errors: Vec<Value>, combined_signing_url: Option<&str>) -> Reply {
    let message = errors
        .first()
        .map(|error| error["message"].clone())
        .unwrap_or_default();
    let handoff = combined_signing_url.map(|url| json!({ "combinedSigningUrl": url }));
    Reply::json(422, json!({ "error": message, "message": message, "businessErrors": errors, "signingHandoff": handoff }))
        .shaped(Shape::Documented(Documented::BusinessErrors))
}

pub(crate) fn not_found() -> Reply {
    rejected(404, "NotFound", "The requested resource was not found.")
}

pub(crate) fn problem(status: u16, title: &str) -> Reply {
    Reply::json(status, json!({ "type": "about:blank", "title": title, "status": status, "detail": null, "instance": null }))
        .shaped(Shape::Documented(Documented::Problem))
}

/// A body that cannot be read at all never reaches the handler; the framework answers in its own shape.
pub(crate) fn unreadable(detail: &str) -> Reply {
    let body = json!({
        "type": "https://tools.ietf.org/html/rfc9110#section-15.5.1", "title": "One or more validation errors occurred.",
        "status": 400, "errors": { "$": [detail] },
    });
    Reply::json(400, body).shaped(Shape::Documented(Documented::Problem))
}

pub(crate) fn unauthorized(settings: &DebituraSettings) -> Reply {
    match settings.auth_error {
        AuthError::Problem => problem(401, "Unauthorized"),
        AuthError::BusinessErrors => {
            rejected(401, "Unauthorized", "The API key is missing or not valid.")
                .shaped(Shape::Documented(Documented::BusinessErrors))
        }
        AuthError::Empty => Reply::empty(401).shaped(Shape::Documented(Documented::Empty)),
    }
}

pub(crate) fn rate_limited(wait: f64, settings: &DebituraSettings) -> Reply {
    let message = format!("Too many requests. Please try again in {wait:.0} seconds.");
    let reply = Reply::json(
        429,
        json!({ "error": "rate_limit_exceeded", "message": message, "retryAfter": wait }),
    )
    .shaped(Shape::Documented(Documented::RateLimit));
    if settings.retry_after_header {
        reply.header("retry-after", format!("{:.0}", wait.ceil()))
    } else {
        reply
    }
}
