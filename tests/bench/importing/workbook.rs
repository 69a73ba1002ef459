//! The export as a workbook.

use std::path::Path;

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use super::export::{Cell, HEADER, row};

/// The same rows as a workbook with real numbers and dates.
pub fn write(path: &Path, rows: usize) {
    let mut workbook = Workbook::new();
    let date_format = Format::new().set_num_format("dd.mm.yyyy");
    let sheet = workbook.add_worksheet();
    for (column, name) in (0..).zip(HEADER) {
        sheet.write_string(0, column, name).unwrap();
    }
    for number in 0..rows {
        let line = u32::try_from(number).unwrap() + 1;
        for (column, cell) in (0..).zip(row(number)) {
            let written = match cell {
                Cell::Text(text) => sheet.write_string(line, column, text),
                Cell::Money(minor) => sheet.write_number(line, column, minor as f64 / 100.0),
                Cell::Date(year, month, day) => match ExcelDateTime::from_ymd(year, month, day) {
                    Ok(date) => sheet.write_datetime_with_format(line, column, date, &date_format),
                    Err(_) => {
                        sheet.write_string(line, column, format!("{day:02}.{month:02}.{year}"))
                    }
                },
            };
            written.unwrap();
        }
    }
    workbook.save(path).unwrap();
}
