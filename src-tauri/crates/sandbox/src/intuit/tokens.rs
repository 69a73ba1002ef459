//! Codes, refresh tokens with their rotation, access tokens, and the end of each.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use super::Intuit;
use crate::dice::ALPHANUMERIC;
use crate::exchange::{Call, Reply};
use crate::settings::{IntuitSettings, Rotation};

const ACCESS: i64 = 3_600;
/// 101 days, though the documents say 100.
const REFRESH: i64 = 8_726_400;
const DAY: i64 = 86_400;
const HARD_EXPIRY: &str = "x-include-refresh-token-hard-expires-in";

pub(super) struct Code {
    pub(super) text: String,
    pub(super) app: usize,
    pub(super) redirect: String,
    pub(super) realm: usize,
    pub(super) scopes: Vec<String>,
    pub(super) expires: i64,
    pub(super) used: bool,
}

/// What a person allowed one application for one company.
pub(super) struct Grant {
    pub(super) app: usize,
    pub(super) realm: usize,
    realm_id: String,
    pub(super) scopes: Vec<String>,
    ends: i64,
    /// The newest last.
    tokens: Vec<Refresh>,
    pub(super) end: Option<End>,
}

/// How a grant ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The application gave its token back.
    Revoked,
    /// The person disconnected the application at Intuit.
    Disconnected,
}

struct Refresh {
    text: String,
    issued: i64,
    /// Since when it is replaced, and until when it is taken nonetheless.
    dies: Option<i64>,
}

pub(super) struct Access {
    pub(super) text: String,
    pub(super) grant: usize,
    pub(super) expires: i64,
}

impl Grant {
    pub(super) fn refresh_tokens(&self) -> impl Iterator<Item = &String> {
        self.tokens.iter().map(|token| &token.text)
    }

    pub(super) fn shown(&self) -> Value {
        json!({ "realm": self.realm_id, "refresh_tokens": self.tokens.len(), "ended": self.end.is_some() })
    }
}

fn form(call: &Call) -> Vec<(String, String)> {
    form_urlencoded::parse(&call.body).into_owned().collect()
}

fn field<'a>(form: &'a [(String, String)], name: &str) -> Option<&'a str> {
    form.iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

