//! Reading the rows of an import. They are kept under a connection of their own and take the place of those read before
//! at once, in the end: whatever cuts a reading off, the rows before stay as they were.

use std::sync::Arc;

use bulk_import::rows::{Drafts, Entry};
use bulk_import::table::Table;
use receivables::{Invoice, InvoiceId, Provider};
use serde_json::{Value, json};
use store::{
    Connection, ConnectionId, CreatedRange, Draft, Import, ImportState, Mapping, Workspace,
};
use tokio::sync::mpsc;

use super::rows::Invoices;
use super::stage::Stage;
use super::unreadable;
use crate::FailureCode;
use crate::jobs::{Job, Task};
use crate::office::Office;
use crate::wire::{ById, Failure, JobKind, Started, Subject, small};

/// Rows handed on together, and the bytes of text after which a lot is full all the same: a row may be long, and a few
/// lots are held in memory.
pub(super) const LOT: usize = 250;
const LOT_BYTES: usize = 128 * 1024;

impl Office {
    pub(crate) async fn read_rows(self: &Arc<Self>, request: ById) -> Result<Started, Failure> {
        let import = self.import_by_id(&request.id).await?;
        if import.state == ImportState::Undone {
            return Err(Failure::about(FailureCode::ImportUndone, &import.file_name));
        }
        let (step, stage) = self.stage(&import).await?;
        if let Some(asking) = stage.questions().first() {
            let name = stage
                .plan
                .columns
                .get(*asking as usize)
                .map(|column| column.name.clone());
            return Err(Failure::about(
                FailureCode::ImportQuestion,
                &name.unwrap_or_default(),
            ));
        }
        let task = Task {
            kind: JobKind::Import,
            title: format!("Reading {}", import.file_name),
            unit: "rows",
            can_cancel: true,
            subject: Some(import.id.clone()),
        };
        let workspace = self.workspace().await?;
        let office = Arc::clone(self);
        let job = self.jobs.start(task, move |job| async move {
            let read = office
                .read_all(&workspace, &import, step.step, &stage, &job)
                .await;
            office.events.changed(Subject::Imports);
            office.events.changed(Subject::Invoices);
            let rows = read?;
            let data = json!({ "file": import.file_name, "rows": rows });
            office.record(Some(workspace.id), "import_read", data).await;
            Ok(format!("{rows} rows read from {}.", import.file_name))
        });
        Ok(Started { job })
    }

    async fn read_all(
        self: &Arc<Self>,
        workspace: &Workspace,
        import: &Import,
        step: i64,
        stage: &Stage,
        job: &Arc<Job>,
    ) -> Result<u32, Failure> {
        let table = self.import_table(import, stage).await?;
        let connection = self.connection_of_import(workspace, import);
        self.book.insert_connection(connection.clone()).await?;
        let read = self.keep_rows(import, stage, table, connection.id, job);
        let finished = match read.await {
            Ok(rows) => {
                let counts = json!({ "rows": rows, "left_out": stage.left_out });
                let finished = self
                    .book
                    .finish_reading(&import.id, connection.id, step, counts, self.now())
                    .await;
                finished.map(|()| rows).map_err(Failure::from)
            }
            Err(failure) => Err(failure),
        };
        let rows = match finished {
            Ok(rows) => rows,
            Err(failure) => {
                // Rows without the rest, or of an import that was given up meanwhile, are of no use.
                self.book.delete_connection(connection.id).await?;
                return Err(failure);
            }
        };
        self.remember_choice(workspace, import, stage).await?;
        self.list_rows(workspace, connection.id, |_| ()).await?;
        self.forget_old_rows().await?;
        self.tables.forget();
        Ok(rows)
    }

    /// Reads row after row, and keeps each lot while the next is read.
    async fn keep_rows(
        &self,
        import: &Import,
        stage: &Stage,
        table: Arc<Table>,
        connection: ConnectionId,
        job: &Arc<Job>,
    ) -> Result<u32, Failure> {
        let (sender, lots) = mpsc::channel(2);
        let total = Some(stage.rows);
        let (plan, id, reading) = (stage.plan.clone(), import.id.clone(), Arc::clone(job));
        let reader = tokio::task::spawn_blocking(move || {
            let invoices = Invoices::of(&id, &plan);
            let (mut lot, mut bytes) = (Vec::with_capacity(LOT), 0);
            for entry in Drafts::of(&table, &plan)? {
                let Entry::Draft(draft) = entry? else {
                    continue;
                };
                let raw = serde_json::to_string(&draft.row).unwrap_or_default();
                bytes += raw.len();
                let invoice = invoices.read(&draft);
                lot.push(Draft { invoice, raw });
                if lot.len() == LOT || bytes >= LOT_BYTES {
                    bytes = 0;
                    let full = std::mem::replace(&mut lot, Vec::with_capacity(LOT));
                    if reading.is_cancelled() || sender.blocking_send(full).is_err() {
                        return Ok(());
                    }
                }
            }
            // Nobody waits for the last lot of a reading that failed.
            let _ = sender.blocking_send(lot);
            Ok(())
        });
        let kept = |rows| job.progress(small(rows), total);
        let rows = self.book.keep_all_drafts(connection, lots, kept).await?;
        let read: Result<(), bulk_import::table::TableError> = reader
            .await
            .map_err(|error| Failure::new(FailureCode::Unexpected).because(error.to_string()))?;
        read.map_err(|error| unreadable(&import.file_name, &error))?;
        if job.is_cancelled() {
            return Err(Failure::new(FailureCode::Cancelled));
        }
        Ok(small(rows))
    }

    fn connection_of_import(&self, workspace: &Workspace, import: &Import) -> Connection {
        Connection {
            id: ConnectionId(uuid::Uuid::now_v7()),
            workspace: workspace.id,
            provider: Provider::Import,
            tenant: import.id.clone(),
            label: import.file_name.clone(),
            key_hint: None,
            account_name: None,
            country: None,
            status: Value::Null,
            created: self.now(),
            last_sync: None,
            range: CreatedRange::default(),
        }
    }

    /// The choice for these headers, as the next file with them is proposed to be read.
    async fn remember_choice(
        &self,
        workspace: &Workspace,
        import: &Import,
        stage: &Stage,
    ) -> Result<(), Failure> {
        let document = serde_json::to_string(&stage.plan)
            .map_err(|error| Failure::new(FailureCode::Unexpected).because(error.to_string()))?;
        let mapping = Mapping {
            id: uuid::Uuid::now_v7().to_string(),
            workspace: workspace.id,
            name: None,
            fingerprint: stage.fingerprint(),
            import: Some(import.id.clone()),
            document,
            used_at: self.now(),
        };
        Ok(self.book.keep_mapping(mapping).await?)
    }

    /// A row as the book has it: nobody else does.
    pub(crate) async fn read_draft_again(
        &self,
        workspace: &Workspace,
        id: &InvoiceId,
    ) -> Result<Option<Invoice>, Failure> {
        let import = self.book.import(&id.tenant).await?;
        let connection = import
            .filter(|import| import.workspace == workspace.id)
            .and_then(|import| import.connection);
        let Some(connection) = connection else {
            return Ok(None);
        };
        let draft = self.book.draft(connection, id.clone()).await?;
        Ok(draft.map(|draft| draft.invoice))
    }
}
