//! Keys that are looked for everywhere after they were used: in files, logs, copies, words, errors, and in the memory of the
//! application and its web processes. Each search first finds something that is known to be there.
#![allow(
    clippy::print_stdout,
    reason = "how much was searched belongs beside the result"
)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use sandbox::{Contracts, DebituraKey, Options, StripeKey};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use crate::support::main_job::{click, enter_key};
use crate::support::session::View;
use crate::support::traces::Search;
use crate::support::window::in_window;
use crate::support::{Page, Stage, inside, main_job};

/// Longer than connections are kept for the next request.
pub(crate) const IDLE: Duration = Duration::from_secs(20);
/// Times the memory is looked at until what was in use has gone.
pub(crate) const LOOKS: usize = 6;

/// Keys of this run.
struct Canaries {
    debitura: String,
    stripe: String,
    /// Looks right, and Debitura does not know it.
    unknown_debitura: String,
    /// Looks right, and Stripe does not know it.
    unknown_stripe: String,
    /// All rights: refused before anything is sent.
    secret: String,
    revoked: String,
}

impl Canaries {
    fn hatch() -> Canaries {
        let new = || uuid::Uuid::new_v4().simple().to_string();
        Canaries {
            // Characters that look different in every encoding.
            debitura: format!("debitura/{}+{}=", new(), new()),
            stripe: format!("rk_test_{}", new()),
            unknown_debitura: format!("debitura/{}+{}=", new(), new()),
            unknown_stripe: format!("rk_live_{}", new()),
            secret: format!("sk_live_{}", new()),
            revoked: format!("rk_test_{}", new()),
        }
    }

    fn options(&self) -> Options {
        let company = "Nordlys Design ApS";
        Options {
            debitura_keys: vec![DebituraKey::new(
                &self.debitura,
                "nordlys",
                company,
                Contracts::Signed,
            )],
            stripe_keys: vec![
                StripeKey::new(&self.stripe),
                StripeKey::new(&self.revoked).revoked(),
            ],
            ..Options::default()
        }
    }

    /// As the application writes them: to the services, and to the keychain with the mark of a whole secret.
    fn in_own_words(&self) -> Search {
        Search::of([
            ("the header for Stripe", format!("Bearer {}", self.stripe)),
            (
                "the header for Debitura",
                format!("xapikey: {}", self.debitura),
            ),
            ("the revoked header", format!("Bearer {}", self.revoked)),
            (
                "the unknown header",
                format!("Bearer {}", self.unknown_stripe),
            ),
            ("the kept Stripe key", format!("s{}", self.stripe)),
            ("the kept Debitura key", format!("s{}", self.debitura)),
        ])
    }

    /// As the page hands them over.
    fn as_messages(&self) -> Search {
        let message = |key: &str| format!("\"key\":\"{key}\"");
        Search::of([
            ("the Debitura key", message(&self.debitura)),
            ("the Stripe key", message(&self.stripe)),
            ("the unknown Debitura key", message(&self.unknown_debitura)),
            ("the unknown Stripe key", message(&self.unknown_stripe)),
            ("the secret key", message(&self.secret)),
            ("the revoked key", message(&self.revoked)),
        ])
    }

