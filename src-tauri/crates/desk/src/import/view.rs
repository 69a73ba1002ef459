//! What the screens of an import show.

use std::sync::Arc;

use bulk_import::mapping::fingerprint;
use bulk_import::plan::Plan;
use bulk_import::rows::{Draft, Reader, RowProblem};
use bulk_import::table::{Role, Row, Table, TableError};
use receivables::Field;
use store::{Import, ImportState};

use super::stage::Stage;
use super::{blocking, unreadable};
use crate::office::Office;
use crate::wire::{
    Failure, FileRow, ImportStep, ImportView, JobKind, PreviewField, PreviewRow, SameFile,
    ValueProblem, small,
};

/// Rows looked at for samples, and rows shown.
const LOOKED_AT: usize = 200;
const SHOWN: usize = 20;
/// Different values shown of a column.
const SAMPLES: usize = 5;
/// Longer texts are cut in samples and previews.
const LONGEST: usize = 300;

/// What a case cannot do without.
pub(crate) const NEEDED: [Field; 10] = [
    Field::CreditorReference,
    Field::CaseDate,
    Field::DueDate,
    Field::Amount,
    Field::Currency,
    Field::DebtorName,
    Field::DebtorType,
    Field::DebtorAddress,
    Field::DebtorCity,
    Field::DebtorCountry,
];

/// The header of Debitura's own template.
pub(crate) const TEMPLATE: [&str; 14] = [
    "InvoiceNumber*",
    "DebtorName*",
    "DebtorContactPerson",
    "Address*",
    "PostalCode*",
    "City*",
    "State",
    "Country*",
    "Email",
    "PhoneNumber",
    "InvoiceDate*",
    "DueDate",
    "PrincipalAmount*",
    "CurrencyCode*",
];

/// The first rows of a table, looked at.
struct Glance {
    top: Vec<FileRow>,
    samples: Vec<Vec<String>>,
    preview: Vec<PreviewRow>,
    /// Fields that some row has.
    given: Vec<Field>,
}

impl Office {
    pub(crate) async fn import_view(
        self: &Arc<Self>,
        import: &Import,
    ) -> Result<ImportView, Failure> {
        let (step, stage) = self.stage(import).await?;
        let glance = if import.state == ImportState::Undone {
            Glance {
                top: Vec::new(),
                samples: vec![Vec::new(); stage.plan.columns.len()],
                preview: Vec::new(),
                given: NEEDED.to_vec(),
            }
        } else {
            let table = self.import_table(import, &stage).await?;
            let plan = stage.plan.clone();
            let glance = blocking(move || glance(&table, &plan)).await?;
            glance.map_err(|error| unreadable(&import.file_name, &error))?
        };
        let given = |field: &Field| {
            !stage.plan.columns_of(*field).is_empty()
                || stage.plan.constants.contains_key(field)
                || glance.given.contains(field)
        };
        let read = import.state == ImportState::Read;
        let job = self.jobs.running(JobKind::Import, &import.id);
        Ok(ImportView {
            id: import.id.clone(),
            file_name: import.file_name.clone(),
            bytes: import.bytes,
            step: match import.state {
                ImportState::Undone => ImportStep::Undone,
                ImportState::Read => ImportStep::Check,
                ImportState::Open if stage.mapped => ImportStep::Columns,
                ImportState::Open => ImportStep::Table,
            },
            connection: import.connection.map(|id| id.to_string()),
            missing: NEEDED.into_iter().filter(|field| !given(field)).collect(),
            questions: stage.questions(),
            template: is_template(&stage),
            same_file: self.same_file(import).await?,
            counts: match read {
                true => Some(self.import_counts(import).await?.0),
                false => None,
            },
            duplicates: match read {
                true => Some(self.duplicates_of(import).await?),
                false => None,
            },
            stale: read && import.read_step != Some(step.step),
            job,
            evidence: stage.evidence,
            sheets: stage.sheets,
            chosen: stage.chosen,
            plan: stage.plan,
            top: glance.top,
            samples: glance.samples,
            preview: glance.preview,
            rows: stage.rows,
            left_out: stage.left_out,
            remembered: stage.remembered,
            undo: step.undo,
            redo: step.redo,
            created: import.created.to_string(),
            updated: import.updated.to_string(),
        })
    }

