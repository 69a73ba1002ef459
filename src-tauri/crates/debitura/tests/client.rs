//! The client against the stand-in: every outcome of submitting a case, look-ups, lists, files and what follows.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use debitura::{
    Amount, CaseOptions, CaseRequest, CollectionCase, Debitura, DocumentType, Error, Lifecycle,
    Order, RefusalKind, Upload,
};
use http_client::{
    BaseUrl, Failure, Jitter, Obstacle, Pace, Rate, RepeatPolicy, Secret, Timeouts, Transport,
};
use receivables::{Case, CaseDebtor, Country, Currency, DebtorType, Field, Money, same_reference};
use sandbox::{
    AuthError, ConcurrentKey, DuplicateReference, Effect, Fault, FaultBody, FieldErrors, Options,
    RateLimits, Sandbox, When,
};

const CREATE: &str = "debitura POST /cases";
const LIST: &str = "debitura GET /cases";

struct Bench {
    sandbox: Sandbox,
    debitura: Debitura,
}

impl Bench {
    async fn start() -> Self {
        let options = Options {
            today: Some("2026-07-01".parse().unwrap()),
            ..Options::default()
        };
        let sandbox = Sandbox::start(options).await.unwrap();
        let debitura = client(&sandbox, sandbox.debitura_key());
        Self { sandbox, debitura }
    }

    fn fault(&self, route: &str, when: When, effect: Effect) {
        self.sandbox.fault(Fault::new(route, when, effect));
    }

    async fn submit(&self, case: &Case, key: &str) -> Result<CollectionCase, Error> {
        self.debitura.submit(&bytes(case), key).await
    }
}

fn client(sandbox: &Sandbox, key: &str) -> Debitura {
    let timeouts = Timeouts {
        connect: Duration::from_secs(2),
        answer: Duration::from_secs(4),
        idle: Duration::from_secs(3),
        body: Duration::from_secs(10),
    };
    Debitura::with_policy(
        Transport::new("0.0.0-test", timeouts, Jitter::seeded(5)).unwrap(),
        BaseUrl::parse(&sandbox.debitura_url()).unwrap(),
        Secret::new(key),
        Pace::new(Rate::unlimited()),
        RepeatPolicy {
            patience: Duration::from_secs(3),
            ..Debitura::policy().hurried(100)
        },
    )
}

fn case(reference: &str) -> Case {
    Case {
        creditor_reference: reference.into(),
        case_date: "2026-01-02".parse().unwrap(),
        due_date: "2026-02-01".parse().unwrap(),
        amount: Money::parse("1234.56", Currency::from_code("EUR").unwrap()).unwrap(),
        debtor: CaseDebtor {
            debtor_type: DebtorType::Company,
            name: "Bør & Søn ApS".into(),
            email: Some("post@boer.example".into()),
            phone: None,
            contact_person: Some("Kim Bør".into()),
            registration_number: None,
            address: "Nørrebrogade 12".into(),
            city: "København N".into(),
            zip: Some("2200".into()),
            state: None,
            country: Country::from_alpha2("DK").unwrap(),
        },
        description: Some("Invoice".into()),
        comments: None,
    }
}

fn bytes(case: &Case) -> Vec<u8> {
    let options = CaseOptions::default();
    CaseRequest {
        case,
        options: &options,
    }
    .to_bytes()
}

fn kind(error: &Error) -> &RefusalKind {
    &error.refusal().unwrap().kind
}

#[tokio::test]
async fn a_case_is_made_and_found_again() {
    let bench = Bench::start().await;
    let account = bench.debitura.account().await.unwrap();
    assert_eq!(account.company_name.as_deref(), Some("Nordlys Design ApS"));
    assert!(bench.debitura.agreement().await.unwrap().is_in_force());

    let case = case("INV/2026 7#ø");
    let preview = bench.debitura.preview(&case).await.unwrap();
    assert!(preview.eligible && !preview.is_blocked(), "{preview:?}");
    assert!(preview.pricing.unwrap().total_percent.is_some());
    assert!(bench.sandbox.cases().is_empty());

    let made = bench.submit(&case, "k1").await.unwrap();
    assert_eq!(made.amount, Some(Amount::Exact(case.amount)));
    assert_eq!(made.due_date, Some(case.due_date));
    assert_eq!(made.debtor.debtor_type, Some(DebtorType::Company));
    assert!(made.reference.is_some() && !made.is_test);

    assert_eq!(
        bench.debitura.case(&made.id).await.unwrap(),
        Some(made.clone())
    );
    let found = bench
        .debitura
        .case_by_reference("INV/2026 7#ø")
        .await
        .unwrap();
    assert_eq!(found.map(|case| case.id), Some(made.id));
    for absent in ["INV/none", "none", ".", "..", ""] {
        assert_eq!(
            bench.debitura.case_by_reference(absent).await.unwrap(),
            None
        );
    }
    let nobody = "00000000-0000-0000-0000-000000000001";
    assert_eq!(bench.debitura.case(nobody).await.unwrap(), None);
    assert!(
        bench.sandbox.violations().is_empty(),
        "{:?}",
        bench.sandbox.violations()
    );
}

