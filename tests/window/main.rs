//! The application in its real window. Run by `cargo xtask test`, on Linux.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

mod boundary;
mod canaries;
mod demo;
mod dropping;
mod failures;
mod first_run;
mod hostile;
mod import_killed;
mod importing;
mod interrupted;
mod main_job;
mod signing_in;
mod tokens;
