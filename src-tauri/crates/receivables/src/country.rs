//! Countries by ISO 3166, and the states of the USA, which Debitura asks for by their two letters.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A country, kept as its ISO 3166-1 alpha-2 code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(&'static str);

impl Country {
    /// Reads an alpha-2 code in any case.
    pub fn from_alpha2(code: &str) -> Option<Country> {
        rust_iso3166::from_alpha2(&code.trim().to_ascii_uppercase())
            .map(|country| Country(country.alpha2))
    }

    /// Reads an alpha-2 or alpha-3 code or the English name of ISO 3166, in any case.
    pub fn read(text: &str) -> Option<Country> {
        let text = text.trim();
        if text.len() == 2
            && let Some(country) = Country::from_alpha2(text)
        {
            return Some(country);
        }
        if text.len() == 3
            && let Some(country) = rust_iso3166::from_alpha3(&text.to_ascii_uppercase())
        {
            return Some(Country(country.alpha2));
        }
        let name = text.to_lowercase();
        let everyday = EVERYDAY_NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, code)| *code);
        everyday.and_then(Country::from_alpha2).or_else(|| {
            rust_iso3166::ALL
                .iter()
                .find(|country| country.name.to_lowercase() == name)
                .map(|country| Country(country.alpha2))
        })
    }

    /// All countries, by English name.
    pub fn all() -> Vec<(Country, &'static str)> {
        let mut all: Vec<_> = rust_iso3166::ALL
            .iter()
            .map(|country| (Country(country.alpha2), country.name))
            .collect();
        all.sort_by_key(|(_, name)| *name);
        all
    }

    /// The two upper-case letters.
    pub fn alpha2(self) -> &'static str {
        self.0
    }

    /// The English name as ISO 3166 writes it.
    pub fn name(self) -> &'static str {
        rust_iso3166::from_alpha2(self.0).map_or(self.0, |country| country.name)
    }

    /// Whether Debitura demands a state.
    pub fn needs_state(self) -> bool {
        self.0 == "US"
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Serialize for Country {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Country::from_alpha2(&code)
            .ok_or_else(|| serde::de::Error::custom("not an ISO 3166 alpha-2 code"))
    }
}

/// What people write where ISO 3166 has a longer official name.
const EVERYDAY_NAMES: [(&str, &str); 16] = [
    ("united states", "US"),
    ("united states of america", "US"),
    ("usa", "US"),
    ("united kingdom", "GB"),
    ("uk", "GB"),
    ("great britain", "GB"),
    ("england", "GB"),
    ("scotland", "GB"),
    ("wales", "GB"),
    ("netherlands", "NL"),
    ("the netherlands", "NL"),
    ("holland", "NL"),
    ("czech republic", "CZ"),
    ("south korea", "KR"),
    ("taiwan", "TW"),
    ("vietnam", "VN"),
];

/// The two letters of a state or territory of the USA, from `CA`, `US-CA` or `California`, in any case.
pub fn us_state(text: &str) -> Option<&'static str> {
    let text = text.trim();
    let code = text.to_ascii_uppercase();
    let code = code.strip_prefix("US-").unwrap_or(&code);
    let country = rust_iso3166::from_alpha2("US")?;
    let states = country.subdivisions()?;
    let letters = |code: &'static str| code.strip_prefix("US-").unwrap_or(code);
    states
        .iter()
        .find(|state| letters(state.code) == code || state.name.eq_ignore_ascii_case(text))
        .map(|state| letters(state.code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_read_as_people_write_them() {
        for text in ["CA", "ca", "US-CA", "California", " california "] {
            assert_eq!(us_state(text), Some("CA"), "{text:?} should be California");
        }
        assert_eq!(us_state("Bavaria"), None);
        assert_eq!(us_state("DC"), Some("DC"));
    }

    #[test]
    fn countries_are_read_by_code_and_name() {
        let code = |text| Country::read(text).map(Country::alpha2);
        assert_eq!(code("de"), Some("DE"));
        assert_eq!(code("DNK"), Some("DK"));
        assert_eq!(code("Denmark"), Some("DK"));
        assert_eq!(code("USA"), Some("US"));
        assert_eq!(code("United Kingdom"), Some("GB"));
        assert_eq!(
            code("UK"),
            Some("GB"),
            "everyday letters are no code of ISO 3166"
        );
        assert_eq!(code("Narnia"), None);
        assert_eq!(code("XX"), None);
    }
}
