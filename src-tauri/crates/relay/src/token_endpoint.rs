//! Asks a provider's token endpoint, with the client secret, and judges the answer. The only module that sends anything.
//!
//! Each request goes out once: a code is good for one use, and whether a refresh may be repeated is the app's to decide,
//! as it keeps the tokens.

use std::time::Duration;

use reqwest::header::{ACCEPT, HeaderMap, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

use crate::config::Config;
use crate::provider::{Provider, Region};
use crate::refusal::{ProviderWords, Refusal};

const CONNECT: Duration = Duration::from_secs(5);
const WHOLE: Duration = Duration::from_secs(20);
const LONGEST_ANSWER: usize = 64 * 1024;
/// Zoho counts tokens over ten minutes and does not say when the count ends.
const ZOHO_WAIT: Duration = Duration::from_secs(600);
const INTUIT_WAIT: Duration = Duration::from_secs(60);

/// What is asked for.
pub enum Question<'a> {
    Exchange { code: &'a str, verifier: &'a str },
    Refresh { refresh_token: &'a str },
}

/// What the app needs of an answer; everything else, such as an identity token, stays here.
#[derive(Deserialize)]
pub struct Tokens {
    pub access_token: String,
    pub refresh_token: Option<String>,
    pub expires_in: Option<u64>,
    pub x_refresh_token_expires_in: Option<u64>,
    pub x_refresh_token_hard_expires_in: Option<u64>,
    pub api_domain: Option<String>,
}

/// The connection to all providers.
pub struct TokenEndpoint {
    http: Client,
}

impl TokenEndpoint {
    pub fn new() -> Result<Self, reqwest::Error> {
        // Fails only where one is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder()
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            // A redirect would carry the secret to an address that is on no list; a proxy of the environment likewise.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self { http })
    }

    /// Exchanges a code or refreshes.
    pub async fn tokens(
        &self,
        config: &Config,
        provider: Provider,
        region: Option<Region>,
        question: &Question<'_>,
    ) -> Result<Tokens, Refusal> {
        let redirect_uri = config.redirect_uri(provider);
        let mut form = match question {
            Question::Exchange { code, .. } => {
                vec![
                    ("grant_type", "authorization_code"),
                    ("code", *code),
                    ("redirect_uri", &redirect_uri),
                ]
            }
            Question::Refresh { refresh_token } => {
                vec![
                    ("grant_type", "refresh_token"),
                    ("refresh_token", *refresh_token),
                ]
            }
        };
        let request = match provider {
            Provider::QuickBooks => {
                let app = config.quickbooks.as_ref().ok_or(Refusal::UnknownProvider)?;
                self.http
                    .post(app.token_url.clone())
                    .basic_auth(&app.client_id, Some(app.secret.expose_secret()))
                    // Asks when the grant ends for good, so that the app can warn in time.
                    .header("x-include-refresh-token-hard-expires-in", "true")
            }
            Provider::Zoho => {
                let (client_id, secret, server) = zoho(config, region)?;
                form.extend([
                    ("client_id", client_id),
                    ("client_secret", secret.expose_secret()),
                ]);
                if let Question::Exchange { verifier, .. } = question {
                    form.push(("code_verifier", *verifier));
                }
                self.http.post(format!("{server}/oauth/v2/token"))
            }
        };
        let answer = send(request.header(ACCEPT, "application/json").form(&form)).await?;
        judge(provider, &answer)
    }

    /// Ends a grant. One that the provider no longer knows is reported as dead.
    pub async fn revoke(
        &self,
        config: &Config,
        provider: Provider,
        region: Option<Region>,
        refresh_token: &str,
    ) -> Result<(), Refusal> {
        let request = match provider {
            Provider::QuickBooks => {
                let app = config.quickbooks.as_ref().ok_or(Refusal::UnknownProvider)?;
                self.http
                    .post(app.revoke_url.clone())
                    .basic_auth(&app.client_id, Some(app.secret.expose_secret()))
                    .json(&serde_json::json!({ "token": refresh_token }))
            }
            Provider::Zoho => {
                let (_, _, server) = zoho(config, region)?;
                // The only form that Zoho documents has the token in the query.
                self.http
                    .post(format!("{server}/oauth/v2/token/revoke"))
                    .query(&[("token", refresh_token)])
            }
        };
        let answer = send(request.header(ACCEPT, "application/json")).await?;
        match (answer.status, refused(&answer)) {
            (status, None) if status.is_success() => Ok(()),
            // Intuit's refusals of a revocation have no body.
            (StatusCode::BAD_REQUEST, None) => Err(Refusal::GrantDead(answer.words)),
            (StatusCode::UNAUTHORIZED, None) => Err(Refusal::Misconfigured(answer.words)),
            _ => Err(refusal(provider, answer.status, &answer)),
        }
    }
}

fn zoho(config: &Config, region: Option<Region>) -> Result<(&str, &SecretString, &str), Refusal> {
    let client = config.zoho.as_ref().ok_or(Refusal::UnknownProvider)?;
    let region = region.unwrap_or(Region::Us);
    let secret = client
        .regional_secrets
        .get(&region)
        .unwrap_or(&client.secret);
    let server = client
        .accounts
        .get(&region)
        .ok_or(Refusal::UnknownProvider)?;
    Ok((&client.client_id, secret, server))
}

struct Answer {
    status: StatusCode,
    json: Option<Value>,
    words: ProviderWords,
    retry_after: Option<Duration>,
}

/// Errors of the connection are told by kind only: their text may hold the address, and an address a token.
async fn send(request: RequestBuilder) -> Result<Answer, Refusal> {
    let mut response = request.send().await.map_err(|error| {
        if error.is_connect() {
            Refusal::ProviderUnreachable
        } else {
            Refusal::ProviderUnavailable(ProviderWords::default())
        }
    })?;
    let request_id = request_id(response.headers());
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .map(|seconds: u64| Duration::from_secs(seconds.min(86_400)));
    let status = response.status();
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= LONGEST_ANSWER => {
                body.extend_from_slice(&chunk)
            }
            Ok(None) => break,
            Ok(Some(_)) | Err(_) => {
                return Err(Refusal::ProviderUnavailable(ProviderWords {
                    error: None,
                    request_id,
                }));
            }
        }
    }
    let json: Option<Value> = serde_json::from_slice(&body).ok();
    let error = json
        .as_ref()
        .and_then(|json| json.get("error"))
        .and_then(Value::as_str)
        .map(code_like);
    Ok(Answer {
        status,
        json,
        words: ProviderWords { error, request_id },
        retry_after,
    })
}

