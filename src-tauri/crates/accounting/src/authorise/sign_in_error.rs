use std::time::Duration;

use super::{CallbackError, NoPort};

/// Why there is no authorisation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    #[error(transparent)]
    NoPort(#[from] NoPort),
    /// A provider that does not accept the redirect address shows that on its own page and never comes back.
    #[error(
        "no answer came within {} minutes; the browser may show why, for example that the redirect address is not \
         accepted",
        .after.as_secs().div_ceil(60)
    )]
    TimedOut {
        after: Duration,
        /// Answers that belonged to nobody.
        strangers: u32,
    },
    #[error("the sign-in was cancelled")]
    Cancelled,
    #[error("another sign-in was started")]
    Superseded,
    #[error("something on this computer sent {strangers} false answers; the sign-in was given up")]
    Besieged { strangers: u32 },
    #[error(transparent)]
    Callback(#[from] CallbackError),
    /// A mistake of this application or its configuration.
    #[error("the sign-in cannot be begun: {0}")]
    Misconfigured(&'static str),
}
