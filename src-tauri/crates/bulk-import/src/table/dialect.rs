//! How a text file parts its cells: every usual delimiter is tried on the first rows, and the one under which the rows
//! are alike and the cells look like values wins.

use super::header;
use super::row::{Flaw, Row};
use super::sample::TextSample;

/// The delimiters that exports use.
pub const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// A way to part cells with what speaks for it, in words.
pub(super) struct FoundDialect {
    pub(super) delimiter: char,
    pub(super) quote: Option<char>,
    pub(super) evidence: String,
}

/// Finds delimiter and quotation mark; what the caller has chosen is not looked for.
pub(super) fn detect(
    sample: &TextSample,
    delimiter: Option<char>,
    quote: Option<Option<char>>,
) -> FoundDialect {
    if let (Some(delimiter), Some(quote)) = (delimiter, quote) {
        return FoundDialect {
            delimiter,
            quote,
            evidence: "Chosen by you.".to_owned(),
        };
    }
    let announced = sample.announced_delimiter();
    let delimiters: Vec<char> = match delimiter.or(announced) {
        Some(only) => vec![only],
        None => DELIMITERS.to_vec(),
    };
    let mut best: Option<(f64, Tried)> = None;
    for &delimiter in &delimiters {
        let quote = quote.unwrap_or_else(|| usual_quote(sample, delimiter));
        let tried = Tried::on(sample, delimiter, quote);
        let score = tried.score();
        if best.as_ref().is_none_or(|(other, _)| score > *other + 1e-9) {
            best = Some((score, tried));
        }
    }
    let Some((_, tried)) = best else {
        return FoundDialect {
            delimiter: ',',
            quote: Some('"'),
            evidence: "The file is empty.".to_owned(),
        };
    };
    let evidence = if announced == Some(tried.delimiter) {
        format!("The first line says “sep={}”.", tried.delimiter)
    } else if delimiter.is_some() {
        "Chosen by you.".to_owned()
    } else {
        tried.evidence()
    };
    FoundDialect {
        delimiter: tried.delimiter,
        quote: tried.quote,
        evidence,
    }
}

/// The quotation mark under one delimiter: nearly always the double one. The single one only where it wraps cells
/// throughout; none only where marks stand for inches and the like, so that a forgotten one stays an error of its row.
fn usual_quote(sample: &TextSample, delimiter: char) -> Option<char> {
    let rows = sample.rows(delimiter, None);
    let cells = || rows.iter().flat_map(|row| row.cells().map(str::trim));
    let wrapped = |quote: char| {
        cells()
            .filter(|cell| cell.len() > 1 && cell.starts_with(quote) && cell.ends_with(quote))
            .count()
    };
    if wrapped('"') > 0 {
        return Some('"');
    }
    let filled = cells().filter(|cell| !cell.is_empty()).count();
    if wrapped('\'') * 2 > filled {
        return Some('\'');
    }
    let opened = rows
        .iter()
        .filter(|row| row.cells().any(|cell| cell.trim_start().starts_with('"')))
        .count();
    // Cells that contain the delimiter close elsewhere than they seem to, so it is tried.
    let broken = || {
        sample
            .rows(delimiter, Some('"'))
            .iter()
            .filter(|row| is_misquoted(row))
            .count()
    };
    if opened >= 3 && opened * 20 >= rows.len() && broken() * 2 >= opened {
        None
    } else {
        Some('"')
    }
}

fn is_misquoted(row: &Row) -> bool {
    matches!(row.flaw, Some(Flaw::QuoteNotClosed | Flaw::TextAfterQuote))
}

/// What one delimiter and quotation mark make of the sample.
struct Tried {
    delimiter: char,
    quote: Option<char>,
    rows: usize,
    /// Cells of most rows.
    width: usize,
    /// Rows of that width.
    alike: usize,
    /// Share of filled cells that look like one value: a number, a date, an address, a few words.
    clean: f64,
    flawed: usize,
}

impl Tried {
    fn on(sample: &TextSample, delimiter: char, quote: Option<char>) -> Tried {
        let rows: Vec<Row> = sample
            .rows(delimiter, quote)
            .into_iter()
            .filter(|row| !row.is_blank())
            .collect();
        let width = header::usual_width(&rows);
        let alike = rows.iter().filter(|row| row.len() == width).count();
        let flawed = rows
            .iter()
            .filter(|row| matches!(row.flaw, Some(Flaw::QuoteNotClosed | Flaw::TextAfterQuote)))
            .count();
        let (mut filled, mut clean) = (0_usize, 0_usize);
        for row in rows.iter().filter(|row| row.len() == width).take(200) {
            for cell in row.cells().map(str::trim).filter(|cell| !cell.is_empty()) {
                filled += 1;
                clean += usize::from(looks_whole(cell));
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a share needs no exact counts")]
        let clean = if filled == 0 {
            0.0
        } else {
            clean as f64 / filled as f64
        };
        Tried {
            delimiter,
            quote,
            rows: rows.len(),
            width,
            alike,
            clean,
            flawed,
        }
    }

    fn score(&self) -> f64 {
        if self.rows == 0 {
            return 0.0;
        }
        #[expect(clippy::cast_precision_loss, reason = "a share needs no exact counts")]
        let (rows, width, alike, flawed) = (
            self.rows as f64,
            self.width as f64,
            self.alike as f64,
            self.flawed as f64,
        );
        // One column is possible, but any delimiter that parts the rows alike says more.
        let parted = if self.width < 2 {
            0.1
        } else {
            1.0 - 1.0 / (width + 1.0)
        };
        (alike / rows) * parted * (0.3 + 0.7 * self.clean) * (1.0 - flawed / rows)
    }

    fn evidence(&self) -> String {
        if self.width < 2 {
            return "No delimiter parts the lines alike, so it is read as one column.".to_owned();
        }
        format!(
            "{} of the first {} rows have {} cells each.",
            self.alike, self.rows, self.width
        )
    }
}

/// Whether a cell looks like one whole value rather than a piece or several joined ones.
fn looks_whole(cell: &str) -> bool {
    let quotes = cell.matches('"').count();
    if quotes % 2 == 1
        || cell.starts_with('\'')
        || cell.ends_with('\'')
        || (quotes > 0 && cell.starts_with('"'))
    {
        return false;
    }
    // Two values with another delimiter between them, with no space after it.
    let joined = DELIMITERS.iter().any(|delimiter| {
        let mut parts = cell.split(*delimiter);
        match (parts.next(), parts.next()) {
            (Some(_), Some(second)) => {
                *delimiter == ';'
                    || *delimiter == '\t'
                    || *delimiter == '|'
                    || (second.starts_with(char::is_alphanumeric) && !is_number(cell))
            }
            _ => false,
        }
    });
    !joined
}

fn is_number(cell: &str) -> bool {
    cell.chars().any(|letter| letter.is_ascii_digit())
        && cell
            .chars()
            .all(|letter| letter.is_ascii_digit() || " .,'’-+()€$£\u{a0}\u{202f}".contains(letter))
}
