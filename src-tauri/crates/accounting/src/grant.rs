//! The tokens of one sign-in: renewed by one caller at a time, and kept before they are used.
//!
//! A refresh may kill the token that was sent with it, and its answer may be lost. So nothing is used that was not kept
//! first, what another process kept meanwhile is read before anything is renewed, and a refresh whose answer did not
//! come is tried once more with the same token: if it was replaced, the provider says so and the user reconnects.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http_client::Secret;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use crate::authorise::{Authorised, RelayClient, TokenClient, TokenError, Tokens};
use crate::{Access, Fault, TokenFuture};

/// A token is renewed this long before its end: a request that waits for its turn must not outlive it.
const MARGIN: SignedDuration = SignedDuration::from_secs(90);
/// A token that is refused so soon after it was issued is not too old: the grant itself has ended.
const YOUNG: SignedDuration = SignedDuration::from_secs(60);
/// How long nothing is asked of a token endpoint that asks to wait without saying how long. Zoho counts ten minutes.
const USUAL_WAIT: Duration = Duration::from_secs(600);

/// Everything that is kept of a grant, in the keychain and nowhere else.
#[derive(Clone)]
pub struct Held {
    pub refresh: Secret,
    pub access: Secret,
    pub access_until: Timestamp,
    /// When the provider ends the grant if it is not renewed before.
    pub refresh_until: Option<Timestamp>,
    /// When the provider ends the grant in any case.
    pub hard_until: Option<Timestamp>,
}

/// As it lies in the keychain. Only there may the tokens stand in the clear.
#[derive(Serialize, Deserialize)]
struct Kept {
    refresh: Zeroizing<String>,
    access: Zeroizing<String>,
    access_until: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_until: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hard_until: Option<Timestamp>,
}

impl Held {
    /// What an exchange or a refresh gave at `now`.
    pub fn of(tokens: &Tokens, now: Timestamp) -> Held {
        let after = |wait: Duration| {
            SignedDuration::try_from(wait)
                .ok()
                .and_then(|wait| now.checked_add(wait).ok())
        };
        Held {
            refresh: tokens.refresh.clone(),
            access: tokens.access.clone(),
            access_until: after(tokens.expires_in).unwrap_or(now),
            refresh_until: tokens.refresh_expires_in.and_then(after),
            hard_until: tokens.refresh_hard_expires_in.and_then(after),
        }
    }

    /// The text for the keychain.
    pub fn to_keep(&self) -> Secret {
        // Exposed because this text is what the keychain keeps.
        let kept = Kept {
            refresh: self.refresh.expose().to_owned().into(),
            access: self.access.expose().to_owned().into(),
            access_until: self.access_until,
            refresh_until: self.refresh_until,
            hard_until: self.hard_until,
        };
        Secret::new(serde_json::to_string(&kept).unwrap_or_default())
    }

    /// Reads what [`Held::to_keep`] wrote; `None` for anything else.
    pub fn read(text: &Secret) -> Option<Held> {
        // Exposed to be taken apart again.
        let kept: Kept = serde_json::from_str(text.expose()).ok()?;
        Some(Held {
            refresh: Secret::new(kept.refresh.as_str()),
            access: Secret::new(kept.access.as_str()),
            access_until: kept.access_until,
            refresh_until: kept.refresh_until,
            hard_until: kept.hard_until,
        })
    }

    /// When the user has to sign in again at the latest, as far as the provider says.
    pub fn ends(&self) -> Option<Timestamp> {
        self.hard_until
    }

    fn is_good(&self, now: Timestamp, refused: Option<&Secret>) -> bool {
        // Compared, not shown.
        let was_refused = refused.is_some_and(|refused| refused.expose() == self.access.expose());
        !was_refused
            && now
                .checked_add(MARGIN)
                .is_ok_and(|soon| soon < self.access_until)
    }
}

impl std::fmt::Debug for Held {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Held")
            .field("access_until", &self.access_until)
            .field("hard_until", &self.hard_until)
            .finish_non_exhaustive()
    }
}

/// The keychain did not do its part; in its own words, without secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotKept(pub String);

/// What a place for tokens answers.
pub type Keeping<'a, T> = Pin<Box<dyn Future<Output = Result<T, NotKept>> + Send + 'a>>;

/// Where the tokens of one grant are kept: an item of the system's keychain.
pub trait TokenStore: Send + Sync {
    fn load(&self) -> Keeping<'_, Option<Held>>;
    /// Whole or not at all; the tokens before stay when it fails.
    fn save<'a>(&'a self, held: &'a Held) -> Keeping<'a, ()>;
}

/// Who exchanges codes and renews tokens.
#[derive(Debug, Clone)]
pub enum TokenEndpoint {
    /// The provider itself, with the user's own registration.
    Provider(Box<TokenClient>),
    Relay(Box<RelayClient>),
}

impl TokenEndpoint {
    /// Changes what the browser brought into tokens.
    pub async fn exchange(&self, authorised: &Authorised) -> Result<Tokens, TokenError> {
        match self {
            Self::Provider(client) => client.exchange(authorised).await,
            Self::Relay(client) => client.exchange(authorised).await,
        }
    }

