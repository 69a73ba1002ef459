//! The parts of QuickBooks' objects that are read. QuickBooks omits what it does not have; a field of an unexpected type
//! counts as absent. Amounts stay the text that came.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::json::lenient;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct InvoiceDto {
    #[serde(deserialize_with = "lenient")]
    pub(super) id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) doc_number: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) txn_date: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) due_date: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) total_amt: Option<Box<RawValue>>,
    #[serde(deserialize_with = "lenient")]
    pub(super) balance: Option<Box<RawValue>>,
    #[serde(deserialize_with = "lenient")]
    pub(super) currency_ref: Option<ReferenceDto>,
    #[serde(deserialize_with = "lenient")]
    pub(super) customer_ref: Option<ReferenceDto>,
    #[serde(deserialize_with = "lenient")]
    pub(super) bill_email: Option<EmailDto>,
    #[serde(deserialize_with = "lenient")]
    pub(super) bill_addr: Option<AddressDto>,
    #[serde(deserialize_with = "lenient")]
    pub(super) customer_memo: Option<ReferenceDto>,
    /// Internal to the creditor, so read only for the word that voiding leaves in it.
    #[serde(deserialize_with = "lenient")]
    pub(super) private_note: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) e_invoice_status: Option<String>,
    #[serde(rename = "invoiceStatus", deserialize_with = "lenient")]
    pub(super) invoice_status: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) meta_data: Option<MetaDto>,
    /// `Deleted` in what is left of a deleted one.
    #[serde(rename = "status", deserialize_with = "lenient")]
    pub(super) status: Option<String>,
}

/// `{"value", "name"}`; a memo has only the value.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReferenceDto {
    #[serde(deserialize_with = "lenient")]
    pub(super) value: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) name: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct EmailDto {
    #[serde(deserialize_with = "lenient")]
    pub(super) address: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct PhoneDto {
    #[serde(deserialize_with = "lenient")]
    pub(super) free_form_number: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct MetaDto {
    #[serde(deserialize_with = "lenient")]
    pub(super) create_time: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct AddressDto {
    #[serde(deserialize_with = "lenient")]
    line1: Option<String>,
    #[serde(deserialize_with = "lenient")]
    line2: Option<String>,
    #[serde(deserialize_with = "lenient")]
    line3: Option<String>,
    #[serde(deserialize_with = "lenient")]
    line4: Option<String>,
    #[serde(deserialize_with = "lenient")]
    line5: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) city: Option<String>,
    /// A name or a code, as somebody typed it.
    #[serde(deserialize_with = "lenient")]
    pub(super) country: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) country_sub_division_code: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) postal_code: Option<String>,
}

impl AddressDto {
    /// The lines that are not blank.
    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        [
            &self.line1,
            &self.line2,
            &self.line3,
            &self.line4,
            &self.line5,
        ]
        .into_iter()
        .filter_map(|line| some(line.as_deref()))
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct CustomerDto {
    #[serde(deserialize_with = "lenient")]
    pub(super) id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) display_name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) company_name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) print_on_check_name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) given_name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) middle_name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) family_name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) primary_email_addr: Option<EmailDto>,
    #[serde(deserialize_with = "lenient")]
    pub(super) primary_phone: Option<PhoneDto>,
    #[serde(deserialize_with = "lenient")]
    pub(super) mobile: Option<PhoneDto>,
    #[serde(deserialize_with = "lenient")]
    pub(super) alternate_phone: Option<PhoneDto>,
    #[serde(deserialize_with = "lenient")]
    pub(super) bill_addr: Option<AddressDto>,
    #[serde(deserialize_with = "lenient")]
    pub(super) bill_with_parent: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    pub(super) parent_ref: Option<ReferenceDto>,
    #[serde(deserialize_with = "lenient")]
    pub(super) primary_tax_identifier: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) business_number: Option<String>,
    #[serde(rename = "GSTIN", deserialize_with = "lenient")]
    pub(super) gstin: Option<String>,
}

