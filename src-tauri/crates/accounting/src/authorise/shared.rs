//! One attempt as its visitors, its holder and its handles see it. The first verdict counts, and no other.

use std::sync::{Mutex, PoisonError};

use tokio::sync::{oneshot, watch};

use super::page::{Outcome, Stage};
use super::{Callback, CallbackError, Expected, Limits, Listener, SignInError};

pub(super) type Verdict = Result<Callback, SignInError>;

pub(super) struct Shared {
    pub(super) expected: Expected,
    pub(super) limits: Limits,
    pub(super) stage: watch::Sender<Stage>,
    port: u16,
    strangers: watch::Sender<u32>,
    /// Taken by the first who has a verdict: that is the one use.
    verdict: Mutex<Option<oneshot::Sender<Verdict>>>,
}

impl Shared {
    pub(super) fn new(
        listener: &Listener,
        expected: Expected,
    ) -> (Self, oneshot::Receiver<Verdict>) {
        let (sender, receiver) = oneshot::channel();
        let shared = Self {
            expected,
            limits: listener.limits,
            stage: watch::Sender::new(Stage::Waiting),
            port: listener.port(),
            strangers: watch::Sender::new(0),
            verdict: Mutex::new(Some(sender)),
        };
        (shared, receiver)
    }

    pub(super) fn path(&self) -> &'static str {
        self.expected.provider.callback_path()
    }

    pub(super) fn result_path(&self) -> String {
        format!("{}/done", self.path())
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn is_our_name(&self, host: &str) -> bool {
        let Some((name, port)) = host.rsplit_once(':') else {
            return false;
        };
        port == self.port.to_string()
            && (name.eq_ignore_ascii_case("localhost") || name == "127.0.0.1")
    }

    /// Whether this was the first verdict.
    pub(super) fn settle(&self, result: Result<Callback, CallbackError>) -> bool {
        let stage = match &result {
            Ok(_) => Stage::Working,
            Err(error) => Stage::Over(Outcome::Failed {
                reason: sentence(&error.to_string()),
            }),
        };
        self.decide(result.map_err(SignInError::from), Some(stage))
    }

    pub(super) fn give_up(&self, error: SignInError) -> bool {
        self.decide(Err(error), None)
    }

    fn decide(&self, verdict: Verdict, stage: Option<Stage>) -> bool {
        let mut slot = self.verdict.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = slot.take() else {
            return false;
        };
        if let Some(stage) = stage {
            self.stage.send_replace(stage);
        }
        // Nobody waits any more if the attempt was dropped just now.
        let _ = sender.send(verdict);
        true
    }

    pub(super) fn strangers(&self) -> u32 {
        *self.strangers.borrow()
    }

    pub(super) fn watch_strangers(&self) -> watch::Receiver<u32> {
        self.strangers.subscribe()
    }

    pub(super) fn count_stranger(&self) {
        self.strangers.send_modify(|count| *count += 1);
        let count = self.strangers();
        if count >= self.limits.strangers {
            self.give_up(SignInError::Besieged { strangers: count });
        }
    }
}

fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(char::to_uppercase);
    let rest = characters.as_str();
    first
        .into_iter()
        .flatten()
        .chain(rest.chars())
        .chain(['.'])
        .collect()
}
