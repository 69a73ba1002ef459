//! What a page cannot do, tried from inside the real one.

use sandbox::Options;
use serde_json::{Value, json};

use crate::support::session::View;
use crate::support::window::in_window;
use crate::support::{Page, Stage};

const INVOKE: &str = "return await window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1]);";

async fn invoke(page: &Page, command: &str, arguments: Value) -> Value {
    page.run_to_end(INVOKE, json!([command, arguments])).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display and the engine's driver: cargo xtask test"]
async fn the_page_reaches_its_commands_and_nothing_else() {
    let stage = Stage::set(Options::default()).await;
    in_window("boundary", &stage, View::USUAL, async |page| {
        page.see("heading", "Debitura Desk").await;
        assert_eq!(
            invoke(page, "app_state", json!({ "request": {} })).await["workspaces"],
            json!([])
        );

        for command in [
            "no_such_command",
            "plugin:dialog|open",
            "plugin:window|set_title",
            "plugin:event|listen",
        ] {
            let refused = invoke(page, command, json!({})).await;
            let thrown = refused["thrown"].as_str().unwrap_or_default();
            assert!(thrown.contains("not allowed"), "{command}: {refused}");
        }

        // Loopback, where somebody does answer: only the policy can stop it.
        let address = format!("{}/control", stage.sandbox.url());
        let fetched = page
            .run_to_end(
                "return (await fetch(arguments[0], { mode: 'no-cors' })).type;",
                json!([address]),
            )
            .await;
        assert!(
            fetched["thrown"].is_string(),
            "the page fetched {address}: {fetched}"
        );
        let hosts = page
            .run(
                "return [typeof window.__TAURI__, typeof window.eval]",
                json!([]),
            )
            .await;
        assert_eq!(hosts[0], "undefined");

        let script = "const script = document.createElement('script');
            script.textContent = 'window.injected = true';
            document.body.append(script);
            const image = document.createElement('div');
            image.innerHTML = '<img src=x onerror=\"window.injected = true\">';
            document.body.append(image);
            await new Promise((done) => setTimeout(done, 300));
            return window.injected ?? false;";
        assert_eq!(
            page.run_to_end(script, json!([])).await,
            json!(false),
            "an injected script ran"
        );

        // What other tests rely on: the attempts above were noticed.
        let violations = page.policy_violations().await;
        assert!(
            violations
                .iter()
                .any(|violation| violation.starts_with("connect-src")),
            "{violations:?}"
        );
    })
    .await;
}
