//! Imported files: what became of each, and every way it was to be read. What a step says is the business of whoever
//! reads files; here it is a text.

use std::collections::HashSet;

use jiff::Timestamp;
use receivables::{Invoice, InvoiceId, Provider};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde_json::Value;

use super::{Book, Scope};
use crate::column::{At, Json, RowExt, Text};
use crate::error::StoreError;
use crate::id::{ConnectionId, WorkspaceId};

/// Steps kept per import; older ones can no longer be taken back.
const KEPT: u32 = 200;

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImportState {
    /// Its rows were not read yet.
    Open,
    /// Its rows are drafts.
    Read,
    /// Its rows were given up, but for those submitted.
    Undone,
}

impl ImportState {
    /// The stable word in the file.
    pub fn name(self) -> &'static str {
        match self {
            ImportState::Open => "open",
            ImportState::Read => "read",
            ImportState::Undone => "undone",
        }
    }
}

impl std::str::FromStr for ImportState {
    type Err = ();

    fn from_str(text: &str) -> Result<ImportState, ()> {
        [ImportState::Open, ImportState::Read, ImportState::Undone]
            .into_iter()
            .find(|state| state.name() == text)
            .ok_or(())
    }
}

/// One imported file.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// Short and without a colon: its rows are named by it.
    pub id: String,
    pub workspace: WorkspaceId,
    pub connection: Option<ConnectionId>,
    pub file_name: String,
    pub bytes: u64,
    pub sha256: String,
    pub state: ImportState,
    /// The step at which the file stands, and that by which its rows were read.
    pub step: i64,
    pub read_step: Option<i64>,
    /// The name of the mapping that was chosen for it.
    pub mapping: Option<String>,
    /// What was counted when its rows were read.
    pub counts: Value,
    pub created: Timestamp,
    pub updated: Timestamp,
}

/// One way to read a file, and what could be taken back or done again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportStep {
    pub step: i64,
    pub label: String,
    pub document: String,
    /// What taking this step back would take back; nothing at the first.
    pub undo: Option<String>,
    pub redo: Option<String>,
}

impl Import {
    fn read(row: &Row<'_>) -> rusqlite::Result<Import> {
        let bytes: i64 = row.get("bytes")?;
        let state: String = row.get("state")?;
        Ok(Import {
            id: row.get("id")?,
            workspace: row.text("workspace")?,
            connection: row.text_opt("connection")?,
            file_name: row.get("file_name")?,
            bytes: bytes.unsigned_abs(),
            sha256: row.get("sha256")?,
            state: state.parse().unwrap_or(ImportState::Open),
            step: row.get("step")?,
            read_step: row.get("read_step")?,
            mapping: row.get("mapping")?,
            counts: row.json("counts")?,
            created: row.at("created")?,
            updated: row.at("updated")?,
        })
    }
}

