//! The main job without a mouse: from the first start to the case reference with Tab, arrows, Enter, Space and shortcuts.

use sandbox::Options;
use serde_json::json;

use crate::support::browser::in_browser;
use crate::support::driver::keys;
use crate::support::keyboard::{has_focus, tab_to};
use crate::support::session::View;
use crate::support::{Page, Stage};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn the_main_job_by_keyboard_alone() {
    let stage = Stage::set(Options::default()).await;
    in_browser("keyboard", &stage, View::USUAL, async |page| {
        write(
            page,
            "[data-testid=debitura-key]",
            stage.sandbox.debitura_key(),
        )
        .await;
        page.keys(&[keys::ENTER]).await;
        page.see("[data-testid=stripe-key]", "").await;
        write(page, "[data-testid=stripe-key]", stage.sandbox.stripe_key()).await;
        page.keys(&[keys::ENTER]).await;
        page.see("[data-row='0']", "").await;
        page.gone("progress, [role=progressbar]", "").await;

        mend_an_address(page).await;

        to_rows(page).await;
        page.keys(&[keys::CONTROL, "a"]).await;
        for accept in [
            "[data-testid=accept-due_date]",
            "[data-testid=accept-debtor_type]",
        ] {
            page.see(accept, "").await;
            tab_to(page, accept).await;
            page.keys(&[keys::ENTER]).await;
            page.gone(accept, "").await;
        }
        to_rows(page).await;
        page.keys(&[keys::ESCAPE]).await;
        page.gone("[data-testid=selection-bar]", "").await;
        tab_to(page, "[data-testid=filter-attention] button").await;
        page.keys(&[keys::SPACE]).await;
        page.see("[data-testid=filter-attention] [aria-pressed=false]", "")
            .await;
        page.at_rest().await;
        to_rows(page).await;
        for chosen in 1..=3 {
            page.keys(&[keys::SPACE]).await;
            page.read(&format!("{chosen} selected")).await;
            page.keys(&[keys::DOWN]).await;
        }
        page.keys(&[keys::CONTROL, keys::ENTER]).await;

        page.see("[data-testid=agree]", "").await;
        tab_to(page, "[data-testid=agree]").await;
        page.keys(&[keys::SPACE]).await;
        tab_to(page, "[data-testid=submit]").await;
        page.keys(&[keys::ENTER]).await;
        page.until("three references", async || {
            page.names("[data-testid=case-reference]").await.len() == 3
        })
        .await;
        assert_eq!(stage.sandbox.cases_created(), 3);
    })
    .await;
}

async fn mend_an_address(page: &Page) {
    tab_to(page, "[data-testid=filter-problem]").await;
    page.see(
        "[data-testid=filter-problem] option[value=address_missing]",
        "",
    )
    .await;
    for letter in "Street".chars() {
        page.keys(&[&letter.to_string()]).await;
    }
    page.until("only invoices without a street", async || {
        let rows = page
            .run(
                "return Number(document.querySelector('[role=grid]')?.ariaRowCount ?? 0)",
                json!([]),
            )
            .await;
        rows.as_u64().is_some_and(|rows| (2..100).contains(&rows))
    })
    .await;
    to_rows(page).await;
    page.keys(&[keys::ENTER]).await;
    let input = "[data-testid=fix-input-debtor_address]";
    page.see(input, "").await;
    write(page, input, "Strandvejen 12").await;
    page.keys(&[keys::ENTER]).await;
    page.gone("[data-testid=problem-address_missing]", "").await;
    page.keys(&[keys::ESCAPE]).await;
    page.gone(input, "").await;
    tab_to(page, "[data-testid=clear-filters]").await;
    page.keys(&[keys::ENTER]).await;
    page.gone("[data-testid=clear-filters]", "").await;
}

/// From wherever one is into the list: the search, and down.
async fn to_rows(page: &Page) {
    page.keys(&[keys::CONTROL, "f"]).await;
    page.keys(&[keys::DOWN]).await;
    page.until("the focus to be in the list", async || {
        has_focus(page, "[role=grid]").await
    })
    .await;
}

async fn write(page: &Page, selector: &str, text: &str) {
    page.see(selector, "").await;
    tab_to(page, selector).await;
    for letter in text.chars() {
        page.keys(&[&letter.to_string()]).await;
    }
}
