//! Sign-ins that end otherwise: denied, left alone, beside another one, cut off. Each leaves its port free and nothing
//! else behind, and the next one works.

use sandbox::{INTUIT_CLIENT, INTUIT_SECRET, Options};
use serde_json::Value;

use super::{Way, begun, connections, first_source, register};
use crate::support::command_line::{CommandLine, ended};
use crate::support::driver::keys::ESCAPE;
use crate::support::main_job::click;
use crate::support::session::View;
use crate::support::system_browser::{comes_free, is_taken, port_of, with_browser};
use crate::support::window::in_window;
use crate::support::{Page, Stage, inside};

const WAY: Way = Way::QuickBooks;
const CONNECTED: &str = "Connected to QuickBooks Online";

/// The first start up to the button that begins a sign-in.
async fn ready(page: &Page, stage: &Stage) {
    first_source(page, stage, WAY).await;
    register(page, stage, WAY).await;
    page.see("[data-step=ready]", "").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display, the engine's driver and Chromium: cargo xtask test"]
async fn denied_then_left_alone_then_done() {
    let stage = Stage::set(Options::default()).await;
    in_window("sign-in-denied", &stage, View::USUAL, async |page| {
        with_browser("sign-in-denied", &stage, async |browser| {
            ready(page, &stage).await;
            let port = port_of(&begun(page, browser).await);
            browser.page.press(WAY.buttons()[1]).await;
            browser
                .page
                .read("Not connected to QuickBooks Online")
                .await;
            browser.page.picture("sign-in-denied-1-browser").await;
            page.see("[data-step=failed] [role=alert]", "").await;
            page.picture("sign-in-denied-2-window").await;
            comes_free(port).await;

            // In the dialog, where a sign-in is begun later on.
            page.press("Later").await;
            page.press("Integrations").await;
            click(page, "[data-testid=add-source]").await;
            page.press("QuickBooks Online").await;
            let port = port_of(&begun(page, browser).await);
            browser.close_tab().await;
            page.picture("sign-in-denied-3-tab-closed").await;
            assert!(
                is_taken(port),
                "a closed tab is nothing the application knows of"
            );
            page.press("Cancel").await;
            page.gone("[data-testid=sign-in]", "").await;
            comes_free(port).await;

            click(page, "[data-testid=add-source]").await;
            page.press("QuickBooks Online").await;
            let port = port_of(&begun(page, browser).await);
            page.keys(&[ESCAPE]).await;
            page.gone("[data-testid=sign-in]", "").await;
            comes_free(port).await;

            assert_eq!(connections(page).await, Vec::<Value>::new());
            assert_eq!(
                stage
                    .sandbox
                    .requests_to("intuit POST /oauth2/v1/tokens/bearer")
                    .len(),
                0,
                "nobody agreed, so nothing is exchanged"
            );
            click(page, "[data-testid=add-source]").await;
            page.press("QuickBooks Online").await;
            begun(page, browser).await;
            browser.agree(WAY.buttons()[0], CONNECTED).await;
            page.gone("[data-testid=sign-in]", "").await;
            assert_eq!(connections(page).await.len(), 1);
        })
        .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display, the engine's driver and Chromium: cargo xtask test"]
async fn two_windows_and_two_command_lines_while_one_waits() {
    let stage = Stage::set(Options::default()).await;
    let other = tempfile::tempdir().unwrap();
    in_window("sign-in-beside", &stage, View::USUAL, async |page| {
        with_browser("sign-in-beside", &stage, async |browser| {
            ready(page, &stage).await;
            let first = port_of(&begun(page, browser).await);

            in_window("sign-in-second", &stage, View::USUAL, async |second| {
                second
                    .read("Another Debitura Desk is using the data folder.")
                    .await;
            })
            .await;
            assert!(is_taken(first), "a second window disturbs the first one");
            page.see("[data-step=waiting]", "").await;

            // With a folder of its own it is another desk, and finds another port.
            let line = CommandLine::of(&stage, other.path());
            line.enter(&["connect", "debitura"], stage.sandbox.debitura_key())
                .await;
            line.enter(
                &["credentials", "quickbooks"],
                &format!("{INTUIT_CLIENT}\n{INTUIT_SECRET}\n"),
            )
            .await;
            let (waiting, address) = line.connects().await;
            assert_ne!(port_of(&address), first, "both wait for their browsers");
            browser.open(&address).await;
            browser.agree(WAY.buttons()[0], CONNECTED).await;
            let told = ended(waiting).await;
            assert!(told["connection"]["account"].is_string(), "{told}");
            comes_free(port_of(&address)).await;
            page.see("[data-step=waiting]", "").await;

            // On the same folder there is one sign-in at a time: the one that was begun last.
            let same = stage.data_dir();
            let line = CommandLine::of(&stage, &same);
            let (waiting, address) = line.connects().await;
            page.read("Another sign-in took the place of this one.")
                .await;
            page.picture("sign-in-beside-1-superseded").await;
            browser.open(&address).await;
            browser.agree(WAY.buttons()[0], CONNECTED).await;
            let told = ended(waiting).await;
            assert!(told["connection"]["account"].is_string(), "{told}");
            comes_free(port_of(&address)).await;
            assert_eq!(connections(page).await.len(), 1);
        })
        .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display, the engine's driver and Chromium: cargo xtask test"]
async fn quit_while_the_browser_is_away() {
    let stage = Stage::set(Options::default()).await;
    with_browser("sign-in-quit", &stage, async |browser| {
        let killed = in_window("sign-in-killed", &stage, View::USUAL, async |page| {
            ready(page, &stage).await;
            let port = port_of(&begun(page, browser).await);
            inside::application(&stage.data_dir())[0].kill();
            comes_free(port).await;
            port
        })
        .await;
        let closed = in_window("sign-in-closed", &stage, View::USUAL, async |page| {
            begin_another(page).await;
            let port = port_of(&begun(page, browser).await);
            assert_eq!(port, killed, "the first of its ports is to be had again");
            close_window(&stage).await;
            comes_free(port).await;
            port
        })
        .await;
        in_window("sign-in-again", &stage, View::USUAL, async |page| {
            assert_eq!(connections(page).await, Vec::<Value>::new());
            begin_another(page).await;
            let port = port_of(&begun(page, browser).await);
            assert_eq!(port, closed, "the first of its ports is to be had again");
            // The page that was opened before the window was closed is still there.
            browser.back_to(1).await;
            browser.page.press(WAY.buttons()[0]).await;
            browser.page.read("Nothing to see here").await;
            browser.page.picture("sign-in-quit-1-old-tab").await;
            page.see("[data-step=waiting]", "").await;
            page.read("Answers of another sign-in came in and were ignored.")
                .await;
            page.picture("sign-in-quit-2-stranger").await;
            browser.back_to(2).await;
            browser.agree(WAY.buttons()[0], CONNECTED).await;
            page.gone("[data-testid=sign-in]", "").await;
            assert_eq!(connections(page).await.len(), 1);
            comes_free(port).await;
        })
        .await;
    })
    .await;
}

/// As later on: from the list of sources.
async fn begin_another(page: &Page) {
    page.press("Integrations").await;
    click(page, "[data-testid=add-source]").await;
    page.press("QuickBooks Online").await;
    page.see("[data-step=ready]", "").await;
}

/// Closes the window as its own button does.
async fn close_window(stage: &Stage) {
    let application = inside::application(&stage.data_dir()).remove(0);
    let closed = tokio::process::Command::new("python3")
        .arg(crate::support::repository("tests/support/close_window.py"))
        .arg(application.id.to_string())
        .status()
        .await
        .unwrap();
    assert!(closed.success(), "the window takes its leave");
}
