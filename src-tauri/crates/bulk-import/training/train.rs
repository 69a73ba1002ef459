//! Learns the column mapping anew and writes weights, known names and model card; `cargo xtask train` runs it.
#![expect(clippy::print_stdout, reason = "a trainer talks to whoever started it")]

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    match bulk_import::mapping::training::run(folder, quick, &|text| println!("{text}")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            println!("{why}");
            ExitCode::FAILURE
        }
    }
}
