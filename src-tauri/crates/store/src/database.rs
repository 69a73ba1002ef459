//! One SQLite file, its only writer and its readers.
//!
//! A thread owns the writing connection and takes work from a channel, so that there is one writer without a lock around
//! a connection; two more threads own read-only connections. Work that was sent is done even when the one who sent it
//! stops waiting. Every piece of work is one transaction: it happens wholly or not at all, and reads see one moment.

mod files;
mod health;

use std::fs::{self, OpenOptions};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use rusqlite_migration::Migrations;
use tokio::sync::oneshot;

use crate::checkpoint::Checkpoint;
use crate::error::{FileKind, StoreError};

pub(crate) use files::{move_database, remove_database, with_suffix};
use health::Health;
pub(crate) use health::{damage_mark, noted_progress, witness};

/// What distinguishes the two files.
pub(crate) struct Layout {
    pub file: FileKind,
    /// Every schema ever released, oldest first; the position is the version.
    pub schemas: &'static [&'static str],
    /// Settings of each connection.
    pub pragmas: &'static str,
    /// Run in each writing transaction just before it commits.
    pub before_commit: Option<&'static str>,
    /// Reads a number that rises with every commit, for a file whose last commits must not vanish unnoticed.
    pub progress: Option<&'static str>,
}

impl Layout {
    fn known(&self) -> u32 {
        u32::try_from(self.schemas.len()).unwrap_or(u32::MAX)
    }

    fn error(&self, error: rusqlite::Error) -> StoreError {
        StoreError::from_sqlite(self.file, error)
    }
}

const READERS: usize = 2;

type Work = Box<dyn FnOnce(&mut Connection) + Send>;

/// A cheap handle; the file is closed when the last one is dropped.
#[derive(Clone)]
pub(crate) struct Database(Arc<Threads>);

struct Threads {
    layout: &'static Layout,
    path: PathBuf,
    health: Arc<Health>,
    commits: Arc<AtomicU64>,
    checkpoint: Checkpoint,
    write: Option<mpsc::Sender<Work>>,
    read: Option<mpsc::Sender<Work>>,
    writer: Option<JoinHandle<()>>,
    readers: Vec<JoinHandle<()>>,
}

/// A connection that may write, opened and checked but not yet brought up to date.
pub(crate) struct Opened {
    layout: &'static Layout,
    path: PathBuf,
    pub connection: Connection,
}

