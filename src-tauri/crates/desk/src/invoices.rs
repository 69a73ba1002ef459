//! The list of invoices and the one in detail, all from the cache: works with the network off.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Unit;
use jiff::civil::Date;
use receivables::{DebtorType, Field, FieldSource, InvoiceId, ProblemCode, SourceStatus, State};
use serde_json::Value;
use store::{AdoptedCase, Entry, Query, SortKey, StoredInvoice, Worth};

use crate::FailureCode;
use crate::office::Office;
use crate::projection::Judging;
use crate::wire::small;
use crate::wire::{
    Amount, AsOf, ById, CaseField, Failure, FieldCount, HistoryEntry, InvoiceDetail, InvoicePage,
    InvoiceQuery, InvoiceRow, ListInvoices, OfSelection, Selection, SelectionSummary, SetAsideView,
    SortBy, StateCount, SubmissionView, amounts,
};

/// The most rows of one answer; the page asks for windows.
const WINDOW: u32 = 500;
/// The most invoices a choice may hold. Beyond this nobody has looked at what they chose.
pub(crate) const CHOICE: u32 = 200_000;

impl Office {
    pub(crate) async fn invoices(
        self: &Arc<Self>,
        request: ListInvoices,
    ) -> Result<InvoicePage, Failure> {
        let workspace = self.workspace().await?;
        let query = self.query(&request.query).await?;
        let limit = request.window.limit.min(WINDOW);
        let (page, summary) = tokio::try_join!(
            self.cache.page(query.clone(), request.window.offset, limit),
            self.cache.summary(query.clone())
        )?;
        let today = self.today().await;
        let mut rows: Vec<InvoiceRow> = page.rows.iter().map(|row| view(row, today)).collect();
        if request.problems {
            let judging = self.judging(&workspace).await?;
            let ids = page.rows.iter().map(|row| row.id.clone()).collect();
            for (row, stored) in rows
                .iter_mut()
                .zip(self.cache.get_many(workspace.id, ids).await?)
            {
                row.problems = judging.judge(&stored.invoice).problems;
            }
        }
        Ok(InvoicePage {
            rows,
            total: small(summary.count),
            totals: amounts(&summary.totals),
            counts: counts(&summary),
            currencies: self.currencies(workspace.id).await?,
            hidden_partly_paid: small(summary.left_out),
            as_of: self.invoices_as_of(workspace.id).await?,
        })
    }

    async fn currencies(&self, workspace: store::WorkspaceId) -> Result<Vec<String>, Failure> {
        let all = Query {
            include_partly_paid: true,
            ..Query::new(workspace)
        };
        let totals = self.cache.summary(all).await?.totals;
        Ok(totals
            .iter()
            .map(|(currency, _)| currency.code().to_owned())
            .collect())
    }

    /// The oldest of the sources' ages: a screen is as fresh as its stalest part.
    pub(crate) async fn invoices_as_of(
        &self,
        workspace: store::WorkspaceId,
    ) -> Result<AsOf, Failure> {
        let connections = self.sources(workspace).await?;
        let oldest = connections
            .iter()
            .map(|connection| connection.last_sync)
            .min()
            .flatten();
        Ok(AsOf {
            at: oldest.map(|at| at.to_string()),
        })
    }

