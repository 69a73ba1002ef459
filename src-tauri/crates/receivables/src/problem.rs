//! What stands between an invoice and a case, in words that help.

use serde::{Deserialize, Serialize};

use crate::{Doubt, Field};

macro_rules! problems {
    ($($(#[$doc:meta])* $variant:ident $name:literal $field:ident $blocks:literal $what:literal $fix:literal;)*) => {
        /// A kind of problem. The names are stable: scripts filter by them.
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum ProblemCode {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl ProblemCode {
            /// Every code.
            pub const ALL: &[ProblemCode] = &[$(ProblemCode::$variant,)*];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $(ProblemCode::$variant => $name,)* }
            }

            /// Whether the invoice cannot be submitted while it stands. The others are warnings.
            pub fn blocks(self) -> bool {
                match self { $(ProblemCode::$variant => $blocks,)* }
            }

            fn field(self) -> Option<Field> {
                match self { $(ProblemCode::$variant => problems!(@field $field),)* }
            }

            fn what(self) -> &'static str {
                match self { $(ProblemCode::$variant => $what,)* }
            }

            fn fix(self) -> &'static str {
                match self { $(ProblemCode::$variant => $fix,)* }
            }
        }
    };
    (@field None) => { None };
    (@field $field:ident) => { Some(Field::$field) };
}

problems! {
    AmountMissing "amount_missing" Amount true
        "The source states no open amount." "Check the invoice at the source, then fetch again.";
    AmountUnreadable "amount_unreadable" Amount true
        "The amount {value} does not fit its currency exactly." "Correct the invoice at the source, then fetch again. The amount is never rounded.";
    AmountNotPositive "amount_not_positive" Amount true
        "Nothing is open on this invoice." "There is nothing to recover. Set it aside, or void it at the source.";
    CurrencyMissing "currency_missing" Currency true
        "The source states no currency." "Check the invoice at the source, then fetch again.";
    CurrencyUnknown "currency_unknown" Currency true
        "{value} is not a currency of ISO 4217." "Check the invoice at the source, then fetch again.";
    ReferenceMissing "reference_missing" CreditorReference true
        "The invoice has no number." "Enter the number your debtor knows, or accept the suggestion.";
    ReferenceTooLong "reference_too_long" CreditorReference true
        "The reference is longer than the 50 characters Debitura accepts." "Shorten it so that your debtor still recognises it.";
    ReferenceTaken "reference_taken" CreditorReference true
        "Another invoice here has the reference {value} too." "Debitura accepts each reference once. Give one of them another reference, or set one aside.";
    ReferenceSubmitted "reference_submitted" CreditorReference true
        "A case with the reference {value} exists at Debitura already." "Compare it under Cases. If it is another claim, give this invoice another reference.";
    CaseDateMissing "case_date_missing" CaseDate true
        "The invoice has no date." "Enter the date on the invoice.";
    CaseDateUnreadable "case_date_unreadable" CaseDate true
        "{value} is not a date." "Write it as year-month-day, such as 2026-03-31.";
    CaseDateInFuture "case_date_in_future" CaseDate true
        "The invoice date {value} is in the future." "Correct the date, or wait until then.";
    DueDateMissing "due_date_missing" DueDate true
        "The invoice has no due date." "Enter the due date, or accept the suggestion. Debitura's price depends on it.";
    DueDateUnreadable "due_date_unreadable" DueDate true
        "{value} is not a date." "Write it as year-month-day, such as 2026-03-31.";
    DueBeforeCaseDate "due_before_case_date" DueDate true
        "The due date {value} lies before the invoice date." "Correct one of the two dates.";
    DebtorNameMissing "debtor_name_missing" DebtorName true
        "The source names no debtor." "Enter the name the invoice was made out to.";
    DebtorTypeMissing "debtor_type_missing" DebtorType true
        "It is not known whether the debtor is a company or a private person." "Choose one, or accept the suggestion. It decides price and partner.";
    DebtorTypeUnreadable "debtor_type_unreadable" DebtorType true
        "{value} is neither company nor private." "Choose company or private.";
    AddressMissing "address_missing" DebtorAddress true
        "The debtor's street address is missing." "Enter it here once; it serves all invoices of this debtor.";
    CityMissing "city_missing" DebtorCity true
        "The debtor's city is missing." "Enter it here once; it serves all invoices of this debtor.";
    CountryMissing "country_missing" DebtorCountry true
        "The debtor's country is missing." "Choose it here once; it serves all invoices of this debtor.";
    CountryUnknown "country_unknown" DebtorCountry true
        "{value} is not a country we know." "Choose the country from the list.";
    StateMissing "state_missing" DebtorState true
        "The debtor's state is missing, which claims in the USA need." "Enter its two letters, such as CA.";
    StateUnknown "state_unknown" DebtorState true
        "{value} is not a state of the USA." "Enter its two letters, such as CA.";
    EmailUnreadable "email_unreadable" DebtorEmail true
        "{value} is not an e-mail address." "Correct it, or leave it empty.";
    TextTooLong "text_too_long" None true
        "The {value} is longer than the 4,000 characters Debitura accepts." "Shorten it.";
    ValueUnreadable "value_unreadable" None true
        "{value} cannot be read." "Enter the value, or correct the file and import it again.";
    ValueLeftOut "value_left_out" None false
        "{value} cannot be read, so it is left out." "Enter the value where you know it.";
    SourceChanged "source_changed" None true
        "You corrected the {value}, and the source has changed since." "Keep your correction, or take the source's new value.";
    StatusUnknown "status_unknown" None true
        "The source calls this invoice {value}, a word we do not know." "Look at the invoice at the source before you decide.";
    SmallClaim "small_claim" Amount false
        "The claim is below about 100 US dollars." "Debitura may refuse it. Its preview decides.";
    EvidenceFile "evidence_file" None false
        "Debitura asks for a document with claims above about 10,000 US dollars." "The invoice PDF is attached where the source has one. Add more under Documents.";
    EvidenceFileOrText "evidence_file_or_text" None false
        "Debitura asks for a document or a description with claims above about 2,000 US dollars." "The invoice PDF is attached where the source has one.";
    EvidencePrivate "evidence_private" None false
        "Debitura asks for a document and a description when the debtor is a private person." "Write in the description what was delivered and when.";
    ContactMissing "contact_missing" None false
        "Neither e-mail nor phone of the debtor is known." "Debitura can start without; collection is slower.";
    ContactPersonMissing "contact_person_missing" ContactPerson false
        "No contact person at the company is known." "Enter one if you know whom to speak to.";
    DetailsNotRead "details_not_read" None false
        "The debtor's details have not been read yet." "They are read when you open the invoice or choose it for review.";
    PartlyPaid "partly_paid" Amount false
        "Part of the invoice has been paid." "Only the open balance is claimed.";
}

