//! How one table is written: its country's formats, its share of private debtors, its kind of invoice number.

use super::layouts::Layout;
use super::locales::{Locale, Words, locale, words};
use super::random::Random;

/// How one table is written.
pub struct Style {
    pub home: &'static Locale,
    pub words: &'static Words,
    pub dates: &'static str,
    pub times: bool,
    pub decimal: char,
    pub thousands: Option<char>,
    pub decimals: usize,
    /// `#` is the number, anything else its unit.
    pub unit: String,
    /// `#` is the number with its unit, `~` the number alone.
    pub minus: &'static str,
    pub zero_as_dash: bool,
    /// With `{given}` or its `{initial}`, and `{family}`.
    pub person: String,
    /// What stands in a cell that has nothing to say.
    pub nothing: &'static str,
    /// Share of the cells in which somebody left something else.
    pub stray: f64,
    pub symbols: bool,
    pub invoice: String,
    pub customer: String,
    pub prefix_register: &'static str,
    pub private: f64,
    pub foreign: f64,
    pub all_open: bool,
    pub partly: f64,
    pub kinds: (String, String),
    pub booleans: (String, String),
    pub number_in_code: bool,
}

impl Style {
    pub fn choose(layout: &Layout, random: &mut Random) -> Style {
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
            unit: unit(home.currency, random),
            minus: random.word("-#|-#|-#|-#|-#|-#|#-|(#)|(#)|−#|~-"),
            zero_as_dash: random.chance(0.05),
            person: person(words.salutations, random),
            nothing: match random.below(8) {
                0 => random.word("-|-|n/a|N/A|none|None|NULL|null|—|#N/A|?|(blank)"),
                _ => "",
            },
            stray: if random.chance(0.1) {
                0.02 + random.share() * 0.2
            } else {
                0.0
            },
            symbols: random.chance(0.05),
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

    pub fn date(&self, day: i64) -> String {
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

    pub fn amount(&self, cents: i64) -> String {
        if cents == 0 && self.zero_as_dash {
            return "-".to_owned();
        }
        let whole = (cents.abs() / 100).to_string();
        let mut text = String::new();
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                text.extend(self.thousands);
            }
            text.push(digit);
        }
        if self.decimals > 0 {
            text.push(self.decimal);
            text.push_str(&format!("{:02}", cents.abs() % 100));
        }
        let minus = if cents < 0 { self.minus } else { "#" };
        if minus.contains('~') {
            return self.unit.replace('#', &minus.replace('~', &text));
        }
        minus.replace('#', &self.unit.replace('#', &text))
    }

    /// A person as this table writes them.
    pub fn person(&self, given: &str, family: &str) -> String {
        let initial: String = given.chars().take(1).collect();
        self.person
            .replace("{given}", given)
            .replace("{initial}", &initial)
            .replace("{family}", family)
    }

    /// The currency of a row, by its code or, in a few tables, its symbol.
    pub fn currency(&self, code: &str) -> String {
        if self.symbols {
            symbol(code).to_owned()
        } else {
            code.to_owned()
        }
    }

    /// Says in its own words what is empty, and leaves a few cells to somebody's remark.
    pub fn scatter(&self, values: &mut [String], random: &mut Random) {
        const STRAY: &str = "?|-|n/a|see note|tbc|none|x|#REF!|#VALUE!|error|...|unknown";
        for value in values {
            if value.is_empty() {
                value.push_str(self.nothing);
            } else if random.chance(self.stray) {
                *value = random.word(STRAY).to_owned();
            }
        }
    }
}

/// How a number wears its unit, mostly not at all.
fn unit(code: &str, random: &mut Random) -> String {
    let mark = match random.below(4) {
        0 => code,
        1 => random.word("€|$|£|kr|EUR"),
        _ => symbol(code),
    };
    match random.below(28) {
        0 => format!("# {mark}"),
        1 => format!("#{mark}"),
        2 => format!("{mark} #"),
        3 => format!("{mark}#"),
        _ => "#".to_owned(),
    }
}

fn symbol(code: &str) -> &str {
    match code {
        "EUR" => "€",
        "GBP" => "£",
        "USD" | "AUD" | "CAD" | "NZD" => "$",
        "DKK" | "SEK" | "NOK" => "kr",
        "PLN" => "zł",
        "CZK" => "Kč",
        "HUF" => "Ft",
        "BRL" => "R$",
        other => other,
    }
}

fn person(salutations: &str, random: &mut Random) -> String {
    match random.below(12) {
        0 => "{family}, {given}".to_owned(),
        1 => "{family} {given}".to_owned(),
        2 => "{initial}. {family}".to_owned(),
        3 => format!("{} {{given}} {{family}}", random.word(salutations)),
        4 => "{given} {initial}. {family}".to_owned(),
        _ => "{given} {family}".to_owned(),
    }
}

/// Year, month and day of a day counted from 1 January 2024.
pub fn civil(mut day: i64) -> (i64, i64, i64) {
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
