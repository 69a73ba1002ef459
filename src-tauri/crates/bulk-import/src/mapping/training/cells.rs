//! What stands in a cell of each kind of column.

use super::ledger::{Constants, Record};
use super::random::Random;
use super::style::Style;

const BANKS: &str =
    "Nordea|Danske Bank|Sparkasse|ING|BNP Paribas|Santander|Intesa|Millennium BCP|PKO BP|ČSOB|OTP";
const SECOND_LINES: &str =
    "c/o Holm|2. tv|Bldg 4|Hinterhaus|1. OG|Apt 12|Bât. B|Esc. A|att. Accounts";
const ORDERS: &str = "SO-89999|8999|45000899|PO 8999|B-2026-899";
const ACCOUNTS: &str = "1400|1510|5600|411000|43000001|311000|8400";
const CODES: &str = "A|B|S1|DR|RV|01|KR|N";

pub fn cell(
    kind: &str,
    record: &Record,
    row: usize,
    style: &Style,
    constants: &Constants,
    random: &mut Random,
) -> String {
    let debtor = record.debtor();
    let words = style.words;
    let name = || {
        if debtor.private {
            style.person(&debtor.given, &debtor.family)
        } else {
            debtor.company.clone()
        }
    };
    let street = || debtor.street.replace('#', &debtor.house);
    let sometimes = |share: f64, text: String, random: &mut Random| {
        if random.chance(share) {
            text
        } else {
            String::new()
        }
    };
    let other = |random: &mut Random| random.below(record.debtors.len());
    match kind {
        "invoice number" => record.invoice.clone(),
        "document number" => record.invoice.clone(),
        "order number" => {
            let number = random.fill(
                ORDERS
                    .split('|')
                    .nth(row_free(record) % 5)
                    .unwrap_or("8999"),
            );
            sometimes(0.7, number, random)
        }
        "customer number" => debtor.number.clone(),
        "entry number" => record.entry.to_string(),
        "external reference" => {
            let text = if style.number_in_code {
                random.fill("A-8999")
            } else {
                random.fill("89999")
            };
            sometimes(
                0.4,
                if random.chance(0.3) {
                    random.word(words.sold).to_owned()
                } else {
                    text
                },
                random,
            )
        }
        "payment reference" => random.fill("89999999999999"),
        "project" => sometimes(
            0.6,
            if style.number_in_code {
                random.fill("P-899")
            } else {
                random.word(words.sold).to_owned()
            },
            random,
        ),
        "opaque id" => random.fill("in_1NAa9Aa9A9aA9Aa99"),
        "invoice date" => style.date(record.day),
        "due date" => style.date(record.day + debtor.terms),
        "posting date" => style.date(record.day + random.between(0, 4)),
        "period" => format!("{}", random.between(202401, 202412)),
        "reminder date" => sometimes(
            0.5,
            style.date(record.day + debtor.terms + random.between(8, 30)),
            random,
        ),
        "payment date" => {
            if record.paid > 0 {
                style.date(record.day + random.between(5, 60))
            } else {
                String::new()
            }
        }
        "delivery date" | "sale date" => style.date(record.day - random.between(0, 8)),
        "creation date" => style.date(record.day + random.between(0, 1)),
        "period start" => style.date(record.day - 30),
        "period end" => style.date(record.day),
        "timestamp" => format!(
            "{} {:02}:{:02}:{:02}",
            style.date(record.day + random.between(0, 3)),
            random.below(24),
            random.below(60),
            random.below(60)
        ),
        "open amount" => style.amount(record.gross() - record.paid),
        "gross amount" | "debit amount" => {
            if kind == "debit amount" && record.credit {
                String::new()
            } else {
                style.amount(record.gross())
            }
        }
        "credit amount" => {
            if record.credit {
                style.amount(-record.gross())
            } else if record.paid != 0 && random.chance(0.5) {
                style.amount(record.paid)
            } else {
                blank_or_zero(style)
            }
        }
        "net amount" => style.amount(record.net),
        "tax amount" => style.amount(record.tax),
        "paid amount" => style.amount(record.paid),
        "amount in base currency" => style.amount(record.gross() * constants.base / 100),
        "fee" => style.amount([0, 0, 10_000, 10_000, 4_000][random.below(5)]),
        "interest" => style.amount(random.between(0, 9_000)),
        "discount amount" => style.amount(if random.chance(0.2) {
            record.net / 10
        } else {
            0
        }),
        "aging bucket" => style.amount(if random.chance(0.3) {
            record.gross()
        } else {
            0
        }),
        "turnover" => style.amount(random.between(0, 90_000_000)),
        "credit limit" => style.amount(random.between(0, 50) * 1_000_000),
        "unit price" => style.amount(random.between(500, 200_000)),
        "quantity" => random.between(1, 40).to_string(),
        "percentage" => random.word("25|19|20|0|10|7").to_owned(),
        "exchange rate" => format!(
            "{}{}{}",
            constants.base / 100,
            style.decimal,
            random.between(1000, 9999)
        ),
        "currency code" => style.currency(record.currency),
        "customer name" => name(),
        "company name" => {
            if debtor.private {
                String::new()
            } else {
                debtor.company.clone()
            }
        }
        "first name" => debtor.given.clone(),
        "last name" => debtor.family.clone(),
        "seller name" => constants.seller.clone(),
        "seller street" => constants.seller_street.clone(),
        "seller postal code" => constants.seller_zip.clone(),
        "seller city" => constants.seller_city.clone(),
        "seller tax number" => constants.seller_tax.clone(),
        "seller email" => constants.seller_email.clone(),
        "seller phone" => constants.seller_phone.clone(),
        "delivery name" => {
            if random.chance(0.6) {
                name()
            } else {
                sometimes(0.5, record.debtors[other(random)].company.clone(), random)
            }
        }
        "delivery street" => {
            if random.chance(0.6) {
                street()
            } else {
                String::new()
            }
        }
        "delivery postal code" => {
            if random.chance(0.6) {
                debtor.zip.clone()
            } else {
                String::new()
            }
        }
        "delivery city" => {
            if random.chance(0.6) {
                debtor.city.clone()
            } else {
                String::new()
            }
        }
        "delivery country code" => debtor.locale.country.to_owned(),
        "delivery country" => debtor
            .locale
            .names
            .split('|')
            .next()
            .unwrap_or_default()
            .to_owned(),
        "street" => street(),
        "second address line" => sometimes(0.2, random.word(SECOND_LINES).to_owned(), random),
        "house number" => debtor.house.clone(),
        "postal code" => debtor.zip.clone(),
        "city" => debtor.city.clone(),
        "postal code and city" => format!("{} {}", debtor.zip, debtor.city),
        "state" => sometimes(0.8, random.word(debtor.locale.states).to_owned(), random),
        "country name" => {
            let all: Vec<&str> = debtor.locale.names.split('|').collect();
            all[style.invoice.len() % all.len()].to_owned()
        }
        "country code" => debtor.locale.country.to_owned(),
        "email" => debtor.email.clone(),
        "second email" => sometimes(
            0.4,
            debtor.email.replacen(char::is_alphabetic, "x", 1),
            random,
        ),
        "phone" => debtor.phone.clone(),
        "mobile phone" => sometimes(0.7, debtor.mobile.clone(), random),
        "fax" => sometimes(0.2, debtor.phone.clone(), random),
        "website" => sometimes(
            0.4,
            format!(
                "www.{}.{}",
                debtor.family.to_lowercase(),
                debtor.locale.domain
            ),
            random,
        ),
        "registration number" => {
            if debtor.private {
                String::new()
            } else {
                debtor.register.clone()
            }
        }
        "tax number" => {
            if debtor.private {
                String::new()
            } else {
                debtor.tax.clone()
            }
        }
        "personal tax code" => random.fill("AAAAAA89A89A899A"),
        "contact person" => sometimes(0.75, debtor.contact.clone(), random),
        "description" => match style.invoice.len() % 4 {
            0 => format!("{} {}", words.invoice, record.invoice),
            _ => record.sold.to_owned(),
        },
        "subject" => {
            if row.is_multiple_of(2) {
                record.sold.to_owned()
            } else {
                format!("{} {}", words.invoice, record.invoice)
            }
        }
        "note" => sometimes(0.35, random.word(words.notes).to_owned(), random),
        "status" => random.word(words.status).to_owned(),
        "company or private" => {
            if debtor.private {
                style.kinds.1.clone()
            } else {
                style.kinds.0.clone()
            }
        }
        "document type" => words
            .documents
            .split('|')
            .nth(usize::from(record.credit))
            .unwrap_or_default()
            .to_owned(),
        "group" => sometimes(0.8, random.word(words.groups).to_owned(), random),
        "ledger account" => random.word(ACCOUNTS).to_owned(),
        "ledger account name" => random.word(words.groups).to_owned(),
        "iban" => random.fill("DK8999999999999999"),
        "bic" => random.fill("AAAADKAA"),
        "bank name" => random.word(BANKS).to_owned(),
        "payment terms" => random.word(words.terms).to_owned(),
        "payment method" => random.word(words.methods).to_owned(),
        "language" => debtor.locale.country.to_lowercase(),
        "salesperson" => ["Anne Krogh", "Peter Lund", "AK", "MJ", "Julia Weiss"]
            [(record.debtor + style.customer.len()) % 5]
            .to_owned(),
        "department" => random.word("100|200|10|Salg|Nord|Adm").to_owned(),
        "yes or no" => {
            if random.chance(0.7) {
                style.booleans.1.clone()
            } else {
                style.booleans.0.clone()
            }
        }
        "days" => random.between(0, 120).to_string(),
        "small count" => random.between(0, 3).to_string(),
        "product name" => record.sold.to_owned(),
        "product code" => random.fill("8999-99"),
        "matching letters" => sometimes(0.4, random.fill("AA"), random),
        "electronic address" => random.fill("5798009999999"),
        "personal number" => sometimes(0.7, random.fill("899999-9999"), random),
        "salutation" => random.word(words.salutations).to_owned(),
        "link" => format!("https://files.example/{}.pdf", record.entry),
        "short code" => random.word(CODES).to_owned(),
        "user" => random.word("admin|ak|system|mj@seller.com").to_owned(),
        _ => String::new(),
    }
}

fn row_free(record: &Record) -> usize {
    record.debtors.len()
}

fn blank_or_zero(style: &Style) -> String {
    if style.customer.len().is_multiple_of(2) {
        String::new()
    } else {
        style.amount(0)
    }
}
