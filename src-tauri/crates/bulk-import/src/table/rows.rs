//! The rows of a table below its header, read as they are asked for.

use std::sync::Arc;

use super::found::filled_width;
use super::header::{self, Role};
use super::records::Records;
use super::row::{Flaw, Row};
use super::workbook::Sheet;
use super::{Table, TableError};
use crate::reject;

pub(super) enum Input {
    Text(Records),
    Sheet { sheet: Arc<Sheet>, next: usize },
}

/// Rows of a table, read as they are asked for.
pub struct Rows<'a> {
    pub(super) table: &'a Table,
    pub(super) input: Input,
    pub(super) ended: bool,
}

impl Rows<'_> {
    fn read(&mut self) -> Result<Option<Row>, TableError> {
        match &mut self.input {
            Input::Text(records) => {
                let mut row = Row::default();
                Ok(records.read(&mut row)?.then_some(row))
            }
            Input::Sheet { sheet, next } => {
                *next += 1;
                Ok(sheet.rows.get(*next - 1).cloned())
            }
        }
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<(Row, Role), TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = &self.table.found;
        while !self.ended {
            match self.read() {
                Ok(Some(mut row)) => {
                    let before = found
                        .header_row
                        .is_some_and(|header| row.number <= header + 1);
                    let rejects = self.table.rejects;
                    if before || (!rejects && row.flaw.is_none() && row.is_blank()) {
                        continue;
                    }
                    if rejects {
                        row = row.without_first(reject::restored);
                    }
                    let shifted = matches!(self.input, Input::Text(_))
                        && filled_width(&row) > found.columns.len();
                    if shifted && row.flaw.is_none() {
                        row.flaw = Some(Flaw::SurplusCells);
                    }
                    let role = match row.flaw {
                        None if !rejects => header::role(&row, &found.columns, self.table.usual),
                        _ => Role::Data,
                    };
                    return Some(Ok((row, role)));
                }
                Ok(None) => self.ended = true,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}
