//! An export as an accounting system writes it: German, twenty columns, sixteen of use, a slip in one row of fifty.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

pub const HEADER: [&str; 20] = [
    "Rechnungsnummer",
    "Kundennummer",
    "Kunde",
    "Kundentyp",
    "Ansprechpartner",
    "E-Mail",
    "Telefon",
    "Straße",
    "PLZ",
    "Ort",
    "Land",
    "Handelsregisternummer",
    "Rechnungsdatum",
    "Fälligkeitsdatum",
    "Währung",
    "Rechnungsbetrag",
    "Offener Betrag",
    "Auftragsnummer",
    "Kostenstelle",
    "Beschreibung",
];

const FIRST: [&str; 8] = [
    "Anna", "Jürgen", "Sofie", "Markus", "Lærke", "Tobias", "Élise", "Piotr",
];
const LAST: [&str; 8] = [
    "Müller",
    "Schröder",
    "Nielsen",
    "Weiß",
    "Kowalski",
    "Östberg",
    "Girard",
    "Bauer",
];
const TRADE: [&str; 7] = [
    "Holzbau",
    "Kaffee",
    "Software",
    "Elektro",
    "Spedition",
    "Garten",
    "Optik",
];
const FORM: [&str; 4] = ["GmbH", "AG", "ApS", "& Co. KG"];
const PLACE: [(&str, &str, &str); 6] = [
    ("80331", "München", "Deutschland"),
    ("2100", "København Ø", "Dänemark"),
    ("1010", "Wien", "Österreich"),
    ("211 20", "Malmö", "Schweden"),
    ("8001", "Zürich", "Schweiz"),
    ("20095", "Hamburg", "DE"),
];
const CURRENCY: [&str; 4] = ["EUR", "DKK", "SEK", "CHF"];

/// A cell with what a workbook keeps of it.
pub enum Cell {
    Text(String),
    Money(i64),
    /// Year, month, day; the day may be one that no calendar has.
    Date(u16, u8, u8),
}

pub fn row(number: usize) -> [Cell; 20] {
    // A plain generator: neighbours must not look alike to an index.
    let mut state = number as u64 ^ 0x9e37_79b9_7f4a_7c15;
    let mut pick = |of: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % of
    };
    // A debtor has some ten invoices.
    let debtor = pick(10_000);
    let company = debtor % 5 != 0;
    let (first, last) = (FIRST[debtor % 8], LAST[debtor / 8 % 8]);
    let (zip, city, country) = PLACE[debtor % 6];
    let slip = pick(50) == 0;
    let slip_at = |of: usize| slip && number % 10 == of;
    let (year, month, day) = (
        2024 + pick(2) as u16,
        1 + pick(12) as u8,
        1 + pick(28) as u8,
    );
    let open = 2_000 + pick(900_000) as i64;
    let text = |text: &str| Cell::Text(text.to_owned());
    let name = match company {
        true => format!(
            "{last} {} {} {}",
            TRADE[debtor % 7],
            debtor,
            FORM[debtor % 4]
        ),
        false => format!("{first} {last}"),
    };
    [
        // Now and then a number stands twice.
        Cell::Text(format!("RE-{:07}", number - usize::from(slip_at(1)))),
        Cell::Text(format!("{}", 10_000 + debtor)),
        Cell::Text(name),
        text(if company { "Firma" } else { "Privat" }),
        match slip_at(2) {
            true => text(""),
            false => Cell::Text(format!("{first} {last}")),
        },
        match slip_at(3) {
            true => text("keine"),
            false => Cell::Text(format!("rechnung{debtor}@example.com")),
        },
        Cell::Text(format!("+49 89 {:07}", 1_000_000 + debtor)),
        Cell::Text(format!("{}straße {}", TRADE[debtor % 7], debtor % 200 + 1)),
        text(zip),
        text(if slip_at(4) { "" } else { city }),
        text(if slip_at(5) { "Atlantis" } else { country }),
        Cell::Text(if company {
            format!("HRB {}", 10_000 + debtor)
        } else {
            String::new()
        }),
        Cell::Date(year, month, day),
        match slip_at(6) {
            true => Cell::Date(2025, 2, 31),
            false if slip_at(7) => Cell::Date(2023, month, day),
            false => Cell::Date(year + u16::from(month == 12), month % 12 + 1, day),
        },
        text(CURRENCY[debtor % 4]),
        Cell::Money(open + 119),
        Cell::Money(if slip_at(8) { -open } else { open }),
        Cell::Text(format!("A{:06}", pick(1_000_000))),
        Cell::Text(format!("{}", 100 + pick(9))),
        Cell::Text(format!(
            "Lieferung {} \"{}\"; netto",
            pick(1000),
            TRADE[pick(7)]
        )),
    ]
}

/// `1.234,56`
fn money(minor: i64) -> String {
    let (whole, cents) = (minor.abs() / 100, minor.abs() % 100);
    let sign = if minor < 0 { "-" } else { "" };
    match whole {
        1000.. => format!("{sign}{}.{:03},{cents:02}", whole / 1000, whole % 1000),
        _ => format!("{sign}{whole},{cents:02}"),
    }
}

/// Writes rows until there are `rows` of them or the file has `bytes`, with so many letters more of description each;
/// says how many there are.
pub fn csv(path: &Path, rows: usize, bytes: u64, wordy: usize) -> usize {
    let more = "laut Lieferschein ".repeat(wordy / 18);
    let mut out = BufWriter::new(File::create(path).unwrap());
    let mut written = 0;
    let mut line = HEADER.join(";") + "\r\n";
    for number in 0..=rows {
        out.write_all(line.as_bytes()).unwrap();
        written += line.len() as u64;
        if number == rows || written >= bytes {
            out.flush().unwrap();
            return number;
        }
        line.clear();
        for cell in row(number) {
            match cell {
                Cell::Text(text) if text.contains(['"', ';']) => {
                    line += &format!("\"{}\"", text.replace('"', "\"\""));
                }
                Cell::Text(text) => line += &text,
                Cell::Money(minor) => line += &money(minor),
                Cell::Date(year, month, day) => line += &format!("{day:02}.{month:02}.{year}"),
            }
            line.push(';');
        }
        line.pop();
        // The last cell is the description, in quotation marks: it goes on before the closing one.
        line.pop();
        line += &more;
        line += "\"\r\n";
    }
    rows
}
