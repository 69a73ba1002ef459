//! Shows the application at work: on a screen with everything set up, or, without one, in pictures.

use std::io::{BufRead, BufReader, Lines};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::run::{Done, Failed, cargo, root, run, step, target};
use crate::{page, session, system};

/// Opens the window on the sandbox.
pub fn show() -> Done {
    let headless = cfg!(target_os = "linux")
        && ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .all(|name| std::env::var_os(name).is_none_or(|value| value.is_empty()));
    if headless { in_pictures() } else { on_screen() }
}

fn in_pictures() -> Done {
    system::for_the_window()?;
    page::build(&page::WINDOW)?;
    let pictures = target().join("demo");
    step("Building the application");
    run(&mut cargo([
        "test",
        "--workspace",
        "--locked",
        "--no-run",
        "--test",
        "window",
    ]))?;
    step("There is no display, so the main work is done under one in memory");
    let mut demo = cargo([
        "test",
        "--workspace",
        "--locked",
        "--quiet",
        "--test",
        "window",
        "--",
    ]);
    demo.args(["--ignored", "--nocapture", "--test-threads=1", "demo::"]);
    demo.env("DESK_PICTURES", &pictures);
    session::inside(&demo)?;
    step(&format!("The pictures are in {}", pictures.display()));
    Ok(())
}

fn on_screen() -> Done {
    system::for_building()?;
    page::build(&page::WINDOW)?;
    step("Building the application");
    run(&mut cargo(["build", "--workspace", "--locked", "--bins"]))?;
    let sandbox = Sandbox::start()?;
    let folder = target().join("demo").join("data");
    if folder.is_dir() {
        std::fs::remove_dir_all(&folder).map_err(|error| {
            Failed(format!(
                "{} could not be emptied: {error}",
                folder.display()
            ))
        })?;
    }
    step("Opening the window. Close it to end the demo. Connect with the keys above");
    run(Command::new(program("debitura-desk"))
        .arg("--data-dir")
        .arg(&folder)
        .env("DESK_DEBITURA_URL", &sandbox.debitura)
        .env("DESK_STRIPE_URL", &sandbox.stripe)
        .current_dir(root()))
}

fn program(name: &str) -> PathBuf {
    target()
        .join("debug")
        .join(name)
        .with_extension(std::env::consts::EXE_EXTENSION)
}

/// The stand-ins as a program; it ends with the demo.
struct Sandbox {
    program: Child,
    // Kept open: the program would stop at its next word if nobody could hear it.
    output: Option<Lines<BufReader<ChildStdout>>>,
    debitura: String,
    stripe: String,
}

impl Sandbox {
    fn start() -> Done<Sandbox> {
        step(
            "Starting the sandbox: Debitura and Stripe with a made-up company, on this machine only",
        );
        let mut program = Command::new(program("sandbox"))
            .args(["--company", "demo"])
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| Failed(format!("the sandbox could not be started: {error}")))?;
        let output = program
            .stdout
            .take()
            .map(|output| BufReader::new(output).lines());
        let mut sandbox = Sandbox {
            program,
            output,
            debitura: String::new(),
            stripe: String::new(),
        };
        while let Some(Ok(line)) = sandbox.output.as_mut().and_then(Iterator::next) {
            println!("    {line}");
            let mut words = line.split_whitespace();
            match (words.next(), words.next()) {
                (Some("debitura"), Some(address)) => sandbox.debitura = address.to_owned(),
                (Some("stripe"), Some(address)) => sandbox.stripe = address.to_owned(),
                _ => {}
            }
            if !sandbox.debitura.is_empty() && !sandbox.stripe.is_empty() {
                return Ok(sandbox);
            }
        }
        Err(Failed(
            "the sandbox ended without naming its addresses".to_owned(),
        ))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
