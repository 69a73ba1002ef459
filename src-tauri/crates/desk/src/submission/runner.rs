//! The loop over the machine: looks up, writes down, sends, writes down.

use std::sync::Arc;
use std::time::Duration;

use debitura::{CollectionCase, Debitura, RefusalKind};
use futures_util::StreamExt;
use receivables::{Event, Found, Next, SourceStatus, Submission, same_reference};
use serde_json::{Value, json};
use store::{Answer, BatchId, Entry, StageChange, StageError, Workspace};

use crate::FailureCode;
use crate::jobs::Job;
use crate::office::Office;
use crate::submission::Resume;
use crate::wire::{Failure, Subject};

/// Cases under way at a time; the pace decides how quickly they go.
const PARALLEL: usize = 4;
/// Between tries to reach Debitura: doubled up to a minute.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Why a submission cannot go on now, though it has not ended.
enum Halt {
    /// Somebody has to act: replace a key, free the disk.
    Blocked(Failure),
    /// The user cancelled the job; what was not sent stays confirmed.
    Cancelled,
    /// Another hand moved the entry, such as taking it back.
    Elsewhere,
}

impl From<StageError> for Halt {
    fn from(error: StageError) -> Halt {
        match error {
            StageError::Moved(_) | StageError::Absent => Halt::Elsewhere,
            StageError::Store(error) => Halt::Blocked(error.into()),
        }
    }
}

impl From<Failure> for Halt {
    fn from(failure: Failure) -> Halt {
        Halt::Blocked(failure)
    }
}

impl Office {
    /// Brings every open entry of a batch to its end, or to where it must wait.
    pub(crate) async fn run_batch(
        self: &Arc<Self>,
        workspace: &Workspace,
        batch: BatchId,
        resume: Resume,
        job: &Arc<Job>,
    ) -> Result<String, Failure> {
        let debitura = self.debitura(workspace).await?;
        let entries = self.book.batch(batch).await?;
        let total = crate::settings::small(entries.len());
        let open: Vec<Entry> = entries
            .into_iter()
            .filter(|entry| entry.stage.next() != Next::Rest)
            .filter(|entry| resume == Resume::Everything || entry.stage != Submission::Confirmed)
            .collect();
        job.progress(total - crate::settings::small(open.len()), Some(total));
        let mut drives = Vec::with_capacity(open.len());
        for entry in open {
            drives.push(self.drive(workspace, &debitura, entry, job));
        }
        let mut running = futures_util::stream::iter(drives).buffer_unordered(PARALLEL);
        let mut blocked = None;
        while let Some(outcome) = running.next().await {
            match outcome {
                Ok(()) => job.advance(1),
                Err(Halt::Elsewhere | Halt::Cancelled) => {}
                Err(Halt::Blocked(failure)) => {
                    blocked = Some(failure);
                    // Those that may have been sent already still get their answer written down.
                    job.halt();
                }
            }
            self.events.changed(Subject::Submissions);
        }
        drop(running);
        self.attach_documents(workspace, job).await;
        if let Some(failure) = blocked {
            self.note_refusal(workspace.id, &failure).await;
            return Err(failure);
        }
        self.finish(workspace, batch).await
    }

    async fn finish(&self, workspace: &Workspace, batch: BatchId) -> Result<String, Failure> {
        let entries = self.book.batch(batch).await?;
        let count = |name: &str| {
            entries
                .iter()
                .filter(|entry| entry.stage.name() == name)
                .count()
        };
        let (submitted, linked, rejected, withdrawn) = (
            count("submitted"),
            count("linked"),
            count("rejected"),
            count("withdrawn"),
        );
        let open = entries.len() - submitted - linked - rejected - withdrawn;
        if open == 0 {
            let data = json!({ "submitted": submitted + linked, "rejected": rejected, "withdrawn": withdrawn });
            self.record(Some(workspace.id), "batch_finished", data)
                .await;
        }
        let mut note = format!("{submitted} submitted");
        for (count, what) in [
            (linked, "linked"),
            (rejected, "refused"),
            (withdrawn, "taken back"),
            (open, "not sent yet"),
        ] {
            if count > 0 {
                note.push_str(&format!(", {count} {what}"));
            }
        }
        note.push('.');
        Ok(note)
    }

