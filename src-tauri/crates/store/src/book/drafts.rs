//! Imported rows. The file they came from may be gone, so they are kept here; the cache holds them like any others.

use receivables::Invoice;
use rusqlite::params;

use super::Book;
use crate::column::{Json, RowExt, Text};
use crate::error::StoreError;
use crate::id::ConnectionId;

/// One row of an imported file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub invoice: Invoice,
    /// The row as it stood in the file, as JSON text.
    pub raw: String,
}

impl Book {
    /// Keeps imported rows; a row that was kept before is replaced.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when there is no such connection.
    pub async fn keep_drafts(
        &self,
        connection: ConnectionId,
        drafts: Vec<Draft>,
    ) -> Result<(), StoreError> {
        self.database
            .write(move |tx| {
                let mut insert = tx.prepare_cached(
                    "INSERT INTO drafts (connection, invoice, facts, raw) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (connection, invoice) DO UPDATE SET facts = excluded.facts, raw = excluded.raw",
                )?;
                for draft in drafts {
                    insert.execute(params![
                        Text(connection),
                        Text(&draft.invoice.id),
                        Json(&draft.invoice),
                        draft.raw,
                    ])?;
                }
                Ok(())
            })
            .await
    }

    /// The rows imported through a connection, in the order of the import.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn drafts(&self, connection: ConnectionId) -> Result<Vec<Draft>, StoreError> {
        self.database
            .read(move |tx| {
                tx.prepare_cached(
                    "SELECT facts, raw FROM drafts WHERE connection = ?1 ORDER BY rowid",
                )?
                .query_map([Text(connection)], |row| {
                    Ok(Draft {
                        invoice: row.json("facts")?,
                        raw: row.get("raw")?,
                    })
                })?
                .collect()
            })
            .await
    }
}
