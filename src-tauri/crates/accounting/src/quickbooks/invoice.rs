//! One QuickBooks invoice as a [`receivables::Invoice`].
//!
//! The debtor is who is billed: the customer, or the one above it where its invoices go there. The customer as kept today
//! comes first, since that is where QuickBooks has addresses in order; the invoice fills the gaps.

use jiff::Timestamp;
use receivables::{
    Country, Currency, DebtorId, Facts, Field, Hints, Invoice, InvoiceId, Money, Provider,
    SourceStatus,
};

use super::Company;
use super::address::Place;
use super::dto::{AddressDto, CustomerDto, InvoiceDto, PhoneDto, some};

const INVOICE: &str = "QuickBooks invoice";
const CUSTOMER: &str = "QuickBooks customer";
const COMPANY: &str = "QuickBooks company";

/// Whose books an invoice is in.
pub(super) struct Books<'a> {
    pub(super) realm: &'a str,
    pub(super) company: &'a Company,
    /// Of the web application.
    pub(super) pages: &'a str,
}

/// Whom an invoice is made out to, and who is billed for it; the same one nearly always.
#[derive(Default)]
pub(super) struct Parties<'a> {
    pub(super) customer: Option<&'a CustomerDto>,
    pub(super) billed: Option<&'a CustomerDto>,
}

/// `None` without an id.
pub(super) fn convert(
    dto: &InvoiceDto,
    parties: &Parties<'_>,
    books: &Books<'_>,
) -> Option<Invoice> {
    let id = some(dto.id.as_deref())?.to_owned();
    let customer = dto.customer_ref.clone().unwrap_or_default();
    let debtor = parties
        .billed
        .and_then(|billed| billed.id.clone())
        .or(customer.value.clone())
        .unwrap_or_else(|| id.clone());

    let named = dto
        .currency_ref
        .as_ref()
        .and_then(|currency| some(currency.value.as_deref()));
    let (code, code_from) = match named {
        Some(code) => (code.to_owned(), INVOICE),
        // Left out where the company has but one.
        None => (
            books.company.home_currency.clone().unwrap_or_default(),
            COMPANY,
        ),
    };
    let currency = Currency::from_code(&code);
    let money = |text: &Option<String>| Money::parse(text.as_deref()?, currency?).ok();
    let (total, balance) = (text_of(&dto.total_amt), text_of(&dto.balance));
    let (whole, open) = (money(&total), money(&balance));

    let mut facts = Facts::default();
    let offer = |facts: &mut Facts, field, value: Option<&str>| {
        facts.offer(field, value.unwrap_or_default(), INVOICE);
    };
    // Without a number there is no reference: the id may be the number of another invoice.
    offer(
        &mut facts,
        Field::CreditorReference,
        dto.doc_number.as_deref(),
    );
    offer(&mut facts, Field::CaseDate, dto.txn_date.as_deref());
    offer(&mut facts, Field::DueDate, dto.due_date.as_deref());
    match open {
        Some(open) => facts.offer(Field::Amount, open.decimal(), INVOICE),
        // Whatever it is, it is not an amount; shown as it came.
        None => offer(&mut facts, Field::Amount, balance.as_deref()),
    }
    facts.offer(Field::Currency, &code, code_from);
    facts.offer(Field::Description, description(dto, &id, parties), INVOICE);
    debtor_facts(&mut facts, dto, parties, books, currency);

    let source = |id: String| (Provider::QuickBooks, books.realm.to_owned(), id);
    let (provider, tenant, debtor) = source(debtor);
    Some(Invoice {
        url: Some(page(&id, books.pages)),
        debtor: DebtorId {
            provider,
            tenant: tenant.clone(),
            id: debtor,
        },
        id: InvoiceId {
            provider,
            tenant,
            id,
        },
        status: status(dto, &balance),
        facts,
        total: whole,
        open,
        partly_paid: matches!((open, whole), (Some(open), Some(whole)) if 0 < open.minor && open.minor < whole.minor),
        hints: hints(parties.billed),
        has_pdf: true,
        summary_only: false,
        doubts: Vec::new(),
    })
}

