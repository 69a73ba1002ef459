//! How a sandbox is set up.

use std::time::Duration;

use jiff::civil::Date;

use crate::company::Company;
use crate::debitura::{Contracts, DebituraKey};
use crate::intuit::{self, Environment};
use crate::serve::Provider;
use crate::settings::Settings;
use crate::stripe::StripeKey;
use crate::zoho::{Host, Region};

/// Opens the account of Nordlys Design ApS, with everything signed.
pub const DEBITURA_KEY: &str = "sandbox-debitura-key";
/// Another creditor, with everything signed.
pub const SECOND_DEBITURA_KEY: &str = "sandbox-debitura-key-second";
/// A creditor that has signed nothing.
pub const UNSIGNED_DEBITURA_KEY: &str = "sandbox-debitura-key-unsigned";
pub const BLOCKED_DEBITURA_KEY: &str = "sandbox-debitura-key-blocked";
pub const REVOKED_DEBITURA_KEY: &str = "sandbox-debitura-key-revoked";

/// Reads invoices and customers of the first account.
pub const STRIPE_KEY: &str = "rk_test_sandboxDeskReadInvoicesCustomers";
pub const NO_CUSTOMERS_STRIPE_KEY: &str = "rk_test_sandboxDeskNoCustomers";
pub const NO_INVOICES_STRIPE_KEY: &str = "rk_test_sandboxDeskNoInvoices";
pub const SECOND_STRIPE_KEY: &str = "rk_test_sandboxDeskSecondAccount";
pub const REVOKED_STRIPE_KEY: &str = "rk_test_sandboxDeskRevoked";

/// The keys of an application at Intuit for sandbox companies, and for live ones.
pub const INTUIT_CLIENT: &str = "ABsandboxDeskDevelopmentKeys";
pub const INTUIT_SECRET: &str = "sandbox-intuit-development-secret";
pub const INTUIT_LIVE_CLIENT: &str = "ABsandboxDeskProductionKeys";
pub const INTUIT_LIVE_SECRET: &str = "sandbox-intuit-production-secret";

/// A client at Zoho; the second secret is that of the EU where each region has its own.
pub const ZOHO_CLIENT: &str = "1000.SANDBOXDESKCLIENT";
pub const ZOHO_SECRET: &str = "sandbox-zoho-secret";
pub const ZOHO_EU_SECRET: &str = "sandbox-zoho-secret-eu";

#[derive(Clone, Debug)]
pub struct Options {
    /// The same seed and day give the same data.
    pub seed: u64,
    /// What the first Stripe account holds.
    pub company: Company,
    /// What the second one holds.
    pub second_company: Company,
    /// Keys beside the well-known ones; the first is what [`crate::Sandbox::stripe_key`] gives.
    pub stripe_keys: Vec<StripeKey>,
    /// Keys beside the well-known ones; the first is what [`crate::Sandbox::debitura_key`] gives.
    pub debitura_keys: Vec<DebituraKey>,
    /// The day it shall be; real time otherwise.
    pub today: Option<Date>,
    /// Added to every answer.
    pub latency: Duration,
    /// Fixed ports; any free ones otherwise. All on loopback.
    pub ports: Option<Ports>,
    pub settings: Settings,
    /// Whether the first Debitura account has a past: thirteen cases in all stages, for the demo.
    pub history: bool,
    /// Whether the awkward company has a debtor with a name of a megabyte.
    pub huge_name: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 20_260_701,
            company: Company::Demo,
            second_company: Company::Large(24),
            stripe_keys: Vec::new(),
            debitura_keys: Vec::new(),
            today: None,
            latency: Duration::ZERO,
            ports: None,
            settings: Settings::default(),
            history: false,
            huge_name: false,
        }
    }
}

impl Options {
    pub fn company(company: Company) -> Self {
        Self {
            company,
            ..Self::default()
        }
    }

    pub(crate) fn all_debitura_keys(&self) -> Vec<DebituraKey> {
        let nordlys = "Nordlys Design ApS";
        let known = [
            DebituraKey::new(DEBITURA_KEY, "nordlys", nordlys, Contracts::Signed),
            DebituraKey::new(
                SECOND_DEBITURA_KEY,
                "havnegade",
                "Havnegade Byg ApS",
                Contracts::Signed,
            ),
            DebituraKey::new(
                UNSIGNED_DEBITURA_KEY,
                "unsigned",
                "Ny Kunde ApS",
                Contracts::Unsigned,
            ),
            DebituraKey::new(
                BLOCKED_DEBITURA_KEY,
                "blocked",
                "Spærret ApS",
                Contracts::Blocked,
            ),
            DebituraKey::new(REVOKED_DEBITURA_KEY, "nordlys", nordlys, Contracts::Signed).revoked(),
        ];
        self.debitura_keys.iter().cloned().chain(known).collect()
    }

