//! Which row names the columns, and which rows after it are no entries: totals, repeated headers, notes.

use super::row::{CellKind, Row};

/// Rows searched for the header. Exports put a few lines before it, not pages.
const SEARCHED: usize = 40;
/// Rows after a candidate that are compared with it.
const COMPARED: usize = 25;

/// Beginnings of words that name columns of invoices and customers, in the languages exports are written in. Only to
/// tell a header from data; which column means what is decided elsewhere.
#[rustfmt::skip]
const HEADER_WORDS: &[&str] = &[
    "invoice", "inv", "customer", "client", "debtor", "account", "amount", "balance", "total", "due", "date", "name",
    "address", "street", "city", "town", "postcode", "post", "zip", "country", "currency", "phone", "email", "e-mail",
    "contact", "company", "description", "number", "no", "id", "type", "state", "first", "last", "faktura", "bilag",
    "kunde", "debitor", "beløb", "belob", "saldo", "dato", "forfald", "navn", "adresse", "by", "land", "valuta",
    "telefon", "cvr", "rechnung", "beleg", "betrag", "fällig", "faellig", "datum", "straße", "strasse", "plz", "ort",
    "währung", "firma", "kund", "belopp", "förfall", "namn", "ort", "factuur", "klant", "bedrag", "naam", "plaats",
    "facture", "client", "montant", "échéance", "nom", "ville", "pays", "factura", "cliente", "importe", "fecha",
    "fattura", "scadenza", "fatura", "lasku", "asiakas", "faktury", "kwota", "kontrahent", "částka", "számla", "vevő",
];

/// How a sum is called at the start of a row that is not an invoice.
#[rustfmt::skip]
const TOTAL_WORDS: &[&str] = &[
    "total", "totals", "grand total", "subtotal", "sub total", "sub-total", "sum", "i alt", "ialt", "total i alt",
    "saldo i alt", "summa", "summa totalt", "totalt", "sum totalt", "summe", "gesamt", "gesamtsumme", "zwischensumme",
    "endsumme", "gesamtbetrag", "totaal", "eindtotaal", "subtotaal", "total général", "total general", "sous-total",
    "total generale", "totale", "totale generale", "totali", "total geral", "totais", "yhteensä", "razem", "suma",
    "ogółem", "celkem", "součet", "összesen", "mindösszesen",
];

/// A header row with what speaks for it, in words.
pub(super) struct FoundHeader {
    /// Index among the rows given; nothing where every row is data.
    pub(super) index: Option<usize>,
    pub(super) evidence: String,
}

/// Finds the row that names the columns among the first rows of a table.
pub(super) fn detect(rows: &[Row]) -> FoundHeader {
    let filled: Vec<usize> = (0..rows.len())
        .filter(|index| !rows[*index].is_blank())
        .collect();
    let mut best: Option<(f64, usize, Likeness)> = None;
    for (place, &index) in filled.iter().enumerate().take(SEARCHED) {
        let after: Vec<&Row> = filled[place + 1..]
            .iter()
            .take(COMPARED)
            .map(|other| &rows[*other])
            .collect();
        let likeness = Likeness::of(&rows[index], &after);
        if let Some(score) = likeness.score()
            && best
                .as_ref()
                .is_none_or(|(other, ..)| score > *other + 0.05)
        {
            best = Some((score, index, likeness));
        }
    }
    match best {
        Some((_, index, likeness)) => FoundHeader {
            index: Some(index),
            evidence: likeness.evidence(&rows[index]),
        },
        None => FoundHeader {
            index: None,
            evidence: "No row looks like names of columns, so the first row is taken as data."
                .to_owned(),
        },
    }
}

/// How much a row looks like names of the columns below it.
struct Likeness {
    names: usize,
    filled: usize,
    /// Cells filled in most rows below.
    usual: usize,
    distinct: bool,
    /// Cells such as 2026 or 31-60.
    buckets: usize,
    /// Nothing below is a number, a date or an address.
    only_words: bool,
    known: usize,
    /// Columns in which every filled cell below is a number, a date or an address, and this one is words.
    contrasts: usize,
    data_below: bool,
}

