//! Imported rows. The file they came from may be gone, so they are kept here; the cache holds them like any others.

use receivables::{Invoice, InvoiceId};
use rusqlite::{OptionalExtension, params};

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

    /// The rows of a connection after the position `after` (0 for the first), at most `limit`, and the position of the
    /// last; `None` when there are no more.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn drafts_after(
        &self,
        connection: ConnectionId,
        after: i64,
        limit: u32,
    ) -> Result<(Vec<Draft>, Option<i64>), StoreError> {
        self.database
            .read(move |tx| {
                let mut last = None;
                let drafts = tx
                    .prepare_cached(
                        "SELECT rowid AS place, facts, raw FROM drafts
                         WHERE +connection = ?1 AND rowid > ?2 ORDER BY rowid LIMIT ?3",
                    )?
                    .query_map(params![Text(connection), after, limit], |row| {
                        last = Some(row.get("place")?);
                        Ok(Draft {
                            invoice: row.json("facts")?,
                            raw: row.get("raw")?,
                        })
                    })?
                    .collect::<rusqlite::Result<Vec<_>>>()?;
                Ok((drafts, last))
            })
            .await
    }

    /// One row imported through a connection.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn draft(
        &self,
        connection: ConnectionId,
        invoice: InvoiceId,
    ) -> Result<Option<Draft>, StoreError> {
        self.database
            .read(move |tx| {
                tx.prepare_cached(
                    "SELECT facts, raw FROM drafts WHERE connection = ?1 AND invoice = ?2",
                )?
                .query_row(params![Text(connection), Text(invoice)], |row| {
                    Ok(Draft {
                        invoice: row.json("facts")?,
                        raw: row.get("raw")?,
                    })
                })
                .optional()
            })
            .await
    }

    /// How many rows were imported through a connection.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn draft_count(&self, connection: ConnectionId) -> Result<u32, StoreError> {
        self.database
            .read(move |tx| {
                tx.prepare_cached("SELECT count(*) FROM drafts WHERE connection = ?1")?
                    .query_row([Text(connection)], |row| row.get(0))
            })
            .await
    }
}
