//! Walking through a source page by page, so that an interrupted walk goes on where it stopped.

use jiff::Timestamp;
use receivables::{InvoiceId, State};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::projection::state_number;
use super::writing::{Lot, upsert};
use super::{Cache, Record, connection_key};
use crate::book::CreatedRange;
use crate::column::{At, RowExt, Text};
use crate::error::StoreError;
use crate::id::{ConnectionId, WorkspaceId};

/// One walk through a source; rises with time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WalkId(i64);

/// One stretch of a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SliceId(i64);

/// By which of their dates a walk asks for invoices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WalkBy {
    #[default]
    Created,
    Due,
}

impl WalkBy {
    fn name(self) -> &'static str {
        match self {
            WalkBy::Created => "created",
            WalkBy::Due => "due",
        }
    }
}

/// A stretch of dates that is read from its first page to its last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    pub id: SliceId,
    pub range: CreatedRange,
    /// Where the next page begins, in the source's words; absent before the first page.
    pub cursor: Option<String>,
    /// Pages kept so far.
    pub pages: u32,
    pub done: bool,
}

/// A walk and how far it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    pub id: WalkId,
    pub connection: ConnectionId,
    pub by: WalkBy,
    pub started: Timestamp,
    pub finished: Option<Timestamp>,
    pub slices: Vec<Slice>,
}

impl Slice {
    fn read(row: &Row<'_>) -> rusqlite::Result<Slice> {
        Ok(Slice {
            id: SliceId(row.get("key")?),
            range: CreatedRange {
                from: row.text_opt("created_from")?,
                to: row.text_opt("created_to")?,
            },
            cursor: row.get("cursor")?,
            pages: row.get("pages")?,
            done: row.get("done")?,
        })
    }
}

