//! A first fetch of 10,000 invoices, each answer 100 ms late, against Stripe's own client reading the same.

use std::time::{Duration, Instant};

use desk::Pacing;
use sandbox::Sandbox;
use serde_json::json;

use crate::desks::{call, company, connect, open, question, settle};
use crate::table::Table;
use crate::{median, official, say};

const INVOICES: usize = 10_000;
const LATENCY: Duration = Duration::from_millis(100);
/// What the desk asks of Stripe in a second at most, by Stripe's published limits.
const PACE: f64 = 5.0;

pub async fn measure(table: &mut Table) {
    let mut options = company(INVOICES);
    options.latency = LATENCY;
    let sandbox = Sandbox::start(options).await.unwrap();
    official::python();

    let (mut official_first, mut official_last) = (Vec::new(), Vec::new());
    let (mut first, mut last) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let read = official::read_all(&sandbox).await;
        assert_eq!(read.invoices, INVOICES);
        official_first.push(read.first);
        official_last.push(read.last);
        let desk = fetch(&sandbox, Pacing::Unlimited).await;
        first.push(desk.first);
        last.push(desk.last);
    }
    let paced = fetch(&sandbox, Pacing::AsAgreed).await;
    let at_best = Duration::from_secs_f64(paced.requests as f64 / PACE);

    table.part(&format!(
        "Fetch of {INVOICES} invoices, {LATENCY:?} a request; medians of 3, at the published pace once"
    ));
    let (client, first_of_client) = (median(&mut official_last), median(&mut official_first));
    let stripes = "Stripe's client";
    table.ratio(
        "kept in the cache, pace lifted",
        median(&mut last),
        (stripes, client),
        Some(1.0),
    );
    table.ratio(
        "kept in the cache, 5 requests a second",
        paced.last,
        (stripes, client),
        Some(1.0),
    );
    let bound = format!("{} requests at that pace", paced.requests);
    table.ratio("  the same", paced.last, (&bound, at_best), Some(1.1));
    let client = "Stripe's client's first";
    table.ratio(
        "first rows in the list, pace lifted",
        median(&mut first),
        (client, first_of_client),
        Some(2.0),
    );
    table.ratio(
        "first rows, 5 requests a second",
        paced.first,
        (client, first_of_client),
        Some(2.0),
    );
}

struct Fetch {
    first: Duration,
    last: Duration,
    requests: usize,
}

async fn fetch(sandbox: &Sandbox, pacing: Pacing) -> Fetch {
    let folder = tempfile::tempdir().unwrap();
    let desk = open(sandbox, folder.path(), pacing).await;
    connect(&desk, sandbox).await;
    sandbox.forget_requests();
    let mut told = desk.events();
    let begun = Instant::now();
    call(
        &desk,
        "sync",
        json!({ "connection": null, "created": null }),
    )
    .await;
    let first = loop {
        // Like the page: it asks when it is told that something changed.
        told.recv().await.unwrap();
        let page = call(&desk, "invoices", question(&[], "", "due_date", false)).await;
        if page["rows"].as_array().is_some_and(|rows| !rows.is_empty()) {
            break begun.elapsed();
        }
    };
    settle(&desk).await;
    let last = begun.elapsed();
    let mut whole = question(&[], "", "due_date", false);
    whole["query"]["partly_paid"] = json!(true);
    let page = call(&desk, "invoices", whole).await;
    assert_eq!(page["total"], INVOICES);
    let requests = sandbox.requests_to("stripe GET /v1/invoices").len();
    say(&format!(
        "fetched {} in {last:.1?}, first rows after {first:.1?}, {requests} requests",
        match pacing {
            Pacing::AsAgreed => "at the published pace",
            _ => "with the pace lifted",
        }
    ));
    Fetch {
        first,
        last,
        requests,
    }
}
