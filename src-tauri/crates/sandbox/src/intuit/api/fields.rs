//! What can be asked of invoices and customers, and how values compare.

use std::cmp::Ordering;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};

use super::entities::{day, decimals};
use super::query::{Condition, Test, Wrong};
use crate::intuit::ledger::Ledger;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cell {
    /// In thousandths.
    Number(i64),
    Id(usize),
    Time(i64),
    Text(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entity {
    Invoice,
    Customer,
    /// One of those nobody here has any of.
    Other,
}

const OTHERS: [&str; 9] = [
    "Payment",
    "CreditMemo",
    "Estimate",
    "Item",
    "Term",
    "Class",
    "Vendor",
    "Account",
    "TaxCode",
];
const INVOICE: [&str; 10] = [
    "Id",
    "DocNumber",
    "TxnDate",
    "DueDate",
    "CustomerRef",
    "SalesTermRef",
    "Balance",
    "TotalAmt",
    "MetaData.CreateTime",
    "MetaData.LastUpdatedTime",
];
const CUSTOMER: [&str; 8] = [
    "Id",
    "DisplayName",
    "CompanyName",
    "GivenName",
    "FamilyName",
    "Active",
    "MetaData.CreateTime",
    "MetaData.LastUpdatedTime",
];

impl Entity {
    /// Written in any case, as clients do.
    pub(super) fn read(name: &str) -> Option<(Self, &'static str)> {
        if name.eq_ignore_ascii_case("Invoice") {
            return Some((Self::Invoice, "Invoice"));
        }
        if name.eq_ignore_ascii_case("Customer") {
            return Some((Self::Customer, "Customer"));
        }
        let other = OTHERS.iter().find(|other| name.eq_ignore_ascii_case(other));
        other.map(|other| (Self::Other, *other))
    }

    /// The field's proper name, or what is wrong with it.
    pub(super) fn field(self, name: &str) -> Result<&'static str, Wrong> {
        let fields: &[&'static str] = match self {
            Self::Invoice => &INVOICE,
            Self::Customer => &CUSTOMER,
            Self::Other => &[
                "Id",
                "MetaData.LastUpdatedTime",
                "MetaData.CreateTime",
                "Active",
            ],
        };
        let known = fields.iter().find(|field| field.eq_ignore_ascii_case(name));
        known
            .copied()
            .ok_or_else(|| invalid(format!("Property {name} not found for Entity {self:?}")))
    }
}

pub(super) fn invalid(detail: impl Into<String>) -> Wrong {
    Wrong {
        code: "4001",
        detail: format!("QueryValidationError: {}", detail.into()),
    }
}

/// None where the row has no such thing.
pub(super) fn cell(ledger: &Ledger, entity: Entity, at: usize, field: &str) -> Option<Cell> {
    match entity {
        Entity::Invoice => invoice_cell(ledger, at, field),
        Entity::Customer => customer_cell(ledger, at, field),
        Entity::Other => None,
    }
}

fn invoice_cell(ledger: &Ledger, at: usize, field: &str) -> Option<Cell> {
    let (invoice, sheet) = ledger.invoice(at);
    let thousandths = |minor: i64| Cell::Number(minor * 10_i64.pow(3 - decimals(invoice.currency)));
    Some(match field {
        "Id" => Cell::Id(at),
        "DocNumber" => Cell::Text(invoice.number.clone()?),
        "TxnDate" => Cell::Text(day(invoice.created)),
        "DueDate" => Cell::Text(day(invoice.due?)),
        "CustomerRef" => Cell::Text(crate::intuit::ledger::customer_id(invoice.customer)),
        "Balance" if invoice.status != "open" => Cell::Number(0),
        "Balance" => thousandths(invoice.remaining()),
        "TotalAmt" if invoice.status == "void" => Cell::Number(0),
        "TotalAmt" => thousandths(invoice.total),
        "MetaData.CreateTime" => Cell::Time(invoice.created),
        "MetaData.LastUpdatedTime" => Cell::Time(sheet.updated),
        _ => return None,
    })
}

fn customer_cell(ledger: &Ledger, at: usize, field: &str) -> Option<Cell> {
    let (customer, card) = ledger.customer(at);
    let text = |part: Option<&str>| Some(Cell::Text(part?.to_owned()));
    let named = customer.name.as_deref().filter(|_| !card.bare);
    let halves = named
        .filter(|_| !customer.business)
        .and_then(|name| name.rsplit_once(' '));
    match field {
        "Id" => Some(Cell::Id(at)),
        "DisplayName" => text(Some(&card.display)),
        "CompanyName" => text(named.filter(|_| customer.business)),
        "GivenName" => text(halves.map(|(given, _)| given)),
        "FamilyName" => text(halves.map(|(_, family)| family)),
        "Active" => text(Some(if customer.deleted { "false" } else { "true" })),
        "MetaData.CreateTime" => Some(Cell::Time(customer.created)),
        "MetaData.LastUpdatedTime" => Some(Cell::Time(card.updated)),
        _ => None,
    }
}

/// A moment: with its zone, or in QuickBooks' own; or the beginning of a day.
pub(super) fn moment(text: &str) -> Option<i64> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at.as_second());
    }
    let zone = TimeZone::fixed(Offset::constant(-7));
    let local: DateTime = text
        .parse()
        .ok()
        .or_else(|| Some(text.parse::<Date>().ok()?.at(0, 0, 0, 0)))?;
    local
        .to_zoned(zone)
        .ok()
        .map(|at| at.timestamp().as_second())
}