    /// Drives one entry from where it stands to its end.
    async fn drive(
        self: &Arc<Self>,
        workspace: &Workspace,
        debitura: &Debitura,
        mut entry: Entry,
        job: &Arc<Job>,
    ) -> Result<(), Halt> {
        let mut wait = FIRST_WAIT;
        loop {
            entry = match entry.stage.next() {
                Next::Rest => return self.ended(workspace, &entry).await,
                // Only a restart finds an entry here: whoever sent it is gone, and so is the answer.
                Next::Await => self.step(&entry, Event::Restarted, None, None).await?,
                Next::LookUp => {
                    if entry.stage == Submission::Confirmed {
                        if job.is_cancelled() {
                            return Err(Halt::Cancelled);
                        }
                        match self.no_longer_owed(workspace, &entry).await {
                            Ok(None) => {}
                            Ok(Some(refused)) => {
                                entry = self
                                    .step(&entry, Event::Withdraw, Some(refused), None)
                                    .await?;
                                continue;
                            }
                            Err(failure) => {
                                self.pause(failure, &mut wait, job).await?;
                                continue;
                            }
                        }
                    }
                    match self.look_up(debitura, &entry).await {
                        Ok(found) => {
                            let problem = (found == Found::Different)
                                .then(|| Failure::new(FailureCode::DuplicateReference));
                            let nothing = found == Found::Nothing;
                            entry = self
                                .step(&entry, Event::LookedUp(found), problem, None)
                                .await?;
                            if nothing {
                                self.send(debitura, &entry).await?
                            } else {
                                entry
                            }
                        }
                        Err(error) => {
                            self.pause(error.into(), &mut wait, job).await?;
                            continue;
                        }
                    }
                }
            };
            if matches!(entry.stage, Submission::Confirmed | Submission::Unknown) {
                // Sent in vain or lost: give Debitura a moment before the next try.
                self.pause_for(&mut wait, job).await;
            }
        }
    }

    /// Sends the bytes of an entry that the journal has as sending, and writes down what came back.
    async fn send(&self, debitura: &Debitura, entry: &Entry) -> Result<Entry, Halt> {
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
            Some(RefusalKind::DuplicateReference) if entry.tries < 3 => Ok(self
                .step(
                    entry,
                    Event::Lost,
                    Some(failure),
                    Some(answer("duplicate_reference")),
                )
                .await?),
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

    /// One transition: the machine decides, the journal keeps.
    async fn step(
        &self,
        entry: &Entry,
        event: Event,
        problem: Option<Failure>,
        answer: Option<Answer>,
    ) -> Result<Entry, Halt> {
        let to = entry.stage.after(event).map_err(|error| {
            Halt::Blocked(Failure::new(FailureCode::Unexpected).because(error.to_string()))
        })?;
        let change = StageChange {
            entry: entry.confirmed.id,
            from: entry.stage.clone(),
            to,
            at: self.now(),
            problem: problem.and_then(|problem| serde_json::to_value(problem).ok()),
            note: None,
            answer,
        };
        Ok(self.book.transition(change).await?)
    }

    async fn look_up(&self, debitura: &Debitura, entry: &Entry) -> Result<Found, debitura::Error> {
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

    /// Why an invoice is not to be submitted any more. Read afresh at its source right before it is sent: what was paid
    /// since the review, or while the batch waited, is not claimed.
    async fn no_longer_owed(
        self: &Arc<Self>,
        workspace: &Workspace,
        entry: &Entry,
    ) -> Result<Option<Failure>, Failure> {
        let invoice = self.read_again(workspace, &entry.confirmed.invoice).await?;
        let why = match &invoice {
            Some(invoice) if invoice.status != SourceStatus::Open => {
                "It is no longer open at its source."
            }
            Some(invoice) if invoice.open != Some(entry.confirmed.amount) => {
                "Its open amount has changed at its source."
            }
            Some(_) => return Ok(None),
            None => "Its source no longer knows it, or is not connected any more.",
        };
        Ok(Some(
            Failure::about(
                FailureCode::InvalidValue,
                "The invoice has changed since you agreed.",
            )
            .because(why),
        ))
    }

    /// Waits where waiting helps; otherwise the batch must halt.
    async fn pause(&self, failure: Failure, wait: &mut Duration, job: &Job) -> Result<(), Halt> {
        if !failure.retry {
            return Err(Halt::Blocked(failure));
        }
        job.waiting(failure);
        if job.is_cancelled() {
            return Err(Halt::Cancelled);
        }
        self.pause_for(wait, job).await;
        Ok(())
    }

    async fn pause_for(&self, wait: &mut Duration, job: &Job) {
        tokio::select! {
            () = tokio::time::sleep(*wait) => {}
            () = job.cancelled() => {}
        }
        *wait = (*wait * 2).min(LONGEST_WAIT);
    }

    async fn ended(self: &Arc<Self>, workspace: &Workspace, entry: &Entry) -> Result<(), Halt> {
        let data = json!({
            "reference": entry.confirmed.creditor_reference,
            "case": entry.case_reference,
            "failure": entry.problem.clone().unwrap_or(Value::Null),
        });
        self.record(Some(workspace.id), entry.stage.name(), data)
            .await;
        self.reproject_some(workspace, std::slice::from_ref(&entry.confirmed.invoice))
            .await?;
        Ok(())
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
