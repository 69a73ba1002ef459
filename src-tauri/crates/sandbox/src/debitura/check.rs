//! The field rules of `POST /cases`: the union of what the description, the guides and the official clients know. All
//! complaints come at once.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use uuid::Uuid;

use super::errors::Wrong;
use super::{Desk, partners};
use crate::places;

/// A request that passed.
pub(super) struct Checked {
    pub(super) amount: f64,
    pub(super) currency: String,
    pub(super) date: Date,
    pub(super) due: Option<Date>,
    pub(super) debtor: Value,
    pub(super) alpha2: &'static str,
    pub(super) buckets: Option<[f64; 3]>,
    pub(super) partner: Option<Uuid>,
    pub(super) division: Option<Uuid>,
    pub(super) assigned: Option<String>,
    pub(super) reference: Option<String>,
}

pub(super) fn text<'a>(body: &'a Value, field: &str) -> Option<&'a str> {
    body[field]
        .as_str()
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

/// A plain date, or the date of a time; with a zone, as it falls in UTC.
pub(super) fn date(text: &str) -> Option<Date> {
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(time.to_zoned(TimeZone::UTC).date());
    }
    text.parse::<DateTime>()
        .map(DateTime::date)
        .or_else(|_| text.parse::<Date>())
        .ok()
}

/// A value of the wrong JSON type, which the framework refuses before any rule is looked at.
pub(super) fn wrong_type(body: &Value) -> Option<String> {
    let texts = [
        "currencyCode",
        "date",
        "dueDate",
        "comments",
        "claimDescription",
        "creditorReference",
        "creditorDivisionId",
        "tag",
        "collectionPartnerId",
        "assignedUserEmail",
        "returnUrl",
    ];
    let amounts = [
        "amountToRecover",
        "amountToRecoverOver6Months",
        "amountToRecoverOver12Months",
        "amountToRecoverOver24Months",
    ];
    let switches = [
        "skipDebituraVerification",
        "skipCreationEmails",
        "allowPendingContracts",
        "isTest",
    ];
    let is = |fields: &[&'static str], fits: fn(&Value) -> bool| {
        fields
            .iter()
            .find(|field| !body[**field].is_null() && !fits(&body[**field]))
            .copied()
    };
    let name = is(&texts, Value::is_string)
        .or_else(|| is(&amounts, Value::is_number))
        .or_else(|| is(&switches, Value::is_boolean));
    if let Some(name) = name {
        return Some(format!(
            "The JSON value of '{name}' could not be converted."
        ));
    }
    let debtor = &body["debtor"];
    let misfit = debtor
        .as_object()
        .into_iter()
        .flatten()
        .find(|(_, value)| !value.is_null() && !value.is_string());
    if !debtor.is_null() && !debtor.is_object() {
        return Some("The JSON value of 'debtor' could not be converted.".into());
    }
    misfit.map(|(name, _)| format!("The JSON value of 'debtor.{name}' could not be converted."))
}

pub(super) fn check(desk: &Desk, today: Date, body: &Value) -> Result<Checked, Wrong> {
    let mut wrong = Wrong::default();
    let currency = text(body, "currencyCode")
        .unwrap_or_default()
        .to_uppercase();
    wrong.unless(
        places::is_currency(&currency),
        "currencyCode",
        "The currency code is not a valid ISO 4217 code.",
    );
    let amount = body["amountToRecover"].as_f64().unwrap_or_default();
    wrong.unless(
        amount > 0.0,
        "amountToRecover",
        "The amount to recover must be greater than 0.",
    );
    let (issued, due) = dates(desk, today, body, &mut wrong);
    for (field, most) in [
        ("creditorReference", 50),
        ("claimDescription", 4000),
        ("comments", 4000),
        ("tag", 100),
        ("assignedUserEmail", 320),
        ("returnUrl", 2048),
    ] {
        let length = body[field].as_str().map_or(0, |text| text.chars().count());
        wrong.unless(
            length <= most,
            field,
            &format!("The field must not be longer than {most} characters."),
        );
    }
    let buckets = buckets(body, amount, &mut wrong);
    let debtor = &body["debtor"];
    wrong.unless(debtor.is_object(), "debtor", "The debtor is required.");
    let (alpha2, state) = if debtor.is_object() {
        check_debtor(desk, debtor, &mut wrong)
    } else {
        Default::default()
    };
    let assigned = text(body, "assignedUserEmail").map(str::to_owned);
    if let Some(email) = &assigned {
        let member = desk
            .account
            .users
            .iter()
            .any(|user| user.email.eq_ignore_ascii_case(email));
        wrong.unless(
            member,
            "assignedUserEmail",
            "InvalidUserEmail: the user is not an active member of your team.",
        );
    }
    let id = |field: &str| text(body, field).map(|text| Uuid::try_parse(text).unwrap_or_default());
    let division = id("creditorDivisionId");
    if let Some(division) = division {
        let known = desk
            .account
            .divisions
            .iter()
            .any(|known| known.id == division && !known.archived);
        wrong.unless(known, "creditorDivisionId", "The division does not exist.");
    }
    let partner = id("collectionPartnerId");
    if let Some(partner) = partner {
        let covers = partners::by_id(partner)
            .is_some_and(|partner| alpha2.is_some_and(|alpha2| partner.covers(alpha2)));
        wrong.unless(
            covers,
            "collectionPartnerId",
            "The collection partner is not active or does not cover the jurisdiction.",
        );
    }
    match (wrong.is_empty(), issued, alpha2) {
        (true, Some(date), Some(alpha2)) => Ok(Checked {
            amount,
            currency,
            date,
            due,
            debtor: shown_debtor(debtor, alpha2, state),
            alpha2,
            buckets,
            partner,
            division,
            assigned,
            reference: text(body, "creditorReference").map(str::to_owned),
        }),
        _ => Err(wrong),
    }
}

