//! Whole use cases over the real parts: SQLite files, HTTP against the sandbox, the command table. Only the keychain is in
//! memory; the real one is tried in the window.
#![allow(clippy::unwrap_used)]

mod at_work;
mod browser;
mod signed_in;

mod fetching;
mod importing;
mod recovering;
mod rereading;
mod reviewing;
mod secrets;
mod signing_in;
mod sources;
mod submitting;
