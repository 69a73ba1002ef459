//! The table and the shell agree without a list between them.

use std::time::Duration;

use desk::wire::{Event, Failure};
use desk::{COMMANDS, FailureCode};
use serde_json::json;

use crate::shell::{Shell, call, channel, empty_desk};
use debitura_desk::Opening;

#[test]
fn every_command_of_the_table_reaches_the_desk() {
    let folder = tempfile::tempdir().unwrap();
    let shell = Shell::with(empty_desk(&folder));
    let window = shell.window("main");
    for command in COMMANDS {
        // No request is a number: only the desk, which knows the command's own type, can say so.
        let refused = call(&window, command.name, json!({ "request": 7 })).unwrap_err();
        assert_eq!(
            refused["code"], "bad_request",
            "{}: {refused}",
            command.name
        );
    }
    assert_eq!(
        call(&window, "app_state", json!({ "request": {} })).unwrap()["workspaces"],
        json!([])
    );
    // A command without a request may be called without one.
    assert!(call(&window, "app_state", json!({})).is_ok());
}

#[test]
fn a_desk_that_does_not_open_answers_every_command_with_the_reason() {
    let newer = || Failure::new(FailureCode::BookNewer).into();
    let opening = Opening::new(move || Box::pin(async move { Err(newer()) }));
    let shell = Shell::with(opening);
    let window = shell.window("main");
    for command in COMMANDS {
        let refused = call(&window, command.name, json!({ "request": {} })).unwrap_err();
        assert_eq!(refused["code"], "book_newer", "{}", command.name);
        for part in ["what", "why", "next", "retry"] {
            assert!(!refused[part].is_null(), "{}: {part}", command.name);
        }
    }
}

#[test]
fn a_page_that_subscribed_is_told_what_happens() {
    let folder = tempfile::tempdir().unwrap();
    let opening = empty_desk(&folder);
    let shell = Shell::with(opening.clone());
    let window = shell.window("main");
    call(&window, "subscribe", channel()).unwrap();
    let names = vec!["invoices.csv".to_owned()];
    let hovering = true;
    opening.tell(Event::FilesDropped { names, hovering });
    let told = shell.told.recv_timeout(Duration::from_secs(10)).unwrap();
    assert_eq!(
        told,
        json!({ "kind": "files_dropped", "names": ["invoices.csv"], "hovering": true })
    );

    let refused = call(&window, "subscribe", json!({ "channel": "nonsense" })).unwrap_err();
    assert_eq!(refused["code"], "bad_request");
}
