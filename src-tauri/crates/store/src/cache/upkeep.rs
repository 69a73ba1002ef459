//! Judging everything again, and forgetting.

use jiff::Timestamp;
use receivables::{Invoice, InvoiceId};
use rusqlite::{OptionalExtension, Transaction, params};

use super::writing::{Listed, project};
use super::{Cache, Projection, aside, known_connection, workspace_key};
use crate::column::{At, RowExt, Text};
use crate::database::remove_database;
use crate::error::{FileKind, StoreError};
use crate::id::{ConnectionId, WorkspaceId};

impl Cache {
    /// Invoices of a workspace after the position `after` (0 for the first), at most `limit`, and the position of the
    /// last; `None` when there are no more. What changes meanwhile moves no position.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn invoices_after(
        &self,
        workspace: WorkspaceId,
        after: i64,
        limit: u32,
    ) -> Result<(Vec<Invoice>, Option<i64>), StoreError> {
        self.database
            .read(move |tx| {
                let mut last = None;
                let mut select = tx.prepare_cached(
                    "SELECT r.key, r.invoice FROM records AS r CROSS JOIN invoices AS i ON i.key = r.key
                     WHERE r.key > ?2 AND i.workspace = (SELECT key FROM workspaces WHERE id = ?1)
                     ORDER BY r.key LIMIT ?3",
                )?;
                let invoices = select
                    .query_map(params![Text(workspace), after, limit], |row| {
                        last = Some(row.get(0)?);
                        row.json("invoice")
                    })?
                    .collect::<rusqlite::Result<Vec<_>>>()?;
                Ok((invoices, last))
            })
            .await
    }

    /// Writes judgements in one transaction and returns how many differ from before. Others wait meanwhile, so many
    /// are handed over some thousand at a time. Invoices that are no longer kept are passed over.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn update_projections(
        &self,
        workspace: WorkspaceId,
        projections: Vec<(InvoiceId, Projection)>,
    ) -> Result<usize, StoreError> {
        let listed: Vec<(String, Listed)> = projections
            .iter()
            .map(|(id, projection)| (id.to_string(), Listed::of(projection, id)))
            .collect();
        self.database
            .write(move |tx| {
                let mut find = tx.prepare_cached(
                    "SELECT key, fingerprint FROM invoices
                     WHERE workspace = (SELECT key FROM workspaces WHERE id = ?1) AND id = ?2",
                )?;
                let mut changed = 0;
                for (id, listed) in &listed {
                    let found: Option<(i64, i64)> = find
                        .query_row(params![Text(workspace), id], |row| {
                            Ok((row.get(0)?, row.get(1)?))
                        })
                        .optional()?;
                    if let Some((key, fingerprint)) = found {
                        changed += usize::from(project(tx, key, fingerprint, listed)?);
                    }
                }
                Ok(changed)
            })
            .await
    }

    /// By which rules and for which day the workspace was last judged as a whole.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn projection_stamp(
        &self,
        workspace: WorkspaceId,
    ) -> Result<Option<String>, StoreError> {
        self.database
            .read(move |tx| {
                tx.prepare_cached("SELECT projection_stamp FROM workspaces WHERE id = ?1")?
                    .query_row([Text(workspace)], |row| row.get(0))
                    .optional()
                    .map(Option::flatten)
            })
            .await
    }

    /// Notes by which rules and for which day the workspace was judged as a whole.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn set_projection_stamp(
        &self,
        workspace: WorkspaceId,
        stamp: &str,
    ) -> Result<(), StoreError> {
        let stamp = stamp.to_owned();
        self.database
            .write(move |tx| {
                let key = workspace_key(tx, workspace)?;
                tx.execute(
                    "UPDATE workspaces SET projection_stamp = ?2 WHERE key = ?1",
                    params![key, stamp],
                )
                .map(drop)
            })
            .await
    }

    /// Forgets a connection and its invoices, and removes their traces from the file. Returns the number of invoices.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn wipe(&self, connection: ConnectionId) -> Result<usize, StoreError> {
        let forgotten = self
            .database
            .write(move |tx| {
                let Some(key) = known_connection(tx, connection)? else {
                    return Ok(0);
                };
                let forgotten = forget(tx, "connection = ?1", key)?;
                tx.execute("DELETE FROM walks WHERE connection = ?1", [key])?;
                tx.execute("DELETE FROM connections WHERE key = ?1", [key])?;
                Ok(forgotten)
            })
            .await?;
        self.compact().await?;
        Ok(forgotten)
    }

    /// Forgets imported rows that are listed under none of these connections: another reading took their place.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn keep_imports(&self, present: Vec<ConnectionId>) -> Result<(), StoreError> {
        self.database
            .write(move |tx| {
                let imports: Vec<(i64, ConnectionId)> = tx
                    .prepare_cached("SELECT key, id FROM connections WHERE provider = 'import'")?
                    .query_map([], |row| Ok((row.get("key")?, row.text("id")?)))?
                    .collect::<rusqlite::Result<_>>()?;
                for (key, id) in imports {
                    if !present.contains(&id) {
                        forget(tx, "connection = ?1", key)?;
                        tx.execute("DELETE FROM connections WHERE key = ?1", [key])?;
                    }
                }
                Ok(())
            })
            .await
    }

    /// Forgets everything, and removes the traces from the file. Returns the number of invoices and cases.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn wipe_all(&self) -> Result<usize, StoreError> {
        let forgotten = self
            .database
            .write(|tx| {
                tx.execute("INSERT INTO trigrams (trigrams) VALUES ('delete-all')", [])?;
                tx.execute("DELETE FROM records", [])?;
                let invoices = tx.execute("DELETE FROM invoices", [])?;
                let cases = tx.execute("DELETE FROM cases", [])?;
                tx.execute("DELETE FROM walks", [])?;
                tx.execute("DELETE FROM connections", [])?;
                tx.execute("DELETE FROM workspaces", [])?;
                Ok(invoices + cases)
            })
            .await?;
        self.compact().await?;
        Ok(forgotten)
    }

    /// Forgets invoices and cases that were not fetched since `limit`, and removes their traces from the file. Returns
    /// their number.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn expire(&self, limit: Timestamp) -> Result<usize, StoreError> {
        let forgotten = self
            .database
            .write(move |tx| {
                let cases = tx.execute("DELETE FROM cases WHERE fetched_at < ?1", [At(limit)])?;
                // Imported rows do not age: nobody could fetch them again.
                let old = "fetched_at < ?1 AND connection NOT IN
                    (SELECT key FROM connections WHERE provider = 'import')";
                Ok(cases + forget(tx, old, At(limit))?)
            })
            .await?;
        if forgotten > 0 {
            self.compact().await?;
        }
        Ok(forgotten)
    }

    /// Deleted rows stay readable in free pages, in the log, in the search index and in a damaged cache put aside until
    /// this.
    pub(super) async fn compact(&self) -> Result<(), StoreError> {
        remove_database(&aside(self.database.path()))
            .map_err(|error| StoreError::from_io(FileKind::Cache, &error))?;
        self.database
            .bare(|cache| {
                cache.execute_batch(
                    "INSERT INTO trigrams (trigrams) VALUES ('optimize');
                     VACUUM;
                     PRAGMA wal_checkpoint (TRUNCATE);",
                )
            })
            .await
    }
}

/// Removes invoices from every table they stand in.
fn forget(
    tx: &Transaction<'_>,
    condition: &str,
    value: impl rusqlite::ToSql,
) -> rusqlite::Result<usize> {
    tx.execute(
        &format!(
            "DELETE FROM trigrams WHERE rowid IN (SELECT key FROM invoices WHERE {condition})"
        ),
        params![value],
    )?;
    // The source's records follow by their foreign key.
    tx.execute(
        &format!("DELETE FROM invoices WHERE {condition}"),
        params![value],
    )
}
