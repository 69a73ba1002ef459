//! `Idempotency-Key`: the terminal answer is kept and replayed verbatim; the same key with other bytes is refused.

use super::{Account, Call, Desk, Reply, errors};
use crate::schema::{Documented, Shape};
use crate::settings::ConcurrentKey;

#[derive(Clone, Debug)]
pub(crate) struct Stored {
    route: String,
    key: String,
    body: axum::body::Bytes,
    reply: Reply,
}

/// A call with a key that has begun and not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Running {
    api_key: String,
    route: String,
    key: String,
}

impl Running {
    pub(crate) fn of(call: &Call) -> Option<Self> {
        let key = call.header("idempotency-key")?.to_owned();
        Some(Self {
            api_key: call.header("xapikey")?.to_owned(),
            route: call.route(),
            key,
        })
    }
}

/// Field errors are not kept, so that the mended request may use the key again.
pub(super) fn once(
    desk: &mut Desk,
    call: &Call,
    running: &[Running],
    handle: fn(&mut Desk, &Call) -> Reply,
) -> Reply {
    let Some(key) = call.header("idempotency-key") else {
        return handle(desk, call);
    };
    if key.chars().count() > 255 {
        return errors::rejected(
            400,
            "InvalidIdempotencyKey",
            "Idempotency-Key must not be longer than 255 characters.",
        );
    }
    if !desk.settings.remember_keys {
        return handle(desk, call);
    }
    let route = call.route();
    if let Some(stored) = desk
        .account
        .idempotency
        .iter()
        .find(|stored| stored.key == key && stored.route == route)
    {
        if stored.body == call.body {
            return stored.reply.clone();
        }
        let message = "The idempotency key was already used with a different request body.";
        return errors::rejected(422, "IdempotencyConflict", message)
            .shaped(Shape::Documented(Documented::BusinessErrors));
    }
    let elsewhere = Running::of(call).is_some_and(|this| running.contains(&this));
    if elsewhere && desk.settings.concurrent_key == ConcurrentKey::Conflict {
        let message = "A request with this idempotency key is still being processed.";
        return errors::rejected(409, "IdempotencyConflict", message)
            .shaped(Shape::Documented(Documented::BusinessErrors));
    }
    let reply = handle(desk, call);
    if reply.status.is_success() || (reply.status.as_u16() == 422 && desk.settings.store_422) {
        keep(desk.account, call, &reply);
    }
    reply
}

pub(super) fn keep(account: &mut Account, call: &Call, reply: &Reply) {
    if let Some(key) = call.header("idempotency-key") {
        let stored = Stored {
            route: call.route(),
            key: key.to_owned(),
            body: call.body.clone(),
            reply: reply.clone(),
        };
        account.idempotency.push(stored);
    }
}
