//! The account's cases, whoever made them.

use std::collections::HashMap;
use std::sync::Arc;

use debitura::{Amount as RemoteAmount, CollectionCase, Order};
use receivables::InvoiceId;
use serde_json::json;
use store::{CaseFilter, CaseOrder, CaseRow as StoredCase, CaseSortKey, Workspace, WorkspaceId};

use crate::jobs::{Job, Task};
use crate::office::Office;
use crate::wire::small;
use crate::wire::{
    Amount, AsOf, CasePage, CaseQuery, CaseRow, CaseSortBy, Failure, JobKind, ListCases, Nothing,
    Started, StatusCount, Subject,
};

/// The most rows of one answer.
const WINDOW: u32 = 500;

impl Office {
    pub(crate) async fn refresh_cases(self: &Arc<Self>, _: Nothing) -> Result<Started, Failure> {
        let workspace = self.workspace().await?;
        self.debitura(&workspace).await?;
        Ok(Started {
            job: self.start_case_refresh(&workspace),
        })
    }

    pub(crate) fn start_case_refresh(self: &Arc<Self>, workspace: &Workspace) -> String {
        let task = Task {
            kind: JobKind::RefreshCases,
            title: "Reading cases from Debitura".to_owned(),
            unit: "cases",
            can_cancel: true,
            subject: Some(workspace.id.to_string()),
        };
        let (office, workspace) = (Arc::clone(self), workspace.clone());
        self.jobs.start(task, move |job| async move {
            let outcome = office.read_cases(&workspace, &job).await;
            match &outcome {
                Ok(count) => {
                    office
                        .record(Some(workspace.id), "cases_read", json!({ "cases": count }))
                        .await
                }
                Err(failure) => {
                    office.note_refusal(workspace.id, failure).await;
                    office
                        .record(
                            Some(workspace.id),
                            "cases_failed",
                            json!({ "failure": failure }),
                        )
                        .await;
                }
            }
            outcome.map(|count| format!("{count} cases."))
        })
    }

    async fn read_cases(
        self: &Arc<Self>,
        workspace: &Workspace,
        job: &Arc<Job>,
    ) -> Result<u32, Failure> {
        let debitura = self.debitura(workspace).await?;
        let begun = self.now();
        let (mut number, mut count) = (1, 0);
        loop {
            let page = tokio::select! {
                page = debitura.cases(number, Order::Created) => page?,
                () = job.cancelled() => return Err(Failure::new(crate::FailureCode::Cancelled)),
            };
            count += small(page.cases.len());
            let rows = page.cases.iter().map(stored).collect();
            self.cache
                .store_cases(workspace.id, rows, self.now())
                .await?;
            job.progress(count, page.total.map(small));
            self.events.changed(Subject::Cases);
            if !page.more {
                break;
            }
            number += 1;
        }
        self.cache
            .finish_cases(workspace.id, begun, self.now())
            .await?;
        // A reference that a case has is taken: the invoices must say so.
        self.reproject(workspace).await?;
        self.note_compared(workspace).await?;
        self.events.changed(Subject::Cases);
        Ok(count)
    }

    /// Keeps a case that was just made or found, so that the list shows it at once.
    pub(crate) async fn keep_case(&self, workspace: WorkspaceId, case: &CollectionCase) {
        if let Err(error) = self
            .cache
            .store_cases(workspace, vec![stored(case)], self.now())
            .await
        {
            tracing::warn!(%error, "a case was not cached; the next reading brings it");
        }
        self.events.changed(Subject::Cases);
    }

    pub(crate) async fn cases(self: &Arc<Self>, request: ListCases) -> Result<CasePage, Failure> {
        let workspace = self.workspace().await?;
        let window = request.window;
        let filter = filter(&request.query);
        let (found, total) = self
            .cache
            .cases(
                workspace.id,
                filter,
                window.offset,
                window.limit.min(WINDOW),
            )
            .await?;
        let ours = self.our_cases(&workspace).await?;
        Ok(CasePage {
            rows: found.iter().map(|case| view(case, &ours)).collect(),
            total: small(total),
            statuses: self.statuses(workspace.id).await?,
            as_of: self.cases_as_of(workspace.id).await?,
        })
    }

