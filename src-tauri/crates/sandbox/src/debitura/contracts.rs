//! What has to be signed before Debitura collects, and the preview that tells.

use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::account::Lifecycle;
use super::check::{self, text};
use super::errors::{self, Wrong};
use super::partners::{self, Partner};
use super::{Call, Debitura, Desk, Reply, pricing};
use crate::places;

const APP: &str = "https://app.debitura.example";

/// One reason why a case would be refused.
pub(super) struct Obstacle {
    kind: &'static str,
    message: String,
    pub(super) solution_url: Option<String>,
    /// Signed later, the case may wait for it; identity and coverage may not.
    pub(super) signable: bool,
}

impl Obstacle {
    pub(super) fn json(&self) -> Value {
        errors::business(self.kind, &self.message, self.solution_url.as_deref())
    }

    fn action(&self) -> Value {
        json!({ "type": self.kind, "message": self.message, "solutionUrl": self.solution_url, "isBlocking": true })
    }
}

pub(super) fn obstacles(desk: &Desk, alpha2: &str, chosen: Option<Uuid>) -> Vec<Obstacle> {
    let account = &desk.account;
    let mut obstacles = Vec::new();
    let mut add = |kind, message: String, solution_url: Option<String>, signable| {
        obstacles.push(Obstacle {
            kind,
            message,
            solution_url,
            signable,
        });
    };
    if account.blocked {
        add(
            "CreditorBlocked",
            "Your account is blocked. Please contact support.".into(),
            None,
            false,
        );
        return obstacles;
    }
    let Some(partner) = chosen
        .and_then(partners::by_id)
        .or_else(|| desk.partner_for(alpha2))
    else {
        add(
            "NoPartnerAvailable",
            "No collection partner covers the debtor's jurisdiction.".into(),
            None,
            false,
        );
        return obstacles;
    };
    if !account.agreement_signed {
        let url = format!("{APP}/contracts/sdca");
        add(
            "MissingDebtCollectionContract",
            "The standard debt collection agreement is not signed.".into(),
            Some(url),
            true,
        );
    }
    if !account.empowered.contains(&partner.id()) {
        let message = format!("The power of attorney for {} is not signed.", partner.name);
        add(
            "MissingPowerOfAttorney",
            message,
            Some(poa_url(partner)),
            true,
        );
    }
    if partner.needs_kyc && !account.identified {
        let message = format!("{} requires the identity of a director.", partner.name);
        add(
            "MissingKycVerification",
            message,
            Some(format!("{APP}/kyc")),
            false,
        );
    }
    obstacles
}

fn poa_url(partner: &Partner) -> String {
    format!("{APP}/contracts/poa/{}", partner.id())
}

