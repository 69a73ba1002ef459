//! The relay: the small hosted part of Debitura Desk, for the providers whose sign-in a desktop app cannot finish alone.
//! Intuit sends nobody back to a loopback address in production, and both Intuit and Zoho ask for a client secret, which
//! is none inside a program that people download. The relay has the registered address and the secret, and nothing else.
//!
//! # Protocol
//!
//! 1. The app makes a verifier (43 to 128 random characters) and its challenge, Base64url of SHA-256, and listens on a
//!    loopback port. `GET /providers` names the client ids and redirect addresses to use.
//! 2. It opens the provider's page with `redirect_uri` of the relay and `state=PORT.CHALLENGE`; at Zoho also with
//!    `code_challenge=CHALLENGE&code_challenge_method=S256`.
//! 3. The provider sends the browser to `/oauth/{quickbooks|zoho}/callback`. The relay seals code, challenge, company or
//!    region, and the expiry into a ticket and sends the browser to
//!    `http://127.0.0.1:PORT/cb/{quickbooks|zoho}?ticket=…&state=…`, or `?error=…&state=…` with one word of a list. It is
//!    a plain redirect: where the browser cannot reach the app, the address stays in its bar and can be pasted.
//! 4. `POST /exchange {provider, ticket, verifier}` gives the tokens. The refresh token among them is sealed.
//! 5. `POST /refresh {provider, refresh_token, verifier}` gives new ones, and again a sealed refresh token: the app keeps
//!    whichever came last. `POST /revoke`, with the same body, ends the grant.
//!
//! # What protects what
//!
//! - A code never reaches the browser's loopback address, its history behind that, or another program that listens there:
//!   what they see is a ticket, worth nothing without the verifier, for five minutes, once.
//! - Nobody signs in for somebody else: a sign-in address that a stranger made and sent around brings its ticket to the
//!   computer of whoever opened it, and the stranger has only the verifier.
//! - A refresh token is bound to the same verifier by the same seal. The relay keeps no list of who may refresh: whoever
//!   shows a grant sealed here *and* its verifier may. A stolen one alone is useless, at the relay and at the provider,
//!   and a refresh token from elsewhere is not served, so the relay cannot be used as a holder of the secret by others.
//!   The price: a lost key means that everybody connects again, which two keys at a time make avoidable.
//! - It stores nothing. In memory are the hashes of the codes of the last five minutes, so that a replayed ticket stops
//!   here, and a count per caller's address. Several instances do not share these: with *n* of them a replayed ticket is
//!   passed on *n* times at most, and the provider, which takes a code once, refuses all but the first.
//! - It logs method, route, status, time and error codes; never a query, a body, a token or a caller's address.
//!
//! Not here: anything of the providers' data interfaces. Invoices go straight to the app.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod callback;
mod challenge;
mod config;
mod guard;
mod logging;
mod pages;
mod provider;
mod refusal;
mod seal;
mod server;
mod token_endpoint;
mod tokens;
mod used;

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::{DefaultBodyLimit, State};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};

pub use callback::TICKET_LIFE;
pub use config::{Config, ConfigError};
pub use logging::subscriber;
pub use provider::{Provider, Region};
pub use server::serve;

use guard::RateLimit;
use token_endpoint::TokenEndpoint;
use used::UsedCodes;

/// A ticket, a verifier and their names, several times over.
const LONGEST_BODY: usize = 16 * 1024;

/// Seconds since 1970.
pub type Clock = Box<dyn Fn() -> u64 + Send + Sync>;

/// The system's clock.
pub fn system_clock() -> Clock {
    Box::new(|| {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs())
    })
}

/// A relay with its configuration.
pub struct Relay {
    config: Config,
    clock: Clock,
    tokens: TokenEndpoint,
    used: UsedCodes,
    rate: RateLimit,
}

impl Relay {
    /// Fails only if the system's certificates cannot be read.
    pub fn new(config: Config, clock: Clock) -> Result<Self, reqwest::Error> {
        Ok(Self {
            rate: RateLimit::new(config.requests_per_minute),
            tokens: TokenEndpoint::new()?,
            used: UsedCodes::default(),
            clock,
            config,
        })
    }

    /// Everything that it answers.
    pub fn router(self) -> Router {
        let relay = Arc::new(self);
        Router::new()
            .route("/providers", get(providers))
            .route("/oauth/{provider}/callback", get(callback::callback))
            .route("/exchange", post(tokens::exchange))
            .route("/refresh", post(tokens::refresh))
            .route("/revoke", post(tokens::revoke))
            .route("/quickbooks/launch", get(pages::launch))
            .route("/quickbooks/disconnected", get(pages::disconnected))
            .route("/quickbooks/reconnect", get(pages::reconnect))
            .route_layer(middleware::from_fn_with_state(
                relay.clone(),
                guard::limit_rate,
            ))
            .route("/healthz", get(async || "ok"))
            .fallback(pages::not_found)
            .layer(DefaultBodyLimit::max(LONGEST_BODY))
            .layer(middleware::from_fn(guard::limit_time))
            .layer(middleware::from_fn(guard::log))
            .layer(middleware::from_fn(guard::secure_headers))
            .with_state(relay)
    }
}

/// Client ids are public, being part of every sign-in's address.
async fn providers(State(relay): State<Arc<Relay>>) -> Json<serde_json::Value> {
    let config = &relay.config;
    let client_ids = [
        (
            Provider::QuickBooks,
            config.quickbooks.as_ref().map(|app| &app.client_id),
        ),
        (
            Provider::Zoho,
            config.zoho.as_ref().map(|client| &client.client_id),
        ),
    ];
    let configured = client_ids.into_iter().filter_map(|(provider, client_id)| {
        let entry = serde_json::json!({ "client_id": client_id?, "redirect_uri": config.redirect_uri(provider) });
        Some((provider.name().to_owned(), entry))
    });
    Json(configured.collect::<serde_json::Map<_, _>>().into())
}
