use receivables::{DebtorType, Field, FieldSource, Problem, State, Suggestion};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Amount, AsOf, Window};

/// Column to sort by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SortBy {
    #[default]
    DueDate,
    CaseDate,
    Amount,
    Debtor,
    Reference,
    State,
    Country,
}

/// Which invoices of the current workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct InvoiceQuery {
    /// Found anywhere in reference, debtor, city, e-mail, amount or the source's id.
    pub search: String,
    /// All states when empty.
    pub states: Vec<State>,
    pub currency: Option<String>,
    /// Due on or before this day: `YYYY-MM-DD`.
    pub due_until: Option<String>,
    /// Neutral decimal text.
    pub amount_from: Option<String>,
    pub amount_to: Option<String>,
    pub connection: Option<String>,
    /// Partly paid invoices are hidden otherwise.
    pub partly_paid: bool,
    /// Only invoices with this problem.
    pub problem: Option<String>,
    pub sort: SortBy,
    pub descending: bool,
}

/// A window of a query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ListInvoices {
    pub query: InvoiceQuery,
    pub window: Window,
    /// Fill each row's list of problems, as scripts want it.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub problems: bool,
}

/// One row of the grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct InvoiceRow {
    pub id: String,
    pub connection: String,
    pub reference: Option<String>,
    pub debtor: Option<String>,
    /// Absent when the source's amount cannot be read exactly.
    pub amount: Option<Amount>,
    pub case_date: Option<String>,
    pub due_date: Option<String>,
    /// Days past due; absent when not due or without a due date.
    pub days_overdue: Option<u32>,
    pub country: Option<String>,
    pub state: State,
    /// The first problem's text, blocking ones first.
    pub problem: Option<String>,
    /// How many problems block.
    pub blocking: u32,
    pub partly_paid: bool,
    /// A suggestion waits to be accepted.
    pub suggested: bool,
    /// Every problem, where the request asked for them; otherwise empty.
    pub problems: Vec<Problem>,
}

/// The window, and what the whole query amounts to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct InvoicePage {
    pub rows: Vec<InvoiceRow>,
    pub total: u32,
    /// Sum of open balances per currency, over the whole query.
    pub totals: Vec<Amount>,
    /// How many invoices each state would show, the other filters being the same.
    pub counts: Vec<StateCount>,
    /// The currencies to filter by.
    pub currencies: Vec<String>,
    /// Partly paid invoices that the query hides.
    pub hidden_partly_paid: u32,
    pub as_of: AsOf,
}

/// Invoices in one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StateCount {
    pub state: State,
    pub count: u32,
}

/// A choice of invoices: some ids, or all that match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Selection {
    Ids {
        ids: Vec<String>,
    },
    /// Everything a query matches, less a few.
    Matching {
        query: InvoiceQuery,
        except: Vec<String>,
    },
}

/// Asks something of a selection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OfSelection {
    pub selection: Selection,
}

/// What a selection amounts to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SelectionSummary {
    pub count: u32,
    pub totals: Vec<Amount>,
    pub counts: Vec<StateCount>,
    /// Invoices with at least one suggestion, by field.
    pub suggestions: Vec<FieldCount>,
}

/// Suggestions for one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FieldCount {
    pub field: Field,
    pub count: u32,
}

/// One field of the case an invoice would become.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CaseField {
    pub field: Field,
    /// Absent when neither source nor user gave it.
    pub value: Option<String>,
    pub source: Option<FieldSource>,
    pub correctable: bool,
    /// A correction serves all invoices of the debtor.
    pub of_debtor: bool,
    /// The source's present value, where a correction lies over it.
    pub source_value: Option<String>,
    /// What stands in the file, where it was imported from one.
    pub text: Option<String>,
}

/// Everything about one invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct InvoiceDetail {
    pub row: InvoiceRow,
    /// Every field in reading order, also the empty ones.
    pub fields: Vec<CaseField>,
    pub problems: Vec<Problem>,
    pub suggestions: Vec<Suggestion>,
    pub debtor_type: Option<DebtorType>,
    /// Other invoices of the same debtor in the cache.
    pub siblings: u32,
    pub total: Option<Amount>,
    /// The source's word for its status.
    pub status: String,
    pub set_aside: Option<SetAsideView>,
    pub submission: Option<SubmissionView>,
    pub history: Vec<HistoryEntry>,
    /// The invoice can be opened at its source.
    pub has_link: bool,
    pub has_pdf: bool,
    /// When it was read from the source, RFC 3339.
    pub fetched: String,
}

/// Set aside by the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SetAsideView {
    pub until: Option<String>,
    pub because: String,
}

/// The journal's word on an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SubmissionView {
    /// Absent where the journal has lost it and only its case is known.
    pub batch: Option<String>,
    /// `confirmed`, `sending`, `unknown`, `submitted`, `linked`, `rejected` or `withdrawn`.
    pub stage: String,
    pub case_reference: Option<String>,
    pub problem: Option<super::Failure>,
    /// RFC 3339.
    pub at: String,
}

/// One thing that happened to an invoice or its debtor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HistoryEntry {
    /// RFC 3339.
    pub at: String,
    pub text: String,
}

/// Lays a correction over a field, or takes it off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Correct {
    pub id: String,
    pub field: Field,
    /// The new value; empty leaves the field out; absent goes back to the source's.
    pub value: Option<String>,
}

/// Accepts the suggestions for a field on every invoice of a selection that has one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AcceptSuggestions {
    pub selection: Selection,
    pub field: Field,
}

/// Leaves invoices alone, until a day or for a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SetAsideRequest {
    pub selection: Selection,
    pub until: Option<String>,
    pub because: String,
}

/// How many invoices an action changed, and what undo would take back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Changed {
    pub count: u32,
    /// What `undo` takes back next, in words; absent when nothing.
    pub undo: Option<String>,
    pub redo: Option<String>,
}
