//! Signing in to a source in the browser: one attempt at a time, from the click to the connections made of it.
//!
//! The order is what keeps it safe: the port is taken before the browser opens, the code is exchanged before the browser
//! is told that it worked, and the tokens are in the keychain before a connection names them. Here is what a window or a
//! command does with an attempt; what follows the provider's answer is beside it.

mod answer;
mod keeping;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use accounting::authorise::{
    Attempt, Handle, Listener, PasteError, Pending, Ports, Provider as OAuth, SignInError, Site,
    Via,
};
use http_client::BaseUrl;
use store::{Connection, Workspace};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::FailureCode;
use crate::grants::PORTS;
use crate::office::Office;
use crate::refusals::sentence;
use crate::source::oauth_of;
use crate::wire::{
    ById, ChooseCompanies, Failure, Nothing, PastedAnswer, SignInProvider, SignInStep, SignInView,
    SignIns, StartSignIn, Subject,
};

/// Second factors at a bank's pace, and then some.
const PATIENCE: Duration = Duration::from_secs(600);

/// The last sign-in, on its way or over.
#[derive(Default)]
pub(crate) struct SignInDesk {
    pending: Pending,
    current: Mutex<Option<Arc<SignIn>>>,
    /// One at a time keeps its tokens or gives them back: another one's are doubted until connections name them.
    keeping: tokio::sync::Mutex<()>,
}

struct SignIn {
    handle: Handle,
    view: Mutex<SignInView>,
    /// Set while the user is asked.
    choice: Mutex<Option<oneshot::Sender<Vec<String>>>>,
}

/// What a sign-in needs to know to its end.
struct Course {
    provider: OAuth,
    site: Site,
    /// Set where the relay exchanges the answer.
    relay: Option<BaseUrl>,
    workspace: Workspace,
    /// The connection whose sign-in is renewed.
    renewed: Option<Connection>,
    take_first: bool,
}

impl SignIn {
    fn view(&self) -> MutexGuard<'_, SignInView> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shown(&self) -> SignInView {
        SignInView {
            strangers: self.handle.strangers(),
            ..self.view().clone()
        }
    }

    fn is_over(&self) -> bool {
        matches!(self.view().step, SignInStep::Done | SignInStep::Failed)
    }
}

impl Office {
    pub(crate) async fn start_sign_in(
        self: &Arc<Self>,
        request: StartSignIn,
    ) -> Result<SignInView, Failure> {
        let provider = OAuth::from(request.provider);
        let workspace = self.workspace().await?;
        // Said before the browser opens, not after somebody signed in.
        self.keychain().await?;
        let renewed = match &request.connection {
            Some(id) => Some(self.connection_by_id(id).await?),
            None => None,
        };
        if renewed
            .as_ref()
            .is_some_and(|known| oauth_of(known.provider) != Some(provider))
        {
            return Err(Failure::about(FailureCode::NotFound, "The source"));
        }
        let site = self.site(provider).await?;
        let (client_id, via, relay) = self.registration(provider).await?;
        let ports = match via {
            Via::Loopback => Ports::Fixed(&PORTS),
            Via::Relay(_) => Ports::Any,
        };
        // An attempt that is still waiting gives its port back first.
        self.sign_in.pending.make_way();
        let listener = bound(provider, ports).await?;
        let attempt = Attempt::begin(listener, &site, &client_id, &via)
            .map_err(|error| sign_in_failure(provider, &error))?;
        let handle = attempt.handle();
        self.sign_in.pending.replace(handle.clone());
        let failure = match request.open {
            true => self.open_sign_in_page(handle.address()).err(),
            false => None,
        };
        let sign_in = Arc::new(SignIn {
            view: Mutex::new(SignInView {
                id: Uuid::now_v7().to_string(),
                provider: request.provider,
                step: SignInStep::Waiting,
                address: handle.address().to_owned(),
                started: self.now().to_string(),
                strangers: 0,
                failure,
                companies: Vec::new(),
                expected: None,
                connections: Vec::new(),
            }),
            handle,
            choice: Mutex::default(),
        });
        *self.current_sign_in() = Some(Arc::clone(&sign_in));
        self.events.changed(Subject::SignIn);
        let (mut strangers, events) = (sign_in.handle.watch_strangers(), self.events.clone());
        tokio::spawn(async move {
            while strangers.changed().await.is_ok() {
                events.changed(Subject::SignIn);
            }
        });
        let course = Course {
            provider,
            site,
            relay,
            workspace,
            renewed,
            take_first: request.take_first,
        };
        let (office, running) = (Arc::clone(self), Arc::clone(&sign_in));
        tokio::spawn(async move {
            let outcome = office.carry_through(&running, attempt, course).await;
            {
                let mut view = running.view();
                match outcome {
                    Ok(connections) => {
                        view.step = SignInStep::Done;
                        view.connections = connections;
                        view.failure = None;
                    }
                    Err(failure) => {
                        view.step = SignInStep::Failed;
                        view.failure = Some(failure);
                    }
                }
            }
            office.events.changed(Subject::SignIn);
        });
        Ok(sign_in.shown())
    }

