use receivables::Money;
use serde_json::{Value, json};

use super::*;

fn base() -> Value {
    json!({
        "id": "in_1", "object": "invoice", "number": "INV-0007", "status": "open", "currency": "eur",
        "amount_due": 12_345, "amount_paid": 0, "amount_remaining": 12_345, "total": 12_345,
        "collection_method": "send_invoice", "created": 1_760_000_000, "due_date": 1_762_000_000,
        "status_transitions": { "finalized_at": 1_760_050_000 },
        "customer": "cus_1", "customer_name": "Bør & Co",
        "customer_address": { "line1": "Vej 1", "line2": "2. th", "city": "Aarhus", "state": null, "postal_code": "8000", "country": "DK" },
        "invoice_pdf": "https://pay.stripe.com/x.pdf", "livemode": true
    })
}

fn with(changes: Value) -> Invoice {
    let mut invoice = base();
    let (Some(object), Value::Object(changes)) = (invoice.as_object_mut(), changes) else {
        unreachable!("both are objects");
    };
    object.extend(changes);
    let zone = TimeZone::get("Europe/Copenhagen").unwrap();
    convert(
        serde_json::from_value::<Box<serde_json::value::RawValue>>(invoice)
            .map(|raw| serde_json::from_str(raw.get()).unwrap())
            .unwrap(),
        Mode::Live,
        &zone,
    )
    .unwrap()
}

fn value(invoice: &Invoice, field: Field) -> Option<&str> {
    invoice.facts.value(field)
}

#[test]
fn an_ordinary_invoice() {
    let invoice = with(json!({}));
    assert_eq!(invoice.id.to_string(), "stripe:live:in_1");
    assert_eq!(invoice.debtor.to_string(), "stripe:live:cus_1");
    assert_eq!(invoice.status, SourceStatus::Open);
    assert_eq!(value(&invoice, Field::Amount), Some("123.45"));
    assert_eq!(value(&invoice, Field::Currency), Some("EUR"));
    assert_eq!(value(&invoice, Field::DebtorAddress), Some("Vej 1, 2. th"));
    assert_eq!(value(&invoice, Field::CaseDate), Some("2025-10-10"));
    assert_eq!(value(&invoice, Field::DueDate), Some("2025-11-01"));
    assert_eq!(
        value(&invoice, Field::Description),
        Some("Invoice INV-0007 (Stripe in_1)")
    );
    assert_eq!(
        invoice.url.as_deref(),
        Some("https://dashboard.stripe.com/invoices/in_1")
    );
    assert_eq!(
        invoice.open,
        receivables::Currency::from_code("EUR").map(|euro| Money::from_minor(12_345, euro))
    );
    assert!(invoice.has_pdf && !invoice.partly_paid);
}

#[test]
fn days_are_those_of_the_creditors_zone() {
    // 2025-10-31T23:30:00Z is November in Copenhagen.
    let invoice = with(json!({ "effective_at": 1_761_953_400, "due_date": null }));
    assert_eq!(value(&invoice, Field::CaseDate), Some("2025-11-01"));
    assert_eq!(
        value(&invoice, Field::DueDate),
        None,
        "none is not invented"
    );
}

#[test]
fn the_customer_of_today_fills_gaps_only() {
    let invoice = with(json!({
        "customer_address": { "line1": null, "city": "Aarhus", "country": "DK" },
        "customer": {
            "id": "cus_1", "object": "customer", "name": "Another name", "email": "a@example.test",
            "business_name": "Bør ApS", "individual_name": "Kim Bør",
            "address": { "line1": "Ny Vej 9", "city": "aarhus", "postal_code": "8000", "country": "DK" }
        }
    }));
    assert_eq!(value(&invoice, Field::DebtorName), Some("Bør & Co"));
    assert_eq!(value(&invoice, Field::DebtorEmail), Some("a@example.test"));
    assert_eq!(value(&invoice, Field::DebtorAddress), Some("Ny Vej 9"));
    assert_eq!(
        invoice.facts.get(Field::DebtorAddress).unwrap().origin,
        "Stripe customer"
    );
    assert_eq!(
        invoice.facts.get(Field::DebtorCity).unwrap().origin,
        "Stripe invoice"
    );
    assert_eq!(value(&invoice, Field::ContactPerson), Some("Kim Bør"));
    assert_eq!(invoice.hints.is_company, Some(true));
}

#[test]
fn a_debtor_who_moved_keeps_the_address_they_were_billed_at() {
    let invoice = with(json!({
        "customer_address": { "line1": null, "city": "Aarhus", "country": "DK" },
        "customer": { "id": "cus_1", "address": { "line1": "Gata 1", "city": "Oslo", "country": "NO" } }
    }));
    assert_eq!(value(&invoice, Field::DebtorCity), Some("Aarhus"));
    assert_eq!(
        value(&invoice, Field::DebtorAddress),
        None,
        "a street in Oslo is not in Aarhus"
    );
}

#[test]
fn customers_in_all_their_forms() {
    let deleted =
        with(json!({ "customer": { "id": "cus_9", "object": "customer", "deleted": true } }));
    assert_eq!(deleted.debtor.id, "cus_9");
    assert_eq!(value(&deleted, Field::DebtorName), Some("Bør & Co"));
    let account = with(json!({ "customer": null, "customer_account": "acct_5" }));
    assert_eq!(account.debtor.id, "acct_5");
    let nobody = with(json!({ "customer": null }));
    assert_eq!(nobody.debtor.id, "in_1");
}

#[test]
fn amounts_that_do_not_fit_stay_visible() {
    let krona = with(json!({ "currency": "isk", "amount_remaining": 550 }));
    assert_eq!(krona.open, None);
    assert_eq!(value(&krona, Field::Amount), Some("5.50"));
    let odd = with(json!({ "amount_remaining": 12.5 }));
    assert_eq!(odd.open, None);
    assert_eq!(value(&odd, Field::Amount), Some("12.5 (smallest unit)"));
    let none = with(json!({ "amount_remaining": null, "currency": 7 }));
    assert_eq!(value(&none, Field::Amount), None);
}

#[test]
fn unknown_words_are_kept_and_partial_payments_noticed() {
    let invoice = with(json!({ "status": "disputed_by_moon", "amount_paid": 45, "number": null }));
    assert_eq!(
        invoice.status,
        SourceStatus::Other("disputed_by_moon".into())
    );
    assert!(invoice.partly_paid);
    assert_eq!(value(&invoice, Field::CreditorReference), Some("in_1"));
    let credited = with(json!({ "post_payment_credit_notes_amount": 5 }));
    assert!(credited.partly_paid);
}
