//! Why a column was given its field, in words a bookkeeper can check.

use std::fmt;

use receivables::Field;

use super::header::Concept;
use super::lexicon::Lexicon;
use super::seen::Seen;
use super::value::Look;

/// One fact that speaks for a suggestion.
#[derive(Debug, Clone, PartialEq)]
pub enum Evidence {
    /// The user chose it in an earlier import.
    Remembered { when: Option<String> },
    /// The header is used for this field by known systems.
    KnownName { header: String, field: Field },
    /// What the header's words mean.
    Meaning {
        header: String,
        words: Vec<&'static str>,
    },
    /// How many values are what the field needs.
    Values {
        matching: usize,
        of: usize,
        what: &'static str,
    },
    /// Each date is on or after those of the column taken as case date.
    AfterCaseDate,
    /// Another column was close, and why this one was taken is a convention.
    Before { header: String },
    /// The header says nothing by itself.
    ValuesAndNeighbours,
    /// The column has no value in the rows looked at.
    NoValues,
    /// Nothing is close to a field.
    NoField,
    /// The field found is used by another column.
    TakenBy { field: Field, header: String },
    /// A field is likely, but not enough to suggest it.
    TooUnsure { field: Field },
}

/// All that speaks for a suggestion, the strongest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reason(pub Vec<Evidence>);

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, evidence) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{evidence}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Evidence::Remembered { when: Some(when) } => {
                write!(f, "used from your import of {when}")
            }
            Evidence::Remembered { when: None } => f.write_str("used from your earlier import"),
            Evidence::KnownName { header, field } => {
                write!(
                    f,
                    "header ‹{header}› is a known name for {}",
                    words_for(*field)
                )
            }
            Evidence::Meaning { header, words } => {
                write!(f, "header ‹{header}› speaks of {}", words.join(", "))
            }
            Evidence::Values { matching, of, what } => {
                write!(f, "{matching} of {of} values are {what}")
            }
            Evidence::AfterCaseDate => f.write_str("each is on or after the case date"),
            Evidence::Before { header } => write!(f, "taken before ‹{header}›"),
            Evidence::ValuesAndNeighbours => {
                f.write_str("its values and the columns beside it speak for it")
            }
            Evidence::NoValues => f.write_str("no values in the rows looked at"),
            Evidence::NoField => f.write_str("nothing in it is close to a field of a case"),
            Evidence::TakenBy { field, header } => {
                write!(
                    f,
                    "could be {}, for which ‹{header}› is the better column",
                    words_for(*field)
                )
            }
            Evidence::TooUnsure { field } => {
                write!(f, "could be {}, but that is too unsure", words_for(*field))
            }
        }
    }
}

/// A field as one says it in a sentence.
pub fn words_for(field: Field) -> &'static str {
    match field {
        Field::CreditorReference => "the invoice number",
        Field::CaseDate => "the invoice date",
        Field::DueDate => "due date",
        Field::Amount => "the amount owed",
        Field::Currency => "currency",
        Field::DebtorName => "the debtor's name",
        Field::DebtorType => "company or private",
        Field::DebtorEmail => "e-mail",
        Field::DebtorPhone => "phone",
        Field::DebtorAddress => "street",
        Field::DebtorCity => "city",
        Field::DebtorZip => "postal code",
        Field::DebtorState => "state",
        Field::DebtorCountry => "country",
        Field::CompanyRegistrationNumber => "company registration number",
        Field::ContactPerson => "contact person",
        Field::Description => "description",
        Field::Comments => "comments",
    }
}

/// What the header and the values say for `field`.
pub fn evidence(seen: &Seen, name: &str, field: Field, lexicon: &Lexicon) -> Vec<Evidence> {
    let mut all = Vec::new();
    let known = lexicon
        .entry(&seen.header.folded)
        .and_then(|entry| entry.agreed())
        .is_some_and(|(meaning, _)| meaning == Some(field));
    let words: Vec<&'static str> = seen
        .header
        .concepts
        .iter()
        .filter_map(|concept| word(concept))
        .take(4)
        .collect();
    if known {
        all.push(Evidence::KnownName {
            header: name.trim().to_owned(),
            field,
        });
    } else if !words.is_empty() {
        all.push(Evidence::Meaning {
            header: name.trim().to_owned(),
            words,
        });
    }
    let shape = &seen.shape;
    if shape.filled == 0 {
        all.push(Evidence::NoValues);
        return all;
    }
    let (looks, what): (&[Look], &str) = match field {
        Field::CaseDate | Field::DueDate => (&[Look::Date], "dates"),
        Field::Amount => (&[Look::Number], "amounts"),
        Field::Currency => (&[Look::CurrencyCode, Look::CurrencyMark], "currencies"),
        Field::DebtorEmail => (&[Look::Email], "e-mail addresses"),
        Field::DebtorPhone => (&[Look::Phone], "phone numbers"),
        Field::DebtorCountry => (&[Look::CountryCode, Look::CountryName], "countries"),
        Field::DebtorName => (
            &[Look::LegalForm, Look::GivenName],
            "names of companies or people",
        ),
        Field::DebtorAddress => (
            &[Look::Street, Look::EndsInNumber, Look::BeginsWithNumber],
            "street addresses",
        ),
        Field::DebtorZip => (
            &[Look::ZipFour, Look::ZipFive, Look::ZipShaped],
            "postal codes",
        ),
        Field::CompanyRegistrationNumber => (
            &[
                Look::RegisterShaped,
                Look::VatShaped,
                Look::DigitsEight,
                Look::DigitsNine,
                Look::DigitsTen,
            ],
            "shaped like a registration number",
        ),
        _ => (&[], ""),
    };
    let matching = shape
        .cells
        .iter()
        .filter(|cell| looks.iter().any(|look| cell.is(*look)))
        .count();
    if matching * 3 >= shape.filled {
        all.push(Evidence::Values {
            matching,
            of: shape.filled,
            what,
        });
    }
    if all.is_empty() {
        all.push(Evidence::ValuesAndNeighbours);
    }
    all
}

/// A concept as a word; those without one are no help to a reader.
fn word(concept: Concept) -> Option<&'static str> {
    Some(match concept {
        "INVOICE" => "invoice",
        "DOCUMENT" => "document",
        "NUMBER" => "number",
        "DATE" => "date",
        "DUE" => "due",
        "ISSUE" => "issue",
        "POSTING" => "booking",
        "DELIVERY" => "delivery",
        "PAYMENT" => "payment",
        "PAID" => "paid",
        "CUSTOMER" => "customer",
        "CONTACT" => "contact",
        "COMPANY" => "company",
        "NAME" => "name",
        "FIRST" => "first name",
        "LAST" => "last name",
        "STREET" => "address",
        "HOUSE" => "house number",
        "ZIP" => "postal code",
        "CITY" => "city",
        "STATE" => "state",
        "COUNTRY" => "country",
        "EMAIL" => "e-mail",
        "PHONE" => "phone",
        "MOBILE" => "mobile",
        "CURRENCY" => "currency",
        "AMOUNT" => "amount",
        "TOTAL" => "total",
        "GROSS" => "gross",
        "NET" => "net",
        "TAX" => "tax",
        "OPEN" => "open balance",
        "DEBIT" => "debit",
        "REG" => "company register",
        "VATID" => "tax number",
        "FISCALCODE" => "tax code",
        "DESC" => "description",
        "SUBJECT" => "subject",
        "NOTE" => "note",
        "LEGAL" => "kind of customer",
        "REFERENCE" => "reference",
        "YOUR" => "the customer's",
        _ => return None,
    })
}
