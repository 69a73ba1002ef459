use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;
use crate::{Correction, DebtorId, Facts, Hints, InvoiceId};

const TODAY: Date = date(2026, 11, 21);

fn invoice(facts: &[(Field, &str)]) -> Invoice {
    let mut known = Facts::default();
    for (field, value) in facts {
        known.offer(*field, value, "Stripe invoice");
    }
    Invoice {
        id: "stripe:test:in_1".parse::<InvoiceId>().unwrap(),
        debtor: "stripe:test:cus_1".parse::<DebtorId>().unwrap(),
        status: SourceStatus::Open,
        facts: known,
        total: None,
        open: None,
        partly_paid: false,
        hints: Hints::default(),
        url: None,
        has_pdf: true,
    }
}

const COMPLETE: [(Field, &str); 13] = [
    (Field::CreditorReference, "ND-1042"),
    (Field::CaseDate, "2026-08-01"),
    (Field::DueDate, "2026-08-31"),
    (Field::Amount, "1250.00"),
    (Field::Currency, "EUR"),
    (Field::DebtorName, "Müller & Söhne GmbH"),
    (Field::DebtorType, "company"),
    (Field::DebtorEmail, "buchhaltung@mueller.example"),
    (Field::DebtorAddress, "Hauptstraße 5"),
    (Field::DebtorCity, "Köln"),
    (Field::DebtorZip, "50667"),
    (Field::DebtorCountry, "DE"),
    (Field::Description, "Stripe invoice in_1"),
];

fn with(changes: &[(Field, &str)]) -> Invoice {
    let kept = COMPLETE
        .iter()
        .filter(|(field, _)| !changes.iter().any(|(changed, _)| changed == field));
    invoice(&kept.chain(changes).copied().collect::<Vec<_>>())
}

fn judge(invoice: &Invoice) -> Assessment {
    assess(invoice, &Overlay::default(), &Standing::default(), TODAY)
}

fn blocking(assessment: &Assessment) -> Vec<&'static str> {
    assessment
        .problems
        .iter()
        .filter(|problem| problem.blocks)
        .map(|problem| problem.code.name())
        .collect()
}

#[test]
fn a_complete_overdue_invoice_is_ready() {
    let assessment = judge(&with(&[]));
    assert_eq!(assessment.state, State::Ready, "{:?}", assessment.problems);
    let case = assessment.case.unwrap();
    assert_eq!(case.amount.decimal(), "1250.00");
    assert_eq!(case.debtor.country.alpha2(), "DE");
}

#[test]
fn each_missing_or_wrong_field_is_named() {
    let rows: &[(&[(Field, &str)], &str)] = &[
        (&[(Field::CreditorReference, "")], "reference_missing"),
        (
            &[(
                Field::CreditorReference,
                "X12345678901234567890123456789012345678901234567890",
            )],
            "reference_too_long",
        ),
        (&[(Field::CaseDate, "")], "case_date_missing"),
        (&[(Field::CaseDate, "31.08.2026")], "case_date_unreadable"),
        (&[(Field::DueDate, "")], "due_date_missing"),
        (&[(Field::DueDate, "2026-07-31")], "due_before_case_date"),
        (&[(Field::Amount, "")], "amount_missing"),
        (&[(Field::Amount, "0.00")], "amount_not_positive"),
        (&[(Field::Amount, "-5.00")], "amount_not_positive"),
        (&[(Field::Amount, "10.005")], "amount_unreadable"),
        (&[(Field::Currency, "")], "currency_missing"),
        (&[(Field::Currency, "QQQ")], "currency_unknown"),
        (&[(Field::DebtorName, "")], "debtor_name_missing"),
        (&[(Field::DebtorType, "")], "debtor_type_missing"),
        (&[(Field::DebtorType, "alien")], "debtor_type_unreadable"),
        (&[(Field::DebtorEmail, "nobody")], "email_unreadable"),
        (&[(Field::DebtorAddress, "")], "address_missing"),
        (&[(Field::DebtorCity, "")], "city_missing"),
        (&[(Field::DebtorCountry, "")], "country_missing"),
        (&[(Field::DebtorCountry, "Narnia")], "country_unknown"),
        (&[(Field::DebtorCountry, "US")], "state_missing"),
        (
            &[
                (Field::DebtorCountry, "US"),
                (Field::DebtorState, "Bavaria"),
            ],
            "state_unknown",
        ),
    ];
    for (changes, code) in rows {
        let assessment = judge(&with(changes));
        assert_eq!(blocking(&assessment), [*code], "{changes:?}");
        assert_eq!(
            assessment.state,
            State::Attention,
            "{code}: a blocked invoice must not look ready"
        );
        assert!(assessment.case.is_none(), "{code}: no case may be made");
    }
}

