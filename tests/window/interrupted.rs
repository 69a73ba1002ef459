//! A batch of thirty whose program is killed, whose network goes away and whose answers are lost, in the real window:
//! started again and finished, it shows what Debitura holds, row by row.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use sandbox::{Effect, Fault, FaultBody, Options, When};
use serde_json::{Value, json};

use crate::failures::{agree_and_submit, review, set_up};
use crate::support::inside;
use crate::support::main_job::click;
use crate::support::session::View;
use crate::support::window::in_window;
use crate::support::{Page, Stage};

const CASES: usize = 30;
/// Of them, before answers are lost.
const ANSWERED: usize = 8;
/// Of the agreed pace, so that a picture of the middle can be taken and the whole stays short.
const PACE: &str = "8";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display and the engine's driver: cargo xtask test"]
async fn a_batch_of_thirty_outlives_a_kill_and_a_lost_network() {
    let mut stage = Stage::set(Options::default()).await;
    stage.pace = Some(PACE);

    stage.sandbox.fault(Fault::new(
        "debitura POST /cases",
        When::After(ANSWERED as u32),
        Effect::TimeoutAfterCommit,
    ));
    in_window("interrupted-killed", &stage, View::USUAL, async |page| {
        set_up(page, &stage).await;
        review(page, CASES).await;
        agree_and_submit(page).await;
        page.read("Nothing is sent yet").await;
        page.picture("interrupted-1-held").await;
        assert_eq!(
            stage.sandbox.cases_created(),
            0,
            "sent while the window says that nothing is"
        );
        // Four are under way at a time: these are made, and nobody is told.
        until_cases(&stage, ANSWERED + 4).await;
        page.picture("interrupted-2-sending").await;
        inside::application(&stage.data_dir())[0].kill();
    })
    .await;
    stage.sandbox.clear_faults();
    // Debitura is back, but cannot be asked about references.
    stage.sandbox.fault(Fault::new(
        "debitura GET /cases/by-creditor-reference/{creditorReference}",
        When::Always,
        Effect::Status {
            code: 503,
            body: FaultBody::Html,
            headers: Vec::new(),
        },
    ));
    in_window("interrupted-again", &stage, View::USUAL, async |page| {
        open_batch(page).await;
        page.see("[data-stage=unknown]", "").await;
        assert_eq!(
            stage.sandbox.cases_created(),
            ANSWERED + 4,
            "sent again without knowing"
        );
        page.picture("interrupted-3-being-checked").await;
        stage.sandbox.clear_faults();
        let now = stage.sandbox.cases_created();
        until_cases(&stage, now + 3).await;
        stage.sandbox.pause();
        page.read("could not be reached").await;
        page.picture("interrupted-4-no-network").await;
        stage.sandbox.resume().await.unwrap();
        let started = Instant::now();
        while !page.text().await.contains("Finished") {
            assert!(
                started.elapsed() < Duration::from_secs(150),
                "{}",
                page.text().await
            );
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        page.picture("interrupted-5-finished").await;
        compare(page, &stage, CASES).await;
    })
    .await;
    let violations = stage.sandbox.violations();
    assert!(violations.is_empty(), "{violations:#?}");
}

async fn until_cases(stage: &Stage, count: usize) {
    let started = Instant::now();
    while stage.sandbox.cases_created() < count {
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "{} of {count} cases after a minute",
            stage.sandbox.cases_created()
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn open_batch(page: &Page) {
    page.press("Bulk Import").await;
    click(page, "[data-testid=batches-link]").await;
    click(page, "[data-testid=batch-link]").await;
    page.see("[data-testid=batch-entries]", "").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display and the engine's driver: cargo xtask test"]
async fn two_windows_and_three_command_lines_send_each_case_once() {
    const CASES: usize = 12;
    let mut stage = Stage::set(Options::default()).await;
    stage.pace = Some(PACE);
    in_window("shared-first", &stage, View::USUAL, async |page| {
        set_up(page, &stage).await;
        review(page, CASES).await;
        agree_and_submit(page).await;
        until_cases(&stage, 2).await;
        let submitted = desk(&stage, &["invoices", "--state", "submitted"]).await;
        let ids: Vec<&str> = submitted["invoices"]
            .as_array()
            .unwrap()
            .iter()
            .map(|invoice| invoice["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids.len(), CASES);
        let same = [&["submit", "--yes"], ids.as_slice()].concat();
        let second = in_window("shared-second", &stage, View::USUAL, async |page| {
            page.read("Another Debitura Desk is using the data folder.")
                .await;
            page.picture("interrupted-6-second-window").await;
        });
        let (_, first, second, third) = tokio::join!(
            second,
            desk(&stage, &same),
            desk(&stage, &same),
            desk(&stage, &same)
        );
        for told in [first, second, third] {
            let outcomes = told["results"].as_array().unwrap();
            assert_eq!(outcomes.len(), CASES);
            assert!(
                outcomes.iter().all(|one| one["outcome"] == "submitted"),
                "a script is told something else than the window: {told:#}"
            );
        }
        page.read("Finished").await;
        compare(page, &stage, CASES).await;
    })
    .await;
}

/// Runs the command line beside the window, in the same folder, to its end.
async fn desk(stage: &Stage, words: &[&str]) -> Value {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_debitura-desk")).with_file_name("desk");
    let done = tokio::process::Command::new(program)
        .arg("--data-dir")
        .arg(stage.data_dir())
        .arg("--json")
        .args(words)
        .envs(stage.variables())
        .output()
        .await
        .unwrap();
    serde_json::from_slice(&done.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&done.stderr)))
}

/// What a row says, or a case is: outcome, Debitura's reference, and the amount in digits with its currency.
type Row = (String, String, String);

async fn compare(page: &Page, stage: &Stage, cases: usize) {
    let script = "return [...document.querySelectorAll('[data-testid=entry]')].map((row) => [
        row.querySelector('th').textContent.trim(), row.dataset.stage,
        row.querySelector('[data-testid=case-reference]')?.textContent.trim() ?? '',
        row.querySelector('.amount').textContent.trim()])";
    let shown: Vec<[String; 4]> =
        serde_json::from_value(page.run(script, json!([])).await).unwrap();
    let shown: BTreeMap<String, Row> = shown
        .into_iter()
        .map(|[ours, stage, case, amount]| (ours, (stage, case, bare(&amount))))
        .collect();
    let held: BTreeMap<String, Row> = stage
        .sandbox
        .cases()
        .iter()
        .map(|case| {
            let text = |field: &str| case[field].as_str().unwrap_or_default().to_owned();
            let row = ("submitted".to_owned(), text("reference"), amount(case));
            (text("creditorReference"), row)
        })
        .collect();
    assert_eq!(shown.len(), cases);
    assert_eq!(
        shown, held,
        "the window and Debitura differ in outcome, reference or amount"
    );
    assert_eq!(
        stage.sandbox.cases_created(),
        cases,
        "a case was made twice"
    );
}

/// Digits and currency alone: how they are grouped is the locale's.
fn bare(amount: &str) -> String {
    amount
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .collect()
}

fn amount(case: &Value) -> String {
    let currency = case["currency"].as_str().unwrap_or_default();
    let exponent = match currency {
        "JPY" | "ISK" | "KRW" | "CLP" => 0,
        "KWD" | "BHD" | "TND" => 3,
        _ => 2,
    };
    let number = case["grossAmount"].as_f64().unwrap_or_default();
    bare(&format!("{number:.exponent$}{currency}"))
}
