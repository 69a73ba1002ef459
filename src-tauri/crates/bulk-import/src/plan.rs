//! The mapping document: which column is which field, in which format, and what stands for all rows. `desk map` prints
//! it, people correct it, `desk import --mapping` takes it, and named mappings are kept as it.

use std::collections::BTreeMap;

use receivables::Field;
use serde::{Deserialize, Serialize};

use crate::table::{Choice, Dialect, Found};
use crate::values::{DateOrder, DecimalSign};

/// How the rows of a file become drafts.
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    #[serde(default)]
    pub dialect: Dialect,
    /// Counted from 0; nothing where every row is data.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub header_row: Option<u64>,
    pub columns: Vec<PlanColumn>,
    /// One value for all rows, where no column gives one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<BTreeMap<Field, String>>"))]
    pub constants: BTreeMap<Field, String>,
    /// What a text of the file means: `"debtor_country": {"Tyskland": "DE"}`. Compared without regard to case.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(
        feature = "ts",
        ts(optional, as = "Option<BTreeMap<Field, BTreeMap<String, String>>>")
    )]
    pub values: BTreeMap<Field, BTreeMap<String, String>>,
}

/// What one column of the file is.
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PlanColumn {
    /// From 0, from the left.
    pub index: usize,
    /// As it stands in the header, trimmed.
    #[serde(default)]
    pub name: String,
    /// Nothing: the column is left out.
    pub field: Option<Field>,
    /// From 0 to 1: how often a suggestion of this kind is right.
    #[serde(default)]
    pub confidence: f64,
    /// Why, in words.
    #[serde(default)]
    pub reason: String,
    #[serde(default)]
    pub alternatives: Vec<Alternative>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub format: Option<Format>,
    /// The column holds more than its field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub split: Option<Split>,
    /// Place among several columns of one field; without it, they join from left to right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub part: Option<u8>,
}

/// Another field that a column could be.
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alternative {
    pub field: Field,
    pub confidence: f64,
}

/// How the values of an amount or date column are written.
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "ColumnFormat"))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Format {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub decimal: Option<DecimalSign>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub date_order: Option<DateOrder>,
    /// Which values decide it and which contradict it, in words.
    #[serde(default)]
    pub evidence: String,
    /// Values that cannot be read so, the first few; each is a problem of its row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<Contradiction>>"))]
    pub contradicting: Vec<Contradiction>,
    /// What must be asked, since the values can be read in more than one way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub question: Option<Question>,
}

/// A value that the format of its column does not fit.
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contradiction {
    /// Line of the file or row of the sheet, from 1.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub row: u64,
    pub value: String,
}

/// A question that only the user can answer.
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// A value of the file that can be read in all these ways.
    pub value: String,
    pub choices: Vec<Reading>,
}

/// One way to read the value.
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub decimal: Option<DecimalSign>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub date_order: Option<DateOrder>,
    /// What the value would be: `2026-04-03`, `1234.00`.
    pub meaning: String,
}

/// How a column that holds two things is parted.
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// `2100 København Ø`, `DK-2100 København Ø` or `London SW1A 1AA`.
    ZipCity,
}

impl Plan {
    /// A plan that maps nothing yet.
    pub fn of(found: &Found) -> Plan {
        let column = |(index, name): (usize, &String)| PlanColumn {
            index,
            name: name.clone(),
            ..PlanColumn::default()
        };
        Plan {
            dialect: found.dialect.clone(),
            header_row: found.header_row,
            columns: found.columns.iter().enumerate().map(column).collect(),
            ..Plan::default()
        }
    }

    /// The columns of a field in the order in which they join.
    pub fn columns_of(&self, field: Field) -> Vec<&PlanColumn> {
        let mut columns: Vec<_> = self
            .columns
            .iter()
            .filter(|column| column.field == Some(field))
            .collect();
        columns.sort_by_key(|column| (column.part.unwrap_or(u8::MAX), column.index));
        columns
    }

    /// How the file was read when the plan was made, so that it is read the same way again.
    pub fn choice(&self) -> Choice {
        Choice {
            encoding: self.dialect.encoding.clone(),
            delimiter: self.dialect.delimiter,
            // An old document may say nothing of quotation marks; then they are looked for.
            quote: self.dialect.quote.map(Some),
            sheet: self.dialect.sheet.clone(),
            header_row: Some(self.header_row),
        }
    }
}
