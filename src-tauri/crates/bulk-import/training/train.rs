//! Learns the column mapping anew and writes weights, known names and model card; `cargo xtask train` runs it.
#![expect(clippy::print_stdout, reason = "a trainer talks to whoever started it")]

use std::path::Path;
use std::process::ExitCode;

use bulk_import::mapping::training::{Task, run};

fn main() -> ExitCode {
    let asked = |word: &str| std::env::args().any(|argument| argument == word);
    let task = match () {
        () if asked("--quick") => Task::Glance,
        () if asked("--judge") => Task::Judge,
        () => Task::Learn,
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    match run(folder, task, &|text| println!("{text}")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            println!("{why}");
            ExitCode::FAILURE
        }
    }
}
