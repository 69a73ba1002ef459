//! Activity: what was done, by when, for the user to read back.

use jiff::Timestamp;
use rusqlite::params;
use serde_json::Value;

use super::Book;
use crate::column::{At, Json, RowExt, Text};
use crate::error::StoreError;
use crate::id::WorkspaceId;

/// Something that was done.
#[derive(Debug, Clone, PartialEq)]
pub struct NewActivity {
    pub at: Timestamp,
    /// Absent for what concerns the application as a whole.
    pub workspace: Option<WorkspaceId>,
    /// A stable code; the words are made from it and the data.
    pub kind: String,
    /// The id of what it was done to.
    pub subject: Option<String>,
    pub data: Value,
}

/// Something that was done, with its place in the order.
#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    /// Rises with time.
    pub id: i64,
    pub what: NewActivity,
}

impl Book {
    /// Adds to the record.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn record(&self, activity: NewActivity) -> Result<i64, StoreError> {
        self.database
            .write(move |tx| {
                tx.prepare_cached(
                    "INSERT INTO activity (at, workspace, kind, subject, data) VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .insert(params![
                    At(activity.at),
                    activity.workspace.map(Text),
                    activity.kind,
                    activity.subject,
                    Json(activity.data),
                ])
            })
            .await
    }

    /// The latest of a workspace and of the application as a whole, newest first. `before` is the id of the last one
    /// of the page before; absent for the first page.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn activity(
        &self,
        workspace: WorkspaceId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Activity>, StoreError> {
        self.database
            .read(move |tx| {
                tx.prepare_cached(
                    "SELECT * FROM activity WHERE (workspace = ?1 OR workspace IS NULL) AND id < ?2
                     ORDER BY id DESC LIMIT ?3",
                )?
                .query_map(
                    params![Text(workspace), before.unwrap_or(i64::MAX), limit],
                    |row| {
                        Ok(Activity {
                            id: row.get("id")?,
                            what: NewActivity {
                                at: row.at("at")?,
                                workspace: row.text_opt("workspace")?,
                                kind: row.get("kind")?,
                                subject: row.get("subject")?,
                                data: row.json("data")?,
                            },
                        })
                    },
                )?
                .collect()
            })
            .await
    }
}
