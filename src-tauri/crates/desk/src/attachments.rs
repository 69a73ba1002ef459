//! The invoice's own PDF behind each new case: fetched at its source, uploaded to Debitura. The case stands without it, so
//! nothing here holds a submission up.

use std::collections::BTreeSet;
use std::sync::Arc;

use debitura::{Debitura, DocumentType, Upload};
use futures_util::StreamExt;
use serde_json::json;
use store::{Attachment, AttachmentState, BatchId, Entry, Workspace, WorkspaceId};

use crate::FailureCode;
use crate::jobs::Job;
use crate::office::Office;
use crate::source::source_failure;
use crate::wire::{Failure, Subject};

/// The kind of document in the journal.
pub(crate) const INVOICE_PDF: &str = "invoice_pdf";
/// After so many tries the user is told to add it in the portal.
const TRIES: u32 = 5;
/// Documents under way at a time; the pace decides how quickly they go.
const PARALLEL: usize = 4;

impl Office {
    /// Uploads what waits for cases of a workspace. Failures are kept with their reason and tried again later.
    pub(crate) async fn attach_documents(self: &Arc<Self>, workspace: &Workspace, job: &Arc<Job>) {
        let (Ok(waiting), Ok(debitura)) = (
            self.book.waiting_attachments().await,
            self.debitura(workspace).await,
        ) else {
            return;
        };
        let mut uploads = Vec::new();
        for attachment in waiting
            .into_iter()
            .filter(|attachment| attachment.tries < TRIES)
        {
            uploads.push(self.attach_document(workspace, &debitura, attachment, job));
        }
        let mut running = futures_util::stream::iter(uploads).buffer_unordered(PARALLEL);
        while running.next().await.is_some() {
            self.events.changed(Subject::Submissions);
        }
    }

    /// The batches of cases that still wait for a document.
    pub(crate) async fn batches_with_documents(
        &self,
    ) -> Result<BTreeSet<(WorkspaceId, BatchId)>, Failure> {
        let mut batches = BTreeSet::new();
        for attachment in self.book.waiting_attachments().await? {
            let entry = self.book.entry(attachment.entry).await?;
            if let Some(entry) =
                entry.filter(|entry| attachment.tries < TRIES && entry.case_id.is_some())
            {
                batches.insert((entry.confirmed.workspace, entry.confirmed.batch));
            }
        }
        Ok(batches)
    }

    async fn attach_document(
        self: &Arc<Self>,
        workspace: &Workspace,
        debitura: &Debitura,
        waiting: Attachment,
        job: &Arc<Job>,
    ) {
        let Ok(Some(entry)) = self.book.entry(waiting.entry).await else {
            return;
        };
        let of_workspace = entry.confirmed.workspace == workspace.id;
        let Some(case_id) = entry.case_id.clone().filter(|_| of_workspace) else {
            return;
        };
        if job.is_cancelled() {
            return;
        }
        // Counted before the first byte: a process that ends in the middle must know later that it may have uploaded.
        let begun = Attachment {
            tries: waiting.tries + 1,
            updated_at: self.now(),
            ..waiting.clone()
        };
        if let Err(error) = self.book.set_attachment(begun.clone()).await {
            tracing::warn!(%error, "a document waits, since its upload could not be noted");
            return;
        }
        let outcome = self
            .attach(debitura, &entry, &case_id, waiting.tries > 0)
            .await;
        self.keep_attachment(workspace, &entry, begun, outcome)
            .await;
    }

    async fn keep_attachment(
        &self,
        workspace: &Workspace,
        entry: &Entry,
        attachment: Attachment,
        outcome: Result<Option<String>, Failure>,
    ) {
        let case = json!({ "case": entry.case_reference });
        let at = self.now();
        let kept = match outcome {
            Ok(Some(file_id)) => {
                self.record(Some(workspace.id), "attached", case).await;
                Attachment {
                    state: AttachmentState::Uploaded,
                    file_id: Some(file_id),
                    problem: None,
                    updated_at: at,
                    ..attachment
                }
            }
            Ok(None) => Attachment {
                state: AttachmentState::Unavailable,
                updated_at: at,
                ..attachment
            },
            Err(failure) => {
                let data = json!({ "case": entry.case_reference, "failure": failure });
                self.record(Some(workspace.id), "attachment_failed", data)
                    .await;
                let problem = serde_json::to_value(&failure).ok();
                Attachment {
                    state: AttachmentState::Failed,
                    problem,
                    updated_at: at,
                    ..attachment
                }
            }
        };
        if let Err(error) = self.book.set_attachment(kept).await {
            tracing::warn!(%error, "what became of a document was not kept");
        }
    }

    /// The id of the uploaded file; `None` when the source has no PDF after all.
    async fn attach(
        &self,
        debitura: &Debitura,
        entry: &Entry,
        case_id: &str,
        tried_before: bool,
    ) -> Result<Option<String>, Failure> {
        let invoice = &entry.confirmed.invoice;
        let workspace = self
            .workspace_by_id(&entry.confirmed.workspace.to_string())
            .await?;
        let stored = self.cache.get(workspace.id, invoice.clone()).await?;
        let stored = stored.ok_or_else(|| Failure::new(FailureCode::AttachmentFailed))?;
        let connection = self
            .connection_by_id(&stored.row.connection.to_string())
            .await?;
        let pdf = match self
            .source(&connection)
            .await?
            .invoice_pdf(&invoice.id)
            .await
        {
            Ok(pdf) => pdf,
            Err(accounting::Fault::NoPdf) => return Ok(None),
            Err(fault) => {
                let cause = source_failure(connection.provider, &fault);
                return Err(Failure::new(FailureCode::AttachmentFailed).because(cause.what));
            }
        };
        if tried_before {
            // Debitura keeps every upload, so one whose answer was lost must be found, not repeated.
            let files = debitura.files(case_id).await?;
            if let Some(file) = files
                .into_iter()
                .find(|file| file.file_name.as_deref() == Some(pdf.file_name.as_str()))
            {
                return Ok(Some(file.id));
            }
        }
        let upload = Upload::new(
            &pdf.file_name,
            DocumentType::OriginalInvoice,
            None,
            pdf.content,
        )
        .map_err(|problem| {
            Failure::new(FailureCode::AttachmentFailed).because(format!("{problem}."))
        })?;
        Ok(Some(debitura.upload(case_id, &upload).await?.id))
    }
}