impl Opened {
    /// Opens the file, or makes an empty one.
    ///
    /// # Errors
    /// [`StoreError::Newer`] and missing changes before a single byte is written; otherwise what SQLite says.
    pub fn open(path: &Path, layout: &'static Layout) -> Result<Opened, StoreError> {
        let file = layout.file;
        if fs::metadata(path).is_ok_and(|metadata| metadata.len() > 0) {
            refuse_unharmed(path, layout)?;
        } else {
            create_private(path).map_err(|error| StoreError::from_io(file, &error))?;
        }
        let connection = Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )
        .and_then(|connection| {
            connection.busy_timeout(Duration::from_secs(5))?;
            connection.set_prepared_statement_cache_capacity(128);
            connection.execute_batch("PRAGMA journal_mode = WAL;")?;
            connection.execute_batch(layout.pragmas)?;
            Ok(connection)
        })
        .map_err(|error| layout.error(error))?;
        // SQLite opens what it may not write for reading only, and says so at the first write.
        if connection
            .is_readonly(rusqlite::MAIN_DB)
            .map_err(|error| layout.error(error))?
        {
            return Err(StoreError::ReadOnly { file });
        }
        Ok(Opened {
            layout,
            path: path.to_owned(),
            connection,
        })
    }

    /// Reads every page once. Cheap beside the cost of writing into a file that contradicts itself.
    pub fn check(&self) -> Result<(), StoreError> {
        check(self.layout, &self.connection)
    }

    /// Compares every index with its table as well, for a file in which damage was seen.
    pub fn check_closely(&self) -> Result<(), StoreError> {
        verdict(self.layout, &self.connection, "PRAGMA integrity_check(1)")
    }

    pub fn version(&self) -> Result<u32, StoreError> {
        version(&self.connection).map_err(|error| self.layout.error(error))
    }

    /// The newest version we know.
    pub fn known(&self) -> u32 {
        self.layout.known()
    }

    /// Applies the missing schemas, each in its own transaction, and starts the threads.
    pub fn start(
        mut self,
        keep: Arc<dyn Send + Sync>,
        checkpoint: Checkpoint,
    ) -> Result<Database, StoreError> {
        self.migrate()?;
        let layout = self.layout;
        let health = Arc::new(Health::of(&self.path, layout)?);
        health.note_progress(
            health
                .progress(&self.connection)
                .map_err(|error| layout.error(error))?,
        );
        let (write, writes) = mpsc::channel();
        let (read, reads) = mpsc::channel();
        let reads = Arc::new(Mutex::new(reads));
        let mut readers = Vec::with_capacity(READERS);
        for _ in 0..READERS {
            let connection = reader(&self.path, layout).map_err(|error| layout.error(error))?;
            let reads = Arc::clone(&reads);
            readers.push(spawn(layout, "read", move || {
                serve(connection, || {
                    reads
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .recv()
                        .ok()
                });
            })?);
        }
        let connection = self.connection;
        let writer = spawn(layout, "write", move || {
            serve(connection, || writes.recv().ok());
            // The folder's lock is let go only after the file is closed.
            drop(keep);
        })?;
        Ok(Database(Arc::new(Threads {
            layout,
            path: self.path,
            health,
            commits: Arc::default(),
            checkpoint,
            write: Some(write),
            read: Some(read),
            writer: Some(writer),
            readers,
        })))
    }

    /// Applies the missing schemas, each in its own transaction.
    pub fn migrate(&mut self) -> Result<(), StoreError> {
        let migrations = Migrations::new(
            self.layout
                .schemas
                .iter()
                .copied()
                .map(rusqlite_migration::M::up)
                .collect(),
        );
        for version in self.version()?..self.layout.known() {
            migrations
                .to_version(&mut self.connection, version as usize + 1)
                .map_err(|error| match error {
                    rusqlite_migration::Error::RusqliteError { err, .. } => self.layout.error(err),
                    other => StoreError::Refused {
                        file: self.layout.file,
                        detail: other.to_string(),
                    },
                })?;
        }
        Ok(())
    }
}

impl Database {
    /// Runs `work` in a transaction that sees one moment and cannot write.
    pub async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    {
        let job = move |connection: &mut Connection| {
            let transaction = connection.transaction()?;
            work(&transaction)
        };
        self.send(self.0.read.as_ref(), job).await
    }

    /// Runs `work` in a writing transaction and commits it, unless it fails.
    pub async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    {
        enum Never {}
        let done = self.attempt(move |transaction| work(transaction).map(Ok::<T, Never>));
        match done.await? {
            Ok(value) => Ok(value),
            Err(never) => match never {},
        }
    }

