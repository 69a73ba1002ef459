//! XLSX, cell by cell.

use calamine::{Reader, Xlsx, XlsxError};

use super::{Sheet, Workbook, cell_text, damaged};
use crate::table::TableError;
use crate::table::records::MAX_COLUMNS;
use crate::table::row::{CellKind, Row};
use crate::table::source::Seekable;

pub(super) struct XlsxWorkbook(Xlsx<Box<dyn Seekable>>);

pub(super) fn open(input: Box<dyn Seekable>) -> Result<XlsxWorkbook, TableError> {
    Xlsx::new(input).map(XlsxWorkbook).map_err(refused)
}

fn refused(error: XlsxError) -> TableError {
    match error {
        XlsxError::Password => TableError::Encrypted,
        error => damaged(error),
    }
}

impl Workbook for XlsxWorkbook {
    fn sheets(&self) -> Vec<String> {
        super::visible(self.0.sheets_metadata())
    }

    fn read(&mut self, name: &str) -> Result<Sheet, TableError> {
        let mut sheet = Sheet::named(name);
        let mut cells = self.0.worksheet_cells_reader(name).map_err(refused)?;
        // The palette is small; asking it by cell would borrow the reader.
        let padded: Vec<usize> = cells
            .styles()
            .iter()
            .map(|style| {
                leading_zeros(
                    style
                        .number_format
                        .as_ref()
                        .map_or("", |format| &format.format_code),
                )
            })
            .collect();
        let mut row = Row::default();
        while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(refused)? {
            let (line, column) = cell.get_position();
            let number = u64::from(line) + 1;
            let column = column as usize;
            if number != row.number {
                if number < row.number {
                    return Err(TableError::Damaged(format!(
                        "row {number} stands after row {}",
                        row.number
                    )));
                }
                sheet.push(std::mem::replace(&mut row, Row::at(number)))?;
            }
            if column < row.len() || column >= MAX_COLUMNS {
                return Err(TableError::Damaged(format!(
                    "the cells of row {number} are out of order"
                )));
            }
            if let Some((text, kind)) = cell_text(cell.get_value().clone()) {
                match padded.get(style) {
                    Some(&digits) if kind == CellKind::Number && digits > text.len() => {
                        row.put(column, &format!("{text:0>digits$}"), CellKind::Text);
                    }
                    _ => row.put(column, &text, kind),
                }
            }
        }
        sheet.push(row)?;
        Ok(sheet)
    }
}

/// Digits that a format such as `00000` shows at least: a postcode `01067` is kept as the number 1067.
fn leading_zeros(format: &str) -> usize {
    if format.len() > 1 && format.bytes().all(|byte| byte == b'0') {
        format.len()
    } else {
        0
    }
}
