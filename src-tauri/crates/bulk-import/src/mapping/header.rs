//! What a column's name says: folded to plain letters, and read as concepts of bookkeeping in fifteen languages.
//!
//! Compounds are taken apart (`Fakturaforfaldsdato`: invoice, due, date), so that names never seen are understood.

use std::collections::HashMap;
use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization;

const VOCABULARY: &str = include_str!("vocabulary.txt");
/// Words looked up are no longer than this, in folded characters.
const LONGEST: usize = 32;

/// One idea a header may express, such as `DUE` or `INVOICE`; the vocabulary's own name of it.
pub type Concept = &'static str;

/// A header as the classifier sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Lower case, no diacritics, words parted by one space.
    pub folded: String,
    /// In order of appearance, without repeats and without filler words.
    pub concepts: Vec<Concept>,
}

impl Header {
    /// Reads a column's name.
    pub fn read(name: &str) -> Header {
        let folded = fold(name);
        let concepts = concepts(&folded);
        Header { folded, concepts }
    }

    /// Whether it expresses `concept`.
    pub fn has(&self, concept: &str) -> bool {
        self.concepts.contains(&concept)
    }
}

/// Lower case without diacritics; camel case, underscores and punctuation become spaces; `#`, `%`, `€` become words.
pub fn fold(name: &str) -> String {
    let mut spaced = String::with_capacity(name.len() + 8);
    let mut before = ' ';
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        let humps = (before.is_lowercase() && letter.is_uppercase())
            || (before.is_uppercase()
                && letter.is_uppercase()
                && letters.peek().is_some_and(|next| next.is_lowercase()))
            || (before.is_alphabetic() && letter.is_ascii_digit())
            || (before.is_ascii_digit() && letter.is_alphabetic());
        if humps {
            spaced.push(' ');
        }
        match letter {
            '#' | '№' => spaced.push_str(" number "),
            '%' => spaced.push_str(" percent "),
            '€' => spaced.push_str(" eur "),
            '°' | 'º' => spaced.push('o'),
            _ => spaced.push(letter),
        }
        before = letter;
    }
    let mut folded = String::with_capacity(spaced.len());
    for letter in spaced.nfkd() {
        match letter {
            'ø' | 'Ø' => folded.push('o'),
            'æ' | 'Æ' => folded.push_str("ae"),
            'œ' | 'Œ' => folded.push_str("oe"),
            'ß' => folded.push_str("ss"),
            'ł' | 'Ł' => folded.push('l'),
            'đ' | 'Đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            _ if unicode_normalization::char::is_combining_mark(letter) => {}
            _ if letter.is_alphanumeric() => folded.extend(letter.to_lowercase()),
            _ => folded.push(' '),
        }
    }
    let words: Vec<&str> = folded.split_whitespace().collect();
    words.join(" ")
}

fn vocabulary() -> &'static HashMap<String, Vec<Concept>> {
    static WORDS: OnceLock<HashMap<String, Vec<Concept>>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let mut words: HashMap<String, Vec<Concept>> = HashMap::new();
        for line in VOCABULARY.lines().filter(|line| !line.starts_with('#')) {
            let Some((head, list)) = line.split_once(':') else {
                continue;
            };
            let Some(concept) = head.split_whitespace().next() else {
                continue;
            };
            for word in list.split(',') {
                for spelling in spellings(word.trim()) {
                    let known = words.entry(spelling).or_default();
                    if !known.contains(&concept) {
                        known.push(concept);
                    }
                }
            }
        }
        words
    })
}

/// A word as it may stand in a header: folded, with its umlauts written as two letters, and without its spaces.
fn spellings(word: &str) -> Vec<String> {
    let two_letters: String = word
        .chars()
        .map(|letter| match letter {
            'ä' => "ae".to_owned(),
            'ö' | 'ø' => "oe".to_owned(),
            'ü' => "ue".to_owned(),
            'å' => "aa".to_owned(),
            _ => letter.to_string(),
        })
        .collect();
    let mut all = vec![fold(word), fold(&two_letters)];
    let joined = all[0].replace(' ', "");
    // Short ones joined would be found inside unrelated words.
    if joined.len() >= 5 {
        all.push(joined);
    }
    all.dedup();
    all
}

/// One way to read part of a header.
#[derive(Clone, Copy)]
struct Step {
    from: usize,
    /// Where the vocabulary's word ends; what follows up to the next step is an ending or a linking letter.
    stem_end: usize,
    known: bool,
}

