//! Exactly once, under fire: `desk` is killed, cut off, starved and deceived while it submits a batch of fifty cases, and
//! a judge who knows only the sandbox and the exported journal counts what became of them. Run by `cargo xtask test`, on
//! Linux; `cargo xtask crash` runs the whole matrix.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]
#![allow(
    clippy::print_stdout,
    reason = "a report whose figures nobody sees is none"
)]

mod desk;
mod dice;
#[path = "../support/disk.rs"]
mod disk;
mod documents;
mod faults;
mod figures;
mod imports;
mod judge;
mod line;
mod matrix;
mod places;
mod prepared;
mod proxy;
mod readings;
mod row;
mod together;

use std::path::{Path, PathBuf};

/// Whether every row of the matrix is played, or a sample that every run of the suites can afford.
pub fn full() -> bool {
    std::env::var_os("DESK_CRASH_FULL").is_some_and(|wanted| wanted != "0")
}

/// A file of the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
