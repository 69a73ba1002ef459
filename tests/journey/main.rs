//! The whole page in Chromium, over the bridge, against the sandbox. Run by `cargo xtask test`.
#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

mod bridge;
mod dropping;
mod first_run;
mod import_states;
mod import_ways;
mod importing;
mod keyboard;
mod main_job;
mod signing_in;
mod states;
