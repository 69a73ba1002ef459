//! The loop over the machine: looks up, writes down, sends, writes down.

use std::sync::Arc;
use std::time::Duration;

use debitura::Debitura;
use futures_util::StreamExt;
use jiff::SignedDuration;
use receivables::{Event, Field, Found, Invoice, Money, Next, SourceStatus, Submission};
use serde_json::{Value, json};
use store::{Answer, BatchId, Entry, StageError, Workspace};

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
/// Debitura said 500 to the same bytes so often, and has no case: it keeps that answer under the key, and asking on
/// would change nothing. A new yes looks the reference up again and brings a new key.
const FAILED_FOR_GOOD: usize = 5;
/// A request may be on its way for so long; what is not at Debitura after it will not arrive.
const ON_ITS_WAY: SignedDuration = SignedDuration::from_mins(10);

/// Why a submission cannot go on now, though it has not ended.
pub(super) enum Halt {
    /// Somebody has to act: replace a key, free the disk.
    Blocked(Failure),
    /// The user cancelled the job; what was not sent stays confirmed.
    Cancelled,
    /// Another hand moved the entry, such as taking it back.
    Elsewhere,
    /// It is not at Debitura, and the yes is too old to send it without asking.
    Consent,
    /// Asking on now would change nothing; the others of the batch go on.
    Later(Failure),
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
        self.reconciled(workspace).await?;
        let debitura = self.debitura(workspace).await?;
        self.hold(batch, job).await?;
        let entries = self.book.batch(batch).await?;
        let total = crate::wire::small(entries.len());
        let open: Vec<Entry> = entries
            .into_iter()
            .filter(|entry| entry.stage.next() != Next::Rest && resume.includes(entry))
            .collect();
        let documents_only = open.is_empty();
        job.progress(total - crate::wire::small(open.len()), Some(total));
        let mut drives = Vec::with_capacity(open.len());
        for entry in open {
            drives.push(self.drive(workspace, &debitura, entry, &resume, job));
        }
        let mut running = futures_util::stream::iter(drives).buffer_unordered(PARALLEL);
        let (mut blocked, mut later) = (None, None);
        while let Some(outcome) = running.next().await {
            match outcome {
                Ok(()) => job.advance(1),
                Err(Halt::Elsewhere | Halt::Cancelled | Halt::Consent) => {}
                Err(Halt::Later(failure)) => later = Some(failure),
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
        // What can never be fetched again is now in two places; a copy that fails is made at the next start.
        if let Err(error) = self.book.back_up().await {
            tracing::warn!(%error, "the book was not copied");
        }
        if let Some(failure) = blocked.or(later) {
            self.note_refusal(workspace.id, &failure).await;
            return Err(failure);
        }
        self.finish(workspace, batch, documents_only).await
    }

    /// Waits as long as the yes can still be taken back as a whole.
    async fn hold(&self, batch: BatchId, job: &Job) -> Result<(), Failure> {
        let entries = self.book.batch(batch).await?;
        let Some(first) = entries.first() else {
            return Ok(());
        };
        let held = self.held_for(first.confirmed.confirmed_at);
        if !held.is_zero() {
            job.progress(0, Some(crate::wire::small(entries.len())));
            tokio::select! {
                () = tokio::time::sleep(held) => {}
                () = job.cancelled() => {}
            }
            self.events.changed(Subject::Submissions);
        }
        Ok(())
    }

    /// Says what became of the batch; one that had finished before is not recorded as finished again.
    async fn finish(
        &self,
        workspace: &Workspace,
        batch: BatchId,
        before: bool,
    ) -> Result<String, Failure> {
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
        if open == 0 && !before {
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
        resume: &Resume,
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
                        Ok(Found::Nothing) => {
                            if entry.stage == Submission::Unknown {
                                if matches!(resume, Resume::OutcomesOnly) {
                                    return Err(Halt::Consent);
                                }
                                match self.not_to_be_repeated(workspace, &entry).await {
                                    Ok(None) => {}
                                    Ok(Some(why)) => {
                                        entry = self
                                            .step(&entry, Event::Exhausted, Some(why), None)
                                            .await?;
                                        continue;
                                    }
                                    Err(failure) => {
                                        self.pause(failure, &mut wait, job).await?;
                                        continue;
                                    }
                                }
                            }
                            let event = Event::LookedUp(Found::Nothing);
                            let sending = self.step(&entry, event, None, None).await?;
                            self.send(debitura, &sending).await?
                        }
                        Ok(found) => {
                            let problem = (found == Found::Different)
                                .then(|| Failure::new(FailureCode::DuplicateReference));
                            self.step(&entry, Event::LookedUp(found), problem, None)
                                .await?
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

    /// One transition: the machine decides, the journal keeps.
    pub(super) async fn step(
        &self,
        entry: &Entry,
        event: Event,
        problem: Option<Failure>,
        answer: Option<Answer>,
    ) -> Result<Entry, Halt> {
        let step = entry.stage.step(event).map_err(|error| {
            Halt::Blocked(Failure::new(FailureCode::Unexpected).because(error.to_string()))
        })?;
        Ok(self.write_down(entry, step, problem, answer).await?)
    }

    /// Why bytes whose answer was lost are not sent again, now that Debitura has no case of theirs.
    async fn not_to_be_repeated(
        self: &Arc<Self>,
        workspace: &Workspace,
        entry: &Entry,
    ) -> Result<Option<Failure>, Failure> {
        if fails_for_good(entry) {
            return Ok(Some(Failure::new(FailureCode::SubmissionFails)));
        }
        // Sent a moment ago, it was read at its source a moment ago, and may even be on its way still.
        if self.now().duration_since(entry.updated_at) < ON_ITS_WAY {
            return Ok(None);
        }
        self.no_longer_owed(workspace, entry).await
    }

    /// Why an invoice is not to be submitted any more. Read afresh at its source right before it is sent: what was paid
    /// since the review, or while the batch waited, is not claimed.
    async fn no_longer_owed(
        self: &Arc<Self>,
        workspace: &Workspace,
        entry: &Entry,
    ) -> Result<Option<Failure>, Failure> {
        let invoice = self
            .read_standing(workspace, &entry.confirmed.invoice)
            .await?;
        let why = match &invoice {
            Some(invoice) if invoice.status != SourceStatus::Open => {
                "It is no longer open at its source."
            }
            Some(invoice)
                if self.open_amount(workspace, invoice).await? != Some(entry.confirmed.amount) =>
            {
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

    async fn open_amount(
        &self,
        workspace: &Workspace,
        invoice: &Invoice,
    ) -> Result<Option<Money>, Failure> {
        if !invoice.lets_correct(Field::Amount) {
            return Ok(invoice.open);
        }
        let judging = self.judging(workspace).await?;
        Ok(judging.judge(invoice).open(invoice))
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
            () = tokio::time::sleep(self.setup.pacing.pause(*wait)) => {}
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
}

fn fails_for_good(entry: &Entry) -> bool {
    let failed = entry.answers.iter().rev();
    entry.stage == Submission::Unknown
        && failed
            .take_while(|answer| answer.status == Some(500))
            .count()
            >= FAILED_FOR_GOOD
}
