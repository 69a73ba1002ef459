//! Makes tables from layouts: rows of invoices that hang together, written in the country's ways, with the disorder of
//! real files.

use receivables::Field;

use super::layouts::{Layout, LayoutColumn};
use super::locales::{Locale, Words, locale, words};
use super::random::Random;

/// A table with its truth.
#[derive(Debug, Clone)]
pub struct Table {
    pub columns: Vec<TableColumn>,
}

#[derive(Debug, Clone)]
pub struct TableColumn {
    pub header: String,
    pub field: Option<Field>,
    pub lender: Option<String>,
    pub values: Vec<String>,
}

/// How much disorder a table gets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Disorder {
    /// Headers and their order as the system writes them.
    None,
    /// Other spellings, units, abbreviations; columns dropped, moved and added.
    Usual,
}

/// One table of a layout. `others` lend columns of no use.
pub fn table(
    layout: &Layout,
    others: &[&Layout],
    disorder: Disorder,
    random: &mut Random,
) -> Table {
    let mut columns = layout.columns.clone();
    if disorder == Disorder::Usual {
        disturb(&mut columns, layout, others, random);
    }
    let style = Style::choose(layout, random);
    let rows = match random.below(10) {
        0 => random.between(1, 4),
        1..=4 => random.between(5, 20),
        _ => random.between(20, 70),
    };
    let ledger = Ledger::keep(layout, &style, rows as usize, random);
    let constants = Constants::choose(&style, random);
    let shouting = disorder == Disorder::Usual && random.chance(0.12);
    let underscored = disorder == Disorder::Usual && random.chance(0.1);
    let plain = disorder == Disorder::Usual && random.chance(0.1);
    let columns = columns
        .iter()
        .map(|column| {
            let gaps = if random.chance(0.25) {
                random.share() * 0.5
            } else {
                0.0
            };
            let mut values: Vec<String> = ledger
                .records
                .iter()
                .enumerate()
                .map(|(row, record)| cell(&column.values, record, row, &style, &constants, random))
                .collect();
            let must = matches!(
                column.field,
                Some(Field::CreditorReference | Field::Amount | Field::DebtorName)
            );
            if !must {
                for value in &mut values {
                    if random.chance(gaps) {
                        value.clear();
                    }
                }
                let unused = column.field.is_some()
                    && !matches!(column.field, Some(Field::CaseDate | Field::DueDate))
                    && random.chance(0.04);
                if unused {
                    values.iter_mut().for_each(String::clear);
                }
            }
            let mut header = column.header.clone();
            if disorder == Disorder::Usual {
                header = respell(
                    &header,
                    column,
                    &style,
                    shouting,
                    underscored,
                    plain,
                    random,
                );
            }
            TableColumn {
                header,
                field: column.field,
                lender: column.lender.clone(),
                values,
            }
        })
        .collect();
    Table { columns }
}

/// Drops, moves and adds columns, and says anew which one means what.
fn disturb(
    columns: &mut Vec<LayoutColumn>,
    layout: &Layout,
    others: &[&Layout],
    random: &mut Random,
) {
    let drop = if random.chance(0.6) { 0.12 } else { 0.0 };
    let kept: Vec<LayoutColumn> = columns
        .iter()
        .filter(|_| !random.chance(drop))
        .cloned()
        .collect();
    if kept.len() >= 3 {
        *columns = kept;
    }
    relabel(columns);
    if random.chance(0.25) {
        let donors: Vec<(&str, &LayoutColumn)> = others
            .iter()
            .filter(|other| other.language == layout.language && other.system != layout.system)
            .flat_map(|other| {
                other
                    .columns
                    .iter()
                    .map(|column| (other.system.as_str(), column))
            })
            .filter(|(_, column)| column.field.is_none() && is_never_a_field(&column.values))
            .collect();
        for _ in 0..random.between(1, 4) {
            if let Some((system, donor)) = donors.get(random.below(donors.len())) {
                let at = random.below(columns.len() + 1);
                if !columns.iter().any(|column| column.header == donor.header) {
                    let lender = Some((*system).to_owned());
                    columns.insert(
                        at,
                        LayoutColumn {
                            lender,
                            ..(*donor).clone()
                        },
                    );
                }
            }
        }
    }
    if random.chance(0.12) {
        random.shuffle(columns);
    } else if random.chance(0.2) {
        let at = random.below(columns.len().saturating_sub(1).max(1));
        if at + 1 < columns.len() {
            columns.swap(at, at + 1);
        }
    }
}

