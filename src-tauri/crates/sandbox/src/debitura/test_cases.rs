//! The endpoints that drive and remove test cases. Real cases are out of their reach.

use serde_json::json;
use uuid::Uuid;

use super::account::Lifecycle;
use super::{Call, Desk, Reply, cases, webhooks};
use crate::schema::Shape;

const NO_PAYMENT: &str = "Pre-Legal Exhausted – No Payment";

pub(super) fn answer(desk: &mut Desk, call: &Call, name: &str) -> Reply {
    match name {
        "POST /test/cases/{id}/advance" => advance(desk, call),
        "DELETE /test/cases/{id}" => delete(desk, call),
        "DELETE /test/cases" => delete_tagged(desk, call),
        _ => webhooks::fire(desk, call),
    }
}

fn advance(desk: &mut Desk, call: &Call) -> Reply {
    let Ok(at) = desk.case_index(call) else {
        return Reply::empty(404);
    };
    let body = call.json().unwrap_or_default();
    let target = body["to"].as_str().unwrap_or_default();
    let code = match target {
        "Active" => None,
        "Closed:Paid" => Some("Paid"),
        "Closed:NoPayment" => Some(NO_PAYMENT),
        _ => return refused("'to' must be Active, Closed:Paid or Closed:NoPayment."),
    };
    let amount = body["amount"].as_f64();
    if !desk.account.cases[at].is_test {
        return refused("The case is not a test case.");
    }
    if target == "Closed:Paid" && amount.is_none() {
        return refused("'amount' is required.");
    }
    let case = &desk.account.cases[at];
    let state = |code: Option<&str>| match code {
        None => "Active",
        Some("Paid") => "Closed:Paid",
        Some(_) => "Closed:NoPayment",
    };
    match (case.lifecycle, code) {
        (Lifecycle::Active, None) => {
            return Reply::ok(json!({ "advanced": false, "state": "Active" }));
        }
        (Lifecycle::Closed, wanted) if wanted.is_none() || wanted == case.close_code.as_deref() => {
            return Reply::ok(
                json!({ "advanced": false, "state": state(case.close_code.as_deref()) }),
            );
        }
        (Lifecycle::Closed, _) => {
            return refused("The case is already closed with a different close code.");
        }
        (
            Lifecycle::Active
            | Lifecycle::PendingVerification
            | Lifecycle::PendingVerificationInternal,
            _,
        ) => {}
        _ => return refused("The case cannot be advanced from its current state."),
    }
    if case.lifecycle != Lifecycle::Active {
        cases::enter_stage(
            desk.account,
            at,
            desk.dice,
            Lifecycle::Active,
            None,
            call.now,
        );
    }
    if let (Some("Paid"), Some(amount)) = (code, amount) {
        cases::add_payment(desk.account, at, desk.dice, amount, call.now);
    }
    if let Some(code) = code {
        cases::enter_stage(
            desk.account,
            at,
            desk.dice,
            Lifecycle::Closed,
            Some(code.to_owned()),
            call.now,
        );
    }
    Reply::ok(json!({ "advanced": true, "state": target }))
}

/// The description gives these no body; their prose speaks of a message.
pub(super) fn refused(message: &str) -> Reply {
    Reply::json(
        400,
        json!({ "error": message, "message": message, "businessErrors": [] }),
    )
    .shaped(Shape::Unchecked(
        "the description says nothing of this body",
    ))
}

fn delete(desk: &mut Desk, call: &Call) -> Reply {
    let Ok(at) = desk.case_index(call) else {
        return Reply::empty(if desk.settings.unknown_test_case_is_404 {
            404
        } else {
            204
        });
    };
    if !desk.account.cases[at].is_test {
        return refused("The case is not a test case.");
    }
    let id = desk.account.cases.remove(at).id;
    desk.account.webhooks.forget(id);
    Reply::empty(204)
}

/// All or nothing.
fn delete_tagged(desk: &mut Desk, call: &Call) -> Reply {
    let Some(tag) = call
        .query("tag")
        .next()
        .filter(|tag| !tag.trim().is_empty())
    else {
        return refused("The tag is required.");
    };
    let matches = |case: &&super::Case| case.tag.as_deref() == Some(tag);
    if desk
        .account
        .cases
        .iter()
        .filter(matches)
        .any(|case| !case.is_test)
    {
        return refused("A case with this tag is not a test case.");
    }
    let gone: Vec<Uuid> = desk
        .account
        .cases
        .iter()
        .filter(matches)
        .map(|case| case.id)
        .collect();
    desk.account.cases.retain(|case| !gone.contains(&case.id));
    gone.into_iter()
        .for_each(|id| desk.account.webhooks.forget(id));
    Reply::empty(204)
}
