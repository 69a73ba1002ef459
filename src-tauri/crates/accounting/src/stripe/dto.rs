//! The parts of Stripe's objects that are read. Names and meaning: API description 2026-05-27.dahlia. Every field but the
//! id may be absent; a field of an unexpected type counts as absent.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::json::lenient;

#[derive(Deserialize)]
pub(super) struct List {
    /// Both required: without them an answer could pass for the end of a list that it is not.
    pub(super) has_more: bool,
    pub(super) data: Vec<Box<RawValue>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct InvoiceDto {
    #[serde(deserialize_with = "lenient")]
    pub(super) id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) number: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) status: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) livemode: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    pub(super) collection_method: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) currency: Option<String>,
    /// Kept as text first: an amount of an unexpected form must be shown, not lost.
    #[serde(deserialize_with = "lenient")]
    pub(super) amount_remaining: Option<Box<RawValue>>,
    #[serde(deserialize_with = "lenient")]
    pub(super) amount_paid: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    pub(super) pre_payment_credit_notes_amount: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    pub(super) post_payment_credit_notes_amount: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    pub(super) total: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    pub(super) created: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    pub(super) effective_at: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    pub(super) due_date: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    pub(super) status_transitions: Option<TransitionsDto>,
    #[serde(deserialize_with = "lenient")]
    pub(super) invoice_pdf: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) description: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) customer: Option<CustomerRef>,
    #[serde(deserialize_with = "lenient")]
    pub(super) customer_account: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) customer_name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) customer_email: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) customer_phone: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) customer_address: Option<AddressDto>,
    #[serde(deserialize_with = "lenient")]
    pub(super) customer_tax_ids: Option<Vec<Box<RawValue>>>,
    #[serde(deserialize_with = "lenient")]
    pub(super) account_name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) account_country: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct TransitionsDto {
    #[serde(deserialize_with = "lenient")]
    pub(super) finalized_at: Option<i64>,
}

/// `customer` is an id, or the object in its place when it was asked for, or what is left of a deleted one.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum CustomerRef {
    Id(String),
    Object(Box<CustomerDto>),
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CustomerDto {
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) business_name: Option<String>,
    pub(super) individual_name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) address: Option<AddressDto>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct AddressDto {
    pub(super) line1: Option<String>,
    pub(super) line2: Option<String>,
    pub(super) city: Option<String>,
    pub(super) state: Option<String>,
    pub(super) postal_code: Option<String>,
    pub(super) country: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Envelope {
    #[serde(deserialize_with = "lenient")]
    pub(super) error: Option<ErrorDto>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ErrorDto {
    #[serde(deserialize_with = "lenient")]
    pub(super) code: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) message: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) param: Option<String>,
}