/// Where the better column is gone, the next best means the field.
fn relabel(columns: &mut [LayoutColumn]) {
    const NEXT: [(Field, &[&str]); 4] = [
        (
            Field::Amount,
            &["open amount", "gross amount", "debit amount"],
        ),
        (
            Field::CreditorReference,
            &["invoice number", "document number"],
        ),
        (
            Field::CompanyRegistrationNumber,
            &["registration number", "tax number"],
        ),
        (Field::DebtorPhone, &["phone", "mobile phone"]),
    ];
    for (field, kinds) in NEXT {
        if columns.iter().any(|column| column.field == Some(field)) {
            continue;
        }
        let next = kinds.iter().find_map(|kind| {
            columns
                .iter()
                .position(|column| column.values == *kind && column.field.is_none())
        });
        if let Some(next) = next {
            columns[next].field = Some(field);
        }
    }
}

fn is_never_a_field(values: &str) -> bool {
    const LENT: &str = "entry number|order number|timestamp|status|group|project|department|yes or no|small count|days|ledger account|payment terms|payment method|language|salesperson|document type|opaque id|period|user|link|fax|website|short code|empty|creation date|payment date|exchange rate|credit limit|turnover|external reference";
    LENT.split('|').any(|kind| kind == values)
}

/// How one table is written.
struct Style {
    home: &'static Locale,
    words: &'static Words,
    dates: &'static str,
    times: bool,
    decimal: char,
    thousands: Option<char>,
    decimals: usize,
    unit: Option<String>,
    invoice: String,
    customer: String,
    prefix_register: &'static str,
    private: f64,
    foreign: f64,
    all_open: bool,
    partly: f64,
    kinds: (String, String),
    booleans: (String, String),
    number_in_code: bool,
}

impl Style {
    fn choose(layout: &Layout, random: &mut Random) -> Style {
        let home = locale(&layout.country);
        let words = words(&layout.language);
        let numbers = random.word(home.numbers);
        let mut signs = numbers.chars();
        let decimal = signs.next().unwrap_or(',');
        let thousands = signs.next().filter(|_| random.chance(0.7));
        let pair = |text: &str, random: &mut Random| {
            let all: Vec<&str> = text.split(';').collect();
            let chosen = all[random.below(all.len())];
            chosen
                .split_once('|')
                .map_or((chosen.to_owned(), String::new()), |(one, other)| {
                    (one.to_owned(), other.to_owned())
                })
        };
        let invoice = match random.below(9) {
            0 => format!(
                "{}-{}-9999",
                random.word("INV|F|FV|RE|FA|R|VF|SI"),
                random.between(2024, 2026)
            ),
            1 => format!(
                "{}{}99999",
                random.word("RE|F|FA|IN|FT |A"),
                random.between(20, 26)
            ),
            2 => format!("{}/{}", "999", random.between(2024, 2026)),
            3 => format!("{}-9999", random.word("INV|F|RG|FAC|S")),
            4 => format!("{}0999", random.between(2024, 2026)),
            5 => "89999999".to_owned(),
            6 => format!("{}/9999/99", random.word("FV|FS|FA|F")),
            _ => random.word("8999|89999|899999").to_owned(),
        };
        Style {
            home,
            words,
            dates: random.word(home.dates),
            times: random.chance(0.06),
            decimal,
            thousands,
            decimals: if home.currency == "HUF" && random.chance(0.7) || random.chance(0.04) {
                0
            } else {
                2
            },
            unit: random
                .chance(0.05)
                .then(|| random.word("€|kr|EUR|$|£").to_owned()),
            invoice,
            customer: random
                .word("899|8999|89999|10999|K8999|C-99999|AA9999|70999")
                .to_owned(),
            prefix_register: random.word(home.register),
            private: [0.0, 0.0, 0.15, 0.4, 1.0][random.below(5)],
            foreign: [0.0, 0.0, 0.1, 0.4][random.below(4)],
            all_open: layout.kind == "open-items" || random.chance(0.4),
            partly: [0.0, 0.1, 0.3][random.below(3)],
            kinds: pair(words.kinds, random),
            booleans: pair(words.booleans, random),
            number_in_code: random.chance(0.3),
        }
    }

