//! Zoho: accounts servers of two regions, their tokens, the Zoho Books API of each, and a host that is not Zoho's at all.

mod api;
mod authorise;
mod organisation;
mod switches;
mod tokens;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::company::{Books, Edit};
use crate::dice::Dice;
use crate::exchange::{Call, Handled, Reply};
use crate::options::Ports;
use crate::settings::ZohoSettings;

pub(crate) use api::fault;
use organisation::Organisation;
pub(crate) use switches::routes;

/// A data centre. An organisation, its codes and its tokens are known in one only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Region {
    Us,
    #[default]
    Eu,
}

impl Region {
    fn name(self) -> &'static str {
        match self {
            Self::Us => "us",
            Self::Eu => "eu",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    Accounts(Region),
    Api(Region),
    /// Somebody else's, who would like codes, secrets and tokens.
    Rogue,
}

impl Host {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Accounts(Region::Us) | Self::Api(Region::Us) => "zoho-us",
            Self::Accounts(Region::Eu) | Self::Api(Region::Eu) => "zoho-eu",
            Self::Rogue => "zoho-rogue",
        }
    }
}

pub(crate) struct Zoho {
    redirects: Vec<String>,
    organisations: Vec<Organisation>,
    codes: Vec<tokens::Code>,
    grants: Vec<tokens::Grant>,
    access: Vec<tokens::Access>,
    /// Whether the person ever said yes: only the first time gives a refresh token unasked.
    consented: bool,
    dice: Dice,
    ports: Ports,
}

const AUTHORISE: &str = "/oauth/v2/auth";
const TOKEN: &str = "/oauth/v2/token";
const REVOKE: &str = "/oauth/v2/token/revoke";

impl Zoho {
    /// The last organisation is no longer active.
    pub(crate) fn new(seed: u64, books: Vec<Books>, ports: Ports, now: i64) -> Self {
        let last = books.len().saturating_sub(1);
        let organisations = books
            .into_iter()
            .enumerate()
            .map(|(at, books)| {
                let id = (20_081_234_561 + at * 7_919).to_string();
                Organisation::new(id, at != last, books, now)
            })
            .collect();
        Self {
            redirects: Vec::new(),
            organisations,
            codes: Vec::new(),
            grants: Vec::new(),
            access: Vec::new(),
            consented: false,
            dice: Dice::new(seed ^ 0x2080_b00c),
            ports,
        }
    }

    pub(crate) fn answer(&mut self, host: Host, call: &Call, settings: &ZohoSettings) -> Handled {
        let reply = match host {
            Host::Rogue => self.play_along(),
            Host::Api(region) => self.api(region, call, settings),
            Host::Accounts(region) => match (call.method.as_str(), call.path.as_str()) {
                ("GET" | "POST", AUTHORISE) => self.authorise(region, call, settings),
                ("POST", TOKEN) => self.token(region, call, settings),
                ("POST", REVOKE) => self.revoke(region, call),
                ("GET", "/oauth/serverinfo") => self.servers(),
                (_, TOKEN | REVOKE | AUTHORISE) => Reply::empty(405),
                _ => Reply::empty(404),
            },
        };
        Handled {
            reply,
            account: None,
            complaint: None,
        }
    }

    /// Takes whatever it is given with thanks, so that a client that comes here does not fail by chance.
    fn play_along(&self) -> Reply {
        Reply::ok(json!({
            "access_token": "1000.rogue", "refresh_token": "1000.rogue", "token_type": "Bearer", "expires_in": 3600,
            "api_domain": self.ports.zoho_url(Host::Rogue), "code": 0, "message": "success", "organizations": [],
        }))
    }

    fn servers(&self) -> Reply {
        let of = |region| self.ports.zoho_url(Host::Accounts(region));
        Reply::ok(json!({
            "result": "success", "locations": { "us": of(Region::Us), "eu": of(Region::Eu) },
        }))
    }

    /// The organisations of the person who signs in.
    fn shown(&self, settings: &ZohoSettings) -> &[Organisation] {
        let count = settings.organisations.min(self.organisations.len());
        &self.organisations[..count]
    }

    fn organisation(&mut self, id: &str) -> Option<&mut Organisation> {
        self.organisations.iter_mut().find(|known| known.id == id)
    }

    fn edit(&mut self, organisation: &str, invoice: &str, edit: Edit, now: i64) -> bool {
        self.organisation(organisation)
            .is_some_and(|known| known.edit(invoice, edit, now))
    }

    fn delete(&mut self, organisation: &str, invoice: &str) -> bool {
        self.organisation(organisation)
            .is_some_and(|known| known.delete(invoice))
    }

    /// Every code and token given out, with what it is.
    pub(crate) fn issued(&self) -> Vec<(&'static str, String)> {
        let codes = self.codes.iter().map(|code| ("a code of Zoho", &code.text));
        let refresh = self
            .grants
            .iter()
            .filter_map(|grant| grant.refresh.as_ref());
        let refresh = refresh.map(|text| ("a refresh token of Zoho", text));
        let access = self.access.iter();
        let access = access.map(|token| ("an access token of Zoho", &token.text));
        let all = codes.chain(refresh).chain(access);
        all.map(|(what, text)| (what, text.clone())).collect()
    }

    pub(crate) fn all_grants(&self) -> Value {
        self.grants.iter().map(tokens::Grant::shown).collect()
    }
}

/// The name of a route, as faults are laid on it.
pub(crate) fn route(path: &str) -> String {
    let is_id = |part: &str| part.len() > 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = path
        .split('/')
        .map(|part| if is_id(part) { "{id}" } else { part })
        .collect();
    parts.join("/")
}
