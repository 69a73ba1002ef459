//! What the answers of token endpoints mean. Zoho reports errors with status 200, and anything in between may answer
//! with a page, so neither status nor content type is believed: only JSON with an `access_token` is a success.

use std::time::Duration;

use http_client::Failure;
use serde::Deserialize;

use super::Provider;

/// Why there is no token. Each case is a different thing to do.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TokenError {
    /// The code was used before, is too old, or belongs to another region. The sign-in has to be begun anew.
    #[error("the provider does not accept the code any more; please connect again")]
    CodeRefused { request_id: Option<String> },
    /// The refresh token was revoked, replaced or has expired. The user has to reconnect.
    #[error("the connection was ended at the provider or has expired; please reconnect")]
    GrantDead { request_id: Option<String> },
    /// For Zoho often another region, or the application is not enabled for several.
    #[error("the provider does not know this application here (client id)")]
    ClientRefused { request_id: Option<String> },
    /// For Zoho, whose regions can have secrets of their own, often that of another region.
    #[error("the provider does not accept this application's client secret")]
    SecretRefused { request_id: Option<String> },
    #[error("the redirect address is not registered with the provider")]
    RedirectRefused { request_id: Option<String> },
    /// Nothing is wrong with the grant.
    #[error("the provider asks to wait before asking for tokens again")]
    Throttled {
        after: Option<Duration>,
        request_id: Option<String>,
    },
    /// Zoho gives one only after asking for consent.
    #[error("the provider gave no refresh token; please connect again")]
    NoRefreshToken,
    /// Nothing was sent to it.
    #[error("the provider's answer names an API server that is not one of its known ones")]
    UntrustedApi,
    /// Another refusal, which is a mistake of this application.
    #[error("the provider refused to give a token (status {status}{})", .code.as_deref().map(|code| format!(", {code}")).unwrap_or_default())]
    Refused {
        status: u16,
        code: Option<String>,
        request_id: Option<String>,
    },
    /// An answer without sense.
    #[error(
        "the provider's answer to the request for a token is unreadable (status {status}, {body})"
    )]
    Unreadable {
        status: u16,
        body: BodyKind,
        request_id: Option<String>,
    },
    /// Offline, no answer, or a fault on the provider's side. Whether a refresh took effect there may be unknown.
    #[error(transparent)]
    Unavailable(Failure),
    /// A mistake of this application or its configuration; nothing was sent.
    #[error("the request for a token cannot be made: {0}")]
    Misconfigured(&'static str),
}

/// What an unreadable body looks like. The body itself may hold tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    Empty,
    Json,
    Html,
    Xml,
    Other,
}

impl BodyKind {
    pub(super) fn of(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(&body[..body.len().min(256)]);
        let text = text
            .trim_start_matches('\u{feff}')
            .trim_start()
            .to_ascii_lowercase();
        if text.is_empty() {
            Self::Empty
        } else if text.starts_with("<!doctype html") || text.starts_with("<html") {
            Self::Html
        } else if text.starts_with('<') {
            Self::Xml
        } else if text.starts_with(['{', '[', '"']) {
            Self::Json
        } else {
            Self::Other
        }
    }
}

impl std::fmt::Display for BodyKind {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Empty => "nothing in it",
            Self::Json => "JSON of another shape",
            Self::Html => "a web page",
            Self::Xml => "XML",
            Self::Other => "neither JSON nor a page",
        })
    }
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    Exchange,
    Refresh,
}

/// Fields of other types are taken as absent.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    error: Option<serde_json::Value>,
    error_description: Option<serde_json::Value>,
}

/// How long Zoho counts requests for tokens.
const ZOHO_PAUSE: Duration = Duration::from_secs(600);

pub(super) struct Refusal<'a> {
    pub(super) provider: Provider,
    pub(super) call: Call,
    pub(super) status: u16,
    pub(super) body: &'a [u8],
    pub(super) request_id: Option<String>,
    pub(super) after: Option<Duration>,
}

impl Refusal<'_> {
    /// The error that an answer without a token means; `None` leaves a fault of the server to the caller.
    pub(super) fn read(self) -> Option<TokenError> {
        let Self {
            provider,
            call,
            status,
            body,
            request_id,
            after,
        } = self;
        if status == 429 {
            return Some(TokenError::Throttled { after, request_id });
        }
        if status == 408 || status >= 500 {
            return None;
        }
        let error: ErrorBody = serde_json::from_slice(body).unwrap_or_default();
        let Some(code) = error.error.as_ref().and_then(serde_json::Value::as_str) else {
            return Some(TokenError::Unreadable {
                status,
                body: BodyKind::of(body),
                request_id,
            });
        };
        let description = error
            .error_description
            .as_ref()
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default()
            .to_ascii_lowercase();
        Some(match code {
            _ if description.contains("too many requests") => TokenError::Throttled {
                after: after.or(Some(ZOHO_PAUSE)),
                request_id,
            },
            // With this spelling Zoho's throttle; it says nothing about the grant.
            "Access Denied" if provider == Provider::ZohoBooks => TokenError::Throttled {
                after: after.or(Some(ZOHO_PAUSE)),
                request_id,
            },
            "invalid_grant" | "invalid_code" => match call {
                Call::Exchange => TokenError::CodeRefused { request_id },
                Call::Refresh => TokenError::GrantDead { request_id },
            },
            "invalid_client" => TokenError::ClientRefused { request_id },
            "invalid_client_secret" => TokenError::SecretRefused { request_id },
            "invalid_redirect_uri" => TokenError::RedirectRefused { request_id },
            code => TokenError::Refused {
                status,
                // The provider's text, shown only if it is a word.
                code: (code.len() <= 64
                    && code
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
                .then(|| code.to_owned()),
                request_id,
            },
        })
    }
}
