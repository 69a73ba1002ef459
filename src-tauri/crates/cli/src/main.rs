//! `desk`: the same use cases without a window, for scheduled fetches and scripts.
//!
//! Its words and its JSON are stable. `--json` prints one document on standard output; everything meant for people goes
//! to standard error. Exit 0 done, 1 refused or partly done, 2 wrong usage.

mod arguments;
mod commands;
mod import;
mod input;
mod print;
mod session;
mod sign_in;
mod submit;

use std::alloc::System;
use std::process::ExitCode;

use clap::Parser;
use desk::wire::Failure;
use zeroizing_alloc::ZeroAlloc;

use arguments::Arguments;
use print::Printer;
use session::Session;

/// Clears memory when it is given back: a key passes through many buffers that are not ours to clear.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let printer = Printer {
        json: arguments.json,
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            printer.message(&format!("The system refuses to start threads: {error}."));
            return ExitCode::from(1);
        }
    };
    let outcome = runtime.block_on(async {
        let session = Session::open(arguments.data_dir, arguments.workspace).await?;
        let outcome = commands::run(&session, &printer, arguments.command).await;
        let code = told(&printer, outcome);
        session.close().await;
        Ok(code)
    });
    outcome.unwrap_or_else(|failure| told(&printer, Err(failure)))
}

/// Prints a failure, and says how the process ends.
fn told(printer: &Printer, outcome: Result<bool, Failure>) -> ExitCode {
    match outcome {
        Ok(complete) => ExitCode::from(u8::from(!complete)),
        Err(failure) => {
            printer.failure(&failure);
            ExitCode::from(1)
        }
    }
}
