//! Lists as CSV files that a spreadsheet opens without running anything in them.

use std::io::Write;
use std::path::Path;

use bulk_import::formula::defused;

/// Writes a table beside its final name first, so that a full disk never leaves half a file.
///
/// # Errors
/// Those of the file system.
pub(crate) fn write(
    path: &Path,
    header: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> std::io::Result<u32> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let draft = folder.join(format!(".{name}.part"));
    let written = write_draft(&draft, header, rows);
    let outcome = written.and_then(|count| std::fs::rename(&draft, path).map(|()| count));
    if outcome.is_err() {
        // The draft is ours and useless; what matters is the error above.
        let _ = std::fs::remove_file(&draft);
    }
    outcome
}

fn write_draft(
    draft: &Path,
    header: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> std::io::Result<u32> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(draft)?);
    // Spreadsheets take a CSV for the system's old code page unless it begins with a byte order mark.
    file.write_all("\u{feff}".as_bytes())?;
    let mut writer = csv::Writer::from_writer(file);
    writer.write_record(header)?;
    let mut count = 0;
    for row in rows {
        writer.write_record(row.iter().map(|cell| defused(cell).into_owned()))?;
        count += 1;
    }
    let file = writer.into_inner().map_err(|error| error.into_error())?;
    file.into_inner()
        .map_err(|error| error.into_error())?
        .sync_all()?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_row_reads_back(cells in prop::collection::vec(".{0,20}", 2..5)) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("list.csv");
            let header: Vec<&str> = cells.iter().map(|_| "column").collect();
            write(&path, &header, std::iter::once(cells.clone())).unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
            let record = reader.records().next().unwrap().unwrap();
            for (read, cell) in record.iter().zip(&cells) {
                prop_assert_eq!(bulk_import::formula::restored(read), cell.as_str());
                prop_assert!(!read.starts_with(['=', '+', '@', '\t', '\r']), "{:?} runs", read);
            }
        }
    }
}
