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
        if let Some(request) = self.request(number) {
            request.status = Some(status);
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

/// Real time, moved to another day where a test asks for one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock {
    offset: SignedDuration,
}

impl Clock {
    /// Noon of `today` in UTC is now; without a date, now is now.
    pub(crate) fn starting(today: Option<Date>) -> Self {
        let noon = today.and_then(|date| date.at(12, 0, 0, 0).to_zoned(TimeZone::UTC).ok());
        Self {
            offset: noon
                .map(|noon| noon.timestamp().duration_since(Timestamp::now()))
                .unwrap_or_default(),
        }
    }

    pub(crate) fn now(self) -> Timestamp {
        // Whole milliseconds, as the providers send them.
        let now = Timestamp::now() + self.offset;
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// The same clock, so much later; or earlier.
    pub(crate) fn advanced(self, by: SignedDuration) -> Self {
        Self {
            offset: self.offset.saturating_add(by),
        }
    }

    pub(crate) fn today(self) -> Date {
        self.now().to_zoned(TimeZone::UTC).date()
    }
}
