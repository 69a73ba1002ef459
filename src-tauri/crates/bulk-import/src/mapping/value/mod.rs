//! What one cell looks like: a date, money, a code, a name, a street. Looks only; the formats themselves are read and
//! confirmed elsewhere.

mod date;
mod number;

use receivables::DebtorType;

use super::gazetteer::{self, Lists};
use crate::values::read_debtor_type;
use date::date;
use number::number;

/// How many looks a value can have.
pub const LOOKS: usize = 48;

/// What a value may look like; several at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Look {
    Date,
    DateTime,
    Number,
    Integer,
    Money,
    Negative,
    Zero,
    Percent,
    Bool,
    Email,
    Url,
    Phone,
    Iban,
    CurrencyCode,
    CurrencyMark,
    CountryCode,
    CountryName,
    LegalForm,
    GivenName,
    Street,
    City,
    CompanyWord,
    PrivateWord,
    StatusWord,
    DocumentWord,
    LettersOnly,
    CapitalWords,
    TwoWords,
    ThreeOrMoreWords,
    LongText,
    CodeMixed,
    LeadingLetters,
    LeadingZero,
    EndsInNumber,
    BeginsWithNumber,
    ZipFour,
    ZipFive,
    ZipShaped,
    DigitsEight,
    DigitsNine,
    DigitsTen,
    DigitsLong,
    DigitsShort,
    VatShaped,
    RegisterShaped,
    SingleLetter,
    UpperCase,
    SerialDate,
}

/// One value, recognised.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Recognised {
    pub looks: u64,
    /// Days since an arbitrary day, when it is a date.
    pub day: Option<i32>,
    pub number: Option<f64>,
}

impl Recognised {
    pub fn is(&self, look: Look) -> bool {
        self.looks & (1 << look as u64) != 0
    }

    fn set(&mut self, look: Look, yes: bool) {
        if yes {
            self.looks |= 1 << look as u64;
        }
    }
}

/// Recognises one trimmed, non-empty value.
pub fn recognise(value: &str) -> Recognised {
    let mut seen = Recognised::default();
    let lower = value.to_lowercase();
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value
        .chars()
        .filter(|letter| letter.is_alphabetic())
        .count();
    let length = value.chars().count();
    let bytes = value.as_bytes();

    if let Some((day, with_time)) = date(value) {
        seen.day = Some(day);
        seen.set(Look::Date, true);
        seen.set(Look::DateTime, with_time);
    }
    if seen.day.is_none()
        && let Some((number, decimals)) = number(value)
    {
        seen.number = Some(number);
        seen.set(Look::Number, true);
        seen.set(Look::Integer, decimals == 0);
        seen.set(
            Look::Money,
            decimals == 2 || decimals > 0 && number.abs() >= 10.0,
        );
        seen.set(Look::Negative, number < 0.0);
        seen.set(Look::Zero, number == 0.0);
        seen.set(
            Look::SerialDate,
            decimals == 0 && (36_000.0..60_000.0).contains(&number) && digits == 5,
        );
    }
    seen.set(Look::Percent, value.ends_with('%'));
    seen.set(Look::Email, is_email(value));
    seen.set(
        Look::Url,
        lower.starts_with("http") || lower.starts_with("www."),
    );
    seen.set(
        Look::Phone,
        is_phone(value, digits, letters) && seen.day.is_none(),
    );
    seen.set(Look::Iban, is_iban(value, digits));
    let mark = is_currency_mark(&lower);
    seen.set(Look::CurrencyCode, mark || is_currency(&lower, length));
    seen.set(Look::CurrencyMark, mark || value.contains(['€', '$', '£']));
    seen.set(Look::CountryCode, is_country_code(value, length));
    words(&mut seen, &lower, value);
    seen.set(Look::LettersOnly, letters > 0 && digits == 0);
    seen.set(Look::LongText, length > 40);
    let alone = digits > 0 && letters > 0 && !value.contains(' ');
    seen.set(
        Look::CodeMixed,
        alone && seen.day.is_none() && !seen.is(Look::Email),
    );
    seen.set(
        Look::LeadingLetters,
        alone && value.chars().next().is_some_and(char::is_alphabetic),
    );
    seen.set(
        Look::LeadingZero,
        digits > 1 && bytes[0] == b'0' && letters == 0 && bytes[1].is_ascii_digit(),
    );
    seen.set(
        Look::EndsInNumber,
        letters > 2 && bytes.last().is_some_and(u8::is_ascii_digit) && value.contains(' '),
    );
    seen.set(
        Look::BeginsWithNumber,
        letters > 2 && bytes[0].is_ascii_digit() && value.contains(' '),
    );
    let plain = digits == length;
    seen.set(Look::ZipFour, plain && digits == 4);
    seen.set(Look::ZipFive, plain && digits == 5);
    seen.set(
        Look::ZipShaped,
        is_zip_shaped(value, digits, letters, length),
    );
    seen.set(Look::DigitsEight, plain && digits == 8);
    seen.set(
        Look::DigitsNine,
        digits == 9 && letters == 0 && seen.day.is_none() && is_grouped(value),
    );
    seen.set(
        Look::DigitsTen,
        digits == 10 && letters == 0 && is_grouped(value),
    );
    seen.set(Look::DigitsLong, plain && digits > 10);
    seen.set(Look::DigitsShort, plain && digits < 4);
    seen.set(Look::VatShaped, is_vat_shaped(bytes, digits, length));
    seen.set(
        Look::RegisterShaped,
        is_register_shaped(value, &lower, digits, letters),
    );
    seen.set(Look::SingleLetter, length == 1 && letters == 1);
    seen.set(
        Look::UpperCase,
        letters > 0 && lower != *value && value.to_uppercase() == *value,
    );
    seen
}

