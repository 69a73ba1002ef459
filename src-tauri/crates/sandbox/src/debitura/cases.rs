//! Reading cases: one, by three names; a page of them; and what hangs on one.

use std::cmp::Ordering;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::account::{Account, Case, Lifecycle, Payment};
use super::{Call, Debitura, Desk, Reply, errors, page, people};

const EXCLUSIVE_DAYS: i64 = 182;

pub(super) fn by_id(desk: &Desk, call: &Call) -> Reply {
    shown(desk, desk.case(call))
}

pub(super) fn by_reference(desk: &Desk, call: &Call) -> Reply {
    let reference = call.parameter("caseReference").trim();
    shown(
        desk,
        find(desk, reference, |case| {
            case.reference.eq_ignore_ascii_case(reference)
        }),
    )
}

pub(super) fn by_creditor_reference(desk: &mut Desk, call: &Call) -> Reply {
    let reference = call.parameter("creditorReference").trim();
    let is_it = |case: &Case| case.creditor_reference.as_deref() == Some(reference);
    let unseen = desk.account.cases.iter_mut();
    if let Some(case) = unseen
        .filter(|case| is_it(case))
        .find(|case| case.unseen > 0)
    {
        case.unseen -= 1;
        return errors::not_found();
    }
    shown(desk, find(desk, reference, is_it))
}

fn find<'a>(
    desk: &'a Desk,
    reference: &str,
    is: impl Fn(&Case) -> bool,
) -> Result<&'a Case, Reply> {
    if reference.is_empty() {
        return Err(errors::rejected(
            400,
            "MissingReference",
            "The reference must not be empty.",
        ));
    }
    desk.account
        .cases
        .iter()
        .find(|case| is(case))
        .ok_or_else(errors::not_found)
}

fn shown(desk: &Desk, case: Result<&Case, Reply>) -> Reply {
    case.map_or_else(|refusal| refusal, |case| Reply::ok(case.json(desk.account)))
}

/// Repeated or comma-separated, and both at once.
fn many<'a>(call: &'a Call, name: &'a str) -> Vec<&'a str> {
    let bracketed = call.query.iter().filter(move |(key, _)| {
        key.strip_suffix("[]")
            .is_some_and(|key| key.eq_ignore_ascii_case(name))
    });
    let values = call
        .query(name)
        .chain(bracketed.map(|(_, value)| value.as_str()));
    values
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|value| !value.is_empty())
        .collect()
}

pub(super) fn list(desk: &Desk, call: &Call) -> Reply {
    let bad = |what: &str| {
        errors::rejected(
            400,
            "InvalidFilter",
            &format!("The value '{what}' is not valid."),
        )
    };
    let ids = |name: &'static str| -> Result<Vec<Uuid>, Reply> {
        many(call, name)
            .into_iter()
            .map(|text| Uuid::try_parse(text).map_err(|_| bad(text)))
            .collect()
    };
    let (wanted, divisions, debtors) = match (ids("Ids"), ids("DivisionIds"), ids("DebtorIds")) {
        (Ok(wanted), Ok(divisions), Ok(debtors)) => (wanted, divisions, debtors),
        (Err(reply), ..) | (_, Err(reply), _) | (.., Err(reply)) => return reply,
    };
    let mut stages = Vec::new();
    for text in many(call, "Statuses") {
        match Lifecycle::read(text) {
            Some(stage) => stages.push(stage),
            None => return bad(text),
        }
    }
    let mut cases: Vec<&Case> = desk
        .account
        .cases
        .iter()
        .filter(|case| wanted.is_empty() || wanted.contains(&case.id))
        .filter(|case| stages.is_empty() || stages.contains(&case.lifecycle))
        .filter(|case| {
            divisions.is_empty()
                || case
                    .division
                    .is_some_and(|division| divisions.contains(&division))
        })
        // Debtors have no ids of their own here, so no case belongs to one.
        .filter(|_| debtors.is_empty())
        .collect();
    cases.reverse();
    let order: Vec<(&str, bool)> = many(call, "Sort")
        .into_iter()
        .map(|part| part.split_once(':').unwrap_or((part, "asc")))
        .map(|(field, direction)| (field, direction.eq_ignore_ascii_case("desc")))
        .collect();
    cases.sort_by(|left, right| {
        order
            .iter()
            .fold(Ordering::Equal, |so_far, (field, descending)| {
                so_far.then_with(|| {
                    let order = compare(field, left, right);
                    if *descending { order.reverse() } else { order }
                })
            })
    });
    match page(
        call,
        cases.iter().map(|case| case.json(desk.account)).collect(),
        10,
    ) {
        Ok((page, cases)) => Reply::ok(json!({ "page": page, "cases": cases })),
        Err(refusal) => refusal,
    }
}

