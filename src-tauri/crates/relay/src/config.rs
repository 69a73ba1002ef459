//! Everything that an installation decides, read once from the environment. A mistake stops the start with the name of
//! the variable; its value is never repeated, as it may be a secret.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::num::NonZeroU32;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;
use secrecy::SecretString;

use crate::provider::{Provider, Region};
use crate::seal::Sealer;

/// What the relay runs on.
pub struct Config {
    pub listen: SocketAddr,
    /// Without a slash at its end.
    pub public_url: String,
    /// The last entry of `X-Forwarded-For` is then the caller's address.
    pub behind_proxy: bool,
    pub requests_per_minute: NonZeroU32,
    pub sealer: Sealer,
    pub quickbooks: Option<QuickBooks>,
    pub zoho: Option<Zoho>,
}

/// The app registered at Intuit.
pub struct QuickBooks {
    pub client_id: String,
    pub secret: SecretString,
    pub token_url: Url,
    pub revoke_url: Url,
}

/// The client registered at Zoho: one id everywhere, and one secret everywhere or one per region.
pub struct Zoho {
    pub client_id: String,
    pub secret: SecretString,
    pub regional_secrets: BTreeMap<Region, SecretString>,
    /// Without a slash at the end.
    pub accounts: BTreeMap<Region, String>,
}

/// Why the relay does not start.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum ConfigError {
    #[error("{0} is not set")]
    Missing(String),
    #[error("{0} must be an address and a port, such as 127.0.0.1:8080")]
    NotASocket(String),
    #[error(
        "{0} must be an https address (or http on this machine) without user, query or fragment"
    )]
    UnsafeAddress(String),
    #[error("{0} must be the Base64 text of 32 random bytes")]
    NotAKey(String),
    #[error("RELAY_KEY_PREVIOUS is the same as RELAY_KEY")]
    SameKeys,
    #[error("{0} must be true or false")]
    NotABool(String),
    #[error("{0} must be a whole number above 0")]
    NotANumber(String),
    #[error(
        "no provider is configured: set RELAY_QUICKBOOKS_CLIENT_ID or RELAY_ZOHO_CLIENT_ID, and its secret"
    )]
    NoProvider,
}

impl Config {
    /// Reads the variables through `lookup`; an empty one counts as absent.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let variables = Variables(&lookup);
        let config = Self {
            listen: variables
                .optional("RELAY_LISTEN")
                .unwrap_or_else(|| "127.0.0.1:8080".to_owned())
                .parse()
                .map_err(|_| ConfigError::NotASocket("RELAY_LISTEN".to_owned()))?,
            public_url: safe_address("RELAY_PUBLIC_URL", &variables.required("RELAY_PUBLIC_URL")?)?,
            behind_proxy: match variables.optional("RELAY_BEHIND_PROXY").as_deref() {
                None | Some("false") => false,
                Some("true") => true,
                Some(_) => return Err(ConfigError::NotABool("RELAY_BEHIND_PROXY".to_owned())),
            },
            requests_per_minute: match variables.optional("RELAY_REQUESTS_PER_MINUTE") {
                None => const { NonZeroU32::new(60).unwrap() },
                Some(text) => text
                    .parse()
                    .map_err(|_| ConfigError::NotANumber("RELAY_REQUESTS_PER_MINUTE".to_owned()))?,
            },
            sealer: variables.sealer()?,
            quickbooks: variables.quickbooks()?,
            zoho: variables.zoho()?,
        };
        if config.quickbooks.is_none() && config.zoho.is_none() {
            return Err(ConfigError::NoProvider);
        }
        Ok(config)
    }

    /// The address to register with the provider, to the letter.
    pub fn redirect_uri(&self, provider: Provider) -> String {
        format!("{}/oauth/{}/callback", self.public_url, provider.name())
    }
}

struct Variables<'a>(&'a dyn Fn(&str) -> Option<String>);

