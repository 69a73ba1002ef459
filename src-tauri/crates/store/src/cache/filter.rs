//! What a list is asked for, and the SQL that answers.

use std::ops::RangeInclusive;

use jiff::civil::Date;
use receivables::{InvoiceId, ProblemCode, Provider, State};
use rusqlite::types::Value;

use super::Worth;
use super::invoices::numbers;
use crate::fold::terms;
use crate::id::{ConnectionId, WorkspaceId};

/// By what a list is sorted. Rows without a value come first in ascending order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SortKey {
    #[default]
    DueDate,
    /// By the number alone, whatever the currency.
    Amount,
    Debtor,
    Reference,
    CaseDate,
    Country,
    /// Then by amount.
    Currency,
    /// In the order of `State::ALL`, then by currency and amount.
    State,
}

impl SortKey {
    fn index(self) -> &'static str {
        match self {
            SortKey::DueDate => "invoices_by_due",
            SortKey::Amount => "invoices_by_worth",
            SortKey::Debtor => "invoices_by_debtor",
            SortKey::Reference => "invoices_by_reference",
            SortKey::CaseDate => "invoices_by_case_date",
            SortKey::Country => "invoices_by_country",
            SortKey::Currency => "invoices_by_currency",
            SortKey::State => "invoices_by_state",
        }
    }

    /// The columns of the index in its order, so that it is read and nothing is sorted.
    fn columns(self) -> &'static [&'static str] {
        match self {
            SortKey::DueDate => &["due_date"],
            SortKey::Amount => &["worth"],
            SortKey::Debtor => &["debtor_sort"],
            SortKey::Reference => &["reference_sort"],
            SortKey::CaseDate => &["case_date"],
            SortKey::Country => &["country"],
            SortKey::Currency => &["currency", "worth"],
            SortKey::State => &["state", "currency", "worth"],
        }
    }
}

/// What a list is asked for. Everything given must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub workspace: WorkspaceId,
    /// Words that all stand somewhere in reference, debtor name, amount, city, e-mail or the provider's id.
    pub search: String,
    /// Any of these; every state when empty.
    pub states: Vec<State>,
    pub currency: Option<String>,
    /// The due date lies before this day.
    pub due_before: Option<Date>,
    /// The due date lies after this day.
    pub due_after: Option<Date>,
    pub amount: Option<RangeInclusive<Worth>>,
    pub connection: Option<ConnectionId>,
    pub provider: Option<Provider>,
    pub problem: Option<ProblemCode>,
    /// Otherwise those of which something was paid are left out.
    pub include_partly_paid: bool,
    /// Only these.
    pub ids: Option<Vec<InvoiceId>>,
    pub sort: SortKey,
    pub descending: bool,
}

impl Query {
    /// Everything of a workspace but the partly paid, by due date.
    pub fn new(workspace: WorkspaceId) -> Query {
        Query {
            workspace,
            search: String::new(),
            states: Vec::new(),
            currency: None,
            due_before: None,
            due_after: None,
            amount: None,
            connection: None,
            provider: None,
            problem: None,
            include_partly_paid: false,
            ids: None,
            sort: SortKey::default(),
            descending: false,
        }
    }

    /// `ORDER BY …` with the row's key last, so that pages never overlap.
    pub(super) fn order(&self) -> String {
        let direction = if self.descending { "DESC" } else { "ASC" };
        let columns: Vec<String> = self
            .sort
            .columns()
            .iter()
            .chain(&["key"])
            .map(|column| format!("i.{column} {direction}"))
            .collect();
        format!("ORDER BY {}", columns.join(", "))
    }

    /// The rows in question, to be read in the order of the list.
    pub(super) fn listed(&self) -> Filter {
        self.filter(self.sort.index(), &self.states)
    }

    /// The list with every state and the partly paid: counted once, it answers for each part of it.
    pub(super) fn whole(&self) -> Query {
        Query {
            states: Vec::new(),
            include_partly_paid: true,
            sort: SortKey::default(),
            descending: false,
            ..self.clone()
        }
    }