    /// Like [`Database::write`], for work that may refuse for a reason of its own; then nothing is changed either.
    pub async fn attempt<T, R, F>(&self, work: F) -> Result<Result<T, R>, StoreError>
    where
        T: Send + 'static,
        R: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> rusqlite::Result<Result<T, R>> + Send + 'static,
    {
        let layout = self.0.layout;
        let health = Arc::clone(&self.0.health);
        let commits = Arc::clone(&self.0.commits);
        let checkpoint = self.0.checkpoint.clone();
        let job = move |connection: &mut Connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let outcome = work(&transaction)?;
            if outcome.is_ok() {
                if let Some(sql) = layout.before_commit {
                    transaction.execute_batch(sql)?;
                }
                let progress = health.progress(&transaction)?;
                health.in_place()?;
                transaction.commit()?;
                health.note_progress(progress);
                commits.fetch_add(1, Ordering::Release);
                checkpoint.committed(layout.file);
            }
            Ok(outcome)
        };
        self.send(self.0.write.as_ref(), job).await
    }

    /// Runs `work` on the writing connection outside a transaction, for what SQLite does only there.
    pub async fn bare<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let commits = Arc::clone(&self.0.commits);
        let job = move |connection: &mut Connection| {
            let outcome = work(connection);
            commits.fetch_add(1, Ordering::Release);
            outcome
        };
        self.send(self.0.write.as_ref(), job).await
    }

    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Counts what was written. What was read after asking for this number still holds while the number stays: it rises
    /// before a writer is told that its work is done.
    pub fn commits(&self) -> u64 {
        self.0.commits.load(Ordering::Acquire)
    }

    pub fn absent(&self, what: &'static str) -> StoreError {
        StoreError::Absent {
            file: self.0.layout.file,
            what,
        }
    }

    /// Damage is noted by the thread that finds it, before it takes up what waits behind.
    async fn send<T, F>(&self, to: Option<&mpsc::Sender<Work>>, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let layout = self.0.layout;
        let health = Arc::clone(&self.0.health);
        let closed = StoreError::Closed { file: layout.file };
        let (reply, answer) = oneshot::channel();
        let work: Work = Box::new(move |connection| {
            let outcome = health.trusted().and_then(|()| job(connection));
            let _gone = reply.send(outcome.map_err(|error| health.note(layout.error(error))));
        });
        match to.map(|sender| sender.send(work)) {
            Some(Ok(())) => answer.await.map_err(|_| closed)?,
            _ => Err(closed),
        }
    }

    /// What was found damaged while in use.
    pub fn damage(&self) -> Option<StoreError> {
        self.0.health.damage()
    }

    /// Remembers damage that was found by other means.
    pub fn note(&self, error: StoreError) -> StoreError {
        self.0.health.note(error)
    }
}

impl Drop for Threads {
    /// Readers first, so that the writer is the last to close and folds the log into the file.
    fn drop(&mut self) {
        drop(self.read.take());
        for reader in self.readers.drain(..) {
            let _panicked = reader.join();
        }
        drop(self.write.take());
        if let Some(writer) = self.writer.take() {
            let _panicked = writer.join();
        }
    }
}

/// Serves until the channel closes. Work that panics is given up and rolled back; the next is served all the same.
fn serve(mut connection: Connection, mut next: impl FnMut() -> Option<Work>) {
    while let Some(work) = next() {
        if catch_unwind(AssertUnwindSafe(|| work(&mut connection))).is_err() {
            tracing::error!("work on the database panicked and was rolled back");
        }
    }
}

fn spawn(
    layout: &Layout,
    role: &str,
    run: impl FnOnce() + Send + 'static,
) -> Result<JoinHandle<()>, StoreError> {
    thread::Builder::new()
        .name(format!("{} {role}", layout.file))
        .spawn(run)
        .map_err(|error| StoreError::from_io(layout.file, &error))
}

fn reader(path: &Path, layout: &Layout) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(128);
    connection.execute_batch(layout.pragmas)?;
    Ok(connection)
}

/// Reads every page once.
pub(crate) fn check(layout: &Layout, connection: &Connection) -> Result<(), StoreError> {
    verdict(layout, connection, "PRAGMA quick_check(1)")
}

fn verdict(layout: &Layout, connection: &Connection, how: &str) -> Result<(), StoreError> {
    let verdict: String = connection
        .query_row(how, [], |row| row.get(0))
        .map_err(|error| layout.error(error))?;
    match verdict.as_str() {
        "ok" => Ok(()),
        _ => Err(StoreError::Damaged {
            file: layout.file,
            detail: verdict,
        }),
    }
}

fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Refuses what a newer version wrote, and what has lost its last changes. Looks through a read-only connection, since
/// even choosing the journal mode would write.
fn refuse_unharmed(path: &Path, layout: &'static Layout) -> Result<(), StoreError> {
    let error = |error| layout.error(error);
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(error)?;
    let found = version(&connection).map_err(error)?;
    let known = layout.known();
    if found > known {
        return Err(StoreError::Newer {
            file: layout.file,
            found,
            known,
        });
    }
    health::refuse_fallen_back(path, layout, &connection)
}

/// SQLite gives its log files the permissions of the database, so this one decides for all.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

#[cfg(test)]
mod tests;
