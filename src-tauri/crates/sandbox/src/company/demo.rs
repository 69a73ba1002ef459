//! Nordlys Design ApS: two years of invoices that look like a bookkeeper's. And the same, many times over.

use jiff::civil::Date;

use super::names::{LANDS, LINES, Land};
use super::{
    Address, Books, Customer, Invoice, Odd, customer_id, invoice_id, seconds, trailing_zeros,
};
use crate::dice::Dice;

const OPEN: usize = 437;
const CUSTOMERS: usize = 148;
const DAY: i64 = 86_400;
/// Two years.
const SPAN: i64 = 730;

pub(super) fn fill(books: &mut Books, dice: &mut Dice, today: Date) {
    people(books, dice, today, CUSTOMERS);
    let others = ["paid"; 64]
        .into_iter()
        .chain(["draft"; 7])
        .chain(["void"; 9])
        .chain(["uncollectible"; 5]);
    for status in std::iter::repeat_n("open", OPEN).chain(others) {
        let invoice = invoice(books, dice, today, status);
        books.invoices.push(invoice);
    }
    number(books, "NOR");
}

pub(super) fn fill_large(books: &mut Books, dice: &mut Dice, today: Date, count: usize) {
    people(books, dice, today, (count / 4).clamp(1, 20_000));
    books.invoices.reserve(count);
    for _ in 0..count {
        let invoice = invoice(books, dice, today, "open");
        books.invoices.push(invoice);
    }
    number(books, "BIG");
}

/// Invoice numbers follow the calendar, as an accountant expects.
fn number(books: &mut Books, prefix: &str) {
    books.invoices.sort_by_key(|invoice| invoice.created);
    let mut next = 1_041;
    for invoice in &mut books.invoices {
        if invoice.status != "draft" {
            invoice.number = Some(format!("{prefix}-{next:05}"));
            next += 1;
        }
    }
}

fn people(books: &mut Books, dice: &mut Dice, today: Date, count: usize) {
    for _ in 0..count {
        let customer = customer(dice, today);
        books.customers.push(customer);
    }
}

pub(super) fn land(dice: &mut Dice) -> &'static Land {
    let mut point = dice.below(100);
    for land in LANDS {
        if point < land.share {
            return land;
        }
        point -= land.share;
    }
    &LANDS[0]
}

pub(super) fn customer(dice: &mut Dice, today: Date) -> Customer {
    let land = land(dice);
    let business = !dice.chance(9);
    let name = if business {
        format!(
            "{} {} {}",
            dice.pick(land.first),
            dice.pick(land.second),
            dice.pick(land.forms)
        )
    } else {
        format!("{} {}", dice.pick(land.given), dice.pick(land.family))
    };
    let slug: String = name
        .chars()
        .filter(char::is_ascii_alphabetic)
        .take(16)
        .collect::<String>()
        .to_lowercase();
    let (postal_code, city, state) = *dice.pick(land.towns);
    let (street, house) = (*dice.pick(land.streets), 1 + dice.below(140));
    let line1 = if land.number_first {
        format!("{house} {street}")
    } else {
        format!("{street} {house}")
    };
    let full = Address {
        line1: Some(line1),
        line2: None,
        city: Some(city.into()),
        state: Some(state.to_owned()).filter(|state| !state.is_empty()),
        postal_code: Some(postal_code.into()),
        country: Some(land.alpha2.into()),
    };
    // Most addresses are whole; a few lack a part, a few are only an e-mail address.
    let address = match dice.below(100) {
        0..=2 => None,
        3..=4 => Some(Address {
            postal_code: None,
            ..full
        }),
        5..=6 => Some(Address {
            line1: None,
            ..full
        }),
        7 => Some(Address {
            country: None,
            ..full
        }),
        _ => Some(full),
    };
    let tax_id = (business && dice.chance(70)).then(|| {
        (
            land.tax_id.0.to_owned(),
            format!("{}{}", land.tax_id.1, dice.between(10_000_000, 99_999_999)),
        )
    });
    Customer {
        id: customer_id(dice),
        email: Some(if business {
            format!("invoice@{slug}.example")
        } else {
            format!("{slug}@mail.example")
        }),
        name: Some(name),
        phone: dice
            .chance(60)
            .then(|| format!("{} {}", land.dial, dice.between(20_000_000, 99_999_999))),
        address,
        business,
        home: land.alpha2,
        tax_id,
        created: seconds(today, 9, 0) - (SPAN + dice.between(1, 400)) * DAY,
        deleted: false,
        renamed: None,
        moved: None,
    }
}

