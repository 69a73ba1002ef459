use serde_json::{Value, json};

use super::*;

fn company() -> Company {
    Company {
        name: "Nordlys Design ApS".into(),
        legal_name: None,
        country: Country::from_alpha2("DK"),
        home_currency: Some("DKK".into()),
        multi_currency: true,
        zone: None,
    }
}

fn read<T: serde::de::DeserializeOwned>(value: &Value) -> T {
    // From text, as it comes; amounts are kept as they are written.
    serde_json::from_str(&value.to_string()).unwrap()
}

fn changed(mut object: Value, changes: Value) -> Value {
    let (Some(object_), Value::Object(changes)) = (object.as_object_mut(), changes) else {
        unreachable!("both are objects");
    };
    for (name, value) in changes {
        match value {
            Value::Null => object_.remove(&name),
            value => object_.insert(name, value),
        };
    }
    object
}

/// An ordinary invoice, customer and no parent, with changes to each; null takes a field away.
fn with(invoice: Value, customer: Value) -> Invoice {
    let invoice = changed(
        json!({
            "Id": "1042", "DocNumber": "F-7", "TxnDate": "2026-05-01", "DueDate": "2026-05-15", "TotalAmt": 1000, "Balance": 1000,
            "CurrencyRef": { "value": "DKK" }, "CustomerRef": { "value": "11", "name": "Birkholm Byg" },
            "BillEmail": { "Address": "faktura@birkholm.example" }, "MetaData": { "CreateTime": "2026-05-01T05:00:00-07:00" },
        }),
        invoice,
    );
    let customer = changed(
        json!({
            "Id": "11", "DisplayName": "Birkholm Byg", "CompanyName": "Birkholm Byg A/S", "GivenName": "Line", "FamilyName": "Kjær",
            "PrimaryPhone": { "FreeFormNumber": "+45 11 22 33 44" },
            "BillAddr": { "Line1": "Birkholm Byg A/S", "Line2": "Havnegade 3", "City": "Odense C", "PostalCode": "5000" },
        }),
        customer,
    );
    let customer: CustomerDto = read(&customer);
    let parties = Parties {
        customer: Some(&customer),
        billed: Some(&customer),
    };
    converted(&invoice, &parties)
}

fn converted(invoice: &Value, parties: &Parties<'_>) -> Invoice {
    let company = company();
    let books = Books {
        realm: "99",
        company: &company,
        pages: "https://app.qbo.intuit.com",
    };
    convert(&read(invoice), parties, &books).unwrap()
}

fn facts(invoice: &Invoice) -> Vec<String> {
    let shown = |(field, fact): (Field, &receivables::Fact)| {
        format!("{} = {} ({})", field.name(), fact.value, fact.origin)
    };
    invoice.facts.iter().map(shown).collect()
}

#[test]
fn an_ordinary_invoice() {
    let invoice = with(json!({}), json!({}));
    assert_eq!(invoice.id.to_string(), "quickbooks:99:1042");
    assert_eq!(invoice.debtor.to_string(), "quickbooks:99:11");
    assert_eq!(invoice.status, SourceStatus::Open);
    assert_eq!(
        invoice.url.as_deref(),
        Some("https://app.qbo.intuit.com/app/invoice?txnId=1042")
    );
    assert_eq!(invoice.hints.is_company, Some(true));
    assert!(!invoice.partly_paid && invoice.has_pdf);
    assert_eq!(
        facts(&invoice),
        [
            "creditor_reference = F-7 (QuickBooks invoice)",
            "case_date = 2026-05-01 (QuickBooks invoice)",
            "due_date = 2026-05-15 (QuickBooks invoice)",
            "amount = 1000.00 (QuickBooks invoice)",
            "currency = DKK (QuickBooks invoice)",
            "debtor_name = Birkholm Byg A/S (QuickBooks customer)",
            "debtor_email = faktura@birkholm.example (QuickBooks invoice)",
            "debtor_phone = +45 11 22 33 44 (QuickBooks customer)",
            "debtor_address = Havnegade 3 (QuickBooks customer)",
            "debtor_city = Odense C (QuickBooks customer)",
            "debtor_zip = 5000 (QuickBooks customer)",
            "debtor_country = DK (QuickBooks company)",
            "contact_person = Line Kjær (QuickBooks customer)",
            "description = Invoice F-7 (QuickBooks 1042) (QuickBooks invoice)",
        ]
    );
}

