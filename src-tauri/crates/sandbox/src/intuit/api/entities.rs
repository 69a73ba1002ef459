//! Invoices and customers as QuickBooks writes them: absent rather than null, amounts with their zeros.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde_json::{Map, Value, json};

use super::HOME_CURRENCY;
use crate::exchange::exact;
use crate::intuit::ledger::{Layout, Ledger, customer_id, invoice_id};
use crate::places;

pub(super) fn time(at: i64) -> String {
    let zone = TimeZone::fixed(Offset::constant(-7));
    Timestamp::from_second(at)
        .map(|at| {
            at.to_zoned(zone)
                .strftime("%Y-%m-%dT%H:%M:%S%:z")
                .to_string()
        })
        .unwrap_or_default()
}

/// Of an answer.
pub(super) fn moment(at: Timestamp) -> String {
    at.to_zoned(TimeZone::fixed(Offset::constant(-7)))
        .strftime("%Y-%m-%dT%H:%M:%S%.3f%:z")
        .to_string()
}

pub(super) fn day(at: i64) -> String {
    Timestamp::from_second(at)
        .map(|at| at.strftime("%Y-%m-%d").to_string())
        .unwrap_or_default()
}

pub(super) fn decimals(currency: &str) -> u32 {
    match currency {
        "jpy" | "krw" | "xof" | "xaf" | "xpf" | "clp" | "vnd" => 0,
        "kwd" | "bhd" | "jod" | "omr" | "tnd" => 3,
        _ => 2,
    }
}

/// Nothing is `0`; everything else has its decimals.
fn amount(minor: i64, currency: &str) -> Value {
    let decimals = decimals(currency);
    let unit = 10_i64.pow(decimals);
    match (minor, decimals) {
        (0, _) => exact("0"),
        (_, 0) => exact(&minor.to_string()),
        _ => exact(&format!(
            "{}.{:0width$}",
            minor / unit,
            minor % unit,
            width = decimals as usize
        )),
    }
}

fn put(object: &mut Map<String, Value>, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        object.insert(name.into(), value.into());
    }
}

fn address(ledger: &Ledger, customer: usize, layout: Layout, id: usize) -> Option<Value> {
    let mut object = Map::new();
    object.insert("Id".into(), json!(id.to_string()));
    let (known, card) = ledger.customer(customer);
    match layout {
        Layout::Missing => return None,
        Layout::IdOnly => {}
        Layout::NameOnly => put(&mut object, "Line1", Some(card.display.as_str())),
        Layout::Lines => {
            for (number, line) in (1..=5).zip(ledger.lines(customer)) {
                object.insert(format!("Line{number}"), json!(line));
            }
            object.insert("Lat".into(), json!("INVALID"));
            object.insert("Long".into(), json!("INVALID"));
        }
        Layout::Structured => {
            let address = known.address.clone()?;
            put(&mut object, "Line1", address.line1);
            put(&mut object, "Line2", address.line2);
            put(&mut object, "City", address.city);
            put(&mut object, "CountrySubDivisionCode", address.state);
            put(&mut object, "PostalCode", address.postal_code);
            let abroad = address
                .country
                .filter(|country| country != ledger.books.country);
            // Free text: some write the name, some the letters.
            let spelled = abroad.map(|country| match places::country_name(&country) {
                Some(name) if !customer.is_multiple_of(3) => name.to_owned(),
                _ => country,
            });
            put(&mut object, "Country", spelled);
        }
    }
    Some(Value::Object(object))
}

fn reference(value: &str, name: &str) -> Value {
    json!({ "value": value, "name": name })
}

