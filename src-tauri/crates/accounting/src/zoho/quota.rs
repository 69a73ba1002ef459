use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::refusal::resets;

/// The organisation's calls of a day, shared by everything that it connects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    pub limit: Option<u32>,
    pub left: u32,
    /// From the answer that told it.
    pub resets: Option<Duration>,
}

/// What answers told of the quota last. Zoho does not document the headers, so it may never be anything.
#[derive(Default)]
pub(super) struct Told(Mutex<Option<Quota>>);

impl Told {
    pub(super) fn hear<'a>(&self, header: impl Fn(&'static str) -> Option<&'a str>) {
        let number = |name| header(name)?.trim().parse().ok();
        if let Some(left) = number("x-rate-limit-remaining") {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Quota {
                limit: number("x-rate-limit-limit"),
                left,
                resets: resets(header),
            });
        }
    }

    pub(super) fn latest(&self) -> Option<Quota> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_silent_changes_nothing() {
        let told = Told::default();
        told.hear(|_| None);
        assert_eq!(told.latest(), None);
        told.hear(|name| match name {
            "x-rate-limit-limit" => Some("7500"),
            "x-rate-limit-remaining" => Some("6775"),
            "x-rate-limit-reset" => Some("34881"),
            _ => None,
        });
        let quota = Quota {
            limit: Some(7_500),
            left: 6_775,
            resets: Some(Duration::from_secs(34_881)),
        };
        assert_eq!(told.latest(), Some(quota));
        told.hear(|_| None);
        told.hear(|_| Some("plenty"));
        assert_eq!(told.latest(), Some(quota));
    }
}
