//! What QuickBooks' refusals mean. They come in two JSON envelopes, in XML though JSON was asked for, as web pages of
//! whatever stands in between, and now and then with status 200; so the code decides where one can be found, and the
//! status where none can. Their texts may hold the token and are read for two words only.

use std::time::Duration;

use http_client::{Answer, Failure, Rejection, Verdict};

use super::dto::Envelope;
use crate::{Fault, Stopped};

/// The pause QuickBooks asks of whoever was throttled; it seldom says so in the answer.
const THROTTLED: Duration = Duration::from_secs(60);

/// What a refusal asks of the caller.
pub(super) enum Refused {
    /// The token is not taken (any more): a new one may help, once.
    Token {
        request_id: Option<String>,
    },
    /// The application may not read this company, which is also what is left of a grant that was ended at Intuit.
    Company {
        request_id: Option<String>,
    },
    /// The answer would be larger than QuickBooks sends.
    TooMuch(Fault),
    Final(Fault),
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Token { request_id } => Fault::GrantEnded { request_id },
            Refused::Company { request_id } => Fault::NotAllowed {
                reason: Some(
                    "the sign-in is not for this company, or the application’s keys are for the other environment"
                        .to_owned(),
                ),
                request_id,
            },
            Refused::TooMuch(fault) | Refused::Final(fault) => fault,
        }
    }
}

impl<E> From<Refused> for Stopped<E> {
    fn from(refused: Refused) -> Self {
        Self::Fault(refused.into())
    }
}

pub(super) fn verdict(rejection: &Rejection) -> Verdict {
    let said = Said::read(rejection.body());
    match rejection.status {
        429 | 403 if said.is_quota() => Verdict::Final,
        429 | 500..=599 => Verdict::Repeat,
        // As throttling was told in earlier years.
        403 if said.is_throttling() => Verdict::Repeat,
        _ => Verdict::Final,
    }
}

pub(super) fn unsaid_wait(rejection: &Rejection) -> Option<Duration> {
    let throttled = rejection.status == 429 || Said::read(rejection.body()).is_throttling();
    (throttled && rejection.retry_after.is_none()).then_some(THROTTLED)
}

pub(super) fn of_failure(failure: Failure) -> Refused {
    match failure {
        Failure::Status(rejection) => {
            let said = Said::read(rejection.body());
            let status = rejection.status;
            let (request_id, after) = (rejection.request_id.clone(), rejection.retry_after);
            meaning(&said, status, request_id, after, Failure::Status(rejection))
        }
        Failure::Held { after, .. } => Refused::Final(Fault::RateLimited {
            reason: None,
            after: Some(after),
            request_id: None,
        }),
        Failure::Unreachable { .. } | Failure::Interrupted { .. } | Failure::TimedOut { .. } => {
            Refused::Final(Fault::Unavailable(failure))
        }
        Failure::TooLarge { .. } => Refused::TooMuch(Fault::Unreadable(failure)),
        Failure::Unreadable { .. } | Failure::Unsendable { .. } => {
            Refused::Final(Fault::Unreadable(failure))
        }
    }
}

/// A refusal inside a success, if that is what it is.
pub(super) fn of_answer(answer: &Answer) -> Option<Refused> {
    // Cheap for the answers that are none: a fault is short.
    if answer.body.len() > 64 * 1024 {
        return None;
    }
    let said = Said::read(&answer.body);
    if said.codes.is_empty() {
        return None;
    }
    let failure = answer.unreadable("a fault in the place of an answer");
    Some(meaning(
        &said,
        answer.status,
        answer.request_id.clone(),
        None,
        failure,
    ))
}

