//! Whether a file can still be trusted: what was found damaged is not written any more, and a number outside the file
//! tells how far it had come.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use rusqlite::{Connection, ffi};

use super::{Layout, with_suffix};
use crate::error::StoreError;

/// Shared by the threads of one file.
pub(super) struct Health {
    layout: &'static Layout,
    path: PathBuf,
    damage: OnceLock<String>,
    witness: Option<Mutex<File>>,
}

impl Health {
    pub fn of(path: &Path, layout: &'static Layout) -> Result<Health, StoreError> {
        let open = |path: PathBuf| {
            let mut options = OpenOptions::new();
            options.create(true).truncate(false).read(true).write(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            options.open(path)
        };
        let witness = layout
            .progress
            .map(|_| open(witness(path)))
            .transpose()
            .map_err(|error| StoreError::from_io(layout.file, &error))?;
        Ok(Health {
            layout,
            path: path.to_owned(),
            damage: OnceLock::new(),
            witness: witness.map(Mutex::new),
        })
    }

    /// What was found, in a file that is not used any more because of it.
    pub fn damage(&self) -> Option<StoreError> {
        self.damage.get().map(|detail| StoreError::Damaged {
            file: self.layout.file,
            detail: detail.clone(),
        })
    }

    /// Refuses to go on with a file in which damage was found.
    pub fn trusted(&self) -> rusqlite::Result<()> {
        match self.damage.get() {
            Some(detail) => Err(corrupt(detail)),
            None => Ok(()),
        }
    }

    /// Refuses to commit to a file that nobody will find again. The system keeps a removed file alive for those that
    /// have it open, so that every write seems to succeed.
    pub fn in_place(&self) -> rusqlite::Result<()> {
        if self.layout.progress.is_none() {
            return Ok(());
        }
        for path in [self.path.clone(), with_suffix(&self.path, "-wal")] {
            if !path.exists() {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                return Err(corrupt(&format!("{name} was removed while in use")));
            }
        }
        Ok(())
    }

    /// How far the file has come within a transaction, to be noted once that is committed.
    pub fn progress(&self, transaction: &Connection) -> rusqlite::Result<Option<i64>> {
        let read = |sql| {
            transaction
                .prepare_cached(sql)?
                .query_row([], |row| row.get(0))
        };
        self.layout.progress.map(read).transpose()
    }

    /// Notes how far the file has come. Not synchronised: after a power failure the number may be behind the file, and
    /// never ahead of it.
    pub fn note_progress(&self, progress: Option<i64>) {
        let (Some(progress), Some(file)) = (progress, &self.witness) else {
            return;
        };
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        let written = file
            .seek(SeekFrom::Start(0))
            .and_then(|_| writeln!(file, "{progress:020}"));
        if let Err(error) = written {
            tracing::warn!(%error, "how far the file has come was not noted");
        }
    }

    /// Remembers damage, and leaves a mark beside the file for whoever opens it next.
    pub fn note(&self, error: StoreError) -> StoreError {
        if let StoreError::Damaged { detail, .. } = &error {
            let _unwritable = fs::write(damage_mark(&self.path), b"");
            // A cache is only shown; it goes on with what can be read of it.
            if self.layout.progress.is_some() {
                let _known = self.damage.set(detail.clone());
            }
        }
        error
    }
}

/// Refuses a file that has come less far than was noted, as when its log was removed or an old one was put in its place.
pub(super) fn refuse_fallen_back(
    path: &Path,
    layout: &'static Layout,
    connection: &Connection,
) -> Result<(), StoreError> {
    let (Some(sql), Some(noted)) = (layout.progress, noted_progress(path)) else {
        return Ok(());
    };
    // Without its log a young file is empty, though sound.
    let come: i64 = match super::version(connection).map_err(|error| layout.error(error))? {
        0 => 0,
        _ => connection
            .query_row(sql, [], |row| row.get(0))
            .map_err(|error| layout.error(error))?,
    };
    if come < noted {
        return Err(StoreError::Damaged {
            file: layout.file,
            detail: format!("its last {} changes are missing", noted - come),
        });
    }
    Ok(())
}

/// How far a file had come, as far as it was noted.
pub(crate) fn noted_progress(path: &Path) -> Option<i64> {
    let mut text = String::new();
    File::open(witness(path))
        .ok()?
        .read_to_string(&mut text)
        .ok()?;
    text.trim().parse().ok()
}

/// Where it is noted how far a file has come.
pub(crate) fn witness(path: &Path) -> PathBuf {
    path.with_extension("progress")
}

/// The mark of damage found in use.
pub(crate) fn damage_mark(path: &Path) -> PathBuf {
    path.with_extension("damaged")
}

fn corrupt(detail: &str) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(
        ffi::Error::new(ffi::SQLITE_CORRUPT),
        Some(detail.to_owned()),
    )
}
