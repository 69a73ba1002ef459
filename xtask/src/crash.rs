//! Submissions under fire: the command line is killed, cut off and deceived, and a judge counts what became of the cases.

use crate::run::{Done, cargo, run, step};
use crate::{session, system};

/// The whole matrix.
pub fn run_all() -> Done {
    system::for_the_window()?;
    play(true)
}

/// The sample that belongs to every run of the suites.
pub fn sample() -> Done {
    play(false)
}

fn play(full: bool) -> Done {
    step(if full {
        "Submitting under fire: the whole matrix"
    } else {
        "Submitting under fire: a sample of the matrix (cargo xtask crash plays all of it)"
    });
    // Selected for the whole workspace, as the suites are: another selection would mean other features.
    run(&mut cargo([
        "build",
        "--workspace",
        "--locked",
        "--bin",
        "desk",
    ]))?;
    let mut suite = cargo([
        "test",
        "--workspace",
        "--locked",
        "--test",
        "crash",
        "--",
        "--ignored",
        // Each test plays several rows at a time.
        "--test-threads=1",
        "--nocapture",
    ]);
    suite.env("DESK_CRASH_FULL", if full { "1" } else { "0" });
    session::inside(&suite)
}
