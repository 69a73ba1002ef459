use jiff::Timestamp;
use jiff::civil::Date;
use receivables::{Currency, DebtorType};
use serde::{Deserialize, Serialize};

use crate::wire::{Digits, date_of, lenient, lenient_list, some_text, timestamp_of};
use crate::{Amount, CloseCode, Lifecycle};

/// A case as Debitura holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionCase {
    /// For requests.
    pub id: String,
    /// Eight characters, for people.
    pub reference: Option<String>,
    pub creditor_reference: Option<String>,
    pub created: Option<Timestamp>,
    pub updated: Option<Timestamp>,
    pub finished: Option<Timestamp>,
    pub collection_started: Option<Timestamp>,
    /// The invoice's date.
    pub date: Option<Date>,
    pub due_date: Option<Date>,
    /// As sent; may be a code that [`Currency`] does not know.
    pub currency: Option<String>,
    /// The principal that was submitted.
    pub amount: Option<Amount>,
    /// What is still open, fees included.
    pub remainder: Option<Amount>,
    pub added_fees: Option<Amount>,
    pub outstanding: Outstanding,
    pub lifecycle: Option<Lifecycle>,
    pub close_code: Option<CloseCode>,
    /// Pre-legal, Legal or Enforcement: an axis of its own, which may go backwards.
    pub phase: Option<String>,
    pub is_test: bool,
    /// The creditor has to supply something: ask [`crate::Debitura::validation`].
    pub needs_info: bool,
    pub dispute_status: Option<String>,
    pub description: Option<String>,
    pub comments: Option<String>,
    pub debtor: RemoteDebtor,
    pub partner: Option<String>,
    /// Walks through all signatures that the case waits for.
    pub signing_url: Option<String>,
}

/// What is still owed, by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outstanding {
    pub principal: Option<Amount>,
    pub interest: Option<Amount>,
    pub reminder_fees: Option<Amount>,
    pub collection_fees: Option<Amount>,
}

/// The debtor of a case at Debitura.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteDebtor {
    pub name: Option<String>,
    /// Read from `Company`, `Private` or `Person`.
    pub debtor_type: Option<DebtorType>,
    pub contact_person: Option<String>,
    pub registration_number: Option<String>,
    pub address: Option<String>,
    pub zip: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub country: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
}

impl CollectionCase {
    pub fn currency(&self) -> Option<Currency> {
        self.currency.as_deref().and_then(Currency::from_code)
    }
}

