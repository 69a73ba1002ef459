//! `cargo xtask demo | test | crash | check | types | bench`: everything one does with this repository, with its own set-up.
#![expect(clippy::print_stdout, reason = "a task talks to whoever started it")]

mod bench;
mod check;
mod crash;
mod demo;
mod page;
mod run;
mod session;
mod system;
mod test;
mod tools;
mod train;
mod types;

use std::process::ExitCode;
use std::time::Instant;

use run::Failed;

const USAGE: &str = "\
Usage: cargo xtask TASK

  demo    shows the application on a sandbox with a made-up company; without a display it takes pictures
  test    runs every suite: crates, commands, the page in a browser, the real window, the page's own
  crash   kills the command line at every point of a submission and asks a judge; `test` plays a sample
  check   format, lints, generated files, licences; add --advisories to ask for known vulnerabilities
  types   writes the files made from the command table
  bench   measures, as ratios within one run; name parts: fetching importing mapping listing painting starting
  train   learns the column mapping anew: weights, known names, model card; --judge only judges, --quick roughly
  session PROGRAM ...  runs a program under a display, message bus and keychain of its own, as the suites are run

Each installs or names what it needs. Only the first run is slow.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((task, rest)) = arguments.split_first() else {
        println!("{USAGE}");
        return ExitCode::from(2);
    };
    let started = Instant::now();
    let outcome = match task.as_str() {
        "demo" => demo::show(),
        "test" => test::run_all(),
        "crash" => crash::run_all(),
        "check" => check::run_all(rest),
        "types" => types::write(),
        "bench" => bench::run_all(rest),
        "train" => train::train(rest),
        "session" => session::run(rest),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        unknown => Err(Failed(format!("there is no task {unknown:?}\n\n{USAGE}"))),
    };
    match outcome {
        Ok(()) => {
            let seconds = started.elapsed().as_secs();
            println!(
                "==> {task}: done in {} min {} s",
                seconds / 60,
                seconds % 60
            );
            ExitCode::SUCCESS
        }
        Err(Failed(why)) => {
            println!("==> {task}: FAILED: {why}");
            ExitCode::FAILURE
        }
    }
}