/// The link through all steps. It comes back to the caller's page only when that is an absolute web address.
pub(super) fn combined_url(return_url: Option<&str>) -> String {
    let web = return_url.filter(|url| {
        url.split_once("://").is_some_and(|(scheme, rest)| {
            matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https")
                && rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[')
        })
    });
    let back = web
        .map(|url| format!("?returnUrl={}", utf8_percent_encode(url, NON_ALPHANUMERIC)))
        .unwrap_or_default();
    format!("{APP}/signing/combined{back}")
}

pub(super) fn handoff(return_url: Option<&str>) -> Value {
    json!({ "combinedSigningUrl": combined_url(return_url) })
}

pub(super) fn of_case(desk: &Desk, call: &Call) -> Reply {
    let case = match desk.case(call) {
        Ok(case) => case,
        Err(reply) => return reply,
    };
    let item = |signed: bool, url: String| json!({ "signed": signed, "requiresResigning": false, "solutionUrl": (!signed).then_some(url) });
    let partner = case.partner.and_then(partners::by_id);
    let empowered = partner.is_none_or(|partner| desk.account.empowered.contains(&partner.id()));
    Reply::ok(json!({
        "sdca": item(desk.account.agreement_signed, format!("{APP}/contracts/sdca")),
        "poa": partner.map(|partner| item(empowered, poa_url(partner))), "pricingAppendix": null,
        "collectionPartnerName": partner.map(|partner| partner.name),
        "needsPoaSigning": !empowered && case.lifecycle == Lifecycle::PendingContractSigning,
    }))
}

pub(super) fn agreement(desk: &Desk) -> Reply {
    let signed = desk.account.agreement_signed;
    let url = (!signed).then(|| format!("{APP}/contracts/sdca"));
    Reply::ok(json!({
        "signed": signed, "requiresResigning": false, "invalidationReason": "None", "termsUrl": format!("{APP}/terms/sdca.pdf"),
        "solutionUrl": url,
    }))
}

pub(super) fn preview(desk: &Desk, call: &Call) -> Reply {
    let Some(body) = call.json().filter(Value::is_object) else {
        return errors::unreadable("The body could not be read as JSON.");
    };
    if let Some(detail) = check::wrong_type(&body) {
        return errors::unreadable(&detail);
    }
    let mut wrong = Wrong::default();
    let amount = body["amountToRecover"].as_f64().unwrap_or_default();
    wrong.unless(
        amount > 0.0,
        "amountToRecover",
        "The amount to recover must be greater than 0.",
    );
    let currency = text(&body, "currencyCode")
        .unwrap_or_default()
        .to_uppercase();
    wrong.unless(
        places::is_currency(&currency),
        "currencyCode",
        "The currency code is not a valid ISO 4217 code.",
    );
    let debtor = &body["debtor"];
    let kind = text(debtor, "type").is_some_and(|kind| check::debtor_type(desk, kind));
    wrong.unless(
        kind,
        "debtor.type",
        "The debtor type must be 'Company' or 'Private'.",
    );
    let alpha2 = text(debtor, "countryAlpha2")
        .filter(|code| code.len() == 2)
        .and_then(places::country);
    wrong.unless(
        alpha2.is_some(),
        "debtor.countryAlpha2",
        "A valid ISO 3166-1 alpha-2 country code is required.",
    );
    let state = text(debtor, "stateAlpha2")
        .filter(|state| state.len() == 2)
        .and_then(places::us_state);
    wrong.unless(
        alpha2 != Some("US") || state.is_some(),
        "debtor.stateAlpha2",
        "The state is required for the United States.",
    );
    let buckets = check::buckets(&body, amount, &mut wrong);
    let due = text(&body, "dueDate").map(|text| check::date(text).unwrap_or_default());
    wrong.unless(
        due.is_none() || buckets.is_none(),
        "dueDate",
        "Give either a due date or amounts by age, not both.",
    );
    let Some(alpha2) = alpha2.filter(|_| wrong.is_empty()) else {
        return wrong
            .reply(desk.settings.field_errors)
            .unwrap_or_else(errors::not_found);
    };
    let obstacles = obstacles(desk, alpha2, None);
    let partner = desk.partner_for(alpha2);
    let eligible = partner.is_some() && !desk.account.blocked;
    let signable = obstacles
        .iter()
        .any(|obstacle| obstacle.solution_url.is_some());
    let surcharge = match (buckets, due) {
        (Some(buckets), _) => pricing::blended_uplift(amount, buckets),
        (None, Some(due)) => pricing::age_uplift(due, call.today()),
        (None, None) => 0.0,
    };
    let base = pricing::base_fee(amount, &currency, alpha2);
    let place = partners::jurisdiction(alpha2, state).filter(|_| partner.is_some());
    Reply::ok(json!({ "result": {
        "isEligible": eligible,
        "ineligibilityReason": obstacles.iter().find(|_| !eligible).map(|obstacle| &obstacle.message),
        "partnerAssignment": partner.map(|partner| json!({
            "collectionPartnerId": partner.id(), "partnerName": partner.name, "partnerCountry": places::country_name(partner.country),
        })),
        "requiredActions": obstacles.iter().filter(|obstacle| obstacle.solution_url.is_some()).map(Obstacle::action).collect::<Vec<_>>(),
        "jurisdiction": place.map(|place| json!({
            "id": place.id, "name": place.name, "countryAlpha2": place.alpha2, "stateAlpha2": place.state,
        })),
        "pricingPreview": partner.map(|_| json!({
            "baseSuccessFeePercentage": base, "ageSurchargePercentage": surcharge, "totalSuccessFeePercentage": base + surcharge,
            "currencyCode": currency, "pricingSource": "Standard agreement", "pricingSourceDescription": pricing::INVENTED,
        })),
        "requiresKycVerification": partner.is_some_and(|partner| partner.needs_kyc), "hasKycOnFile": desk.account.identified,
        "signingHandoff": signable.then(|| handoff(text(&body, "returnUrl"))),
    } }))
}

impl Debitura {
    /// Signs everything for an account; waiting cases move on.
    pub(crate) fn sign_all(&mut self, label: &str, now: Timestamp) {
        let Some(account) = self.account_mut(label) else {
            return;
        };
        account.agreement_signed = true;
        account.identified = true;
        account.empowered = partners::PARTNERS.iter().map(Partner::id).collect();
        for task in account
            .tasks
            .iter_mut()
            .filter(|task| task.kind == "SignContract" && task.solved.is_none())
        {
            task.solved = Some(now);
        }
        for case in account
            .cases
            .iter_mut()
            .filter(|case| case.lifecycle == Lifecycle::PendingContractSigning)
        {
            case.lifecycle = Lifecycle::PendingVerificationInternal;
            case.touch(
                now,
                "ContractsSigned",
                "Contracts signed",
                "All required contracts are signed.",
                ("System", None),
            );
        }
    }

    /// Takes all signatures back.
    pub(crate) fn unsign_all(&mut self, label: &str) {
        if let Some(account) = self.account_mut(label) {
            account.agreement_signed = false;
            account.identified = false;
            account.empowered.clear();
        }
    }
}
