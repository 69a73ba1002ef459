use proptest::prelude::*;

use super::*;

fn read(text: &str, sign: char) -> Result<String, AmountFault> {
    let sign = if sign == ',' {
        DecimalSign::Comma
    } else {
        DecimalSign::Point
    };
    read_amount(text, Some(sign)).map(|amount| amount.decimal)
}

#[test]
fn every_usual_way_to_write_an_amount_is_read() {
    for (text, sign, decimal) in [
        ("1.234,50", ',', "1234.50"),
        ("1,234.50", '.', "1234.50"),
        ("1 234,50", ',', "1234.50"),
        ("1\u{a0}234,50", ',', "1234.50"),
        ("1\u{202f}234\u{202f}567,5", ',', "1234567.5"),
        ("1'234.50", '.', "1234.50"),
        ("1’234’567.50", '.', "1234567.50"),
        ("12,34,567.00", '.', "1234567.00"),
        ("1234", ',', "1234"),
        (".50", '.', "0.50"),
        ("0,5", ',', "0.5"),
        ("007,50", ',', "7.50"),
        ("-1.234,50", ',', "-1234.50"),
        ("−99,00", ',', "-99.00"),
        ("1.234,50-", ',', "-1234.50"),
        ("(1,234.50)", '.', "-1234.50"),
        ("$(1,234.50)", '.', "-1234.50"),
        ("-$1,234.50", '.', "-1234.50"),
        ("1,234.50 CR", '.', "-1234.50"),
        ("1,234.50 Dr.", '.', "1234.50"),
        ("1.234,50 H", ',', "-1234.50"),
        ("+99,00", ',', "99.00"),
        ("1.234,-", ',', "1234.00"),
        ("1'234.--", '.', "1234.00"),
        ("kr. 1.234,50", ',', "1234.50"),
        ("1.234,50 kr.", ',', "1234.50"),
        ("DKK 500", ',', "500"),
        ("500EUR", ',', "500"),
        ("€ 1.234,50", ',', "1234.50"),
        ("1 234,50 zł", ',', "1234.50"),
        ("R$ 1.234,50", ',', "1234.50"),
        ("US$1,234.50", '.', "1234.50"),
        ("$.50", '.', "0.50"),
        ("-0,00", ',', "0.00"),
    ] {
        assert_eq!(read(text, sign).as_deref(), Ok(decimal), "{text:?}");
    }
}

#[test]
fn what_is_no_amount_or_was_cut_is_refused() {
    for text in [
        "",
        "-",
        "abc",
        "12 Stk",
        "1.23.4",
        "1,2,3",
        "50 %",
        "--5",
        "-(5)",
        "-5 CR",
        "1..2",
        "1 23 4",
        "0.500.000",
        "()",
        "2026-04-03",
        "12:30",
        "1/2",
        "EUR 5 USD",
        "#N/A",
        "1.234,567.890",
    ] {
        assert!(
            read(text, ',').is_err() && read(text, '.').is_err(),
            "{text:?} is no amount"
        );
    }
    assert_eq!(read("1.2E+05", '.'), Err(AmountFault::Shortened));
    assert_eq!(read("1,2E+05", ','), Err(AmountFault::Shortened));
    assert_eq!(read("1,234.50", ','), Err(AmountFault::Contradicts));
    assert_eq!(read_amount("1.234", None), Err(AmountFault::Ambiguous));
    assert_eq!(
        read_amount("1234", None)
            .map(|amount| amount.decimal)
            .as_deref(),
        Ok("1234")
    );
}

#[test]
fn a_text_says_what_it_can_about_its_column() {
    for (text, hint_) in [
        ("1.234,50", Hint::Only(DecimalSign::Comma)),
        ("99,95", Hint::Only(DecimalSign::Comma)),
        ("1.234.567", Hint::Only(DecimalSign::Comma)),
        ("12.5", Hint::Only(DecimalSign::Point)),
        ("0.500", Hint::Only(DecimalSign::Point)),
        ("1.234", Hint::Either),
        ("1,234", Hint::Either),
        ("1 234", Hint::Neutral),
        ("kr. 1234", Hint::Neutral),
        ("INV-1", Hint::NotAnAmount),
    ] {
        assert_eq!(hint(text), hint_, "{text:?}");
    }
}

fn written(
    whole: u64,
    fraction: Option<u32>,
    sign: DecimalSign,
    group: usize,
    negative: usize,
    currency: usize,
) -> String {
    let digits = whole.to_string();
    let grouped = |sign: char, indian: bool| {
        let mut text = String::new();
        for (index, digit) in digits.chars().enumerate() {
            let left = digits.len() - index;
            let border = if indian {
                left == 3 || (left > 3 && left % 2 == 1)
            } else {
                left.is_multiple_of(3)
            };
            if index > 0 && border {
                text.push(sign);
            }
            text.push(digit);
        }
        text
    };
    let other = sign.other().sign();
    let whole = match group {
        0 => digits.clone(),
        1 => grouped(other, false),
        2 => grouped(' ', false),
        3 => grouped('\u{a0}', false),
        4 => grouped('’', false),
        _ => grouped(other, true),
    };
    let number = match fraction {
        Some(fraction) => format!("{whole}{}{fraction:02}", sign.sign()),
        None => whole,
    };
    let number = match negative {
        0 => number,
        1 => format!("-{number}"),
        2 => format!("{number}-"),
        3 => format!("({number})"),
        _ => format!("{number} CR"),
    };
    match currency {
        0 => number,
        1 => format!("EUR {number}"),
        2 => format!("{number} kr."),
        _ => format!("${number}"),
    }
}

proptest! {
    #[test]
    fn an_amount_reads_back_from_every_format(
        whole in 0..10_000_000_000_u64,
        fraction in prop::option::of(0..100_u32),
        comma in any::<bool>(),
        group in 0..6_usize,
        negative in 0..5_usize,
        currency in 0..4_usize,
    ) {
        let sign = if comma { DecimalSign::Comma } else { DecimalSign::Point };
        let text = written(whole, fraction, sign, group, negative, currency);
        let minus = if negative > 0 && (whole, fraction.unwrap_or(0)) != (0, 0) { "-" } else { "" };
        let expected = match fraction {
            Some(fraction) => format!("{minus}{whole}.{fraction:02}"),
            None => format!("{minus}{whole}"),
        };
        let amount = read_amount(&text, Some(sign));
        prop_assert_eq!(amount.map(|amount| amount.decimal), Ok(expected), "{}", text);
    }

    #[test]
    fn no_text_makes_it_panic_and_no_digit_is_lost(text in ".{0,24}") {
        for sign in [DecimalSign::Point, DecimalSign::Comma] {
            if let Ok(amount) = read_amount(&text, Some(sign)) {
                let kept: String = amount.decimal.chars().filter(char::is_ascii_digit).collect();
                let given: String = text.chars().filter(char::is_ascii_digit).collect();
                prop_assert!(kept.trim_start_matches('0').starts_with(given.trim_start_matches('0')));
            }
        }
    }
}