fn dates(
    desk: &Desk,
    today: Date,
    body: &Value,
    wrong: &mut Wrong,
) -> (Option<Date>, Option<Date>) {
    let issued = text(body, "date").and_then(date);
    match issued {
        None => wrong.add("date", "The invoice date is required."),
        Some(issued) => wrong.unless(
            issued <= today,
            "date",
            "The invoice date must not be in the future.",
        ),
    }
    let due = text(body, "dueDate").map(|text| date(text).unwrap_or_default());
    if let Some(due) = due {
        wrong.unless(
            issued.is_none_or(|issued| due >= issued),
            "dueDate",
            "The due date must not be before the invoice date.",
        );
        let past = due < today || (due == today && desk.settings.accept_due_today);
        wrong.unless(past, "dueDate", "The due date must be in the past.");
    }
    (issued, due)
}

/// Cumulative amounts by age: over-24 ≤ over-12 ≤ over-6 ≤ total; 12 and 24 come together, 6 only with them.
pub(super) fn buckets(body: &Value, total: f64, wrong: &mut Wrong) -> Option<[f64; 3]> {
    const NAMES: [&str; 3] = [
        "amountToRecoverOver6Months",
        "amountToRecoverOver12Months",
        "amountToRecoverOver24Months",
    ];
    let [six, twelve, twenty_four] = NAMES.map(|name| body[name].as_f64());
    if six.is_none() && twelve.is_none() && twenty_four.is_none() {
        return None;
    }
    let (Some(twelve), Some(twenty_four)) = (twelve, twenty_four) else {
        wrong.add(
            NAMES[1],
            "The amounts over 12 and over 24 months must be given together.",
        );
        return None;
    };
    let ordered = 0.0 <= twenty_four
        && twenty_four <= twelve
        && twelve <= six.unwrap_or(total)
        && six.unwrap_or(total) <= total;
    wrong.unless(
        ordered,
        NAMES[1],
        "The amounts must not grow with age, nor be more than the amount to recover.",
    );
    Some([six.unwrap_or(twelve), twelve, twenty_four])
}

pub(super) fn debtor_type(desk: &Desk, kind: &str) -> bool {
    let accepted = |name: &str| kind.eq_ignore_ascii_case(name);
    accepted("Company")
        || accepted("Private")
        || (desk.settings.accept_person && accepted("Person"))
}

fn check_debtor(
    desk: &Desk,
    debtor: &Value,
    wrong: &mut Wrong,
) -> (Option<&'static str>, Option<&'static str>) {
    wrong.unless(
        text(debtor, "type").is_some_and(|kind| debtor_type(desk, kind)),
        "debtor.type",
        "The debtor type must be 'Company' or 'Private'.",
    );
    for field in ["name", "address", "city"] {
        wrong.unless(
            text(debtor, field).is_some(),
            &format!("debtor.{field}"),
            "The field is required.",
        );
    }
    let alpha2 = match text(debtor, "countryAlpha2") {
        Some(code) if code.len() == 2 => places::country(code),
        Some(_) => None,
        None => text(debtor, "country")
            .filter(|name| name.len() > 2)
            .and_then(places::country),
    };
    wrong.unless(
        alpha2.is_some(),
        "debtor.countryAlpha2",
        "A valid ISO 3166-1 alpha-2 country code is required.",
    );
    let state = text(debtor, "stateAlpha2").and_then(places::us_state);
    if alpha2 == Some("US") {
        wrong.unless(
            state.is_some(),
            "debtor.stateAlpha2",
            "The state is required for debtors in the United States.",
        );
    }
    (alpha2, state.filter(|_| alpha2 == Some("US")))
}

fn shown_debtor(given: &Value, alpha2: &str, state: Option<&str>) -> Value {
    let private = text(given, "type").is_some_and(|kind| !kind.eq_ignore_ascii_case("Company"));
    json!({
        "type": if private { "Private" } else { "Company" }, "name": given["name"], "contactPerson": given["contactPerson"],
        "companyRegistrationNumber": given["companyRegistrationNumber"], "address": given["address"], "zipCode": given["zipCode"],
        "city": given["city"], "state": given["state"], "stateAlpha2": state, "countryAlpha2": alpha2,
        "country": places::country_name(alpha2), "email": given["email"], "phone": given["phone"],
    })
}
