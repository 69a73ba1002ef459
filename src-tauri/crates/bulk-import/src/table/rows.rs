//! The rows of a table below its header, read as they are asked for.

use std::sync::Arc;

use super::header::{self, Role};
use super::records::Records;
use super::row::{Flaw, Row};
use super::workbook::Sheet;
use super::{Table, TableError};
use crate::formula;

pub(super) enum Input {
    Text(Records),
    Sheet { sheet: Arc<Sheet>, next: usize },
}

/// Rows of a table, read as they are asked for.
pub struct Rows<'a> {
    pub(super) table: &'a Table,
    pub(super) input: Input,
    /// Like the last row, which the next one most often resembles in size.
    pub(super) last: Row,
    pub(super) ended: bool,
}

impl Rows<'_> {
    fn read(&mut self) -> Result<Option<Row>, TableError> {
        match &mut self.input {
            Input::Text(records) => {
                let more = records.read(&mut self.last)?;
                let room = self.last.room();
                Ok(more.then(|| std::mem::replace(&mut self.last, room)))
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
                    if before {
                        continue;
                    }
                    let rejects = self.table.rejects;
                    if rejects {
                        row = row.without_first(formula::restored);
                    }
                    let (filled, width) = row.extent();
                    if filled == 0 && !rejects && row.flaw.is_none() {
                        continue;
                    }
                    let shifted =
                        matches!(self.input, Input::Text(_)) && width > found.columns.len();
                    if shifted && row.flaw.is_none() {
                        row.flaw = Some(Flaw::SurplusCells);
                    }
                    let role = match row.flaw {
                        None if !rejects => {
                            header::role(&row, filled, &found.columns, self.table.usual)
                        }
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
