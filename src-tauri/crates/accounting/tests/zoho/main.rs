//! The Zoho Books client against the stand-in: whole walks under both readings of what the filters give, what is read of
//! one invoice, and every refusal by its name.
#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;
mod reading;
mod refusing;
mod support;
mod walking;
