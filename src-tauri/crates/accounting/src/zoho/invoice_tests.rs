use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn row() -> Value {
    json!({
        "invoice_id": "4600000000000091001", "invoice_number": "INV-0007", "reference_number": "PO 4711",
        "status": "overdue", "date": "2026-03-01", "due_date": "2026-03-31", "currency_code": "eur",
        "total": 1500.5, "balance": 1500.5, "customer_id": "4600000000000071001", "customer_name": "Bør & Co",
        "created_time": "2026-03-01T09:00:00+0100"
    })
}

fn whole() -> Value {
    let mut whole = row();
    whole["billing_address"] = json!({
        "attention": "", "address": "Vej 1\nBaghuset", "street2": "2. th", "city": "Aarhus", "state": "",
        "zip": "8000", "country": "Denmark", "phone": ""
    });
    whole
}

fn contact() -> Value {
    json!({
        "contact_id": "4600000000000071001", "contact_name": "Another name", "company_name": "Bør ApS",
        "customer_sub_type": "business", "email": "a@example.test", "vat_reg_no": "DK12345678",
        "billing_address": { "address": "Vej 1, Baghuset", "street2": "2. th", "city": "aarhus", "zip": "8000", "country": "DK" },
        "contact_persons": [
            { "first_name": "Signe", "last_name": "Holm", "email": "s@example.test", "mobile": "+45 1", "is_primary_contact": true },
            { "first_name": "Ulrik", "last_name": "Bo" }
        ]
    })
}

fn merged(mut base: Value, changes: Value) -> Value {
    let (Some(object), Value::Object(changes)) = (base.as_object_mut(), changes) else {
        unreachable!("both are objects");
    };
    object.extend(changes);
    base
}

fn listed(changes: Value) -> Invoice {
    let dto = serde_json::from_str(&merged(row(), changes).to_string()).unwrap();
    convert(&dto, &Reading::Row, "20081234561", Some("books.zoho.eu")).unwrap()
}

fn read(changes: Value, contact: Option<Value>) -> Invoice {
    let dto = serde_json::from_str(&merged(whole(), changes).to_string()).unwrap();
    let contact: Option<ContactDto> =
        contact.map(|contact| serde_json::from_str(&contact.to_string()).unwrap());
    convert(&dto, &Reading::Whole(contact.as_ref()), "20081234561", None).unwrap()
}

fn value(invoice: &Invoice, field: Field) -> Option<&str> {
    invoice.facts.value(field)
}

fn origin(invoice: &Invoice, field: Field) -> Option<&str> {
    invoice.facts.get(field).map(|fact| fact.origin.as_str())
}

#[test]
fn a_row_is_a_summary() {
    let invoice = listed(json!({}));
    assert_eq!(
        invoice.id.to_string(),
        "zoho:20081234561:4600000000000091001"
    );
    assert_eq!(
        invoice.debtor.to_string(),
        "zoho:20081234561:4600000000000071001"
    );
    assert_eq!(
        invoice.url.as_deref(),
        Some("https://books.zoho.eu/app/20081234561#/invoices/4600000000000091001")
    );
    for (field, expected) in [
        (Field::CreditorReference, "INV-0007"),
        (Field::CaseDate, "2026-03-01"),
        (Field::DueDate, "2026-03-31"),
        (Field::Amount, "1500.5"),
        (Field::Currency, "EUR"),
        (Field::DebtorName, "Bør & Co"),
        (Field::Description, "PO 4711"),
    ] {
        assert_eq!(value(&invoice, field), Some(expected));
    }
    assert_eq!(invoice.open.map(|open| open.minor), Some(150_050));
    assert!(invoice.summary_only && invoice.has_pdf && !invoice.partly_paid);
    let rich = listed(json!({
        "email": "x@example.test", "billing_address": { "address": "Vej 1", "zipcode": "8000", "country": "U.S.A" }
    }));
    assert_eq!(value(&rich, Field::DebtorZip), Some("8000"));
    assert_eq!(value(&rich, Field::DebtorEmail), Some("x@example.test"));
    assert!(
        rich.summary_only,
        "what is recorded but not documented is not relied upon"
    );
}