#[tokio::test]
async fn a_slash_that_a_gateway_swallows_is_searched_in_the_list() {
    let bench = Bench::start().await;
    bench.submit(&case("A/1"), "k1").await.unwrap();
    bench.fault(
        "debitura GET /cases/by-creditor-reference/{creditorReference}",
        When::Always,
        Effect::Status {
            code: 404,
            body: FaultBody::Html,
            headers: vec![],
        },
    );
    let found = bench
        .debitura
        .case_by_reference("A/1")
        .await
        .unwrap()
        .unwrap();
    assert!(same_reference(
        found.creditor_reference.as_deref().unwrap(),
        "A/1"
    ));
    bench.sandbox.clear_faults();
    bench.sandbox.forget_requests();
    assert_eq!(bench.debitura.case_by_reference("A-1").await.unwrap(), None);
    assert!(
        bench.sandbox.requests_to(LIST).is_empty(),
        "an ordinary reference needs no list"
    );
}

#[tokio::test]
async fn a_lost_answer_is_unknown_and_the_same_bytes_and_key_make_no_second_case() {
    let bench = Bench::start().await;
    for (number, effect, made) in [
        (1, Effect::DropAfterCommit, true),
        (2, Effect::DropBeforeCommit, false),
        (3, Effect::Timeout, false),
        (4, Effect::TimeoutAfterCommit, true),
        (5, Effect::CutMidBody { after: 20 }, true),
        (6, Effect::TruncatedJson, true),
        (7, Effect::InvalidJson, true),
        (8, Effect::Html, true),
        (9, Effect::EmptyBody, true),
        (
            10,
            Effect::StatusAfterCommit {
                code: 504,
                body: FaultBody::Html,
            },
            true,
        ),
        (
            11,
            Effect::Status {
                code: 500,
                body: FaultBody::Json,
                headers: vec![],
            },
            false,
        ),
        (
            12,
            Effect::Status {
                code: 503,
                body: FaultBody::Empty,
                headers: vec![],
            },
            false,
        ),
    ] {
        let case = case(&format!("L-{number}"));
        let key = format!("key-{number}");
        let before = bench.sandbox.cases_created();
        bench.sandbox.forget_requests();
        bench.fault(CREATE, When::Nth(1), effect.clone());
        let error = bench.submit(&case, &key).await.unwrap_err();
        assert!(!error.outcome_known(), "{effect:?}: {error:?}");
        assert_eq!(
            bench.sandbox.requests_to(CREATE).len(),
            1,
            "{effect:?} was sent twice"
        );
        bench.sandbox.clear_faults();
        let found = bench
            .debitura
            .case_by_reference(&case.creditor_reference)
            .await
            .unwrap();
        assert_eq!(found.is_some(), made, "{effect:?}");
        let again = bench.submit(&case, &key).await.unwrap();
        assert_eq!(bench.sandbox.cases_created(), before + 1, "{effect:?}");
        if let Some(found) = found {
            assert_eq!(found.id, again.id);
        }
    }
}

#[tokio::test]
async fn what_was_certainly_not_done_is_known() {
    let bench = Bench::start().await;
    bench.fault(
        CREATE,
        When::Nth(1),
        Effect::RateLimited {
            retry_after: 42.5,
            header: false,
        },
    );
    let error = bench.submit(&case("R-1"), "k1").await.unwrap_err();
    assert_eq!(
        kind(&error),
        &RefusalKind::RateLimited {
            after: Some(Duration::from_millis(42_500))
        }
    );
    assert!(error.outcome_known());
    assert_eq!(bench.sandbox.requests_to(CREATE).len(), 1);

    let error = bench.submit(&case("R-1"), "k1").await.unwrap_err();
    assert!(
        matches!(&error, Error::Failed(Failure::Held { .. })) && error.outcome_known(),
        "{error:?}"
    );
    assert_eq!(
        bench.sandbox.requests_to(CREATE).len(),
        1,
        "asked again before Debitura wants to be asked"
    );

    let bench = Bench::start().await;
    bench.sandbox.pause();
    // Until its listener is really gone.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let error = bench.submit(&case("R-1"), "k1").await.unwrap_err();
    assert!(
        matches!(
            &error,
            Error::Failed(Failure::Unreachable {
                obstacle: Obstacle::Refused,
                ..
            })
        ),
        "{error:?}"
    );
    assert!(error.outcome_known());
    bench.sandbox.resume().await.unwrap();
    bench.submit(&case("R-1"), "k1").await.unwrap();
}

