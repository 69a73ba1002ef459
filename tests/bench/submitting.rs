//! A thousand cases at the agreed pace, with that pace and the provider's limits running twenty times faster alike.

use std::path::Path;
use std::time::{Duration, Instant};

use desk::Pacing;
use jiff::Timestamp;
use sandbox::{RateLimits, Sandbox};
use serde_json::{Value, json};

use crate::desks::{call, company, connect, fetch, open, settle};
use crate::say;
use crate::table::Table;

const CASES: usize = 1000;
/// Sixty seconds pass in three.
const SPEED: u32 = 20;
/// What the product promises for imports, a minute.
const AGREED: u32 = 100;

pub async fn measure(table: &mut Table) {
    let paced = submit(Pacing::Times(SPEED)).await;
    let lifted = submit(Pacing::Unlimited).await;
    table.part(&format!(
        "submitting {CASES} cases, a lookup, a creation and a document each, {AGREED} requests a minute, {SPEED} times faster"
    ));
    let slot = Duration::from_secs(60) / AGREED / SPEED;
    table.ratio(
        "requests to Debitura",
        paced.took,
        (
            "the limit itself",
            slot * u32::try_from(paced.requests).unwrap(),
        ),
        // 97 % of it.
        Some(1.03),
    );
    table.ratio(
        "longest time without a request",
        paced.longest_gap,
        ("two slots", slot * 2),
        Some(1.0),
    );
    table.ratio(
        "a case with the pace lifted, four at a time, the sandbox included",
        lifted.took / u32::try_from(CASES).unwrap(),
        ("three slots", slot * 3 * SPEED),
        None,
    );
    table.sizes(
        "journal of the batch",
        paced.journal as f64 / 1e6,
        ("a kilobyte a case", CASES as f64 / 1000.0),
        None,
    );
}

struct Submitted {
    took: Duration,
    requests: usize,
    longest_gap: Duration,
    journal: u64,
}

async fn submit(pacing: Pacing) -> Submitted {
    let mut options = company(3 * CASES);
    options.settings.debitura.rate_limits = (pacing != Pacing::Unlimited).then_some(RateLimits {
        minute: AGREED,
        speed: SPEED,
        ..RateLimits::default()
    });
    let sandbox = Sandbox::start(options).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let desk = open(&sandbox, folder.path(), pacing).await;
    connect(&desk, &sandbox).await;
    fetch(&desk).await;
    let ready = ready(&desk).await;
    let before = exported(&desk, &folder.path().join("before.db")).await;
    let chosen = json!({ "selection": { "kind": "ids", "ids": ready } });
    let review = call(&desk, "start_review", chosen).await;
    settle(&desk).await;
    let seen = call(&desk, "review", json!({ "id": review["review"] })).await;
    assert_eq!(seen["cases"].as_array().unwrap().len(), CASES);
    sandbox.forget_requests();
    let begun = Instant::now();
    call(
        &desk,
        "submit",
        json!({ "review": review["review"], "cases": CASES }),
    )
    .await;
    settle(&desk).await;
    let took = begun.elapsed();
    let after = exported(&desk, &folder.path().join("after.db")).await;
    assert_eq!(
        sandbox.cases_created(),
        CASES,
        "a figure about cases that are not there"
    );
    let (times, refused) = requests(&sandbox);
    assert_eq!(refused, 0, "the pace itself must keep within the limit");
    let longest_gap = times
        .windows(2)
        .map(|pair| pair[1].duration_since(pair[0]).unsigned_abs())
        .max()
        .unwrap_or_default();
    say(&format!(
        "submitted {CASES} in {took:.1?} with {} requests to Debitura",
        times.len()
    ));
    Submitted {
        took,
        requests: times.len(),
        longest_gap,
        journal: after - before,
    }
}

async fn ready(desk: &std::sync::Arc<desk::Desk>) -> Vec<Value> {
    let mut question = crate::desks::question(&[], "", "due_date", false);
    question["query"]["partly_paid"] = json!(true);
    for field in ["debtor_type", "due_date"] {
        let all = json!({ "kind": "matching", "query": question["query"], "except": [] });
        call(
            desk,
            "accept_suggestions",
            json!({ "selection": all, "field": field }),
        )
        .await;
    }
    let mut question = crate::desks::question(&["ready"], "", "due_date", false);
    let mut ids: Vec<Value> = Vec::new();
    while ids.len() < CASES {
        question["window"] = json!({ "offset": ids.len(), "limit": 500 });
        let page = call(desk, "invoices", question.clone()).await;
        let rows = page["rows"].as_array().unwrap();
        assert!(!rows.is_empty(), "too few invoices are ready");
        ids.extend(rows.iter().map(|row| row["id"].clone()));
    }
    ids.truncate(CASES);
    ids
}

/// When Debitura was asked, and how often it said that it was too much.
fn requests(sandbox: &Sandbox) -> (Vec<Timestamp>, usize) {
    let all = sandbox.requests();
    let asked = || all.iter().filter(|request| request.provider == "debitura");
    let refused = asked()
        .filter(|request| request.status == Some(429))
        .count();
    (asked().map(|request| request.at).collect(), refused)
}

/// The size of a copy of the book, without what its file keeps free.
async fn exported(desk: &std::sync::Arc<desk::Desk>, file: &Path) -> u64 {
    call(desk, "export_journal", json!({ "file": file })).await;
    std::fs::metadata(file).unwrap().len()
}