#[test]
fn due_today_is_not_due_and_due_yesterday_is() {
    assert_eq!(
        judge(&with(&[(Field::DueDate, "2026-11-21")])).state,
        State::NotDue
    );
    assert_eq!(
        judge(&with(&[(Field::DueDate, "2026-11-20")])).state,
        State::Ready
    );
    assert!(
        judge(&with(&[(Field::DueDate, "2026-12-24")]))
            .case
            .is_none(),
        "Debitura refuses claims that are not due"
    );
}

#[test]
fn a_state_is_sent_as_two_letters() {
    let assessment = judge(&with(&[
        (Field::DebtorCountry, "US"),
        (Field::DebtorState, "California"),
    ]));
    assert_eq!(assessment.case.unwrap().debtor.state.as_deref(), Some("CA"));
}

#[test]
fn a_correction_wins_until_its_source_changes() {
    let correct = |replaced: Option<&str>| {
        let correction = Correction {
            value: "Neue Straße 1".to_owned(),
            replaced: replaced.map(str::to_owned),
        };
        let overlay = Overlay::from_iter([(Field::DebtorAddress, correction)]);
        assess(&with(&[]), &overlay, &Standing::default(), TODAY)
    };
    let kept = correct(Some("Hauptstraße 5"));
    assert_eq!(kept.value(Field::DebtorAddress), Some("Neue Straße 1"));
    assert_eq!(kept.state, State::Ready);
    let questioned = correct(Some("Alte Straße 9"));
    assert_eq!(
        blocking(&questioned),
        ["source_changed"],
        "an old correction must not silently win"
    );
}

#[test]
fn the_amount_cannot_be_corrected() {
    let correction = Correction {
        value: "9999999.00".to_owned(),
        replaced: Some("1250.00".to_owned()),
    };
    let overlay = Overlay::from_iter([(Field::Amount, correction)]);
    let assessment = assess(&with(&[]), &overlay, &Standing::default(), TODAY);
    assert_eq!(
        assessment.value(Field::Amount),
        Some("1250.00"),
        "the claim is what the source says is owed"
    );
}

#[test]
fn standing_outranks_readiness() {
    let aside = |until| Standing {
        set_aside: Some(SetAside {
            until,
            because: "phone call".into(),
        }),
        ..Standing::default()
    };
    let state = |standing: &Standing, invoice: &Invoice| {
        assess(invoice, &Overlay::default(), standing, TODAY).state
    };
    let ready = with(&[]);
    assert_eq!(state(&aside(None), &ready), State::SetAside);
    assert_eq!(
        state(&aside(Some(date(2026, 11, 22))), &ready),
        State::SetAside
    );
    assert_eq!(
        state(&aside(Some(TODAY)), &ready),
        State::Ready,
        "until a day means back on that day"
    );
    assert_eq!(
        state(
            &Standing {
                submitted: true,
                ..aside(None)
            },
            &ready
        ),
        State::Submitted
    );
    for status in [
        SourceStatus::Paid,
        SourceStatus::Void,
        SourceStatus::Uncollectible,
        SourceStatus::Deleted,
    ] {
        assert_eq!(
            state(
                &Standing::default(),
                &Invoice {
                    status,
                    ..with(&[])
                }
            ),
            State::Gone
        );
    }
    let strange = Invoice {
        status: SourceStatus::Other("frozen".into()),
        ..with(&[])
    };
    assert_eq!(
        state(&Standing::default(), &strange),
        State::Attention,
        "an unknown word is looked at by a person"
    );
}

