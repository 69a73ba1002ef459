//! Money as integer minor units and a currency. Parsed from the source's text, never through a float.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An ISO 4217 currency in use as money, so with a number of decimals: 0 (JPY), 2 (EUR) or 3 (KWD).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// Reads a code in any case. Codes without minor units, such as XAU (gold), are refused: nobody is owed one.
    pub fn from_code(code: &str) -> Option<Currency> {
        let currency = iso_currency::Currency::from_code(&code.trim().to_ascii_uppercase())?;
        currency.exponent()?;
        Some(Currency(currency))
    }

    /// The three upper-case letters.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Decimals of the major unit, as ISO 4217 lists them. Providers with exceptions convert at their own edge.
    pub fn exponent(self) -> u32 {
        self.0.exponent().map_or(2, u32::from)
    }
}

impl PartialOrd for Currency {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Currency {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.code().cmp(other.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Currency::from_code(&code)
            .ok_or_else(|| serde::de::Error::custom("not an ISO 4217 currency"))
    }
}

/// Why a text is not an amount of a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not plain digits with at most one decimal point.
    #[error("not a decimal number")]
    NotADecimal,
    /// More decimals than the currency has, and they are not zeros: rounding would change what is owed.
    #[error("more decimals than the currency has")]
    TooPrecise,
    /// Beyond 64 bits of minor units.
    #[error("too large")]
    TooLarge,
}

/// An exact amount: `minor` units of `currency`, at the currency's ISO exponent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Minor units, may be negative.
    pub minor: i64,
    /// The currency, which gives the exponent.
    pub currency: Currency,
}

impl Money {
    /// `minor` units of `currency`.
    pub fn from_minor(minor: i64, currency: Currency) -> Money {
        Money { minor, currency }
    }

    /// Reads the neutral decimal form: `-?digits[.digits]`, no grouping, a point for the decimals.
    ///
    /// # Errors
    /// See [`MoneyError`]; surplus decimals are accepted only when they are zeros.
    pub fn parse(text: &str, currency: Currency) -> Result<Money, MoneyError> {
        let text = text.trim();
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !is_number(whole) || !is_number(fraction) || digits.ends_with('.') {
            return Err(MoneyError::NotADecimal);
        }
        let exponent = currency.exponent() as usize;
        let (kept, surplus) = fraction.split_at(fraction.len().min(exponent));
        if surplus.bytes().any(|byte| byte != b'0') {
            return Err(MoneyError::TooPrecise);
        }
        let units = format!("{whole}{kept:0<exponent$}");
        let magnitude = i64::from_str(&units).map_err(|_| MoneyError::TooLarge)?;
        Ok(Money {
            minor: if negative { -magnitude } else { magnitude },
            currency,
        })
    }

    /// The neutral decimal form with all decimals of the currency: `1234.56`, `500`, `0.005`.
    pub fn decimal(self) -> String {
        let exponent = self.currency.exponent();
        let sign = if self.minor < 0 { "-" } else { "" };
        let magnitude = self.minor.unsigned_abs();
        if exponent == 0 {
            return format!("{sign}{magnitude}");
        }
        let scale = 10_u64.pow(exponent);
        format!(
            "{sign}{}.{:0width$}",
            magnitude / scale,
            magnitude % scale,
            width = exponent as usize
        )
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency, self.decimal())
    }
}

/// Sums per currency, exact beyond 64 bits; amounts of different currencies are never added to each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals(BTreeMap<Currency, i128>);

impl Totals {
    /// Adds one amount.
    pub fn add(&mut self, amount: Money) {
        *self.0.entry(amount.currency).or_default() += i128::from(amount.minor);
    }

    /// Adds a sum of minor units that a database computed.
    pub fn add_minor(&mut self, minor: i128, currency: Currency) {
        *self.0.entry(currency).or_default() += minor;
    }

    /// Currency and sum of minor units, by currency code.
    pub fn iter(&self) -> impl Iterator<Item = (Currency, i128)> + '_ {
        self.0.iter().map(|(currency, minor)| (*currency, *minor))
    }

    /// Currency code and neutral decimal sum, by currency code.
    pub fn decimals(&self) -> impl Iterator<Item = (&'static str, String)> + '_ {
        self.0
            .iter()
            .map(|(currency, minor)| (currency.code(), decimal_of(*minor, currency.exponent())))
    }
}

fn decimal_of(minor: i128, exponent: u32) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let magnitude = minor.unsigned_abs();
    if exponent == 0 {
        return format!("{sign}{magnitude}");
    }
    let scale = 10_u128.pow(exponent);
    format!(
        "{sign}{}.{:0width$}",
        magnitude / scale,
        magnitude % scale,
        width = exponent as usize
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_currency() -> impl Strategy<Value = Currency> {
        prop::sample::select(vec![
            "EUR", "USD", "JPY", "KWD", "ISK", "HUF", "DKK", "TND", "UGX", "MGA",
        ])
        .prop_map(|code| Currency::from_code(code).unwrap())
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_unchanged(minor in any::<i64>().prop_filter("in range", |n| *n != i64::MIN), currency in any_currency()) {
            let money = Money::from_minor(minor, currency);
            prop_assert_eq!(Money::parse(&money.decimal(), currency), Ok(money), "a changed amount would be claimed");
        }

        #[test]
        fn garbage_is_refused_without_panic(text in ".{0,40}", currency in any_currency()) {
            if let Ok(money) = Money::parse(&text, currency) {
                prop_assert_eq!(Money::parse(&money.decimal(), currency), Ok(money));
            }
        }

        #[test]
        fn totals_never_lose_a_minor_unit(amounts in prop::collection::vec(any::<i64>(), 0..50), currency in any_currency()) {
            let mut totals = Totals::default();
            for minor in &amounts {
                totals.add(Money::from_minor(*minor, currency));
            }
            let exact: i128 = amounts.iter().map(|minor| i128::from(*minor)).sum();
            prop_assert_eq!(totals.iter().map(|(_, minor)| minor).sum::<i128>(), exact);
        }
    }

    #[test]
    fn decimals_follow_the_currency() {
        let parse = |text, code| Money::parse(text, Currency::from_code(code).unwrap());
        assert_eq!(parse("1234.5", "EUR").map(|money| money.minor), Ok(123_450));
        assert_eq!(parse("500", "JPY").map(|money| money.minor), Ok(500));
        assert_eq!(
            parse("500.00", "JPY").map(|money| money.minor),
            Ok(500),
            "zeros after the point change nothing"
        );
        assert_eq!(parse("0.005", "KWD").map(|money| money.minor), Ok(5));
        assert_eq!(
            parse("1.005", "EUR"),
            Err(MoneyError::TooPrecise),
            "rounding would change what is owed"
        );
        assert_eq!(
            parse("1,234.56", "EUR"),
            Err(MoneyError::NotADecimal),
            "grouping is a matter for importers"
        );
        assert_eq!(parse("1.", "EUR"), Err(MoneyError::NotADecimal));
        assert_eq!(
            parse("99999999999999999999", "EUR"),
            Err(MoneyError::TooLarge)
        );
        assert!(Currency::from_code("XAU").is_none());
    }
}
