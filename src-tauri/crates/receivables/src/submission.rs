//! The states a submission goes through and the only ways between them.
//!
//! The invariant: a key that may have reached Debitura is never paired with other bytes, and an invoice never has two
//! live keys. So an outcome that is not known is looked up by reference before the same bytes go again, and what was
//! refused needs a new entry.

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
    /// The user said yes; bytes and key are kept; nothing was sent.
    Confirmed,
    /// About to send or sending: bytes may have reached Debitura.
    Sending,
    /// Sent, and the answer was lost. Only looking the reference up may decide.
    Unknown,
    Ended(Ending),
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
    /// The request certainly never reached Debitura, or it asked to come again later.
    NotSent,
    /// The request may have arrived, and no answer can be trusted.
    Lost,
    /// The process ended in the middle and was started again.
    Restarted,
    /// The user takes the yes back.
    Withdraw,
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
            Submission::Sending => "sending",
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
            Submission::Sending => Next::Await,
            Submission::Ended(_) => Next::Rest,
        }
    }

    /// The stage after an event.
    ///
    /// A look-up that finds nothing leads to [`Submission::Sending`], which the journal must record before the first
    /// byte leaves.
    ///
    /// # Errors
    /// [`TransitionError`] where the event does not belong to the stage.
    pub fn after(&self, event: Event) -> Result<Submission, TransitionError> {
        use Submission::{Confirmed, Ended, Sending, Unknown};
        match (self, event) {
            (Confirmed | Unknown, Event::LookedUp(Found::Nothing)) => Ok(Sending),
            (Confirmed, Event::LookedUp(Found::Same { case_id, reference })) => {
                Ok(Ended(Ending::Linked { case_id, reference }))
            }
            // What was sent and is there now is ours: the reference was free before the first byte.
            (Unknown, Event::LookedUp(Found::Same { case_id, reference })) => {
                Ok(Ended(Ending::Submitted { case_id, reference }))
            }
            (Confirmed | Unknown, Event::LookedUp(Found::Different)) => Ok(Ended(Ending::Rejected)),
            (Sending, Event::Accepted { case_id, reference }) => {
                Ok(Ended(Ending::Submitted { case_id, reference }))
            }
            (Sending, Event::Refused) => Ok(Ended(Ending::Rejected)),
            (Sending, Event::NotSent) => Ok(Confirmed),
            (Sending, Event::Lost | Event::Restarted) => Ok(Unknown),
            (Confirmed, Event::Withdraw) => Ok(Ended(Ending::Withdrawn)),
            (stage @ (Confirmed | Unknown | Ended(_)), Event::Restarted) => Ok(stage.clone()),
            (stage, event) => Err(TransitionError {
                stage: stage.name(),
                event: event.name(),
            }),
        }
    }
}

impl Event {
    fn name(&self) -> &'static str {
        match self {
            Event::LookedUp(_) => "a look-up",
            Event::Accepted { .. } => "an acceptance",
            Event::Refused => "a refusal",
            Event::NotSent => "a request that was not sent",
            Event::Lost => "a lost answer",
            Event::Restarted => "a restart",
            Event::Withdraw => "taking back",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_event() -> impl Strategy<Value = Event> {
        let same = || Found::Same {
            case_id: "id".into(),
            reference: "REF".into(),
        };
        prop::sample::select(vec![
            Event::LookedUp(Found::Nothing),
            Event::LookedUp(same()),
            Event::LookedUp(Found::Different),
            Event::Accepted {
                case_id: "id".into(),
                reference: "REF".into(),
            },
            Event::Refused,
            Event::NotSent,
            Event::Lost,
            Event::Restarted,
            Event::Withdraw,
        ])
    }

    proptest! {
        #[test]
        fn nothing_is_sent_without_a_look_up_since_the_last_loss(events in prop::collection::vec(any_event(), 0..60)) {
            let mut stage = Submission::Confirmed;
            for event in events {
                let found_nothing = event == Event::LookedUp(Found::Nothing);
                let Ok(after) = stage.after(event) else { continue };
                match (&stage, &after) {
                    (Submission::Ended(_), _) => prop_assert_eq!(&after, &stage, "an ending is final"),
                    (_, Submission::Sending) => {
                        prop_assert!(found_nothing, "bytes would leave without knowing whether the case exists");
                    }
                    (_, Submission::Ended(Ending::Withdrawn)) => {
                        prop_assert_eq!(&stage, &Submission::Confirmed, "what may have been sent cannot be taken back");
                    }
                    _ => {}
                }
                stage = after;
            }
        }
    }

    #[test]
    fn a_lost_answer_is_never_sent_again_blindly() {
        let sending = Submission::Confirmed
            .after(Event::LookedUp(Found::Nothing))
            .unwrap();
        let unknown = sending.after(Event::Lost).unwrap();
        assert_eq!(unknown.next(), Next::LookUp);
        assert!(
            unknown.is_live(),
            "the invoice must not be offered again while its case may exist"
        );
        assert!(unknown.after(Event::Withdraw).is_err());
    }
}
