//! Writes the files made from the command table. A program of its own, so that the other tasks start without building the
//! desk.
#![expect(clippy::print_stdout, reason = "a task talks to whoever started it")]

use std::path::Path;
use std::process::ExitCode;

#[path = "../generated.rs"]
mod generated;

fn main() -> ExitCode {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = package.parent().unwrap_or(package);
    for (path, wanted) in generated::files() {
        let file = root.join(path);
        if std::fs::read_to_string(&file).is_ok_and(|text| text == wanted) {
            continue;
        }
        if let Err(error) = std::fs::write(&file, wanted) {
            println!("    {path} could not be written: {error}");
            return ExitCode::FAILURE;
        }
        println!("    wrote {path}");
    }
    ExitCode::SUCCESS
}
