//! From lines to parts: the country below, the town above it, the street above that, and names on top.

use receivables::{Country, us_state};

use super::Place;
use super::format::{self, Format};
use super::words::{
    begins_a_street, country_of, cut_behind_street, has_digit, has_street_word, is_name, is_note,
    is_street, is_town, plain,
};

/// Reads up to five lines, of which `names` (the debtor's, in all their spellings) are no part. `home` is the creditor's
/// country where an address without one is most likely there.
pub(super) fn read_lines(lines: &[&str], names: &[&str], home: Option<Country>) -> Place {
    let mut rest: Vec<String> = lines
        .iter()
        .flat_map(|line| line.lines())
        .map(plain)
        .filter(|line| !line.is_empty() && !is_name(line, names) && !is_note(line))
        .collect();
    if let [only] = rest.as_slice() {
        rest = split(only);
    }
    if let [only] = rest.as_slice()
        && let Some(two) = cut_behind_street(only)
    {
        rest = two.into();
    }
    let mut place = Place::default();
    // Some towns are called like a country in some language; above a country there is more than a street.
    let above = rest.len().saturating_sub(1);
    let country = rest
        .last()
        .and_then(|line| country_of(line).filter(|_| above > 1 || Country::read(line).is_some()));
    if let Some(country) = country {
        place.country = Some(country.alpha2().to_owned());
        rest.pop();
    }
    let with_town = rest.len() > 1;
    if let Some(line) = rest.last()
        && let Some(town) = Town::read(
            line,
            country,
            home,
            with_town && has_digit(&rest[rest.len() - 2]),
        )
    {
        let Town {
            city,
            zip,
            state,
            country,
        } = town;
        rest.pop();
        (place.city, place.zip, place.state) = (city, zip, state);
        place.country = place.country.or(country);
    }
    // A postal code alone has the town above it; a town alone stands right below the street.
    if place.city.is_none()
        && let [.., street, town] = rest.as_slice()
        && has_digit(street)
        && street_of(&rest[..rest.len() - 2]).is_none()
        && is_town(town)
    {
        place.city = rest.pop();
    }
    let known = place.city.is_some() || place.zip.is_some();
    place.street = match rest.as_slice() {
        [only] if !known => Some(only.clone()).filter(|line| is_street(line)),
        _ if !known => None,
        rest => street_of(rest),
    };
    if place.street.is_none() && !known {
        // A country or a state alone says nothing about where the debtor is.
        return Place::default();
    }
    place
}

/// The line with the town, taken apart.
struct Town {
    city: Option<String>,
    zip: Option<String>,
    state: Option<String>,
    /// Where the line itself leaves no doubt.
    country: Option<String>,
}

impl Town {
    /// `below_a_street`: the line above has a number, so this one is not the street.
    fn read(
        line: &str,
        country: Option<Country>,
        home: Option<Country>,
        below_a_street: bool,
    ) -> Option<Self> {
        if let Some(country) = country {
            return Self::as_written_in(country, line);
        }
        if let Some(home) = home {
            // A number in front may be a house number where those come first; then the line must be the second.
            let sure = below_a_street
                || !matches!(format::of(home), Some(Format::First(_)) if house_number_first(home));
            if let Some(town) = Self::as_written_in(home, line).filter(|_| sure) {
                return Some(town);
            }
        }
        // Town, state and postal code together are found in few countries, and a British postal code in one.
        for code in ["US", "CA", "GB"] {
            let town =
                Country::from_alpha2(code).and_then(|country| Self::as_written_in(country, line));
            if let Some(town) = town
                && town.city.is_some()
                && town.zip.is_some()
                && (code == "GB" || town.state.is_some())
                && !["JE", "GY", "IM"]
                    .iter()
                    .any(|island| town.zip.iter().any(|zip| zip.starts_with(island)))
            {
                return Some(Self {
                    country: Some(code.to_owned()),
                    ..town
                });
            }
        }
        if !below_a_street {
            return None;
        }
        Self::with_zip_first(line, format::COMMON).filter(|town| town.city.is_some())
    }

    fn as_written_in(country: Country, line: &str) -> Option<Self> {
        let format = format::of(country)?;
        match format {
            Format::First(_) => {
                Self::with_zip_first(line, format).map(|town| town.with_province(country))
            }
            Format::Last(_) => {
                let (city, zip) = zip_at_end(line, format)?;
                Self::checked(city, Some(zip), None)
            }
            Format::AfterState(_, states) => Self::with_state(line, format, states),
        }
    }