/// One problem of one invoice.
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub code: ProblemCode,
    /// The field to mend, where there is one.
    pub field: Option<Field>,
    /// Blocks submitting; otherwise a warning.
    pub blocks: bool,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub fix: String,
}

impl Problem {
    /// A problem whose text needs no value.
    pub fn new(code: ProblemCode) -> Problem {
        Problem::with(code, "")
    }

    /// A problem that quotes the offending value. Long values are cut: a message is not the place to read them.
    pub fn with(code: ProblemCode, value: &str) -> Problem {
        let short: String = value.chars().take(60).collect();
        let quoted = if short.len() < value.len() {
            format!("{short}…")
        } else {
            short
        };
        Problem {
            code,
            field: code.field(),
            blocks: code.blocks(),
            what: code.what().replace("{value}", &quoted),
            fix: code.fix().to_owned(),
        }
    }

    /// A problem of what could not be read. A record that is in doubt as a whole shows it where people look first.
    pub fn doubt(doubt: &Doubt) -> Problem {
        let code = if doubt.blocks {
            ProblemCode::ValueUnreadable
        } else {
            ProblemCode::ValueLeftOut
        };
        Problem {
            code,
            field: Some(doubt.shown_at()),
            blocks: doubt.blocks,
            what: doubt.what.clone(),
            fix: doubt.fix.clone(),
        }
    }

    /// The same problem of an imported row, which is mended here or in the file.
    #[must_use]
    pub(crate) fn of_row(self) -> Problem {
        let (what, fix) = match self.code {
            ProblemCode::AmountMissing => (
                "The row has no amount.",
                "Enter the open amount, or say which column gives it.",
            ),
            ProblemCode::CurrencyMissing => (
                "The row has no currency.",
                "Enter its code, such as EUR, or say which one stands for all rows.",
            ),
            ProblemCode::DebtorNameMissing => (
                "The row names no debtor.",
                "Enter the name the invoice was made out to.",
            ),
            ProblemCode::CurrencyUnknown => (
                self.what.as_str(),
                "Enter its code of three letters, such as EUR.",
            ),
            ProblemCode::AmountUnreadable => (
                self.what.as_str(),
                "Correct amount or currency. The amount is never rounded.",
            ),
            ProblemCode::AmountNotPositive => (
                self.what.as_str(),
                "There is nothing to recover. Set the row aside.",
            ),
            _ => return self,
        };
        Problem {
            what: what.to_owned(),
            fix: fix.to_owned(),
            ..self
        }
    }

    /// A problem about a field that the code alone does not determine.
    pub fn about(code: ProblemCode, field: Field) -> Problem {
        Problem {
            field: Some(field),
            ..Problem::with(code, &field.name().replace('_', " "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_explains_itself() {
        for code in ProblemCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.name());
            for text in [code.what(), code.fix()] {
                assert!(
                    text.ends_with('.') && !text.contains('!'),
                    "{}: {text:?} should be a sentence",
                    code.name()
                );
            }
        }
    }

    #[test]
    fn long_values_are_cut() {
        let problem = Problem::with(ProblemCode::CountryUnknown, &"é".repeat(100_000));
        assert!(
            problem.what.len() < 300,
            "a megabyte in a message helps nobody"
        );
    }
}
