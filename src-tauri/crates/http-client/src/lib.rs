//! What every provider's client shares: secrets that cannot be printed, addresses that are safe to send them to, a pace
//! that stays inside published limits, repeats only where a repeat cannot hurt, and one vocabulary of failures.
//!
//! Deliberately *not* here: anything that knows a provider (its error bodies, its paging, its sign-in), and any repeat of
//! a request that changes something. A request other than GET is sent exactly once; whoever keeps a journal decides what
//! follows.
//!
//! Everything that varies is passed in: [`Transport`] carries the timeouts and the source of jitter, [`HttpClient`]
//! the provider's base address, [`Pace`] and [`RepeatPolicy`]. Dropping a future cancels the request at any await point.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod address;
mod answer;
mod client;
mod download;
mod failure;
mod pace;
mod repeat;
mod request;
mod secret;
mod transport;

pub use address::{BadAddress, BaseUrl, secure_link};
pub use answer::Answer;
pub use client::HttpClient;
pub use failure::{Failure, Obstacle, Rejection};
pub use pace::{Pace, Rate};
pub use repeat::{Jitter, RepeatPolicy, Verdict};
pub use request::{Part, Request};
pub use secret::Secret;
pub use transport::{Exchange, Timeouts, Transport};
