use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_client::{BaseUrl, Secret};
use oauth2::basic::BasicClient;
use oauth2::url::{Host, Url};
use oauth2::{
    AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

use super::callback::{CallbackError, LONGEST_QUERY, read_callback};
use super::serve::Door;
use super::shared::Shared;
use super::{Callback, Expected, Listener, Outcome, SignInError, Site};

/// How the provider's answer gets to this computer.
#[derive(Debug, Clone)]
pub enum Via {
    /// The provider sends the browser straight to the listener.
    Loopback,
    /// To this page of a relay, which is registered with the provider and sends the browser on with a sealed ticket.
    Relay(BaseUrl),
}

/// Why a pasted text is not taken. The attempt goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasteError {
    #[error("this is not the address of the page that the browser showed last")]
    NotTheAddress,
    #[error("this address belongs to another sign-in; please use the one that was opened last")]
    StateMismatch,
    #[error("this sign-in is over")]
    TooLate,
}

/// One sign-in on its way. Dropping it, or the future of [`Attempt::wait`], closes the listener.
pub struct Attempt {
    door: Door,
    verdict: oneshot::Receiver<Result<Callback, SignInError>>,
    address: Url,
    redirect: String,
    verifier: Option<PkceCodeVerifier>,
}

/// Steers an attempt from elsewhere: another window, a command.
#[derive(Clone)]
pub struct Handle {
    shared: Arc<Shared>,
    address: Arc<str>,
}

/// An answer that carried the state. The browser waits to be told how it ends.
pub struct Authorised {
    pub callback: Callback,
    pub(super) redirect: String,
    pub(super) verifier: Option<PkceCodeVerifier>,
    door: Door,
}

/// The one attempt of an application. A second click or window takes its place.
#[derive(Default)]
pub struct Pending(Mutex<Option<Handle>>);

impl Attempt {
    /// Serves the port and makes the address for the browser; must be called within a runtime. The listener's ports are
    /// to be [`Ports::Fixed`](super::Ports::Fixed) unless a relay is between.
    pub fn begin(
        listener: Listener,
        site: &Site,
        client_id: &str,
        via: &Via,
    ) -> Result<Self, SignInError> {
        if listener.provider != site.provider() {
            return Err(SignInError::Misconfigured("the port is another provider's"));
        }
        let redirect = match via {
            Via::Loopback => listener.address(),
            Via::Relay(page) => page.to_string(),
        };
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (state, relayed) = match via {
            // 256 bits from the operating system's generator.
            Via::Loopback => (CsrfToken::new_random_len(32), false),
            // As unguessable, and the relay learns where to send the browser and whom to give the tokens.
            Via::Relay(_) => (
                CsrfToken::new(format!("{}.{}", listener.port(), challenge.as_str())),
                true,
            ),
        };
        let has_pkce = matches!(site, Site::ZohoBooks { .. });
        let address = address(
            site,
            client_id,
            &redirect,
            &state,
            has_pkce.then_some(challenge),
        )
        .ok_or(SignInError::Misconfigured("an address is malformed"))?;
        let expected = Expected {
            provider: site.provider(),
            state,
            relayed,
            centres: match site {
                Site::QuickBooks { .. } => None,
                Site::ZohoBooks { trusted, start } => Some((trusted.clone(), start.clone())),
            },
        };
        let (door, verdict) = Door::open(listener, expected);
        Ok(Self {
            door,
            verdict,
            address,
            redirect,
            verifier: (has_pkce || relayed).then_some(verifier),
        })
    }

    /// To be opened in the browser or copied. Its host is a built-in one, or this computer.
    pub fn address(&self) -> &str {
        self.address.as_str()
    }

    pub fn handle(&self) -> Handle {
        Handle {
            shared: Arc::clone(&self.door.shared),
            address: self.address.as_str().into(),
        }
    }

    /// The one answer that carries the state, from the browser or pasted.
    pub async fn wait(mut self, patience: Duration) -> Result<Authorised, SignInError> {
        let shared = Arc::clone(&self.door.shared);
        let verdict = match tokio::time::timeout(patience, &mut self.verdict).await {
            Ok(verdict) => verdict.unwrap_or(Err(SignInError::Cancelled)),
            Err(_) => {
                let timed_out = SignInError::TimedOut {
                    after: patience,
                    strangers: shared.strangers(),
                };
                // The answer may have come at this very moment; then it counts.
                shared.give_up(timed_out.clone());
                self.verdict.try_recv().unwrap_or(Err(timed_out))
            }
        };
        match verdict {
            Ok(callback) => Ok(Authorised {
                callback,
                redirect: self.redirect,
                verifier: self.verifier,
                door: self.door,
            }),
            // The browser is about to fetch the page that says so; the listener ends by itself.
            Err(error @ SignInError::Callback(_)) => Err(error),
            Err(error) => {
                self.door.close().await;
                Err(error)
            }
        }
    }
}