    pub(crate) fn all_stripe_keys(&self) -> Vec<StripeKey> {
        let known = [
            StripeKey::new(STRIPE_KEY),
            StripeKey::new(NO_CUSTOMERS_STRIPE_KEY).without_customers(),
            StripeKey::new(NO_INVOICES_STRIPE_KEY).without_invoices(),
            StripeKey::new(SECOND_STRIPE_KEY).of_second_account(),
            StripeKey::new(REVOKED_STRIPE_KEY).revoked(),
        ];
        self.stripe_keys.iter().cloned().chain(known).collect()
    }

    pub(crate) fn first_keys(&self) -> (String, String) {
        let debitura = self
            .debitura_keys
            .first()
            .map_or(DEBITURA_KEY, |key| &key.key);
        let stripe = self.stripe_keys.first().map_or(STRIPE_KEY, |key| &key.key);
        (debitura.to_owned(), stripe.to_owned())
    }
}

/// Ports on 127.0.0.1; 0 is any free one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ports {
    pub debitura: u16,
    pub stripe: u16,
    pub control: u16,
    /// Intuit's consent page and token endpoint.
    pub intuit: u16,
    /// The API for live companies.
    pub quickbooks: u16,
    /// The API for sandbox companies.
    pub quickbooks_sandbox: u16,
    pub zoho_accounts_us: u16,
    pub zoho_accounts_eu: u16,
    pub zoho_api_us: u16,
    pub zoho_api_eu: u16,
    /// A server that is not Zoho's.
    pub zoho_rogue: u16,
}

impl Ports {
    /// The port of every provider's every server.
    pub(crate) fn servers(&mut self) -> [(Provider, &mut u16); 10] {
        [
            (Provider::Debitura, &mut self.debitura),
            (Provider::Stripe, &mut self.stripe),
            (Provider::Intuit(intuit::Host::Accounts), &mut self.intuit),
            (
                Provider::Intuit(intuit::Host::Production),
                &mut self.quickbooks,
            ),
            (
                Provider::Intuit(intuit::Host::Sandbox),
                &mut self.quickbooks_sandbox,
            ),
            (
                Provider::Zoho(Host::Accounts(Region::Us)),
                &mut self.zoho_accounts_us,
            ),
            (
                Provider::Zoho(Host::Accounts(Region::Eu)),
                &mut self.zoho_accounts_eu,
            ),
            (Provider::Zoho(Host::Api(Region::Us)), &mut self.zoho_api_us),
            (Provider::Zoho(Host::Api(Region::Eu)), &mut self.zoho_api_eu),
            (Provider::Zoho(Host::Rogue), &mut self.zoho_rogue),
        ]
    }

    pub(crate) fn zoho_url(self, host: Host) -> String {
        let port = match host {
            Host::Accounts(Region::Us) => self.zoho_accounts_us,
            Host::Accounts(Region::Eu) => self.zoho_accounts_eu,
            Host::Api(Region::Us) => self.zoho_api_us,
            Host::Api(Region::Eu) => self.zoho_api_eu,
            Host::Rogue => self.zoho_rogue,
        };
        format!("http://127.0.0.1:{port}")
    }

    pub(crate) fn intuit_url(self) -> String {
        format!("http://127.0.0.1:{}", self.intuit)
    }

    pub(crate) fn quickbooks_url(self, environment: Environment) -> String {
        let port = match environment {
            Environment::Production => self.quickbooks,
            Environment::Development => self.quickbooks_sandbox,
        };
        format!("http://127.0.0.1:{port}")
    }

    pub(crate) fn debitura_url(self) -> String {
        format!("http://127.0.0.1:{}", self.debitura)
    }

    pub(crate) fn stripe_url(self) -> String {
        format!("http://127.0.0.1:{}", self.stripe)
    }

    pub(crate) fn control_url(self) -> String {
        format!("http://127.0.0.1:{}", self.control)
    }
}
