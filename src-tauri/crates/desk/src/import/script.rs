//! Importing from the command line: one file at once, and what is wrong with its rows.

use std::path::PathBuf;
use std::sync::Arc;

use bulk_import::plan::Plan;
use receivables::{Assessment, Field, InvoiceId};
use store::{Import, ImportState};

use super::opening::Brought;
use super::rows::row_number;
use super::stage::Stage;
use crate::FailureCode;
use crate::office::Office;
use crate::wire::{
    ById, ColumnQuestion, Failure, HeaderChoice, ImportFile, ImportReport, ImportResult,
    QuoteChoice, RowProblem, TableChoice, small,
};

/// Rows judged together.
const LOT: u32 = 2000;

impl Office {
    /// Opens a file as an import, lays the mapping over it, and begins to read its rows unless something must be asked.
    /// The same file again is the same import: a script that is run twice, or was cut off, finds each row once.
    pub(crate) async fn import_file(
        self: &Arc<Self>,
        request: ImportFile,
    ) -> Result<ImportResult, Failure> {
        let chosen = TableChoice {
            sheet: request.sheet.clone(),
            ..request.mapping.as_ref().map(chosen).unwrap_or_default()
        };
        let file = PathBuf::from(&request.file);
        match self.workspace().await {
            Err(failure) if failure.code == FailureCode::NoWorkspace => {
                return self.look_at_file(file, chosen, request.mapping).await;
            }
            _ => {}
        }
        let brought = self.bring_in(&file, chosen).await?;
        let (import, again) = match self.import_of_same(&brought).await? {
            Some(import) => {
                self.forget_copy(&brought.copied.id, &brought.copied.file_name)
                    .await;
                if request.mapping.is_some() {
                    self.add_stage(&import, "Imported again by a script", &brought.stage)
                        .await?;
                }
                (import, true)
            }
            None => (self.keep_import(brought).await?, false),
        };
        if let Some(plan) = request.mapping {
            self.lay_mapping(&import.id, "Applied the mapping of a script", plan, true)
                .await?;
        }
        let (_, stage) = self.stage(&import).await?;
        let questions = questions(&stage);
        let job = match questions.is_empty() {
            true => {
                let id = import.id.clone();
                Some(self.read_rows(ById { id }).await?.job)
            }
            false => None,
        };
        Ok(ImportResult {
            import: Some(import.id),
            again,
            job,
            questions,
            rows: stage.rows,
            left_out: stage.left_out,
            found: None,
        })
    }

    /// The import that was made of the same sheet of the same file, and not given up.
    async fn import_of_same(&self, brought: &Brought) -> Result<Option<Import>, Failure> {
        let Brought {
            workspace,
            copied,
            stage,
        } = brought;
        for import in self.book.imports(workspace.id).await? {
            let same = import.sha256 == copied.sha256
                && import.file_name == copied.file_name
                && import.state != ImportState::Undone;
            if same && self.stage(&import).await?.1.plan.dialect.sheet == stage.plan.dialect.sheet {
                return Ok(Some(import));
            }
        }
        Ok(None)
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
                let id = &draft.invoice.id;
                let found = problems_of(&stage.plan, id, judging.judge(&draft.invoice));
                problems.extend(found.map(|problem| RowProblem {
                    id: Some(id.to_string()),
                    ..problem
                }));
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

/// What keeps the rows of a file from being read.
pub(super) fn questions(stage: &Stage) -> Vec<ColumnQuestion> {
    let asking = stage.questions().into_iter();
    let question = |at: u32| {
        let column = stage.plan.columns.get(at as usize)?;
        Some(ColumnQuestion {
            column: at,
            name: column.name.clone(),
            field: column.field?,
            question: column.format.as_ref()?.question.clone()?,
        })
    };
    asking.filter_map(question).collect()
}

/// What is wrong with one row, by row and column.
pub(super) fn problems_of(
    plan: &Plan,
    id: &InvoiceId,
    assessment: Assessment,
) -> impl Iterator<Item = RowProblem> {
    let (row, state) = (row_number(id), assessment.state);
    assessment
        .problems
        .into_iter()
        .map(move |problem| RowProblem {
            id: None,
            row,
            state,
            columns: columns(plan, problem.field),
            code: problem.code.name().to_owned(),
            field: problem.field,
            blocks: problem.blocks,
            what: problem.what,
            fix: problem.fix,
        })
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
