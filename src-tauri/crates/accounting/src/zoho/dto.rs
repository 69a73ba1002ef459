//! The parts of Zoho's objects that are read. Zoho's own description and its answers disagree about types: ids come as
//! text and as numbers, amounts as numbers and as text, what is missing is empty, null or not there. So every field may
//! be absent, and one of an unexpected type counts as absent.

use serde::Deserialize;
use serde::de::{Deserializer, Error};
use serde_json::value::RawValue;

use crate::json::lenient;

/// A text, or a number in the digits it came with: neither an id nor an amount ever passes through a float.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    let json = raw.get();
    let text = match json.as_bytes().first() {
        Some(b'"') => serde_json::from_str::<String>(json).ok(),
        Some(b'-' | b'0'..=b'9') => Some(json.to_owned()),
        _ => None,
    };
    Ok(text
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty()))
}

/// What every answer says of itself; 0 is success, whatever the status.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Envelope {
    #[serde(deserialize_with = "text")]
    pub(super) code: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct List {
    /// Both required: without them an answer could pass for the end of a list that it is not.
    pub(super) invoices: Vec<Box<RawValue>>,
    #[serde(deserialize_with = "context")]
    pub(super) page_context: PageContext,
}

#[derive(Deserialize)]
pub(super) struct PageContext {
    pub(super) has_more_page: bool,
    /// How many there are on all pages. Zoho gives it on request and does not say by which name.
    #[serde(default, deserialize_with = "lenient")]
    total: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    count: Option<u64>,
}

impl PageContext {
    pub(super) fn total(&self) -> Option<u64> {
        self.total.or(self.count)
    }
}

/// An object in what was recorded, a list of one in the description.
fn context<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PageContext, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    if raw.get().starts_with('[') {
        let list: Vec<PageContext> = serde_json::from_str(raw.get()).map_err(D::Error::custom)?;
        return list
            .into_iter()
            .next()
            .ok_or_else(|| D::Error::custom("no page context"));
    }
    serde_json::from_str(raw.get()).map_err(D::Error::custom)
}

#[derive(Deserialize)]
pub(super) struct OneInvoice {
    pub(super) invoice: Box<RawValue>,
}

#[derive(Deserialize)]
pub(super) struct OneContact {
    pub(super) contact: Box<RawValue>,
}

#[derive(Deserialize)]
pub(super) struct Organisations {
    pub(super) organizations: Vec<Box<RawValue>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct OrganisationDto {
    #[serde(deserialize_with = "text")]
    pub(super) organization_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) currency_code: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) country: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) time_zone: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) is_default_org: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    pub(super) is_org_active: Option<bool>,
}

/// A row of the list, or the same invoice whole.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct InvoiceDto {
    #[serde(deserialize_with = "text")]
    pub(super) invoice_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) invoice_number: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) reference_number: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) status: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) date: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) due_date: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) created_time: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) currency_code: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) total: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) balance: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) write_off_amount: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) customer_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) customer_name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) company_name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) email: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) phone: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) billing_address: Option<AddressDto>,
    /// Whom this invoice was sent to.
    #[serde(deserialize_with = "lenient")]
    pub(super) contact_persons_associated: Option<Vec<PersonDto>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ContactDto {
    #[serde(deserialize_with = "text")]
    pub(super) contact_name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) company_name: Option<String>,
    /// `business` or `individual`.
    #[serde(deserialize_with = "text")]
    pub(super) customer_sub_type: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) email: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) phone: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) mobile: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) billing_address: Option<AddressDto>,
    #[serde(deserialize_with = "lenient")]
    pub(super) contact_persons: Option<Vec<PersonDto>>,
    #[serde(deserialize_with = "text")]
    pub(super) vat_reg_no: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) gst_no: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct PersonDto {
    #[serde(deserialize_with = "text")]
    pub(super) first_name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) last_name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) email: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) phone: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) mobile: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) is_primary_contact: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AddressDto {
    #[serde(deserialize_with = "text")]
    pub(super) address: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) street2: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) city: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) state: Option<String>,
    /// In invoices read whole and in customers.
    #[serde(deserialize_with = "text")]
    pub(super) zip: Option<String>,
    /// In rows of the list.
    #[serde(deserialize_with = "text")]
    pub(super) zipcode: Option<String>,
    /// As somebody typed it.
    #[serde(deserialize_with = "text")]
    pub(super) country: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) phone: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invoice(json: &str) -> InvoiceDto {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn ids_and_amounts_keep_their_digits() {
        let numbers = invoice(
            r#"{"invoice_id": 4600000000000091001, "total": 9007199254740993.10, "balance": 1234.560}"#,
        );
        let texts = invoice(
            r#"{"invoice_id": "4600000000000091001", "total": "9007199254740993.10", "balance": "1234.560"}"#,
        );
        for read in [numbers, texts] {
            assert_eq!(read.invoice_id.as_deref(), Some("4600000000000091001"));
            assert_eq!(read.total.as_deref(), Some("9007199254740993.10"));
            assert_eq!(read.balance.as_deref(), Some("1234.560"));
        }
    }

    #[test]
    fn missing_is_empty_null_absent_or_strange() {
        for json in [
            r#"{"phone": "", "email": "  "}"#,
            r#"{"phone": null, "email": null}"#,
            "{}",
            r#"{"phone": {"of": "tomorrow"}, "email": [1], "billing_address": "none", "contact_persons_associated": 7}"#,
        ] {
            let read = invoice(json);
            assert!(read.phone.is_none() && read.email.is_none(), "{json}");
            assert!(read.billing_address.is_none() && read.contact_persons_associated.is_none());
        }
    }

    #[test]
    fn a_page_context_is_an_object_or_a_list_of_one() {
        let more = |json: &str| {
            serde_json::from_str::<List>(json)
                .map(|list| (list.page_context.has_more_page, list.page_context.total()))
                .ok()
        };
        assert_eq!(
            more(r#"{"invoices": [], "page_context": {"has_more_page": true, "total": 7}}"#),
            Some((true, Some(7)))
        );
        assert_eq!(
            more(
                r#"{"invoices": [], "page_context": [{"has_more_page": false, "total": "many"}]}"#
            ),
            Some((false, None))
        );
        for unknown in [
            r#"{"invoices": []}"#,
            r#"{"invoices": [], "page_context": {}}"#,
            r#"{"invoices": [], "page_context": []}"#,
            r#"{"page_context": {"has_more_page": false}}"#,
        ] {
            assert_eq!(more(unknown), None, "{unknown} may not pass for an end");
        }
    }
}
