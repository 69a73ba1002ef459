use accounting::Fault;
use accounting::zoho::Customers;
use receivables::{Country, Field, Overlay, Standing, State, assess};
use sandbox::Edit;

use crate::support::*;

/// The stand-in's day.
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 7, 1);

#[tokio::test]
async fn every_summary_read_whole_is_judged_in_full() {
    let sandbox = awkward().await;
    let zoho = first(&sandbox).await;
    let summaries = whole(&zoho).await;
    sandbox.forget_requests();
    let customers = Customers::default();
    let mut debtors = std::collections::BTreeSet::new();
    for summary in &summaries {
        let summary = &summary.invoice;
        let full = zoho
            .invoice_with(&summary.id.id, &customers)
            .await
            .unwrap()
            .invoice;
        debtors.insert(full.debtor.clone());
        assert!(!full.summary_only);
        assert_eq!(
            (&full.id, &full.debtor, full.open, &full.status),
            (&summary.id, &summary.debtor, summary.open, &summary.status)
        );
        for (field, fact) in summary.facts.iter() {
            assert_eq!(
                full.facts.value(field),
                Some(fact.value.as_str()),
                "{field} of {}",
                full.id
            );
        }
        if let Some(country) = full.facts.value(Field::DebtorCountry) {
            assert!(
                Country::from_alpha2(country).is_some(),
                "{country}, as somebody typed it, is known"
            );
        }
        let judged = assess(&full, &Overlay::default(), &Standing::default(), TODAY);
        match judged.state {
            State::Ready => assert!(judged.case.is_some()),
            State::NotDue => {}
            State::Attention => assert!(judged.problems[0].blocks, "listed with its reason"),
            other => panic!("{} is {other:?}", full.id),
        }
        let before = assess(summary, &Overlay::default(), &Standing::default(), TODAY);
        assert!(before.case.is_none() && before.state <= judged.state);
        assert_eq!(
            summary
                .clone()
                .with_details_of(&full)
                .facts
                .value(Field::DebtorCity),
            full.facts.value(Field::DebtorCity)
        );
    }
    assert_eq!(sandbox.requests_to(ONE).len(), summaries.len());
    assert_eq!(
        sandbox.requests_to(CUSTOMER).len(),
        debtors.len(),
        "each customer costs one call, however many invoices it has"
    );
}

#[tokio::test]
async fn awkward_debtors_are_read_as_they_are() {
    let sandbox = awkward().await;
    let zoho = first(&sandbox).await;
    let read = async |case: &str| zoho.invoice(&id_of(&sandbox, case)).await.unwrap().invoice;
    let value =
        |invoice: &receivables::Invoice, field| invoice.facts.value(field).map(str::to_owned);

    let deleted = read("deleted customer").await;
    assert_eq!(
        value(&deleted, Field::DebtorName).as_deref(),
        Some("Slettet ApS")
    );
    assert_eq!(
        value(&deleted, Field::DebtorCity).as_deref(),
        Some("København N")
    );
    assert_eq!(deleted.hints.is_company, None);
    let private = read("a private person").await;
    assert_eq!(private.hints.is_company, Some(false));
    assert_eq!(value(&private, Field::ContactPerson), None);
    let homeless = read("no address at all").await;
    for field in [
        Field::DebtorAddress,
        Field::DebtorCity,
        Field::DebtorCountry,
    ] {
        assert_eq!(value(&homeless, field), None);
    }
    let american = read("US with the state's name").await;
    assert_eq!(
        value(&american, Field::DebtorCountry).as_deref(),
        Some("US"),
        "U.S.A"
    );
    assert_eq!(
        value(&american, Field::DebtorState).as_deref(),
        Some("California")
    );
    let yen = read("yen has no minor unit").await;
    assert_eq!(value(&yen, Field::Amount).as_deref(), Some("1234567"));
    let dinar = read("dinar has three decimals").await;
    assert_eq!(value(&dinar, Field::Amount).as_deref(), Some("1234.560"));
    let nothing_left = read("open with nothing left").await;
    assert_eq!(nothing_left.open.map(|open| open.minor), Some(0));
    let credited = read("remaining below the difference").await;
    assert!(credited.partly_paid);
    assert_eq!(value(&credited, Field::Amount).as_deref(), Some("550.00"));
    let unnumbered = read("no number though open").await;
    assert_eq!(
        value(&unnumbered, Field::CreditorReference),
        Some(unnumbered.id.id.clone())
    );
    let dateless = read("no due date though sent").await;
    assert_eq!(value(&dateless, Field::DueDate), None);
}

