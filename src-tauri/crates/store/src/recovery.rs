//! A book that is damaged or has gone: what there is to go back to, going back, and remembering that it happened.
//!
//! Nothing is thrown away: the damaged file is kept under a name with the moment. The book that takes its place says from
//! its first moment that it is behind (see [`Recovery`]), so that a crash right after it cannot pass it off as whole.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use serde::{Deserialize, Serialize};

use crate::book::{self, Book};
use crate::column::Json;
use crate::copies::{copy, revision_of, sync_folder};
use crate::database::{
    self, Opened, damage_mark, move_database, noted_progress, remove_database, witness,
};
use crate::error::{FileKind, FolderError, StoreError};
use crate::folder::Folder;
use crate::id::Environment;

/// What a book can be brought back from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CopyKind {
    /// The book itself, where it can be read though it is not whole: it came further than its copies.
    Present,
    Latest,
    Older,
}

/// One thing a book can be brought back from. Every page of it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookCopy {
    pub kind: CopyKind,
    /// When the file was written last, as the file system tells.
    pub written: Option<Timestamp>,
    /// The last moment it knows of.
    pub until: Option<Timestamp>,
    /// Submissions in its journal, and when the latest was agreed to.
    pub submissions: u32,
    pub latest_submission: Option<Timestamp>,
}

/// What was put in the place of a damaged book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Where the damaged book was put; nowhere where it had gone.
    pub kept: Option<PathBuf>,
    pub recovery: Recovery,
}

/// That the book was brought back from a copy, or begun anew. Submissions since the copy are missing in it, so each
/// account's cases must be compared with it before anything is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovery {
    pub at: Timestamp,
    /// The last moment the copy knew of; absent where there was no copy.
    pub until: Option<Timestamp>,
    /// The name of the file the damaged book was kept as.
    pub kept: Option<String>,
    /// The accounts that were compared since.
    pub compared: Vec<Account>,
}

/// An account at Debitura.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Account {
    pub creditor: String,
    pub environment: String,
}

impl Account {
    pub fn new(creditor: &str, environment: Environment) -> Account {
        Account {
            creditor: creditor.to_owned(),
            environment: environment.to_string(),
        }
    }
}

const SETTING: &str = "recovery";

impl Folder {
    /// What a damaged book can be brought back from, the one that knows most first. Blocks while it reads them.
    pub fn book_copies(&self) -> Vec<BookCopy> {
        let kinds = [CopyKind::Present, CopyKind::Latest, CopyKind::Older];
        kinds
            .into_iter()
            .filter_map(|kind| read_copy(kind, &self.copy_path(kind)).ok())
            .collect()
    }

    /// Puts a copy in the place of a damaged book.
    ///
    /// # Errors
    /// [`FolderError::NoBackup`] when that copy is not there or is damaged too; the book must not be open.
    pub fn restore_book(&self, from: CopyKind, at: Timestamp) -> Result<Restored, FolderError> {
        let source = self.copy_path(from);
        let known = read_copy(from, &source).map_err(|_| FolderError::NoBackup)?;
        let fresh = self.fresh_book();
        remove_database(&fresh)?;
        let written = open_copy(&source).and_then(|source| copy(&source, &fresh));
        written.map_err(in_folder)?;
        self.replace_book(&fresh, known.until, at)
    }

    /// Puts an empty book in the place of a damaged one, for want of a copy.
    ///
    /// # Errors
    /// The book must not be open.
    pub fn begin_book_anew(&self, at: Timestamp) -> Result<Restored, FolderError> {
        let fresh = self.fresh_book();
        remove_database(&fresh)?;
        self.replace_book(&fresh, None, at)
    }

    /// Whether something tells that there was a book. Beginning one anew beside that would forget what was submitted.
    pub(crate) fn had_book(&self) -> bool {
        let book = self.file(FileKind::Book);
        [
            self.backup(),
            self.older_backup(),
            self.fresh_book(),
            witness(&book),
            damage_mark(&book),
        ]
        .iter()
        .any(|trace| trace.exists())
    }

    /// Where the next book is made ready.
    pub(crate) fn fresh_book(&self) -> PathBuf {
        self.path().join("book.restoring.db")
    }

    fn copy_path(&self, kind: CopyKind) -> PathBuf {
        match kind {
            CopyKind::Present => self.file(FileKind::Book),
            CopyKind::Latest => self.backup(),
            CopyKind::Older => self.older_backup(),
        }
    }

