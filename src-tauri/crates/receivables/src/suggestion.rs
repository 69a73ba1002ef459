//! Values that a source does not have, proposed with the reason. Never applied without the user.

use serde::{Deserialize, Serialize};

use crate::{DebtorType, Field, Invoice, Provider};

/// A proposed value for a field.
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    pub field: Field,
    pub value: String,
    /// Why, in a few words that stand beside the value.
    pub reason: String,
}

impl Suggestion {
    /// Company or private person, from what the source hints and how the name is written.
    pub fn debtor_type(invoice: &Invoice, name: &str) -> Suggestion {
        let (debtor_type, reason) = match invoice.hints.is_company {
            Some(true) => (
                DebtorType::Company,
                format!("{} keeps it as a business", invoice.id.provider.title()),
            ),
            Some(false) => (
                DebtorType::Private,
                format!("{} keeps it as a person", invoice.id.provider.title()),
            ),
            None if invoice.hints.has_tax_id => {
                (DebtorType::Company, "It has a tax number".to_owned())
            }
            None => match legal_form(name) {
                Some(form) => (DebtorType::Company, format!("The name contains “{form}”")),
                None => (
                    DebtorType::Private,
                    "No tax number, and no legal form in the name".to_owned(),
                ),
            },
        };
        Suggestion {
            field: Field::DebtorType,
            value: debtor_type.name().to_owned(),
            reason,
        }
    }

    /// The due date of an invoice that states none.
    pub fn due_date(invoice: &Invoice, case_date: &str) -> Suggestion {
        let reason = if invoice.hints.collected_automatically {
            "Charged automatically, so due on the invoice date"
        } else {
            "No terms stated, so due on the invoice date"
        };
        Suggestion {
            field: Field::DueDate,
            value: case_date.to_owned(),
            reason: reason.to_owned(),
        }
    }

    /// A reference for an invoice without a number.
    pub fn reference(invoice: &Invoice) -> Suggestion {
        let id = &invoice.id;
        let (value, reason) = match id.provider {
            Provider::Import => (
                format!("{}-{}", id.tenant, id.id),
                "Made of the import and the row, since the file has no number".to_owned(),
            ),
            provider => (
                id.id.clone(),
                format!("The invoice’s id at {}", provider.title()),
            ),
        };
        Suggestion {
            field: Field::CreditorReference,
            value: value.chars().take(50).collect(),
            reason,
        }
    }
}

/// Legal forms of companies as they stand in names, without dots. Whole words only: "AS" is a company, "Asger" is not.
const LEGAL_FORMS: [&str; 48] = [
    "ab",
    "aps",
    "as",
    "a/s",
    "asa",
    "ag",
    "bv",
    "bvba",
    "corp",
    "corporation",
    "co",
    "company",
    "eg",
    "ek",
    "ev",
    "gbr",
    "gmbh",
    "group",
    "inc",
    "incorporated",
    "ivs",
    "k/s",
    "kft",
    "kg",
    "kk",
    "i/s",
    "limited",
    "llc",
    "llp",
    "ltd",
    "nv",
    "nyrt",
    "ohg",
    "oy",
    "oyj",
    "plc",
    "pty",
    "sa",
    "sarl",
    "sas",
    "sasu",
    "sl",
    "spa",
    "srl",
    "ug",
    "zrt",
    "株式会社",
    "有限会社",
];

fn legal_form(name: &str) -> Option<&str> {
    name.split([' ', ',', '(', ')', '&'])
        .map(|word| word.trim_matches('.'))
        .find(|word| {
            let plain = word.replace('.', "").to_lowercase();
            LEGAL_FORMS.contains(&plain.as_str())
                || ["株式会社", "有限会社"]
                    .iter()
                    .any(|form| plain.contains(form))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legal_forms_are_words_not_letters() {
        for name in [
            "Nordlys A/S",
            "Müller & Söhne GmbH",
            "Acme, Inc.",
            "Café S.A.R.L.",
            "株式会社山田",
        ] {
            assert!(legal_form(name).is_some(), "{name} is a company");
        }
        for name in ["Asger Holm", "Inca Lopez", "Agnes Kgosi", ""] {
            assert_eq!(legal_form(name), None, "{name} is a person");
        }
    }
}
