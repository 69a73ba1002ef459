//! Amounts compared across currencies by their number alone.

use std::fmt;
use std::str::FromStr;

use receivables::Money;

/// The number of an amount in ten-thousandths of the major unit: 12.50 EUR and 12.50 USD are the same, 12 JPY is less.
/// For ordering and bounds, never for sums. Beyond the range it stays at the end of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Worth(pub(crate) i64);

/// The most decimals a currency of ISO 4217 has.
const DECIMALS: u32 = 4;

/// The text is not a decimal number of at most four decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number")]
pub struct ParseWorthError;

impl Worth {
    /// No amount is less.
    pub const LEAST: Worth = Worth(i64::MIN);
    /// No amount is more.
    pub const MOST: Worth = Worth(i64::MAX);
}

impl From<Money> for Worth {
    fn from(money: Money) -> Worth {
        let scale = 10_i64.pow(DECIMALS.saturating_sub(money.currency.exponent()));
        Worth(money.minor.saturating_mul(scale))
    }
}

impl FromStr for Worth {
    type Err = ParseWorthError;

    /// Reads the neutral decimal form of `receivables::Money`.
    fn from_str(text: &str) -> Result<Worth, ParseWorthError> {
        let (sign, digits) = match text.trim().strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, text.trim()),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty()
            || digits.ends_with('.')
            || !plain(whole)
            || !plain(fraction)
            || fraction.len() > DECIMALS as usize
        {
            return Err(ParseWorthError);
        }
        let units = format!("{whole}{fraction:0<width$}", width = DECIMALS as usize);
        Ok(Worth(
            units.parse().map_or(i64::MAX, |units: i64| units) * sign,
        ))
    }
}

impl fmt::Display for Worth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let units = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:04}", units / 10_000, units % 10_000)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use receivables::Currency;

    use super::*;

    proptest! {
        #[test]
        fn reading_an_amount_and_its_text_is_the_same(minor in -1_000_000_000_000_i64..1_000_000_000_000, code in prop::sample::select(vec!["EUR", "JPY", "KWD", "CLF"])) {
            let money = Money::from_minor(minor, Currency::from_code(code).unwrap());
            let worth = Worth::from(money);
            prop_assert_eq!(money.decimal().parse(), Ok(worth));
            prop_assert_eq!(worth.to_string().parse(), Ok(worth));
        }
    }

    #[test]
    fn numbers_beyond_the_range_stay_at_its_end() {
        assert_eq!("999999999999999999999".parse(), Ok(Worth(i64::MAX)));
        assert_eq!("-999999999999999999999".parse(), Ok(Worth(-i64::MAX)));
        for text in ["", "-", "1.", "1.23456", "1,5", "+1", "1e5"] {
            assert_eq!(text.parse::<Worth>(), Err(ParseWorthError), "{text:?}");
        }
    }
}
