//! Files dropped on the window: what the page is told, and what it is not.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use tauri::{DragDropEvent, PhysicalPosition};

use crate::shell::{Shell, call, channel, empty_desk};

#[test]
fn a_drop_tells_the_page_names_and_what_became_of_each_file() {
    let folder = tempfile::tempdir().unwrap();
    let opening = empty_desk(&folder);
    let shell = Shell::with(opening.clone());
    let window = shell.window("main");
    call(&window, "subscribe", channel()).unwrap();
    let paths = ["/private/Anna/a.csv", "/private/Anna/b.xlsx"].map(PathBuf::from);
    let (paths, position) = (paths.to_vec(), PhysicalPosition::new(1.0, 1.0));
    debitura_desk::dragged(
        &opening,
        &DragDropEvent::Drop {
            paths: paths.clone(),
            position,
        },
    );
    let next = || shell.told.recv_timeout(Duration::from_secs(10)).unwrap();
    let mut told: Vec<Value> = Vec::new();
    while told
        .iter()
        .filter(|one| one["kind"] == "import_dropped")
        .count()
        < paths.len()
    {
        told.push(next());
    }
    let dropped =
        json!({ "kind": "files_dropped", "names": ["a.csv", "b.xlsx"], "hovering": false });
    assert!(told.contains(&dropped), "{told:#?}");
    // Nobody is connected here: each file is answered for, in the order of the drop.
    let answers: Vec<_> = told
        .iter()
        .filter(|one| one["kind"] == "import_dropped")
        .map(|one| (one["name"].clone(), one["failure"]["code"].clone()))
        .collect();
    assert_eq!(
        answers,
        [
            (json!("a.csv"), json!("no_workspace")),
            (json!("b.xlsx"), json!("no_workspace"))
        ]
    );
    let text = json!(told).to_string();
    assert!(
        !text.contains("private"),
        "the page learns where a file lies: {text}"
    );
    assert!(
        !folder.path().join("imports").exists(),
        "a copy was made for nobody"
    );
}
