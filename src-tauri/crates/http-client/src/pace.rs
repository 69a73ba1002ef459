use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// How fast requests may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Time one request uses up.
    pub every: Duration,
    /// How many may leave at once after a quiet time.
    pub burst: u32,
    /// How many may be under way at the same time.
    pub parallel: u32,
}

impl Rate {
    /// At most `limit` requests in *any* minute: the burst is taken out of the steady rate, since a full burst and a
    /// full minute of steady requests can fall into one window.
    pub fn per_minute(limit: u32) -> Self {
        let limit = limit.max(2);
        let burst = (limit / 50).clamp(1, 20);
        Self {
            every: Duration::from_secs(60) / (limit - burst),
            burst,
            parallel: 4,
        }
    }

    pub fn per_second(limit: u32) -> Self {
        Self {
            every: Duration::from_secs(1) / limit.max(1),
            burst: limit.max(1),
            parallel: 2,
        }
    }

    /// So many times faster, for a provider whose clock runs that much faster as well.
    pub fn times(self, factor: u32) -> Self {
        Self {
            every: self.every / factor.max(1),
            ..self
        }
    }

    pub fn parallel(self, parallel: u32) -> Self {
        Self {
            parallel: parallel.max(1),
            ..self
        }
    }

    /// No waiting worth naming; for tests and the local sandbox.
    pub fn unlimited() -> Self {
        Self {
            every: Duration::ZERO,
            burst: 1,
            parallel: 64,
        }
    }
}

/// Keeps all requests to one provider account inside its limits. Clones share the same budget, so one value serves
/// every client that uses the same key.
///
/// It is a token bucket in its virtual-scheduling form (GCRA): one instant says when the next request is due, which
/// makes the rate adjustable while requests are waiting and lets tests run it on tokio's paused clock.
#[derive(Clone)]
pub struct Pace {
    shared: Arc<Shared>,
}

struct Shared {
    /// Fair: requests leave in the order in which they asked.
    queue: tokio::sync::Mutex<()>,
    slots: Mutex<Arc<Semaphore>>,
    state: Mutex<State>,
}

struct State {
    rate: Rate,
    /// Multiplies `rate.every` after the provider said "too many requests"; halves again with success.
    slowness: u32,
    /// Successes since the last change of `slowness`.
    successes: u32,
    /// When the next request is due if no burst were allowed.
    due: Option<Instant>,
    /// Nothing leaves before this; requests wait.
    held_until: Option<Instant>,
    /// Nothing leaves before this either, but it is too long to wait for: requests fail and say so.
    shut_until: Option<Instant>,
}

/// What a request meets that asks for its turn.
enum Due {
    Now,
    In(Duration),
    /// Not for so long that it is turned away.
    Shut(Duration),
}

/// The longest window of any provider is a day; more is a mistake of theirs.
const LONGEST_SHUT: Duration = Duration::from_secs(25 * 3600);

/// 1/16 of the usual rate is slow enough; beyond that the account has another problem.
const SLOWEST: u32 = 16;
const SUCCESSES_TO_SPEED_UP: u32 = 20;

/// Permission to send one request; dropping it frees the place for another.
#[must_use = "the place among the parallel requests is given back when this is dropped"]
pub(crate) struct Turn {
    _slot: Option<OwnedSemaphorePermit>,
}

impl Pace {
    pub fn new(rate: Rate) -> Self {
        Self {
            shared: Arc::new(Shared {
                queue: tokio::sync::Mutex::new(()),
                slots: Mutex::new(slots(rate)),
                state: Mutex::new(State {
                    rate,
                    slowness: 1,
                    successes: 0,
                    due: None,
                    held_until: None,
                    shut_until: None,
                }),
            }),
        }
    }

    /// Another rate from now on; requests under way are not disturbed.
    pub fn set_rate(&self, rate: Rate) {
        *lock(&self.shared.slots) = slots(rate);
        let mut state = lock(&self.shared.state);
        state.rate = rate;
        state.slowness = 1;
        state.due = None;
    }

    /// The interval between requests as it is now, slowed down or not.
    pub fn interval(&self) -> Duration {
        lock(&self.shared.state).interval()
    }

    /// The provider said that we are too fast: half the rate from now on, and nothing at all for as long as it asks. Up to
    /// `patience` requests wait for that; beyond it they are turned away, since nobody waits an hour in silence.
    pub(crate) fn slow_down(&self, asked: Duration, patience: Duration) {
        let mut state = lock(&self.shared.state);
        state.slowness = (state.slowness * 2).min(SLOWEST);
        state.successes = 0;
        let until = Instant::now() + asked.min(LONGEST_SHUT);
        let kept = if asked <= patience {
            &mut state.held_until
        } else {
            &mut state.shut_until
        };
        *kept = Some(kept.map_or(until, |earlier| earlier.max(until)));
    }

    pub(crate) fn went_well(&self) {
        let mut state = lock(&self.shared.state);
        if state.slowness == 1 {
            return;
        }
        state.successes += 1;
        if state.successes >= SUCCESSES_TO_SPEED_UP {
            state.slowness = (state.slowness / 2).max(1);
            state.successes = 0;
        }
    }

