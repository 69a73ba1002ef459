//! Numbers as people write them: any decimal sign, thousands separator, currency and sign.

/// What may stand beside a number or against it; any other letter makes it no number.
const UNITS: &str = "€ $ £ ¥ % kr dkk sek nok isk eur euro usd us$ gbp chf fr sfr pln zł czk kč huf ft ron lei bgn aud a$ cad c$ nzd nz$ brl r$";

/// A number in any usual notation, and how many decimals it is written with.
pub fn number(value: &str) -> Option<(f64, usize)> {
    if value.len() > 40 || !value.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (mut bare, mut minus) = (value.trim(), false);
    // Unit, sign and brackets come in any order.
    loop {
        let before = bare;
        bare = without_unit(bare);
        bare = bare.trim_end_matches(",-").trim_end_matches(".-");
        let negative = bare
            .strip_prefix('(')
            .and_then(|inner| inner.strip_suffix(')'))
            .or_else(|| bare.strip_prefix(['-', '−']))
            .or_else(|| bare.strip_suffix(['-', '−']));
        minus |= negative.is_some();
        bare = negative.unwrap_or(bare).trim_start_matches('+').trim();
        if bare == before {
            break;
        }
    }
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

fn without_unit(text: &str) -> &str {
    let begins = text.find(|letter: char| letter.is_ascii_digit() || "(-−+".contains(letter));
    let text = match begins {
        Some(at) if is_unit(&text[..at]) => text[at..].trim_start(),
        _ => text,
    };
    let ends = text.rfind(|letter: char| letter.is_ascii_digit() || ")-−".contains(letter));
    match ends.map(|at| at + text[at..].chars().next().map_or(1, char::len_utf8)) {
        Some(at) if is_unit(&text[at..]) => text[..at].trim_end(),
        _ => text,
    }
}

fn is_unit(text: &str) -> bool {
    let text = text.trim().trim_end_matches('.');
    !text.is_empty() && text.len() < 6 && {
        let text = text.to_lowercase();
        UNITS.split(' ').any(|unit| unit == text)
    }
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
            ("kr. 1.234,00", Some(1234.0)),
            ("12,50€", Some(12.5)),
            ("-kr 300,00", Some(-300.0)),
            ("(300.00) USD", Some(-300.0)),
            ("−5,00 zł", Some(-5.0)),
            ("250,-", Some(250.0)),
            ("kr 250,- ", Some(250.0)),
            ("25 %", Some(25.0)),
            ("8011 AB", None),
            ("30 days", None),
            ("PO 1200", None),
            ("1.234.567", Some(1_234_567.0)),
            ("12-34-56", None),
            ("INV-1", None),
            ("", None),
        ] {
            assert_eq!(number(text).map(|(number, _)| number), wanted, "{text}");
        }
    }
}
