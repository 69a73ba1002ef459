//! How the line with the town is written in each country.

use receivables::Country;

/// Where the postal code stands, and how it looks: `N` a digit, `A` a letter, `X` either, a space one that may be left
/// out; anything else is itself.
#[derive(Clone, Copy)]
pub(super) enum Format {
    /// `2200 København N`
    First(&'static [&'static str]),
    /// `London  SW1A 1AA`
    Last(&'static [&'static str]),
    /// `Middlefield, CA  94482`, with the states' letters; none where they are looked up elsewhere.
    AfterState(&'static [&'static str], &'static [&'static str]),
}

impl Format {
    pub(super) fn is_zip(self, text: &str) -> bool {
        let (Self::First(patterns) | Self::Last(patterns) | Self::AfterState(patterns, _)) = self;
        patterns.iter().any(|pattern| fits(pattern, text))
    }
}

const FORMATS: &[(&[&str], Format)] = &[
    (&["IS", "FO"], Format::First(&["NNN"])),
    (
        &[
            "DK", "NO", "AT", "CH", "LI", "BE", "LU", "HU", "BG", "SI", "CY", "GL",
        ],
        Format::First(&["NNNN"]),
    ),
    (
        &[
            "DE", "FI", "FR", "MC", "ES", "HR", "RS", "EE", "TR", "MX", "MY", "KW",
        ],
        Format::First(&["NNNNN"]),
    ),
    (&["IT", "SM", "VA"], Format::First(&["NNNNN"])),
    (&["LT"], Format::First(&["NNNNN", "LT-NNNNN"])),
    (&["LV"], Format::First(&["LV-NNNN"])),
    (&["SE", "CZ", "SK", "GR"], Format::First(&["NNN NN"])),
    (&["NL"], Format::First(&["NNNN AA"])),
    (&["PL"], Format::First(&["NN-NNN"])),
    (&["PT"], Format::First(&["NNNN-NNN"])),
    (&["RO"], Format::First(&["NNNNNN"])),
    (&["JP"], Format::First(&["NNN-NNNN"])),
    (
        &["GB", "JE", "GG", "IM"],
        Format::Last(&[
            "AN NAA", "ANN NAA", "ANA NAA", "AAN NAA", "AANN NAA", "AANA NAA",
        ]),
    ),
    (&["IE"], Format::Last(&["ANN XXXX", "D6W XXXX"])),
    (&["NZ", "ZA"], Format::Last(&["NNNN"])),
    (&["IN"], Format::Last(&["NNN NNN"])),
    (&["SG"], Format::Last(&["NNNNNN"])),
    (&["US"], Format::AfterState(&["NNNNN", "NNNNN-NNNN"], &[])),
    (
        &["CA"],
        Format::AfterState(
            &["ANA NAN"],
            &[
                "AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT",
            ],
        ),
    ),
    (
        &["AU"],
        Format::AfterState(
            &["NNNN"],
            &["ACT", "NSW", "NT", "QLD", "SA", "TAS", "VIC", "WA"],
        ),
    ),
];

pub(super) fn of(country: Country) -> Option<Format> {
    FORMATS
        .iter()
        .find(|(countries, _)| countries.contains(&country.alpha2()))
        .map(|(_, format)| *format)
}

/// Forms that many countries share, for a town line whose country is not known.
pub(super) const COMMON: Format = Format::First(&["NNNN", "NNNNN", "NNN NN"]);

fn fits(pattern: &str, text: &str) -> bool {
    let mut rest = text.chars().peekable();
    for wanted in pattern.chars() {
        if wanted == ' ' {
            rest.next_if_eq(&' ');
            continue;
        }
        let fits = rest.next().is_some_and(|character| match wanted {
            'N' => character.is_ascii_digit(),
            'A' => character.is_ascii_alphabetic(),
            'X' => character.is_ascii_alphanumeric(),
            other => character == other,
        });
        if !fits {
            return false;
        }
    }
    rest.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postal_codes_look_as_their_country_writes_them() {
        for (country, good, bad) in [
            ("DK", "2200", "22000"),
            ("SE", "111 22", "1112"),
            ("SE", "11122", "111-22"),
            ("NL", "1012 AB", "1012"),
            ("GB", "SW1A 1AA", "1AA"),
            ("GB", "M1 1AE", "M1"),
            ("CA", "M5V 2T6", "M5V"),
            ("US", "94482-1234", "9448"),
            ("PL", "00-001", "00001"),
            ("IE", "D02 AF30", "D02"),
            ("LV", "LV-1010", "1010"),
        ] {
            let format = of(Country::from_alpha2(country).unwrap()).unwrap();
            assert!(format.is_zip(good), "{good} is one of {country}");
            assert!(!format.is_zip(bad), "{bad} is none of {country}");
        }
    }
}
