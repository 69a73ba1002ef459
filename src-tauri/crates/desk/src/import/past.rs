//! Past and open imports: what became of their rows, and giving them up.

use std::collections::HashSet;
use std::sync::Arc;

use receivables::{InvoiceId, Provider, State};
use serde_json::{Value, json};
use store::{Import, ImportState, Query};

use crate::FailureCode;
use crate::office::Office;
use crate::projection::OPEN;
use crate::wire::{
    Amount, ById, Duplicates, Failure, ImportRow, ImportStep, ImportUndone, Imports, Nothing,
    StateCount, Subject, amounts, small,
};

impl Office {
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
        self.forget_copy(&import.id, &import.file_name).await;
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
            self.unlist_rows(connection).await?;
            self.list_rows(&workspace, connection, |_| ()).await?;
        }
        self.reproject(&workspace).await?;
        self.forget_copy(&import.id, &import.file_name).await;
        let data = json!({ "file": import.file_name, "removed": removed, "kept": kept_submitted });
        self.record(Some(workspace.id), "import_undone", data).await;
        self.events.changed(Subject::Imports);
        self.events.changed(Subject::Invoices);
        Ok(ImportUndone {
            removed: small(removed),
            kept_submitted,
        })
    }
}
