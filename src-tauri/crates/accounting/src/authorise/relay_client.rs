//! The app's side of the relay: what it is registered as, and tickets and sealed refresh tokens against the verifier.

use std::time::Duration;

use http_client::{
    BaseUrl, Failure, HttpClient, Pace, Rate, Rejection, RepeatPolicy, Request, Secret, Transport,
};
use serde::Deserialize;

use super::token::{Extra, sendable};
use super::{Authorised, BodyKind, DataCentre, Grant, Provider, Site, TokenError, Tokens};

/// How the relay is registered with a provider.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Registration {
    pub client_id: String,
    /// The relay's page, to the letter as the provider knows it.
    pub redirect_uri: String,
}

/// The relay, for one grant: the verifier is part of it, and without it nothing that the relay sealed is worth anything.
#[derive(Debug, Clone)]
pub struct RelayClient {
    http: HttpClient,
    site: Site,
    verifier: Secret,
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    expires_in: Option<u64>,
    refresh_token: Option<String>,
    refresh_token_expires_in: Option<u64>,
    refresh_token_hard_expires_in: Option<u64>,
    realm_id: Option<String>,
    region: Option<String>,
    api_domain: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refused {
    error: Option<String>,
    provider_error: Option<String>,
    provider_request_id: Option<String>,
}

impl RelayClient {
    /// What the relay at `base` is registered as with a provider.
    ///
    /// # Errors
    /// [`TokenError::Misconfigured`] where it serves the provider not at all.
    pub async fn registration(
        transport: Transport,
        base: BaseUrl,
        provider: Provider,
    ) -> Result<Registration, TokenError> {
        let answer = client(transport, base)
            .send(Request::get("GET providers", &["providers"]))
            .await
            .map_err(TokenError::Unavailable)?;
        let mut known: std::collections::HashMap<String, Registration> =
            answer.json().map_err(TokenError::Unavailable)?;
        known
            .remove(provider.slug())
            .ok_or(TokenError::Misconfigured(
                "the relay is not set up for this provider",
            ))
    }

    /// For the grant that was begun with `verifier`. `site` is the provider's, for the regions that are trusted.
    pub fn new(transport: Transport, base: BaseUrl, site: Site, verifier: Secret) -> Self {
        Self {
            http: client(transport, base),
            site,
            verifier,
        }
    }

    /// Changes the ticket of an answer into tokens. A ticket works once.
    pub async fn exchange(&self, authorised: &Authorised) -> Result<Tokens, TokenError> {
        let Grant::Ticket(ticket) = &authorised.callback.grant else {
            return Err(TokenError::Misconfigured("a code is for the provider"));
        };
        let request = self.request("POST exchange", "exchange", "ticket", ticket);
        let answer = self
            .http
            .send(request)
            .await
            .map_err(|failure| match read(failure) {
                TokenError::GrantDead { request_id } => TokenError::CodeRefused { request_id },
                error => error,
            })?;
        self.tokens(&answer, None)
    }

    /// Asks for a new access token. `refresh` may be dead afterwards, even if no answer comes.
    pub async fn refresh(&self, refresh: &Secret) -> Result<Tokens, TokenError> {
        let request = self.request("POST refresh", "refresh", "refresh_token", refresh);
        let answer = self.http.send(request).await.map_err(read)?;
        self.tokens(&answer, Some(refresh))
    }

    /// Ends the grant at the provider.
    pub async fn revoke(&self, refresh: &Secret) -> Result<(), TokenError> {
        let request = self.request("POST revoke", "revoke", "refresh_token", refresh);
        self.http.send(request).await.map(drop).map_err(read)
    }

    fn request(
        &self,
        label: &'static str,
        path: &'static str,
        name: &'static str,
        secret: &Secret,
    ) -> Request {
        // Exposed because the relay opens what it sealed, for whoever shows the verifier.
        let mut body = serde_json::Map::new();
        body.insert("provider".into(), self.site.provider().slug().into());
        body.insert(name.into(), secret.expose().into());
        body.insert("verifier".into(), self.verifier.expose().into());
        Request::post(label, &[path])
            .json_bytes(serde_json::Value::from(body).to_string().into_bytes())
    }

    fn tokens(
        &self,
        answer: &http_client::Answer,
        sent: Option<&Secret>,
    ) -> Result<Tokens, TokenError> {
        let unreadable = || TokenError::Unreadable {
            status: answer.status,
            body: BodyKind::of(&answer.body),
            request_id: answer.request_id.clone(),
        };
        let read: Answer = serde_json::from_slice(&answer.body).map_err(|_| unreadable())?;
        let refresh = match (&read.refresh_token, sent) {
            (Some(new), _) => sendable(new)?,
            (None, Some(sent)) => sent.clone(),
            (None, None) => return Err(TokenError::NoRefreshToken),
        };
        let (centre, api) = match &self.site {
            Site::QuickBooks { .. } => (None, None),
            Site::ZohoBooks { trusted, .. } => {
                // The relay is trusted with tokens, not with where invoices are asked for.
                let centre: &DataCentre = read
                    .region
                    .as_deref()
                    .and_then(|region| trusted.at(region))
                    .ok_or(TokenError::UntrustedApi)?;
                let api = centre
                    .api(read.api_domain.as_deref())
                    .ok_or(TokenError::UntrustedApi)?;
                (Some(centre.clone()), Some(api.clone()))
            }
        };
        Ok(Tokens {
            access: sendable(&read.access_token)?,
            expires_in: read
                .expires_in
                .map_or(Extra::USUAL_LIFE, Duration::from_secs),
            refresh,
            refresh_expires_in: read.refresh_token_expires_in.map(Duration::from_secs),
            refresh_hard_expires_in: read.refresh_token_hard_expires_in.map(Duration::from_secs),
            realm: read.realm_id,
            centre,
            api,
        })
    }
}

fn client(transport: Transport, base: BaseUrl) -> HttpClient {
    let pace = Pace::new(Rate::per_second(5).parallel(1));
    HttpClient::new("relay", transport, base, pace, RepeatPolicy::NEVER)
}

/// A refusal in the relay's words.
fn read(failure: Failure) -> TokenError {
    let rejection = match failure {
        Failure::Status(rejection) => rejection,
        Failure::Unsendable { what } => return TokenError::Misconfigured(what),
        Failure::Held { after, .. } => {
            return TokenError::Throttled {
                after: Some(after),
                request_id: None,
            };
        }
        failure => return TokenError::Unavailable(failure),
    };
    let refused: Refused = serde_json::from_slice(rejection.body()).unwrap_or_default();
    let request_id = refused
        .provider_request_id
        .or_else(|| rejection.request_id.clone());
    match refused.error.as_deref() {
        Some("grant_dead" | "invalid_refresh_token") => TokenError::GrantDead { request_id },
        Some("invalid_ticket" | "expired_ticket" | "used_ticket") => {
            TokenError::CodeRefused { request_id }
        }
        Some("relay_misconfigured") => TokenError::ClientRefused { request_id },
        Some("provider_throttled" | "too_many_requests" | "overloaded") => TokenError::Throttled {
            after: rejection.retry_after,
            request_id,
        },
        Some("provider_unreachable" | "provider_unavailable" | "timed_out") => {
            unavailable(rejection)
        }
        Some(word) => TokenError::Refused {
            status: rejection.status,
            code: refused.provider_error.or_else(|| Some(word.to_owned())),
            request_id,
        },
        None => unavailable(rejection),
    }
}

fn unavailable(rejection: Box<Rejection>) -> TokenError {
    TokenError::Unavailable(Failure::Status(rejection))
}
