use std::time::Duration;

use http_client::Failure;

use crate::NotKept;
use crate::authorise::TokenError;

/// Why a provider gave nothing. Each kind is a different thing for the user to do; the provider's request id stays with
/// it for support. Messages of the provider are left out, since they name keys and accounts.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Fault {
    #[error("the key is not accepted; it may be mistyped, deleted or rolled")]
    KeyRefused { request_id: Option<String> },
    #[error("the key has expired")]
    KeyExpired { request_id: Option<String> },
    /// The sign-in was revoked, has expired, or its refresh token is dead. Corrections and journal do not depend on it.
    #[error("the connection was ended at the provider or has expired")]
    GrantEnded { request_id: Option<String> },
    /// The token endpoint refused for another reason than a dead grant: a mistake in the registration, most likely.
    #[error(transparent)]
    SignIn(TokenError),
    /// New tokens could not be put into the keychain, so they are not used.
    #[error("the keychain did not keep the new sign-in: {0}")]
    TokensNotKept(NotKept),
    /// The account or the user's role there does not allow it: a lapsed subscription, a module that is switched off.
    #[error("the provider does not allow this for the account{}", .reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default())]
    NotAllowed {
        /// Of our own words, never the provider's message.
        reason: Option<String>,
        request_id: Option<String>,
    },
    /// The calls of the day or the month are used up.
    #[error("the provider's quota of calls is used up")]
    QuotaUsed {
        resets: Option<Duration>,
        request_id: Option<String>,
    },
    #[error("the key lacks the permission to read {permission}")]
    PermissionMissing {
        permission: Permission,
        request_id: Option<String>,
    },
    #[error("the key may not be used from this internet address")]
    IpRestricted { request_id: Option<String> },
    #[error("the key belongs to test data and the records do not, or the reverse")]
    WrongMode,
    /// Too many requests, of all clients of the account together; repeats in here did not help.
    #[error("the provider asks to slow down")]
    RateLimited {
        /// In the provider's word, such as `global-rate` or `lock_timeout`.
        reason: Option<String>,
        after: Option<Duration>,
        request_id: Option<String>,
    },
    #[error("there is no such record any more")]
    NotFound { request_id: Option<String> },
    /// The place in the list from which to go on is not known any more.
    #[error("the list cannot be continued from where it was left")]
    StaleCursor { request_id: Option<String> },
    #[error("this invoice has no PDF")]
    NoPdf,
    #[error("the file behind the PDF link is not a PDF")]
    NotAPdf,
    /// No connection, no answer, or a fault on the provider's side. Worth trying again later.
    #[error(transparent)]
    Unavailable(Failure),
    /// An answer that makes no sense.
    #[error(transparent)]
    Unreadable(Failure),
    /// A refusal of another kind, which is a mistake of this application.
    #[error("the provider refused the request with status {status}")]
    Refused {
        status: u16,
        code: Option<String>,
        request_id: Option<String>,
    },
}

/// What a key has to be allowed to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    Invoices,
    Customers,
}

impl std::fmt::Display for Permission {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Invoices => "invoices",
            Self::Customers => "customers",
        })
    }
}

impl Fault {
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::KeyRefused { request_id }
            | Self::KeyExpired { request_id }
            | Self::GrantEnded { request_id }
            | Self::NotAllowed { request_id, .. }
            | Self::QuotaUsed { request_id, .. }
            | Self::PermissionMissing { request_id, .. }
            | Self::IpRestricted { request_id }
            | Self::RateLimited { request_id, .. }
            | Self::NotFound { request_id }
            | Self::StaleCursor { request_id }
            | Self::Refused { request_id, .. } => request_id.as_deref(),
            Self::Unavailable(failure) | Self::Unreadable(failure) => failure.request_id(),
            Self::WrongMode
            | Self::NoPdf
            | Self::NotAPdf
            | Self::SignIn(_)
            | Self::TokensNotKept(_) => None,
        }
    }

    /// Whether trying again later can help without the user doing anything.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::RateLimited { .. } | Self::Unavailable(_))
    }
}