impl Cache {
    /// Begins a walk in the given stretches; what an earlier one of the connection left undone is forgotten.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn begin_walk(
        &self,
        workspace: WorkspaceId,
        connection: ConnectionId,
        by: WalkBy,
        ranges: Vec<CreatedRange>,
        at: Timestamp,
    ) -> Result<Walk, StoreError> {
        self.database
            .write(move |tx| {
                let (key, _) = connection_key(tx, workspace, connection)?;
                tx.execute("DELETE FROM walks WHERE connection = ?1", [key])?;
                let walk = tx
                    .prepare(
                        "INSERT INTO walks (connection, sorted_by, started) VALUES (?1, ?2, ?3)",
                    )?
                    .insert(params![key, by.name(), At(at)])?;
                let mut insert = tx.prepare(
                    "INSERT INTO slices (walk, created_from, created_to) VALUES (?1, ?2, ?3)",
                )?;
                for range in ranges {
                    insert.execute(params![walk, range.from.map(Text), range.to.map(Text)])?;
                }
                read_walk(tx, connection)?.ok_or(rusqlite::Error::QueryReturnedNoRows)
            })
            .await
    }

    /// The latest walk of a connection, finished or not.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn walk(&self, connection: ConnectionId) -> Result<Option<Walk>, StoreError> {
        self.database
            .read(move |tx| read_walk(tx, connection))
            .await
    }

    /// Keeps one page and where the next begins, together; with the last page of the last stretch the walk is finished
    /// and the connection is as of `at`. Returns the slice as it now is.
    ///
    /// `cursor` is where this page began. A page that was kept already changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Absent`] when the walk was replaced by another.
    pub async fn store_page(
        &self,
        slice: SliceId,
        cursor: Option<String>,
        records: Vec<Record>,
        next: Option<String>,
        at: Timestamp,
    ) -> Result<Slice, StoreError> {
        let lot = Lot::of(records)?;
        self.database
            .write(move |tx| {
                let (walk, connection, workspace, before) = tx
                    .prepare_cached(
                        "SELECT s.*, w.connection, c.workspace FROM slices AS s
                         JOIN walks AS w ON w.key = s.walk JOIN connections AS c ON c.key = w.connection
                         WHERE s.key = ?1",
                    )?
                    .query_row([slice.0], |row| {
                        let walk: i64 = row.get("walk")?;
                        let connection: i64 = row.get("connection")?;
                        let workspace: i64 = row.get("workspace")?;
                        Ok((walk, connection, workspace, Slice::read(row)?))
                    })?;
                if before.done || before.cursor != cursor {
                    return Ok(before);
                }
                upsert(tx, workspace, connection, Some(walk), &lot, at)?;
                tx.prepare_cached(
                    "UPDATE slices SET cursor = ?2, pages = pages + 1, done = ?2 IS NULL WHERE key = ?1",
                )?
                .execute(params![slice.0, next])?;
                let finished = tx
                    .prepare_cached(
                        "UPDATE walks SET finished = ?2 WHERE key = ?1
                             AND NOT EXISTS (SELECT 1 FROM slices WHERE walk = ?1 AND NOT done)",
                    )?
                    .execute(params![walk, At(at)])?;
                if finished == 1 {
                    tx.execute(
                        "UPDATE connections SET as_of = ?2 WHERE key = ?1",
                        params![connection, At(at)],
                    )?;
                }
                tx.prepare_cached("SELECT * FROM slices WHERE key = ?1")?
                    .query_row([slice.0], Slice::read)
            })
            .await
    }

    /// The invoices that a finished walk should have met and did not: they are no longer unpaid, or no longer there,
    /// and must be read one by one. Empty for a walk that is not finished: what it has not met it may still meet.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn missing_after(&self, walk: WalkId) -> Result<Vec<InvoiceId>, StoreError> {
        self.database
            .read(move |tx| {
                tx.prepare_cached(
                    "SELECT i.id FROM walks AS w JOIN invoices AS i ON i.connection = w.connection
                     WHERE w.key = ?1 AND w.finished IS NOT NULL AND i.seen_walk IS NOT w.key AND i.state <> ?2
                         AND (w.sorted_by = 'created' AND i.created IS NULL OR EXISTS (
                             SELECT 1 FROM slices AS s WHERE s.walk = w.key
                                 AND (s.created_from IS NULL
                                     OR iif(w.sorted_by = 'due', i.due_date, i.created) >= s.created_from)
                                 AND (s.created_to IS NULL
                                     OR iif(w.sorted_by = 'due', i.due_date, i.created) <= s.created_to)))
                     ORDER BY i.key",
                )?
                .query_map(params![walk.0, state_number(State::Gone)], |row| {
                    row.text("id")
                })?
                .collect()
            })
            .await
    }

    /// When the last finished walk of a connection ended.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn as_of(&self, connection: ConnectionId) -> Result<Option<Timestamp>, StoreError> {
        self.database
            .read(move |tx| {
                tx.prepare_cached("SELECT as_of FROM connections WHERE id = ?1")?
                    .query_row([Text(connection)], |row| row.at_opt("as_of"))
                    .optional()
                    .map(Option::flatten)
            })
            .await
    }
}

fn read_walk(tx: &Transaction<'_>, connection: ConnectionId) -> rusqlite::Result<Option<Walk>> {
    let found = tx
        .prepare_cached(
            "SELECT w.* FROM walks AS w JOIN connections AS c ON c.key = w.connection
             WHERE c.id = ?1 ORDER BY w.key DESC LIMIT 1",
        )?
        .query_row([Text(connection)], |row| {
            Ok(Walk {
                id: WalkId(row.get("key")?),
                connection,
                by: match row.get::<_, String>("sorted_by")?.as_str() {
                    "due" => WalkBy::Due,
                    _ => WalkBy::Created,
                },
                started: row.at("started")?,
                finished: row.at_opt("finished")?,
                slices: Vec::new(),
            })
        })
        .optional()?;
    let Some(mut walk) = found else {
        return Ok(None);
    };
    walk.slices = tx
        .prepare_cached("SELECT * FROM slices WHERE walk = ?1 ORDER BY key")?
        .query_map([walk.id.0], Slice::read)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(walk))
}
