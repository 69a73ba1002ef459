//! The Stripe client against the stand-in: whole walks, missing rights, and every fault by its name.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use accounting::stripe::{Key, Mode, Stripe};
use accounting::{Fault, Page, Permission, Slice, Stopped, slices};
use http_client::{BaseUrl, Failure, Jitter, Pace, Rate, RepeatPolicy, Timeouts, Transport};
use jiff::tz::TimeZone;
use receivables::{Field, Money, SourceStatus};
use sandbox::{Company, Effect, FaultBody, Options, Sandbox, When};

const LIST: &str = "stripe GET /v1/invoices";
const ONE: &str = "stripe GET /v1/invoices/{invoice}";

fn stripe_with(sandbox: &Sandbox, key: &str, policy: RepeatPolicy) -> Stripe {
    let timeouts = Timeouts {
        connect: Duration::from_secs(2),
        answer: Duration::from_secs(4),
        idle: Duration::from_secs(3),
        body: Duration::from_secs(10),
    };
    Stripe::with_policy(
        Transport::new("0.0.0-test", timeouts, Jitter::seeded(3)).unwrap(),
        BaseUrl::parse(&sandbox.stripe_url()).unwrap(),
        Key::parse(key).unwrap(),
        Pace::new(Rate::unlimited()),
        TimeZone::get("Europe/Copenhagen").unwrap(),
        policy,
    )
}

fn stripe(sandbox: &Sandbox, key: &str) -> Stripe {
    stripe_with(sandbox, key, Stripe::policy().hurried(100))
}

async fn awkward() -> Sandbox {
    Sandbox::start(Options::company(Company::Awkward))
        .await
        .unwrap()
}

fn ever() -> Slice {
    Slice {
        from: "2000-01-01T00:00:00Z".parse().unwrap(),
        until: "2100-01-01T00:00:00Z".parse().unwrap(),
    }
}

/// All pages that arrived, and how the walk ended.
async fn walk(
    stripe: &Stripe,
    slice: Slice,
    cursor: Option<String>,
) -> (Vec<Page>, Result<(), Stopped<()>>) {
    let pages = Arc::new(Mutex::new(Vec::new()));
    let end = stripe
        .walk(slice, cursor, |page| {
            pages.lock().unwrap().push(page);
            async { Ok(()) }
        })
        .await;
    let pages = std::mem::take(&mut *pages.lock().unwrap());
    (pages, end)
}

fn ids(pages: &[Page]) -> Vec<String> {
    pages
        .iter()
        .flat_map(|page| &page.fetched)
        .map(|fetched| fetched.invoice.id.id.clone())
        .collect()
}

fn fault(end: Result<(), Stopped<()>>) -> Fault {
    match end {
        Err(Stopped::Fault(fault)) => fault,
        other => panic!("expected a fault, got {other:?}"),
    }
}

#[tokio::test]
async fn every_open_invoice_arrives_once_and_every_currency_adds_up() {
    let sandbox = awkward().await;
    let (pages, end) = walk(&stripe(&sandbox, sandbox.stripe_key()), ever(), None).await;
    end.unwrap();
    let oracle = sandbox.oracle();
    let all = ids(&pages);
    assert!(pages.len() >= 3, "{} pages", pages.len());
    assert_eq!(all.len(), oracle.open);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), oracle.open);

    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    let mut partly_paid = 0;
    for fetched in pages.iter().flat_map(|page| &page.fetched) {
        let invoice = &fetched.invoice;
        assert_eq!(invoice.id.tenant, "test");
        assert_eq!(invoice.status, SourceStatus::Open);
        let raw: serde_json::Value = serde_json::from_str(&fetched.raw).unwrap();
        assert_eq!(raw["id"], invoice.id.id.as_str());
        let open = invoice.open.unwrap();
        let amount = invoice.facts.value(Field::Amount).unwrap();
        assert_eq!(Money::parse(amount, open.currency), Ok(open));
        // The stand-in counts in Stripe's units: two decimals more than ISO for these two.
        let code = open.currency.code().to_lowercase();
        let factor = if matches!(code.as_str(), "isk" | "ugx") {
            100
        } else {
            1
        };
        *sums.entry(code).or_default() += open.minor * factor;
        partly_paid += usize::from(invoice.partly_paid && open.minor > 0);
    }
    assert_eq!(sums, oracle.open_amount);
    assert_eq!(partly_paid, oracle.partly_paid);
    assert!(
        sandbox.violations().is_empty(),
        "{:?}",
        sandbox.violations()
    );
}

