//! The webhook endpoints.

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::{EVENTS, Event, Subscription, Webhooks};
use crate::debitura::{Call, Desk, Reply, errors, test_cases};
use crate::dice::Dice;

pub(in crate::debitura) fn answer(desk: &mut Desk, call: &Call, name: &str) -> Reply {
    match name {
        "POST /webhooks" => return create(desk, call),
        "GET /webhooks" => {
            return Reply::ok(
                desk.account
                    .webhooks
                    .subscriptions
                    .iter()
                    .map(|s| s.json(false))
                    .collect(),
            );
        }
        "GET /webhooks/events" => return log(desk, call),
        "POST /webhooks/events/{id}/replay" => return replay_event(desk, call),
        _ => {}
    }
    let id = Uuid::try_parse(call.parameter("id")).unwrap_or_default();
    let Webhooks {
        subscriptions,
        events,
    } = &mut desk.account.webhooks;
    let Some(at) = subscriptions
        .iter()
        .position(|subscription| subscription.id == id)
    else {
        return errors::not_found();
    };
    match name {
        "GET /webhooks/{id}" => Reply::ok(subscriptions[at].json(false)),
        "PATCH /webhooks/{id}" => patch(desk, call, at),
        "DELETE /webhooks/{id}" => {
            subscriptions.remove(at);
            Reply::empty(204)
        }
        name if name.ends_with("test") => {
            let kind = subscriptions[at]
                .events
                .first()
                .cloned()
                .unwrap_or_default();
            desk.account
                .webhooks
                .queue(id, &kind, None, call.now, desk.dice);
            Reply::ok(json!({
                "success": true, "httpStatusCode": null, "durationMs": 0, "errorMessage": null, "errorCategory": null, "testPayload": null,
            }))
        }
        _ => {
            let body = call.json().unwrap_or_default();
            let Some(since) = body["sinceUtc"]
                .as_str()
                .and_then(|text| text.parse::<Timestamp>().ok())
            else {
                return errors::rejected(400, "InvalidSince", "sinceUtc is required.");
            };
            let count = events
                .iter()
                .filter(|event| event.subscription == id && event.created >= since)
                .count();
            Reply::ok(json!({ "eventsReplayed": count }))
        }
    }
}

/// Public https only, since the real service is not meant to be a way into private networks; loopback where the settings allow it.
fn url_problem(desk: &Desk, url: &str) -> Option<&'static str> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    let address = host.parse::<IpAddr>().ok();
    let loopback = host == "localhost" || address.is_some_and(|address| address.is_loopback());
    if loopback {
        return (!desk.settings.loopback_webhooks).then_some("The URL must be publicly reachable.");
    }
    let private = address.is_some_and(|address| match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_link_local() || v4.is_unspecified(),
        IpAddr::V6(v6) => v6.is_unspecified() || (v6.segments()[0] & 0xfe00) == 0xfc00,
    });
    match scheme {
        "https" if private || host.is_empty() => Some("The URL must be publicly reachable."),
        "https" => None,
        _ => Some("The URL must use https."),
    }
}

fn create(desk: &mut Desk, call: &Call) -> Reply {
    let body = call.json().unwrap_or_default();
    let url = body["url"].as_str().unwrap_or_default().to_owned();
    let events: Vec<String> = body["events"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|e| e.as_str().map(str::to_owned))
        .collect();
    let problem = if !url.contains("://") || url.len() > 1024 {
        Some("The URL is not valid.")
    } else {
        url_problem(desk, &url)
    };
    if let Some(problem) = problem {
        return errors::rejected(400, "InvalidUrl", problem);
    }
    if events.is_empty() || !events.iter().all(|event| EVENTS.contains(&event.as_str())) {
        return errors::rejected(
            400,
            "InvalidEvents",
            "At least one known event is required.",
        );
    }
    let subscription = Subscription {
        id: desk.dice.uuid(),
        url,
        events,
        active: true,
        test: body["isTestMode"] == true,
        secret: new_secret(desk.dice),
        created: call.now,
        updated: call.now,
        disabled: None,
        failures: 0,
    };
    let json = subscription.json(true);
    desk.account.webhooks.subscriptions.push(subscription);
    Reply::json(201, json)
}

fn new_secret(dice: &mut Dice) -> String {
    let bytes: Vec<u8> = (0..4).flat_map(|_| dice.next().to_be_bytes()).collect();
    BASE64.encode(bytes)
}

