//! Tables from any accounting system to drafts of cases: what a file is written in, which column means what, and each
//! row's values with what is wrong with them. Reads what it is handed; keeps nothing, sends nothing.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod formula;
pub mod mapping;
pub mod plan;
mod propose;
pub mod reject;
pub mod rows;
pub mod table;
pub mod values;

pub use propose::{propose, propose_with};
