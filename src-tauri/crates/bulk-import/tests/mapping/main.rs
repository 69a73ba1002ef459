//! The column mapping as its users see it: what is proposed for tables of known and unknown systems, and why.
#![allow(clippy::unwrap_used)]

mod conventions;
mod promises;
mod snapshots;

use bulk_import::mapping::{Column, Suggestion, suggest};

/// A table written as lines of cells parted by `|`, the names first.
pub fn table(text: &str) -> Vec<(String, Vec<String>)> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let names: Vec<&str> = lines.next().unwrap().split('|').collect();
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split('|').collect()).collect();
    names
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let values = rows
                .iter()
                .map(|row| (*row.get(at).unwrap_or(&"")).to_owned())
                .collect();
            ((*name).to_owned(), values)
        })
        .collect()
}

/// What is proposed for a table so written.
pub fn proposed(text: &str) -> Vec<(String, Suggestion)> {
    let table = table(text);
    let columns: Vec<Column<'_>> = table
        .iter()
        .map(|(name, values)| Column {
            name,
            values: values.iter().map(String::as_str).collect(),
        })
        .collect();
    table
        .iter()
        .map(|(name, _)| name.clone())
        .zip(suggest(&columns, None))
        .collect()
}

/// The name of the field proposed for a column, `-` for none.
pub fn field_of(proposed: &[(String, Suggestion)], name: &str) -> String {
    let (_, suggestion) = proposed.iter().find(|(known, _)| known == name).unwrap();
    suggestion
        .field
        .map_or("-".to_owned(), |field| field.to_string())
}
