use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;
use crate::{Correction, DebtorId, Doubt, Facts, Hints, InvoiceId};

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
        summary_only: false,
        doubts: Vec::new(),
    }
}

fn summary(facts: &[(Field, &str)]) -> Invoice {
    Invoice {
        summary_only: true,
        ..invoice(facts)
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

/// What a list says of an invoice: nothing about the debtor but the name.
const LISTED: [(Field, &str); 6] = [
    (Field::CreditorReference, "INV-7"),
    (Field::CaseDate, "2026-08-01"),
    (Field::DueDate, "2026-08-31"),
    (Field::Amount, "1250.00"),
    (Field::Currency, "EUR"),
    (Field::DebtorName, "Müller & Söhne GmbH"),
];

#[test]
fn an_overdue_summary_can_be_chosen_but_is_no_case_yet() {
    let assessment = judge(&summary(&LISTED));
    assert_eq!(assessment.state, State::Ready, "the review reads the rest");
    assert_eq!(assessment.case, None);
    let codes: Vec<_> = assessment
        .problems
        .iter()
        .map(|problem| problem.code)
        .collect();
    assert_eq!(codes, [ProblemCode::DetailsNotRead]);
    assert!(
        assessment.suggestions.is_empty(),
        "a type is not suggested while what speaks for it is unread"
    );
    let full = judge(&invoice(&LISTED));
    assert_eq!(
        blocking(&full),
        [
            "debtor_type_missing",
            "address_missing",
            "city_missing",
            "country_missing"
        ],
        "once read, what is missing is missing"
    );
}

#[test]
fn a_summary_is_held_back_by_what_it_does_say() {
    for (field, value, code) in [
        (Field::DueDate, "", "due_date_missing"),
        (Field::Amount, "0.00", "amount_not_positive"),
        (Field::Currency, "QQQ", "currency_unknown"),
        (Field::DebtorCountry, "Narnia", "country_unknown"),
        (Field::DebtorEmail, "nobody", "email_unreadable"),
    ] {
        let mut facts = LISTED.to_vec();
        facts.retain(|(known, _)| *known != field);
        facts.push((field, value));
        let assessment = judge(&summary(&facts));
        assert_eq!(blocking(&assessment), [code]);
        assert_eq!(assessment.state, State::Attention, "{code}");
    }
    let mut later = LISTED.to_vec();
    later[2].1 = "2026-12-24";
    assert_eq!(judge(&summary(&later)).state, State::NotDue);
}

#[test]
fn a_correction_is_not_questioned_by_a_summary_that_is_silent() {
    let correction = |value: &str, replaced: Option<&str>| Correction {
        value: value.to_owned(),
        replaced: replaced.map(str::to_owned),
    };
    let judged = |field, correction| {
        let overlay = Overlay::from_iter([(field, correction)]);
        assess(&summary(&LISTED), &overlay, &Standing::default(), TODAY)
    };
    let kept = judged(
        Field::DebtorAddress,
        correction("Neue Straße 1", Some("Hauptstraße 5")),
    );
    assert_eq!(blocking(&kept), [""; 0]);
    let spoken = judged(Field::DebtorName, correction("Müller", Some("Möller")));
    assert_eq!(blocking(&spoken), ["source_changed"]);
    let emptied = judged(Field::DebtorCity, correction("", None));
    assert_eq!(
        blocking(&emptied),
        ["city_missing"],
        "left out by the user is not unread"
    );
}

#[test]
fn details_outlive_the_next_summary() {
    let full = Invoice {
        hints: Hints {
            is_company: Some(true),
            ..Hints::default()
        },
        ..with(&[])
    };
    let mut facts = LISTED.to_vec();
    facts[3].1 = "900.00";
    let again = summary(&facts).with_details_of(&full);
    assert!(!again.summary_only);
    assert_eq!(again.facts.value(Field::Amount), Some("900.00"));
    assert_eq!(again.facts.value(Field::DebtorCity), Some("Köln"));
    assert_eq!(again.facts.value(Field::Description), None);
    assert_eq!(again.hints, full.hints);
    assert_eq!(judge(&again).state, State::Ready);

    let other = Invoice {
        debtor: "stripe:test:cus_2".parse().unwrap(),
        ..summary(&facts)
    };
    assert!(
        other.clone().with_details_of(&full).summary_only,
        "another debtor's address is not this one's"
    );
    assert_eq!(full.clone().with_details_of(&other), full);
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

    #[test]
    fn reading_the_details_can_only_add_demands(
        values in prop::collection::vec(prop::option::of(any_value()), 18),
        corrected in prop::collection::btree_map(0_usize..18, (any_value(), prop::option::of(any_value())), 0..4),
    ) {
        let facts: Vec<(Field, String)> =
            Field::ALL.into_iter().zip(values).filter_map(|(field, value)| Some((field, value?))).collect();
        let facts: Vec<(Field, &str)> = facts.iter().map(|(field, value)| (*field, value.as_str())).collect();
        let overlay = Overlay::from_iter(corrected.into_iter().map(|(at, (value, replaced))| {
            (Field::ALL[at], Correction { value, replaced })
        }));
        let judged = |invoice: &Invoice| assess(invoice, &overlay, &Standing::default(), TODAY);
        let (part, whole) = (judged(&summary(&facts)), judged(&invoice(&facts)));

        prop_assert_eq!(&part.case, &None, "what was not read is not submitted");
        prop_assert!(part.problems.iter().any(|problem| problem.code == ProblemCode::DetailsNotRead));
        prop_assert_eq!(&part.fields, &whole.fields);
        for problem in part.problems.iter().filter(|problem| problem.code != ProblemCode::DetailsNotRead) {
            prop_assert!(whole.problems.contains(problem), "{:?} is known before and not after", problem.code);
        }
        let about_debtor = |problem: &Problem| problem.field.is_none_or(Field::belongs_to_debtor);
        for problem in whole.problems.iter().filter(|problem| !about_debtor(problem)) {
            prop_assert!(part.problems.contains(problem), "{:?} needs no details", problem.code);
        }
        prop_assert!(part.state <= whole.state, "{:?} became {:?}", part.state, whole.state);
        if whole.state != part.state {
            prop_assert_eq!((part.state, whole.state), (State::Ready, State::Attention));
        }
    }

    #[test]
    fn a_summary_over_details_is_as_good_as_reading_them_again(
        values in prop::collection::vec(prop::option::of(any_value()), 18),
    ) {
        let facts: Vec<(Field, String)> =
            Field::ALL.into_iter().zip(values).filter_map(|(field, value)| Some((field, value?))).collect();
        let facts: Vec<(Field, &str)> = facts.iter().map(|(field, value)| (*field, value.as_str())).collect();
        let full = invoice(&facts);
        let listed: Vec<(Field, &str)> = facts
            .iter()
            .filter(|(field, _)| !field.belongs_to_debtor() || *field == Field::DebtorName)
            .copied()
            .collect();
        prop_assert_eq!(summary(&listed).with_details_of(&full), full);
    }
}

fn doubt(field: Option<Field>, blocks: bool) -> Doubt {
    Doubt {
        field,
        source: "ukendt".to_owned(),
        blocks,
        what: "“ukendt” is not an amount.".to_owned(),
        fix: "Correct it.".to_owned(),
    }
}

fn row(facts: &[(Field, &str)], doubts: Vec<Doubt>) -> Invoice {
    Invoice {
        id: "import:7f3a:12".parse().unwrap(),
        doubts,
        ..with(facts)
    }
}

#[test]
fn what_could_not_be_read_blocks_in_place_of_missing_until_it_is_given() {
    let invoice = row(
        &[(Field::Amount, "")],
        vec![doubt(Some(Field::Amount), true)],
    );
    let assessment = judge(&invoice);
    let blocking: Vec<_> = assessment
        .problems
        .iter()
        .filter(|problem| problem.blocks)
        .map(|problem| (problem.code, problem.field))
        .collect();
    assert_eq!(
        blocking,
        [(ProblemCode::ValueUnreadable, Some(Field::Amount))],
        "one problem, and it says what stands there"
    );
    assert_eq!(assessment.case, None);

    let correction = Correction {
        value: "12.50".to_owned(),
        replaced: None,
    };
    let overlay: Overlay = [(Field::Amount, correction)].into_iter().collect();
    let assessment = assess(&invoice, &overlay, &Standing::default(), TODAY);
    assert_eq!(assessment.state, State::Ready, "{:?}", assessment.problems);
    assert_eq!(
        assessment.open(&invoice).map(Money::decimal).as_deref(),
        Some("12.50"),
        "of a row the user may correct the amount"
    );
}

#[test]
fn a_row_in_doubt_as_a_whole_blocks_though_every_field_has_a_value() {
    let assessment = judge(&row(&[], vec![doubt(None, true)]));
    assert_eq!(assessment.state, State::Attention);
    assert_eq!(
        assessment.case, None,
        "what it says may not be what is meant"
    );
}

#[test]
fn what_was_left_out_is_said_and_does_not_block() {
    let assessment = judge(&row(&[], vec![doubt(Some(Field::DebtorEmail), false)]));
    assert_eq!(assessment.state, State::Ready);
    assert!(
        assessment
            .problems
            .iter()
            .any(|problem| problem.code == ProblemCode::ValueLeftOut)
    );
}
