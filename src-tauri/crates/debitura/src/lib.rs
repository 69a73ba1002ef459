//! Client of Debitura's Customer API.
//!
//! Reading is lenient, since the service adds fields and labels without notice: unknown fields are ignored, unknown
//! labels are kept and shown, a field of an unexpected type counts as absent. Amounts are the exception: they are read
//! exactly from the digits of the JSON text or reported as unclear ([`Amount`]).
//!
//! Writing is exact: the bytes of a case are made once ([`CaseRequest`]), kept by the caller's journal, and sent as they
//! are. [`Debitura::submit`] sends once; [`Error::outcome_known`] tells whether the case certainly was not made.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod account;
mod amount;
mod case;
mod client;
mod documents;
mod error_body;
mod follow;
mod lifecycle;
mod preview;
mod refusal;
mod request;
mod wire;

pub use account::{Account, Agreement};
pub use amount::Amount;
pub use case::{CasePage, CollectionCase, Outstanding, RemoteDebtor};
pub use client::{Debitura, Error, Order};
pub use documents::{CaseFile, DocumentType, LARGEST_FILE, Upload, UploadProblem};
pub use follow::{Payment, Task, Timeline, TimelineItem, Validation, ValidationItem};
pub use lifecycle::{CloseCode, Lifecycle};
pub use preview::{Preview, Pricing, RequiredAction};
pub use refusal::{BusinessError, FieldError, Refusal, RefusalKind};
pub use request::{CaseOptions, CaseRequest, preview_body};