    /// The latest earlier import of the same bytes.
    async fn same_file(&self, import: &Import) -> Result<Option<SameFile>, Failure> {
        let all = self.book.imports(import.workspace).await?;
        let same = all.iter().find(|other| {
            other.sha256 == import.sha256
                && other.id != import.id
                && other.created <= import.created
        });
        let Some(same) = same else { return Ok(None) };
        Ok(Some(SameFile {
            import: same.id.clone(),
            at: same.created.to_string(),
            submitted: small(self.submitted_of(same).await?.len()),
        }))
    }
}

fn is_template(stage: &Stage) -> bool {
    let without: Vec<&str> = TEMPLATE
        .into_iter()
        .filter(|name| *name != "DebtorContactPerson")
        .collect();
    let names = stage.fingerprint();
    names == fingerprint(TEMPLATE).as_str() || names == fingerprint(without).as_str()
}

fn glance(table: &Table, plan: &Plan) -> Result<Glance, TableError> {
    let rows = table.preview(LOOKED_AT)?;
    let samples = plan
        .columns
        .iter()
        .map(|column| {
            let mut values: Vec<String> = Vec::new();
            let texts = rows.iter().map(|row| row.get(column.index).trim());
            for text in texts.filter(|text| !text.is_empty()) {
                if values.len() == SAMPLES {
                    break;
                }
                let text = cut(text);
                if !values.contains(&text) {
                    values.push(text);
                }
            }
            values
        })
        .collect();
    let reader = Reader::of(plan);
    let drafts: Vec<Draft> = rows.into_iter().map(|row| reader.read(row)).collect();
    let given = NEEDED
        .into_iter()
        .filter(|field| drafts.iter().any(|draft| draft.value(*field).is_some()))
        .collect();
    let preview = drafts.into_iter().take(SHOWN).map(preview_row).collect();
    Ok(Glance {
        top: top(table)?,
        samples,
        preview,
        given,
    })
}

/// The first rows with whatever stands above the header.
fn top(table: &Table) -> Result<Vec<FileRow>, TableError> {
    let whole = table.with_header_row(None)?;
    let file_row = |(row, _): (Row, Role)| FileRow {
        row: small(row.number),
        cells: cells(&row),
    };
    whole
        .rows()?
        .take(SHOWN)
        .map(|entry| entry.map(file_row))
        .collect()
}

fn preview_row(draft: Draft) -> PreviewRow {
    let Draft {
        row,
        values,
        problems,
    } = draft;
    let of = |wanted: Option<Field>| -> Vec<ValueProblem> {
        let mine = problems.iter().filter(|problem| problem.field == wanted);
        mine.map(value_problem).collect()
    };
    let mut fields: Vec<PreviewField> = values
        .into_iter()
        .map(|(field, value)| PreviewField {
            field,
            columns: value.columns.into_iter().map(small).collect(),
            source: cut(&value.source),
            value: value.value.as_deref().map(cut),
            problems: of(Some(field)),
        })
        .collect();
    // A problem may be all there is of a field, such as a cell that cannot be parted.
    for problem in &problems {
        if let Some(field) = problem.field
            && !fields.iter().any(|known| known.field == field)
        {
            fields.push(PreviewField {
                field,
                columns: problem.column.into_iter().map(small).collect(),
                source: problem
                    .column
                    .map(|at| cut(row.get(at)))
                    .unwrap_or_default(),
                value: None,
                problems: of(Some(field)),
            });
        }
    }
    PreviewRow {
        row: small(row.number),
        cells: cells(&row),
        fields,
        problems: of(None),
    }
}

pub(crate) fn value_problem(problem: &RowProblem) -> ValueProblem {
    ValueProblem {
        code: problem.code.name().to_owned(),
        blocks: problem.blocks,
        what: problem.what.clone(),
        fix: problem.fix.clone(),
    }
}

fn cells(row: &Row) -> Vec<String> {
    row.cells().map(cut).collect()
}

pub(crate) fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
