//! What the app asks: `POST /exchange`, `/refresh` and `/revoke`. Each proves with the verifier that the app is the one
//! that began the sign-in.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

use crate::Relay;
use crate::challenge::{Challenge, Verifier};
use crate::provider::{Provider, Region};
use crate::refusal::Refusal;
use crate::seal::{Grant, Ticket};
use crate::token_endpoint::{Question, Tokens};
use crate::used::Claim;

/// The body of `POST /exchange`.
#[derive(Deserialize)]
pub struct ExchangeRequest {
    provider: Provider,
    ticket: String,
    verifier: Verifier,
}

/// The body of `POST /refresh` and of `POST /revoke`.
#[derive(Deserialize)]
pub struct GrantRequest {
    provider: Provider,
    refresh_token: String,
    verifier: Verifier,
}

/// The answer to an exchange and to a refresh.
#[derive(Serialize)]
pub struct TokenAnswer {
    access_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<u64>,
    /// Sealed. Absent if the provider gave none, which only happens at an exchange.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token_expires_in: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token_hard_expires_in: Option<u64>,
    /// The QuickBooks company.
    #[serde(skip_serializing_if = "Option::is_none")]
    realm_id: Option<String>,
    /// The Zoho data centre, and the address of its interface as Zoho named it. The app has to check it.
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_domain: Option<String>,
}

pub async fn exchange(
    State(relay): State<Arc<Relay>>,
    body: Result<Json<ExchangeRequest>, JsonRejection>,
) -> Result<Json<TokenAnswer>, Refusal> {
    let Json(request) = body.map_err(|_| Refusal::Malformed)?;
    let ticket: Ticket = relay
        .config
        .sealer
        .open(&request.ticket)
        .map_err(|_| Refusal::InvalidTicket)?;
    let now = (relay.clock)();
    check(
        ticket.provider,
        request.provider,
        &ticket.challenge,
        &request.verifier,
    )?;
    if now >= ticket.expires {
        return Err(Refusal::ExpiredTicket);
    }
    // Only now, so that nobody without the verifier can use a ticket up.
    match relay
        .used
        .claim(ticket.provider, &ticket.code, ticket.expires, now)
    {
        Claim::First => {}
        Claim::Repeated => return Err(Refusal::UsedTicket),
        Claim::Full => return Err(Refusal::Overloaded),
    }
    let question = Question::Exchange {
        code: &ticket.code,
        verifier: request.verifier.expose(),
    };
    let tokens = relay
        .tokens
        .tokens(&relay.config, ticket.provider, ticket.region, &question)
        .await;
    if let Err(Refusal::ProviderUnreachable) = tokens {
        // The provider has not seen the code: the app may try again.
        relay.used.release(ticket.provider, &ticket.code);
    }
    let tokens = tokens?;
    let grant = tokens.refresh_token.clone().map(|refresh_token| Grant {
        provider: ticket.provider,
        refresh_token,
        challenge: ticket.challenge,
        realm: ticket.realm.clone(),
        region: ticket.region,
    });
    answer(&relay, tokens, grant.as_ref(), ticket.realm, ticket.region)
}

pub async fn refresh(
    State(relay): State<Arc<Relay>>,
    body: Result<Json<GrantRequest>, JsonRejection>,
) -> Result<Json<TokenAnswer>, Refusal> {
    let mut grant = granted(&relay, body)?;
    let question = Question::Refresh {
        refresh_token: &grant.refresh_token,
    };
    let tokens = relay
        .tokens
        .tokens(&relay.config, grant.provider, grant.region, &question)
        .await?;
    // Zoho keeps its refresh token. It is sealed anew all the same: that is how a grant gets to the current key.
    if let Some(newer) = &tokens.refresh_token {
        grant.refresh_token.clone_from(newer);
    }
    let (realm, region) = (grant.realm.clone(), grant.region);
    answer(&relay, tokens, Some(&grant), realm, region)
}

pub async fn revoke(
    State(relay): State<Arc<Relay>>,
    body: Result<Json<GrantRequest>, JsonRejection>,
) -> Result<StatusCode, Refusal> {
    let grant = granted(&relay, body)?;
    relay
        .tokens
        .revoke(
            &relay.config,
            grant.provider,
            grant.region,
            &grant.refresh_token,
        )
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn granted(
    relay: &Relay,
    body: Result<Json<GrantRequest>, JsonRejection>,
) -> Result<Grant, Refusal> {
    let Json(request) = body.map_err(|_| Refusal::Malformed)?;
    let grant: Grant = relay
        .config
        .sealer
        .open(&request.refresh_token)
        .map_err(|_| Refusal::InvalidRefreshToken)?;
    check(
        grant.provider,
        request.provider,
        &grant.challenge,
        &request.verifier,
    )?;
    Ok(grant)
}

fn check(
    sealed: Provider,
    asked: Provider,
    challenge: &Challenge,
    verifier: &Verifier,
) -> Result<(), Refusal> {
    if !challenge.is_met_by(verifier) {
        Err(Refusal::WrongVerifier)
    } else if sealed != asked {
        Err(Refusal::WrongProvider)
    } else {
        Ok(())
    }
}

fn answer(
    relay: &Relay,
    tokens: Tokens,
    grant: Option<&Grant>,
    realm_id: Option<String>,
    region: Option<Region>,
) -> Result<Json<TokenAnswer>, Refusal> {
    // Too long to be sealed is too long to be a token.
    let unusable = |_| Refusal::ProviderUnavailable(Default::default());
    Ok(Json(TokenAnswer {
        refresh_token: grant
            .map(|grant| relay.config.sealer.seal(grant))
            .transpose()
            .map_err(unusable)?,
        access_token: tokens.access_token,
        expires_in: tokens.expires_in,
        refresh_token_expires_in: tokens.x_refresh_token_expires_in,
        refresh_token_hard_expires_in: tokens.x_refresh_token_hard_expires_in,
        realm_id,
        region,
        api_domain: tokens.api_domain,
    }))
}
