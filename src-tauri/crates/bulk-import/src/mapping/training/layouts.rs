//! The layouts of real systems' exports, as the files under `training/` declare them.

use std::fs;
use std::path::Path;

use receivables::Field;
use serde::Deserialize;

/// One export of one system.
#[derive(Debug, Clone)]
pub struct Layout {
    pub system: String,
    pub language: String,
    pub country: String,
    pub kind: String,
    pub source: String,
    pub columns: Vec<LayoutColumn>,
}

/// One column: its name, what it means for a case, and what is in it.
#[derive(Debug, Clone, PartialEq)]
pub struct LayoutColumn {
    pub header: String,
    pub field: Option<Field>,
    pub values: String,
    /// The system it was lent by, when it was added to a table of another.
    pub lender: Option<String>,
}

impl Layout {
    /// Whether its column names stand on a public page, as opposed to put together from what is known of the system.
    pub fn is_sourced(&self) -> bool {
        self.source.starts_with("http")
    }
}

#[derive(Deserialize)]
struct File {
    system: String,
    language: String,
    country: String,
    kind: String,
    source: String,
    columns: Vec<[String; 3]>,
}

/// Reads all layouts of a folder, by file name.
///
/// # Errors
/// A file that cannot be read or is not a layout, by name.
pub fn read(folder: &Path) -> Result<Vec<Layout>, String> {
    let say = |what: &Path, why: &dyn std::fmt::Display| format!("{}: {why}", what.display());
    let mut paths: Vec<_> = fs::read_dir(folder)
        .map_err(|error| say(folder, &error))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let text = fs::read_to_string(path).map_err(|error| say(path, &error))?;
            let file: File = toml::from_str(&text).map_err(|error| say(path, &error))?;
            let columns = file.columns.into_iter().map(|[header, field, values]| {
                let meaning = match field.as_str() {
                    "none" => None,
                    name => Some(
                        name.parse()
                            .map_err(|()| say(path, &format!("there is no field {name}")))?,
                    ),
                };
                Ok(LayoutColumn {
                    header,
                    field: meaning,
                    values,
                    lender: None,
                })
            });
            Ok(Layout {
                columns: columns.collect::<Result<_, String>>()?,
                system: file.system,
                language: file.language,
                country: file.country,
                kind: file.kind,
                source: file.source,
            })
        })
        .collect()
}
