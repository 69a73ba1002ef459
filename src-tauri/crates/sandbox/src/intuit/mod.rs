//! Intuit: signing in, tokens, and the QuickBooks Online API of the companies a person may choose.

mod api;
mod apps;
mod authorise;
mod ledger;
mod switches;
mod tokens;

use serde_json::{Value, json};

use crate::company::{Books, Edit};
use crate::dice::Dice;
use crate::exchange::{Call, Handled, Reply};
use crate::settings::IntuitSettings;

pub(crate) use api::{fault, fault_as_xml};
pub use apps::Environment;
pub use ledger::{AddressTruth, Layout};
pub(crate) use switches::routes;

/// Which of Intuit's servers a request reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// Discovery, consent page, tokens.
    Accounts,
    /// The API for live companies.
    Production,
    /// The API for sandbox companies.
    Sandbox,
}

pub(crate) struct Intuit {
    apps: Vec<apps::App>,
    realms: Vec<Realm>,
    codes: Vec<tokens::Code>,
    grants: Vec<tokens::Grant>,
    access: Vec<tokens::Access>,
    dice: Dice,
    /// Of the accounts server.
    url: String,
}

/// A company's books and the number by which Intuit knows it.
pub(crate) struct Realm {
    pub(crate) id: String,
    pub(crate) ledger: ledger::Ledger,
    usage: api::Usage,
}

const AUTHORISE: &str = "/connect/oauth2";
const TOKEN: &str = "/oauth2/v1/tokens/bearer";
const REVOKE: &str = "/v2/oauth2/tokens/revoke";
const KEYS: &str = "/op/v1/jwks";
const DISCOVERY: [&str; 6] = [
    "/.well-known/openid_configuration",
    "/.well-known/openid_configuration/",
    "/.well-known/openid_sandbox_configuration",
    "/.well-known/openid_sandbox_configuration/",
    "/.well-known/openid-sandbox-configuration",
    "/.well-known/openid-configuration",
];

impl Intuit {
    pub(crate) fn new(seed: u64, books: Vec<Books>, url: String, now: i64) -> Self {
        let mut dice = Dice::new(seed ^ 0x1271_0171);
        let realms = (1..)
            .zip(books)
            .map(|(number, books)| Realm {
                id: format!("934145{number:010}"),
                ledger: ledger::Ledger::new(books, &mut dice, now),
                usage: api::Usage::default(),
            })
            .collect();
        Self {
            apps: apps::known(),
            realms,
            codes: Vec::new(),
            grants: Vec::new(),
            access: Vec::new(),
            dice,
            url,
        }
    }

    pub(crate) fn answer(&mut self, host: Host, call: &Call, settings: &IntuitSettings) -> Handled {
        let reply = match (host, call.method.as_str(), call.path.as_str()) {
            (Host::Accounts, "GET", path) if DISCOVERY.contains(&path) => self.discovery(),
            (Host::Accounts, "GET", KEYS) => Reply::ok(json!({ "keys": [] })),
            (Host::Accounts, "GET" | "POST", AUTHORISE) => self.authorise(call, settings),
            (Host::Accounts, "POST", TOKEN) => self.token(call, settings),
            (Host::Accounts, "POST", REVOKE) => self.revoke(call),
            (Host::Accounts, ..) => Reply::empty(404),
            (Host::Production, ..) => self.api(Environment::Production, call, settings),
            (Host::Sandbox, ..) => self.api(Environment::Development, call, settings),
        };
        Handled {
            reply,
            account: None,
            complaint: None,
        }
    }

    /// Counts a call of the API among those under way, and gives the company it is counted for.
    pub(crate) fn enter(&mut self, call: &Call) -> Option<usize> {
        let asked = call.path.strip_prefix("/v3/company/")?;
        let asked = asked.split('/').next()?;
        let at = self.realms.iter().position(|realm| realm.id == asked)?;
        self.realms[at].usage.under_way += 1;
        Some(at)
    }

    /// The call is answered, or nobody waits for its answer any more.
    pub(crate) fn leave(&mut self, realm: usize) {
        self.realms[realm].usage.under_way -= 1;
    }

    /// As Intuit publishes it: without the accounting scope, without a word on PKCE or on `iss`.
    fn discovery(&self) -> Reply {
        let url = &self.url;
        Reply::ok(json!({
            "issuer": format!("{url}/op/v1"), "authorization_endpoint": format!("{url}{AUTHORISE}"),
            "token_endpoint": format!("{url}{TOKEN}"), "userinfo_endpoint": format!("{url}/v1/openid_connect/userinfo"),
            "revocation_endpoint": format!("{url}{REVOKE}"), "jwks_uri": format!("{url}{KEYS}"),
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "email", "profile", "address", "phone"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
        }))
    }

    /// The companies a person may choose, by id and name.
    pub(crate) fn companies(&self) -> Vec<(String, String)> {
        self.realms
            .iter()
            .map(|realm| (realm.id.clone(), realm.ledger.books.name.clone()))
            .collect()
    }

    fn ledger(&mut self, realm: &str) -> Option<&mut ledger::Ledger> {
        let found = self.realms.iter_mut().find(|known| known.id == realm);
        found.map(|realm| &mut realm.ledger)
    }

    fn edit(&mut self, realm: &str, invoice: &str, edit: Edit, now: i64) -> bool {
        self.ledger(realm)
            .is_some_and(|ledger| ledger.edit(invoice, edit, now))
    }

    fn delete(&mut self, realm: &str, invoice: &str, now: i64) -> bool {
        self.ledger(realm)
            .is_some_and(|ledger| ledger.delete(invoice, now))
    }

    fn add(&mut self, realm: &str, now: i64, today: jiff::civil::Date) -> Option<String> {
        let known = self.realms.iter_mut().find(|known| known.id == realm)?;
        known.ledger.add(&mut self.dice, now, today)
    }

    /// Every code and token given out, with what it is.
    pub(crate) fn issued(&self) -> Vec<(&'static str, String)> {
        let codes = self
            .codes
            .iter()
            .map(|code| ("a code of Intuit", &code.text));
        let refresh = self.grants.iter().flat_map(tokens::Grant::refresh_tokens);
        let refresh = refresh.map(|text| ("a refresh token of Intuit", text));
        let access = self.access.iter();
        let access = access.map(|token| ("an access token of Intuit", &token.text));
        let all = codes.chain(refresh).chain(access);
        all.map(|(what, text)| (what, text.clone())).collect()
    }

    pub(crate) fn all_grants(&self) -> Value {
        self.grants.iter().map(tokens::Grant::shown).collect()
    }
}

/// The name of a route, as faults are laid on it.
pub(crate) fn route(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["", "v3", "company", _, rest @ ..] => {
            let number = |part: &&str| {
                if !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) {
                    "{id}".to_owned()
                } else {
                    (*part).to_owned()
                }
            };
            let rest: Vec<String> = rest.iter().map(number).collect();
            format!("/v3/company/{{realm}}/{}", rest.join("/"))
        }
        _ => path.to_owned(),
    }
}