impl Book {
    /// Adds an import at its first step; `step` and `read_step` of what is handed in do not count.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the id is taken or there is no such workspace.
    pub async fn insert_import(
        &self,
        import: Import,
        label: &str,
        document: String,
    ) -> Result<(), StoreError> {
        let label = label.to_owned();
        self.database
            .write(move |tx| {
                tx.execute(
                    "INSERT INTO imports (id, workspace, file_name, bytes, sha256, state, step, mapping, counts, created,
                         updated)
                     VALUES (?1, ?2, ?3, ?4, ?5, 'open', 0, ?6, ?7, ?8, ?8)",
                    params![
                        import.id,
                        Text(import.workspace),
                        import.file_name,
                        i64::try_from(import.bytes).unwrap_or(i64::MAX),
                        import.sha256,
                        import.mapping,
                        Json(&import.counts),
                        At(import.created),
                    ],
                )?;
                add_step(tx, &import.id, &label, &document, import.created)
            })
            .await
    }

    /// The imports of a workspace, newest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn imports(&self, workspace: WorkspaceId) -> Result<Vec<Import>, StoreError> {
        self.database
            .read(move |tx| {
                tx.prepare_cached(
                    "SELECT * FROM imports WHERE workspace = ?1 ORDER BY created DESC, id",
                )?
                .query_map([Text(workspace)], Import::read)?
                .collect()
            })
            .await
    }

    /// One import of any workspace.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn import(&self, id: &str) -> Result<Option<Import>, StoreError> {
        let id = id.to_owned();
        self.database
            .read(move |tx| {
                tx.prepare_cached("SELECT * FROM imports WHERE id = ?1")?
                    .query_row([id], Import::read)
                    .optional()
            })
            .await
    }

    /// The step at which an import stands.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn import_step(&self, id: &str) -> Result<Option<ImportStep>, StoreError> {
        let id = id.to_owned();
        self.database
            .read(move |tx| {
                let redo: Option<String> = tx
                    .prepare_cached(
                        "SELECT label FROM import_steps WHERE import = ?1 AND step >
                             (SELECT step FROM imports WHERE id = ?1) ORDER BY step LIMIT 1",
                    )?
                    .query_row([&id], |row| row.get(0))
                    .optional()?;
                tx.prepare_cached(
                    "SELECT s.step, s.label, s.document,
                         EXISTS (SELECT 1 FROM import_steps AS e WHERE e.import = ?1 AND e.step < s.step) AS earlier
                     FROM import_steps AS s JOIN imports AS i ON i.id = s.import AND i.step = s.step
                     WHERE i.id = ?1",
                )?
                .query_row([&id], |row| {
                    let label: String = row.get("label")?;
                    let earlier: bool = row.get("earlier")?;
                    Ok(ImportStep {
                        step: row.get("step")?,
                        undo: earlier.then(|| label.clone()),
                        label,
                        document: row.get("document")?,
                        redo,
                    })
                })
                .optional()
            })
            .await
    }

    /// Adds a step after the present one; what could be done again until now no longer can.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when there is no such import.
    pub async fn add_import_step(
        &self,
        id: &str,
        label: &str,
        document: String,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let (id, label) = (id.to_owned(), label.to_owned());
        self.database
            .write(move |tx| {
                tx.execute(
                    "DELETE FROM import_steps WHERE import = ?1 AND step > (SELECT step FROM imports WHERE id = ?1)",
                    [&id],
                )?;
                add_step(tx, &id, &label, &document, at)?;
                // The step that rows were read by may go: rows read by a forgotten way are read anew after any change.
                tx.execute(
                    "DELETE FROM import_steps WHERE import = ?1 AND step <=
                         (SELECT step FROM import_steps WHERE import = ?1 ORDER BY step DESC LIMIT 1 OFFSET ?2)",
                    params![id, KEPT],
                )
                .map(drop)
            })
            .await
    }

    /// Goes one step back, or forward; false where there is none.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn move_import_step(
        &self,
        id: &str,
        back: bool,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let id = id.to_owned();
        let next = if back {
            "SELECT max(s.step) FROM import_steps AS s WHERE s.import = ?1 AND s.step < imports.step"
        } else {
            "SELECT min(s.step) FROM import_steps AS s WHERE s.import = ?1 AND s.step > imports.step"
        };
        self.database
            .write(move |tx| {
                let moved = tx.execute(
                    &format!("UPDATE imports SET step = ({next}), updated = ?2 WHERE id = ?1 AND ({next}) IS NOT NULL"),
                    params![id, At(at)],
                )?;
                Ok(moved > 0)
            })
            .await
    }

    /// Remembers which mapping was chosen for an import.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn name_import_mapping(
        &self,
        id: &str,
        mapping: Option<String>,
    ) -> Result<(), StoreError> {
        let id = id.to_owned();
        self.database
            .write(move |tx| {
                tx.execute(
                    "UPDATE imports SET mapping = ?2 WHERE id = ?1",
                    params![id, mapping],
                )
                .map(drop)
            })
            .await
    }

    /// Puts the rows kept under a connection in the place of those read before, at once.
    ///
    /// # Errors
    /// [`StoreError::Absent`] when there is no such import any more, or it was undone.
    pub async fn finish_reading(
        &self,
        id: &str,
        connection: ConnectionId,
        step: i64,
        counts: Value,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let id = id.to_owned();
        let changed = self
            .database
            .write(move |tx| {
                let before: Option<String> = tx
                    .query_row("SELECT connection FROM imports WHERE id = ?1", [&id], |row| {
                        row.get(0)
                    })
                    .optional()?
                    .flatten();
                let changed = tx.execute(
                    "UPDATE imports SET state = 'read', connection = ?2, read_step = ?3, counts = ?4, updated = ?5
                     WHERE id = ?1 AND state <> 'undone'",
                    params![id, Text(connection), step, Json(&counts), At(at)],
                )?;
                let before = before.filter(|before| changed > 0 && *before != connection.to_string());
                if let Some(before) = before {
                    tx.execute("DELETE FROM connections WHERE id = ?1", [before])?;
                }
                Ok(changed)
            })
            .await?;
        self.found(changed, "import")
    }

    /// Gives up the rows of an import but for those named, with what the user decided about them, and its connection where
    /// none is left. Returns how many went.
    ///
    /// # Errors
    /// [`StoreError::Absent`] when there is no such import.
    pub async fn undo_reading(
        &self,
        id: &str,
        keep: Vec<InvoiceId>,
        at: Timestamp,
    ) -> Result<usize, StoreError> {
        let id = id.to_owned();
        let (changed, removed) = self
            .database
            .write(move |tx| {
                let import = tx
                    .query_row("SELECT workspace, connection FROM imports WHERE id = ?1", [&id], |row| {
                        Ok((row.text("workspace")?, row.get("connection")?))
                    })
                    .optional()?;
                let mut removed = 0;
                if let Some((workspace, Some(connection))) = import {
                    let connection: String = connection;
                    tx.execute_batch("CREATE TEMP TABLE IF NOT EXISTS kept (invoice TEXT PRIMARY KEY)")?;
                    tx.execute("DELETE FROM kept", [])?;
                    let mut insert = tx.prepare("INSERT OR IGNORE INTO kept VALUES (?1)")?;
                    for invoice in &keep {
                        insert.execute([Text(invoice)])?;
                    }
                    removed = tx.execute(
                        "DELETE FROM drafts WHERE connection = ?1 AND invoice NOT IN (SELECT invoice FROM kept)",
                        [&connection],
                    )?;
                    forget_decisions(tx, workspace, &id, &connection)?;
                    tx.execute(
                        "DELETE FROM connections WHERE id = ?1
                             AND NOT EXISTS (SELECT 1 FROM drafts WHERE connection = ?1)",
                        [&connection],
                    )?;
                }
                let changed = tx.execute(
                    "UPDATE imports SET state = 'undone', updated = ?2 WHERE id = ?1",
                    params![id, At(at)],
                )?;
                Ok((changed, removed))
            })
            .await?;
        self.found(changed, "import")?;
        Ok(removed)
    }

    /// Forgets an import with its rows.
    ///
    /// # Errors
    /// [`StoreError::Absent`] when there is no such import.
    pub async fn delete_import(&self, id: &str) -> Result<(), StoreError> {
        let id = id.to_owned();
        let changed = self
            .database
            .write(move |tx| {
                tx.execute(
                    "DELETE FROM connections WHERE id = (SELECT connection FROM imports WHERE id = ?1)",
                    [&id],
                )?;
                tx.execute("DELETE FROM imports WHERE id = ?1", [&id])
            })
            .await?;
        self.found(changed, "import")
    }

    /// The ids of all imports that may still be read from the copy of their file.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn imports_with_files(&self) -> Result<HashSet<String>, StoreError> {
        self.database
            .read(|tx| {
                tx.prepare_cached("SELECT id FROM imports WHERE state <> 'undone'")?
                    .query_map([], |row| row.get(0))?
                    .collect()
            })
            .await
    }

    /// Removes what a reading that was cut off has left: connections of imports that no import refers to.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn drop_unfinished_readings(&self) -> Result<usize, StoreError> {
        self.database
            .write(move |tx| {
                tx.execute(
                    "DELETE FROM connections WHERE provider = 'import'
                         AND id NOT IN (SELECT connection FROM imports WHERE connection IS NOT NULL)",
                    [],
                )
            })
            .await
    }
}

