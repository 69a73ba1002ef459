//! Amounts as people and programs write them. The digits stay digits: nothing is rounded, nothing goes through a float.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::currency::{CurrencyText, read_currency};

/// What parts the decimals from the rest.
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DecimalSign {
    #[serde(rename = ".")]
    Point,
    #[serde(rename = ",")]
    Comma,
}

impl DecimalSign {
    /// The sign itself.
    pub fn sign(self) -> char {
        match self {
            DecimalSign::Point => '.',
            DecimalSign::Comma => ',',
        }
    }

    /// The other one, which then groups thousands.
    pub fn other(self) -> DecimalSign {
        match self {
            DecimalSign::Point => DecimalSign::Comma,
            DecimalSign::Comma => DecimalSign::Point,
        }
    }
}

/// An amount read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    /// Neutral: `-?digits[.digits]`, with the decimals that were written.
    pub decimal: String,
    /// What stood beside the number.
    pub currency: Option<CurrencyText>,
}

impl Amount {
    /// Whether it is less than nothing: a credit note or a payment.
    pub fn is_negative(&self) -> bool {
        self.decimal.starts_with('-')
    }
}

/// Why a text is not an amount in the given format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountFault {
    #[error("not an amount")]
    NotAnAmount,
    /// It can only be read with the other decimal sign than the rest of the column.
    #[error("written with another decimal sign than the rest of the column")]
    Contradicts,
    /// `1.2E+05`: a spreadsheet has cut the digits.
    #[error("a spreadsheet has shortened the number")]
    Shortened,
    /// Could be read with either sign, and none is known.
    #[error("could be read in two ways")]
    Ambiguous,
}

/// Reads an amount. Without a decimal sign, only what reads the same with both.
///
/// # Errors
/// See [`AmountFault`].
pub fn read_amount(text: &str, sign: Option<DecimalSign>) -> Result<Amount, AmountFault> {
    let parts = Parts::of(text)?;
    let (point, comma) = (
        parts.under(DecimalSign::Point),
        parts.under(DecimalSign::Comma),
    );
    let decimal = match (sign, point, comma) {
        (_, None, None) => return Err(not_an_amount(text)),
        (Some(DecimalSign::Point), Some(decimal), _)
        | (Some(DecimalSign::Comma), _, Some(decimal)) => decimal,
        (Some(_), ..) => return Err(AmountFault::Contradicts),
        (None, Some(point), Some(comma)) if point == comma => point,
        // What only one sign can explain still needs the column: a stray point may be a slip.
        (None, ..) => return Err(AmountFault::Ambiguous),
    };
    Ok(Amount {
        decimal: parts.signed(decimal),
        currency: parts.currency,
    })
}

/// What a text says about the decimal sign of its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hint {
    /// Reads the same either way.
    Neutral,
    /// Reads with this sign only.
    Only(DecimalSign),
    /// Means something else with each.
    Either,
    NotAnAmount,
}

pub(super) fn hint(text: &str) -> Hint {
    let Ok(parts) = Parts::of(text) else {
        return Hint::NotAnAmount;
    };
    match (
        parts.under(DecimalSign::Point),
        parts.under(DecimalSign::Comma),
    ) {
        (Some(point), Some(comma)) if point == comma => Hint::Neutral,
        (Some(_), Some(_)) => Hint::Either,
        (Some(_), None) => Hint::Only(DecimalSign::Point),
        (None, Some(_)) => Hint::Only(DecimalSign::Comma),
        (None, None) => Hint::NotAnAmount,
    }
}

/// A text taken apart: sign, digits with whatever stands between them, currency.
struct Parts<'a> {
    negative: bool,
    digits: Cow<'a, str>,
    currency: Option<CurrencyText>,
}

const MINUS: [char; 4] = ['-', '−', '–', '—'];
const MAX_DIGITS: usize = 30;

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Result<Parts<'a>, AmountFault> {
        if text.len() > 80 {
            return Err(AmountFault::NotAnAmount);
        }
        let mut rest = text.trim();
        let mut minuses = 0;
        let mut currency: Option<CurrencyText> = None;
        // Sign, brackets and currency come in any order, so the outermost is taken until only digits are left.
        let digits = loop {
            if let Some(inner) = rest
                .strip_prefix('(')
                .and_then(|rest| rest.strip_suffix(')'))
            {
                minuses += 1;
                rest = inner.trim();
            } else if let Some(whole) = without_dash_decimals(rest) {
                break Cow::Owned(whole);
            } else if let Some(inner) = rest
                .strip_prefix(MINUS)
                .or_else(|| rest.strip_suffix(MINUS))
            {
                minuses += 1;
                rest = inner.trim();
            } else if let Some(inner) = rest.strip_prefix('+').or_else(|| rest.strip_suffix('+')) {
                rest = inner.trim();
            } else if let Some((word, inner)) = leading_word(rest).or_else(|| trailing_word(rest)) {
                match side_word(word) {
                    Some(SideWord::Credit) => minuses += 1,
                    Some(SideWord::Debit) => {}
                    None => {
                        let read = read_currency(word).ok_or_else(|| not_an_amount(text))?;
                        if currency.replace(read).is_some() {
                            return Err(AmountFault::NotAnAmount);
                        }
                    }
                }
                rest = inner.trim();
            } else {
                break Cow::Borrowed(rest);
            }
        };
        // Two signs contradict each other or say the same twice; either way somebody must look.
        if minuses > 1 {
            return Err(AmountFault::NotAnAmount);
        }
        let count = digits.bytes().filter(u8::is_ascii_digit).count();
        if count == 0 || count > MAX_DIGITS {
            return Err(AmountFault::NotAnAmount);
        }
        Ok(Parts {
            negative: minuses == 1,
            digits,
            currency,
        })
    }

    fn signed(&self, decimal: String) -> String {
        let zero = decimal.bytes().all(|byte| byte == b'0' || byte == b'.');
        if self.negative && !zero {
            format!("-{decimal}")
        } else {
            decimal
        }
    }

    /// The neutral decimal, if the digits can be read with this decimal sign.
    fn under(&self, sign: DecimalSign) -> Option<String> {
        let (whole, fraction) = match self.digits.split_once(sign.sign()) {
            Some((_, "")) => return None,
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (self.digits.as_ref(), None),
        };
        if !fraction
            .unwrap_or_default()
            .bytes()
            .all(|byte| byte.is_ascii_digit())
        {
            return None;
        }
        let whole = if whole.is_empty() {
            "0".to_owned()
        } else {
            ungrouped(whole, sign.other().sign())?
        };
        let whole = whole.trim_start_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        Some(match fraction {
            Some(fraction) => format!("{whole}.{fraction}"),
            None => whole.to_owned(),
        })
    }
}

