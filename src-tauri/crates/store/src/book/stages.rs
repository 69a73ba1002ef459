//! How an entry of the journal moves on: by comparing and setting its stage in one transaction, so that two who act on
//! the same entry cannot both believe they may send.

use jiff::Timestamp;
use receivables::{Ending, Step, Submission};
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Book, Entry};
use crate::checkpoint::{Checkpoint, Side};
use crate::column::{At, Json, Text};
use crate::error::StoreError;
use crate::id::EntryId;

/// Something that came back from Debitura, in a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub at: Timestamp,
    /// The HTTP status; absent where none arrived.
    pub status: Option<u16>,
    pub request_id: Option<String>,
    /// What was asked and how it ended, as a stable code.
    pub kind: String,
}

/// A step of one entry.
#[derive(Debug, Clone, PartialEq)]
pub struct StageChange {
    pub entry: EntryId,
    /// It must stand where the step starts.
    pub step: Step,
    pub at: Timestamp,
    /// Replaces the problem; absent takes it away.
    pub problem: Option<Value>,
    /// Replaces the note; absent leaves it.
    pub note: Option<String>,
    /// Added to the answers.
    pub answer: Option<Answer>,
}

/// Why an entry did not move on; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    #[error("the journal has no such entry")]
    Absent,
    /// Someone else moved it first.
    #[error("the submission is {} by now", .0.name())]
    Moved(Submission),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Book {
    /// Takes a step of an entry. On the disk when it returns, so a stage of [`Submission::Sending`] is known before the
    /// first byte leaves. An ending brings its case with it; entering `Sending` counts as a try.
    ///
    /// # Errors
    /// [`StageError::Moved`] when the entry is not where the step starts.
    pub async fn transition(
        &self,
        change: StageChange,
        checkpoint: &Checkpoint,
    ) -> Result<Entry, StageError> {
        let (transition, entry) = (change.step.transition(), change.entry);
        checkpoint.pass(transition, Side::Before, entry);
        let moved = self.write_stage(change).await?;
        checkpoint.pass(transition, Side::After, entry);
        Ok(moved)
    }

    async fn write_stage(&self, change: StageChange) -> Result<Entry, StageError> {
        self.database
            .attempt(move |tx| {
                let mut select = tx.prepare_cached("SELECT * FROM journal WHERE id = ?1")?;
                let id = Text(change.entry);
                let Some(mut entry) = select.query_row([&id], Entry::read).optional()? else {
                    return Ok(Err(StageError::Absent));
                };
                if Some(&entry.stage) != change.step.from() {
                    return Ok(Err(StageError::Moved(entry.stage)));
                }
                if let Submission::Ended(
                    Ending::Submitted { case_id, reference } | Ending::Linked { case_id, reference },
                ) = change.step.to()
                {
                    entry.case_id = Some(case_id.clone());
                    entry.case_reference = Some(reference.clone());
                }
                entry.tries += u32::from(matches!(change.step.to(), Submission::Sending { .. }));
                entry.stage = change.step.to().clone();
                entry.problem = change.problem;
                entry.note = change.note.or(entry.note);
                entry.updated_at = change.at;
                entry.answers.extend(change.answer);
                tx.prepare_cached(
                    "UPDATE journal SET stage = ?2, stage_name = ?3, live = ?4, case_id = ?5, case_reference = ?6,
                         problem = ?7, note = ?8, updated_at = ?9, tries = ?10, answers = ?11 WHERE id = ?1",
                )?
                .execute(params![
                    id,
                    Json(&entry.stage),
                    entry.stage.name(),
                    entry.stage.is_live(),
                    entry.case_id,
                    entry.case_reference,
                    entry.problem.as_ref().map(Json),
                    entry.note,
                    At(entry.updated_at),
                    entry.tries,
                    Json(&entry.answers),
                ])?;
                Ok(Ok(entry))
            })
            .await?
    }
}