/// Forgets what the user decided about the rows of an import that are gone: no other row will ever bear their names.
fn forget_decisions(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    import: &str,
    connection: &str,
) -> rusqlite::Result<()> {
    let mut left: HashSet<Scope> = HashSet::new();
    let mut select = tx.prepare("SELECT facts FROM drafts WHERE connection = ?1")?;
    let mut rows = select.query([connection])?;
    while let Some(row) = rows.next()? {
        let invoice: Invoice = row.json("facts")?;
        left.insert(Scope::Debtor(invoice.debtor));
        left.insert(Scope::Invoice(invoice.id));
    }
    let is_gone = |scope: &Scope| {
        let (provider, tenant) = match scope {
            Scope::Debtor(id) => (id.provider, &id.tenant),
            Scope::Invoice(id) => (id.provider, &id.tenant),
        };
        provider == Provider::Import && tenant == import && !left.contains(scope)
    };
    super::corrections::forget(tx, workspace, is_gone)?;
    super::undo::forget(tx, workspace, is_gone)
}

fn add_step(
    tx: &Transaction<'_>,
    import: &str,
    label: &str,
    document: &str,
    at: Timestamp,
) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT INTO import_steps (import, label, at, document) VALUES (?1, ?2, ?3, ?4)",
        params![import, label, At(at), document],
    )?;
    tx.execute(
        "UPDATE imports SET step = ?2, updated = ?3 WHERE id = ?1",
        params![import, tx.last_insert_rowid(), At(at)],
    )
    .map(drop)
}
