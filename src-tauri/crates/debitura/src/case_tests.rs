use receivables::{DebtorType, Money};

use super::*;

fn page(json: &str) -> CasePage {
    serde_json::from_str::<CaseListDto>(json)
        .unwrap()
        .read(1, 100)
}

#[test]
fn a_case_as_it_is_sent() {
    let case = page(
        r#"{"page":{"totalResults":1,"pageSize":100,"currentPage":1,"responseCount":1,"totalPages":1},"cases":[{
            "id":"7c1","reference":"Q8OAXF3W","creditorReference":"INV-1","dateCreated":"2026-03-01T10:00:00",
            "date":"2026-01-02T00:00:00","dueDate":"2026-02-01T00:00:00","currency":"EUR","grossAmount":1234.5,
            "remainder":0.30000000000000004,"lifecycle":"More Info Required","closeCode":null,"isTestCase":true,
            "validation":{"needsInfo":true},"debtor":{"type":"Person","name":"Zoë","countryAlpha2":"DK","country":"Denmark"},
            "collectionPartner":{"name":"Inkasso A/S"},"somethingNew":{"a":[1]}
        }]}"#,
    )
    .cases
    .remove(0);
    let euro = case.currency().unwrap();
    assert_eq!(
        case.amount,
        Some(Amount::Exact(Money::from_minor(123_450, euro)))
    );
    assert_eq!(
        case.remainder,
        Some(Amount::Unclear("0.30000000000000004".into()))
    );
    assert_eq!(case.created, "2026-03-01T10:00:00Z".parse().ok());
    assert_eq!(case.due_date, "2026-02-01".parse().ok());
    assert_eq!(case.lifecycle, Some(Lifecycle::NeedsAdditionalDetails));
    assert_eq!(case.debtor.debtor_type, Some(DebtorType::Private));
    assert_eq!(case.debtor.country.as_deref(), Some("DK"));
    assert!(case.is_test && case.needs_info);
    let kept = serde_json::to_string(&case).unwrap();
    assert_eq!(serde_json::from_str::<CollectionCase>(&kept).unwrap(), case);
}

#[test]
fn the_envelope_under_either_name() {
    for name in ["page", "pageData"] {
        let list = page(&format!(
            r#"{{"{name}":{{"totalResults":250,"totalPages":3}},"cases":[{{"id":"a"}},{{"reference":"x"}}]}}"#
        ));
        assert_eq!(list.total, Some(250));
        assert!(list.more);
        assert_eq!((list.cases.len(), list.unreadable), (1, 1));
    }
    assert!(!page(r#"{"cases":[]}"#).more, "an empty page ends the list");
    assert!(serde_json::from_str::<CaseListDto>(r#"{"error":"x"}"#).is_err());
}

#[test]
fn fields_of_unexpected_types_are_absent() {
    let list = page(
        r#"{"cases":[{"id":"a","grossAmount":"12.50","currency":"EUR","debtor":7,"lifecycle":null}]}"#,
    );
    assert_eq!(list.cases[0].debtor, RemoteDebtor::default());
    assert!(matches!(list.cases[0].amount, Some(Amount::Exact(_))));
}
