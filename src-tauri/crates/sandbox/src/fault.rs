//! Faults on demand: what a network, a gateway or a provider does to a caller on a bad day.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// One fault, laid on a route until it is used up or cleared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// `debitura POST /cases`, `stripe GET /v1/invoices/{invoice}`; the name the API description gives the route, after the
    /// provider's. A `*` at the end stands for the rest: `stripe *`.
    pub route: String,
    #[serde(default)]
    pub when: When,
    pub effect: Effect,
}

impl Fault {
    pub fn new(route: impl Into<String>, when: When, effect: Effect) -> Self {
        Self {
            route: route.into(),
            when,
            effect,
        }
    }
}

/// Which hits of the route, counted from the moment the fault was laid, are struck.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    #[default]
    Always,
    /// The n-th hit only; the first is 1.
    Nth(u32),
    /// The next n hits.
    Next(u32),
    /// Every hit after the first n.
    After(u32),
}

impl When {
    fn strikes(self, hit: u32) -> bool {
        match self {
            Self::Always => true,
            Self::Nth(n) => hit == n,
            Self::Next(n) => hit <= n,
            Self::After(n) => hit > n,
        }
    }
}

/// What a struck caller sees. Unless it says otherwise an effect replaces the handling of the request: nothing is committed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Hang up without an answer; nothing was done.
    DropBeforeCommit,
    /// Do what was asked, then hang up without an answer.
    DropAfterCommit,
    /// Never answer; nothing was done.
    Timeout,
    /// Do what was asked, then never answer.
    TimeoutAfterCommit,
    Status {
        code: u16,
        #[serde(default)]
        body: FaultBody,
        #[serde(default)]
        headers: Vec<(String, String)>,
    },
    /// Do what was asked, then answer with this status (a gateway that lost patience).
    StatusAfterCommit {
        code: u16,
        #[serde(default)]
        body: FaultBody,
    },
    /// Wait, then handle the request.
    Delay { ms: u64 },
    /// Handle the request, then wait before the answer.
    DelayAfterCommit { ms: u64 },
    /// Send the answer in small pieces over this time.
    SlowBody { ms: u64 },
    /// Commit, and close the answer in the middle of its JSON with an honest length.
    TruncatedJson,
    /// Commit, and answer with text that is no JSON.
    InvalidJson,
    /// Commit, and answer 200 with a web page.
    Html,
    /// Commit, and answer with no body at all.
    EmptyBody,
    /// Commit, and cut the connection after so many bytes of the body.
    CutMidBody { after: usize },
    /// Commit, and add fields nobody has heard of to every object.
    ExtraFields,
    /// Commit, and put values nobody has heard of into the fields with a fixed vocabulary.
    UnknownValues,
    /// Commit, and leave the zone off every timestamp (Debitura).
    NaiveTimestamps,
    /// Debitura's 429; the header goes along only when asked for.
    RateLimited {
        retry_after: f64,
        #[serde(default)]
        header: bool,
    },
    /// The key of this very call stops working now, for this call and all later ones.
    RevokeKey,
    /// The key of this very call loses a right now: `invoices` or `customers` (Stripe).
    RemovePermission { permission: String },
    /// Stripe's 429 with the header that names its reason, such as `global-rate`.
    Stripe429 { reason: String },
    /// Stripe's 429 for a locked object, which has no such header.
    LockTimeout,
    /// Handle the request and send `Stripe-Should-Retry` with the answer.
    ShouldRetry(bool),
}

/// The body of an injected status.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultBody {
    /// The provider's own error shape.
    #[default]
    Json,
    /// A gateway's web page.
    Html,
    /// A fault of QuickBooks as XML.
    Xml,
    /// An error of Zoho Books with this code.
    ZohoCode(i64),
    /// RFC 7807.
    Problem,
    Empty,
    Text(String),
}

/// A fault with the number of times its route was hit since.
#[derive(Clone, Debug, Serialize)]
pub struct Laid {
    #[serde(flatten)]
    pub fault: Fault,
    pub hits: u32,
    pub struck: u32,
}

#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Laid>);

impl Faults {
    pub(crate) fn lay(&mut self, fault: Fault) {
        self.0.push(Laid {
            fault,
            hits: 0,
            struck: 0,
        });
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn all(&self) -> &[Laid] {
        &self.0
    }

    /// Counts the hit on every fault of the route and gives the effects that strike, in the order they were laid.
    pub(crate) fn hit(&mut self, route: &str) -> Vec<Effect> {
        let mut effects = Vec::new();
        for laid in &mut self.0 {
            let matches = match laid.fault.route.strip_suffix('*') {
                Some(prefix) => route.starts_with(prefix),
                None => route == laid.fault.route,
            };
            if !matches {
                continue;
            }
            laid.hits += 1;
            if laid.fault.when.strikes(laid.hits) {
                laid.struck += 1;
                effects.push(laid.fault.effect.clone());
            }
        }
        effects
    }
}

impl Effect {
    /// The waits that come before the request is handled.
    pub(crate) fn delay(&self) -> Option<Duration> {
        match self {
            Self::Delay { ms } => Some(Duration::from_millis(*ms)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_strikes_the_hits_it_names() {
        for (when, expected) in [
            (When::Always, [true, true, true]),
            (When::Nth(2), [false, true, false]),
            (When::Next(2), [true, true, false]),
            (When::After(1), [false, true, true]),
        ] {
            let mut faults = Faults::default();
            faults.lay(Fault::new(
                "stripe GET /v1/invoices",
                when,
                Effect::LockTimeout,
            ));
            assert_eq!(
                expected,
                [(); 3].map(|()| !faults.hit("stripe GET /v1/invoices").is_empty()),
                "{when:?}"
            );
        }
    }

    #[test]
    fn a_star_stands_for_every_route_of_a_provider() {
        let mut faults = Faults::default();
        faults.lay(Fault::new("stripe *", When::Always, Effect::EmptyBody));
        assert_eq!(faults.hit("stripe GET /v1/customers").len(), 1);
        assert_eq!(faults.hit("debitura GET /me").len(), 0);
    }
}
