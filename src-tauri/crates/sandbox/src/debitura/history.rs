//! Cases from before the sandbox was started, so that a demo has something to follow.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::account::Lifecycle;
use super::{Call, Debitura};
use crate::company::{Books, Customer};
use crate::schema;
use crate::settings::DebituraSettings;

/// Days ago it was sent, amount, currency, stage, close code, share recovered.
type Past = (i64, f64, &'static str, Lifecycle, Option<&'static str>, f64);

const PAST: &[Past] = &[
    (412, 48_200.0, "DKK", Lifecycle::Closed, Some("Paid"), 1.0),
    (388, 2_150.5, "EUR", Lifecycle::Closed, Some("Paid"), 1.0),
    (
        341,
        17_900.0,
        "SEK",
        Lifecycle::Closed,
        Some("Pre-Legal Exhausted – No Payment"),
        0.0,
    ),
    (
        290,
        6_300.0,
        "EUR",
        Lifecycle::Closed,
        Some("Partially paid"),
        0.6,
    ),
    (231, 12_480.0, "DKK", Lifecycle::Closed, Some("Paid"), 1.0),
    (176, 3_940.0, "GBP", Lifecycle::Paused, None, 0.0),
    (133, 25_000.0, "DKK", Lifecycle::Active, None, 0.4),
    (97, 1_890.75, "EUR", Lifecycle::Active, None, 0.0),
    (64, 8_720.0, "EUR", Lifecycle::Active, None, 0.25),
    (41, 31_600.0, "DKK", Lifecycle::Active, None, 0.0),
    (
        22,
        740.0,
        "EUR",
        Lifecycle::NeedsAdditionalDetails,
        None,
        0.0,
    ),
    (9, 5_425.0, "DKK", Lifecycle::PendingVerification, None, 0.0),
    (
        2,
        14_300.0,
        "SEK",
        Lifecycle::PendingVerificationInternal,
        None,
        0.0,
    ),
];

impl Debitura {
    /// Plays the past of the account that the key opens: each case is sent through the front door on its day.
    pub(crate) fn play_history(&mut self, key: &str, books: &Books, now: Timestamp) {
        let addressed = |customer: &&Customer| {
            let address = customer.address.as_ref();
            let whole = address
                .is_some_and(|a| a.line1.is_some() && a.city.is_some() && a.postal_code.is_some());
            let country = address.and_then(|address| address.country.as_deref());
            whole && country.is_some_and(|country| country != "US")
        };
        let mut debtors: Vec<&Customer> = books.customers.iter().filter(addressed).collect();
        for (number, past) in PAST.iter().enumerate() {
            let (days, amount, currency, stage, close_code, recovered) = *past;
            // Each debtor once, and billed in the money of its country.
            let Some(found) = debtors
                .iter()
                .position(|debtor| homes(currency).contains(&debtor.home))
            else {
                continue;
            };
            let debtor = debtors.swap_remove(found);
            let at = |days: i64| now - SignedDuration::from_hours(24 * days);
            let body = body(number, at(days), amount, currency, debtor);
            let Some(call) = call(key, &body, at(days)) else {
                return;
            };
            self.answer(&call, &DebituraSettings::default());
            let reference = body["creditorReference"].as_str();
            let mut cases = self.accounts.iter().flat_map(|account| &account.cases);
            let Some(id) = cases
                .find(|case| case.creditor_reference.as_deref() == reference)
                .map(|case| case.id)
            else {
                continue;
            };
            let begun = matches!(
                stage,
                Lifecycle::Active | Lifecycle::Paused | Lifecycle::Closed
            );
            if begun {
                self.move_case(id, Lifecycle::Active, None, at(days - 2));
            }
            if recovered > 0.0 {
                self.record_payment(
                    id,
                    (amount * recovered * 100.0).round() / 100.0,
                    at(days - 20),
                );
            }
            match stage {
                Lifecycle::Closed | Lifecycle::Paused => {
                    self.move_case(id, stage, close_code, at(days - 40));
                }
                Lifecycle::NeedsAdditionalDetails => {
                    let text = "Please upload the signed order confirmation.";
                    self.ask_for_info(id, "Documents", text, at(days - 3));
                }
                Lifecycle::PendingVerification => {
                    self.move_case(id, stage, None, at(days - 1));
                }
                _ => {}
            }
            if number == 8 {
                self.partner_writes(
                    id,
                    "The debtor offers three instalments. Do you agree?",
                    at(1),
                );
            }
        }
        for account in &mut self.accounts {
            account.created = 0;
        }
    }
}

fn homes(currency: &str) -> &'static [&'static str] {
    match currency {
        "DKK" => &["DK"],
        "SEK" => &["SE"],
        "GBP" => &["GB"],
        _ => &["DE", "FR", "ES"],
    }
}

fn body(number: usize, sent: Timestamp, amount: f64, currency: &str, debtor: &Customer) -> Value {
    let day = |days: i64| {
        (sent - SignedDuration::from_hours(24 * days))
            .strftime("%Y-%m-%d")
            .to_string()
    };
    let address = debtor.address.clone().unwrap_or_default();
    json!({
        "currencyCode": currency, "amountToRecover": amount, "date": day(75), "dueDate": day(45),
        "creditorReference": format!("NOR-{:05}", 912 + number * 9), "claimDescription": "Delivered as ordered; two reminders sent.",
        "debtor": {
            "type": if debtor.business { "Company" } else { "Private" }, "name": debtor.name, "address": address.line1,
            "zipCode": address.postal_code, "city": address.city, "countryAlpha2": address.country, "email": debtor.email,
            "phone": debtor.phone,
        },
    })
}

fn call(key: &str, body: &Value, now: Timestamp) -> Option<Call> {
    let (operation, _) = schema::DEBITURA.find("POST", "/cases")?;
    let headers =
        HeaderMap::from_iter([("xapikey".parse().ok()?, HeaderValue::from_str(key).ok()?)]);
    Some(Call {
        method: "POST".into(),
        path: "/cases".into(),
        operation: Some(operation),
        parameters: HashMap::new(),
        query: Vec::new(),
        headers,
        body: Bytes::from(body.to_string()),
        parts: Vec::new(),
        now,
    })
}