#[tokio::test]
async fn keys_that_are_refused() {
    let bench = Bench::start().await;
    for shape in [
        AuthError::Problem,
        AuthError::BusinessErrors,
        AuthError::Empty,
    ] {
        bench
            .sandbox
            .settings(|settings| settings.debitura.auth_error = shape);
        for key in [sandbox::REVOKED_DEBITURA_KEY, "nonsense"] {
            let error = client(&bench.sandbox, key).account().await.unwrap_err();
            assert_eq!(kind(&error), &RefusalKind::Unauthorized, "{shape:?}");
        }
    }
}

#[tokio::test]
async fn fields_are_named_in_both_shapes_of_a_400() {
    let bench = Bench::start().await;
    let mut case = case("F-1");
    case.debtor.city = String::new();
    case.case_date = "2026-08-01".parse().unwrap();
    for shape in [FieldErrors::Arrays, FieldErrors::ApiError] {
        bench
            .sandbox
            .settings(|settings| settings.debitura.field_errors = shape);
        let error = bench.submit(&case, "k1").await.unwrap_err();
        let RefusalKind::FieldErrors(fields) = kind(&error) else {
            panic!("{error:?}");
        };
        let named: Vec<_> = fields.iter().filter_map(|error| error.field).collect();
        assert!(named.contains(&Field::DebtorCity), "{named:?}");
        assert!(named.contains(&Field::CaseDate), "{named:?}");
        assert!(error.outcome_known());
        assert!(!error.refusal().unwrap().messages.is_empty());
    }
}

#[tokio::test]
async fn a_taken_reference_is_one_thing_in_all_its_shapes() {
    let bench = Bench::start().await;
    bench.submit(&case("D-1"), "k1").await.unwrap();
    let mut number = 0;
    for duplicate in [
        DuplicateReference::Business,
        DuplicateReference::Creditor,
        DuplicateReference::Field,
    ] {
        for shape in [FieldErrors::Arrays, FieldErrors::ApiError] {
            bench.sandbox.settings(|settings| {
                settings.debitura.duplicate_reference = duplicate;
                settings.debitura.field_errors = shape;
            });
            number += 1;
            let error = bench
                .submit(&case("D-1"), &format!("other-{number}"))
                .await
                .unwrap_err();
            assert_eq!(
                kind(&error),
                &RefusalKind::DuplicateReference,
                "{duplicate:?} {shape:?}"
            );
            assert!(error.outcome_known());
        }
    }
    assert_eq!(bench.sandbox.cases_created(), 1);
}

#[tokio::test]
async fn a_key_belongs_to_its_bytes() {
    let bench = Bench::start().await;
    let first = bench.submit(&case("I-1"), "same").await.unwrap();
    assert_eq!(
        bench.submit(&case("I-1"), "same").await.unwrap().id,
        first.id
    );
    let error = bench.submit(&case("I-2"), "same").await.unwrap_err();
    assert_eq!(kind(&error), &RefusalKind::IdempotencyConflict);

    // While the first is still running, the second must not be taken for refused.
    bench
        .sandbox
        .settings(|settings| settings.debitura.concurrent_key = ConcurrentKey::Conflict);
    bench.fault(CREATE, When::Nth(1), Effect::Delay { ms: 600 });
    let (case, body) = (case("I-3"), bytes(&case("I-3")));
    let slow = bench.debitura.submit(&body, "k3");
    let impatient = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        bench.submit(&case, "k3").await
    };
    let (slow, impatient) = tokio::join!(slow, impatient);
    assert!(slow.is_ok());
    if let Err(error) = impatient {
        assert!(!error.outcome_known(), "{error:?}");
    }
    assert_eq!(bench.sandbox.cases_created(), 2);
}