/// When QuickBooks made the record.
pub(super) fn created(dto: &InvoiceDto) -> Option<Timestamp> {
    dto.meta_data.as_ref()?.create_time.as_deref()?.parse().ok()
}

/// The invoice's page in QuickBooks.
fn page(id: &str, pages: &str) -> String {
    // Ids are digits; anything else must not shape the address.
    let id: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{pages}/app/invoice?txnId={id}")
}

/// The number as it was written.
fn text_of(raw: &Option<Box<serde_json::value::RawValue>>) -> Option<String> {
    let text = raw.as_ref()?.get().trim_matches('"');
    some(Some(text))
        .filter(|text| *text != "null")
        .map(str::to_owned)
}

fn status(dto: &InvoiceDto, balance: &Option<String>) -> SourceStatus {
    if dto.status.as_deref() == Some("Deleted") {
        return SourceStatus::Deleted;
    }
    let is_zero = |amount: &Option<String>| {
        amount.as_deref().is_some_and(|amount| {
            amount.bytes().any(|byte| byte == b'0')
                && amount.bytes().all(|byte| matches!(byte, b'0' | b'.'))
        })
    };
    // Voiding leaves an invoice of nothing, with this word before its note.
    let voided = some(dto.private_note.as_deref()).is_some_and(|note| {
        note.get(..6)
            .is_some_and(|word| word.eq_ignore_ascii_case("voided"))
    });
    if voided && is_zero(&text_of(&dto.total_amt)) {
        return SourceStatus::Void;
    }
    if is_zero(balance) {
        return SourceStatus::Paid;
    }
    let words = [&dto.e_invoice_status, &dto.invoice_status];
    let disputed = words
        .into_iter()
        .filter_map(|word| some(word.as_deref()))
        .find(|word| {
            ["disputed", "rejected", "voided", "reversed"]
                .contains(&word.to_ascii_lowercase().as_str())
        });
    match disputed {
        Some(word) => SourceStatus::Other(word.to_lowercase()),
        None => SourceStatus::Open,
    }
}

/// Names the invoice by number and by QuickBooks' id, so that a case can be traced back to it; the job it is for; its memo.
fn description(dto: &InvoiceDto, id: &str, parties: &Parties<'_>) -> String {
    let mut text = match some(dto.doc_number.as_deref()) {
        Some(number) => format!("Invoice {number} (QuickBooks {id})"),
        None => format!("QuickBooks invoice {id}"),
    };
    if let (Some(customer), Some(billed)) = (parties.customer, parties.billed)
        && customer.id != billed.id
        && let Some(job) = some(customer.display_name.as_deref())
    {
        text.push_str(" for ");
        text.push_str(job);
    }
    if let Some(memo) = dto
        .customer_memo
        .as_ref()
        .and_then(|memo| some(memo.value.as_deref()))
    {
        text.push_str("\n\n");
        text.push_str(memo);
    }
    text
}

fn hints(billed: Option<&CustomerDto>) -> Hints {
    let Some(billed) = billed else {
        return Hints::default();
    };
    let is = |text: &Option<String>| some(text.as_deref()).is_some();
    // QuickBooks has no such mark; this is how the two are filled in.
    let is_company = if is(&billed.company_name) {
        Some(true)
    } else if is(&billed.given_name) || is(&billed.family_name) {
        Some(false)
    } else {
        None
    };
    Hints {
        has_tax_id: is(&billed.primary_tax_identifier)
            || is(&billed.business_number)
            || is(&billed.gstin),
        is_company,
        collected_automatically: false,
    }
}

