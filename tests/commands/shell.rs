//! The application without its window.

use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use debitura_desk::Opening;
use desk::{
    Addresses, Checkpoint, Desk, Host, HostFuture, KeychainChoice, Pacing, Setup, SystemClock,
};
use serde_json::{Value, json};
use tauri::ipc::{CallbackFn, InvokeBody, InvokeResponseBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
use tauri::webview::InvokeRequest;
use tauri::{App, WebviewWindow, WebviewWindowBuilder};
use tempfile::TempDir;

/// A running shell and its folder.
pub struct Shell {
    app: App<MockRuntime>,
    /// What was sent on channels.
    pub told: mpsc::Receiver<Value>,
}

impl Shell {
    pub fn with(opening: Arc<Opening>) -> Shell {
        let (sender, told) = mpsc::channel();
        let sender = Mutex::new(sender);
        let app = mock_builder()
            .invoke_handler(debitura_desk::handle)
            .manage(opening)
            .channel_interceptor(move |_, _, _, body| {
                let told = body.clone().deserialize().unwrap();
                sender.lock().unwrap().send(told).is_ok()
            })
            .build(debitura_desk::context())
            .unwrap();
        Shell { app, told }
    }

    pub fn window(&self, label: &str) -> WebviewWindow<MockRuntime> {
        WebviewWindowBuilder::new(&self.app, label, Default::default())
            .build()
            .unwrap()
    }
}

/// Calls as the page does.
pub fn call(
    window: &WebviewWindow<MockRuntime>,
    name: &str,
    arguments: Value,
) -> Result<Value, Value> {
    call_from(
        window,
        name,
        arguments,
        if cfg!(windows) {
            "http://tauri.localhost"
        } else {
            "tauri://localhost"
        },
    )
}

/// Calls as a page of another origin would.
pub fn call_from(
    window: &WebviewWindow<MockRuntime>,
    name: &str,
    arguments: Value,
    url: &str,
) -> Result<Value, Value> {
    let request = InvokeRequest {
        cmd: name.to_owned(),
        callback: CallbackFn(0),
        error: CallbackFn(1),
        url: url.parse().unwrap(),
        body: InvokeBody::Json(arguments),
        headers: Default::default(),
        invoke_key: INVOKE_KEY.to_owned(),
    };
    get_ipc_response(window, request).map(|body: InvokeResponseBody| body.deserialize().unwrap())
}

/// A desk in an empty folder, reaching nobody.
pub fn empty_desk(folder: &TempDir) -> Arc<Opening> {
    let nobody = |_: &str| Some("http://127.0.0.1:1".to_owned());
    let setup = Setup {
        data_dir: folder.path().to_owned(),
        keychain: KeychainChoice::Memory,
        addresses: Addresses::from_environment(nobody).unwrap(),
        host: Arc::new(Nobody),
        clock: Arc::new(SystemClock),
        pacing: Pacing::Unlimited,
        hold: Duration::ZERO,
        checkpoint: Checkpoint::default(),
    };
    Opening::new(move || Box::pin(Desk::open_or_recover(setup.clone())))
}

struct Nobody;

impl Host for Nobody {
    fn choose_save_path<'a>(&'a self, _: &'a str) -> HostFuture<'a, Option<std::path::PathBuf>> {
        Box::pin(async { None })
    }

    fn open_browser(&self, _: &str) -> Result<(), String> {
        Err("there is no browser here".to_owned())
    }
}

/// The page's way of handing in a channel.
pub fn channel() -> Value {
    json!({ "channel": "__CHANNEL__:7" })
}
