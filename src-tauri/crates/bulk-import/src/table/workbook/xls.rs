//! XLS, the binary workbooks of before 2007. The library lays a sheet out as a rectangle up to its farthest cell, so
//! the records are looked over first: two cells far apart must not cost gigabytes.

use std::io::Read;
use std::panic::AssertUnwindSafe;

use calamine::{Data, DataRef, Reader, Xls, XlsError};
use cfb::CompoundFile;

use super::{Sheet, Workbook, cell_text, damaged};
use crate::table::TableError;
use crate::table::row::Row;
use crate::table::source::Seekable;

/// Cells in the rectangles of all sheets: half of the largest sheet of the format, about 250 MB.
const MAX_CELLS: u64 = 8 * 1024 * 1024;

pub(super) struct XlsWorkbook(Xls<Box<dyn Seekable>>);

pub(super) fn open(input: Box<dyn Seekable>) -> Result<XlsWorkbook, TableError> {
    let mut file = CompoundFile::open(input).map_err(damaged)?;
    if file.exists("/EncryptedPackage") {
        return Err(TableError::Encrypted);
    }
    let Some(name) = ["/Workbook", "/Book", "/WORKBOOK", "/BOOK"]
        .into_iter()
        .find(|name| file.is_stream(name))
    else {
        return Err(TableError::NotATable("a document of another program"));
    };
    let mut records = Vec::new();
    file.open_stream(name)?
        .take(super::MAX_WORKBOOK)
        .read_to_end(&mut records)
        .map_err(damaged)?;
    if area(&records) > MAX_CELLS {
        return Err(TableError::UnpacksTooLarge);
    }
    drop(records);
    let input = file.into_inner();
    // The format is old and the readers of it trust it more than they should.
    let opened = std::panic::catch_unwind(AssertUnwindSafe(|| Xls::new(input)))
        .map_err(|_| TableError::Damaged("its records contradict each other".to_owned()))?;
    opened.map(XlsWorkbook).map_err(|error| match error {
        XlsError::Password => TableError::Encrypted,
        error => damaged(error),
    })
}

/// The sum of the rectangles that the sheets' cells span.
fn area(mut records: &[u8]) -> u64 {
    const SUBSTREAM: u16 = 0x0809;
    // Cells with a value: formula, number of both kinds, several numbers, text of several kinds, truth, rich text.
    const CELLS: [u16; 10] = [
        0x0006, 0x0206, 0x0406, 0x0203, 0x027e, 0x00bd, 0x0204, 0x00fd, 0x0205, 0x00d6,
    ];
    let (mut total, mut rows, mut columns) = (0_u64, 0_u64, 0_u64);
    while let [kind_low, kind_high, length_low, length_high, rest @ ..] = records {
        let kind = u16::from_le_bytes([*kind_low, *kind_high]);
        let length = usize::from(u16::from_le_bytes([*length_low, *length_high])).min(rest.len());
        let (data, after) = rest.split_at(length);
        if kind == SUBSTREAM {
            total += rows * columns;
            (rows, columns) = (0, 0);
        } else if CELLS.contains(&kind)
            && let [row_low, row_high, column_low, column_high, ..] = data
        {
            rows = rows.max(u64::from(u16::from_le_bytes([*row_low, *row_high])) + 1);
            // Several numbers in one record end that many columns to the right.
            let more = if kind == 0x00bd { length as u64 / 6 } else { 0 };
            columns =
                columns.max(u64::from(u16::from_le_bytes([*column_low, *column_high])) + 1 + more);
        }
        records = after;
    }
    total + rows * columns
}

impl Workbook for XlsWorkbook {
    fn sheets(&self) -> Vec<String> {
        super::visible(self.0.sheets_metadata())
    }

    fn read(&mut self, name: &str) -> Result<Sheet, TableError> {
        let range = self.0.worksheet_range(name).map_err(damaged)?;
        let (first_row, first_column) = range.start().unwrap_or((0, 0));
        let mut sheet = Sheet::named(name);
        for (number, cells) in (u64::from(first_row) + 1..).zip(range.rows()) {
            let mut row = Row::at(number);
            for (column, cell) in (first_column as usize..).zip(cells) {
                if let Some((text, kind)) = cell_text(borrowed(cell)) {
                    row.put(column, &text, kind);
                }
            }
            sheet.push(row)?;
        }
        Ok(sheet)
    }
}

fn borrowed(data: &Data) -> DataRef<'_> {
    match data {
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(truth) => DataRef::Bool(*truth),
        Data::DateTime(date) => DataRef::DateTime(*date),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
        Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}