/// Reads the cheapest way through the header: few long words, little left over.
fn concepts(folded: &str) -> Vec<Concept> {
    let letters: Vec<char> = folded.chars().take(120).collect();
    let length = letters.len();
    let words = vocabulary();
    let mut cost = vec![f32::INFINITY; length + 1];
    let mut step: Vec<Option<Step>> = vec![None; length + 1];
    cost[0] = 0.0;
    let boundary =
        |at: usize| at == 0 || at == length || letters[at] == ' ' || letters[at - 1] == ' ';
    let mut stem = String::with_capacity(LONGEST * 2);
    for at in 0..length {
        let here = cost[at];
        let mut offer = |to: usize, price: f32, taken: Step| {
            if here + price < cost[to] {
                cost[to] = here + price;
                step[to] = Some(taken);
            }
        };
        let skipped = Step {
            from: at,
            stem_end: at,
            known: false,
        };
        if letters[at] == ' ' {
            offer(at + 1, 0.0, skipped);
            continue;
        }
        offer(at + 1, 1.0, skipped);
        stem.clear();
        for end in at + 1..=length.min(at + LONGEST) {
            stem.push(letters[end - 1]);
            if !words.contains_key(stem.as_str()) {
                continue;
            }
            let size = end - at;
            let (begins, ends) = (boundary(at), end == length || letters[end] == ' ');
            let fits = match size {
                1 => begins && ends,
                2 => ends && (begins || matches!(stem.as_str(), "nr" | "no" | "id")),
                3 => begins || ends,
                _ => true,
            };
            if !fits {
                continue;
            }
            let price = if size <= 2 { 0.7 } else { 0.5 };
            let taken = Step {
                from: at,
                stem_end: end,
                known: true,
            };
            offer(end, price, taken);
            if size < 4 {
                continue;
            }
            for extra in 1..=3 {
                let to = end + extra;
                if to > length || letters[end..to].contains(&' ') {
                    break;
                }
                if to == length || letters[to] == ' ' {
                    offer(to, price + 0.25 * extra as f32, taken);
                } else if extra <= 2 {
                    offer(to, price + 0.35 * extra as f32, taken);
                }
            }
        }
    }
    let mut steps = Vec::new();
    let mut at = length;
    while let Some(taken) = step[at] {
        steps.push((taken, at));
        at = taken.from;
    }
    steps.reverse();
    gather(&letters, &steps, words)
}

/// The concepts of the steps, but for short scraps inside words that were mostly not understood.
fn gather(
    letters: &[char],
    steps: &[(Step, usize)],
    words: &HashMap<String, Vec<Concept>>,
) -> Vec<Concept> {
    let word_of: Vec<usize> = letters
        .iter()
        .scan(0, |word, letter| {
            *word += usize::from(*letter == ' ');
            Some(*word)
        })
        .collect();
    let word_count = word_of.last().map_or(0, |last| last + 1);
    let (mut size, mut missed) = (vec![0_usize; word_count], vec![0_usize; word_count]);
    for (at, letter) in letters.iter().enumerate() {
        size[word_of[at]] += usize::from(*letter != ' ');
    }
    for (step, _) in steps.iter().filter(|(step, _)| !step.known) {
        missed[word_of[step.from]] += usize::from(letters[step.from] != ' ');
    }
    let mut found: Vec<Concept> = Vec::new();
    for (step, _) in steps.iter().filter(|(step, _)| step.known) {
        let word = word_of[step.from];
        let short = step.stem_end - step.from < 5;
        if short && missed[word] * 5 > size[word] * 2 {
            continue;
        }
        let stem: String = letters[step.from..step.stem_end].iter().collect();
        for concept in words.get(&stem).into_iter().flatten() {
            if *concept != "STOP" && !found.contains(concept) {
                found.push(concept);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_folded_to_plain_words() {
        for (name, folded) in [
            ("FakturaForfaldsDato", "faktura forfalds dato"),
            ("invoice_due_date", "invoice due date"),
            ("Fälligkeit", "falligkeit"),
            ("Restbeløb (DKK)", "restbelob dkk"),
            ("Nº de factura", "no de factura"),
            ("Invoice #", "invoice number"),
            ("POAddressLine1", "po address line 1"),
            ("  ", ""),
        ] {
            assert_eq!(fold(name), folded, "{name}");
        }
    }

    #[test]
    fn compounds_and_sentences_are_taken_apart() {
        for (name, wanted) in [
            ("Fakturaforfaldsdato", &["INVOICE", "DUE"][..]),
            ("Rechnungsdatum", &["INVOICE", "DATE"]),
            ("Faelligkeitsdatum", &["DUE", "DATE"]),
            ("Kundenummer", &["CUSTOMER", "NUMBER"]),
            ("Openstaand bedrag", &["OPEN", "AMOUNT"]),
            ("Termin płatności", &["DUE"]),
            ("Laskunumero", &["INVOICE", "NUMBER"]),
            ("Számla sorszáma", &["INVOICE", "NUMBER"]),
            ("DUE DATE", &["DUE"]),
        ] {
            let header = Header::read(name);
            for concept in wanted {
                assert!(header.has(concept), "{name} reads as {:?}", header.concepts);
            }
        }
    }

    #[test]
    fn scraps_inside_unknown_words_mean_nothing() {
        assert_eq!(Header::read("Xqzortvbnw").concepts, Vec::<Concept>::new());
    }
}
