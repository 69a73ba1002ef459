//! The application in its real window. Run by `cargo xtask test`, on Linux.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

mod boundary;
mod canaries;
mod demo;
mod failures;
mod first_run;
mod hostile;
mod interrupted;
mod main_job;
