//! Workbooks: what kind a file is, its sheets, and the cells of one of them as text. A sheet is held in memory, so all
//! of it is bounded: the file, what it unpacks to, the text of its cells.

mod ods;
mod xls;
mod xlsx;

use std::io::{Read, Seek, SeekFrom};

use super::header;
use super::row::{CellKind, Row};
use super::source::{Seekable, Source};
use super::{Format, TableError};

/// The largest workbook file.
pub const MAX_WORKBOOK: u64 = 64 * 1024 * 1024;
/// The most its parts may unpack to.
pub const MAX_UNPACKED: u64 = 512 * 1024 * 1024;
/// The most text and rows of one sheet: a short text repeated in a million cells is small in the file only.
const MAX_SHEET: usize = 256 * 1024 * 1024;
/// Sheets looked at for one that holds a table.
const TRIED: usize = 8;

/// The cells of one sheet, blank rows left out.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) rows: Vec<Row>,
    bytes: usize,
}

impl Sheet {
    fn named(name: &str) -> Sheet {
        Sheet {
            name: name.to_owned(),
            ..Sheet::default()
        }
    }

    /// So many rows decide about the header.
    pub(super) fn start(&self) -> &[Row] {
        &self.rows[..self.rows.len().min(400)]
    }

    fn push(&mut self, row: Row) -> Result<(), TableError> {
        if row.is_blank() {
            return Ok(());
        }
        self.bytes += row.bytes();
        if self.bytes > MAX_SHEET {
            return Err(TableError::UnpacksTooLarge);
        }
        self.rows.push(row);
        Ok(())
    }
}

/// A workbook opened, of whatever kind.
trait Workbook {
    /// Sheets that a user sees, in their order.
    fn sheets(&self) -> Vec<String>;
    fn read(&mut self, name: &str) -> Result<Sheet, TableError>;
}

/// What kind of file it is, by its first bytes; the name's ending often lies.
pub(super) fn format_of(source: &Source) -> Result<Format, TableError> {
    let mut start = Vec::new();
    source.open()?.take(4096).read_to_end(&mut start)?;
    let trimmed = start
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(&start)
        .trim_ascii_start();
    let begins = |mark: &[u8]| {
        trimmed.len() >= mark.len() && trimmed[..mark.len()].eq_ignore_ascii_case(mark)
    };
    match () {
        () if start.starts_with(b"PK\x03\x04") => zip_format(source),
        () if start.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") => Ok(Format::Xls),
        () if begins(b"%PDF") => Err(TableError::NotATable("a PDF")),
        () if begins(b"<!doctype html")
            || begins(b"<html")
            || begins(b"<table")
            || begins(b"<?xml") =>
        {
            Err(TableError::NotATable(
                "a web page or XML: open it in a spreadsheet program and save it as XLSX or CSV",
            ))
        }
        () if begins(b"\x89PNG") || begins(b"\xff\xd8\xff") || begins(b"GIF8") => {
            Err(TableError::NotATable("a picture"))
        }
        () if begins(b"\x1f\x8b") || begins(b"Rar!") || begins(b"7z\xbc\xaf") => {
            Err(TableError::NotATable("an archive"))
        }
        () => Ok(Format::Text),
    }
}

fn zip_format(source: &Source) -> Result<Format, TableError> {
    if source.size()? > MAX_WORKBOOK {
        return Err(TableError::WorkbookTooLarge);
    }
    let archive = zip::ZipArchive::new(source.open()?).map_err(damaged)?;
    let has = |name: &str| archive.index_for_name(name).is_some();
    if has("xl/workbook.bin") {
        Err(TableError::NotATable(
            "a binary workbook (XLSB): save it as XLSX",
        ))
    } else if has("[Content_Types].xml")
        && archive
            .file_names()
            .flatten()
            .any(|name| name.starts_with("xl/"))
    {
        Ok(Format::Xlsx)
    } else if has("content.xml") {
        Ok(Format::Ods)
    } else {
        Err(TableError::NotATable("an archive"))
    }
}

/// Reads one sheet: the chosen one, or the first that holds a table. Gives it with the names of all, and why it.
pub(super) fn read(
    source: &Source,
    format: Format,
    chosen: Option<&str>,
) -> Result<(Sheet, Vec<String>, String), TableError> {
    if source.size()? > MAX_WORKBOOK {
        return Err(TableError::WorkbookTooLarge);
    }
    let mut workbook: Box<dyn Workbook> = match format {
        Format::Ods => Box::new(ods::open(bounded(source, MAX_UNPACKED)?)?),
        Format::Xls => Box::new(xls::open(source.open()?)?),
        Format::Xlsx | Format::Text => Box::new(xlsx::open(bounded(source, MAX_UNPACKED)?)?),
    };
    let names = workbook.sheets();
    if let Some(name) = chosen {
        if !names.iter().any(|known| known == name) {
            return Err(TableError::NoSuchSheet(name.to_owned()));
        }
        return Ok((workbook.read(name)?, names, "Chosen by you.".to_owned()));
    }
    let mut fallback: Option<Sheet> = None;
    for name in names.iter().take(TRIED) {
        let sheet = workbook.read(name)?;
        let start = &sheet.rows[..sheet.rows.len().min(100)];
        if header::detect(start)
            .index
            .is_some_and(|index| index + 1 < start.len())
        {
            let why = match names.len() {
                1 => "It is the only sheet.".to_owned(),
                count => format!("“{name}” is the first of {count} sheets that holds a table."),
            };
            return Ok((sheet, names, why));
        }
        if fallback
            .as_ref()
            .is_none_or(|other| other.rows.len() < sheet.rows.len())
        {
            fallback = Some(sheet);
        }
    }
    match fallback {
        Some(sheet) if !sheet.rows.is_empty() => {
            let why = format!(
                "No sheet has names of columns; “{}” has the most rows.",
                sheet.name
            );
            Ok((sheet, names, why))
        }
        _ => Err(TableError::NoSheet),
    }
}