#[tokio::test]
async fn slices_together_are_the_whole() {
    let sandbox = awkward().await;
    let stripe = stripe(&sandbox, sandbox.stripe_key());
    let mut all = Vec::new();
    for slice in slices(ever(), 7) {
        let (pages, end) = walk(&stripe, slice, None).await;
        end.unwrap();
        all.extend(ids(&pages));
    }
    let (pages, _) = walk(&stripe, ever(), None).await;
    let mut whole = ids(&pages);
    all.sort();
    whole.sort();
    assert_eq!(all, whole);
}

#[tokio::test]
async fn an_interrupted_walk_goes_on_where_it_was() {
    let sandbox = Sandbox::start(Options::company(Company::Large(450)))
        .await
        .unwrap();
    let stripe = stripe(&sandbox, sandbox.stripe_key());
    let (whole, _) = walk(&stripe, ever(), None).await;
    for kept in 0..whole.len() {
        // Dies after keeping `kept` pages and asking for the next.
        let pages = Arc::new(Mutex::new(Vec::new()));
        let end = stripe
            .walk(ever(), None, |page| {
                let mut pages = pages.lock().unwrap();
                let full = pages.len() == kept;
                if !full {
                    pages.push(page);
                }
                async move { if full { Err("killed") } else { Ok(()) } }
            })
            .await;
        assert!(matches!(end, Err(Stopped::Sink("killed"))));
        let mut pages = std::mem::take(&mut *pages.lock().unwrap());
        sandbox.forget_requests();
        let cursor = pages.last().and_then(|page| page.next.clone());
        let (rest, end) = walk(&stripe, ever(), cursor).await;
        end.unwrap();
        assert_eq!(sandbox.requests_to(LIST).len(), whole.len() - kept);
        pages.extend(rest);
        assert_eq!(ids(&pages), ids(&whole));
    }
}

#[tokio::test]
async fn a_cursor_that_is_gone_leads_back_to_the_start_once() {
    let sandbox = awkward().await;
    let stripe = stripe(&sandbox, sandbox.stripe_key());
    let (pages, end) = walk(&stripe, ever(), Some("in_1gone".into())).await;
    end.unwrap();
    assert_eq!(ids(&pages).len(), sandbox.oracle().open);
    assert!(pages[0].restarted);
    assert!(pages[1..].iter().all(|page| !page.restarted));
}

#[tokio::test]
async fn a_key_is_checked_for_both_rights() {
    let sandbox = awkward().await;
    let checked = stripe(&sandbox, sandbox.stripe_key())
        .check()
        .await
        .unwrap();
    assert_eq!(checked.mode, Mode::Test);
    assert_eq!(checked.account_name.as_deref(), Some("Nordlys Design ApS"));
    assert!(checked.has_open_invoices);

    for setting in [
        sandbox::PermissionText::Coded,
        sandbox::PermissionText::Plain,
    ] {
        sandbox.settings(|settings| settings.stripe.permission_text = setting);
        for (key, missing) in [
            (sandbox::NO_INVOICES_STRIPE_KEY, Permission::Invoices),
            (sandbox::NO_CUSTOMERS_STRIPE_KEY, Permission::Customers),
        ] {
            let fault = stripe(&sandbox, key).check().await.unwrap_err();
            assert!(
                matches!(&fault, Fault::PermissionMissing { permission, request_id: Some(_) } if *permission == missing),
                "{fault:?}"
            );
        }
    }
    let expired = stripe(&sandbox, sandbox::REVOKED_STRIPE_KEY).check().await;
    assert!(
        matches!(
            expired,
            Err(Fault::KeyExpired {
                request_id: Some(_)
            })
        ),
        "{expired:?}"
    );
    let unknown = stripe(&sandbox, "rk_test_neverMade").check().await;
    assert!(
        matches!(unknown, Err(Fault::KeyRefused { .. })),
        "{unknown:?}"
    );

    let empty = Sandbox::start(Options::company(Company::Empty))
        .await
        .unwrap();
    let checked = stripe(&empty, empty.stripe_key()).check().await.unwrap();
    assert!(
        !checked.has_open_invoices,
        "an empty account is a good account"
    );
}

