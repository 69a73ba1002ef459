//! What can be wrong with a row, in words that help.

use receivables::Field;
use serde::{Deserialize, Serialize};

use crate::table::{Flaw, Row};

macro_rules! problems {
    ($($variant:ident $name:literal $blocks:literal $what:literal $fix:literal;)*) => {
        /// A kind of problem. The names are stable: scripts filter by them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum RowProblemCode {
            $(#[serde(rename = $name)] $variant,)*
        }

        impl RowProblemCode {
            /// Every code.
            pub const ALL: &[RowProblemCode] = &[$(RowProblemCode::$variant,)*];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $(RowProblemCode::$variant => $name,)* }
            }

            /// Whether the row cannot become a claim while it stands. The others are warnings.
            pub fn blocks(self) -> bool {
                match self { $(RowProblemCode::$variant => $blocks,)* }
            }

            fn what(self) -> &'static str {
                match self { $(RowProblemCode::$variant => $what,)* }
            }

            fn fix(self) -> &'static str {
                match self { $(RowProblemCode::$variant => $fix,)* }
            }
        }
    };
}

problems! {
    QuoteNotClosed "row_quote_not_closed" true
        "A quotation mark opens a cell here and no other closes it." "Add or remove the quotation mark in the file, or choose that quotation marks mean nothing.";
    TextAfterQuote "row_text_after_quote" true
        "Text follows a quotation mark that closes a cell." "Double the quotation marks inside the cell, or remove them.";
    SurplusCells "row_surplus_cells" true
        "The row has more cells than the table has columns." "Most often a name contains the delimiter: put the cell in quotation marks.";
    UnreadableCharacters "row_unreadable_characters" true
        "Some letters cannot be read in this encoding." "Choose another encoding, or correct the letters.";
    NulCharacters "row_nul_characters" true
        "The row contains zero bytes." "Save the file again from the program that made it.";
    CellError "cell_error" true
        "The cell holds the error {value} of a formula." "Correct the formula in the workbook, or enter the value.";
    AmountUnreadable "amount_unreadable" true
        "{value} is not an amount." "Correct it, or choose another column.";
    AmountContradicts "amount_contradicts" true
        "{value} is written with another decimal sign than the column." "Check which sign parts the decimals, and correct the value.";
    AmountAmbiguous "amount_ambiguous" true
        "{value} could be thousands or decimals." "Choose the decimal sign of this column.";
    AmountShortened "amount_shortened" true
        "{value} was shortened by a spreadsheet; its digits are lost." "Export the file again, or enter the amount.";
    AmountNegative "amount_negative" true
        "{value} is less than nothing: a credit note or a payment." "It is no claim. Leave the row out, or lower the invoice it belongs to.";
    AmountTooPrecise "amount_too_precise" true
        "{value} has more decimals than its currency." "Check the decimal sign of this column. Amounts are never rounded.";
    CurrencyUnknown "currency_unreadable" true
        "{value} is not a currency." "Write its code, such as EUR.";
    CurrencyAmbiguous "currency_ambiguous" true
        "{value} stands for several currencies." "Say which one it is for this import.";
    CurrencyDiffers "currency_differs" true
        "The amount is written in another currency than the row says: {value}." "Correct one of the two.";
    DateUnreadable "date_unreadable" true
        "{value} is not a date." "Correct it, or choose another column.";
    DateContradicts "date_contradicts" true
        "{value} does not fit the order of day and month in this column." "Correct the date, or choose another order.";
    DateAmbiguous "date_ambiguous" true
        "{value} could be read in two ways." "Choose the order of day and month of this column.";
    CountryUnknown "country_unreadable" true
        "{value} is not a country we know." "Say which country it is; it serves all rows with this text.";
    TypeUnknown "debtor_type_unreadable" true
        "{value} is neither company nor private." "Say which it means; it serves all rows with this text.";
    EmailUnreadable "email_unreadable" false
        "{value} is not an e-mail address, so it is left out." "Correct it.";
    EmailSeveral "email_several" false
        "{value} is more than one e-mail address, so it is left out." "Keep one.";
    PhoneUnreadable "phone_unreadable" false
        "{value} is not a telephone number, so it is left out." "Correct it.";
    ZipCityUnclear "zip_city_unclear" true
        "It is not plain what of {value} is the postcode." "Enter postcode and city.";
}

/// One problem of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowProblem {
    /// Line of the file or row of the sheet, from 1.
    pub row: u64,
    /// From 0; nothing where it concerns the whole row or what stands for all rows.
    pub column: Option<usize>,
    pub field: Option<Field>,
    pub code: RowProblemCode,
    /// The row cannot become a claim while it stands.
    pub blocks: bool,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub fix: String,
}

impl RowProblem {
    /// A problem of one cell, quoting what stands there, cut to what a message can show.
    pub(super) fn of_cell(
        code: RowProblemCode,
        row: u64,
        column: Option<usize>,
        field: Field,
        value: &str,
    ) -> RowProblem {
        let mut shown: String = value.chars().take(60).collect();
        if shown.len() < value.len() {
            shown.push('…');
        }
        RowProblem {
            row,
            column,
            field: Some(field),
            code,
            blocks: code.blocks(),
            what: code.what().replace("{value}", &format!("“{shown}”")),
            fix: code.fix().to_owned(),
        }
    }

    pub(super) fn of_flaw(flaw: Flaw, row: &Row) -> RowProblem {
        let (code, letter) = match flaw {
            Flaw::QuoteNotClosed => (RowProblemCode::QuoteNotClosed, None),
            Flaw::TextAfterQuote => (RowProblemCode::TextAfterQuote, None),
            Flaw::SurplusCells => (RowProblemCode::SurplusCells, None),
            Flaw::UnreadableCharacters => (RowProblemCode::UnreadableCharacters, Some('\u{fffd}')),
            Flaw::NulCharacters => (RowProblemCode::NulCharacters, Some('\0')),
        };
        let column = letter.and_then(|letter| row.cells().position(|cell| cell.contains(letter)));
        RowProblem {
            row: row.number,
            column,
            field: None,
            code,
            blocks: code.blocks(),
            what: code.what().to_owned(),
            fix: code.fix().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_explains_itself() {
        for code in RowProblemCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.name());
            for text in [code.what(), code.fix()] {
                assert!(
                    text.ends_with(['.', '}']),
                    "{}: {text:?} should be a sentence",
                    code.name()
                );
            }
        }
    }
}
