//! One reading of all the bodies in which Debitura says no.
//!
//! Its sources show at least eight shapes: field names with lists of messages; `error`, `message` and `businessErrors`
//! together or apart; a signing hand-off beside them; `retryAfter`; RFC 7807 problem details, with or without a list of
//! fields; an empty body; and, from whatever stands in between, HTML. Names come in Pascal and camel case.

use std::time::Duration;

use http_client::{Failure, Rejection};
use receivables::Field;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error_body::{Body, member};

/// Debitura's "no", understood as far as possible.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Debitura refused with status {status}")]
pub struct Refusal {
    pub status: u16,
    pub kind: RefusalKind,
    /// What to tell the user, in Debitura's words; may be empty.
    pub messages: Vec<String>,
    /// All business errors, the one that decided `kind` among them.
    pub errors: Vec<BusinessError>,
    /// Walks through everything that has to be signed; https.
    pub signing_url: Option<String>,
    pub request_id: Option<String>,
    /// Whether the request certainly had no effect; see [`Failure::outcome_known`].
    pub outcome_known: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefusalKind {
    FieldErrors(Vec<FieldError>),
    /// The key is missing or wrong.
    Unauthorized,
    Forbidden,
    NotFound,
    /// The account's collection agreement is not signed, or not any more.
    ContractMissing {
        links: Vec<String>,
    },
    PowerOfAttorneyMissing {
        links: Vec<String>,
    },
    /// A director has to be identified.
    KycMissing {
        links: Vec<String>,
    },
    /// Nobody collects there.
    NoPartnerAvailable,
    CreditorBlocked,
    /// The creditor reference is taken: look it up.
    DuplicateReference,
    /// The key was used before with other bytes; or, with status 409 and an unknown outcome, the first request with it
    /// is still running.
    IdempotencyConflict,
    RateLimited {
        after: Option<Duration>,
    },
    TooLarge,
    TypeRefused,
    /// 5xx: nobody knows what happened.
    Server,
    Other {
        code: Option<String>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusinessError {
    pub code: String,
    pub message: Option<String>,
    /// https.
    pub link: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// As Debitura wrote it: `debtor.email`, `DueDate`.
    pub name: String,
    /// Which field of ours that is.
    pub field: Option<Field>,
    pub messages: Vec<String>,
}

impl Refusal {
    pub(crate) fn of(rejection: &Rejection) -> Self {
        let failure = Failure::Status(Box::new(rejection.clone()));
        let refusal = Self::read(
            rejection.status,
            rejection.body(),
            rejection.request_id.clone(),
            rejection.retry_after,
            failure.outcome_known(),
        );
        if is_of_a_gateway(rejection) {
            return Self {
                kind: RefusalKind::Server,
                outcome_known: false,
                ..refusal
            };
        }
        refusal
    }

    pub(crate) fn read(
        status: u16,
        body: &[u8],
        request_id: Option<String>,
        retry_after: Option<Duration>,
        outcome_known: bool,
    ) -> Self {
        let body = Body::read(body);
        Self {
            status,
            kind: body.kind(status, retry_after),
            messages: body.messages(),
            signing_url: body.signing_url,
            errors: body.errors,
            request_id,
            outcome_known,
        }
    }
}

/// Debitura speaks JSON or says nothing. A web page is of something on the way, and its "not found" says nothing about a
/// case. What a gateway does know is that a request is too large or comes too soon.
fn is_of_a_gateway(rejection: &Rejection) -> bool {
    let is_page = rejection
        .header("content-type")
        .is_some_and(|kind| kind.trim_start().starts_with("text/html"))
        || rejection.body().trim_ascii_start().starts_with(b"<");
    is_page && !matches!(rejection.status, 413 | 429)
}

/// The wait that a 429 asks for in its body: `retryAfter`, seconds with decimals.
pub(crate) fn wait_in_body(rejection: &Rejection) -> Option<Duration> {
    if rejection.status != 429 {
        return None;
    }
    let body: Value = serde_json::from_slice(rejection.body()).ok()?;
    let wait = member(body.as_object()?, "retryAfter")?;
    let seconds = match wait {
        Value::String(text) => text.trim().parse().ok()?,
        other => other.as_f64()?,
    };
    // More than a duration can hold is a wait all the same.
    seconds
        .is_finite()
        .then(|| Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX))
}

#[cfg(test)]
#[path = "refusal_tests.rs"]
mod tests;
