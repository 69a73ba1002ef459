//! Delimited text as accounting systems write it.

use bulk_import::table::{Choice, Role, Source, Table, TableError};
use proptest::prelude::*;

use crate::{entries, open};

const DANISH: &str = "Fakturanr.;Debitor;Beløb;Forfaldsdato\r\n\
    2001;Jørgensen & Sønner ApS;1.234,50;03-04-2026\r\n\
    2002;Ærø Færgefart;12.000,00;13-04-2026\r\n\
    2003;\"Åse; Holm\";99,95;01-05-2026\r\n";

fn encoded(text: &str, label: &str) -> Vec<u8> {
    encoding_rs::Encoding::for_label(label.as_bytes())
        .unwrap()
        .encode(text)
        .0
        .into_owned()
}

#[test]
fn every_usual_encoding_gives_the_same_letters() {
    let mut utf16_le = vec![0xff, 0xfe];
    utf16_le.extend(DANISH.encode_utf16().flat_map(u16::to_le_bytes));
    let utf16_bare: Vec<u8> = DANISH.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16_be: Vec<u8> = DANISH.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let cases = [
        ("UTF-8", DANISH.as_bytes().to_vec()),
        ("UTF-8", format!("\u{feff}{DANISH}").into_bytes()),
        ("windows-1252", encoded(DANISH, "windows-1252")),
        ("UTF-16LE", utf16_le),
        ("UTF-16LE", utf16_bare),
        ("UTF-16BE", utf16_be),
    ];
    for (name, bytes) in cases {
        let table = open(bytes).unwrap();
        let found = table.found();
        assert_eq!(found.dialect.encoding.as_deref(), Some(name));
        assert_eq!(
            found.dialect.delimiter,
            Some(';'),
            "decimal commas are no delimiters ({name})"
        );
        assert_eq!(
            found.columns,
            ["Fakturanr.", "Debitor", "Beløb", "Forfaldsdato"],
            "{name}"
        );
        assert_eq!(
            entries(&table)[2],
            ["2003", "Åse; Holm", "99,95", "01-05-2026"],
            "{name}"
        );
    }
}

#[test]
fn letters_of_central_europe_and_turkey_are_told_from_western_ones() {
    let polish = "Numer faktury;Kontrahent;Kwota\r\n1/2026;Łódź Przędzalnia Sp. z o.o.;1 234,50\r\n\
        2/2026;Święty Mikołaj, źródło;99,00\r\n3/2026;Zażółć gęślą jaźń;5,00\r\n";
    let turkish = "Fatura no;Müşteri;Tutar\r\n1;İstanbul Çiçekçilik Ltd. Şti.;10,00\r\n2;Yıldız Işık Ağaoğlu;20,00\r\n\
        3;Gümüş Kaşıkçı Dağıtım;30,00\r\n";
    for (label, text, word) in [
        ("windows-1250", polish, "Łódź"),
        ("windows-1254", turkish, "İstanbul"),
    ] {
        let table = open(encoded(text, label)).unwrap();
        assert!(
            entries(&table)[0][1].starts_with(word),
            "{label}: {:?}",
            table.found()
        );
    }
}

#[test]
fn one_broken_letter_does_not_turn_all_others() {
    let mut bytes = DANISH.repeat(3).into_bytes();
    bytes.extend(b"2004;H\xf8jgaard;1,00;02-05-2026\r\n");
    let table = open(bytes).unwrap();
    assert_eq!(table.found().dialect.encoding.as_deref(), Some("UTF-8"));
    assert_eq!(entries(&table)[0][1], "Jørgensen & Sønner ApS");
    let (last, _) = table.rows().unwrap().last().unwrap().unwrap();
    assert!(
        last.flaw.is_some(),
        "a name with a hole must not become a debtor without a word"
    );
}

#[test]
fn delimiters_are_found_by_how_alike_the_rows_are() {
    let rows = |delimiter: &str| {
        [
            "Invoice|Customer|Amount|Due date",
            "INV-1|Acme, Inc.|1234.50|2026-04-03",
            "INV-2|Brown & Co|99.00|2026-04-13",
        ]
        .map(|row| {
            row.replace('|', delimiter).replace(
                "Acme, Inc.",
                if delimiter == "," {
                    "\"Acme, Inc.\""
                } else {
                    "Acme, Inc."
                },
            )
        })
        .join("\n")
    };
    for delimiter in [",", ";", "\t", "|"] {
        let table = open(rows(delimiter)).unwrap();
        assert_eq!(
            table.found().dialect.delimiter,
            delimiter.chars().next(),
            "{:?}",
            table.found().evidence
        );
        assert_eq!(entries(&table)[0][1], "Acme, Inc.");
        assert_eq!(table.found().header_row, Some(0));
    }
}