#[tokio::test]
async fn without_the_right_to_customers_invoices_still_arrive() {
    let sandbox = awkward().await;
    let stripe_ = stripe(&sandbox, sandbox::NO_CUSTOMERS_STRIPE_KEY);
    let (pages, end) = walk(&stripe_, ever(), None).await;
    end.unwrap();
    assert!(pages.iter().all(|page| page.without_customers));
    assert_eq!(ids(&pages).len(), sandbox.oracle().open);
    // The refusal is learned once, not with every page.
    assert_eq!(sandbox.requests_to(LIST).len(), pages.len() + 1);
    let first = &pages[0].fetched[0].invoice;
    let again = stripe_.invoice(&first.id.id).await.unwrap();
    assert_eq!(
        again.invoice.facts.value(Field::DebtorName),
        first.facts.value(Field::DebtorName)
    );

    let (pages, end) = walk(
        &stripe(&sandbox, sandbox::NO_INVOICES_STRIPE_KEY),
        ever(),
        None,
    )
    .await;
    assert!(pages.is_empty());
    assert!(matches!(
        fault(end),
        Fault::PermissionMissing {
            permission: Permission::Invoices,
            ..
        }
    ));
}

#[tokio::test]
async fn a_key_that_dies_on_the_way_keeps_what_arrived() {
    let sandbox = awkward().await;
    sandbox.fault(sandbox::Fault::new(LIST, When::Nth(2), Effect::RevokeKey));
    let (pages, end) = walk(&stripe(&sandbox, sandbox.stripe_key()), ever(), None).await;
    assert_eq!(pages.len(), 1);
    assert!(pages[0].next.is_some());
    assert!(matches!(fault(end), Fault::KeyExpired { .. }));
    assert_eq!(
        sandbox.requests_to(LIST).len(),
        2,
        "a refused key is not tried again"
    );

    sandbox.clear_faults();
    sandbox.restore_keys();
    sandbox.fault(sandbox::Fault::new(
        LIST,
        When::Nth(2),
        Effect::RemovePermission {
            permission: "customers".into(),
        },
    ));
    let (pages, end) = walk(&stripe(&sandbox, sandbox.stripe_key()), ever(), None).await;
    end.unwrap();
    assert!(!pages[0].without_customers && pages[1].without_customers);
    assert_eq!(ids(&pages).len(), sandbox.oracle().open);
}

#[tokio::test]
async fn what_passes_is_waited_for() {
    let sandbox = awkward().await;
    let stripe = stripe(&sandbox, sandbox.stripe_key());
    for effect in [
        Effect::DropBeforeCommit,
        Effect::CutMidBody { after: 100 },
        Effect::Status {
            code: 500,
            body: FaultBody::Json,
            headers: vec![],
        },
        Effect::Status {
            code: 502,
            body: FaultBody::Html,
            headers: vec![],
        },
        Effect::Status {
            code: 409,
            body: FaultBody::Json,
            headers: vec![],
        },
        Effect::Status {
            code: 424,
            body: FaultBody::Json,
            headers: vec![],
        },
        Effect::Stripe429 {
            reason: "endpoint-rate".into(),
        },
        Effect::LockTimeout,
        Effect::Timeout,
    ] {
        sandbox.fault(sandbox::Fault::new(LIST, When::Nth(2), effect.clone()));
        let (pages, end) = walk(&stripe, ever(), None).await;
        assert!(end.is_ok(), "{effect:?}: {end:?}");
        assert_eq!(ids(&pages).len(), sandbox.oracle().open, "{effect:?}");
        sandbox.clear_faults();
    }
}

