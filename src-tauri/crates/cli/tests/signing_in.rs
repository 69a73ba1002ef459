//! Sources that a script signs in to: real processes, and what becomes of the tokens when they are killed, or are many.
//! The keychain is the system's; without one there is nothing to test here.
#![allow(clippy::unwrap_used)]

mod script;

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::process::Child;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use sandbox::visit::{Decision, decide, open};
use sandbox::{
    Effect, Environment, Fault, INTUIT_CLIENT, INTUIT_SECRET, Options, Rotation, Sandbox, When,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::{Mutex, MutexGuard};

use script::{Script, has_keychain, sign_in};

const TOKENS: &str = "intuit POST /oauth2/v1/tokens/bearer";
/// The one name that is ours.
const CORRECTED: &str = "Nordlys Design & Form ApS";

/// The ports of the browser's answer are fixed: one test at a time.
static PORTS: Mutex<()> = Mutex::const_new(());

struct Stage {
    sandbox: Sandbox,
    folder: TempDir,
    _ports: MutexGuard<'static, ()>,
}

impl Stage {
    /// Debitura connected and the own app registered; `None` without a keychain.
    async fn begin() -> Option<Stage> {
        let ports = PORTS.lock().await;
        let stage = Stage {
            sandbox: Sandbox::start(Options::default()).await.unwrap(),
            folder: tempfile::tempdir().unwrap(),
            _ports: ports,
        };
        let script = stage.script();
        if !has_keychain(&script) {
            return None;
        }
        script.json(&["connect", "debitura"], stage.sandbox.debitura_key(), 0);
        let registration = format!("{INTUIT_CLIENT}\n{INTUIT_SECRET}\n");
        let kept = script.json(&["credentials", "quickbooks"], &registration, 0);
        for redirect in kept["application"]["redirects"].as_array().unwrap() {
            stage
                .sandbox
                .register_intuit_redirect(Environment::Development, redirect.as_str().unwrap())
                .unwrap();
        }
        Some(stage)
    }

    fn script(&self) -> Script<'_> {
        Script {
            folder: self.folder.path(),
            sandbox: &self.sandbox,
        }
    }

    fn realm(&self) -> String {
        self.sandbox.quickbooks_companies()[0].0.clone()
    }

    /// Begins a sign-in; gives the address that it prints first.
    fn begin_sign_in(&self, kill_at: &str) -> (Child, String) {
        let words = ["connect", "quickbooks", "--no-browser"];
        let mut command = self.script().command(&words);
        let mut child = command.env("DESK_KILL_AT", kill_at).spawn().unwrap();
        let mut address = String::new();
        let mut told = BufReader::new(child.stderr.take().unwrap());
        told.read_line(&mut address).unwrap();
        (child, address.trim().to_owned())
    }

    /// Somebody signs in in a browser; gives what the script prints.
    fn sign_in(&self) -> Value {
        sign_in(&self.script(), "quickbooks")
    }

    /// The provider's clock runs ahead: the token that every process finds in the keychain is refused there.
    fn token_expires(&self) {
        self.sandbox.advance(SignedDuration::from_hours(2));
        self.sandbox.forget_requests();
    }

    fn renewals(&self) -> usize {
        self.sandbox.requests_to(TOKENS).len()
    }

    /// After all suggestions were accepted.
    fn ready_invoices(&self) -> Vec<String> {
        let script = self.script();
        for field in ["due_date", "debtor_type"] {
            script.json(&["accept", field], "", 0);
        }
        let ready = script.json(&["invoices", "--state", "ready", "--limit", "2"], "", 0);
        let ready = ready["invoices"].as_array().unwrap().iter();
        ready
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .collect()
    }

    /// What cannot be fetched again: a correction, and a case with its reference.
    fn work(&self) -> Work {
        let script = self.script();
        let mut ready = self.ready_invoices();
        let (submitted, corrected) = (ready.remove(1), ready.remove(0));
        script.json(&["correct", &corrected, "debtor_name", CORRECTED], "", 0);
        let results = script.json(&["submit", &submitted, "--yes"], "", 0);
        assert_eq!(results["results"][0]["outcome"], "submitted", "{results}");
        Work {
            corrected,
            submitted,
            results,
        }
    }

    fn is_whole(&self, work: &Work) {
        let script = self.script();
        let all = script.json(&["invoices", "--state", "all"], "", 0);
        let all = all["invoices"].as_array().unwrap();
        let mine = all.iter().find(|row| row["id"] == json!(work.corrected));
        assert_eq!(
            mine.map(|row| &row["debtor_name"]),
            Some(&json!(CORRECTED)),
            "the correction is lost"
        );
        let again = script.json(&["submit", &work.submitted, "--yes"], "", 0);
        assert_eq!(again, work.results, "the journal is not what it was");
        assert_eq!(self.sandbox.cases_created(), 1, "a case was made twice");
    }
}

