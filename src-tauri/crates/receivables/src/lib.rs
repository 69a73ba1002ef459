//! The words of the trade and their rules: what an invoice is, when it may become a collection case, and what a
//! submission can go through.
//!
//! Pure: no I/O, no clock, no async. "Today" is passed in, identifiers and keys are made elsewhere. Everything a source
//! says is kept as text with its origin ([`Facts`]) until [`assess`] reads it; so corrections, imports and exports
//! all speak of the same eighteen [`Field`]s, and nothing is rounded or guessed on the way.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod assessment;
mod case;
mod correction;
mod country;
mod country_names;
mod field;
mod fold;
mod invoice;
mod money;
mod problem;
mod rates;
mod reference;
mod submission;
mod suggestion;

pub use assessment::{Assessment, FieldSource, FieldValue, SetAside, Standing, State, assess};
pub use case::{Case, CaseDebtor, DebtorType};
pub use correction::{Correction, Overlay};
pub use country::{Country, us_state};
pub use country_names::read_country;
pub use field::Field;
pub use fold::fold;
pub use invoice::{
    DebtorId, Doubt, Fact, Facts, Hints, Invoice, InvoiceId, ParseIdError, Provider, SourceStatus,
};
pub use money::{Currency, Money, MoneyError, Totals};
pub use problem::{Problem, ProblemCode};
pub use rates::{RATES_AS_OF, approximate_usd};
pub use reference::{normalise_reference, same_reference};
pub use submission::{Ending, Event, Found, Next, Step, Submission, Transition, TransitionError};
pub use suggestion::Suggestion;