#[test]
fn lines_before_the_header_and_sums_after_the_rows_are_told_apart() {
    let text = "Nordlys A/S;;;\nÅbne poster pr. 21-11-2026;;;\n;;;\nFakturanr.;Kunde;Dato;Saldo\n1;Holm;01-02-2026;10,00\n\
        2;Bech;02-02-2026;20,00\nFakturanr.;Kunde;Dato;Saldo\n3;Lund;03-02-2026;30,00\n;;;\nI alt;;;60,00\nUdskrevet af NN;;;\n";
    let table = open(text).unwrap();
    assert_eq!(
        table.found().header_row,
        Some(3),
        "{:?}",
        table.found().evidence
    );
    let roles: Vec<(u64, Role)> = table
        .rows()
        .unwrap()
        .map(Result::unwrap)
        .map(|(row, role)| (row.number, role))
        .collect();
    assert_eq!(
        roles,
        [
            (5, Role::Data),
            (6, Role::Data),
            (7, Role::RepeatedHeader),
            (8, Role::Data),
            (10, Role::Total),
            (11, Role::Note)
        ],
        "a sum taken for an invoice would be claimed"
    );
}

#[test]
fn a_report_of_ages_is_read_without_its_groups_and_sums() {
    let text = "Nordic Consulting,,,,,\nA/R Aging Detail,,,,,\n\"As of November 21, 2026\",,,,,\n,,,,,\n\
        ,Date,Transaction Type,Num,Customer,Due Date,Amount,Open Balance\n91 or more days past due,,,,,,,\n\
        ,01/05/2026,Invoice,1037,Sonnenschein,01/20/2026,\"1,362.07\",362.07\n\
        ,02/05/2026,Invoice,1038,Acme,02/20/2026,\"1,000.00\",\"1,000.00\"\n\
        Total for 91 or more days past due,,,,,,\"$2,362.07\",\"$1,362.07\"\n\
        TOTAL,,,,,,\"$2,862.07\",\"$1,862.07\"\n\n\"Saturday, November 21, 2026 10:00 AM GMT+1\",,,,,\n";
    let table = open(text).unwrap();
    assert_eq!(table.found().header_row, Some(4));
    let read = entries(&table);
    assert_eq!(read.len(), 2, "{read:?}");
    assert_eq!(read[0][6..], ["1,362.07", "362.07"]);
}

#[test]
fn headers_of_years_spans_and_mere_words_are_headers() {
    for (text, entry) in [
        ("Kunde;2024;2025;2026\nMüller;10,00;20,00;30,00\n", "Müller"),
        (
            "Customer,Current,1 - 30,31 - 60,> 90\nAcme,1.00,2.00,3.00,4.00\n",
            "Acme",
        ),
        (
            "Ügyfél;Város;Ország\nAlfa Kft;Budapest;Magyarország\nBéta Kft;Győr;Magyarország\n",
            "Alfa Kft",
        ),
        ("Nr;Name;Name;Betrag\n1;Müller;Anna;10,00\n", "1"),
    ] {
        let table = open(text).unwrap();
        assert_eq!(table.found().header_row, Some(0), "{text}");
        assert_eq!(entries(&table)[0][0], entry);
    }
}

#[test]
fn sums_among_the_rows_are_known_by_their_word() {
    let text = "Konto;Navn;Bilag;Dato;Tekst;Debet;Saldo\n1;Holm;20261;13-01-2026;Faktura;100,00;100,00\n\
        1;Holm;;;I alt;100,00;100,00\n2;Total Energi A/S;20262;14-01-2026;;200,00;200,00\n2;Bech;20263;15-01-2026;Faktura;9,00;9,00\n";
    let read = entries(&open(text).unwrap());
    let names: Vec<&str> = read.iter().map(|row| row[1].as_str()).collect();
    assert_eq!(
        names,
        ["Holm", "Total Energi A/S", "Bech"],
        "a name may begin like a sum"
    );
}

#[test]
fn a_file_without_header_is_all_data() {
    let table =
        open("1001,Acme Ltd,100.00,2026-01-05\n1002,Brown & Co,200.00,2026-01-06\n").unwrap();
    assert_eq!(
        table.found().header_row,
        None,
        "{:?}",
        table.found().evidence
    );
    assert_eq!(
        entries(&table).len(),
        2,
        "the first invoice must not vanish as a header"
    );
}