fn meaning(
    said: &Said,
    status: u16,
    request_id: Option<String>,
    after: Option<Duration>,
    failure: Failure,
) -> Refused {
    let not_allowed = |reason: &str, request_id| {
        Refused::Final(Fault::NotAllowed {
            reason: Some(reason.to_owned()),
            request_id,
        })
    };
    let code = said.codes.first().map(String::as_str).unwrap_or_default();
    match (status, code.trim_start_matches('0')) {
        _ if said.is_quota() => Refused::Final(Fault::QuotaUsed {
            resets: None,
            request_id,
        }),
        (429, _) | (_, "3001") => Refused::Final(Fault::RateLimited {
            reason: None,
            after,
            request_id,
        }),
        (_, "120") => not_allowed(
            "whoever connected this company may not read it any more; an administrator must connect it again",
            request_id,
        ),
        // An empty token is our own mistake, and a new one would be as empty.
        (_, "3202") => other(status, said, request_id),
        (_, "3200" | "100") | (401, _) => Refused::Token { request_id },
        (_, "3100") => Refused::Company { request_id },
        (_, "6190") => not_allowed(
            "the company’s QuickBooks subscription has ended or is not paid for",
            request_id,
        ),
        (_, "610") | (404, _) => Refused::Final(Fault::NotFound { request_id }),
        (_, "10100") => Refused::TooMuch(Fault::Unavailable(failure)),
        // The wrong cluster, a company that is locked or under maintenance, a fault of the system.
        (_, "130" | "140" | "150" | "10000") | (408 | 500..=599, _) => {
            Refused::Final(Fault::Unavailable(failure))
        }
        (403, _) => not_allowed(
            "QuickBooks does not let this application read it",
            request_id,
        ),
        // No code and a success: not a fault of QuickBooks at all.
        (200..=299, "") => Refused::Final(Fault::Unreadable(failure)),
        _ => other(status, said, request_id),
    }
}

fn other(status: u16, said: &Said, request_id: Option<String>) -> Refused {
    Refused::Final(Fault::Refused {
        status,
        code: said.codes.first().cloned(),
        request_id,
    })
}

/// What a body says, in whichever form.
struct Said {
    codes: Vec<String>,
    messages: Vec<String>,
}

impl Said {
    fn read(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let start = text.trim_start_matches('\u{feff}').trim_start();
        if start.starts_with('<') {
            return Self::read_xml(start);
        }
        let errors = serde_json::from_slice::<Envelope>(body)
            .unwrap_or_default()
            .fault
            .and_then(|fault| fault.errors)
            .unwrap_or_default();
        let (codes, messages): (Vec<_>, Vec<_>) = errors
            .into_iter()
            .map(|error| {
                (
                    error.code.unwrap_or_default(),
                    error.message.unwrap_or_default(),
                )
            })
            .unzip();
        Self {
            codes: codes.into_iter().filter(|code| is_code(code)).collect(),
            messages,
        }
    }

    /// `<IntuitResponse><Fault><Error code="3001"><Message>…`: two things are looked for in an answer that nobody asked to
    /// be XML, so they are searched for rather than parsed.
    fn read_xml(xml: &str) -> Self {
        let mut said = Self {
            codes: Vec::new(),
            messages: Vec::new(),
        };
        for error in xml.split("<Error").skip(1) {
            let (tag, rest) = error.split_once('>').unwrap_or((error, ""));
            let code = tag
                .split_once("code=\"")
                .and_then(|(_, rest)| rest.split_once('"'))
                .map(|(code, _)| code.trim());
            said.codes
                .extend(code.filter(|code| is_code(code)).map(str::to_owned));
            let message = rest
                .split_once("<Message>")
                .and_then(|(_, rest)| rest.split_once("</Message>"));
            said.messages
                .extend(message.map(|(message, _)| message.to_owned()));
        }
        said
    }

    fn is_throttling(&self) -> bool {
        self.codes
            .iter()
            .any(|code| code.trim_start_matches('0') == "3001")
    }

    /// The calls of the month are used up, which has the code of throttling and passes weeks later.
    fn is_quota(&self) -> bool {
        self.is_throttling()
            && self
                .messages
                .iter()
                .any(|message| message.to_ascii_lowercase().contains("quota"))
    }
}

