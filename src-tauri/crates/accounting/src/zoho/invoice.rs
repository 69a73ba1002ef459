//! One invoice of Zoho Books as a [`receivables::Invoice`].
//!
//! What the invoice itself says comes first, since it is what the debtor was billed as; the customer as it is today fills
//! the gaps. A row of the list is a summary: it may or may not have more of the debtor than the name.

use receivables::{
    Currency, DebtorId, Facts, Field, Hints, Invoice, InvoiceId, Money, Provider, SourceStatus,
    read_country,
};

use super::amount::{decimal, is_positive};
use super::dto::{AddressDto, ContactDto, InvoiceDto, PersonDto};

const INVOICE: &str = "Zoho Books invoice";
const CUSTOMER: &str = "Zoho Books customer";

/// How much of an invoice was read.
pub(super) enum Reading<'a> {
    Row,
    /// With its customer, unless that was deleted.
    Whole(Option<&'a ContactDto>),
}

/// `None` without an id. `books` is the host of the web application, where it is known.
pub(super) fn convert(
    dto: &InvoiceDto,
    reading: &Reading<'_>,
    organisation: &str,
    books: Option<&str>,
) -> Option<Invoice> {
    let id = dto.invoice_id.clone()?;
    let customer = match reading {
        Reading::Row => None,
        Reading::Whole(customer) => *customer,
    };
    let code = dto.currency_code.as_deref().unwrap_or_default();
    let code = code.to_ascii_uppercase();
    let money = |text: &Option<String>| {
        Money::parse(&decimal(text.as_deref()?), Currency::from_code(&code)?).ok()
    };
    let (total, open) = (money(&dto.total), money(&dto.balance));

    let mut facts = Facts::default();
    let balance = dto.balance.as_deref().map(decimal);
    for (field, value) in [
        (Field::CreditorReference, dto.invoice_number.as_deref()),
        // Without a number, Zoho's own id is at least unique.
        (Field::CreditorReference, Some(id.as_str())),
        (Field::CaseDate, dto.date.as_deref()),
        (Field::DueDate, dto.due_date.as_deref()),
        (Field::Amount, balance.as_deref()),
        (Field::Currency, Some(code.as_str())),
        (Field::Description, dto.reference_number.as_deref()),
    ] {
        facts.offer(field, value.unwrap_or_default(), INVOICE);
    }
    debtor(&mut facts, dto, customer);

    let status = status(dto);
    let partly = |total: Money| open.is_some_and(|open| 0 < open.minor && open.minor < total.minor);
    let tenant = organisation.to_owned();
    Some(Invoice {
        url: books.map(|host| page(host, organisation, &id)),
        has_pdf: status != SourceStatus::Draft,
        partly_paid: dto.status.as_deref() == Some("partially_paid") || total.is_some_and(partly),
        summary_only: matches!(reading, Reading::Row),
        doubts: Vec::new(),
        hints: customer.map(hints).unwrap_or_default(),
        debtor: DebtorId {
            provider: Provider::Zoho,
            tenant: tenant.clone(),
            id: dto.customer_id.clone().unwrap_or_else(|| id.clone()),
        },
        id: InvoiceId {
            provider: Provider::Zoho,
            tenant,
            id,
        },
        status,
        facts,
        total,
        open,
    })
}

/// Where people see invoices in their browser, by the host of the API in the same region.
pub(super) fn web_host(api_host: &str) -> Option<String> {
    if api_host.ends_with(".ca") {
        return Some("books.zohocloud.ca".to_owned());
    }
    ["www.zohoapis.", "api.zoho."]
        .iter()
        .find_map(|prefix| api_host.strip_prefix(prefix))
        .map(|region| format!("books.zoho.{region}"))
}

fn page(host: &str, organisation: &str, id: &str) -> String {
    // Ids consist of digits; anything else must not shape the address.
    let plain = |id: &str| -> String { id.chars().filter(char::is_ascii_alphanumeric).collect() };
    let (organisation, id) = (plain(organisation), plain(id));
    format!("https://{host}/app/{organisation}#/invoices/{id}")
}

/// `overdue` is worked out by Zoho when it is read, and by us from the due date; so it is open like the others.
fn status(dto: &InvoiceDto) -> SourceStatus {
    let written_off = dto.write_off_amount.as_deref().is_some_and(is_positive);
    match dto.status.as_deref() {
        Some("draft" | "pending_approval") => SourceStatus::Draft,
        Some("sent" | "viewed" | "unpaid" | "overdue" | "partially_paid") => SourceStatus::Open,
        // Nothing is left of what was written off, so Zoho calls it paid.
        Some("paid") if written_off => SourceStatus::Uncollectible,
        Some("paid") => SourceStatus::Paid,
        Some("void") => SourceStatus::Void,
        other => SourceStatus::Other(other.unwrap_or("none").to_owned()),
    }
}

