//! Sources that are signed in to in the browser: from the click to invoices, and every way in which it can go wrong.

use std::sync::atomic::Ordering;
use std::time::Duration;

use desk::FailureCode;
use desk::wire::*;
use receivables::{ProblemCode, State};
use sandbox::{Edit, Options, Rotation};

use crate::at_work::{by, ids};
use crate::browser::Person;
use crate::signed_in::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn quickbooks_is_connected_with_a_click_and_its_invoices_become_cases() {
    let stage = Stage::begin(Options::default()).await;
    stage.register().await;
    let connection = stage.connected(SignInProvider::QuickBooks).await;
    let (realm, name) = stage.work.sandbox.quickbooks_companies()[0].clone();
    assert_eq!(connection.account.as_deref(), Some(name.as_str()));
    assert_eq!(
        stage.browser.fronts.load(Ordering::Relaxed),
        1,
        "whoever comes back from the browser finds the window"
    );
    assert!(
        connection.by_due_date,
        "QuickBooks can be asked by due date"
    );
    let job = stage.work.fetch().await;
    assert_eq!(job.stage, JobStage::Done, "{job:?}");
    let oracle = stage.work.sandbox.quickbooks_oracle(&realm).unwrap();
    let page = stage
        .work
        .invoices(InvoiceQuery {
            partly_paid: true,
            ..InvoiceQuery::default()
        })
        .await;
    assert_eq!(
        page.total as usize, oracle.open,
        "every unpaid invoice arrives"
    );
    stage.work.accept_suggestions().await;
    let ready = stage.work.in_state(State::Ready).await;
    assert!(
        ready.len() > 3,
        "some invoices are complete: {}",
        ready.len()
    );
    let review = stage.work.review(&ids(&ready[..3])).await;
    assert_eq!(review.cases.len(), 3, "{review:?}");
    stage.work.submit(&review).await;
    assert_eq!(stage.work.sandbox.cases_created(), 3);
    stage.work.assert_faithful();
}

