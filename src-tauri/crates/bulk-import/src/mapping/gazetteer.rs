//! Common words of values: legal forms, given names, parts of street names, cities, countries, states of a document.

use std::collections::HashMap;
use std::sync::OnceLock;

const LISTS: &str = include_str!("gazetteer.txt");

/// The lists a word stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lists(u16);

impl Lists {
    pub const LEGAL: Lists = Lists(1);
    pub const GIVEN: Lists = Lists(2);
    pub const STREET: Lists = Lists(4);
    pub const CITY: Lists = Lists(8);
    pub const COUNTRY: Lists = Lists(16);
    pub const STATUS: Lists = Lists(32);
    pub const DOCUMENT: Lists = Lists(64);
    pub const BOOL: Lists = Lists(128);

    /// Whether the word stands in any of `lists`.
    pub fn any(self, lists: Lists) -> bool {
        self.0 & lists.0 != 0
    }

    /// The lists of either.
    pub fn with(self, other: Lists) -> Lists {
        Lists(self.0 | other.0)
    }
}

fn words() -> &'static HashMap<&'static str, Lists> {
    static WORDS: OnceLock<HashMap<&'static str, Lists>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let mut words: HashMap<&'static str, Lists> = HashMap::new();
        for line in LISTS.lines() {
            let Some((name, list)) = line.split_once(": ") else {
                continue;
            };
            let lists = match name {
                "legal" => Lists::LEGAL,
                "given" => Lists::GIVEN,
                "street" => Lists::STREET,
                "city" => Lists::CITY,
                "country" => Lists::COUNTRY,
                "status" => Lists::STATUS,
                "document" => Lists::DOCUMENT,
                "bool" => Lists::BOOL,
                _ => continue,
            };
            for word in list.split_whitespace() {
                let known = words.entry(word).or_default();
                *known = known.with(lists);
            }
        }
        words
    })
}

/// Given names, one of which many people's names hold.
#[cfg(feature = "training")]
pub fn given_names() -> Vec<&'static str> {
    let given = LISTS.lines().find_map(|line| line.strip_prefix("given: "));
    given.unwrap_or_default().split_whitespace().collect()
}

/// The lists that hold this lower-case word; also by its ending, as in `Hauptstraße`.
pub fn look_up(word: &str) -> Lists {
    let exact = words().get(word).copied().unwrap_or_default();
    const ENDINGS: [&str; 16] = [
        "gade", "vej", "straße", "strasse", "weg", "gatan", "vägen", "straat", "laan", "katu",
        "tie", "veien", "gate", "platz", "gasse", "vegen",
    ];
    let street = ENDINGS
        .iter()
        .any(|ending| word.len() > ending.len() + 2 && word.ends_with(ending));
    if street {
        exact.with(Lists::STREET)
    } else {
        exact
    }
}
