//! What is asked of Debitura about one entry, and what each answer means: looking its reference up, sending its bytes.

use debitura::{CollectionCase, Debitura, RefusalKind};
use receivables::{Event, Found, Submission, same_reference};
use serde_json::Value;
use store::{Answer, Entry};

use super::runner::Halt;
use crate::FailureCode;
use crate::office::Office;
use crate::wire::Failure;

/// After so many answers in a row that a reference is taken, though no look-up finds its case, asking on would change
/// nothing.
const TAKEN_FOR_GOOD: usize = 3;

impl Office {
    /// What Debitura has under the reference of an entry.
    pub(super) async fn look_up(
        &self,
        debitura: &Debitura,
        entry: &Entry,
    ) -> Result<Found, debitura::Error> {
        let reference = &entry.confirmed.creditor_reference;
        let Some(case) = debitura.case_by_reference(reference).await? else {
            return Ok(Found::Nothing);
        };
        if !agrees(&case, entry) {
            return Ok(Found::Different);
        }
        self.keep_case(entry.confirmed.workspace, &case).await;
        Ok(Found::Same {
            reference: case.reference.clone().unwrap_or_else(|| case.id.clone()),
            case_id: case.id,
        })
    }

    /// Sends the bytes of an entry that the journal has as sending, and writes down what came back.
    pub(super) async fn send(&self, debitura: &Debitura, entry: &Entry) -> Result<Entry, Halt> {
        let error = match debitura
            .submit(&entry.confirmed.body, &entry.confirmed.idempotency_key)
            .await
        {
            Ok(case) => {
                let reference = case.reference.clone().unwrap_or_else(|| case.id.clone());
                self.keep_case(entry.confirmed.workspace, &case).await;
                let event = Event::Accepted {
                    case_id: case.id,
                    reference,
                };
                let answer = self.answer("accepted", Some(200), None);
                return self.step(entry, event, None, Some(answer)).await;
            }
            Err(error) => error,
        };
        let kind = error.refusal().map(|refusal| refusal.kind.clone());
        let status = error.refusal().map(|refusal| refusal.status);
        let answer = |kind: &str| self.answer(kind, status, error.request_id().map(str::to_owned));
        let known = error.outcome_known();
        let failure = Failure::from(error.clone());
        match kind {
            Some(RefusalKind::RateLimited { .. }) => Ok(self
                .step(
                    entry,
                    Event::NotSent,
                    Some(failure),
                    Some(answer("rate_limited")),
                )
                .await?),
            Some(RefusalKind::Unauthorized | RefusalKind::Forbidden) => {
                self.step(
                    entry,
                    Event::NotSent,
                    Some(failure.clone()),
                    Some(answer("not_permitted")),
                )
                .await?;
                Err(Halt::Blocked(failure))
            }
            // Whose case has the reference is found by looking it up: an earlier try of ours may have made it.
            Some(RefusalKind::DuplicateReference) => {
                let again = entry.stage == Submission::Sending { again: true };
                let for_good = times_taken(entry) + 1 >= TAKEN_FOR_GOOD;
                let event = if for_good && !again {
                    Event::Refused
                } else {
                    Event::ReferenceTaken
                };
                let taken = Some(answer(TAKEN));
                let after = self.step(entry, event, Some(failure), taken).await?;
                if for_good && again {
                    // Taken perhaps by an earlier try of ours: it is never called refused for that.
                    let unknown = Failure::new(FailureCode::OutcomeUnknown);
                    return Err(Halt::Later(unknown.because(
                        "Debitura says that the reference is taken, and does not show by which case.",
                    )));
                }
                Ok(after)
            }
            Some(_) if known => Ok(self
                .step(
                    entry,
                    Event::Refused,
                    Some(failure),
                    Some(answer("refused")),
                )
                .await?),
            None if known => Ok(self
                .step(
                    entry,
                    Event::NotSent,
                    Some(failure),
                    Some(answer("not_sent")),
                )
                .await?),
            _ => {
                let lost = Failure::new(FailureCode::OutcomeUnknown).because(failure.what);
                Ok(self
                    .step(entry, Event::Lost, Some(lost), Some(answer("lost")))
                    .await?)
            }
        }
    }

    fn answer(&self, kind: &str, status: Option<u16>, request_id: Option<String>) -> Answer {
        Answer {
            at: self.now(),
            status,
            request_id,
            kind: kind.to_owned(),
        }
    }
}

const TAKEN: &str = "duplicate_reference";

/// How often in a row the reference was called taken until now.
fn times_taken(entry: &Entry) -> usize {
    let answers = entry.answers.iter().rev();
    answers.take_while(|answer| answer.kind == TAKEN).count()
}

/// Whether a case at Debitura is the one the entry would make: same reference, debtor, amount, currency and date. The
/// bytes of the entry are the only witness of what was meant.
fn agrees(case: &CollectionCase, entry: &Entry) -> bool {
    let meant: Value = serde_json::from_slice(&entry.confirmed.body).unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().trim().to_lowercase();
    let amount = case.amount.as_ref().and_then(debitura::Amount::exact);
    let debtor = case
        .debtor
        .name
        .as_deref()
        .unwrap_or_default()
        .trim()
        .to_lowercase();
    let date = case.date.map(|date| date.to_string()).unwrap_or_default();
    let reference = case.creditor_reference.as_deref().unwrap_or_default();
    same_reference(reference, &entry.confirmed.creditor_reference)
        && amount == Some(entry.confirmed.amount)
        && debtor == text(&meant["debtor"]["name"])
        && date == text(&meant["date"])
        && case.is_test == meant["isTest"].as_bool().unwrap_or(false)
}
