//! The files of a database: itself, its log, and the index of its log.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Moves a database with its log, whose last commits belong to it.
pub(crate) fn move_database(from: &Path, to: &Path) -> io::Result<()> {
    // A log left from before would be read as part of the file moved here now.
    remove_database(to)?;
    for (from, to) in files_of(from).zip(files_of(to)) {
        fs::rename(from, to).or_else(unless_absent)?;
    }
    Ok(())
}

/// Removes a database with its log, where there is one.
pub(crate) fn remove_database(path: &Path) -> io::Result<()> {
    files_of(path).try_for_each(|file| fs::remove_file(file).or_else(unless_absent))
}

fn files_of(path: &Path) -> impl Iterator<Item = PathBuf> {
    ["", "-wal", "-shm"]
        .into_iter()
        .map(|suffix| with_suffix(path, suffix))
}

/// The name of a file that belongs to a database.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn unless_absent(error: io::Error) -> io::Result<()> {
    match error.kind() {
        io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    }
}
