//! From the user's yes to the outcome of every case. Thin: what may follow what is decided by
//! [`receivables::Submission`], and the journal is written before anything is sent.

pub(crate) mod batch;
mod named;
mod runner;
mod sending;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use debitura::{CaseOptions, CaseRequest};
use jiff::{SignedDuration, Timestamp};
use receivables::{Step, Submission, Transition};
use serde_json::json;
use store::{
    Answer, Attachment, AttachmentState, BatchId, ConfirmError, Entry, EntryId, NewEntry,
    StageChange, StageError, Workspace,
};

use crate::FailureCode;
use crate::attachments::INVOICE_PDF;
use crate::jobs::Task;
use crate::office::Office;
use crate::review::Reviewed;
use crate::wire::{Failure, JobKind, Subject, Submit, SubmitStarted};

/// A yes given to what was read longer ago is not a yes to what is owed now.
const REVIEW_HOLDS: SignedDuration = SignedDuration::from_hours(1);

/// How much of an interrupted batch goes on.
#[derive(Clone)]
pub(crate) enum Resume {
    Everything,
    /// Only what may have been sent already is looked up; what was not waits for the user, who said yes long ago.
    OutcomesOnly,
    /// What a script names.
    Only(Arc<HashSet<EntryId>>),
}

impl Resume {
    fn includes(&self, entry: &Entry) -> bool {
        match self {
            Resume::Everything => true,
            Resume::OutcomesOnly => entry.stage != Submission::Confirmed,
            Resume::Only(named) => named.contains(&entry.confirmed.id),
        }
    }
}

impl Office {
    pub(crate) async fn submit(
        self: &Arc<Self>,
        request: Submit,
    ) -> Result<SubmitStarted, Failure> {
        let workspace = self.workspace().await?;
        self.reconciled(&workspace).await?;
        let review = self.reviews.get(&request.review)?;
        if review.workspace != workspace.id || review.test_mode != workspace.test_mode {
            return Err(Failure::new(FailureCode::ReviewStale));
        }
        let cases = review.cases_to_submit()?;
        if cases.len() != request.cases as usize {
            return Err(Failure::new(FailureCode::CountDiffers));
        }
        let read_at = review
            .read_at()
            .ok_or_else(|| Failure::new(FailureCode::ReviewIncomplete))?;
        if self.now().duration_since(read_at) > REVIEW_HOLDS || self.changed_since(&cases).await? {
            return Err(Failure::new(FailureCode::ReviewStale));
        }
        // Without a key nothing can be sent, so nothing is promised either.
        self.debitura(&workspace).await?;
        let batch = BatchId(uuid::Uuid::now_v7());
        let entries = self.entries(&workspace, batch, &cases);
        let documents = entries
            .iter()
            .zip(&cases)
            .filter(|(_, case)| case.has_pdf)
            .map(|(entry, _)| Attachment {
                entry: entry.id,
                kind: INVOICE_PDF.to_owned(),
                state: AttachmentState::Waiting,
                file_id: None,
                problem: None,
                tries: 0,
                updated_at: self.now(),
            })
            .collect();
        let invoices: Vec<_> = entries.iter().map(|entry| entry.invoice.clone()).collect();
        self.book
            .confirm_batch(entries, documents, &self.setup.checkpoint)
            .await
            .map_err(|error| match error {
                ConfirmError::Live(_) => Failure::new(FailureCode::AlreadySubmitted),
                ConfirmError::Store(error) => error.into(),
            })?;
        self.reviews.close(&request.review);
        self.record(
            Some(workspace.id),
            "confirmed",
            json!({ "cases": cases.len(), "batch": batch.to_string() }),
        )
        .await;
        // The yes stands in the journal: a list that cannot be brought up to date does not take it back.
        if let Err(failure) = self.reproject_some(&workspace, &invoices).await {
            tracing::warn!(code = failure.code.name(), "the list is behind the journal");
        }
        self.events.changed(Subject::Submissions);
        Ok(SubmitStarted {
            batch: batch.to_string(),
            job: self.start_batch(&workspace, batch, Resume::Everything),
        })
    }

    /// Whether a correction, a decision or a submission since the review makes it say something else now.
    async fn changed_since(&self, cases: &[Reviewed]) -> Result<bool, Failure> {
        let workspace = self.workspace().await?;
        let context = self.judging(&workspace).await?;
        Ok(cases.iter().any(|reviewed| {
            let assessment = context.judge(&reviewed.invoice);
            assessment.case.as_ref() != Some(&reviewed.case)
                || context.is_submitted(&reviewed.invoice.id)
        }))
    }

    fn entries(&self, workspace: &Workspace, batch: BatchId, cases: &[Reviewed]) -> Vec<NewEntry> {
        let options = CaseOptions {
            is_test: workspace.test_mode,
            ..CaseOptions::default()
        };
        cases
            .iter()
            .map(|reviewed| NewEntry {
                id: EntryId(uuid::Uuid::now_v7()),
                batch,
                workspace: workspace.id,
                scope: workspace.journal_scope(),
                invoice: reviewed.invoice.id.clone(),
                creditor_reference: reviewed.case.creditor_reference.clone(),
                debtor_name: reviewed.case.debtor.name.clone(),
                amount: reviewed.case.amount,
                idempotency_key: uuid::Uuid::new_v4().to_string(),
                body: CaseRequest {
                    case: &reviewed.case,
                    options: &options,
                }
                .to_bytes(),
                confirmed_at: self.now(),
            })
            .collect()
    }

    /// How long a yes of this moment can still be taken back before anything is sent. A clock that was set back does not
    /// hold it longer.
    fn held_for(&self, confirmed_at: Timestamp) -> Duration {
        let since = self.now().duration_since(confirmed_at);
        let left = SignedDuration::try_from(self.setup.hold).unwrap_or_default() - since;
        Duration::try_from(left)
            .unwrap_or_default()
            .min(self.setup.hold)
    }

    /// Writes one step of the machine into the journal: the only way in which an entry moves on.
    async fn write_down(
        &self,
        entry: &Entry,
        step: Step,
        problem: Option<Failure>,
        answer: Option<Answer>,
    ) -> Result<Entry, StageError> {
        // A restart is no news about the case: what counts is when something last happened to it.
        let at = match step.transition() {
            Transition::Interrupt => entry.updated_at,
            _ => self.now(),
        };
        let change = StageChange {
            entry: entry.confirmed.id,
            step,
            at,
            problem: problem.and_then(|problem| serde_json::to_value(problem).ok()),
            note: None,
            answer,
        };
        self.book.transition(change, &self.setup.checkpoint).await
    }

    /// Works on what is open of a batch, in the background.
    pub(crate) fn start_batch(
        self: &Arc<Self>,
        workspace: &Workspace,
        batch: BatchId,
        resume: Resume,
    ) -> String {
        let task = Task {
            kind: JobKind::Submit,
            title: "Submitting cases to Debitura".to_owned(),
            unit: "cases",
            can_cancel: true,
            subject: Some(batch.to_string()),
        };
        let office = Arc::clone(self);
        let workspace = workspace.clone();
        self.jobs.start(task, move |job| async move {
            office.run_batch(&workspace, batch, resume, &job).await
        })
    }
}
