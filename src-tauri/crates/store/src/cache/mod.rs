//! cache.db: what can be fetched again, arranged so that 100,000 invoices list, sort, filter and search at once.

mod ageing;
mod cases;
mod counted;
mod filter;
mod invoices;
mod projection;
mod query;
mod upkeep;
mod walks;
mod worth;
mod writing;

use std::path::{Path, PathBuf};

use rusqlite::{OptionalExtension, Transaction, params};

use self::counted::Counted;
use crate::column::Text;
use crate::database::{Database, Layout};
use crate::error::FileKind;
use crate::id::{ConnectionId, WorkspaceId};

pub use ageing::{Ageing, AgeingRow};
pub use cases::{CaseFilter, CaseOrder, CaseRow, CaseSortKey};
pub use filter::{Query, SortKey};
pub use invoices::{Duplicate, Record, StoredInvoice};
pub use projection::Projection;
pub use query::{InvoicePage, InvoiceRow, StateCount, Summary};
pub use walks::{Slice, SliceId, Walk, WalkBy, WalkId};
pub use worth::Worth;
pub use writing::Lot;

/// NORMAL may lose the last commits when the power fails, which costs fetching them again. The page cache of each of the
/// three connections holds two of the indexes that lists of 100,000 scan; sorting needs no files. The log is folded in
/// rarely, since every page of a source touches the same index pages.
pub(crate) static LAYOUT: Layout = Layout {
    file: FileKind::Cache,
    schemas: &[include_str!("schema/1.sql"), include_str!("schema/2.sql")],
    pragmas: "PRAGMA foreign_keys = ON;
        PRAGMA synchronous = NORMAL;
        PRAGMA cache_size = -12288;
        PRAGMA temp_store = MEMORY;
        PRAGMA wal_autocheckpoint = 8000;
        PRAGMA journal_size_limit = 67108864;
        PRAGMA trusted_schema = OFF;",
    before_commit: None,
    progress: None,
};

/// cache.db, open. A cheap handle.
#[derive(Clone)]
pub struct Cache {
    database: Database,
    counted: Counted,
}

impl Cache {
    pub(crate) fn new(database: Database) -> Cache {
        Cache {
            database,
            counted: Counted::default(),
        }
    }
}

/// Where a damaged cache is put, for whoever wants to know what happened to it.
pub(crate) fn aside(path: &Path) -> PathBuf {
    path.with_file_name("cache.aside.db")
}

/// The number that stands for a workspace, made where there is none.
fn workspace_key(tx: &Transaction<'_>, id: WorkspaceId) -> rusqlite::Result<i64> {
    if let Some(key) = known_workspace(tx, id)? {
        return Ok(key);
    }
    tx.prepare_cached("INSERT INTO workspaces (id) VALUES (?1)")?
        .insert([Text(id)])
}

/// The number that stands for a workspace.
fn known_workspace(tx: &Transaction<'_>, id: WorkspaceId) -> rusqlite::Result<Option<i64>> {
    tx.prepare_cached("SELECT key FROM workspaces WHERE id = ?1")?
        .query_row([Text(id)], |row| row.get(0))
        .optional()
}

/// The numbers that stand for a connection and its workspace, made where there are none.
fn connection_key(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    id: ConnectionId,
) -> rusqlite::Result<(i64, i64)> {
    let workspace = workspace_key(tx, workspace)?;
    let known = known_connection(tx, id)?;
    let connection = match known {
        Some(key) => key,
        None => tx
            .prepare_cached("INSERT INTO connections (id, workspace) VALUES (?1, ?2)")?
            .insert(params![Text(id), workspace])?,
    };
    Ok((connection, workspace))
}

/// The number that stands for a connection.
fn known_connection(tx: &Transaction<'_>, id: ConnectionId) -> rusqlite::Result<Option<i64>> {
    tx.prepare_cached("SELECT key FROM connections WHERE id = ?1")?
        .query_row([Text(id)], |row| row.get(0))
        .optional()
}
