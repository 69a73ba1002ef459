//! Numbers as people write them: any decimal sign, thousands separator, currency and sign.

/// A number in any usual notation, and how many decimals it is written with.
pub fn number(value: &str) -> Option<(f64, usize)> {
    let mark = |letter: char| letter.is_whitespace() || "€$£".contains(letter);
    let trimmed = value.trim_matches(mark);
    let words: Vec<&str> = trimmed.split_whitespace().collect();
    let without_unit = match words.as_slice() {
        [first, .., last]
            if last.chars().all(char::is_alphabetic)
                && last.len() <= 4
                && first
                    .starts_with(['-', '(', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']) =>
        {
            trimmed[..trimmed.len() - last.len()].trim_end()
        }
        [first, .., _]
            if first.len() == 3 && first.bytes().all(|byte| byte.is_ascii_uppercase()) =>
        {
            trimmed[3..].trim_start()
        }
        _ => trimmed,
    };
    let bracketed = without_unit.starts_with('(') && without_unit.ends_with(')');
    let bare = without_unit.trim_matches(['(', ')']);
    let minus = bracketed || bare.starts_with(['-', '−']) || bare.ends_with('-');
    let bare = bare
        .trim_matches(mark)
        .trim_matches(['-', '−', '+'])
        .trim_matches(mark)
        .trim_end_matches(",-")
        .trim_end_matches('%')
        .trim_end();
    if bare.is_empty() || bare.len() > 24 {
        return None;
    }
    let valid = bare
        .chars()
        .all(|letter| letter.is_ascii_digit() || ".,' \u{a0}\u{202f}’".contains(letter));
    if !valid || !bare.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let separator = bare.rfind(['.', ',']);
    let decimals = separator.map_or(0, |at| bare.len() - at - 1);
    let repeated = separator.is_some_and(|at| bare[..at].contains(&bare[at..=at]));
    let grouped = bare
        .split([' ', '\u{a0}', '\u{202f}', '\'', '’'])
        .skip(1)
        .all(|group| {
            group
                .split(['.', ','])
                .next()
                .is_some_and(|digits| digits.len() == 3)
        });
    if !grouped || separator.is_some_and(|at| bare[..at].matches(['.', ',']).count() > 4) {
        return None;
    }
    let decimals = if repeated || decimals == 3 || decimals > 6 {
        0
    } else {
        decimals
    };
    if repeated {
        let uneven = bare.split(['.', ',']).skip(1).any(|group| group.len() != 3);
        if uneven {
            return None;
        }
    }
    let digits: String = bare.chars().filter(char::is_ascii_digit).collect();
    let whole: f64 = digits.parse().ok()?;
    let amount = whole / 10_f64.powi(i32::try_from(decimals).ok()?);
    Some((if minus { -amount } else { amount }, decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_the_usual_notations() {
        for (text, wanted) in [
            ("1.234,56", Some(1234.56)),
            ("1,234.56", Some(1234.56)),
            ("1 234,56", Some(1234.56)),
            ("1'234.50", Some(1234.5)),
            ("(12,00)", Some(-12.0)),
            ("12,00-", Some(-12.0)),
            ("(£300.00)", Some(-300.0)),
            ("-£1,300.00", Some(-1300.0)),
            ("€-12,50", Some(-12.5)),
            ("€ 12.50", Some(12.5)),
            ("1 250,00 kr", Some(1250.0)),
            ("DKK 400", Some(400.0)),
            ("1.234.567", Some(1_234_567.0)),
            ("12-34-56", None),
            ("INV-1", None),
            ("", None),
        ] {
            assert_eq!(number(text).map(|(number, _)| number), wanted, "{text}");
        }
    }
}