/// Letters in a number are either its currency or what is left of a number that a spreadsheet has shortened.
fn not_an_amount(text: &str) -> AmountFault {
    let mut exponent = text.split(['e', 'E']);
    let looks_cut = matches!((exponent.next(), exponent.next(), exponent.next()), (Some(digits), Some(power), None)
        if digits.ends_with(|letter: char| letter.is_ascii_digit())
            && power.trim_start_matches(['+', '-']).bytes().all(|byte| byte.is_ascii_digit()) && !power.is_empty());
    if looks_cut {
        AmountFault::Shortened
    } else {
        AmountFault::NotAnAmount
    }
}

/// `1.234,-` and `1'234.--` say that there are no decimals.
fn without_dash_decimals(text: &str) -> Option<String> {
    let bare = text.trim_end_matches(MINUS);
    let dashes = text[bare.len()..].chars().count();
    let sign = bare.chars().last()?;
    ((1..=2).contains(&dashes)
        && matches!(sign, '.' | ',')
        && bare.len() > 1
        && bare
            .chars()
            .all(|letter| letter.is_ascii_digit() || is_grouping(letter) || ",.".contains(letter)))
    .then(|| format!("{bare}00"))
}

enum SideWord {
    Credit,
    Debit,
}

/// Marks of the side of an account: English, and German (Haben, Soll).
fn side_word(word: &str) -> Option<SideWord> {
    match word.trim_end_matches('.').to_ascii_uppercase().as_str() {
        "CR" | "H" => Some(SideWord::Credit),
        "DR" | "S" => Some(SideWord::Debit),
        _ => None,
    }
}

fn is_word_letter(letter: char) -> bool {
    letter.is_alphabetic()
        || (!letter.is_ascii()
            && !letter.is_whitespace()
            && !is_grouping(letter)
            && !MINUS.contains(&letter))
        || letter == '$'
        || letter == '%'
}

/// The word before the number, with its point if it is an abbreviation: `kr. 500`, `US$500`, `$.50`.
fn leading_word(text: &str) -> Option<(&str, &str)> {
    let end = text
        .find(|letter: char| !is_word_letter(letter) && letter != '$')
        .unwrap_or(text.len());
    if end == 0 {
        return None;
    }
    let abbreviated = text[..end].ends_with(char::is_alphabetic) && text[end..].starts_with('.');
    let end = if abbreviated { end + 1 } else { end };
    Some((&text[..end], &text[end..]))
}

/// The word after the number: `500 kr.`, `500€`, `500 EUR`.
fn trailing_word(text: &str) -> Option<(&str, &str)> {
    let bare = match text.strip_suffix('.') {
        Some(bare) if bare.ends_with(char::is_alphabetic) => bare,
        _ => text,
    };
    let start = bare
        .char_indices()
        .rev()
        .take_while(|(_, letter)| is_word_letter(*letter))
        .last()
        .map(|(index, _)| index)?;
    Some((&text[start..], &text[..start]))
}

fn is_grouping(letter: char) -> bool {
    letter == ' ' || is_space(letter) || matches!(letter, '\'' | '’' | '´' | '`')
}

fn is_space(letter: char) -> bool {
    matches!(letter, '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{2007}')
}

/// The digits of the whole part, if they stand alone or in proper groups: of three, or as in India of two before the
/// last three. One sign groups throughout.
fn ungrouped(whole: &str, group: char) -> Option<String> {
    let normal = |letter: char| match letter {
        letter if is_space(letter) => ' ',
        '’' | '´' | '`' => '\'',
        letter => letter,
    };
    let Some(sign) = whole
        .chars()
        .find(|letter| !letter.is_ascii_digit())
        .map(normal)
    else {
        return Some(whole.to_owned());
    };
    if sign != group && sign != ' ' && sign != '\'' {
        return None;
    }
    let whole: String = whole.chars().map(normal).collect();
    let groups: Vec<&str> = whole.split(sign).collect();
    if !groups
        .iter()
        .all(|group| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return None;
    }
    let (first, rest) = groups.split_first()?;
    let (last, middle) = rest.split_last()?;
    let western = first.len() <= 3 && rest.iter().all(|group| group.len() == 3);
    let indian = first.len() <= 2
        && last.len() == 3
        && !middle.is_empty()
        && middle.iter().all(|group| group.len() == 2);
    // Nobody groups a number that begins with zero: 0.500 is a half.
    ((western || indian) && !first.starts_with('0')).then(|| groups.concat())
}

#[cfg(test)]
#[path = "amount_tests.rs"]
mod tests;
