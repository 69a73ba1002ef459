//! The names of our own things. Providers' names are `receivables::InvoiceId` and `DebtorId`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! own_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map($name)
            }
        }
    };
}

own_id! {
    /// One creditor: a Debitura account and its sources.
    WorkspaceId
}

own_id! {
    /// One source of a workspace. A source connected again gets a new one; its invoices keep their names.
    ConnectionId
}

own_id! {
    /// One "yes" of the user: the entries confirmed together.
    BatchId
}

own_id! {
    /// One submission in the journal.
    EntryId
}

/// Which Debitura a workspace speaks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    Production,
    /// Debitura's own test host.
    Test,
    /// The stand-in on this computer.
    Sandbox,
}

impl Environment {
    /// The stable word in files and scripts.
    pub fn name(self) -> &'static str {
        match self {
            Environment::Production => "production",
            Environment::Test => "test",
            Environment::Sandbox => "sandbox",
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The word is not one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither production, test nor sandbox")]
pub struct ParseEnvironmentError;

impl FromStr for Environment {
    type Err = ParseEnvironmentError;

    fn from_str(text: &str) -> Result<Self, ParseEnvironmentError> {
        [
            Environment::Production,
            Environment::Test,
            Environment::Sandbox,
        ]
        .into_iter()
        .find(|environment| environment.name() == text)
        .ok_or(ParseEnvironmentError)
    }
}
