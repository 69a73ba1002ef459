//! Records of delimited text. Own code, because readers of the field read on to the end of the file after a quotation
//! mark that is never closed: here such a line is one bad row with its number, and the rows after it are read.

use memchr::{memchr, memchr2};

use super::TableError;
use super::encoding::Decoding;
use super::row::{Flaw, Row};

/// The longest record. Ten thousand columns fit; a file without line ends does not.
pub const MAX_RECORD: usize = 4 * 1024 * 1024;
/// As many columns as a spreadsheet has.
pub const MAX_COLUMNS: usize = 16_384;
const READ_AHEAD: usize = 256 * 1024;

/// How records and cells are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Syntax {
    pub(super) delimiter: u8,
    pub(super) quote: Option<u8>,
    /// Line feed, with or without a carriage return before it; or, in old files, a carriage return alone.
    pub(super) newline: u8,
}

enum Step {
    Row {
        consumed: usize,
        lines: u64,
    },
    /// The text at hand ends before the record does.
    More,
    Bad(Flaw),
    TooWide,
    End,
}

/// Reads the record at the start of `text` into `row`.
fn step(text: &str, ended: bool, syntax: Syntax, row: &mut Row) -> Step {
    row.clear();
    let bytes = text.as_bytes();
    if bytes.is_empty() {
        return if ended { Step::End } else { Step::More };
    }
    let (mut at, mut lines) = (0, 1);
    loop {
        if row.len() >= MAX_COLUMNS {
            return Step::TooWide;
        }
        if let Some(quote) = syntax.quote
            && let Some(opened) = opening_quote(bytes, at, syntax, quote)
        {
            match quoted_cell(text, opened + 1, ended, quote, row) {
                Ok((after, newlines)) => {
                    at = after;
                    lines += newlines;
                }
                Err(step) => return step,
            }
            row.end_cell();
            while bytes.get(at) == Some(&b' ') && syntax.delimiter != b' ' {
                at += 1;
            }
            match &bytes[at..] {
                [] if ended => {
                    return Step::Row {
                        consumed: at,
                        lines,
                    };
                }
                [] | [b'\r'] if !ended => return Step::More,
                [b'\r'] => {
                    return Step::Row {
                        consumed: at + 1,
                        lines,
                    };
                }
                [b'\r', b'\n', ..] if syntax.newline == b'\n' => {
                    return Step::Row {
                        consumed: at + 2,
                        lines,
                    };
                }
                [byte, ..] if *byte == syntax.newline => {
                    return Step::Row {
                        consumed: at + 1,
                        lines,
                    };
                }
                [byte, ..] if *byte == syntax.delimiter => at += 1,
                _ => return Step::Bad(Flaw::TextAfterQuote),
            }
            continue;
        }
        match memchr2(syntax.delimiter, syntax.newline, &bytes[at..]) {
            Some(found) => {
                let end = at + found;
                let newline = bytes[end] == syntax.newline;
                push_plain(text, at, end, newline, row);
                at = end + 1;
                if newline {
                    return Step::Row {
                        consumed: at,
                        lines,
                    };
                }
            }
            None if ended => {
                push_plain(text, at, bytes.len(), true, row);
                return Step::Row {
                    consumed: bytes.len(),
                    lines,
                };
            }
            None => return Step::More,
        }
    }
}

/// Where the quotation mark of the cell at `at` stands: first, or after spaces.
fn opening_quote(bytes: &[u8], at: usize, syntax: Syntax, quote: u8) -> Option<usize> {
    let mut place = at;
    while syntax.delimiter != b' ' && bytes.get(place) == Some(&b' ') {
        place += 1;
    }
    (bytes.get(place) == Some(&quote)).then_some(place)
}

