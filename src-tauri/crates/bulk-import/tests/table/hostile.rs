//! Files that are broken, or made to cost more than they are.

use std::io::Write;

use bulk_import::table::{Choice, Flaw, MAX_COLUMNS, Source, Table, TableError};

use crate::{entries, open};

#[test]
fn a_line_without_end_is_refused_early() {
    let mut bytes = b"Invoice;Customer;Amount\n1;Acme;".to_vec();
    bytes.resize(5 * 1024 * 1024, b'x');
    let table = open(bytes).unwrap();
    let error = table.rows().unwrap().find_map(Result::err).unwrap();
    assert!(
        matches!(error, TableError::LineTooLong { line: 2 }),
        "{error}"
    );

    let bytes = vec![b'x'; 5 * 1024 * 1024];
    assert!(matches!(
        open(bytes),
        Err(TableError::LineTooLong { line: 1 })
    ));
}

#[test]
fn a_line_of_a_hundred_megabytes_is_refused_without_being_held() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"Invoice;Customer;Amount\n1;Acme;10,00\n2;")
        .unwrap();
    let piece = vec![b'x'; 1024 * 1024];
    for _ in 0..100 {
        file.write_all(&piece).unwrap();
    }
    let source = Source::from(file.path().to_owned());
    let table = Table::open(source, &Choice::default()).unwrap();
    let rows: Vec<_> = table.rows().unwrap().collect();
    assert_eq!(rows.len(), 2, "what stands before it is read");
    assert!(
        matches!(rows[1], Err(TableError::LineTooLong { line: 3 })),
        "{:?}",
        rows[1]
    );
}

#[test]
fn a_quotation_mark_never_closed_costs_one_row_and_names_it() {
    let text = "Invoice,Customer,Amount\n1,\"Acme\",10.00\n2,\"Brown,20.00\n3,\"Clark\",30.00\n4,Dunn,40.00\n";
    let table = open(text).unwrap();
    let rows: Vec<_> = table.rows().unwrap().map(|row| row.unwrap().0).collect();
    let flaws: Vec<_> = rows.iter().map(|row| (row.number, row.flaw)).collect();
    assert_eq!(
        flaws,
        [
            (2, None),
            (3, Some(Flaw::TextAfterQuote)),
            (4, None),
            (5, None)
        ]
    );
    assert_eq!(rows[1].get(1), "\"Brown", "the line is shown as it stands");
    assert_eq!(rows[2].get(1), "Clark");

    let table = open("Invoice,Customer,Amount\n1,\"Acme\",10.00\n2,\"Brown,20.00\n3,Clark,30.00\n")
        .unwrap();
    let flaws: Vec<_> = table
        .rows()
        .unwrap()
        .map(|row| row.unwrap().0)
        .map(|row| (row.number, row.flaw))
        .collect();
    assert_eq!(
        flaws,
        [(2, None), (3, Some(Flaw::QuoteNotClosed)), (4, None)],
        "rows after it must still be read"
    );
}

#[test]
fn an_open_quotation_mark_in_a_long_file_does_not_swallow_it() {
    let mut text = "Invoice,Customer,Amount\n1,\"Acme,10.00\n".to_owned();
    let brown = "Brown and Daughters ".repeat(4);
    for number in 2..60_000 {
        text.push_str(&format!("{number},{brown},20.00\n"));
    }
    let table = open(text).unwrap();
    let rows: Vec<_> = table.rows().unwrap().map(|row| row.unwrap().0).collect();
    assert_eq!(rows.len(), 59_999);
    assert_eq!(
        rows.iter()
            .filter(|row| row.flaw.is_some())
            .map(|row| row.number)
            .collect::<Vec<_>>(),
        [2]
    );
}

#[test]
fn ten_thousand_columns_are_read_and_more_than_a_spreadsheet_has_are_refused() {
    let line = |count: usize, cell: &str| {
        (0..count)
            .map(|index| format!("{cell}{index}"))
            .collect::<Vec<_>>()
            .join(";")
    };
    let text = format!("{}\n{}\n", line(10_000, "column"), line(10_000, ""));
    let table = open(text).unwrap();
    assert_eq!(table.found().columns.len(), 10_000);
    assert_eq!(entries(&table)[0][9_999], "9999");

    let text = format!("Invoice;Customer\n1;Acme\n{}\n", line(MAX_COLUMNS + 1, ""));
    let error = open(text)
        .unwrap()
        .rows()
        .unwrap()
        .find_map(Result::err)
        .unwrap();
    assert!(
        matches!(error, TableError::TooManyColumns { line: 3 }),
        "{error}"
    );
}

#[test]
fn zero_bytes_are_marked_in_their_row() {
    let table = open("Invoice;Customer;Amount\n1;Acme;10,00\n2;Bro\0wn;20,00\n").unwrap();
    let flaws: Vec<_> = table
        .rows()
        .unwrap()
        .map(|row| row.unwrap().0.flaw)
        .collect();
    assert_eq!(flaws, [None, Some(Flaw::NulCharacters)]);
}

#[test]
fn a_row_with_more_cells_than_columns_is_marked() {
    let table =
        open("Invoice;Customer;Amount\n1;Acme;10,00\n2;Brown; Sons;20,00\n3;Clark;30,00;\n")
            .unwrap();
    let flaws: Vec<_> = table
        .rows()
        .unwrap()
        .map(|row| row.unwrap().0.flaw)
        .collect();
    assert_eq!(
        flaws,
        [None, Some(Flaw::SurplusCells), None],
        "a delimiter inside a name shifts the amount into another column; an empty last cell does not"
    );
}

#[test]
fn what_is_no_table_is_named() {
    assert!(matches!(open(""), Err(TableError::Empty)));
    assert!(matches!(open("\u{feff}"), Err(TableError::Empty)));
    assert!(matches!(open("%PDF-1.7 …"), Err(TableError::NotATable(_))));
    assert!(matches!(
        open("<html><table>"),
        Err(TableError::NotATable(_))
    ));
    assert!(matches!(
        open(b"PK\x03\x04 broken".to_vec()),
        Err(TableError::Damaged(_))
    ));
    assert!(matches!(
        open(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 broken".to_vec()),
        Err(TableError::Damaged(_))
    ));
    let missing = Table::open(
        Source::from(std::path::PathBuf::from("no/such/file.csv")),
        &Choice::default(),
    );
    assert!(matches!(missing, Err(TableError::Io(_))));
}
