//! What sign-ins are kept as: the user's own registrations and the tokens of each grant, in the keychain; and the one
//! value of each grant that everything fetching with it shares.

use std::collections::HashMap;
use std::sync::Arc;

use accounting::authorise::{
    Application, DataCentre, DataCentres, Origin, Provider as OAuth, RelayClient, Site,
    TokenClient, TokenError,
};
use accounting::{Grant, Held, Keeping, NotKept, TokenEndpoint, TokenStore};
use http_client::{BaseUrl, Secret};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use store::{Connection, Keychain};
use zeroize::Zeroizing;

use crate::FailureCode;
use crate::connections::status;
use crate::office::Office;
use crate::refusals::{reaching, sentence};
use crate::seams;
use crate::setup::Addresses;
use crate::source::oauth_of;
use crate::wire::{
    ApplicationView, Applications, Failure, Nothing, RemoveApplication, SaveApplication,
    SignInProvider, Subject,
};

/// Ports for the browser's answer where it comes straight from the provider: each has to be registered there to the
/// letter. Well apart and below the range that Windows gives away to Hyper-V and its like.
pub(crate) const PORTS: [u16; 4] = [17_351, 24_683, 31_847, 41_593];

/// The setting that lists grants which perhaps no connection names.
const DOUBTED: &str = "doubted_grants";

/// The grants in use, by id.
#[derive(Default)]
pub(crate) struct Grants(tokio::sync::Mutex<HashMap<String, Arc<Grant>>>);

/// What a connection remembers of the sign-in it fetches with. The tokens themselves are in the keychain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct GrantRef {
    pub id: String,
    /// Through the relay; otherwise with the user's own registration.
    pub relayed: bool,
    /// Zoho's region.
    #[serde(default)]
    pub region: Option<String>,
    /// Where Zoho Books answers, one of the region's known addresses.
    #[serde(default)]
    pub api: Option<String>,
    /// When the provider ends it whatever is done, where it says so; no renewal moves that. Kept here, so that showing it
    /// asks no keychain.
    #[serde(default)]
    pub ends: Option<jiff::Timestamp>,
}

/// The item of the keychain that holds the tokens of one grant.
struct Kept {
    keychain: Keychain,
    account: String,
}

impl TokenStore for Kept {
    fn load(&self) -> Keeping<'_, Option<Held>> {
        Box::pin(async {
            let kept = self.keychain.get(&self.account).await;
            let kept = kept.map_err(|error| NotKept(error.to_string()))?;
            // What is no set of tokens is none: the user signs in again.
            Ok(kept.and_then(|text| Held::read(&Secret::new(text.expose_secret()))))
        })
    }

    fn save<'a>(&'a self, held: &'a Held) -> Keeping<'a, ()> {
        Box::pin(async {
            // The sole place where tokens are read out: into the system's keychain.
            let text = held.to_keep().expose().into();
            seams::pass("keep_tokens:before");
            let kept = self.keychain.set(&self.account, text).await;
            seams::pass("keep_tokens:after");
            kept.map_err(|error| NotKept(error.to_string()))
        })
    }
}

/// A registration as it lies in the keychain.
#[derive(Serialize, Deserialize)]
struct Registered {
    client_id: String,
    client_secret: Zeroizing<String>,
    /// Zoho's, where a region has one of its own.
    #[serde(default)]
    regional: std::collections::BTreeMap<String, Zeroizing<String>>,
}

impl Office {
    /// The tokens of a connection's sign-in.
    pub(crate) async fn grant(&self, connection: &Connection) -> Result<Arc<Grant>, Failure> {
        let name = connection.provider.title();
        let reference = status(connection)
            .grant
            .ok_or_else(|| Failure::about(FailureCode::Reconnect, name))?;
        let provider = oauth(connection)?;
        let mut grants = self.grants.0.lock().await;
        if let Some(known) = grants.get(&reference.id) {
            return Ok(Arc::clone(known));
        }
        let endpoint = self.endpoint(provider, &reference).await?;
        let grant = Arc::new(self.grant_with(&reference.id, endpoint).await?);
        grants.insert(reference.id, Arc::clone(&grant));
        Ok(grant)
    }

    pub(crate) async fn grant_with(
        &self,
        id: &str,
        endpoint: TokenEndpoint,
    ) -> Result<Grant, Failure> {
        let store = Kept {
            keychain: self.keychain().await?,
            account: tokens_account(id),
        };
        let clock = Arc::clone(&self.setup.clock);
        Ok(Grant::new(
            endpoint,
            Arc::new(store),
            Arc::new(move || clock.now()),
        ))
    }

