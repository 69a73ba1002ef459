//! Imported rows. The file they came from may be gone, so they are kept here; the cache holds them like any others.

use receivables::{Invoice, InvoiceId};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use tokio::sync::mpsc;

use super::Book;
use crate::column::{Json, RowExt, Text};
use crate::error::StoreError;
use crate::id::ConnectionId;

/// Rows written before others get their turn.
const COMMIT_AFTER: usize = 2000;
/// Bytes of text handed over at once; what is read from them takes a few times as much.
const AT_ONCE: usize = 256 * 1024;

/// One row of an imported file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub invoice: Invoice,
    /// The row as it stood in the file, as JSON text.
    pub raw: String,
}

impl Draft {
    fn read(row: &Row<'_>) -> rusqlite::Result<Draft> {
        Ok(Draft {
            invoice: row.json("facts")?,
            raw: row.get("raw")?,
        })
    }
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
            .write(move |tx| keep(tx, connection, drafts))
            .await
    }

    /// Keeps as many imported rows as come, lot by lot, until nobody sends any more, and says how many that are. Others
    /// that want to write get their turn after some thousand rows each time; then `kept` is told how many are kept.
    ///
    /// # Errors
    /// See [`Book::keep_drafts`]; what was committed before stays.
    pub async fn keep_all_drafts(
        &self,
        connection: ConnectionId,
        mut lots: mpsc::Receiver<Vec<Draft>>,
        mut kept: impl FnMut(usize),
    ) -> Result<usize, StoreError> {
        let mut rows = 0;
        // Nobody is kept waiting for the first of them: opening a workbook takes a while.
        while let Some(first) = lots.recv().await {
            let write = self.database.write(move |tx| {
                let (mut written, mut next) = (0, Some(first));
                while let Some(lot) = next {
                    written += lot.len();
                    keep(tx, connection, lot)?;
                    next = match written < COMMIT_AFTER {
                        true => lots.blocking_recv(),
                        false => None,
                    };
                }
                Ok((written, lots))
            });
            let (written, rest) = write.await?;
            (rows, lots) = (rows + written, rest);
            kept(rows);
        }
        Ok(rows)
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
                .query_map([Text(connection)], Draft::read)?
                .collect()
            })
            .await
    }

    /// The rows of a connection after the position `after` (0 for the first), at most `limit` and fewer where they are
    /// long, and the position of the last; `None` when there are no more.
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
                let mut select = tx.prepare_cached(
                    "SELECT rowid AS place, facts, raw FROM drafts
                     WHERE +connection = ?1 AND rowid > ?2 ORDER BY rowid LIMIT ?3",
                )?;
                let mut rows = select.query(params![Text(connection), after, limit])?;
                let (mut drafts, mut last, mut bytes) = (Vec::new(), None, 0);
                while bytes < AT_ONCE
                    && let Some(row) = rows.next()?
                {
                    last = Some(row.get("place")?);
                    let draft = Draft::read(row)?;
                    bytes += row.get_ref("facts")?.as_str()?.len() + draft.raw.len();
                    drafts.push(draft);
                }
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
                .query_row(params![Text(connection), Text(invoice)], Draft::read)
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

fn keep(
    tx: &Transaction<'_>,
    connection: ConnectionId,
    drafts: Vec<Draft>,
) -> rusqlite::Result<()> {
    let mut insert = tx.prepare_cached(
        "INSERT INTO drafts (connection, invoice, facts, raw) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (connection, invoice) DO UPDATE SET facts = excluded.facts, raw = excluded.raw",
    )?;
    let connection = connection.to_string();
    for draft in drafts {
        insert.execute(params![
            connection,
            Text(&draft.invoice.id),
            Json(&draft.invoice),
            draft.raw,
        ])?;
    }
    Ok(())
}
