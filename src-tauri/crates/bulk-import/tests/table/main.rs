//! Tables from bytes: what files of every kind are read as, and what hostile ones cost.

#![allow(clippy::unwrap_used)]

mod hostile;
mod text;
mod workbooks;

use bulk_import::table::{Choice, Role, Source, Table, TableError};

/// Opens bytes as a table, nothing chosen.
fn open(bytes: impl Into<Vec<u8>>) -> Result<Table, TableError> {
    Table::open(Source::from(bytes.into()), &Choice::default())
}

/// The entries of a table, cell by cell.
fn entries(table: &Table) -> Vec<Vec<String>> {
    table
        .rows()
        .unwrap()
        .map(Result::unwrap)
        .filter(|(_, role)| *role == Role::Data)
        .map(|(row, _)| row.cells().map(str::to_owned).collect())
        .collect()
}
