//! Debitura's Customer API: accounts, their cases, and what hangs on a case.

mod account;
mod cases;
mod check;
mod contracts;
mod coverage;
mod create;
mod divisions;
mod errors;
mod files;
mod history;
mod idempotency;
mod partners;
mod people;
mod pricing;
mod quotes;
mod rate;
mod test_cases;
mod webhooks;

use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) use account::{Account, Case, Lifecycle};
pub use account::{Contracts, DebituraKey};
pub(crate) use webhooks::{Delivery, Outcome, sign};

use crate::dice::Dice;
use crate::exchange::{Call, Handled, Reply};
use crate::settings::{DebituraSettings, Settings};

pub(crate) struct Debitura {
    pub(crate) accounts: Vec<Account>,
    keys: Vec<account::Key>,
    keyless: rate::Usage,
    /// Calls with an idempotency key that are being held back by a fault.
    running: Vec<idempotency::Running>,
    pub(crate) dice: Dice,
    url: String,
}

impl Debitura {
    pub(crate) fn new(seed: u64, keys: &[DebituraKey], url: String) -> Self {
        let mut dice = Dice::new(seed ^ 0xdeb1_7000);
        let accounts = account::accounts(&mut dice, keys);
        let keys = account::keys(keys);
        Self {
            accounts,
            keys,
            keyless: rate::Usage::default(),
            running: Vec::new(),
            dice,
            url,
        }
    }

    pub(crate) fn answer(&mut self, call: &Call, settings: &DebituraSettings) -> Handled {
        // Links into the file store are signed; they take no key.
        if let Some(rest) = call.path.strip_prefix("/blob/") {
            return Handled {
                reply: files::blob(self, call, rest),
                account: None,
                complaint: None,
            };
        }
        let key = self.key_of(call, settings);
        if let Some(limits) = settings.rate_limits
            && let Some(wait) = self.usage(key).over(limits, call.now)
        {
            return Handled {
                reply: errors::rate_limited(wait, settings),
                account: None,
                complaint: None,
            };
        }
        let Some(key) = key else {
            return Handled {
                reply: errors::unauthorized(settings),
                account: None,
                complaint: None,
            };
        };
        let index = self.keys[key].account;
        let reply = self.dispatch(index, call, settings);
        Handled {
            reply,
            account: Some(self.accounts[index].label.clone()),
            complaint: None,
        }
    }

    fn dispatch(&mut self, index: usize, call: &Call, settings: &DebituraSettings) -> Reply {
        let Some(operation) = call.operation else {
            return errors::problem(404, "Not Found")
                .shaped(crate::schema::Shape::Unchecked("no such route"));
        };
        if let Some(reply) = ids_are_well_formed(call) {
            return reply;
        }
        let mut desk = Desk {
            account: &mut self.accounts[index],
            dice: &mut self.dice,
            settings,
            url: &self.url,
        };
        match operation.name.as_str() {
            "GET /me" => Reply::ok(desk.account.profile.clone()),
            "POST /cases" => idempotency::once(&mut desk, call, &self.running, create::create),
            "GET /cases" => cases::list(&desk, call),
            "POST /cases/preview" => contracts::preview(&desk, call),
            "GET /cases/{id}" => cases::by_id(&desk, call),
            "GET /cases/by-creditor-reference/{creditorReference}" => {
                cases::by_creditor_reference(&mut desk, call)
            }
            "GET /cases/case-reference/{caseReference}" => cases::by_reference(&desk, call),
            "GET /cases/{id}/contract-status" => contracts::of_case(&desk, call),
            "GET /cases/{id}/timeline" => cases::timeline(&desk, call),
            "GET /cases/{id}/validation" => cases::validation(&desk, call),
            "GET /cases/{id}/exclusive-period" => cases::exclusive_period(&desk, call),
            "GET /cases/{id}/chats" => people::chats(&desk, call),
            "POST /cases/{id}/chats" => people::send_chat(&mut desk, call),
            "GET /cases/{id}/payments" => cases::payments_of(&desk, call),
            "GET /Payments" => cases::payments(&desk, call),
            "GET /Payments/{id}" => cases::payment(&desk, call),
            "GET /cases/{id}/tasks" => people::tasks_of(&desk, call),
            "GET /tasks" => people::tasks(&desk, call),
            "GET /users" => people::users(&desk, call),
            "POST /cases/{id}/files" => files::upload(&mut desk, call),
            "GET /cases/{id}/files" => files::list(&mut desk, call),
            "GET /contracts/debt-collection/status" => contracts::agreement(&desk),
            "GET /coverage" => coverage::list(&desk),
            "GET /coverage/{id}" => coverage::one(&desk, call),
            "GET /coverage/search" | "GET /coverage/:search" => coverage::search(&desk, call),
            "POST /coverage/check-eligibility" => coverage::check(&desk, call),
            name if name.starts_with("GET /cases/{id}/quote-requests") => {
                quotes::answer(&desk, call, name)
            }
            "POST /divisions" => {
                idempotency::once(&mut desk, call, &self.running, divisions::create)
            }
            name if name.contains("/divisions") => divisions::answer(&mut desk, call, name),
            name if name.contains(" /test/") => test_cases::answer(&mut desk, call, name),
            name => webhooks::answer(&mut desk, call, name),
        }
    }

