//! What a reader would otherwise have to look for: form, lints, stale files, licences.

use std::process::Command;

use crate::run::{Done, Failed, cargo, npm, root, run, step};
use crate::{page, system, tools, types};

/// Runs every check.
pub fn run_all(arguments: &[String]) -> Done {
    let advisories = match arguments {
        [] => false,
        [one] if one == "--advisories" => true,
        _ => {
            return Err(Failed(
                "check takes --advisories and nothing else".to_owned(),
            ));
        }
    };
    system::for_building()?;
    // The window's crate does not compile without the page it embeds.
    page::build(&page::WINDOW)?;

    step("Format");
    run(&mut cargo(["fmt", "--all", "--check"]))?;

    step("The page: lints and types");
    run(&mut npm(["run", "--silent", "lint"]))?;
    run(&mut npm(["run", "--silent", "check"]))?;

    types::check()?;

    step("Lints");
    run(&mut cargo([
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ]))?;

    tools::DENY.provide()?;
    step("Licences, bans and sources");
    run(&mut deny(&["licenses", "bans", "sources"]))?;
    if advisories {
        step("Known vulnerabilities");
        run(&mut deny(&["advisories"]))?;
    }
    Ok(())
}

fn deny(checks: &[&str]) -> Command {
    let mut command = Command::new(tools::DENY.program());
    command
        .args([
            "--locked",
            "--log-level",
            "error",
            "check",
            "--hide-inclusion-graph",
        ])
        .args(checks)
        .current_dir(root());
    command
}
