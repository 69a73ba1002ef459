//! The invoices of one table and the debtors they went to, so that dates, sums and addresses hang together.

use std::rc::Rc;

use super::super::gazetteer::given_names;
use super::layouts::Layout;
use super::locales::{LOCALES, Locale};
use super::random::Random;
use super::style::Style;

pub struct Debtor {
    pub number: String,
    pub locale: &'static Locale,
    pub private: bool,
    pub company: String,
    pub given: String,
    pub family: String,
    pub street: String,
    pub house: String,
    pub zip: String,
    pub city: String,
    pub email: String,
    pub phone: String,
    pub mobile: String,
    pub register: String,
    pub tax: String,
    pub contact: String,
    pub terms: i64,
}

pub struct Record {
    pub debtor: usize,
    pub debtors: Rc<Vec<Debtor>>,
    pub invoice: String,
    pub entry: i64,
    pub day: i64,
    pub net: i64,
    pub tax: i64,
    pub paid: i64,
    pub currency: &'static str,
    pub sold: &'static str,
    pub credit: bool,
}

impl Record {
    pub fn debtor(&self) -> &Debtor {
        &self.debtors[self.debtor]
    }

    pub fn gross(&self) -> i64 {
        self.net + self.tax
    }
}

pub struct Ledger {
    pub records: Vec<Record>,
}

impl Ledger {
    pub fn keep(layout: &Layout, style: &Style, rows: usize, random: &mut Random) -> Ledger {
        let customers_only = layout.kind == "customers";
        let count = if customers_only {
            rows
        } else {
            (rows / 2).max(1)
        };
        let debtors = Rc::new(
            (0..count)
                .map(|_| debtor(style, random))
                .collect::<Vec<_>>(),
        );
        let rate = [19, 20, 21, 25, 23, 22, 27][random.below(7)];
        let mut day = random.between(20, 500);
        let mut entry = random.between(100, 90_000);
        let mut serial = random.between(1, 8000);
        let mut records: Vec<Record> = (0..rows)
            .map(|row| {
                day += random.between(0, 6);
                entry += random.between(1, 5);
                serial += random.between(1, 3);
                let net = if random.chance(0.3) {
                    random.between(3, 400) * 5000
                } else {
                    random.between(900, 900_000)
                };
                let credit = random.chance(0.03);
                let sign = if credit { -1 } else { 1 };
                let tax = if random.chance(0.07) {
                    0
                } else {
                    net * rate / 100
                };
                let gross = net + tax;
                let paid = if style.all_open {
                    if random.chance(style.partly) {
                        gross * random.between(5, 80) / 100
                    } else {
                        0
                    }
                } else if random.chance(0.55) {
                    gross
                } else {
                    0
                };
                let at = if customers_only {
                    row
                } else {
                    random.below(count)
                };
                let debtor = &debtors[at];
                Record {
                    debtor: at,
                    debtors: debtors.clone(),
                    invoice: serial_in(&style.invoice, serial, random),
                    entry,
                    day,
                    net: net * sign,
                    tax: tax * sign,
                    paid: paid * sign,
                    currency: if random.chance(0.85) {
                        style.home.currency
                    } else {
                        debtor.locale.currency
                    },
                    sold: random.word(style.words.sold),
                    credit,
                }
            })
            .collect();
        match random.below(5) {
            0 => random.shuffle(&mut records),
            1 => records.reverse(),
            2 => records.sort_by(|one, other| one.debtor().number.cmp(&other.debtor().number)),
            _ => {}
        }
        Ledger { records }
    }
}

/// Writes a serial number over the last run of digits of a pattern, and fills the rest.
pub fn serial_in(pattern: &str, serial: i64, random: &mut Random) -> String {
    let nines = pattern
        .chars()
        .filter(|shape| matches!(shape, '9' | '8'))
        .count();
    let digits = format!("{serial:0nines$}");
    let digits = &digits[digits.len().saturating_sub(nines)..];
    let mut left = digits.chars();
    let written: String = pattern
        .chars()
        .map(|shape| match shape {
            '9' | '8' => left.next().unwrap_or('0'),
            other => other,
        })
        .collect();
    match written.strip_prefix('0') {
        Some(rest) => format!("{}{rest}", random.between(1, 9)),
        None => written,
    }
}

