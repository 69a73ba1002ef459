//! What Stripe's errors mean. The envelope is `{"error": {"type", "code"?, "message"?, "param"?}}`, of which only `type`
//! is promised; so the status decides, and codes and texts only refine.

use http_client::{Failure, Rejection};

use super::dto::{Envelope, ErrorDto};
use crate::{Fault, Permission};

/// `permission` is what the call that failed was reading.
pub(super) fn fault(failure: Failure, permission: Permission) -> Fault {
    match failure {
        Failure::Status(rejection) => refused(&rejection, permission),
        // Only an id or a link that makes no sense cannot be sent: the key was checked when it was read.
        Failure::Unreadable { .. } | Failure::TooLarge { .. } | Failure::Unsendable { .. } => {
            Fault::Unreadable(failure)
        }
        Failure::Held { after, .. } => Fault::RateLimited {
            reason: None,
            after: Some(after),
            request_id: None,
        },
        Failure::Unreachable { .. } | Failure::Interrupted { .. } | Failure::TimedOut { .. } => {
            Fault::Unavailable(failure)
        }
    }
}

fn refused(rejection: &Rejection, permission: Permission) -> Fault {
    let error = read(rejection.body());
    let request_id = rejection.request_id.clone();
    let code = error.code.as_deref().unwrap_or_default();
    match rejection.status {
        401 | 403 if is_ip_restriction(&error) => Fault::IpRestricted { request_id },
        401 if code == "api_key_expired" => Fault::KeyExpired { request_id },
        401 => Fault::KeyRefused { request_id },
        403 => Fault::PermissionMissing {
            permission,
            request_id,
        },
        404 => Fault::NotFound { request_id },
        400 if error.param.as_deref() == Some("starting_after") => {
            Fault::StaleCursor { request_id }
        }
        429 => Fault::RateLimited {
            // Lock contention has no header, only the code.
            reason: rejection
                .header("stripe-rate-limited-reason")
                .or(error.code.as_deref())
                .map(str::to_owned),
            after: rejection.retry_after,
            request_id,
        },
        409 | 424 | 500..=599 => Fault::Unavailable(Failure::Status(Box::new(rejection.clone()))),
        status => Fault::Refused {
            status,
            code: error.code,
            request_id,
        },
    }
}

fn read(body: &[u8]) -> ErrorDto {
    serde_json::from_slice::<Envelope>(body)
        .unwrap_or_default()
        .error
        .unwrap_or_default()
}

/// Neither status nor code of this refusal is published; its text speaks of the address.
fn is_ip_restriction(error: &ErrorDto) -> bool {
    let message = error.message.as_deref().unwrap_or_default();
    message.contains("IP address") || message.contains("ip address")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_body_can_be_read(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&body);
        }

        #[test]
        fn fields_of_any_type_can_be_read(code in any::<i64>(), message in ".{0,20}") {
            let body = serde_json::json!({ "error": { "code": code, "message": message, "param": [] } });
            let error = read(body.to_string().as_bytes());
            prop_assert_eq!(error.code, None);
            prop_assert_eq!(error.message, Some(message));
        }
    }
}
