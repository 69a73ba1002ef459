//! From rows to drafts: each field's source text beside what it was read as, and what is wrong, by row and column.
//! Says nothing about what is missing: that is for the rules of the trade, once corrections lie over the facts.

mod field;
mod money;
mod problem;

use std::collections::BTreeMap;

use receivables::{Facts, Field};
use serde::Serialize;

pub use problem::{RowProblem, RowProblemCode};

use crate::plan::Plan;
use crate::table::{Flaw, Role, Row, Rows, Table, TableError};

/// One field of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DraftValue {
    /// What stands in the file, columns joined.
    pub source: String,
    /// What it was read as, in the neutral form of facts; nothing where it could not be read.
    pub value: Option<String>,
    /// The columns it comes from; none for what stands for all rows.
    pub columns: Vec<usize>,
}

/// One row read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The row as it stands in the file, for showing and for the file of failed rows.
    pub row: Row,
    pub values: BTreeMap<Field, DraftValue>,
    pub problems: Vec<RowProblem>,
}

impl Draft {
    /// The neutral value of a field.
    pub fn value(&self, field: Field) -> Option<&str> {
        self.values.get(&field)?.value.as_deref()
    }

    /// Whether some problem keeps the row from becoming a claim until somebody has looked.
    pub fn is_blocked(&self) -> bool {
        self.problems.iter().any(|problem| problem.blocks)
    }

    /// The values as facts; `origin` names the file.
    pub fn facts(&self, origin: &str) -> Facts {
        let mut facts = Facts::default();
        for (field, value) in &self.values {
            facts.offer(*field, value.value.as_deref().unwrap_or_default(), origin);
        }
        facts
    }
}

/// What became of one row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    Draft(Draft),
    /// A row that is no entry of the table, such as a sum; named, so that nothing vanishes without a word.
    LeftOut {
        row: Row,
        role: Role,
    },
}

/// Drafts of a table, one row at a time.
pub struct Drafts<'a> {
    rows: Rows<'a>,
    reader: Reader<'a>,
}

impl<'a> Drafts<'a> {
    /// Reads the rows of a table by a plan.
    ///
    /// # Errors
    /// Those of opening the file again.
    pub fn of(table: &'a Table, plan: &'a Plan) -> Result<Drafts<'a>, TableError> {
        Ok(Drafts {
            rows: table.rows()?,
            reader: Reader::of(plan),
        })
    }
}

impl Iterator for Drafts<'_> {
    type Item = Result<Entry, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (row, role) = match self.rows.next()? {
            Ok(entry) => entry,
            Err(error) => return Some(Err(error)),
        };
        Some(Ok(match role {
            Role::Data => Entry::Draft(self.reader.read(row)),
            role => Entry::LeftOut { row, role },
        }))
    }
}

/// A plan made ready: columns by field, value mappings folded.
pub struct Reader<'a> {
    fields: Vec<field::FieldPlan<'a>>,
    zip_city: Option<usize>,
}

impl<'a> Reader<'a> {
    /// Makes a plan ready to read rows.
    pub fn of(plan: &'a Plan) -> Reader<'a> {
        let fields = Field::ALL
            .into_iter()
            .filter_map(|field| field::FieldPlan::of(plan, field))
            .collect();
        let zip_city = plan
            .columns
            .iter()
            .find(|column| column.split.is_some() && column.field.is_some());
        Reader {
            fields,
            zip_city: zip_city.map(|column| column.index),
        }
    }

    /// Reads one row.
    pub fn read(&self, row: Row) -> Draft {
        let mut draft = Draft {
            row,
            values: BTreeMap::new(),
            problems: Vec::new(),
        };
        if let Some(flaw) = draft.row.flaw {
            draft.problems.push(RowProblem::of_flaw(flaw, &draft.row));
            // Where the cells are not those meant, reading them would put values into wrong fields.
            if matches!(
                flaw,
                Flaw::QuoteNotClosed | Flaw::TextAfterQuote | Flaw::SurplusCells
            ) {
                return draft;
            }
        }
        let mut reading = field::Reading::of(&draft.row);
        if let Some(index) = self.zip_city {
            reading.split_zip_city(index);
        }
        for field in &self.fields {
            reading.read(field);
        }
        reading.settle_money();
        let (mut values, mut problems) = reading.finish();
        draft.values.append(&mut values);
        draft.problems.append(&mut problems);
        draft
    }
}

/// A text as one line: ends of line become commas where lines are parts, runs of blanks one.
fn one_line(text: &str, between_lines: &str) -> String {
    let text = text.trim();
    let plain = |pair: &[u8]| pair[0] != b' ' || pair[1] != b' ';
    if text.bytes().all(|byte| byte >= b' ')
        && !text.contains('\u{a0}')
        && text.as_bytes().windows(2).all(plain)
    {
        return text.to_owned();
    }
    let lines = text
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(between_lines)
}
