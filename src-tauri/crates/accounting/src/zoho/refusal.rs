//! What Zoho's refusals mean: `{"code": 44, "message": "…"}` under some status, now and then under 200. The code decides
//! where there is one, the status where something else than Zoho Books answered. Messages are not kept.

use std::time::Duration;

use http_client::{Answer, Failure, Rejection, Verdict};

use super::dto::Envelope;
use crate::Fault;

/// Zoho blocks an organisation "for some time" that asked too often within a minute.
const MINUTE: Duration = Duration::from_secs(60);
/// Too many at once, of all who ask: those under way are done in seconds.
const CONCURRENT: Duration = Duration::from_secs(2);

/// What a refusal asks of the caller.
pub(super) enum Refused {
    /// The token is not taken: a new one may help, once.
    Token {
        /// Zoho has one code for a dead token and for what the user may not do.
        or_not_allowed: bool,
        request_id: Option<String>,
    },
    Final(Fault),
}

pub(super) fn verdict(rejection: &Rejection) -> Verdict {
    match (rejection.status, code(rejection.body()).as_deref()) {
        // Nothing changes before tomorrow.
        (_, Some("45")) => Verdict::Final,
        (429 | 500..=599, _) => Verdict::Repeat,
        _ => Verdict::Final,
    }
}

/// The pause that Zoho asks for by code; it has no header for it.
pub(super) fn pause(rejection: &Rejection) -> Option<Duration> {
    if rejection.retry_after.is_some() {
        return None;
    }
    match code(rejection.body()).as_deref() {
        Some("44") => Some(MINUTE),
        Some("1070") => Some(CONCURRENT),
        _ => None,
    }
}

pub(super) fn of_failure(failure: Failure) -> Refused {
    match failure {
        Failure::Status(rejection) => {
            let resets = resets(|name| rejection.header(name));
            let code = code(rejection.body());
            let (status, request_id) = (rejection.status, rejection.request_id.clone());
            let after = rejection.retry_after;
            let failure = Failure::Status(rejection);
            let said = Said {
                status,
                code,
                request_id,
                after,
                resets,
            };
            said.meaning(failure)
        }
        Failure::Held { after, .. } => Refused::Final(Fault::RateLimited {
            reason: None,
            after: Some(after),
            request_id: None,
        }),
        Failure::Unreachable { .. } | Failure::Interrupted { .. } | Failure::TimedOut { .. } => {
            Refused::Final(Fault::Unavailable(failure))
        }
        Failure::Unreadable { .. } | Failure::TooLarge { .. } | Failure::Unsendable { .. } => {
            Refused::Final(Fault::Unreadable(failure))
        }
    }
}

/// A refusal inside a success, if that is what it is.
pub(super) fn of_answer(answer: &Answer) -> Option<Refused> {
    let code = code(&answer.body).filter(|code| code != "0")?;
    let said = Said {
        status: answer.status,
        code: Some(code),
        request_id: answer.request_id.clone(),
        after: None,
        resets: resets(|name| answer.header(name)),
    };
    Some(said.meaning(answer.unreadable("an error in the place of an answer")))
}

/// How long until the calls of the day begin anew, in seconds where answers say it.
pub(super) fn resets<'a>(header: impl Fn(&'static str) -> Option<&'a str>) -> Option<Duration> {
    let seconds = header("x-rate-limit-reset")?.trim().parse().ok()?;
    // A day at most; more would be a moment rather than a wait.
    (seconds <= 86_400).then(|| Duration::from_secs(seconds))
}

struct Said {
    status: u16,
    code: Option<String>,
    request_id: Option<String>,
    after: Option<Duration>,
    resets: Option<Duration>,
}

impl Said {
    fn meaning(self, failure: Failure) -> Refused {
        let request_id = self.request_id;
        let limited = |reason: &str, after: Option<Duration>, request_id| {
            Refused::Final(Fault::RateLimited {
                reason: Some(reason.to_owned()),
                after,
                request_id,
            })
        };
        match (self.status, self.code.as_deref()) {
            (_, Some("45")) => Refused::Final(Fault::QuotaUsed {
                resets: self.resets.or(self.after),
                request_id,
            }),
            (_, Some("44")) => limited("minute", self.after.or(Some(MINUTE)), request_id),
            (_, Some("1070")) => limited("concurrent", self.after.or(Some(CONCURRENT)), request_id),
            (429, _) => limited("other", self.after, request_id),
            (_, Some("57")) => Refused::Token {
                or_not_allowed: true,
                request_id,
            },
            (401, _) | (_, Some("14")) => Refused::Token {
                or_not_allowed: false,
                request_id,
            },
            (_, Some("6041")) => Refused::Final(Fault::NotAllowed {
                reason: Some(
                    "whoever signed in does not belong to this organisation; choose it again"
                        .to_owned(),
                ),
                request_id,
            }),
            (404, Some("1002")) | (_, Some("1002")) => {
                Refused::Final(Fault::NotFound { request_id })
            }
            (408 | 500..=599, _) | (_, Some("1000")) => Refused::Final(Fault::Unavailable(failure)),
            (403, _) => Refused::Final(Fault::NotAllowed {
                reason: None,
                request_id,
            }),
            (status, code) => Refused::Final(Fault::Refused {
                status,
                code: code.map(str::to_owned),
                request_id,
            }),
        }
    }
}

