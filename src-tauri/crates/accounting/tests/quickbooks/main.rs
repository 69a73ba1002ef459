//! The QuickBooks Online client against the stand-in: whole walks, changes, addresses, and every fault by its name.
#![allow(clippy::unwrap_used)]
#![allow(
    clippy::print_stdout,
    reason = "scores and request counts are worth reading"
)]

mod addresses;
mod changes;
#[path = "../common/mod.rs"]
mod common;
mod faults;
mod requests;
mod rig;
mod walks;
