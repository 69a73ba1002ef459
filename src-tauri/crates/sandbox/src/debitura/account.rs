//! A creditor's account and its cases.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};
use uuid::Uuid;

use super::files::CaseFile;
use super::idempotency::Stored;
use super::partners::{self, PARTNERS};
use super::rate::Usage;
use super::{people, pricing, webhooks};
use crate::dice::Dice;

/// An API key and the account it opens.
#[derive(Clone, Debug)]
pub struct DebituraKey {
    pub key: String,
    /// A short name for the account; keys with the same name share it.
    pub account: String,
    pub company: String,
    pub contracts: Contracts,
    pub revoked: bool,
}

impl DebituraKey {
    pub fn new(
        key: impl Into<String>,
        account: impl Into<String>,
        company: impl Into<String>,
        contracts: Contracts,
    ) -> Self {
        Self {
            key: key.into(),
            account: account.into(),
            company: company.into(),
            contracts,
            revoked: false,
        }
    }

    pub fn revoked(mut self) -> Self {
        self.revoked = true;
        self
    }
}

/// What the account has signed when the sandbox starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Contracts {
    /// The agreement, a power of attorney for every partner, and the directors' identity.
    #[default]
    Signed,
    /// Nothing at all.
    Unsigned,
    /// The agreement and the identity, but no power of attorney.
    NoPowerOfAttorney,
    /// Everything but the directors' identity.
    NoIdentity,
    /// Signed, and blocked by Debitura.
    Blocked,
}

#[derive(Debug)]
pub(super) struct Key {
    pub(super) text: String,
    pub(super) account: usize,
    pub(super) revoked: bool,
    pub(super) born_revoked: bool,
    pub(super) usage: Usage,
}

pub(super) fn keys(given: &[DebituraKey]) -> Vec<Key> {
    let labels = labels(given);
    let account = |key: &DebituraKey| {
        labels
            .iter()
            .position(|label| *label == key.account)
            .unwrap_or_default()
    };
    let key = |key: &DebituraKey| Key {
        text: key.key.clone(),
        account: account(key),
        revoked: key.revoked,
        born_revoked: key.revoked,
        usage: Usage::default(),
    };
    given.iter().map(key).collect()
}

fn labels(keys: &[DebituraKey]) -> Vec<&str> {
    let mut labels: Vec<&str> = Vec::new();
    for key in keys {
        if !labels.contains(&key.account.as_str()) {
            labels.push(&key.account);
        }
    }
    labels
}

pub(super) fn accounts(dice: &mut Dice, keys: &[DebituraKey]) -> Vec<Account> {
    let first = |label: &str| keys.iter().find(|key| key.account == label);
    labels(keys)
        .into_iter()
        .filter_map(first)
        .map(|key| Account::new(dice, key))
        .collect()
}

pub(crate) struct Account {
    pub(crate) label: String,
    pub(crate) id: Uuid,
    pub(crate) profile: Value,
    pub(crate) agreement_signed: bool,
    /// Partners with a power of attorney.
    pub(crate) empowered: BTreeSet<Uuid>,
    pub(crate) identified: bool,
    pub(crate) blocked: bool,
    pub(crate) users: Vec<people::User>,
    pub(crate) cases: Vec<Case>,
    pub(crate) tasks: Vec<people::Task>,
    pub(super) divisions: Vec<super::divisions::Division>,
    pub(super) idempotency: Vec<Stored>,
    pub(crate) webhooks: webhooks::Webhooks,
    /// How many cases were ever created, deleted ones included.
    pub(crate) created: usize,
}

