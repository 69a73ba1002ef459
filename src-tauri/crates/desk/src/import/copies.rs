//! The copies of imported files: a file is copied as it is opened, so that nothing is lost when it moves, and the copy goes
//! with the import.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::blocking;
use crate::FailureCode;
use crate::office::Office;
use crate::refusals::sentence;
use crate::wire::Failure;

/// A file copied into the data folder.
pub(super) struct Copied {
    /// Of the import it is to be.
    pub id: String,
    pub file_name: String,
    pub bytes: u64,
    pub sha256: String,
}

impl Office {
    /// Copies a file under the name of a new import.
    pub(super) async fn copy_in(&self, path: &Path) -> Result<Copied, Failure> {
        let id = uuid::Uuid::new_v4().simple().to_string()[..12].to_owned();
        let file_name = name_of(path);
        let (from, to) = (path.to_owned(), self.import_file_path(&id, &file_name));
        let copied = blocking(move || copy(&from, &to)).await?;
        let (bytes, sha256) = copied.map_err(|error| {
            Failure::about(FailureCode::TableUnreadable, &file_name)
                .because(sentence(&error.to_string()))
        })?;
        Ok(Copied {
            id,
            file_name,
            bytes,
            sha256,
        })
    }

    /// Where the copy of an imported file lies.
    pub(super) fn import_file_path(&self, id: &str, file_name: &str) -> PathBuf {
        let extension = Path::new(file_name)
            .extension()
            .map(|extension| extension.to_string_lossy().to_ascii_lowercase())
            .filter(|extension| {
                extension.len() <= 5 && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
            });
        let extension = extension.unwrap_or_else(|| "txt".to_owned());
        self.copies().join(format!("{id}.{extension}"))
    }

    /// Removes the copy of a file. What stays behind is removed at the next start.
    pub(crate) async fn forget_copy(&self, id: &str, file_name: &str) {
        self.tables.forget();
        let path = self.import_file_path(id, file_name);
        if let Err(error) = tokio::fs::remove_file(&path).await
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "the copy of an imported file was not removed");
        }
    }

    /// Removes copies that belong to no import, before any is opened.
    pub(super) async fn forget_stray_copies(&self) -> Result<(), Failure> {
        let known = self.book.imports_with_files().await?;
        let copies = self.copies();
        let removed = blocking(move || {
            let Ok(entries) = fs::read_dir(copies) else {
                return 0;
            };
            let is_stray = |entry: &fs::DirEntry| {
                let path = entry.path();
                let id = path.file_stem().map(|stem| stem.to_string_lossy());
                !id.is_some_and(|id| known.contains(&*id))
            };
            let stray = entries.flatten().filter(is_stray);
            stray
                .filter(|entry| fs::remove_file(entry.path()).is_ok())
                .count()
        });
        let removed = removed.await?;
        if removed > 0 {
            tracing::info!(removed, "copies of files that are no imports were removed");
        }
        Ok(())
    }

    fn copies(&self) -> PathBuf {
        self.setup.data_dir.join("imports")
    }
}

pub(super) fn name_of(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// Copies a file, readable by its owner only, and takes its size and sum on the way.
fn copy(from: &Path, to: &Path) -> io::Result<(u64, String)> {
    // Some systems open folders, others refuse with words that do not say why.
    if fs::metadata(from)?.is_dir() {
        return Err(io::Error::other("it is a folder, not a file"));
    }
    let mut from = File::open(from)?;
    if !from.metadata()?.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(to)?;
    let copied = copy_all(&mut from, &mut out);
    if copied.is_err() {
        let _ = fs::remove_file(to);
    }
    copied
}

fn copy_all(from: &mut File, to: &mut File) -> io::Result<(u64, String)> {
    let (mut sum, mut bytes) = (Sha256::new(), 0);
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        sum.update(&buffer[..read]);
        to.write_all(&buffer[..read])?;
        bytes += read as u64;
    }
    to.sync_all()?;
    let sum = sum.finalize();
    let sha256 = sum.iter().map(|byte| format!("{byte:02x}"));
    Ok((bytes, sha256.collect()))
}
