//! What a line says by its words: a name, a note, a street, a town, a country.

use receivables::{Country, read_country};

pub(super) fn plain(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn is_name(line: &str, names: &[&str]) -> bool {
    let folded = |text: &str| plain(text).to_lowercase();
    let line = folded(line);
    names.iter().any(|name| folded(name) == line)
}

/// Telephone and tax numbers, e-mail addresses, and whom to ask for.
pub(super) fn is_note(line: &str) -> bool {
    const NOTES: [&str; 18] = [
        "attn",
        "att",
        "attention",
        "c/o",
        "tel",
        "tlf",
        "phone",
        "mobile",
        "mob",
        "fax",
        "vat",
        "cvr",
        "ust",
        "org",
        "ean",
        "abn",
        "email",
        "e-mail",
    ];
    let first = line
        .split([' ', ':', '.'])
        .next()
        .unwrap_or_default()
        .to_lowercase();
    line.contains('@') || NOTES.contains(&first.as_str())
}

pub(super) fn has_digit(line: &str) -> bool {
    line.chars().any(char::is_numeric)
}

/// A house number behind the street's name, or in front of what is called a street: a number in front of anything else may
/// be a postal code, and so may a long one at the end.
pub(super) fn is_street(line: &str) -> bool {
    let last = line.rsplit(' ').next().unwrap_or_default();
    let is_code = last.chars().filter(|letter| letter.is_numeric()).count() > 3;
    !is_code
        && match line.split_once(' ') {
            Some((first, rest)) if is_number(first) => has_street_word(rest),
            Some(_) => is_number(last),
            None => false,
        }
}

/// As of a house: `12`, `12A`, `12-14`.
fn is_number(word: &str) -> bool {
    word.starts_with(|first: char| first.is_numeric())
        && word
            .chars()
            .all(|letter| letter.is_alphanumeric() || "-/".contains(letter))
}

/// A house number in front of a street.
pub(super) fn begins_a_street(line: &str) -> bool {
    line.split_once(' ')
        .is_some_and(|(first, rest)| is_number(first) && has_street_word(rest))
}

/// `65 Ocean Dr. Half Moon Bay, CA 94213` behind its street.
pub(super) fn cut_behind_street(line: &str) -> Option<[String; 2]> {
    let words: Vec<&str> = line.split(' ').collect();
    let code = words.last().filter(|word| is_number(word))?;
    let last = (1..words.len())
        .rev()
        .find(|at| is_street_word(words[*at]))?;
    (is_number(words[0]) && code.len() > 2 && last + 2 < words.len())
        .then(|| [words[..=last].join(" "), words[last + 1..].join(" ")])
}

const STREET_WORDS: [&str; 46] = [
    "street",
    "st",
    "road",
    "rd",
    "avenue",
    "ave",
    "lane",
    "ln",
    "drive",
    "dr",
    "boulevard",
    "blvd",
    "way",
    "court",
    "ct",
    "square",
    "suite",
    "ste",
    "floor",
    "fl",
    "unit",
    "apt",
    "box",
    "building",
    "highway",
    "hwy",
    "parkway",
    "pkwy",
    "terrace",
    "rue",
    "chemin",
    "via",
    "viale",
    "piazza",
    "corso",
    "calle",
    "avenida",
    "paseo",
    "rua",
    "ulica",
    "utca",
    "tér",
    "weg",
    "platz",
    "sal",
    "etage",
];
const STREET_ENDINGS: [&str; 18] = [
    "straße",
    "strasse",
    "str.",
    "gasse",
    "allee",
    "platz",
    "gade",
    "gaden",
    "vej",
    "vejen",
    "allé",
    "boulevarden",
    "gatan",
    "vägen",
    "gata",
    "veien",
    "straat",
    "laan",
];

pub(super) fn has_street_word(line: &str) -> bool {
    line.split([' ', ',']).enumerate().any(|(at, word)| {
        // `St. Gallen` is a town.
        let saint = at == 0 && word.trim_matches('.').eq_ignore_ascii_case("st");
        !saint && is_street_word(word)
    })
}

fn is_street_word(word: &str) -> bool {
    let lower = word.trim_matches(',').to_lowercase();
    STREET_WORDS.contains(&lower.trim_matches('.'))
        || STREET_ENDINGS
            .iter()
            .any(|ending| lower.ends_with(ending) && lower.len() > ending.len())
}

/// Could be a town: letters, no numbers but a district's, nothing of a street.
pub(super) fn is_town(text: &str) -> bool {
    let digits = text
        .chars()
        .filter(|character| character.is_numeric())
        .count();
    // `Dublin 2`, `Paris 08`, `Lyon CEDEX 03`
    let district = text.rsplit_once(' ').is_some_and(|(_, last)| {
        last.chars().all(char::is_numeric) && last.len() <= 2 && last.len() == digits
    });
    text.chars().count() <= 60
        && text.chars().any(char::is_alphabetic)
        && (digits == 0 || district)
        && !text.contains(['#', ':', '/', '&', '"'])
        && !has_street_word(text)
        && country_of(text).is_none()
}

/// A line that is a country and nothing else, in whatever language. Two letters may be a state as well, so they are not
/// taken for one.
pub(super) fn country_of(line: &str) -> Option<Country> {
    let line = line.trim_matches(['.', ',', ' ']);
    if line.chars().count() < 3 && line != "UK" {
        return None;
    }
    read_country(line)
}
