//! An organisation's books as Zoho numbers, dates and words them.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::company::{Books, Edit, Invoice};
use crate::exchange::{Call, exact};

const FIRST_INVOICE: usize = 91_001;
const FIRST_CONTACT: usize = 71_001;

pub(crate) struct Organisation {
    pub(crate) id: String,
    pub(crate) active: bool,
    pub(crate) books: Books,
    /// When the sandbox began: nothing had changed later than that.
    begun: i64,
    changed: HashMap<usize, i64>,
    deleted: HashSet<usize>,
    /// The day and its calls, and the moments of those of the last minute.
    pub(super) day: (jiff::civil::Date, u32),
    pub(super) minute: Vec<i64>,
}

impl Organisation {
    pub(super) fn new(id: String, active: bool, books: Books, begun: i64) -> Self {
        Self {
            id,
            active,
            books,
            begun,
            changed: HashMap::new(),
            deleted: HashSet::new(),
            day: Default::default(),
            minute: Vec::new(),
        }
    }

    pub(super) fn invoices(&self) -> impl Iterator<Item = usize> {
        (0..self.books.invoices.len()).filter(|at| !self.deleted.contains(at))
    }

    pub(super) fn find_invoice(&self, id: &str) -> Option<usize> {
        let at = position(id, FIRST_INVOICE)?;
        (at < self.books.invoices.len() && !self.deleted.contains(&at)).then_some(at)
    }

    /// None for the deleted too.
    pub(super) fn find_contact(&self, id: &str) -> Option<usize> {
        let at = position(id, FIRST_CONTACT)?;
        self.books
            .customers
            .get(at)
            .filter(|customer| !customer.deleted)
            .map(|_| at)
    }

    pub(super) fn edit(&mut self, id: &str, edit: Edit, now: i64) -> bool {
        let Some(at) = self.find_invoice(id) else {
            return false;
        };
        self.changed.insert(at, now);
        let known = self.books.invoices[at].id.clone();
        edit.apply(&mut self.books, &known, now)
    }

    pub(super) fn delete(&mut self, id: &str) -> bool {
        self.find_invoice(id)
            .is_some_and(|at| self.deleted.insert(at))
    }

    pub(super) fn modified(&self, at: usize) -> i64 {
        let invoice = &self.books.invoices[at];
        let last = invoice.closed.unwrap_or(invoice.created).min(self.begun);
        self.changed.get(&at).copied().unwrap_or(last)
    }
}

fn position(id: &str, first: usize) -> Option<usize> {
    let number: usize = id.strip_prefix("4600000")?.parse().ok()?;
    number.checked_sub(first)
}

pub(super) fn invoice_id(at: usize) -> String {
    format!("4600000{:012}", FIRST_INVOICE + at)
}

pub(super) fn contact_id(at: usize) -> String {
    format!("4600000{:012}", FIRST_CONTACT + at)
}

pub(super) fn balance(invoice: &Invoice) -> i64 {
    if matches!(invoice.status, "open" | "draft") {
        invoice.remaining()
    } else {
        0
    }
}

/// Worked out anew on every read, as Zoho does.
pub(super) fn status(invoice: &Invoice, call: &Call) -> &'static str {
    const DAY: i64 = 86_400;
    let today = call.now.as_second().div_euclid(DAY);
    let overdue = invoice.due.is_some_and(|due| due.div_euclid(DAY) < today);
    match invoice.status {
        "draft" => "draft",
        "void" => "void",
        "open" if invoice.paid > 0 && invoice.remaining() > 0 => "partially_paid",
        "open" if overdue => "overdue",
        "open" => "sent",
        _ => "paid",
    }
}

pub(super) fn day(at: i64) -> String {
    Timestamp::from_second(at)
        .map(|at| at.strftime("%Y-%m-%d").to_string())
        .unwrap_or_default()
}

pub(super) fn time(at: i64) -> String {
    Timestamp::from_second(at)
        .map(|at| at.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string())
        .unwrap_or_default()
}

/// With as many decimals as the currency has.
pub(super) fn amount(minor: i64, currency: &str) -> Value {
    let decimals = match currency {
        "jpy" | "krw" | "xof" | "xaf" | "xpf" | "clp" | "vnd" => 0,
        "kwd" | "bhd" | "jod" | "omr" | "tnd" => 3,
        _ => 2,
    };
    let unit = 10_i64.pow(decimals as u32);
    match decimals {
        0 => json!(minor),
        _ => exact(&format!("{}.{:0decimals$}", minor / unit, minor % unit)),
    }
}
