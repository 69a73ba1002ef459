//! Three windows per key: a sliding minute in segments of ten seconds, a fixed hour and a fixed day.

use std::collections::VecDeque;

use jiff::Timestamp;

use super::{Call, Debitura, DebituraSettings};
use crate::settings::RateLimits;

const SEGMENT: i64 = 10;

#[derive(Clone, Debug, Default)]
pub(crate) struct Usage {
    segments: VecDeque<(i64, u32)>,
    hour: (i64, u32),
    day: (i64, u32),
}

impl Usage {
    /// Counts the call, or gives the seconds until one would be let through again; a refused call is not counted.
    pub(crate) fn over(&mut self, limits: RateLimits, now: Timestamp) -> Option<f64> {
        let speed = i64::from(limits.speed.max(1));
        let milliseconds = now.as_millisecond() * speed;
        let second = milliseconds / 1000;
        let fraction = (milliseconds % 1000) as f64 / 1000.0;
        let segment = second / SEGMENT;
        while self
            .segments
            .front()
            .is_some_and(|(oldest, _)| *oldest <= segment - 60 / SEGMENT)
        {
            self.segments.pop_front();
        }
        // Anchored to the first call.
        for (window, length) in [(&mut self.hour, 3_600), (&mut self.day, 86_400)] {
            if second >= window.0 + length {
                *window = (second, 0);
            }
        }
        let wait = |until: i64| Some(((until - second) as f64 - fraction) / speed as f64);
        if self.day.1 >= limits.day {
            return wait(self.day.0 + 86_400);
        }
        if self.hour.1 >= limits.hour {
            return wait(self.hour.0 + 3_600);
        }
        if self.segments.iter().map(|(_, calls)| calls).sum::<u32>() >= limits.minute {
            let oldest = self.segments.front().map_or(segment, |(oldest, _)| *oldest);
            return wait(oldest * SEGMENT + 60).map(|wait| wait.max(0.1 / speed as f64));
        }
        match self.segments.back_mut() {
            Some((last, calls)) if *last == segment => *calls += 1,
            _ => self.segments.push_back((segment, 1)),
        }
        self.hour.1 += 1;
        self.day.1 += 1;
        None
    }
}

impl Debitura {
    /// The index of the key a call carries, while it is valid.
    pub(super) fn key_of(&self, call: &Call, settings: &DebituraSettings) -> Option<usize> {
        let bearer = || {
            call.header("authorization")
                .and_then(|value| value.strip_prefix("Bearer "))
        };
        let given = call
            .header("xapikey")
            .or_else(|| settings.accept_bearer.then(bearer).flatten())?;
        self.keys
            .iter()
            .position(|key| key.text == given && !key.revoked)
    }

    /// Calls without a valid key share one bucket, that of no key.
    pub(super) fn usage(&mut self, key: Option<usize>) -> &mut Usage {
        match key {
            Some(key) => &mut self.keys[key].usage,
            None => &mut self.keyless,
        }
    }

    pub(crate) fn revoke(&mut self, call: &Call) {
        if let Some(given) = call.header("xapikey") {
            self.revoke_key(given);
        }
    }

    pub(crate) fn revoke_key(&mut self, text: &str) {
        self.keys
            .iter_mut()
            .filter(|key| key.text == text)
            .for_each(|key| key.revoked = true);
    }

    pub(crate) fn restore_keys(&mut self) {
        self.keys
            .iter_mut()
            .for_each(|key| key.revoked = key.born_revoked);
    }
}
