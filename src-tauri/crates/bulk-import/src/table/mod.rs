//! Tables as files hold them: encoding, dialect, sheet, header row, and every cell as the text that stands there.
//! What was found comes with its evidence, and each part can be chosen instead. Knows nothing of what columns mean.

mod dialect;
mod encoding;
mod failed_rows;
mod found;
mod header;
mod records;
mod row;
mod rows;
mod sample;
mod source;
mod workbook;

use std::io::Read;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use dialect::DELIMITERS;
pub(crate) use failed_rows::REASON;
pub use found::{Evidence, Found};
pub use header::Role;
pub use records::{MAX_COLUMNS, MAX_RECORD};
pub use row::{CellKind, Flaw, Row};
pub use rows::Rows;
pub use source::Source;
pub use workbook::{MAX_UNPACKED, MAX_WORKBOOK};

use encoding::{Decoding, TextEncoding};
use records::{Records, Syntax};
use rows::Input;
use sample::TextSample;
use workbook::Sheet;

/// Why a file cannot be read as a table.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    #[error("the file cannot be read: {0}")]
    Io(#[from] std::io::Error),
    #[error("the file is empty")]
    Empty,
    #[error("line {line} is longer than {} MB: this is not a table, or its line ends are missing", MAX_RECORD / 1024 / 1024)]
    LineTooLong { line: u64 },
    #[error("line {line} has more than {MAX_COLUMNS} columns")]
    TooManyColumns { line: u64 },
    #[error("there is no encoding called “{0}”")]
    UnknownEncoding(String),
    #[error("“{0}” cannot part cells: choose one plain character")]
    BadDelimiter(char),
    #[error("row {0} cannot be the header: the table begins after it or ends before it")]
    NoHeaderThere(u64),
    #[error("the workbook has no sheet called “{0}”")]
    NoSuchSheet(String),
    #[error("the workbook has no sheet with cells")]
    NoSheet,
    #[error("the workbook is larger than {} MB: save the sheet as CSV", MAX_WORKBOOK / 1024 / 1024)]
    WorkbookTooLarge,
    #[error("the workbook unpacks to more than {} MB: save the sheet as CSV", MAX_UNPACKED / 1024 / 1024)]
    UnpacksTooLarge,
    #[error("the workbook is protected by a password: save a copy without")]
    Encrypted,
    #[error("the workbook is damaged: {0}")]
    Damaged(String),
    #[error("this is neither text nor a spreadsheet, but {0}")]
    NotATable(&'static str),
}

/// What kind of file holds the table.
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "FileFormat"))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    #[default]
    Text,
    Xlsx,
    Xls,
    Ods,
}

/// How a file is to be read. Also what saved mappings keep of it.
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialect {
    #[serde(default)]
    pub format: Format,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub delimiter: Option<char>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub quote: Option<char>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub encoding: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub sheet: Option<String>,
}

/// What the caller knows better. What is absent is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    pub encoding: Option<String>,
    pub delimiter: Option<char>,
    /// `Some(None)`: quotation marks mean nothing.
    pub quote: Option<Option<char>>,
    pub sheet: Option<String>,
    /// Counted from 0; `Some(None)`: there is none, every row is data.
    pub header_row: Option<Option<u64>>,
}

impl From<&Found> for Choice {
    /// Everything as it was found, so that one part can be changed and the others are not looked for again.
    fn from(found: &Found) -> Choice {
        let text = found.dialect.format == Format::Text;
        Choice {
            encoding: found.dialect.encoding.clone(),
            delimiter: found.dialect.delimiter,
            quote: text.then_some(found.dialect.quote),
            sheet: found.dialect.sheet.clone(),
            header_row: Some(found.header_row),
        }
    }
}

/// A table whose dialect is known.
#[derive(Debug)]
pub struct Table {
    found: Found,
    body: Body,
    /// Cells that most rows fill.
    usual: usize,
    /// A file of failed rows: every row is data, behind a column that is not its own.
    rejects: bool,
}

#[derive(Debug, Clone)]
enum Body {
    Text {
        source: Source,
        encoding: TextEncoding,
        syntax: Syntax,
    },
    Sheet(Arc<Sheet>),
}

impl Table {
    /// Finds out how a file is to be read, but for what the caller has chosen.
    ///
    /// # Errors
    /// See [`TableError`].
    pub fn open(source: Source, choice: &Choice) -> Result<Table, TableError> {
        match workbook::format_of(&source)? {
            Format::Text => Table::open_text(source, choice),
            format => Table::open_workbook(&source, format, choice),
        }
    }

