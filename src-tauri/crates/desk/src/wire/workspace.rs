use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ConnectionView, Failure, JobView, Settings, Unreconciled};

/// Which Debitura an account lives at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    Production,
    /// Debitura's test host.
    Test,
    /// A sandbox on this machine, or an address set by hand.
    Sandbox,
}

/// Everything the frame around the screens shows. Asked for at start and after each `changed` event about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct AppState {
    pub version: String,
    /// The creditor's calendar day, which decides what is due.
    pub today: String,
    pub workspaces: Vec<WorkspaceView>,
    /// The current workspace; absent before the first key.
    pub current: Option<String>,
    /// Built-in sample data is shown: nothing here is real.
    pub sample: bool,
    pub connections: Vec<ConnectionView>,
    pub jobs: Vec<JobView>,
    pub settings: Settings,
    /// Why keys cannot be kept, when the system's keychain does not answer.
    pub keychain: Option<Failure>,
    /// The journal was brought back from a copy and has to be compared before anything is sent.
    pub unreconciled: Option<Unreconciled>,
}

/// One creditor: one Debitura account and its sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WorkspaceView {
    pub id: String,
    /// The creditor's company name at Debitura.
    pub name: String,
    pub country: Option<String>,
    pub environment: Environment,
    /// Cases are sent as test cases: checked and kept by Debitura, never collected.
    pub test_mode: bool,
    pub key_hint: Option<String>,
    pub agreement: Option<Agreement>,
    /// Debitura refused the key since: it must be replaced.
    pub key_refused: bool,
}

/// The account's debt collection agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Agreement {
    pub signed: bool,
    /// Signed once, but a new version or another reason asks for it again.
    pub requires_resigning: bool,
    pub reason: Option<String>,
    pub can_sign_here: bool,
}

/// A Debitura API key to check and keep.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct ConnectDebitura {
    pub key: String,
    /// Ignored while an address is set by environment.
    pub environment: Environment,
    /// Replace the key of this workspace instead of making one.
    pub workspace: Option<String>,
}

impl std::fmt::Debug for ConnectDebitura {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConnectDebitura").finish_non_exhaustive()
    }
}