/// User and password of `Authorization: Basic`.
fn basic(call: &Call) -> Option<(String, String)> {
    let encoded = call.header("authorization")?.strip_prefix("Basic ")?;
    let text = String::from_utf8(BASE64.decode(encoded.trim()).ok()?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

fn refuse(status: u16, error: &str, settings: &IntuitSettings) -> Reply {
    let mut body = json!({ "error": error });
    if settings.describe_token_errors {
        body["error_description"] = json!(match error {
            "invalid_grant" => "Token invalid",
            "invalid_client" => "Invalid client credentials",
            _ => "Bad request",
        });
    }
    Reply::json(status, body).header("cache-control", "no-store")
}

impl Intuit {
    pub(super) fn token(&mut self, call: &Call, settings: &IntuitSettings) -> Reply {
        let form = form(call);
        let posted = || {
            Some((
                field(&form, "client_id")?.to_owned(),
                field(&form, "client_secret")?.to_owned(),
            ))
        };
        let given = basic(call).or_else(posted);
        let app = given.and_then(|(id, secret)| {
            self.apps
                .iter()
                .position(|app| app.client_id == id && app.secret == secret)
        });
        let Some(app) = app else {
            return refuse(401, "invalid_client", settings);
        };
        let now = call.now.as_second();
        let granted = match field(&form, "grant_type") {
            Some("authorization_code") => self.exchange(app, &form, now, settings),
            Some("refresh_token") => self.refresh(app, &form, now, settings),
            _ => return refuse(400, "unsupported_grant_type", settings),
        };
        let Some(at) = granted else {
            return refuse(400, "invalid_grant", settings);
        };
        let Some(newest) = self.grants[at].tokens.last() else {
            return refuse(400, "invalid_grant", settings);
        };
        let mut body = json!({
            "token_type": "bearer", "expires_in": ACCESS, "refresh_token": newest.text,
            "x_refresh_token_expires_in": newest.issued + REFRESH - now,
        });
        if call
            .header(HARD_EXPIRY)
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
        {
            body["x_refresh_token_hard_expires_in"] = json!(self.grants[at].ends - now);
        }
        let text = self.access_text();
        body["access_token"] = json!(text);
        self.access.push(Access {
            text,
            grant: at,
            expires: now + ACCESS,
        });
        Reply::ok(body).header("cache-control", "no-store")
    }

    /// Long, opaque, in five parts, as the encrypted tokens of Intuit are.
    fn access_text(&mut self) -> String {
        let mut part = |length| self.dice.text(ALPHANUMERIC, length);
        format!(
            "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0..{}.{}.{}",
            part(22),
            part(760),
            part(22)
        )
    }

    fn exchange(
        &mut self,
        app: usize,
        form: &[(String, String)],
        now: i64,
        settings: &IntuitSettings,
    ) -> Option<usize> {
        let (given, redirect) = (field(form, "code")?, field(form, "redirect_uri")?);
        let code = self.codes.iter_mut().find(|code| code.text == given)?;
        let good = code.app == app && code.redirect == redirect && !code.used && now < code.expires;
        if !good {
            return None;
        }
        code.used = true;
        let (realm, scopes) = (code.realm, code.scopes.clone());
        let first = self.refresh_text();
        self.grants.push(Grant {
            app,
            realm,
            realm_id: self.realms[realm].id.clone(),
            scopes,
            ends: now + settings.hard_expiry_seconds,
            tokens: vec![Refresh {
                text: first,
                issued: now,
                dies: None,
            }],
            end: None,
        });
        Some(self.grants.len() - 1)
    }

    fn refresh_text(&mut self) -> String {
        format!("AB1{}", self.dice.text(ALPHANUMERIC, 47))
    }

    fn refresh(
        &mut self,
        app: usize,
        form: &[(String, String)],
        now: i64,
        settings: &IntuitSettings,
    ) -> Option<usize> {
        let given = field(form, "refresh_token")?;
        let (at, position) = self.refresh_token(given)?;
        let grant = &self.grants[at];
        let token = &grant.tokens[position];
        let alive = grant.app == app
            && grant.end.is_none()
            && now < grant.ends
            && now < token.issued + REFRESH
            && token.dies.is_none_or(|dies| now < dies);
        if !alive {
            return None;
        }
        let replaced = token.dies.is_some();
        let replace = match settings.rotation {
            Rotation::Daily => !replaced && now >= token.issued + DAY,
            Rotation::KillAtOnce => true,
            // An old token within its grace gets what replaced it.
            Rotation::Grace => !replaced,
        };
        if replace {
            let grace = match settings.rotation {
                Rotation::Grace => DAY,
                _ => 0,
            };
            let text = self.refresh_text();
            let tokens = &mut self.grants[at].tokens;
            tokens[position].dies = Some(now + grace);
            tokens.push(Refresh {
                text,
                issued: now,
                dies: None,
            });
        }
        Some(at)
    }

    fn refresh_token(&self, text: &str) -> Option<(usize, usize)> {
        self.grants.iter().enumerate().find_map(|(at, grant)| {
            let position = grant.tokens.iter().position(|token| token.text == text)?;
            Some((at, position))
        })
    }

    /// Failures have no body.
    pub(super) fn revoke(&mut self, call: &Call) -> Reply {
        let app = basic(call).and_then(|(id, secret)| {
            self.apps
                .iter()
                .position(|app| app.client_id == id && app.secret == secret)
        });
        let Some(app) = app else {
            return Reply::empty(401);
        };
        let given = call
            .json()
            .and_then(|body| body["token"].as_str().map(str::to_owned))
            .or_else(|| field(&form(call), "token").map(str::to_owned));
        let grant = given.and_then(|given| {
            let by_access = || self.access.iter().find(|token| token.text == given);
            self.refresh_token(&given)
                .map(|(grant, _)| grant)
                .or_else(|| by_access().map(|token| token.grant))
        });
        match grant.map(|at| &mut self.grants[at]) {
            Some(grant) if grant.app == app && grant.end.is_none() => {
                grant.end = Some(End::Revoked);
                Reply::empty(200)
            }
            _ => Reply::empty(400),
        }
    }

    /// What a person does in QuickBooks' own settings: every grant for a company ends.
    pub(crate) fn disconnect(&mut self, realm: &str) -> bool {
        let mut any = false;
        for grant in self
            .grants
            .iter_mut()
            .filter(|grant| grant.realm_id == realm)
        {
            any |= grant.end.is_none();
            grant.end.get_or_insert(End::Disconnected);
        }
        any
    }
}