/// Unknown fields are silently ignored.
fn compare(field: &str, left: &Case, right: &Case) -> Ordering {
    match field.to_ascii_lowercase().as_str() {
        "datecreated" => left.created.cmp(&right.created),
        "dateupdated" => left
            .updated
            .unwrap_or(left.created)
            .cmp(&right.updated.unwrap_or(right.created)),
        "datefinished" => left.finished.cmp(&right.finished),
        "datecollectionstarted" => left.started.cmp(&right.started),
        "duedate" => left.due.cmp(&right.due),
        "date" => left.date.cmp(&right.date),
        "grossamount" => left.principal.total_cmp(&right.principal),
        "remainder" => left.remainder().total_cmp(&right.remainder()),
        "lifecycle" => left.lifecycle.cmp(&right.lifecycle),
        "closecode" => left.close_code.cmp(&right.close_code),
        _ => Ordering::Equal,
    }
}

pub(super) fn timeline(desk: &Desk, call: &Call) -> Reply {
    desk.case(call).map_or_else(
        |refusal| refusal,
        |case| Reply::ok(json!({ "items": case.timeline, "currentEngagementPhase": case.phase })),
    )
}

pub(super) fn validation(desk: &Desk, call: &Call) -> Reply {
    desk.case(call).map_or_else(|refusal| refusal, |case| {
        let item = |(area, text): &(String, String)| json!({ "resolutionArea": area, "description": text });
        Reply::ok(json!({
            "needsInfo": !case.missing.is_empty(), "creditorRespondedAt": case.responded,
            "items": case.missing.iter().map(item).collect::<Vec<_>>(),
        }))
    })
}

pub(super) fn exclusive_until(started: Timestamp) -> Timestamp {
    started + SignedDuration::from_hours(24 * EXCLUSIVE_DAYS)
}

pub(super) fn exclusive_period(desk: &Desk, call: &Call) -> Reply {
    let case = match desk.case(call) {
        Ok(case) => case,
        Err(refusal) => return refusal,
    };
    let Some(started) = case.started else {
        return errors::not_found();
    };
    let end = exclusive_until(started);
    let left = (end.duration_since(call.now).as_hours() / 24).max(0);
    let status = match (case.lifecycle, left) {
        (Lifecycle::Closed | Lifecycle::Merged, _) => "Terminated",
        (_, 0) => "Expired",
        _ => "Active",
    };
    Reply::ok(json!({
        "engagementStartDate": started, "currentEndDate": end, "daysRemaining": left, "status": status, "extensions": [],
    }))
}

fn payment_json(case: &Case, payment: &Payment) -> Value {
    json!({
        "id": payment.id, "dateCreated": payment.at, "dateUpdated": null, "date": payment.at, "grossAmount": payment.amount,
        "recipient": payment.recipient, "method": "Bank transfer", "currency": case.currency,
        "invoice": { "status": case.lifecycle.label(), "reference": case.reference, "invoiceId": case.id },
    })
}

pub(super) fn payments_of(desk: &Desk, call: &Call) -> Reply {
    desk.case(call).map_or_else(
        |refusal| refusal,
        |case| {
            Reply::ok(Value::Array(
                case.payments
                    .iter()
                    .map(|payment| payment_json(case, payment))
                    .collect(),
            ))
        },
    )
}

fn all_payments<'a>(desk: &'a Desk) -> impl Iterator<Item = (&'a Case, &'a Payment)> {
    desk.account
        .cases
        .iter()
        .flat_map(|case| case.payments.iter().map(move |payment| (case, payment)))
}