fn patch(desk: &mut Desk, call: &Call, at: usize) -> Reply {
    let body = call.json().unwrap_or_default();
    if let Some(url) = body["url"].as_str() {
        if let Some(problem) = url_problem(desk, url) {
            return errors::rejected(400, "InvalidUrl", problem);
        }
        desk.account.webhooks.subscriptions[at].url = url.to_owned();
    }
    let fresh = (body["regenerateSecret"] == true).then(|| new_secret(desk.dice));
    let subscription = &mut desk.account.webhooks.subscriptions[at];
    if let Some(active) = body["isActive"].as_bool() {
        (
            subscription.active,
            subscription.disabled,
            subscription.failures,
        ) = (active, None, 0);
    }
    if let Some(test) = body["isTestMode"].as_bool() {
        subscription.test = test;
    }
    let shown = fresh.is_some();
    if let Some(secret) = fresh {
        subscription.secret = secret;
    }
    subscription.updated = call.now;
    Reply::ok(subscription.json(shown))
}

/// Newest first; an event shows up once its first delivery was tried.
fn log(desk: &Desk, call: &Call) -> Reply {
    let case = match call.query("caseId").next().map(Uuid::try_parse).transpose() {
        Ok(case) => case,
        Err(_) => return test_cases::refused("caseId is not valid."),
    };
    let since = match call
        .query("since")
        .next()
        .map(str::parse::<Timestamp>)
        .transpose()
    {
        Ok(since) => since,
        Err(_) => return test_cases::refused("since is not valid."),
    };
    let shown = desk.account.webhooks.events.iter().rev().filter(|event| {
        event.attempts > 0
            && case.is_none_or(|case| event.case == Some(case))
            && since.is_none_or(|since| event.created >= since)
    });
    let json = |event: &Event| {
        json!({
            "id": event.id, "subscriptionId": event.subscription, "caseId": event.case, "eventType": event.kind,
            "payload": event.payload, "createdAt": event.created, "deliveredAt": event.delivered, "attemptCount": event.attempts,
            "lastResponseCode": event.code, "lastError": event.error,
        })
    };
    Reply::ok(shown.map(json).collect())
}

fn replay_event(desk: &mut Desk, call: &Call) -> Reply {
    let id = Uuid::try_parse(call.parameter("id")).unwrap_or_default();
    let Some(event) = desk
        .account
        .webhooks
        .events
        .iter_mut()
        .find(|event| event.id == id)
    else {
        return Reply::empty(404);
    };
    (event.due, event.replay) = (Some(call.now), true);
    Reply::ok(
        json!({ "eventId": event.id, "subscriptionId": event.subscription, "eventType": event.kind }),
    )
}

/// Tells the state of a test case as any event.
pub(in crate::debitura) fn fire(desk: &mut Desk, call: &Call) -> Reply {
    let body = call.json().unwrap_or_default();
    let kind = body["event"].as_str().unwrap_or_default();
    if !EVENTS.contains(&kind) {
        return test_cases::refused("The event type is not known.");
    }
    let id = body["caseId"]
        .as_str()
        .and_then(|id| Uuid::try_parse(id).ok())
        .unwrap_or_default();
    let Some(case) = desk.account.cases.iter().find(|case| case.id == id) else {
        return Reply::empty(404);
    };
    if !case.is_test {
        return test_cases::refused("The case is not a test case.");
    }
    let nothing = match kind {
        "payment.created" => case.payments.is_empty(),
        "payment.deleted" => case.deleted_payments.is_empty(),
        "chat.created" => case.chats.is_empty(),
        _ => false,
    };
    if nothing {
        return Reply::empty(422);
    }
    let webhooks = &mut desk.account.webhooks;
    let count = match body["subscriptionId"].as_str() {
        None => webhooks.emit(kind, case, call.now, desk.dice),
        Some(text) => {
            let id = Uuid::try_parse(text).unwrap_or_default();
            if !webhooks
                .subscriptions
                .iter()
                .any(|subscription| subscription.id == id && subscription.test)
            {
                return test_cases::refused(
                    "The subscription is not a test subscription of this account.",
                );
            }
            webhooks.queue(id, kind, Some(case), call.now, desk.dice);
            1
        }
    };
    Reply::ok(json!({ "eventType": kind, "caseId": id, "enqueuedCount": count }))
}
