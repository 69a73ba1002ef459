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
    let mut object = Map::new();
    let mut set = |name: &str, value: Value| object.insert(name.into(), value);
    set("domain", json!("QBO"));
    set("sparse", json!(false));
    set("Id", json!(invoice_id(at)));
    set("SyncToken", json!(sheet.version.to_string()));
    set(
        "MetaData",
        json!({ "CreateTime": time(invoice.created), "LastUpdatedTime": time(sheet.updated) }),
    );
    set("TxnDate", json!(day(invoice.created)));
    set("LinkedTxn", linked);
    set(
        "Line",
        json!([
            { "Id": "1", "LineNum": 1, "Description": invoice.line, "Amount": amount(total, currency),
                "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": { "Qty": 1, "TaxCodeRef": { "value": "NON" } } },
            { "Amount": amount(total, currency), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {} },
        ]),
    );
    set(
        "CustomerRef",
        reference(&customer_id(invoice.customer), &card.display),
    );
    set("TotalAmt", amount(total, currency));
    set("Balance", amount(balance, currency));
    set("ApplyTaxAfterDiscount", json!(false));
    set("PrintStatus", json!("NeedToPrint"));
    set("EmailStatus", json!("NotSet"));
    put(&mut object, "DocNumber", invoice.number.as_deref());
    put(&mut object, "DueDate", invoice.due.map(day));
    if sheet.names_currency {
        let code = currency.to_uppercase();
        object.insert("CurrencyRef".into(), reference(&code, &code));
    }
    if !currency.eq_ignore_ascii_case(HOME_CURRENCY) {
        object.insert("ExchangeRate".into(), exact("7.46"));
    }
    let email = customer.email.as_ref().filter(|_| !card.bare);
    put(
        &mut object,
        "BillEmail",
        email.map(|email| json!({ "Address": email })),
    );
    put(
        &mut object,
        "BillAddr",
        address(
            ledger,
            ledger.billed(invoice.customer),
            sheet.layout,
            40_000 + at,
        ),
    );
    put(
        &mut object,
        "CustomerMemo",
        invoice
            .description
            .as_ref()
            .map(|memo| json!({ "value": memo })),
    );
    put(&mut object, "PrivateNote", void.then_some("Voided"));
    put(
        &mut object,
        "EInvoiceStatus",
        sheet.disputed.then_some("Disputed"),
    );
    Value::Object(object)
}

pub(super) fn tombstone(ledger: &Ledger, at: usize) -> Value {
    json!({ "domain": "QBO", "status": "Deleted", "Id": invoice_id(at),
        "MetaData": { "LastUpdatedTime": time(ledger.invoice(at).1.updated) } })
}

pub(super) fn customer(ledger: &Ledger, at: usize) -> Value {
    let (customer, card) = ledger.customer(at);
    let mut object = Map::new();
    let mut set = |name: &str, value: Value| object.insert(name.into(), value);
    set("domain", json!("QBO"));
    set("sparse", json!(false));
    set("Id", json!(customer_id(at)));
    set("SyncToken", json!("0"));
    set(
        "MetaData",
        json!({ "CreateTime": time(customer.created), "LastUpdatedTime": time(card.updated) }),
    );
    set("DisplayName", json!(card.display));
    set("PrintOnCheckName", json!(card.display));
    set("Active", json!(!customer.deleted));
    set("Job", json!(card.parent.is_some()));
    set("BillWithParent", json!(card.parent.is_some()));
    let full = match card.parent {
        Some(parent) => {
            let above = &ledger.customer(parent).1.display;
            set("ParentRef", json!({ "value": customer_id(parent) }));
            set("Level", json!(1));
            format!("{above}:{}", card.display)
        }
        None => card.display.clone(),
    };
    set("FullyQualifiedName", json!(full));
    if card.bare {
        return Value::Object(object);
    }
    if customer.business {
        put(&mut object, "CompanyName", customer.name.as_deref());
    } else if let Some((given, family)) = customer
        .name
        .as_deref()
        .and_then(|name| name.rsplit_once(' '))
    {
        put(&mut object, "GivenName", Some(given));
        put(&mut object, "FamilyName", Some(family));
    }
    put(
        &mut object,
        "PrimaryEmailAddr",
        customer
            .email
            .as_ref()
            .map(|email| json!({ "Address": email })),
    );
    put(
        &mut object,
        "PrimaryPhone",
        customer
            .phone
            .as_ref()
            .map(|phone| json!({ "FreeFormNumber": phone })),
    );
    put(
        &mut object,
        "BillAddr",
        address(ledger, at, card.layout, 20_000 + at),
    );
    Value::Object(object)
}