    pub(crate) async fn query(&self, query: &InvoiceQuery) -> Result<Query, Failure> {
        let workspace = self.workspace().await?;
        let invalid = |what: &str| Failure::about(FailureCode::InvalidValue, what);
        let day = |text: &Option<String>| match text {
            Some(text) => text
                .parse::<Date>()
                .map(Some)
                .map_err(|_| invalid("The date of the filter is not a date.")),
            None => Ok(None),
        };
        let worth = |text: &Option<String>| match text
            .as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty())
        {
            Some(text) => text
                .parse::<Worth>()
                .map(Some)
                .map_err(|_| invalid("The amount of the filter is not a number.")),
            None => Ok(None),
        };
        let (from, to) = (worth(&query.amount_from)?, worth(&query.amount_to)?);
        let amount = (from.is_some() || to.is_some())
            .then(|| from.unwrap_or(Worth::LEAST)..=to.unwrap_or(Worth::MOST));
        let connection = match &query.connection {
            Some(id) => Some(
                id.parse()
                    .map_err(|_| Failure::about(FailureCode::NotFound, "The source"))?,
            ),
            None => None,
        };
        let problem = match &query.problem {
            Some(name) => Some(
                ProblemCode::ALL
                    .iter()
                    .copied()
                    .find(|code| code.name() == name)
                    .ok_or_else(|| invalid("That problem is not known."))?,
            ),
            None => None,
        };
        Ok(Query {
            search: query.search.chars().take(200).collect(),
            states: query.states.clone(),
            currency: query.currency.clone(),
            due_before: day(&query.due_until)?.map(|day| day.tomorrow().unwrap_or(day)),
            amount,
            connection,
            problem,
            include_partly_paid: query.partly_paid,
            sort: match query.sort {
                SortBy::DueDate => SortKey::DueDate,
                SortBy::CaseDate => SortKey::CaseDate,
                SortBy::Amount => SortKey::Amount,
                SortBy::Debtor => SortKey::Debtor,
                SortBy::Reference => SortKey::Reference,
                SortBy::State => SortKey::State,
                SortBy::Country => SortKey::Country,
            },
            descending: query.descending,
            ..Query::new(workspace.id)
        })
    }

    /// The ids of a choice, in the order of its list.
    pub(crate) async fn chosen(
        &self,
        selection: &Selection,
        limit: u32,
    ) -> Result<Vec<InvoiceId>, Failure> {
        let ids = match selection {
            Selection::Ids { ids } => {
                let mut read = Vec::with_capacity(ids.len());
                for id in ids {
                    read.push(invoice_id(id)?);
                }
                read
            }
            Selection::Matching { query, except } => {
                let all = self
                    .cache
                    .ids(
                        self.query(query).await?,
                        limit.saturating_add(small(except.len())).saturating_add(1),
                    )
                    .await?;
                let except: std::collections::HashSet<&str> =
                    except.iter().map(String::as_str).collect();
                all.into_iter()
                    .filter(|id| !except.contains(id.to_string().as_str()))
                    .collect()
            }
        };
        if ids.is_empty() {
            return Err(Failure::new(FailureCode::NothingChosen));
        }
        if ids.len() > limit as usize {
            return Err(Failure::about(FailureCode::TooMany, &limit.to_string()));
        }
        Ok(ids)
    }

    pub(crate) async fn selection_summary(
        self: &Arc<Self>,
        request: OfSelection,
    ) -> Result<SelectionSummary, Failure> {
        let ids = match self.chosen(&request.selection, CHOICE).await {
            Err(failure) if failure.code == FailureCode::NothingChosen => Vec::new(),
            other => other?,
        };
        let workspace = self.workspace().await?;
        let query = Query {
            ids: Some(ids),
            include_partly_paid: true,
            ..Query::new(workspace.id)
        };
        let summary = self.cache.summary(query.clone()).await?;
        let problems = self.cache.problem_counts(query).await?;
        let suggestions = [
            (ProblemCode::DebtorTypeMissing, Field::DebtorType),
            (ProblemCode::DueDateMissing, Field::DueDate),
            (ProblemCode::ReferenceMissing, Field::CreditorReference),
        ];
        Ok(SelectionSummary {
            count: small(summary.count),
            totals: amounts(&summary.totals),
            counts: counts(&summary),
            suggestions: suggestions
                .into_iter()
                .filter_map(|(code, field)| {
                    let count = problems.iter().find(|(found, _)| *found == code)?.1;
                    Some(FieldCount {
                        field,
                        count: small(count),
                    })
                })
                .collect(),
        })
    }

    pub(crate) async fn stored_invoice(&self, id: &str) -> Result<StoredInvoice, Failure> {
        let workspace = self.workspace().await?;
        let found = self.cache.get(workspace.id, invoice_id(id)?).await?;
        found.ok_or_else(|| Failure::about(FailureCode::NotFound, "The invoice"))
    }

    pub(crate) async fn invoice(self: &Arc<Self>, request: ById) -> Result<InvoiceDetail, Failure> {
        let workspace = self.workspace().await?;
        let stored = self.stored_invoice(&request.id).await?;
        let invoice = &stored.invoice;
        if invoice.summary_only {
            self.read_details(&workspace, &invoice.id);
        }
        let judging = self.judging(&workspace).await?;
        let assessment = judging.judge(invoice);
        let siblings = self
            .cache
            .invoices_of_debtor(workspace.id, invoice.debtor.clone())
            .await?
            .len();
        let entries = self
            .book
            .entries_of(workspace.journal_scope(), invoice.id.clone())
            .await?;
        let debtor_type = assessment
            .value(Field::DebtorType)
            .and_then(|text| text.parse::<DebtorType>().ok());
        let mut row = view(&stored.row, judging.today());
        row.state = assessment.state;
        let texts = self.texts_in_file(&stored).await?;
        Ok(InvoiceDetail {
            row,
            fields: case_fields(&stored, &judging, &texts),
            problems: assessment.problems,
            suggestions: assessment.suggestions,
            debtor_type,
            siblings: small(siblings.saturating_sub(1)),
            total: invoice.total.map(Amount::from),
            status: status_word(&invoice.status),
            set_aside: judging
                .set_aside(&invoice.id)
                .filter(|_| assessment.state == State::SetAside)
                .map(|found| SetAsideView {
                    until: found.aside.until.map(|day| day.to_string()),
                    because: found.aside.because.clone(),
                }),
            submission: entries
                .last()
                .map(submission_view)
                .or_else(|| judging.adopted(&invoice.id).map(adopted_view)),
            history: history(&stored, &judging, &entries),
            has_link: invoice.url.is_some(),
            has_pdf: invoice.has_pdf,
            fetched: stored.fetched_at.to_string(),
        })
    }
}