fn worth_of(customer: &Customer) -> (&'static str, i64) {
    let land = LANDS
        .iter()
        .find(|land| land.alpha2 == customer.home)
        .unwrap_or(&LANDS[0]);
    (land.currency, land.worth)
}

/// Small sums are common and large ones rare: each step up is half as likely.
fn amount(dice: &mut Dice, worth: i64) -> i64 {
    let mut ceiling = 60_000;
    while ceiling < 9_000_000 && dice.chance(45) {
        ceiling *= 2;
    }
    let cents = dice.between(ceiling / 4, ceiling);
    // Round prices, now and then an odd one.
    if dice.chance(70) {
        cents / 2_500 * 2_500 * worth
    } else {
        cents * worth
    }
}

pub(super) fn invoice(
    books: &Books,
    dice: &mut Dice,
    today: Date,
    status: &'static str,
) -> Invoice {
    let customer = dice.below(books.customers.len());
    let (currency, worth) = worth_of(&books.customers[customer]);
    let total = (amount(dice, worth) / trailing_zeros(currency)).max(1) * trailing_zeros(currency);
    // Squared, so that there are more recent ones.
    let part = dice.between(4, 1_000) as f64 / 1_000.0;
    let age = (part.powf(1.5) * SPAN as f64) as i64 + 1;
    let created = seconds(today, 8, 0) - age * DAY + dice.between(0, 30_000);
    let automatic = dice.chance(4);
    let terms = *dice.pick(&[8, 14, 14, 30, 30, 30, 60]);
    let paid = match status {
        "paid" => total,
        "open" if dice.chance(4) => total / *dice.pick(&[2, 3, 4]),
        _ => 0,
    };
    let finalized = (status != "draft").then_some(created + 3_600);
    Invoice {
        id: invoice_id(dice),
        number: None,
        customer,
        status,
        automatic,
        currency,
        total,
        paid,
        created,
        finalized,
        due: (!automatic && status != "draft").then_some(created + terms * DAY),
        closed: matches!(status, "paid" | "void" | "uncollectible")
            .then_some(created + dice.between(3, 60) * DAY),
        description: dice
            .chance(25)
            .then(|| "Thank you for your order.".to_owned()),
        purchase_order: dice
            .chance(20)
            .then(|| format!("PO-{}", dice.between(40_000, 49_999))),
        line: (*dice.pick(LINES)).to_owned(),
        odd: None,
    }
}

/// An invoice that a test asks for while the sandbox runs: the newest of all.
pub(crate) fn arriving(books: &Books, dice: &mut Dice, now: i64, today: Date) -> Option<Invoice> {
    if books.customers.is_empty() {
        return None;
    }
    let mut invoice = invoice(books, dice, today, "open");
    let newest = books
        .invoices
        .last()
        .map_or(now, |last| last.created.max(now));
    invoice.created = newest + 1;
    invoice.finalized = Some(newest + 1);
    invoice.due = Some(newest + 14 * DAY);
    invoice.number = Some(format!("NEW-{:05}", books.invoices.len()));
    invoice.odd = Some(Box::new(Odd {
        case: "arrived later",
        ..Odd::default()
    }));
    Some(invoice)
}
