//! Countries by code and by name, in the languages that exports are written in.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::{Country, fold};

/// Names by country in English, Danish, German, Swedish, Norwegian, Dutch, French, Spanish, Italian, Portuguese,
/// Finnish, Polish, Czech and Hungarian. From the Unicode Common Locale Data Repository, under the Unicode licence.
const NAMES: &str = include_str!("countries.tsv");

/// What people write besides: own names of other languages, older and short names, and the letters on vehicles, which
/// stand before postcodes. Of the latter only those that are no alpha-2 code of another country.
#[rustfmt::skip]
const OTHER_NAMES: &[(&str, &str)] = &[
    ("A", "AT"), ("B", "BE"), ("D", "DE"), ("E", "ES"), ("F", "FR"), ("H", "HU"), ("I", "IT"), ("L", "LU"),
    ("N", "NO"), ("P", "PT"), ("S", "SE"), ("FIN", "FI"), ("IRL", "IE"), ("SLO", "SI"), ("FL", "LI"), ("UK", "GB"),
    ("GBR", "GB"), ("EL", "GR"), ("u.s.", "US"), ("u.s.a.", "US"), ("vereinigte staaten von amerika", "US"),
    ("etats-unis d'amerique", "US"), ("eeuu", "US"), ("ee.uu.", "US"), ("forenta staterna", "US"),
    ("de forente stater", "US"), ("de forenede stater", "US"), ("amerika", "US"), ("america", "US"),
    ("england", "GB"), ("engeland", "GB"), ("angleterre", "GB"), ("inglaterra", "GB"), ("inghilterra", "GB"),
    ("englanti", "GB"), ("anglia", "GB"), ("anglie", "GB"), ("scotland", "GB"), ("skotland", "GB"),
    ("schottland", "GB"), ("wales", "GB"), ("northern ireland", "GB"), ("great britain", "GB"),
    ("grossbritannien", "GB"), ("groot-brittannie", "GB"), ("grande-bretagne", "GB"), ("gran bretagna", "GB"),
    ("gran bretana", "GB"), ("storbritannia", "GB"), ("iso-britannia", "GB"), ("wielka brytania", "GB"),
    ("nagy-britannia", "GB"), ("velka britanie", "GB"), ("holland", "NL"), ("hollande", "NL"), ("holanda", "NL"),
    ("olanda", "NL"), ("holandia", "NL"), ("hollanti", "NL"), ("the netherlands", "NL"), ("brd", "DE"),
    ("bundesrepublik deutschland", "DE"), ("federal republic of germany", "DE"), ("kongeriget danmark", "DK"),
    ("republik osterreich", "AT"), ("tschechien", "CZ"), ("tschechische republik", "CZ"), ("czech republic", "CZ"),
    ("tjekkiet", "CZ"), ("tsekki", "CZ"), ("republique tcheque", "CZ"), ("slovak republic", "SK"),
    ("schweizerische eidgenossenschaft", "CH"), ("switzerland", "CH"), ("eire", "IE"), ("republic of ireland", "IE"),
    ("turkey", "TR"), ("turkiye", "TR"), ("russia", "RU"), ("russian federation", "RU"), ("россия", "RU"),
    ("україна", "UA"), ("ελλαδα", "GR"), ("hellas", "GR"), ("eesti", "EE"), ("latvija", "LV"), ("lietuva", "LT"),
    ("hrvatska", "HR"), ("slovenija", "SI"), ("srbija", "RS"), ("romania", "RO"), ("българия", "BG"),
    ("bulgaria", "BG"), ("shqiperia", "AL"), ("island", "IS"), ("føroyar", "FO"), ("kalaallit nunaat", "GL"),
    ("viet nam", "VN"), ("south korea", "KR"), ("korea", "KR"), ("uae", "AE"), ("u.a.e.", "AE"), ("emirates", "AE"),
    ("prc", "CN"), ("p.r. china", "CN"), ("vr china", "CN"), ("中国", "CN"), ("日本", "JP"), ("hong kong", "HK"),
    ("taiwan", "TW"), ("brasil", "BR"), ("north macedonia", "MK"), ("macedonia", "MK"),
];

/// Nothing for a name that two countries share in different languages.
static BY_NAME: LazyLock<HashMap<String, Option<Country>>> = LazyLock::new(|| {
    let mut names: HashMap<String, Option<Country>> = HashMap::new();
    for line in NAMES.lines() {
        let mut cells = line.split('\t');
        let country = cells.next().and_then(Country::from_alpha2);
        for spelling in cells.flat_map(spellings) {
            let known = *names.entry(spelling.clone()).or_insert(country);
            if known != country {
                names.insert(spelling, None);
            }
        }
    }
    for (name, code) in OTHER_NAMES {
        for spelling in spellings(name) {
            names
                .entry(spelling)
                .or_insert_with(|| Country::from_alpha2(code));
        }
    }
    names
});

