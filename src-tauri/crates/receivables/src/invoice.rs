//! An invoice as a source describes it: facts with their origin, before any correction.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Field, Money};

/// Where an invoice comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    Stripe,
    #[serde(rename = "quickbooks")]
    QuickBooks,
    Zoho,
    Import,
}

impl Provider {
    /// The word in identifiers and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Provider::Stripe => "stripe",
            Provider::QuickBooks => "quickbooks",
            Provider::Zoho => "zoho",
            Provider::Import => "import",
        }
    }

    /// The name people know.
    pub fn title(self) -> &'static str {
        match self {
            Provider::Stripe => "Stripe",
            Provider::QuickBooks => "QuickBooks Online",
            Provider::Zoho => "Zoho Books",
            Provider::Import => "Import",
        }
    }
}

impl FromStr for Provider {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        [
            Provider::Stripe,
            Provider::QuickBooks,
            Provider::Zoho,
            Provider::Import,
        ]
        .into_iter()
        .find(|provider| provider.name() == text)
        .ok_or(ParseIdError)
    }
}

/// The text is not `provider:tenant:id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier of the form provider:tenant:id")]
pub struct ParseIdError;

macro_rules! source_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name {
            pub provider: Provider,
            /// The account at the provider, without a colon. Stable across reconnecting, unlike a connection.
            pub tenant: String,
            /// The provider's own id, opaque.
            pub id: String,
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}:{}:{}", self.provider.name(), self.tenant, self.id)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let mut parts = text.splitn(3, ':');
                let (Some(provider), Some(tenant), Some(id)) = (parts.next(), parts.next(), parts.next()) else {
                    return Err(ParseIdError);
                };
                if id.is_empty() {
                    return Err(ParseIdError);
                }
                Ok($name { provider: provider.parse()?, tenant: tenant.to_owned(), id: id.to_owned() })
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

source_id! {
    /// Names one invoice for good: `stripe:live:in_1N…`. Cache, journal, corrections and scripts use the same key, so
    /// that a source connected again does not offer again what was submitted.
    InvoiceId
}

source_id! {
    /// Names one debtor at a source. An invoice without a customer is its own debtor.
    DebtorId
}

/// What became of an invoice at its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceStatus {
    /// Not yet final: may still change, so is never offered.
    Draft,
    /// Final and unpaid.
    Open,
    Paid,
    Void,
    /// Given up by the creditor, though it can still be paid.
    Uncollectible,
    /// The source no longer knows it.
    Deleted,
    /// A word of the source that we do not know; treated as not collectible until someone looks.
    Other(String),
}

/// One value with where it came from, in the source's words ("Stripe customer").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Neutral text: dates `YYYY-MM-DD`, amounts `1234.56`, countries and currencies as given.
    pub value: String,
    pub origin: String,
}

/// What a source said, field by field. An absent field is absent: no empty strings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts(BTreeMap<Field, Fact>);

impl Facts {
    /// Keeps a value unless it is blank; the first value of a field stays, so sources add the better one first.
    pub fn offer(&mut self, field: Field, value: impl AsRef<str>, origin: impl Into<String>) {
        let value = value.as_ref().trim();
        if !value.is_empty() {
            self.0.entry(field).or_insert_with(|| Fact {
                value: value.to_owned(),
                origin: origin.into(),
            });
        }
    }

    /// The fact of a field.
    pub fn get(&self, field: Field) -> Option<&Fact> {
        self.0.get(&field)
    }

    /// The value of a field.
    pub fn value(&self, field: Field) -> Option<&str> {
        self.0.get(&field).map(|fact| fact.value.as_str())
    }

    /// Fields and facts in reading order.
    pub fn iter(&self) -> impl Iterator<Item = (Field, &Fact)> {
        self.0.iter().map(|(field, fact)| (*field, fact))
    }
}

/// What a source says and could not be read, so that it is no fact; or what was left out of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    /// Nothing where the whole record is in doubt.
    pub field: Option<Field>,
    /// What stands at the source.
    pub source: String,
    /// The invoice is not complete until somebody gives the field a value; otherwise a warning.
    pub blocks: bool,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub fix: String,
}

impl Doubt {
    /// The field that shows it; the reference where the whole record is in doubt.
    pub fn shown_at(&self) -> Field {
        self.field.unwrap_or(Field::CreditorReference)
    }
}

/// What a source knows beside the fields of a case, and which only suggestions use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hints {
    /// The customer has a tax number, so is most likely a company.
    pub has_tax_id: bool,
    /// The source itself says company (`true`) or private person (`false`).
    pub is_company: Option<bool>,
    /// The source collects by itself (a stored card), so states no due date.
    pub collected_automatically: bool,
}

/// One invoice as read from its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    pub id: InvoiceId,
    pub debtor: DebtorId,
    pub status: SourceStatus,
    pub facts: Facts,
    /// What was invoiced, where the source says it readably.
    pub total: Option<Money>,
    /// What is still owed; the same as the fact [`Field::Amount`] wherever that can be read.
    pub open: Option<Money>,
    /// Something was paid or credited already.
    pub partly_paid: bool,
    pub hints: Hints,
    /// The page of this invoice at its source, https.
    pub url: Option<String>,
    /// The source offers the invoice as a PDF.
    pub has_pdf: bool,
    /// Read from a list that lacks most of what the source knows about the debtor. What is absent here is unread, not
    /// missing; see [`Invoice::with_details_of`].
    #[serde(default)]
    pub summary_only: bool,
    /// What could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<Doubt>,
}

impl Invoice {
    /// A summary with the debtor's details that an earlier reading of the same invoice gave, so that fetching a list
    /// again neither loses them nor costs reading them again. They may have aged: whoever is about to submit reads the
    /// invoice in full. What the summary itself says is newer and stays. Anything else is returned as it is.
    #[must_use]
    pub fn with_details_of(mut self, earlier: &Invoice) -> Invoice {
        let same = self.id == earlier.id && self.debtor == earlier.debtor;
        if !self.summary_only || earlier.summary_only || !same {
            return self;
        }
        for (field, fact) in earlier
            .facts
            .iter()
            .filter(|(field, _)| field.belongs_to_debtor())
        {
            self.facts.offer(field, &fact.value, &fact.origin);
        }
        self.hints = earlier.hints.clone();
        self.summary_only = false;
        self
    }

    /// Whether the user may correct a field of it. A file is no books: a cell of it may be wrong, also that of the amount.
    pub fn lets_correct(&self, field: Field) -> bool {
        field.correctable() || self.id.provider == Provider::Import
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_read_back_even_with_colons_in_the_providers_part() {
        for text in ["stripe:live:in_1", "import:7f:3", "quickbooks:99:a:b"] {
            let id: InvoiceId = text.parse().unwrap();
            assert_eq!(id.to_string(), text);
        }
        for text in ["", "stripe", "stripe:live", "stripe:live:", "paypal:x:1"] {
            assert_eq!(text.parse::<InvoiceId>(), Err(ParseIdError), "{text:?}");
        }
    }

    #[test]
    fn the_first_value_stays_and_blanks_are_not_values() {
        let mut facts = Facts::default();
        facts.offer(Field::DebtorCity, "  ", "Stripe invoice");
        facts.offer(Field::DebtorCity, " Aarhus ", "Stripe customer");
        facts.offer(Field::DebtorCity, "Odense", "Stripe shipping");
        assert_eq!(facts.value(Field::DebtorCity), Some("Aarhus"));
        assert_eq!(
            facts.get(Field::DebtorCity).unwrap().origin,
            "Stripe customer"
        );
    }
}
