use std::time::Duration;

use accounting::Fault;
use http_client::Failure;
use jiff::SignedDuration;
use sandbox::{Company, Effect, FaultBody, Region, When};

use crate::support::*;

fn coded(status: u16, code: i64) -> Effect {
    Effect::Status {
        code: status,
        body: FaultBody::ZohoCode(code),
        headers: vec![],
    }
}

fn saying(status: u16, code: i64, header: &str, value: &str) -> Effect {
    Effect::Status {
        code: status,
        body: FaultBody::ZohoCode(code),
        headers: vec![(header.into(), value.into())],
    }
}

fn status(code: u16, body: FaultBody) -> Effect {
    Effect::Status {
        code,
        body,
        headers: vec![],
    }
}

#[tokio::test]
async fn what_passes_is_waited_for() {
    let sandbox = awkward().await;
    let zoho = first(&sandbox).await;
    let open = sandbox.zoho_oracle(zoho.organisation()).unwrap().open;
    for effect in [
        Effect::DropBeforeCommit,
        Effect::CutMidBody { after: 100 },
        coded(500, 1000),
        status(502, FaultBody::Html),
        status(429, FaultBody::Empty),
        // As long as it says, where it says.
        saying(429, 44, "retry-after", "0.05"),
        saying(429, 1070, "retry-after", "0.05"),
    ] {
        sandbox.fault(sandbox::Fault::new(LIST, When::Nth(2), effect.clone()));
        assert_eq!(whole(&zoho).await.len(), open, "{effect:?}");
        sandbox.clear_faults();
    }
    for effect in [
        Effect::ExtraFields,
        Effect::UnknownValues,
        Effect::SlowBody { ms: 200 },
    ] {
        sandbox.fault(sandbox::Fault::new(LIST, When::Always, effect.clone()));
        assert_eq!(whole(&zoho).await.len(), open, "{effect:?}");
        sandbox.clear_faults();
    }
}

#[tokio::test]
async fn what_does_not_pass_has_a_name() {
    let sandbox = awkward().await;
    type Check = fn(&Fault) -> bool;
    let cases: Vec<(Effect, usize, Check)> = vec![
        // The pause of a minute is known and not slept through here.
        (
            coded(429, 44),
            1,
            |fault| matches!(fault, Fault::RateLimited { after: Some(after), .. } if *after == Duration::from_secs(60)),
        ),
        (coded(200, 44), 1, |fault| {
            matches!(fault, Fault::RateLimited { .. })
        }),
        (
            coded(429, 1070),
            1,
            |fault| matches!(fault, Fault::RateLimited { reason: Some(reason), .. } if reason == "concurrent"),
        ),
        (coded(429, 45), 1, |fault| {
            matches!(fault, Fault::QuotaUsed { .. })
        }),
        (
            saying(429, 45, "x-rate-limit-reset", "34881"),
            1,
            |fault| matches!(fault, Fault::QuotaUsed { resets: Some(wait), .. } if wait.as_secs() == 34_881),
        ),
        (coded(200, 45), 1, |fault| {
            matches!(fault, Fault::QuotaUsed { .. })
        }),
        (coded(500, 1000), 4, |fault| {
            matches!(fault, Fault::Unavailable(Failure::Status(_)))
        }),
        (coded(200, 1000), 1, |fault| {
            matches!(fault, Fault::Unavailable(_))
        }),
        (status(503, FaultBody::Html), 4, |fault| {
            matches!(fault, Fault::Unavailable(Failure::Status(_)))
        }),
        (coded(400, 6041), 1, |fault| {
            matches!(
                fault,
                Fault::NotAllowed {
                    reason: Some(_),
                    ..
                }
            )
        }),
        (
            coded(200, 1038),
            1,
            |fault| matches!(fault, Fault::Refused { status: 200, code: Some(code), .. } if code == "1038"),
        ),
        (coded(400, 2), 1, |fault| {
            matches!(fault, Fault::Refused { status: 400, .. })
        }),
        (coded(404, 5), 1, |fault| {
            matches!(fault, Fault::Refused { status: 404, .. })
        }),
        (Effect::DropBeforeCommit, 4, |fault| {
            matches!(fault, Fault::Unavailable(Failure::Interrupted { .. }))
        }),
        (Effect::TruncatedJson, 1, |fault| {
            matches!(fault, Fault::Unreadable(_))
        }),
        (Effect::InvalidJson, 1, |fault| {
            matches!(fault, Fault::Unreadable(_))
        }),
        (Effect::Html, 1, |fault| {
            matches!(fault, Fault::Unreadable(_))
        }),
        (Effect::EmptyBody, 1, |fault| {
            matches!(fault, Fault::Unreadable(_))
        }),
        // The one renewal does not help: the user may not, or has signed out.
        (coded(401, 57), 2, |fault| {
            matches!(
                fault,
                Fault::NotAllowed {
                    reason: Some(_),
                    ..
                }
            )
        }),
        (coded(400, 57), 2, |fault| {
            matches!(
                fault,
                Fault::NotAllowed {
                    reason: Some(_),
                    ..
                }
            )
        }),
        (coded(401, 14), 2, |fault| {
            matches!(fault, Fault::GrantEnded { .. })
        }),
        (status(401, FaultBody::Empty), 2, |fault| {
            matches!(fault, Fault::GrantEnded { .. })
        }),
    ];
    for (effect, requests, named) in cases {
        // Its own client and sign-in each time: a pause that was asked for, and the limit on renewals, last.
        let sign_in = SignIn::new(&sandbox).await;
        let zoho = first_of(&sandbox, &sign_in).await;
        sandbox.fault(sandbox::Fault::new(LIST, When::Always, effect.clone()));
        sandbox.forget_requests();
        let (pages, end) = walk(&zoho, ever(), None).await;
        let fault = fault(end);
        assert!(named(&fault), "{effect:?} became {fault:?}");
        assert!(pages.is_empty());
        assert_eq!(sandbox.requests_to(LIST).len(), requests, "{effect:?}");
        assert!(sign_in.renewals() <= 1, "a refusal is no loop of renewals");
        let shown = format!("{fault} {fault:?} {zoho:?}");
        assert!(
            !shown.contains("1000.") && !shown.contains("An error of Zoho"),
            "{shown}"
        );
        sandbox.clear_faults();
    }
}

