//! `desk` as a process beside the window.

use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

use super::Stage;

/// `desk` on a folder, with the stage's addresses.
pub struct CommandLine<'a> {
    stage: &'a Stage,
    folder: &'a Path,
}

impl<'a> CommandLine<'a> {
    pub fn of(stage: &'a Stage, folder: &'a Path) -> CommandLine<'a> {
        CommandLine { stage, folder }
    }

    /// To be started with more variables.
    pub fn command(&self, words: &[&str]) -> Command {
        let program = Path::new(env!("CARGO_BIN_EXE_debitura-desk")).with_file_name("desk");
        let mut command = Command::new(program);
        command
            .arg("--data-dir")
            .arg(self.folder)
            .arg("--json")
            .args(words)
            .envs(self.stage.variables())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs it to its end with an input.
    pub async fn enter(&self, words: &[&str], input: &str) {
        let mut child = self.command(words).spawn().unwrap();
        let mut writing = child.stdin.take().unwrap();
        writing.write_all(input.as_bytes()).await.unwrap();
        drop(writing);
        let done = child.wait_with_output().await.unwrap();
        assert!(done.status.success(), "{words:?}: {done:?}");
    }

    /// Begins a sign-in; gives the address that it prints.
    pub async fn connects(&self) -> (Child, String) {
        let words = ["connect", "quickbooks", "--no-browser"];
        let mut child = self.command(&words).spawn().unwrap();
        let mut address = String::new();
        let told = child.stderr.as_mut().unwrap();
        BufReader::new(told).read_line(&mut address).await.unwrap();
        (child, address.trim().to_owned())
    }
}

/// What it printed, once it has ended well.
pub async fn ended(child: Child) -> Value {
    let done = child.wait_with_output().await.unwrap();
    assert!(done.status.success(), "{done:?}");
    serde_json::from_slice(&done.stdout).unwrap()
}
