//! Reading the rows of an import. They are kept under a connection of their own and take the place of those read before
//! at once, in the end: whatever cuts a reading off, the rows before stay as they were.

use std::collections::HashSet;
use std::sync::Arc;

use bulk_import::rows::{Drafts, Entry};
use bulk_import::table::Table;
use receivables::{Invoice, InvoiceId, Provider, State};
use serde_json::{Value, json};
use store::{
    Connection, ConnectionId, CreatedRange, Draft, Import, ImportState, Mapping, Projection, Query,
    Record, Workspace,
};
use tokio::sync::mpsc;

use super::rows::Invoices;
use super::stage::Stage;
use super::{blocking, unreadable};
use crate::FailureCode;
use crate::jobs::{Job, Task};
use crate::office::Office;
use crate::projection::OPEN;
use crate::wire::{
    Amount, ById, Duplicates, Failure, ImportRow, ImportStep, ImportUndone, Imports, JobKind,
    Nothing, Started, StateCount, Subject, amounts, small,
};

/// Rows written together. Few enough to hold a few such lots in memory, enough to wait seldom for the disk.
const LOT: usize = 2000;

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
        let read = self
            .keep_rows(import, stage, table, connection.id, job)
            .await;
        let rows = match read {
            Ok(rows) => rows,
            Err(failure) => {
                // Whatever was kept of the rows is of no use without the rest.
                self.book.delete_connection(connection.id).await?;
                return Err(failure);
            }
        };
        let counts = json!({ "rows": rows, "left_out": stage.left_out });
        self.book
            .finish_reading(&import.id, connection.id, step, counts, self.now())
            .await?;
        self.remember_choice(workspace, import, stage).await?;
        self.list_rows(workspace, connection.id).await?;
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
        let (sender, mut lots) = mpsc::channel(2);
        let total = Some(stage.rows);
        let (plan, id, reading) = (stage.plan.clone(), import.id.clone(), Arc::clone(job));
        let reader = tokio::task::spawn_blocking(move || {
            let invoices = Invoices::of(&id, &plan);
            let mut lot = Vec::with_capacity(LOT);
            for entry in Drafts::of(&table, &plan)? {
                let Entry::Draft(draft) = entry? else {
                    continue;
                };
                lot.push(Draft {
                    invoice: invoices.read(&draft),
                    raw: serde_json::to_string(&draft.row).unwrap_or_default(),
                });
                if lot.len() == LOT {
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
        let mut rows = 0;
        while let Some(lot) = lots.recv().await {
            let count = small(lot.len());
            self.book.keep_drafts(connection, lot).await?;
            rows += count;
            job.progress(rows, total);
        }
        let read: Result<(), bulk_import::table::TableError> = reader
            .await
            .map_err(|error| Failure::new(FailureCode::Unexpected).because(error.to_string()))?;
        read.map_err(|error| unreadable(&import.file_name, &error))?;
        if job.is_cancelled() {
            return Err(Failure::new(FailureCode::Cancelled));
        }
        Ok(rows)
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

    /// Lists the rows kept under a connection with all invoices.
    async fn list_rows(
        self: &Arc<Self>,
        workspace: &Workspace,
        connection: ConnectionId,
    ) -> Result<(), Failure> {
        let judging = Arc::new(self.judging(workspace).await?);
        let mut after = 0;
        loop {
            let lot = small(LOT);
            let (drafts, last) = self.book.drafts_after(connection, after, lot).await?;
            let Some(last) = last else { break };
            after = last;
            let judging = Arc::clone(&judging);
            let records = blocking(move || {
                let record = |draft: Draft| Record {
                    projection: Projection::of(&draft.invoice, &judging.judge(&draft.invoice)),
                    invoice: draft.invoice,
                    raw: draft.raw,
                    created: None,
                };
                drafts.into_iter().map(record).collect()
            });
            self.cache
                .store(workspace.id, connection, records.await?, self.now())
                .await?;
        }
        // Which references are shared shows only now that all are here.
        let duplicates = self.cache.duplicates(workspace.id, &OPEN).await?;
        let shared: Vec<InvoiceId> = duplicates.into_iter().map(|found| found.invoice).collect();
        for lot in shared.chunks(LOT) {
            self.reproject_some(workspace, lot).await?;
        }
        Ok(())
    }

    /// Takes rows off the lists that belong to no reading any more.
    async fn forget_old_rows(&self) -> Result<(), Failure> {
        let mut present = Vec::new();
        for workspace in self.book.workspaces().await? {
            for connection in self.book.connections(workspace.id).await? {
                present.push(connection.id);
            }
        }
        Ok(self.cache.keep_imports(present).await?)
    }

    /// Brings the lists in step with the rows that are kept, after a reading was cut off, or after the cache was lost.
    pub(crate) async fn mend_imports(self: &Arc<Self>) -> Result<(), Failure> {
        self.book.drop_unfinished_readings().await?;
        for workspace in self.book.workspaces().await? {
            for import in self.book.imports(workspace.id).await? {
                let Some(connection) = import.connection else {
                    continue;
                };
                let kept = self.book.draft_count(connection).await?;
                if kept != self.listed(&workspace, connection).await? {
                    self.list_rows(&workspace, connection).await?;
                }
            }
        }
        self.forget_old_rows().await
    }

    async fn listed(
        &self,
        workspace: &Workspace,
        connection: ConnectionId,
    ) -> Result<u32, Failure> {
        Ok(self.summary_of(workspace, connection).await?.count)
    }

    async fn summary_of(
        &self,
        workspace: &Workspace,
        connection: ConnectionId,
    ) -> Result<store::Summary, Failure> {
        let query = Query {
            connection: Some(connection),
            include_partly_paid: true,
            ..Query::new(workspace.id)
        };
        Ok(self.cache.summary(query).await?)
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

    pub(crate) async fn imports(self: &Arc<Self>, _: Nothing) -> Result<Imports, Failure> {
        let workspace = self.workspace().await?;
        let mut rows = Vec::new();
        for import in self.book.imports(workspace.id).await? {
            let (counts, totals) = self.import_counts(&import).await?;
            let (_, stage) = self.stage(&import).await?;
            let read = import.counts.get("rows").and_then(Value::as_u64).map(small);
            rows.push(ImportRow {
                step: match import.state {
                    ImportState::Undone => ImportStep::Undone,
                    ImportState::Read => ImportStep::Check,
                    ImportState::Open if stage.mapped => ImportStep::Columns,
                    ImportState::Open => ImportStep::Table,
                },
                connection: import.connection.map(|id| id.to_string()),
                rows: read,
                left_out: stage.left_out.iter().map(|found| found.count).sum(),
                counts,
                totals,
                submitted: small(self.submitted_of(&import).await?.len()),
                created: import.created.to_string(),
                updated: import.updated.to_string(),
                id: import.id,
                file_name: import.file_name,
                mapping: import.mapping,
            });
        }
        Ok(Imports { imports: rows })
    }

    /// The rows of an import by state, and what they come to.
    pub(crate) async fn import_counts(
        &self,
        import: &Import,
    ) -> Result<(Vec<StateCount>, Vec<Amount>), Failure> {
        let Some(connection) = import.connection else {
            return Ok((Vec::new(), Vec::new()));
        };
        let workspace = self.workspace_by_id(&import.workspace.to_string()).await?;
        let summary = self.summary_of(&workspace, connection).await?;
        let count = |found: &store::StateCount| StateCount {
            state: found.state,
            count: small(found.count),
        };
        Ok((
            summary.by_state.iter().map(count).collect(),
            amounts(&summary.totals),
        ))
    }

    /// The rows of an import that became cases, or are about to.
    pub(crate) async fn submitted_of(&self, import: &Import) -> Result<Vec<InvoiceId>, Failure> {
        let workspace = self.workspace_by_id(&import.workspace.to_string()).await?;
        let scope = workspace.journal_scope();
        let live = self.book.live_entries(scope.clone()).await?;
        let adopted = self.book.adopted_cases(scope).await?;
        let all: HashSet<InvoiceId> = live.into_keys().chain(adopted.into_keys()).collect();
        let mine = |id: &InvoiceId| id.provider == Provider::Import && id.tenant == import.id;
        Ok(all.into_iter().filter(mine).collect())
    }

    /// How many rows of an import have a reference that stands elsewhere too.
    pub(crate) async fn duplicates_of(&self, import: &Import) -> Result<Duplicates, Failure> {
        let mut found = Duplicates::default();
        let shared = self.cache.duplicates(import.workspace, &OPEN).await?;
        let mine = |id: &InvoiceId| id.provider == Provider::Import && id.tenant == import.id;
        for group in shared.chunk_by(|one, other| one.reference_key == other.reference_key) {
            let (ours, others): (Vec<&InvoiceId>, Vec<&InvoiceId>) = group
                .iter()
                .map(|duplicate| &duplicate.invoice)
                .partition(|id| mine(id));
            let count = small(ours.len());
            if ours.len() > 1 {
                found.in_file += count;
            }
            if others.iter().any(|id| id.provider == Provider::Import) {
                found.in_imports += count;
            }
            if others.iter().any(|id| id.provider != Provider::Import) {
                found.in_fetched += count;
            }
        }
        if let Some(connection) = import.connection {
            let query = Query {
                connection: Some(connection),
                include_partly_paid: true,
                states: vec![
                    State::Ready,
                    State::Attention,
                    State::NotDue,
                    State::SetAside,
                ],
                ..Query::new(import.workspace)
            };
            let counts = self.cache.problem_counts(query).await?;
            let taken = receivables::ProblemCode::ReferenceSubmitted;
            let count = counts.iter().find(|(code, _)| *code == taken);
            found.in_cases = count.map_or(0, |(_, count)| small(*count));
        }
        Ok(found)
    }

    pub(crate) async fn discard_import(
        self: &Arc<Self>,
        request: ById,
    ) -> Result<Nothing, Failure> {
        let import = self.import_by_id(&request.id).await?;
        if import.connection.is_some() {
            return Err(Failure::about(
                FailureCode::InvalidValue,
                "Rows of this file are drafts already.",
            )
            .because("Undo the import to remove them."));
        }
        self.jobs.cancel_all(Some(&import.id));
        self.book.delete_import(&import.id).await?;
        self.forget_file(&import).await;
        let data = json!({ "file": import.file_name });
        self.record(Some(import.workspace), "import_discarded", data)
            .await;
        self.events.changed(Subject::Imports);
        Ok(Nothing {})
    }

    pub(crate) async fn undo_import(
        self: &Arc<Self>,
        request: ById,
    ) -> Result<ImportUndone, Failure> {
        let import = self.import_by_id(&request.id).await?;
        let workspace = self.workspace().await?;
        self.jobs.cancel_all(Some(&import.id));
        let keep = self.submitted_of(&import).await?;
        let kept_submitted = small(keep.len());
        let removed = self.book.undo_reading(&import.id, keep, self.now()).await?;
        self.book.forget_choice_of(&import.id).await?;
        if let Some(connection) = import.connection {
            self.cache.wipe(connection).await?;
            self.list_rows(&workspace, connection).await?;
        }
        self.reproject(&workspace).await?;
        self.forget_file(&import).await;
        let data = json!({ "file": import.file_name, "removed": removed, "kept": kept_submitted });
        self.record(Some(workspace.id), "import_undone", data).await;
        self.events.changed(Subject::Imports);
        self.events.changed(Subject::Invoices);
        Ok(ImportUndone {
            removed: small(removed),
            kept_submitted,
        })
    }

    /// Removes the copy of a file. What stays behind is removed with the data folder at the latest.
    pub(crate) async fn forget_file(&self, import: &Import) {
        self.tables.forget();
        let path = self.import_file_path(&import.id, &import.file_name);
        if let Err(error) = tokio::fs::remove_file(&path).await
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "the copy of an imported file was not removed");
        }
    }
}