    fn date(&self, day: i64) -> String {
        let (year, month, day) = civil(day);
        const NAMES: [&str; 12] = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ];
        let mut text = String::new();
        for shape in self.dates.chars() {
            match shape {
                'd' => text.push_str(&format!("{day:02}")),
                'D' => text.push_str(&day.to_string()),
                'm' => text.push_str(&format!("{month:02}")),
                'M' => text.push_str(&month.to_string()),
                'y' => text.push_str(&year.to_string()),
                'Y' => text.push_str(&format!("{:02}", year % 100)),
                'b' | 'B' => text.push_str(NAMES[(month - 1) as usize]),
                other => text.push(other),
            }
        }
        if self.times {
            text.push_str(" 00:00:00");
        }
        text
    }

    fn amount(&self, cents: i64) -> String {
        let (sign, cents) = if cents < 0 {
            ("-", -cents)
        } else {
            ("", cents)
        };
        let whole = (cents / 100).to_string();
        let mut text = String::from(sign);
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at) % 3 == 0 {
                text.extend(self.thousands);
            }
            text.push(digit);
        }
        if self.decimals > 0 {
            text.push(self.decimal);
            text.push_str(&format!("{:02}", cents % 100));
        }
        match &self.unit {
            Some(unit) if unit == "€" || unit == "$" || unit == "£" => format!("{unit} {text}"),
            Some(unit) => format!("{text} {unit}"),
            None => text,
        }
    }
}

/// Year, month and day of a day counted from 1 January 2024.
fn civil(mut day: i64) -> (i64, i64, i64) {
    let mut year = 2024;
    loop {
        let leap = year % 4 == 0;
        let length = if leap { 366 } else { 365 };
        if day < length {
            let months = [
                31,
                if leap { 29 } else { 28 },
                31,
                30,
                31,
                30,
                31,
                31,
                30,
                31,
                30,
                31,
            ];
            for (month, days) in months.into_iter().enumerate() {
                if day < days {
                    return (year, month as i64 + 1, day + 1);
                }
                day -= days;
            }
        }
        day -= length;
        year += 1;
    }
}

struct Debtor {
    number: String,
    locale: &'static Locale,
    private: bool,
    company: String,
    given: String,
    family: String,
    street: String,
    house: String,
    zip: String,
    city: String,
    email: String,
    phone: String,
    mobile: String,
    register: String,
    tax: String,
    contact: String,
    terms: i64,
}

struct Record {
    debtor: usize,
    debtors: std::rc::Rc<Vec<Debtor>>,
    invoice: String,
    entry: i64,
    day: i64,
    net: i64,
    tax: i64,
    paid: i64,
    currency: &'static str,
    sold: &'static str,
    credit: bool,
}

impl Record {
    fn debtor(&self) -> &Debtor {
        &self.debtors[self.debtor]
    }

    fn gross(&self) -> i64 {
        self.net + self.tax
    }
}

struct Ledger {
    records: Vec<Record>,
}

