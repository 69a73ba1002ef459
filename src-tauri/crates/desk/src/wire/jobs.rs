use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Failure;

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    Fetch,
    Review,
    Submit,
    RefreshCases,
    Import,
    /// Brings imported rows back to the lists after the cache was lost.
    ListRows,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum JobStage {
    Running,
    /// Waits, for the pace, the network or the provider's permission to go on.
    Waiting,
    Done,
    Cancelled,
    Failed,
}

/// Long work, in units people know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct JobView {
    pub id: String,
    pub kind: JobKind,
    pub stage: JobStage,
    /// "Fetching invoices from Stripe"
    pub title: String,
    pub done: u32,
    /// Where it is known.
    pub total: Option<u32>,
    /// "invoices", "cases"
    pub unit: String,
    pub started: String,
    pub ended: Option<String>,
    /// What was done, what was not, and why; at the end, or while waiting.
    pub note: Option<String>,
    pub failure: Option<Failure>,
    pub can_cancel: bool,
    /// The review or batch it works for.
    pub subject: Option<String>,
}

/// A job was started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Started {
    pub job: String,
}

/// A subject whose screens should be read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    App,
    Invoices,
    Review,
    Submissions,
    Cases,
    Activity,
    Imports,
    SignIn,
}

/// What the host tells the page without being asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// A job moved. At most a few a second.
    Job { job: Box<JobView> },
    /// Something changed behind a screen.
    Changed { subject: Subject },
    /// Files hover over, or were dropped on, the window. Names only; the host keeps the paths.
    FilesDropped { names: Vec<String>, hovering: bool },
    /// A dropped file was opened as an import, or why not.
    ImportDropped {
        name: String,
        import: Option<String>,
        failure: Option<Box<Failure>>,
    },
}