#[test]
fn amounts_are_the_digits_that_came() {
    let amount = |text: &str, currency: &str| {
        let invoice = format!(
            r#"{{"Id":"1","Balance":{text},"TotalAmt":{text},"CurrencyRef":{{"value":"{currency}"}}}}"#
        );
        let company = company();
        let books = Books {
            realm: "99",
            company: &company,
            pages: "",
        };
        let dto: InvoiceDto = serde_json::from_str(&invoice).unwrap();
        let invoice = convert(&dto, &Parties::default(), &books).unwrap();
        (
            invoice.facts.value(Field::Amount).unwrap().to_owned(),
            invoice.open.map(|open| open.minor),
        )
    };
    // What a float would make of these is another sum.
    assert_eq!(
        amount("90071992547409.93", "EUR"),
        ("90071992547409.93".into(), Some(9_007_199_254_740_993))
    );
    assert_eq!(amount("0.29", "EUR"), ("0.29".into(), Some(29)));
    assert_eq!(amount("639.00", "USD"), ("639.00".into(), Some(63_900)));
    assert_eq!(amount("100", "USD"), ("100.00".into(), Some(10_000)));
    assert_eq!(
        amount("1234567", "JPY"),
        ("1234567".into(), Some(1_234_567))
    );
    assert_eq!(amount("500.00", "JPY"), ("500".into(), Some(500)));
    assert_eq!(
        amount("1234.560", "KWD"),
        ("1234.560".into(), Some(1_234_560))
    );
    assert_eq!(amount("\"12.50\"", "EUR"), ("12.50".into(), Some(1_250)));
    // Not an amount of the currency: shown, not rounded.
    assert_eq!(amount("1.005", "EUR"), ("1.005".into(), None));
    assert_eq!(amount("1e3", "EUR"), ("1e3".into(), None));
}

#[test]
fn what_is_absent_is_not_invented() {
    let bare = with(
        json!({ "DocNumber": null, "DueDate": null, "CurrencyRef": null, "BillEmail": null }),
        json!({ "CompanyName": null, "GivenName": null, "FamilyName": null, "PrimaryPhone": null, "BillAddr": null }),
    );
    assert_eq!(
        bare.facts.value(Field::CreditorReference),
        None,
        "the id may be another invoice's number"
    );
    assert_eq!(bare.facts.value(Field::DueDate), None);
    assert_eq!(
        bare.facts.get(Field::Currency).unwrap().origin,
        "QuickBooks company"
    );
    assert_eq!(bare.facts.value(Field::Currency), Some("DKK"));
    assert_eq!(bare.facts.value(Field::DebtorName), Some("Birkholm Byg"));
    assert_eq!(
        bare.facts.value(Field::DebtorCountry),
        None,
        "where nothing is known, no country is either"
    );
    assert_eq!(bare.hints.is_company, None);
    let nobody = converted(&json!({ "Id": "5" }), &Parties::default());
    assert_eq!(
        nobody.debtor.id, "5",
        "an invoice without a customer is its own debtor"
    );
    assert_eq!(
        (nobody.open, nobody.facts.value(Field::Amount)),
        (None, None)
    );
}

#[test]
fn every_state_has_its_name() {
    let status = |changes| with(changes, json!({})).status;
    let paid = json!({ "Balance": 0, "LinkedTxn": [{ "TxnId": "9", "TxnType": "Payment" }] });
    assert_eq!(status(paid), SourceStatus::Paid);
    assert_eq!(
        status(json!({ "Balance": 0, "TotalAmt": 0, "PrivateNote": "Voided" })),
        SourceStatus::Void
    );
    assert_eq!(
        status(json!({ "Balance": 0, "TotalAmt": 0.00, "PrivateNote": "Voided - see mail" })),
        SourceStatus::Void
    );
    assert_eq!(
        status(json!({ "PrivateNote": "Voided a wrong line, then corrected" })),
        SourceStatus::Open
    );
    assert_eq!(
        status(json!({ "status": "Deleted" })),
        SourceStatus::Deleted
    );
    assert_eq!(
        status(json!({ "EInvoiceStatus": "Disputed" })),
        SourceStatus::Other("disputed".into())
    );
    assert_eq!(
        status(json!({ "invoiceStatus": "DISPUTED" })),
        SourceStatus::Other("disputed".into())
    );
    assert_eq!(
        status(json!({ "EInvoiceStatus": "Delivered", "invoiceStatus": "OVERDUE_VIEWED" })),
        SourceStatus::Open
    );
    let partly = with(json!({ "Balance": 400 }), json!({}));
    assert!(partly.partly_paid);
    assert_eq!(
        partly.facts.value(Field::Amount),
        Some("400.00"),
        "what is open, not what was invoiced"
    );
}

