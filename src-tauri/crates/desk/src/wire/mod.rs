//! What crosses between the use cases and whoever asks: requests, answers, events. Edge types only: text, numbers below
//! 2^53 and the vocabulary of `receivables`; amounts are decimal text, never floats.
//!
//! Each type is described in TypeScript from here; the page has no other source of its types.

mod activity;
mod cases;
mod connections;
mod import;
mod invoices;
mod jobs;
mod recovery;
mod review;
mod settings;
mod sign_in;
mod workspace;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use activity::*;
pub use cases::*;
pub use connections::*;
pub use import::*;
pub use invoices::*;
pub use jobs::*;
pub use recovery::*;
pub use review::*;
pub use settings::*;
pub use sign_in::*;
pub use workspace::*;

/// An exact amount: neutral decimal text and an ISO 4217 code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Amount {
    /// `1234.56`, with all decimals of the currency.
    pub value: String,
    pub currency: String,
}

impl From<receivables::Money> for Amount {
    fn from(money: receivables::Money) -> Amount {
        Amount {
            value: money.decimal(),
            currency: money.currency.code().to_owned(),
        }
    }
}

/// One amount for each currency.
pub(crate) fn amounts(totals: &receivables::Totals) -> Vec<Amount> {
    totals
        .decimals()
        .map(|(currency, value)| Amount {
            value,
            currency: currency.to_owned(),
        })
        .collect()
}

/// A count that the page shows: beyond four thousand million it stays there.
pub(crate) fn small(count: impl TryInto<u32>) -> u32 {
    count.try_into().unwrap_or(u32::MAX)
}

/// A request or answer without content.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Nothing {}

/// What went wrong, in words that help. The codes are listed in [`crate::FailureCode`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Failure {
    pub code: crate::FailureCode,
    /// What happened, one sentence.
    pub what: String,
    /// Why, where it is known; may be empty.
    pub why: String,
    /// What to do now, and what is safe.
    pub next: String,
    /// Whether the same action can simply be tried again.
    pub retry: bool,
}

/// The part of a long list to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Window {
    /// Rows to skip.
    pub offset: u32,
    /// Rows wanted, at most 500.
    pub limit: u32,
}

/// Names one thing by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ById {
    pub id: String,
}

/// An inclusive range of calendar days, `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DateRange {
    pub from: String,
    pub to: String,
}

/// Age of the data on a screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AsOf {
    /// RFC 3339; absent when nothing was fetched yet.
    pub at: Option<String>,
}

/// A link that the host opens in the system's browser. The page names what to open, never an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Link {
    /// Where Stripe makes a restricted key with the two permissions ticked.
    StripeKeys,
    /// Where Debitura shows API keys.
    DebituraKeys,
    /// Debitura's portal.
    DebituraPortal,
    /// The signing page of the account's debt collection agreement.
    Agreement,
    /// The terms of the agreement.
    AgreementTerms,
    /// The signing page for the contracts a review asks for.
    ReviewSigning { review: String },
    /// An invoice at its source.
    Invoice { id: String },
}