    /// Keeps a new sign-in, before anything is made of it. It is doubted until then.
    pub(crate) async fn keep_grant(
        &self,
        id: &str,
        held: &Held,
        verifier: Option<&Secret>,
    ) -> Result<(), Failure> {
        self.doubt_grants([id.to_owned()]).await?;
        let keychain = self.keychain().await?;
        if let Some(verifier) = verifier {
            // Read out into the keychain: without it the relay's sealed tokens are worth nothing.
            keychain
                .set(&verifier_account(id), verifier.expose().into())
                .await?;
        }
        let store = Kept {
            keychain,
            account: tokens_account(id),
        };
        store.save(held).await.map_err(|error| {
            Failure::new(FailureCode::KeychainUnavailable).because(sentence(&error.0))
        })
    }

    /// Notes grants that the keychain has or is about to have, and that perhaps no connection will name: a keychain
    /// cannot be asked for what it holds, so tokens that a kill left there would stay for good.
    pub(crate) async fn doubt_grants(
        &self,
        ids: impl IntoIterator<Item = String>,
    ) -> Result<(), Failure> {
        let mut doubted: Vec<String> = self.book.get_setting(DOUBTED).await?.unwrap_or_default();
        doubted.extend(ids);
        Ok(self.book.set_setting(DOUBTED, doubted).await?)
    }

    /// Removes those that were noted and that no connection names.
    pub(crate) async fn settle_grants(&self) -> Result<(), Failure> {
        let doubted: Vec<String> = self.book.get_setting(DOUBTED).await?.unwrap_or_default();
        if doubted.is_empty() {
            return Ok(());
        }
        for id in &doubted {
            if !self.grant_is_used(id, None).await? {
                self.drop_grant(id).await?;
            }
        }
        Ok(self.book.clear_setting(DOUBTED).await?)
    }

    /// Removes what is kept of a grant.
    pub(crate) async fn drop_grant(&self, id: &str) -> Result<(), Failure> {
        self.grants.0.lock().await.remove(id);
        self.accounts.forget();
        let keychain = self.keychain().await?;
        keychain.delete(&tokens_account(id)).await?;
        keychain.delete(&verifier_account(id)).await?;
        Ok(())
    }

    /// Who renews the tokens of a grant.
    pub(crate) async fn endpoint(
        &self,
        provider: OAuth,
        reference: &GrantRef,
    ) -> Result<TokenEndpoint, Failure> {
        let site = self.site(provider).await?;
        if reference.relayed {
            let relay = self.relay(provider)?;
            let verifier = self
                .key(&verifier_account(&reference.id), provider.name())
                .await?;
            let transport = self.transport.clone();
            let client = RelayClient::new(transport, relay, site, verifier);
            return Ok(TokenEndpoint::Relay(Box::new(client)));
        }
        let region = reference.region.as_deref();
        let application = self
            .application(provider, region)
            .await?
            .ok_or_else(|| Failure::about(FailureCode::ApplicationMissing, provider.name()))?;
        let centre = region.and_then(|region| trusted(&site)?.at(region));
        let client = TokenClient::new(&site, centre, application, self.transport.clone());
        client
            .map(|client| TokenEndpoint::Provider(Box::new(client)))
            .map_err(|error| token_failure(provider, &error))
    }

    /// The relay's address.
    pub(crate) fn relay(&self, provider: OAuth) -> Result<BaseUrl, Failure> {
        let relay = self.setup.addresses.relay.clone();
        relay.ok_or_else(|| {
            Failure::about(FailureCode::ApplicationMissing, provider.name())
                .because("It was connected through a relay, and none is set: DESK_RELAY_URL.")
        })
    }

    /// The servers of a provider's sign-in.
    pub(crate) async fn site(&self, provider: OAuth) -> Result<Site, Failure> {
        match provider {
            OAuth::QuickBooks => match &self.setup.addresses.intuit_discovery {
                None => Ok(Site::quickbooks()),
                Some(discovery) => self.discovered(discovery).await,
            },
            OAuth::ZohoBooks => zoho_site(&self.setup.addresses),
        }
    }

