//! Files of invoices: opened as a copy of our own, read in a way that can be changed and taken back, until their rows are
//! drafts and go the way of every invoice.

mod copies;
mod files;
mod listing;
mod looking;
mod mappings;
mod opening;
mod past;
mod reading;
mod rows;
mod script;
mod stage;
mod texts;
mod values;
mod view;

use std::path::PathBuf;
use std::sync::Arc;

use bulk_import::plan::Plan;
use bulk_import::propose;
use bulk_import::table::{Choice, Source, Table, TableError};
use store::Import;

pub(crate) use opening::Tables;

use crate::FailureCode;
use crate::office::Office;
use crate::refusals::sentence;
use crate::wire::{Failure, MapTable};

impl Office {
    /// Reads a file and proposes what its columns are. Nothing is kept.
    pub(crate) async fn map_table(self: &Arc<Self>, request: MapTable) -> Result<Plan, Failure> {
        let file = PathBuf::from(&request.file);
        let choice = Choice {
            sheet: request.sheet,
            ..Choice::default()
        };
        let plan = blocking(move || {
            let table = Table::open(Source::from(file), &choice)?;
            propose(&table, None)
        });
        plan.await?
            .map_err(|error| unreadable(&request.file, &error))
    }

    /// An import of the current workspace.
    pub(crate) async fn import_by_id(&self, id: &str) -> Result<Import, Failure> {
        let workspace = self.workspace().await?;
        let found = self.book.import(id).await?;
        found
            .filter(|import| import.workspace == workspace.id)
            .ok_or_else(|| Failure::about(FailureCode::NotFound, "The import"))
    }
}

/// Runs what takes a while and does not wait, such as reading a file.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Failure::new(FailureCode::Unexpected).because(error.to_string()))
}

fn unreadable(file: &str, error: &TableError) -> Failure {
    Failure::about(FailureCode::TableUnreadable, file).because(sentence(&error.to_string()))
}
