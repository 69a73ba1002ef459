//! The documents that follow a case: which are to be uploaded, and what became of them.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use rusqlite::{Row, Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Book;
use crate::column::{At, Json, RowExt, Text};
use crate::error::StoreError;
use crate::id::EntryId;

/// What became of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentState {
    Waiting,
    Uploaded,
    /// To be tried again.
    Failed,
    /// The source has none after all.
    Unavailable,
}

impl AttachmentState {
    /// The stable word.
    pub fn name(self) -> &'static str {
        match self {
            AttachmentState::Waiting => "waiting",
            AttachmentState::Uploaded => "uploaded",
            AttachmentState::Failed => "failed",
            AttachmentState::Unavailable => "unavailable",
        }
    }
}

impl fmt::Display for AttachmentState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for AttachmentState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [
            AttachmentState::Waiting,
            AttachmentState::Uploaded,
            AttachmentState::Failed,
            AttachmentState::Unavailable,
        ]
        .into_iter()
        .find(|state| state.name() == text)
        .ok_or(())
    }
}

/// A document of a submission.
#[derive(Debug, Clone, PartialEq)]
pub struct Attachment {
    pub entry: EntryId,
    /// What it is, such as the invoice's own PDF; one of each kind per entry.
    pub kind: String,
    pub state: AttachmentState,
    /// Its id at Debitura.
    pub file_id: Option<String>,
    pub problem: Option<Value>,
    pub tries: u32,
    pub updated_at: Timestamp,
}

impl Attachment {
    fn read(row: &Row<'_>) -> rusqlite::Result<Attachment> {
        Ok(Attachment {
            entry: row.text("entry")?,
            kind: row.get("kind")?,
            state: row.text("state")?,
            file_id: row.get("file_id")?,
            problem: row
                .get::<_, Option<Json<Value>>>("problem")?
                .map(|Json(problem)| problem),
            tries: row.get("tries")?,
            updated_at: row.at("updated_at")?,
        })
    }
}

impl Book {
    /// Keeps what became of a document.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the journal has no such entry.
    pub async fn set_attachment(&self, attachment: Attachment) -> Result<(), StoreError> {
        self.database.write(move |tx| keep(tx, &attachment)).await
    }

    /// The documents of a submission.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn attachments(&self, entry: EntryId) -> Result<Vec<Attachment>, StoreError> {
        self.database
            .read(move |tx| {
                tx.prepare_cached("SELECT * FROM attachments WHERE entry = ?1 ORDER BY kind")?
                    .query_map([Text(entry)], Attachment::read)?
                    .collect()
            })
            .await
    }

    /// The documents that are waiting or failed, longest untouched first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn waiting_attachments(&self) -> Result<Vec<Attachment>, StoreError> {
        self.database
            .read(|tx| {
                tx.prepare_cached(
                    "SELECT * FROM attachments WHERE state IN ('waiting', 'failed') ORDER BY updated_at",
                )?
                .query_map([], Attachment::read)?
                .collect()
            })
            .await
    }
}

pub(super) fn keep(tx: &Transaction<'_>, attachment: &Attachment) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO attachments (entry, kind, state, file_id, problem, tries, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (entry, kind) DO UPDATE SET state = excluded.state, file_id = excluded.file_id,
             problem = excluded.problem, tries = excluded.tries, updated_at = excluded.updated_at",
    )?
    .execute(params![
        Text(attachment.entry),
        attachment.kind,
        attachment.state.name(),
        attachment.file_id,
        attachment.problem.as_ref().map(Json),
        attachment.tries,
        At(attachment.updated_at),
    ])
    .map(drop)
}