pub(super) fn payments(desk: &Desk, call: &Call) -> Reply {
    let mut all: Vec<_> = all_payments(desk).collect();
    all.sort_by_key(|(_, payment)| std::cmp::Reverse(payment.at));
    match page(
        call,
        all.iter()
            .map(|(case, payment)| payment_json(case, payment))
            .collect(),
        10,
    ) {
        Ok((page, payments)) => Reply::ok(json!({ "page": page, "payments": payments })),
        Err(refusal) => refusal,
    }
}

pub(super) fn payment(desk: &Desk, call: &Call) -> Reply {
    let id = Uuid::try_parse(call.parameter("id")).unwrap_or_default();
    let found = all_payments(desk).find(|(_, payment)| payment.id == id);
    found.map_or_else(errors::not_found, |(case, payment)| {
        Reply::ok(payment_json(case, payment))
    })
}

/// What Debitura, a partner or a debtor does to a case, from outside the API.
impl Debitura {
    fn change(
        &mut self,
        id: Uuid,
        change: impl FnOnce(&mut Account, usize, &mut crate::dice::Dice),
    ) -> bool {
        for account in &mut self.accounts {
            if let Some(at) = account.cases.iter().position(|case| case.id == id) {
                change(account, at, &mut self.dice);
                return true;
            }
        }
        false
    }

    pub(crate) fn move_case(
        &mut self,
        id: Uuid,
        stage: Lifecycle,
        close_code: Option<&str>,
        now: Timestamp,
    ) -> bool {
        let close_code = close_code.map(str::to_owned);
        self.change(id, |account, at, dice| {
            enter_stage(account, at, dice, stage, close_code, now)
        })
    }

    pub(crate) fn record_payment(&mut self, id: Uuid, amount: f64, now: Timestamp) -> bool {
        self.change(id, |account, at, dice| {
            add_payment(account, at, dice, amount, now)
        })
    }

    pub(crate) fn ask_for_info(
        &mut self,
        id: Uuid,
        area: &str,
        text: &str,
        now: Timestamp,
    ) -> bool {
        self.change(id, |account, at, dice| {
            account.cases[at]
                .missing
                .push((area.to_owned(), text.to_owned()));
            people::open_task(account, dice, now, "CaseValidationNeedsInfo", Some(id));
            enter_stage(
                account,
                at,
                dice,
                Lifecycle::NeedsAdditionalDetails,
                None,
                now,
            );
        })
    }

    pub(crate) fn partner_writes(&mut self, id: Uuid, message: &str, now: Timestamp) -> bool {
        self.change(id, |account, at, dice| {
            people::partner_chat(account, at, dice, message, now)
        })
    }
}

pub(super) fn add_payment(
    account: &mut Account,
    at: usize,
    dice: &mut crate::dice::Dice,
    amount: f64,
    now: Timestamp,
) {
    let payment = Payment {
        id: dice.uuid(),
        at: now,
        amount,
        recipient: "Creditor",
    };
    let case = &mut account.cases[at];
    case.payments.push(payment);
    let text = format!("A payment of {amount} {} was recorded.", case.currency);
    case.touch(
        now,
        "PaymentRegistered",
        "Payment registered",
        &text,
        ("System", None),
    );
    account
        .webhooks
        .emit("payment.created", &account.cases[at], now, dice);
}

pub(super) fn enter_stage(
    account: &mut Account,
    at: usize,
    dice: &mut crate::dice::Dice,
    stage: Lifecycle,
    close_code: Option<String>,
    now: Timestamp,
) {
    let case = &mut account.cases[at];
    case.lifecycle = stage;
    match stage {
        Lifecycle::Active => {
            case.started.get_or_insert(now);
            case.phase.get_or_insert("Pre-legal");
        }
        Lifecycle::Closed | Lifecycle::Merged => {
            case.finished = Some(now);
            case.close_code = close_code;
        }
        _ => {}
    }
    case.touch(
        now,
        "StatusChanged",
        "Status changed",
        &format!("The case is now: {}.", stage.label()),
        ("System", None),
    );
    account
        .webhooks
        .emit("case.updated", &account.cases[at], now, dice);
    if stage == Lifecycle::Closed {
        account
            .webhooks
            .emit("case.closed", &account.cases[at], now, dice);
    }
}
