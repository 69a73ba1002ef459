//! Three exports as accounting systems write them, read to the last cell. Set `SNAPSHOTS=write` to write anew.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use bulk_import::table::{Choice, Source, Table};
use receivables::Field;

use crate::{drafts, open, plan};

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

fn check(name: &str, table: &Table, fields: &[(&str, Field)], constants: &[(Field, &str)]) {
    let mut plan = plan(table, fields);
    plan.constants = constants
        .iter()
        .map(|(field, text)| (*field, (*text).to_owned()))
        .collect::<BTreeMap<_, _>>();
    let found = table.found();
    let mut shown = format!("{:?} header row {:?}\n", found.dialect, found.header_row);
    for evidence in &found.evidence {
        writeln!(shown, "{}: {}", evidence.of, evidence.why).unwrap();
    }
    for column in plan.columns.iter().filter(|column| column.format.is_some()) {
        let format = column.format.as_ref().unwrap();
        writeln!(
            shown,
            "{}: {:?} {:?} {}",
            column.name, format.decimal, format.date_order, format.evidence
        )
        .unwrap();
    }
    for draft in drafts(table, &plan) {
        writeln!(shown, "\nrow {}", draft.row.number).unwrap();
        for (field, value) in &draft.values {
            writeln!(
                shown,
                "  {field}: {:?} <- {:?}",
                value.value.as_deref().unwrap_or("-"),
                value.source
            )
            .unwrap();
        }
        for problem in &draft.problems {
            writeln!(shown, "  ! {} {}", problem.code.name(), problem.what).unwrap();
        }
    }
    let path = fixture(&format!("{name}.snapshot"));
    if std::env::var_os("SNAPSHOTS").is_some() {
        std::fs::write(&path, &shown).unwrap();
    }
    assert_eq!(
        shown,
        std::fs::read_to_string(&path)
            .unwrap()
            .replace("\r\n", "\n"),
        "{name} is read differently than before"
    );
}

#[test]
fn danish_open_items() {
    let source = Source::from(fixture("danish-windows-1252.csv"));
    let table = Table::open(source, &Choice::default()).unwrap();
    check(
        "danish",
        &table,
        &[
            ("Fakturanr.", Field::CreditorReference),
            ("Fakturadato", Field::CaseDate),
            ("Forfaldsdato", Field::DueDate),
            ("Restbeløb", Field::Amount),
            ("Valuta", Field::Currency),
            ("Debitornavn", Field::DebtorName),
            ("Adresse", Field::DebtorAddress),
            ("Postnr.", Field::DebtorZip),
            ("By", Field::DebtorCity),
            ("Land", Field::DebtorCountry),
            ("CVR-nr.", Field::CompanyRegistrationNumber),
            ("E-mail", Field::DebtorEmail),
        ],
        &[(Field::DebtorType, "Virksomhed")],
    );
}

#[test]
fn german_open_items() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet().set_name("OP-Liste").unwrap();
    let text = std::fs::read_to_string(fixture("german-open-items.tsv")).unwrap();
    let day = rust_xlsxwriter::Format::new().set_num_format("dd.mm.yyyy");
    let zip = rust_xlsxwriter::Format::new().set_num_format("00000");
    for (row, line) in (0..).zip(text.lines()) {
        for (column, cell) in (0..).zip(line.split('\t')) {
            // d: a date, n: a number, z: a number shown with five digits; everything else is text.
            match cell.split_once(':') {
                Some(("d", date)) => {
                    let date = rust_xlsxwriter::ExcelDateTime::parse_from_str(date).unwrap();
                    sheet.write_with_format(row, column, date, &day).unwrap();
                }
                Some(("n", number)) => drop(
                    sheet
                        .write(row, column, number.parse::<f64>().unwrap())
                        .unwrap(),
                ),
                Some(("z", number)) => {
                    sheet
                        .write_with_format(row, column, number.parse::<f64>().unwrap(), &zip)
                        .unwrap();
                }
                _ => drop(sheet.write(row, column, cell).unwrap()),
            }
        }
    }
    let table = open(workbook.save_to_buffer().unwrap());
    check(
        "german",
        &table,
        &[
            ("Belegnummer", Field::CreditorReference),
            ("Belegdatum", Field::CaseDate),
            ("Fälligkeit", Field::DueDate),
            ("Offener Betrag", Field::Amount),
            ("Name 1", Field::DebtorName),
            ("Straße", Field::DebtorAddress),
            ("PLZ", Field::DebtorZip),
            ("Ort", Field::DebtorCity),
            ("Land", Field::DebtorCountry),
        ],
        &[(Field::Currency, "EUR"), (Field::DebtorType, "Unternehmen")],
    );
}

#[test]
fn english_invoices_with_first_and_last_name() {
    let source = Source::from(fixture("english-first-last.csv"));
    let table = Table::open(source, &Choice::default()).unwrap();
    check(
        "english",
        &table,
        &[
            ("Invoice Number", Field::CreditorReference),
            ("Invoice Date", Field::CaseDate),
            ("Due Date", Field::DueDate),
            ("Amount Due", Field::Amount),
            ("First Name", Field::DebtorName),
            ("Last Name", Field::DebtorName),
            ("Address Line 1", Field::DebtorAddress),
            ("Address Line 2", Field::DebtorAddress),
            ("Town", Field::DebtorCity),
            ("Postcode", Field::DebtorZip),
            ("Country", Field::DebtorCountry),
            ("Email", Field::DebtorEmail),
            ("Phone", Field::DebtorPhone),
        ],
        &[(Field::DebtorType, "private")],
    );
}
