//! The committed files that are made from the command table.

use crate::run::{Done, cargo, run, step};

/// Writes those that differ.
pub fn write() -> Done {
    step("Writing what is made from the command table");
    run(&mut cargo([
        "run",
        "--quiet",
        "--package",
        "xtask",
        "--features",
        "generated",
        "--bin",
        "generated",
    ]))
}

/// Fails when one differs. Asked of the suite that tests it anyway, so that nothing is built only for this.
pub fn check() -> Done {
    step("Files made from the command table");
    run(&mut cargo([
        "test",
        "--workspace",
        "--locked",
        "--quiet",
        "--test",
        "commands",
        "generated_files",
    ]))
}
