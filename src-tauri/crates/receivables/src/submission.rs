//! The states a submission goes through and the only ways between them.
//!
//! The invariant: a key that may have reached Debitura is never paired with other bytes, and an invoice never has two
//! live keys. So an outcome that is not known is looked up by reference before the same bytes go again, what may have
//! been sent is never taken back, and what was refused needs a new entry.

use serde::{Deserialize, Serialize};

/// How a submission ended. Every ending explains itself; the words for the user are kept beside it in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ending", rename_all = "snake_case")]
pub enum Ending {
    /// Debitura made the case.
    Submitted { case_id: String, reference: String },
    /// The case existed already and agrees in debtor, amount, currency and date; it was not made again.
    Linked { case_id: String, reference: String },
    /// Debitura refused, or a rule did before anything was sent. Nothing exists there.
    Rejected,
    /// Taken back before the first byte.
    Withdrawn,
}

/// Where one submission stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Submission {
    /// The user said yes; bytes and key are kept; nothing that could make a case has arrived.
    Confirmed,
    /// About to send or sending: bytes may have reached Debitura.
    Sending {
        /// Bytes sent before this try may have arrived too, so a failure of this one does not mean that nothing did.
        #[serde(default, skip_serializing_if = "is_false")]
        again: bool,
    },
    /// Sent, and the answer was lost. Only looking the reference up may decide.
    Unknown,
    Ended(Ending),
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// What a look-up by creditor reference found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// No case has the reference.
    Nothing,
    /// One has it and agrees in debtor, amount, currency and date.
    Same { case_id: String, reference: String },
    /// One has it and differs: another claim, to be renamed by the user.
    Different,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The reference was looked up.
    LookedUp(Found),
    /// Debitura made the case.
    Accepted { case_id: String, reference: String },
    /// Debitura answered, and its answer means that no case was made.
    Refused,
    /// Debitura says that a case has the reference. Whose it is, a look-up tells.
    ReferenceTaken,
    /// The request certainly never reached Debitura, or it asked to come again later.
    NotSent,
    /// The request may have arrived, and no answer can be trusted.
    Lost,
    /// The process ended while it was sending, and was started again.
    Restarted,
    /// Debitura fails on these bytes every time, and no case has the reference.
    Exhausted,
    /// The user takes the yes back, or the invoice is no longer owed.
    Withdraw,
}

/// The ways a submission moves, the first being the user's yes. Each is written to the journal as one step, and each is
/// a point at which tests end the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Transition {
    Confirm,
    Send,
    SendAgain,
    Link,
    Discover,
    Clash,
    Accept,
    Refuse,
    Postpone,
    Lose,
    Interrupt,
    GiveUp,
    Withdraw,
}

/// A move from one stage to the next. Only [`Submission::confirm`] and [`Submission::step`] make one, so a journal that
/// takes steps cannot be told anything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    transition: Transition,
    from: Option<Submission>,
    to: Submission,
}

/// What has to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Search Debitura for the creditor reference.
    LookUp,
    /// Wait for the answer to what was sent.
    Await,
    /// Nothing: it has ended.
    Rest,
}

/// The event does not belong to the stage; nothing changes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{event} does not apply to a submission that is {stage}")]
pub struct TransitionError {
    stage: &'static str,
    event: &'static str,
}

