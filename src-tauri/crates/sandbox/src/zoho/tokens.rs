//! Codes, refresh tokens, access tokens, and the limits on each. Every error but one is sent with status 200.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Host, Region, Zoho};
use crate::exchange::{Call, Reply};
use crate::settings::ZohoSettings;

const ACCESS: i64 = 3_600;
const WINDOW: i64 = 600;
const HEX: &[u8] = b"0123456789abcdef";
/// How many refresh tokens a person may have with one client.
const REFRESH_TOKENS: usize = 20;

pub(super) struct Code {
    pub(super) text: String,
    pub(super) region: Region,
    pub(super) redirect: String,
    pub(super) scopes: Vec<String>,
    pub(super) organisation: Option<String>,
    pub(super) offline: bool,
    /// The challenge, and whether it is a hash.
    pub(super) challenge: Option<(String, bool)>,
    pub(super) expires: i64,
    pub(super) used: bool,
}

/// What the person allowed.
pub(super) struct Grant {
    /// None when only an access token was given out.
    pub(super) refresh: Option<String>,
    pub(super) region: Region,
    pub(super) scopes: Vec<String>,
    /// The only one it is good for.
    pub(super) organisation: Option<String>,
    alive: bool,
    /// When it was refreshed of late.
    refreshed: Vec<i64>,
}

pub(super) struct Access {
    pub(super) text: String,
    pub(super) grant: usize,
    pub(super) expires: i64,
}

impl Grant {
    pub(super) fn shown(&self) -> Value {
        json!({ "region": self.region, "offline": self.refresh.is_some(), "alive": self.alive })
    }
}

/// Fields of a form or of the query; a body of another kind is not looked at.
fn fields(call: &Call) -> Vec<(String, String)> {
    let form = call
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let mut all = call.query.clone();
    if form {
        all.extend(form_urlencoded::parse(&call.body).into_owned());
    }
    all
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

fn error(name: &str) -> Reply {
    Reply::ok(json!({ "error": name }))
}

fn secret(region: Region, settings: &ZohoSettings) -> &'static str {
    match (settings.secret_per_region, region) {
        (true, Region::Eu) => crate::ZOHO_EU_SECRET,
        _ => crate::ZOHO_SECRET,
    }
}

impl Code {
    fn proven(&self, verifier: Option<&str>) -> bool {
        match (&self.challenge, verifier) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some((challenge, false)), Some(verifier)) => challenge == verifier,
            (Some((challenge, true)), Some(verifier)) => {
                *challenge == URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
            }
        }
    }
}

impl Zoho {
    pub(super) fn token_text(&mut self) -> String {
        let mut part = || self.dice.text(HEX, 32);
        format!("1000.{}.{}", part(), part())
    }

    pub(super) fn token(&mut self, region: Region, call: &Call, settings: &ZohoSettings) -> Reply {
        let fields = fields(call);
        let known = settings.multi_dc || region == Region::Us;
        if field(&fields, "client_id") != Some(crate::ZOHO_CLIENT) || !known {
            return error("invalid_client");
        }
        if field(&fields, "client_secret") != Some(secret(region, settings)) {
            return error("invalid_client_secret");
        }
        let now = call.now.as_second();
        let given = match field(&fields, "grant_type") {
            Some("authorization_code") => self.exchange(region, &fields, now),
            Some("refresh_token") => self.refresh(region, &fields, now),
            _ => return error("invalid_grant_type"),
        };
        let (grant, with_refresh) = match given {
            Ok(given) => given,
            Err(refusal) => return refusal,
        };
        let text = self.token_text();
        let domain = if settings.unlisted_api_domain {
            Host::Rogue
        } else {
            Host::Api(region)
        };
        let mut body = json!({ "access_token": text });
        if let Some(refresh) = self.grants[grant].refresh.as_ref().filter(|_| with_refresh) {
            body["refresh_token"] = json!(refresh);
        }
        body["scope"] = json!(self.grants[grant].scopes.join(" "));
        body["api_domain"] = json!(self.ports.zoho_url(domain));
        body["token_type"] = json!("Bearer");
        body["expires_in"] = json!(ACCESS);
        self.access.push(Access {
            text,
            grant,
            expires: now + ACCESS,
        });
        self.forget_oldest_access(grant, now, settings.active_access_tokens);
        Reply::ok(body).header("cache-control", "no-store")
    }