    async fn refresh(&self, refresh: &Secret) -> Result<Tokens, TokenError> {
        match self {
            Self::Provider(client) => client.refresh(refresh).await,
            Self::Relay(client) => client.refresh(refresh).await,
        }
    }

    /// Ends the grant at the provider.
    pub async fn revoke(&self, refresh: &Secret) -> Result<(), TokenError> {
        match self {
            Self::Provider(client) => client.revoke(refresh).await,
            Self::Relay(client) => client.revoke(refresh).await,
        }
    }
}

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// One grant. Everything of the application that fetches with it shares this value, so that one renews and the others
/// wait for it.
pub struct Grant {
    endpoint: TokenEndpoint,
    store: Arc<dyn TokenStore>,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    /// Given by the provider and not kept yet, because the keychain refused. Not used before it is kept.
    unkept: Option<Held>,
    renewed: Option<Timestamp>,
    /// The endpoint asked to wait until then.
    not_before: Option<Timestamp>,
}

impl Grant {
    pub fn new(endpoint: TokenEndpoint, store: Arc<dyn TokenStore>, clock: Clock) -> Grant {
        Grant {
            endpoint,
            store,
            clock,
            state: Mutex::default(),
        }
    }

    /// Ends the grant at the provider; what is kept of it is for the caller to remove, whatever comes of this.
    pub async fn revoke(&self) -> Result<(), TokenError> {
        let mut state = self.state.lock().await;
        let kept = self.store.load().await.ok().flatten();
        let newest = state.unkept.take().or(kept);
        *state = State::default();
        match newest {
            Some(held) => self.endpoint.revoke(&held.refresh).await,
            None => Ok(()),
        }
    }

    async fn good(&self, refused: Option<&Secret>) -> Result<Secret, Fault> {
        let mut state = self.state.lock().await;
        let now = (self.clock)();
        if let Some(unkept) = &state.unkept {
            self.store
                .save(unkept)
                .await
                .map_err(Fault::TokensNotKept)?;
            state.held = state.unkept.take();
        }
        if let Some(held) = state
            .held
            .as_ref()
            .filter(|held| held.is_good(now, refused))
        {
            return Ok(held.access.clone());
        }
        let kept = self.store.load().await.map_err(Fault::TokensNotKept)?;
        let Some(kept) = kept else {
            return Err(Fault::GrantEnded { request_id: None });
        };
        let good = kept.is_good(now, refused);
        let kept = state.held.insert(kept).clone();
        if good {
            return Ok(kept.access);
        }
        if refused.is_some_and(|refused| refused.expose() == kept.access.expose())
            && state
                .renewed
                .is_some_and(|at| now.duration_since(at) < YOUNG)
        {
            return Err(Fault::GrantEnded { request_id: None });
        }
        if let Some(until) = state.not_before.filter(|until| *until > now) {
            return Err(waiting(until.duration_since(now).unsigned_abs(), None));
        }
        state.not_before = None;
        let tokens = match self.renew(&kept.refresh).await {
            Ok(tokens) => tokens,
            Err(TokenError::Throttled { after, request_id }) => {
                let after = after.unwrap_or(USUAL_WAIT);
                state.not_before = SignedDuration::try_from(after)
                    .ok()
                    .and_then(|after| now.checked_add(after).ok());
                return Err(waiting(after, request_id));
            }
            Err(error) => return Err(fault(error)),
        };
        let held = Held::of(&tokens, now);
        state.renewed = Some(now);
        if let Err(error) = self.store.save(&held).await {
            // The one that is kept may be dead already, so this one must not be lost while the process lives.
            state.unkept = Some(held);
            return Err(Fault::TokensNotKept(error));
        }
        let access = held.access.clone();
        state.held = Some(held);
        Ok(access)
    }

    async fn renew(&self, refresh: &Secret) -> Result<Tokens, TokenError> {
        match self.endpoint.refresh(refresh).await {
            Err(TokenError::Unavailable(failure)) if !failure.outcome_known() => {
                self.endpoint.refresh(refresh).await
            }
            answer => answer,
        }
    }
}

impl Access for Grant {
    fn token<'a>(&'a self, refused: Option<&'a Secret>) -> TokenFuture<'a> {
        Box::pin(self.good(refused))
    }
}

fn waiting(after: Duration, request_id: Option<String>) -> Fault {
    Fault::RateLimited {
        reason: Some("token endpoint".to_owned()),
        after: Some(after),
        request_id,
    }
}

/// A refusal of the token endpoint as whoever fetches sees it.
fn fault(error: TokenError) -> Fault {
    match error {
        TokenError::CodeRefused { request_id } | TokenError::GrantDead { request_id } => {
            Fault::GrantEnded { request_id }
        }
        TokenError::Unavailable(failure) => Fault::Unavailable(failure),
        TokenError::Throttled { after, request_id } => {
            waiting(after.unwrap_or(USUAL_WAIT), request_id)
        }
        error => Fault::SignIn(error),
    }
}
