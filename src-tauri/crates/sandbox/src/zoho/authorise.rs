//! The consent page, in the person's own region, wherever the application started.

use super::{AUTHORISE, Host, Region, Zoho, tokens};
use crate::consent::{self, Choice, Question};
use crate::exchange::{Call, Reply};
use crate::settings::{ZohoCallback, ZohoSettings};

const PROVIDER: &str = "Zoho";
const EVERY: &str = "every";

struct Asked {
    redirect: String,
    state: Option<String>,
    scopes: Vec<String>,
    /// Whether a refresh token is wanted, and asked for anew.
    offline: bool,
    prompt: bool,
    challenge: Option<(String, bool)>,
}

impl Zoho {
    /// Registers an address, or says why Zoho's console would not take it.
    pub(crate) fn register(
        &mut self,
        redirect: &str,
        settings: &ZohoSettings,
    ) -> Result<(), &'static str> {
        let uri: axum::http::Uri = redirect.parse().map_err(|_| "this is no address")?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return Err("the address must begin with http:// or https://");
        }
        if uri.host() == Some("127.0.0.1") && !settings.accept_loopback_ip {
            return Err("write localhost rather than 127.0.0.1");
        }
        self.redirects.push(redirect.to_owned());
        Ok(())
    }

    pub(super) fn authorise(
        &mut self,
        region: Region,
        call: &Call,
        settings: &ZohoSettings,
    ) -> Reply {
        let posted = call.method == "POST";
        if region != settings.home && !posted {
            let home = self.ports.zoho_url(Host::Accounts(settings.home));
            let query: Vec<(&str, &str)> = call
                .query
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            return consent::redirect(&format!("{home}{AUTHORISE}"), &query);
        }
        let form: Vec<(String, String)> = if posted {
            form_urlencoded::parse(&call.body).into_owned().collect()
        } else {
            call.query.clone()
        };
        let value = |name: &str| {
            form.iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        let asked = match self.asked(value, settings) {
            Ok(asked) => asked,
            Err((code, message)) => return consent::refuse(PROVIDER, code, message),
        };
        if !posted {
            return self.ask(call, &asked, settings);
        }
        let state = asked.state.as_deref().map(|state| ("state", state));
        if value("decision") != Some("allow") {
            let mut back = vec![("error", "access_denied")];
            back.extend(state);
            return consent::redirect(&asked.redirect, &back);
        }
        let code = self.token_text();
        let server = match settings.callback {
            ZohoCallback::Rogue => Host::Rogue,
            _ => Host::Accounts(region),
        };
        let server = self.ports.zoho_url(server);
        let mut back = vec![("code", code.as_str())];
        back.extend(state);
        if settings.callback != ZohoCallback::WithoutLocation {
            back.extend([("location", region.name()), ("accounts-server", &server)]);
        }
        let reply = consent::redirect(&asked.redirect, &back);
        let first = !std::mem::replace(&mut self.consented, true);
        self.codes.push(tokens::Code {
            text: code,
            region,
            redirect: asked.redirect,
            scopes: asked.scopes,
            organisation: value("organization")
                .filter(|id| *id != EVERY)
                .map(str::to_owned),
            offline: asked.offline && (asked.prompt || first),
            challenge: asked.challenge,
            expires: call.now.as_second() + settings.code_seconds,
            used: false,
        });
        reply
    }

    fn asked<'a>(
        &self,
        value: impl Fn(&str) -> Option<&'a str>,
        settings: &ZohoSettings,
    ) -> Result<Asked, (&'static str, &'static str)> {
        if value("client_id") != Some(crate::ZOHO_CLIENT) {
            return Err(("invalid_client", "Invalid Client ID"));
        }
        if settings.home != Region::Us && !settings.multi_dc {
            return Err((
                "invalid_client",
                "The client is not enabled for your data center",
            ));
        }
        let redirect = value("redirect_uri")
            .filter(|uri| self.redirects.iter().any(|known| known == uri))
            .ok_or(("invalid_redirect_uri", "Invalid Redirect Uri"))?;
        if value("response_type") != Some("code") {
            return Err(("invalid_response_type", "Invalid Response Type"));
        }
        let scopes: Vec<String> = value("scope")
            .unwrap_or_default()
            .split([',', ' '])
            .filter(|scope| !scope.is_empty())
            .map(str::to_owned)
            .collect();
        if scopes.is_empty() || scopes.iter().any(|scope| !scope.starts_with("ZohoBooks.")) {
            return Err(("invalid_scope", "Scope does not exist"));
        }
        let challenge = value("code_challenge").map(|challenge| {
            (
                challenge.to_owned(),
                value("code_challenge_method") == Some("S256"),
            )
        });
        Ok(Asked {
            redirect: redirect.to_owned(),
            state: value("state").map(str::to_owned),
            scopes,
            offline: value("access_type") == Some("offline"),
            prompt: value("prompt") == Some("consent"),
            challenge,
        })
    }

    fn ask(&self, call: &Call, asked: &Asked, settings: &ZohoSettings) -> Reply {
        let every = Choice {
            value: EVERY.into(),
            label: "Every organization of yours".into(),
        };
        let own = self.shown(settings).iter().map(|organisation| Choice {
            value: organisation.id.clone(),
            label: organisation.books.name.clone(),
        });
        consent::ask(
            call,
            &Question {
                provider: PROVIDER,
                application: "Debitura Desk",
                legend: "Organization",
                field: "organization",
                choices: std::iter::once(every).chain(own).collect(),
                scopes: &asked.scopes.join(","),
                buttons: ["Accept", "Reject"],
            },
        )
    }
}
