//! The file of failed rows: the original columns behind one that says why. A spreadsheet opens it without running
//! anything in it, and it can be imported again as it is: the added column and the marks are taken off on reading.

use std::io::Write;

use crate::formula::defused;
use crate::plan::Plan;
use crate::table::{CellKind, DELIMITERS, Format, Found, REASON, Row};
use crate::values::DecimalSign;

/// Writes failed rows.
pub struct RejectWriter<W: Write> {
    out: csv::Writer<W>,
    columns: usize,
    /// Columns in which numbers of a workbook are written with a comma, as the texts beside them are.
    commas: Vec<usize>,
}

impl<W: Write> RejectWriter<W> {
    /// Begins the file with its header.
    ///
    /// # Errors
    /// Those of writing.
    pub fn new(mut out: W, found: &Found, plan: &Plan) -> std::io::Result<RejectWriter<W>> {
        // Spreadsheets take a CSV for the system's old code page unless it begins with a byte order mark.
        out.write_all("\u{feff}".as_bytes())?;
        let comma = |column: &&crate::plan::PlanColumn| {
            column
                .format
                .as_ref()
                .is_some_and(|format| format.decimal == Some(DecimalSign::Comma))
        };
        let commas: Vec<usize> = plan
            .columns
            .iter()
            .filter(comma)
            .map(|column| column.index)
            .collect();
        // Where numbers have a decimal comma, spreadsheets expect a semicolon between cells.
        let usual = if commas.is_empty() { ',' } else { ';' };
        let delimiter = match found.dialect.format {
            Format::Text => found
                .dialect
                .delimiter
                .filter(|delimiter| DELIMITERS.contains(delimiter))
                .unwrap_or(usual),
            Format::Xlsx | Format::Xls | Format::Ods => usual,
        };
        let mut out = csv::WriterBuilder::new()
            .delimiter(u8::try_from(delimiter).unwrap_or(b','))
            .flexible(true)
            .from_writer(out);
        let columns = found.columns.len();
        let names = (0..columns).map(|index| match found.header_row {
            Some(_) => defused(&found.columns[index]).into_owned(),
            None => format!("Column {}", index + 1),
        });
        out.write_record(std::iter::once(REASON.to_owned()).chain(names))?;
        Ok(RejectWriter {
            out,
            columns,
            commas,
        })
    }

    /// Adds a row and why it failed.
    ///
    /// # Errors
    /// Those of writing.
    pub fn write(&mut self, row: &Row, reason: &str) -> std::io::Result<()> {
        let cells = (0..row.len().max(self.columns)).map(|index| {
            let cell = row.get(index);
            if row.kind(index) == CellKind::Number && self.commas.contains(&index) {
                return cell.replacen('.', ",", 1);
            }
            defused(cell).into_owned()
        });
        let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
        let reason = defused(&reason).into_owned();
        self.out
            .write_record(std::iter::once(reason).chain(cells))?;
        Ok(())
    }

    /// Ends the file and gives the writer back.
    ///
    /// # Errors
    /// Those of writing.
    pub fn finish(self) -> std::io::Result<W> {
        self.out
            .into_inner()
            .map_err(csv::IntoInnerError::into_error)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::formula::runs;
    use crate::table::{Choice, Source, Table};

    fn found(columns: &[String], delimiter: char) -> Found {
        let header = columns.join(&delimiter.to_string());
        let choice = Choice {
            delimiter: Some(delimiter),
            header_row: Some(Some(0)),
            quote: Some(None),
            ..Choice::default()
        };
        Table::open(Source::from(header.into_bytes()), &choice)
            .unwrap()
            .found()
            .clone()
    }

    #[test]
    fn a_file_without_columns_is_still_known_as_ours() {
        let table = Table::open(Source::from(b"\n".to_vec()), &Choice::default()).unwrap();
        let writer = RejectWriter::new(Vec::new(), table.found(), &Plan::default()).unwrap();
        let bytes = writer.finish().unwrap();
        let again = Table::open(Source::from(bytes), &Choice::default()).unwrap();
        assert_eq!(again.rows().unwrap().count(), 0, "no row is added");
    }

    proptest! {
        #[test]
        fn failed_rows_open_safely_and_read_back_the_same(
            rows in prop::collection::vec(prop::collection::vec("[-=+@'\"a1;,. æ\t\r\n]{0,8}", 1..6), 1..12),
            delimiter in prop::sample::select(vec![',', ';', '\t', '|']),
        ) {
            let columns: Vec<String> = ["Invoice", "=Customer", "Amount"].map(str::to_owned).to_vec();
            let found = found(&columns, delimiter);
            let mut writer = RejectWriter::new(Vec::new(), &found, &Plan::default()).unwrap();
            for (number, row) in rows.iter().enumerate() {
                writer.write(&Row::of(number as u64 + 2, row), "=HYPERLINK(1)\nbad").unwrap();
            }
            let bytes = writer.finish().unwrap();

            let mut spreadsheet = csv::ReaderBuilder::new()
                .delimiter(delimiter as u8)
                .flexible(true)
                .has_headers(false)
                .from_reader(&bytes["\u{feff}".len()..]);
            for record in spreadsheet.records() {
                for cell in &record.unwrap() {
                    prop_assert!(!runs(cell), "{:?} runs", cell);
                }
            }

            let table = Table::open(Source::from(bytes), &Choice::default()).unwrap();
            prop_assert_eq!(&table.found().columns, &columns, "the added column is not one of the table");
            let read: Vec<Vec<String>> = table
                .rows()
                .unwrap()
                .map(|row| row.unwrap().0.cells().map(str::to_owned).collect())
                .collect();
            let padded = |row: &Vec<String>| {
                let mut row = row.clone();
                row.resize(row.len().max(columns.len()), String::new());
                row
            };
            let written: Vec<Vec<String>> = rows.iter().map(padded).collect();
            prop_assert_eq!(read, written, "what was mended must be all that differs");
        }
    }
}
