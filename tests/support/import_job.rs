//! Importing a file as a bookkeeper does it, with a mouse or without: choose it, look at table and columns, say what only
//! they can say, check the rows, review, agree, and read the case references. Played in the browser and in the real window.

use serde_json::json;

use super::driver::keys;
use super::exports::Export;
use super::keyboard::{enter, tab_to};
use super::main_job::{click, enter_key};
use super::{Page, Stage};

/// Begins without a source of invoices: files are enough.
pub async fn arrive(page: &Page, stage: &Stage) {
    connect_debitura(page, stage).await;
    page.press("Later").await;
    page.gone("[data-testid=stripe-key]", "").await;
    go(page, "#/bulk-import/files").await;
}

/// The first step of the first run.
pub async fn connect_debitura(page: &Page, stage: &Stage) {
    enter_key(
        page,
        "[data-testid=debitura-key]",
        stage.sandbox.debitura_key(),
    )
    .await;
    click(page, "[data-testid=connect-debitura]").await;
    page.see("[data-testid=stripe-key]", "").await;
}

/// Plays it all; `shown` is called at each step with its name.
pub async fn play(page: &Page, stage: &Stage, export: &Export, shown: impl AsyncFn(&str)) {
    page.see("[data-testid=choose-file]", "").await;
    shown("0-files").await;
    stage.choose(&export.file);
    click(page, "[data-testid=choose-file]").await;

    page.see("[data-testid=file-rows]", "").await;
    page.see("[data-testid=found-header_row]", "").await;
    shown("1-table").await;
    click(page, "[data-testid=to-columns]").await;

    page.see("[data-testid=columns-list]", "").await;
    if export.asks {
        page.see("[data-testid=to-check]:disabled", "").await;
        shown("2-question").await;
        click(page, "[data-testid=answer-dmy]").await;
        page.gone("[data-testid=questions]", "").await;
    }
    say_debtor_type(page, export.debtors).await;
    shown("2-columns").await;
    click(page, "[data-testid=to-check]").await;

    page.until("every row to be listed", async || {
        listed(page).await == export.rows
    })
    .await;
    for text in export.reads {
        page.read(text).await;
    }
    shown("3-check").await;
    click(page, "[data-row='0'] [role=rowheader]").await;
    page.see("[data-testid=field-amount]", "").await;
    shown("3-detail").await;
    click(page, "[data-testid=close-detail]").await;

    click(page, "[data-testid=review-ready]:enabled").await;
    page.see("[data-testid=agree]", "").await;
    shown("4-review").await;
    assert_eq!(
        stage.sandbox.cases_created(),
        0,
        "nothing may be sent before the yes"
    );
    click(page, "[data-testid=agree]").await;
    click(page, "[data-testid=submit]").await;
    submitted(page, stage, export).await;
    shown("5-result").await;

    go(page, "#/bulk-import/files").await;
    past(page, stage, export).await;
    shown("6-past").await;
}

/// The same by keyboard alone, with the shortcuts that menus and tooltips name, Tab, Enter and Space.
pub async fn play_by_keyboard(
    page: &Page,
    stage: &Stage,
    export: &Export,
    shown: impl AsyncFn(&str),
) {
    page.see("[data-testid=choose-file]", "").await;
    stage.choose(&export.file);
    page.keys(&[keys::CONTROL, "o"]).await;
    page.see("[data-testid=file-rows]", "").await;
    page.see("[data-testid=found-header_row]", "").await;
    shown("1-table").await;
    page.keys(&[keys::CONTROL, keys::ENTER]).await;

    page.see("[data-testid=columns-list]", "").await;
    if export.asks {
        // The wrong answer is taken back, and the right one given.
        enter(page, "[data-testid=answer-mdy]").await;
        page.gone("[data-testid=questions]", "").await;
        page.keys(&[keys::CONTROL, "z"]).await;
        page.see("[data-testid=questions]", "").await;
        shown("2-question").await;
        enter(page, "[data-testid=answer-dmy]").await;
        page.gone("[data-testid=questions]", "").await;
    }
    page.see("[data-testid=constant-debtor_type]", "").await;
    tab_to(page, "[data-testid=constant-debtor_type]").await;
    page.keys(&[&export.debtors[..1]]).await;
    enter(page, "[data-testid=set-constant-debtor_type]").await;
    page.see("[data-testid=is-constant-debtor_type]", "").await;
    shown("2-columns").await;
    page.keys(&[keys::CONTROL, keys::ENTER]).await;

    page.until("every row to be listed", async || {
        listed(page).await == export.rows
    })
    .await;
    for text in export.reads {
        page.read(text).await;
    }
    page.see("[data-testid=review-ready]:enabled", "").await;
    shown("3-check").await;
    enter(page, "[data-testid=review-ready]").await;
    page.see("[data-testid=agree]", "").await;
    shown("4-review").await;
    assert_eq!(
        stage.sandbox.cases_created(),
        0,
        "nothing may be sent before the yes"
    );
    tab_to(page, "[data-testid=agree]").await;
    page.keys(&[keys::SPACE]).await;
    enter(page, "[data-testid=submit]").await;
    submitted(page, stage, export).await;
    shown("5-result").await;
}

/// The import as the list of files tells it, and that every message on the way was a good one.
async fn past(page: &Page, stage: &Stage, export: &Export) {
    page.see("[data-testid=past-imports]", "").await;
    page.read(&format!("{} submitted", export.rows)).await;
    assert_eq!(page.policy_violations().await, Vec::<String>::new());
    let violations = stage.sandbox.violations();
    assert!(
        violations.is_empty(),
        "a message breaks the API description: {violations:#?}"
    );
}

/// Waits until each row is a case at Debitura, and no more than that.
pub async fn submitted(page: &Page, stage: &Stage, export: &Export) {
    page.until("every case to have its reference", async || {
        page.names("[data-testid=case-reference]").await.len() == export.rows
    })
    .await;
    assert_eq!(
        stage.sandbox.cases_created(),
        export.rows,
        "each row becomes one case"
    );
}

async fn say_debtor_type(page: &Page, debtors: &str) {
    let select = page.see("[data-testid=constant-debtor_type]", "").await;
    let first = &debtors[..1];
    page.driver()
        .type_into(&select, first)
        .await
        .expect("company or private is chosen by its first letter");
    click(page, "[data-testid=set-constant-debtor_type]:enabled").await;
    page.see("[data-testid=is-constant-debtor_type]", "").await;
}

/// Rows in the list, as it says itself.
pub async fn listed(page: &Page) -> usize {
    let script = "return Number(document.querySelector('[role=grid]')?.ariaRowCount ?? 0) - 1";
    let rows = page.run(script, json!([])).await;
    rows.as_i64()
        .and_then(|rows| usize::try_from(rows).ok())
        .unwrap_or_default()
}

/// Goes to an address within the page, as its links do.
pub async fn go(page: &Page, place: &str) {
    page.run("location.hash = arguments[0]; return null", json!([place]))
        .await;
}