#[test]
fn suggestions_say_why() {
    let assessment = judge(&with(&[
        (Field::DebtorType, ""),
        (Field::DueDate, ""),
        (Field::CreditorReference, ""),
    ]));
    let suggested: Vec<_> = assessment
        .suggestions
        .iter()
        .map(|s| (s.field, s.value.as_str()))
        .collect();
    assert_eq!(
        suggested,
        [
            (Field::DueDate, "2026-08-01"),
            (Field::CreditorReference, "in_1"),
            (Field::DebtorType, "company"),
        ]
    );
    assert!(
        assessment
            .suggestions
            .iter()
            .all(|suggestion| !suggestion.reason.is_empty())
    );
}

#[test]
fn evidence_rules_warn_and_never_block() {
    let codes = |invoice: Invoice| -> Vec<&'static str> {
        judge(&invoice)
            .problems
            .iter()
            .filter(|problem| !problem.blocks)
            .map(|problem| problem.code.name())
            .collect()
    };
    let bare = |amount| Invoice {
        has_pdf: false,
        ..with(&[
            (Field::Amount, amount),
            (Field::Description, ""),
            (Field::ContactPerson, "Eva"),
        ])
    };
    assert_eq!(codes(bare("20.00")), ["small_claim"]);
    assert_eq!(codes(bare("500.00")), [""; 0]);
    assert_eq!(codes(bare("5000.00")), ["evidence_file_or_text"]);
    assert_eq!(codes(bare("50000.00")), ["evidence_file"]);
    let private = Invoice {
        has_pdf: false,
        ..with(&[(Field::DebtorType, "private")])
    };
    assert_eq!(codes(private), ["evidence_private"]);
}

fn any_value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9.\\-]{0,12}",
        "20[0-9]{2}-[01][0-9]-[0-3][0-9]",
        prop::sample::select(vec![
            "EUR",
            "JPY",
            "US",
            "DE",
            "company",
            "private",
            "California",
            "a@b.example"
        ])
        .prop_map(str::to_owned),
        ".{0,30}",
    ]
}

proptest! {
    #[test]
    fn whatever_a_source_says_a_case_is_made_only_within_the_rules(
        values in prop::collection::vec(prop::option::of(any_value()), 18),
        base in any::<bool>(),
    ) {
        let mut changes: Vec<(Field, String)> =
            Field::ALL.into_iter().zip(values).filter_map(|(field, value)| Some((field, value?))).collect();
        if base {
            changes.truncate(2);
        }
        let changes: Vec<(Field, &str)> = changes.iter().map(|(field, value)| (*field, value.as_str())).collect();
        let assessment = judge(&with(&changes));
        let blocked = assessment.problems.iter().any(|problem| problem.blocks);
        if let Some(case) = &assessment.case {
            prop_assert!(!blocked, "a case in spite of {:?}", assessment.problems);
            prop_assert!(case.amount.minor > 0);
            prop_assert!(case.case_date <= case.due_date && case.due_date < TODAY);
            prop_assert!(case.creditor_reference.chars().count() <= 50 && !case.creditor_reference.is_empty());
            prop_assert!(!case.debtor.country.needs_state() || case.debtor.state.as_ref().is_some_and(|s| s.len() == 2));
        } else {
            prop_assert!(blocked || assessment.state == State::NotDue, "not ready without a reason");
        }
    }
}
