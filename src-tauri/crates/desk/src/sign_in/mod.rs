//! Signing in to a source in the browser: one attempt at a time, from the click to the connections made of it.
//!
//! The order is what keeps it safe: the port is taken before the browser opens, the code is exchanged before the browser
//! is told that it worked, and the tokens are in the keychain before a connection names them.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use accounting::authorise::{
    Attempt, Authorised, Handle, Listener, Outcome, PasteError, Pending, Ports, Provider as OAuth,
    RelayClient, SignInError, Site, TokenClient, Via,
};
use accounting::{Held, TokenEndpoint};
use http_client::{BaseUrl, Secret};
use serde_json::json;
use store::{Connection, ConnectionId, CreatedRange, Workspace};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::FailureCode;
use crate::connections::{Status, status};
use crate::grants::{GrantRef, PORTS, token_failure};
use crate::office::Office;
use crate::refusals::sentence;
use crate::source::{Company, oauth_of};
use crate::wire::{
    ChooseCompanies, CompanyChoice, Failure, Nothing, PastedAnswer, SignInProvider, SignInStep,
    SignInView, SignIns, StartSignIn, Subject,
};

/// Second factors at a bank's pace, and then some.
const PATIENCE: Duration = Duration::from_secs(600);

/// The last sign-in, on its way or over.
#[derive(Default)]
pub(crate) struct SignInDesk {
    pending: Pending,
    current: Mutex<Option<Arc<SignIn>>>,
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

/// An answer that was exchanged.
struct SignedIn {
    held: Held,
    reference: GrantRef,
    verifier: Option<Secret>,
    companies: Vec<Company>,
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

