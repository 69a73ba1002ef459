//! The copies of the book beside it: the latest, and the one before.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::book;
use crate::database;
use crate::error::{FileKind, StoreError};

/// Where the copies of a book lie.
#[derive(Debug, Clone)]
pub(crate) struct Copies {
    folder: PathBuf,
}

impl Copies {
    pub fn of(folder: &Path) -> Copies {
        Copies {
            folder: folder.to_owned(),
        }
    }

    pub fn latest(&self) -> PathBuf {
        self.folder.join("book.backup.db")
    }

    /// The copy before the latest.
    pub fn older(&self) -> PathBuf {
        self.folder.join("book.backup.1.db")
    }

    /// Copies the book unless the latest copy already says the same. Complete on the disk before it takes its place, and
    /// the copy before it is kept. A book with damage is not copied: two such copies would leave no good one.
    pub fn make(&self, book: &Connection) -> Result<(), StoreError> {
        let io = |error| StoreError::from_io(FileKind::Book, &error);
        let latest = self.latest();
        let copied = revision_of(&latest);
        if copied.is_some() && copied == book::revision(book).ok() {
            return Ok(());
        }
        database::check(&book::LAYOUT, book)?;
        let fresh = self.folder.join("book.backing-up.db");
        copy(book, &fresh)?;
        if latest.exists() {
            fs::rename(&latest, self.older()).map_err(io)?;
        }
        fs::rename(&fresh, &latest)
            .and_then(|()| sync_folder(&self.folder))
            .map_err(io)
    }
}

/// How many transactions a book has seen, where there is one that can be read.
pub(crate) fn revision_of(path: &Path) -> Option<i64> {
    let book = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
    book::revision(&book).ok()
}

/// Writes what one moment of a book says to a file of its own, which is on the disk afterwards.
pub(crate) fn copy(book: &Connection, to: &Path) -> Result<(), StoreError> {
    let _absent = fs::remove_file(to);
    let target = to.to_str().ok_or_else(|| StoreError::CannotOpen {
        file: FileKind::Book,
        detail: "the path of the data folder is not Unicode".into(),
    })?;
    book.execute("VACUUM INTO ?1", [target])
        .map_err(|error| StoreError::from_sqlite(FileKind::Book, error))?;
    File::open(to)
        .and_then(|file| file.sync_all())
        .map_err(|error| StoreError::from_io(FileKind::Book, &error))
}

/// Makes the names in a folder durable, where the system has such a step.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
