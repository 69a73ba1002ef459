//! One Stripe invoice as a [`receivables::Invoice`].
//!
//! The invoice's own snapshot of the customer comes first, since it is what the debtor was billed as; the customer as it
//! is today fills the gaps. Every fact says which of the two it is from.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use receivables::{DebtorId, Facts, Field, Hints, Invoice, InvoiceId, Provider, SourceStatus};

use super::Mode;
use super::amount::{decimal, money};
use super::dto::{AddressDto, CustomerDto, CustomerRef, InvoiceDto};

const SNAPSHOT: &str = "Stripe invoice";
const CUSTOMER: &str = "Stripe customer";

/// `None` without an id. Dates are those of `zone`, the creditor's.
pub(super) fn convert(dto: InvoiceDto, mode: Mode, zone: &TimeZone) -> Option<Invoice> {
    let id = dto.id.clone()?;
    let (customer_id, customer) = match dto.customer.as_ref() {
        Some(CustomerRef::Id(id)) => (Some(id.clone()), None),
        Some(CustomerRef::Object(customer)) => (customer.id.clone(), Some(customer.as_ref())),
        None => (None, None),
    };
    let source_id = |id: String| (Provider::Stripe, mode.tenant().to_owned(), id);
    let debtor = customer_id
        .or(dto.customer_account.clone())
        .unwrap_or_else(|| id.clone());

    let code = dto
        .currency
        .as_deref()
        .map(str::to_ascii_uppercase)
        .unwrap_or_default();
    let remaining = dto
        .amount_remaining
        .as_ref()
        .filter(|raw| raw.get() != "null")
        .map(|raw| raw.get().parse::<i64>().map_err(|_| raw.get().to_owned()));

    let mut facts = Facts::default();
    // Without a number, which only drafts lack, Stripe's own id is at least unique.
    facts.offer(
        Field::CreditorReference,
        dto.number.as_deref().unwrap_or_default(),
        SNAPSHOT,
    );
    facts.offer(Field::CreditorReference, &id, SNAPSHOT);
    if let Some(date) = issued(&dto, zone) {
        facts.offer(Field::CaseDate, date.to_string(), SNAPSHOT);
    }
    if let Some(date) = dto.due_date.and_then(|second| day(second, zone)) {
        facts.offer(Field::DueDate, date.to_string(), SNAPSHOT);
    }
    match &remaining {
        Some(Ok(units)) => facts.offer(Field::Amount, decimal(*units, &code), SNAPSHOT),
        // Whatever it is, it is not an amount; shown as it came.
        Some(Err(text)) => facts.offer(Field::Amount, format!("{text} (smallest unit)"), SNAPSHOT),
        None => {}
    }
    facts.offer(Field::Currency, &code, SNAPSHOT);
    facts.offer(Field::Description, description(&dto, &id), SNAPSHOT);
    debtor_facts(&mut facts, &dto, customer);

    let (provider, tenant, invoice_id) = source_id(id);
    let positive = |amount: Option<i64>| amount.is_some_and(|amount| amount > 0);
    Some(Invoice {
        url: Some(page(&invoice_id, mode)),
        debtor: DebtorId {
            provider,
            tenant: tenant.clone(),
            id: debtor,
        },
        id: InvoiceId {
            provider,
            tenant,
            id: invoice_id,
        },
        status: status(dto.status.as_deref()),
        facts,
        total: dto.total.and_then(|units| money(units, &code)),
        open: remaining
            .and_then(Result::ok)
            .and_then(|units| money(units, &code)),
        partly_paid: positive(dto.amount_paid)
            || positive(dto.pre_payment_credit_notes_amount)
            || positive(dto.post_payment_credit_notes_amount),
        hints: Hints {
            has_tax_id: dto.customer_tax_ids.is_some_and(|ids| !ids.is_empty()),
            is_company: customer.and_then(is_company),
            collected_automatically: dto.collection_method.as_deref()
                == Some("charge_automatically"),
        },
        has_pdf: dto.invoice_pdf.is_some(),
        summary_only: false,
        doubts: Vec::new(),
    })
}

/// The invoice's page in Stripe's dashboard.
fn page(id: &str, mode: Mode) -> String {
    let test = match mode {
        Mode::Live => "",
        Mode::Test => "test/",
    };
    // Ids consist of letters, digits and underscores; anything else must not shape the address.
    let id: String = id
        .chars()
        .filter(|character| character.is_ascii_alphanumeric() || *character == '_')
        .collect();
    format!("https://dashboard.stripe.com/{test}invoices/{id}")
}