impl Account {
    fn new(dice: &mut Dice, key: &DebituraKey) -> Self {
        let id = dice.uuid();
        let slug: String = key
            .company
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(12)
            .collect::<String>()
            .to_lowercase();
        let all = || PARTNERS.iter().map(partners::Partner::id).collect();
        let (signed, empowered, identified) = match key.contracts {
            Contracts::Signed | Contracts::Blocked => (true, all(), true),
            Contracts::Unsigned => (false, BTreeSet::new(), false),
            Contracts::NoPowerOfAttorney => (true, BTreeSet::new(), true),
            Contracts::NoIdentity => (true, all(), false),
        };
        let person = |dice: &mut Dice, first: &str, last: &str| people::User {
            id: dice.uuid(),
            first: first.into(),
            last: last.into(),
            email: format!("{}@{slug}.example", first.to_lowercase()),
        };
        Self {
            label: key.account.clone(),
            id,
            profile: json!({
                "id": id, "companyName": key.company, "companyRegistrationNumber": format!("{}", 30_000_000 + dice.below(9_999_999)),
                "address": "Refshalevej 151, 2. sal", "zipCode": "1432", "city": "København K", "state": null, "country": "DK",
                "officeEmail": format!("regnskab@{slug}.example"), "officePhone": "+45 32 10 45 60",
            }),
            agreement_signed: signed,
            empowered,
            identified,
            blocked: key.contracts == Contracts::Blocked,
            users: vec![
                person(dice, "Freja", "Lindholm"),
                person(dice, "Mads", "Kirkegaard"),
                person(dice, "Signe", "Holm"),
            ],
            cases: Vec::new(),
            tasks: Vec::new(),
            divisions: Vec::new(),
            idempotency: Vec::new(),
            webhooks: webhooks::Webhooks::default(),
            created: 0,
        }
    }
}

/// A stage of a case, with the name filters take and the label answers carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lifecycle {
    PendingContractSigning,
    PendingVerificationInternal,
    PendingVerification,
    NeedsAdditionalDetails,
    Leads,
    LeadsQuoteGiven,
    Active,
    Paused,
    Closed,
    Merged,
}

impl Lifecycle {
    pub(crate) const ALL: [(Self, &'static str, &'static str); 10] = [
        (
            Self::PendingContractSigning,
            "PendingContractSigning",
            "Pending contract signing",
        ),
        (
            Self::PendingVerificationInternal,
            "PendingVerificationInternal",
            "Pending Verification Internal",
        ),
        (
            Self::PendingVerification,
            "PendingVerification",
            "Pending Verification",
        ),
        (
            Self::NeedsAdditionalDetails,
            "NeedsAdditionalDetails",
            "More Info Required",
        ),
        (Self::Leads, "Leads", "Collecting Quotes"),
        (
            Self::LeadsQuoteGiven,
            "LeadsQuoteGiven",
            "Pending Quote Selection",
        ),
        (Self::Active, "Active", "Active"),
        (Self::Paused, "Paused", "Paused"),
        (Self::Closed, "Closed", "Closed"),
        (Self::Merged, "Merged", "Merged"),
    ];

    pub(crate) fn label(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(stage, ..)| *stage == self)
            .map_or("", |(_, _, label)| label)
    }

    /// By name or label, in any case.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let same = |(_, name, label): &&(Self, &str, &str)| {
            name.eq_ignore_ascii_case(text) || label.eq_ignore_ascii_case(text)
        };
        Self::ALL.iter().find(same).map(|(stage, ..)| *stage)
    }
}

pub(crate) struct Case {
    pub(crate) id: Uuid,
    pub(crate) reference: String,
    pub(crate) creditor_reference: Option<String>,
    /// How often a search for that reference still misses it.
    pub(crate) unseen: u32,
    pub(crate) comments: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) principal: f64,
    pub(crate) currency: String,
    pub(crate) is_test: bool,
    pub(crate) tag: Option<String>,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) close_code: Option<String>,
    pub(crate) phase: Option<&'static str>,
    pub(crate) date: Date,
    pub(crate) due: Date,
    pub(crate) debtor: Value,
    pub(crate) alpha2: &'static str,
    pub(crate) partner: Option<Uuid>,
    pub(crate) division: Option<Uuid>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Option<Timestamp>,
    pub(crate) started: Option<Timestamp>,
    pub(crate) finished: Option<Timestamp>,
    pub(crate) missing: Vec<(String, String)>,
    pub(crate) responded: Option<Timestamp>,
    pub(crate) assigned: Option<String>,
    pub(crate) age_uplift: Option<f64>,
    pub(crate) return_url: Option<String>,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) chats: Vec<people::Chat>,
    pub(crate) payments: Vec<Payment>,
    pub(crate) deleted_payments: Vec<Payment>,
    pub(crate) files: Vec<CaseFile>,
    pub(crate) timeline: Vec<Value>,
}

