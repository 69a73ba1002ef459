//! The system's own dialogs.

use std::path::PathBuf;

use desk::Choosing;
use tauri::{AppHandle, Manager, Runtime};
use tauri_plugin_dialog::DialogExt;
use tokio::sync::oneshot;

use crate::window;

/// Answers the save dialog in place of a person, in debug builds: WebDriver cannot operate the system's dialogs. Empty
/// means cancelled. Everything after the answer is the real thing.
#[cfg(debug_assertions)]
const ANSWER: &str = "DESK_TEST_SAVE_TO";

/// The same for the open dialog: a file that says which file is chosen, empty or absent for a cancelled dialog. Named so,
/// the answer can change while the program runs.
#[cfg(debug_assertions)]
const OPEN_ANSWER: &str = "DESK_TEST_OPEN";

/// Endings of tables. Whatever the user chooses besides, its content decides.
const TABLES: [&str; 10] = [
    "csv", "tsv", "tab", "txt", "xlsx", "xlsm", "xls", "ods", "asc", "skv",
];

/// Asks through the window's system.
pub(crate) struct Dialogs<R: Runtime> {
    app: AppHandle<R>,
}

impl<R: Runtime> Dialogs<R> {
    pub(crate) fn new(app: AppHandle<R>) -> Dialogs<R> {
        Dialogs { app }
    }

    async fn save_path(&self, suggested: &str) -> Option<PathBuf> {
        #[cfg(debug_assertions)]
        if let Some(answer) = std::env::var_os(ANSWER) {
            return Some(PathBuf::from(answer)).filter(|path| !path.as_os_str().is_empty());
        }
        let mut dialog = self.app.dialog().file().set_file_name(suggested);
        if let Some(extension) = suggested.rsplit_once('.').map(|(_, extension)| extension) {
            dialog = dialog.add_filter(extension.to_uppercase(), &[extension]);
        }
        if let Some(window) = self.app.get_webview_window(window::MAIN) {
            dialog = dialog.set_parent(&window);
        }
        let (answer, answered) = oneshot::channel();
        dialog.save_file(move |path| {
            // Nobody waits any more when the command was cancelled.
            let _ = answer.send(path);
        });
        answered.await.ok().flatten()?.into_path().ok()
    }
}

impl<R: Runtime> Dialogs<R> {
    async fn open_path(&self, what: Choosing) -> Option<PathBuf> {
        #[cfg(debug_assertions)]
        if let Some(answer) = std::env::var_os(OPEN_ANSWER) {
            let chosen = std::fs::read_to_string(answer).unwrap_or_default();
            return Some(PathBuf::from(chosen)).filter(|path| !path.as_os_str().is_empty());
        }
        let mut dialog = self.app.dialog().file();
        dialog = match what {
            Choosing::Table => dialog
                .add_filter("CSV, Excel, OpenDocument", &TABLES)
                .add_filter("*", &["*"]),
            Choosing::Mapping => dialog.add_filter("JSON", &["json"]),
        };
        if let Some(window) = self.app.get_webview_window(window::MAIN) {
            dialog = dialog.set_parent(&window);
        }
        let (answer, answered) = oneshot::channel();
        dialog.pick_file(move |path| {
            // Nobody waits any more when the command was cancelled.
            let _ = answer.send(path);
        });
        answered.await.ok().flatten()?.into_path().ok()
    }
}

impl<R: Runtime> desk::Host for Dialogs<R> {
    fn choose_open_path(&self, what: Choosing) -> desk::HostFuture<'_, Option<PathBuf>> {
        Box::pin(self.open_path(what))
    }

    fn choose_save_path<'a>(
        &'a self,
        suggested_name: &'a str,
    ) -> desk::HostFuture<'a, Option<PathBuf>> {
        Box::pin(self.save_path(suggested_name))
    }

    fn come_to_front(&self) {
        window::raise(&self.app);
    }
}
