//! Signing in without a browser, and clients for what was signed in to.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use accounting::zoho::{Organisation, Zoho};
use accounting::{Access, Fault, Fetched, Filter, Page, Stopped, TokenFuture};
use http_client::{BaseUrl, Failure, HttpClient, Pace, Rate, RepeatPolicy, Secret};
use jiff::tz::TimeZone;
use sandbox::{Company, Options, Region, Sandbox, ZOHO_CLIENT, ZOHO_SECRET};

use crate::common::{self, Arriving, post, transport};
pub use crate::common::{ever, fault};

pub const LIST: &str = "zoho-eu GET /books/v3/invoices";
pub const ONE: &str = "zoho-eu GET /books/v3/invoices/{id}";
pub const CUSTOMER: &str = "zoho-eu GET /books/v3/contacts/{id}";
const REDIRECT: &str = "http://localhost:8123/callback";
pub const SCOPES: &str = "ZohoBooks.invoices.READ,ZohoBooks.contacts.READ,ZohoBooks.settings.READ";

pub async fn sandbox(company: Company) -> Sandbox {
    let options = Options {
        today: Some(jiff::civil::date(2026, 7, 1)),
        ..Options::company(company)
    };
    Sandbox::start(options).await.unwrap()
}

pub async fn awkward() -> Sandbox {
    sandbox(Company::Awkward).await
}

/// One sign-in: renews its token when it is refused, as whoever keeps the tokens does.
pub struct SignIn {
    accounts: HttpClient,
    tokens: tokio::sync::Mutex<(Secret, Secret)>,
    pub renewals: AtomicUsize,
}

impl SignIn {
    pub async fn new(sandbox: &Sandbox) -> Arc<Self> {
        Self::with(sandbox, Region::Eu, SCOPES, "every").await
    }

    /// `organisation` is its id, or `every`.
    pub async fn with(
        sandbox: &Sandbox,
        region: Region,
        scopes: &str,
        organisation: &str,
    ) -> Arc<Self> {
        sandbox.settings(|settings| settings.zoho.home = region);
        sandbox.register_zoho_redirect(REDIRECT).unwrap();
        let accounts = HttpClient::new(
            "zoho",
            transport(),
            BaseUrl::parse(&sandbox.zoho_accounts_url(region)).unwrap(),
            Pace::new(Rate::unlimited()),
            RepeatPolicy::NEVER,
        );
        let yes = [
            ("client_id", ZOHO_CLIENT),
            ("response_type", "code"),
            ("redirect_uri", REDIRECT),
            ("scope", scopes),
            ("access_type", "offline"),
            ("prompt", "consent"),
            ("organization", organisation),
            ("decision", "allow"),
        ];
        let Err(Failure::Status(back)) =
            post(&accounts, &["oauth", "v2", "auth"], &yes, None).await
        else {
            panic!("Zoho sends the browser back");
        };
        let back = oauth2::url::Url::parse(back.header("location").unwrap()).unwrap();
        let code = back.query_pairs().find(|(name, _)| name == "code").unwrap();
        let exchange = [
            ("grant_type", "authorization_code"),
            ("client_id", ZOHO_CLIENT),
            ("client_secret", ZOHO_SECRET),
            ("redirect_uri", REDIRECT),
            ("code", &code.1),
        ];
        let given = tokens(&accounts, &exchange).await;
        let secret = |name: &str| Secret::new(given[name].as_str().unwrap());
        Arc::new(Self {
            tokens: (secret("access_token"), secret("refresh_token")).into(),
            accounts,
            renewals: AtomicUsize::new(0),
        })
    }

    pub fn renewals(&self) -> usize {
        self.renewals.load(Ordering::SeqCst)
    }
}

async fn tokens(accounts: &HttpClient, form: &[(&str, &str)]) -> serde_json::Value {
    let answer = post(accounts, &["oauth", "v2", "token"], form, None).await;
    answer.unwrap().json().unwrap()
}

