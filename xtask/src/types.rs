//! The committed files that are made from the command table.

use crate::run::{Done, cargo, run, step};

/// Writes those that differ.
pub fn write() -> Done {
    step("Writing what is made from the command table");
    run(cargo(GENERATED).args(["--"]))
}

/// Fails when one differs.
pub fn check() -> Done {
    step("Comparing what is made from the command table");
    run(cargo(GENERATED).args(["--", "--check"]))
}

const GENERATED: [&str; 9] = [
    "run",
    "--quiet",
    "--package",
    "xtask",
    "--features",
    "generated",
    "--bin",
    "generated",
    "--locked",
];