/// `invalid_grant` stays and "Access Denied" becomes a code; what looks like anything but words stays here, as it may be
/// markup or a token.
fn code_like(text: &str) -> String {
    let words = text.len() <= 40
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || b"_ ".contains(&byte));
    if words {
        text.to_ascii_lowercase().replace(' ', "_")
    } else {
        "unreadable".to_owned()
    }
}

fn request_id(headers: &HeaderMap) -> Option<String> {
    let value = headers
        .get("intuit_tid")
        .or_else(|| headers.get("intuit-tid"))?
        .to_str()
        .ok()?;
    let plain = value.len() <= 100
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    plain.then(|| value.to_owned())
}

/// Zoho answers errors with status 200: only an access token is success.
fn judge(provider: Provider, answer: &Answer) -> Result<Tokens, Refusal> {
    let tokens = answer
        .json
        .as_ref()
        .and_then(|json| Tokens::deserialize(json).ok());
    match tokens {
        Some(tokens)
            if answer.status.is_success()
                && refused(answer).is_none()
                && !tokens.access_token.is_empty() =>
        {
            Ok(tokens)
        }
        _ => Err(refusal(provider, answer.status, answer)),
    }
}

fn refused(answer: &Answer) -> Option<&str> {
    answer.words.error.as_deref()
}

fn refusal(provider: Provider, status: StatusCode, answer: &Answer) -> Refusal {
    let words = ProviderWords {
        error: answer.words.error.clone(),
        request_id: answer.words.request_id.clone(),
    };
    let wait = answer.retry_after.unwrap_or(match provider {
        Provider::QuickBooks => INTUIT_WAIT,
        Provider::Zoho => ZOHO_WAIT,
    });
    match (refused(answer), status) {
        (_, StatusCode::TOO_MANY_REQUESTS) => Refusal::ProviderThrottled(wait, words),
        (_, status) if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
            Refusal::ProviderUnavailable(words)
        }
        // Zoho's "Access Denied" with status 400 is its throttle; with 200 it would be a refusal.
        (Some("access_denied"), StatusCode::BAD_REQUEST) if provider == Provider::Zoho => {
            Refusal::ProviderThrottled(wait, words)
        }
        (Some("invalid_grant" | "invalid_code" | "invalid_token"), _) => Refusal::GrantDead(words),
        (
            Some(
                "invalid_client"
                | "invalid_client_secret"
                | "invalid_redirect_uri"
                | "unauthorized_client"
                | "redirect_uri_mismatch",
            ),
            _,
        ) => Refusal::Misconfigured(words),
        (Some(_), _) => Refusal::ProviderRefused(words),
        // No error code at all: a proxy, a page for maintenance.
        (None, _) => Refusal::ProviderUnavailable(words),
    }
}