impl Access for SignIn {
    fn token<'a>(&'a self, refused: Option<&'a Secret>) -> TokenFuture<'a> {
        Box::pin(async move {
            let mut kept = self.tokens.lock().await;
            if refused.is_none_or(|refused| refused.expose() != kept.0.expose()) {
                return Ok(kept.0.clone());
            }
            self.renewals.fetch_add(1, Ordering::SeqCst);
            let refresh = [
                ("grant_type", "refresh_token"),
                ("client_id", ZOHO_CLIENT),
                ("client_secret", ZOHO_SECRET),
                ("refresh_token", kept.1.expose()),
            ];
            let given = tokens(&self.accounts, &refresh).await;
            let token = given["access_token"]
                .as_str()
                .ok_or(Fault::GrantEnded { request_id: None })?;
            kept.0 = Secret::new(token);
            Ok(kept.0.clone())
        })
    }
}

pub async fn organisations(
    sandbox: &Sandbox,
    region: Region,
    sign_in: &Arc<SignIn>,
) -> Result<Vec<Organisation>, Fault> {
    let base = BaseUrl::parse(&sandbox.zoho_api_url(region)).unwrap();
    Zoho::organisations(
        transport(),
        base,
        sign_in.clone(),
        Pace::new(Rate::unlimited()),
    )
    .await
}

/// Short waits between tries; those that Zoho asks for stay, and are not waited for.
pub fn hurried() -> RepeatPolicy {
    RepeatPolicy {
        patience: Duration::from_secs(1),
        ..Zoho::policy().hurried(100)
    }
}

pub fn client(
    sandbox: &Sandbox,
    region: Region,
    sign_in: &Arc<SignIn>,
    organisation: &str,
) -> Zoho {
    Zoho::with_policy(
        transport(),
        BaseUrl::parse(&sandbox.zoho_api_url(region)).unwrap(),
        sign_in.clone(),
        organisation,
        Pace::new(Rate::unlimited()),
        TimeZone::get("Europe/Copenhagen").unwrap(),
        hurried(),
    )
}

/// The first organisation, by a sign-in that is good for all.
pub async fn first(sandbox: &Sandbox) -> Zoho {
    first_of(sandbox, &SignIn::new(sandbox).await).await
}

pub async fn first_of(sandbox: &Sandbox, sign_in: &Arc<SignIn>) -> Zoho {
    let all = organisations(sandbox, Region::Eu, sign_in).await.unwrap();
    client(sandbox, Region::Eu, sign_in, &all[0].id)
}

/// All pages that arrived, and how the walk ended.
pub async fn walk(
    zoho: &Zoho,
    filter: Filter,
    cursor: Option<String>,
) -> (Vec<Page>, Result<(), Stopped<()>>) {
    let arriving = Arriving::default();
    let end = zoho.walk(filter, cursor, |page| arriving.keep(page)).await;
    (arriving.all(), end)
}

/// A walk that comes to its end.
pub async fn whole(zoho: &Zoho) -> Vec<Fetched> {
    let (pages, end) = walk(zoho, ever(), None).await;
    end.unwrap();
    assert!(pages.iter().all(|page| page.unreadable == 0));
    pages.into_iter().flat_map(|page| page.fetched).collect()
}

pub fn ids<'a>(fetched: impl IntoIterator<Item = &'a Fetched>) -> Vec<String> {
    fetched
        .into_iter()
        .map(|fetched| fetched.invoice.id.id.clone())
        .collect()
}

pub fn sums<'a>(fetched: impl IntoIterator<Item = &'a Fetched>) -> BTreeMap<String, i64> {
    common::sums(fetched.into_iter().map(|fetched| &fetched.invoice))
}

/// Zoho's id of the invoice that is an example of an odd case: the books are the same, in the same order.
pub fn id_of(sandbox: &Sandbox, case: &str) -> String {
    let all = sandbox.invoices();
    let at = all.iter().position(|(_, odd)| *odd == case).unwrap();
    format!("4600000{:012}", 91_001 + at)
}