impl CustomerDto {
    /// The customer that this one's invoices are billed to, where it is not itself.
    pub(super) fn billed_with(&self) -> Option<&str> {
        let parent = self.parent_ref.as_ref()?.value.as_deref();
        some(parent).filter(|_| self.bill_with_parent == Some(true))
    }

    /// Given, middle and family name.
    pub(super) fn person(&self) -> String {
        let parts = [&self.given_name, &self.middle_name, &self.family_name];
        let parts: Vec<&str> = parts
            .into_iter()
            .filter_map(|part| some(part.as_deref()))
            .collect();
        parts.join(" ")
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct CompanyDto {
    #[serde(deserialize_with = "lenient")]
    pub(super) company_name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) legal_name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) country: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) company_addr: Option<AddressDto>,
    #[serde(deserialize_with = "lenient")]
    pub(super) default_time_zone: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct PreferencesDto {
    #[serde(deserialize_with = "lenient")]
    pub(super) currency_prefs: Option<CurrencyPrefsDto>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct CurrencyPrefsDto {
    #[serde(deserialize_with = "lenient")]
    pub(super) home_currency: Option<ReferenceDto>,
    #[serde(deserialize_with = "lenient")]
    pub(super) multi_currency_enabled: Option<bool>,
}

/// What a query found, of the kinds that are asked for. An empty result has none of the members.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Found {
    pub(super) invoice: Vec<Box<RawValue>>,
    pub(super) customer: Vec<Box<RawValue>>,
    pub(super) company_info: Vec<CompanyDto>,
    pub(super) preferences: Vec<PreferencesDto>,
    #[serde(rename = "totalCount", deserialize_with = "lenient")]
    pub(super) total_count: Option<usize>,
}

/// The answer to a query. Required, so that no other JSON passes for an empty result.
#[derive(Deserialize)]
pub(super) struct QueryAnswer {
    #[serde(rename = "QueryResponse")]
    pub(super) found: Found,
}

#[derive(Deserialize)]
pub(super) struct BatchAnswer {
    #[serde(rename = "BatchItemResponse")]
    pub(super) items: Vec<BatchItem>,
}

/// One item of a batch; one that was refused has a fault instead of a result.
#[derive(Deserialize)]
pub(super) struct BatchItem {
    #[serde(rename = "bId")]
    pub(super) id: String,
    #[serde(rename = "QueryResponse", default, deserialize_with = "lenient")]
    pub(super) found: Option<Found>,
}

#[derive(Deserialize)]
pub(super) struct ChangeAnswer {
    #[serde(rename = "CDCResponse")]
    pub(super) responses: Vec<ChangeResponse>,
    /// The server's clock, from which the next question goes on.
    #[serde(default, deserialize_with = "lenient")]
    pub(super) time: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct ChangeResponse {
    #[serde(rename = "QueryResponse", default)]
    pub(super) found: Vec<Found>,
}

/// An object alone: `{"Invoice": {…}, "time": …}`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct InvoiceAnswer {
    pub(super) invoice: Box<RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CompanyAnswer {
    pub(super) company_info: CompanyDto,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PreferencesAnswer {
    pub(super) preferences: PreferencesDto,
}

/// Both envelopes of a refusal: the service's `Fault`, and the gateway's `fault` with other names in other case.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Envelope {
    #[serde(rename = "Fault", alias = "fault", deserialize_with = "lenient")]
    pub(super) fault: Option<FaultDto>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct FaultDto {
    #[serde(rename = "Error", alias = "error", deserialize_with = "lenient")]
    pub(super) errors: Option<Vec<ErrorDto>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ErrorDto {
    #[serde(deserialize_with = "lenient")]
    pub(super) code: Option<String>,
    #[serde(rename = "Message", alias = "message", deserialize_with = "lenient")]
    pub(super) message: Option<String>,
}

pub(super) fn some(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}