impl Submission {
    /// The stable word for a stage or ending, as journal, scripts and page use it.
    pub fn name(&self) -> &'static str {
        match self {
            Submission::Confirmed => "confirmed",
            Submission::Sending { .. } => "sending",
            Submission::Unknown => "unknown",
            Submission::Ended(Ending::Submitted { .. }) => "submitted",
            Submission::Ended(Ending::Linked { .. }) => "linked",
            Submission::Ended(Ending::Rejected) => "rejected",
            Submission::Ended(Ending::Withdrawn) => "withdrawn",
        }
    }

    /// Whether a case exists or may come to exist through this entry, so that the invoice must not be offered again.
    pub fn is_live(&self) -> bool {
        !matches!(
            self,
            Submission::Ended(Ending::Rejected | Ending::Withdrawn)
        )
    }

    /// What to do at this stage.
    pub fn next(&self) -> Next {
        match self {
            Submission::Confirmed | Submission::Unknown => Next::LookUp,
            Submission::Sending { .. } => Next::Await,
            Submission::Ended(_) => Next::Rest,
        }
    }

    /// The user's yes.
    pub fn confirm() -> Step {
        Step {
            transition: Transition::Confirm,
            from: None,
            to: Submission::Confirmed,
        }
    }

    /// What an event does at this stage.
    ///
    /// A look-up that finds nothing leads to [`Submission::Sending`], which the journal must record before the first
    /// byte leaves.
    ///
    /// # Errors
    /// [`TransitionError`] where the event does not belong to the stage.
    pub fn step(&self, event: Event) -> Result<Step, TransitionError> {
        use Submission::{Confirmed, Ended, Sending, Unknown};
        let (transition, to) = match (self, event) {
            (Confirmed, Event::LookedUp(Found::Nothing)) => {
                (Transition::Send, Sending { again: false })
            }
            (Unknown, Event::LookedUp(Found::Nothing)) => {
                (Transition::SendAgain, Sending { again: true })
            }
            (Confirmed, Event::LookedUp(Found::Same { case_id, reference })) => (
                Transition::Link,
                Ended(Ending::Linked { case_id, reference }),
            ),
            // What may have arrived and is there now is ours: the reference was free before the first byte.
            (Unknown, Event::LookedUp(Found::Same { case_id, reference })) => (
                Transition::Discover,
                Ended(Ending::Submitted { case_id, reference }),
            ),
            (Confirmed | Unknown, Event::LookedUp(Found::Different)) => {
                (Transition::Clash, Ended(Ending::Rejected))
            }
            (Sending { .. }, Event::Accepted { case_id, reference }) => (
                Transition::Accept,
                Ended(Ending::Submitted { case_id, reference }),
            ),
            (Sending { .. }, Event::Refused) => (Transition::Refuse, Ended(Ending::Rejected)),
            (Sending { again: false }, Event::NotSent | Event::ReferenceTaken) => {
                (Transition::Postpone, Confirmed)
            }
            // This try made nothing; the one before it still may have.
            (Sending { again: true }, Event::NotSent | Event::ReferenceTaken) => {
                (Transition::Postpone, Unknown)
            }
            (Sending { .. }, Event::Lost) => (Transition::Lose, Unknown),
            (Sending { .. }, Event::Restarted) => (Transition::Interrupt, Unknown),
            (Unknown, Event::Exhausted) => (Transition::GiveUp, Ended(Ending::Rejected)),
            (Confirmed, Event::Withdraw) => (Transition::Withdraw, Ended(Ending::Withdrawn)),
            (stage, event) => {
                return Err(TransitionError {
                    stage: stage.name(),
                    event: event.name(),
                });
            }
        };
        Ok(Step {
            transition,
            from: Some(self.clone()),
            to,
        })
    }
}

impl Step {
    pub fn transition(&self) -> Transition {
        self.transition
    }

    /// The stage it starts from; none for the user's yes.
    pub fn from(&self) -> Option<&Submission> {
        self.from.as_ref()
    }

    pub fn to(&self) -> &Submission {
        &self.to
    }
}

impl Transition {
    /// Every way, in the order in which a submission may meet them.
    pub const ALL: [Transition; 13] = [
        Transition::Confirm,
        Transition::Send,
        Transition::SendAgain,
        Transition::Link,
        Transition::Discover,
        Transition::Clash,
        Transition::Accept,
        Transition::Refuse,
        Transition::Postpone,
        Transition::Lose,
        Transition::Interrupt,
        Transition::GiveUp,
        Transition::Withdraw,
    ];

    /// The stable word for it.
    pub fn name(self) -> &'static str {
        match self {
            Transition::Confirm => "confirm",
            Transition::Send => "send",
            Transition::SendAgain => "send_again",
            Transition::Link => "link",
            Transition::Discover => "discover",
            Transition::Clash => "clash",
            Transition::Accept => "accept",
            Transition::Refuse => "refuse",
            Transition::Postpone => "postpone",
            Transition::Lose => "lose",
            Transition::Interrupt => "interrupt",
            Transition::GiveUp => "give_up",
            Transition::Withdraw => "withdraw",
        }
    }
}

impl Event {
    fn name(&self) -> &'static str {
        match self {
            Event::LookedUp(_) => "a look-up",
            Event::Accepted { .. } => "an acceptance",
            Event::Refused => "a refusal",
            Event::ReferenceTaken => "a reference that is taken",
            Event::NotSent => "a request that was not sent",
            Event::Lost => "a lost answer",
            Event::Restarted => "a restart",
            Event::Exhausted => "giving up",
            Event::Withdraw => "taking back",
        }
    }
}

#[cfg(test)]
mod tests;
