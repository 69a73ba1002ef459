//! The consent page: who asks, for which company, yes or no.

use super::apps::App;
use super::{Intuit, tokens};
use crate::consent::{self, Choice, Question};
use crate::dice::ALPHANUMERIC;
use crate::exchange::{Call, Reply};
use crate::settings::{IntuitSettings, UnknownPkce};

const PROVIDER: &str = "Intuit";
const SCOPES: [&str; 8] = [
    "com.intuit.quickbooks.accounting",
    "com.intuit.quickbooks.payment",
    "openid",
    "profile",
    "email",
    "phone",
    "address",
    "intuit_name",
];

struct Asked {
    app: usize,
    redirect: String,
    state: Option<String>,
    scopes: Vec<String>,
}

impl Intuit {
    pub(super) fn authorise(&mut self, call: &Call, settings: &IntuitSettings) -> Reply {
        let form: Vec<(String, String)> = if call.method == "POST" {
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
        if call.method != "POST" {
            return self.ask(call, &asked);
        }
        let realm =
            value("realm").and_then(|id| self.realms.iter().position(|realm| realm.id == id));
        let state = asked.state.as_deref().map(|state| ("state", state));
        match (value("decision"), realm) {
            (Some("allow"), Some(realm)) => {
                let code = format!("AB1{}", self.dice.text(ALPHANUMERIC, 47));
                let id = self.realms[realm].id.clone();
                let mut back = vec![("code", code.as_str())];
                back.extend(state);
                if asked
                    .scopes
                    .iter()
                    .any(|scope| scope.starts_with("com.intuit.quickbooks."))
                {
                    back.push(("realmId", &id));
                }
                let reply = consent::redirect(&asked.redirect, &back);
                self.codes.push(tokens::Code {
                    text: code,
                    app: asked.app,
                    redirect: asked.redirect,
                    realm,
                    scopes: asked.scopes,
                    expires: call.now.as_second() + settings.code_seconds,
                    used: false,
                });
                reply
            }
            (Some("allow"), None) => {
                consent::refuse(PROVIDER, "no_company", "Choose a company and try again.")
            }
            _ => {
                let mut back = vec![("error", "access_denied")];
                back.extend(state);
                consent::redirect(&asked.redirect, &back)
            }
        }
    }

    /// Nothing is sent to an address that is not registered, not even the reason.
    fn asked<'a>(
        &self,
        value: impl Fn(&str) -> Option<&'a str>,
        settings: &IntuitSettings,
    ) -> Result<Asked, (&'static str, &'static str)> {
        let app =
            value("client_id").and_then(|id| self.apps.iter().position(|app| app.client_id == id));
        let app = app.ok_or((
            "invalid_client",
            "The application that sent you here is not known.",
        ))?;
        let App { redirects, .. } = &self.apps[app];
        let redirect = value("redirect_uri")
            .filter(|uri| redirects.iter().any(|known| known == uri))
            .ok_or((
                "invalid_redirect_uri",
                "The redirect_uri query parameter value is invalid. Make sure it is listed in the Redirect URIs of your app.",
            ))?;
        if value("response_type") != Some("code") {
            return Err((
                "unsupported_response_type",
                "The response_type must be code.",
            ));
        }
        let scopes: Vec<String> = value("scope")
            .unwrap_or_default()
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        if scopes.is_empty() || scopes.iter().any(|scope| !SCOPES.contains(&scope.as_str())) {
            return Err((
                "invalid_scope",
                "The scope query parameter value is invalid.",
            ));
        }
        if settings.pkce == UnknownPkce::Reject && value("code_challenge").is_some() {
            return Err((
                "invalid_request",
                "The code_challenge parameter is not known.",
            ));
        }
        Ok(Asked {
            app,
            redirect: redirect.to_owned(),
            state: value("state").map(str::to_owned),
            scopes,
        })
    }

    fn ask(&self, call: &Call, asked: &Asked) -> Reply {
        let choices = self.companies().into_iter();
        consent::ask(
            call,
            &Question {
                provider: PROVIDER,
                application: self.apps[asked.app].name,
                legend: "Company",
                field: "realm",
                choices: choices
                    .map(|(value, label)| Choice { value, label })
                    .collect(),
                scopes: &asked.scopes.join(" "),
                buttons: ["Connect", "Cancel"],
            },
        )
    }
}
