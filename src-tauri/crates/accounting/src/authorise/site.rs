use super::{DataCentre, DataCentres, Origin, Provider};

/// The servers of one provider's sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Site {
    QuickBooks {
        /// Asks the user.
        consent: Origin,
        tokens: Origin,
        revoke: Origin,
    },
    ZohoBooks {
        trusted: DataCentres,
        /// Where the sign-in begins; Zoho leads on to the user's own region.
        start: DataCentre,
    },
}

impl Site {
    /// Intuit's, the same for its sandbox companies and for real ones.
    pub fn quickbooks() -> Self {
        Self::QuickBooks {
            consent: Origin::listed("https://appcenter.intuit.com"),
            tokens: Origin::listed("https://oauth.platform.intuit.com"),
            revoke: Origin::listed("https://developer.api.intuit.com"),
        }
    }

    /// All of Intuit on one server of this computer.
    pub fn quickbooks_at(server: Origin) -> Self {
        Self::QuickBooks {
            consent: server.clone(),
            tokens: server.clone(),
            revoke: server,
        }
    }

    /// `None` if `location` is none of the trusted regions. `us` leads to all but China.
    pub fn zoho_books(trusted: DataCentres, location: &str) -> Option<Self> {
        let start = trusted.at(location)?.clone();
        Some(Self::ZohoBooks { trusted, start })
    }

    pub fn provider(&self) -> Provider {
        match self {
            Self::QuickBooks { .. } => Provider::QuickBooks,
            Self::ZohoBooks { .. } => Provider::ZohoBooks,
        }
    }
}
