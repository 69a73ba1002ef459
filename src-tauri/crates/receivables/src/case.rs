//! The case that an invoice becomes: complete, typed, ready to be written down.

use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Country, Money};

/// Whom the claim is against. Debitura prices and routes the two differently, and evidence rules differ.
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DebtorType {
    Company,
    Private,
}

impl DebtorType {
    /// The word in files and corrections.
    pub fn name(self) -> &'static str {
        match self {
            DebtorType::Company => "company",
            DebtorType::Private => "private",
        }
    }
}

impl FromStr for DebtorType {
    type Err = ();

    /// Reads any case; `Person` is another word of Debitura's for a private debtor.
    fn from_str(text: &str) -> Result<Self, ()> {
        match text.trim().to_ascii_lowercase().as_str() {
            "company" => Ok(DebtorType::Company),
            "private" | "person" => Ok(DebtorType::Private),
            _ => Err(()),
        }
    }
}

/// The debtor of a case, as Debitura wants to know them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseDebtor {
    pub debtor_type: DebtorType,
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub contact_person: Option<String>,
    pub registration_number: Option<String>,
    pub address: String,
    pub city: String,
    pub zip: Option<String>,
    /// Two letters in the USA, free text elsewhere.
    pub state: Option<String>,
    pub country: Country,
}

/// A complete collection case. Only [`crate::assess`] makes one, so each has passed every blocking rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// At most 50 characters, unique per creditor.
    pub creditor_reference: String,
    pub case_date: Date,
    /// `case_date ≤ due_date < today` when the case was made.
    pub due_date: Date,
    /// The open balance, above zero.
    pub amount: Money,
    pub debtor: CaseDebtor,
    /// At most 4,000 characters.
    pub description: Option<String>,
    /// At most 4,000 characters.
    pub comments: Option<String>,
}
