//! The main job as a bookkeeper does it: first run, keys, fetch, mend an address, accept suggestions, choose, review,
//! agree, and read the case references. Played in the browser, in the real window, and as the demo.

use serde_json::json;

use super::driver::keys;
use super::{Page, Stage};

/// Invoices that become cases.
const CHOSEN: usize = 3;

/// Plays it all; `shown` is called at each step with its name and what happens in it.
pub async fn play(page: &Page, stage: &Stage, shown: impl AsyncFn(&str, &str)) {
    page.see("heading", "Debitura Desk").await;
    shown(
        "1-first-run",
        "The first start says what the application does and asks for the Debitura key",
    )
    .await;
    enter_key(
        page,
        "[data-testid=debitura-key]",
        stage.sandbox.debitura_key(),
    )
    .await;
    click(page, "[data-testid=connect-debitura]").await;
    page.read("Nordlys Design ApS").await;
    page.see("[data-testid=stripe-key]", "").await;
    shown(
        "2-first-source",
        "Debitura knows the key; the first source is next",
    )
    .await;
    enter_key(page, "[data-testid=stripe-key]", stage.sandbox.stripe_key()).await;
    click(page, "[data-testid=connect-stripe]").await;

    page.see("[data-row='0']", "").await;
    page.until("the fetch to end", async || !running(page).await)
        .await;
    shown(
        "3-invoices",
        "The unpaid invoices are here; the overdue ones are shown",
    )
    .await;

    mend_an_address(page, &shown).await;

    choose_everything(page).await;
    click(page, "[data-testid=accept-due_date]").await;
    page.gone("[data-testid=accept-due_date]", "").await;
    click(page, "[data-testid=accept-debtor_type]").await;
    page.gone("[data-testid=accept-debtor_type]", "").await;
    shown(
        "5-suggestions",
        "Suggested due dates and debtor types are accepted for all at once",
    )
    .await;
    click(page, "[data-testid=clear-selection]").await;
    click(page, "[data-testid=filter-attention] button").await;
    page.gone("[data-testid=selection-bar]", "").await;
    for row in 0..CHOSEN {
        click(
            page,
            &format!("[data-row='{row}'] [data-testid=select-row]"),
        )
        .await;
    }
    page.read(&format!("{CHOSEN} selected")).await;
    shown("6-chosen", "Three invoices that are ready are chosen").await;

    click(page, "[data-testid=review]").await;
    page.see("[data-testid=agree]", "").await;
    shown(
        "7-review",
        "Read again at Stripe, priced by Debitura: the document to agree to",
    )
    .await;
    assert_eq!(
        stage.sandbox.requests_to("debitura POST /cases").len(),
        0,
        "nothing may be sent before the yes"
    );
    click(page, "[data-testid=agree]").await;
    click(page, "[data-testid=submit]").await;
    page.until("every case to have its reference", async || {
        references(page).await.len() == CHOSEN
    })
    .await;
    shown(
        "8-submitted",
        "Each invoice is a case at Debitura, with its reference",
    )
    .await;
    let mut seen = references(page).await;
    let sent = stage.sandbox.requests_to("debitura POST /cases").len();
    assert_eq!(sent, CHOSEN, "each case is sent once");
    let held = stage.sandbox.cases();
    seen.retain(|reference| {
        !held
            .iter()
            .any(|case| case["reference"] == json!(reference))
    });
    assert!(
        seen.is_empty(),
        "the window shows references that Debitura does not have: {seen:?}"
    );

    go_to(page, "Cases").await;
    page.see("[data-row='0']", "").await;
    shown("9-cases", "They stand among the account's cases").await;
    go_to(page, "Overview").await;
    page.see("heading", "Overview").await;
    shown("10-overview", "The overview counts what is left").await;
    assert_eq!(
        page.policy_violations().await,
        Vec::<String>::new(),
        "the page must stay within its policy"
    );
    let violations = stage.sandbox.violations();
    assert!(
        violations.is_empty(),
        "a message breaks the API description: {violations:#?}"
    );
}

/// Finds an invoice whose debtor has no street, opens it and writes one.
async fn mend_an_address(page: &Page, shown: &impl AsyncFn(&str, &str)) {
    if !page.shows("[data-testid=filter-problem]", "").await {
        click(page, "[data-testid=more-filters] button").await;
    }
    let problem = page.see("[data-testid=filter-problem]", "").await;
    page.driver()
        .click(&problem)
        .await
        .expect("the list of problems takes a click");
    // Its problems are counted when somebody comes near.
    page.see(
        "[data-testid=filter-problem] option[value=address_missing]",
        "",
    )
    .await;
    page.driver()
        .type_into(&problem, "Street")
        .await
        .expect("a problem is chosen by its first letters");
    page.keys(&[keys::ENTER]).await;
    let rows = async || {
        let script = "return Number(document.querySelector('[role=grid]')?.getAttribute('aria-rowcount') ?? 0)";
        page.run(script, json!([]))
            .await
            .as_u64()
            .unwrap_or_default()
    };
    page.until("only invoices without a street", async || {
        (2..100).contains(&rows().await)
    })
    .await;
    click(page, "[data-row='0'] [role=rowheader]").await;
    page.see("[data-testid=fix-input-debtor_address]", "").await;
    fill(
        page,
        "[data-testid=fix-input-debtor_address]",
        "Strandvejen 12",
    )
    .await;
    shown(
        "4-address",
        "An invoice without a street is mended in place, for all invoices of its debtor",
    )
    .await;
    page.keys(&[keys::ENTER]).await;
    page.gone("[data-testid=problem-address_missing]", "").await;
    page.read("Strandvejen 12").await;
    page.keys(&[keys::ESCAPE]).await;
    click(page, "[data-testid=clear-filters]").await;
}

async fn choose_everything(page: &Page) {
    click(page, "[data-testid=select-all]").await;
    page.see("[data-testid=selection-bar]", "").await;
}

async fn go_to(page: &Page, place: &str) {
    page.press(place).await;
}

/// Whether long work is shown anywhere.
async fn running(page: &Page) -> bool {
    let bars = page
        .run(
            "return document.querySelectorAll('progress, [role=progressbar]').length",
            json!([]),
        )
        .await;
    bars != json!(0)
}

async fn references(page: &Page) -> Vec<String> {
    let found = page
        .run(
            "return [...document.querySelectorAll('[data-testid=case-reference]')].map((cell) => cell.textContent.trim()).filter(Boolean)",
            json!([]),
        )
        .await;
    serde_json::from_value(found).unwrap_or_default()
}

/// Clicks what a selector finds, once it is there and nothing lies over it.
pub async fn click(page: &Page, selector: &str) {
    page.until(&format!("{selector} to take a click"), async || {
        let element = page.see(selector, "").await;
        page.driver().click(&element).await.is_ok()
    })
    .await;
}

/// Types a key letter by letter, as fingers do. The driver speaks through the application's own process, where a key it
/// sent as one message would stay behind.
pub async fn enter_key(page: &Page, selector: &str, key: &str) {
    let field = page.see(selector, "").await;
    page.driver()
        .clear(&field)
        .await
        .expect("the field can be emptied");
    for letter in key.chars() {
        page.driver()
            .type_into(&field, &letter.to_string())
            .await
            .expect("the field takes a letter");
    }
}

/// Empties a field and types into it.
pub async fn fill(page: &Page, selector: &str, text: &str) {
    let field = page.see(selector, "").await;
    page.driver()
        .clear(&field)
        .await
        .expect("the field can be emptied");
    page.driver()
        .type_into(&field, text)
        .await
        .expect("the field takes text");
}
