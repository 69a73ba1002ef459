//! The start of a text file, held so that several readings of it can be compared.

use super::TableError;
use super::encoding::{Decoding, TextEncoding};
use super::records::{MAX_RECORD, Records, Syntax};
use super::row::Row;
use super::source::Source;

/// So much of a file decides about its dialect and header row.
const SAMPLE: usize = 256 * 1024;
const SAMPLE_ROWS: usize = 400;

pub(super) struct TextSample {
    text: String,
    /// The file goes on after the text.
    cut: bool,
    pub(super) newline: u8,
}

impl TextSample {
    pub(super) fn take(source: &Source, encoding: TextEncoding) -> Result<TextSample, TableError> {
        let mut text = String::new();
        let mut decoding = Decoding::new(source.open()?, encoding);
        // Some rows even of a very wide table, but no more than one record may hold.
        let line_ends = |text: &str| {
            memchr::memchr2_iter(b'\n', b'\r', text.as_bytes())
                .take(20)
                .count()
        };
        let enough =
            |text: &str| text.len() > MAX_RECORD || (text.len() >= SAMPLE && line_ends(text) == 20);
        while !enough(&text) && decoding.append(&mut text, SAMPLE)? {}
        let cut = enough(&text);
        if text.len() > MAX_RECORD && line_ends(&text) == 0 {
            return Err(TableError::LineTooLong { line: 1 });
        }
        let newline = if text.contains('\n') || !text.contains('\r') {
            b'\n'
        } else {
            b'\r'
        };
        Ok(TextSample { text, cut, newline })
    }

    /// What a first line `sep=;` says, which some programs write for spreadsheets.
    pub(super) fn announced_delimiter(&self) -> Option<char> {
        let line = self.text.lines().next()?.trim_matches(['"', '\r']);
        let mut letters = line.strip_prefix("sep=")?.chars();
        let delimiter = letters.next()?;
        (letters.next().is_none() && delimiter.is_ascii()).then_some(delimiter)
    }

    pub(super) fn syntax(&self, delimiter: char, quote: Option<char>) -> Syntax {
        let byte = |letter: char| u8::try_from(letter).unwrap_or(b',');
        Syntax {
            delimiter: byte(delimiter),
            quote: quote.map(byte),
            newline: self.newline,
        }
    }

    /// The first rows under one reading.
    pub(super) fn rows(&self, delimiter: char, quote: Option<char>) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut records = Records::of_text(&self.text, self.syntax(delimiter, quote));
        while rows.len() < SAMPLE_ROWS {
            let mut row = Row::default();
            match records.read(&mut row) {
                Ok(true) => rows.push(row),
                // What is wrong with the file is said when it is read, not while guessing.
                Ok(false) | Err(_) => break,
            }
        }
        // The last row may be cut, and a quotation mark may seem open only because the text ends.
        if self.cut && records.at_end() && rows.len() > 1 {
            rows.pop();
        }
        rows
    }
}