/// Reads to behind the closing mark; gives that place and the line ends passed.
fn quoted_cell(
    text: &str,
    start: usize,
    ended: bool,
    quote: u8,
    row: &mut Row,
) -> Result<(usize, u64), Step> {
    let bytes = text.as_bytes();
    let (mut at, mut newlines) = (start, 0);
    loop {
        let Some(found) = memchr(quote, &bytes[at..]) else {
            return Err(if ended {
                Step::Bad(Flaw::QuoteNotClosed)
            } else {
                Step::More
            });
        };
        let end = at + found;
        newlines += memchr::memchr_iter(b'\n', &bytes[at..end]).count() as u64;
        row.push_text(&text[at..end]);
        match bytes.get(end + 1) {
            None if !ended => return Err(Step::More),
            Some(byte) if *byte == quote => {
                row.push_text(&text[end..=end]);
                at = end + 2;
            }
            _ => return Ok((end + 1, newlines)),
        }
    }
}

fn push_plain(text: &str, start: usize, end: usize, last: bool, row: &mut Row) {
    let cell = &text[start..end];
    row.push_text(if last {
        cell.strip_suffix('\r').unwrap_or(cell)
    } else {
        cell
    });
    row.end_cell();
}

/// Records of a text, one after the other.
pub(super) struct Records {
    /// Nothing where the whole text is at hand.
    input: Option<Decoding>,
    syntax: Syntax,
    text: String,
    at: usize,
    ended: bool,
    line: u64,
}

impl Records {
    pub(super) fn new(input: Decoding, syntax: Syntax) -> Records {
        Records {
            input: Some(input),
            syntax,
            text: String::new(),
            at: 0,
            ended: false,
            line: 1,
        }
    }

    /// Records of a text at hand.
    pub(super) fn of_text(text: &str, syntax: Syntax) -> Records {
        Records {
            input: None,
            syntax,
            text: text.to_owned(),
            at: 0,
            ended: true,
            line: 1,
        }
    }

    /// Whether nothing is left to read.
    pub(super) fn at_end(&self) -> bool {
        self.ended && self.at >= self.text.len()
    }

    /// Reads the next record, blank ones too. False at the end.
    pub(super) fn read(&mut self, row: &mut Row) -> Result<bool, TableError> {
        loop {
            row.number = self.line;
            let rest = &self.text[self.at..];
            match step(rest, self.ended, self.syntax, row) {
                Step::Row { consumed, lines } => {
                    self.at += consumed;
                    self.line += lines;
                    row.note_odd_characters();
                    return Ok(true);
                }
                Step::Bad(flaw) => {
                    self.take_bad_line(flaw, row);
                    return Ok(true);
                }
                Step::More if rest.len() >= MAX_RECORD => {
                    if memchr(self.syntax.newline, rest.as_bytes()).is_none() {
                        return Err(TableError::LineTooLong { line: self.line });
                    }
                    self.take_bad_line(Flaw::QuoteNotClosed, row);
                    return Ok(true);
                }
                Step::More => self.fetch()?,
                Step::TooWide => return Err(TableError::TooManyColumns { line: self.line }),
                Step::End => return Ok(false),
            }
        }
    }

    /// Takes the line as it stands, whatever its quotation marks, so that it can be shown; reading goes on after it.
    fn take_bad_line(&mut self, flaw: Flaw, row: &mut Row) {
        row.clear();
        let rest = &self.text[self.at..];
        let line_end = memchr(self.syntax.newline, rest.as_bytes()).unwrap_or(rest.len());
        let line = &rest[..line_end];
        for cell in line
            .trim_end_matches('\r')
            .splitn(MAX_COLUMNS, char::from(self.syntax.delimiter))
        {
            row.push_text(cell);
            row.end_cell();
        }
        row.flaw = Some(flaw);
        self.at = (self.at + line_end + 1).min(self.text.len());
        self.line += 1;
    }

    fn fetch(&mut self) -> Result<(), TableError> {
        self.text.drain(..self.at);
        self.at = 0;
        // As much again as is held, so that a long record is not gone over more than a few times.
        let wanted = READ_AHEAD.max(self.text.len());
        self.ended = match &mut self.input {
            Some(input) => !input.append(&mut self.text, wanted)?,
            None => true,
        };
        Ok(())
    }
}
