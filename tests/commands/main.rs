//! The command layer on Tauri's mock runtime: real permissions, real argument handling, no window.
#![allow(clippy::unwrap_used)]

mod configuration;
mod dropping;
mod generated_files;
mod permissions;
mod shell;
mod table;
