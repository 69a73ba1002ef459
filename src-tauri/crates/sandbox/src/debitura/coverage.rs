//! Where collection is possible, by whom, and what is signed there.

use serde_json::{Value, json};
use uuid::Uuid;

use super::check::{self, text};
use super::errors::{self, Wrong};
use super::partners::{self, Jurisdiction, Partner};
use super::{Call, Desk, Reply};
use crate::places;

const TERMS: &str = "https://app.debitura.example/terms/poa.pdf";

fn item(desk: &Desk, place: &Jurisdiction) -> Value {
    let partner = desk.partner_for(place.alpha2);
    let covering = partner.map(|partner| {
        let signed = desk.account.empowered.contains(&partner.id());
        json!({
            "partnerId": partner.id(), "partnerName": partner.name, "conditions": null, "signed": signed, "termsUrl": TERMS,
            "solutionUrl": (!signed).then(|| poa(partner.id())), "requiresResigning": false, "invalidationReason": "None",
        })
    });
    json!({
        "jurisdiction": place.name, "jurisdictionId": place.id, "country": places::country_name(place.alpha2),
        "countryId": country_id(place), "countryAlpha2": place.alpha2, "usStateAlpha2": place.state,
        "partners": covering.into_iter().collect::<Vec<_>>(),
    })
}

fn poa(partner: Uuid) -> String {
    format!("https://app.debitura.example/contracts/poa/{partner}")
}

fn country_id(place: &Jurisdiction) -> i32 {
    places::COUNTRIES
        .lines()
        .zip(1..)
        .find(|(line, _)| line.starts_with(place.alpha2))
        .map_or(0, |(_, id)| id)
}

pub(super) fn list(desk: &Desk) -> Reply {
    Reply::ok(Value::Array(
        partners::jurisdictions()
            .iter()
            .map(|place| item(desk, place))
            .collect(),
    ))
}

pub(super) fn one(desk: &Desk, call: &Call) -> Reply {
    let id = call.parameter("id").parse::<i32>().unwrap_or_default();
    let found = partners::jurisdictions()
        .into_iter()
        .find(|place| place.id == id);
    found.map_or_else(errors::not_found, |place| Reply::ok(item(desk, &place)))
}

/// Deprecated, and still there: the first place whose name or code is the query.
pub(super) fn search(desk: &Desk, call: &Call) -> Reply {
    let Some(wanted) = call
        .query("q")
        .next()
        .map(str::trim)
        .filter(|text| !text.is_empty())
    else {
        return errors::rejected(400, "MissingQuery", "The query is required.");
    };
    let is = |place: &Jurisdiction| {
        place.name.eq_ignore_ascii_case(wanted) || place.alpha2.eq_ignore_ascii_case(wanted)
    };
    let found = partners::jurisdictions().into_iter().find(is);
    found.map_or_else(errors::not_found, |place| Reply::ok(item(desk, &place)))
}

/// Does not look at the agreement, by design of the real one.
pub(super) fn check(desk: &Desk, call: &Call) -> Reply {
    let Some(body) = call.json().filter(Value::is_object) else {
        return errors::unreadable("The body could not be read as JSON.");
    };
    let mut wrong = Wrong::default();
    let alpha2 = text(&body, "countryAlpha2")
        .filter(|code| code.len() == 2)
        .and_then(places::country);
    wrong.unless(
        alpha2.is_some(),
        "countryAlpha2",
        "A valid ISO 3166-1 alpha-2 country code is required.",
    );
    let state = text(&body, "stateAlpha2").and_then(places::us_state);
    wrong.unless(
        alpha2 != Some("US") || state.is_some(),
        "stateAlpha2",
        "The state is required for the United States.",
    );
    let kind = text(&body, "debtorType").is_some_and(|kind| check::debtor_type(desk, kind));
    wrong.unless(
        kind,
        "debtorType",
        "The debtor type must be 'Company' or 'Private'.",
    );
    wrong.unless(
        body["amount"].as_f64().is_some_and(|amount| amount >= 0.01),
        "amount",
        "The amount must be at least 0.01.",
    );
    let currency =
        text(&body, "currencyCode").is_some_and(|code| places::is_currency(&code.to_uppercase()));
    wrong.unless(
        currency,
        "currencyCode",
        "The currency code is not a valid ISO 4217 code.",
    );
    let Some(alpha2) = alpha2.filter(|_| wrong.is_empty()) else {
        return wrong
            .reply(desk.settings.field_errors)
            .unwrap_or_else(errors::not_found);
    };
    let partner = desk.partner_for(alpha2);
    let place = partners::jurisdiction(alpha2, state).filter(|_| partner.is_some());
    let power = |partner: &Partner| {
        let signed = desk.account.empowered.contains(&partner.id());
        json!({
            "signed": signed, "requiresResigning": false, "invalidationReason": "None", "termsUrl": TERMS,
            "solutionUrl": (!signed).then(|| poa(partner.id())),
        })
    };
    Reply::ok(json!({
        "isEligible": partner.is_some(),
        "jurisdiction": place.map(|place| json!({
            "id": place.id, "name": place.name, "country": places::country_name(alpha2), "countryAlpha2": alpha2,
            "usStateAlpha2": place.state,
        })),
        "partner": partner.map(|partner| json!({ "id": partner.id(), "name": partner.name })),
        "powerOfAttorneyStatus": partner.map(power),
        "errorMessage": partner.is_none().then_some("No collection partner covers the debtor's jurisdiction."),
    }))
}