    /// The rows in question of every state, to be counted.
    pub(super) fn counted(&self) -> Filter {
        self.filter(SortKey::State.index(), &[])
    }

    fn filter(&self, index: &str, states: &[State]) -> Filter {
        let mut filter = Filter::default();
        let terms = terms(&self.search);
        let trigrams = trigrams(&terms);
        let source = if !trigrams.is_empty() {
            // The search decides which rows are looked at: it leaves the fewest.
            filter.and("trigrams MATCH ?", Value::from(trigrams));
            "trigrams CROSS JOIN invoices AS i ON i.key = trigrams.rowid".to_owned()
        } else if self.ids.is_some() {
            "invoices AS i".to_owned()
        } else {
            format!("invoices AS i INDEXED BY {index}")
        };
        filter.and(
            "i.workspace = (SELECT key FROM workspaces WHERE id = ?)",
            self.workspace.to_string().into(),
        );
        for term in terms {
            // Three characters in common do not make the word, so the text itself decides.
            filter.and("instr(i.search, ?) > 0", term.into());
        }
        if !states.is_empty() {
            filter.plain(format!("i.state IN ({})", numbers(states)));
        }
        if !self.include_partly_paid {
            filter.plain("i.partly_paid = 0".into());
        }
        if let Some(currency) = &self.currency {
            filter.and("i.currency = ?", currency.to_ascii_uppercase().into());
        }
        if let Some(day) = self.due_before {
            filter.and("i.due_date < ?", day.to_string().into());
        }
        if let Some(day) = self.due_after {
            filter.and("i.due_date > ?", day.to_string().into());
        }
        if let Some(amount) = &self.amount {
            filter.and("i.worth >= ?", amount.start().0.into());
            filter.and("i.worth <= ?", amount.end().0.into());
        }
        if let Some(connection) = self.connection {
            filter.and(
                "i.connection = (SELECT key FROM connections WHERE id = ?)",
                connection.to_string().into(),
            );
        }
        if let Some(provider) = self.provider {
            filter.and(
                "i.connection IN (SELECT key FROM connections WHERE provider = ?)",
                provider.name().to_owned().into(),
            );
        }
        if let Some(problem) = self.problem {
            filter.and(
                "instr(i.codes, ?) > 0",
                format!(" {} ", problem.name()).into(),
            );
        }
        if let Some(ids) = &self.ids {
            let ids = serde_json::to_string(ids).unwrap_or_else(|_| "[]".into());
            filter.and("i.id IN (SELECT value FROM json_each(?))", ids.into());
        }
        filter.sql = format!("FROM {source} WHERE {}", filter.conditions.join(" AND "));
        filter
    }
}

/// `FROM … WHERE …` with its parameters in order.
#[derive(Default)]
pub(super) struct Filter {
    pub sql: String,
    pub params: Vec<Value>,
    conditions: Vec<String>,
}

impl Filter {
    fn and(&mut self, condition: &str, value: Value) {
        self.conditions.push(condition.to_owned());
        self.params.push(value);
    }

    fn plain(&mut self, condition: String) {
        self.conditions.push(condition);
    }
}

/// Enough of the three-character pieces of a word to leave few rows to look at.
const PIECES: usize = 8;

/// The pieces of all words as an FTS5 expression; empty when every word is shorter than three characters.
fn trigrams(terms: &[String]) -> String {
    let mut pieces: Vec<String> = Vec::new();
    for term in terms {
        let characters: Vec<char> = term.chars().collect();
        let all: Vec<String> = characters
            .windows(3)
            .map(|piece| piece.iter().collect())
            .collect();
        let step = all.len().div_ceil(PIECES).max(1);
        pieces.extend(all.into_iter().step_by(step));
    }
    pieces.sort_unstable();
    pieces.dedup();
    let quoted: Vec<String> = pieces
        .iter()
        .map(|piece| format!("\"{}\"", piece.replace('"', "\"\"")))
        .collect();
    quoted.join(" ")
}