    fn open_text(source: Source, choice: &Choice) -> Result<Table, TableError> {
        if source.size()? == 0 {
            return Err(TableError::Empty);
        }
        let rejects = Table::open_rejects(&source)?;
        let choice = rejects.as_ref().unwrap_or(choice);
        let (encoding, why_encoding) = match &choice.encoding {
            Some(label) => {
                let encoding = TextEncoding::named(label)
                    .ok_or_else(|| TableError::UnknownEncoding(label.clone()))?;
                (encoding, "Chosen by you.".to_owned())
            }
            None => {
                let found = encoding::detect(&mut *source.open()?)?;
                (found.encoding, found.evidence)
            }
        };
        for letter in [choice.delimiter, choice.quote.flatten()]
            .into_iter()
            .flatten()
        {
            if !letter.is_ascii() || letter.is_ascii_alphanumeric() || "\r\n\0".contains(letter) {
                return Err(TableError::BadDelimiter(letter));
            }
        }
        let sample = TextSample::take(&source, encoding)?;
        let dialect = dialect::detect(&sample, choice.delimiter, choice.quote);
        let rows = sample.rows(dialect.delimiter, dialect.quote);
        let syntax = sample.syntax(dialect.delimiter, dialect.quote);
        let mut found = Found {
            dialect: Dialect {
                format: Format::Text,
                delimiter: Some(dialect.delimiter),
                quote: dialect.quote,
                encoding: Some(encoding.name().to_owned()),
                sheet: None,
            },
            header_row: None,
            columns: Vec::new(),
            evidence: vec![
                Evidence {
                    of: "encoding",
                    why: why_encoding,
                },
                Evidence {
                    of: "delimiter",
                    why: dialect.evidence,
                },
            ],
            sheets: Vec::new(),
        };
        if rows.is_empty() {
            return Err(TableError::Empty);
        }
        let usual = match &rejects {
            Some(_) => found.name_columns_of_rejects(&rows[0]),
            None => found.name_columns(&rows, choice.header_row)?,
        };
        Ok(Table {
            rejects: rejects.is_some(),
            found,
            body: Body::Text {
                source,
                encoding,
                syntax,
            },
            usual,
        })
    }

    /// How a file of failed rows is read, if it is one; whatever was chosen for the file it came from.
    fn open_rejects(source: &Source) -> Result<Option<Choice>, TableError> {
        let mut start = Vec::new();
        source.open()?.take(256).read_to_end(&mut start)?;
        let start = String::from_utf8_lossy(&start);
        let delimiter = failed_rows::delimiter_of(start.trim_start_matches('\u{feff}'));
        Ok(delimiter.map(|delimiter| Choice {
            delimiter: Some(delimiter),
            quote: Some(Some('"')),
            ..Choice::default()
        }))
    }

    fn open_workbook(
        source: &Source,
        format: Format,
        choice: &Choice,
    ) -> Result<Table, TableError> {
        let (sheet, names, why) = workbook::read(source, format, choice.sheet.as_deref())?;
        let mut found = Found {
            dialect: Dialect {
                format,
                sheet: Some(sheet.name.clone()),
                ..Dialect::default()
            },
            header_row: None,
            columns: Vec::new(),
            evidence: vec![Evidence { of: "sheet", why }],
            sheets: names,
        };
        let usual = found.name_columns(sheet.start(), choice.header_row)?;
        Ok(Table {
            rejects: false,
            found,
            body: Body::Sheet(Arc::new(sheet)),
            usual,
        })
    }

    /// What was found, with its evidence.
    pub fn found(&self) -> &Found {
        &self.found
    }

    /// The same table with another row as its header, or none; nothing else is looked for again.
    ///
    /// # Errors
    /// See [`TableError`].
    pub fn with_header_row(&self, header_row: Option<u64>) -> Result<Table, TableError> {
        let sampled;
        let start = match &self.body {
            Body::Text {
                source, encoding, ..
            } => {
                let dialect = &self.found.dialect;
                let sample = TextSample::take(source, *encoding)?;
                sampled = sample.rows(dialect.delimiter.unwrap_or(','), dialect.quote);
                sampled.as_slice()
            }
            Body::Sheet(sheet) => sheet.start(),
        };
        let mut found = Found {
            header_row: None,
            columns: Vec::new(),
            ..self.found.clone()
        };
        found
            .evidence
            .retain(|evidence| evidence.of != "header_row");
        let usual = found.name_columns(start, Some(header_row))?;
        Ok(Table {
            found,
            body: self.body.clone(),
            usual,
            rejects: false,
        })
    }

    /// The first rows after the header that are entries.
    ///
    /// # Errors
    /// See [`TableError`].
    pub fn preview(&self, rows: usize) -> Result<Vec<Row>, TableError> {
        let entries = self
            .rows()?
            .filter(|entry| !matches!(entry, Ok((_, role)) if *role != Role::Data));
        entries
            .take(rows)
            .map(|entry| entry.map(|(row, _)| row))
            .collect()
    }

    /// Every row after the header that is not blank, with what it is.
    ///
    /// # Errors
    /// See [`TableError`].
    pub fn rows(&self) -> Result<Rows<'_>, TableError> {
        let input = match &self.body {
            Body::Text {
                source,
                encoding,
                syntax,
            } => Input::Text(Records::new(
                Decoding::new(source.open()?, *encoding),
                *syntax,
            )),
            Body::Sheet(sheet) => Input::Sheet {
                sheet: Arc::clone(sheet),
                next: 0,
            },
        };
        Ok(Rows {
            table: self,
            input,
            last: Row::default(),
            ended: false,
        })
    }
}
