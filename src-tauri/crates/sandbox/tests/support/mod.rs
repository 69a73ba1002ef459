//! A plain HTTP client, and the body of a case that passes.

#![allow(dead_code, reason = "each test binary uses its own part")]

use jiff::civil::date;
use reqwest::{Client, Method, Response};
use sandbox::{Company, Options, Sandbox};
use serde_json::{Value, json};

pub struct Bench {
    pub sandbox: Sandbox,
    pub http: Client,
}

pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub async fn of(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self {
            status,
            headers,
            text: response.text().await.unwrap(),
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

pub fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .no_proxy()
        .pool_max_idle_per_host(0)
        .build()
        .unwrap()
}

pub fn options() -> Options {
    Options {
        today: Some(date(2026, 7, 1)),
        ..Options::default()
    }
}

impl Bench {
    pub async fn start() -> Self {
        Self::with(options()).await
    }

    pub async fn of(company: Company) -> Self {
        Self::with(Options {
            company,
            ..options()
        })
        .await
    }

    pub async fn with(options: Options) -> Self {
        Self {
            sandbox: Sandbox::start(options).await.unwrap(),
            http: client(),
        }
    }

    pub async fn debitura(
        &self,
        key: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Answer {
        self.debitura_with(key, method, path, body, &[]).await
    }

    pub async fn debitura_with(
        &self,
        key: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        Answer::of(self.send(key, method, path, body, headers).await.unwrap()).await
    }

    pub async fn send(
        &self,
        key: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> reqwest::Result<Response> {
        let url = format!("{}{path}", self.sandbox.debitura_url());
        let mut request = self
            .http
            .request(Method::from_bytes(method.as_bytes()).unwrap(), url);
        if !key.is_empty() {
            request = request.header("XApiKey", key);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        request.send().await
    }

    pub async fn me(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.debitura(sandbox::DEBITURA_KEY, method, path, body)
            .await
    }

    pub async fn create(&self, body: &Value) -> Value {
        let answer = self.me("POST", "/cases", Some(body)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    pub async fn stripe(&self, path: &str) -> Answer {
        self.stripe_as(sandbox::STRIPE_KEY, path).await
    }

    pub async fn stripe_as(&self, key: &str, path: &str) -> Answer {
        Answer::of(self.stripe_request(key, path).send().await.unwrap()).await
    }

    pub fn stripe_request(&self, key: &str, path: &str) -> reqwest::RequestBuilder {
        let request = self
            .http
            .get(format!("{}{path}", self.sandbox.stripe_url()));
        request
            .bearer_auth(key)
            .header("Stripe-Version", "2026-05-27.dahlia")
    }

    /// Uploads a file to a case.
    pub async fn upload(
        &self,
        case: &str,
        name: &str,
        data: Vec<u8>,
        extra: &[(&'static str, &str)],
    ) -> Answer {
        let mut form = reqwest::multipart::Form::new().part(
            "File",
            reqwest::multipart::Part::bytes(data).file_name(name.to_owned()),
        );
        for (name, value) in extra {
            form = form.text(*name, (*value).to_owned());
        }
        let url = format!("{}/cases/{case}/files", self.sandbox.debitura_url());
        Answer::of(
            self.http
                .post(url)
                .header("XApiKey", sandbox::DEBITURA_KEY)
                .multipart(form)
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    /// Nothing on either side broke a description.
    pub fn assert_described(&self) {
        let violations = self.sandbox.violations();
        assert!(violations.is_empty(), "{violations:#?}");
    }

    /// The sandbox broke no description; the test's own requests may have.
    pub fn assert_answers_described(&self) {
        let violations: Vec<_> = self
            .sandbox
            .violations()
            .into_iter()
            .filter(|v| v.side == sandbox::Side::Answer)
            .collect();
        assert!(violations.is_empty(), "{violations:#?}");
    }
}

pub fn case() -> Value {
    json!({
        "currencyCode": "EUR", "amountToRecover": 1234.56, "date": "2026-03-01", "dueDate": "2026-03-31",
        "claimDescription": "Lounge chairs", "creditorReference": "NOR-01041",
        "debtor": {
            "type": "Company", "name": "Brückner Möbelwerk GmbH", "address": "Hauptstraße 1", "zipCode": "10115", "city": "Berlin",
            "countryAlpha2": "DE", "email": "invoice@brueckner.example", "phone": "+49 30 555 0100",
        },
    })
}

/// The case with one field (dotted for the debtor's) set.
pub fn case_with(field: &str, value: impl Into<Value>) -> Value {
    let mut body = case();
    match field.strip_prefix("debtor.") {
        Some(field) => body["debtor"][field] = value.into(),
        None => body[field] = value.into(),
    }
    body
}
