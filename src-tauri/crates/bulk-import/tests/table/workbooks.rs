//! Workbooks, built here by a writer of the field or by hand.

use std::io::Write;
use std::path::Path;

use bulk_import::table::{CellKind, Choice, Format, Source, Table, TableError};
use rust_xlsxwriter::{ExcelDateTime, Workbook};

use crate::{entries, open};

fn german() -> Vec<u8> {
    let mut workbook = Workbook::new();
    workbook
        .add_worksheet()
        .set_name("Deckblatt")
        .unwrap()
        .write(0, 0, "Offene Posten")
        .unwrap();
    let sheet = workbook.add_worksheet().set_name("OPOS").unwrap();
    let day = rust_xlsxwriter::Format::new().set_num_format("dd.mm.yyyy");
    let postcode = rust_xlsxwriter::Format::new().set_num_format("00000");
    for (row, text) in [
        "Nordlicht GmbH",
        "Offene-Posten-Liste Debitoren",
        "Stand: 21.11.2026",
        "Währung: EUR",
    ]
    .iter()
    .enumerate()
    {
        sheet.write(u32::try_from(row).unwrap(), 0, *text).unwrap();
    }
    for (column, name) in [
        "Rechnungsnr.",
        "Kunde",
        "PLZ",
        "Ort",
        "Fällig am",
        "Offener Betrag",
    ]
    .iter()
    .enumerate()
    {
        sheet
            .write(4, u16::try_from(column).unwrap(), *name)
            .unwrap();
    }
    for (row, (number, name, zip, amount)) in [
        ("007", "Müller & Söhne", 1067.0, 1234.5),
        ("008", "Öz Bau", 80331.0, 0.1 + 0.2),
        ("009", "Groß KG", 4109.0, 12_000_000.0),
    ]
    .iter()
    .enumerate()
    {
        let row = u32::try_from(row).unwrap() + 5;
        sheet.write(row, 0, *number).unwrap();
        sheet.write(row, 1, *name).unwrap();
        sheet.write_with_format(row, 2, *zip, &postcode).unwrap();
        sheet.write(row, 3, "Dresden").unwrap();
        sheet
            .write_with_format(row, 4, ExcelDateTime::from_ymd(2026, 4, 3).unwrap(), &day)
            .unwrap();
        sheet.write(row, 5, *amount).unwrap();
    }
    sheet.write(8, 0, "Summe").unwrap();
    sheet.write(8, 5, 12_001_234.8).unwrap();
    workbook.save_to_buffer().unwrap()
}

#[test]
fn a_sheet_with_lines_above_its_header_is_read_as_text_with_kinds() {
    let table = open(german()).unwrap();
    let found = table.found();
    assert_eq!(found.dialect.format, Format::Xlsx);
    assert_eq!(
        found.dialect.sheet.as_deref(),
        Some("OPOS"),
        "a cover sheet is no table"
    );
    assert_eq!(found.sheets, ["Deckblatt", "OPOS"]);
    assert_eq!(found.header_row, Some(4));
    assert_eq!(
        entries(&table),
        [
            [
                "007",
                "Müller & Söhne",
                "01067",
                "Dresden",
                "2026-04-03",
                "1234.5"
            ],
            ["008", "Öz Bau", "80331", "Dresden", "2026-04-03", "0.3"],
            [
                "009",
                "Groß KG",
                "04109",
                "Dresden",
                "2026-04-03",
                "12000000"
            ],
        ]
    );
    let first = &table.preview(1).unwrap()[0];
    let kinds: Vec<CellKind> = (0..6).map(|index| first.kind(index)).collect();
    assert_eq!(
        kinds,
        [
            CellKind::Text,
            CellKind::Text,
            CellKind::Text,
            CellKind::Text,
            CellKind::Date,
            CellKind::Number
        ]
    );
}

#[test]
fn another_sheet_can_be_chosen() {
    let choice = |sheet: &str| Choice {
        sheet: Some(sheet.to_owned()),
        ..Choice::default()
    };
    let table = Table::open(Source::from(german()), &choice("Deckblatt")).unwrap();
    assert_eq!(table.found().dialect.sheet.as_deref(), Some("Deckblatt"));
    assert!(matches!(
        Table::open(Source::from(german()), &choice("X")),
        Err(TableError::NoSuchSheet(_))
    ));
}

fn packed(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x">
        <office:body><office:spreadsheet><table:table table:name="Åbne &amp; forfaldne">{rows}</table:table>
        </office:spreadsheet></office:body></office:document-content>"#
    );
    packed(&[
        (
            "mimetype",
            b"application/vnd.oasis.opendocument.spreadsheet",
        ),
        ("content.xml", content.as_bytes()),
    ])
}