impl Variables<'_> {
    fn optional(&self, name: &str) -> Option<String> {
        (self.0)(name)
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
    }

    fn required(&self, name: &str) -> Result<String, ConfigError> {
        self.optional(name)
            .ok_or_else(|| ConfigError::Missing(name.to_owned()))
    }

    fn address(&self, name: &str, otherwise: &str) -> Result<String, ConfigError> {
        self.optional(name).map_or_else(
            || Ok(otherwise.to_owned()),
            |text| safe_address(name, &text),
        )
    }

    fn url(&self, name: &str, otherwise: &str) -> Result<Url, ConfigError> {
        Url::parse(&self.address(name, otherwise)?)
            .map_err(|_| ConfigError::UnsafeAddress(name.to_owned()))
    }

    fn sealer(&self) -> Result<Sealer, ConfigError> {
        let key = |name: &str, text: &str| -> Result<[u8; 32], ConfigError> {
            let bytes = STANDARD
                .decode(text)
                .map_err(|_| ConfigError::NotAKey(name.to_owned()))?;
            bytes
                .try_into()
                .map_err(|_| ConfigError::NotAKey(name.to_owned()))
        };
        let current = key("RELAY_KEY", &self.required("RELAY_KEY")?)?;
        let previous = self
            .optional("RELAY_KEY_PREVIOUS")
            .map(|text| key("RELAY_KEY_PREVIOUS", &text))
            .transpose()?;
        if previous == Some(current) {
            return Err(ConfigError::SameKeys);
        }
        Ok(Sealer::new(&current, previous.as_ref()))
    }

    /// Both or neither: half a pair is a mistake.
    fn credentials(&self, prefix: &str) -> Result<Option<(String, SecretString)>, ConfigError> {
        let (id, secret) = (
            format!("{prefix}_CLIENT_ID"),
            format!("{prefix}_CLIENT_SECRET"),
        );
        match (self.optional(&id), self.optional(&secret)) {
            (None, None) => Ok(None),
            (Some(id), Some(secret)) => Ok(Some((id, secret.into()))),
            (Some(_), None) => Err(ConfigError::Missing(secret)),
            (None, Some(_)) => Err(ConfigError::Missing(id)),
        }
    }

    fn quickbooks(&self) -> Result<Option<QuickBooks>, ConfigError> {
        let Some((client_id, secret)) = self.credentials("RELAY_QUICKBOOKS")? else {
            return Ok(None);
        };
        Ok(Some(QuickBooks {
            client_id,
            secret,
            token_url: self.url(
                "RELAY_QUICKBOOKS_TOKEN_URL",
                "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
            )?,
            revoke_url: self.url(
                "RELAY_QUICKBOOKS_REVOKE_URL",
                "https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
            )?,
        }))
    }

    fn zoho(&self) -> Result<Option<Zoho>, ConfigError> {
        let Some((client_id, secret)) = self.credentials("RELAY_ZOHO")? else {
            return Ok(None);
        };
        let mut regional_secrets = BTreeMap::new();
        let mut accounts = BTreeMap::new();
        for region in Region::ALL {
            let suffix = region.code().to_uppercase();
            if let Some(secret) = self.optional(&format!("RELAY_ZOHO_CLIENT_SECRET_{suffix}")) {
                regional_secrets.insert(region, secret.into());
            }
            let server = self.address(
                &format!("RELAY_ZOHO_ACCOUNTS_{suffix}"),
                region.accounts_server(),
            )?;
            accounts.insert(region, server);
        }
        Ok(Some(Zoho {
            client_id,
            secret,
            regional_secrets,
            accounts,
        }))
    }
}

/// An address that secrets may go to, without a slash at its end.
fn safe_address(name: &str, text: &str) -> Result<String, ConfigError> {
    let unsafe_address = || ConfigError::UnsafeAddress(name.to_owned());
    let url = Url::parse(text).map_err(|_| unsafe_address())?;
    let loopback = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    if !(url.scheme() == "https" || (url.scheme() == "http" && loopback))
        || !plain
        || url.fragment().is_some()
    {
        return Err(unsafe_address());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}