    pub(crate) fn account(&self, label: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.label == label)
    }

    pub(crate) fn account_mut(&mut self, label: &str) -> Option<&mut Account> {
        self.accounts
            .iter_mut()
            .find(|account| account.label == label)
    }

    /// Every case of every account, as its owner would read it, with the account's label beside it.
    pub(crate) fn all_cases(&self) -> Vec<Value> {
        let of = |account: &Account| {
            account
                .cases
                .iter()
                .map(|case| {
                    let mut json = case.json(account);
                    json["account"] = json!(account.label);
                    json["files"] =
                        json!(case.files.iter().map(|file| &file.name).collect::<Vec<_>>());
                    json["idempotencyKey"] = json!(case.idempotency_key);
                    json
                })
                .collect::<Vec<_>>()
        };
        self.accounts.iter().flat_map(of).collect()
    }

    /// As if every answer's time had run out: a key that comes again is a new one.
    pub(crate) fn forget_idempotency_keys(&mut self) {
        for account in &mut self.accounts {
            account.idempotency.clear();
        }
    }

    pub(crate) fn enter(&mut self, call: &Call) -> Option<idempotency::Running> {
        let running = idempotency::Running::of(call)?;
        self.running.push(running.clone());
        Some(running)
    }

    pub(crate) fn leave(&mut self, running: &idempotency::Running) {
        if let Some(at) = self.running.iter().position(|other| other == running) {
            self.running.remove(at);
        }
    }

    /// Stores an injected server error under the call's idempotency key where the settings ask for it.
    pub(crate) fn keep_injected(&mut self, call: &Call, reply: &Reply, settings: &Settings) {
        let settings = &settings.debitura;
        if settings.store_500
            && reply.status.is_server_error()
            && let Some(key) = self.key_of(call, settings)
        {
            let index = self.keys[key].account;
            idempotency::keep(&mut self.accounts[index], call, reply);
        }
    }
}

/// What a handler works on: one account, and what it needs to make new things in it.
pub(crate) struct Desk<'a> {
    pub(crate) account: &'a mut Account,
    pub(crate) dice: &'a mut Dice,
    pub(crate) settings: &'a DebituraSettings,
    pub(crate) url: &'a str,
}

impl Desk<'_> {
    /// Who collects in a country, unless the settings say that nobody does any more.
    fn partner_for(&self, alpha2: &str) -> Option<&'static partners::Partner> {
        let left = self.settings.uncovered.iter().any(|code| code == alpha2);
        partners::for_country(alpha2).filter(|_| !left)
    }

    /// The case a path names; another account's is as unknown as one that never was.
    fn case(&self, call: &Call) -> Result<&Case, Reply> {
        let id = Uuid::try_parse(call.parameter("id")).unwrap_or_default();
        self.account
            .cases
            .iter()
            .find(|case| case.id == id)
            .ok_or_else(errors::not_found)
    }

    fn case_index(&self, call: &Call) -> Result<usize, Reply> {
        let id = Uuid::try_parse(call.parameter("id")).unwrap_or_default();
        self.account
            .cases
            .iter()
            .position(|case| case.id == id)
            .ok_or_else(errors::not_found)
    }
}

fn ids_are_well_formed(call: &Call) -> Option<Reply> {
    let operation = call.operation?;
    let numbered = operation.name == "GET /coverage/{id}";
    let bad = call.parameters.iter().find(|(name, value)| {
        let id = name.ends_with("id") || name.ends_with("Id");
        id && if numbered {
            value.parse::<i32>().is_err()
        } else {
            Uuid::try_parse(value).is_err()
        }
    })?;
    // These describe no body for a 400.
    let bare = operation.name.contains("/test/") || operation.name.contains("/webhooks/events");
    Some(if bare {
        Reply::empty(400)
    } else {
        errors::rejected(
            400,
            "InvalidId",
            &format!("The value '{}' is not valid.", bad.1),
        )
    })
}

/// The five numbers that go with every page, and the items on it.
fn page(call: &Call, items: Vec<Value>, default_size: usize) -> Result<(Value, Vec<Value>), Reply> {
    let number = |name: &str, default: usize| match call.query(name).next() {
        None => Ok(default),
        Some(text) => text
            .parse::<usize>()
            .ok()
            .filter(|n| *n >= 1)
            .ok_or_else(|| {
                errors::rejected(
                    400,
                    "InvalidPaging",
                    &format!("{name} must be a number from 1."),
                )
            }),
    };
    let (current, size) = (number("Page", 1)?, number("PageSize", default_size)?);
    if size > 100 {
        return Err(errors::rejected(
            400,
            "InvalidPaging",
            "PageSize must be between 1 and 100.",
        ));
    }
    let total = items.len();
    let shown: Vec<Value> = items
        .into_iter()
        .skip((current - 1).saturating_mul(size))
        .take(size)
        .collect();
    let page = json!({
        "totalResults": total, "pageSize": size, "currentPage": current, "responseCount": shown.len(),
        "totalPages": total.div_ceil(size),
    });
    Ok((page, shown))
}
