//! Learning the column mapping anew: weights, known names and model card.

use crate::run::{Done, cargo, run, step};

/// Trains and judges; `--judge` and, roughly, `--quick` only judge and write nothing.
pub fn train(rest: &[String]) -> Done {
    step("Learning which column means which field");
    let mut command = cargo(["run", "--release", "--quiet", "--package", "bulk-import"]);
    command
        .args(["--features", "training", "--example", "train", "--"])
        .args(rest);
    run(&mut command)
}
