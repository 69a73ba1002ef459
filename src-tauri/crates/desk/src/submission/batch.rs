//! Batches as the page shows them, and what the user can still do with them.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use receivables::{Event, Submission, Totals};
use serde_json::json;
use store::{AttachmentState, BatchId, Entry, EntryId};

use crate::FailureCode;
use crate::office::Office;
use crate::submission::Resume;
use crate::wire::amounts;
use crate::wire::{
    Batch, BatchEntry, BatchSummary, Batches, ById, Failure, JobKind, Nothing, StageCount, Subject,
    SubmitStarted,
};

/// A batch untouched for longer goes on only when the user says so again.
const CONSENT_HOLDS: SignedDuration = SignedDuration::from_hours(24);
/// Batches shown.
const SHOWN: u32 = 50;

/// Why an open batch does not go on.
struct Waiting {
    for_consent: bool,
    for_mending: Option<Failure>,
}

impl Office {
    pub(crate) async fn batches(self: &Arc<Self>, _: Nothing) -> Result<Batches, Failure> {
        let workspace = self.workspace().await?;
        let consent_since = self.consent_since().await?;
        let mut batches = Vec::new();
        for summary in self.book.batch_summaries(workspace.id, 0, SHOWN).await? {
            batches.push(self.batch_summary(summary, consent_since));
        }
        Ok(Batches { batches })
    }

    fn batch_summary(
        &self,
        summary: store::BatchSummary,
        consent_since: Timestamp,
    ) -> BatchSummary {
        let batch = summary.batch;
        let moved_before = summary.moved_at.is_some_and(|at| at < consent_since);
        let waiting = self.waiting(batch.id, summary.open, moved_before);
        BatchSummary {
            id: batch.id.to_string(),
            confirmed: batch.confirmed_at.to_string(),
            test_mode: batch.scope.test_mode,
            cases: batch.stages.iter().map(|(_, count)| count).sum(),
            stages: batch
                .stages
                .into_iter()
                .map(|(stage, count)| StageCount { stage, count })
                .collect(),
            totals: amounts(&summary.totals),
            open: summary.open,
            needs_consent: waiting.for_consent,
            waiting_for: waiting.for_mending,
        }
    }

    /// A batch that moved last before this goes on only when the user says so again: it is too long ago, or the journal
    /// was brought back since and may have forgotten how it went on.
    pub(crate) async fn consent_since(&self) -> Result<Timestamp, Failure> {
        let long_ago = self.now() - CONSENT_HOLDS;
        let brought_back = self.book.recovery().await?.map(|recovery| recovery.at);
        Ok(brought_back.map_or(long_ago, |at| at.max(long_ago)))
    }

    /// What an open batch waits for.
    fn waiting(&self, id: BatchId, open: u32, is_old: bool) -> Waiting {
        // The latest: a batch that was gone on with has a job for each time.
        let latest = self.jobs.views().into_iter().rev().find(|job| {
            job.kind == JobKind::Submit && job.subject.as_deref() == Some(id.to_string().as_str())
        });
        let is_running = latest.as_ref().is_some_and(|job| job.ended.is_none());
        Waiting {
            for_consent: open > 0 && is_old && !is_running,
            for_mending: latest.filter(|_| open > 0).and_then(|job| job.failure),
        }
    }

    pub(crate) async fn batch(self: &Arc<Self>, request: ById) -> Result<Batch, Failure> {
        self.batch_view(batch_id(&request.id)?).await
    }

    pub(crate) async fn resume_batch(
        self: &Arc<Self>,
        request: ById,
    ) -> Result<SubmitStarted, Failure> {
        let batch = batch_id(&request.id)?;
        let entries = self.book.batch(batch).await?;
        let first = entries
            .first()
            .ok_or_else(|| Failure::about(FailureCode::NotFound, "The batch"))?;
        let workspace = self
            .workspace_by_id(&first.confirmed.workspace.to_string())
            .await?;
        self.reconciled(&workspace).await?;
        Ok(SubmitStarted {
            batch: request.id,
            job: self.start_batch(&workspace, batch, Resume::Everything),
        })
    }

    pub(crate) async fn withdraw_batch(self: &Arc<Self>, request: ById) -> Result<Batch, Failure> {
        let batch = batch_id(&request.id)?;
        for entry in self.book.batch(batch).await? {
            if entry.stage == Submission::Confirmed {
                // One that was sent in this moment stays: its outcome is shown.
                let _ = self.take_back(&entry).await;
            }
        }
        self.batch_view(batch).await
    }

