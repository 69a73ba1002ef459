//! Every suite, from the quick to the slow.

use crate::run::{Done, cargo, npm, run, step};
use crate::{crash, page, session, system};

/// Runs them all.
pub fn run_all() -> Done {
    if cfg!(target_os = "linux") {
        system::for_every_suite()?;
    } else {
        system::for_building()?;
    }
    page::build(&page::WINDOW)?;
    page::build(&page::BRIDGE)?;

    step("Testing the page");
    run(&mut npm(["test"]))?;

    step("Testing crates and commands");
    run_in_session(&["test", "--workspace", "--locked"])?;

    if !cfg!(target_os = "linux") {
        step("Not run here: the suites under fire, in a browser and in the real window need Linux");
        return Ok(());
    }
    crash::sample()?;
    step("Testing the page in a browser and the real window");
    // Selected for the whole workspace, like above: another selection would mean other features and a second build.
    run_in_session(&[
        "test",
        "--workspace",
        "--locked",
        "--test",
        "journey",
        "--test",
        "window",
        "--",
        "--ignored",
        "--skip",
        "demo::",
        // The window's driver holds one session at a time.
        "--test-threads=1",
    ])
}

fn run_in_session(arguments: &[&str]) -> Done {
    let mut command = cargo(arguments);
    if cfg!(target_os = "linux") {
        return session::inside(&command);
    }
    run(&mut command)
}
