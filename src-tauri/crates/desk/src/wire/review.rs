use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Amount, AsOf, Failure};

/// A review was started: its cases are being read again at their sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReviewStarted {
    pub review: String,
    pub job: String,
}

/// What would be submitted, frozen: the document a person agrees to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Review {
    pub id: String,
    /// Reading at the sources and Debitura's preview are complete.
    pub complete: bool,
    pub done: u32,
    pub total: u32,
    /// The creditor on whose behalf.
    pub creditor: String,
    pub test_mode: bool,
    pub cases: Vec<ReviewCase>,
    /// Chosen, but no longer to be submitted, each with its reason.
    pub dropped: Vec<DroppedCase>,
    pub totals: Vec<Amount>,
    /// Debitura's price and partner, cases of equal terms together.
    pub terms: Vec<Terms>,
    /// What must be signed first.
    pub contracts: Vec<Contract>,
    /// The signing page walks through all contracts.
    pub can_sign: bool,
    /// What to know before agreeing.
    pub warnings: Vec<String>,
    /// Why it cannot be submitted now; absent when it can.
    pub obstacle: Option<Failure>,
    pub read_at: AsOf,
}

/// One case of a review, exactly as it would be sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ReviewCase {
    pub invoice: String,
    pub reference: String,
    pub debtor: String,
    #[ts(type = "\"company\" | \"private\"")]
    pub debtor_type: String,
    /// One line.
    pub address: String,
    pub amount: Amount,
    pub case_date: String,
    pub due_date: String,
    pub description: Option<String>,
    /// Index into the review's terms.
    pub terms: Option<u32>,
    pub warnings: Vec<String>,
    /// The invoice PDF will be attached.
    pub attaches_pdf: bool,
}

/// A chosen invoice that is not submitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DroppedCase {
    pub invoice: String,
    pub reference: Option<String>,
    pub debtor: Option<String>,
    pub amount: Option<Amount>,
    /// "Paid at Stripe since it was fetched."
    pub why: String,
    pub next: String,
}

/// What Debitura would charge, and who would collect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Terms {
    /// Total success fee in per cent of what is recovered, decimal text.
    pub fee_percent: Option<String>,
    pub age_surcharge_percent: Option<String>,
    pub source: Option<String>,
    pub partner: Option<String>,
    pub partner_country: Option<String>,
    pub jurisdiction: Option<String>,
    pub cases: u32,
    pub totals: Vec<Amount>,
}

/// A contract or form that Debitura wants first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Contract {
    pub name: String,
    pub message: String,
    /// Debitura refuses the cases until it is signed.
    pub blocking: bool,
}

/// The explicit yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Submit {
    pub review: String,
    /// The number of cases the page showed on its button; another number is refused.
    pub cases: u32,
}

/// A batch was confirmed and is being submitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SubmitStarted {
    pub batch: String,
    pub job: String,
}

/// What was confirmed together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Batch {
    pub id: String,
    /// RFC 3339.
    pub confirmed: String,
    pub test_mode: bool,
    pub entries: Vec<BatchEntry>,
    pub totals: Vec<Amount>,
    /// Not yet ended.
    pub open: u32,
    /// Seconds until the first byte may leave; until then the whole yes can be taken back.
    pub held_for: Option<u32>,
    /// Found after a restart or a long pause: invoices are read again and the user is asked before it goes on.
    pub needs_consent: bool,
    /// It waits for this to be mended before it goes on.
    pub waiting_for: Option<Failure>,
}

/// One submission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct BatchEntry {
    pub id: String,
    pub invoice: String,
    pub reference: String,
    pub debtor: String,
    pub amount: Amount,
    /// `confirmed`, `sending`, `unknown`, `submitted`, `linked`, `rejected` or `withdrawn`.
    pub stage: String,
    pub case_reference: Option<String>,
    pub problem: Option<Failure>,
    /// `waiting`, `uploaded`, `failed` or `none`.
    pub attachment: String,
    pub can_withdraw: bool,
}

/// What was confirmed together, without its entries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct BatchSummary {
    pub id: String,
    /// RFC 3339.
    pub confirmed: String,
    pub test_mode: bool,
    pub cases: u32,
    /// How many entries are at each stage.
    pub stages: Vec<StageCount>,
    pub totals: Vec<Amount>,
    /// Not yet ended.
    pub open: u32,
    pub needs_consent: bool,
    /// It waits for this to be mended before it goes on.
    pub waiting_for: Option<Failure>,
}

/// Entries at one stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StageCount {
    pub stage: String,
    pub count: u32,
}

/// The batches of the workspace, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Batches {
    pub batches: Vec<BatchSummary>,
}

/// Invoices that a script names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NamedInvoices {
    pub ids: Vec<String>,
}

/// The submissions that stand for some invoices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct BatchEntries {
    pub entries: Vec<BatchEntry>,
}

/// The batches that go on with some of their submissions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SubmissionsResumed {
    pub batches: Vec<SubmitStarted>,
}