#[derive(Clone, Debug)]
pub(crate) struct Payment {
    pub(crate) id: Uuid,
    pub(crate) at: Timestamp,
    pub(crate) amount: f64,
    pub(crate) recipient: &'static str,
}

impl Case {
    pub(crate) fn remainder(&self) -> f64 {
        let paid: f64 = self.payments.iter().map(|payment| payment.amount).sum();
        ((self.principal - paid).max(0.0) * 1000.0).round() / 1000.0
    }

    /// Test cases are never routed to a partner.
    pub(crate) fn shown_partner(&self) -> Option<&'static partners::Partner> {
        self.partner
            .filter(|_| !self.is_test)
            .and_then(partners::by_id)
    }

    pub(crate) fn touch(
        &mut self,
        now: Timestamp,
        kind: &str,
        title: &str,
        description: &str,
        actor: (&str, Option<&str>),
    ) {
        self.updated = Some(now);
        self.timeline.push(json!({
            "date": now, "type": kind, "title": title, "description": description, "actor": { "type": actor.0, "name": actor.1 },
        }));
    }

    pub(crate) fn json(&self, account: &Account) -> Value {
        let partner = self.shown_partner();
        let day = |date: Date| format!("{date}T00:00:00Z");
        let profile = &account.profile;
        let user = self.assigned.as_ref().and_then(|email| {
            account
                .users
                .iter()
                .find(|user| user.email.eq_ignore_ascii_case(email))
        });
        let division = self
            .division
            .and_then(|id| account.divisions.iter().find(|division| division.id == id));
        let waiting = self.lifecycle == Lifecycle::PendingContractSigning;
        let handoff = waiting.then(|| super::contracts::handoff(self.return_url.as_deref()));
        let remainder = self.remainder();
        json!({
            "id": self.id, "dateCreated": self.created, "dateUpdated": self.updated, "reference": self.reference,
            "creditorReference": self.creditor_reference, "creditorComments": self.comments, "claimDescription": self.description,
            "grossAmount": self.principal, "remainder": remainder, "interestFees": 0.0, "reminderFees": 0.0, "collectionFees": 0.0,
            "totalAddedFees": 0.0, "currency": self.currency, "isTestCase": self.is_test, "lifecycle": self.lifecycle.label(),
            "dueDate": day(self.due), "date": day(self.date), "dateFinished": self.finished,
            "dateCollectionStarted": self.started, "closeCode": self.close_code, "currentEngagementPhase": self.phase,
            "claimType": "Unpaid Invoice", "creditorDivisionId": self.division, "debtor": self.debtor,
            "collectionPartner": partner.map(|partner| json!({
                "name": partner.name, "officeEmail": partner.email, "officePhone": partner.phone, "publicSite": partner.site,
                "surveyCadenceMode": 0,
            })),
            "creditor": {
                "id": account.id, "companyName": profile["companyName"],
                "companyRegistrationNumber": profile["companyRegistrationNumber"], "officeEmail": profile["officeEmail"],
                "officePhone": profile["officePhone"], "address": profile["address"], "city": profile["city"],
                "zipCode": profile["zipCode"], "state": profile["state"], "country": profile["country"],
                "division": division.map(|division| json!({ "id": division.id, "name": division.fields["companyName"] })),
            },
            "bankAccount": null, "blendedAgeUpliftPoints": self.age_uplift,
            "preLegalSuccessFee": partner.map(|_| pricing::base_fee(self.principal, &self.currency, self.alpha2)),
            "solutionUrl": handoff.as_ref().map(|handoff| handoff["combinedSigningUrl"].clone()), "signingHandoff": handoff,
            "exclusivePeriodEndDate": self.started.map(super::cases::exclusive_until), "disputeStatus": null,
            "validation": { "needsInfo": !self.missing.is_empty() },
            "assignedUser": user.map(|user| json!({ "email": user.email, "name": user.name() })),
            "allocationOutstanding": { "principal": remainder, "interest": 0.0, "reminderFees": 0.0, "collectionFees": 0.0 },
        })
    }
}