    fn exchange(
        &mut self,
        region: Region,
        fields: &[(String, String)],
        now: i64,
    ) -> Result<(usize, bool), Reply> {
        let given = field(fields, "code").unwrap_or_default();
        let code = self
            .codes
            .iter_mut()
            .find(|code| code.text == given && code.region == region);
        let code = code
            .filter(|code| !code.used && now < code.expires)
            .ok_or_else(|| error("invalid_code"))?;
        if field(fields, "redirect_uri") != Some(&code.redirect) {
            return Err(error("invalid_redirect_uri"));
        }
        if !code.proven(field(fields, "code_verifier")) {
            return Err(error("invalid_code"));
        }
        code.used = true;
        let (offline, scopes, organisation) =
            (code.offline, code.scopes.clone(), code.organisation.clone());
        let refresh = offline.then(|| self.token_text());
        self.grants.push(Grant {
            refresh,
            region,
            scopes,
            organisation,
            alive: true,
            refreshed: Vec::new(),
        });
        self.forget_oldest_refresh();
        Ok((self.grants.len() - 1, true))
    }

    /// One more than allowed silently kills the oldest.
    fn forget_oldest_refresh(&mut self) {
        let mut alive: Vec<&mut Grant> = self
            .grants
            .iter_mut()
            .filter(|grant| grant.alive && grant.refresh.is_some())
            .collect();
        let surplus = alive.len().saturating_sub(REFRESH_TOKENS);
        alive
            .iter_mut()
            .take(surplus)
            .for_each(|grant| grant.alive = false);
    }

    fn forget_oldest_access(&mut self, grant: usize, now: i64, allowed: usize) {
        let active = |token: &&mut Access| token.grant == grant && now < token.expires;
        let count = self.access.iter_mut().filter(active).count();
        self.access
            .iter_mut()
            .filter(active)
            .take(count.saturating_sub(allowed))
            .for_each(|token| token.expires = now);
    }

    fn refresh(
        &mut self,
        region: Region,
        fields: &[(String, String)],
        now: i64,
    ) -> Result<(usize, bool), Reply> {
        let given = field(fields, "refresh_token");
        let at = self
            .grant_of(given)
            .filter(|at| self.grants[*at].region == region)
            .ok_or_else(|| error("invalid_code"))?;
        let grant = &mut self.grants[at];
        grant.refreshed.retain(|time| now < time + WINDOW);
        if grant.refreshed.len() >= 10 {
            let body = json!({
                "error_description": "You have made too many requests continuously. Please try again after some time.",
                "error": "Access Denied", "status": "failure",
            });
            return Err(Reply::json(400, body));
        }
        grant.refreshed.push(now);
        Ok((at, false))
    }

    fn grant_of(&self, refresh: Option<&str>) -> Option<usize> {
        let refresh = refresh?;
        self.grants
            .iter()
            .position(|grant| grant.alive && grant.refresh.as_deref() == Some(refresh))
    }

    /// The grant behind an access token that is good in a region now.
    pub(super) fn grant_with(&self, access: &str, region: Region, now: i64) -> Option<&Grant> {
        let token = self.access.iter().find(|token| token.text == access)?;
        let grant = &self.grants[token.grant];
        (grant.alive && grant.region == region && now < token.expires).then_some(grant)
    }

    pub(super) fn revoke(&mut self, region: Region, call: &Call) -> Reply {
        let fields = fields(call);
        match self.grant_of(field(&fields, "token")) {
            Some(at) if self.grants[at].region == region => {
                self.grants[at].alive = false;
                Reply::ok(json!({ "status": "success" }))
            }
            _ => error("invalid_token"),
        }
    }

    /// What the person does at Zoho's own page of connected applications.
    pub(crate) fn disconnect(&mut self) -> bool {
        let any = self.grants.iter().any(|grant| grant.alive);
        self.grants.iter_mut().for_each(|grant| grant.alive = false);
        any
    }
}