#[tokio::test]
async fn reference_numbers_become_descriptions() {
    let sandbox = sandbox(sandbox::Company::Demo).await;
    let zoho = first(&sandbox).await;
    let mut described = 0;
    for fetched in whole(&zoho).await {
        let raw: serde_json::Value = serde_json::from_str(&fetched.raw).unwrap();
        let reference = raw["reference_number"]
            .as_str()
            .filter(|text| !text.is_empty());
        assert_eq!(fetched.invoice.facts.value(Field::Description), reference);
        described += usize::from(reference.is_some());
    }
    assert!(described > 20, "{described}");
}

#[tokio::test]
async fn an_invoice_has_its_document() {
    let sandbox = awkward().await;
    let zoho = first(&sandbox).await;
    let id = id_of(&sandbox, "zloty");
    let pdf = zoho.invoice_pdf(&id).await.unwrap();
    assert!(pdf.content.starts_with(b"%PDF"));
    assert_eq!(pdf.file_name, format!("{id}.pdf"));
    let none = zoho.invoice_pdf("4600000000000000001").await;
    assert!(matches!(none, Err(Fault::NotFound { .. })), "{none:?}");
    for odd in ["..", "."] {
        let odd = zoho.invoice(odd).await;
        assert!(matches!(odd, Err(Fault::Unreadable(_))), "{odd:?}");
    }
    sandbox.fault(sandbox::Fault::new(
        ONE,
        sandbox::When::Always,
        sandbox::Effect::Html,
    ));
    let page = zoho.invoice_pdf(&id).await;
    assert!(matches!(page, Err(Fault::NotAPdf)), "{page:?}");
}

#[tokio::test]
async fn what_became_of_those_that_left_costs_few_calls() {
    let sandbox = sandbox(sandbox::Company::Large(900)).await;
    let zoho = first(&sandbox).await;
    let all = ids(&whole(&zoho).await);
    let since = "2026-07-01T12:30:00Z".parse().unwrap();
    sandbox.advance(jiff::SignedDuration::from_mins(45));
    let edit = |id: &str, edit| assert!(sandbox.edit_zoho_invoice(zoho.organisation(), id, edit));
    for id in &all[..300] {
        edit(id, Edit::Pay(i64::MAX));
    }
    for id in &all[300..303] {
        edit(id, Edit::WriteOff);
    }
    for id in &all[303..306] {
        edit(id, Edit::Void);
    }
    assert!(sandbox.delete_zoho_invoice(zoho.organisation(), &all[306]));
    // The last one was skipped by the walk and is as unpaid as ever.
    sandbox.forget_requests();
    let left = zoho.left(&all[..308], since).await.unwrap();
    assert_eq!(
        sandbox.requests().len(),
        5,
        "two pages of the paid, one of the void, two alone"
    );
    let mut count = std::collections::BTreeMap::new();
    for fetched in &left {
        assert!(fetched.invoice.summary_only);
        *count
            .entry(format!("{:?}", fetched.invoice.status))
            .or_insert(0) += 1;
    }
    let expected = [
        ("Open", 1),
        ("Paid", 300),
        ("Uncollectible", 3),
        ("Void", 3),
    ];
    assert_eq!(
        count,
        expected
            .map(|(status, number)| (status.to_owned(), number))
            .into()
    );

    sandbox.forget_requests();
    let one = zoho.left(&all[..1], since).await.unwrap();
    assert_eq!(
        (one.len(), sandbox.requests().len()),
        (1, 1),
        "one is asked for alone"
    );
    assert!(zoho.left(&[], since).await.unwrap().is_empty());
    // Of many that were settled meanwhile, few were ours: asking for each is cheaper than all those pages.
    sandbox.forget_requests();
    let few = zoho.left(&all[297..300], since).await.unwrap();
    assert_eq!(few.len(), 3);
    assert!(
        sandbox.requests().len() <= 6,
        "{}",
        sandbox.requests().len()
    );
}
