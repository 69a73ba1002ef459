//! Mappings that are remembered: those the user named, and the last choice for each set of headers.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::Book;
use crate::column::{At, RowExt, Text};
use crate::error::StoreError;
use crate::id::WorkspaceId;

/// What the columns of a table meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    pub id: String,
    pub workspace: WorkspaceId,
    /// Nothing: the last choice for these headers.
    pub name: Option<String>,
    /// Of the set of headers.
    pub fingerprint: String,
    /// The import whose choice an unnamed one is.
    pub import: Option<String>,
    pub document: String,
    pub used_at: Timestamp,
}

impl Mapping {
    fn read(row: &Row<'_>) -> rusqlite::Result<Mapping> {
        Ok(Mapping {
            id: row.get("id")?,
            workspace: row.text("workspace")?,
            name: row.get("name")?,
            fingerprint: row.get("fingerprint")?,
            import: row.get("import")?,
            document: row.get("document")?,
            used_at: row.at("used_at")?,
        })
    }
}

impl Book {
    /// The mappings of a workspace, the last used first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn mappings(&self, workspace: WorkspaceId) -> Result<Vec<Mapping>, StoreError> {
        self.database
            .read(move |tx| {
                tx.prepare_cached(
                    "SELECT * FROM mappings WHERE workspace = ?1 ORDER BY used_at DESC, id",
                )?
                .query_map([Text(workspace)], Mapping::read)?
                .collect()
            })
            .await
    }

    /// One mapping of any workspace.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn mapping(&self, id: &str) -> Result<Option<Mapping>, StoreError> {
        let id = id.to_owned();
        self.database
            .read(move |tx| {
                tx.prepare_cached("SELECT * FROM mappings WHERE id = ?1")?
                    .query_row([id], Mapping::read)
                    .optional()
            })
            .await
    }

    /// Keeps a mapping in the place of the one with its id, with its name, or, unnamed, for its headers.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when there is no such workspace.
    pub async fn keep_mapping(&self, mapping: Mapping) -> Result<(), StoreError> {
        self.database
            .write(move |tx| {
                tx.execute(
                    "DELETE FROM mappings WHERE id = ?1 OR (workspace = ?2 AND name IS ?3 AND
                         (?3 IS NOT NULL OR fingerprint = ?4))",
                    params![
                        mapping.id,
                        Text(mapping.workspace),
                        mapping.name,
                        mapping.fingerprint
                    ],
                )?;
                tx.execute(
                    "INSERT INTO mappings (id, workspace, name, fingerprint, import, document, used_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    params![
                        mapping.id,
                        Text(mapping.workspace),
                        mapping.name,
                        mapping.fingerprint,
                        mapping.import,
                        mapping.document,
                        At(mapping.used_at),
                    ],
                )
                .map(drop)
            })
            .await
    }

    /// Forgets a mapping.
    ///
    /// # Errors
    /// [`StoreError::Absent`] when there is none with this id.
    pub async fn delete_mapping(&self, id: &str) -> Result<(), StoreError> {
        let id = id.to_owned();
        let changed = self
            .database
            .write(move |tx| tx.execute("DELETE FROM mappings WHERE id = ?1", [id]))
            .await?;
        self.found(changed, "mapping")
    }

    /// Forgets what was remembered of an import that was given up.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn forget_choice_of(&self, import: &str) -> Result<(), StoreError> {
        let import = import.to_owned();
        self.database
            .write(move |tx| {
                tx.execute(
                    "DELETE FROM mappings WHERE name IS NULL AND import = ?1",
                    [import],
                )
                .map(drop)
            })
            .await
    }
}
