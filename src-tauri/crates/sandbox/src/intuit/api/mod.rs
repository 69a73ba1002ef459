//! The QuickBooks Online API: who may read which company, and the two envelopes of a refusal.

use serde_json::{Value, json};

use super::apps::Environment;
use super::tokens::End;
use super::{Intuit, Realm};
use crate::exchange::{Call, Reply};

/// What a handler reads: one company at one moment.
struct View<'a> {
    realm: &'a Realm,
    call: &'a Call,
}

/// The service's envelope. QuickBooks' codes are texts.
pub(crate) fn fault(code: u16, message: &str) -> Value {
    let (number, kind) = match code {
        429 => ("3001", "ValidationFault"),
        400..500 => ("2010", "ValidationFault"),
        _ => ("10000", "SystemFault"),
    };
    json!({
        "Fault": { "Error": [{ "Message": message, "Detail": message, "code": number }], "type": kind },
        "time": jiff::Timestamp::now().to_string(),
    })
}

/// The gateway's envelope: other names, other case, another clock.
fn gateway(call: &Call, status: u16, message: &str, detail: &str, code: &str) -> Reply {
    let kind = if status == 401 {
        "AUTHENTICATION"
    } else {
        "SERVICE"
    };
    let error = json!({ "message": message, "detail": detail, "code": code, "element": null });
    let reply = Reply::json(
        status,
        json!({
            "warnings": null, "intuitObject": null, "fault": { "error": [error], "type": kind }, "report": null,
            "queryResponse": null, "batchItemResponse": [], "attachableResponse": [], "syncErrorResponse": null,
            "requestId": null, "time": call.now.as_millisecond(), "status": null, "cdcresponse": [],
        }),
    );
    if status == 401 {
        return reply.header(
            "www-authenticate",
            "Bearer realm=\"Intuit\", error=\"invalid_token\"",
        );
    }
    reply
}

impl Intuit {
    pub(super) fn api(&self, environment: Environment, call: &Call) -> Reply {
        match self.view(environment, call) {
            Ok(view) => view.dispatch(),
            Err(refusal) => refusal,
        }
    }

    fn view<'a>(&'a self, environment: Environment, call: &'a Call) -> Result<View<'a>, Reply> {
        let unauthenticated = |detail: &str| {
            let message = "message=AuthenticationFailed; errorCode=003200; statusCode=401";
            gateway(call, 401, message, detail, "3200")
        };
        let forbidden = || {
            let message =
                "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403";
            gateway(call, 403, message, "", "3100")
        };
        let given = call
            .header("authorization")
            .and_then(|value| value.strip_prefix("Bearer "));
        let given = given.ok_or_else(|| unauthenticated("No authorization header"))?;
        let token = self
            .access
            .iter()
            .find(|token| token.text == given)
            .ok_or_else(|| unauthenticated(&format!("Malformed bearer token: {given}")))?;
        let grant = &self.grants[token.grant];
        if token.expires <= call.now.as_second() {
            return Err(unauthenticated(&format!("Token expired: {given}")));
        }
        match grant.end {
            Some(End::Revoked) => return Err(unauthenticated(&format!("Token revoked: {given}"))),
            Some(End::Disconnected) => return Err(forbidden()),
            None => {}
        }
        let realm = &self.realms[grant.realm];
        let accounting = grant
            .scopes
            .iter()
            .any(|scope| scope == "com.intuit.quickbooks.accounting");
        let asked = call.path.split('/').nth(3).unwrap_or_default();
        if !accounting || asked != realm.id || self.apps[grant.app].environment != environment {
            return Err(forbidden());
        }
        Ok(View { realm, call })
    }
}

impl View<'_> {
    fn dispatch(&self) -> Reply {
        let parts: Vec<&str> = self.call.path.split('/').skip(4).collect();
        match (self.call.method.as_str(), parts.as_slice()) {
            ("GET", ["companyinfo", id]) if *id == self.realm.id => self.company(),
            ("GET", ["preferences"]) => self.preferences(),
            _ => self.refuse(
                "500",
                "Unsupported Operation",
                "Operation is not supported.",
            ),
        }
    }

    fn time(&self) -> String {
        self.call.now.to_string()
    }

    fn refuse(&self, code: &str, message: &str, detail: &str) -> Reply {
        Reply::json(
            400,
            json!({
                "Fault": { "Error": [{ "Message": message, "Detail": detail, "code": code }], "type": "ValidationFault" },
                "time": self.time(),
            }),
        )
    }

    fn company(&self) -> Reply {
        let books = &self.realm.books;
        Reply::ok(json!({
            "CompanyInfo": {
                "CompanyName": books.name, "LegalName": books.name, "Country": books.country,
                "CompanyAddr": { "Id": "1", "Line1": "Vesterbrogade 1", "City": "København V", "PostalCode": "1620",
                    "Country": "DNK" },
                "SupportedLanguages": "en", "domain": "QBO", "sparse": false, "Id": "1", "SyncToken": "4",
            },
            "time": self.time(),
        }))
    }

    fn preferences(&self) -> Reply {
        Reply::ok(json!({
            "Preferences": {
                "CurrencyPrefs": { "HomeCurrency": { "value": HOME_CURRENCY }, "MultiCurrencyEnabled": true },
                "domain": "QBO", "sparse": false, "Id": "1", "SyncToken": "2",
            },
            "time": self.time(),
        }))
    }
}

/// Of both companies, which are Danish.
const HOME_CURRENCY: &str = "DKK";
