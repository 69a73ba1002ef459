//! The Zoho Books API: who may read what, and which organisations there are.

mod contacts;
mod invoices;
mod quota;

use serde_json::{Value, json};

use super::organisation::Organisation;
use super::tokens::Grant;
use super::{Region, Zoho};
use crate::exchange::{Call, Reply};
use crate::settings::ZohoSettings;

const ROOT: &str = "/books/v3/";

/// Zoho's only error shape.
pub(crate) fn fault(code: i64, message: &str) -> Value {
    json!({ "code": code, "message": message })
}

fn refuse(status: u16, code: i64, message: &str) -> Reply {
    Reply::json(status, fault(code, message))
}

fn unauthorised() -> Reply {
    refuse(401, 57, "You are not authorized to perform this operation")
}

/// `invoices` in `ZohoBooks.invoices.READ`; ALL and `fullaccess` do too.
fn allows(grant: &Grant, module: &str) -> bool {
    grant.scopes.iter().any(|scope| {
        scope == "ZohoBooks.fullaccess.all"
            || scope
                .strip_prefix("ZohoBooks.")
                .and_then(|rest| rest.strip_prefix(module))
                .is_some_and(|right| matches!(right, ".READ" | ".ALL"))
    })
}

impl Zoho {
    pub(super) fn api(&mut self, region: Region, call: &Call, settings: &ZohoSettings) -> Reply {
        self.serve(region, call, settings)
            .unwrap_or_else(|refusal| refusal)
    }

    fn serve(
        &mut self,
        region: Region,
        call: &Call,
        settings: &ZohoSettings,
    ) -> Result<Reply, Reply> {
        let grant = self.grant_of_call(region, call)?;
        let no_route = || refuse(404, 5, "Invalid URL Passed");
        let path = call.path.strip_prefix(ROOT).ok_or_else(no_route)?;
        if path.trim_end_matches('/') == "organizations" {
            if !allows(grant, "settings") {
                return Err(unauthorised());
            }
            return Ok(self.list_organisations(grant, settings));
        }
        let parts: Vec<&str> = path.split('/').collect();
        let module = match parts.as_slice() {
            ["invoices", ..] => "invoices",
            ["contacts", _] => "contacts",
            _ => return Err(no_route()),
        };
        if !allows(grant, module) {
            return Err(unauthorised());
        }
        let at = self.organisation_of(grant, call, settings)?;
        if let Some(refusal) = quota::over(&mut self.organisations[at], call, settings) {
            return Err(refusal);
        }
        let view = invoices::View {
            organisation: &self.organisations[at],
            call,
            settings,
        };
        let reply = match (call.method.as_str(), parts.as_slice()) {
            ("GET", ["invoices"]) => view.list(),
            ("GET", ["invoices", id]) => view.one(id),
            ("GET", ["contacts", id]) => view.contact(id),
            _ => Err(no_route()),
        }?;
        Ok(quota::headed(
            reply,
            &self.organisations[at],
            call,
            settings,
        ))
    }

    fn grant_of_call(&self, region: Region, call: &Call) -> Result<&Grant, Reply> {
        let header = call
            .header("authorization")
            .ok_or_else(|| refuse(401, 14, "Invalid value passed for authtoken."))?;
        header
            .strip_prefix("Zoho-oauthtoken ")
            .and_then(|token| self.grant_with(token, region, call.now.as_second()))
            .ok_or_else(unauthorised)
    }

    /// The position of the organisation named in the query.
    fn organisation_of(
        &self,
        grant: &Grant,
        call: &Call,
        settings: &ZohoSettings,
    ) -> Result<usize, Reply> {
        let asked = call.query("organization_id").next();
        let asked =
            asked.ok_or_else(|| refuse(400, 2, "Invalid value passed for organization_id"))?;
        self.shown(settings)
            .iter()
            .position(|known| known.id == asked && may_see(grant, known))
            .ok_or_else(|| {
                let text = "This user is not associated with the CompanyID/CompanyName: .";
                refuse(400, 6041, text)
            })
    }

    fn list_organisations(&self, grant: &Grant, settings: &ZohoSettings) -> Reply {
        let rows: Vec<Value> = self
            .shown(settings)
            .iter()
            .filter(|organisation| may_see(grant, organisation))
            .enumerate()
            .map(|(at, organisation)| row(organisation, at == 0))
            .collect();
        Reply::ok(json!({ "code": 0, "message": "success", "organizations": rows }))
    }
}

fn may_see(grant: &Grant, organisation: &Organisation) -> bool {
    grant
        .organisation
        .as_ref()
        .is_none_or(|only| *only == organisation.id)
}

/// Without a country; the month is a name, whatever the description says.
fn row(organisation: &Organisation, is_default: bool) -> Value {
    json!({
        "organization_id": organisation.id, "name": organisation.books.name, "contact_name": "Signe Holm",
        "email": "signe@nordlys.example", "is_default_org": is_default, "is_org_active": organisation.active,
        "language_code": "en", "fiscal_year_start_month": "january", "account_created_date": "2021-03-01",
        "time_zone": "Europe/Copenhagen", "currency_id": "460000000000097", "currency_code": "DKK",
        "currency_symbol": "kr", "currency_format": "1.234.567,89", "price_precision": 2, "plan_type": 14,
        "plan_name": "STANDARD", "plan_period": "Monthly",
    })
}