/// What a person did.
struct Work {
    corrected: String,
    submitted: String,
    results: Value,
}

fn was_killed(child: &mut Child) -> bool {
    let status = child.wait().unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        status.signal() == Some(9)
    }
    #[cfg(not(unix))]
    !status.success()
}

/// Waits until nobody listens on the port that an address brings the browser back to.
fn port_comes_free(address: &str) {
    let (_, rest) = address.split_once("localhost%3A").unwrap();
    let port: u16 = rest.split("%2F").next().unwrap().parse().unwrap();
    let free = || {
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
            && TcpListener::bind((Ipv6Addr::LOCALHOST, port)).is_ok()
    };
    let started = Instant::now();
    while !free() {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "{port} is still taken"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// How many items the session's keychain holds, where there is a way to ask it.
fn kept() -> Option<usize> {
    let asked = std::process::Command::new("busctl")
        .args(["--user", "--json=short", "call", "org.freedesktop.secrets"])
        .args(["/org/freedesktop/secrets", "org.freedesktop.Secret.Service"])
        .args(["SearchItems", "a{ss}", "0"])
        .output();
    let answer: Value = serde_json::from_slice(&asked.ok()?.stdout).ok()?;
    let lists = answer["data"].as_array()?;
    let items = lists.iter().filter_map(Value::as_array).map(Vec::len);
    Some(items.sum())
}

/// Somebody signs in at QuickBooks in a browser, from the address that the script prints first.
#[tokio::test(flavor = "multi_thread")]
async fn a_script_signs_in_to_quickbooks_and_out_again() {
    let Some(stage) = Stage::begin().await else {
        return;
    };
    let script = stage.script();
    let refused = script.json(&["credentials", "quickbooks"], "only one line", 1);
    assert_eq!(refused["failure"]["code"], "invalid_value");
    let answer = stage.sign_in();
    let (realm, name) = stage.sandbox.quickbooks_companies()[0].clone();
    assert_eq!(answer["connection"]["account"], json!(name));
    let synced = script.json(&["sync"], "", 0);
    let oracle = stage.sandbox.quickbooks_oracle(&realm).unwrap();
    assert_eq!(synced["invoices"], json!(oracle.open), "{synced}");

    let connection = answer["connection"]["id"].as_str().unwrap();
    let removed = script.json(&["disconnect", connection], "", 0);
    assert_eq!(removed["removed"]["revokes"], json!(true));
    assert!(
        !stage.sandbox.disconnect_quickbooks(&realm),
        "nothing is connected at Intuit any more"
    );
}

/// Three scripts at once, each with one command after the other.
#[tokio::test(flavor = "multi_thread")]
async fn fifty_commands_of_three_scripts_renew_an_expired_token_once() {
    let Some(stage) = Stage::begin().await else {
        return;
    };
    stage.sign_in();
    stage.script().json(&["sync"], "", 0);
    let id = stage.ready_invoices().remove(0);
    stage
        .sandbox
        .settings(|settings| settings.intuit.rotation = Rotation::KillAtOnce);
    stage.token_expires();
    let words: [&[&str]; 4] = [
        &["sync"],
        &["preview", &id],
        &["connections"],
        &["invoices", "--limit", "3"],
    ];
    let played: Vec<usize> = std::thread::scope(|scope| {
        let scripts = [0, 1, 2].map(|script| {
            let stage = &stage;
            scope.spawn(move || {
                let mine = (0..51).filter(|number| number % 3 == script);
                mine.map(|number| {
                    let words = words[(number / 3 + script) % words.len()];
                    let output = stage.script().run(words, "");
                    assert!(output.status.success(), "desk {words:?}: {output:?}");
                })
                .count()
            })
        });
        scripts.map(|script| script.join().unwrap()).into()
    });
    assert_eq!(played, [17; 3], "each command does what it was asked");
    let asked = stage.sandbox.requests().len();
    assert!(asked > 50, "the commands ask Intuit: {asked} requests");
    assert_eq!(stage.renewals(), 1, "one renewal serves every process");
}

/// How a process ends between the provider's new token and the keychain.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Killed {
    /// Before the provider's answer is here.
    Waiting,
    /// With the new token in its hand.
    BeforeKeeping,
    /// The keychain has it, and nobody was told.
    AfterKeeping,
}

impl Stage {
    fn killed(&self, killed: Killed) {
        self.token_expires();
        let mut command = self.script().command(&["sync"]);
        let mut child = match killed {
            Killed::Waiting => {
                let lost = Fault::new(TOKENS, When::Always, Effect::TimeoutAfterCommit);
                self.sandbox.fault(lost);
                let mut child = command.spawn().unwrap();
                while self.renewals() == 0 {
                    assert_eq!(child.try_wait().unwrap(), None, "it waits for its token");
                    std::thread::sleep(Duration::from_millis(10));
                }
                child.kill().unwrap();
                child
            }
            Killed::BeforeKeeping => command
                .env("DESK_KILL_AT", "keep_tokens:before")
                .spawn()
                .unwrap(),
            Killed::AfterKeeping => command
                .env("DESK_KILL_AT", "keep_tokens:after")
                .spawn()
                .unwrap(),
        };
        assert!(was_killed(&mut child), "{killed:?}: it went on");
        self.sandbox.clear_faults();
        assert_eq!(
            self.renewals(),
            1,
            "{killed:?}: the provider gave a new token"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_before_the_new_token_is_kept_loses_nothing_where_the_old_one_is_honoured() {
    let Some(stage) = Stage::begin().await else {
        return;
    };
    stage.sign_in();
    stage.script().json(&["sync"], "", 0);
    let work = stage.work();
    stage
        .sandbox
        .settings(|settings| settings.intuit.rotation = Rotation::Grace);
    for killed in [Killed::Waiting, Killed::BeforeKeeping, Killed::AfterKeeping] {
        stage.killed(killed);
        let synced = stage.script().json(&["sync"], "", 0);
        assert_eq!(synced["complete"], json!(true), "{killed:?}: {synced}");
        stage.is_whole(&work);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_before_the_new_token_is_kept_asks_to_reconnect_where_the_old_one_died() {
    let Some(stage) = Stage::begin().await else {
        return;
    };
    let connection = stage.sign_in()["connection"]["id"].clone();
    stage.script().json(&["sync"], "", 0);
    let work = stage.work();
    stage
        .sandbox
        .settings(|settings| settings.intuit.rotation = Rotation::KillAtOnce);

    stage.killed(Killed::AfterKeeping);
    stage.script().json(&["sync"], "", 0);

    for killed in [Killed::Waiting, Killed::BeforeKeeping] {
        stage.killed(killed);
        let script = stage.script();
        let refused = script.json(&["sync"], "", 1);
        assert_eq!(
            refused["failure"]["code"], "reconnect",
            "{killed:?}: {refused}"
        );
        let known = script.json(&["connections"], "", 0);
        let problem = &known["connections"][0]["problem"];
        assert_eq!(problem["code"], "reconnect", "{known}");
        for words in ["what", "why", "next"] {
            assert_ne!(problem[words].as_str().unwrap_or(""), "", "{problem}");
        }
        stage.is_whole(&work);

        let again = stage.sign_in();
        assert_eq!(
            again["connection"]["id"], connection,
            "it is the same source: {again}"
        );
        script.json(&["sync"], "", 0);
        stage.is_whole(&work);
        let oracle = stage.sandbox.quickbooks_oracle(&stage.realm()).unwrap();
        let known = script.json(&["connections"], "", 0);
        assert_eq!(known["connections"][0]["open_invoices"], json!(oracle.open));
        assert_eq!(known["connections"].as_array().map(Vec::len), Some(1));
        assert_eq!(known["connections"][0]["problem"], Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_is_killed_leaves_its_port_and_no_source() {
    let Some(stage) = Stage::begin().await else {
        return;
    };
    // While somebody is away in the browser.
    let (mut waiting, address) = stage.begin_sign_in("");
    waiting.kill().unwrap();
    assert!(was_killed(&mut waiting));
    port_comes_free(&address);

    let before = kept();
    // With the first tokens in its hand, and with them in the keychain.
    for point in ["keep_tokens:before", "keep_tokens:after"] {
        let (mut killed, address) = stage.begin_sign_in(point);
        // The page with the result may be lost with the process.
        let _ = open(&decide(&address, Decision::Allow).unwrap());
        assert!(was_killed(&mut killed), "{point}");
        port_comes_free(&address);
        let left = kept();
        let known = stage.script().json(&["connections"], "", 0);
        assert_eq!(known["connections"], json!([]), "{point}: {known}");
        let tokens = usize::from(point == "keep_tokens:after");
        assert_eq!(left, before.map(|before| before + tokens), "{point}");
        assert_eq!(
            kept(),
            before,
            "{point}: tokens of nobody stay in the keychain"
        );
    }
    let answer = stage.sign_in();
    assert!(answer["connection"]["account"].is_string(), "{answer}");
    stage.script().json(&["sync"], "", 0);
}
