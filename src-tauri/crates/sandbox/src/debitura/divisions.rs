//! Divisions of a creditor.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::account::Lifecycle;
use super::check::text;
use super::errors::{self, Wrong};
use super::{Call, Desk, Reply, page};
use crate::places;
use crate::settings::FieldErrors;

pub(crate) struct Division {
    pub(super) id: Uuid,
    pub(super) fields: Value,
    pub(super) archived: bool,
    created: Timestamp,
    updated: Option<Timestamp>,
}

impl Division {
    fn json(&self) -> Value {
        let fields = &self.fields;
        let alpha2 = fields["countryCode"].as_str().and_then(places::country);
        let country = alpha2.map(|alpha2| {
            let id = places::COUNTRIES
                .lines()
                .position(|line| line.starts_with(alpha2))
                .unwrap_or_default()
                + 1;
            json!({ "id": id, "name": places::country_name(alpha2), "alpha2": alpha2 })
        });
        json!({
            "id": self.id, "companyName": fields["companyName"], "registrationNumber": fields["registrationNumber"],
            "address": fields["address"], "zipCode": fields["zipCode"], "state": fields["state"], "city": fields["city"],
            "country": country, "officeEmail": fields["officeEmail"], "officePhone": fields["officePhone"],
            "isArchived": self.archived, "createdUtc": self.created, "updatedUtc": self.updated,
        })
    }
}

fn read(call: &Call) -> Result<Value, Reply> {
    let Some(body) = call.json().filter(Value::is_object) else {
        return Err(errors::unreadable("The body could not be read as JSON."));
    };
    let mut wrong = Wrong::default();
    let name = text(&body, "companyName").is_some_and(|name| name.chars().count() <= 200);
    wrong.unless(
        name,
        "companyName",
        "The name must have 1 to 200 characters.",
    );
    wrong.unless(
        text(&body, "city").is_some(),
        "city",
        "The city is required.",
    );
    let country = text(&body, "countryCode")
        .filter(|code| code.len() == 2)
        .and_then(places::country);
    wrong.unless(
        country.is_some(),
        "countryCode",
        "A valid ISO 3166-1 alpha-2 country code is required.",
    );
    wrong.reply(FieldErrors::ApiError).map_or(Ok(body), Err)
}

pub(super) fn create(desk: &mut Desk, call: &Call) -> Reply {
    match read(call) {
        Ok(fields) => {
            let division = Division {
                id: desk.dice.uuid(),
                fields,
                archived: false,
                created: call.now,
                updated: None,
            };
            let json = division.json();
            desk.account.divisions.push(division);
            Reply::json(201, json)
        }
        Err(refusal) => refusal,
    }
}

pub(super) fn answer(desk: &mut Desk, call: &Call, name: &str) -> Reply {
    if name == "GET /divisions" {
        let archived = call.query("includeArchived").next() == Some("true");
        let shown = desk
            .account
            .divisions
            .iter()
            .filter(|division| archived || !division.archived)
            .map(Division::json);
        return match page(call, shown.collect(), 10) {
            Ok((page, divisions)) => Reply::ok(json!({ "page": page, "divisions": divisions })),
            Err(refusal) => refusal.shaped(crate::schema::Shape::Documented(
                crate::schema::Documented::BusinessErrors,
            )),
        };
    }
    let id = Uuid::try_parse(call.parameter("id")).unwrap_or_default();
    let Some(at) = desk
        .account
        .divisions
        .iter()
        .position(|division| division.id == id)
    else {
        return errors::not_found();
    };
    let open = |stage: Lifecycle| !matches!(stage, Lifecycle::Closed | Lifecycle::Merged);
    let busy = desk
        .account
        .cases
        .iter()
        .any(|case| case.division == Some(id) && open(case.lifecycle));
    match name {
        "GET /divisions/{id}" => Reply::ok(desk.account.divisions[at].json()),
        "PUT /divisions/{id}" => match read(call) {
            Ok(fields) => {
                let division = &mut desk.account.divisions[at];
                division.fields = fields;
                division.updated = Some(call.now);
                Reply::ok(division.json())
            }
            Err(refusal) => refusal,
        },
        _ if busy => errors::rejected(
            422,
            "DivisionHasActiveCases",
            "The division has active cases.",
        ),
        "DELETE /divisions/{id}" => {
            desk.account.divisions.remove(at);
            Reply::empty(204)
        }
        // Both spellings of archive; there is no way back.
        _ => {
            let division = &mut desk.account.divisions[at];
            division.archived = true;
            division.updated = Some(call.now);
            Reply::ok(division.json())
        }
    }
}
