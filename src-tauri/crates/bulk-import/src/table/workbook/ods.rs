//! ODS, read as a stream: a cell may say that it is repeated a million times, so nothing is laid out before it counts
//! as bounded.

use std::io::{BufReader, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::QName;
use zip::ZipArchive;

use super::{Sheet, Workbook, damaged, number_text};
use crate::table::TableError;
use crate::table::records::MAX_COLUMNS;
use crate::table::row::{CellKind, Row};
use crate::table::source::Seekable;

/// Rows that a spreadsheet has.
const MAX_ROWS: u64 = 1_048_576;

pub(super) struct OdsWorkbook {
    archive: ZipArchive<Box<dyn Seekable>>,
    names: Vec<String>,
}

pub(super) fn open(input: Box<dyn Seekable>) -> Result<OdsWorkbook, TableError> {
    let mut archive = ZipArchive::new(input).map_err(damaged)?;
    let mut names = Vec::new();
    let mut manifest = String::new();
    if let Ok(part) = archive.by_name("META-INF/manifest.xml") {
        part.take(64 * 1024)
            .read_to_string(&mut manifest)
            .map_err(damaged)?;
    }
    if manifest.contains("encryption-data") {
        return Err(TableError::Encrypted);
    }
    let mut content = Content::of(&mut archive)?;
    while let Some(event) = content.next()? {
        if let Event::Start(element) = &event
            && element.name() == QName("table:table")
        {
            names.push(attribute(element, "table:name")?.unwrap_or_default());
        }
    }
    drop(content);
    Ok(OdsWorkbook { archive, names })
}

/// The part of the archive that holds all sheets, as XML events.
struct Content<R: Read> {
    xml: Reader<BufReader<R>>,
    buffer: Vec<u8>,
}

impl<'a> Content<zip::read::ZipFile<'a, Box<dyn Seekable>>> {
    fn of(archive: &'a mut ZipArchive<Box<dyn Seekable>>) -> Result<Self, TableError> {
        let part = archive.by_name("content.xml").map_err(damaged)?;
        let mut xml = Reader::from_reader(BufReader::new(part));
        xml.config_mut().expand_empty_elements = true;
        Ok(Content {
            xml,
            buffer: Vec::new(),
        })
    }
}

impl<R: Read> Content<R> {
    fn next(&mut self) -> Result<Option<Event<'_>>, TableError> {
        self.buffer.clear();
        match self
            .xml
            .read_event_into(&mut self.buffer)
            .map_err(damaged)?
        {
            Event::Eof => Ok(None),
            event => Ok(Some(event)),
        }
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, TableError> {
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute.map_err(damaged)?;
        if attribute.key == QName(name) {
            return attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map(|value| Some(value.into_owned()))
                .map_err(damaged);
        }
    }
    Ok(None)
}

fn repeated(element: &BytesStart<'_>, name: &str) -> Result<u64, TableError> {
    Ok(attribute(element, name)?
        .and_then(|count| count.parse().ok())
        .unwrap_or(1)
        .max(1))
}

/// A cell as its attributes announce it, while its text is gathered.
struct OpenCell {
    repeated: u64,
    value: Option<(String, CellKind)>,
    shown: String,
    paragraphs: usize,
}

impl OpenCell {
    fn of(element: &BytesStart<'_>) -> Result<OpenCell, TableError> {
        let kind = attribute(element, "office:value-type")?.unwrap_or_default();
        let value = match kind.as_str() {
            "float" | "currency" | "percentage" => attribute(element, "office:value")?
                .and_then(|value| value.parse::<f64>().ok())
                .filter(|value| value.is_finite())
                .map(|value| (number_text(value), CellKind::Number)),
            "date" => attribute(element, "office:date-value")?
                .map(|date| (day_first_text(&date), CellKind::Date)),
            "boolean" => {
                attribute(element, "office:boolean-value")?.map(|truth| (truth, CellKind::Bool))
            }
            _ => None,
        };
        let repeated = repeated(element, "table:number-columns-repeated")?;
        Ok(OpenCell {
            repeated,
            value,
            shown: String::new(),
            paragraphs: 0,
        })
    }

    fn close(self, row: &mut Row, column: &mut u64) -> Result<(), TableError> {
        let (text, kind) = match self.value {
            // A postcode shown as 01067 is a number with a format; the zeros belong to it.
            Some((number, CellKind::Number)) if is_padded(&self.shown, &number) => {
                (self.shown, CellKind::Text)
            }
            Some(value) => value,
            None => (self.shown, CellKind::Text),
        };
        if text.is_empty() {
            *column = column.saturating_add(self.repeated);
            return Ok(());
        }
        for _ in 0..self.repeated {
            let place = usize::try_from(*column).unwrap_or(usize::MAX);
            if place >= MAX_COLUMNS {
                return Err(TableError::TooManyColumns { line: row.number });
            }
            row.put(place, &text, kind);
            if row.bytes() > super::MAX_SHEET / 8 {
                return Err(TableError::UnpacksTooLarge);
            }
            *column += 1;
        }
        Ok(())
    }
}

fn is_padded(shown: &str, number: &str) -> bool {
    shown.len() > number.len()
        && shown.starts_with('0')
        && shown.bytes().all(|byte| byte.is_ascii_digit())
        && shown.trim_start_matches('0') == number
}

/// `2026-04-03T00:00:00` as `2026-04-03`; a real time of day stays.
fn day_first_text(date: &str) -> String {
    match date.split_once('T') {
        Some((day, time)) if time.starts_with("00:00:00") => day.to_owned(),
        Some((day, time)) => format!("{day} {time}"),
        None => date.to_owned(),
    }
}

impl Workbook for OdsWorkbook {
    fn sheets(&self) -> Vec<String> {
        self.names.clone()
    }

    fn read(&mut self, name: &str) -> Result<Sheet, TableError> {
        let mut sheet = Sheet::named(name);
        let mut content = Content::of(&mut self.archive)?;
        let (mut inside, mut ignored) = (false, 0_usize);
        let (mut row, mut times, mut column, mut line) = (Row::default(), 1_u64, 0_u64, 1_u64);
        let mut cell: Option<OpenCell> = None;
        while let Some(event) = content.next()? {
            match event {
                Event::Start(element) if element.name() == QName("table:table") && !inside => {
                    inside = attribute(&element, "table:name")?.unwrap_or_default() == name;
                }
                Event::End(element) if element.name() == QName("table:table") && inside => break,
                _ if !inside => {}
                // Comments and tracked changes hold paragraphs that are not the cell's.
                Event::Start(element) if ignored > 0 || is_aside(element.name()) => ignored += 1,
                Event::End(_) if ignored > 0 => ignored -= 1,
                _ if ignored > 0 => {}
                Event::Start(element) if element.name() == QName("table:table-row") => {
                    times = repeated(&element, "table:number-rows-repeated")?;
                    row = Row::at(line);
                    column = 0;
                }
                Event::End(element) if element.name() == QName("table:table-row") => {
                    add_rows(&mut sheet, &row, times)?;
                    line = line.saturating_add(times);
                }
                Event::Start(element) if is_cell(element.name()) => {
                    cell = Some(OpenCell::of(&element)?)
                }
                Event::End(element) if is_cell(element.name()) => {
                    if let Some(cell) = cell.take() {
                        cell.close(&mut row, &mut column)?;
                    }
                }
                Event::Start(element) if element.name() == QName("text:p") => {
                    if let Some(cell) = &mut cell {
                        cell.paragraphs += 1;
                        if cell.paragraphs > 1 {
                            cell.shown.push('\n');
                        }
                    }
                }
                Event::Start(element) if element.name() == QName("text:s") => {
                    let count = repeated(&element, "text:c")?.min(1000);
                    if let Some(cell) = &mut cell {
                        cell.shown.extend((0..count).map(|_| ' '));
                    }
                }
                Event::Text(text) => {
                    if let Some(cell) = cell.as_mut().filter(|cell| cell.paragraphs > 0) {
                        cell.shown.push_str(&text.xml10_content());
                    }
                }
                Event::GeneralRef(reference) => {
                    if let Some(cell) = &mut cell {
                        let letter = reference.resolve_char_ref().map_err(damaged)?;
                        match letter {
                            Some(letter) => cell.shown.push(letter),
                            None => cell.shown.push_str(
                                quick_xml::escape::resolve_predefined_entity(
                                    &reference.xml10_content(),
                                )
                                .unwrap_or(""),
                            ),
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(sheet)
    }
}

fn is_cell(name: QName<'_>) -> bool {
    name == QName("table:table-cell") || name == QName("table:covered-table-cell")
}

fn is_aside(name: QName<'_>) -> bool {
    name == QName("office:annotation")
        || name == QName("table:tracked-changes")
        || name == QName("draw:frame")
}

/// Adds a row as often as it is repeated. Sheets end in a million blank rows; those cost nothing.
fn add_rows(sheet: &mut Sheet, row: &Row, times: u64) -> Result<(), TableError> {
    if row.is_blank() {
        return Ok(());
    }
    if row.number.saturating_add(times) > MAX_ROWS + 1 {
        return Err(TableError::UnpacksTooLarge);
    }
    // Counted before it is laid out.
    let cost = u64::try_from(row.bytes())
        .unwrap_or(u64::MAX)
        .saturating_mul(times);
    if cost > super::MAX_SHEET as u64 {
        return Err(TableError::UnpacksTooLarge);
    }
    for number in row.number..row.number + times {
        let mut again = row.clone();
        again.number = number;
        sheet.push(again)?;
    }
    Ok(())
}
