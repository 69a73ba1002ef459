//! Measurements. Each compares two ways on the same machine in the same run: a ratio travels, a time does not.

use crate::run::{Done, Failed, cargo, run, step};
use crate::{page, session, system, train};

/// The part that the trainer of the column mapping measures: it learns anew for every system it leaves out.
const MAPPING: &str = "mapping";

/// Builds with optimisation and measures: everything, or the parts named (`fetching`, `sources`, `importing`,
/// `mapping`, `submitting`, `listing`, `painting`, `starting`). A missed aim is a figure in the table, not a failure.
pub fn run_all(arguments: &[String]) -> Done {
    let mapping = arguments.iter().any(|part| part == MAPPING);
    let others: Vec<String> = arguments
        .iter()
        .filter(|part| *part != MAPPING)
        .cloned()
        .collect();
    if mapping || arguments.is_empty() {
        train::train(&["--judge".to_owned()])?;
    }
    if mapping && others.is_empty() {
        return Ok(());
    }
    measure(&others)
}

fn measure(arguments: &[String]) -> Done {
    if !cfg!(target_os = "linux") {
        return Err(Failed(
            "measuring needs Linux: the real window is driven there only".to_owned(),
        ));
    }
    system::for_every_suite()?;
    page::build(&page::WINDOW)?;
    page::build(&page::BRIDGE)?;
    step("Building with optimisation (minutes, once)");
    // Selected for the whole workspace, so that the features are those of the suites.
    let bench = ["bench", "--workspace", "--locked", "--bench", "bench"];
    run(cargo(bench).arg("--no-run"))?;
    step("Measuring");
    session::inside(cargo(bench).arg("--").args(arguments))
}
