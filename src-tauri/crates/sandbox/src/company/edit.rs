//! What happens to an invoice while nobody looks.

use jiff::civil::Date;

use super::{Books, seconds};

/// What a test does to an open invoice behind the client's back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Pay so many minor units; paying the whole makes it `paid`.
    Pay(i64),
    Void,
    WriteOff,
    Total(i64),
    DueDate(Option<Date>),
    Number(Option<String>),
    DebtorName(String),
}

impl Edit {
    /// False when there is no such invoice.
    pub(crate) fn apply(self, books: &mut Books, id: &str, now: i64) -> bool {
        let Some(invoice) = books.invoice_mut(id) else {
            return false;
        };
        match self {
            Self::Pay(amount) => {
                invoice.paid = invoice.paid.saturating_add(amount).min(invoice.total);
                if let Some(odd) = &mut invoice.odd {
                    odd.remaining = None;
                }
                if invoice.paid == invoice.total {
                    (invoice.status, invoice.closed) = ("paid", Some(now));
                }
            }
            Self::Void => (invoice.status, invoice.closed) = ("void", Some(now)),
            Self::WriteOff => (invoice.status, invoice.closed) = ("uncollectible", Some(now)),
            Self::Total(total) => invoice.total = total,
            Self::DueDate(date) => invoice.due = date.map(|date| seconds(date, 12, 0)),
            Self::Number(number) => invoice.number = number,
            Self::DebtorName(name) => invoice.odd_mut().name = Some(name),
        }
        true
    }
}
