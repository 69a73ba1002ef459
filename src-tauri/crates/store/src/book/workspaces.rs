//! Workspaces: the creditors this user works for.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::{Book, JournalScope};
use crate::column::{At, RowExt, Text};
use crate::error::StoreError;
use crate::id::{Environment, WorkspaceId};

const CURRENT: &str = "workspace.current";

/// One creditor: an account at Debitura, and what belongs to it here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    pub id: WorkspaceId,
    /// The creditor's company name.
    pub name: String,
    /// The creditor's id at Debitura.
    pub creditor: String,
    pub environment: Environment,
    /// Another address than the environment's own.
    pub debitura_url: Option<String>,
    /// Cases are made as test cases.
    pub test_mode: bool,
    pub created: Timestamp,
}

impl Workspace {
    /// The part of the journal that speaks for this workspace as it is set now.
    pub fn journal_scope(&self) -> JournalScope {
        JournalScope {
            creditor: self.creditor.clone(),
            environment: self.environment,
            test_mode: self.test_mode,
        }
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Workspace> {
        Ok(Workspace {
            id: row.text("id")?,
            name: row.get("name")?,
            creditor: row.get("creditor")?,
            environment: row.text("environment")?,
            debitura_url: row.get("debitura_url")?,
            test_mode: row.get("test_mode")?,
            created: row.at("created")?,
        })
    }
}

impl Book {
    /// All workspaces, oldest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn workspaces(&self) -> Result<Vec<Workspace>, StoreError> {
        self.database
            .read(|tx| {
                tx.prepare_cached("SELECT * FROM workspaces ORDER BY created, id")?
                    .query_map([], Workspace::read)?
                    .collect()
            })
            .await
    }

    /// Adds a workspace.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the id is taken.
    pub async fn insert_workspace(&self, workspace: Workspace) -> Result<(), StoreError> {
        self.database
            .write(move |tx| {
                tx.execute(
                    "INSERT INTO workspaces (id, name, creditor, environment, debitura_url, test_mode, created)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    params![
                        Text(workspace.id),
                        workspace.name,
                        workspace.creditor,
                        Text(workspace.environment),
                        workspace.debitura_url,
                        workspace.test_mode,
                        At(workspace.created),
                    ],
                )
                .map(drop)
            })
            .await
    }

    /// Changes everything but id and creation of a workspace.
    ///
    /// # Errors
    /// [`StoreError::Absent`] when there is none with this id.
    pub async fn update_workspace(&self, workspace: Workspace) -> Result<(), StoreError> {
        let changed = self
            .database
            .write(move |tx| {
                tx.execute(
                    "UPDATE workspaces SET name = ?2, creditor = ?3, environment = ?4, debitura_url = ?5,
                         test_mode = ?6 WHERE id = ?1",
                    params![
                        Text(workspace.id),
                        workspace.name,
                        workspace.creditor,
                        Text(workspace.environment),
                        workspace.debitura_url,
                        workspace.test_mode,
                    ],
                )
            })
            .await?;
        self.found(changed, "workspace")
    }

    /// Removes a workspace with its connections, imported rows, corrections and undo steps. Its journal and activity
    /// stay.
    ///
    /// # Errors
    /// [`StoreError::Absent`] when there is none with this id.
    pub async fn delete_workspace(&self, id: WorkspaceId) -> Result<(), StoreError> {
        let changed = self
            .database
            .write(move |tx| tx.execute("DELETE FROM workspaces WHERE id = ?1", [Text(id)]))
            .await?;
        self.found(changed, "workspace")
    }

    /// The workspace the user looks at; the oldest where none was chosen or the chosen one is gone.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn current_workspace(&self) -> Result<Option<Workspace>, StoreError> {
        let chosen: Option<WorkspaceId> = self.get_setting(CURRENT).await?;
        let mut all = self.workspaces().await?;
        let position = all
            .iter()
            .position(|workspace| Some(workspace.id) == chosen)
            .unwrap_or(0);
        Ok((!all.is_empty()).then(|| all.swap_remove(position)))
    }

    /// Chooses the workspace the user looks at.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn set_current_workspace(&self, id: WorkspaceId) -> Result<(), StoreError> {
        self.set_setting(CURRENT, id).await
    }

    pub(super) fn found(&self, changed: usize, what: &'static str) -> Result<(), StoreError> {
        if changed == 0 {
            Err(self.database.absent(what))
        } else {
            Ok(())
        }
    }
}