    pub(crate) async fn cancel_sign_in(self: &Arc<Self>, _: Nothing) -> Result<Nothing, Failure> {
        if let Ok(current) = self.running_sign_in() {
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

    /// The user's own registration, or else the relay's.
    async fn registration(
        &self,
        provider: OAuth,
    ) -> Result<(String, Via, Option<BaseUrl>), Failure> {
        if let Some(own) = self.application(provider, None).await? {
            return Ok((own.client_id, Via::Loopback, None));
        }
        let Some(relay) = self.setup.addresses.relay.clone() else {
            return Err(Failure::about(
                FailureCode::ApplicationMissing,
                provider.name(),
            ));
        };
        let known = RelayClient::registration(self.transport.clone(), relay.clone(), provider)
            .await
            .map_err(|error| token_failure(provider, &error))?;
        let page = BaseUrl::parse(&known.redirect_uri).map_err(|error| {
            Failure::about(FailureCode::AddressRefused, "the relay").because(error.to_string())
        })?;
        Ok((known.client_id, Via::Relay(page), Some(relay)))
    }

    async fn carry_through(
        self: &Arc<Self>,
        sign_in: &Arc<SignIn>,
        attempt: Attempt,
        course: Course,
    ) -> Result<Vec<String>, Failure> {
        let provider = course.provider;
        let authorised = attempt
            .wait(PATIENCE)
            .await
            .map_err(|error| sign_in_failure(provider, &error))?;
        sign_in.view().step = SignInStep::Connecting;
        self.events.changed(Subject::SignIn);
        let signed_in = self.exchanged(&course, &authorised).await;
        let outcome = match &signed_in {
            Ok(signed_in) => Outcome::Connected {
                who: signed_in
                    .companies
                    .first()
                    .and_then(|company| company.name.clone()),
            },
            Err(failure) => Outcome::Failed {
                reason: failure.what.clone(),
            },
        };
        // The port comes free by itself when the browser has had its page.
        drop(authorised.finish(outcome));
        let signed_in = signed_in?;
        let chosen = self.chosen_companies(sign_in, &course, &signed_in).await;
        let kept = match chosen {
            Ok(chosen) => self.keep_sign_in(&course, &signed_in, chosen).await,
            Err(failure) => Err(failure),
        };
        if kept.is_err() {
            self.give_back(&course, &signed_in).await;
        }
        kept
    }

    async fn exchanged(
        self: &Arc<Self>,
        course: &Course,
        authorised: &Authorised,
    ) -> Result<SignedIn, Failure> {
        let provider = course.provider;
        let failed = |error| token_failure(provider, &error);
        let callback = &authorised.callback;
        let region = callback
            .centre
            .as_ref()
            .map(|centre| centre.location.as_str());
        let verifier = authorised.verifier().filter(|_| course.relay.is_some());
        let endpoint = match (&course.relay, &verifier) {
            (Some(relay), Some(verifier)) => {
                let (relay, site) = (relay.clone(), course.site.clone());
                let client =
                    RelayClient::new(self.transport.clone(), relay, site, verifier.clone());
                TokenEndpoint::Relay(Box::new(client))
            }
            _ => {
                let application = self.application(provider, region).await?.ok_or_else(|| {
                    Failure::about(FailureCode::ApplicationMissing, provider.name())
                })?;
                let centre = callback.centre.as_ref();
                let transport = self.transport.clone();
                let client = TokenClient::new(&course.site, centre, application, transport);
                TokenEndpoint::Provider(Box::new(client.map_err(failed)?))
            }
        };
        let tokens = endpoint.exchange(authorised).await.map_err(failed)?;
        let held = Held::of(&tokens, self.now());
        let centre = callback.centre.as_ref().or(tokens.centre.as_ref());
        let reference = GrantRef {
            id: Uuid::now_v7().to_string(),
            relayed: course.relay.is_some(),
            region: centre.map(|centre| centre.location.clone()),
            api: tokens.api.as_ref().map(|api| api.as_str().to_owned()),
            ends: held.ends(),
        };
        let realm = callback.realm.clone().or(tokens.realm);
        let companies = self
            .companies(provider, &reference, realm, held.access.clone())
            .await?;
        if companies.is_empty() {
            return Err(Failure::about(FailureCode::NoCompanies, provider.name()));
        }
        Ok(SignedIn {
            held,
            reference,
            verifier,
            companies,
        })
    }

    /// The company that is renewed, the only one, or whichever the user chooses.
    async fn chosen_companies<'a>(
        &self,
        sign_in: &Arc<SignIn>,
        course: &Course,
        signed_in: &'a SignedIn,
    ) -> Result<Vec<&'a Company>, Failure> {
        let companies = &signed_in.companies;
        let expected = course.renewed.as_ref();
        if let Some(known) = expected
            && let Some(same) = companies.iter().find(|company| company.id == known.tenant)
        {
            return Ok(vec![same]);
        }
        let first = companies
            .iter()
            .find(|company| company.is_first)
            .or(companies.first());
        match (expected, first) {
            (Some(known), first) if course.take_first => {
                let name =
                    |name: Option<&String>| name.cloned().unwrap_or_else(|| "another".to_owned());
                let (was, is) = (
                    name(known.account_name.as_ref()),
                    name(first.and_then(|first| first.name.as_ref())),
                );
                return Err(
                    Failure::about(FailureCode::OtherCompany, course.provider.name())
                        .because(format!("Connected is {was}; chosen was {is}.")),
                );
            }
            (None, Some(first)) if companies.len() == 1 || course.take_first => {
                return Ok(vec![first]);
            }
            _ => {}
        }
        let (ask, answer) = oneshot::channel();
        let known: HashSet<String> = self
            .book
            .connections(course.workspace.id)
            .await?
            .into_iter()
            .filter(|connection| oauth_of(connection.provider) == Some(course.provider))
            .map(|connection| connection.tenant)
            .collect();
        {
            let mut view = sign_in.view();
            view.step = SignInStep::Choosing;
            view.expected = expected.map(|known| {
                known
                    .account_name
                    .clone()
                    .unwrap_or_else(|| known.tenant.clone())
            });
            view.companies = companies
                .iter()
                .map(|company| CompanyChoice {
                    id: company.id.clone(),
                    name: company.name.clone().unwrap_or_else(|| company.id.clone()),
                    detail: company.detail(),
                    connected: known.contains(&company.id),
                    preselected: expected.is_none()
                        && first.is_some_and(|first| first.id == company.id),
                })
                .collect();
            *sign_in
                .choice
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = Some(ask);
        }
        self.events.changed(Subject::SignIn);
        let chosen = answer.await.unwrap_or_default();
        let chosen: Vec<&Company> = companies
            .iter()
            .filter(|company| chosen.contains(&company.id))
            .collect();
        if chosen.is_empty() {
            return Err(Failure::new(FailureCode::Cancelled));
        }
        Ok(chosen)
    }

    /// Tokens first, then the connections that name them; then what was there before goes.
    async fn keep_sign_in(
        self: &Arc<Self>,
        course: &Course,
        signed_in: &SignedIn,
        chosen: Vec<&Company>,
    ) -> Result<Vec<String>, Failure> {
        let provider = course.provider;
        let reference = &signed_in.reference;
        self.keep_grant(&reference.id, &signed_in.held, signed_in.verifier.as_ref())
            .await?;
        let connections = self.book.connections(course.workspace.id).await?;
        let mut made = Vec::new();
        let mut before = HashSet::new();
        for company in &signed_in.companies {
            let known = connections.iter().find(|known| {
                oauth_of(known.provider) == Some(provider) && known.tenant == company.id
            });
            let is_chosen = chosen.iter().any(|chosen| chosen.id == company.id);
            // A sign-in serves all companies it gives access to: those that are here already go on with the new one.
            let connection = match known {
                None if !is_chosen => continue,
                None => new_connection(provider, &course.workspace, company, reference, self.now()),
                Some(known) => {
                    let old = status(known);
                    before.extend(old.grant.as_ref().map(|grant| grant.id.clone()));
                    renewed(
                        known,
                        company,
                        Status {
                            grant: Some(reference.clone()),
                            problem: None,
                            ..old
                        },
                    )
                }
            };
            match known {
                Some(_) => self.book.update_connection(connection.clone()).await?,
                None => self.book.insert_connection(connection.clone()).await?,
            }
            let kind = if known.is_some() {
                "reconnected"
            } else {
                "connected"
            };
            let data = json!({ "what": provider.name(), "name": company.name });
            self.record(Some(course.workspace.id), kind, data).await;
            if is_chosen
                || course
                    .renewed
                    .as_ref()
                    .is_some_and(|known| known.id == connection.id)
            {
                made.push(connection.id.to_string());
            }
        }
        self.accounts.forget();
        for grant in before {
            if !self.grant_is_used(&grant, None).await? {
                self.drop_grant(&grant).await?;
            }
        }
        self.events.changed(Subject::App);
        Ok(made)
    }

