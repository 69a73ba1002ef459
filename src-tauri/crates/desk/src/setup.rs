//! What a host passes in: the folder, the clock, the addresses, and the few things only a host can do.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http_client::{BaseUrl, Rate};
use jiff::Timestamp;
use store::Checkpoint;

use crate::FailureCode;
use crate::seams;
use crate::wire::{Environment, Failure};

/// Answers of a host that may take as long as a person takes.
pub type HostFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a file is chosen for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choosing {
    /// Text with delimiters, or a workbook.
    Table,
    /// A mapping document.
    Mapping,
}

/// What differs between a window, a command line and a test.
pub trait Host: Send + Sync {
    /// Asks where to save a file; `None` when the user cancels.
    fn choose_save_path<'a>(&'a self, suggested_name: &'a str) -> HostFuture<'a, Option<PathBuf>>;

    /// Asks for a file to read; `None` when the user cancels, and where there is nobody to ask.
    fn choose_open_path(&self, _what: Choosing) -> HostFuture<'_, Option<PathBuf>> {
        Box::pin(async { None })
    }

    /// Opens an address that was checked already.
    ///
    /// # Errors
    /// A sentence on why no browser opened.
    fn open_browser(&self, address: &str) -> Result<(), String> {
        open::that_detached(address).map_err(|error| error.to_string())
    }

    /// Brings the window to the front, where there is one: somebody comes back from the browser.
    fn come_to_front(&self) {}
}

/// Tells the time. Passed in, so that tests can live on any day.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}

/// The system's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Where keys are kept.
#[derive(Clone)]
pub enum KeychainChoice {
    /// The system's keychain, under this service name.
    System(String),
    /// Memory, for sample data and tests: nothing real is ever put there.
    Memory,
}

/// Base addresses that replace the providers' own.
#[derive(Debug, Clone, Default)]
pub struct Addresses {
    pub debitura: Option<BaseUrl>,
    pub stripe: Option<BaseUrl>,
    pub quickbooks: Option<BaseUrl>,
    /// Of a sandbox: Intuit's own is built in.
    pub intuit_discovery: Option<BaseUrl>,
    /// Sandboxes by region; a region of `*` stands for all.
    pub zoho_accounts: Vec<(String, BaseUrl)>,
    pub zoho_apis: Vec<(String, BaseUrl)>,
    /// The relay that production sign-ins go through.
    pub relay: Option<BaseUrl>,
}

const DEBITURA: &str = "https://customer-api.debitura.com";
const DEBITURA_TEST: &str = "https://testcustomer-api.debitura.com";
const STRIPE: &str = "https://api.stripe.com";
const QUICKBOOKS: &str = "https://quickbooks.api.intuit.com";
/// Of those who build the application for others; without it, sign-ins need the user's own registration.
const RELAY: Option<&str> = option_env!("DEBITURA_RELAY_URL");

impl Addresses {
    /// Reads `DESK_DEBITURA_URL`, `DESK_STRIPE_URL`, `DESK_QUICKBOOKS_URL`, `DESK_INTUIT_DISCOVERY_URL`,
    /// `DESK_ZOHO_ACCOUNTS_URL`, `DESK_ZOHO_API_URL` and `DESK_RELAY_URL` through `variable`, which is the environment
    /// except in tests. Zoho's replace all its regions; `eu=…,us=…` names an address for each.
    ///
    /// # Errors
    /// `address_refused` for an address that is neither https nor loopback.
    pub fn from_environment(
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Addresses, Failure> {
        let read = |name: &str| match variable(name).filter(|text| !text.trim().is_empty()) {
            Some(text) => parse(&text, name).map(Some),
            None => Ok(None),
        };
        let regions = |name: &str| -> Result<Vec<(String, BaseUrl)>, Failure> {
            let text = variable(name).unwrap_or_default();
            let parts = text
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty());
            parts
                .map(|part| match part.split_once('=') {
                    Some((region, address)) if !region.contains(':') => {
                        Ok((region.to_owned(), parse(address, name)?))
                    }
                    _ => Ok(("*".to_owned(), parse(part, name)?)),
                })
                .collect()
        };
        let relay = match (read("DESK_RELAY_URL")?, RELAY) {
            (None, Some(built_in)) => Some(parse(built_in, "the relay")?),
            (set, _) => set,
        };
        Ok(Addresses {
            debitura: read("DESK_DEBITURA_URL")?,
            stripe: read("DESK_STRIPE_URL")?,
            quickbooks: read("DESK_QUICKBOOKS_URL")?,
            intuit_discovery: read("DESK_INTUIT_DISCOVERY_URL")?,
            zoho_accounts: regions("DESK_ZOHO_ACCOUNTS_URL")?,
            zoho_apis: regions("DESK_ZOHO_API_URL")?,
            relay,
        })
    }

    /// The environment a key is checked in: an address set by hand makes it the sandbox.
    pub(crate) fn environment(&self, wanted: Environment) -> Environment {
        if self.debitura.is_some() {
            Environment::Sandbox
        } else {
            wanted
        }
    }