/// With accents off, and as keyboards without them write: Österreich is also Oesterreich, Ísland also Island.
fn spellings(name: &str) -> [String; 2] {
    let spelled: String = name
        .to_lowercase()
        .chars()
        .map(|letter| match letter {
            'ä' => "ae".to_owned(),
            'ö' | 'ø' => "oe".to_owned(),
            'ü' => "ue".to_owned(),
            'å' => "aa".to_owned(),
            letter => letter.to_string(),
        })
        .collect();
    [plain(name), plain(&spelled)]
}

fn plain(name: &str) -> String {
    fold(name)
        .replace(['.', '-'], " ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// Reads a code of two or three letters or a name, or both beside each other: `DK`, `DNK`, `Tyskland`, `DE - Tyskland`.
pub fn read_country(text: &str) -> Option<Country> {
    let text = text.trim();
    if text.is_empty() || text.len() > 120 {
        return None;
    }
    if let Some(country) = one_country(text) {
        return Some(country);
    }
    let mut found = None;
    let mut parts = 0;
    for part in text
        .split(['(', ')', '/', ',', ':', ';', '|', '–'])
        .flat_map(|part| part.split(" - "))
    {
        let part = part.trim();
        if part.is_empty() {
            continue;
        }
        parts += 1;
        match (one_country(part), found) {
            (Some(country), None) => found = Some(country),
            (Some(country), Some(other)) if country == other => {}
            // Two countries, or a country and something else: not for us to choose.
            _ => return None,
        }
    }
    found.filter(|_| parts > 1)
}

fn one_country(text: &str) -> Option<Country> {
    let letters = text.trim_end_matches('.');
    if matches!(letters.len(), 2 | 3)
        && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
        && let Some(country) = Country::read(letters)
    {
        return Some(country);
    }
    BY_NAME
        .get(&plain(text))
        .copied()
        .unwrap_or_else(|| Country::read(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_two_countries_is_not_guessed() {
        assert_eq!(read_country("Kongo"), None, "two countries are called so");
        for (name, code) in OTHER_NAMES.iter().filter(|(name, _)| name.len() > 3) {
            assert_eq!(
                read_country(name).map_or("", Country::alpha2),
                *code,
                "{name}"
            );
        }
    }

    #[test]
    fn countries_are_read_in_every_language() {
        for (code, texts) in [
            (
                "DE",
                "Germany Deutschland Tyskland Duitsland Allemagne Alemania Germania Alemanha Saksa Niemcy Německo Németország D DE DEU",
            ),
            (
                "DK",
                "Denmark Danmark Dänemark Denemarken Danemark Dinamarca Danimarca Tanska Dania Dánsko Dánia DNK",
            ),
            (
                "SE",
                "Sweden Sverige Schweden Zweden Suède Suecia Svezia Suécia Ruotsi Szwecja Švédsko Svédország S",
            ),
            (
                "AT",
                "Austria Österreich Oesterreich Osterreich Østrig Österrike Oostenrijk Autriche Itävalta Rakousko Ausztria A",
            ),
            (
                "GB",
                "UK GB GBR England Storbritannien Vereinigtes_Königreich Royaume-Uni Reino_Unido Iso-Britannia Egyesült_Királyság United_Kingdom",
            ),
            (
                "US",
                "USA US U.S.A. Vereinigte_Staaten États-Unis Etats-Unis Estados_Unidos Yhdysvallat Förenta_staterna United_States",
            ),
            (
                "NL",
                "Holland Niederlande Nederland Pays-Bas The_Netherlands Holanda Alankomaat Nizozemsko",
            ),
            ("IS", "Island Iceland Islande Ísland"),
            ("CH", "Schweiz Suisse Svizzera Zwitserland Sveits CH"),
            ("FI", "Suomi Finnland Finland FIN"),
        ] {
            for text in texts.split(' ').map(|text| text.replace('_', " ")) {
                assert_eq!(
                    read_country(&text).map(Country::alpha2),
                    Some(code),
                    "{text:?}"
                );
                assert_eq!(
                    read_country(&text.to_uppercase()).map(Country::alpha2),
                    Some(code),
                    "{text:?}"
                );
            }
        }
        assert_eq!(
            read_country("DK - Danmark").map(Country::alpha2),
            Some("DK")
        );
        assert_eq!(
            read_country("Tyskland (DE)").map(Country::alpha2),
            Some("DE")
        );
        for text in ["", "Narnia", "DK/SE", "Danmark, Odense", "XX", "12"] {
            assert_eq!(read_country(text), None, "{text:?}");
        }
    }
}
