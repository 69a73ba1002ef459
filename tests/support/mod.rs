//! What the suites of the whole system stand on: a stage with sandbox and desk, the page behind a browser or in the real
//! window, and the words in which journeys are written.
#![allow(dead_code, reason = "each suite uses its own part")]
#![allow(
    clippy::print_stdout,
    reason = "where a picture is belongs to the test's own words"
)]

pub mod bridge;
pub mod browser;
pub mod command_line;
#[cfg(target_os = "linux")]
pub mod disk;
#[cfg(target_os = "linux")]
pub mod dragging;
pub mod driver;
pub mod exports;
pub mod hostile;
pub mod import_job;
#[cfg(target_os = "linux")]
pub mod inside;
pub mod keyboard;
pub mod main_job;
pub mod page;
pub mod pictures;
pub mod process;
pub mod relay;
pub mod session;
pub mod stage;
pub mod system_browser;
pub mod traces;
pub mod window;

use std::path::{Path, PathBuf};

pub use page::Page;
pub use stage::Stage;

/// A file of the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
