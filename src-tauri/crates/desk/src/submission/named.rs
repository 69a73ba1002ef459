//! Submissions by the invoices that a script names, so that repeating a command that was cut off goes on with it.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use receivables::{InvoiceId, Next};
use store::Entry;

use crate::office::Office;
use crate::submission::Resume;
use crate::wire::{BatchEntries, Failure, NamedInvoices, SubmissionsResumed, SubmitStarted};

impl Office {
    /// The submissions that stand for the invoices named; an invoice that may still be submitted has none.
    pub(crate) async fn submissions(
        self: &Arc<Self>,
        request: NamedInvoices,
    ) -> Result<BatchEntries, Failure> {
        let mut entries = Vec::new();
        for entry in self.live(&request.ids).await? {
            entries.push(self.batch_entry(&entry).await?);
        }
        Ok(BatchEntries { entries })
    }

    /// Goes on with those that have not ended or wait for their documents, and sends nothing else of their batches.
    pub(crate) async fn resume_submissions(
        self: &Arc<Self>,
        request: NamedInvoices,
    ) -> Result<SubmissionsResumed, Failure> {
        let workspace = self.workspace().await?;
        self.reconciled(&workspace).await?;
        let documents = self.batches_with_documents().await?;
        let mut batches: BTreeMap<_, HashSet<_>> = BTreeMap::new();
        for entry in self.live(&request.ids).await? {
            let batch = entry.confirmed.batch;
            if entry.stage.next() != Next::Rest || documents.contains(&(workspace.id, batch)) {
                let named = batches.entry(batch).or_default();
                named.insert(entry.confirmed.id);
            }
        }
        let batches = batches.into_iter().map(|(batch, named)| SubmitStarted {
            batch: batch.to_string(),
            job: self.start_batch(&workspace, batch, Resume::Only(Arc::new(named))),
        });
        Ok(SubmissionsResumed {
            batches: batches.collect(),
        })
    }

    async fn live(&self, ids: &[String]) -> Result<Vec<Entry>, Failure> {
        let workspace = self.workspace().await?;
        let live = self.book.live_entries(workspace.journal_scope()).await?;
        let mut entries = Vec::new();
        for id in ids {
            let named = id.parse::<InvoiceId>().ok().and_then(|id| live.get(&id));
            if let Some(named) = named {
                entries.extend(self.book.entry(named.entry).await?);
            }
        }
        Ok(entries)
    }
}
