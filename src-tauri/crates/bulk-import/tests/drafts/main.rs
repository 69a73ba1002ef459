//! From files to drafts: formats decided by whole columns, values beside their source, problems by row.

#![allow(clippy::unwrap_used)]

mod formats;
mod hostile;
mod problems;
mod snapshots;

use bulk_import::plan::Plan;
use bulk_import::rows::{Draft, Drafts, Entry};
use bulk_import::table::{Choice, Source, Table};
use bulk_import::values::{Kind, survey};
use receivables::Field;

fn open(bytes: impl Into<Vec<u8>>) -> Table {
    Table::open(Source::from(bytes.into()), &Choice::default()).unwrap()
}

/// A plan that maps columns by name, amounts and dates in the formats their columns decide.
fn plan(table: &Table, fields: &[(&str, Field)]) -> Plan {
    let mut plan = Plan::of(table.found());
    let mut kinds = Vec::new();
    for (name, field) in fields {
        let column = plan
            .columns
            .iter_mut()
            .find(|column| column.name == *name)
            .unwrap();
        column.field = Some(*field);
        match field {
            Field::Amount => kinds.push((column.index, Kind::Amount)),
            Field::CaseDate | Field::DueDate => kinds.push((column.index, Kind::Date)),
            _ => {}
        }
    }
    for ((index, _), format) in kinds.iter().zip(survey(table, &kinds).unwrap()) {
        plan.columns[*index].format = Some(format);
    }
    plan
}

fn drafts(table: &Table, plan: &Plan) -> Vec<Draft> {
    Drafts::of(table, plan)
        .unwrap()
        .filter_map(|entry| match entry.unwrap() {
            Entry::Draft(draft) => Some(draft),
            Entry::LeftOut { .. } => None,
        })
        .collect()
}

fn codes(draft: &Draft) -> Vec<&'static str> {
    draft
        .problems
        .iter()
        .map(|problem| problem.code.name())
        .collect()
}
