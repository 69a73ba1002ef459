//! What accounting systems export, as files to import: made up, and written the way each of them writes.

use std::path::{Path, PathBuf};

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

/// A file and what its import has to be told.
pub struct Export {
    pub file: PathBuf,
    /// Rows that become cases.
    pub rows: usize,
    /// Every date in it can be read in two ways.
    pub asks: bool,
    /// What each debtor is, since no column says it: `company` or `private`.
    pub debtors: &'static str,
    /// How one row must read on the screen before it is submitted.
    pub reads: &'static [&'static str],
}

/// Danish: semicolons, decimal commas, windows-1252.
pub fn danish(folder: &Path) -> Export {
    let rows = [
        "10231;Sørensen Møbler ApS;Nørregade 12;8000;Århus C;Danmark;bogholderi@sorensen.example;13-05-2025;12-06-2025;12.340,50;DKK",
        "10232;Kærgård & Søn A/S;Ågade 4, 2. tv.;2200;København N;Danmark;faktura@kaergard.example;05-06-2025;05-07-2025;4.995,00;DKK",
        "10233;Bæk Byg ApS;Vestergade 88;5000;Odense C;Danmark;bb@baekbyg.example;28-06-2025;28-07-2025;18.200,00;DKK",
    ];
    let head = "Fakturanr.;Kundenavn;Adresse;Postnr.;By;Land;E-mail;Fakturadato;Forfaldsdato;Restbeløb;Valuta";
    let text = format!("{head}\r\n{}\r\n", rows.join("\r\n"));
    // Every letter in it is one of Latin-1, which windows-1252 extends.
    let bytes: Vec<u8> = text
        .chars()
        .map(|letter| u8::try_from(u32::from(letter)).expect("a letter of Latin-1"))
        .collect();
    let file = folder.join("Åbne poster.csv");
    std::fs::write(&file, bytes).expect("the export can be written");
    Export {
        file,
        rows: rows.len(),
        asks: false,
        debtors: "company",
        reads: &["Sørensen Møbler ApS", "12,340.50", "Bæk Byg ApS"],
    }
}

/// German: a workbook with four lines above the header, real dates, and the sum below.
pub fn german(folder: &Path) -> Export {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let day = Format::new().set_num_format("dd.mm.yyyy");
    for (row, line) in [
        "Nordwind Handel GmbH",
        "Offene-Posten-Liste Debitoren",
        "Stichtag: 30.09.2025",
        "Mandant 4711",
    ]
    .into_iter()
    .enumerate()
    {
        sheet.write(number(row), 0, line).expect("a line");
    }
    let names = [
        "Rechnungsnr.",
        "Kunde",
        "Straße",
        "PLZ",
        "Ort",
        "Land",
        "E-Mail",
        "Rechnungsdatum",
        "Fällig am",
        "Offener Betrag",
        "Währung",
    ];
    for (column, name) in names.into_iter().enumerate() {
        sheet
            .write(4, u16::try_from(column).expect("few columns"), name)
            .expect("a header");
    }
    let rows = [
        (
            "RE-2025-0418",
            "Bäckerei Müller GmbH",
            "Königstraße 3",
            "70173",
            "Stuttgart",
            (4, 2),
            1_234.5,
        ),
        (
            "RE-2025-0431",
            "Groß & Söhne KG",
            "Am Weißen Weg 7a",
            "04109",
            "Leipzig",
            (5, 16),
            88_000.0,
        ),
        (
            "RE-2025-0440",
            "Jäger Möbel e.K.",
            "Lübecker Str. 110",
            "22087",
            "Hamburg",
            (6, 30),
            610.99,
        ),
    ];
    for (at, (reference, name, street, zip, city, (month, date), amount)) in
        rows.into_iter().enumerate()
    {
        let row = number(at) + 5;
        let text = [reference, name, street, zip, city, "Deutschland"];
        for (column, cell) in text.into_iter().enumerate() {
            sheet
                .write(row, u16::try_from(column).expect("few columns"), cell)
                .expect("a cell");
        }
        sheet
            .write(row, 6, format!("buchhaltung{at}@kunde.example"))
            .expect("a cell");
        let of = |month| ExcelDateTime::from_ymd(2025, month, date).expect("a day");
        sheet
            .write_with_format(row, 7, of(month), &day)
            .expect("a date");
        sheet
            .write_with_format(row, 8, of(month + 1), &day)
            .expect("a date");
        sheet.write(row, 9, amount).expect("an amount");
        sheet.write(row, 10, "EUR").expect("a currency");
    }
    sheet.write(9, 0, "Summe").expect("a cell");
    sheet.write(9, 9, 89_845.49).expect("the sum");
    let file = folder.join("OPOS Debitoren.xlsx");
    book.save(&file).expect("the export can be written");
    Export {
        file,
        rows: rows.len(),
        asks: false,
        debtors: "company",
        reads: &["Bäckerei Müller GmbH", "1,234.5", "Groß & Söhne KG"],
    }
}

/// English: names in two columns, dates that can be read day first or month first.
pub fn english(folder: &Path) -> Export {
    let rows = [
        "INV-7001,Amelia,O'Connor,14 Rose Lane,Leeds,LS1 4DY,United Kingdom,amelia@home.example,03/04/2025,05/05/2025,\"1,480.00\",GBP",
        "INV-7002,Noah,Baker,2 Mill Road,Bristol,BS1 5TR,United Kingdom,noah@home.example,07/04/2025,06/05/2025,960.25,GBP",
        "INV-7003,Zoë,St. John,\"Flat 3, 88 High Street\",York,YO1 7HH,United Kingdom,zoe@home.example,09/04/2025,08/05/2025,\"2,105.10\",GBP",
    ];
    let head = "Invoice Number,First Name,Last Name,Street,City,Postcode,Country,Email,Invoice Date,Due Date,Amount Due,Currency";
    let file = folder.join("aged receivables.csv");
    let text = format!("{head}\n{}\n", rows.join("\n"));
    std::fs::write(&file, text).expect("the export can be written");
    Export {
        file,
        rows: rows.len(),
        asks: true,
        debtors: "private",
        reads: &["Amelia O'Connor", "1,480.00", "Zoë St. John"],
    }
}

fn number(row: usize) -> u32 {
    u32::try_from(row).expect("few rows")
}
