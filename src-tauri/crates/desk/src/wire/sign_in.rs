use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Failure;

/// A source that is signed in to in the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SignInProvider {
    #[serde(rename = "quickbooks")]
    QuickBooks,
    Zoho,
}

/// A sign-in to begin. One that is under way already gives way to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StartSignIn {
    pub provider: SignInProvider,
    /// Renew the sign-in of this connection instead of making one.
    pub connection: Option<String>,
    /// Open the browser; otherwise whoever asks shows the address.
    pub open: bool,
    /// Take the company that the provider lists first, instead of asking, where there are several.
    pub take_first: bool,
}

/// Where the sign-in that was begun last stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SignInView {
    pub id: String,
    pub provider: SignInProvider,
    pub step: SignInStep,
    /// For the browser.
    pub address: String,
    /// RFC 3339.
    pub started: String,
    /// Answers that came and belong to nobody: most likely a tab of an earlier try.
    pub strangers: u32,
    /// Why no browser opened, or why there is no connection.
    pub failure: Option<Failure>,
    /// What there is to choose from.
    pub companies: Vec<CompanyChoice>,
    /// At a reconnect: the company that was connected, when another was chosen in the browser.
    pub expected: Option<String>,
    /// The connections made or renewed.
    pub connections: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SignInStep {
    /// For the browser.
    Waiting,
    /// The answer is here and is being exchanged.
    Connecting,
    /// The user has several companies, or chose another than the one that was connected.
    Choosing,
    Done,
    Failed,
}

/// A company or organisation that the sign-in gives access to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CompanyChoice {
    pub id: String,
    pub name: String,
    /// Country, currency, id: whatever tells two of one name apart.
    pub detail: String,
    /// It is a source of this workspace already.
    pub connected: bool,
    pub preselected: bool,
}

/// The last sign-in, if there is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SignIns {
    pub current: Option<SignInView>,
}

/// The address that the browser shows when it could not come back by itself. Holds a code.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct PastedAnswer {
    pub text: String,
}

impl std::fmt::Debug for PastedAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PastedAnswer").finish_non_exhaustive()
    }
}

/// The companies to connect; none takes the sign-in back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChooseCompanies {
    pub ids: Vec<String>,
}

/// The user's own registration with a provider.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct SaveApplication {
    pub provider: SignInProvider,
    pub client_id: String,
    pub client_secret: String,
    /// Of Zoho, where a region has a secret of its own: `eu`.
    pub region: Option<String>,
}

impl std::fmt::Debug for SaveApplication {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SaveApplication")
            .field("provider", &self.provider)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

/// A registration to forget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RemoveApplication {
    pub provider: SignInProvider,
}

/// By which registration each provider is signed in to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Applications {
    pub quickbooks: ApplicationView,
    pub zoho: ApplicationView,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ApplicationView {
    /// A relay with a registration of its own is set, so nothing has to be entered.
    pub relay: bool,
    /// The user's own client id, where one is kept. It is no secret.
    pub client_id: Option<String>,
    /// Regions with a secret of their own.
    pub regions: Vec<String>,
    /// The addresses to register with the provider, to the letter. One would do; more are tried when a port is taken.
    pub redirects: Vec<String>,
}
