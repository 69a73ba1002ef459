//! Files of invoices.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A table to be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MapTable {
    /// Its path, as a script names it.
    pub file: String,
    /// Of a workbook; the one with the most rows otherwise.
    pub sheet: Option<String>,
}
