//! Writes the files made from the command table, or with `--check` says which of them differ. A program of its own, so
//! that the other tasks start without building the desk.
#![expect(clippy::print_stdout, reason = "a task talks to whoever started it")]

use std::path::Path;
use std::process::ExitCode;

#[path = "../generated.rs"]
mod generated;

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package lies in the repository");
    let check = std::env::args().any(|argument| argument == "--check");
    let mut failed = false;
    for (path, wanted) in generated::files() {
        let file = root.join(path);
        let same =
            std::fs::read_to_string(&file).is_ok_and(|text| text.replace("\r\n", "\n") == wanted);
        if same {
            continue;
        }
        if check {
            println!(
                "   {path} differs from the command table: run `cargo xtask types` and commit it"
            );
            failed = true;
            continue;
        }
        match std::fs::write(&file, wanted) {
            Ok(()) => println!("   wrote {path}"),
            Err(error) => {
                println!("   {path} could not be written: {error}");
                failed = true;
            }
        }
    }
    if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