    pub(crate) async fn sign_in(self: &Arc<Self>, _: Nothing) -> Result<SignIns, Failure> {
        let current = self
            .current_sign_in()
            .as_ref()
            .map(|current| current.shown());
        Ok(SignIns { current })
    }

    pub(crate) async fn open_sign_in(self: &Arc<Self>, _: Nothing) -> Result<SignInView, Failure> {
        let current = self.running_sign_in()?;
        self.open_sign_in_page(current.handle.address())?;
        current.view().failure = None;
        Ok(current.shown())
    }

    /// By its id: whoever leaves a sign-in that another one took the place of must not end that one.
    pub(crate) async fn cancel_sign_in(
        self: &Arc<Self>,
        request: ById,
    ) -> Result<Nothing, Failure> {
        let current = self.running_sign_in().ok();
        let is_meant = |current: &Arc<SignIn>| current.view().id == request.id;
        if let Some(current) = current.filter(is_meant) {
            current.handle.cancel();
            // Whoever waits for a choice is told that there will be none.
            current
                .choice
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
        }
        Ok(Nothing {})
    }

    pub(crate) async fn paste_sign_in(
        self: &Arc<Self>,
        request: PastedAnswer,
    ) -> Result<SignInView, Failure> {
        let current = self.running_sign_in()?;
        current.handle.paste(&request.text).map_err(|problem| {
            let what = match problem {
                PasteError::NotTheAddress => "This is not the address that the browser showed last.",
                PasteError::StateMismatch => "This address belongs to another sign-in.",
                PasteError::TooLate => "This sign-in is over.",
            };
            Failure::about(FailureCode::InvalidValue, what).because(
                "Copy the whole address of the page that could not be reached; it begins with http://localhost or \
                 http://127.0.0.1.",
            )
        })?;
        Ok(current.shown())
    }

    pub(crate) async fn choose_companies(
        self: &Arc<Self>,
        request: ChooseCompanies,
    ) -> Result<SignInView, Failure> {
        let current = self.running_sign_in()?;
        let asked = current
            .choice
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let asked = asked.ok_or_else(|| Failure::about(FailureCode::NotFound, "The question"))?;
        // Gone only if the sign-in ended meanwhile, which the view says.
        let _ = asked.send(request.ids);
        Ok(current.shown())
    }

    fn current_sign_in(&self) -> MutexGuard<'_, Option<Arc<SignIn>>> {
        self.sign_in
            .current
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn running_sign_in(&self) -> Result<Arc<SignIn>, Failure> {
        let current = self.current_sign_in().clone();
        current
            .filter(|current| !current.is_over())
            .ok_or_else(|| Failure::about(FailureCode::NotFound, "The sign-in"))
    }

    /// The address is the attempt's own: its host is built in or on this computer.
    fn open_sign_in_page(&self, address: &str) -> Result<(), Failure> {
        let opened = self.setup.host.open_browser(address);
        opened.map_err(|why| Failure::new(FailureCode::BrowserFailed).because(sentence(&why)))
    }
}

async fn bound(provider: OAuth, ports: Ports<'_>) -> Result<Listener, Failure> {
    // The attempt before closes its port in a task of its own.
    for _ in 0..20 {
        match Listener::bind(provider, ports).await {
            Ok(listener) => return Ok(listener),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
    Listener::bind(provider, ports)
        .await
        .map_err(|error| sign_in_failure(provider, &error.into()))
}

/// Why there is no authorisation, in the words of the catalogue.
fn sign_in_failure(provider: OAuth, error: &SignInError) -> Failure {
    use accounting::authorise::CallbackError;
    let code = match error {
        SignInError::NoPort(_) => FailureCode::NoPort,
        SignInError::TimedOut { .. } => FailureCode::SignInTimedOut,
        SignInError::Cancelled => FailureCode::Cancelled,
        SignInError::Superseded => FailureCode::SignInSuperseded,
        SignInError::Callback(CallbackError::Denied) => FailureCode::SignInDenied,
        SignInError::Besieged { .. } | SignInError::Callback(_) | SignInError::Misconfigured(_) => {
            FailureCode::SignInFailed
        }
    };
    Failure::about(code, provider.name()).because(sentence(&error.to_string()))
}

impl From<OAuth> for SignInProvider {
    fn from(provider: OAuth) -> SignInProvider {
        match provider {
            OAuth::QuickBooks => SignInProvider::QuickBooks,
            OAuth::ZohoBooks => SignInProvider::Zoho,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// The sign-in's part of what a listener for the browser's answer has to do: see its tests for the others.
    #[test]
    fn r12_what_is_shown_is_distinct() {
        let all = [
            FailureCode::NoPort,
            FailureCode::BrowserFailed,
            FailureCode::SignInTimedOut,
            FailureCode::SignInSuperseded,
            FailureCode::SignInDenied,
            FailureCode::SignInFailed,
            FailureCode::OtherCompany,
            FailureCode::Cancelled,
            FailureCode::Offline,
        ];
        let shown = all.map(|code| Failure::about(code, "Zoho Books").what);
        let different: HashSet<&String> = shown.iter().collect();
        assert_eq!(different.len(), all.len(), "{shown:?}");
    }
}
