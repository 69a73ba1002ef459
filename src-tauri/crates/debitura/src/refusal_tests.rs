use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::error_body::MOST;

fn read(status: u16, body: &str) -> Refusal {
    Refusal::read(status, body.as_bytes(), None, None, true)
}

fn kind(status: u16, body: &Value) -> RefusalKind {
    read(status, &body.to_string()).kind
}

#[test]
fn fields_with_their_messages() {
    let refusal = read(
        400,
        r#"{"DueDate":["Must be in the past."],"debtor.email":["Bad.","Worse."],"debtor.shoeSize":["?"]}"#,
    );
    let RefusalKind::FieldErrors(fields) = &refusal.kind else {
        panic!("{refusal:?}");
    };
    assert_eq!(
        fields
            .iter()
            .map(|error| (error.name.as_str(), error.field))
            .collect::<Vec<_>>(),
        [
            ("DueDate", Some(Field::DueDate)),
            ("debtor.email", Some(Field::DebtorEmail)),
            ("debtor.shoeSize", None)
        ]
    );
    assert_eq!(refusal.messages.len(), 4);
}

#[test]
fn problem_details_with_and_without_fields() {
    let broken = read(
        400,
        r#"{"type":"about:blank","title":"Bad Request","status":400,"detail":"The JSON is broken."}"#,
    );
    assert_eq!(broken.messages, ["The JSON is broken."]);
    assert_eq!(broken.kind, RefusalKind::Other { code: None });
    let fields = kind(
        400,
        &json!({ "title": "One or more validation errors occurred.", "errors": { "$.dueDate": ["Not a date."] } }),
    );
    assert!(
        matches!(&fields, RefusalKind::FieldErrors(fields) if fields[0].field == Some(Field::DueDate)),
        "{fields:?}"
    );
}

#[test]
fn unsigned_contracts_bring_their_links() {
    let refusal = read(
        422,
        &json!({
            "error": "MissingDebtCollectionContract",
            "message": "Sign first.",
            "businessErrors": [
                { "type": "MissingDebtCollectionContract", "message": "Sign first.", "solutionUrl": "https://app.debitura.com/sdca" },
                { "type": "MissingPowerOfAttorney", "message": "Sign this too.", "solutionUrl": "javascript:alert(1)" }
            ],
            "signingHandoff": { "combinedSigningUrl": "https://app.debitura.com/sign/1" }
        })
        .to_string(),
    );
    assert_eq!(
        refusal.kind,
        RefusalKind::ContractMissing {
            links: vec![
                "https://app.debitura.com/sign/1".into(),
                "https://app.debitura.com/sdca".into()
            ]
        }
    );
    assert_eq!(refusal.messages, ["Sign first.", "Sign this too."]);
    assert_eq!(refusal.errors.len(), 2);
    assert_eq!(refusal.errors[1].link, None, "only https is ever opened");
}

#[test]
fn a_taken_reference_in_all_its_forms() {
    for (status, body) in [
        (
            422,
            json!({ "businessErrors": [{ "type": "DuplicateReference" }] }),
        ),
        (
            422,
            json!({ "BusinessErrors": [{ "Type": "DuplicateCreditorReference", "Message": "Taken" }] }),
        ),
        (
            422,
            json!({ "error": "DuplicateReference", "message": "Taken" }),
        ),
        (
            400,
            json!({ "creditorReference": ["The reference is already in use."] }),
        ),
        (400, json!({ "CreditorReference": ["Must be unique."] })),
    ] {
        assert_eq!(
            kind(status, &body),
            RefusalKind::DuplicateReference,
            "{body}"
        );
    }
    let long = kind(
        400,
        &json!({ "creditorReference": ["At most 50 characters."] }),
    );
    assert!(matches!(long, RefusalKind::FieldErrors(_)));
}

#[test]
fn the_status_decides_where_it_says_enough() {
    let body = json!({ "businessErrors": [{ "type": "CreditorBlocked" }] });
    assert_eq!(kind(422, &body), RefusalKind::CreditorBlocked);
    assert_eq!(kind(500, &body), RefusalKind::Server);
    for (status, expected) in [
        (401, RefusalKind::Unauthorized),
        (403, RefusalKind::Forbidden),
        (404, RefusalKind::NotFound),
        (413, RefusalKind::TooLarge),
        (415, RefusalKind::TypeRefused),
        (429, RefusalKind::RateLimited { after: None }),
        (418, RefusalKind::Other { code: None }),
    ] {
        assert_eq!(read(status, "").kind, expected);
    }
}

#[test]
fn web_pages_are_not_shown_and_lines_of_text_are() {
    assert!(read(502, "<html><body>Bad gateway").messages.is_empty());
    assert_eq!(read(400, "No such thing").messages, ["No such thing"]);
    assert_eq!(read(400, "\"No such thing\"").messages, ["No such thing"]);
    assert_eq!(
        read(422, r#"{"BusinessRule":["Not covered."]}"#).messages,
        ["Not covered."]
    );
}

/// JSON of any shape, with the words that the reader looks for among its keys.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    let key = prop_oneof![
        Just("businessErrors".to_owned()),
        Just("error".to_owned()),
        Just("errors".to_owned()),
        Just("title".to_owned()),
        Just("type".to_owned()),
        Just("signingHandoff".to_owned()),
        Just("retryAfter".to_owned()),
        ".{0,8}",
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..5)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_is_read_without_panic(status in 300_u16..600, body in any_json()) {
        let refusal = read(status, &body.to_string());
        prop_assert!(refusal.messages.len() <= MOST);
        prop_assert!(refusal.signing_url.iter().all(|link| link.starts_with("https://")));
    }

    #[test]
    fn any_bytes_are_read_without_panic(status in 300_u16..600, body in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Refusal::read(status, &body, None, None, false);
    }
}
