//! book.db: what cannot be fetched again.

mod activity;
mod adopted;
mod attachments;
mod connections;
mod corrections;
mod drafts;
mod imports;
mod journal;
mod mappings;
mod settings;
mod stages;
mod summaries;
mod undo;
mod workspaces;

use rusqlite::Connection as Sqlite;

use crate::copies::Copies;
use crate::database::{Database, Layout};
use crate::error::{FileKind, StoreError};

pub use activity::{Activity, NewActivity};
pub use adopted::AdoptedCase;
pub use attachments::{Attachment, AttachmentState};
pub use connections::{Connection, CreatedRange};
pub use corrections::{Overlays, Scope, SetAsideAt};
pub use drafts::Draft;
pub use imports::{Import, ImportState, ImportStep};
pub use journal::{Batch, ConfirmError, Entry, JournalScope, LiveEntry, NewEntry};
pub use mappings::Mapping;
pub use stages::{Answer, StageChange, StageError};
pub use summaries::BatchSummary;
pub use undo::{Change, Changed};
pub use workspaces::Workspace;

/// `fullfsync` matters on macOS only, where a plain fsync leaves the last commits in the drive's memory.
pub(crate) static LAYOUT: Layout = Layout {
    file: FileKind::Book,
    schemas: &[
        include_str!("schema/1.sql"),
        include_str!("schema/2.sql"),
        include_str!("schema/3.sql"),
    ],
    pragmas: "PRAGMA foreign_keys = ON;
        PRAGMA synchronous = FULL;
        PRAGMA fullfsync = ON;
        PRAGMA checkpoint_fullfsync = ON;
        PRAGMA trusted_schema = OFF;",
    before_commit: Some("UPDATE revision SET value = value + 1"),
    progress: Some("SELECT value FROM revision"),
};

/// How many transactions the book has seen.
pub(crate) fn revision(book: &Sqlite) -> rusqlite::Result<i64> {
    book.query_row("SELECT value FROM revision", [], |row| row.get(0))
}

/// book.db, open. A cheap handle; every method is one transaction that is on the disk when it returns.
#[derive(Clone)]
pub struct Book {
    database: Database,
}

impl Book {
    pub(crate) fn new(database: Database) -> Book {
        Book { database }
    }

    /// What was found damaged while the book is open. From then on everything is refused with it, reading too: nothing
    /// is done on the word of a damaged journal.
    pub fn damage(&self) -> Option<StoreError> {
        self.database.damage()
    }

    /// Copies the book beside itself, as at every start; the copy before is kept. To be done whenever something was
    /// written that would be missed, such as after a batch.
    ///
    /// # Errors
    /// See [`StoreError`]; the copies there are stay as they were.
    pub async fn back_up(&self) -> Result<(), StoreError> {
        let Some(folder) = self.database.path().parent() else {
            return Ok(());
        };
        let copies = Copies::of(folder);
        self.database
            .bare(move |book| Ok(copies.make(book)))
            .await?
            .map_err(|error| self.database.note(error))
    }
}