    fn with_zip_first(line: &str, format: Format) -> Option<Self> {
        let words: Vec<&str> = line.split(' ').collect();
        // `D-10115` as it was written across borders.
        let bare = |word: &str| match word.split_once('-') {
            Some((prefix, zip))
                if (1..=2).contains(&prefix.len())
                    && prefix.bytes().all(|byte| byte.is_ascii_uppercase())
                    && !format.is_zip(word) =>
            {
                zip.to_owned()
            }
            _ => word.to_owned(),
        };
        for count in [2, 1] {
            if words.len() < count {
                continue;
            }
            let (zip, city) = words.split_at(count);
            let zip = bare(&zip.join(" "));
            if format.is_zip(&zip) {
                return Self::checked(&city.join(" "), Some(zip), None);
            }
        }
        None
    }

    fn with_state(line: &str, format: Format, states: &[&str]) -> Option<Self> {
        let (rest, zip) = match zip_at_end(line, format) {
            Some((rest, zip)) => (rest, Some(zip)),
            None => (line, None),
        };
        let is_state = |word: &str| match states {
            [] => us_state(word).is_some(),
            states => states.contains(&word),
        };
        let rest = rest.trim_end_matches([',', ' ']);
        let (city, state) = match rest.rsplit_once(',') {
            Some((city, state)) if is_state(state.trim()) => (city, Some(state.trim())),
            // What follows the comma is no state, so the line is something else.
            Some(_) => return None,
            None => match rest.rsplit_once(' ') {
                Some((city, state)) if state.len() <= 3 && is_state(state) => (city, Some(state)),
                _ if is_state(rest) && rest.len() <= 3 => ("", Some(rest)),
                _ => (rest, None),
            },
        };
        if zip.is_none() && state.is_none() {
            return None;
        }
        Self::checked(city, zip, state.map(str::to_owned))
    }

    fn checked(city: &str, zip: Option<String>, state: Option<String>) -> Option<Self> {
        let city = city.trim_matches([',', ' ']);
        if !city.is_empty() && !is_town(city) {
            return None;
        }
        Some(Self {
            city: Some(city.to_owned()).filter(|city| !city.is_empty()),
            zip,
            state,
            country: None,
        })
    }

    /// `Roma RM`, `Roma (RM)`
    fn with_province(self, country: Country) -> Self {
        let Some((city, province)) = self.city.as_deref().and_then(|city| city.rsplit_once(' '))
        else {
            return self;
        };
        let letters = province.trim_matches(['(', ')']);
        if country.alpha2() == "IT"
            && letters.len() == 2
            && letters.bytes().all(|byte| byte.is_ascii_uppercase())
        {
            return Self {
                state: Some(letters.to_owned()),
                city: Some(city.trim_end().to_owned()),
                ..self
            };
        }
        self
    }
}

/// What stands before a postal code at the end of a line, and the code: its last word, or its last two.
fn zip_at_end(line: &str, format: Format) -> Option<(&str, String)> {
    let spaces: Vec<usize> = line.rmatch_indices(' ').map(|(at, _)| at).take(2).collect();
    let mut starts: Vec<usize> = spaces.iter().rev().map(|at| at + 1).collect();
    if spaces.len() < 2 {
        starts.insert(0, 0);
    }
    starts.into_iter().find_map(|start| {
        let (before, zip) = line.split_at(start);
        format
            .is_zip(zip)
            .then(|| (before.trim_end(), zip.to_owned()))
    })
}

/// From the first line that can be one on. Lines above it are people, buildings and departments.
fn street_of(lines: &[String]) -> Option<String> {
    let first = lines
        .iter()
        .position(|line| has_digit(line) || has_street_word(line))?;
    let street = &lines[first..];
    // Two streets: one of them is something else.
    let streets = street.iter().filter(|line| begins_a_street(line)).count();
    (street.len() <= 3 && streets < 2).then(|| street.join(", "))
}

/// An address on one line.
fn split(line: &str) -> Vec<String> {
    let mut parts: Vec<String> = line
        .split(',')
        .map(plain)
        .filter(|part| !part.is_empty())
        .collect();
    // A state and its postal code belong to the town before them.
    if let [.., _, last] = parts.as_slice()
        && let Some((state, _)) = last.split_once(' ')
        && state.len() <= 3
        && state.bytes().all(|byte| byte.is_ascii_uppercase())
        && let Some(last) = parts.pop()
        && let Some(town) = parts.last_mut()
    {
        town.push_str(", ");
        town.push_str(&last);
    }
    parts
}

/// Countries that write the postal code first, and the house number too.
fn house_number_first(country: Country) -> bool {
    matches!(country.alpha2(), "FR" | "MC" | "LU" | "MY")
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