pub(crate) fn invoice_id(text: &str) -> Result<InvoiceId, Failure> {
    text.parse()
        .map_err(|_| Failure::about(FailureCode::NotFound, "The invoice"))
}

fn counts(summary: &store::Summary) -> Vec<StateCount> {
    summary
        .by_state
        .iter()
        .map(|found| StateCount {
            state: found.state,
            count: small(found.count),
        })
        .collect()
}

fn view(row: &store::InvoiceRow, today: Date) -> InvoiceRow {
    let overdue = row
        .due_date
        .and_then(|due| due.until((Unit::Day, today)).ok())
        .map(|span| span.get_days());
    InvoiceRow {
        id: row.id.to_string(),
        connection: row.connection.to_string(),
        reference: row.reference.clone(),
        debtor: row.debtor_name.clone(),
        amount: row.amount.map(Amount::from),
        case_date: row.case_date.map(|day| day.to_string()),
        due_date: row.due_date.map(|day| day.to_string()),
        days_overdue: overdue
            .and_then(|days| u32::try_from(days).ok())
            .filter(|days| *days > 0),
        country: row.country.clone(),
        state: row.state,
        problem: row.first_problem.clone(),
        blocking: small(row.problems.iter().filter(|code| code.blocks()).count() as u64),
        partly_paid: row.partly_paid,
        suggested: row.has_suggestions,
        problems: Vec::new(),
    }
}

