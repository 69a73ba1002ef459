//! Client secrets, codes and tokens of sign-ins, looked for everywhere after they were used; like the keys of `canaries`.
#![allow(
    clippy::print_stdout,
    reason = "how much was searched belongs beside the result"
)]

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::SignedDuration;
use sandbox::visit::{Decision, decide, open};
use sandbox::{INTUIT_CLIENT, INTUIT_SECRET, Options, ZOHO_CLIENT, ZOHO_SECRET};
use serde_json::json;

use crate::canaries::{IDLE, LOOKS, at_rest, call, export_journal, folders};
use crate::support::main_job::{click, enter_key, fill};
use crate::support::session::View;
use crate::support::system_browser::{allow_redirects, forget_applications};
use crate::support::traces::{Found, Search};
use crate::support::window::in_window;
use crate::support::{Page, Stage, inside};

/// A secret that Intuit does not know, of the user's own making.
const WRONG_SECRET: &str = "a-secret-from-another-app/with+signs=";

/// What came to be in the course of the test.
#[derive(Default)]
struct Seen {
    /// The address with the code that was pasted.
    pasted: String,
}

impl Seen {
    /// Everything that is a secret, wherever it came from.
    fn search(&self, stage: &Stage) -> Search {
        let entered = [
            ("the client secret at Intuit", INTUIT_SECRET),
            ("the client secret at Zoho", ZOHO_SECRET),
            ("the wrong client secret", WRONG_SECRET),
        ];
        let entered = entered.map(|(what, text)| (what, text.to_owned()));
        Search::of(stage.sandbox.issued().into_iter().chain(entered))
    }

    /// What the page never had in its hands.
    fn kept_from_the_page(&self, stage: &Stage) -> Search {
        let all = stage.sandbox.issued().into_iter();
        Search::of(all.filter(|(_, text)| !self.pasted.contains(text.as_str())))
    }

    /// As the page hands them over.
    fn as_messages(&self) -> Search {
        let secret = |text: &str| format!("\"client_secret\":\"{text}\"");
        Search::of([
            ("the client secret at Intuit", secret(INTUIT_SECRET)),
            ("the client secret at Zoho", secret(ZOHO_SECRET)),
            ("the wrong client secret", secret(WRONG_SECRET)),
            ("a code of Zoho", format!("\"text\":\"{}", self.pasted)),
        ])
    }