#[test]
fn a_job_is_billed_to_who_is_above_it() {
    let parent: CustomerDto = read(&json!({
        "Id": "10", "DisplayName": "Havn Holding", "CompanyName": "Havn Holding A/S",
        "BillAddr": { "Line1": "Kajen 1", "City": "Aarhus C", "PostalCode": "8000" },
    }));
    let job: CustomerDto = read(&json!({
        "Id": "11", "DisplayName": "Tagterrasse", "BillWithParent": true, "ParentRef": { "value": "10" },
        "BillAddr": { "Line1": "Byggepladsen 9", "City": "Odense C", "PostalCode": "5000" },
        "PrimaryPhone": { "FreeFormNumber": "55" },
    }));
    assert_eq!(job.billed_with(), Some("10"));
    let dto = json!({ "Id": "1", "DocNumber": "7", "Balance": 5, "CustomerRef": { "value": "11", "name": "Tagterrasse" } });
    let parties = Parties {
        customer: Some(&job),
        billed: Some(&parent),
    };
    let invoice = converted(&dto, &parties);
    assert_eq!(invoice.debtor.id, "10");
    assert_eq!(
        invoice.facts.value(Field::DebtorName),
        Some("Havn Holding A/S")
    );
    assert_eq!(
        invoice.facts.value(Field::DebtorAddress),
        Some("Kajen 1"),
        "not the building site"
    );
    assert_eq!(invoice.facts.value(Field::DebtorPhone), Some("55"));
    assert_eq!(
        invoice.facts.value(Field::Description),
        Some("Invoice 7 (QuickBooks 1) for Tagterrasse")
    );
    let own: CustomerDto =
        read(&json!({ "Id": "11", "ParentRef": { "value": "10" }, "BillWithParent": false }));
    assert_eq!(
        own.billed_with(),
        None,
        "one that is billed itself is the debtor itself"
    );
}

#[test]
fn the_customer_comes_first_and_gaps_are_filled_only_where_nothing_contradicts() {
    let lines = json!({ "BillAddr": { "Line1": "Birkholm Byg", "Line2": "Havnegade 3", "Line3": "5000 Odense C" } });
    let read_from_lines = with(lines.clone(), json!({ "BillAddr": null }));
    let address = read_from_lines.facts.get(Field::DebtorAddress).unwrap();
    assert_eq!(address.value, "Havnegade 3");
    assert_eq!(
        address.origin, "QuickBooks invoice, read from its lines",
        "so that the user knows to look"
    );
    assert_eq!(read_from_lines.facts.value(Field::DebtorZip), Some("5000"));

    let gap = json!({ "BillAddr": { "Line1": "Havnegade 3", "City": "Odense C" } });
    assert_eq!(
        with(lines.clone(), gap).facts.value(Field::DebtorZip),
        Some("5000")
    );
    let moved = json!({ "BillAddr": { "Line1": "Ny Vej 77", "City": "Odense C" } });
    let moved = with(lines, moved);
    assert_eq!(moved.facts.value(Field::DebtorAddress), Some("Ny Vej 77"));
    assert_eq!(
        moved.facts.value(Field::DebtorZip),
        None,
        "parts of two addresses make one that does not exist"
    );
}

#[test]
fn a_country_is_taken_for_the_companys_only_where_the_rest_fits() {
    let country = |invoice, address| {
        let invoice = with(invoice, json!({ "BillAddr": address }));
        invoice.facts.value(Field::DebtorCountry).map(str::to_owned)
    };
    let odense = json!({ "Line1": "Havnegade 3", "City": "Odense C", "PostalCode": "5000" });
    assert_eq!(country(json!({}), odense.clone()).as_deref(), Some("DK"));
    assert_eq!(
        country(json!({ "CurrencyRef": { "value": "NOK" } }), odense),
        None,
        "billed in another currency"
    );
    let berlin = json!({ "Line1": "Hauptstraße 5", "City": "Berlin", "PostalCode": "10115" });
    assert_eq!(country(json!({}), berlin), None, "no Danish postal code");
    let named = json!({ "Line1": "Hauptstraße 5", "City": "Berlin", "PostalCode": "10115", "Country": "Germany" });
    assert_eq!(country(json!({}), named).as_deref(), Some("DE"));
}

#[test]
fn one_of_several_mail_addresses_is_taken() {
    let email = |text: &str| {
        let invoice = with(json!({ "BillEmail": { "Address": text } }), json!({}));
        invoice.facts.value(Field::DebtorEmail).map(str::to_owned)
    };
    assert_eq!(
        email("a@b.example, c@d.example").as_deref(),
        Some("a@b.example")
    );
    assert_eq!(email("; c@d.example").as_deref(), Some("c@d.example"));
    assert_eq!(
        email("nobody").as_deref(),
        Some("nobody"),
        "shown as it is, for the user to mend"
    );
}

#[test]
fn fields_of_any_type_can_be_read() {
    let invoice = converted(
        &json!({ "Id": "1", "DocNumber": 5, "TxnDate": [], "Balance": {}, "CustomerRef": "11", "BillAddr": 7, "CurrencyRef": null }),
        &Parties::default(),
    );
    assert_eq!(invoice.facts.value(Field::CreditorReference), None);
    assert_eq!(
        invoice.facts.value(Field::Amount),
        Some("{}"),
        "whatever it is, it is shown"
    );
    assert_eq!(invoice.open, None);
}
