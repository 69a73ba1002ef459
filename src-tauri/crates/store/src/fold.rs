//! Text as people look for it and sort it: without case, accents and invisible marks.

use unicode_normalization::UnicodeNormalization;

/// The form in which texts are compared when searching: `Müller` and `MULLER` are one, and so are full-width digits and
/// plain ones. Marks that only steer the direction of writing are dropped.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return fold_plain(text);
    }
    let mut folded = String::with_capacity(text.len());
    let plain = text.nfkd().flat_map(char::to_lowercase).nfkd();
    for character in plain {
        match character {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => folded.push('-'),
            character if is_silent(character) => {}
            character if character.is_whitespace() => folded.push(' '),
            character => folded.push(character),
        }
    }
    folded
}

/// The same for text without any letter of its own, which most is.
fn fold_plain(text: &str) -> String {
    let letters = text.chars().filter_map(|letter| match letter {
        letter if letter.is_whitespace() => Some(' '),
        letter if letter.is_control() => None,
        letter => Some(letter.to_ascii_lowercase()),
    });
    letters.collect()
}

/// Accents of the Latin, Greek and Cyrillic scripts, vowel points of Hebrew and Arabic, and invisible characters.
fn is_silent(character: char) -> bool {
    matches!(
        character,
        '\u{0300}'..='\u{036F}'
            | '\u{0591}'..='\u{05BD}'
            | '\u{05BF}'..='\u{05C7}'
            | '\u{0610}'..='\u{061A}'
            | '\u{064B}'..='\u{065F}'
            | '\u{0670}'
            | '\u{00AD}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}'
            | '\u{FEFF}'
    ) || (character.is_control() && !character.is_whitespace())
}

/// The text to search in: each part folded, and written out the way German and Danish do without their letters, so that
/// `Mueller` finds `Müller` and `Aarhus` finds `Århus`.
pub(crate) fn searchable<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        let folded = fold(part);
        text.push_str(&folded);
        // A line break separates the parts: no search term contains one, so none matches across two parts.
        text.push('\n');
        if part.is_ascii() {
            continue;
        }
        let written_out = fold(&write_out(part));
        if written_out != folded {
            text.push_str(&written_out);
            text.push('\n');
        }
    }
    text
}

fn write_out(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for character in text.nfc().flat_map(char::to_lowercase) {
        match character {
            'ä' => written.push_str("ae"),
            'ö' | 'ø' => written.push_str("oe"),
            'ü' => written.push_str("ue"),
            'å' => written.push_str("aa"),
            other => written.push(other),
        }
    }
    written
}

/// The words of a search, folded.
pub(crate) fn terms(search: &str) -> Vec<String> {
    let mut terms: Vec<String> = fold(search).split_whitespace().map(str::to_owned).collect();
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// A key by which text order is the order people expect: without case and accents, and numbers by their size, so that
/// `INV-9` comes before `INV-10`.
pub(crate) fn sort_key(text: &str) -> String {
    let folded = fold(text);
    let mut key = String::with_capacity(folded.len() + 4);
    let mut rest = folded.as_str();
    while let Some(start) = rest.find(|character: char| character.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let end = from
            .find(|character: char| !character.is_ascii_digit())
            .unwrap_or(from.len());
        let (number, after) = from.split_at(end);
        let digits = number.trim_start_matches('0');
        key.push_str(before);
        // The length first: a longer number is a greater one. Beyond 99 digits it is no number any more.
        let length = u8::try_from(digits.len().min(99)).unwrap_or(99);
        key.push(char::from(b'0' + length / 10));
        key.push(char::from(b'0' + length % 10));
        key.push_str(digits);
        rest = after;
    }
    key.push_str(rest);
    key
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn letters_of_one_name_are_one() {
        for (a, b) in [
            ("Müller & Söhne", "MULLER & SOHNE"),
            ("Straße", "strasse"),
            ("Ørsted", "orsted"),
            ("Łódź", "lodz"),
            ("İstanbul", "istanbul"),
            ("ＡＢＣ１２", "abc12"),
            ("שָׁלוֹם", "שלום"),
            ("مُحَمَّد", "محمد"),
            ("in\u{202E}visible\u{200B}", "invisible"),
            ("INV\u{2011}1", "inv-1"),
        ] {
            assert_eq!(fold(a), fold(b), "{a:?} and {b:?} should be found alike");
        }
    }

    #[test]
    fn names_written_out_are_found() {
        let text = searchable(["Müller", "Århus"]);
        for term in ["müller", "Mueller", "muller", "aarhus", "ARHUS"] {
            assert!(text.contains(&fold(term)), "{term} in {text:?}");
        }
        assert!(!text.contains("mullerarhus"));
    }

    #[test]
    fn numbers_sort_by_size() {
        let mut references = ["INV-10", "inv-9", "INV-009b", "Inv-1000", "A", "ä", "b"];
        references.sort_by_key(|text| sort_key(text));
        assert_eq!(
            references,
            ["A", "ä", "b", "inv-9", "INV-009b", "INV-10", "Inv-1000"]
        );
    }

    proptest! {
        #[test]
        fn plain_text_folds_as_any_other(text in "[\\x00-\\x7f]{0,40}") {
            let long_way = fold(&format!("{text}\u{e9}"));
            prop_assert_eq!(format!("{}e", fold(&text)), long_way);
        }

        #[test]
        fn folding_is_stable(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn any_piece_of_a_text_is_found_in_it(text in "[a-zA-ZäöüßÆø0-9 %_\"'*-]{1,30}", from in 0_usize..30, length in 1_usize..10) {
            let piece: String = text.chars().skip(from).take(length).collect();
            let searchable = searchable([text.as_str()]);
            for term in terms(&piece) {
                prop_assert!(searchable.contains(&term), "{:?} in {:?}", term, searchable);
            }
        }
    }
}
