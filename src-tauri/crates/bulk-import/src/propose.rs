//! From a table to the plan proposed for it: what each column is, and how its values are written.

use receivables::Field;

use crate::mapping::{self, Column, Remembered, Suggestion};
use crate::plan::{Alternative, Plan};
use crate::table::{Role, Row, Table, TableError};
use crate::values::{Kind, survey_with};

/// Rows whose values speak for their columns.
const LOOKED_AT: usize = 200;

/// Proposes a field for each column, and reads the whole table once for the formats of amounts and dates.
///
/// # Errors
/// Those of reading the table.
pub fn propose(table: &Table, remembered: Option<&Remembered>) -> Result<Plan, TableError> {
    propose_with(table, remembered, |_, _| {})
}

/// The same for whoever wants to see every row as well, such as to count them.
///
/// # Errors
/// Those of reading the table.
pub fn propose_with(
    table: &Table,
    remembered: Option<&Remembered>,
    seen: impl FnMut(&Row, Role),
) -> Result<Plan, TableError> {
    let mut plan = Plan::of(table.found());
    let rows = table.preview(LOOKED_AT)?;
    let columns: Vec<Column<'_>> = plan
        .columns
        .iter()
        .map(|column| Column {
            name: &column.name,
            values: rows.iter().map(|row| row.get(column.index)).collect(),
        })
        .collect();
    let suggestions = mapping::suggest(&columns, remembered);
    for (column, suggestion) in plan.columns.iter_mut().zip(suggestions) {
        let Suggestion {
            field,
            confidence,
            reason,
            alternatives,
        } = suggestion;
        column.field = field;
        column.confidence = rounded(confidence);
        column.reason = reason.to_string();
        column.alternatives = alternatives
            .into_iter()
            .map(|other| Alternative {
                field: other.field,
                confidence: rounded(other.confidence),
            })
            .collect();
    }
    let asked: Vec<(usize, Kind)> = plan
        .columns
        .iter()
        .filter_map(|column| Some((column.index, kind(column.field?)?)))
        .collect();
    let formats = survey_with(table, &asked, seen)?;
    for ((index, _), format) in asked.iter().zip(formats) {
        plan.columns[*index].format = Some(format);
    }
    Ok(plan)
}

fn kind(field: Field) -> Option<Kind> {
    match field {
        Field::Amount => Some(Kind::Amount),
        Field::CaseDate | Field::DueDate => Some(Kind::Date),
        _ => None,
    }
}

/// What is behind the third decimal nobody knows.
fn rounded(confidence: f32) -> f64 {
    (f64::from(confidence) * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::{Drafts, Entry};
    use crate::table::{Choice, Source};

    #[test]
    fn an_export_becomes_drafts_without_a_hand_on_it() {
        let export = "Rapport;;;;;\n\nFakturanr.;Kunde;Fakturadato;Forfaldsdato;Restbeløb;Valuta\n\
            1001;Jørgensen ApS;03-04-2026;17-04-2026;1.234,50;DKK\n\
            1002;Møller A/S;13-04-2026;27-04-2026;99,00;DKK\n";
        let source = Source::from(export.as_bytes().to_vec());
        let table = Table::open(source, &Choice::default()).unwrap();
        let plan = propose(&table, None).unwrap();
        let drafts: Vec<_> = Drafts::of(&table, &plan)
            .unwrap()
            .filter_map(|entry| match entry.unwrap() {
                Entry::Draft(draft) => Some(draft),
                Entry::LeftOut { .. } => None,
            })
            .collect();
        let read = |field| {
            drafts
                .iter()
                .map(|draft| draft.value(field))
                .collect::<Vec<_>>()
        };
        assert_eq!(read(Field::CreditorReference), [Some("1001"), Some("1002")]);
        assert_eq!(
            read(Field::CaseDate),
            [Some("2026-04-03"), Some("2026-04-13")],
            "the second date decides the first"
        );
        assert_eq!(read(Field::Amount), [Some("1234.50"), Some("99.00")]);
    }
}
