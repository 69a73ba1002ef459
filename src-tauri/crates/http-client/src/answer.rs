use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use serde::de::DeserializeOwned;

use crate::Failure;

/// A 2xx answer, read to its end.
#[derive(Clone)]
pub struct Answer {
    pub status: u16,
    pub request_id: Option<String>,
    /// The server's clock, for noticing that ours is wrong.
    pub date: Option<Timestamp>,
    pub body: Vec<u8>,
    pub(crate) host: String,
    pub(crate) headers: HeaderMap,
}

impl Answer {
    /// The body as JSON of shape `T`. The failure names the place and kind of the fault, never the content.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(&self.body).map_err(|error| {
            self.unreadable(format!(
                "{} at line {} column {}",
                match error.classify() {
                    serde_json::error::Category::Eof => "the JSON ends too early",
                    serde_json::error::Category::Data => "JSON of an unexpected shape",
                    _ => "not JSON",
                },
                error.line(),
                error.column(),
            ))
        })
    }

    pub fn unreadable(&self, what: impl Into<String>) -> Failure {
        Failure::Unreadable {
            host: self.host.clone(),
            status: self.status,
            what: what.into(),
            request_id: self.request_id.clone(),
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Answer")
            .field("status", &self.status)
            .field("request_id", &self.request_id)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// The providers' names for the id of an exchange: Stripe's, the common one, Intuit's in both its spellings.
const REQUEST_ID_HEADERS: [&str; 4] = ["request-id", "x-request-id", "intuit_tid", "intuit-tid"];

pub(crate) fn request_id(headers: &HeaderMap) -> Option<String> {
    REQUEST_ID_HEADERS
        .iter()
        .find_map(|name| headers.get(*name)?.to_str().ok())
        // A header is the server's text; an id longer than this is none.
        .filter(|id| !id.is_empty() && id.len() <= 200)
        .map(str::to_owned)
}

pub(crate) fn date(headers: &HeaderMap) -> Option<Timestamp> {
    http_date(headers.get(DATE)?.to_str().ok()?)
}

/// `Retry-After` in either form of RFC 9110: seconds, or a date. A date is measured against the server's own `Date`, so
/// that a wrong clock here does not matter; without that header it is ignored.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let wait = http_date(text)?.as_second() - date(headers)?.as_second();
    Some(Duration::from_secs(u64::try_from(wait).unwrap_or(0)))
}

fn http_date(text: &str) -> Option<Timestamp> {
    // RFC 9110's preferred form is RFC 2822 with `GMT`; a wrong weekday is no reason to lose the date.
    DateTimeParser::new()
        .relaxed_weekday(true)
        .parse_timestamp(text)
        .ok()
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    reqwest::header::HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn intuits_id_is_read_in_both_spellings() {
        for name in ["intuit_tid", "intuit-tid"] {
            let id = request_id(&headers(&[(name, "1-5f")]));
            assert_eq!(id.as_deref(), Some("1-5f"), "support asks for it: {name}");
        }
    }

    #[test]
    fn retry_after_is_read_in_both_forms() {
        fn seconds(pairs: &[(&'static str, &'static str)]) -> Option<f64> {
            retry_after(&headers(pairs)).map(|wait| wait.as_secs_f64())
        }
        assert_eq!(seconds(&[("retry-after", "42")]), Some(42.0));
        assert_eq!(seconds(&[("retry-after", " 1.5 ")]), Some(1.5));
        let now = ("date", "Sat, 21 Nov 2026 13:00:00 GMT");
        assert_eq!(
            seconds(&[now, ("retry-after", "Sat, 21 Nov 2026 13:02:00 GMT")]),
            Some(120.0)
        );
        assert_eq!(
            seconds(&[now, ("retry-after", "Sat, 21 Nov 2026 12:00:00 GMT")]),
            Some(0.0)
        );
        // Without the server's clock a date cannot be measured.
        assert_eq!(
            seconds(&[("retry-after", "Sat, 21 Nov 2026 13:02:00 GMT")]),
            None
        );
        for garbage in ["", "-1", "NaN", "inf", "1e400", "soon"] {
            assert_eq!(seconds(&[("retry-after", garbage)]), None, "{garbage}");
        }
    }
}