/// Only a number is one: a stranger's text goes nowhere.
fn code(body: &[u8]) -> Option<String> {
    serde_json::from_slice::<Envelope>(body)
        .ok()?
        .code
        .filter(|code| code.len() <= 8 && code.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn meant(status: u16, code: Option<&str>) -> Refused {
        let said = Said {
            status,
            code: code.map(str::to_owned),
            request_id: None,
            after: None,
            resets: None,
        };
        said.meaning(Failure::Unsendable { what: "a test" })
    }

    #[test]
    fn every_code_has_its_meaning() {
        type Check = fn(&Refused) -> bool;
        let cases: [(u16, Option<&str>, Check); 17] = [
            (429, Some("44"), |said| {
                matches!(
                    said,
                    Refused::Final(Fault::RateLimited {
                        after: Some(MINUTE),
                        ..
                    })
                )
            }),
            (429, Some("45"), |said| {
                matches!(said, Refused::Final(Fault::QuotaUsed { .. }))
            }),
            (200, Some("45"), |said| {
                matches!(said, Refused::Final(Fault::QuotaUsed { .. }))
            }),
            (
                429,
                Some("1070"),
                |said| matches!(said, Refused::Final(Fault::RateLimited { reason: Some(reason), .. }) if reason == "concurrent"),
            ),
            (429, None, |said| {
                matches!(said, Refused::Final(Fault::RateLimited { .. }))
            }),
            (401, Some("57"), |said| {
                matches!(
                    said,
                    Refused::Token {
                        or_not_allowed: true,
                        ..
                    }
                )
            }),
            (400, Some("57"), |said| {
                matches!(
                    said,
                    Refused::Token {
                        or_not_allowed: true,
                        ..
                    }
                )
            }),
            (401, Some("14"), |said| {
                matches!(
                    said,
                    Refused::Token {
                        or_not_allowed: false,
                        ..
                    }
                )
            }),
            (200, Some("14"), |said| {
                matches!(said, Refused::Token { .. })
            }),
            (401, None, |said| {
                matches!(
                    said,
                    Refused::Token {
                        or_not_allowed: false,
                        ..
                    }
                )
            }),
            (400, Some("6041"), |said| {
                matches!(
                    said,
                    Refused::Final(Fault::NotAllowed {
                        reason: Some(_),
                        ..
                    })
                )
            }),
            (404, Some("1002"), |said| {
                matches!(said, Refused::Final(Fault::NotFound { .. }))
            }),
            // A wrong address is a mistake of ours, and no invoice that has gone.
            (404, Some("5"), |said| {
                matches!(said, Refused::Final(Fault::Refused { status: 404, .. }))
            }),
            (404, None, |said| {
                matches!(said, Refused::Final(Fault::Refused { status: 404, .. }))
            }),
            (500, Some("1000"), |said| {
                matches!(said, Refused::Final(Fault::Unavailable(_)))
            }),
            (503, None, |said| {
                matches!(said, Refused::Final(Fault::Unavailable(_)))
            }),
            (
                400,
                Some("2"),
                |said| matches!(said, Refused::Final(Fault::Refused { status: 400, code: Some(code), .. }) if code == "2"),
            ),
        ];
        for (status, code, check) in cases {
            assert!(check(&meant(status, code)), "{status} {code:?}");
        }
    }

    #[test]
    fn a_reset_is_a_wait_of_a_day_at_most() {
        let read = |text: &'static str| resets(move |_| Some(text));
        assert_eq!(read("34881"), Some(Duration::from_secs(34_881)));
        for odd in ["1782907200", "-1", "soon", ""] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }

    proptest! {
        #[test]
        fn any_body_can_be_read(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = code(&body);
        }

        #[test]
        fn codes_are_numbers_in_either_form(number in 0_u32..200_000, word in "[a-z<]{1,9}") {
            let expected = Some(number.to_string());
            prop_assert_eq!(code(format!(r#"{{"code":{number},"message":"x"}}"#).as_bytes()), expected.clone());
            prop_assert_eq!(code(format!(r#"{{"code":"{number}"}}"#).as_bytes()), expected);
            prop_assert_eq!(code(format!(r#"{{"code":"{word}"}}"#).as_bytes()), None);
        }
    }
}
