//! States that the main job never comes to, each in both lights and in the smallest window.

use sandbox::{Company, Effect, Fault, Options, SECOND_DEBITURA_KEY, UNSIGNED_DEBITURA_KEY, When};
use serde_json::json;

use crate::support::browser::in_browser;
use crate::support::main_job::click;
use crate::support::session::View;
use crate::support::{Page, Stage};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn without_a_signature_nothing_can_be_submitted() {
    let stage = Stage::set(Options::default()).await;
    in_browser("unsigned", &stage, View::USUAL, async |page| {
        connect(page, &stage, UNSIGNED_DEBITURA_KEY).await;
        ready_to_choose(page).await;
        choose_rows(page, 2).await;
        click(page, "[data-testid=review]").await;
        page.see("button", "Sign at Debitura").await;
        page.read("To sign first").await;
        assert!(!page.shows("[data-testid=agree]", "").await);
        assert!(page.shows("[data-testid=submit]:disabled", "").await);
        look(page, "unsigned").await;
        assert_eq!(stage.sandbox.cases_created(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn what_was_paid_meanwhile_drops_out_and_test_cases_say_so() {
    let stage = Stage::set(Options::default()).await;
    in_browser("dropped", &stage, View::USUAL, async |page| {
        connect(page, &stage, stage.sandbox.debitura_key()).await;
        ready_to_choose(page).await;
        choose_rows(page, 3).await;
        click(page, "[data-testid=review]").await;
        page.see("[data-testid=agree]", "").await;
        let ids = sources(page).await;
        assert!(stage.sandbox.pay_invoice(&ids[0]) && stage.sandbox.void_invoice(&ids[1]));
        click(page, "[data-testid=review-again]").await;
        page.read("2 invoices are left out").await;
        page.read("Paid at Stripe since it was fetched.").await;
        page.read("Voided at Stripe since it was fetched.").await;
        page.see("button", "Submit 1 case to Debitura").await;
        look(page, "dropped").await;

        page.press("Settings").await;
        page.tick("Send cases as test cases").await;
        page.press("Bulk Import").await;
        click(page, "[data-testid=clear-selection]").await;
        choose_rows(page, 2).await;
        click(page, "[data-testid=review]").await;
        page.see("[data-testid=test-mode]", "").await;
        page.read("No debtor is contacted").await;
        look(page, "test-review").await;
        click(page, "[data-testid=agree]").await;
        page.press("Submit 2 cases to Debitura as test").await;
        page.read("Finished").await;
        look(page, "test-submitted").await;
        assert!(
            stage
                .sandbox
                .cases()
                .iter()
                .all(|case| case["isTestCase"] == json!(true))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn a_refused_case_says_why_and_what_was_not_sent_can_be_taken_back() {
    let stage = Stage::set(Options::default()).await;
    in_browser("refused", &stage, View::USUAL, async |page| {
        connect(page, &stage, stage.sandbox.debitura_key()).await;
        ready_to_choose(page).await;
        choose_rows(page, 5).await;
        click(page, "[data-testid=review]").await;
        click(page, "[data-testid=agree]").await;
        let refused = Effect::Status {
            code: 422,
            body: sandbox::FaultBody::default(),
            headers: Vec::new(),
        };
        stage
            .sandbox
            .fault(Fault::new("debitura POST /cases", When::Nth(2), refused));
        stage.sandbox.fault(Fault::new(
            "debitura POST /cases",
            When::Nth(3),
            Effect::RevokeKey,
        ));
        click(page, "[data-testid=submit]").await;
        page.see("[data-testid=resume]", "").await;
        page.see("[data-stage=rejected]", "").await;
        page.see("[data-testid=withdraw]", "").await;
        look(page, "halted").await;
        click(page, "[data-testid=withdraw]").await;
        page.see("[data-stage=withdrawn]", "").await;
        look(page, "taken-back").await;
        stage.sandbox.restore_keys();
        stage.sandbox.clear_faults();
        page.press("Submissions").await;
        page.see("[data-testid=batches]", "").await;
        page.read("1 refused").await;
        look(page, "submissions").await;
        page.press("Activity").await;
        page.see("heading", "Activity").await;
        look(page, "activity").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn another_companys_source_is_asked_about() {
    let stage = Stage::set(Options::default()).await;
    in_browser("names", &stage, View::USUAL, async |page| {
        connect(page, &stage, SECOND_DEBITURA_KEY).await;
        page.press("Integrations").await;
        page.read("Is this the same company?").await;
        page.read("Havnegade Byg ApS").await;
        look(page, "names").await;
        page.press("Yes, the same company").await;
        page.gone("button", "Yes, the same company").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn sample_data_says_that_it_is_none_of_yours() {
    let stage = Stage::set(Options::default()).await;
    in_browser("sample", &stage, View::USUAL, async |page| {
        click(page, "[data-testid=start-sample]").await;
        page.see("button", "Leave sample data").await;
        page.press("Bulk Import").await;
        fetched(page).await;
        fits(page).await;
        look(page, "sample-invoices").await;
        page.press("Integrations").await;
        page.read("This is sample data.").await;
        look(page, "sample-integrations").await;
        page.press("Cases").await;
        page.see("heading", "Cases").await;
        fits(page).await;
        look(page, "sample-cases").await;
        page.press("Leave sample data").await;
        page.see("[data-testid=start-sample]", "").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn an_interrupted_fetch_goes_on_where_it_stopped() {
    let stage = Stage::set(Options::default()).await;
    stage.sandbox.fault(Fault::new(
        "stripe GET /v1/invoices",
        When::After(3),
        Effect::RevokeKey,
    ));
    in_browser("interrupted", &stage, View::USUAL, async |page| {
        connect(page, &stage, stage.sandbox.debitura_key()).await;
        page.press("Integrations").await;
        page.see("button", "Go on fetching").await;
        look(page, "interrupted").await;
        stage.sandbox.clear_faults();
        stage.sandbox.restore_keys();
        page.press("Go on fetching").await;
        page.gone("button", "Go on fetching").await;
        page.press("Bulk Import").await;
        fetched(page).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn an_empty_account_says_that_it_is_empty() {
    let stage = Stage::set(Options::company(Company::Empty)).await;
    in_browser("empty", &stage, View::USUAL, async |page| {
        connect(page, &stage, stage.sandbox.debitura_key()).await;
        page.read("The sources have no unpaid invoices").await;
        look(page, "empty-invoices").await;
        for (place, words) in [
            ("Overview", "unpaid"),
            ("Cases", "case"),
            ("Integrations", "Nordlys Design ApS"),
            ("Settings", "Settings"),
        ] {
            page.press(place).await;
            page.see("heading", place).await;
            page.read(words).await;
            look(page, &format!("empty-{}", place.to_lowercase())).await;
        }
    })
    .await;
}

/// From the first start to the list of invoices, which is being fetched.
async fn connect(page: &Page, stage: &Stage, debitura: &str) {
    enter_key(page, "[data-testid=debitura-key]", debitura).await;
    click(page, "[data-testid=connect-debitura]").await;
    enter_key(page, "[data-testid=stripe-key]", stage.sandbox.stripe_key()).await;
    click(page, "[data-testid=connect-stripe]").await;
    page.see("heading", "Bulk Import").await;
}

/// The columns of a list are made for the window as it opens.
async fn fits(page: &Page) {
    let script = "return [...document.querySelectorAll('[role=grid]')].every((grid) => grid.scrollWidth <= grid.clientWidth);";
    let fits = page.run(script, json!([])).await;
    assert_eq!(fits, json!(true), "a list scrolls sideways for nothing");
}

/// Types a key letter by letter.
pub async fn enter_key(page: &Page, selector: &str, key: &str) {
    let field = page.see(selector, "").await;
    for letter in key.chars() {
        page.driver()
            .type_into(&field, &letter.to_string())
            .await
            .unwrap();
    }
}

/// Waits until invoices are here and no fetch goes on.
async fn fetched(page: &Page) {
    page.see("[data-row='0']", "").await;
    page.gone("progress, [role=progressbar]", "").await;
}

/// Accepts what is suggested, and shows only what is ready.
async fn ready_to_choose(page: &Page) {
    fetched(page).await;
    click(page, "[data-testid=select-all]").await;
    for accept in [
        "[data-testid=accept-due_date]",
        "[data-testid=accept-debtor_type]",
    ] {
        click(page, accept).await;
        page.gone(accept, "").await;
    }
    click(page, "[data-testid=clear-selection]").await;
    page.gone("[data-testid=selection-bar]", "").await;
    click(page, "[data-testid=filter-attention] button").await;
}

async fn choose_rows(page: &Page, count: usize) {
    for row in 0..count {
        let selector = format!("[data-row='{row}'] [data-testid=select-row]");
        click(page, &selector).await;
    }
    page.read(&format!("{count} selected")).await;
}

/// Stripe's ids of the cases of a review, from the words in which each would be described.
async fn sources(page: &Page) -> Vec<String> {
    let script = "return [...document.querySelector('[data-testid=review-cases]').innerText.matchAll(/\\(Stripe (in_\\w+)\\)/g)].map((found) => found[1])";
    serde_json::from_value(page.run(script, json!([])).await).unwrap()
}

/// Pictures in both lights and in the smallest window, each looked at by axe too.
pub async fn look(page: &Page, name: &str) {
    for (suffix, theme, view) in [
        ("light", "light", View::USUAL),
        ("dark", "dark", View::USUAL),
        ("small", "light", View::SMALL),
    ] {
        let script = "document.documentElement.dataset.theme = arguments[0]";
        page.run(script, json!([theme])).await;
        page.resize(view).await;
        page.at_rest().await;
        page.picture(&format!("state-{name}-{suffix}")).await;
        assert_eq!(
            page.barriers().await,
            Vec::<String>::new(),
            "{name} in {suffix}: a barrier for somebody"
        );
    }
    page.resize(View::USUAL).await;
}