    /// Waits for this request's turn. Dropping the future gives up the place in the queue and uses nothing.
    ///
    /// # Errors
    /// How long the provider still wants nothing, where that is too long to wait.
    pub(crate) async fn turn(&self) -> Result<Turn, Duration> {
        let slots = lock(&self.shared.slots).clone();
        // The semaphore is never closed; if it were, the rate alone would still bound us.
        let slot = slots.acquire_owned().await.ok();
        let _place = self.shared.queue.lock().await;
        loop {
            let due = lock(&self.shared.state).take(Instant::now());
            match due {
                Due::Now => return Ok(Turn { _slot: slot }),
                // Looked at again afterwards, since the rate may have changed meanwhile.
                Due::In(wait) => tokio::time::sleep(wait).await,
                Due::Shut(left) => return Err(left),
            }
        }
    }
}

impl std::fmt::Debug for Pace {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Pace")
            .field("interval", &self.interval())
            .finish()
    }
}

impl State {
    fn interval(&self) -> Duration {
        self.rate.every * self.slowness
    }

    /// Takes one request out of the budget, or says how long to wait before asking again.
    fn take(&mut self, now: Instant) -> Due {
        let left =
            |until: &Option<Instant>| until.filter(|until| *until > now).map(|until| until - now);
        if let Some(left) = left(&self.shut_until) {
            return Due::Shut(left);
        }
        if let Some(left) = left(&self.held_until) {
            return Due::In(left);
        }
        let interval = self.interval();
        // While slowed down there is no burst: it is bursts that providers answer with 429.
        let burst = if self.slowness == 1 {
            self.rate.burst.max(1)
        } else {
            1
        };
        let due = self.due.map_or(now, |due| due.max(now));
        let early = due - now;
        let allowance = interval * (burst - 1);
        if early > allowance {
            return Due::In(early - allowance);
        }
        self.due = Some(due + interval);
        Due::Now
    }
}

fn slots(rate: Rate) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(rate.parallel.max(1) as usize))
}

/// A panic while holding one of these locks leaves plain numbers behind, which are still usable.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn seconds_for(pace: &Pace, requests: u32) -> f64 {
        let start = Instant::now();
        for _ in 0..requests {
            drop(pace.turn().await.unwrap());
        }
        start.elapsed().as_secs_f64()
    }

    #[tokio::test(start_paused = true)]
    async fn never_more_than_the_limit_in_any_minute() {
        let pace = Pace::new(Rate::per_minute(100));
        let mut left = Vec::new();
        for _ in 0..350 {
            drop(pace.turn().await.unwrap());
            left.push(Instant::now());
        }
        for (index, &first) in left.iter().enumerate() {
            let in_window = left[index..]
                .iter()
                .filter(|&&at| at < first + Duration::from_secs(60))
                .count();
            assert!(in_window <= 100, "{in_window} requests within a minute");
        }
        // And it does not dawdle either: 350 at 98 a minute are 214 seconds.
        let total = (left[349] - left[0]).as_secs_f64();
        assert!(total < 215.0, "350 requests took {total} s");
    }

    #[tokio::test(start_paused = true)]
    async fn a_429_halves_the_rate_and_success_restores_it() {
        let pace = Pace::new(Rate {
            every: Duration::from_millis(100),
            burst: 1,
            parallel: 1,
        });
        pace.slow_down(Duration::from_secs(5), Duration::from_secs(60));
        let first = seconds_for(&pace, 1).await;
        assert!((5.0..5.2).contains(&first), "{first}");
        let ten = seconds_for(&pace, 10).await;
        assert!((1.9..2.2).contains(&ten), "{ten}");
        for _ in 0..SUCCESSES_TO_SPEED_UP {
            pace.went_well();
        }
        assert_eq!(pace.interval(), Duration::from_millis(100));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_of_an_hour_turns_requests_away_until_it_is_over() {
        let pace = Pace::new(Rate::unlimited());
        let hour = Duration::from_secs(3600);
        pace.slow_down(hour, Duration::from_secs(60));
        let begun = Instant::now();
        let left = pace.turn().await.err();
        assert_eq!(left, Some(hour), "it must say how long, and not wait");
        assert_eq!(begun.elapsed(), Duration::ZERO);
        tokio::time::sleep(hour - Duration::from_secs(1)).await;
        assert!(pace.turn().await.is_err(), "a second too early");
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(pace.turn().await.is_ok());
        pace.slow_down(Duration::MAX, Duration::ZERO);
        tokio::time::sleep(LONGEST_SHUT).await;
        assert!(pace.turn().await.is_ok(), "an absurd wait ends after a day");
    }

    #[tokio::test(start_paused = true)]
    async fn a_dropped_wait_uses_nothing() {
        let pace = Pace::new(Rate {
            every: Duration::from_secs(1),
            burst: 1,
            parallel: 8,
        });
        drop(pace.turn().await.unwrap());
        for _ in 0..5 {
            let impatient = tokio::time::timeout(Duration::from_millis(10), pace.turn()).await;
            assert!(impatient.is_err());
        }
        let next = seconds_for(&pace, 1).await;
        assert!(next < 1.0, "the abandoned waits were charged: {next} s");
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_in_flight_than_allowed() {
        let pace = Pace::new(Rate::unlimited().parallel(2));
        let _first = pace.turn().await.unwrap();
        let second = pace.turn().await.unwrap();
        assert!(
            tokio::time::timeout(Duration::from_secs(9), pace.turn())
                .await
                .is_err()
        );
        drop(second);
        assert!(
            tokio::time::timeout(Duration::from_secs(9), pace.turn())
                .await
                .is_ok()
        );
    }
}
