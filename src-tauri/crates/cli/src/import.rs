//! `desk map` and `desk import`: how a table is read, and its rows as drafts, with what is wrong by row and column.

use std::path::Path;

use desk::wire::*;
use desk::{FailureCode, Plan};
use serde_json::{Value, json};

use crate::print::Printer;
use crate::session::Session;

/// Problems shown to people; the JSON document has all.
const SHOWN: usize = 20;

/// Says how a table is read and what its columns are. Keeps nothing.
pub async fn map(
    session: &Session,
    printer: &Printer,
    file: &Path,
    sheet: Option<String>,
) -> Result<bool, Failure> {
    // The owner of the folder may stand somewhere else.
    let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let request = MapTable {
        file: file.to_string_lossy().into_owned(),
        sheet,
    };
    let plan: Plan = session.call("map_table", request).await?;
    printer.result(&json!(plan), || mapping_lines(&plan));
    Ok(true)
}

/// How the table is read, then each column, under it how its values are written.
fn mapping_lines(plan: &Plan) -> Vec<String> {
    let dialect = &plan.dialect;
    let mut parts = Vec::new();
    parts.extend(dialect.encoding.clone());
    parts.extend(
        dialect
            .delimiter
            .map(|delimiter| format!("delimiter {delimiter:?}")),
    );
    parts.extend(dialect.sheet.as_ref().map(|sheet| format!("sheet {sheet}")));
    parts.push(plan.header_row.map_or_else(
        || "no header row".to_owned(),
        |row| format!("header in row {}", row + 1),
    ));
    let mut lines = vec![parts.join(", ")];
    for column in &plan.columns {
        let field = column.field.map_or("-", |field| field.name());
        lines.push(format!(
            "{:>3}  {}  {field}  {:.0} %  {}",
            column.index,
            column.name,
            column.confidence * 100.0,
            column.reason
        ));
        if let Some(format) = &column.format {
            lines.push(format!("     {}", format.evidence));
        }
    }
    lines
}

/// Imports the rows of a table.
pub async fn import(
    session: &Session,
    printer: &Printer,
    file: &Path,
    sheet: Option<String>,
    mapping: Option<&Path>,
) -> Result<bool, Failure> {
    // The owner of the folder may stand somewhere else.
    let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let request = ImportFile {
        file: file.to_string_lossy().into_owned(),
        sheet,
        mapping: mapping.map(read_mapping).transpose()?,
    };
    let begun: ImportResult = session.call("import_file", request).await?;
    if begun.again {
        printer.message(
            "This very file was imported before: its rows are read in the place of those.",
        );
    }
    let Some(job) = &begun.job else {
        let clean = tell(printer, &begun, begun.found.as_ref());
        if begun.import.is_none() {
            printer.message(
                "Nothing was kept: there is no workspace to keep it for. Connect Debitura (`desk connect debitura`) \
                 and import again.",
            );
            return Ok(false);
        }
        return Ok(clean);
    };
    let job = session
        .wait(job, |view| {
            if view.ended.is_none() {
                printer.message(&format!("{}: {} {}", view.title, view.done, view.unit));
            }
        })
        .await?;
    if let Some(failure) = job.failure {
        return Err(failure);
    }
    let id = begun.import.clone().unwrap_or_default();
    let report: ImportReport = session.call("import_report", ById { id }).await?;
    Ok(tell(printer, &begun, Some(&report)))
}

/// Prints what became of the file, or would, and whether nothing is in the way of its rows. Without a report something
/// must be answered first.
fn tell(printer: &Printer, begun: &ImportResult, report: Option<&ImportReport>) -> bool {
    let problems = report.map_or(&[][..], |report| &report.problems);
    let document = json!({
        "import": begun.import,
        "kept": begun.import.is_some(),
        "connection": report.and_then(|report| report.connection.as_ref()),
        "rows": begun.rows,
        "drafts": report.map_or(0, |report| report.rows),
        "left_out": begun.left_out,
        "counts": report.map(counts).unwrap_or_else(|| json!({})),
        "questions": begun.questions,
        "problems": problems.iter().map(problem_document).collect::<Vec<_>>(),
    });
    printer.result(&document, || match report {
        Some(report) => lines(begun, report),
        None => begun.questions.iter().map(asked).collect(),
    });
    if report.is_none() {
        printer.message(
            "Nothing was read: answer in the mapping (`format.date_order`, `format.decimal`) and import with --mapping.",
        );
        return false;
    }
    let in_doubt = problems.iter().filter(|problem| problem.blocks).count();
    if in_doubt > 0 {
        printer.message(&format!(
            "{in_doubt} problems keep rows from being submitted."
        ));
    }
    in_doubt == 0
}

/// What must be answered before rows can be read: a column that can be read in more than one way.
fn asked(question: &ColumnQuestion) -> String {
    let choices = question.question.choices.iter();
    let meanings: Vec<&str> = choices.map(|choice| choice.meaning.as_str()).collect();
    format!(
        "column {} ({}): {} is {}?",
        question.column,
        question.name,
        question.question.value,
        meanings.join(" or ")
    )
}

fn read_mapping(path: &Path) -> Result<Plan, Failure> {
    let refused = |why: String| {
        Failure::about(FailureCode::MappingUnreadable, &path.to_string_lossy()).because(why)
    };
    let text = std::fs::read_to_string(path).map_err(|error| refused(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| refused(error.to_string()))
}

fn counts(report: &ImportReport) -> Value {
    let counts = report.counts.iter();
    counts
        .map(|found| (found.state.name().to_owned(), json!(found.count)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn problem_document(problem: &RowProblem) -> Value {
    json!({
        "id": problem.id,
        "row": problem.row,
        "column": problem.columns.first(),
        "field": problem.field,
        "code": problem.code,
        "blocks": problem.blocks,
        "what": problem.what,
        "fix": problem.fix,
    })
}

fn lines(begun: &ImportResult, report: &ImportReport) -> Vec<String> {
    let mut lines = vec![match &begun.import {
        Some(import) => format!(
            "{} of {} rows imported as {import}.",
            report.rows, begun.rows
        ),
        None => format!("{} of {} rows can be imported.", report.rows, begun.rows),
    }];
    for found in &report.counts {
        lines.push(format!("{:<10} {}", found.state.name(), found.count));
    }
    for left_out in &begun.left_out {
        let rows: Vec<String> = left_out
            .first
            .iter()
            .map(|row| row.row.to_string())
            .collect();
        lines.push(format!(
            "left out   {} (rows {})",
            left_out.count,
            rows.join(", ")
        ));
    }
    let blocking = report.problems.iter().filter(|problem| problem.blocks);
    for problem in blocking.take(SHOWN) {
        let field = problem.field.map_or("", |field| field.name());
        lines.push(format!("row {}  {field}  {}", problem.row, problem.what));
    }
    lines
}
