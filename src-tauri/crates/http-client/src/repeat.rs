use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use crate::{Failure, Obstacle, Rejection};

/// When and how a GET is repeated. One value per provider; the provider's reading of its own answers is part of it.
/// Requests other than GET are never repeated.
#[derive(Clone, Copy)]
pub struct RepeatPolicy {
    /// Requests in total, the first included.
    pub tries: u32,
    /// Before the second try; doubles from there.
    pub first_wait: Duration,
    pub longest_wait: Duration,
    /// Sum of all waits between tries. A provider that asks for more is not waited for: the failure says how long it
    /// asked, and the caller tells the user.
    pub patience: Duration,
    /// Whether this answer may be asked for again.
    pub verdict: fn(&Rejection) -> Verdict,
    /// A wait that the provider states elsewhere than in `Retry-After`.
    pub wait_in_body: fn(&Rejection) -> Option<Duration>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Repeat,
    Final,
}

impl RepeatPolicy {
    /// What is common: network failures, 429, and the gateway and server faults.
    pub const COMMON: Self = Self {
        tries: 4,
        first_wait: Duration::from_millis(500),
        longest_wait: Duration::from_secs(5),
        patience: Duration::from_secs(60),
        verdict: |rejection| match rejection.status {
            429 | 500..=599 => Verdict::Repeat,
            _ => Verdict::Final,
        },
        wait_in_body: |_| None,
    };

    pub const NEVER: Self = Self {
        tries: 1,
        ..Self::COMMON
    };

    /// The same policy with all waits scaled down, so that tests of it need no patience.
    #[must_use]
    pub fn hurried(self, by: u32) -> Self {
        Self {
            first_wait: self.first_wait / by,
            longest_wait: self.longest_wait / by,
            ..self
        }
    }

    /// How long to wait before asking again after `failure` of try number `tried`; `None` is giving up.
    pub(crate) fn wait(&self, failure: &Failure, tried: u32, jitter: &Jitter) -> Option<Duration> {
        if tried >= self.tries {
            return None;
        }
        let worth_it = match failure {
            Failure::Unreachable { obstacle, .. } => !matches!(
                obstacle,
                // These do not pass by waiting.
                Obstacle::Certificate | Obstacle::NoCertificates
            ),
            Failure::Interrupted { .. } | Failure::TimedOut { .. } => true,
            Failure::Status(rejection) => (self.verdict)(rejection) == Verdict::Repeat,
            Failure::Unsendable { .. }
            | Failure::Held { .. }
            | Failure::TooLarge { .. }
            | Failure::Unreadable { .. } => false,
        };
        if !worth_it {
            return None;
        }
        let doubled = self.first_wait.saturating_mul(1 << (tried - 1).min(16));
        let backoff = jitter.spread(doubled.min(self.longest_wait));
        // Waiting less than asked earns another refusal; the jitter goes on top, so that clients do not return together.
        Some(match failure.retry_after() {
            Some(asked) => asked.saturating_add(backoff / 4),
            None => backoff,
        })
    }
}

/// Spreads waits over half to the whole of their length. Seeded by the caller; nothing here reads a global source.
#[derive(Clone)]
pub struct Jitter(Option<Arc<Mutex<SmallRng>>>);

impl Jitter {
    pub fn seeded(seed: u64) -> Self {
        Self(Some(Arc::new(Mutex::new(SmallRng::seed_from_u64(seed)))))
    }

    /// Always the whole wait; for tests that measure.
    pub fn none() -> Self {
        Self(None)
    }

    fn spread(&self, wait: Duration) -> Duration {
        match &self.0 {
            None => wait,
            Some(random) => {
                let mut random = random.lock().unwrap_or_else(PoisonError::into_inner);
                wait.mul_f64(random.random_range(0.5..=1.0))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderMap;

    use super::*;

    fn status(status: u16, retry_after: Option<u64>) -> Failure {
        Failure::Status(Box::new(Rejection {
            host: "h".into(),
            status,
            request_id: None,
            retry_after: retry_after.map(Duration::from_secs),
            date: None,
            headers: HeaderMap::new(),
            body: Vec::new(),
        }))
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        let policy = RepeatPolicy {
            tries: 9,
            ..RepeatPolicy::COMMON
        };
        let waits: Vec<u128> = (1..9)
            .filter_map(|tried| policy.wait(&status(503, None), tried, &Jitter::none()))
            .map(|wait| wait.as_millis())
            .collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 5000, 5000, 5000, 5000]);
        assert_eq!(policy.wait(&status(503, None), 9, &Jitter::none()), None);
    }

    #[test]
    fn jitter_stays_between_half_and_whole_and_repeats_with_its_seed() {
        let waits = |seed| -> Vec<Duration> {
            let jitter = Jitter::seeded(seed);
            (0..50)
                .map(|_| jitter.spread(Duration::from_secs(1)))
                .collect()
        };
        assert_eq!(waits(7), waits(7));
        assert_ne!(waits(7), waits(8));
        assert!(
            waits(7)
                .iter()
                .all(|wait| (500..=1000).contains(&wait.as_millis()))
        );
    }

    #[test]
    fn never_less_than_asked() {
        let policy = RepeatPolicy::COMMON;
        let wait = policy.wait(&status(429, Some(42)), 1, &Jitter::seeded(1));
        assert!(wait.is_some_and(|wait| wait >= Duration::from_secs(42)));
    }

    #[test]
    fn refusals_are_final() {
        for code in [400, 401, 403, 404, 409, 422, 301] {
            let wait = RepeatPolicy::COMMON.wait(&status(code, None), 1, &Jitter::none());
            assert_eq!(wait, None, "{code}");
        }
    }
}
