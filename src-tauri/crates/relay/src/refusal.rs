//! Every way in which a request of the app can fail, as the app is told: one stable word, and what the provider said in
//! a form that cannot carry markup or secrets.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// What of a provider's refusal may be passed on.
#[derive(Debug, Default)]
pub struct ProviderWords {
    /// Its error code; letters, digits and underscores only.
    pub error: Option<String>,
    /// Intuit's `intuit_tid`, which its support asks for.
    pub request_id: Option<String>,
}

/// Why the app gets no tokens.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("the request cannot be read")]
    Malformed,
    #[error("this provider is not configured here")]
    UnknownProvider,
    #[error("the ticket was not sealed here, or with a key no longer in use")]
    InvalidTicket,
    #[error("the ticket has expired")]
    ExpiredTicket,
    #[error("the ticket has been used")]
    UsedTicket,
    #[error("the refresh token was not sealed here, or with a key no longer in use")]
    InvalidRefreshToken,
    #[error("this belongs to another copy of the app")]
    WrongVerifier,
    #[error("this belongs to another provider")]
    WrongProvider,
    #[error("the provider no longer honours this grant")]
    GrantDead(ProviderWords),
    #[error("the provider asks to wait")]
    ProviderThrottled(Duration, ProviderWords),
    #[error("the provider does not accept the relay's own credentials")]
    Misconfigured(ProviderWords),
    #[error("the provider refused")]
    ProviderRefused(ProviderWords),
    #[error("the provider could not be reached")]
    ProviderUnreachable,
    #[error("the provider gave no usable answer")]
    ProviderUnavailable(ProviderWords),
    #[error("too many requests from this address")]
    TooManyRequests(Duration),
    #[error("the relay has too much to do")]
    Overloaded,
    #[error("the request took too long")]
    TimedOut,
}

impl Refusal {
    fn outline(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Malformed => (StatusCode::BAD_REQUEST, "malformed"),
            Self::UnknownProvider => (StatusCode::NOT_FOUND, "unknown_provider"),
            Self::InvalidTicket => (StatusCode::FORBIDDEN, "invalid_ticket"),
            Self::ExpiredTicket => (StatusCode::FORBIDDEN, "expired_ticket"),
            Self::UsedTicket => (StatusCode::FORBIDDEN, "used_ticket"),
            Self::InvalidRefreshToken => (StatusCode::FORBIDDEN, "invalid_refresh_token"),
            Self::WrongVerifier => (StatusCode::FORBIDDEN, "wrong_verifier"),
            Self::WrongProvider => (StatusCode::FORBIDDEN, "wrong_provider"),
            Self::GrantDead(_) => (StatusCode::UNPROCESSABLE_ENTITY, "grant_dead"),
            Self::ProviderThrottled(..) => (StatusCode::SERVICE_UNAVAILABLE, "provider_throttled"),
            Self::Misconfigured(_) => (StatusCode::INTERNAL_SERVER_ERROR, "relay_misconfigured"),
            Self::ProviderRefused(_) => (StatusCode::BAD_GATEWAY, "provider_refused"),
            Self::ProviderUnreachable => (StatusCode::BAD_GATEWAY, "provider_unreachable"),
            Self::ProviderUnavailable(_) => (StatusCode::BAD_GATEWAY, "provider_unavailable"),
            Self::TooManyRequests(_) => (StatusCode::TOO_MANY_REQUESTS, "too_many_requests"),
            Self::Overloaded => (StatusCode::SERVICE_UNAVAILABLE, "overloaded"),
            Self::TimedOut => (StatusCode::GATEWAY_TIMEOUT, "timed_out"),
        }
    }

    fn words(&self) -> Option<&ProviderWords> {
        match self {
            Self::GrantDead(words)
            | Self::ProviderThrottled(_, words)
            | Self::Misconfigured(words)
            | Self::ProviderRefused(words)
            | Self::ProviderUnavailable(words) => Some(words),
            _ => None,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, code) = self.outline();
        let words = self.words();
        tracing::warn!(
            code,
            provider_error = words.and_then(|words| words.error.as_deref()),
            provider_request_id = words.and_then(|words| words.request_id.as_deref()),
            "refused"
        );
        let mut body = json!({ "error": code, "message": self.to_string() });
        if let Some(words) = words {
            body["provider_error"] = json!(words.error);
            body["provider_request_id"] = json!(words.request_id);
        }
        let mut response = (status, Json(body)).into_response();
        if let Self::TooManyRequests(wait) | Self::ProviderThrottled(wait, _) = self {
            // Rounded up: a caller who comes a moment too early is refused again.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