fn case_fields(
    stored: &StoredInvoice,
    judging: &Judging,
    texts: &BTreeMap<Field, String>,
) -> Vec<CaseField> {
    let overlay = judging.overlay(&stored.invoice);
    let assessment = judging.judge(&stored.invoice);
    Field::ALL
        .into_iter()
        .map(|field| {
            let found = assessment.fields.iter().find(|value| value.field == field);
            let corrected = overlay
                .get(field)
                .filter(|_| stored.invoice.lets_correct(field));
            CaseField {
                field,
                value: found.map(|found| found.value.clone()),
                // A correction that leaves a field out has no value to show, but is one all the same.
                source: found.map(|found| found.source.clone()).or_else(|| {
                    corrected.map(|correction| FieldSource::Correction {
                        replaced: correction.replaced.clone(),
                    })
                }),
                correctable: stored.invoice.lets_correct(field),
                of_debtor: field.belongs_to_debtor(),
                source_value: corrected
                    .and_then(|_| stored.invoice.facts.value(field).map(str::to_owned)),
                text: texts.get(&field).cloned(),
            }
        })
        .collect()
}

pub(crate) fn status_word(status: &SourceStatus) -> String {
    match status {
        SourceStatus::Draft => "draft",
        SourceStatus::Open => "open",
        SourceStatus::Paid => "paid",
        SourceStatus::Void => "void",
        SourceStatus::Uncollectible => "uncollectible",
        SourceStatus::Deleted => "deleted",
        SourceStatus::Other(word) => word,
    }
    .to_owned()
}

fn submission_view(entry: &Entry) -> SubmissionView {
    SubmissionView {
        batch: Some(entry.confirmed.batch.to_string()),
        stage: entry.stage.name().to_owned(),
        case_reference: entry.case_reference.clone(),
        problem: failure_of(entry.problem.as_ref()),
        at: entry.updated_at.to_string(),
    }
}

/// What is known of a submission that the journal has lost.
fn adopted_view(case: &AdoptedCase) -> SubmissionView {
    SubmissionView {
        batch: None,
        stage: "linked".to_owned(),
        case_reference: Some(case.case_reference.clone()),
        problem: None,
        at: case.at.to_string(),
    }
}

fn failure_of(problem: Option<&Value>) -> Option<Failure> {
    problem.and_then(|problem| serde_json::from_value(problem.clone()).ok())
}

fn history(stored: &StoredInvoice, judging: &Judging, entries: &[Entry]) -> Vec<HistoryEntry> {
    let source = stored.invoice.id.provider.title();
    let mut history = vec![(stored.first_seen, format!("First fetched from {source}"))];
    if stored.fetched_at != stored.first_seen {
        history.push((
            stored.fetched_at,
            format!(
                "Last read at {source}: {}",
                status_word(&stored.invoice.status)
            ),
        ));
    }
    if let Some(aside) = judging.set_aside(&stored.invoice.id) {
        let reason = if aside.aside.because.is_empty() {
            String::new()
        } else {
            format!(": {}", aside.aside.because)
        };
        history.push((aside.at, format!("Set aside{reason}")));
    }
    if let Some(case) = judging.adopted(&stored.invoice.id) {
        let words = format!(
            "Its case {} was found at Debitura after the journal was brought back",
            case.case_reference
        );
        history.push((case.at, words));
    }
    for entry in entries {
        history.push((
            entry.confirmed.confirmed_at,
            "You agreed to submit it".to_owned(),
        ));
        let words = match (entry.stage.name(), &entry.case_reference) {
            ("submitted", Some(case)) => format!("Submitted as case {case}"),
            ("linked", Some(case)) => format!("Linked to case {case}, which existed already"),
            ("rejected", _) => "Refused by Debitura".to_owned(),
            ("withdrawn", _) => "Taken back before it was sent".to_owned(),
            ("unknown", _) => "The answer was lost; its outcome is being checked".to_owned(),
            _ => continue,
        };
        history.push((entry.updated_at, words));
    }
    history.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    history
        .into_iter()
        .map(|(at, text)| HistoryEntry {
            at: at.to_string(),
            text,
        })
        .collect()
}
