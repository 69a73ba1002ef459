//! Where the provider sends the browser after consent, and where the browser goes from here: to the app on the same
//! machine and nowhere else, with a sealed ticket or one of a few words of error.
//!
//! The address is made of constants and of values checked against a list or a shape; nothing of the query is copied.

use std::sync::Arc;

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::Relay;
use crate::challenge;
use crate::pages::{not_found, page};
use crate::provider::{Provider, Region};
use crate::seal::Ticket;

/// In seconds. Long enough for pasting the address by hand; the providers' codes live no longer than that.
pub const TICKET_LIFE: u64 = 300;
/// Intuit states 512; Zoho's are shorter.
const LONGEST_CODE: usize = 2048;
/// What RFC 6749 lets a provider say, and therefore all that is passed on.
const PROVIDER_ERRORS: [&str; 7] = [
    "access_denied",
    "invalid_request",
    "invalid_scope",
    "server_error",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_response_type",
];

/// What a provider may append. `error_description` is deliberately not read.
#[derive(Deserialize)]
pub struct CallbackQuery {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    #[serde(rename = "realmId")]
    realm_id: Option<String>,
    location: Option<String>,
    #[serde(rename = "accounts-server")]
    accounts_server: Option<String>,
}

pub async fn callback(
    State(relay): State<Arc<Relay>>,
    provider: Result<Path<Provider>, PathRejection>,
    query: Result<Query<CallbackQuery>, QueryRejection>,
) -> Response {
    let Ok(Path(provider)) = provider else {
        return not_found().await;
    };
    // A parameter given twice is refused here as well.
    let Ok(Query(query)) = query else {
        return not_ours();
    };
    let Some(state) = query.state.as_deref().and_then(challenge::State::parse) else {
        return not_ours();
    };
    let result = match ticket(&relay, provider, &state, &query) {
        Ok(ticket) => format!("ticket={ticket}"),
        Err(error) => {
            tracing::warn!(provider = provider.name(), error, "sign-in failed");
            format!("error={error}")
        }
    };
    let location = format!(
        "http://127.0.0.1:{}/cb/{}?{result}&state={state}",
        state.port,
        provider.name()
    );
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

fn ticket(
    relay: &Relay,
    provider: Provider,
    state: &challenge::State,
    query: &CallbackQuery,
) -> Result<String, &'static str> {
    if let Some(error) = &query.error {
        return Err(PROVIDER_ERRORS
            .into_iter()
            .find(|known| known == error)
            .unwrap_or("provider_error"));
    }
    let code = query
        .code
        .as_deref()
        .filter(|code| !code.is_empty())
        .ok_or("no_code")?;
    if code.len() > LONGEST_CODE || !code.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("unusable_code");
    }
    let (realm, region) = match provider {
        Provider::QuickBooks if relay.config.quickbooks.is_some() => (Some(realm(query)?), None),
        Provider::Zoho if relay.config.zoho.is_some() => (None, Some(region(relay, query)?)),
        _ => return Err("unknown_provider"),
    };
    let ticket = Ticket {
        provider,
        code: code.to_owned(),
        challenge: state.challenge.clone(),
        realm,
        region,
        expires: (relay.clock)() + TICKET_LIFE,
    };
    relay
        .config
        .sealer
        .seal(&ticket)
        .map_err(|_| "unusable_code")
}

fn realm(query: &CallbackQuery) -> Result<String, &'static str> {
    let realm = query.realm_id.as_deref().ok_or("no_company")?;
    let digits = (1..=32).contains(&realm.len()) && realm.bytes().all(|byte| byte.is_ascii_digit());
    if digits {
        Ok(realm.to_owned())
    } else {
        Err("no_company")
    }
}

/// The server named in the query decides, if it is one of the list; a client that is registered in one region only is
/// told neither server nor region, and then it is that of accounts.zoho.com.
fn region(relay: &Relay, query: &CallbackQuery) -> Result<Region, &'static str> {
    let mut servers = relay.config.zoho.iter().flat_map(|client| &client.accounts);
    match (&query.accounts_server, &query.location) {
        (Some(named), _) => servers
            .find(|(_, server)| *server == named.trim_end_matches('/'))
            .map(|(region, _)| *region),
        (None, Some(location)) => Region::ALL
            .into_iter()
            .find(|region| region.code() == location),
        (None, None) => Some(Region::Us),
    }
    .ok_or("unknown_region")
}

fn not_ours() -> Response {
    page(
        StatusCode::BAD_REQUEST,
        "This sign-in cannot be finished here",
        "It was not started by Debitura Desk, or the address was changed on the way. \
         Close this page and choose Connect in Debitura Desk again.",
    )
}
