//! The Zoho Books API: who may read what, and which organisations there are.

use serde_json::{Value, json};

use super::tokens::Grant;
use super::{Organisation, Region, Zoho};
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
    pub(super) fn api(&self, region: Region, call: &Call, settings: &ZohoSettings) -> Reply {
        self.serve(region, call, settings)
            .unwrap_or_else(|refusal| refusal)
    }

    fn serve(&self, region: Region, call: &Call, settings: &ZohoSettings) -> Result<Reply, Reply> {
        let grant = self.grant_of_call(region, call)?;
        let no_route = || refuse(404, 5, "Invalid URL Passed");
        let path = call.path.strip_prefix(ROOT).ok_or_else(no_route)?;
        if path.trim_end_matches('/') == "organizations" {
            if !allows(grant, "settings") {
                return Err(unauthorised());
            }
            return Ok(self.list_organisations(grant, settings));
        }
        Err(no_route())
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
