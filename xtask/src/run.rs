//! Steps: other programs run in the foreground, with the reason when one fails.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Why a task ended early, in a sentence.
#[derive(Debug)]
pub struct Failed(pub String);

pub type Done<T = ()> = Result<T, Failed>;

/// The folder of the repository: the one cargo runs in, so that a target folder copied from elsewhere does no harm.
pub fn root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    package.parent().unwrap_or(&package).to_owned()
}

/// Where everything goes that can be made again.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Says what comes next.
pub fn step(what: &str) {
    println!("==> {what}");
}

/// The cargo that started this task.
pub fn cargo<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

/// npm in the folder of the page.
pub fn npm<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    // On Windows npm is a script, which only its full name starts.
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.args(arguments).current_dir(root().join("ui"));
    command
}

/// Runs a program to its end, its output passed through.
///
/// # Errors
/// It could not be started, or ended with a failure.
pub fn run(command: &mut Command) -> Done {
    let line = line(command);
    let status = command
        .status()
        .map_err(|error| Failed(format!("`{line}` could not be started: {error}")))?;
    if status.success() {
        return Ok(());
    }
    Err(Failed(format!("`{line}` ended with {status}")))
}

/// Runs a program without showing its output, unless it fails.
///
/// # Errors
/// As for [`run`].
pub fn run_quietly(command: &mut Command) -> Done {
    let line = line(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failed(format!("`{line}` could not be started: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    println!("{}", String::from_utf8_lossy(&output.stdout));
    println!("{}", String::from_utf8_lossy(&output.stderr));
    Err(Failed(format!("`{line}` ended with {}", output.status)))
}

/// What a program prints, or nothing when it is missing or fails.
pub fn output_of(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(OsStr::to_string_lossy).collect();
    words.join(" ")
}
