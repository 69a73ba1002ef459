//! The invented company whose Stripe account is played: its customers and invoices, all drawn from a seed.

mod awkward;
mod demo;
mod edit;
mod hostile;
mod names;

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::dice::{ALPHANUMERIC, Dice};

/// Which data set a Stripe account holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Company {
    /// No customers, no invoices.
    Empty,
    /// Two believable years of a small design company: 437 open invoices, and some that are not.
    #[default]
    Demo,
    /// Every odd case that Stripe's own documents allow, more than 300 invoices.
    Awkward,
    /// So many open invoices, made quickly.
    Large(usize),
}

/// What the data set really holds, for a test to compare with what a client made of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Oracle {
    pub customers: usize,
    pub invoices: usize,
    /// With status `open`, whatever is left to pay.
    pub open: usize,
    /// Open with something paid and something left.
    pub partly_paid: usize,
    /// `amount_remaining` of the open ones in Stripe's minor units, by lower-case currency.
    pub open_amount: BTreeMap<String, i64>,
    /// How many open ones each currency has.
    pub open_count: BTreeMap<String, usize>,
    /// Invoices by status.
    pub by_status: BTreeMap<String, usize>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) line1: Option<String>,
    pub(crate) line2: Option<String>,
    pub(crate) city: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) postal_code: Option<String>,
    pub(crate) country: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Customer {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) address: Option<Address>,
    pub(crate) business: bool,
    /// The country whose money it is billed in, whatever its address says.
    pub(crate) home: &'static str,
    pub(crate) tax_id: Option<(String, String)>,
    pub(crate) created: i64,
    pub(crate) deleted: bool,
    /// What the customer is called today, where that differs from the name on the invoices.
    pub(crate) renamed: Option<String>,
    /// Where the customer is today, where that differs.
    pub(crate) moved: Option<Address>,
}

/// How `customer_tax_ids` is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TaxIds {
    #[default]
    FromCustomer,
    Empty,
    Null,
}

#[derive(Clone, Debug)]
pub(crate) struct Invoice {
    pub(crate) id: String,
    pub(crate) number: Option<String>,
    pub(crate) customer: usize,
    pub(crate) status: &'static str,
    pub(crate) automatic: bool,
    pub(crate) currency: &'static str,
    pub(crate) total: i64,
    pub(crate) paid: i64,
    pub(crate) created: i64,
    pub(crate) finalized: Option<i64>,
    pub(crate) due: Option<i64>,
    pub(crate) closed: Option<i64>,
    pub(crate) description: Option<String>,
    pub(crate) purchase_order: Option<String>,
    pub(crate) line: String,
    /// The rare things; none in all but a few.
    pub(crate) odd: Option<Box<Odd>>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Odd {
    /// What the invoice is an example of; sent as `metadata.sandbox_case`.
    pub(crate) case: &'static str,
    /// `amount_remaining` where it is not the difference.
    pub(crate) remaining: Option<i64>,
    /// `customer: null` with this `customer_account`.
    pub(crate) customer_account: Option<String>,
    pub(crate) tax_ids: TaxIds,
    pub(crate) unknown_enum: bool,
    pub(crate) extra_fields: bool,
    /// The PDF link is dead whatever is done.
    pub(crate) expired: bool,
    /// The snapshot on the invoice, where a test changed it.
    pub(crate) name: Option<String>,
    pub(crate) address: Option<Option<Address>>,
}

impl Invoice {
    pub(crate) fn remaining(&self) -> i64 {
        self.odd
            .as_ref()
            .and_then(|odd| odd.remaining)
            .unwrap_or(self.total - self.paid)
    }

    pub(crate) fn odd_mut(&mut self) -> &mut Odd {
        self.odd.get_or_insert_default()
    }
}

/// The books of one Stripe account. Invoices are kept oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Books {
    pub(crate) name: String,
    pub(crate) country: &'static str,
    pub(crate) customers: Vec<Customer>,
    pub(crate) invoices: Vec<Invoice>,
    by_id: HashMap<String, usize>,
}

