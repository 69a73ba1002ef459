//! Calendar dates as people and programs write them. Whether the day or the month comes first is a property of the
//! column: a date that could be either is read only in the order that the column is known to have.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::fold;

/// What comes first where digits alone do not say it.
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    Dmy,
    Mdy,
    Ymd,
    /// Days counted as spreadsheets count them: 46115 is 2026-04-03.
    Serial,
}

impl DateOrder {
    /// Every order, the commonest first.
    pub const ALL: [DateOrder; 4] = [
        DateOrder::Dmy,
        DateOrder::Mdy,
        DateOrder::Ymd,
        DateOrder::Serial,
    ];

    /// The order in words.
    pub fn words(self) -> &'static str {
        match self {
            DateOrder::Dmy => "day first",
            DateOrder::Mdy => "month first",
            DateOrder::Ymd => "year first",
            DateOrder::Serial => "days counted as a spreadsheet does",
        }
    }
}

/// Why a text is not a date in the given order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DateFault {
    #[error("not a date")]
    NotADate,
    /// A date, but only in another order than the rest of the column.
    #[error("written in another order than the rest of the column")]
    Contradicts,
    /// Could be read in more than one order, and none is known.
    #[error("could be read in two ways")]
    Ambiguous,
}

/// Reads a date; a time of day after it is left out. Without an order, only what says its order itself.
///
/// # Errors
/// See [`DateFault`].
pub fn read_date(text: &str, order: Option<DateOrder>) -> Result<Date, DateFault> {
    let readings = Readings::of(text);
    if let Some(date) = readings.certain {
        return Ok(date);
    }
    if readings.by_order.is_empty() {
        return Err(DateFault::NotADate);
    }
    let Some(order) = order else {
        return readings.whichever().ok_or(DateFault::Ambiguous);
    };
    readings.under(order).ok_or(DateFault::Contradicts)
}

/// Everything a text can mean.
#[derive(Debug, Default)]
pub(super) struct Readings {
    /// The text says itself what is what: the year first in four digits, or the month by name.
    pub(super) certain: Option<Date>,
    by_order: Vec<(DateOrder, Date)>,
}

impl Readings {
    pub(super) fn of(text: &str) -> Readings {
        let text = text.trim();
        if text.len() > 60 || !text.bytes().any(|byte| byte.is_ascii_digit()) {
            return Readings::default();
        }
        let Some(text) = without_time(text) else {
            return Readings::default();
        };
        let Some(tokens) = Tokens::of(text) else {
            return Readings::default();
        };
        tokens.readings()
    }

    pub(super) fn under(&self, order: DateOrder) -> Option<Date> {
        self.certain.or_else(|| {
            self.by_order
                .iter()
                .find(|(known, _)| *known == order)
                .map(|(_, date)| *date)
        })
    }

    /// The date that all of several orders agree on: 03/03/2026.
    fn whichever(&self) -> Option<Date> {
        let (first, others) = self.by_order.split_first()?;
        let agree = !others.is_empty() && others.iter().all(|(_, date)| *date == first.1);
        agree.then_some(first.1)
    }

    pub(super) fn orders(&self) -> impl Iterator<Item = DateOrder> + '_ {
        self.by_order.iter().map(|(order, _)| *order)
    }

    fn certainly(date: Option<Date>) -> Readings {
        Readings {
            certain: date,
            by_order: Vec::new(),
        }
    }
}

/// The text before a time of day; the whole where there is none, nothing where what follows is no time.
fn without_time(text: &str) -> Option<&str> {
    let Some(colon) = text.find(':') else {
        return Some(text);
    };
    let hour = text[..colon].trim_end_matches(|letter: char| letter.is_ascii_digit());
    let date = hour.strip_suffix(['T', 't', ' ', ',', '\u{a0}', '\u{202f}'])?;
    let time_letter = |letter: char| {
        letter.is_ascii_digit()
            || letter.is_whitespace()
            || ":.,+-ZzAaPpMmUuTtCcGg".contains(letter)
    };
    text[hour.len()..]
        .chars()
        .all(time_letter)
        .then(|| date.trim_end_matches([' ', ',']))
}

