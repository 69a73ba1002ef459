//! What can go wrong with the files, by what the user can do about it.

use std::fmt;
use std::io;

use rusqlite::ErrorCode;

/// One of the two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    Book,
    Cache,
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FileKind::Book => "book.db",
            FileKind::Cache => "cache.db",
        })
    }
}

/// Why the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another process owns it; ask that one, or wait.
    #[error("the data folder is in use by another process")]
    Locked,
    /// We may not write there.
    #[error("the data folder cannot be written to")]
    ReadOnly,
    /// The path names something that is not a folder.
    #[error("the data folder is not a folder")]
    NotAFolder,
    #[error("the disk of the data folder is full")]
    Full,
    /// There is no backup to restore.
    #[error("there is no backup of the book")]
    NoBackup,
    #[error("the data folder cannot be used: {0}")]
    Io(#[source] io::Error),
}

impl From<io::Error> for FolderError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                FolderError::ReadOnly
            }
            io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => FolderError::NotAFolder,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FolderError::Full,
            _ => FolderError::Io(error),
        }
    }
}

/// Why a file did not do what it was asked. Nothing is half done: whatever fails is rolled back.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Written by a newer version of the application, and left as it is.
    #[error("{file} was written by a newer version (schema {found}, this version knows {known})")]
    Newer {
        file: FileKind,
        found: u32,
        known: u32,
    },
    /// Not a database, or one whose pages contradict each other. Left as it is.
    #[error("{file} is damaged: {detail}")]
    Damaged { file: FileKind, detail: String },
    #[error("{file} cannot be written to")]
    ReadOnly { file: FileKind },
    #[error("the disk is full; {file} was not changed")]
    Full { file: FileKind },
    /// Another program holds the file, such as a backup or a database viewer.
    #[error("{file} is being used by another program")]
    Busy { file: FileKind },
    #[error("{file} cannot be opened: {detail}")]
    CannotOpen { file: FileKind, detail: String },
    #[error("{file} could not be read or written: {detail}")]
    Io { file: FileKind, detail: String },
    /// A row that this version cannot read, though the file is sound.
    #[error("{file} holds a row this version cannot read: {detail}")]
    Unreadable { file: FileKind, detail: String },
    /// The row that was to be changed is not there.
    #[error("{file} has no such {what}")]
    Absent { file: FileKind, what: &'static str },
    /// The file was closed, or the work on it was given up.
    #[error("{file} is closed")]
    Closed { file: FileKind },
    /// A statement the file refused: a constraint, or a defect of ours.
    #[error("{file} refused: {detail}")]
    Refused { file: FileKind, detail: String },
}

impl StoreError {
    /// The file it is about.
    pub fn file(&self) -> FileKind {
        match self {
            StoreError::Newer { file, .. }
            | StoreError::Damaged { file, .. }
            | StoreError::ReadOnly { file }
            | StoreError::Full { file }
            | StoreError::Busy { file }
            | StoreError::CannotOpen { file, .. }
            | StoreError::Io { file, .. }
            | StoreError::Unreadable { file, .. }
            | StoreError::Absent { file, .. }
            | StoreError::Closed { file }
            | StoreError::Refused { file, .. } => *file,
        }
    }

    /// SQLite's result codes in the words above.
    pub(crate) fn from_sqlite(file: FileKind, error: rusqlite::Error) -> StoreError {
        use rusqlite::Error;
        match &error {
            Error::SqliteFailure(failure, message) => {
                // SQLite's own words name pages, tables and constraints, never values.
                let detail = message.clone().unwrap_or_else(|| failure.to_string());
                match failure.code {
                    ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
                        StoreError::Damaged { file, detail }
                    }
                    ErrorCode::ReadOnly | ErrorCode::PermissionDenied => {
                        StoreError::ReadOnly { file }
                    }
                    ErrorCode::DiskFull => StoreError::Full { file },
                    ErrorCode::DatabaseBusy
                    | ErrorCode::DatabaseLocked
                    | ErrorCode::FileLockingProtocolFailed => StoreError::Busy { file },
                    ErrorCode::CannotOpen => StoreError::CannotOpen { file, detail },
                    ErrorCode::SystemIoFailure | ErrorCode::NoLargeFileSupport => {
                        StoreError::Io { file, detail }
                    }
                    _ => StoreError::Refused { file, detail },
                }
            }
            Error::FromSqlConversionFailure(column, ..)
            | Error::IntegralValueOutOfRange(column, _)
            | Error::Utf8Error(column, _) => StoreError::Unreadable {
                file,
                detail: format!("column {column}"),
            },
            Error::InvalidColumnType(_, name, kind) => StoreError::Unreadable {
                file,
                detail: format!("{name} is {kind}"),
            },
            Error::QueryReturnedNoRows => StoreError::Absent { file, what: "row" },
            _ => StoreError::Refused {
                file,
                detail: error.to_string(),
            },
        }
    }

    pub(crate) fn from_io(file: FileKind, error: &io::Error) -> StoreError {
        match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                StoreError::ReadOnly { file }
            }
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full { file },
            _ => StoreError::Io {
                file,
                detail: error.to_string(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::{Connection, ffi};

    use super::*;

    fn of(sql: &str, connection: &Connection) -> StoreError {
        let error = connection.execute_batch(sql).unwrap_err();
        StoreError::from_sqlite(FileKind::Book, error)
    }

    #[test]
    fn what_sqlite_says_becomes_what_the_user_can_mend() {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch("CREATE TABLE t (x UNIQUE); INSERT INTO t VALUES (1);")
            .unwrap();
        let twice = of("INSERT INTO t VALUES (1)", &connection);
        assert!(matches!(twice, StoreError::Refused { .. }), "{twice}");
        connection
            .execute_batch("PRAGMA max_page_count = 3")
            .unwrap();
        let full = of("INSERT INTO t VALUES (randomblob(100000))", &connection);
        assert!(matches!(full, StoreError::Full { .. }), "{full}");
        connection.execute_batch("PRAGMA query_only = ON").unwrap();
        let read_only = of("DELETE FROM t", &connection);
        assert!(
            matches!(read_only, StoreError::ReadOnly { .. }),
            "{read_only}"
        );
        for (code, expected) in [
            (ffi::SQLITE_CORRUPT, "damaged"),
            (ffi::SQLITE_NOTADB, "damaged"),
            (ffi::SQLITE_BUSY_SNAPSHOT, "another program"),
            (ffi::SQLITE_READONLY_DBMOVED, "cannot be written"),
            (ffi::SQLITE_CANTOPEN_ISDIR, "cannot be opened"),
            (ffi::SQLITE_IOERR_FSYNC, "could not be read or written"),
            (ffi::SQLITE_FULL, "full"),
        ] {
            let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            let error = StoreError::from_sqlite(FileKind::Cache, error);
            assert!(error.to_string().contains(expected), "{code}: {error}");
            assert_eq!(error.file(), FileKind::Cache);
        }
    }
}