    /// Whether a connection other than `but` fetches with a grant.
    pub(crate) async fn grant_is_used(
        &self,
        grant: &str,
        but: Option<ConnectionId>,
    ) -> Result<bool, Failure> {
        for workspace in self.book.workspaces().await? {
            for connection in self.book.connections(workspace.id).await? {
                if Some(connection.id) != but
                    && status(&connection)
                        .grant
                        .is_some_and(|used| used.id == grant)
                {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    async fn is_connected(&self, provider: OAuth, tenants: &[&str]) -> Result<bool, Failure> {
        for workspace in self.book.workspaces().await? {
            for known in self.book.connections(workspace.id).await? {
                if oauth_of(known.provider) == Some(provider)
                    && tenants.contains(&known.tenant.as_str())
                {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// A sign-in that nothing came of ends at the provider too, and leaves nothing in the keychain.
    async fn give_back(self: &Arc<Self>, course: &Course, signed_in: &SignedIn) {
        // Ending it could end what another connection fetches with: Intuit ends all of a company's at once.
        let tenants: Vec<&str> = signed_in
            .companies
            .iter()
            .map(|company| company.id.as_str())
            .collect();
        let in_use = self.is_connected(course.provider, &tenants).await;
        if matches!(in_use, Ok(false)) {
            let kept = self
                .keep_grant(
                    &signed_in.reference.id,
                    &signed_in.held,
                    signed_in.verifier.as_ref(),
                )
                .await;
            if kept.is_ok() {
                self.revoke_grant(course.provider, &signed_in.reference)
                    .await;
            }
            if let Err(failure) = self.drop_grant(&signed_in.reference.id).await {
                tracing::warn!(
                    code = failure.code.name(),
                    "a sign-in that was given up stayed behind"
                );
            }
        }
    }

    /// Ends a grant at its provider. That it cannot be reached is no reason to keep the tokens here.
    pub(crate) async fn revoke_grant(&self, provider: OAuth, reference: &GrantRef) {
        let ended = async {
            let endpoint = self.endpoint(provider, reference).await?;
            let grant = self.grant_with(&reference.id, endpoint).await?;
            grant
                .revoke()
                .await
                .map_err(|error| token_failure(provider, &error))
        };
        if let Err(failure) = ended.await {
            tracing::warn!(
                code = failure.code.name(),
                "a sign-in was not ended at the provider"
            );
        }
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

fn new_connection(
    provider: OAuth,
    workspace: &Workspace,
    company: &Company,
    grant: &GrantRef,
    now: jiff::Timestamp,
) -> Connection {
    let status = Status {
        grant: Some(grant.clone()),
        currency: company.currency.clone(),
        ..Status::default()
    };
    Connection {
        id: ConnectionId(Uuid::now_v7()),
        workspace: workspace.id,
        provider: match provider {
            OAuth::QuickBooks => receivables::Provider::QuickBooks,
            OAuth::ZohoBooks => receivables::Provider::Zoho,
        },
        tenant: company.id.clone(),
        label: company
            .name
            .clone()
            .unwrap_or_else(|| provider.name().to_owned()),
        key_hint: None,
        account_name: company.name.clone(),
        country: company.country.clone(),
        status: json!(status),
        created: now,
        last_sync: None,
        range: CreatedRange::default(),
    }
}

fn renewed(known: &Connection, company: &Company, status: Status) -> Connection {
    let status = Status {
        currency: company.currency.clone().or(status.currency.clone()),
        ..status
    };
    Connection {
        account_name: company.name.clone().or(known.account_name.clone()),
        country: company.country.clone().or(known.country.clone()),
        status: json!(status),
        ..known.clone()
    }
}

/// Why there is no authorisation, in the words of the catalogue.
fn sign_in_failure(provider: OAuth, error: &SignInError) -> Failure {
    use accounting::authorise::CallbackError;
    let code = match error {
        SignInError::NoPort(_) => FailureCode::NoPort,
        SignInError::BrowserNotOpened => FailureCode::BrowserFailed,
        SignInError::TimedOut { .. } => FailureCode::SignInTimedOut,
        SignInError::Cancelled => FailureCode::Cancelled,
        SignInError::Superseded => FailureCode::SignInSuperseded,
        SignInError::Callback(CallbackError::Denied) => FailureCode::SignInDenied,
        SignInError::OtherCompany { .. } => FailureCode::OtherCompany,
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