#[test]
fn what_the_user_chooses_wins() {
    let bytes = encoded(DANISH, "windows-1252");
    let choice = Choice {
        encoding: Some("windows-1250".to_owned()),
        delimiter: Some(','),
        quote: Some(None),
        header_row: Some(None),
        ..Choice::default()
    };
    let table = Table::open(Source::from(bytes), &choice).unwrap();
    assert_eq!(
        table.found().dialect.encoding.as_deref(),
        Some("windows-1250")
    );
    assert_eq!(table.found().header_row, None);
    assert_eq!(table.preview(2).unwrap().len(), 2);
    assert_eq!(
        table.preview(2).unwrap()[1].get(0),
        "2001;Jřrgensen & Sřnner ApS;1.234"
    );
    let beyond = Choice {
        header_row: Some(Some(900)),
        ..Choice::default()
    };
    let refused = Table::open(Source::from(DANISH.as_bytes().to_vec()), &beyond);
    assert!(matches!(refused, Err(TableError::NoHeaderThere(901))));
    let wrong = Choice {
        encoding: Some("klingon".to_owned()),
        ..Choice::default()
    };
    assert!(matches!(
        Table::open(Source::from(DANISH.as_bytes().to_vec()), &wrong),
        Err(TableError::UnknownEncoding(_))
    ));
}

#[test]
fn one_part_can_be_changed_and_the_others_stay() {
    let table = open(encoded(DANISH, "windows-1252")).unwrap();
    let without = table.with_header_row(None).unwrap();
    assert_eq!(
        (without.found().header_row, entries(&without).len()),
        (None, 4)
    );
    assert_eq!(
        without.with_header_row(Some(0)).unwrap().found().columns,
        table.found().columns
    );

    let choice = Choice {
        delimiter: Some(','),
        ..Choice::from(table.found())
    };
    let changed = Table::open(Source::from(encoded(DANISH, "windows-1252")), &choice).unwrap();
    assert_eq!(
        changed.found().dialect.encoding,
        table.found().dialect.encoding
    );
    assert_eq!(
        changed.found().columns[0],
        "Fakturanr.;Debitor;Beløb;Forfaldsdato"
    );
}

#[test]
fn announced_delimiters_and_old_line_ends_are_known() {
    let table = open("sep=|\nInvoice|Customer|Amount\n1|A, B; C|5.00\n").unwrap();
    assert_eq!(table.found().dialect.delimiter, Some('|'));
    assert_eq!(table.found().header_row, Some(1));
    let table = open("Invoice;Customer;Amount\r1;Acme;5,00\r2;Brown;6,00\r").unwrap();
    assert_eq!(entries(&table).len(), 2);
}

proptest! {
    #[test]
    fn what_the_field_writes_reads_back(
        rows in prop::collection::vec(prop::collection::vec("[ -~æøåß€\n\t\"]{0,12}", 4), 1..20),
        delimiter in prop::sample::select(vec![b',', b';', b'\t', b'|']),
    ) {
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        writer.write_record(["Invoice", "Customer", "City", "Amount"]).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let choice = Choice {
            delimiter: Some(char::from(delimiter)),
            quote: Some(Some('"')),
            header_row: Some(Some(0)),
            ..Choice::default()
        };
        let table = Table::open(Source::from(writer.into_inner().unwrap()), &choice).unwrap();
        let read: Vec<Vec<String>> = table
            .rows()
            .unwrap()
            .map(Result::unwrap)
            .map(|(row, _)| {
                assert_eq!(row.flaw, None);
                row.cells().map(str::to_owned).collect()
            })
            .collect();
        let written: Vec<_> = rows.into_iter().filter(|row| row.iter().any(|cell| !cell.trim().is_empty())).collect();
        prop_assert_eq!(read, written, "a cell that changes on the way is a wrong claim");
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        if let Ok(table) = open(bytes) {
            for row in table.rows().unwrap() {
                if row.is_err() {
                    break;
                }
            }
        }
    }

    #[test]
    fn no_text_of_marks_and_quotes_makes_it_panic_or_loses_a_line(text in "[;,\"'\t\r\nab1=\u{feff}]{0,300}") {
        let choice = Choice { header_row: Some(None), ..Choice::default() };
        if let Ok(table) = Table::open(Source::from(text.into_bytes()), &choice) {
            let mut last = 0;
            for row in table.rows().unwrap() {
                let (row, _) = row.unwrap();
                prop_assert!(row.number > last, "rows must keep their order");
                last = row.number;
            }
        }
    }
}
