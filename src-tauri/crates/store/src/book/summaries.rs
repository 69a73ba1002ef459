//! What the batches of a workspace amount to, without the bytes that were sent.

use jiff::Timestamp;
use receivables::{Currency, Money, Submission, Totals};
use rusqlite::params;

use super::{Batch, Book};
use crate::column::{RowExt, Text};
use crate::error::StoreError;
use crate::id::WorkspaceId;

/// One batch and what it amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchSummary {
    pub batch: Batch,
    pub totals: Totals,
    /// Entries that have not ended.
    pub open: u32,
    /// When one of the open entries moved last; absent when all have ended.
    pub moved_at: Option<Timestamp>,
}

impl Book {
    /// The batches of a workspace, newest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn batch_summaries(
        &self,
        workspace: WorkspaceId,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<BatchSummary>, StoreError> {
        let batches = self.batches(workspace, offset, limit).await?;
        self.database
            .read(move |tx| {
                let mut select = tx.prepare_cached(
                    "SELECT amount, currency, stage, updated_at FROM journal WHERE batch = ?1",
                )?;
                let mut summaries = Vec::with_capacity(batches.len());
                for batch in batches {
                    let mut summary = BatchSummary {
                        batch,
                        totals: Totals::default(),
                        open: 0,
                        moved_at: None,
                    };
                    let mut rows = select.query(params![Text(summary.batch.id)])?;
                    while let Some(row) = rows.next()? {
                        let currency = Currency::from_code(row.get_ref("currency")?.as_str()?);
                        let amount = row.get_ref("amount")?.as_str()?;
                        // The journal takes only what reads back.
                        if let Some(amount) =
                            currency.and_then(|currency| Money::parse(amount, currency).ok())
                        {
                            summary.totals.add(amount);
                        }
                        let stage: Submission = row.json("stage")?;
                        if !matches!(stage, Submission::Ended(_)) {
                            summary.open += 1;
                            summary.moved_at = summary.moved_at.max(Some(row.at("updated_at")?));
                        }
                    }
                    summaries.push(summary);
                }
                Ok(summaries)
            })
            .await
    }
}
