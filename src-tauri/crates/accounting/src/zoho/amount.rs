//! Zoho's amounts as decimal text.

/// The number that `text` spells, without an exponent: JSON allows `1.2345678E7`, and some writers of it begin there.
/// Exact; anything that is no number, or a monstrous one, stays as it came and is then shown as unreadable.
pub(super) fn decimal(text: &str) -> String {
    expanded(text).unwrap_or_else(|| text.to_owned())
}

/// Whether there is anything but zeros above zero.
pub(super) fn is_positive(text: &str) -> bool {
    !text.starts_with('-') && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte))
}

fn expanded(text: &str) -> Option<String> {
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let exponent: i32 = exponent.parse().ok().filter(|at| (-30..=30).contains(at))?;
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", mantissa),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !number(whole) || !number(fraction) {
        return None;
    }
    let mut all = format!("{whole}{fraction}");
    // Where the point comes to stand among the digits.
    let mut point = i32::try_from(whole.len()).ok()? + exponent;
    while point < 1 {
        all.insert(0, '0');
        point += 1;
    }
    let point = usize::try_from(point).ok()?;
    while all.len() < point {
        all.push('0');
    }
    let (whole, fraction) = all.split_at(point);
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        rest => rest,
    };
    Some(match fraction {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use receivables::{Currency, Money};

    use super::*;

    #[test]
    fn exponents_are_spelled_out() {
        for (written, meant) in [
            ("1.2345678E7", "12345678"),
            ("9.8765432E6", "9876543.2"),
            ("1e3", "1000"),
            ("-2.50E+1", "-25.0"),
            ("5E-2", "0.05"),
            ("0.5e0", "0.5"),
            ("1234.56", "1234.56"),
            ("abc", "abc"),
            ("1e99999999999", "1e99999999999"),
            ("1e31", "1e31"),
            ("e5", "e5"),
        ] {
            assert_eq!(decimal(written), meant, "{written}");
        }
    }

    #[test]
    fn zero_is_not_positive_however_written() {
        assert!(is_positive("0.01") && is_positive("100"));
        for none in ["0", "0.00", "-5.00", ""] {
            assert!(!is_positive(none), "{none}");
        }
    }

    proptest! {
        #[test]
        fn moving_the_point_changes_no_amount(minor in any::<i64>().prop_filter("in range", |minor| *minor != i64::MIN), by in -9_i32..9) {
            let euro = Currency::from_code("EUR").unwrap();
            let amount = Money::from_minor(minor, euro);
            // The digits as a whole number, with the exponent that makes it cents, and zeros behind to move over.
            let written = format!("{minor}{zeros}E{exponent}", zeros = "0".repeat(9), exponent = -2 - 9);
            prop_assert_eq!(Money::parse(&decimal(&written), euro), Ok(amount), "{}", written);
            let shifted = format!("{}E{}", minor, by);
            let plain = decimal(&shifted);
            prop_assert!(!plain.contains(['e', 'E']), "{}", plain);
        }

        #[test]
        fn no_text_is_too_odd(text in "[-+0-9.eE]{0,12}") {
            let _ = decimal(&text);
        }
    }
}
