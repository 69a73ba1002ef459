//! What was found about a file, with its evidence: dialect, header row, names of the columns.

use serde::Serialize;

use super::row::Row;
use super::{Dialect, TableError, header};
use crate::formula;

/// One part of what was found, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// `encoding`, `delimiter`, `sheet` or `header_row`.
    pub of: &'static str,
    pub why: String,
}

/// What was found about a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Found {
    pub dialect: Dialect,
    /// Counted from 0, blank lines too: the line or sheet row of the header less one.
    pub header_row: Option<u64>,
    /// Names of the columns as they stand in the header, trimmed; empty where there is none.
    pub columns: Vec<String>,
    pub evidence: Vec<Evidence>,
    /// The sheets of a workbook that can be chosen.
    pub sheets: Vec<String>,
}

impl Found {
    /// Finds the header among the first rows and names the columns; gives the cells that most rows fill.
    pub(super) fn name_columns(
        &mut self,
        rows: &[Row],
        chosen: Option<Option<u64>>,
    ) -> Result<usize, TableError> {
        let (index, why) = match chosen {
            Some(None) => (None, "Chosen by you.".to_owned()),
            Some(Some(wanted)) => {
                let index = rows.iter().position(|row| row.number > wanted);
                let index = index.ok_or(TableError::NoHeaderThere(wanted.saturating_add(1)))?;
                (Some(index), "Chosen by you.".to_owned())
            }
            None => {
                let found = header::detect(rows);
                (found.index, found.evidence)
            }
        };
        self.evidence.push(Evidence {
            of: "header_row",
            why,
        });
        let below = &rows[index.map_or(0, |index| index + 1)..];
        if let Some(header) = index.and_then(|index| rows.get(index)) {
            self.header_row = Some(header.number - 1);
            self.columns = (0..filled_width(header))
                .map(|index| header.get(index).trim().to_owned())
                .collect();
        }
        let mut widths: Vec<usize> = below.iter().map(filled_width).collect();
        widths.sort_unstable_by(|one, other| other.cmp(one));
        // A stray cell far to the right of one row is reported with the row; a column without a name has several.
        let several = match index {
            Some(_) => below.len().max(10).div_ceil(5) - 1,
            None => 0,
        };
        let width = widths.get(several).copied().unwrap_or(0);
        if width > self.columns.len() {
            self.columns.resize(width, String::new());
        }
        let mut counts: Vec<usize> = below
            .iter()
            .map(Row::filled)
            .filter(|count| *count > 0)
            .collect();
        counts.sort_unstable();
        // Short reports have nearly as many sums and group names as entries.
        Ok(counts.get(counts.len() * 3 / 4).copied().unwrap_or(0))
    }

    pub(super) fn name_columns_of_rejects(&mut self, header: &Row) -> usize {
        self.header_row = Some(0);
        self.columns = (1..header.len())
            .map(|index| formula::restored(header.get(index)).trim().to_owned())
            .collect();
        self.evidence.push(Evidence {
            of: "header_row",
            why: "A file of rows that failed in an earlier import; its first column is left out."
                .to_owned(),
        });
        0
    }
}

/// Columns up to the last filled one.
pub(super) fn filled_width(row: &Row) -> usize {
    row.extent().1
}
