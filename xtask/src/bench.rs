//! Measurements. Each compares two ways on the same machine in the same run: a ratio travels, a time does not.

use crate::run::{Done, cargo, run, step};

/// Builds with optimisation and measures what has a bench.
pub fn run_all(arguments: &[String]) -> Done {
    step("Measuring");
    run(cargo(["bench", "--workspace", "--benches", "--locked", "--"]).args(arguments))
}
