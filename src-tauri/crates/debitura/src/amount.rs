use receivables::{Currency, Money};
use serde::{Deserialize, Serialize};

use crate::wire::Digits;

/// An amount as Debitura states it. The service computes with doubles, so an answer may hold digits that are no amount
/// of its currency; those are kept as text and never rounded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Amount {
    Exact(Money),
    /// The digits as sent, for display only.
    Unclear(String),
}

impl Amount {
    pub(crate) fn read(digits: Option<Digits>, currency: Option<&str>) -> Option<Self> {
        let digits = digits?.0;
        let exact = currency
            .and_then(Currency::from_code)
            .zip(plain(&digits))
            .and_then(|(currency, plain)| Money::parse(&plain, currency).ok());
        Some(exact.map_or(Self::Unclear(digits), Self::Exact))
    }

    pub fn exact(&self) -> Option<Money> {
        match self {
            Self::Exact(money) => Some(*money),
            Self::Unclear(_) => None,
        }
    }
}

/// A JSON number without its exponent: `1.5E+3` is `1500`. `None` where that would be absurdly long.
pub(crate) fn plain(number: &str) -> Option<String> {
    let Some((mantissa, exponent)) = number.split_once(['e', 'E']) else {
        return Some(number.to_owned());
    };
    let exponent: i32 = exponent.parse().ok()?;
    if exponent.abs() > 40 {
        return None;
    }
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let point = i32::try_from(whole.len()).ok()? + exponent;
    let length = i32::try_from(digits.len()).ok()?;
    Some(if point <= 0 {
        let zeros = usize::try_from(-point).ok()?;
        format!("{sign}0.{}{digits}", "0".repeat(zeros))
    } else if point >= length {
        let zeros = usize::try_from(point - length).ok()?;
        format!("{sign}{digits}{}", "0".repeat(zeros))
    } else {
        let (whole, fraction) = digits.split_at(usize::try_from(point).ok()?);
        format!("{sign}{whole}.{fraction}")
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(digits: &str, currency: &str) -> Option<Amount> {
        Amount::read(Some(Digits(digits.into())), Some(currency))
    }

    #[test]
    fn exact_or_unclear_but_never_rounded() {
        let euro = Currency::from_code("EUR").unwrap();
        for (digits, minor) in [
            ("1234.56", 123_456),
            ("1234.5", 123_450),
            ("1.23456E+3", 123_456),
            ("1E2", 10_000),
            ("5e-2", 5),
            ("-0.01", -1),
            ("0", 0),
        ] {
            assert_eq!(
                read(digits, "EUR"),
                Some(Amount::Exact(Money::from_minor(minor, euro))),
                "{digits}"
            );
        }
        for digits in ["0.30000000000000004", "1e99", "1e-9", "--1"] {
            assert_eq!(
                read(digits, "EUR"),
                Some(Amount::Unclear(digits.into())),
                "{digits}"
            );
        }
        assert_eq!(read("1", "???"), Some(Amount::Unclear("1".into())));
        assert_eq!(
            Amount::read(Some(Digits("1".into())), None),
            Some(Amount::Unclear("1".into()))
        );
    }

    proptest! {
        #[test]
        fn an_exponent_only_moves_the_point(whole in 0_u32..1_000_000, shift in 0_usize..6) {
            let shifted = format!("{whole}e{shift}");
            prop_assert_eq!(plain(&shifted), Some(format!("{whole}{}", "0".repeat(shift))));
        }

        #[test]
        fn garbage_never_panics(text in ".{0,30}", currency in "[A-Z]{3}") {
            let _ = read(&text, &currency);
        }
    }
}
