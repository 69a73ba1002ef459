use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{DateRange, Failure};

/// A source of the current workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConnectionView {
    pub id: String,
    #[ts(type = "\"stripe\" | \"quickbooks\" | \"zoho\" | \"import\"")]
    pub provider: String,
    /// The account's name at the source, once an invoice told it.
    pub account: Option<String>,
    /// Stripe's test mode and the like: its invoices are not real.
    pub test: bool,
    /// The last four characters of the key; empty where there is none.
    pub key_hint: String,
    /// Zoho's region, as in `eu`.
    pub region: Option<String>,
    /// The company's own currency, where the source says it.
    pub currency: Option<String>,
    /// When the sign-in ends for good and has to be renewed. RFC 3339.
    pub ends: Option<String>,
    /// Calls left of the day's quota, where the source says it.
    pub quota_left: Option<u32>,
    /// The dates by which the source can be asked: always by creation.
    pub by_due_date: bool,
    /// What keeps it from syncing.
    pub problem: Option<Failure>,
    /// The account's name differs from the creditor's; asked about once.
    pub name_question: Option<NameQuestion>,
    /// RFC 3339.
    pub last_sync: Option<String>,
    /// The creation range of the last fetch.
    pub created: Option<DateRange>,
    /// Invoices in the cache that are open at the source.
    pub open_invoices: u32,
    /// A fetch was interrupted and continues where it stopped.
    pub resumable: bool,
}

/// Two names that should be one company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NameQuestion {
    pub source: String,
    pub creditor: String,
}

/// A restricted Stripe key to check and keep.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct ConnectStripe {
    pub key: String,
    /// Replace the key of this connection instead of making one.
    pub connection: Option<String>,
}

impl std::fmt::Debug for ConnectStripe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConnectStripe").finish_non_exhaustive()
    }
}

/// What disconnecting would remove and what stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DisconnectEffects {
    /// Cached invoices that go.
    pub invoices: u32,
    /// Corrections that stay, for when the source is connected again.
    pub corrections: u32,
    /// Submissions that stay in the journal.
    pub submissions: u32,
    /// The sign-in ends at the provider too, because nothing else here uses it.
    pub revokes: bool,
}

/// Which invoices to fetch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Sync {
    /// All connections of the workspace when absent.
    pub connection: Option<String>,
    /// By creation date; the last 24 months when absent.
    pub created: Option<DateRange>,
    /// By due date instead, where the source can be asked so.
    pub due: Option<DateRange>,
}
