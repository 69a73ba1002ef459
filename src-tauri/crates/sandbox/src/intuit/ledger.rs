//! What QuickBooks knows of a company beyond the common books: numbers, versions, jobs, tombstones, and addresses in the many
//! shapes QuickBooks keeps them in. The books say which address is true.

use serde::Serialize;

use crate::company::{self, Books, Customer, Edit, Invoice};
use crate::dice::Dice;
use crate::places;

pub(super) const FIRST_INVOICE: usize = 1_001;
pub(super) const FIRST_CUSTOMER: usize = 11;

pub(crate) struct Ledger {
    pub(crate) books: Books,
    /// One for each invoice of the books.
    sheets: Vec<Sheet>,
    cards: Vec<Card>,
}

#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub(super) version: u32,
    pub(super) updated: i64,
    pub(super) deleted: bool,
    pub(super) layout: Layout,
    /// Some companies leave it out for their own currency.
    pub(super) names_currency: bool,
    pub(super) disputed: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Card {
    pub(super) display: String,
    pub(super) updated: i64,
    pub(super) parent: Option<usize>,
    pub(super) layout: Layout,
    /// Nothing but the display name is filled in.
    pub(super) bare: bool,
}

/// How an address is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// Street, town and postal code each in its own field.
    Structured,
    /// Name, street and town in lines.
    Lines,
    /// A name and no address.
    NameOnly,
    /// Nothing but a number.
    IdOnly,
    Missing,
}

/// What the address of an invoice's debtor really is, however QuickBooks shows it. A job's debtor is the customer above it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AddressTruth {
    pub invoice: String,
    pub customer: String,
    pub debtor: String,
    pub on_invoice: Layout,
    pub on_customer: Layout,
    pub line1: Option<String>,
    pub line2: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub postal_code: Option<String>,
    pub country: Option<String>,
}

impl Ledger {
    pub(super) fn new(books: Books, dice: &mut Dice, now: i64) -> Self {
        let mut cards: Vec<Card> = Vec::with_capacity(books.customers.len());
        let mut taken = std::collections::HashSet::new();
        for (at, customer) in books.customers.iter().enumerate() {
            let parent = at
                .checked_sub(1)
                .filter(|before| cards[*before].parent.is_none() && dice.chance(6));
            let name = customer
                .name
                .clone()
                .or_else(|| customer.email.clone())
                .unwrap_or_else(|| "Walk-in".into());
            // No two may be called the same, and colons separate jobs.
            let mut display: String = name
                .replace([':', '\t', '\r', '\n'], " ")
                .chars()
                .take(500)
                .collect();
            if customer.deleted {
                display.push_str(" (deleted)");
            }
            while !taken.insert(display.clone()) {
                display.push_str(&format!(" {}", FIRST_CUSTOMER + at));
            }
            let layout = match dice.below(100) {
                0..70 => Layout::Structured,
                70..90 => Layout::Lines,
                _ => Layout::Missing,
            };
            cards.push(Card {
                display,
                updated: customer.created,
                parent,
                layout,
                bare: dice.chance(2),
            });
        }
        let mut ledger = Self {
            sheets: Vec::with_capacity(books.invoices.len()),
            cards,
            books,
        };
        for at in 0..ledger.books.invoices.len() {
            let sheet = ledger.sheet_for(at, dice, now);
            ledger.sheets.push(sheet);
        }
        ledger
    }

    fn sheet_for(&self, at: usize, dice: &mut Dice, now: i64) -> Sheet {
        let invoice = &self.books.invoices[at];
        let layout = match dice.below(100) {
            0..40 => Layout::Structured,
            40..85 => Layout::Lines,
            85..90 => Layout::NameOnly,
            90..93 => Layout::IdOnly,
            _ => Layout::Missing,
        };
        Sheet {
            version: u32::from(invoice.paid > 0 || invoice.closed.is_some()),
            // Nothing has changed in the future.
            updated: invoice.closed.unwrap_or(invoice.created).min(now),
            deleted: invoice.status == "paid" && dice.chance(10),
            layout,
            names_currency: invoice.currency != "dkk" || dice.chance(90),
            disputed: invoice.status == "open" && dice.chance(1),
        }
    }

    /// Positions of all invoices that exist or did; a draft is none to QuickBooks.
    pub(super) fn invoices(&self) -> impl Iterator<Item = usize> {
        (0..self.sheets.len()).filter(|at| self.books.invoices[*at].status != "draft")
    }

    pub(super) fn customers(&self) -> std::ops::Range<usize> {
        0..self.cards.len()
    }

    pub(super) fn invoice(&self, at: usize) -> (&Invoice, &Sheet) {
        (&self.books.invoices[at], &self.sheets[at])
    }