fn debtor_facts(
    facts: &mut Facts,
    dto: &InvoiceDto,
    parties: &Parties<'_>,
    books: &Books<'_>,
    currency: Option<Currency>,
) {
    let mut offer = |field, value: Option<&str>, origin| {
        facts.offer(field, value.unwrap_or_default(), origin);
    };
    if let Some(email) = dto.bill_email.as_ref() {
        offer(
            Field::DebtorEmail,
            first_address(email.address.as_deref()),
            INVOICE,
        );
    }
    if let Some(billed) = parties.billed {
        let person = billed.person();
        if some(billed.company_name.as_deref()).is_some() {
            offer(Field::ContactPerson, Some(&person), CUSTOMER);
        }
        // What the creditor calls a customer may be a nickname; a company's own name is not.
        offer(Field::DebtorName, billed.company_name.as_deref(), CUSTOMER);
        offer(Field::DebtorName, billed.display_name.as_deref(), CUSTOMER);
        offer(Field::DebtorName, Some(&person), CUSTOMER);
    }
    for party in [parties.billed, parties.customer].into_iter().flatten() {
        if let Some(email) = party.primary_email_addr.as_ref() {
            offer(
                Field::DebtorEmail,
                first_address(email.address.as_deref()),
                CUSTOMER,
            );
        }
        let number = |phone: &Option<PhoneDto>| {
            phone
                .as_ref()
                .and_then(|phone| phone.free_form_number.clone())
        };
        for phone in [&party.primary_phone, &party.mobile, &party.alternate_phone] {
            offer(Field::DebtorPhone, number(phone).as_deref(), CUSTOMER);
        }
    }
    // Who is gone still has its name on the invoice.
    let on_invoice = dto
        .customer_ref
        .as_ref()
        .and_then(|customer| customer.name.as_deref());
    offer(Field::DebtorName, on_invoice, INVOICE);
    offer_address(facts, dto, parties, books, currency);
}

/// The first of several addresses in one field.
fn first_address(text: Option<&str>) -> Option<&str> {
    let text = some(text)?;
    let mut parts = text.split([',', ';', ' ']).map(str::trim);
    parts
        .find(|part| part.split('@').filter(|half| !half.is_empty()).count() == 2)
        .or(Some(text))
}

fn offer_address(
    facts: &mut Facts,
    dto: &InvoiceDto,
    parties: &Parties<'_>,
    books: &Books<'_>,
    currency: Option<Currency>,
) {
    let people: Vec<String> = [parties.billed, parties.customer]
        .into_iter()
        .flatten()
        .map(CustomerDto::person)
        .collect();
    let mut names: Vec<&str> = people.iter().map(String::as_str).collect();
    for party in [parties.billed, parties.customer].into_iter().flatten() {
        let known = [
            &party.display_name,
            &party.company_name,
            &party.print_on_check_name,
        ];
        names.extend(known.into_iter().filter_map(|name| some(name.as_deref())));
    }
    // A job is named after its parent: `Parent:Job`.
    if let Some(name) = dto
        .customer_ref
        .as_ref()
        .and_then(|customer| some(customer.name.as_deref()))
    {
        names.push(name);
        names.extend(name.split(':'));
    }

    // Billed in another currency, a debtor without a country is most likely not at home.
    let home = books
        .company
        .country
        .filter(|_| currency.map(Currency::code) == books.company.home_currency.as_deref());
    let sources: [(Option<&AddressDto>, &str); 2] = [
        (
            parties.billed.and_then(|billed| billed.bill_addr.as_ref()),
            CUSTOMER,
        ),
        (dto.bill_addr.as_ref(), INVOICE),
    ];
    let structured = sources.iter().filter_map(|(address, origin)| {
        Some((
            Place::structured((*address)?, &names)?,
            (*origin).to_owned(),
        ))
    });
    let from_lines = sources.iter().filter_map(|(address, origin)| {
        let place = Place::unstructured((*address)?, &names, home)?;
        Some((place, format!("{origin}, read from its lines")))
    });
    let mut whole = Place::default();
    for (place, origin) in structured.chain(from_lines) {
        if !whole.fill(&place) {
            continue;
        }
        for (field, value) in [
            (Field::DebtorAddress, place.street),
            (Field::DebtorCity, place.city),
            (Field::DebtorZip, place.zip),
            (Field::DebtorState, place.state),
            (Field::DebtorCountry, place.country),
        ] {
            facts.offer(field, value.unwrap_or_default(), origin.clone());
        }
    }
    // QuickBooks leaves the country out where it is the company's own.
    if let Some(home) =
        home.filter(|home: &Country| whole.country.is_none() && whole.may_be_in(*home))
    {
        facts.offer(Field::DebtorCountry, home.alpha2(), COMPANY);
    }
}

#[cfg(test)]
#[path = "invoice_tests.rs"]
mod tests;
