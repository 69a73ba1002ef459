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

/// How a yes is refused when another one, or a correction, came after the review.
const OVERTAKEN: [FailureCode; 2] = [FailureCode::AlreadySubmitted, FailureCode::ReviewStale];

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
        let (told, stopped) = submit_new(session, printer, new).await?;
        results.extend(told);
        failure = stopped;
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

/// Reviews invoices for which nothing stands and says yes to what can be sent: what became of each, and what stopped it.
async fn submit_new(
    session: &Session,
    printer: &Printer,
    ids: Vec<String>,
) -> Result<(Vec<Value>, Option<Failure>), Failure> {
    let review = reviewed(session, ids).await?;
    let some = !review.cases.is_empty();
    let mut results = Vec::new();
    let mut failure = None;
    let mut refused = review.obstacle.clone().filter(|_| some);
    if some && refused.is_none() {
        match agree(session, printer, &review).await {
            Ok((entries, stopped)) => {
                results.extend(entries.iter().map(result));
                failure = stopped;
            }
            Err(overtaken) if OVERTAKEN.contains(&overtaken.code) => refused = Some(overtaken),
            Err(broken) => return Err(broken),
        }
    }
    let dropped = review.dropped.iter().map(|one| {
        let why = json!({ "what": one.why, "next": one.next });
        (one.invoice.as_str(), why)
    });
    let held = refused.iter().flat_map(|why| {
        let cases = review.cases.iter();
        cases.map(move |case| (case.invoice.as_str(), json!(why)))
    });
    let mut unsent: Vec<(&str, Value)> = dropped.chain(held).collect();
    // Another yes may have come meanwhile: what it made of them is told. The rest is not sent, for nobody has seen what
    // it says now.
    let ids: Vec<String> = unsent.iter().map(|(id, _)| (*id).to_owned()).collect();
    let (standing, unfinished) = resume(session, printer, &ids).await?;
    unsent.retain(|(id, _)| !standing.iter().any(|entry| entry.invoice == *id));
    let failure = failure
        .or(unfinished)
        .or(refused.filter(|_| !unsent.is_empty()));
    results.extend(standing.iter().map(result));
    results.extend(unsent.into_iter().map(|(id, why)| {
        json!({ "id": id, "outcome": "rejected", "case_reference": null, "problem": why })
    }));
    Ok((results, failure))
}

/// Says yes to a review: what became of each of its cases, and what stopped it.
async fn agree(
    session: &Session,
    printer: &Printer,
    review: &Review,
) -> Result<(Vec<BatchEntry>, Option<Failure>), Failure> {
    let request = Submit {
        review: review.id.clone(),
        cases: u32::try_from(review.cases.len()).unwrap_or(u32::MAX),
    };
    let started: SubmitStarted = session.call("submit", request).await?;
    let failure = wait(session, printer, &started.job).await;
    let batch: Batch = session.call("batch", ById { id: started.batch }).await?;
    Ok((batch.entries, failure))
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