    /// A sandbox of Intuit says in its discovery document where its servers are; each must be on this computer.
    async fn discovered(&self, discovery: &BaseUrl) -> Result<Site, Failure> {
        #[derive(Deserialize)]
        struct Discovery {
            authorization_endpoint: String,
            token_endpoint: String,
            revocation_endpoint: String,
        }
        let refused = |why: &str| {
            Failure::about(FailureCode::AddressRefused, "DESK_INTUIT_DISCOVERY_URL").because(why)
        };
        if !discovery.is_loopback() {
            return Err(refused(
                "Only a sandbox on this computer can take Intuit's place.",
            ));
        }
        let http = http_client::HttpClient::new(
            "quickbooks",
            self.transport.clone(),
            discovery.clone(),
            http_client::Pace::new(http_client::Rate::per_second(5)),
            http_client::RepeatPolicy::COMMON,
        );
        let answer = http
            .send(http_client::Request::get("GET discovery", &[]))
            .await;
        let answer = answer.map_err(|failure| reaching("QuickBooks Online", &failure))?;
        let found: Discovery = answer
            .json()
            .map_err(|failure| reaching("QuickBooks Online", &failure))?;
        let origin = |address: &str| {
            let base = crate::links::origin(address).and_then(|text| BaseUrl::parse(text).ok());
            base.as_ref()
                .and_then(Origin::loopback)
                .ok_or_else(|| refused("Its document names a server that is not on this computer."))
        };
        Ok(Site::QuickBooks {
            consent: origin(&found.authorization_endpoint)?,
            tokens: origin(&found.token_endpoint)?,
            revoke: origin(&found.revocation_endpoint)?,
        })
    }

    /// The user's own registration with a provider, with the secret of a region.
    pub(crate) async fn application(
        &self,
        provider: OAuth,
        region: Option<&str>,
    ) -> Result<Option<Application>, Failure> {
        let kept = self.registered(provider).await?;
        Ok(kept.map(|kept| {
            let regional = region.and_then(|region| kept.regional.get(region));
            let secret = regional.unwrap_or(&kept.client_secret);
            Application {
                client_secret: Secret::new(secret.as_str()),
                client_id: kept.client_id,
            }
        }))
    }

    async fn registered(&self, provider: OAuth) -> Result<Option<Registered>, Failure> {
        let kept = self
            .keychain()
            .await?
            .get(&application_account(provider))
            .await?;
        Ok(kept.and_then(|text| serde_json::from_str(text.expose_secret()).ok()))
    }

    pub(crate) async fn save_application(
        self: &Arc<Self>,
        request: SaveApplication,
    ) -> Result<Applications, Failure> {
        let provider = OAuth::from(request.provider);
        let region = request.region.map(|region| region.trim().to_lowercase());
        let (id, secret) = (request.client_id.trim(), request.client_secret.trim());
        for (what, text) in [("The client id", id), ("The client secret", secret)] {
            let fit = !text.is_empty()
                && text.len() <= 512
                && text.bytes().all(|byte| byte.is_ascii_graphic());
            if !fit {
                let what = format!("{what} is not one that {} gives.", provider.name());
                return Err(Failure::about(FailureCode::InvalidValue, &what));
            }
        }
        let known = |region: &str| match provider {
            OAuth::QuickBooks => false,
            OAuth::ZohoBooks => DataCentres::production().at(region).is_some(),
        };
        let mut kept = self
            .registered(provider)
            .await?
            .filter(|kept| kept.client_id == id);
        match (region, &mut kept) {
            (Some(region), _) if !known(&region) => {
                let what = format!("“{region}” is not a region of {}.", provider.name());
                return Err(Failure::about(FailureCode::InvalidValue, &what));
            }
            (Some(region), Some(kept)) => {
                kept.regional
                    .insert(region, Zeroizing::new(secret.to_owned()));
            }
            (None, Some(kept)) => kept.client_secret = Zeroizing::new(secret.to_owned()),
            (region, None) => {
                kept = Some(Registered {
                    client_id: id.to_owned(),
                    client_secret: Zeroizing::new(secret.to_owned()),
                    regional: region
                        .map(|region| (region, Zeroizing::new(secret.to_owned())))
                        .into_iter()
                        .collect(),
                });
            }
        }
        let text = serde_json::to_string(&kept)
            .map_err(|error| Failure::new(FailureCode::Unexpected).because(error.to_string()))?;
        self.keychain()
            .await?
            .set(&application_account(provider), text.into())
            .await?;
        // Grants in use were made ready with the registration before.
        self.grants.0.lock().await.clear();
        self.accounts.forget();
        self.events.changed(Subject::App);
        self.applications(Nothing {}).await
    }

    pub(crate) async fn remove_application(
        self: &Arc<Self>,
        request: RemoveApplication,
    ) -> Result<Applications, Failure> {
        let account = application_account(request.provider.into());
        self.keychain().await?.delete(&account).await?;
        self.grants.0.lock().await.clear();
        self.accounts.forget();
        self.events.changed(Subject::App);
        self.applications(Nothing {}).await
    }

