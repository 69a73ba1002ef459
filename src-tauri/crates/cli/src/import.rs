//! `desk import`: rows of a table to drafts, with what is wrong by row and column.

use std::path::Path;

use desk::wire::*;
use desk::{FailureCode, Plan};
use serde_json::{Value, json};

use crate::print::Printer;
use crate::session::Session;

/// Problems shown to people; the JSON document has all.
const SHOWN: usize = 20;

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
    let Some(job) = &begun.job else {
        return Ok(asked(printer, &begun));
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
    let id = begun.import.clone();
    let report: ImportReport = session.call("import_report", ById { id }).await?;
    let blocking = report.problems.iter().filter(|problem| problem.blocks);
    let in_doubt = blocking.count();
    let document = json!({
        "import": begun.import,
        "connection": report.connection,
        "rows": begun.rows,
        "drafts": report.rows,
        "left_out": begun.left_out,
        "counts": counts(&report),
        "questions": begun.questions,
        "problems": report.problems.iter().map(problem_document).collect::<Vec<_>>(),
    });
    printer.result(&document, || lines(&begun, &report));
    if in_doubt > 0 {
        printer.message(&format!(
            "{in_doubt} problems keep rows from being submitted."
        ));
    }
    Ok(in_doubt == 0)
}

/// Says what must be answered before rows can be read: which columns can be read in more than one way.
fn asked(printer: &Printer, begun: &ImportResult) -> bool {
    let document = json!({
        "import": begun.import,
        "connection": null,
        "rows": begun.rows,
        "drafts": 0,
        "left_out": begun.left_out,
        "counts": {},
        "questions": begun.questions,
        "problems": [],
    });
    printer.result(&document, || {
        let line = |question: &ColumnQuestion| {
            let choices = question.question.choices.iter();
            let meanings: Vec<&str> = choices.map(|choice| choice.meaning.as_str()).collect();
            format!(
                "column {} ({}): {} is {}?",
                question.column,
                question.name,
                question.question.value,
                meanings.join(" or ")
            )
        };
        begun.questions.iter().map(line).collect()
    });
    printer.message(
        "Nothing was read: answer in the mapping (`format.date_order`, `format.decimal`) and import with --mapping.",
    );
    false
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
    let mut lines = vec![format!(
        "{} of {} rows imported as {}.",
        report.rows, begun.rows, begun.import
    )];
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