#[tokio::test(flavor = "multi_thread")]
async fn zoho_of_another_region_asks_which_organisation_and_reads_details_at_review() {
    let stage = Stage::begin(Options::default()).await;
    stage.register().await;
    let connection = stage.connected(SignInProvider::Zoho).await;
    assert_eq!(connection.region.as_deref(), Some("eu"), "{connection:?}");
    let job = stage.work.fetch().await;
    assert_eq!(job.stage, JobStage::Done, "{job:?}");
    let ready = stage.work.in_state(State::Ready).await;
    assert!(
        !ready.is_empty(),
        "overdue summaries can be chosen for review"
    );
    let in_part = |detail: &InvoiceDetail| {
        let mut problems = detail.problems.iter();
        problems.any(|problem| problem.code == ProblemCode::DetailsNotRead)
    };
    let look = async || -> InvoiceDetail {
        let id = ready[0].id.clone();
        stage.work.call("invoice", ById { id }).await.unwrap()
    };
    assert!(
        in_part(&look().await),
        "a list of Zoho's leaves the debtor's details out"
    );
    for _ in 0..500 {
        if !in_part(&look().await) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(
        !in_part(&look().await),
        "looking at an invoice reads its details"
    );
    let review = stage.work.review(&ids(&ready[..ready.len().min(5)])).await;
    assert_eq!(
        review.cases.len() + review.dropped.len(),
        ready.len().min(5),
        "each chosen invoice is a case or says why not"
    );
    let open = stage.work.invoices(InvoiceQuery::default()).await.rows;
    let open = open.iter().find(|row| row.state != State::Gone).unwrap();
    let tenant = open.id.split(':').nth(1).unwrap();
    let paid = open.id.rsplit(':').next().unwrap();
    assert!(
        stage
            .work
            .sandbox
            .edit_zoho_invoice(tenant, paid, Edit::Pay(i64::MAX))
    );
    assert_eq!(stage.work.fetch().await.stage, JobStage::Done);
    let after = stage.work.in_state(State::Gone).await;
    assert!(
        after.iter().any(|row| row.id == open.id),
        "what left the lists of unpaid invoices is known as paid"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_fetch_follows_what_changed() {
    let stage = Stage::begin(Options::default()).await;
    stage.register().await;
    stage.connected(SignInProvider::QuickBooks).await;
    stage.work.fetch().await;
    let realm = stage.realm(0);
    let before = stage.work.invoices(InvoiceQuery::default()).await;
    let paid = before.rows[0].id.rsplit(':').next().unwrap().to_owned();
    assert!(
        stage
            .work
            .sandbox
            .edit_quickbooks_invoice(&realm, &paid, Edit::Pay(i64::MAX))
    );
    stage.work.sandbox.forget_requests();
    let job = stage.work.fetch().await;
    assert_eq!(job.stage, JobStage::Done, "{job:?}");
    let after = stage.work.invoices(InvoiceQuery::default()).await;
    let paid = after.rows.iter().find(|row| row.id == before.rows[0].id);
    assert_ne!(before.rows[0].state, State::Gone);
    assert_eq!(
        paid.map(|row| row.state),
        Some(State::Gone),
        "what was paid is known as paid"
    );
    let asked: Vec<String> = stage
        .work
        .sandbox
        .requests()
        .into_iter()
        .map(|request| request.route)
        .filter(|route| route.contains("/v3/company"))
        .collect();
    assert!(
        asked.iter().all(|route| !route.ends_with("/query")) || asked.len() <= 3,
        "changes are told by change data capture, not by a walk: {asked:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_is_said_and_leaves_nothing_behind() {
    let stage = Stage::begin(Options::default()).await;
    let request = StartSignIn {
        provider: SignInProvider::QuickBooks,
        connection: None,
        open: true,
        take_first: false,
    };
    let refused: Failure = stage
        .work
        .call::<SignInView>("start_sign_in", request)
        .await
        .unwrap_err();
    assert_eq!(refused.code, FailureCode::ApplicationMissing);
    stage.register().await;

    stage.browser.does(Person::Denies);
    stage.start(SignInProvider::QuickBooks, None).await;
    let denied = stage.over().await;
    assert_eq!(denied.failure.unwrap().code, FailureCode::SignInDenied);

    stage.browser.does(Person::Away);
    let before = stage.start(SignInProvider::QuickBooks, None).await;
    let waiting = stage.start(SignInProvider::QuickBooks, None).await;
    let _: Nothing = stage
        .work
        .call("cancel_sign_in", ById { id: before.id })
        .await
        .unwrap();
    let current = stage.until(&[SignInStep::Waiting]).await;
    assert_eq!(
        current.id, waiting.id,
        "leaving a sign-in must not end the one that took its place"
    );
    let _: Nothing = stage
        .work
        .call("cancel_sign_in", ById { id: waiting.id })
        .await
        .unwrap();
    assert_eq!(
        stage.over().await.failure.unwrap().code,
        FailureCode::Cancelled
    );

    // A browser that cannot come back: its address is pasted.
    stage.browser.does(Person::Notes);
    stage.start(SignInProvider::QuickBooks, None).await;
    let noted = stage.noted().await;
    let text = "http://localhost:17351/cb/quickbooks?code=x&state=y&realmId=1".to_owned();
    let wrong = stage
        .work
        .call::<SignInView>("paste_sign_in", PastedAnswer { text })
        .await;
    assert_eq!(wrong.unwrap_err().code, FailureCode::InvalidValue);
    let _: SignInView = stage
        .work
        .call("paste_sign_in", PastedAnswer { text: noted })
        .await
        .unwrap();
    assert_eq!(stage.over().await.step, SignInStep::Done);
    assert_eq!(stage.work.state().await.connections.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_grant_asks_to_reconnect_and_another_company_is_noticed() {
    let stage = Stage::begin(Options::default()).await;
    stage.register().await;
    let connection = stage.connected(SignInProvider::QuickBooks).await;
    stage.work.fetch().await;
    let realm = stage.realm(0);
    assert!(stage.work.sandbox.disconnect_quickbooks(&realm));
    let job = stage.work.fetch().await;
    assert_eq!(job.failure.unwrap().code, FailureCode::Reconnect);
    let known = stage.connection(&connection.id).await;
    assert_eq!(known.problem.unwrap().code, FailureCode::Reconnect);
    assert!(known.open_invoices > 0, "what was fetched stays");

    stage.browser.does(Person::Allows(Some(stage.realm(1))));
    stage
        .start(SignInProvider::QuickBooks, Some(&connection.id))
        .await;
    let asked = stage.asked().await;
    assert!(
        asked.expected.is_some(),
        "another company is asked about: {asked:?}"
    );
    let ids = Vec::new();
    let _: SignInView = stage
        .work
        .call("choose_companies", ChooseCompanies { ids })
        .await
        .unwrap();
    assert_eq!(
        stage.over().await.failure.unwrap().code,
        FailureCode::Cancelled
    );
    assert_eq!(stage.work.state().await.connections.len(), 1);

    stage.browser.does(Person::Allows(Some(realm)));
    stage
        .start(SignInProvider::QuickBooks, Some(&connection.id))
        .await;
    let over = stage.over().await;
    assert_eq!(over.connections, vec![connection.id.clone()], "{over:?}");
    assert_eq!(stage.work.fetch().await.stage, JobStage::Done);
    assert_eq!(stage.connection(&connection.id).await.problem, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_is_renewed_once_for_everybody() {
    let stage = Stage::begin(Options::default()).await;
    stage.register().await;
    stage.connected(SignInProvider::QuickBooks).await;
    stage
        .work
        .sandbox
        .settings(|settings| settings.intuit.rotation = Rotation::KillAtOnce);
    stage.work.fetch().await;
    // The provider's clock runs ahead of ours: the token looks good here and is refused there.
    stage
        .work
        .sandbox
        .advance(jiff::SignedDuration::from_hours(2));
    stage.work.sandbox.forget_requests();
    let page = stage.work.invoices(InvoiceQuery::default()).await;
    let review = stage
        .work
        .review(&ids(&page.rows[..page.rows.len().min(30)]))
        .await;
    assert!(!review.dropped.is_empty() || !review.cases.is_empty());
    let renewals = stage
        .work
        .sandbox
        .requests_to("intuit POST /oauth2/v1/tokens/bearer");
    assert_eq!(renewals.len(), 1, "one renewal serves all that wait for it");
}

#[tokio::test(flavor = "multi_thread")]
async fn disconnecting_ends_the_sign_in_only_when_nothing_else_uses_it() {
    let stage = Stage::begin(Options::default()).await;
    stage.register().await;
    stage.start(SignInProvider::Zoho, None).await;
    let asked = stage.asked().await;
    let ids: Vec<String> = asked
        .companies
        .iter()
        .map(|company| company.id.clone())
        .collect();
    assert!(
        ids.len() > 1,
        "the person has several organisations: {asked:?}"
    );
    let _: SignInView = stage
        .work
        .call("choose_companies", ChooseCompanies { ids })
        .await
        .unwrap();
    let over = stage.over().await;
    let [first, second] = over.connections.as_slice() else {
        panic!("both are connected: {over:?}");
    };
    for (id, revokes) in [(first, false), (second, true)] {
        let effects: DisconnectEffects = stage.work.call("disconnect", by(id)).await.unwrap();
        assert_eq!(
            effects.revokes, revokes,
            "one sign-in serves both organisations"
        );
    }
    assert!(
        !stage.work.sandbox.disconnect_zoho(),
        "nothing is connected at Zoho any more"
    );
}
