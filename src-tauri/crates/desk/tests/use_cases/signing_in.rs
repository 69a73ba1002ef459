//! Sources that are signed in to in the browser: from the click to invoices, and every way in which it can go wrong.

use std::sync::Arc;
use std::time::Duration;

use desk::wire::*;
use desk::{Addresses, Desk, FailureCode, Setup};
use receivables::{ProblemCode, State};
use sandbox::{
    Edit, Environment as Intuit, INTUIT_CLIENT, INTUIT_SECRET, Options, Region, Rotation, Sandbox,
    ZOHO_CLIENT, ZOHO_EU_SECRET, ZOHO_SECRET,
};
use serde_json::json;
use tokio::sync::{Mutex, MutexGuard};

use crate::at_work::{AtWork, ids, setup};
use crate::browser::{Browser, Person};

/// The ports of the browser's answer are fixed: one test at a time.
static PORTS: Mutex<()> = Mutex::const_new(());

struct Stage {
    work: AtWork,
    browser: Arc<Browser>,
    _ports: MutexGuard<'static, ()>,
}

impl Stage {
    /// Debitura connected, both apps registered with their providers and kept here.
    async fn begin(options: Options) -> Stage {
        let ports = PORTS.lock().await;
        let sandbox = Sandbox::start(options).await.unwrap();
        // Zoho's app has a secret of its own in Europe, where the person lives.
        sandbox.settings(|settings| settings.zoho.secret_per_region = true);
        let folder = tempfile::tempdir().unwrap();
        let browser = Browser::of(Person::Allows(None));
        let variable = |name: &str| match name {
            "DESK_DEBITURA_URL" => Some(sandbox.debitura_url()),
            "DESK_STRIPE_URL" => Some(sandbox.stripe_url()),
            "DESK_QUICKBOOKS_URL" => Some(sandbox.quickbooks_url(Intuit::Development)),
            "DESK_INTUIT_DISCOVERY_URL" => Some(format!(
                "{}/.well-known/openid-sandbox-configuration",
                sandbox.intuit_url()
            )),
            "DESK_ZOHO_ACCOUNTS_URL" => Some(format!(
                "us={},eu={}",
                sandbox.zoho_accounts_url(Region::Us),
                sandbox.zoho_accounts_url(Region::Eu)
            )),
            "DESK_ZOHO_API_URL" => Some(format!(
                "us={},eu={}",
                sandbox.zoho_api_url(Region::Us),
                sandbox.zoho_api_url(Region::Eu)
            )),
            _ => None,
        };
        let setup = Setup {
            addresses: Addresses::from_environment(variable).unwrap(),
            host: Arc::clone(&browser) as Arc<dyn desk::Host>,
            ..setup(&sandbox, &folder)
        };
        let desk = Desk::open(setup).await.unwrap();
        let work = AtWork {
            desk,
            sandbox,
            folder,
        };
        let stage = Stage {
            work,
            browser,
            _ports: ports,
        };
        stage.connect_debitura().await;
        stage
    }

    async fn connect_debitura(&self) {
        let request = ConnectDebitura {
            key: self.work.sandbox.debitura_key().to_owned(),
            environment: Environment::Sandbox,
            workspace: None,
        };
        let _: WorkspaceView = self.work.call("connect_debitura", request).await.unwrap();
    }

    async fn register(&self) {
        let sandbox = &self.work.sandbox;
        let save = |provider, id: &str, secret: &str, region: Option<&str>| SaveApplication {
            provider,
            client_id: id.to_owned(),
            client_secret: secret.to_owned(),
            region: region.map(str::to_owned),
        };
        for request in [
            save(
                SignInProvider::QuickBooks,
                INTUIT_CLIENT,
                INTUIT_SECRET,
                None,
            ),
            save(SignInProvider::Zoho, ZOHO_CLIENT, ZOHO_SECRET, None),
            save(
                SignInProvider::Zoho,
                ZOHO_CLIENT,
                ZOHO_EU_SECRET,
                Some("eu"),
            ),
        ] {
            let known: Applications = self.work.call("save_application", request).await.unwrap();
            for redirect in &known.quickbooks.redirects {
                let _ = sandbox.register_intuit_redirect(Intuit::Development, redirect);
            }
            for redirect in &known.zoho.redirects {
                let _ = sandbox.register_zoho_redirect(redirect);
            }
        }
    }

    async fn start(&self, provider: SignInProvider, connection: Option<&str>) -> SignInView {
        let request = StartSignIn {
            provider,
            connection: connection.map(str::to_owned),
            open: true,
            take_first: false,
        };
        self.work.call("start_sign_in", request).await.unwrap()
    }

    async fn until(&self, steps: &[SignInStep]) -> SignInView {
        for _ in 0..1000 {
            let told: SignIns = self.work.call("sign_in", json!({})).await.unwrap();
            let current = told.current.unwrap();
            if steps.contains(&current.step) {
                return current;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the sign-in did not come to {steps:?}");
    }

    async fn asked(&self) -> SignInView {
        let steps = [SignInStep::Choosing, SignInStep::Done, SignInStep::Failed];
        let asked = self.until(&steps).await;
        assert_eq!(asked.step, SignInStep::Choosing, "{:?}", asked.failure);
        asked
    }

    async fn over(&self) -> SignInView {
        self.until(&[SignInStep::Done, SignInStep::Failed]).await
    }

    async fn connected(&self, provider: SignInProvider) -> ConnectionView {
        self.start(provider, None).await;
        if provider == SignInProvider::Zoho {
            let asked = self.asked().await;
            let ids = asked.companies.iter().filter(|company| company.preselected);
            let ids = ids.map(|company| company.id.clone()).collect();
            let _: SignInView = self
                .work
                .call("choose_companies", ChooseCompanies { ids })
                .await
                .unwrap();
        }
        let over = self.over().await;
        assert_eq!(over.step, SignInStep::Done, "{:?}", over.failure);
        self.connection(&over.connections[0]).await
    }

    async fn connection(&self, id: &str) -> ConnectionView {
        let state = self.work.state().await;
        let found = state.connections.into_iter().find(|known| known.id == id);
        found.expect("the connection is listed")
    }

    /// The address that the browser could not reach.
    async fn noted(&self) -> String {
        for _ in 0..1000 {
            if let Some(noted) = self.browser.noted.lock().unwrap().take() {
                return noted;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the person noted no address");
    }

    fn realm(&self, at: usize) -> String {
        self.work.sandbox.quickbooks_companies()[at].0.clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn quickbooks_is_connected_with_a_click_and_its_invoices_become_cases() {
    let stage = Stage::begin(Options::default()).await;
    stage.register().await;
    let connection = stage.connected(SignInProvider::QuickBooks).await;
    let (realm, name) = stage.work.sandbox.quickbooks_companies()[0].clone();
    assert_eq!(connection.account.as_deref(), Some(name.as_str()));
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
    stage.start(SignInProvider::QuickBooks, None).await;
    let _: Nothing = stage.work.call("cancel_sign_in", json!({})).await.unwrap();
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
        let effects: DisconnectEffects = stage
            .work
            .call("disconnect", ById { id: id.clone() })
            .await
            .unwrap();
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
