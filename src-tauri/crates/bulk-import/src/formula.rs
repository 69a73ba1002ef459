//! Cells that a spreadsheet would run: told from others, made harmless, and brought back as they were.

use std::borrow::Cow;

/// Puts an apostrophe before what a spreadsheet would take for a formula. Plain negative numbers stay numbers. A text
/// that already looks so marked gets another one, so that taking one off always gives the original.
pub fn defused(cell: &str) -> Cow<'_, str> {
    if begins(cell.trim_start_matches('\'')) && !is_negative_number(cell) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// The original of a cell that was written by [`defused`].
pub fn restored(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(original) if begins(cell.trim_start_matches('\'')) => original,
        _ => cell,
    }
}

/// Whether a spreadsheet would run it.
#[cfg(test)]
pub(crate) fn runs(cell: &str) -> bool {
    begins(cell) && !is_negative_number(cell)
}

fn begins(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

fn is_negative_number(cell: &str) -> bool {
    cell.strip_prefix('-').is_some_and(|digits| {
        digits.starts_with(|letter: char| letter.is_ascii_digit())
            && digits
                .chars()
                .all(|letter| letter.is_ascii_digit() || ".,' \u{a0}\u{202f}".contains(letter))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_runs_and_negative_numbers_stay_numbers() {
        for formula in [
            "=1+1",
            "+49 30 1234",
            "-",
            "@SUM(A1)",
            "\tx",
            "\rx",
            "\nx",
            "-1+cmd|' /C calc'!A0",
            "'=1",
            "＝1",
            "-2+3",
        ] {
            assert!(
                !runs(&defused(formula)),
                "{formula:?} would run in a spreadsheet"
            );
            assert_ne!(defused(formula), formula, "{formula:?} must be marked");
            assert_eq!(restored(&defused(formula)), formula);
        }
        for plain in [
            "-12.50",
            "-1.234,50",
            "12.50",
            "INV-1",
            "",
            "Müller",
            "'t Hoen",
        ] {
            assert_eq!(defused(plain), plain);
            assert_eq!(restored(plain), plain);
        }
    }

    proptest! {
        #[test]
        fn any_cell_is_harmless_and_comes_back(cell in "[-=+@'＝a1;,. \t\r\n]{0,6}|.{0,20}") {
            let written = defused(&cell);
            prop_assert!(!runs(&written), "{:?} runs", written);
            prop_assert_eq!(restored(&written), cell.as_str());
        }
    }
}