fn words(seen: &mut Recognised, lower: &str, value: &str) {
    let mut lists = Lists::default();
    let mut count = 0;
    for word in lower.split([' ', ',']).filter(|word| !word.is_empty()) {
        count += 1;
        if count <= 8 {
            lists = lists.with(gazetteer::look_up(word));
        }
    }
    let few = count <= 3;
    seen.set(Look::LegalForm, count > 1 && lists.any(Lists::LEGAL));
    seen.set(Look::GivenName, few && lists.any(Lists::GIVEN));
    seen.set(Look::Street, lists.any(Lists::STREET) && value.len() > 4);
    seen.set(Look::City, few && lists.any(Lists::CITY));
    seen.set(Look::CountryName, few && lists.any(Lists::COUNTRY));
    // As the import will read it: `Company A` is somebody's name.
    let party = few.then(|| read_debtor_type(value)).flatten();
    seen.set(Look::CompanyWord, party == Some(DebtorType::Company));
    seen.set(Look::PrivateWord, party == Some(DebtorType::Private));
    seen.set(Look::StatusWord, few && lists.any(Lists::STATUS));
    seen.set(Look::DocumentWord, few && lists.any(Lists::DOCUMENT));
    seen.set(Look::Bool, count == 1 && lists.any(Lists::BOOL));
    seen.set(Look::TwoWords, count == 2);
    seen.set(Look::ThreeOrMoreWords, count > 2);
    let capital = value
        .split(' ')
        .filter(|word| !word.is_empty())
        .all(|word| word.chars().next().is_some_and(char::is_uppercase));
    seen.set(Look::CapitalWords, capital);
}

fn is_email(value: &str) -> bool {
    value.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty() && host.contains('.') && !value.contains(' ')
            || value.matches('@').count() > 1
    })
}

fn is_phone(value: &str, digits: usize, letters: usize) -> bool {
    let only = value
        .chars()
        .all(|letter| letter.is_ascii_digit() || " +()/-.".contains(letter));
    letters == 0
        && only
        && (6..=15).contains(&digits)
        && (value.starts_with('+')
            || value.starts_with("00")
            || value.starts_with('(')
            || value.starts_with('0')
            || value.contains(' ') && !value.contains('.'))
}