impl Handle {
    /// To be opened again or copied.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// How many answers came that belong to nobody: a hint at a page left over from an earlier attempt.
    pub fn strangers(&self) -> u32 {
        self.shared.strangers()
    }

    /// Tells of each further one, while the attempt is known to anybody.
    pub fn watch_strangers(&self) -> watch::Receiver<u32> {
        self.shared.watch_strangers()
    }

    pub fn cancel(&self) {
        self.shared.give_up(SignInError::Cancelled);
    }

    /// Takes the address that the browser shows when it could not reach the listener, or only its query. The same checks
    /// apply as to a request; an error of the provider in it ends the attempt as it would have ended it there.
    pub fn paste(&self, text: &str) -> Result<(), PasteError> {
        let text = text.trim();
        if text.len() > LONGEST_QUERY + 256 {
            return Err(PasteError::NotTheAddress);
        }
        let query = match Url::parse(text) {
            Ok(url) => {
                if !self.is_ours(&url) {
                    return Err(PasteError::NotTheAddress);
                }
                url.query().unwrap_or_default().to_owned()
            }
            Err(_) => text.trim_start_matches('?').to_owned(),
        };
        if !query.contains('=') {
            return Err(PasteError::NotTheAddress);
        }
        match read_callback(&query, &self.shared.expected) {
            Err(CallbackError::StateMismatch) => Err(PasteError::StateMismatch),
            result => match self.shared.settle(result) {
                true => Ok(()),
                false => Err(PasteError::TooLate),
            },
        }
    }

    fn is_ours(&self, url: &Url) -> bool {
        let here = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        };
        // Browsers that insist on encryption rewrite the scheme before they fail.
        here && matches!(url.scheme(), "http" | "https")
            && url.port() == Some(self.shared.port())
            && url.path() == self.shared.path()
            && url.username().is_empty()
            && url.password().is_none()
    }
}

impl Authorised {
    /// Tells the browser how it ended and closes the listener when it has had its page. The port is free when the
    /// returned task ends.
    pub fn finish(self, outcome: Outcome) -> JoinHandle<()> {
        self.door.finish(outcome)
    }

    /// What a relay asks for together with the ticket.
    pub fn verifier(&self) -> Option<Secret> {
        // Kept in the type that cannot be printed.
        self.verifier
            .as_ref()
            .map(|verifier| Secret::new(verifier.secret()))
    }
}

impl Pending {
    /// Ends the attempt before, if it still waits, as [`SignInError::Superseded`].
    pub fn replace(&self, handle: Handle) {
        let old = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .replace(handle);
        if let Some(old) = old {
            old.shared.give_up(SignInError::Superseded);
        }
    }

    /// Ends the attempt that still waits, so that the next one can have its port.
    pub fn make_way(&self) {
        if let Some(old) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            old.shared.give_up(SignInError::Superseded);
        }
    }
}

fn address(
    site: &Site,
    client_id: &str,
    redirect: &str,
    state: &CsrfToken,
    challenge: Option<PkceCodeChallenge>,
) -> Option<Url> {
    let (server, path, scope): (_, &[&str], _) = match site {
        Site::QuickBooks { consent, .. } => (
            consent,
            &["connect", "oauth2"],
            "com.intuit.quickbooks.accounting",
        ),
        // One scope to the library, since Zoho separates them by commas.
        Site::ZohoBooks { start, .. } => (
            &start.accounts,
            &["oauth", "v2", "auth"],
            "ZohoBooks.invoices.READ,ZohoBooks.contacts.READ,ZohoBooks.settings.READ",
        ),
    };
    let client = BasicClient::new(ClientId::new(client_id.to_owned()))
        .set_auth_uri(AuthUrl::from_url(server.url(path)?))
        .set_redirect_uri(RedirectUrl::new(redirect.to_owned()).ok()?);
    let mut request = client
        .authorize_url(|| state.clone())
        .add_scope(Scope::new(scope.to_owned()));
    if let Some(challenge) = challenge {
        request = request.set_pkce_challenge(challenge);
    }
    if let Site::ZohoBooks { .. } = site {
        // Without both there is no refresh token, at the latest when the user connects for the second time.
        request = request
            .add_extra_param("access_type", "offline")
            .add_extra_param("prompt", "consent");
    }
    Some(request.url().0)
}

impl fmt::Debug for Attempt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Attempt")
            .field("expected", &self.door.shared.expected)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Handle")
            .field("expected", &self.shared.expected)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Authorised {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Authorised")
            .field("callback", &self.callback)
            .finish_non_exhaustive()
    }
}
