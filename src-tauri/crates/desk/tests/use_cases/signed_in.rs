//! Where sources are signed in to: a desk with Debitura connected, its own apps registered with the providers, and a person
//! at the browser.

use std::sync::Arc;
use std::time::Duration;

use desk::wire::*;
use desk::{Addresses, Desk, Setup};
use sandbox::{
    Environment as Intuit, INTUIT_CLIENT, INTUIT_SECRET, Options, Region, Sandbox, ZOHO_CLIENT,
    ZOHO_EU_SECRET, ZOHO_SECRET,
};
use serde_json::json;
use tokio::sync::{Mutex, MutexGuard};

use crate::at_work::{AtWork, setup};
use crate::browser::{Browser, Person};

/// The ports of the browser's answer are fixed: one test at a time.
static PORTS: Mutex<()> = Mutex::const_new(());

/// Dropping it takes everything down.
pub struct Stage {
    pub work: AtWork,
    pub browser: Arc<Browser>,
    _ports: MutexGuard<'static, ()>,
}

impl Stage {
    /// Debitura connected, both apps registered with their providers and kept here.
    pub async fn begin(options: Options) -> Stage {
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

    pub async fn register(&self) {
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

    pub async fn start(&self, provider: SignInProvider, connection: Option<&str>) -> SignInView {
        let request = StartSignIn {
            provider,
            connection: connection.map(str::to_owned),
            open: true,
            take_first: false,
        };
        self.work.call("start_sign_in", request).await.unwrap()
    }

    pub async fn until(&self, steps: &[SignInStep]) -> SignInView {
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

    pub async fn asked(&self) -> SignInView {
        let steps = [SignInStep::Choosing, SignInStep::Done, SignInStep::Failed];
        let asked = self.until(&steps).await;
        assert_eq!(asked.step, SignInStep::Choosing, "{:?}", asked.failure);
        asked
    }

    pub async fn over(&self) -> SignInView {
        self.until(&[SignInStep::Done, SignInStep::Failed]).await
    }

    pub async fn connected(&self, provider: SignInProvider) -> ConnectionView {
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

    pub async fn connection(&self, id: &str) -> ConnectionView {
        let state = self.work.state().await;
        let found = state.connections.into_iter().find(|known| known.id == id);
        found.expect("the connection is listed")
    }

    /// The address that the browser could not reach.
    pub async fn noted(&self) -> String {
        for _ in 0..1000 {
            if let Some(noted) = self.browser.noted.lock().unwrap().take() {
                return noted;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the person noted no address");
    }

    pub fn realm(&self, at: usize) -> String {
        self.work.sandbox.quickbooks_companies()[at].0.clone()
    }
}
