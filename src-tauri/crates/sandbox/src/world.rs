//! Everything the sandbox knows, behind one lock: a request is handled whole or not at all.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

use crate::debitura::Debitura;
use crate::exchange::{Call, Handled, Request, Side, Violation};
use crate::fault::{Effect, Faults};
use crate::garble;
use crate::intuit::Intuit;
use crate::serve::Provider;
use crate::settings::Settings;
use crate::stripe::Stripe;
use crate::zoho::Zoho;

pub(crate) struct House {
    world: Mutex<World>,
    pub(crate) latency: Duration,
    pub(crate) couriers: Notify,
}

impl House {
    pub(crate) fn new(world: World, latency: Duration) -> Self {
        Self {
            world: Mutex::new(world),
            latency,
            couriers: Notify::new(),
        }
    }

    /// A panic in one request must not take the sandbox down for all others, hence the poisoned lock is taken too.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the webhook courier that there may be something to deliver.
    pub(crate) fn wake_couriers(&self) {
        self.couriers.notify_one();
    }
}

pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) settings: Settings,
    pub(crate) faults: Faults,
    pub(crate) requests: Vec<Request>,
    pub(crate) violations: Vec<Violation>,
    pub(crate) debitura: Debitura,
    pub(crate) stripe: Stripe,
    pub(crate) intuit: Intuit,
    pub(crate) zoho: Zoho,
    last_number: u64,
}

impl World {
    pub(crate) fn new(
        clock: Clock,
        settings: Settings,
        debitura: Debitura,
        stripe: Stripe,
        intuit: Intuit,
        zoho: Zoho,
    ) -> Self {
        let (faults, requests, violations) = Default::default();
        Self {
            clock,
            settings,
            faults,
            requests,
            violations,
            debitura,
            stripe,
            intuit,
            zoho,
            last_number: 0,
        }
    }

    pub(crate) fn handle(
        &mut self,
        provider: Provider,
        call: &Call,
        effects: &[Effect],
    ) -> Handled {
        match provider {
            Provider::Debitura => {
                if effects.contains(&Effect::RevokeKey) {
                    self.debitura.revoke(call);
                }
                let mut handled = self.debitura.answer(call, &self.settings.debitura);
                if self.settings.debitura.naive_timestamps {
                    garble::strip_zones(&mut handled.reply);
                }
                handled
            }
            Provider::Stripe => {
                for effect in effects {
                    match effect {
                        Effect::RevokeKey => self.stripe.revoke(call),
                        Effect::RemovePermission { permission } => {
                            self.stripe.remove_permission(call, permission)
                        }
                        _ => {}
                    }
                }
                self.stripe.answer(call, &self.settings.stripe)
            }
            Provider::Zoho(host) => self.zoho.answer(host, call, &self.settings.zoho),
            Provider::Intuit(host) => self.intuit.answer(host, call, &self.settings.intuit),
        }
    }

    pub(crate) fn record(&mut self, mut request: Request) -> u64 {
        self.last_number += 1;
        request.number = self.last_number;
        self.requests.push(request);
        self.last_number
    }

    pub(crate) fn attribute(&mut self, number: u64, account: Option<String>) {
        if let Some(request) = self.request(number) {
            request.account = account;
        }
    }

    pub(crate) fn answered(&mut self, number: u64, status: u16) {
        let now = self.clock.now();
        if let Some(request) = self.request(number) {
            request.status = Some(status);
            request.answered = Some(now);
        }
    }

    pub(crate) fn complain(
        &mut self,
        number: u64,
        route: &str,
        side: Side,
        status: Option<u16>,
        wrong: Vec<String>,
    ) {
        self.violations.extend(
            wrong
                .into_iter()
                .map(|message| Violation::new(number, route, side, status, message)),
        );
    }

    fn request(&mut self, number: u64) -> Option<&mut Request> {
        self.requests
            .iter_mut()
            .rev()
            .find(|request| request.number == number)
    }
}

/// Real time, moved to another day where a test asks for one, and faster where one has no time to wait.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    /// What it showed at a moment of real time, and how fast it has run since.
    shown: Timestamp,
    at: Timestamp,
    speed: i32,
}

impl Clock {
    /// Noon of `today` in UTC is now; without a date, now is now.
    pub(crate) fn starting(today: Option<Date>) -> Self {
        let noon = today.and_then(|date| date.at(12, 0, 0, 0).to_zoned(TimeZone::UTC).ok());
        let now = Timestamp::now();
        Self {
            shown: noon.map_or(now, |noon| noon.timestamp()),
            at: now,
            speed: 1,
        }
    }

    pub(crate) fn now(self) -> Timestamp {
        let passed = Timestamp::now()
            .duration_since(self.at)
            .saturating_mul(self.speed);
        // Whole milliseconds, as the providers send them.
        let now = self.shown.saturating_add(passed).unwrap_or(self.shown);
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// The same clock, so much later; or earlier.
    pub(crate) fn advanced(self, by: SignedDuration) -> Self {
        Self {
            shown: self.shown.saturating_add(by).unwrap_or(self.shown),
            ..self
        }
    }

    /// The same clock, so many times faster than real time from now on.
    pub(crate) fn at_speed(self, speed: u16) -> Self {
        let at = Timestamp::now();
        let passed = at.duration_since(self.at).saturating_mul(self.speed);
        Self {
            shown: self.shown.saturating_add(passed).unwrap_or(self.shown),
            at,
            speed: speed.into(),
        }
    }

    pub(crate) fn today(self) -> Date {
        self.now().to_zoned(TimeZone::UTC).date()
    }
}
