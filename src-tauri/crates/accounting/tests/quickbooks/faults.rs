//! What goes wrong, by its name.

use std::sync::atomic::Ordering;

use accounting::{Fault, Stopped};
use http_client::Failure;
use receivables::{Field, SourceStatus};
use sandbox::{Company, Edit, Effect, Environment, FaultBody, IntuitLimits, Options, When};

use crate::rig::{CHANGES, ONE, QUERY, Rig, TOKENS, ever, fault, ids, walk};

const EXPIRED: &str = r#"{"warnings":null,"fault":{"error":[{"message":"message=AuthenticationFailed; errorCode=003200; statusCode=401","detail":"Token expired: eyJsecret","code":"3200","element":null}],"type":"AUTHENTICATION"},"time":1782907200000}"#;

fn status(code: u16, body: FaultBody) -> Effect {
    Effect::Status {
        code,
        body,
        headers: vec![],
    }
}

fn service(code: &str) -> FaultBody {
    let error = format!(r#"{{"Message":"m","Detail":"eyJsecret","code":"{code}"}}"#);
    FaultBody::Text(format!(
        r#"{{"Fault":{{"Error":[{error}],"type":"ValidationFault"}},"time":"2026-07-01T05:00:00-07:00"}}"#
    ))
}

#[tokio::test]
async fn what_passes_is_waited_for() {
    let rig = Rig::of(Company::Awkward).await;
    let open = ids(&walk(&rig.books, ever(), None).await.0).len();
    for effect in [
        Effect::DropBeforeCommit,
        Effect::CutMidBody { after: 100 },
        status(500, FaultBody::Json),
        status(502, FaultBody::Html),
        status(503, FaultBody::Xml),
        status(504, FaultBody::Empty),
        status(429, FaultBody::Xml),
        status(429, FaultBody::Json),
        status(401, FaultBody::Text(EXPIRED.into())),
        status(401, FaultBody::Xml),
        status(200, FaultBody::Text(EXPIRED.into())),
        Effect::Timeout,
        Effect::SlowBody { ms: 300 },
        Effect::ExtraFields,
    ] {
        rig.sandbox
            .fault(sandbox::Fault::new(QUERY, When::Nth(1), effect.clone()));
        let (pages, end) = walk(&rig.books, ever(), None).await;
        assert!(end.is_ok(), "{effect:?}: {end:?}");
        assert_eq!(ids(&pages).len(), open, "{effect:?}");
        rig.sandbox.clear_faults();
    }
}

#[tokio::test]
async fn what_does_not_pass_has_a_name() {
    let rig = Rig::of(Company::Awkward).await;
    type Check = fn(&Fault) -> bool;
    let quota = r#"<IntuitResponse><Fault><Error code="3001"><Message>message=QuotaExceeded; errorCode=003001</Message></Error></Fault></IntuitResponse>"#;
    let cases: Vec<(Effect, usize, Check)> = vec![
        (status(429, FaultBody::Xml), 4, |fault| {
            matches!(fault, Fault::RateLimited { .. })
        }),
        (status(403, service("3001")), 4, |fault| {
            matches!(fault, Fault::RateLimited { .. })
        }),
        (status(429, FaultBody::Text(quota.into())), 1, |fault| {
            matches!(fault, Fault::QuotaUsed { .. })
        }),
        (status(500, FaultBody::Json), 4, |fault| {
            matches!(fault, Fault::Unavailable(Failure::Status(_)))
        }),
        (status(503, FaultBody::Html), 4, |fault| {
            matches!(fault, Fault::Unavailable(Failure::Status(_)))
        }),
        (status(200, service("10000")), 1, |fault| {
            matches!(fault, Fault::Unavailable(_))
        }),
        // With the token, and once more with a new one.
        (status(401, FaultBody::Text(EXPIRED.into())), 2, |fault| {
            matches!(
                fault,
                Fault::GrantEnded {
                    request_id: Some(_)
                }
            )
        }),
        (status(401, FaultBody::Empty), 2, |fault| {
            matches!(fault, Fault::GrantEnded { .. })
        }),
        (status(403, service("3100")), 2, |fault| {
            matches!(
                fault,
                Fault::NotAllowed {
                    reason: Some(_),
                    ..
                }
            )
        }),
        (status(400, service("120")), 1, |fault| {
            matches!(
                fault,
                Fault::NotAllowed {
                    reason: Some(_),
                    ..
                }
            )
        }),
        (status(400, service("6190")), 1, |fault| {
            matches!(
                fault,
                Fault::NotAllowed {
                    reason: Some(_),
                    ..
                }
            )
        }),
        (status(400, service("150")), 1, |fault| {
            matches!(fault, Fault::Unavailable(_))
        }),
        (
            status(400, service("4001")),
            1,
            |fault| matches!(fault, Fault::Refused { status: 400, code: Some(code), .. } if code == "4001"),
        ),
        (
            status(200, service("4000")),
            1,
            |fault| matches!(fault, Fault::Refused { status: 200, code: Some(code), .. } if code == "4000"),
        ),
        (status(200, FaultBody::Xml), 1, |fault| {
            matches!(
                fault,
                Fault::Refused { status: 200, .. } | Fault::Unavailable(_)
            )
        }),
        (Effect::Html, 1, |fault| {
            matches!(fault, Fault::Unreadable(_))
        }),
        (Effect::EmptyBody, 1, |fault| {
            matches!(fault, Fault::Unreadable(_))
        }),
        (Effect::InvalidJson, 1, |fault| {
            matches!(fault, Fault::Unreadable(_))
        }),
        (Effect::TruncatedJson, 1, |fault| {
            matches!(fault, Fault::Unreadable(_))
        }),
        (
            status(200, FaultBody::Text(r#"{"time":"now"}"#.into())),
            1,
            |fault| matches!(fault, Fault::Unreadable(_)),
        ),
        (Effect::DropBeforeCommit, 4, |fault| {
            matches!(fault, Fault::Unavailable(Failure::Interrupted { .. }))
        }),
    ];
    for (effect, requests, named) in cases {
        rig.sandbox
            .fault(sandbox::Fault::new(QUERY, When::Always, effect.clone()));
        rig.asked();
        let (pages, end) = walk(&rig.books, ever(), None).await;
        let fault = fault(end);
        assert!(named(&fault), "{effect:?} became {fault:?}");
        assert!(pages.is_empty());
        let asked = rig
            .asked()
            .into_iter()
            .filter(|request| request.route == QUERY)
            .count();
        assert_eq!(asked, requests, "{effect:?}");
        let shown = format!("{fault} {fault:?}");
        assert!(
            !shown.contains("eyJ"),
            "a token may be in the detail: {shown}"
        );
        rig.sandbox.clear_faults();
    }
}

#[tokio::test]
async fn what_happened_at_intuit_is_told_apart() {
    // Disconnected by a person: the API says 403, and renewing says that the grant is dead.
    let rig = Rig::of(Company::Demo).await;
    assert!(rig.sandbox.disconnect_quickbooks(&rig.realm));
    let ended = fault(walk(&rig.books, ever(), None).await.1);
    assert!(matches!(ended, Fault::GrantEnded { .. }), "{ended:?}");
    assert_eq!(
        rig.sandbox.requests_to(TOKENS).len(),
        2,
        "the exchange, and one try to renew"
    );

    // Another company's number: the grant lives, and reconnecting would not help.
    let rig = Rig::of(Company::Demo).await;
    let wrong = rig
        .afresh(Environment::Production)
        .company()
        .await
        .unwrap_err();
    assert!(
        matches!(&wrong, Fault::NotAllowed { reason: Some(reason), .. } if reason.contains("environment")),
        "{wrong:?}"
    );
    assert!(
        rig.books.company().await.is_ok(),
        "and the right environment still answers"
    );
}

#[tokio::test]
async fn a_live_companys_month_can_be_used_up() {
    let mut options = Options::company(Company::Demo);
    options.settings.intuit.monthly_quota = Some(2);
    let rig = Rig::with(options, Environment::Production).await;
    let (_, end) = walk(&rig.books, ever(), None).await;
    assert!(matches!(fault(end), Fault::QuotaUsed { .. }));
    assert!(
        rig.asked().len() <= 3,
        "asking again would not help for weeks"
    );
}

#[tokio::test]
async fn a_throttled_walk_goes_on_when_it_may() {
    let mut options = Options::company(Company::Large(3_000));
    options.settings.intuit.limits = Some(IntuitLimits {
        minute: 3,
        second: 3,
        batch_minute: 3,
        ..IntuitLimits::default()
    });
    let rig = Rig::with(options, Environment::Development).await;
    let (pages, end) = walk(&rig.books, ever(), None).await;
    assert!(matches!(fault(end), Fault::RateLimited { .. }));
    let kept = ids(&pages).len();
    rig.sandbox
        .settings(|settings| settings.intuit.limits = None);
    let cursor = pages.last().and_then(|page| page.next.clone());
    let (rest, end) = walk(&rig.books, ever(), cursor).await;
    end.unwrap();
    assert_eq!(kept + ids(&rest).len(), 3_000);
}

#[tokio::test]
async fn one_invoice_again_and_its_document() {
    let rig = Rig::of(Company::Awkward).await;
    let (pages, _) = walk(&rig.books, ever(), None).await;
    let before = pages[0]
        .fetched
        .iter()
        .find(|fetched| {
            fetched
                .invoice
                .facts
                .value(Field::CreditorReference)
                .is_some()
        })
        .unwrap();
    let id = before.invoice.id.id.as_str();
    assert_eq!(
        rig.books.invoice(id).await.unwrap(),
        *before,
        "alone it reads as it did in the list"
    );
    let pdf = rig.books.invoice_pdf(id).await.unwrap();
    assert!(pdf.content.starts_with(b"%PDF"));
    let number = before
        .invoice
        .facts
        .value(Field::CreditorReference)
        .unwrap();
    assert!(
        pdf.file_name.starts_with(&number[..3]) && pdf.file_name.ends_with(".pdf"),
        "{}",
        pdf.file_name
    );

    let pdf_route = format!("{ONE}/pdf");
    rig.sandbox
        .fault(sandbox::Fault::new(&pdf_route, When::Always, Effect::Html));
    assert!(matches!(
        rig.books.invoice_pdf(id).await,
        Err(Fault::NotAPdf)
    ));
    rig.sandbox.clear_faults();
    rig.sandbox.fault(sandbox::Fault::new(
        &pdf_route,
        When::Always,
        status(400, service("610")),
    ));
    assert!(matches!(
        rig.books.invoice_pdf(id).await,
        Err(Fault::NotFound { .. })
    ));
    rig.sandbox.clear_faults();

    assert!(
        rig.sandbox
            .edit_quickbooks_invoice(&rig.realm, id, Edit::Pay(i64::MAX))
    );
    assert_eq!(
        rig.books.invoice(id).await.unwrap().invoice.status,
        SourceStatus::Paid
    );
    assert!(rig.sandbox.delete_quickbooks_invoice(&rig.realm, id));
    let gone = rig.books.invoice(id).await;
    assert!(
        matches!(
            &gone,
            Err(Fault::NotFound {
                request_id: Some(_)
            })
        ),
        "{gone:?}"
    );
    assert!(matches!(
        rig.books.invoice("..").await,
        Err(Fault::Unreadable(_))
    ));
}

#[tokio::test]
async fn every_request_says_what_it_wants() {
    let rig = Rig::of(Company::Demo).await;
    rig.asked();
    walk(&rig.books, ever(), None).await.1.unwrap();
    let one = rig.sandbox.quickbooks_addresses(&rig.realm)[0]
        .invoice
        .clone();
    rig.books.invoice_pdf(&one).await.unwrap();
    let end = rig
        .books
        .changes("2026-07-01T12:00:00Z".parse().unwrap(), |_| async {
            Ok::<(), ()>(())
        })
        .await;
    assert!(end.is_ok());
    let asked = rig.asked();
    assert!(asked.iter().any(|request| request.route == CHANGES));
    for request in asked {
        assert!(request.path.contains("minorversion=75"), "{}", request.path);
        let header = |name: &str| {
            request
                .headers
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.as_str())
        };
        let accept = header("accept").unwrap();
        let wanted = if request.path.contains("/pdf") {
            "application/pdf"
        } else {
            "application/json"
        };
        assert_eq!(
            accept, wanted,
            "XML comes to whoever does not ask: {}",
            request.path
        );
        if request.route == QUERY {
            assert_eq!(header("content-type"), Some("application/text"));
        }
    }
    assert_eq!(rig.access.renewed.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_sink_that_takes_no_page_ends_the_walk() {
    let rig = Rig::of(Company::Demo).await;
    let end = rig
        .books
        .walk(ever(), None, |_| async { Err("full") })
        .await;
    assert!(matches!(end, Err(Stopped::Sink("full"))));
}