    fn replace_book(
        &self,
        fresh: &Path,
        until: Option<Timestamp>,
        at: Timestamp,
    ) -> Result<Restored, FolderError> {
        let book = self.file(FileKind::Book);
        let kept = (fs::metadata(&book).is_ok_and(|metadata| metadata.len() > 0)).then(|| {
            self.path()
                .join(format!("book.damaged-{}.db", at.as_millisecond()))
        });
        let name = kept.as_deref().and_then(Path::file_name);
        let recovery = Recovery {
            at,
            until,
            kept: name.map(|name| name.to_string_lossy().into_owned()),
            compared: Vec::new(),
        };
        // A book that came less far than a copy would look as if it had lost something.
        let copies = [self.backup(), self.older_backup()];
        let furthest = copies.iter().filter_map(|copy| revision_of(copy));
        let furthest = furthest.chain(noted_progress(&book)).max().unwrap_or(0);
        // Ready and on the disk before the damaged file leaves its place.
        prepare(fresh, &recovery, furthest).map_err(in_folder)?;
        fs::File::open(fresh)?.sync_all()?;
        match &kept {
            Some(kept) => move_database(&book, kept)?,
            None => remove_database(&book)?,
        }
        fs::rename(fresh, &book)?;
        sync_folder(self.path())?;
        let _absent = fs::remove_file(damage_mark(&book));
        Ok(Restored { kept, recovery })
    }
}

impl Book {
    /// That this book was put in the place of a damaged one, where it was.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn recovery(&self) -> Result<Option<Recovery>, StoreError> {
        self.get_setting(SETTING).await
    }

    /// Notes that an account's cases were compared since the recovery.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_compared(&self, account: Account) -> Result<(), StoreError> {
        self.change_setting(SETTING, move |recovery: &mut Recovery| {
            if !recovery.compared.contains(&account) {
                recovery.compared.push(account);
            }
        })
        .await
    }
}

/// Brings the book that is to take the place up to date, and writes into it why it is there.
fn prepare(path: &Path, recovery: &Recovery, furthest: i64) -> Result<(), StoreError> {
    let mut opened = Opened::open(path, &book::LAYOUT)?;
    opened.check()?;
    opened.migrate()?;
    let written = opened.connection.execute(
        "INSERT INTO settings (key, value) VALUES (?1, ?2)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (SETTING, Json(recovery)),
    );
    written
        .and_then(|_| {
            opened
                .connection
                .execute("UPDATE revision SET value = max(value, ?1) + 1", [furthest])
        })
        .map(drop)
        .map_err(|error| StoreError::from_sqlite(FileKind::Book, error))
}

fn open_copy(path: &Path) -> Result<Connection, StoreError> {
    let error = |error| StoreError::from_sqlite(FileKind::Book, error);
    let copy =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(error)?;
    database::check(&book::LAYOUT, &copy)?;
    Ok(copy)
}

fn read_copy(kind: CopyKind, path: &Path) -> Result<BookCopy, StoreError> {
    let book = open_copy(path)?;
    let written = fs::metadata(path).and_then(|metadata| metadata.modified());
    let latest = |sql| -> rusqlite::Result<Option<Timestamp>> {
        let found: Option<String> = book
            .query_row(sql, [], |row| row.get(0))
            .optional()?
            .flatten();
        Ok(found.and_then(|text| text.parse().ok()))
    };
    let read = || -> rusqlite::Result<BookCopy> {
        Ok(BookCopy {
            kind,
            written: written.ok().and_then(|at| at.try_into().ok()),
            until: latest(
                "SELECT max(at) FROM (SELECT max(updated_at) AS at FROM journal
                 UNION ALL SELECT max(at) FROM activity UNION ALL SELECT max(created) FROM workspaces)",
            )?,
            submissions: book.query_row("SELECT count(*) FROM journal", [], |row| row.get(0))?,
            latest_submission: latest("SELECT max(confirmed_at) FROM journal")?,
        })
    };
    read().map_err(|error| StoreError::from_sqlite(FileKind::Book, error))
}

fn in_folder(error: StoreError) -> FolderError {
    match error {
        StoreError::Full { .. } => FolderError::Full,
        StoreError::ReadOnly { .. } => FolderError::ReadOnly,
        error => FolderError::Io(io::Error::other(error)),
    }
}