    pub(crate) fn debitura(&self, environment: Environment) -> Result<BaseUrl, Failure> {
        match (&self.debitura, environment) {
            (Some(address), _) => Ok(address.clone()),
            (None, Environment::Production) => parse(DEBITURA, "Debitura"),
            (None, Environment::Test) => parse(DEBITURA_TEST, "Debitura"),
            (None, Environment::Sandbox) => {
                Err(Failure::about(FailureCode::Offline, "The sandbox")
                    .because("The address it was connected at is not set: DESK_DEBITURA_URL."))
            }
        }
    }

    pub(crate) fn stripe(&self) -> Result<BaseUrl, Failure> {
        self.stripe
            .clone()
            .map_or_else(|| parse(STRIPE, "Stripe"), Ok)
    }

    pub(crate) fn quickbooks(&self) -> Result<BaseUrl, Failure> {
        self.quickbooks
            .clone()
            .map_or_else(|| parse(QUICKBOOKS, "QuickBooks Online"), Ok)
    }

    /// Whether companies behind the address are made for trying things out.
    pub(crate) fn quickbooks_is_test(&self) -> bool {
        self.quickbooks
            .as_ref()
            .is_some_and(|address| address.to_string() != QUICKBOOKS)
    }
}

fn parse(text: &str, subject: &str) -> Result<BaseUrl, Failure> {
    BaseUrl::parse(text).map_err(|error| {
        Failure::about(FailureCode::AddressRefused, subject).because(error.to_string())
    })
}

/// How the agreed pace of each provider is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pacing {
    AsAgreed,
    /// So many times faster, against a sandbox whose limits are scaled alike.
    Times(u32),
    /// No pause, against a sandbox on this machine.
    Unlimited,
}

impl Pacing {
    pub(crate) fn of(self, agreed: Rate) -> Rate {
        match self {
            Pacing::AsAgreed => agreed,
            Pacing::Times(factor) => agreed.times(factor),
            Pacing::Unlimited => Rate::unlimited().parallel(agreed.parallel),
        }
    }

    /// A pause between two tries, shorter where the other side's time runs faster too.
    pub(crate) fn pause(self, usual: Duration) -> Duration {
        match self {
            Pacing::AsAgreed => usual,
            Pacing::Times(factor) => usual / factor.max(1),
            Pacing::Unlimited => usual / 50,
        }
    }
}

/// Everything an opening needs.
#[derive(Clone)]
pub struct Setup {
    pub data_dir: PathBuf,
    pub keychain: KeychainChoice,
    pub addresses: Addresses,
    pub host: Arc<dyn Host>,
    pub clock: Arc<dyn Clock>,
    pub pacing: Pacing,
    /// Between the user's yes and the first byte, so that the yes can be taken back.
    pub hold: Duration,
    /// Told of every transition of the journal; does nothing outside tests.
    pub checkpoint: Checkpoint,
}

/// Long enough to notice a slip, short enough to wait for.
const HOLD: Duration = Duration::from_secs(5);

impl Setup {
    /// The setup of the real application: the platform's data folder unless one is given, the system's keychain and
    /// clock, addresses from the environment.
    ///
    /// # Errors
    /// `address_refused` for a bad address in the environment.
    pub fn from_environment(
        data_dir: Option<PathBuf>,
        host: Arc<dyn Host>,
    ) -> Result<Setup, Failure> {
        let variable = |name: &str| std::env::var(name).ok();
        let data_dir = data_dir
            .or_else(|| {
                variable("DESK_DATA_DIR")
                    .filter(|text| !text.is_empty())
                    .map(PathBuf::from)
            })
            .or_else(|| {
                directories::ProjectDirs::from("com", "Debitura", "Debitura Desk")
                    .map(|folders| folders.data_local_dir().to_owned())
            })
            .unwrap_or_else(|| PathBuf::from("debitura-desk"));
        Ok(Setup {
            data_dir,
            keychain: KeychainChoice::System("Debitura Desk".to_owned()),
            addresses: Addresses::from_environment(variable)?,
            host,
            clock: seams::clock(),
            pacing: seams::pacing(),
            hold: HOLD,
            checkpoint: seams::checkpoint(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_loopback_addresses_are_taken() {
        let with = |address: &str| {
            let address = address.to_owned();
            Addresses::from_environment(move |name| {
                (name == "DESK_STRIPE_URL").then(|| address.clone())
            })
        };
        assert!(with("https://stripe.example").is_ok());
        assert!(with("http://127.0.0.1:4000").is_ok());
        assert!(with("").is_ok_and(|addresses| addresses.stripe.is_none()));
        for address in [
            "http://stripe.example",
            "http://127.0.0.1.evil.example",
            "ftp://127.0.0.1",
            "nonsense",
        ] {
            let refused = with(address).unwrap_err();
            assert_eq!(
                refused.code,
                FailureCode::AddressRefused,
                "{address}: keys would travel in the clear"
            );
        }
    }
}
