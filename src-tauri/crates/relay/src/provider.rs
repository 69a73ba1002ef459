//! The providers by name, and Zoho's data centres.

use serde::{Deserialize, Serialize};

/// Where the sign-in happens. Each has a callback path of its own at the relay and at the app, so that an answer of one
/// cannot pass for another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    QuickBooks,
    Zoho,
}

impl Provider {
    /// As it stands in paths, requests and the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::QuickBooks => "quickbooks",
            Self::Zoho => "zoho",
        }
    }
}

/// One of Zoho's data centres. Codes, tokens and books of one are unknown in all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Region {
    Us,
    Eu,
    In,
    Au,
    Jp,
    Ca,
    Cn,
    Sa,
    Uk,
}

impl Region {
    pub const ALL: [Self; 9] = [
        Self::Us,
        Self::Eu,
        Self::In,
        Self::Au,
        Self::Jp,
        Self::Ca,
        Self::Cn,
        Self::Sa,
        Self::Uk,
    ];

    /// As Zoho spells it in `location`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Us => "us",
            Self::Eu => "eu",
            Self::In => "in",
            Self::Au => "au",
            Self::Jp => "jp",
            Self::Ca => "ca",
            Self::Cn => "cn",
            Self::Sa => "sa",
            Self::Uk => "uk",
        }
    }

    /// The server that knows the region's codes and tokens. The list is closed: a server named by a callback gets the
    /// client secret only if it is one of these.
    pub fn accounts_server(self) -> &'static str {
        match self {
            Self::Us => "https://accounts.zoho.com",
            Self::Eu => "https://accounts.zoho.eu",
            Self::In => "https://accounts.zoho.in",
            Self::Au => "https://accounts.zoho.com.au",
            Self::Jp => "https://accounts.zoho.jp",
            Self::Ca => "https://accounts.zohocloud.ca",
            Self::Cn => "https://accounts.zoho.com.cn",
            Self::Sa => "https://accounts.zoho.sa",
            Self::Uk => "https://accounts.zoho.uk",
        }
    }
}