#[tokio::test]
async fn nothing_is_asked_while_zoho_wants_a_pause() {
    let sandbox = awkward().await;
    let zoho = first(&sandbox).await;
    sandbox.fault(sandbox::Fault::new(LIST, When::Next(1), coded(429, 44)));
    let (_, end) = walk(&zoho, ever(), None).await;
    assert!(matches!(fault(end), Fault::RateLimited { .. }));
    sandbox.forget_requests();
    let (_, end) = walk(&zoho, ever(), None).await;
    let fault = fault(end);
    assert!(
        matches!(&fault, Fault::RateLimited { after: Some(left), .. } if left.as_secs() > 50),
        "{fault:?}"
    );
    assert_eq!(sandbox.requests().len(), 0);
}

#[tokio::test]
async fn a_blocked_minute_is_shorter_than_the_usual_patience() {
    let policy = accounting::zoho::Zoho::policy();
    assert!(
        policy.patience > Duration::from_secs(2 * 60),
        "a walk goes on by itself"
    );
}

#[tokio::test]
async fn a_walk_whose_quota_is_used_up_goes_on_the_next_day() {
    let sandbox = sandbox(Company::Large(1_900)).await;
    let sign_in = SignIn::new(&sandbox).await;
    let zoho = first_of(&sandbox, &sign_in).await;
    assert_eq!(zoho.quota(), None, "not every organisation is told");
    sandbox.settings(|settings| {
        settings.zoho.daily_quota = Some(6);
        settings.zoho.rate_headers = true;
    });
    let (mut pages, end) = walk(&zoho, ever(), None).await;
    assert!(matches!(fault(end), Fault::QuotaUsed { .. }));
    let quota = zoho.quota().unwrap();
    assert_eq!((quota.limit, quota.left), (Some(6), 0));
    // It was noon when the sandbox began.
    let (noon, later) = (12 * 3_600, 11 * 3_600);
    let resets = quota.resets.unwrap().as_secs();
    assert!((later..=noon).contains(&resets), "at midnight: {resets}");
    assert_eq!(
        pages.len(),
        4,
        "what was paid for is kept: three heads and three pages"
    );

    sandbox.settings(|settings| settings.zoho.daily_quota = Some(2_000));
    sandbox.advance(SignedDuration::from_hours(24));
    sandbox.forget_requests();
    let cursor = pages.last().and_then(|page| page.next.clone());
    let (rest, end) = walk(&zoho, ever(), cursor).await;
    end.unwrap();
    assert_eq!(
        zoho.quota().map(|quota| quota.left),
        Some(2_000 - u32::try_from(rest.len()).unwrap())
    );
    pages.extend(rest);
    let met: std::collections::BTreeSet<_> = ids(pages.iter().flat_map(|page| &page.fetched))
        .into_iter()
        .collect();
    let oracle = sandbox.zoho_oracle(zoho.organisation()).unwrap();
    assert_eq!(
        met.len(),
        oracle.open,
        "overdue since yesterday, and not lost between two filters"
    );
}

#[tokio::test]
async fn a_grant_that_is_ended_on_the_way_keeps_what_arrived() {
    let sandbox = sandbox(Company::Large(1_900)).await;
    let sign_in = SignIn::new(&sandbox).await;
    let zoho = first_of(&sandbox, &sign_in).await;
    sandbox.forget_requests();
    let mut pages = 0;
    let end = zoho
        .walk(ever(), None, |_| {
            pages += 1;
            if pages == 2 {
                assert!(sandbox.disconnect_zoho());
            }
            async { Ok::<(), ()>(()) }
        })
        .await;
    assert!(matches!(fault(end), Fault::GrantEnded { .. }));
    assert_eq!(pages, 2);
    assert_eq!(
        sandbox.requests_to(LIST).len(),
        5,
        "a dead token is not tried again"
    );
}

#[tokio::test]
async fn what_was_not_agreed_to_is_not_allowed() {
    let sandbox = awkward().await;
    let few = SignIn::with(&sandbox, Region::Eu, "ZohoBooks.invoices.READ", "every").await;
    let listed = organisations(&sandbox, Region::Eu, &few).await;
    assert!(
        matches!(listed, Err(Fault::NotAllowed { .. })),
        "{listed:?}"
    );

    let every = SignIn::new(&sandbox).await;
    let all = organisations(&sandbox, Region::Eu, &every).await.unwrap();
    let second_only = SignIn::with(&sandbox, Region::Eu, SCOPES, &all[1].id).await;
    let other = client(&sandbox, Region::Eu, &second_only, &all[0].id);
    let (_, end) = walk(&other, ever(), None).await;
    assert!(matches!(fault(end), Fault::NotAllowed { .. }));
    assert!(
        !whole(&client(&sandbox, Region::Eu, &second_only, &all[1].id))
            .await
            .is_empty()
    );

    let wrong_region = client(&sandbox, Region::Us, &every, &all[0].id);
    let (_, end) = walk(&wrong_region, ever(), None).await;
    assert!(
        matches!(fault(end), Fault::NotAllowed { .. }),
        "known in its own region only"
    );
}
