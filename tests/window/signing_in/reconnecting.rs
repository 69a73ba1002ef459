//! A process that was killed between the provider's new token and the keychain, where the old token died with it: the
//! window says so, and a sign-in later everything is as it was.

use jiff::SignedDuration;
use sandbox::{Options, Rotation};
use serde_json::Value;

use super::{Way, begun, connections, first_source, register};
use crate::support::Stage;
use crate::support::command_line::CommandLine;
use crate::support::main_job::click;
use crate::support::session::View;
use crate::support::system_browser::with_browser;
use crate::support::window::in_window;

const WAY: Way = Way::QuickBooks;
const CONNECTED: &str = "Connected to QuickBooks Online";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display, the engine's driver and Chromium: cargo xtask test"]
async fn a_dead_grant_asks_to_reconnect_and_asks_about_another_company() {
    let stage = Stage::set(Options::default()).await;
    with_browser("reconnect", &stage, async |browser| {
        let before = in_window("reconnect-first", &stage, View::USUAL, async |page| {
            first_source(page, &stage, WAY).await;
            register(page, &stage, WAY).await;
            begun(page, browser).await;
            browser.agree(WAY.buttons()[0], CONNECTED).await;
            page.see("heading", "Bulk Import").await;
            page.see("[data-row='0']", "").await;
            page.gone("progress, [role=progressbar]", "").await;
            connections(page).await.remove(0)
        })
        .await;

        stage
            .sandbox
            .settings(|settings| settings.intuit.rotation = Rotation::KillAtOnce);
        stage.sandbox.advance(SignedDuration::from_hours(2));
        let data_dir = stage.data_dir();
        let mut command = CommandLine::of(&stage, &data_dir).command(&["sync"]);
        let killed = command.env("DESK_KILL_AT", "keep_tokens:before").output();
        assert_eq!(killed.await.unwrap().status.code(), None, "it is killed");

        in_window("reconnect-again", &stage, View::USUAL, async |page| {
            page.press("Integrations").await;
            page.see("[data-testid=renew]", "").await;
            page.picture("reconnect-1-needed").await;
            let known = connections(page).await.remove(0);
            assert_eq!(known["problem"]["code"], "reconnect");
            assert_eq!(
                known["open_invoices"], before["open_invoices"],
                "what was fetched stays"
            );

            click(page, "[data-testid=renew]").await;
            begun(page, browser).await;
            let (_, other) = stage.sandbox.quickbooks_companies()[1].clone();
            browser.page.tick(&other).await;
            browser
                .agree(WAY.buttons()[0], "Signed in to QuickBooks Online")
                .await;
            page.see("[data-step=choosing]", "").await;
            page.picture("reconnect-2-another-company").await;
            page.press("Cancel").await;
            page.gone("[data-testid=sign-in]", "").await;
            assert_eq!(connections(page).await.len(), 1);

            click(page, "[data-testid=renew]").await;
            begun(page, browser).await;
            browser.agree(WAY.buttons()[0], CONNECTED).await;
            page.gone("[data-testid=sign-in]", "").await;
            page.gone("[data-testid=renew]", "").await;
            page.gone("progress, [role=progressbar]", "").await;
            page.picture("reconnect-3-done").await;
            let known = connections(page).await;
            assert_eq!(known.len(), 1);
            assert_eq!(known[0]["id"], before["id"], "it is the same source");
            assert_eq!(known[0]["problem"], Value::Null);
            assert_eq!(known[0]["open_invoices"], before["open_invoices"]);
        })
        .await;
    })
    .await;
    let violations = stage.sandbox.violations();
    assert!(violations.is_empty(), "{violations:#?}");
}