fn thousandths(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = format!("{part:0<3}");
    let whole: i64 = whole.parse().ok()?;
    let part: i64 = part.get(..3)?.parse().ok()?;
    Some(whole * 1_000 + part)
}

/// A condition whose values are read once for all rows.
pub(super) struct Filter {
    pub(super) field: &'static str,
    test: Test,
    values: Vec<Cell>,
    pattern: Vec<String>,
}

impl Filter {
    pub(super) fn read(entity: Entity, condition: &Condition) -> Result<Self, Wrong> {
        let field = entity.field(&condition.field)?;
        if field == "Id" && !matches!(condition.test, Test::Is | Test::In) {
            return Err(invalid("property Id can be compared by = and IN only"));
        }
        let value = |text: &String| match field {
            "Id" => Some(match entity {
                Entity::Customer => text
                    .parse::<usize>()
                    .ok()?
                    .checked_sub(crate::intuit::ledger::FIRST_CUSTOMER),
                _ => text
                    .parse::<usize>()
                    .ok()?
                    .checked_sub(crate::intuit::ledger::FIRST_INVOICE),
            })
            // A number below the first is nobody's.
            .map(|at| Cell::Id(at.unwrap_or(usize::MAX))),
            "Balance" | "TotalAmt" => thousandths(text).map(Cell::Number),
            "MetaData.CreateTime" | "MetaData.LastUpdatedTime" => moment(text).map(Cell::Time),
            "TxnDate" | "DueDate" => {
                let date = text.parse::<Date>().ok()?;
                Some(Cell::Text(date.to_string()))
            }
            "Active" => Some(Cell::Text(text.to_lowercase())),
            _ => Some(Cell::Text(text.clone())),
        };
        let values = condition.values.iter().map(|text| {
            value(text).ok_or_else(|| invalid(format!("value {text} is not valid for {field}")))
        });
        let pattern = condition
            .values
            .first()
            .map(|text| text.to_lowercase().split('%').map(str::to_owned).collect());
        Ok(Self {
            field,
            test: condition.test,
            values: if condition.test == Test::Like {
                Vec::new()
            } else {
                values.collect::<Result<_, _>>()?
            },
            pattern: pattern.unwrap_or_default(),
        })
    }

    pub(super) fn holds(&self, cell: Option<&Cell>) -> bool {
        let Some(cell) = cell else { return false };
        if self.test == Test::Like {
            return matches!(cell, Cell::Text(text) if like(&text.to_lowercase(), &self.pattern));
        }
        self.values
            .iter()
            .any(|value| match (self.test, cell.cmp(value)) {
                (Test::Less, order) => order == Ordering::Less,
                (Test::More, order) => order == Ordering::Greater,
                (Test::AtMost, order) => order != Ordering::Greater,
                (Test::AtLeast, order) => order != Ordering::Less,
                (_, order) => order == Ordering::Equal,
            })
    }
}

/// The pieces between the percent signs, in their order.
fn like(text: &str, pieces: &[String]) -> bool {
    let [first, middle @ .., last] = pieces else {
        return pieces.first().is_none_or(|only| only == text);
    };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else {
        return false;
    };
    for piece in middle {
        match rest.find(piece.as_str()) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last.as_str())
}