#[test]
fn ods_cells_are_read_with_repetitions_comments_and_padding() {
    let rows = r#"
    <table:table-row><table:table-cell office:value-type="string"><text:p>Fakturanr.</text:p></table:table-cell>
      <table:table-cell office:value-type="string"><text:p>Kunde</text:p></table:table-cell>
      <table:table-cell office:value-type="string"><text:p>Postnr.</text:p></table:table-cell>
      <table:table-cell office:value-type="string"><text:p>Forfald</text:p></table:table-cell>
      <table:table-cell office:value-type="string"><text:p>Beløb</text:p></table:table-cell></table:table-row>
    <table:table-row table:number-rows-repeated="2"><table:table-cell/><table:table-cell table:number-columns-repeated="1000"/></table:table-row>
    <table:table-row><table:table-cell office:value-type="string"><text:p>1</text:p></table:table-cell>
      <table:table-cell office:value-type="string"><office:annotation><text:p>a comment</text:p></office:annotation><text:p>Holm &amp; Søn<text:s text:c="2"/>A/S</text:p></table:table-cell>
      <table:table-cell office:value-type="float" office:value="800"><text:p>0800</text:p></table:table-cell>
      <table:table-cell office:value-type="date" office:date-value="2026-04-03"><text:p>03-04-26</text:p></table:table-cell>
      <table:table-cell office:value-type="currency" office:value="1234.5" office:currency="DKK"><text:p>1.234,50 kr.</text:p></table:table-cell></table:table-row>
    <table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>"#;
    let table = open(ods(rows)).unwrap();
    assert_eq!(
        table.found().dialect.sheet.as_deref(),
        Some("Åbne & forfaldne")
    );
    assert_eq!(
        entries(&table),
        [["1", "Holm & Søn  A/S", "0800", "2026-04-03", "1234.5"]]
    );
    assert_eq!(
        table.preview(1).unwrap()[0].number,
        4,
        "blank rows count, as the spreadsheet counts them"
    );
}

#[test]
fn ods_repetitions_are_bounded() {
    let row = r#"<table:table-row table:number-rows-repeated="1000000"><table:table-cell
        table:number-columns-repeated="16000" office:value-type="string"><text:p>bomb</text:p></table:table-cell></table:table-row>"#;
    assert!(matches!(open(ods(row)), Err(TableError::UnpacksTooLarge)));
}

#[test]
fn a_cell_at_the_far_corner_costs_nothing() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, name) in ["Invoice", "Customer", "Amount"].iter().enumerate() {
        sheet
            .write(0, u16::try_from(column).unwrap(), *name)
            .unwrap();
    }
    sheet.write(1, 0, "1").unwrap();
    sheet.write(1, 1, "Acme").unwrap();
    sheet.write(1, 2, 5).unwrap();
    sheet.write(1_048_575, 16_383, "far").unwrap();
    let table = open(workbook.save_to_buffer().unwrap()).unwrap();
    assert_eq!(table.found().columns.len(), 3);
    assert_eq!(table.rows().unwrap().count(), 2);
}

#[test]
fn archives_and_protected_workbooks_are_named() {
    assert!(matches!(
        open(packed(&[("a.txt", b"x")])),
        Err(TableError::NotATable(_))
    ));
    let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
    file.create_stream("/EncryptedPackage")
        .unwrap()
        .write_all(b"secret")
        .unwrap();
    assert!(matches!(
        open(file.into_inner().into_inner()),
        Err(TableError::Encrypted)
    ));
    let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
    // Two text cells, one in the first and one in the last place there is.
    let mut records = Vec::new();
    for place in [[0_u8; 4], [0xff; 4]] {
        records.extend([0x04, 0x02, 8, 0]);
        records.extend(place);
        records.extend([0; 4]);
    }
    file.create_stream("/Workbook")
        .unwrap()
        .write_all(&records)
        .unwrap();
    assert!(matches!(
        open(file.into_inner().into_inner()),
        Err(TableError::UnpacksTooLarge)
    ));
}

#[test]
fn an_xls_is_read_like_an_xlsx() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/open-items.xls");
    let table = Table::open(Source::from(path), &Choice::default()).unwrap();
    assert_eq!(table.found().dialect.format, Format::Xls);
    assert_eq!(table.found().dialect.sheet.as_deref(), Some("Åbne poster"));
    assert_eq!(table.found().header_row, Some(2));
    assert_eq!(
        entries(&table),
        [
            ["0001", "Jørgensen ApS", "2026-04-03", "1234.5"],
            ["0002", "Ærø Færger", "2026-04-04", "99"],
        ]
    );
}

#[test]
fn an_xls_whose_records_contradict_each_other_is_damaged() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/contradictory.xls");
    let opened = Table::open(Source::from(path), &Choice::default());
    assert!(
        matches!(opened, Err(TableError::Damaged(_))),
        "found by fuzzing: the reader panics"
    );
}
