//! Sources that are signed in to, in the real window, with a real Chromium as the system's browser: the address comes out
//! of the application's own call to the system, somebody agrees on the provider's page, and the browser itself brings
//! the answer to the application's listener.

mod accidents;
mod reconnecting;

use sandbox::{Options, Region, Settings};
use serde_json::{Value, json};

use crate::support::main_job::{click, enter_key};
use crate::support::session::View;
use crate::support::system_browser::{
    SystemBrowser, comes_free, forget_applications, is_taken, parameter, port_of,
    register_quickbooks, register_zoho, with_browser,
};
use crate::support::window::in_window;
use crate::support::{Page, Stage, relay};

/// A way to a provider.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// With the user's own app, straight to the listener.
    QuickBooks,
    /// With the app of a relay.
    Relayed,
    /// With the user's own app; the person's data centre is found at sign-in.
    Zoho(Region),
}

impl Way {
    fn source(self) -> &'static str {
        match self {
            Way::QuickBooks | Way::Relayed => "quickbooks",
            Way::Zoho(_) => "zoho",
        }
    }

    /// What the browser shows after that: the person has one company at Intuit's page, and several at Zoho.
    fn success(self) -> &'static str {
        match self {
            Way::QuickBooks | Way::Relayed => "Connected to QuickBooks Online",
            Way::Zoho(_) => "Signed in to Zoho Books",
        }
    }

    /// The button with which a person agrees, and the one with which they do not.
    fn buttons(self) -> [&'static str; 2] {
        match self {
            Way::QuickBooks | Way::Relayed => ["Connect", "Cancel"],
            Way::Zoho(_) => ["Accept", "Reject"],
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display, the engine's driver and Chromium: cargo xtask test"]
async fn quickbooks_by_loopback() {
    connects(Way::QuickBooks, "quickbooks").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display, the engine's driver and Chromium: cargo xtask test"]
async fn quickbooks_through_the_relay() {
    connects(Way::Relayed, "relay").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display, the engine's driver and Chromium: cargo xtask test"]
async fn zoho_in_the_united_states() {
    connects(Way::Zoho(Region::Us), "zoho-us").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display, the engine's driver and Chromium: cargo xtask test"]
async fn zoho_in_europe() {
    connects(Way::Zoho(Region::Eu), "zoho-eu").await;
}

/// From the first start to the invoices, with a picture of each step.
async fn connects(way: Way, pictures: &str) {
    let stage = set(way).await;
    let called = |step: &str| format!("sign-in-{pictures}-{step}");
    in_window(&called("window"), &stage, View::USUAL, async |page| {
        with_browser(&called("window"), &stage, async |browser| {
            first_source(page, &stage, way).await;
            if way != Way::Relayed {
                page.picture(&called("1-application")).await;
                register(page, &stage, way).await;
            }
            page.see("[data-step=ready]", "").await;
            page.picture(&called("2-ready")).await;
            click(page, "[data-testid=start-sign-in]").await;
            page.see("[data-step=waiting]", "").await;
            page.picture(&called("3-waiting")).await;

            let address = browser.follow().await;
            let port = port_of(&address);
            assert!(is_taken(port), "nobody waits for the browser on {port}");
            let goes_by_relay = stage
                .relay
                .as_ref()
                .is_some_and(|relay| parameter(&address, "redirect_uri").starts_with(relay));
            assert_eq!(goes_by_relay, way == Way::Relayed, "{address}");
            browser.page.picture(&called("4-consent")).await;
            browser.agree(way.buttons()[0], way.success()).await;
            browser.page.picture(&called("5-browser-done")).await;
            shows_what_is_there(page, &stage, way, &called).await;
            comes_free(port).await;
            was_a_real_browser(&stage);
        })
        .await;
        assert_eq!(page.policy_violations().await, Vec::<String>::new());
    })
    .await;
    let violations = stage.sandbox.violations();
    assert!(violations.is_empty(), "{violations:#?}");
}

async fn set(way: Way) -> Stage {
    let mut settings = Settings::default();
    if let Way::Zoho(home) = way {
        settings.zoho.home = home;
    }
    let mut stage = Stage::set(Options {
        settings,
        ..Options::default()
    })
    .await;
    if way == Way::Relayed {
        stage.relay = Some(relay::before(&stage.sandbox).await);
    }
    stage
}

/// Enters Debitura's key at the first start, and chooses the source.
async fn first_source(page: &Page, stage: &Stage, way: Way) {
    forget_applications(page).await;
    let key = stage.sandbox.debitura_key();
    enter_key(page, "[data-testid=debitura-key]", key).await;
    click(page, "[data-testid=connect-debitura]").await;
    click(page, &format!("[data-testid=source-{}]", way.source())).await;
}

async fn register(page: &Page, stage: &Stage, way: Way) {
    match way {
        Way::QuickBooks | Way::Relayed => register_quickbooks(stage, page).await,
        Way::Zoho(_) => register_zoho(stage, page).await,
    }
}

/// Company, region and every unpaid invoice, as the provider has them.
async fn shows_what_is_there(
    page: &Page,
    stage: &Stage,
    way: Way,
    called: &impl Fn(&str) -> String,
) {
    if let Way::Zoho(_) = way {
        page.see("[data-step=choosing]", "").await;
        page.picture(&called("6-choosing")).await;
        click(page, "[data-testid=choose-companies]").await;
    }
    page.see("heading", "Bulk Import").await;
    page.see("[data-row='0']", "").await;
    page.gone("progress, [role=progressbar]", "").await;
    page.picture(&called("7-invoices")).await;
    let connection = connections(page).await.remove(0);
    let listed = json!({ "query": { "partly_paid": true }, "window": { "offset": 0, "limit": 1 } });
    let listed = ask(page, "invoices", listed).await;
    // Provider, tenant and the provider's own id.
    let id = listed["rows"][0]["id"].as_str().unwrap_or_default();
    let tenant = id.split(':').nth(1).unwrap_or_default();
    let oracle = match way {
        Way::QuickBooks | Way::Relayed => stage.sandbox.quickbooks_oracle(tenant),
        Way::Zoho(_) => stage.sandbox.zoho_oracle(tenant),
    };
    let oracle = oracle.unwrap_or_else(|| panic!("no such company: {connection}"));
    assert_eq!(
        connection["open_invoices"],
        json!(oracle.open),
        "every unpaid invoice is here: {connection}"
    );
    page.press("Integrations").await;
    let company = connection["account"].as_str().unwrap_or_default();
    assert!(!company.is_empty(), "{connection}");
    page.read(company).await;
    let region = match way {
        Way::QuickBooks | Way::Relayed => None,
        Way::Zoho(Region::Us) => Some("United States"),
        Way::Zoho(Region::Eu) => Some("Europe"),
    };
    if let Some(region) = region {
        page.read(region).await;
    }
    page.picture(&called("8-connected")).await;
}

/// The sources as the page is told of them.
async fn connections(page: &Page) -> Vec<Value> {
    let state = ask(page, "app_state", json!({})).await;
    state["connections"].as_array().cloned().unwrap_or_default()
}

/// Has the page ask the application.
async fn ask(page: &Page, command: &str, request: Value) -> Value {
    let script =
        "return await window.__TAURI_INTERNALS__.invoke(arguments[0], { request: arguments[1] });";
    page.run_to_end(script, json!([command, request])).await
}

/// Who asked for the page to agree on, and who for the tokens.
fn was_a_real_browser(stage: &Stage) {
    let asked_by = |part: &str| -> Vec<String> {
        let requests = stage.sandbox.requests().into_iter();
        requests
            .filter(|request| request.path.contains(part))
            .map(|request| {
                let agent = request.headers.into_iter();
                let agent = agent.filter(|(name, _)| name.eq_ignore_ascii_case("user-agent"));
                agent.map(|(_, agent)| agent).collect()
            })
            .collect()
    };
    let consents = [asked_by("/connect/oauth2?"), asked_by("/oauth/v2/auth?")].concat();
    assert!(
        !consents.is_empty() && consents.iter().all(|agent| agent.contains("Chrome")),
        "the page to agree on is asked for by the browser alone: {consents:?}"
    );
    let tokens = [asked_by("/tokens/bearer"), asked_by("/oauth/v2/token")].concat();
    assert!(
        !tokens.is_empty() && tokens.iter().all(|agent| !agent.contains("Chrome")),
        "tokens are asked for by the application or its relay: {tokens:?}"
    );
}

/// Starts a sign-in from where the window stands, and opens its address in the browser.
async fn begun(page: &Page, browser: &SystemBrowser<'_>) -> String {
    click(page, "[data-testid=start-sign-in]").await;
    page.see("[data-step=waiting]", "").await;
    let address = browser.follow().await;
    assert!(is_taken(port_of(&address)));
    address
}
