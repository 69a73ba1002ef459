//! Stripe's integers as decimal text.

use receivables::{Currency, Money};

/// How many decimals Stripe's smallest unit of a currency (upper case) has.
///
/// Stripe's own table (its documentation of currencies), which is not ISO's: MGA has none here and two there; ISK and
/// UGX have none there and, by the explicit special cases, two here. Everything else has two.
fn exponent(code: &str) -> usize {
    match code {
        "BIF" | "CLP" | "DJF" | "GNF" | "JPY" | "KMF" | "KRW" | "MGA" | "PYG" | "RWF" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// `units` of Stripe's smallest unit as neutral decimal text: `123456` of EUR is `1234.56`, of JPY `123456`.
///
/// Exact for every currency. Whether the text fits the currency is for the reader to say: an ISK amount that does not
/// end in `00` has decimals that ISK has not, and is then shown as unreadable rather than rounded.
pub(super) fn decimal(units: i64, code: &str) -> String {
    let exponent = exponent(code);
    let sign = if units < 0 { "-" } else { "" };
    let digits = units.unsigned_abs().to_string();
    if exponent == 0 {
        return format!("{sign}{digits}");
    }
    let padded = format!("{digits:0>width$}", width = exponent + 1);
    let (whole, fraction) = padded.split_at(padded.len() - exponent);
    format!("{sign}{whole}.{fraction}")
}

/// The same as money, where it is exactly that.
pub(super) fn money(units: i64, code: &str) -> Option<Money> {
    Money::parse(&decimal(units, code), Currency::from_code(code)?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn currencies_where_stripe_and_iso_differ() {
        let minor = |units, code| money(units, code).map(|money| money.minor);
        assert_eq!(minor(123_456, "EUR"), Some(123_456));
        assert_eq!(minor(500, "JPY"), Some(500));
        assert_eq!(minor(5_120, "KWD"), Some(5_120));
        // Two decimals at Stripe, none in ISO.
        assert_eq!(minor(500, "ISK"), Some(5));
        assert_eq!(minor(500, "UGX"), Some(5));
        assert_eq!(minor(550, "ISK"), None);
        assert_eq!(decimal(550, "ISK"), "5.50");
        // None at Stripe, two in ISO.
        assert_eq!(minor(500, "MGA"), Some(50_000));
        assert_eq!(decimal(-5, "EUR"), "-0.05");
        assert_eq!(decimal(i64::MIN, "JPY"), i64::MIN.to_string());
    }

    /// Every ISO currency against whole-number arithmetic: the value in major units is `units / 10^stripe`, and the
    /// money's is `minor / 10^iso`; they must be equal, and money must be absent exactly where they cannot be.
    #[test]
    fn every_currency_agrees_with_integer_arithmetic() {
        let letters = || "ABCDEFGHIJKLMNOPQRSTUVWXYZ".chars();
        let codes = letters().flat_map(|first| {
            letters().flat_map(move |second| {
                letters().map(move |third| String::from_iter([first, second, third]))
            })
        });
        let mut seen = 0;
        for code in codes {
            let Some(currency) = Currency::from_code(&code) else {
                continue;
            };
            seen += 1;
            for units in [
                0_i64, 1, 7, 10, 99, 100, 101, 1_000, 123_456, 99_999_999, -1, -100,
            ] {
                let stripe = 10_i128.pow(u32::try_from(exponent(&code)).unwrap());
                let ours = 10_i128.pow(currency.exponent());
                let scaled = i128::from(units) * ours;
                let expected = (scaled % stripe == 0).then(|| scaled / stripe);
                let got = money(units, &code).map(|money| i128::from(money.minor));
                assert_eq!(got, expected, "{units} of {code}");
            }
        }
        assert!(seen > 150, "only {seen} currencies");
    }

    proptest! {
        #[test]
        fn the_text_is_the_integer_with_a_point(units in any::<i64>(), code in prop::sample::select(vec!["EUR", "JPY", "KWD", "ISK", "MGA", "XYZ"])) {
            let text = decimal(units, code);
            let digits: String = text.chars().filter(|character| *character != '.').collect();
            prop_assert_eq!(digits.parse::<i64>().unwrap(), units);
            let decimals = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
            prop_assert_eq!(decimals, exponent(code));
        }
    }
}
