//! One row of a table, every cell as text.

use serde::{Deserialize, Serialize};

/// What a workbook says a cell is. In text files every cell is [`CellKind::Text`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellKind {
    Text,
    /// A number, written neutrally (`1234.5`) with the fifteen digits a spreadsheet keeps.
    Number,
    /// A date or moment, written as `2026-04-03` or `2026-04-03 10:00:00`.
    Date,
    Bool,
    /// What a failed formula left, such as `#N/A`.
    Error,
}

/// Why the cells of a row may not be what was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// A quotation mark opens a cell and no other closes it.
    QuoteNotClosed,
    /// Text follows the quotation mark that closes a cell.
    TextAfterQuote,
    /// More filled cells than the table has columns.
    SurplusCells,
    /// Bytes that the encoding does not know.
    UnreadableCharacters,
    /// Zero bytes within text.
    NulCharacters,
}

/// A row: its place in the file, and its cells in one piece of text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Plain", into = "Plain")]
pub struct Row {
    /// Line of a text file or row of a sheet on which it begins, from 1, as editors and spreadsheets count.
    pub number: u64,
    /// What makes the row unsafe to read.
    pub flaw: Option<Flaw>,
    text: String,
    ends: Vec<u32>,
    /// Empty when every cell is text.
    kinds: Vec<CellKind>,
}

/// A row as it is kept: its cells one by one.
#[derive(Serialize, Deserialize)]
struct Plain {
    number: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    flaw: Option<Flaw>,
    cells: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    kinds: Vec<CellKind>,
}

impl From<Row> for Plain {
    fn from(row: Row) -> Plain {
        Plain {
            number: row.number,
            flaw: row.flaw,
            cells: row.cells().map(str::to_owned).collect(),
            kinds: row.kinds,
        }
    }
}

impl From<Plain> for Row {
    fn from(plain: Plain) -> Row {
        let mut row = Row::of(plain.number, plain.cells);
        row.flaw = plain.flaw;
        row.kinds = plain.kinds;
        row
    }
}

impl Row {
    /// A row of plain text cells, as tests and callers with their own cells need.
    pub fn of<S: AsRef<str>>(number: u64, cells: impl IntoIterator<Item = S>) -> Row {
        let mut row = Row {
            number,
            ..Row::default()
        };
        for cell in cells {
            row.text.push_str(cell.as_ref());
            row.end_cell();
        }
        row
    }

    /// The row with another text in one cell, as a user has typed it.
    pub fn with_cell(&self, index: usize, text: &str) -> Row {
        let mut row = Row {
            flaw: self.flaw,
            ..Row::at(self.number)
        };
        for column in 0..self.len().max(index + 1) {
            match column == index {
                true => row.put(column, text, CellKind::Text),
                false => row.put(column, self.get(column), self.kind(column)),
            }
        }
        row
    }

    /// How many cells it has.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether it has no cell at all.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Whether every cell is blank.
    pub fn is_blank(&self) -> bool {
        self.filled() == 0
    }

    /// The text of a cell as it stands in the file; empty beyond the row's end.
    pub fn get(&self, index: usize) -> &str {
        let Some(&end) = self.ends.get(index) else {
            return "";
        };
        let start = match index {
            0 => 0,
            _ => self.ends[index - 1],
        };
        &self.text[start as usize..end as usize]
    }

    /// What the workbook says a cell is.
    pub fn kind(&self, index: usize) -> CellKind {
        self.kinds.get(index).copied().unwrap_or(CellKind::Text)
    }

    /// All cells from the left.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// How many cells hold something.
    pub fn filled(&self) -> usize {
        self.extent().0
    }

    /// How many cells hold something, and the place after the last of them.
    pub(super) fn extent(&self) -> (usize, usize) {
        let (mut filled, mut width, mut start) = (0, 0, 0);
        for (index, &end) in self.ends.iter().enumerate() {
            if end > start && !self.text[start as usize..end as usize].trim().is_empty() {
                filled += 1;
                width = index + 1;
            }
            start = end;
        }
        (filled, width)
    }

    /// An empty row with room for another like this one.
    pub(super) fn room(&self) -> Row {
        Row {
            text: String::with_capacity(self.text.len() + self.text.len() / 4),
            ends: Vec::with_capacity(self.ends.len()),
            ..Row::default()
        }
    }

    /// The row without its first cell, every other one passed through.
    pub(super) fn without_first(&self, restore: impl Fn(&str) -> &str) -> Row {
        let mut row = Row::of(self.number, self.cells().skip(1).map(restore));
        row.flaw = self.flaw;
        row
    }

    /// A row without cells yet.
    pub(super) fn at(number: u64) -> Row {
        Row {
            number,
            ..Row::default()
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.text.len() + self.ends.len() * 4 + self.kinds.len() + size_of::<Row>()
    }

    pub(super) fn clear(&mut self) {
        self.flaw = None;
        self.text.clear();
        self.ends.clear();
        self.kinds.clear();
    }

    pub(super) fn push_text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Ends the cell whose text was pushed. Rows are bounded far below four gigabytes.
    pub(super) fn end_cell(&mut self) {
        self.ends
            .push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }

    /// Adds a workbook's cell at a column, filling the gap to it with blanks.
    pub(super) fn put(&mut self, column: usize, text: &str, kind: CellKind) {
        while self.len() < column {
            self.end_cell();
        }
        self.text.push_str(text);
        self.end_cell();
        if kind != CellKind::Text {
            self.kinds.resize(column, CellKind::Text);
            self.kinds.push(kind);
        }
    }

    /// Marks what no cell of a healthy file holds.
    pub(super) fn note_odd_characters(&mut self) {
        if self.flaw.is_some() {
            return;
        }
        if memchr::memchr(0, self.text.as_bytes()).is_some() {
            self.flaw = Some(Flaw::NulCharacters);
        } else if self.text.contains('\u{fffd}') {
            self.flaw = Some(Flaw::UnreadableCharacters);
        }
    }
}
