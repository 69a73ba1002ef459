//! `preview` and `submit`: what would be sent, and sending it after `--yes`.

use desk::FailureCode;
use desk::wire::*;
use serde_json::{Value, json};

use crate::print::Printer;
use crate::session::Session;

pub async fn preview(
    session: &Session,
    printer: &Printer,
    ids: Vec<String>,
) -> Result<bool, Failure> {
    let review = reviewed(session, ids).await?;
    let complete = review.dropped.is_empty() && review.obstacle.is_none();
    printer.result(&json!({ "review": review }), || review_lines(&review));
    let _: Nothing = session
        .call("discard_review", ById { id: review.id })
        .await?;
    Ok(complete)
}

/// Repeating it is safe: an invoice that was submitted is reported as it stands, one whose submission was cut off goes on.
pub async fn submit(
    session: &Session,
    printer: &Printer,
    ids: Vec<String>,
    yes: bool,
) -> Result<bool, Failure> {
    if !yes {
        let cases = ids.len();
        return Err(Failure::about(FailureCode::InvalidValue, "Nothing was sent: --yes is missing.")
            .because(format!("Submitting {cases} cases is a legal act against their debtors. Look first with `desk preview`.")));
    }
    let (standing, mut failure) = resume(session, printer, &ids).await?;
    let is_new = |id: &&String| !standing.iter().any(|entry| entry.invoice == **id);
    let new: Vec<String> = ids.iter().filter(is_new).cloned().collect();
    let mut results: Vec<Value> = standing.iter().map(result).collect();
    if failure.is_none() && !new.is_empty() {
        let review = reviewed(session, new).await?;
        results.extend(review.dropped.iter().map(|dropped| {
            json!({ "id": dropped.invoice, "outcome": "rejected", "case_reference": null, "problem": { "what": dropped.why, "next": dropped.next } })
        }));
        if let Some(obstacle) = review.obstacle.filter(|_| !review.cases.is_empty()) {
            results.extend(review.cases.iter().map(|case| {
                json!({ "id": case.invoice, "outcome": "rejected", "case_reference": null, "problem": obstacle })
            }));
            failure = Some(obstacle);
        } else if !review.cases.is_empty() {
            let cases = u32::try_from(review.cases.len()).unwrap_or(u32::MAX);
            let request = Submit {
                review: review.id,
                cases,
            };
            let started: SubmitStarted = session.call("submit", request).await?;
            failure = wait(session, printer, &started.job).await;
            let batch: Batch = session.call("batch", ById { id: started.batch }).await?;
            results.extend(batch.entries.iter().map(result));
        }
    }
    results.sort_by_key(|result| ids.iter().position(|id| result["id"] == json!(id)));
    let complete = results
        .iter()
        .all(|result| result["outcome"] == "submitted" || result["outcome"] == "linked");
    let mut document = json!({ "results": results });
    if let Some(failure) = &failure {
        // What was reached stands in the results; this says why it went no further.
        document["failure"] = json!(failure);
        printer.message(&failure.to_string());
    }
    printer.result(&document, || results.iter().map(line).collect());
    Ok(complete && failure.is_none())
}

/// What an earlier yes made of the invoices: what it could not finish goes on first. Gives why that still cannot be. One
/// that ends here without a case is told so; a second try of it takes a second yes.
async fn resume(
    session: &Session,
    printer: &Printer,
    ids: &[String],
) -> Result<(Vec<BatchEntry>, Option<Failure>), Failure> {
    let named = || NamedInvoices { ids: ids.to_vec() };
    let found: BatchEntries = session.call("submissions", named()).await?;
    let mut entries = found.entries;
    let resumed: SubmissionsResumed = session.call("resume_submissions", named()).await?;
    let mut failure = None;
    for started in resumed.batches {
        failure = failure.or(wait(session, printer, &started.job).await);
        let batch: Batch = session.call("batch", ById { id: started.batch }).await?;
        for entry in batch.entries {
            if let Some(known) = entries.iter_mut().find(|known| known.id == entry.id) {
                *known = entry;
            }
        }
    }
    Ok((entries, failure))
}

async fn wait(session: &Session, printer: &Printer, job: &str) -> Option<Failure> {
    let told = |view: &JobView| match (&view.failure, view.total) {
        (Some(waits_for), _) if view.stage == JobStage::Waiting => {
            printer.message(&format!("waiting: {waits_for}"));
        }
        (_, Some(total)) if view.ended.is_none() => {
            printer.message(&format!("{}: {} of {total}", view.title, view.done));
        }
        _ => {}
    };
    session.wait(job, told).await.err()
}

fn result(entry: &BatchEntry) -> Value {
    json!({
        "id": entry.invoice,
        "outcome": outcome(&entry.stage),
        "case_reference": entry.case_reference,
        "problem": entry.problem,
    })
}

/// What a script may rely on: a case that is neither there nor refused yet is `unknown`.
fn outcome(stage: &str) -> &str {
    match stage {
        "submitted" | "linked" => stage,
        "rejected" | "withdrawn" => "rejected",
        _ => "unknown",
    }
}

fn line(result: &Value) -> String {
    let text = |key: &str| result[key].as_str().unwrap_or_default();
    let why = result["problem"]["what"].as_str().unwrap_or_default();
    format!(
        "{}  {}  {}{why}",
        text("id"),
        text("outcome"),
        text("case_reference")
    )
}

async fn reviewed(session: &Session, ids: Vec<String>) -> Result<Review, Failure> {
    let request = OfSelection {
        selection: Selection::Ids { ids },
    };
    let started: ReviewStarted = session.call("start_review", request).await?;
    session.wait(&started.job, |_| {}).await?;
    session.call("review", ById { id: started.review }).await
}

fn review_lines(review: &Review) -> Vec<String> {
    let mut lines = Vec::new();
    for case in &review.cases {
        lines.push(format!(
            "{}  {} {}  {}",
            case.reference, case.amount.currency, case.amount.value, case.debtor
        ));
    }
    for dropped in &review.dropped {
        lines.push(format!(
            "not submitted: {}  {}",
            dropped.reference.as_deref().unwrap_or(&dropped.invoice),
            dropped.why
        ));
    }
    for terms in &review.terms {
        let fee = terms.fee_percent.as_deref().unwrap_or("unknown");
        lines.push(format!(
            "{} cases: success fee {fee} %, partner {}",
            terms.cases,
            terms.partner.as_deref().unwrap_or("not yet chosen")
        ));
    }
    lines.extend(
        review
            .contracts
            .iter()
            .map(|contract| format!("to sign: {} {}", contract.name, contract.message)),
    );
    lines.extend(review.warnings.iter().cloned());
    lines.extend(review.obstacle.iter().map(|failure| failure.to_string()));
    lines
}
