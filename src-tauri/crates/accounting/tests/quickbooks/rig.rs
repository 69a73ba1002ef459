//! A sandbox with a company that was connected, and whoever keeps its tokens.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use accounting::quickbooks::QuickBooks;
use accounting::{Access, Fault, Filter, Page, Stopped, TokenFuture};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use http_client::{BaseUrl, Failure, HttpClient, Pace, Rate, RepeatPolicy, Secret};
use jiff::civil::date;
use oauth2::url::Url;
use sandbox::{Company, Environment, Options, Sandbox};
use serde_json::Value;

use crate::common::{Arriving, post};
pub use crate::common::{ever, fault, sums, transport};

pub const QUERY: &str = "intuit POST /v3/company/{realm}/query";
pub const BATCH: &str = "intuit POST /v3/company/{realm}/batch";
pub const ONE: &str = "intuit GET /v3/company/{realm}/invoice/{id}";
pub const CHANGES: &str = "intuit GET /v3/company/{realm}/cdc";
pub const TOKENS: &str = "intuit POST /oauth2/v1/tokens/bearer";
const REDIRECT: &str = "http://localhost:8123/cb/quickbooks";
const LIVE_REDIRECT: &str = "https://relay.example/quickbooks";

pub struct Rig {
    pub sandbox: Sandbox,
    pub realm: String,
    pub access: Arc<Keeper>,
    pub books: QuickBooks,
}

/// Renews as [`Access`] says; the grant itself is the sandbox's.
pub struct Keeper {
    http: HttpClient,
    basic: String,
    tokens: tokio::sync::Mutex<(Secret, String)>,
    pub renewed: AtomicUsize,
}

impl Access for Keeper {
    fn token<'a>(&'a self, refused: Option<&'a Secret>) -> TokenFuture<'a> {
        Box::pin(async move {
            let mut tokens = self.tokens.lock().await;
            if refused.is_some_and(|refused| refused.expose() == tokens.0.expose()) {
                let form = [
                    ("grant_type", "refresh_token"),
                    ("refresh_token", &tokens.1),
                ];
                let answer = post(
                    &self.http,
                    &["oauth2", "v1", "tokens", "bearer"],
                    &form,
                    Some(&self.basic),
                )
                .await;
                let answer = answer.map_err(|_| Fault::GrantEnded { request_id: None })?;
                *tokens = both(&answer.json().unwrap());
                self.renewed.fetch_add(1, Ordering::Relaxed);
            }
            Ok(tokens.0.clone())
        })
    }
}

fn both(answer: &Value) -> (Secret, String) {
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    (Secret::new(text("access_token")), text("refresh_token"))
}

/// The usual one, without its patience.
pub fn policy() -> RepeatPolicy {
    RepeatPolicy {
        wait_in_body: |rejection| (rejection.status == 429).then_some(Duration::from_millis(1)),
        ..QuickBooks::policy().hurried(100)
    }
}

impl Rig {
    pub async fn of(company: Company) -> Self {
        Self::with(Options::company(company), Environment::Development).await
    }

    pub async fn with(options: Options, environment: Environment) -> Self {
        let sandbox = Sandbox::start(Options {
            today: Some(options.today.unwrap_or(date(2026, 7, 1))),
            ..options
        })
        .await
        .unwrap();
        let (realm, _) = sandbox.quickbooks_companies()[0].clone();
        let access = Arc::new(connect(&sandbox, &realm, environment).await);
        let base = BaseUrl::parse(&sandbox.quickbooks_url(environment)).unwrap();
        let pace = Pace::new(Rate::unlimited());
        let books =
            QuickBooks::with_policy(transport(), base, access.clone(), &realm, pace, policy());
        Self {
            sandbox,
            realm,
            access,
            books,
        }
    }

    /// The same company at the first moment of another program run: nothing is known of it.
    pub fn afresh(&self, environment: Environment) -> QuickBooks {
        let base = BaseUrl::parse(&self.sandbox.quickbooks_url(environment)).unwrap();
        let pace = Pace::new(Rate::unlimited());
        QuickBooks::with_policy(
            transport(),
            base,
            self.access.clone(),
            &self.realm,
            pace,
            policy(),
        )
    }

    /// What was asked of the API since the last time.
    pub fn asked(&self) -> Vec<sandbox::Request> {
        let api = |request: &sandbox::Request| {
            request.route.starts_with("intuit") && request.route.contains("/v3/")
        };
        let asked = self.sandbox.requests().into_iter().filter(api).collect();
        self.sandbox.forget_requests();
        asked
    }
}

async fn connect(sandbox: &Sandbox, realm: &str, environment: Environment) -> Keeper {
    let (client, secret, redirect) = match environment {
        Environment::Development => (sandbox::INTUIT_CLIENT, sandbox::INTUIT_SECRET, REDIRECT),
        Environment::Production => (
            sandbox::INTUIT_LIVE_CLIENT,
            sandbox::INTUIT_LIVE_SECRET,
            LIVE_REDIRECT,
        ),
    };
    sandbox
        .register_intuit_redirect(environment, redirect)
        .unwrap();
    let base = BaseUrl::parse(&sandbox.intuit_url()).unwrap();
    let pace = Pace::new(Rate::unlimited());
    let http = HttpClient::new("intuit", transport(), base, pace, RepeatPolicy::NEVER);
    let consent = [
        ("client_id", client),
        ("response_type", "code"),
        ("scope", "com.intuit.quickbooks.accounting"),
        ("redirect_uri", redirect),
        ("state", "s"),
        ("realm", realm),
        ("decision", "allow"),
    ];
    let sent_back = match post(&http, &["connect", "oauth2"], &consent, None).await {
        Err(Failure::Status(answer)) => answer.header("location").unwrap().to_owned(),
        other => panic!("a redirect was expected: {other:?}"),
    };
    let sent_back = Url::parse(&sent_back).unwrap();
    let code = sent_back
        .query_pairs()
        .find(|(name, _)| name == "code")
        .unwrap()
        .1
        .into_owned();
    let basic = format!("Basic {}", BASE64.encode(format!("{client}:{secret}")));
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", redirect),
    ];
    let answer = post(
        &http,
        &["oauth2", "v1", "tokens", "bearer"],
        &form,
        Some(&basic),
    )
    .await
    .unwrap();
    Keeper {
        http,
        basic,
        tokens: tokio::sync::Mutex::new(both(&answer.json().unwrap())),
        renewed: AtomicUsize::new(0),
    }
}

/// All pages that arrived, and how the walk ended.
pub async fn walk(
    books: &QuickBooks,
    filter: Filter,
    cursor: Option<String>,
) -> (Vec<Page>, Result<(), Stopped<()>>) {
    let arriving = Arriving::default();
    let end = books.walk(filter, cursor, |page| arriving.keep(page)).await;
    (arriving.all(), end)
}

pub fn ids(pages: &[Page]) -> Vec<String> {
    let fetched = pages.iter().flat_map(|page| &page.fetched);
    fetched
        .map(|fetched| fetched.invoice.id.id.clone())
        .collect()
}
