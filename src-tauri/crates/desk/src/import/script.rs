//! Importing from the command line: one file at once, and what is wrong with its rows.

use std::path::PathBuf;
use std::sync::Arc;

use bulk_import::plan::Plan;
use receivables::Field;

use super::rows::row_number;
use crate::office::Office;
use crate::wire::{
    ById, ColumnQuestion, Failure, HeaderChoice, ImportFile, ImportReport, ImportResult,
    QuoteChoice, RowProblem, TableChoice, small,
};

/// Rows judged together.
const LOT: u32 = 2000;

impl Office {
    /// Opens a file as an import, lays the mapping over it, and begins to read its rows unless something must be asked.
    pub(crate) async fn import_file(
        self: &Arc<Self>,
        request: ImportFile,
    ) -> Result<ImportResult, Failure> {
        let chosen = TableChoice {
            sheet: request.sheet.clone(),
            ..request.mapping.as_ref().map(chosen).unwrap_or_default()
        };
        let file = PathBuf::from(&request.file);
        let import = self.open_import(&file, chosen).await?;
        if let Some(plan) = request.mapping {
            self.lay_mapping(&import.id, "Applied the mapping of a script", plan, true)
                .await?;
        }
        let (_, stage) = self.stage(&import).await?;
        let questions: Vec<ColumnQuestion> = stage
            .questions()
            .into_iter()
            .filter_map(|at| {
                let column = stage.plan.columns.get(at as usize)?;
                Some(ColumnQuestion {
                    column: at,
                    name: column.name.clone(),
                    field: column.field?,
                    question: column.format.as_ref()?.question.clone()?,
                })
            })
            .collect();
        let job = match questions.is_empty() {
            true => {
                let id = import.id.clone();
                Some(self.read_rows(ById { id }).await?.job)
            }
            false => None,
        };
        Ok(ImportResult {
            import: import.id,
            job,
            questions,
            rows: stage.rows,
            left_out: stage.left_out,
        })
    }

    pub(crate) async fn import_report(
        self: &Arc<Self>,
        request: ById,
    ) -> Result<ImportReport, Failure> {
        let import = self.import_by_id(&request.id).await?;
        let workspace = self.workspace().await?;
        let (_, stage) = self.stage(&import).await?;
        let (counts, _) = self.import_counts(&import).await?;
        let judging = self.judging(&workspace).await?;
        let (mut problems, mut rows, mut after) = (Vec::new(), 0, 0);
        while let Some(connection) = import.connection {
            let (drafts, last) = self.book.drafts_after(connection, after, LOT).await?;
            let Some(last) = last else { break };
            after = last;
            rows += small(drafts.len());
            for draft in drafts {
                let assessment = judging.judge(&draft.invoice);
                for problem in assessment.problems {
                    problems.push(RowProblem {
                        id: draft.invoice.id.to_string(),
                        row: row_number(&draft.invoice.id),
                        state: assessment.state,
                        columns: columns(&stage.plan, problem.field),
                        code: problem.code.name().to_owned(),
                        field: problem.field,
                        blocks: problem.blocks,
                        what: problem.what,
                        fix: problem.fix,
                    });
                }
            }
        }
        Ok(ImportReport {
            connection: import.connection.map(|id| id.to_string()),
            rows,
            counts,
            problems,
        })
    }
}

fn columns(plan: &Plan, field: Option<Field>) -> Vec<u32> {
    let columns = field
        .map(|field| plan.columns_of(field))
        .unwrap_or_default();
    columns.iter().map(|column| small(column.index)).collect()
}

/// How the table was read when the mapping was made.
fn chosen(plan: &Plan) -> TableChoice {
    let choice = plan.choice();
    TableChoice {
        sheet: choice.sheet,
        delimiter: choice.delimiter,
        encoding: choice.encoding,
        quote: choice.quote.map(|quote| match quote {
            Some(mark) => QuoteChoice::Mark { mark },
            None => QuoteChoice::None,
        }),
        header_row: choice.header_row.map(|row| match row {
            Some(row) => HeaderChoice::Row { row: small(row) },
            None => HeaderChoice::None,
        }),
    }
}
