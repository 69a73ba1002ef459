//! A relay, a provider and an app's side of the protocol.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use relay::{Config, Relay, serve};
use reqwest::{Client, Response, Url};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

pub const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
pub const NEXT_KEY: &str = "//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA=";
pub const VERIFIER: &str = "verifier-of-the-desktop-0123456789-abcdefghij";
pub const START: u64 = 1_800_000_000;
pub const PORT: u16 = 50_123;

/// What a provider appends to the address.
pub type Parameters<'a> = &'a [(&'a str, &'a str)];

/// What reached the provider.
pub struct Heard {
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: String,
}

/// Answers what it is told to, and remembers what it was asked.
#[derive(Clone, Default)]
pub struct Provider {
    answers: Arc<Mutex<VecDeque<(u16, String)>>>,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Provider {
    pub fn will_answer(&self, status: u16, body: &Value) {
        self.will_answer_text(status, &body.to_string());
    }

    pub fn will_answer_text(&self, status: u16, body: &str) {
        self.answers
            .lock()
            .unwrap()
            .push_back((status, body.to_owned()));
    }

    pub fn heard(&self) -> Vec<Heard> {
        std::mem::take(&mut self.heard.lock().unwrap())
    }

    async fn listen(&self) -> String {
        let own = self.clone();
        let answer = async move |uri: Uri, headers: HeaderMap, body: Bytes| {
            own.heard.lock().unwrap().push(Heard {
                path: uri.path().to_owned(),
                query: uri.query().unwrap_or_default().to_owned(),
                headers,
                body: String::from_utf8(body.to_vec()).unwrap(),
            });
            let (status, body) = own
                .answers
                .lock()
                .unwrap()
                .pop_front()
                .expect("the provider was not to be asked");
            (
                StatusCode::from_u16(status).unwrap(),
                [("intuit_tid", "1-abc-9")],
                body,
            )
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
        address
    }
}

/// The environment of the relay, before it starts.
pub fn environment() -> BTreeMap<String, String> {
    [
        ("RELAY_PUBLIC_URL", "https://relay.example"),
        ("RELAY_KEY", KEY),
        ("RELAY_REQUESTS_PER_MINUTE", "100000"),
        ("RELAY_QUICKBOOKS_CLIENT_ID", "intuit-id"),
        ("RELAY_QUICKBOOKS_CLIENT_SECRET", "intuit-hush"),
        ("RELAY_ZOHO_CLIENT_ID", "zoho-id"),
        ("RELAY_ZOHO_CLIENT_SECRET", "zoho-hush"),
        ("RELAY_ZOHO_CLIENT_SECRET_EU", "zoho-eu-hush"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

pub fn config(environment: &BTreeMap<String, String>) -> Result<Config, relay::ConfigError> {
    Config::read(|name| environment.get(name).cloned())
}

/// A running relay whose providers are all one stand-in.
pub struct Stage {
    pub provider: Provider,
    pub address: String,
    pub http: Client,
    pub now: Arc<AtomicU64>,
    provider_address: String,
}

impl Stage {
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With variables changed. The provider's address is known only here: `PROVIDER` stands for it.
    pub async fn with(variables: &[(&str, &str)]) -> Self {
        let provider = Provider::default();
        let provider_address = provider.listen().await;
        let now = Arc::new(AtomicU64::new(START));
        let address = start(&provider_address, variables, &now).await;
        Self {
            address,
            provider,
            provider_address,
            http: Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .build()
                .unwrap(),
            now,
        }
    }

    /// Another relay before the same provider, as after a change of keys or as a second instance.
    pub async fn restarted(&mut self, variables: &[(&str, &str)]) {
        self.address = start(&self.provider_address, variables, &self.now).await;
    }

    pub fn pass(&self, seconds: u64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    pub async fn get(&self, path: &str) -> Response {
        self.http
            .get(format!("{}{path}", self.address))
            .send()
            .await
            .unwrap()
    }

    pub async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let response = self
            .http
            .post(format!("{}{path}", self.address))
            .json(body)
            .send()
            .await
            .unwrap();
        let status = response.status().as_u16();
        (
            status,
            serde_json::from_str(&response.text().await.unwrap()).unwrap_or(Value::Null),
        )
    }

    /// The provider's answer in the browser, and where the browser is sent.
    pub async fn callback(&self, provider: &str, parameters: Parameters<'_>) -> Option<Url> {
        let mut url = Url::parse(&format!("{}/oauth/{provider}/callback", self.address)).unwrap();
        url.query_pairs_mut().extend_pairs(parameters);
        let response = self.http.get(url).send().await.unwrap();
        let location = response.headers().get("location")?;
        Some(location.to_str().unwrap().parse().unwrap())
    }

    pub async fn ticket(&self, provider: &str, code: &str) -> String {
        let parameters: Parameters<'_> = match provider {
            "quickbooks" => &[("code", code), ("state", &state()), ("realmId", "9341452")],
            _ => &[("code", code), ("state", &state()), ("location", "eu")],
        };
        parameter(
            &self.callback(provider, parameters).await.unwrap(),
            "ticket",
        )
        .unwrap()
    }

    pub async fn exchange(&self, provider: &str, ticket: &str, verifier: &str) -> (u16, Value) {
        self.post(
            "/exchange",
            &json!({ "provider": provider, "ticket": ticket, "verifier": verifier }),
        )
        .await
    }

    pub async fn grant(
        &self,
        path: &str,
        provider: &str,
        refresh_token: &str,
        verifier: &str,
    ) -> (u16, Value) {
        let body =
            json!({ "provider": provider, "refresh_token": refresh_token, "verifier": verifier });
        self.post(path, &body).await
    }
}

async fn start(provider: &str, variables: &[(&str, &str)], now: &Arc<AtomicU64>) -> String {
    let mut environment = environment();
    environment.insert(
        "RELAY_QUICKBOOKS_TOKEN_URL".to_owned(),
        format!("{provider}/intuit/token"),
    );
    environment.insert(
        "RELAY_QUICKBOOKS_REVOKE_URL".to_owned(),
        format!("{provider}/intuit/revoke"),
    );
    environment.insert(
        "RELAY_ZOHO_ACCOUNTS_EU".to_owned(),
        format!("{provider}/zoho-eu"),
    );
    environment.insert(
        "RELAY_ZOHO_ACCOUNTS_US".to_owned(),
        format!("{provider}/zoho-us"),
    );
    environment.extend(
        variables
            .iter()
            .map(|(name, value)| (String::from(*name), String::from(*value))),
    );
    let now = now.clone();
    let clock = Box::new(move || now.load(Ordering::SeqCst));
    let router = Relay::new(config(&environment).unwrap(), clock)
        .unwrap()
        .router();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(serve(listener, router, std::future::pending()));
    address
}

pub fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

pub fn state() -> String {
    format!("{PORT}.{}", challenge(VERIFIER))
}

pub fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

pub fn intuit_tokens(refresh_token: &str) -> Value {
    json!({
        "access_token": "intuit-access", "refresh_token": refresh_token, "token_type": "bearer", "expires_in": 3600,
        "x_refresh_token_expires_in": 8_726_400, "x_refresh_token_hard_expires_in": 156_032_154,
        "id_token": "intuit-identity",
    })
}

pub async fn signed_in(stage: &Stage) -> String {
    let ticket = stage.ticket("quickbooks", "a-code").await;
    stage
        .provider
        .will_answer(200, &intuit_tokens("intuit-refresh-1"));
    let (_, tokens) = stage.exchange("quickbooks", &ticket, VERIFIER).await;
    tokens["refresh_token"].as_str().unwrap().to_owned()
}

pub async fn signed_in_at_zoho(stage: &Stage) -> String {
    let ticket = stage.ticket("zoho", "a-code").await;
    stage.provider.will_answer(
        200,
        &json!({ "access_token": "a", "refresh_token": "zoho-refresh" }),
    );
    let (_, tokens) = stage.exchange("zoho", &ticket, VERIFIER).await;
    tokens["refresh_token"].as_str().unwrap().to_owned()
}
