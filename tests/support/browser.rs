//! Chromium, headless and with a profile of its own: as the page's engine over the bridge, and as the system's browser
//! beside the application.

use std::process::{Command, Stdio};

use serde_json::json;

use super::bridge::Bridge;
use super::driver::Driver;
use super::process::{Running, free_port};
use super::session::{View, play};
use super::{Page, Stage};

/// Plays an act of the page over the bridge, in a browser of its own.
pub async fn in_browser<T>(
    name: &str,
    stage: &Stage,
    view: View,
    act: impl AsyncFnOnce(&Page) -> T,
) -> T {
    let bridge = Bridge::start(stage.opening()).await;
    in_chromium(name, view, async |page| {
        page.driver()
            .go(&bridge.url())
            .await
            .expect("the page loads");
        page.watch().await;
        act(page).await
    })
    .await
}

/// Plays an act in a browser that shows nothing yet.
pub async fn in_chromium<T>(name: &str, view: View, act: impl AsyncFnOnce(&Page) -> T) -> T {
    let profile = tempfile::tempdir().expect("a folder can be made");
    let port = free_port();
    let _driver = Running::start(
        Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null()),
    );
    let mut arguments = vec![
        "--headless=new".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-quic".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        // It would look for servers that a test has no business with.
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        "--no-first-run".to_owned(),
        "--lang=en-GB".to_owned(),
        format!("--user-data-dir={}", profile.path().display()),
        format!("--force-device-scale-factor={}", view.zoom),
        format!(
            "--blink-settings=preferredColorScheme={}",
            u8::from(!view.dark)
        ),
    ];
    if runs_as_root() {
        arguments.push("--no-sandbox".to_owned());
    }
    let mut options = json!({ "args": arguments });
    if let Some(binary) = chromium() {
        options["binary"] = json!(binary);
    }
    let driver = Driver::begin(port, json!({ "goog:chromeOptions": options })).await;
    play(name, driver, view, act).await
}

/// Debian's name and Ubuntu's; otherwise the driver looks for Chrome itself.
fn chromium() -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    ["chromium", "chromium-browser"]
        .into_iter()
        .find_map(|name| {
            std::env::split_paths(&path)
                .map(|folder| folder.join(name))
                .find(|program| program.is_file())
        })
}

/// Chromium's own sandbox does not work for root, which containers run as.
fn runs_as_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}