#[test]
fn a_whole_invoice_has_its_customer() {
    let invoice = read(json!({}), Some(contact()));
    assert!(!invoice.summary_only);
    assert_eq!(
        value(&invoice, Field::DebtorAddress),
        Some("Vej 1, Baghuset, 2. th")
    );
    assert_eq!(value(&invoice, Field::DebtorZip), Some("8000"));
    assert_eq!(value(&invoice, Field::DebtorCountry), Some("DK"));
    assert_eq!(value(&invoice, Field::DebtorName), Some("Bør & Co"));
    assert_eq!(value(&invoice, Field::ContactPerson), Some("Signe Holm"));
    assert_eq!(value(&invoice, Field::DebtorEmail), Some("s@example.test"));
    assert_eq!(value(&invoice, Field::DebtorPhone), Some("+45 1"));
    assert_eq!(
        origin(&invoice, Field::DebtorEmail),
        Some("Zoho Books customer")
    );
    assert_eq!(
        origin(&invoice, Field::DebtorCity),
        Some("Zoho Books invoice")
    );
    assert!(invoice.hints.has_tax_id);
    assert_eq!(invoice.hints.is_company, Some(true));
    assert_eq!(invoice.url, None, "a sandbox has no page");
}

#[test]
fn the_customer_of_today_fills_gaps_only_where_nothing_contradicts() {
    let gap = read(
        json!({ "billing_address": { "city": "Aarhus" } }),
        Some(contact()),
    );
    assert_eq!(
        value(&gap, Field::DebtorAddress),
        Some("Vej 1, Baghuset, 2. th")
    );
    let moved = read(
        json!({ "billing_address": { "city": "Odense", "country": "Danmark" } }),
        Some(contact()),
    );
    assert_eq!(value(&moved, Field::DebtorCity), Some("Odense"));
    assert_eq!(
        value(&moved, Field::DebtorAddress),
        None,
        "a street in Aarhus is not in Odense"
    );
    let deleted = read(json!({}), None);
    assert_eq!(value(&deleted, Field::DebtorCity), Some("Aarhus"));
    assert!(!deleted.summary_only, "there is no more to be read");
    assert_eq!(deleted.hints, Hints::default());
}

#[test]
fn of_several_persons_none_is_made_up() {
    let equals =
        json!([{ "first_name": "Signe" }, { "first_name": "Ulrik", "is_primary_contact": false }]);
    let contact = |changes| Some(merged(contact(), changes));
    let several = read(json!({}), contact(json!({ "contact_persons": equals })));
    assert_eq!(value(&several, Field::ContactPerson), None);
    assert_eq!(value(&several, Field::DebtorEmail), Some("a@example.test"));
    let sent_to = json!({ "contact_persons_associated": [{ "first_name": "Ulrik", "last_name": "Bo", "email": "u@example.test" }] });
    let told = read(sent_to, contact(json!({})));
    assert_eq!(value(&told, Field::ContactPerson), Some("Ulrik Bo"));
    assert_eq!(value(&told, Field::DebtorEmail), Some("u@example.test"));
    let individual = read(
        json!({}),
        contact(json!({ "customer_sub_type": "individual" })),
    );
    assert_eq!(
        value(&individual, Field::ContactPerson),
        None,
        "a person speaks for themselves"
    );
    assert_eq!(individual.hints.is_company, Some(false));
}

#[test]
fn amounts_that_do_not_fit_stay_visible() {
    let odd = listed(json!({ "balance": 12.345, "total": 20 }));
    assert_eq!(odd.open, None);
    assert_eq!(value(&odd, Field::Amount), Some("12.345"));
    let yen = listed(json!({ "currency_code": "JPY", "balance": 500.00, "total": 500 }));
    assert_eq!(yen.open.map(|open| open.minor), Some(500));
    let text = listed(json!({ "balance": "1.00", "total": "1.00" }));
    assert_eq!(text.open.map(|open| open.minor), Some(100));
    let none = listed(json!({ "balance": null }));
    assert_eq!((value(&none, Field::Amount), none.open), (None, None));
}