    /// As the application writes them: to the providers, and to the keychain.
    fn in_own_words(&self, stage: &Stage) -> Search {
        let basic = |secret: &str| {
            let pair = BASE64_STANDARD.encode(format!("{INTUIT_CLIENT}:{secret}"));
            format!("Basic {pair}")
        };
        let form = |name: &str, text: &str| format!("{name}={text}");
        let own = [
            ("the header for Intuit", basic(INTUIT_SECRET)),
            ("the wrong header for Intuit", basic(WRONG_SECRET)),
            ("the form for Zoho", form("client_secret", ZOHO_SECRET)),
        ];
        let issued = stage.sandbox.issued().into_iter().flat_map(|(what, text)| {
            [
                (what, format!("Bearer {text}")),
                (what, format!("Zoho-oauthtoken {text}")),
                (what, form("refresh_token", &text)),
                (what, format!("\"refresh\":\"{text}\"")),
                (what, format!("\"access\":\"{text}\"")),
            ]
        });
        Search::of(own.into_iter().chain(issued))
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display and the engine's driver: cargo xtask test"]
async fn tokens_leave_no_trace() {
    let mut stage = Stage::set(Options::default()).await;
    stage.log = Some("trace");
    let stage = stage;
    let mut seen = Seen::default();
    in_window("tokens", &stage, View::USUAL, async |page| {
        forget_applications(page).await;
        let key = stage.sandbox.debitura_key();
        enter_key(page, "[data-testid=debitura-key]", key).await;
        click(page, "[data-testid=connect-debitura]").await;
        click(page, "[data-testid=source-quickbooks]").await;
        enter_application(page, &stage, INTUIT_CLIENT, WRONG_SECRET).await;
        consent(page, &stage, Decision::Allow, true).await;
        page.see("[data-step=failed] [role=alert]", "").await;
        looked(page, &stage, &seen, "after a refused client secret").await;

        page.press("Use another app registration").await;
        enter_application(page, &stage, INTUIT_CLIENT, INTUIT_SECRET).await;
        consent(page, &stage, Decision::Deny, true).await;
        page.see("[data-step=failed] [role=alert]", "").await;
        consent(page, &stage, Decision::Allow, true).await;
        page.see("heading", "Bulk Import").await;
        at_rest(page).await;
        looked(page, &stage, &seen, "after signing in to QuickBooks").await;

        page.press("Integrations").await;
        click(page, "[data-testid=add-source]").await;
        page.press("Zoho Books").await;
        enter_application(page, &stage, ZOHO_CLIENT, ZOHO_SECRET).await;
        seen.pasted = consent(page, &stage, Decision::Allow, false).await;
        page.press("The browser does not come back?").await;
        enter_key(page, "[data-testid=pasted-address]", &seen.pasted).await;
        click(page, "[data-testid=use-address]").await;
        click(page, "[data-testid=choose-companies]").await;
        page.gone("[data-testid=sign-in]", "").await;
        at_rest(page).await;
        looked(page, &stage, &seen, "after the address was pasted").await;

        // Renewed, and then ended by somebody at the provider.
        let everything = json!({ "connection": null, "created": null, "due": null });
        stage.sandbox.advance(SignedDuration::from_hours(2));
        call(page, "sync", everything.clone()).await;
        at_rest(page).await;
        looked(page, &stage, &seen, "after the tokens were renewed").await;
        let issued = stage.sandbox.issued();
        let count = |kind: &str| {
            issued
                .iter()
                .filter(|(what, _)| what.contains(kind))
                .count()
        };
        assert!(
            count("access token of Intuit") > 1 && count("access token of Zoho") > 1,
            "both were renewed: {}",
            issued.len()
        );
        let realm = stage.sandbox.quickbooks_companies()[0].0.clone();
        assert!(stage.sandbox.disconnect_quickbooks(&realm));
        call(page, "sync", everything).await;
        page.see("[role=alert]", "").await;
        at_rest(page).await;
        looked(page, &stage, &seen, "after the sign-in was ended at Intuit").await;

        let journal = stage.folder.path().join("journal.db");
        export_journal(&stage.data_dir(), &journal).await;
        for command in ["app_state", "applications", "sign_in"] {
            let told = call(page, command, json!({})).await.to_string();
            assert!(told.len() > 20, "{command}: {told}");
            let found = seen.search(&stage).in_bytes(told.as_bytes());
            assert!(found.is_empty(), "{command} tells the page {found:?}");
        }
        files_and_words(&stage, &seen);

        // What nobody needs any more is gone from memory, too.
        let state = call(page, "app_state", json!({})).await;
        for connection in state["connections"].as_array().unwrap() {
            call(page, "disconnect", json!({ "id": connection["id"] })).await;
        }
        for provider in ["quickbooks", "zoho"] {
            call(page, "remove_application", json!({ "provider": provider })).await;
        }
        at_rest(page).await;
        tokio::time::sleep(IDLE).await;
        memory(&stage, &seen).await;
    })
    .await;
    let (found, read) = seen.search(&stage).in_folder(stage.folder.path());
    assert!(found.is_empty() && read > 3, "after the end: {found:#?}");
}

/// Enters a registration, letter by letter.
async fn enter_application(page: &Page, stage: &Stage, id: &str, secret: &str) {
    allow_redirects(stage, page).await;
    fill(page, "[data-testid=client-id]", id).await;
    enter_key(page, "[data-testid=client-secret]", secret).await;
    click(page, "[data-testid=save-application]").await;
}

/// Signs in at the provider; gives the address that the browser is sent back to, where it goes if it `comes_back`.
async fn consent(
    page: &Page,
    stage: &Stage,
    decision: Decision<'static>,
    comes_back: bool,
) -> String {
    let before = stage.opened_links().len();
    click(page, "[data-testid=start-sign-in]").await;
    page.until("the browser to be opened", async || {
        stage.opened_links().len() > before
    })
    .await;
    let address = stage.opened_links().pop().unwrap();
    let visited = tokio::task::spawn_blocking(move || {
        let back = decide(&address, decision).unwrap();
        if comes_back {
            open(&back).unwrap();
        }
        back
    });
    visited.await.unwrap()
}

async fn looked(page: &Page, stage: &Stage, seen: &Seen, when: &str) {
    let search = seen.search(stage);
    let script = "return document.documentElement.outerHTML + [...document.querySelectorAll('input')].map((input) => input.value)";
    let document = page.run(script, json!([])).await.to_string();
    let found = search.in_bytes(document.as_bytes());
    assert!(found.is_empty(), "{when}, the window has {found:?}");
    // The log is bounded, so it is looked at before it starts over.
    let (found, _) = search.in_folder(&stage.data_dir());
    assert!(found.is_empty(), "{when}: {found:#?}");
}

/// Data, logs, copies and what the engine writes; the words and variables of all programs.
fn files_and_words(stage: &Stage, seen: &Seen) {
    let log = std::fs::read_to_string(stage.data_dir().join("desk.log")).unwrap();
    assert!(log.contains("POST"), "the log is on: {log}");
    let company = &stage.sandbox.quickbooks_companies()[0].0;
    let known = Search::of([("the company", company)]).in_folder(&stage.data_dir());
    assert!(!known.0.is_empty(), "the search finds what is there");
    let search = seen.search(stage);
    for folder in folders(stage) {
        let (found, read) = search.in_folder(&folder);
        println!("    {read} files in {}", folder.display());
        assert!(found.is_empty(), "{found:#?}");
    }
    for program in inside::application(&stage.data_dir()) {
        let found = search.in_bytes(&program.words().expect("it runs"));
        assert!(found.is_empty(), "{program:?}: {found:?}");
    }
}

/// After the sources were disconnected and the registrations removed. The page's process never had a token; what was
/// typed there, and the engine's message with it, is told of and not judged, as with keys.
async fn memory(stage: &Stage, seen: &Seen) {
    let (search, own) = (seen.search(stage), seen.in_own_words(stage));
    let known = Search::of([("the address", stage.sandbox.debitura_url())]);
    let programs = inside::application(&stage.data_dir());
    for program in &programs {
        let (mut found, read) = program.search(&search);
        println!("    {} of {} MB: {found:?}", program.name, read / 1_000_000);
        if program.name.starts_with("WebKitWebProc") {
            let (found, _) = program.search(&seen.kept_from_the_page(stage));
            assert!(found.is_empty(), "the page came to know {found:#?}");
        } else if program.id == programs[0].id {
            // A connection is kept for a while with what was last written to it; on a busy computer, for longer.
            let mut left = Found::new();
            for _ in 0..LOOKS {
                let (handed_over, _) = program.search(&seen.as_messages());
                left = &found - &handed_over;
                if left.is_empty() {
                    break;
                }
                println!("    {} still has {left:?}", program.name);
                tokio::time::sleep(Duration::from_secs(10)).await;
                found = program.search(&search).0;
            }
            assert!(left.is_empty(), "{program:?} keeps {left:#?}");
            let (found, _) = program.search(&own);
            assert!(found.is_empty(), "{program:?} has {found:#?}");
            assert!(
                !program.search(&known).0.is_empty(),
                "the search finds what is there"
            );
        } else {
            assert!(found.is_empty(), "{program:?} has {found:#?}");
        }
    }
}
