//! The application is killed in the middle of each step of an import, and of the submission of its rows: started again, it
//! is where it was, and every row is there and sent once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sandbox::Options;

use crate::support::import_job::{arrive, go, listed};
use crate::support::inside;
use crate::support::main_job::click;
use crate::support::session::View;
use crate::support::window::in_window;
use crate::support::{Page, Stage};

/// So many that they are staged in several lots, and a kill finds some of them written.
const ROWS: usize = 4_500;
/// Rows that can become cases; the others lack a city.
const READY: usize = 12;
/// Of the agreed pace, so that a kill finds the submission under way and the rest stays short.
const PACE: &str = "8";

/// Every date can be read two ways; no column says what the debtors are; the first row lacks a city as most do.
fn write_export(folder: &Path) -> PathBuf {
    let mut text =
        "Open items\nInvoice Number,Customer,Street,City,Postcode,Country,Invoice Date,Due Date,Amount Due,Currency\n"
            .to_owned();
    for row in 0..ROWS {
        let city = if (1..=READY).contains(&row) {
            "Leeds"
        } else {
            ""
        };
        writeln!(
            text,
            "KILL-{row:05},Debtor {row} Ltd,{row} Oak Street,{city},LS1 4DY,United Kingdom,03/04/2025,05/05/2025,{}.00,GBP",
            1000 + row
        )
        .unwrap();
    }
    let file = folder.join("open items.csv");
    std::fs::write(&file, text).unwrap();
    file
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display and the engine's driver: cargo xtask test"]
async fn an_import_outlives_a_kill_in_each_of_its_steps() {
    let mut stage = Stage::set(Options::default()).await;
    stage.pace = Some(PACE);
    let file = write_export(stage.folder.path());

    life(&stage, "table", async |page| {
        arrive(page, &stage).await;
        stage.choose(&file);
        click(page, "[data-testid=choose-file]").await;
        page.see("[data-testid=file-rows]", "").await;
        // The header is said to be somewhere else, and back: two steps of history.
        click(page, "[data-testid=header-3]").await;
        page.see("[data-testid=header-3][aria-pressed=true]", "")
            .await;
        click(page, "[data-testid=header-2]").await;
        page.see("[data-testid=header-2][aria-pressed=true]", "")
            .await;
    })
    .await;

    life(&stage, "columns", async |page| {
        go_on(page).await;
        page.see("[data-testid=header-2][aria-pressed=true]", "")
            .await;
        click(page, "[data-testid=undo-step]:enabled").await;
        page.see("[data-testid=header-3][aria-pressed=true]", "")
            .await;
        click(page, "[data-testid=redo-step]:enabled").await;
        page.see("[data-testid=header-2][aria-pressed=true]", "")
            .await;
        click(page, "[data-testid=to-columns]").await;
        click(page, "[data-testid=answer-dmy]").await;
        page.gone("[data-testid=questions]", "").await;
        let select = page.see("[data-testid=constant-debtor_type]", "").await;
        page.driver().type_into(&select, "c").await.unwrap();
        click(page, "[data-testid=set-constant-debtor_type]:enabled").await;
        page.see("[data-testid=is-constant-debtor_type]", "").await;
    })
    .await;

    life(&stage, "staging", async |page| {
        go_on(page).await;
        page.see("[data-testid=is-constant-debtor_type]", "").await;
        assert!(
            !page.shows("[data-testid=questions]", "").await,
            "asked again what was answered"
        );
        click(page, "[data-testid=to-check]").await;
        rows_in_the_book(&stage, "some", |rows| rows > 0).await;
    })
    .await;
    let left = staged_rows(&stage);
    assert!(
        left < ROWS,
        "the kill came too late to find rows being staged"
    );

    life(&stage, "check", async |page| {
        go_on(page).await;
        page.see("[data-testid=is-constant-debtor_type]", "").await;
        assert_eq!(staged_rows(&stage), 0, "half a file was kept");
        click(page, "[data-testid=to-check]").await;
        rows_in_the_book(&stage, "all", |rows| rows == ROWS).await;
        page.until("every row to be listed", async || {
            listed(page).await == ROWS
        })
        .await;
        // The first row is mended by hand.
        click(page, "[data-row='0'] [role=rowheader]").await;
        let city = page.see("[data-testid=fix-input-debtor_city]", "").await;
        page.driver()
            .type_into(&city, "York\u{e007}")
            .await
            .unwrap();
        page.gone("[data-testid=problem-city_missing]", "").await;
    })
    .await;

    life(&stage, "review", async |page| {
        past_import(page).await;
        page.until("every row to be listed", async || {
            listed(page).await == ROWS
        })
        .await;
        click(page, "[data-testid=review-ready]:enabled").await;
        page.read(&format!("{}", READY + 1)).await;
        click(page, "[data-testid=agree]").await;
        page.see("[data-testid=submit]:enabled", "").await;
    })
    .await;
    assert_eq!(stage.sandbox.cases_created(), 0, "sent before the yes");

    life(&stage, "submission", async |page| {
        past_import(page).await;
        click(page, "[data-testid=review-ready]:enabled").await;
        click(page, "[data-testid=agree]").await;
        click(page, "[data-testid=submit]").await;
        cases(&stage, 3).await;
    })
    .await;

    in_window("import-killed-result", &stage, View::USUAL, async |page| {
        // It goes on by itself.
        cases(&stage, READY + 1).await;
        go(page, "#/bulk-import/files").await;
        page.read(&format!("{} submitted", READY + 1)).await;
        page.picture("import-killed-result").await;
    })
    .await;
    assert_eq!(staged_rows(&stage), ROWS, "a row was lost or came twice");
    let mut held: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for case in stage.sandbox.cases() {
        let reference = case["creditorReference"].as_str().unwrap_or_default();
        let amount = case["grossAmount"].as_f64().unwrap_or_default();
        held.entry(reference.to_owned()).or_default().push(amount);
    }
    let meant = (0..=READY).map(|row| (format!("KILL-{row:05}"), vec![1000.0 + row as f64]));
    assert_eq!(held, meant.collect(), "each row is one case of its amount");
    let violations = stage.sandbox.violations();
    assert!(violations.is_empty(), "{violations:#?}");
}

/// One start of the application, killed at its end.
async fn life(stage: &Stage, step: &str, act: impl AsyncFnOnce(&Page)) {
    in_window(
        &format!("import-killed-{step}"),
        stage,
        View::USUAL,
        async |page| {
            act(page).await;
            inside::application(&stage.data_dir())[0].kill();
        },
    )
    .await;
}

/// Goes on with the import that is not finished.
async fn go_on(page: &Page) {
    page.see("main", "").await;
    go(page, "#/bulk-import/files").await;
    click(page, "[data-testid=open-imports] a").await;
}

/// Goes to the checked rows of the one import.
async fn past_import(page: &Page) {
    page.see("main", "").await;
    go(page, "#/bulk-import/files").await;
    click(page, "[data-testid=past-imports] th a").await;
}

/// Rows in the book, whoever they belong to.
fn staged_rows(stage: &Stage) -> usize {
    let book = rusqlite::Connection::open_with_flags(
        stage.data_dir().join("book.db"),
        rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY,
    );
    let count = book.and_then(|book| {
        book.query_row("SELECT count(*) FROM drafts", [], |row| {
            row.get::<_, i64>(0)
        })
    });
    usize::try_from(count.unwrap()).unwrap()
}

async fn rows_in_the_book(stage: &Stage, what: &str, holds: impl Fn(usize) -> bool) {
    let started = Instant::now();
    while !holds(staged_rows(stage)) {
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "no {what} rows"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn cases(stage: &Stage, count: usize) {
    let started = Instant::now();
    while stage.sandbox.cases_created() < count {
        assert!(
            started.elapsed() < Duration::from_secs(120),
            "{} of {count} cases",
            stage.sandbox.cases_created()
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