#[tokio::test]
async fn obstacles_come_with_their_way_out() {
    let bench = Bench::start().await;
    let unsigned = client(&bench.sandbox, sandbox::UNSIGNED_DEBITURA_KEY);
    assert!(!unsigned.agreement().await.unwrap().is_in_force());
    let preview = unsigned.preview(&case("C-1")).await.unwrap();
    assert!(
        preview.is_blocked() && preview.signing_url.is_some(),
        "{preview:?}"
    );
    let error = unsigned
        .submit(&bytes(&case("C-1")), "k1")
        .await
        .unwrap_err();
    let RefusalKind::ContractMissing { links } = kind(&error) else {
        panic!("{error:?}");
    };
    assert!(!links.is_empty() && links.iter().all(|link| link.starts_with("https://")));
    assert_eq!(error.refusal().unwrap().signing_url.as_ref(), links.first());
    assert!(error.outcome_known());

    let options = CaseOptions {
        allow_pending_contracts: true,
        ..CaseOptions::default()
    };
    let waiting = case("C-2");
    let body = CaseRequest {
        case: &waiting,
        options: &options,
    }
    .to_bytes();
    let made = unsigned.submit(&body, "k2").await.unwrap();
    assert_eq!(made.lifecycle, Some(Lifecycle::PendingContractSigning));
    assert!(made.signing_url.is_some());

    let blocked = client(&bench.sandbox, sandbox::BLOCKED_DEBITURA_KEY);
    let error = blocked
        .submit(&bytes(&case("C-3")), "k3")
        .await
        .unwrap_err();
    assert_eq!(kind(&error), &RefusalKind::CreditorBlocked);

    let mut nowhere = case("C-4");
    nowhere.debtor.country = Country::from_alpha2("KP").unwrap();
    let error = bench.submit(&nowhere, "k4").await.unwrap_err();
    assert_eq!(kind(&error), &RefusalKind::NoPartnerAvailable);
    let preview = bench.debitura.preview(&nowhere).await.unwrap();
    assert!(!preview.eligible && preview.ineligibility_reason.is_some());
}

#[tokio::test]
async fn lists_are_read_to_their_end_and_survive_the_odd() {
    let bench = Bench::start().await;
    for number in 0..120 {
        bench
            .submit(&case(&format!("P-{number}")), &format!("k{number}"))
            .await
            .unwrap();
    }
    let first = bench.debitura.cases(1, Order::Updated).await.unwrap();
    assert_eq!(
        (first.cases.len(), first.total, first.more),
        (100, Some(120), true)
    );
    let second = bench.debitura.cases(2, Order::Updated).await.unwrap();
    assert_eq!(
        (second.cases.len(), second.more, second.unreadable),
        (20, false, 0)
    );
    for effect in [
        Effect::ExtraFields,
        Effect::UnknownValues,
        Effect::NaiveTimestamps,
        Effect::SlowBody { ms: 300 },
    ] {
        bench.fault(LIST, When::Nth(1), effect.clone());
        let page = bench.debitura.cases(1, Order::Created).await.unwrap();
        assert_eq!(page.cases.len(), 100, "{effect:?}");
        assert!(
            page.cases.iter().all(|case| case.created.is_some()),
            "{effect:?}"
        );
        assert!(
            page.cases.iter().all(|case| case.lifecycle.is_some()),
            "{effect:?}"
        );
        bench.sandbox.clear_faults();
    }
    // A read is repeated; what stays broken has a name.
    for effect in [
        Effect::DropBeforeCommit,
        Effect::Status {
            code: 502,
            body: FaultBody::Html,
            headers: vec![],
        },
        Effect::RateLimited {
            retry_after: 0.05,
            header: false,
        },
        Effect::RateLimited {
            retry_after: 0.05,
            header: true,
        },
    ] {
        bench.fault(LIST, When::Next(2), effect.clone());
        assert!(
            bench.debitura.cases(1, Order::Created).await.is_ok(),
            "{effect:?}"
        );
        bench.sandbox.clear_faults();
    }
    for effect in [
        Effect::Html,
        Effect::InvalidJson,
        Effect::TruncatedJson,
        Effect::EmptyBody,
    ] {
        bench.fault(LIST, When::Always, effect.clone());
        let error = bench.debitura.cases(1, Order::Created).await.unwrap_err();
        assert!(
            matches!(error, Error::Failed(Failure::Unreadable { .. })),
            "{effect:?}: {error:?}"
        );
        bench.sandbox.clear_faults();
    }
}

