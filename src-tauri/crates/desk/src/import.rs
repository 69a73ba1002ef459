//! Files of invoices: how one is read, and what its columns are.

use std::path::PathBuf;
use std::sync::Arc;

use bulk_import::plan::Plan;
use bulk_import::propose;
use bulk_import::table::{Choice, Source, Table, TableError};

use crate::FailureCode;
use crate::office::Office;
use crate::wire::{Failure, MapTable};

impl Office {
    /// Reads a file and proposes what its columns are. Nothing is kept.
    pub(crate) async fn map_table(self: &Arc<Self>, request: MapTable) -> Result<Plan, Failure> {
        let file = PathBuf::from(&request.file);
        let choice = Choice {
            sheet: request.sheet,
            ..Choice::default()
        };
        let read = tokio::task::spawn_blocking(move || {
            let table = Table::open(Source::from(file), &choice)?;
            propose(&table, None)
        });
        let plan = read
            .await
            .map_err(|error| Failure::new(FailureCode::Unexpected).because(error.to_string()))?;
        plan.map_err(|error| unreadable(&request.file, &error))
    }
}

fn unreadable(file: &str, error: &TableError) -> Failure {
    Failure::about(FailureCode::TableUnreadable, file)
        .because(crate::refusals::sentence(&error.to_string()))
}
