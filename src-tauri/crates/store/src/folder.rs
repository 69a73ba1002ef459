//! The data folder: its lock, its two files, and the copies of the book.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::book::{self, Book};
use crate::cache::{self, Cache};
use crate::checkpoint::Checkpoint;
use crate::copies::Copies;
use crate::database::{Opened, damage_mark, move_database, remove_database};
use crate::error::{FileKind, FolderError, StoreError};

/// The data folder, owned by this process until the last of `Folder`, [`Book`] and [`Cache`] is dropped.
#[derive(Clone)]
pub struct Folder {
    path: PathBuf,
    lock: Arc<File>,
    checkpoint: Checkpoint,
}

impl Folder {
    /// Makes the folder where there is none, readable by its owner only, and takes its lock.
    ///
    /// # Errors
    /// [`FolderError::Locked`] while another process owns it.
    pub fn open(path: impl Into<PathBuf>) -> Result<Folder, FolderError> {
        let path = path.into();
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path)?;
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let lock = options.open(path.join("desk.lock"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Folder {
                path,
                lock: Arc::new(lock),
                checkpoint: Checkpoint::default(),
            }),
            Err(TryLockError::WouldBlock) => Err(FolderError::Locked),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// The same, telling a checkpoint of every commit of the files opened from here.
    #[must_use]
    pub fn passing(self, checkpoint: Checkpoint) -> Folder {
        Folder { checkpoint, ..self }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of one of the files.
    pub fn file(&self, file: FileKind) -> PathBuf {
        self.path.join(file.to_string())
    }

    /// The latest copy of the book; there is none before the second start or the first finished batch.
    pub fn backup(&self) -> PathBuf {
        self.copies().latest()
    }

    /// The copy before the latest.
    pub fn older_backup(&self) -> PathBuf {
        self.copies().older()
    }

    fn copies(&self) -> Copies {
        Copies::of(&self.path)
    }

    /// Opens the book: checks every page, copies it when it changed since the last copy, then brings its schema up to
    /// date. Blocks for as long as that takes.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], also when the file has gone though there is a copy, and [`StoreError::Newer`] leave file
    /// and copies as they are.
    pub fn book(&self) -> Result<Book, StoreError> {
        let path = self.file(FileKind::Book);
        // Beginning anew would forget what was submitted, and offer it again.
        let is_empty = fs::metadata(&path).map_or(true, |metadata| metadata.len() == 0);
        if is_empty && self.had_book() {
            return Err(StoreError::Damaged {
                file: FileKind::Book,
                detail: "it is missing, though there was one".into(),
            });
        }
        let opened = Opened::open(&path, &book::LAYOUT)?;
        if damage_mark(&path).exists() {
            opened.check_closely()?;
        }
        opened.check()?;
        match opened.version()? {
            0 => {}
            version if version < opened.known() => self.copies().make(&opened.connection)?,
            // Nothing is about to happen to it, so a full disk need not keep anyone from reading it.
            _ => self
                .copies()
                .make(&opened.connection)
                .unwrap_or_else(|error| tracing::warn!(%error, "the book was not copied")),
        }
        let _absent = fs::remove_file(damage_mark(&path));
        let _absent = remove_database(&self.fresh_book());
        opened
            .start(self.lock.clone(), self.checkpoint.clone())
            .map(Book::new)
    }

    /// Opens the cache. One that is damaged, or was found damaged while in use, is put aside and begun anew.
    ///
    /// # Errors
    /// [`StoreError::Newer`] leaves the file as it is; damage is not an error here.
    pub fn cache(&self) -> Result<Cache, StoreError> {
        let path = self.file(FileKind::Cache);
        if damage_mark(&path).exists() {
            self.put_cache_aside(&path)?;
        }
        match self.open_cache(&path) {
            Err(StoreError::Damaged { detail, .. }) => {
                tracing::warn!(%detail, "the cache is damaged and is rebuilt");
                self.put_cache_aside(&path)?;
                self.open_cache(&path)
            }
            outcome => outcome,
        }
        .map(Cache::new)
    }

    fn open_cache(&self, path: &Path) -> Result<crate::database::Database, StoreError> {
        Opened::open(path, &cache::LAYOUT)?.start(self.lock.clone(), self.checkpoint.clone())
    }

    fn put_cache_aside(&self, path: &Path) -> Result<(), StoreError> {
        move_database(path, &cache::aside(path))
            .map_err(|error| StoreError::from_io(FileKind::Cache, &error))?;
        let _absent = fs::remove_file(damage_mark(path));
        Ok(())
    }
}