    pub(crate) async fn withdraw(self: &Arc<Self>, request: ById) -> Result<Batch, Failure> {
        let id: EntryId = request
            .id
            .parse()
            .map_err(|_| Failure::about(FailureCode::NotFound, "The submission"))?;
        let entry = self.book.entry(id).await?;
        let entry = entry.ok_or_else(|| Failure::about(FailureCode::NotFound, "The submission"))?;
        self.take_back(&entry).await?;
        self.batch_view(entry.confirmed.batch).await
    }

    async fn take_back(self: &Arc<Self>, entry: &Entry) -> Result<(), Failure> {
        let step = entry
            .stage
            .step(Event::Withdraw)
            .map_err(|_| Failure::new(FailureCode::CannotWithdraw))?;
        self.write_down(entry, step, None, None).await?;
        let workspace = self
            .workspace_by_id(&entry.confirmed.workspace.to_string())
            .await?;
        let data = json!({ "reference": entry.confirmed.creditor_reference });
        self.record(Some(workspace.id), "withdrawn", data).await;
        self.reproject_some(&workspace, std::slice::from_ref(&entry.confirmed.invoice))
            .await?;
        self.events.changed(Subject::Submissions);
        Ok(())
    }

    async fn batch_view(&self, id: BatchId) -> Result<Batch, Failure> {
        let entries = self.book.batch(id).await?;
        let first = entries
            .first()
            .ok_or_else(|| Failure::about(FailureCode::NotFound, "The batch"))?;
        let confirmed_at = first.confirmed.confirmed_at;
        let test_mode = first.confirmed.scope.test_mode;
        let mut totals = Totals::default();
        let mut views = Vec::with_capacity(entries.len());
        for entry in &entries {
            totals.add(entry.confirmed.amount);
            views.push(self.batch_entry(entry).await?);
        }
        let open: Vec<&Entry> = entries
            .iter()
            .filter(|entry| !matches!(entry.stage, Submission::Ended(_)))
            .collect();
        let moved_at = open.iter().map(|entry| entry.updated_at).max();
        let all_unsent = open
            .iter()
            .all(|entry| entry.stage == Submission::Confirmed);
        let open = crate::wire::small(open.len());
        let consent_since = self.consent_since().await?;
        let waiting = self.waiting(id, open, moved_at.is_some_and(|at| at < consent_since));
        let held = self.held_for(confirmed_at).as_millis().div_ceil(1000);
        Ok(Batch {
            held_for: (open > 0 && all_unsent && held > 0)
                .then(|| crate::wire::small(held as usize)),
            id: id.to_string(),
            confirmed: confirmed_at.to_string(),
            test_mode,
            entries: views,
            totals: amounts(&totals),
            open,
            needs_consent: waiting.for_consent,
            waiting_for: waiting.for_mending,
        })
    }

    pub(super) async fn batch_entry(&self, entry: &Entry) -> Result<BatchEntry, Failure> {
        let attachment = self
            .book
            .attachments(entry.confirmed.id)
            .await?
            .into_iter()
            .next();
        Ok(BatchEntry {
            id: entry.confirmed.id.to_string(),
            invoice: entry.confirmed.invoice.to_string(),
            reference: entry.confirmed.creditor_reference.clone(),
            debtor: entry.confirmed.debtor_name.clone(),
            amount: entry.confirmed.amount.into(),
            stage: entry.stage.name().to_owned(),
            case_reference: entry.case_reference.clone(),
            problem: entry
                .problem
                .clone()
                .and_then(|problem| serde_json::from_value(problem).ok()),
            attachment: match attachment.map(|attachment| attachment.state) {
                Some(AttachmentState::Waiting) => "waiting",
                Some(AttachmentState::Uploaded) => "uploaded",
                Some(AttachmentState::Failed) => "failed",
                Some(AttachmentState::Unavailable) | None => "none",
            }
            .to_owned(),
            can_withdraw: entry.stage == Submission::Confirmed,
        })
    }
}

fn batch_id(text: &str) -> Result<BatchId, Failure> {
    text.parse()
        .map_err(|_| Failure::about(FailureCode::NotFound, "The batch"))
}
