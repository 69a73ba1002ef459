//! Tables that break importers, each by its name: whatever is wrong is said of its own row, every other row is read, and
//! nothing is guessed.

use bulk_import::plan::Plan;
use bulk_import::rows::Draft;
use bulk_import::table::Table;
use receivables::Field;

use super::{codes, drafts, open, plan};

/// What must become of a row: its reference, date and amount, or what is said of it.
enum Row {
    Read(&'static str, &'static str, &'static str),
    Said(&'static [&'static str]),
}
use Row::{Read, Said};

const FIELDS: [(&str, Field); 4] = [
    ("Invoice", Field::CreditorReference),
    ("Customer", Field::DebtorName),
    ("Date", Field::CaseDate),
    ("Amount", Field::Amount),
];

const PLAIN: &str = "Invoice;Customer;Date;Amount\n1;Jørgensen & Søn;13.04.2026;1.234,50\n2;Brown;14.04.2026;99,00\n";
const PLAIN_ROWS: [Row; 2] = [
    Read("1", "2026-04-13", "1234.50"),
    Read("2", "2026-04-14", "99.00"),
];

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn every_hostile_table_is_read_row_by_row_or_refused_row_by_row() {
    let western = PLAIN.replace('ø', "\u{0}").into_bytes();
    let western = western
        .into_iter()
        .map(|byte| if byte == 0 { 0xf8 } else { byte });
    let cases: Vec<(&str, Vec<u8>, &[Row])> = vec![
        (
            "an unbalanced quotation mark",
            b"Invoice,Customer,Date,Amount\n1,\"Acme,2026-04-13,10.00\n2,Brown,2026-04-14,99.00\n".to_vec(),
            &[
                Said(&["row_quote_not_closed"]),
                Read("2", "2026-04-14", "99.00"),
            ],
        ),
        (
            "text after a closing quotation mark",
            b"Invoice,Customer,Date,Amount\n1,\"Acme\" Ltd,2026-04-13,10.00\n2,Brown,2026-04-14,99.00\n".to_vec(),
            &[
                Said(&["row_text_after_quote"]),
                Read("2", "2026-04-14", "99.00"),
            ],
        ),
        (
            "zero bytes",
            b"Invoice;Customer;Date;Amount\n1;Ac\0me;13.04.2026;10,00\n2;Brown;14.04.2026;99,00\n".to_vec(),
            &[
                Said(&["row_nul_characters"]),
                Read("2", "2026-04-14", "99.00"),
            ],
        ),
        ("UTF-16, small end first, without a mark", utf16(PLAIN, u16::to_le_bytes), &PLAIN_ROWS),
        ("UTF-16, great end first, without a mark", utf16(PLAIN, u16::to_be_bytes), &PLAIN_ROWS),
        (
            "UTF-16 with a mark",
            utf16(&format!("\u{feff}{PLAIN}"), u16::to_le_bytes),
            &PLAIN_ROWS,
        ),
        ("windows-1252", western.collect(), &PLAIN_ROWS),
        (
            "a byte order mark",
            format!("\u{feff}{PLAIN}").into_bytes(),
            &PLAIN_ROWS,
        ),
        (
            "semicolons and decimal commas",
            PLAIN.as_bytes().to_vec(),
            &PLAIN_ROWS,
        ),
        (
            "an unquoted delimiter within a name",
            b"Invoice,Customer,Date,Amount\n1,Acme, Inc.,2026-04-13,10.00\n2,Brown,2026-04-14,99.00\n".to_vec(),
            &[
                Said(&["row_surplus_cells"]),
                Read("2", "2026-04-14", "99.00"),
            ],
        ),
        (
            "dates of which every one can be read two ways",
            b"Invoice,Customer,Date,Amount\n1,Acme,03/04/2026,10.00\n2,Brown,05/06/2026,99.00\n".to_vec(),
            &[Said(&["date_ambiguous"]), Said(&["date_ambiguous"])],
        ),
        (
            "dates in two orders, mixed",
            b"Invoice,Customer,Date,Amount\n1,Acme,13/04/2026,10.00\n2,Brown,04/14/2026,99.00\n3,Clark,03/04/2026,5.00\n".to_vec(),
            // Which of the two the column is, nobody can know: the user is asked.
            &[
                Said(&["date_ambiguous"]),
                Said(&["date_ambiguous"]),
                Said(&["date_ambiguous"]),
            ],
        ),
        (
            "amounts with both decimal signs, mixed",
            b"Invoice;Customer;Date;Amount\n1;Acme;2026-04-13;1.234,50\n2;Brown;2026-04-14;1,234.50\n".to_vec(),
            &[Said(&["amount_ambiguous"]), Said(&["amount_ambiguous"])],
        ),
        (
            "an amount that a spreadsheet has shortened",
            b"Invoice;Customer;Date;Amount\n1;Acme;2026-04-13;1,2E+05\n2;Brown;2026-04-14;99,00\n".to_vec(),
            &[
                Said(&["amount_shortened"]),
                Read("2", "2026-04-14", "99.00"),
            ],
        ),
    ];
    for (name, bytes, expected) in cases {
        let table = open(bytes);
        let plan = plan(&table, &FIELDS);
        let drafts = drafts(&table, &plan);
        assert_eq!(
            drafts.len(),
            expected.len(),
            "{name}: a row is lost or made up"
        );
        for (draft, expected) in drafts.iter().zip(expected) {
            check(name, draft, expected);
        }
    }
}

fn check(name: &str, draft: &Draft, expected: &Row) {
    let row = draft.row.number;
    let value = |field| draft.value(field).unwrap_or_default();
    match expected {
        Read(reference, date, amount) => {
            let read = (
                value(Field::CreditorReference),
                value(Field::CaseDate),
                value(Field::Amount),
            );
            assert_eq!(read, (*reference, *date, *amount), "{name}: row {row}");
            assert_eq!(codes(draft), [""; 0], "{name}: row {row} is fine");
        }
        Said(said) => {
            assert_eq!(codes(draft), *said, "{name}: row {row}");
            assert!(
                draft.is_blocked(),
                "{name}: row {row} must not become a claim"
            );
            let rows = draft.problems.iter().map(|problem| problem.row);
            assert!(
                rows.eq(said.iter().map(|_| row)),
                "{name}: said of its own row"
            );
        }
    }
}

#[test]
fn ten_thousand_columns_become_drafts() {
    let mut header = "Invoice;Customer;Date;Amount".to_owned();
    let mut row = "1;Acme;2026-04-13;10,00".to_owned();
    for column in 4..10_000 {
        header.push_str(&format!(";Extra {column}"));
        row.push_str(&format!(";{column}"));
    }
    let table: Table = open(format!("{header}\n{row}\n"));
    let plan: Plan = plan(&table, &FIELDS);
    let drafts = drafts(&table, &plan);
    assert_eq!(drafts.len(), 1);
    check(
        "10,000 columns",
        &drafts[0],
        &Read("1", "2026-04-13", "10.00"),
    );
}
