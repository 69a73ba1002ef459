//! The accounting systems that invoices come from: one module per provider, and what they share.
//!
//! Each module signs in its own way, asks for unpaid invoices page by page and turns each into a
//! [`receivables::Invoice`]: facts with their origin, nothing invented, nothing skipped. What a provider cannot say stays
//! absent; what cannot be read is said to be unreadable.
//!
//! Shared are the shape of a fetch ([`Slice`], [`Page`], [`Fetched`]), so that whoever stores pages does not care where
//! they come from, and the reasons for having none ([`Fault`]).
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod access;
pub mod authorise;
mod fault;
mod fetch;
mod grant;
mod json;
mod pdf;
pub mod quickbooks;
pub mod stripe;
pub mod zoho;

pub use access::{Access, TokenFuture};
pub use fault::{Fault, Permission};
pub use fetch::{Fetched, Filter, Page, Slice, Stopped, slices};
pub use grant::{Clock, Grant, Held, Keeping, NotKept, TokenEndpoint, TokenStore};
pub use pdf::Pdf;