fn status(word: Option<&str>) -> SourceStatus {
    match word {
        Some("draft") => SourceStatus::Draft,
        Some("open") => SourceStatus::Open,
        Some("paid") => SourceStatus::Paid,
        Some("void") => SourceStatus::Void,
        Some("uncollectible") => SourceStatus::Uncollectible,
        other => SourceStatus::Other(other.unwrap_or("none").to_owned()),
    }
}

/// The date on the invoice: the one the creditor chose, else when it was made final, else when it was made.
fn issued(dto: &InvoiceDto, zone: &TimeZone) -> Option<Date> {
    let finalized = dto
        .status_transitions
        .as_ref()
        .and_then(|transitions| transitions.finalized_at);
    day(dto.effective_at.or(finalized).or(dto.created)?, zone)
}

fn day(second: i64, zone: &TimeZone) -> Option<Date> {
    let time = Timestamp::from_second(second).ok()?;
    Some(time.to_zoned(zone.clone()).date())
}

/// Names the invoice by number and by Stripe's id, so that a case can be traced back to it; then its memo.
fn description(dto: &InvoiceDto, id: &str) -> String {
    let mut text = match dto.number.as_deref().map(str::trim) {
        Some(number) if !number.is_empty() => format!("Invoice {number} (Stripe {id})"),
        _ => format!("Stripe invoice {id}"),
    };
    if let Some(memo) = dto.description.as_deref().map(str::trim)
        && !memo.is_empty()
    {
        text.push_str("\n\n");
        text.push_str(memo);
    }
    text
}

fn debtor_facts(facts: &mut Facts, dto: &InvoiceDto, customer: Option<&CustomerDto>) {
    let mut offer = |field, value: Option<&str>, origin| {
        facts.offer(field, value.unwrap_or_default(), origin);
    };
    offer(Field::DebtorName, dto.customer_name.as_deref(), SNAPSHOT);
    offer(Field::DebtorEmail, dto.customer_email.as_deref(), SNAPSHOT);
    offer(Field::DebtorPhone, dto.customer_phone.as_deref(), SNAPSHOT);
    if let Some(customer) = customer {
        for name in [
            &customer.business_name,
            &customer.name,
            &customer.individual_name,
        ] {
            offer(Field::DebtorName, name.as_deref(), CUSTOMER);
        }
        if some(customer.business_name.as_deref()).is_some() {
            offer(
                Field::ContactPerson,
                customer.individual_name.as_deref(),
                CUSTOMER,
            );
        }
        offer(Field::DebtorEmail, customer.email.as_deref(), CUSTOMER);
        offer(Field::DebtorPhone, customer.phone.as_deref(), CUSTOMER);
    }

    let none = AddressDto::default();
    let billed = dto.customer_address.as_ref().unwrap_or(&none);
    offer_address(facts, billed, SNAPSHOT);
    if let Some(today) = customer.and_then(|customer| customer.address.as_ref())
        && agree(billed, today)
    {
        offer_address(facts, today, CUSTOMER);
    }
}

fn offer_address(facts: &mut Facts, address: &AddressDto, origin: &str) {
    let street: Vec<&str> = [&address.line1, &address.line2]
        .into_iter()
        .filter_map(|line| some(line.as_deref()))
        .collect();
    for (field, value) in [
        (Field::DebtorAddress, Some(street.join(", "))),
        (Field::DebtorCity, address.city.clone()),
        (Field::DebtorZip, address.postal_code.clone()),
        (Field::DebtorState, address.state.clone()),
        (Field::DebtorCountry, address.country.clone()),
    ] {
        facts.offer(field, value.unwrap_or_default(), origin);
    }
}

/// Whether two addresses contradict each other nowhere. If they do, the debtor has moved since, and filling the gaps of
/// one with parts of the other would make a place that does not exist.
fn agree(billed: &AddressDto, today: &AddressDto) -> bool {
    let parts = |address: &AddressDto| {
        [
            address.line1.clone(),
            address.city.clone(),
            address.postal_code.clone(),
            address.state.clone(),
            address.country.clone(),
        ]
    };
    parts(billed)
        .iter()
        .zip(parts(today))
        .all(
            |(ours, theirs)| match (some(ours.as_deref()), some(theirs.as_deref())) {
                (Some(ours), Some(theirs)) => ours.to_lowercase() == theirs.to_lowercase(),
                _ => true,
            },
        )
}

/// Newer versions of Stripe name companies and persons differently; older ones do not say.
fn is_company(customer: &CustomerDto) -> Option<bool> {
    if some(customer.business_name.as_deref()).is_some() {
        Some(true)
    } else if some(customer.individual_name.as_deref()).is_some() {
        Some(false)
    } else {
        None
    }
}

fn some(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

#[cfg(test)]
#[path = "invoice_tests.rs"]
mod tests;
