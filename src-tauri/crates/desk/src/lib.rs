//! The use cases: connect, sync, review, submit, follow; jobs and progress; and the table of all commands.
//!
//! Knows no window, no page and no command line: each host calls [`dispatch`] and listens to events. Joins the crates
//! below, which do not know each other; rules of the trade stay in `receivables`.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod commands;
mod failure;
mod typescript;
pub mod wire;

pub use commands::{COMMANDS, Command, dispatch};
pub use failure::FailureCode;
pub use typescript::typescript;
