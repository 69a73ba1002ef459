//! The different values of a column, for saying what they mean in bulk.

use std::collections::HashMap;
use std::sync::Arc;

use bulk_import::plan::Plan;
use bulk_import::rows::Reader;
use bulk_import::table::{Role, Row, Table, TableError};

use super::view::{cut, value_problem};
use super::{blocking, unreadable};
use crate::FailureCode;
use crate::office::Office;
use crate::wire::{ColumnValues, DistinctValue, DistinctValues, Failure, small};

const SHOWN: usize = 200;
/// A column with more different values than this is nothing to be mapped value by value; the first so many are counted.
const COUNTED: usize = 10_000;

impl Office {
    pub(crate) async fn column_values(
        self: &Arc<Self>,
        request: ColumnValues,
    ) -> Result<DistinctValues, Failure> {
        let import = self.import_by_id(&request.id).await?;
        let (_, stage) = self.stage(&import).await?;
        let column = request.column as usize;
        if column >= stage.plan.columns.len() {
            return Err(Failure::about(FailureCode::NotFound, "The column"));
        }
        let table = self.import_table(&import, &stage).await?;
        let values = blocking(move || distinct(&table, &stage.plan, column)).await?;
        values.map_err(|error| unreadable(&import.file_name, &error))
    }
}

fn distinct(table: &Table, plan: &Plan, column: usize) -> Result<DistinctValues, TableError> {
    let mut counted: HashMap<String, (u32, Row)> = HashMap::new();
    for entry in table.rows()? {
        let (row, role) = entry?;
        let text = row.get(column).trim();
        if role != Role::Data || text.is_empty() {
            continue;
        }
        if let Some((count, _)) = counted.get_mut(text) {
            *count = count.saturating_add(1);
        } else if counted.len() < COUNTED {
            counted.insert(text.to_owned(), (1, row));
        }
    }
    let distinct = small(counted.len());
    let mut all: Vec<(String, (u32, Row))> = counted.into_iter().collect();
    all.sort_by(|(one, (often, _)), (other, (rarely, _))| {
        rarely.cmp(often).then_with(|| one.cmp(other))
    });
    all.truncate(SHOWN);
    let field = plan.columns.get(column).and_then(|column| column.field);
    let reader = Reader::of(plan);
    let value = |(text, (count, row)): (String, (u32, Row))| {
        let draft = reader.read(row);
        let value = field.and_then(|field| draft.value(field).map(cut));
        let problem = draft
            .problems
            .iter()
            .find(|problem| field.is_some() && problem.field == field);
        DistinctValue {
            text: cut(&text),
            count,
            value,
            problem: problem.map(value_problem),
        }
    };
    Ok(DistinctValues {
        values: all.into_iter().map(value).collect(),
        distinct,
    })
}
