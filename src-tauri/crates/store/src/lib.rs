//! What the application keeps on this computer: two SQLite files and the system keychain. No rules of the trade, no
//! network, no clock: times, days and identifiers are passed in.
//!
//! [`Book`] holds what cannot be fetched again (journal, corrections, settings, imported rows); it is synchronised to the
//! disk at every commit and backed up. [`Cache`] holds what can be fetched again and is thrown away whenever that is
//! simpler. [`Folder`] is the directory of both, and the lock that makes this process their only owner.
//! [`Keychain`] holds the secrets, which are never in either file.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod book;
mod cache;
mod checkpoint;
mod column;
mod copies;
mod database;
mod error;
mod fold;
mod folder;
mod id;
mod keychain;
mod recovery;

pub use book::{
    Activity, AdoptedCase, Answer, Attachment, AttachmentState, Batch, BatchSummary, Book, Change,
    Changed, ConfirmError, Connection, CreatedRange, Draft, Entry, Import, ImportState, ImportStep,
    JournalScope, LiveEntry, Mapping, NewActivity, NewEntry, Overlays, Scope, SetAsideAt,
    StageChange, StageError, Workspace,
};
pub use cache::{
    Ageing, AgeingRow, Cache, CaseFilter, CaseOrder, CaseRow, CaseSortKey, Duplicate, InvoicePage,
    InvoiceRow, Lot, Projection, Query, Record, Slice, SliceId, SortKey, StateCount, StoredInvoice,
    Summary, Walk, WalkBy, WalkId, Worth,
};
pub use checkpoint::{Checkpoint, Pass, Side};
pub use error::{FileKind, FolderError, StoreError};
pub use folder::Folder;
pub use id::{BatchId, ConnectionId, EntryId, Environment, WorkspaceId};
pub use keychain::{Keychain, KeychainError, Unavailable};
pub use recovery::{Account, BookCopy, CopyKind, Recovery, Restored};