/// Numbers of a date with their count of digits, the month where it is named, and whether points part the numbers.
#[derive(Debug, Default)]
struct Tokens {
    numbers: Vec<(u32, usize)>,
    month: Option<(i8, usize)>,
    points: bool,
}

impl Tokens {
    fn of(text: &str) -> Option<Tokens> {
        let mut tokens = Tokens::default();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let same = |letter: char| {
                if first.is_ascii_digit() {
                    letter.is_ascii_digit()
                } else {
                    letter.is_alphabetic() == first.is_alphabetic() && !letter.is_ascii_digit()
                }
            };
            let end = rest
                .find(|letter: char| !same(letter))
                .unwrap_or(rest.len());
            let (token, after) = rest.split_at(end);
            rest = after;
            if first.is_ascii_digit() {
                if token.len() > 8 || tokens.numbers.len() == 3 {
                    return None;
                }
                tokens.numbers.push((token.parse().ok()?, token.len()));
            } else if first.is_alphabetic() {
                tokens.word(token)?;
            } else {
                if !token.chars().all(|letter| {
                    matches!(letter, '.' | '/' | '-' | ',' | 'º' | 'ª' | '\'' | '’')
                        || letter.is_whitespace()
                }) {
                    return None;
                }
                tokens.points |= token.starts_with('.') && !rest.is_empty();
            }
        }
        Some(tokens)
    }

    fn word(&mut self, word: &str) -> Option<()> {
        // Endings of ordinals and small words between the parts: 3rd, 1er, 3 de abril, den 3. april.
        const FILLERS: [&str; 12] = [
            "st", "nd", "rd", "th", "er", "de", "del", "den", "der", "of", "the", "o",
        ];
        let word = fold(word);
        if FILLERS.contains(&word.as_str()) {
            return Some(());
        }
        if self.month.is_some() {
            return None;
        }
        self.month = Some((month_by_name(&word)?, self.numbers.len()));
        Some(())
    }

    fn readings(&self) -> Readings {
        match (self.month, self.numbers.as_slice()) {
            (Some((month, _)), [(day, 1..=2), (year, 4)])
            | (Some((month, _)), [(year, 4), (day, 1..=2)]) => {
                Readings::certainly(date(*year, month, *day))
            }
            (Some((month, place)), [(day, 1..=2), (year, 2)]) if place < 2 => {
                Readings::certainly(date(century(*year), month, *day))
            }
            (None, [(year, 4), (month, 1..=2), (day, 1..=2)]) => {
                Readings::certainly(of_numbers(*year, *month, *day))
            }
            (None, [(first, 1..=2), (second, 1..=2), (year, 4)]) => {
                self.day_or_month_first(*first, *second, *year)
            }
            (None, [(first, 1..=2), (second, 1..=2), (last, 2)]) => {
                let mut readings = self.day_or_month_first(*first, *second, century(*last));
                if !self.points {
                    readings.add(DateOrder::Ymd, of_numbers(century(*first), *second, *last));
                }
                readings
            }
            (None, [(digits, 8)]) => {
                match of_numbers(digits / 10_000, digits / 100 % 100, digits % 100) {
                    // Years begin with 19 or 20 here, and no day or month can make up the rest of one.
                    Some(date) => Readings::certainly(Some(date)),
                    None => self.day_or_month_first(
                        digits / 1_000_000,
                        digits / 10_000 % 100,
                        digits % 10_000,
                    ),
                }
            }
            (None, [(digits, 6)]) => {
                let (first, second, last) = (digits / 10_000, digits / 100 % 100, digits % 100);
                let mut readings = self.day_or_month_first(first, second, century(last));
                readings.add(DateOrder::Ymd, of_numbers(century(first), second, last));
                readings
            }
            (None, [(days, 5)]) => of_serial(*days),
            // 46115.5: with the time of day as a fraction.
            (None, [(days, 5), (_, _)]) if self.points => of_serial(*days),
            _ => Readings::default(),
        }
    }

    /// Points part the day from the month where the day comes first; no country writes them after a month.
    fn day_or_month_first(&self, first: u32, second: u32, year: u32) -> Readings {
        let mut readings = Readings::default();
        readings.add(DateOrder::Dmy, of_numbers(year, second, first));
        if !self.points {
            readings.add(DateOrder::Mdy, of_numbers(year, first, second));
        }
        readings
    }
}