impl Books {
    pub(crate) fn of(company: Company, seed: u64, today: Date, huge_name: bool) -> Self {
        let mut dice = Dice::new(seed);
        let mut books = Self {
            name: "Nordlys Design ApS".into(),
            country: "DK",
            ..Self::default()
        };
        match company {
            Company::Empty => {}
            Company::Demo => demo::fill(&mut books, &mut dice, today),
            Company::Awkward => awkward::fill(&mut books, &mut dice, today, huge_name),
            Company::Large(count) => demo::fill_large(&mut books, &mut dice, today, count),
        }
        books.invoices.sort_by_key(|invoice| invoice.created);
        books.index();
        books
    }

    fn index(&mut self) {
        self.by_id = self
            .invoices
            .iter()
            .enumerate()
            .map(|(at, invoice)| (invoice.id.clone(), at))
            .collect();
    }

    pub(crate) fn position(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    pub(crate) fn invoice_mut(&mut self, id: &str) -> Option<&mut Invoice> {
        let at = self.position(id)?;
        self.invoices.get_mut(at)
    }

    pub(crate) fn add(&mut self, invoice: Invoice) {
        self.by_id.insert(invoice.id.clone(), self.invoices.len());
        self.invoices.push(invoice);
    }

    pub(crate) fn oracle(&self) -> Oracle {
        let mut oracle = Oracle {
            customers: self.customers.len(),
            invoices: self.invoices.len(),
            ..Oracle::default()
        };
        for invoice in &self.invoices {
            *oracle
                .by_status
                .entry(invoice.status.to_owned())
                .or_default() += 1;
            if invoice.status == "open" {
                oracle.open += 1;
                oracle.partly_paid += usize::from(invoice.paid > 0 && invoice.remaining() > 0);
                *oracle
                    .open_amount
                    .entry(invoice.currency.to_owned())
                    .or_default() += invoice.remaining();
                *oracle
                    .open_count
                    .entry(invoice.currency.to_owned())
                    .or_default() += 1;
            }
        }
        oracle
    }
}

pub(crate) use demo::arriving;
pub use edit::Edit;

pub(crate) fn invoice_id(dice: &mut Dice) -> String {
    format!("in_1{}", dice.text(ALPHANUMERIC, 23))
}

pub(crate) fn customer_id(dice: &mut Dice) -> String {
    format!("cus_{}", dice.text(ALPHANUMERIC, 14))
}

/// Seconds since 1970 at an hour of a day, UTC.
pub(crate) fn seconds(date: Date, hour: i8, minute: i8) -> i64 {
    date.at(hour, minute, 0, 0)
        .to_zoned(TimeZone::UTC)
        .map_or(0, |time| time.timestamp().as_second())
}

/// How many of the last digits of an amount are zeros by Stripe's rules for the currency.
pub(crate) fn trailing_zeros(currency: &str) -> i64 {
    match currency {
        "isk" | "ugx" => 100,
        "bhd" | "jod" | "kwd" | "omr" | "tnd" => 10,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_day_give_the_same_books() {
        let day = jiff::civil::date(2026, 11, 21);
        let ids = |seed| {
            Books::of(Company::Demo, seed, day, false)
                .invoices
                .into_iter()
                .map(|i| i.id)
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(7), ids(7));
        assert_ne!(ids(7), ids(8));
    }

    #[test]
    fn a_hundred_thousand_invoices_take_seconds_at_most() {
        let begun = std::time::Instant::now();
        let books = Books::of(
            Company::Large(100_000),
            1,
            jiff::civil::date(2026, 11, 21),
            false,
        );
        assert_eq!(books.invoices.len(), 100_000);
        assert!(
            begun.elapsed() < std::time::Duration::from_secs(6),
            "{:?}",
            begun.elapsed()
        );
    }
}
