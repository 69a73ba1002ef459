//! Sign-in by OAuth 2 in the system's browser, with the answer coming back to this computer.
//!
//! The order is fixed: a [`Listener`] takes its port, an [`Attempt`] serves it and makes the address for the browser,
//! [`Attempt::wait`] gives the one callback that carries the attempt's state, a [`TokenClient`] exchanges its code, and
//! only then [`Authorised::finish`] tells the browser how it went and frees the port.
//!
//! Everything that arrives is hostile until its state has been compared: other programs, other tabs and other web sites
//! can all reach a port of this computer. What does not carry the state is answered briefly and changes nothing.
//!
//! Deliberately *not* here: opening the browser, keeping tokens, deciding when to refresh, and any screen.

mod attempt;
mod callback;
mod data_centre;
mod listener;
mod origin;
mod page;
mod relay_client;
mod serve;
mod shared;
mod sign_in_error;
mod site;
mod token;
mod token_error;
mod visit;

#[cfg(test)]
mod tests;

pub use attempt::{Attempt, Authorised, Handle, PasteError, Pending, Via};
pub use callback::{Callback, CallbackError, Expected, Grant, ProviderText, read_callback};
pub use data_centre::{DataCentre, DataCentres};
pub use listener::{Limits, Listener, NoPort, Ports, Taken};
pub use origin::Origin;
pub use page::Outcome;
pub use relay_client::{Registration, RelayClient};
pub use sign_in_error::SignInError;
pub use site::Site;
pub use token::{Application, TokenClient, Tokens};
pub use token_error::{BodyKind, TokenError};

/// An accounting system that is signed in to with OAuth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Provider {
    QuickBooks,
    ZohoBooks,
}

impl Provider {
    /// The path that the browser comes back to. Each provider has its own, so that one's answer is not taken for
    /// another's; as a part of the registered redirect address it must never change.
    pub fn callback_path(self) -> &'static str {
        match self {
            Self::QuickBooks => "/cb/quickbooks",
            Self::ZohoBooks => "/cb/zoho",
        }
    }

    /// As people know it.
    pub fn name(self) -> &'static str {
        match self {
            Self::QuickBooks => "QuickBooks Online",
            Self::ZohoBooks => "Zoho Books",
        }
    }

    /// The word in identifiers.
    pub fn slug(self) -> &'static str {
        match self {
            Self::QuickBooks => "quickbooks",
            Self::ZohoBooks => "zoho",
        }
    }
}
