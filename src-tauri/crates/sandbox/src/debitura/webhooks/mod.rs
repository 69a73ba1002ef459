//! Webhooks: subscriptions, signatures, the log of events and its replays.

mod endpoints;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::Sha256;
use uuid::Uuid;

use super::Debitura;
use super::account::Case;
use crate::dice::Dice;

pub(super) use endpoints::{answer, fire};

const EVENTS: [&str; 6] = [
    "case.created",
    "case.updated",
    "case.closed",
    "payment.created",
    "payment.deleted",
    "chat.created",
];

/// Seconds before each try, from the one before it.
const SCHEDULE: [u64; 8] = [0, 60, 120, 240, 480, 960, 1_800, 1_800];

#[derive(Default)]
pub(crate) struct Webhooks {
    subscriptions: Vec<Subscription>,
    events: Vec<Event>,
}

struct Subscription {
    id: Uuid,
    url: String,
    events: Vec<String>,
    active: bool,
    test: bool,
    secret: String,
    created: Timestamp,
    updated: Timestamp,
    disabled: Option<&'static str>,
    failures: u32,
}

struct Event {
    id: Uuid,
    subscription: Uuid,
    case: Option<Uuid>,
    kind: String,
    payload: String,
    created: Timestamp,
    delivered: Option<Timestamp>,
    attempts: u32,
    code: Option<u16>,
    error: Option<String>,
    due: Option<Timestamp>,
    replay: bool,
}

/// One message to bring to a subscriber.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) event: Uuid,
    pub(crate) url: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

/// How a delivery went.
#[derive(Debug)]
pub(crate) enum Outcome {
    Answered(u16),
    Failed(String),
}

/// `t=<unix>,v1=<hex>`: HMAC-SHA256 with the decoded secret over `<t>.<raw body>`.
pub(crate) fn sign(secret: &str, at: i64, body: &str) -> String {
    let key = BASE64.decode(secret).unwrap_or_default();
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else {
        return String::new();
    };
    mac.update(format!("{at}.{body}").as_bytes());
    let hex: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("t={at},v1={hex}")
}

impl Subscription {
    fn json(&self, with_secret: bool) -> Value {
        json!({
            "id": self.id, "url": self.url, "events": self.events, "isActive": self.active, "createdUtc": self.created,
            "updatedUtc": self.updated, "disabledReason": self.disabled, "secret": with_secret.then_some(&self.secret),
            "isTestMode": self.test,
        })
    }
}

impl Webhooks {
    /// Queues an event for every active subscription of its kind. Test cases reach test subscriptions only, and real ones real.
    pub(super) fn emit(
        &mut self,
        kind: &str,
        case: &Case,
        now: Timestamp,
        dice: &mut Dice,
    ) -> usize {
        let wanted = |subscription: &Subscription| {
            subscription.active
                && subscription.test == case.is_test
                && subscription.events.iter().any(|event| event == kind)
        };
        let ids: Vec<Uuid> = self
            .subscriptions
            .iter()
            .filter(|s| wanted(s))
            .map(|s| s.id)
            .collect();
        for id in &ids {
            self.queue(*id, kind, Some(case), now, dice);
        }
        ids.len()
    }

    fn queue(
        &mut self,
        subscription: Uuid,
        kind: &str,
        case: Option<&Case>,
        now: Timestamp,
        dice: &mut Dice,
    ) {
        let id = dice.uuid();
        let data = case.map(|case| {
            json!({
                "caseId": case.id, "reference": case.reference, "creditorReference": case.creditor_reference,
                "status": case.lifecycle.label(), "amount": case.principal, "currency": case.currency,
                "debtorName": case.debtor["name"],
            })
        });
        let payload =
            json!({ "id": id, "event": kind, "timestamp": now, "data": data }).to_string();
        self.events.push(Event {
            id,
            subscription,
            case: case.map(|case| case.id),
            kind: kind.to_owned(),
            payload,
            created: now,
            delivered: None,
            attempts: 0,
            code: None,
            error: None,
            due: Some(now),
            replay: false,
        });
    }

    pub(super) fn forget(&mut self, case: Uuid) {
        self.events.retain(|event| event.case != Some(case));
    }
}

impl Debitura {
    /// What is due to be delivered now, signed with the time of the attempt.
    pub(crate) fn due(&mut self, now: Timestamp) -> Vec<Delivery> {
        let mut due = Vec::new();
        for Webhooks {
            subscriptions,
            events,
        } in self
            .accounts
            .iter_mut()
            .map(|account| &mut account.webhooks)
        {
            for event in events
                .iter_mut()
                .filter(|event| event.due.is_some_and(|due| due <= now))
            {
                event.due = None;
                let Some(subscription) = subscriptions
                    .iter()
                    .find(|s| s.id == event.subscription && s.active)
                else {
                    continue;
                };
                let at = now.as_second();
                let mut headers = vec![
                    (
                        "X-Debitura-Signature",
                        sign(&subscription.secret, at, &event.payload),
                    ),
                    ("X-Debitura-Timestamp", at.to_string()),
                    ("X-Debitura-Event", event.kind.clone()),
                ];
                if event.replay {
                    headers.push(("X-Debitura-Replay", "true".into()));
                }
                due.push(Delivery {
                    event: event.id,
                    url: subscription.url.clone(),
                    headers,
                    body: event.payload.clone(),
                });
            }
        }
        due
    }

    /// Books the outcome. A subscription is switched off by a 410, and by the eighth failure of one event.
    pub(crate) fn delivered(&mut self, event: Uuid, outcome: Outcome, now: Timestamp, clock: u64) {
        for Webhooks {
            subscriptions,
            events,
        } in self
            .accounts
            .iter_mut()
            .map(|account| &mut account.webhooks)
        {
            let Some(event) = events.iter_mut().find(|known| known.id == event) else {
                continue;
            };
            event.attempts += 1;
            (event.code, event.error) = match outcome {
                Outcome::Answered(code) => (
                    Some(code),
                    (!(200..300).contains(&code)).then(|| format!("HTTP {code}")),
                ),
                Outcome::Failed(why) => (None, Some(why)),
            };
            let Some(subscription) = subscriptions
                .iter_mut()
                .find(|s| s.id == event.subscription)
            else {
                return;
            };
            if event.error.is_none() {
                event.delivered = Some(now);
                subscription.failures = 0;
                return;
            }
            subscription.failures += 1;
            match (event.code, SCHEDULE.get(event.attempts as usize)) {
                (Some(410), _) => {
                    (subscription.active, subscription.disabled) = (false, Some("Gone"))
                }
                (_, None) => {
                    (subscription.active, subscription.disabled) = (false, Some("TooManyFailures"))
                }
                (_, Some(seconds)) => {
                    let wait = SignedDuration::from_millis((seconds * 1_000 / clock.max(1)) as i64);
                    event.due = Some(now + wait);
                }
            }
            return;
        }
    }

    /// The moment the next delivery is due.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.accounts
            .iter()
            .flat_map(|account| &account.webhooks.events)
            .filter_map(|event| event.due)
            .min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published vector: secret is base64 of 32 zero bytes.
    #[test]
    fn debitura_15_signature_vector() {
        let secret = BASE64.encode([0; 32]);
        let signature = sign(&secret, 1_700_000_000, r#"{"event":"case.created"}"#);
        assert_eq!(
            signature,
            "t=1700000000,v1=10a1456feae5bb42a28e835fb6e7473282d46ac41ef512fbd9b125eb7bc821f4"
        );
    }
}