    pub(crate) async fn cases_as_of(&self, workspace: WorkspaceId) -> Result<AsOf, Failure> {
        Ok(AsOf {
            at: self
                .cache
                .cases_as_of(workspace)
                .await?
                .map(|at| at.to_string()),
        })
    }

    async fn statuses(&self, workspace: WorkspaceId) -> Result<Vec<StatusCount>, Failure> {
        let counts = self.cache.case_counts(workspace).await?;
        Ok(counts
            .into_iter()
            .map(|(status, count)| StatusCount { status, count })
            .collect())
    }

    /// The cases that were submitted from here, by id, with the invoice each was made of.
    pub(crate) async fn our_cases(
        &self,
        workspace: &Workspace,
    ) -> Result<HashMap<String, InvoiceId>, Failure> {
        let live = self.book.live_entries(workspace.journal_scope()).await?;
        let adopted = self.book.adopted_cases(workspace.journal_scope()).await?;
        let adopted = adopted
            .into_iter()
            .map(|(invoice, case)| (case.case_id, invoice));
        Ok(live
            .into_iter()
            .filter_map(|(invoice, entry)| Some((entry.case_id?, invoice)))
            .chain(adopted)
            .collect())
    }
}

pub(crate) fn filter(query: &CaseQuery) -> CaseFilter {
    CaseFilter {
        search: query.search.chars().take(200).collect(),
        lifecycles: query.statuses.clone(),
        open: query.open,
        is_test: None,
        order: CaseOrder {
            by: match query.sort {
                CaseSortBy::Updated => CaseSortKey::Updated,
                CaseSortBy::Created => CaseSortKey::Created,
                CaseSortBy::Reference => CaseSortKey::Reference,
                CaseSortBy::CreditorReference => CaseSortKey::CreditorReference,
                CaseSortBy::Debtor => CaseSortKey::Debtor,
                CaseSortBy::Amount => CaseSortKey::Amount,
                CaseSortBy::Status => CaseSortKey::Lifecycle,
            },
            descending: query.descending,
        },
    }
}

fn stored(case: &CollectionCase) -> StoredCase {
    let lifecycle = case.lifecycle.as_ref();
    StoredCase {
        id: case.id.clone(),
        reference: case.reference.clone().unwrap_or_else(|| case.id.clone()),
        creditor_reference: case.creditor_reference.clone(),
        debtor_name: case.debtor.name.clone(),
        amount: case.amount.as_ref().and_then(RemoteAmount::exact),
        lifecycle: lifecycle
            .map_or("Unknown", |lifecycle| lifecycle.label())
            .to_owned(),
        close_code: case.close_code.as_ref().map(|code| code.label().to_owned()),
        open: lifecycle.is_none_or(|lifecycle| lifecycle.is_open()),
        is_test: case.is_test,
        updated: case.updated.or(case.created),
        json: serde_json::to_value(case).unwrap_or_default(),
    }
}

pub(crate) fn view(case: &StoredCase, ours: &HashMap<String, InvoiceId>) -> CaseRow {
    let whole: Option<CollectionCase> = serde_json::from_value(case.json.clone()).ok();
    let remainder = whole
        .as_ref()
        .and_then(|case| case.remainder.as_ref())
        .and_then(RemoteAmount::exact);
    let code = whole.as_ref().and_then(|case| case.close_code.clone());
    CaseRow {
        id: case.id.clone(),
        reference: case.reference.clone(),
        creditor_reference: case.creditor_reference.clone(),
        debtor: case.debtor_name.clone(),
        amount: case.amount.map(Amount::from),
        remainder: remainder.map(Amount::from),
        status: case.lifecycle.clone(),
        close_code: case.close_code.clone(),
        recovered: code.map(|code| code.money_recovered()),
        test: case.is_test,
        created: whole.and_then(|case| case.created).map(|at| at.to_string()),
        updated: case.updated.map(|at| at.to_string()),
        ours: ours.contains_key(&case.id),
        invoice: ours.get(&case.id).map(ToString::to_string),
    }
}