    pub(crate) async fn applications(
        self: &Arc<Self>,
        _: Nothing,
    ) -> Result<Applications, Failure> {
        Ok(Applications {
            quickbooks: self.application_view(OAuth::QuickBooks).await?,
            zoho: self.application_view(OAuth::ZohoBooks).await?,
        })
    }

    async fn application_view(&self, provider: OAuth) -> Result<ApplicationView, Failure> {
        let kept = self.registered(provider).await?;
        let path = provider.callback_path();
        Ok(ApplicationView {
            relay: self.setup.addresses.relay.is_some(),
            client_id: kept.as_ref().map(|kept| kept.client_id.clone()),
            regions: kept
                .map(|kept| kept.regional.into_keys().collect())
                .unwrap_or_default(),
            redirects: PORTS
                .iter()
                .map(|port| format!("http://localhost:{port}{path}"))
                .collect(),
        })
    }
}

impl From<SignInProvider> for OAuth {
    fn from(provider: SignInProvider) -> OAuth {
        match provider {
            SignInProvider::QuickBooks => OAuth::QuickBooks,
            SignInProvider::Zoho => OAuth::ZohoBooks,
        }
    }
}

/// How a connection's provider signs in.
pub(crate) fn oauth(connection: &Connection) -> Result<OAuth, Failure> {
    oauth_of(connection.provider)
        .ok_or_else(|| Failure::about(FailureCode::NotFound, "The sign-in"))
}

/// Zoho's regions that codes and tokens may go to, where this is Zoho.
pub(crate) fn trusted(site: &Site) -> Option<&DataCentres> {
    match site {
        Site::QuickBooks { .. } => None,
        Site::ZohoBooks { trusted, .. } => Some(trusted),
    }
}

/// Production, or the sandboxes that replace all of it.
fn zoho_site(addresses: &Addresses) -> Result<Site, Failure> {
    let refused = |why: &str| {
        Failure::about(FailureCode::AddressRefused, "DESK_ZOHO_ACCOUNTS_URL").because(why)
    };
    let production = DataCentres::production();
    if addresses.zoho_accounts.is_empty() {
        return Site::zoho_books(production, "us").ok_or_else(|| refused("No region is known."));
    }
    let here = |base: &BaseUrl| {
        Origin::loopback(base)
            .ok_or_else(|| refused("Only a sandbox on this computer can take Zoho's place."))
    };
    let of = |list: &[(String, BaseUrl)], region: &str| {
        let found = list.iter().find(|(name, _)| name == region || name == "*");
        found.map(|(_, base)| here(base)).transpose()
    };
    let mut centres = Vec::new();
    for centre in production.iter() {
        if let Some(accounts) = of(&addresses.zoho_accounts, &centre.location)? {
            let api = of(&addresses.zoho_apis, &centre.location)?;
            centres.push(DataCentre {
                location: centre.location.clone(),
                apis: vec![api.unwrap_or_else(|| accounts.clone())],
                accounts,
            });
        }
    }
    let start = centres
        .first()
        .map(|first| first.location.clone())
        .unwrap_or_default();
    Site::zoho_books(DataCentres::sandbox(centres), &start)
        .ok_or_else(|| refused("It names none of Zoho's regions."))
}

fn tokens_account(grant: &str) -> String {
    format!("grant:{grant}")
}

fn verifier_account(grant: &str) -> String {
    format!("verifier:{grant}")
}

fn application_account(provider: OAuth) -> String {
    format!("application:{}", provider.slug())
}

/// Why there are no tokens, in the words of the catalogue.
pub(crate) fn token_failure(provider: OAuth, error: &TokenError) -> Failure {
    let name = provider.name();
    let failure = match error {
        TokenError::Unavailable(failure) => return reaching(name, failure),
        TokenError::CodeRefused { .. }
        | TokenError::NoRefreshToken
        | TokenError::UntrustedApi
        | TokenError::RedirectRefused { .. } => Failure::about(FailureCode::SignInFailed, name),
        TokenError::GrantDead { .. } => Failure::about(FailureCode::Reconnect, name),
        TokenError::ClientRefused { .. } | TokenError::SecretRefused { .. } => {
            Failure::about(FailureCode::ApplicationRefused, name)
        }
        TokenError::Throttled { .. } => Failure::about(FailureCode::RateLimited, name),
        TokenError::Refused { .. } => Failure::about(FailureCode::ProviderRefused, name),
        TokenError::Unreadable { .. } => Failure::about(FailureCode::UnreadableAnswer, name),
        TokenError::Misconfigured(_) => Failure::about(FailureCode::ApplicationRefused, name),
    };
    failure.because(sentence(&error.to_string()))
}
