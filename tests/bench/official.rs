//! What others made, to measure against: Python clients of the providers, in the environment that the sandbox's suite makes
//! and keeps, and the readers of tables that pages use.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use sandbox::{Environment, INTUIT_CLIENT, INTUIT_SECRET, Sandbox};
use serde_json::Value;

use crate::support::repository;

pub struct Reading {
    pub invoices: usize,
    /// Until the first invoice is there.
    pub first: Duration,
    /// Until the last one is.
    pub last: Duration,
}

/// Reads everything; counted from before the first request, without the interpreter's start.
pub async fn read_all(sandbox: &Sandbox) -> Reading {
    let arguments = [sandbox.stripe_url(), sandbox.stripe_key().to_owned()];
    let read = told("tests/bench/read_all.py", arguments).await;
    let seconds = |name: &str| Duration::from_secs_f64(read[name].as_f64().unwrap());
    Reading {
        invoices: usize::try_from(read["count"].as_u64().unwrap()).unwrap(),
        first: seconds("first"),
        last: seconds("last"),
    }
}

/// Reads a company with `python-quickbooks`, customers and all; how many invoices, and how long it took.
pub async fn read_quickbooks(sandbox: &Sandbox) -> (usize, Duration) {
    let arguments = [
        repository("src-tauri/crates/sandbox/clients")
            .display()
            .to_string(),
        sandbox.intuit_url(),
        sandbox.quickbooks_url(Environment::Development),
        sandbox.url(),
        INTUIT_CLIENT.to_owned(),
        INTUIT_SECRET.to_owned(),
    ];
    let read = told("tests/bench/read_quickbooks.py", arguments).await;
    let count = usize::try_from(read["count"].as_u64().unwrap()).unwrap();
    let took = Duration::from_secs_f64(read["took"].as_f64().unwrap());
    (count, took)
}

/// What a script prints that was started with these words.
async fn told<const N: usize>(script: &'static str, words: [String; N]) -> Value {
    let told = tokio::task::spawn_blocking(move || {
        let mut command = Command::new(python());
        command
            .arg(repository(script))
            .args(words)
            .env_remove("HTTP_PROXY")
            .env_remove("http_proxy");
        run(command)
    });
    serde_json::from_str(&told.await.unwrap()).unwrap()
}

/// A Python with the pinned clients.
pub fn python() -> PathBuf {
    let requirements = repository("src-tauri/crates/sandbox/clients/requirements.txt");
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("official-clients");
    let python = home.join("bin/python");
    let stamp = home.join("installed.txt");
    let wanted = std::fs::read_to_string(&requirements).unwrap();
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return python;
    }
    let mut make = Command::new("python3");
    make.args(["-m", "venv", "--clear"]).arg(&home);
    run(make);
    let mut install = Command::new(&python);
    install
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
        ])
        .arg(&requirements);
    run(install);
    std::fs::write(stamp, wanted).unwrap();
    python
}

/// A folder with the pinned readers of tables for Node.
pub fn rivals() -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("import-rivals");
    let stamp = home.join("installed.json");
    let named = |name: &str| repository("tests/bench/importing").join(name);
    let wanted = std::fs::read_to_string(named("package-lock.json")).unwrap();
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return home;
    }
    std::fs::create_dir_all(&home).unwrap();
    for name in ["package.json", "package-lock.json", ".npmrc"] {
        std::fs::copy(named(name), home.join(name)).unwrap();
    }
    let mut install = Command::new("npm");
    install
        .args(["ci", "--no-audit", "--no-fund"])
        .current_dir(&home);
    run(install);
    std::fs::write(stamp, wanted).unwrap();
    home
}

fn run(mut command: Command) -> String {
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{told}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