impl Ledger {
    fn keep(layout: &Layout, style: &Style, rows: usize, random: &mut Random) -> Ledger {
        let customers_only = layout.kind == "customers";
        let count = if customers_only {
            rows
        } else {
            (rows / 2).max(1)
        };
        let debtors = std::rc::Rc::new(
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
fn serial_in(pattern: &str, serial: i64, random: &mut Random) -> String {
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
    if written.starts_with('0') {
        format!("{}{}", random.between(1, 9), &written[1..])
    } else {
        written
    }
}

/// A name nobody has, so that the model does not lean on lists.
fn coined(random: &mut Random) -> String {
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

fn debtor(style: &Style, random: &mut Random) -> Debtor {
    let locale = if random.chance(style.foreign) {
        &super::locales::LOCALES[random.below(super::locales::LOCALES.len())]
    } else {
        style.home
    };
    let private = random.chance(style.private);
    let given = random.word(locale.given).to_owned();
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
        contact: format!(
            "{} {}",
            random.word(locale.given),
            random.word(locale.family)
        ),
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

/// What is the same in all rows.
struct Constants {
    seller: String,
    seller_street: String,
    seller_zip: String,
    seller_city: String,
    seller_tax: String,
    seller_email: String,
    seller_phone: String,
    base: i64,
}

impl Constants {
    fn choose(style: &Style, random: &mut Random) -> Constants {
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

fn cell(
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
            format!("{} {}", debtor.given, debtor.family)
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
            let number = random.fill("SO-89999|8999|45000899|PO 8999|B-2026-899".split('|').nth(row_free(record) % 5).unwrap_or("8999"));
            sometimes(0.7, number, random)
        }
        "customer number" => debtor.number.clone(),
        "entry number" => record.entry.to_string(),
        "external reference" => {
            let text = if style.number_in_code { random.fill("A-8999") } else { random.fill("89999") };
            sometimes(0.4, if random.chance(0.3) { random.word(words.sold).to_owned() } else { text }, random)
        }
        "payment reference" => random.fill("89999999999999"),
        "project" => sometimes(0.6, if style.number_in_code { random.fill("P-899") } else { random.word(words.sold).to_owned() }, random),
        "opaque id" => random.fill("in_1NAa9Aa9A9aA9Aa99"),
        "invoice date" => style.date(record.day),
        "due date" => style.date(record.day + debtor.terms),
        "posting date" => style.date(record.day + random.between(0, 4)),
        "period" => format!("{}", random.between(202401, 202412)),
        "reminder date" => sometimes(0.5, style.date(record.day + debtor.terms + random.between(8, 30)), random),
        "payment date" => if record.paid > 0 { style.date(record.day + random.between(5, 60)) } else { String::new() },
        "delivery date" | "sale date" => style.date(record.day - random.between(0, 8)),
        "creation date" => style.date(record.day + random.between(0, 1)),
        "period start" => style.date(record.day - 30),
        "period end" => style.date(record.day),
        "timestamp" => format!("{} {:02}:{:02}:{:02}", style.date(record.day + random.between(0, 3)), random.below(24), random.below(60), random.below(60)),
        "open amount" => style.amount(record.gross() - record.paid),
        "gross amount" | "debit amount" => if kind == "debit amount" && record.credit { String::new() } else { style.amount(record.gross()) },
        "credit amount" => if record.credit { style.amount(-record.gross()) } else if record.paid != 0 && random.chance(0.5) { style.amount(record.paid) } else { blank_or_zero(row, style) },
        "net amount" => style.amount(record.net),
        "tax amount" => style.amount(record.tax),
        "paid amount" => style.amount(record.paid),
        "amount in base currency" => style.amount(record.gross() * constants.base / 100),
        "fee" => style.amount([0, 0, 10_000, 10_000, 4_000][random.below(5)]),
        "interest" => style.amount(random.between(0, 9_000)),
        "discount amount" => style.amount(if random.chance(0.2) { record.net / 10 } else { 0 }),
        "aging bucket" => style.amount(if random.chance(0.3) { record.gross() } else { 0 }),
        "turnover" => style.amount(random.between(0, 90_000_000)),
        "credit limit" => style.amount(random.between(0, 50) * 1_000_000),
        "unit price" => style.amount(random.between(500, 200_000)),
        "quantity" => random.between(1, 40).to_string(),
        "percentage" => random.word("25|19|20|0|10|7").to_owned(),
        "exchange rate" => format!("{}{}{}", constants.base / 100, style.decimal, random.between(1000, 9999)),
        "currency code" => record.currency.to_owned(),
        "customer name" => name(),
        "company name" => if debtor.private { String::new() } else { debtor.company.clone() },
        "first name" => debtor.given.clone(),
        "last name" => debtor.family.clone(),
        "seller name" => constants.seller.clone(),
        "seller street" => constants.seller_street.clone(),
        "seller postal code" => constants.seller_zip.clone(),
        "seller city" => constants.seller_city.clone(),
        "seller tax number" => constants.seller_tax.clone(),
        "seller email" => constants.seller_email.clone(),
        "seller phone" => constants.seller_phone.clone(),
        "delivery name" => if random.chance(0.6) { name() } else { sometimes(0.5, record.debtors[other(random)].company.clone(), random) },
        "delivery street" => if random.chance(0.6) { street() } else { String::new() },
        "delivery postal code" => if random.chance(0.6) { debtor.zip.clone() } else { String::new() },
        "delivery city" => if random.chance(0.6) { debtor.city.clone() } else { String::new() },
        "delivery country code" => debtor.locale.country.to_owned(),
        "delivery country" => debtor.locale.names.split('|').next().unwrap_or_default().to_owned(),
        "street" => street(),
        "second address line" => sometimes(0.2, random.word("c/o Holm|2. tv|Bldg 4|Hinterhaus|1. OG|Apt 12|Bât. B|Esc. A|att. Accounts").to_owned(), random),
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
        "second email" => sometimes(0.4, debtor.email.replacen(char::is_alphabetic, "x", 1), random),
        "phone" => debtor.phone.clone(),
        "mobile phone" => sometimes(0.7, debtor.mobile.clone(), random),
        "fax" => sometimes(0.2, debtor.phone.clone(), random),
        "website" => sometimes(0.4, format!("www.{}.{}", debtor.family.to_lowercase(), debtor.locale.domain), random),
        "registration number" => if debtor.private { String::new() } else { debtor.register.clone() },
        "tax number" => if debtor.private { String::new() } else { debtor.tax.clone() },
        "personal tax code" => random.fill("AAAAAA89A89A899A"),
        "contact person" => sometimes(0.75, debtor.contact.clone(), random),
        "description" => match style.invoice.len() % 4 {
            0 => format!("{} {}", words.invoice, record.invoice),
            _ => record.sold.to_owned(),
        },
        "subject" => if row % 2 == 0 { record.sold.to_owned() } else { format!("{} {}", words.invoice, record.invoice) },
        "note" => sometimes(0.35, random.word(words.notes).to_owned(), random),
        "status" => random.word(words.status).to_owned(),
        "company or private" => if debtor.private { style.kinds.1.clone() } else { style.kinds.0.clone() },
        "document type" => words.documents.split('|').nth(usize::from(record.credit)).unwrap_or_default().to_owned(),
        "group" => sometimes(0.8, random.word(words.groups).to_owned(), random),
        "ledger account" => random.word("1400|1510|5600|411000|43000001|311000|8400").to_owned(),
        "ledger account name" => random.word(words.groups).to_owned(),
        "iban" => random.fill("DK8999999999999999"),
        "bic" => random.fill("AAAADKAA"),
        "bank name" => random.word("Nordea|Danske Bank|Sparkasse|ING|BNP Paribas|Santander|Intesa|Millennium BCP|PKO BP|ČSOB|OTP").to_owned(),
        "payment terms" => random.word(words.terms).to_owned(),
        "payment method" => random.word(words.methods).to_owned(),
        "language" => debtor.locale.country.to_lowercase(),
        "salesperson" => ["Anne Krogh", "Peter Lund", "AK", "MJ", "Julia Weiss"][(record.debtor + style.customer.len()) % 5].to_owned(),
        "department" => random.word("100|200|10|Salg|Nord|Adm").to_owned(),
        "yes or no" => if random.chance(0.7) { style.booleans.1.clone() } else { style.booleans.0.clone() },
        "days" => random.between(0, 120).to_string(),
        "small count" => random.between(0, 3).to_string(),
        "product name" => record.sold.to_owned(),
        "product code" => random.fill("8999-99"),
        "matching letters" => sometimes(0.4, random.fill("AA"), random),
        "electronic address" => random.fill("5798009999999"),
        "personal number" => sometimes(0.7, random.fill("899999-9999"), random),
        "salutation" => random.word(words.salutations).to_owned(),
        "link" => format!("https://files.example/{}.pdf", record.entry),
        "short code" => random.word("A|B|S1|DR|RV|01|KR|N").to_owned(),
        "user" => random.word("admin|ak|system|mj@seller.com").to_owned(),
        _ => String::new(),
    }
}

fn row_free(record: &Record) -> usize {
    record.debtors.len()
}

fn blank_or_zero(row: usize, style: &Style) -> String {
    if style.customer.len() % 2 == 0 || row == usize::MAX {
        String::new()
    } else {
        style.amount(0)
    }
}

/// Another way in which somebody may write the same header.
fn respell(
    header: &str,
    column: &LayoutColumn,
    style: &Style,
    shouting: bool,
    underscored: bool,
    plain: bool,
    random: &mut Random,
) -> String {
    let mut text = header.to_owned();
    let money =
        column.values.contains("amount") || column.values == "fee" || column.values == "unit price";
    if money && random.chance(0.12) {
        let unit = style.home.currency;
        text = match random.below(4) {
            0 => format!("{text} ({unit})"),
            1 => format!("{text} {unit}"),
            2 => format!("{text} [{unit}]"),
            _ => format!("{text} in {unit}"),
        };
    }
    if random.chance(0.05) {
        text = abbreviated(&text, random);
    }
    if random.chance(0.04) {
        text = format!("{text}*");
    }
    if random.chance(0.03) {
        text = text.replace(' ', "");
    }
    if plain {
        text = super::super::header::fold(&text);
    }
    if underscored {
        text = text.replace([' ', '.', '-', '/'], "_").to_lowercase();
    }
    if shouting {
        text = text.to_uppercase();
    }
    text
}

/// The last long word cut short with a dot.
fn abbreviated(header: &str, random: &mut Random) -> String {
    let mut parts: Vec<String> = header.split(' ').map(str::to_owned).collect();
    let long = parts.iter().rposition(|part| part.chars().count() > 7);
    if let Some(at) = long {
        let keep = random.between(4, 6) as usize;
        let short: String = parts[at].chars().take(keep).collect();
        parts[at] = format!("{short}.");
    }
    parts.join(" ")
}
