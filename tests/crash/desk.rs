//! `desk`, the command line, as a process that is started, ended and started again.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use tokio::process::{Child, Command};
use tokio::sync::Mutex;

/// Longer than anything here takes; a process that hangs fails its row instead of the whole suite.
const PATIENCE: Duration = Duration::from_secs(150);

/// Each start tries the keychain out under one name, so starts beside each other would disturb one another.
static STARTING: Mutex<()> = Mutex::const_new(());

/// A data folder, the addresses it is used with, and what else the process is told.
#[derive(Clone)]
pub struct Desk {
    pub data: PathBuf,
    pub debitura: String,
    pub stripe: String,
    pub variables: Vec<(&'static str, String)>,
}

/// How a process ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub signal: Option<i32>,
    /// What it printed, where that was a document.
    pub document: Value,
    pub messages: String,
}

impl Ended {
    fn of(output: &Output) -> Ended {
        Ended {
            code: output.status.code(),
            signal: output.status.signal(),
            document: serde_json::from_slice(&output.stdout).unwrap_or_default(),
            messages: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    pub fn was_killed(&self) -> bool {
        self.signal == Some(9)
    }

    /// The code of the failure it told, empty where it told none.
    pub fn failure(&self) -> &str {
        self.document["failure"]["code"].as_str().unwrap_or("")
    }

    /// For a complaint.
    pub fn words(&self) -> String {
        let Ended {
            code,
            signal,
            document,
            messages,
        } = self;
        format!("exit {code:?}, signal {signal:?}, {document}, {messages}")
    }
}

impl Desk {
    /// The same with one more variable.
    pub fn with(&self, name: &'static str, value: impl ToString) -> Desk {
        let mut desk = self.clone();
        desk.variables.push((name, value.to_string()));
        desk
    }

    /// Starts it, and returns when it has opened its folder or has ended already.
    pub async fn start(&self, arguments: &[&str], input: &str) -> Child {
        let _one_at_a_time = STARTING.lock().await;
        let mut child = Command::new(binary())
            .arg("--data-dir")
            .arg(&self.data)
            .arg("--json")
            .args(arguments)
            .env("DESK_DEBITURA_URL", &self.debitura)
            .env("DESK_STRIPE_URL", &self.stripe)
            .env("DESK_PACE", "unlimited")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the command line starts");
        let mut stdin = child.stdin.take().expect("its input is ours");
        // One that ends before it reads closes its input; that is its right.
        let _ = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        let socket = self.data.join("desk.sock");
        while UnixStream::connect(&socket).await.is_err()
            && child.try_wait().is_ok_and(|ended| ended.is_none())
        {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        child
    }

    /// Runs it to its end.
    pub async fn run(&self, arguments: &[&str], input: &str) -> Ended {
        let child = self.start(arguments, input).await;
        ended(child, arguments).await
    }

    /// Runs it and insists that it did all it was asked.
    pub async fn done(&self, arguments: &[&str], input: &str) -> Value {
        let ended = self.run(arguments, input).await;
        assert_eq!(ended.code, Some(0), "desk {arguments:?}: {}", ended.words());
        ended.document
    }

    pub fn book(&self) -> PathBuf {
        self.data.join("book.db")
    }
}

/// Waits for the end of a process.
pub async fn ended(child: Child, arguments: &[&str]) -> Ended {
    match tokio::time::timeout(PATIENCE, child.wait_with_output()).await {
        Ok(output) => Ended::of(&output.expect("its output is read")),
        Err(_) => panic!("desk {} has not ended after {PATIENCE:?}", arguments[0]),
    }
}

/// Sends a signal to a process that was started here.
pub fn signal(child: &Child, name: &str) {
    let Some(id) = child.id() else { return };
    // It may have ended in this moment.
    let _ = std::process::Command::new("kill")
        .args([&format!("-{name}"), &id.to_string()])
        .stderr(Stdio::null())
        .status();
}

/// Built beside this test by `cargo build --workspace`.
fn binary() -> &'static Path {
    static BINARY: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    BINARY.get_or_init(|| {
        let test = std::env::current_exe().expect("a process knows its program");
        let folder = test.parent().and_then(Path::parent).expect("target/debug");
        let desk = folder.join("desk");
        assert!(
            desk.is_file(),
            "{} is missing: cargo build --workspace --bin desk",
            desk.display()
        );
        desk
    })
}
