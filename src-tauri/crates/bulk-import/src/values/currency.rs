//! Currencies by code, symbol and name. A symbol of several currencies is never taken for one of them.

use receivables::Currency;

use super::fold;

/// What a text says about a currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CurrencyText {
    Known(Currency),
    /// A symbol or name that several share, with the codes it most often stands for.
    Ambiguous(&'static [&'static str]),
}

/// Reads a code, symbol or name, also with its code beside it: `EUR`, `€`, `Danske kroner (DKK)`.
pub fn read_currency(text: &str) -> Option<CurrencyText> {
    let text = text.trim();
    if text.is_empty() || text.len() > 60 {
        return None;
    }
    if text.len() == 3
        && let Some(currency) = Currency::from_code(text)
    {
        return Some(CurrencyText::Known(currency));
    }
    let name = fold(text);
    let name = name.trim_end_matches('.');
    if let Some((_, codes)) = NAMES.iter().find(|(known, _)| *known == name) {
        return match codes {
            [code] => Currency::from_code(code).map(CurrencyText::Known),
            codes => Some(CurrencyText::Ambiguous(codes)),
        };
    }
    let mut codes = text
        .split(|letter: char| !letter.is_ascii_alphabetic())
        .filter(|word| word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_uppercase()))
        .filter_map(Currency::from_code);
    match (codes.next(), codes.next()) {
        (Some(currency), None) => Some(CurrencyText::Known(currency)),
        _ => None,
    }
}

/// Symbols and names, folded, with the codes they stand for.
#[rustfmt::skip]
const NAMES: &[(&str, &[&str])] = &[
    ("€", &["EUR"]), ("euro", &["EUR"]), ("euros", &["EUR"]), ("euroa", &["EUR"]), ("eur", &["EUR"]),
    ("$", &["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"]), ("dollar", &["USD", "CAD", "AUD"]),
    ("dollars", &["USD", "CAD", "AUD"]), ("us$", &["USD"]), ("us dollar", &["USD"]), ("us dollars", &["USD"]),
    ("u.s. dollar", &["USD"]), ("us-dollar", &["USD"]), ("ca$", &["CAD"]), ("c$", &["CAD"]), ("can$", &["CAD"]),
    ("canadian dollar", &["CAD"]), ("a$", &["AUD"]), ("au$", &["AUD"]), ("australian dollar", &["AUD"]),
    ("nz$", &["NZD"]), ("hk$", &["HKD"]), ("s$", &["SGD"]), ("r$", &["BRL"]), ("mx$", &["MXN"]), ("£", &["GBP"]),
    ("pound", &["GBP"]), ("pounds", &["GBP"]), ("pound sterling", &["GBP"]), ("pounds sterling", &["GBP"]),
    ("british pound", &["GBP"]), ("stg", &["GBP"]), ("kr", &["DKK", "SEK", "NOK", "ISK"]),
    ("kroner", &["DKK", "NOK"]), ("krone", &["DKK", "NOK"]), ("dkr", &["DKK"]), ("danske kroner", &["DKK"]),
    ("danish krone", &["DKK"]), ("danish kroner", &["DKK"]), ("d.kr", &["DKK"]), ("skr", &["SEK"]),
    ("kronor", &["SEK"]), ("svenska kronor", &["SEK"]), ("svensk krona", &["SEK"]), ("svenske kroner", &["SEK"]),
    ("swedish krona", &["SEK"]), ("swedish kronor", &["SEK"]), ("nkr", &["NOK"]), ("norske kroner", &["NOK"]),
    ("norwegian krone", &["NOK"]), ("norwegian kroner", &["NOK"]), ("ikr", &["ISK"]), ("islandske kroner", &["ISK"]),
    ("fr", &["CHF"]), ("sfr", &["CHF"]), ("franken", &["CHF"]), ("schweizer franken", &["CHF"]),
    ("swiss franc", &["CHF"]), ("francs suisses", &["CHF"]), ("franc suisse", &["CHF"]), ("zl", &["PLN"]),
    ("zloty", &["PLN"]), ("zlotych", &["PLN"]), ("kc", &["CZK"]), ("korun", &["CZK"]), ("koruna", &["CZK"]),
    ("ft", &["HUF"]), ("forint", &["HUF"]), ("lei", &["RON"]), ("leu", &["RON"]), ("лв", &["BGN"]), ("₺", &["TRY"]),
    ("tl", &["TRY"]), ("₽", &["RUB"]), ("₴", &["UAH"]), ("₹", &["INR"]), ("rs", &["INR", "PKR", "LKR", "NPR"]),
    ("₪", &["ILS"]), ("₩", &["KRW"]), ("₱", &["PHP"]), ("฿", &["THB"]), ("₫", &["VND"]), ("₦", &["NGN"]),
    ("¥", &["JPY", "CNY"]), ("円", &["JPY"]), ("元", &["CNY"]), ("yen", &["JPY"]), ("yuan", &["CNY"]),
    ("rmb", &["CNY"]), ("rand", &["ZAR"]), ("r", &["ZAR"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_symbols_and_names_are_read_and_shared_ones_are_not_guessed() {
        for (text, code) in [
            ("EUR", "EUR"),
            ("dkk", "DKK"),
            ("€", "EUR"),
            ("Kč", "CZK"),
            ("zł", "PLN"),
            ("US$", "USD"),
            ("SFr.", "CHF"),
            ("Danske kroner (DKK)", "DKK"),
            ("SEK - Swedish Krona", "SEK"),
            ("Pound Sterling", "GBP"),
        ] {
            let currency = Currency::from_code(code).unwrap();
            assert_eq!(
                read_currency(text),
                Some(CurrencyText::Known(currency)),
                "{text:?}"
            );
        }
        for text in ["$", "kr", "kr.", "Kr", "¥", "dollars"] {
            assert!(
                matches!(read_currency(text), Some(CurrencyText::Ambiguous(_))),
                "{text:?} is several currencies"
            );
        }
        for text in ["", "ABC", "Stk", "EUR USD", "kroner og øre"] {
            assert_eq!(read_currency(text), None, "{text:?}");
        }
    }
}
