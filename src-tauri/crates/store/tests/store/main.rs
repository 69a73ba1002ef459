//! The store through its public face, with real files.
#![allow(clippy::unwrap_used)]

mod book;
mod cache;
mod decisions;
mod files;
mod imports;
mod journal;
mod lists;
mod recovery;
mod support;
mod timing;
