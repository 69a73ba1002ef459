//! Cases that stand for invoices without a journal entry, found by comparing after the journal was brought back from a
//! copy.

use std::collections::HashMap;

use jiff::Timestamp;
use receivables::InvoiceId;
use rusqlite::params;

use super::{Book, JournalScope};
use crate::column::{At, RowExt, Text};
use crate::error::StoreError;

/// A case that was made of an invoice by a submission the journal has lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdoptedCase {
    pub case_id: String,
    pub case_reference: String,
    /// When it was found.
    pub at: Timestamp,
}

impl Book {
    /// Remembers cases as those of invoices. An invoice that has one keeps it.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn adopt_cases(
        &self,
        scope: JournalScope,
        cases: Vec<(InvoiceId, AdoptedCase)>,
    ) -> Result<(), StoreError> {
        self.database
            .write(move |tx| {
                let mut insert = tx.prepare_cached(
                    "INSERT INTO adopted_cases (creditor, environment, test_mode, invoice, case_id, case_reference, at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
                )?;
                for (invoice, case) in &cases {
                    insert.execute(params![
                        scope.creditor,
                        Text(scope.environment),
                        scope.test_mode,
                        Text(invoice),
                        case.case_id,
                        case.case_reference,
                        At(case.at),
                    ])?;
                }
                Ok(())
            })
            .await
    }

    /// The adopted case of each invoice of a scope that has one.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn adopted_cases(
        &self,
        scope: JournalScope,
    ) -> Result<HashMap<InvoiceId, AdoptedCase>, StoreError> {
        self.database
            .read(move |tx| {
                tx.prepare_cached(
                    "SELECT invoice, case_id, case_reference, at FROM adopted_cases
                     WHERE creditor = ?1 AND environment = ?2 AND test_mode = ?3",
                )?
                .query_map(
                    params![scope.creditor, Text(scope.environment), scope.test_mode],
                    |row| {
                        Ok((
                            row.text("invoice")?,
                            AdoptedCase {
                                case_id: row.get("case_id")?,
                                case_reference: row.get("case_reference")?,
                                at: row.at("at")?,
                            },
                        ))
                    },
                )?
                .collect()
            })
            .await
    }
}