impl Likeness {
    fn of(row: &Row, after: &[&Row]) -> Likeness {
        let cells: Vec<&str> = row.cells().map(str::trim).collect();
        let named = |index: usize| is_name(cells[index]) && row.kind(index) == CellKind::Text;
        let names = (0..cells.len()).filter(|index| named(*index)).count();
        let mut sorted: Vec<String> = cells
            .iter()
            .filter(|cell| !cell.is_empty())
            .map(|cell| cell.to_lowercase())
            .collect();
        // Years and spans of days name columns of sums; they speak neither for nor against a header.
        let buckets = cells.iter().filter(|cell| is_bucket(cell)).count();
        let filled = sorted.len();
        sorted.sort_unstable();
        sorted.dedup();
        // Repeated headers and sums stand below too, so not every cell need differ.
        let contrasts = (0..cells.len())
            .filter(|index| named(*index))
            .filter(|index| {
                let below = || {
                    let cells = after.iter().map(|row| row.get(*index).trim());
                    cells.filter(|cell| !cell.is_empty() && *cell != named_so(row, *index))
                };
                let (typed, all) = (
                    below().filter(|cell| is_typed(cell)).count(),
                    below().count(),
                );
                typed > 0 && typed * 4 >= all * 3
            })
            .count();
        let mut counts: Vec<usize> = after.iter().map(|row| row.filled()).collect();
        counts.sort_unstable();
        Likeness {
            names,
            filled,
            usual: counts.get(counts.len() / 2).copied().unwrap_or(0),
            // Two or three columns of one name do occur.
            distinct: sorted.len() * 3 >= filled * 2,
            buckets,
            only_words: after
                .iter()
                .all(|row| row.cells().map(str::trim).all(|cell| !is_typed(cell))),
            known: cells.iter().filter(|cell| is_header_word(cell)).count(),
            contrasts,
            data_below: !after.is_empty(),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a score needs no exact counts")]
    fn score(&self) -> Option<f64> {
        if self.filled == 0
            || !self.distinct
            || self.names == 0
            || (self.names + self.buckets) * 10 < self.filled * 8
        {
            return None;
        }
        // A row with far fewer cells than those below is a title or a note.
        if self.usual > 1 && self.filled * 2 < self.usual {
            return None;
        }
        let filled = self.filled as f64;
        let (known, contrast) = (self.known as f64 / filled, self.contrasts as f64 / filled);
        // Among nothing but words, the first full row is the header; elsewhere something must tell it from the others.
        if self.contrasts == 0
            && self.known * 3 < self.filled - self.buckets
            && !(self.only_words && self.data_below)
        {
            return None;
        }
        let fit = match self.usual {
            0 => 0.5,
            usual => (filled / usual as f64).min(1.0),
        };
        let alone = if self.data_below { 0.0 } else { -0.2 };
        Some(known + 1.5 * contrast + fit + self.names as f64 / filled + alone)
    }

    fn evidence(&self, row: &Row) -> String {
        let names: Vec<&str> = row
            .cells()
            .map(str::trim)
            .filter(|cell| !cell.is_empty())
            .take(3)
            .collect();
        let mut text = format!("Row {} holds words ({})", row.number, names.join(", "));
        if self.contrasts > 0 {
            text.push_str(&format!(
                ", and below {} of them stand only numbers or dates",
                self.contrasts
            ));
        } else if self.known > 0 {
            text.push_str(&format!(", {} of them usual names of columns", self.known));
        }
        text.push('.');
        text
    }
}

fn named_so(row: &Row, index: usize) -> &str {
    row.get(index).trim()
}

/// Words as they name a column: some letters, not a whole text, and no value.
fn is_name(cell: &str) -> bool {
    let letters = cell.chars().count();
    letters > 0 && letters <= 60 && cell.chars().any(char::is_alphabetic) && !is_typed(cell)
}

/// A year, or a span of days as reports of ages have: `2026`, `31-60`, `> 90`, `90+`.
fn is_bucket(cell: &str) -> bool {
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    let year = cell.len() == 4 && digits == 4 && (cell.starts_with("19") || cell.starts_with("20"));
    let signs = cell
        .chars()
        .filter(|letter| matches!(letter, '-' | '–' | '+' | '>' | '<'))
        .count();
    let span = signs == 1
        && (1..=6).contains(&digits)
        && cell
            .chars()
            .all(|letter| letter.is_ascii_digit() || " -–+><".contains(letter))
        && !cell.starts_with('-');
    year || span
}

fn is_header_word(cell: &str) -> bool {
    let cell = cell.to_lowercase();
    cell.split(|letter: char| !letter.is_alphanumeric() && letter != '-')
        .filter(|word| !word.is_empty())
        .any(|word| {
            HEADER_WORDS.iter().any(|known| match known.len() {
                0..=3 => word == *known,
                _ => word.starts_with(known),
            })
        })
}

/// Whether a cell is a number, a date, an amount or an e-mail address: mostly digits, or with an at sign inside.
pub(super) fn is_typed(cell: &str) -> bool {
    if cell.contains('@') && cell.contains('.') && !cell.contains(' ') {
        return true;
    }
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    let letters = cell.chars().filter(|letter| letter.is_alphabetic()).count();
    digits > 0 && letters <= digits
}

/// Cells that most rows have.
pub(super) fn usual_width(rows: &[Row]) -> usize {
    let mut counts = std::collections::BTreeMap::<usize, usize>::new();
    for row in rows {
        *counts.entry(row.len()).or_default() += 1;
    }
    counts
        .into_iter()
        .max_by_key(|(width, count)| (*count, *width))
        .map_or(0, |(width, _)| width)
}

/// What a row below the header is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// An entry of the table.
    Data,
    /// A sum over rows above.
    Total,
    /// The header again, as printed lists have on each page.
    RepeatedHeader,
    /// A line of text beside the table, such as a page number or a date of printing.
    Note,
}

/// What a row below the header is. `usual` is the number of cells that rows of this table fill.
pub(super) fn role(row: &Row, filled: usize, header: &[String], usual: usize) -> Role {
    if filled > 1
        && row.len() >= header.len().min(2)
        && row
            .cells()
            .zip(header)
            .all(|(cell, name)| cell.trim() == name)
    {
        return Role::RepeatedHeader;
    }
    // An invoice has at least a number, a name and an amount; narrow tables are left alone.
    if usual < 3 || filled >= usual {
        return Role::Data;
    }
    let texts = || {
        row.cells()
            .map(str::trim)
            .filter(|cell| cell.chars().any(char::is_alphabetic))
    };
    let (sparse, very_sparse) = (filled * 3 <= usual * 2, filled * 2 <= usual);
    let is_total = |cell: &str| match total_word(cell) {
        Some(0) => true,
        Some(rest) => (sparse && rest <= 24) || very_sparse,
        None => false,
    };
    if texts().any(is_total) {
        return Role::Total;
    }
    if !sparse {
        return Role::Data;
    }
    if filled == 1 {
        return if texts().next().is_some() {
            Role::Note
        } else {
            Role::Total
        };
    }
    // Sums without a word: nothing but amounts, and far fewer than a row has.
    let sums = row
        .cells()
        .map(str::trim)
        .filter(|cell| !cell.is_empty())
        .all(is_sum);
    if sums && very_sparse {
        Role::Total
    } else {
        Role::Data
    }
}

/// Whether a cell begins with a word for a sum; how many letters follow it.
fn total_word(cell: &str) -> Option<usize> {
    let cell = cell.to_lowercase();
    let cell = cell.trim_end_matches([':', '.', ' ', '=']);
    TOTAL_WORDS
        .iter()
        .filter_map(|word| cell.strip_prefix(word))
        .filter(|rest| rest.is_empty() || rest.starts_with([' ', ':', '(']))
        .map(|rest| rest.chars().count())
        .min()
}

fn is_sum(cell: &str) -> bool {
    cell.contains([',', '.'])
        && cell
            .chars()
            .all(|letter| letter.is_ascii_digit() || " .,'’-()\u{a0}\u{202f}".contains(letter))
}
