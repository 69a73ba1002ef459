//! The use cases: connect, sync, review, submit, follow; jobs and progress; and the table of all commands.
//!
//! Knows no window, no page and no command line: each host calls [`dispatch`] and listens to events. Joins the crates
//! below, which do not know each other; rules of the trade stay in `receivables`.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod activity;
mod attachments;
mod cases;
mod commands;
mod comparison;
mod connections;
mod corrections;
mod csv_file;
mod damage;
mod desk;
mod events;
mod export;
mod failure;
mod fetching;
mod grants;
mod import;
mod invoices;
mod jobs;
mod links;
mod office;
mod overview;
mod owner;
mod problems;
mod projection;
mod refusals;
mod rereading;
mod review;
mod schedule;
mod seams;
mod settings;
mod setup;
mod sign_in;
mod source;
mod submission;
mod sync;
mod typescript;
pub mod wire;
mod workspace;

pub use bulk_import::plan::Plan;
pub use commands::{COMMANDS, Command, dispatch, dispatch_in, dispatch_on_damage, is_about_damage};
pub use damage::{Closed, DamagedJournal};
pub use desk::Desk;
pub use failure::FailureCode;
pub use office::Office;
pub use owner::{Access, Guest};
pub use setup::{
    Addresses, Choosing, Clock, Host, HostFuture, KeychainChoice, Pacing, Setup, SystemClock,
};
pub use store::Checkpoint;
pub use typescript::typescript;
