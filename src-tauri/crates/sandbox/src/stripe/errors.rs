//! Stripe's error envelope.

use serde_json::{Value, json};

use crate::exchange::{Call, Reply};

pub(super) fn error(status: u16, message: &str, code: Option<&str>, param: Option<&str>) -> Reply {
    let mut error = json!({ "type": "invalid_request_error", "message": message });
    if let Some(code) = code {
        error["code"] = Value::from(code);
        error["doc_url"] = Value::from(format!(
            "https://stripe.com/docs/error-codes/{}",
            code.replace('_', "-")
        ));
    }
    if let Some(param) = param {
        error["param"] = Value::from(param);
    }
    Reply::json(status, json!({ "error": error }))
}

pub(super) fn bad(code: &str, param: &str, message: &str) -> Reply {
    error(400, message, Some(code), Some(param))
}

pub(super) fn missing(what: &str, param: &str, id: &str) -> Reply {
    error(
        404,
        &format!("No such {what}: '{id}'"),
        Some("resource_missing"),
        Some(param),
    )
}

pub(super) fn unrecognized(call: &Call) -> Reply {
    let message = format!(
        "Unrecognized request URL ({}: {}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.",
        call.method, call.path
    );
    error(404, &message, None, None)
}