/// Only this much of what a stranger may have written goes into logs.
fn is_code(code: &str) -> bool {
    (1..=12).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SERVICE: &str = r#"{"Fault":{"Error":[{"Message":"Object Not Found","Detail":"Bearer secret","code":"610","element":""}],"type":"ValidationFault"},"time":"2026-07-01T05:00:00.000-07:00"}"#;
    const GATEWAY: &str = r#"{"warnings":null,"intuitObject":null,"fault":{"error":[{"message":"message=AuthenticationFailed; errorCode=003200; statusCode=401","detail":"Token expired: eyJ","code":"3200","element":null}],"type":"AUTHENTICATION"},"time":1782907200000}"#;
    const THROTTLE: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse time="2026-07-01T05:00:00" xmlns="http://schema.intuit.com/finance/v3"><Fault type="SERVICE"><Error code="3001"><Message>message=ThrottleExceeded; errorCode=003001; statusCode=429</Message></Error></Fault></IntuitResponse>"#;

    fn meant(status: u16, body: &str) -> Refused {
        let failure = Failure::Unsendable { what: "a test" };
        meaning(&Said::read(body.as_bytes()), status, None, None, failure)
    }

    #[test]
    fn every_form_of_a_refusal_is_understood() {
        assert!(matches!(
            meant(400, SERVICE),
            Refused::Final(Fault::NotFound { .. })
        ));
        assert!(matches!(
            meant(200, SERVICE),
            Refused::Final(Fault::NotFound { .. })
        ));
        assert!(matches!(meant(401, GATEWAY), Refused::Token { .. }));
        assert!(matches!(
            meant(429, THROTTLE),
            Refused::Final(Fault::RateLimited { .. })
        ));
        assert!(matches!(
            meant(403, THROTTLE),
            Refused::Final(Fault::RateLimited { .. })
        ));
        let quota = THROTTLE.replace("ThrottleExceeded", "QuotaExceeded");
        assert!(matches!(
            meant(429, &quota),
            Refused::Final(Fault::QuotaUsed { .. })
        ));
        let html = "<!doctype html><html><body>502 Bad Gateway</body></html>";
        assert!(matches!(
            meant(502, html),
            Refused::Final(Fault::Unavailable(_))
        ));
        assert!(matches!(meant(401, html), Refused::Token { .. }));
        assert!(matches!(
            meant(200, html),
            Refused::Final(Fault::Unreadable(_))
        ));
    }

    #[test]
    fn every_code_has_its_meaning() {
        let with = |status, code: &str| meant(status, &SERVICE.replace("610", code));
        type Check = fn(&Refused) -> bool;
        let cases: [(u16, &str, Check); 11] = [
            (400, "120", |said| {
                matches!(
                    said,
                    Refused::Final(Fault::NotAllowed {
                        reason: Some(_),
                        ..
                    })
                )
            }),
            (401, "120", |said| {
                matches!(
                    said,
                    Refused::Final(Fault::NotAllowed {
                        reason: Some(_),
                        ..
                    })
                )
            }),
            (400, "6190", |said| {
                matches!(
                    said,
                    Refused::Final(Fault::NotAllowed {
                        reason: Some(_),
                        ..
                    })
                )
            }),
            (401, "100", |said| matches!(said, Refused::Token { .. })),
            (401, "3202", |said| {
                matches!(said, Refused::Final(Fault::Refused { .. }))
            }),
            (403, "3100", |said| matches!(said, Refused::Company { .. })),
            (429, "003001", |said| {
                matches!(said, Refused::Final(Fault::RateLimited { .. }))
            }),
            (400, "150", |said| {
                matches!(said, Refused::Final(Fault::Unavailable(_)))
            }),
            (500, "10000", |said| {
                matches!(said, Refused::Final(Fault::Unavailable(_)))
            }),
            (400, "10100", |said| matches!(said, Refused::TooMuch(_))),
            (
                400,
                "4001",
                |said| matches!(said, Refused::Final(Fault::Refused { status: 400, code: Some(code), .. }) if code == "4001"),
            ),
        ];
        for (status, code, check) in cases {
            assert!(check(&with(status, code)), "{status} {code}");
        }
    }

    #[test]
    fn nothing_of_the_text_is_shown() {
        for body in [SERVICE, GATEWAY, THROTTLE] {
            for status in [200, 400, 401, 403, 429, 500] {
                if let Refused::Final(fault) = meant(status, body) {
                    let shown = format!("{fault} {fault:?}");
                    assert!(
                        !shown.contains("secret") && !shown.contains("eyJ"),
                        "{shown}"
                    );
                }
            }
        }
    }

    proptest! {
        #[test]
        fn any_body_can_be_read(body in prop::collection::vec(any::<u8>(), 0..200)) {
            Said::read(&body);
        }

        #[test]
        fn any_text_can_be_read(body in "<?(Error|Message|Fault| |code=|[\"<>/=])*") {
            Said::read(body.as_bytes());
        }
    }
}
