use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Amount, AsOf, StateCount, Window};

/// One line of the record of what was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ActivityRow {
    pub id: u32,
    /// RFC 3339.
    pub at: String,
    /// `connected`, `fetched`, `corrected`, `submitted`, `failed`, …
    pub kind: String,
    pub text: String,
    pub failure: Option<super::Failure>,
}

/// The record, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ActivityPage {
    pub rows: Vec<ActivityRow>,
    pub total: u32,
}

/// A window of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ListActivity {
    pub window: Window,
}

/// Unpaid invoices of one age and currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AgeCell {
    /// `not_due`, `1_30`, `31_60`, `61_90`, `91_180`, `181_365`, `over_365` or `no_due_date`.
    pub age: String,
    pub amount: Amount,
    pub count: u32,
}

/// The workspace at a glance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Overview {
    pub ages: Vec<AgeCell>,
    pub counts: Vec<StateCount>,
    pub ready: Vec<Amount>,
    pub attention: Vec<Amount>,
    /// The commonest problems: text and how many invoices have it, with the code to filter by.
    pub problems: Vec<ProblemCount>,
    pub open_cases: u32,
    pub activity: Vec<ActivityRow>,
    pub as_of: AsOf,
    pub cases_as_of: AsOf,
}

/// The problems of the invoices of a query, commonest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProblemCounts {
    pub problems: Vec<ProblemCount>,
}

/// Invoices that share a problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProblemCount {
    pub code: String,
    pub what: String,
    pub count: u32,
}

/// A list to write as CSV.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "list", rename_all = "snake_case")]
pub enum Export {
    Invoices { query: super::InvoiceQuery },
    Cases { query: super::CaseQuery },
    Activity,
    Batch { id: String },
}

/// A file was written, unless the user chose none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Exported {
    /// The file's name, without its folder; absent when the user cancelled.
    pub file: Option<String>,
    pub rows: u32,
}
