//! What goes wrong at people's desks, caused for real: its words are read from the window, its cause is taken away, and
//! the same action succeeds.
#![allow(clippy::print_stdout, reason = "a test that cannot be played says why")]

mod disk;
mod keys;
mod places;
mod reaching;
mod recovery;

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::driver::keys::{DOWN, SHIFT};
use crate::support::main_job::click;
use crate::support::{Page, Stage};

const PLAYED: &str = "Nordlys Design ApS";

/// Empties a field and writes into it.
async fn write(page: &Page, testid: &str, text: &str) {
    let field = page.see(&format!("[data-testid={testid}]"), "").await;
    page.driver().clear(&field).await.unwrap();
    page.driver().type_into(&field, text).await.unwrap();
}

/// Writes a key and presses the button that keeps it.
async fn connect(page: &Page, provider: &str, key: &str) {
    write(page, &format!("{provider}-key"), key).await;
    click(page, &format!("[data-testid=connect-{provider}]")).await;
}

/// Reads a failure in the window, and keeps a picture of it.
async fn read_failure(page: &Page, picture: &str, words: &[&str]) {
    for words in words {
        page.read(words).await;
    }
    page.picture(&format!("failure-{picture}")).await;
}

/// Waits until words have left the window.
async fn no_longer(page: &Page, words: &str) {
    page.until(&format!("{words:?} to go"), async || {
        !page.text().await.contains(words)
    })
    .await;
}

/// The first run with the right keys, up to the fetched invoices.
pub(crate) async fn set_up(page: &Page, stage: &Stage) {
    connect(page, "debitura", stage.sandbox.debitura_key()).await;
    page.read(PLAYED).await;
    connect(page, "stripe", stage.sandbox.stripe_key()).await;
    fetched(page).await;
}

/// Waits until a fetch has ended and its invoices are listed.
async fn fetched(page: &Page) {
    page.see("[data-row='0']", "").await;
    page.until("the fetch to end", async || {
        let script = "return document.querySelectorAll('progress, [role=progressbar]').length";
        page.run(script, json!([])).await == json!(0)
    })
    .await;
}

/// Makes overdue invoices ready, chooses some and has them reviewed.
pub(crate) async fn review(page: &Page, count: usize) {
    click(page, "[data-testid=select-all]").await;
    for field in ["due_date", "debtor_type"] {
        let accept = format!("[data-testid=accept-{field}]");
        click(page, &accept).await;
        page.gone(&accept, "").await;
    }
    click(page, "[data-testid=clear-selection]").await;
    click(page, "[data-testid=filter-attention] button").await;
    page.gone("[data-testid=selection-bar]", "").await;
    click(page, "[data-row='0'] [data-testid=select-row]").await;
    page.read("1 selected").await;
    // Rows further down come into view as the choice is drawn over them.
    for _ in 1..count {
        page.keys(&[SHIFT, DOWN]).await;
    }
    page.read(&format!("{count} selected")).await;
    click(page, "[data-testid=review]").await;
    page.see("[data-testid=agree]", "").await;
}

pub(crate) async fn agree_and_submit(page: &Page) {
    click(page, "[data-testid=agree]").await;
    click(page, "[data-testid=submit]").await;
}

/// Waits until so many cases have their references; longer than the page's own patience, since a batch that waited takes
/// its time to begin again.
async fn submitted(page: &Page, stage: &Stage, count: usize) {
    let shown = async || {
        let script = "return [...document.querySelectorAll('[data-testid=case-reference]')]
            .map((cell) => cell.textContent.trim()).filter(Boolean)";
        let shown = page.run(script, json!([])).await;
        serde_json::from_value::<Vec<String>>(shown).unwrap_or_default()
    };
    let started = Instant::now();
    while shown().await.len() < count && started.elapsed() < Duration::from_secs(90) {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let mut shown = shown().await;
    shown.sort();
    let mut held: Vec<String> = stage
        .sandbox
        .cases()
        .iter()
        .map(|case| case["reference"].as_str().unwrap_or_default().to_owned())
        .collect();
    held.sort();
    assert_eq!(
        shown,
        held,
        "the window and Debitura differ:\n{}",
        page.text().await
    );
    assert_eq!(held.len(), count);
    assert_eq!(
        stage.sandbox.cases_created(),
        count,
        "a case was made twice"
    );
    let violations = stage.sandbox.violations();
    assert!(violations.is_empty(), "{violations:#?}");
}