    /// Without their last four characters, which the application shows so that people can tell keys apart.
    fn search(&self) -> Search {
        Search::of(
            [
                ("the Debitura key", &self.debitura),
                ("the Stripe key", &self.stripe),
                ("the unknown Debitura key", &self.unknown_debitura),
                ("the unknown Stripe key", &self.unknown_stripe),
                ("the secret key", &self.secret),
                ("the revoked key", &self.revoked),
            ]
            .map(|(name, key)| (name, &key[..key.len() - 4])),
        )
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display and the engine's driver: cargo xtask test"]
async fn canaries_leave_no_trace() {
    let canaries = Canaries::hatch();
    let search = canaries.search();
    let mut stage = Stage::set(canaries.options()).await;
    stage.log = Some("trace");
    let stage = stage;
    in_window("canaries", &stage, View::USUAL, async |page| {
        let looked = async |when: &str| {
            let seen = search.in_bytes(page.text().await.as_bytes());
            assert!(seen.is_empty(), "{when}, the window shows {seen:?}");
            // The log is bounded, so it is looked at before it starts over.
            let (found, _) = search.in_folder(&stage.data_dir());
            assert!(found.is_empty(), "{when}: {found:#?}");
        };
        page.see("heading", "Debitura Desk").await;
        refused(page, "debitura", &canaries.unknown_debitura).await;
        looked("after a key that Debitura does not know").await;
        main_job::play(page, &stage, async |step, _| looked(step).await).await;

        page.press("Integrations").await;
        click(page, "[data-testid=add-source]").await;
        page.press("Stripe").await;
        for (what, key) in [
            ("a key that Stripe does not know", &canaries.unknown_stripe),
            ("a secret key", &canaries.secret),
            ("a revoked key", &canaries.revoked),
        ] {
            refused(page, "stripe", key).await;
            looked(what).await;
        }
        page.keys(&[crate::support::driver::keys::ESCAPE]).await;

        // Both keys stop working while they are in use.
        stage.sandbox.revoke_key(&canaries.stripe);
        stage.sandbox.revoke_key(&canaries.debitura);
        let everything = json!({ "connection": null, "created": null });
        call(page, "sync", everything).await;
        page.see("[role=alert]", "").await;
        call(page, "refresh_cases", json!({})).await;
        at_rest(page).await;
        looked("after both keys were revoked").await;
        stage.sandbox.restore_keys();

        let query = call(page, "app_state", json!({})).await;
        let activity = call(
            page,
            "activity",
            json!({ "window": { "offset": 0, "limit": 500 } }),
        )
        .await;
        assert!(activity.to_string().contains("connected"), "{activity}");
        for told in [&query, &activity] {
            let found = search.in_bytes(told.to_string().as_bytes());
            assert!(found.is_empty(), "the page is told {found:?}");
        }

        page.press("Bulk Import").await;
        click(page, "[data-testid=export]").await;
        page.until("the export to be written", async || stage.saved().exists())
            .await;
        let journal = stage.folder.path().join("journal.db");
        export_journal(&stage.data_dir(), &journal).await;
        at_rest(page).await;
        tokio::time::sleep(IDLE).await;

        let control = format!("control-{}", uuid::Uuid::new_v4().simple());
        main_job::fill(page, "[data-testid=search]", &control).await;
        let control = Search::of([("the control", &control)]);

        let script = "return document.documentElement.outerHTML + [...document.querySelectorAll('input')].map((input) => input.value)";
        let document = page.run(script, json!([])).await.to_string();
        let found = search.in_bytes(document.as_bytes());
        assert!(found.is_empty(), "the document still has {found:?}");
        files(&search, &stage, &journal);
        words(&search, &stage);
        memory(&canaries, &control, &stage).await;
    })
    .await;
    let (found, read) = search.in_folder(stage.folder.path());
    assert!(found.is_empty() && read > 3, "after the end: {found:#?}");
}

/// Enters a key that is not taken; the field is empty at once.
async fn refused(page: &Page, provider: &str, key: &str) {
    let field = format!("[data-testid={provider}-key]");
    enter_key(page, &field, key).await;
    click(page, &format!("[data-testid=connect-{provider}]")).await;
    let script = "return document.querySelector(arguments[0])?.value";
    page.until("the field to be empty", async || {
        page.run(script, json!([field])).await == json!("")
    })
    .await;
    page.see("[role=alert]", "").await;
    at_rest(page).await;
}

pub(crate) async fn call(page: &Page, command: &str, request: Value) -> Value {
    let script =
        "return await window.__TAURI_INTERNALS__.invoke(arguments[0], { request: arguments[1] })
        .catch((failure) => failure);";
    page.run_to_end(script, json!([command, request])).await
}

/// Waits until no job runs.
pub(crate) async fn at_rest(page: &Page) {
    page.until("all jobs to end", async || {
        let state = call(page, "app_state", json!({})).await;
        let jobs = state["jobs"].as_array().cloned().unwrap_or_default();
        jobs.iter().all(|job| !job["ended"].is_null())
    })
    .await;
}

/// Copies the journal as the command line does, over the socket of whoever owns the folder.
pub(crate) async fn export_journal(data_dir: &Path, to: &Path) {
    let stream = tokio::net::UnixStream::connect(data_dir.join("desk.sock"))
        .await
        .unwrap();
    let (reading, mut writing) = stream.into_split();
    let line = json!({ "workspace": null, "command": "export_journal", "request": { "file": to } });
    writing
        .write_all(format!("{line}\n").as_bytes())
        .await
        .unwrap();
    let mut reading = BufReader::new(reading).lines();
    let greeting = reading.next_line().await.unwrap();
    assert_eq!(greeting.as_deref(), Some("desk"));
    let reply = reading.next_line().await.unwrap().unwrap();
    assert!(reply.contains("submissions"), "{reply}");
}

/// Folders of the session in which the application and its engine may write.
pub(crate) fn folders(stage: &Stage) -> Vec<PathBuf> {
    let of_session = [
        "XDG_DATA_HOME",
        "XDG_CONFIG_HOME",
        "XDG_CACHE_HOME",
        "XDG_RUNTIME_DIR",
    ]
    .into_iter()
    .filter_map(std::env::var_os)
    .map(PathBuf::from);
    std::iter::once(stage.folder.path().to_owned())
        .chain(of_session)
        .collect()
}

/// The data folder with book, cache, their logs and copies; what was exported; what the engine writes. The keychain's file
/// is in there too: it is encrypted.
fn files(search: &Search, stage: &Stage, journal: &Path) {
    let known = Search::of([("the address", "Strandvejen 12")]);
    let (found, _) = known.in_folder(&stage.data_dir());
    assert!(
        found.iter().any(|what| what.contains("book.db")),
        "the search finds what is there: {found:#?}"
    );
    let log = std::fs::read_to_string(stage.data_dir().join("desk.log")).unwrap();
    assert!(log.contains("exchange"), "the log is on: {log}");
    assert!(std::fs::metadata(journal).unwrap().len() > 1000);
    for folder in folders(stage) {
        let (found, read) = search.in_folder(&folder);
        println!("    {read} files in {}", folder.display());
        assert!(found.is_empty(), "{found:#?}");
    }
}

fn words(search: &Search, stage: &Stage) {
    let folder = stage.data_dir().to_string_lossy().into_owned();
    let known = Search::of([
        ("the folder", folder),
        ("the log", "DESK_LOG=trace".to_owned()),
    ]);
    let programs = inside::application(&stage.data_dir());
    assert_eq!(known.in_bytes(&programs[0].words().unwrap()).len(), 2);
    for program in programs {
        let found = search.in_bytes(&program.words().expect("it runs"));
        assert!(found.is_empty(), "{program:?}: {found:?}");
    }
}

/// What a core image would show. The application clears what it gives back, and none of its own copies stays. Two things
/// are told of but not judged, since nothing outside the engine can clear them: the page's own process, where a typed key
/// is a string that is freed at some time and never cleared; and, in the application's process, the engine's buffer with
/// the message in which the page handed the key over.
async fn memory(canaries: &Canaries, control: &Search, stage: &Stage) {
    let (search, own) = (canaries.search(), canaries.in_own_words());
    let known = Search::of([("the address", stage.sandbox.debitura_url())]);
    let programs = inside::application(&stage.data_dir());
    let (mut controls, mut others) = (0, 0);
    for program in &programs {
        let (found, read) = program.search(&search);
        let megabytes = read / 1_000_000;
        println!("    {} of {megabytes} MB: {found:?}", program.name);
        if program.name.starts_with("WebKitWebProc") {
            controls += program.search(control).0.len();
        } else if program.id == programs[0].id {
            let messages = canaries.as_messages();
            let mut elsewhere = found;
            // A connection is kept for a while with what was last written to it; on a busy computer, for longer.
            for _ in 0..LOOKS {
                let (handed_over, _) = program.search(&messages);
                elsewhere.retain(|what| !handed_over.contains(what));
                if elsewhere.is_empty() {
                    break;
                }
                println!("    {} still has {elsewhere:?}", program.name);
                tokio::time::sleep(IDLE / 2).await;
                elsewhere = program.search(&search).0;
            }
            assert!(elsewhere.is_empty(), "{program:?} keeps {elsewhere:#?}");
            let (found, _) = program.search(&own);
            assert!(found.is_empty(), "{program:?} has {found:#?}");
        } else {
            others += 1;
            assert!(found.is_empty(), "{program:?} has {found:#?}");
        }
    }
    let (here, _) = programs[0].search(&known);
    assert!(
        !here.is_empty() && controls > 0,
        "the search finds what is there"
    );
    assert!(others > 0, "the engine's network process: {programs:?}");
}