pub(super) fn invoice(ledger: &Ledger, at: usize) -> Value {
    let (invoice, sheet) = ledger.invoice(at);
    let (customer, card) = ledger.customer(invoice.customer);
    let void = invoice.status == "void";
    let open = invoice.status == "open";
    let total = if void { 0 } else { invoice.total };
    let balance = if open { invoice.remaining() } else { 0 };
    let currency = invoice.currency;
    let linked = if !void && balance < total {
        json!([{ "TxnId": (90_000 + at).to_string(), "TxnType": "Payment" }])
    } else {
        json!([])
    };
    let email = customer.email.as_ref().filter(|_| !card.bare);
    let currency_code = currency.to_uppercase();
    let abroad = !currency.eq_ignore_ascii_case(HOME_CURRENCY);
    let billed = address(
        ledger,
        ledger.billed(invoice.customer),
        sheet.layout,
        40_000 + at,
    );
    let lines = json!([
        { "Id": "1", "LineNum": 1, "Description": invoice.line, "Amount": amount(total, currency),
            "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": { "Qty": 1, "TaxCodeRef": { "value": "NON" } } },
        { "Amount": amount(total, currency), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {} },
    ]);
    let mut object = Map::new();
    // In the order of recorded ones.
    let mut set = |name: &str, value: Option<Value>| put(&mut object, name, value);
    set("domain", Some(json!("QBO")));
    set("sparse", Some(json!(false)));
    set("Id", Some(json!(invoice_id(at))));
    set("SyncToken", Some(json!(sheet.version.to_string())));
    set(
        "MetaData",
        Some(
            json!({ "CreateTime": time(invoice.created), "LastUpdatedTime": time(sheet.updated) }),
        ),
    );
    set("DocNumber", invoice.number.as_deref().map(Value::from));
    set("TxnDate", Some(json!(day(invoice.created))));
    set(
        "CurrencyRef",
        sheet
            .names_currency
            .then(|| reference(&currency_code, &currency_code)),
    );
    set("ExchangeRate", abroad.then(|| exact("7.46")));
    set("PrivateNote", void.then(|| json!("Voided")));
    set("LinkedTxn", Some(linked));
    set("Line", Some(lines));
    set(
        "CustomerRef",
        Some(reference(&customer_id(invoice.customer), &card.display)),
    );
    let memo = invoice.description.as_ref();
    set("CustomerMemo", memo.map(|memo| json!({ "value": memo })));
    set("BillAddr", billed);
    set("DueDate", invoice.due.map(|due| json!(day(due))));
    set("TotalAmt", Some(amount(total, currency)));
    set("ApplyTaxAfterDiscount", Some(json!(false)));
    set("PrintStatus", Some(json!("NeedToPrint")));
    set("EmailStatus", Some(json!("NotSet")));
    set("BillEmail", email.map(|email| json!({ "Address": email })));
    set("Balance", Some(amount(balance, currency)));
    set("EInvoiceStatus", sheet.disputed.then(|| json!("Disputed")));
    Value::Object(object)
}

pub(super) fn tombstone(ledger: &Ledger, at: usize) -> Value {
    json!({ "domain": "QBO", "status": "Deleted", "Id": invoice_id(at),
        "MetaData": { "LastUpdatedTime": time(ledger.invoice(at).1.updated) } })
}

pub(super) fn customer(ledger: &Ledger, at: usize) -> Value {
    let (customer, card) = ledger.customer(at);
    let known = (!card.bare).then_some(customer);
    let (name, business) = (
        known.and_then(|known| known.name.as_deref()),
        customer.business,
    );
    let person = name
        .filter(|_| !business)
        .and_then(|name| name.rsplit_once(' '));
    let above = card.parent.map(|parent| &ledger.customer(parent).1.display);
    let full = match above {
        Some(above) => format!("{above}:{}", card.display),
        None => card.display.clone(),
    };
    let mut object = Map::new();
    // In the order of recorded ones.
    let mut set = |name: &str, value: Option<Value>| put(&mut object, name, value);
    set(
        "BillAddr",
        known.and_then(|_| address(ledger, at, card.layout, 20_000 + at)),
    );
    set("Job", Some(json!(card.parent.is_some())));
    set("BillWithParent", Some(json!(card.parent.is_some())));
    let parent = card.parent;
    set(
        "ParentRef",
        parent.map(|parent| json!({ "value": customer_id(parent) })),
    );
    set("Level", parent.map(|_| json!(1)));
    set("domain", Some(json!("QBO")));
    set("sparse", Some(json!(false)));
    set("Id", Some(json!(customer_id(at))));
    set("SyncToken", Some(json!("0")));
    set(
        "MetaData",
        Some(
            json!({ "CreateTime": time(customer.created), "LastUpdatedTime": time(card.updated) }),
        ),
    );
    set("GivenName", person.map(|(given, _)| json!(given)));
    set("FamilyName", person.map(|(_, family)| json!(family)));
    set("FullyQualifiedName", Some(json!(full)));
    set("CompanyName", name.filter(|_| business).map(Value::from));
    set("DisplayName", Some(json!(card.display)));
    set("PrintOnCheckName", Some(json!(card.display)));
    set("Active", Some(json!(!customer.deleted)));
    let phone = known.and_then(|known| known.phone.as_ref());
    set(
        "PrimaryPhone",
        phone.map(|phone| json!({ "FreeFormNumber": phone })),
    );
    let email = known.and_then(|known| known.email.as_ref());
    set(
        "PrimaryEmailAddr",
        email.map(|email| json!({ "Address": email })),
    );
    Value::Object(object)
}
