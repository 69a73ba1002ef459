//! The application itself: the program as built, its real window, the system's keychain of the session it runs in. Linux
//! only, where the engine's own driver starts the program.

use std::process::{Command, Stdio};

use serde_json::json;

use super::driver::Driver;
use super::process::{Running, free_port};
use super::session::{View, play};
use super::{Page, Stage};

/// Plays an act in a window of its own. The same stage may be played on again: the data stays.
pub async fn in_window<T>(
    name: &str,
    stage: &Stage,
    view: View,
    act: impl AsyncFnOnce(&Page) -> T,
) -> T {
    let port = free_port();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new("WebKitWebDriver");
    command
        .arg(format!("--port={port}"))
        .envs(stage.variables())
        .env("DESK_TEST_SAVE_TO", stage.saved())
        .env("DESK_TEST_OPEN", stage.chosen())
        .env("DESK_LOG", stage.log.unwrap_or_default())
        .env("DESK_PACE", stage.pace.unwrap_or_default())
        .env(
            "PATH",
            format!("{}:{path}", recorder_of_links(stage).display()),
        )
        // Lets the driver into the engine.
        .env("TAURI_WEBVIEW_AUTOMATION", "true")
        .env(
            "GTK_THEME",
            if view.dark { "Adwaita:dark" } else { "Adwaita" },
        )
        .env("LANGUAGE", "en_GB")
        .stdout(Stdio::null());
    if let Some(bus) = &stage.bus {
        command.env("DBUS_SESSION_BUS_ADDRESS", bus);
    }
    let _driver = Running::start(&mut command);
    let options = json!({
        "binary": env!("CARGO_BIN_EXE_debitura-desk"),
        "args": ["--data-dir", stage.data_dir()],
    });
    let driver = Driver::begin(port, json!({ "webkitgtk:browserOptions": options }))
        .await
        .aiming_at(view.zoom);
    play(name, driver, view, async |page| {
        page.watch().await;
        if view.zoom != 1.0 {
            page.zoom(view.zoom).await;
        }
        act(page).await
    })
    .await
}

/// A stand-in for the program that opens links, which writes them down instead.
fn recorder_of_links(stage: &Stage) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let folder = stage.folder.path().join("bin");
    let program = folder.join("xdg-open");
    let script = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$1\" >> '{}'\n",
        stage.links().display()
    );
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    std::fs::write(&program, script).expect("a script can be written");
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&program, executable).expect("it can be made executable");
    folder
}
