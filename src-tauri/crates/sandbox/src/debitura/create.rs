//! `POST /cases`.

use serde_json::{Value, json};

use super::account::{Case, Lifecycle};
use super::check::{self, Checked, text};
use super::{Call, Desk, Reply, contracts, errors, partners, people, pricing};
use crate::dice;
use crate::settings::DuplicateReference;

pub(super) fn create(desk: &mut Desk, call: &Call) -> Reply {
    let Some(body) = call.json().filter(Value::is_object) else {
        return errors::unreadable("The body could not be read as JSON.");
    };
    if let Some(detail) = check::wrong_type(&body) {
        return errors::unreadable(&detail);
    }
    let checked = match check::check(desk, call.today(), &body) {
        Ok(checked) => checked,
        Err(wrong) => {
            return wrong
                .reply(desk.settings.field_errors)
                .unwrap_or_else(errors::not_found);
        }
    };
    if let Some(refusal) = duplicate(desk, &checked) {
        return refusal;
    }
    let pending = body["allowPendingContracts"] == true;
    let return_url = text(&body, "returnUrl");
    let obstacles = contracts::obstacles(desk, checked.alpha2, checked.partner);
    let final_ones = obstacles
        .iter()
        .any(|obstacle| !obstacle.signable || !pending);
    if final_ones {
        let signable = obstacles
            .iter()
            .any(|obstacle| obstacle.solution_url.is_some());
        let combined = signable.then(|| contracts::combined_url(return_url));
        return errors::refused(
            obstacles.iter().map(contracts::Obstacle::json).collect(),
            combined.as_deref(),
        );
    }
    let waiting = !obstacles.is_empty();
    let case = new_case(desk, call, &body, checked, waiting);
    let json = case.json(desk.account);
    if waiting {
        people::open_task(
            desk.account,
            desk.dice,
            call.now,
            "SignContract",
            Some(case.id),
        );
    }
    desk.account
        .webhooks
        .emit("case.created", &case, call.now, desk.dice);
    desk.account.cases.push(case);
    desk.account.created += 1;
    Reply::ok(json)
}

/// A creditor reference is unique per creditor; the sources disagree on the answer.
fn duplicate(desk: &Desk, checked: &Checked) -> Option<Reply> {
    let reference = checked.reference.as_deref()?;
    desk.account
        .cases
        .iter()
        .find(|case| case.creditor_reference.as_deref() == Some(reference))?;
    let message = format!("A case with the creditor reference '{reference}' already exists.");
    match desk.settings.duplicate_reference {
        DuplicateReference::Accept => None,
        DuplicateReference::Business => Some(errors::refused(
            vec![errors::business("DuplicateReference", &message, None)],
            None,
        )),
        DuplicateReference::Creditor => Some(errors::refused(
            vec![errors::business(
                "DuplicateCreditorReference",
                &message,
                None,
            )],
            None,
        )),
        DuplicateReference::Field => {
            let mut wrong = errors::Wrong::default();
            wrong.add("creditorReference", message);
            wrong.reply(desk.settings.field_errors)
        }
    }
}

fn new_case(desk: &mut Desk, call: &Call, body: &Value, checked: Checked, waiting: bool) -> Case {
    let own = |field: &str| body[field].as_str().map(str::to_owned);
    let is_test = body["isTest"] == true;
    let reference = loop {
        let reference = desk.dice.text(dice::REFERENCE, 8);
        if desk
            .account
            .cases
            .iter()
            .all(|case| case.reference != reference)
        {
            break reference;
        }
    };
    let partner = checked
        .partner
        .or_else(|| desk.partner_for(checked.alpha2).map(partners::Partner::id));
    let lifecycle = match (waiting, body["skipDebituraVerification"] == true) {
        (true, _) => Lifecycle::PendingContractSigning,
        (false, true) => Lifecycle::PendingVerification,
        (false, false) => Lifecycle::PendingVerificationInternal,
    };
    let creator = desk.account.profile["companyName"].as_str();
    Case {
        id: desk.dice.uuid(),
        reference,
        creditor_reference: checked.reference,
        unseen: desk.settings.lag,
        comments: own("comments"),
        description: own("claimDescription"),
        principal: checked.amount,
        currency: checked.currency,
        is_test,
        tag: own("tag"),
        lifecycle,
        close_code: None,
        phase: None,
        date: checked.date,
        due: checked.due.unwrap_or(checked.date),
        debtor: checked.debtor,
        alpha2: checked.alpha2,
        partner,
        division: checked.division,
        created: call.now,
        updated: None,
        started: None,
        finished: None,
        missing: Vec::new(),
        responded: None,
        assigned: checked.assigned,
        age_uplift: checked
            .buckets
            .map(|buckets| pricing::blended_uplift(checked.amount, buckets)),
        return_url: own("returnUrl"),
        idempotency_key: call.header("idempotency-key").map(str::to_owned),
        chats: Vec::new(),
        payments: Vec::new(),
        deleted_payments: Vec::new(),
        files: Vec::new(),
        timeline: vec![json!({
            "date": call.now, "type": "CaseCreated", "title": "Case created", "description": "The case was created through the API.",
            "actor": { "type": "Creditor user", "name": creator },
        })],
    }
}