impl Readings {
    fn add(&mut self, order: DateOrder, date: Option<Date>) {
        self.by_order.extend(date.map(|date| (order, date)));
    }
}

/// Years of two digits: 69 is 2069, 70 is 1970.
fn century(year: u32) -> u32 {
    if year < 70 { 2000 + year } else { 1900 + year }
}

fn of_numbers(year: u32, month: u32, day: u32) -> Option<Date> {
    date(year, i8::try_from(month).ok()?, day)
}

/// Dates of claims only: a year outside of these is a slip or another number.
fn date(year: u32, month: i8, day: u32) -> Option<Date> {
    if !(1970..2100).contains(&year) {
        return None;
    }
    Date::new(i16::try_from(year).ok()?, month, i8::try_from(day).ok()?).ok()
}

/// Days since the end of 1899, as every spreadsheet counts since March 1900; from 1990 on.
fn of_serial(days: u32) -> Readings {
    let mut readings = Readings::default();
    if (32_874..73_051).contains(&days) {
        let start = jiff::civil::date(1899, 12, 30);
        readings.add(
            DateOrder::Serial,
            start.checked_add(jiff::Span::new().days(days)).ok(),
        );
    }
    readings
}

/// Names and abbreviations of months, folded, in English, Danish, German, Swedish, Norwegian, Dutch, French, Spanish,
/// Italian, Portuguese, Finnish, Polish, Czech and Hungarian, from the Unicode Common Locale Data Repository.
#[rustfmt::skip]
const MONTHS: [&str; 12] = [
    "ene enero gen gennaio jan janeiro januar januari january janv janvier led leden ledna sty styczen stycznia tammi tammikuu tammikuuta jaan",
    "feb febbraio febr febrero februar februari february fev fevereiro fevr fevrier helmi helmikuu helmikuuta lut lutego luty uno unor unora",
    "bre brezen brezna maalis maaliskuu maaliskuuta maart mar marca march mars marts marzec marzo marco mrt marc marcius maerz marz",
    "abr abril apr april aprile avr avril dub duben dubna huhti huhtikuu huhtikuuta kwi kwiecien kwietnia aprilis",
    "kve kveten kvetna mag maggio mai maio maj maja may mayo mei majus touko toukokuu toukokuuta",
    "cze czerwca czerwiec giu giugno juin jun june junho juni junio junius kesa kesakuu kesakuuta cerven cervna cvn",
    "heina heinakuu heinakuuta juil juillet jul julho juli julio july julius lip lipca lipiec lug luglio cervenec cervence cvc",
    "ago agosto aout aug august augusti augustus augusztus elo elokuu elokuuta sie sierpien sierpnia srp srpen srpna",
    "sep sept september septembre septiembre set setembro settembre syys syyskuu syyskuuta szept szeptember wrz wrzesien wrzesnia zar zari",
    "loka lokakuu lokakuuta oct october octobre octubre okt oktober ott ottobre out outubro paz pazdziernik pazdziernika rij rijen rijna",
    "lis listopad listopada listopadu marras marraskuu marraskuuta nov november novembre novembro noviembre",
    "dec december des desember dez dezember dezembro dic dicembre diciembre decembre gru grudnia grudzien joulu joulukuu joulukuuta pro prosince prosinec",
];

fn month_by_name(folded: &str) -> Option<i8> {
    (1..)
        .zip(MONTHS)
        .find(|(_, names)| names.split(' ').any(|name| name == folded))
        .map(|(month, _)| month)
}

#[cfg(test)]
#[path = "date_tests.rs"]
mod tests;