#[test]
fn statuses_and_what_is_left() {
    for (word, expected) in [
        ("draft", SourceStatus::Draft),
        ("pending_approval", SourceStatus::Draft),
        ("sent", SourceStatus::Open),
        ("viewed", SourceStatus::Open),
        ("overdue", SourceStatus::Open),
        ("partially_paid", SourceStatus::Open),
        ("paid", SourceStatus::Paid),
        ("void", SourceStatus::Void),
        ("approved", SourceStatus::Other("approved".into())),
    ] {
        assert_eq!(listed(json!({ "status": word })).status, expected, "{word}");
    }
    let written_off = listed(json!({ "status": "paid", "balance": 0, "write_off_amount": 0.01 }));
    assert_eq!(written_off.status, SourceStatus::Uncollectible);
    let paid = listed(json!({ "status": "paid", "balance": 0, "write_off_amount": 0.0 }));
    assert_eq!(paid.status, SourceStatus::Paid);
    assert!(listed(json!({ "balance": 500 })).partly_paid, "credited");
    assert!(!listed(json!({ "balance": 0 })).partly_paid);
    assert!(!listed(json!({ "status": "draft" })).has_pdf);
}

#[test]
fn pages_of_invoices_are_in_their_region() {
    for (api, web) in [
        ("www.zohoapis.com", Some("books.zoho.com")),
        ("www.zohoapis.com.au", Some("books.zoho.com.au")),
        ("api.zoho.eu", Some("books.zoho.eu")),
        ("www.zohoapis.ca", Some("books.zohocloud.ca")),
        ("127.0.0.1", None),
        ("localhost", None),
    ] {
        assert_eq!(web_host(api).as_deref(), web, "{api}");
    }
    let hostile = merged(row(), json!({ "invoice_id": "7/../../x?y#z" }));
    let dto = serde_json::from_str(&hostile.to_string()).unwrap();
    let invoice = convert(&dto, &Reading::Row, "1", Some("books.zoho.eu")).unwrap();
    assert_eq!(
        invoice.url.as_deref(),
        Some("https://books.zoho.eu/app/1#/invoices/7xyz")
    );
}

#[test]
fn countries_are_typed_in_many_ways() {
    for (typed, country) in [
        ("U.S.A", "US"),
        ("Deutschland", "DE"),
        ("UK", "GB"),
        ("Danmark", "DK"),
        ("Narnia", "Narnia"),
    ] {
        let invoice = read(json!({ "billing_address": { "country": typed } }), None);
        assert_eq!(value(&invoice, Field::DebtorCountry), Some(country));
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[-+0-9.eE]{0,10}".prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        prop::sample::select(vec![
            "EUR",
            "JPY",
            "KWD",
            "paid",
            "overdue",
            "U.S.A",
            "2026-03-01"
        ])
        .prop_map(Value::from),
        prop::collection::vec(any::<i32>(), 0..3).prop_map(Value::from),
        prop::collection::btree_map("[a-z_]{1,9}", ".{0,5}", 0..3).prop_map(|map| json!(map)),
    ]
}

proptest! {
    #[test]
    fn whatever_zoho_says_can_be_read(
        fields in prop::collection::vec(any_json(), 20),
        of_customer in prop::collection::vec(any_json(), 8),
    ) {
        const OF_INVOICE: [&str; 20] = [
            "invoice_number", "reference_number", "status", "date", "due_date", "currency_code", "total", "balance",
            "write_off_amount", "customer_id", "customer_name", "company_name", "email", "phone", "billing_address",
            "contact_persons_associated", "created_time", "of_tomorrow", "is_emailed", "invoice_url",
        ];
        const OF_CUSTOMER: [&str; 8] = [
            "contact_name", "company_name", "customer_sub_type", "email", "phone", "billing_address", "contact_persons",
            "vat_reg_no",
        ];
        let object = |names: &[&str], values: Vec<Value>| -> Value {
            names.iter().map(|name| (*name).to_owned()).zip(values).collect::<serde_json::Map<_, _>>().into()
        };
        let changes = object(&OF_INVOICE, fields);
        let customer = object(&OF_CUSTOMER, of_customer);
        for invoice in [listed(changes.clone()), read(changes, Some(customer))] {
            prop_assert_eq!(&invoice.id.id, "4600000000000091001");
            let code = invoice.facts.value(Field::Currency).and_then(Currency::from_code);
            let amount = invoice.facts.value(Field::Amount);
            let stated = amount.zip(code).and_then(|(amount, code)| Money::parse(amount, code).ok());
            prop_assert_eq!(invoice.open, stated, "what is shown is what is claimed");
        }
    }
}
