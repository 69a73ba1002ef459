//! The relay in this process, over real sockets, against a provider of a few lines: what arrives there, what comes back,
//! and what must never leave.
#![allow(clippy::unwrap_used)]

mod bounds;
mod configuration;
mod hostile;
mod refusals;
mod round_trip;
mod stage;
