//! Keys are nowhere but in the keychain: not in the data folder, in what is exported, told, or said of a failure. What a
//! window and its memory hold is looked at in the window's own tests.

use std::path::Path;
use std::sync::{Arc, Mutex};

use desk::wire::*;
use receivables::State;
use sandbox::{Contracts, DebituraKey, Options, StripeKey};
use serde_json::{Value, json};

use crate::at_work::{AtWork, ids};

const DEBITURA: &str = "debitura/canary+7d1c40f2a9e3b658=wxyz";
const STRIPE: &str = "rk_test_canary83b1f6d20c97e54awxyz";
const REVOKED: &str = "rk_test_canary5e09d7a1c3f84b26wxyz";
const SECRET: &str = "sk_live_canary2f60b8d4e7193ac5wxyz";
const UNKNOWN: &str = "rk_live_canary94c7e1a05d2f8b36wxyz";

/// The text has none of the keys, but for the last four characters that people tell them apart by.
fn assert_silent(text: &[u8], what: &str) {
    for key in [DEBITURA, STRIPE, REVOKED, SECRET, UNKNOWN] {
        let key = &key[..key.len() - 4];
        let there = text.windows(key.len()).any(|piece| piece == key.as_bytes());
        assert!(!there, "{what} has the key {key}");
    }
}

fn assert_folder_silent(folder: &Path) -> usize {
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            files += assert_folder_silent(&entry.path());
        } else if kind.is_file() {
            let content = std::fs::read(entry.path()).unwrap();
            assert_silent(&content, &entry.path().display().to_string());
            files += 1;
        }
    }
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_in_no_file_no_answer_no_event_and_no_failure() {
    let options = Options {
        debitura_keys: vec![DebituraKey::new(
            DEBITURA,
            "nordlys",
            "Nordlys Design ApS",
            Contracts::Signed,
        )],
        stripe_keys: vec![StripeKey::new(STRIPE), StripeKey::new(REVOKED).revoked()],
        ..Options::default()
    };
    let work = AtWork::begin(options).await;
    let told = Arc::new(Mutex::new(Vec::new()));
    let mut events = work.desk.events();
    let listening = tokio::spawn({
        let told = told.clone();
        async move {
            while let Ok(event) = events.recv().await {
                told.lock().unwrap().push(json!(event));
            }
        }
    });

    let refused: Result<WorkspaceView, Failure> = work
        .call(
            "connect_debitura",
            ConnectDebitura {
                key: UNKNOWN.to_owned(),
                environment: Environment::Sandbox,
                workspace: None,
            },
        )
        .await;
    let mut failures = vec![refused.unwrap_err()];
    work.connect().await;
    for key in [REVOKED, SECRET, UNKNOWN] {
        let request = ConnectStripe {
            key: key.to_owned(),
            connection: None,
        };
        let refused: Result<ConnectionView, Failure> = work.call("connect_stripe", request).await;
        failures.push(refused.unwrap_err());
    }
    // A key in the wrong place must not come back in the words about it.
    for request in [
        json!(STRIPE),
        json!({ "key": [STRIPE], "connection": null }),
        json!({ "key": 7, "connection": { "key": STRIPE } }),
        json!({ "key": DEBITURA, "environment": DEBITURA, "workspace": null }),
    ] {
        for command in ["connect_stripe", "connect_debitura"] {
            let refused: Result<Value, Failure> = work.call(command, request.clone()).await;
            failures.extend(refused.err());
        }
    }

    work.fetch().await;
    work.accept_suggestions().await;
    let ready = work.in_state(State::Ready).await;
    let review = work.review(&ids(&ready[..3])).await;
    work.submit(&review).await;
    work.settle().await;
    work.sandbox.revoke_key(STRIPE);
    work.sandbox.revoke_key(DEBITURA);
    failures.extend(work.fetch().await.failure);
    let refused: Result<Value, Failure> = work.call("refresh_cases", json!({})).await;
    failures.extend(refused.err());
    work.settle().await;
    assert!(failures.len() > 8, "{failures:?}");
    for failure in &failures {
        assert_silent(format!("{failure:?}").as_bytes(), "a failure");
        assert_silent(json!(failure).to_string().as_bytes(), "a failure");
    }

    let query = InvoiceQuery::default();
    for list in [Export::Invoices { query }, Export::Activity] {
        let exported: Exported = work.call("export", list).await.unwrap();
        assert!(exported.rows > 0);
        assert_folder_silent(work.folder.path());
    }
    let copy = work.folder.path().join("journal-copy.db");
    let file = copy.display().to_string();
    let copied: JournalExported = work
        .call("export_journal", ExportJournal { file })
        .await
        .unwrap();
    assert_eq!(copied.submissions, 3);
    let window = Window {
        offset: 0,
        limit: 500,
    };
    let activity: Value = work
        .call("activity", ListActivity { window })
        .await
        .unwrap();
    assert_silent(activity.to_string().as_bytes(), "the activity");
    assert_silent(
        json!(work.state().await).to_string().as_bytes(),
        "the state",
    );
    listening.abort();
    let told = told.lock().unwrap();
    assert!(told.len() > 10, "{told:?}");
    assert_silent(json!(*told).to_string().as_bytes(), "an event");

    let files = assert_folder_silent(work.folder.path());
    assert!(files > 3, "the search reads what is there");
    let book = std::fs::read(copy).unwrap();
    let number = ready[0].reference.clone().unwrap();
    assert!(
        book.windows(number.len())
            .any(|piece| piece == number.as_bytes()),
        "the search finds what is there"
    );
}