    pub(super) fn customer(&self, at: usize) -> (&Customer, &Card) {
        (&self.books.customers[at], &self.cards[at])
    }

    /// Who is billed for a customer: a job's invoices go to the customer above it.
    pub(super) fn billed(&self, at: usize) -> usize {
        self.cards[at].parent.unwrap_or(at)
    }

    /// The position of an invoice that is not deleted.
    pub(super) fn find_invoice(&self, id: &str) -> Option<usize> {
        let at = id.parse::<usize>().ok()?.checked_sub(FIRST_INVOICE)?;
        let sheet = self.sheets.get(at)?;
        (!sheet.deleted && self.books.invoices[at].status != "draft").then_some(at)
    }

    pub(super) fn find_customer(&self, id: &str) -> Option<usize> {
        let at = id.parse::<usize>().ok()?.checked_sub(FIRST_CUSTOMER)?;
        (at < self.cards.len()).then_some(at)
    }

    pub(super) fn edit(&mut self, id: &str, edit: Edit, now: i64) -> bool {
        let Some(at) = self.find_invoice(id) else {
            return false;
        };
        let known = self.books.invoices[at].id.clone();
        self.touch(at, now);
        edit.apply(&mut self.books, &known, now)
    }

    pub(super) fn delete(&mut self, id: &str, now: i64) -> bool {
        let Some(at) = self.find_invoice(id) else {
            return false;
        };
        self.sheets[at].deleted = true;
        self.touch(at, now);
        true
    }

    /// Another street for a customer, whose card is then filled in field by field.
    pub(super) fn rename_street(&mut self, id: &str, street: &str, now: i64) -> bool {
        let Some(at) = self.find_customer(id) else {
            return false;
        };
        let address = self.books.customers[at].address.get_or_insert_default();
        address.line1 = Some(street.to_owned());
        self.cards[at].layout = Layout::Structured;
        self.cards[at].updated = now;
        true
    }

    fn touch(&mut self, at: usize, now: i64) {
        self.sheets[at].updated = now;
        self.sheets[at].version += 1;
    }

    /// A new open invoice.
    pub(super) fn add(
        &mut self,
        dice: &mut Dice,
        now: i64,
        today: jiff::civil::Date,
    ) -> Option<String> {
        let invoice = company::arriving(&self.books, dice, now, today)?;
        self.books.add(invoice);
        let at = self.sheets.len();
        let sheet = self.sheet_for(at, dice, now + 1);
        self.sheets.push(sheet);
        Some(invoice_id(at))
    }

    pub(super) fn truths(&self) -> Vec<AddressTruth> {
        let truth = |at| {
            let (invoice, sheet) = self.invoice(at);
            let (customer, card) = self.customer(self.billed(invoice.customer));
            let address = customer.address.clone().unwrap_or_default();
            AddressTruth {
                invoice: invoice_id(at),
                customer: customer_id(invoice.customer),
                debtor: card.display.clone(),
                on_invoice: sheet.layout,
                on_customer: card.layout,
                line1: address.line1,
                line2: address.line2,
                city: address.city,
                state: address.state,
                postal_code: address.postal_code,
                country: address.country,
            }
        };
        self.invoices()
            .filter(|at| !self.sheets[*at].deleted)
            .map(truth)
            .collect()
    }

    /// The lines of an address as QuickBooks prints it on an invoice.
    pub(super) fn lines(&self, at: usize) -> Vec<String> {
        let (customer, card) = self.customer(at);
        let address = customer.address.clone().unwrap_or_default();
        let (zip, city) = (
            address.postal_code.unwrap_or_default(),
            address.city.unwrap_or_default(),
        );
        let country = address
            .country
            .filter(|country| country != self.books.country);
        let town = match country.as_deref() {
            Some("US" | "CA" | "AU") => {
                let state = address.state.unwrap_or_default();
                format!("{city}, {state}  {zip}")
            }
            Some("GB" | "IE") => format!("{city}  {zip}"),
            _ => format!("{zip} {city}"),
        };
        let name = country
            .as_deref()
            .map(|country| places::country_name(country).unwrap_or(country).to_owned());
        [
            Some(card.display.clone()),
            address.line1,
            address.line2,
            Some(town.trim().trim_matches(',').trim().to_owned()),
            name,
        ]
        .into_iter()
        .flatten()
        .filter(|line| !line.is_empty())
        .collect()
    }
}

pub(super) fn invoice_id(at: usize) -> String {
    (FIRST_INVOICE + at).to_string()
}

pub(super) fn customer_id(at: usize) -> String {
    (FIRST_CUSTOMER + at).to_string()
}