/// A name nobody has, so that the model does not lean on lists.
pub fn coined(random: &mut Random) -> String {
    const ONSETS: [&str; 16] = [
        "B", "Br", "D", "F", "G", "H", "K", "L", "M", "N", "P", "R", "S", "T", "V", "St",
    ];
    const MIDDLES: [&str; 12] = [
        "a", "e", "i", "o", "u", "ei", "au", "an", "el", "or", "in", "um",
    ];
    const ENDS: [&str; 14] = [
        "berg", "sen", "ti", "mann", "ova", "ski", "ez", "ini", "dal", "nes", "rup", "kov", "let",
        "er",
    ];
    format!(
        "{}{}{}",
        random.pick(&ONSETS),
        random.pick(&MIDDLES),
        random.pick(&ENDS)
    )
}

pub fn debtor(style: &Style, random: &mut Random) -> Debtor {
    let locale = if random.chance(style.foreign) {
        &LOCALES[random.below(LOCALES.len())]
    } else {
        style.home
    };
    let private = random.chance(style.private);
    let given = given_name(locale, random);
    let family = if random.chance(0.4) {
        coined(random)
    } else {
        random.word(locale.family).to_owned()
    };
    let company = match random.below(5) {
        0 => format!("{} {} {}", coined(random), random.word("Bau|Trade|Group|Byg|Service|Auto|Food|Media|Logistik|Tech|Design|Invest"), random.word(locale.legal)),
        1 => format!("{family} & {} {}", random.word("Co|Partner|Søn|Sohn|Fils|Hijos|Figli|Co."), random.word(locale.legal)),
        2 => format!("{family} {}", random.word("Bau|Trade|Group|Café|Service|Auto|Transport|Media|Consulting|Hotel|Restaurant|Klinik")),
        3 => format!("{}{}", coined(random), if random.chance(0.5) { format!(" {}", random.word(locale.legal)) } else { String::new() }),
        _ => format!("{family} {}", random.word(locale.legal)),
    };
    let house = if random.chance(0.2) {
        format!("{}{}", random.between(1, 140), random.word("A|B|C|b"))
    } else {
        random.between(1, 190).to_string()
    };
    let stem = if random.chance(0.3) {
        coined(random)
    } else {
        random.word(locale.stems).to_owned()
    };
    let street = random.word(locale.streets).replace("{}", &stem);
    let city = if random.chance(0.35) {
        coined(random)
    } else {
        random.word(locale.cities).to_owned()
    };
    let slug: String = family
        .to_lowercase()
        .chars()
        .filter(char::is_ascii_alphabetic)
        .collect();
    let first: String = given
        .to_lowercase()
        .chars()
        .filter(char::is_ascii_alphabetic)
        .collect();
    let email = if private {
        format!(
            "{first}.{slug}@{}",
            random.word("gmail.com|mail.com|outlook.com|live.com|yahoo.com")
        )
    } else {
        format!(
            "{}@{slug}.{}",
            random.word("info|post|mail|faktura|invoice|kontakt|office"),
            locale.domain
        )
    };
    let style_register = if locale.country == style.home.country {
        style.prefix_register
    } else {
        random.word(locale.register)
    };
    let register = random.fill(style_register);
    let tax = random.fill(locale.vat);
    Debtor {
        number: random.fill(&style.customer),
        locale,
        private,
        company,
        contact: style.person(&given_name(locale, random), random.word(locale.family)),
        given,
        family,
        street,
        house,
        zip: random.fill(random.clone().word(locale.zip)),
        city,
        email,
        phone: random.fill(random.clone().word(locale.phone)),
        mobile: random.fill(random.clone().word(locale.phone)),
        register,
        tax,
        terms: [8, 14, 14, 30, 30, 45, 60][random.below(7)],
    }
}

/// One of the names that many bear, or one of the country's own that stands in no list.
fn given_name(locale: &Locale, random: &mut Random) -> String {
    if random.chance(0.5) {
        return random.word(locale.given).to_owned();
    }
    let mut letters = random.pick(&given_names()).chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// What is the same in all rows.
pub struct Constants {
    pub seller: String,
    pub seller_street: String,
    pub seller_zip: String,
    pub seller_city: String,
    pub seller_tax: String,
    pub seller_email: String,
    pub seller_phone: String,
    pub base: i64,
}

impl Constants {
    pub fn choose(style: &Style, random: &mut Random) -> Constants {
        let home = style.home;
        Constants {
            seller: format!("{} {}", coined(random), random.word(home.legal)),
            seller_street: random
                .word(home.streets)
                .replace("{}", random.clone().word(home.stems))
                .replace('#', "12"),
            seller_zip: random.fill(random.clone().word(home.zip)),
            seller_city: random.word(home.cities).to_owned(),
            seller_tax: random.fill(home.vat),
            seller_email: format!("office@seller.{}", home.domain),
            seller_phone: random.fill(random.clone().word(home.phone)),
            base: [100, 100, 100, 746, 1120][random.below(5)],
        }
    }
}
