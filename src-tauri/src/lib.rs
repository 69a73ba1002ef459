//! The shell: window, dialogs, file drop and wiring. Knows Tauri and decides nothing; every command goes to `desk`.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod commands;
mod dialog;
mod events;
mod log;
mod opening;
mod options;
mod window;

use std::sync::Arc;

use desk::{Desk, Setup};
use tauri::webview::PageLoadEvent;
use tauri::{AppHandle, Builder, Context, Manager, Runtime};

pub use commands::{SUBSCRIBE, handle};
pub use events::merged;
pub use opening::Opening;
pub use options::Options;
pub use window::dragged;

/// Everything `generate_context!` embeds: configuration, page, permissions. In one place, since expanding it twice in one
/// program defines its symbols twice.
pub fn context<R: Runtime>() -> Context<R> {
    tauri::generate_context!()
}

/// Opens the window and runs until it is closed.
///
/// # Errors
/// Where the system has no window to give, such as without a display.
pub fn run(options: Options) -> tauri::Result<()> {
    let mut builder = Builder::default();
    // First of all plugins, so that a second start ends before it touches anything. A folder of one's own is another
    // desk; two on the same folder are told apart by its lock.
    if options.data_dir.is_none() {
        builder = builder.plugin(tauri_plugin_single_instance::init(|app, _, _| {
            window::raise(app);
        }));
    }
    builder
        .plugin(tauri_plugin_dialog::init())
        .plugin(window::state_plugin(&options))
        .invoke_handler(handle)
        .on_page_load(|webview, load| {
            if load.event() == PageLoadEvent::Started {
                webview.state::<Arc<Opening>>().page_begins();
            }
        })
        .setup(move |app| {
            log::start(app.handle(), &options);
            let opening = opening(app.handle(), options);
            app.manage(opening.clone());
            // While the page loads.
            tauri::async_runtime::spawn(async move { opening.begin().await });
            window::open(app.handle())?;
            Ok(())
        })
        .run(context())
}

fn opening(app: &AppHandle, options: Options) -> Arc<Opening> {
    let host = Arc::new(dialog::Dialogs::new(app.clone()));
    Opening::new(move || {
        let (data_dir, host) = (options.data_dir.clone(), host.clone());
        Box::pin(async {
            let desk = Desk::open_or_recover(Setup::from_environment(data_dir, host)?).await?;
            desk.run_in_background();
            Ok(desk)
        })
    })
}
