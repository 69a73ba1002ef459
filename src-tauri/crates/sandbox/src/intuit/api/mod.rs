//! The QuickBooks Online API: who may read which company, and the two envelopes of a refusal.

mod entities;
mod fields;
mod query;
mod read;
mod throttle;
mod xml;

use serde_json::{Value, json};

use super::apps::Environment;
use super::ledger::Ledger;
use super::tokens::End;
use super::{Intuit, Realm};
use crate::exchange::{Call, Payload, Reply};
use crate::settings::IntuitSettings;

pub(crate) use throttle::Usage;

/// What a handler reads: one company at one moment.
struct View<'a> {
    realm: &'a Realm,
    call: &'a Call,
    settings: &'a IntuitSettings,
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
        "time": entities::moment(jiff::Timestamp::now()),
    })
}

/// The same as XML, as the edges of QuickBooks send it.
pub(crate) fn fault_as_xml(code: u16, message: &str) -> String {
    xml::of(&fault(code, message))
}

fn fault_of(code: &str, message: &str, detail: &str) -> Value {
    json!({
        "Fault": { "Error": [{ "Message": message, "Detail": detail, "code": code }], "type": "ValidationFault" },
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
    pub(super) fn api(
        &mut self,
        environment: Environment,
        call: &Call,
        settings: &IntuitSettings,
    ) -> Reply {
        let at = match self.realm_of(environment, call) {
            Ok(at) => at,
            Err(refusal) => return refusal,
        };
        if let Some(refusal) = self.realms[at].usage.over(environment, call, settings) {
            return refusal;
        }
        let view = View {
            realm: &self.realms[at],
            call,
            settings,
        };
        view.dispatch()
    }

    fn realm_of(&self, environment: Environment, call: &Call) -> Result<usize, Reply> {
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
        Ok(grant.realm)
    }
}

impl View<'_> {
    fn dispatch(&self) -> Reply {
        let parts: Vec<&str> = self.call.path.split('/').skip(4).collect();
        let reply = match (self.call.method.as_str(), parts.as_slice()) {
            ("GET", ["companyinfo", id]) if *id == self.realm.id => {
                self.answer(json!({ "CompanyInfo": self.company() }))
            }
            ("GET", ["preferences"]) => self.answer(json!({ "Preferences": self.preferences() })),
            ("GET", ["query"]) => {
                self.run_query(self.call.query("query").next().unwrap_or_default())
            }
            ("POST", ["query"]) => self.run_query(&String::from_utf8_lossy(&self.call.body)),
            ("GET", ["cdc"]) => self.changes(),
            ("POST", ["batch"]) => self.batch(),
            ("GET", ["invoice", id]) => self.one_invoice(id),
            ("GET", ["customer", id]) => self.one_customer(id),
            ("GET", ["invoice", id, "pdf"]) => return self.pdf(id),
            _ => self.refuse(
                "500",
                "Unsupported Operation",
                "Operation is not supported.",
            ),
        };
        if self.wants_json() {
            return reply;
        }
        let status = reply.status.as_u16();
        match reply.body {
            Payload::Json(json) => Reply::bytes(
                status,
                "application/xml;charset=UTF-8",
                xml::of(&json),
                "XML has no description",
            ),
            _ => reply,
        }
    }

    /// Without being asked for JSON, QuickBooks sends XML.
    fn wants_json(&self) -> bool {
        self.call
            .header("accept")
            .is_some_and(|accept| accept.contains("json"))
            || self.call.query("format").any(|format| format == "json")
    }

    fn ledger(&self) -> &Ledger {
        &self.realm.ledger
    }

    fn answer(&self, mut body: Value) -> Reply {
        body["time"] = json!(entities::moment(self.call.now));
        Reply::ok(body)
    }

    fn refuse(&self, code: &str, message: &str, detail: &str) -> Reply {
        let mut body = fault_of(code, message, detail);
        body["time"] = json!(entities::moment(self.call.now));
        Reply::json(400, body)
    }

    fn company(&self) -> Value {
        let books = &self.ledger().books;
        json!({
            "CompanyName": books.name, "LegalName": books.name, "Country": books.country,
            "CompanyAddr": { "Id": "1", "Line1": "Vesterbrogade 1", "City": "København V", "PostalCode": "1620",
                "Country": "DNK" },
            "SupportedLanguages": "en", "domain": "QBO", "sparse": false, "Id": "1", "SyncToken": "4",
        })
    }

    fn preferences(&self) -> Value {
        json!({
            "CurrencyPrefs": { "HomeCurrency": { "value": HOME_CURRENCY }, "MultiCurrencyEnabled": true },
            "domain": "QBO", "sparse": false, "Id": "1", "SyncToken": "2",
        })
    }
}

/// Of both companies, which are Danish.
const HOME_CURRENCY: &str = "DKK";