fn hints(customer: &ContactDto) -> Hints {
    Hints {
        has_tax_id: customer.vat_reg_no.is_some() || customer.gst_no.is_some(),
        is_company: match customer.customer_sub_type.as_deref() {
            Some("business") => Some(true),
            Some("individual") => Some(false),
            _ => None,
        },
        collected_automatically: false,
    }
}

fn debtor(facts: &mut Facts, dto: &InvoiceDto, customer: Option<&ContactDto>) {
    let mut offer = |field, value: &Option<String>, origin| {
        facts.offer(field, value.as_deref().unwrap_or_default(), origin);
    };
    offer(Field::DebtorName, &dto.customer_name, INVOICE);
    offer(Field::DebtorName, &dto.company_name, INVOICE);
    offer(Field::DebtorEmail, &dto.email, INVOICE);
    offer(Field::DebtorPhone, &dto.phone, INVOICE);
    let is_person = customer
        .is_some_and(|customer| customer.customer_sub_type.as_deref() == Some("individual"));
    let mut offer_person = |person: &PersonDto, origin| {
        if !is_person {
            offer(Field::ContactPerson, &name(person), origin);
        }
        offer(Field::DebtorEmail, &person.email, origin);
        offer(Field::DebtorPhone, &person.phone, origin);
        offer(Field::DebtorPhone, &person.mobile, origin);
    };
    for person in dto.contact_persons_associated.iter().flatten().take(1) {
        offer_person(person, INVOICE);
    }
    if let Some(person) = customer.and_then(main_person) {
        offer_person(person, CUSTOMER);
    }

    let none = AddressDto::default();
    let billed = dto.billing_address.as_ref().unwrap_or(&none);
    offer(Field::DebtorPhone, &billed.phone, INVOICE);
    if let Some(customer) = customer {
        offer(Field::DebtorName, &customer.company_name, CUSTOMER);
        offer(Field::DebtorName, &customer.contact_name, CUSTOMER);
        offer(Field::DebtorEmail, &customer.email, CUSTOMER);
        offer(Field::DebtorPhone, &customer.phone, CUSTOMER);
        offer(Field::DebtorPhone, &customer.mobile, CUSTOMER);
    }
    let billed = Place::of(billed);
    billed.offer(facts, INVOICE);
    if let Some(today) = customer.and_then(|customer| customer.billing_address.as_ref()) {
        let today = Place::of(today);
        if billed.agrees_with(&today) {
            today.offer(facts, CUSTOMER);
        }
    }
}

/// The one who comes first, or the only one there is; of several equal ones none is chosen.
fn main_person(customer: &ContactDto) -> Option<&PersonDto> {
    let persons = customer.contact_persons.as_ref()?;
    let first = persons
        .iter()
        .find(|person| person.is_primary_contact == Some(true));
    first.or(match persons.as_slice() {
        [only] => Some(only),
        _ => None,
    })
}

fn name(person: &PersonDto) -> Option<String> {
    let parts: Vec<&str> = [&person.first_name, &person.last_name]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// The parts of an address, in the order in which they are compared.
struct Place([(Field, Option<String>); 5]);

impl Place {
    fn of(dto: &AddressDto) -> Self {
        let lines: Vec<&str> = [&dto.address, &dto.street2]
            .into_iter()
            .flatten()
            .flat_map(|text| text.lines())
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        let street = (!lines.is_empty()).then(|| lines.join(", "));
        Self([
            (Field::DebtorAddress, street),
            (Field::DebtorCity, dto.city.clone()),
            (Field::DebtorZip, dto.zip.clone().or(dto.zipcode.clone())),
            (Field::DebtorState, dto.state.clone()),
            (Field::DebtorCountry, dto.country.as_deref().map(country)),
        ])
    }

    fn offer(&self, facts: &mut Facts, origin: &str) {
        for (field, value) in &self.0 {
            facts.offer(*field, value.as_deref().unwrap_or_default(), origin);
        }
    }

    /// Whether two addresses contradict each other nowhere. If they do, the debtor has moved since, and filling the gaps
    /// of one with parts of the other would make a place that does not exist.
    fn agrees_with(&self, other: &Self) -> bool {
        self.0
            .iter()
            .zip(&other.0)
            .all(|((_, ours), (_, theirs))| match (ours, theirs) {
                (Some(ours), Some(theirs)) => ours.to_lowercase() == theirs.to_lowercase(),
                _ => true,
            })
    }
}

/// The two letters of a country that is known by what somebody typed; else that, for the user to see.
fn country(text: &str) -> String {
    read_country(text).map_or_else(|| text.to_owned(), |country| country.alpha2().to_owned())
}

#[cfg(test)]
#[path = "invoice_tests.rs"]
mod tests;
