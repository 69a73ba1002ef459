use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Amount, AsOf, Window};

/// Column to sort cases by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CaseSortBy {
    #[default]
    Updated,
    Created,
    Reference,
    CreditorReference,
    Debtor,
    /// Within each currency.
    Amount,
    Status,
}

/// Which cases of the account, in which order; by default the latest update comes first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct CaseQuery {
    pub search: String,
    /// Only these statuses, by label; all when empty.
    pub statuses: Vec<String>,
    /// Only open (`true`) or only ended (`false`) cases.
    pub open: Option<bool>,
    pub sort: CaseSortBy,
    pub descending: bool,
}

impl Default for CaseQuery {
    fn default() -> CaseQuery {
        CaseQuery {
            search: String::new(),
            statuses: Vec::new(),
            open: None,
            sort: CaseSortBy::default(),
            descending: true,
        }
    }
}

/// A window of the cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ListCases {
    pub query: CaseQuery,
    pub window: Window,
}

/// One case at Debitura.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CaseRow {
    pub id: String,
    /// Debitura's eight characters.
    pub reference: String,
    pub creditor_reference: Option<String>,
    pub debtor: Option<String>,
    pub amount: Option<Amount>,
    /// What is still to be recovered.
    pub remainder: Option<Amount>,
    /// Debitura's label, shown as it is.
    pub status: String,
    /// How it ended.
    pub close_code: Option<String>,
    /// Whether the ending recovered money; absent while open.
    pub recovered: Option<bool>,
    pub test: bool,
    /// RFC 3339.
    pub created: Option<String>,
    pub updated: Option<String>,
    /// Submitted from here; otherwise made elsewhere.
    pub ours: bool,
    /// The invoice it was made of, when submitted from here.
    pub invoice: Option<String>,
}

/// Cases, and how many there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CasePage {
    pub rows: Vec<CaseRow>,
    pub total: u32,
    /// Every status present, with its count.
    pub statuses: Vec<StatusCount>,
    pub as_of: AsOf,
}

/// Cases with one status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StatusCount {
    pub status: String,
    pub count: u32,
}
