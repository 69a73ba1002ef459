//! The applications registered with Intuit: key pairs and the addresses they may be sent back to.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::Intuit;

/// An application has one pair of keys for sandbox companies and another for live ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    Development,
    Production,
}

#[derive(Clone, Debug)]
pub(super) struct App {
    pub(super) name: &'static str,
    pub(super) client_id: &'static str,
    pub(super) secret: &'static str,
    pub(super) environment: Environment,
    pub(super) redirects: Vec<String>,
}

pub(super) fn known() -> Vec<App> {
    let app = |client_id, secret, environment| App {
        name: "Debitura Desk",
        client_id,
        secret,
        environment,
        redirects: Vec::new(),
    };
    vec![
        app(
            crate::INTUIT_CLIENT,
            crate::INTUIT_SECRET,
            Environment::Development,
        ),
        app(
            crate::INTUIT_LIVE_CLIENT,
            crate::INTUIT_LIVE_SECRET,
            Environment::Production,
        ),
    ]
}

impl Intuit {
    /// Registers an address for a key pair, or says why Intuit would not take it.
    pub(crate) fn register(
        &mut self,
        environment: Environment,
        redirect: &str,
    ) -> Result<(), &'static str> {
        acceptable(environment, redirect)?;
        self.apps
            .iter_mut()
            .filter(|app| app.environment == environment)
            .for_each(|app| app.redirects.push(redirect.to_owned()));
        Ok(())
    }
}

fn acceptable(environment: Environment, redirect: &str) -> Result<(), &'static str> {
    let uri: axum::http::Uri = redirect.parse().map_err(|_| "this is no address")?;
    let host = uri.host().ok_or("the address has no host")?;
    let local = host.eq_ignore_ascii_case("localhost");
    if host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
        return Err("an IP address is not accepted");
    }
    match (environment, uri.scheme_str()) {
        (Environment::Production, Some("https")) if local => Err("localhost is not accepted"),
        (Environment::Production, Some("https")) => Ok(()),
        (Environment::Production, _) => Err("the address must start with https"),
        (Environment::Development, Some("http")) if local => Ok(()),
        (Environment::Development, Some("https")) if !local => Ok(()),
        (Environment::Development, _) => Err("only http://localhost or https elsewhere"),
    }
}