#[tokio::test]
async fn a_gateways_page_is_no_word_about_a_case() {
    let bench = Bench::start().await;
    bench.submit(&case("R-1"), "k1").await.unwrap();
    for code in [400, 403, 404] {
        bench.sandbox.fault(Fault::new(
            "debitura *",
            When::Always,
            Effect::Status {
                code,
                body: FaultBody::Html,
                headers: Vec::new(),
            },
        ));
        let found = bench.debitura.case_by_reference("R-1").await;
        assert!(found.is_err(), "{code}: the case is there: {found:?}");
        let sent = bench.submit(&case("R-2"), "k2").await.unwrap_err();
        assert!(
            !sent.outcome_known(),
            "{code}: Debitura said nothing: {sent:?}"
        );
        bench.sandbox.clear_faults();
    }
}

#[tokio::test]
async fn limits_are_obeyed_and_long_ones_reported() {
    let bench = Bench::start().await;
    bench.sandbox.settings(|settings| {
        settings.debitura.rate_limits = Some(RateLimits {
            minute: 2,
            ..RateLimits::default()
        });
    });
    bench.debitura.account().await.unwrap();
    bench.debitura.account().await.unwrap();
    let error = bench.debitura.account().await.unwrap_err();
    let RefusalKind::RateLimited { after: Some(after) } = kind(&error) else {
        panic!("{error:?}");
    };
    assert!(
        *after > Duration::from_secs(3) && *after <= Duration::from_secs(60),
        "{after:?}"
    );
}

#[tokio::test]
async fn files_and_what_follows() {
    let bench = Bench::start().await;
    let made = bench.submit(&case("W-1"), "k1").await.unwrap();
    let id = made.id.parse().unwrap();
    let upload = Upload::new(
        "Invoice 7 ø.pdf",
        DocumentType::OriginalInvoice,
        Some("The invoice".into()),
        b"%PDF-1.7".to_vec(),
    )
    .unwrap();
    let file = bench.debitura.upload(&made.id, &upload).await.unwrap();
    assert_eq!(file.file_name.as_deref(), Some("Invoice 7 ø.pdf"));
    assert_eq!(file.document_type.as_deref(), Some("OriginalInvoice"));
    let files = bench.debitura.files(&made.id).await.unwrap();
    assert_eq!(
        files.iter().map(|file| &file.id).collect::<Vec<_>>(),
        [&file.id]
    );
    let odd = Upload::new("a.exe", DocumentType::Miscellaneous, None, vec![1]).unwrap();
    let error = bench.debitura.upload(&made.id, &odd).await.unwrap_err();
    assert_eq!(kind(&error), &RefusalKind::TypeRefused);

    bench.fault(
        "debitura POST /cases/{id}/files",
        When::Nth(1),
        Effect::DropAfterCommit,
    );
    bench.sandbox.forget_requests();
    let error = bench.debitura.upload(&made.id, &upload).await.unwrap_err();
    assert!(!error.outcome_known());
    assert_eq!(
        bench
            .sandbox
            .requests_to("debitura POST /cases/{id}/files")
            .len(),
        1
    );

    assert!(bench.sandbox.ask_for_info(id, "Debtor", "Which address?"));
    let asked = bench.debitura.case(&made.id).await.unwrap().unwrap();
    assert_eq!(asked.lifecycle, Some(Lifecycle::NeedsAdditionalDetails));
    assert!(asked.needs_info);
    let validation = bench.debitura.validation(&made.id).await.unwrap();
    assert!(
        validation.needs_info && validation.items.len() == 1,
        "{validation:?}"
    );
    let tasks = bench.debitura.tasks(&made.id).await.unwrap();
    assert_eq!(tasks.len(), 1);
    assert!(tasks[0].link.is_some());
    assert_eq!(bench.debitura.all_tasks().await.unwrap(), tasks);

    assert!(bench.sandbox.move_case(id, "Active", None));
    assert!(bench.sandbox.record_payment(id, 100.5));
    let payments = bench.debitura.payments(&made.id).await.unwrap();
    let euro = Currency::from_code("EUR").unwrap();
    assert_eq!(
        payments[0].amount,
        Some(Amount::Exact(Money::from_minor(10_050, euro)))
    );
    assert!(
        !bench
            .debitura
            .timeline(&made.id)
            .await
            .unwrap()
            .items
            .is_empty()
    );

    assert!(
        bench
            .sandbox
            .move_case(id, "Closed", Some("Partially paid"))
    );
    let closed = bench.debitura.case(&made.id).await.unwrap().unwrap();
    assert_eq!(closed.lifecycle, Some(Lifecycle::Closed));
    assert!(closed.close_code.unwrap().money_recovered());
    assert!(
        bench.sandbox.violations().is_empty(),
        "{:?}",
        bench.sandbox.violations()
    );
}