fn is_iban(value: &str, digits: usize) -> bool {
    let tight: String = value
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    let bytes = tight.as_bytes();
    (15..=34).contains(&bytes.len())
        && digits >= 10
        && bytes[0].is_ascii_uppercase()
        && bytes[1].is_ascii_uppercase()
        && bytes[2].is_ascii_digit()
        && bytes[3].is_ascii_digit()
}

fn is_currency_mark(lower: &str) -> bool {
    matches!(
        lower,
        "€" | "$" | "£" | "kr" | "kr." | "kč" | "zł" | "ft" | "us$" | "euro"
    )
}

fn is_currency(lower: &str, length: usize) -> bool {
    const CODES: &str = "eur usd dkk sek nok gbp chf pln czk huf ron bgn isk aud cad nzd jpy cny inr brl mxn zar try aed sgd hkd";
    length == 3 && CODES.split(' ').any(|code| code == lower)
}

fn is_country_code(value: &str, length: usize) -> bool {
    const TWO: &str = "DK SE NO DE NL FR ES IT PT FI PL CZ HU GB UK IE US BE AT CH LU IS EE LV LT RO BG HR SI SK GR CA AU BR MX IN CN JP TR";
    const THREE: &str =
        "DNK SWE NOR DEU NLD FRA ESP ITA PRT FIN POL CZE HUN GBR IRL USA BEL AUT CHE";
    match length {
        2 => TWO.split(' ').any(|code| code == value),
        3 => THREE.split(' ').any(|code| code == value),
        _ => false,
    }
}

fn is_grouped(value: &str) -> bool {
    value
        .chars()
        .all(|letter| letter.is_ascii_digit() || letter == ' ' || letter == '-')
}

/// As `pattern`, where `9` is a digit and `A` a letter.
fn shaped(value: &str, pattern: &str) -> bool {
    value.len() == pattern.len()
        && value
            .bytes()
            .zip(pattern.bytes())
            .all(|(byte, shape)| match shape {
                b'9' => byte.is_ascii_digit(),
                b'A' => byte.is_ascii_alphabetic(),
                other => byte == other,
            })
}

fn is_zip_shaped(value: &str, digits: usize, letters: usize, length: usize) -> bool {
    const PATTERNS: [&str; 8] = [
        "999 99",
        "99-999",
        "9999-999",
        "9999 AA",
        "9999AA",
        "99999-999",
        "99999-9999",
        "A9A 9A9",
    ];
    let british = (5..=8).contains(&length)
        && (1..=3).contains(&digits)
        && (3..=5).contains(&letters)
        && value.contains(' ')
        && value.to_uppercase() == *value
        && value.ends_with(|last: char| last.is_ascii_alphabetic());
    british || PATTERNS.iter().any(|pattern| shaped(value, pattern))
}

fn is_vat_shaped(bytes: &[u8], digits: usize, length: usize) -> bool {
    (9..=15).contains(&length)
        && digits >= 7
        && bytes.len() > 3
        && bytes[0].is_ascii_uppercase()
        && bytes[1].is_ascii_uppercase()
        && (bytes[2].is_ascii_digit() || bytes[2] == b' ' || bytes[2].is_ascii_uppercase())
        && bytes[length.min(bytes.len()) - 3..]
            .iter()
            .any(u8::is_ascii_digit)
}

fn is_register_shaped(value: &str, lower: &str, digits: usize, letters: usize) -> bool {
    const PATTERNS: [&str; 9] = [
        "999999-9999",
        "9999999-9",
        "99-99-999999",
        "999-999-99-99",
        "A99999999",
        "99999999A",
        "9999.999.999",
        "999 999 999",
        "999.999.999",
    ];
    PATTERNS.iter().any(|pattern| shaped(value, pattern))
        || lower.starts_with("hrb")
        || lower.starts_with("hra")
        || lower.starts_with("fn ")
        || lower.starts_with("che-")
        || letters == 0
            && is_grouped(value)
            && (8..=14).contains(&digits)
            && !value.starts_with('+')
}