/// One page of the list of cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CasePage {
    pub cases: Vec<CollectionCase>,
    /// Of all pages, where the answer says so.
    pub total: Option<u64>,
    /// Another page may follow.
    pub more: bool,
    /// Entries without an id, which cannot be shown.
    pub unreadable: usize,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct CaseDto {
    #[serde(deserialize_with = "lenient")]
    id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    reference: Option<String>,
    #[serde(deserialize_with = "lenient")]
    creditor_reference: Option<String>,
    #[serde(deserialize_with = "lenient")]
    date_created: Option<String>,
    #[serde(deserialize_with = "lenient")]
    date_updated: Option<String>,
    #[serde(deserialize_with = "lenient")]
    date_finished: Option<String>,
    #[serde(deserialize_with = "lenient")]
    date_collection_started: Option<String>,
    #[serde(deserialize_with = "lenient")]
    date: Option<String>,
    #[serde(deserialize_with = "lenient")]
    due_date: Option<String>,
    #[serde(deserialize_with = "lenient")]
    currency: Option<String>,
    #[serde(deserialize_with = "lenient")]
    gross_amount: Option<Digits>,
    #[serde(deserialize_with = "lenient")]
    remainder: Option<Digits>,
    #[serde(deserialize_with = "lenient")]
    total_added_fees: Option<Digits>,
    #[serde(deserialize_with = "lenient")]
    allocation_outstanding: Option<OutstandingDto>,
    #[serde(deserialize_with = "lenient")]
    lifecycle: Option<String>,
    #[serde(deserialize_with = "lenient")]
    close_code: Option<String>,
    #[serde(deserialize_with = "lenient")]
    current_engagement_phase: Option<String>,
    #[serde(deserialize_with = "lenient")]
    is_test_case: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    validation: Option<NeedsInfoDto>,
    #[serde(deserialize_with = "lenient")]
    dispute_status: Option<String>,
    #[serde(deserialize_with = "lenient")]
    claim_description: Option<String>,
    #[serde(deserialize_with = "lenient")]
    creditor_comments: Option<String>,
    #[serde(deserialize_with = "lenient")]
    debtor: Option<DebtorDto>,
    #[serde(deserialize_with = "lenient")]
    collection_partner: Option<PartnerDto>,
    #[serde(deserialize_with = "lenient")]
    signing_handoff: Option<HandoffDto>,
    #[serde(deserialize_with = "lenient")]
    solution_url: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct OutstandingDto {
    #[serde(deserialize_with = "lenient")]
    principal: Option<Digits>,
    #[serde(deserialize_with = "lenient")]
    interest: Option<Digits>,
    #[serde(deserialize_with = "lenient")]
    reminder_fees: Option<Digits>,
    #[serde(deserialize_with = "lenient")]
    collection_fees: Option<Digits>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct NeedsInfoDto {
    #[serde(deserialize_with = "lenient")]
    needs_info: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct DebtorDto {
    #[serde(deserialize_with = "lenient")]
    name: Option<String>,
    #[serde(rename = "type", deserialize_with = "lenient")]
    debtor_type: Option<String>,
    #[serde(deserialize_with = "lenient")]
    contact_person: Option<String>,
    #[serde(deserialize_with = "lenient")]
    company_registration_number: Option<String>,
    #[serde(deserialize_with = "lenient")]
    address: Option<String>,
    #[serde(deserialize_with = "lenient")]
    zip_code: Option<String>,
    #[serde(deserialize_with = "lenient")]
    city: Option<String>,
    #[serde(deserialize_with = "lenient")]
    state: Option<String>,
    #[serde(deserialize_with = "lenient")]
    state_alpha2: Option<String>,
    #[serde(deserialize_with = "lenient")]
    country_alpha2: Option<String>,
    #[serde(deserialize_with = "lenient")]
    country: Option<String>,
    #[serde(deserialize_with = "lenient")]
    email: Option<String>,
    #[serde(deserialize_with = "lenient")]
    phone: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PartnerDto {
    #[serde(deserialize_with = "lenient")]
    name: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct HandoffDto {
    #[serde(deserialize_with = "lenient")]
    pub(crate) combined_signing_url: Option<String>,
}

impl HandoffDto {
    pub(crate) fn link(self) -> Option<String> {
        http_client::secure_link(&self.combined_signing_url?)
    }
}

impl CaseDto {
    /// `None` without an id: nothing can be done with such a case.
    pub(crate) fn read(self) -> Option<CollectionCase> {
        let currency = some_text(self.currency);
        let amount = |digits| Amount::read(digits, currency.as_deref());
        let outstanding = self.allocation_outstanding.unwrap_or_default();
        let debtor = self.debtor.unwrap_or_default();
        Some(CollectionCase {
            id: some_text(self.id)?,
            reference: some_text(self.reference),
            creditor_reference: some_text(self.creditor_reference),
            created: timestamp_of(self.date_created),
            updated: timestamp_of(self.date_updated),
            finished: timestamp_of(self.date_finished),
            collection_started: timestamp_of(self.date_collection_started),
            date: date_of(self.date),
            due_date: date_of(self.due_date),
            amount: amount(self.gross_amount),
            remainder: amount(self.remainder),
            added_fees: amount(self.total_added_fees),
            outstanding: Outstanding {
                principal: amount(outstanding.principal),
                interest: amount(outstanding.interest),
                reminder_fees: amount(outstanding.reminder_fees),
                collection_fees: amount(outstanding.collection_fees),
            },
            currency,
            lifecycle: some_text(self.lifecycle).map(|label| Lifecycle::read(&label)),
            close_code: some_text(self.close_code).map(CloseCode::new),
            phase: some_text(self.current_engagement_phase),
            is_test: self.is_test_case.unwrap_or(false),
            needs_info: self
                .validation
                .and_then(|validation| validation.needs_info)
                .unwrap_or(false),
            dispute_status: some_text(self.dispute_status),
            description: some_text(self.claim_description),
            comments: some_text(self.creditor_comments),
            debtor: RemoteDebtor {
                name: some_text(debtor.name),
                debtor_type: debtor.debtor_type.and_then(|word| word.parse().ok()),
                contact_person: some_text(debtor.contact_person),
                registration_number: some_text(debtor.company_registration_number),
                address: some_text(debtor.address),
                zip: some_text(debtor.zip_code),
                city: some_text(debtor.city),
                state: some_text(debtor.state_alpha2).or(some_text(debtor.state)),
                country: some_text(debtor.country_alpha2).or(some_text(debtor.country)),
                email: some_text(debtor.email),
                phone: some_text(debtor.phone),
            },
            partner: self
                .collection_partner
                .and_then(|partner| some_text(partner.name)),
            signing_url: self.signing_handoff.and_then(HandoffDto::link).or(self
                .solution_url
                .and_then(|link| http_client::secure_link(&link))),
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CaseListDto {
    #[serde(default, deserialize_with = "lenient")]
    page: Option<PageDto>,
    /// What the documentation calls `page`.
    #[serde(default, deserialize_with = "lenient")]
    page_data: Option<PageDto>,
    /// Required: a list of cases without one is another kind of answer, not an empty list.
    #[serde(deserialize_with = "lenient_list")]
    cases: Vec<CaseDto>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PageDto {
    #[serde(deserialize_with = "lenient")]
    pub(crate) total_results: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) total_pages: Option<u32>,
}

impl PageDto {
    /// Whether a page follows `number`, which held `count` of at most `size` entries. A full page is followed on even
    /// if the answer does not say how many there are.
    pub(crate) fn more(&self, number: u32, count: usize, size: u32) -> bool {
        match self.total_pages {
            Some(pages) => number < pages,
            None => count >= size as usize,
        }
    }
}

impl CaseListDto {
    pub(crate) fn read(self, number: u32, size: u32) -> CasePage {
        let entries = self.cases.len();
        let cases: Vec<CollectionCase> = self.cases.into_iter().filter_map(CaseDto::read).collect();
        let page = self.page.or(self.page_data).unwrap_or_default();
        CasePage {
            total: page.total_results,
            more: entries > 0 && page.more(number, entries, size),
            unreadable: entries - cases.len(),
            cases,
        }
    }
}

#[cfg(test)]
#[path = "case_tests.rs"]
mod tests;