/// Opens a packed workbook after unpacking every part once to count what comes out: the sizes written in an archive
/// are its author's word.
fn bounded(source: &Source, limit: u64) -> Result<Box<dyn Seekable>, TableError> {
    let mut archive = zip::ZipArchive::new(source.open()?).map_err(damaged)?;
    let mut left = limit;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| match error {
            zip::result::ZipError::UnsupportedArchive(zip::result::ZipError::PASSWORD_REQUIRED) => {
                TableError::Encrypted
            }
            error => damaged(error),
        })?;
        let unpacked =
            std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(damaged)?;
        if unpacked > left {
            return Err(TableError::UnpacksTooLarge);
        }
        left -= unpacked;
    }
    let mut input = archive.into_inner();
    input.seek(SeekFrom::Start(0))?;
    Ok(input)
}

/// Names of the worksheets that a user sees.
fn visible(sheets: &[calamine::Sheet]) -> Vec<String> {
    let seen = |sheet: &&calamine::Sheet| {
        sheet.typ == calamine::SheetType::WorkSheet
            && sheet.visible == calamine::SheetVisible::Visible
    };
    sheets
        .iter()
        .filter(seen)
        .map(|sheet| sheet.name.clone())
        .collect()
}

fn damaged(error: impl std::fmt::Display) -> TableError {
    TableError::Damaged(error.to_string())
}

/// A spreadsheet's number as text, with the fifteen digits it keeps: `0.1 + 0.2` is `0.3` there too.
fn number_text(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{value:.14e}");
    match scientific.parse::<f64>() {
        // Rust writes the shortest decimal digits that are this number, never an exponent.
        Ok(rounded) => rounded.to_string(),
        Err(_) => value.to_string(),
    }
}

/// A spreadsheet's date: day, and time of day where there is one.
fn date_text(date: &calamine::ExcelDateTime) -> Option<String> {
    if !date.is_datetime() || date.as_f64() < 1.0 {
        return None;
    }
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    Some(if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
    })
}

/// Text and kind of a cell as calamine gives it.
fn cell_text(data: calamine::DataRef<'_>) -> Option<(std::borrow::Cow<'_, str>, CellKind)> {
    use calamine::DataRef;
    Some(match data {
        DataRef::Empty => return None,
        DataRef::String(text) => (text.into(), CellKind::Text),
        DataRef::SharedString(text) => (text.into(), CellKind::Text),
        DataRef::Int(number) => (number.to_string().into(), CellKind::Number),
        DataRef::Float(number) => (number_text(number).into(), CellKind::Number),
        DataRef::Bool(truth) => (truth.to_string().into(), CellKind::Bool),
        DataRef::DateTimeIso(text) => (text.replacen('T', " ", 1).into(), CellKind::Date),
        DataRef::DurationIso(text) => (text.into(), CellKind::Text),
        DataRef::Error(error) => (error.to_string().into(), CellKind::Error),
        DataRef::DateTime(date) => match date_text(&date) {
            Some(text) => (text.into(), CellKind::Date),
            None => (number_text(date.as_f64()).into(), CellKind::Number),
        },
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn what_comes_out_is_counted_not_what_the_archive_says() {
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for name in ["xl/workbook.xml", "xl/media/not-a-picture.png"] {
            archive
                .start_file(name, zip::write::SimpleFileOptions::default())
                .unwrap();
            archive.write_all(&vec![b' '; 600_000]).unwrap();
        }
        let bytes = archive.finish().unwrap().into_inner();
        assert!(
            bytes.len() < 10_000,
            "the test needs a file that packs well"
        );
        let source = Source::from(bytes);
        assert!(bounded(&source, 1_200_000).is_ok());
        assert!(
            matches!(
                bounded(&source, 1_199_999),
                Err(TableError::UnpacksTooLarge)
            ),
            "any part may be named as a sheet"
        );
    }

    #[test]
    fn numbers_are_written_as_spreadsheets_show_them() {
        for (value, text) in [
            (0.1 + 0.2, "0.3"),
            (1234.5, "1234.5"),
            (-12_000_000.0, "-12000000"),
            (1e15, "1000000000000000"),
            (0.000_001, "0.000001"),
            (0.0, "0"),
        ] {
            assert_eq!(number_text(value), text);
        }
    }
}
