//! What is not granted is refused before any code of ours runs.

use desk::COMMANDS;
use serde_json::json;

use crate::shell::{Shell, call, call_from, channel, empty_desk};

#[test]
fn another_window_may_do_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let shell = Shell::with(empty_desk(&folder));
    let window = shell.window("other");
    for command in COMMANDS {
        let refused = call(&window, command.name, json!({ "request": {} })).unwrap_err();
        assert!(
            refused.as_str().unwrap().contains("not allowed"),
            "{}: {refused}",
            command.name
        );
    }
    assert!(call(&window, "subscribe", channel()).is_err());
}

#[test]
fn a_page_of_another_origin_may_do_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let shell = Shell::with(empty_desk(&folder));
    let window = shell.window("main");
    for command in COMMANDS {
        let refused = call_from(
            &window,
            command.name,
            json!({ "request": {} }),
            "https://elsewhere.example",
        );
        assert!(refused.is_err(), "{}", command.name);
    }
}

#[test]
fn the_window_may_do_nothing_but_its_commands() {
    let folder = tempfile::tempdir().unwrap();
    let shell = Shell::with(empty_desk(&folder));
    let window = shell.window("main");
    for name in [
        "no_such_command",
        "plugin:dialog|open",
        "plugin:dialog|save",
        "plugin:event|listen",
        "plugin:fs|read_text_file",
        "plugin:path|resolve_directory",
        "plugin:shell|open",
        "plugin:webview|create_webview",
        "plugin:window|create",
        "plugin:window|set_title",
    ] {
        let refused = call(&window, name, json!({})).unwrap_err();
        assert!(
            refused.as_str().unwrap().contains("not allowed"),
            "{name}: {refused}"
        );
    }
}