#[tokio::test]
async fn what_does_not_pass_has_a_name() {
    let sandbox = awkward().await;
    let stripe = stripe(&sandbox, sandbox.stripe_key());
    let status = |code, body| Effect::Status {
        code,
        body,
        headers: vec![],
    };
    type Check = fn(&Fault) -> bool;
    let cases: Vec<(Effect, u32, Check)> = vec![
        (Effect::Stripe429 { reason: "global-rate".into() }, 4, |fault| {
            matches!(fault, Fault::RateLimited { reason: Some(reason), .. } if reason == "global-rate")
        }),
        (Effect::LockTimeout, 4, |fault| {
            matches!(fault, Fault::RateLimited { reason: Some(reason), .. } if reason == "lock_timeout")
        }),
        (status(500, FaultBody::Json), 4, |fault| {
            matches!(fault, Fault::Unavailable(Failure::Status(_)))
        }),
        (status(503, FaultBody::Html), 4, |fault| {
            matches!(fault, Fault::Unavailable(Failure::Status(_)))
        }),
        (
            Effect::Status {
                code: 500,
                body: FaultBody::Json,
                headers: vec![("Stripe-Should-Retry".into(), "false".into())],
            },
            1,
            |fault| matches!(fault, Fault::Unavailable(_)),
        ),
        (
            Effect::Status {
                code: 402,
                body: FaultBody::Json,
                headers: vec![("Stripe-Should-Retry".into(), "true".into())],
            },
            4,
            |fault| matches!(fault, Fault::Refused { status: 402, .. }),
        ),
        (status(400, FaultBody::Json), 1, |fault| matches!(fault, Fault::Refused { status: 400, .. })),
        (status(401, FaultBody::Empty), 1, |fault| matches!(fault, Fault::KeyRefused { .. })),
        (
            status(
                403,
                FaultBody::Text(
                    r#"{"error":{"type":"invalid_request_error","message":"This key cannot be used from your IP address."}}"#.into(),
                ),
            ),
            1,
            |fault| matches!(fault, Fault::IpRestricted { .. }),
        ),
        (Effect::DropBeforeCommit, 4, |fault| {
            matches!(fault, Fault::Unavailable(Failure::Interrupted { .. }))
        }),
        (Effect::CutMidBody { after: 50 }, 4, |fault| {
            matches!(fault, Fault::Unavailable(Failure::Interrupted { .. }))
        }),
        (Effect::TruncatedJson, 1, |fault| matches!(fault, Fault::Unreadable(_))),
        (Effect::InvalidJson, 1, |fault| matches!(fault, Fault::Unreadable(_))),
        (Effect::Html, 1, |fault| matches!(fault, Fault::Unreadable(_))),
        (Effect::EmptyBody, 1, |fault| matches!(fault, Fault::Unreadable(_))),
    ];
    for (effect, requests, named) in cases {
        sandbox.fault(sandbox::Fault::new(LIST, When::Always, effect.clone()));
        sandbox.forget_requests();
        let (pages, end) = walk(&stripe, ever(), None).await;
        let fault = fault(end);
        assert!(named(&fault), "{effect:?} became {fault:?}");
        assert!(pages.is_empty());
        assert_eq!(
            sandbox.requests_to(LIST).len(),
            requests as usize,
            "{effect:?}"
        );
        let shown = format!("{fault} {fault:?}");
        assert!(!shown.contains("rk_test"), "{shown}");
        sandbox.clear_faults();
    }
}

#[tokio::test]
async fn unknown_fields_and_values_do_no_harm() {
    let sandbox = awkward().await;
    for effect in [
        Effect::ExtraFields,
        Effect::UnknownValues,
        Effect::SlowBody { ms: 300 },
    ] {
        sandbox.fault(sandbox::Fault::new(LIST, When::Always, effect.clone()));
        let (pages, end) = walk(&stripe(&sandbox, sandbox.stripe_key()), ever(), None).await;
        assert!(end.is_ok(), "{effect:?}: {end:?}");
        assert_eq!(ids(&pages).len(), sandbox.oracle().open, "{effect:?}");
        sandbox.clear_faults();
    }
}

#[tokio::test]
async fn one_invoice_again_and_its_document() {
    let sandbox = awkward().await;
    let stripe = stripe(&sandbox, sandbox.stripe_key());
    let id = sandbox.invoice_of("partly paid").unwrap();
    let before = stripe.invoice(&id).await.unwrap().invoice;
    assert!(before.partly_paid);
    assert_eq!(before.facts.value(Field::Amount), Some("500.00"));
    assert!(before.has_pdf);
    let pdf = stripe.invoice_pdf(&id).await.unwrap();
    assert!(pdf.content.starts_with(b"%PDF"));
    assert!(pdf.file_name.ends_with(".pdf"), "{}", pdf.file_name);

    sandbox.expire_pdf_links();
    assert!(
        stripe.invoice_pdf(&id).await.is_ok(),
        "a fresh link is asked for each time"
    );
    let dead = sandbox.invoice_of("dead pdf link").unwrap();
    assert!(matches!(stripe.invoice_pdf(&dead).await, Err(Fault::NoPdf)));
    let draft = sandbox.invoice_of("draft").unwrap();
    assert!(matches!(
        stripe.invoice_pdf(&draft).await,
        Err(Fault::NoPdf)
    ));

    sandbox.pay_invoice(&id);
    let after = stripe.invoice(&id).await.unwrap().invoice;
    assert_eq!(after.status, SourceStatus::Paid);
    assert!(matches!(
        stripe.invoice("in_1never").await,
        Err(Fault::NotFound { .. })
    ));
    assert!(matches!(
        stripe.invoice("..").await,
        Err(Fault::Unreadable(_))
    ));
    assert!(
        sandbox
            .requests_to(ONE)
            .iter()
            .all(|request| request.route == ONE)
    );
}
