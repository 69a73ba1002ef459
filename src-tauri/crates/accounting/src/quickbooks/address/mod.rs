//! Addresses: out of the fields where QuickBooks has them in fields, else read from lines as somebody typed them.
//!
//! What is not certain stays blank: a blank is asked about, a wrong one sends a claim to a stranger.

mod format;
mod lines;
mod words;

use receivables::{Country, read_country};

use super::dto::{AddressDto, some};

use self::lines::read_lines;

/// The parts of an address that are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) street: Option<String>,
    pub(super) city: Option<String>,
    pub(super) zip: Option<String>,
    pub(super) state: Option<String>,
    /// The two letters where it is known by what somebody typed; else that, for the user to see.
    pub(super) country: Option<String>,
}

impl Place {
    /// From the fields of their own; nothing where town and postal code are not in them.
    pub(super) fn structured(address: &AddressDto, names: &[&str]) -> Option<Self> {
        let field = |text: &Option<String>| some(text.as_deref()).map(str::to_owned);
        let place = Self {
            street: None,
            city: field(&address.city),
            zip: field(&address.postal_code),
            state: field(&address.country_sub_division_code),
            country: some(address.country.as_deref()).map(country),
        };
        if place.city.is_none() && place.zip.is_none() {
            return None;
        }
        let street: Vec<&str> = address
            .lines()
            .filter(|line| !words::is_name(line, names))
            .collect();
        Some(Self {
            street: Some(street.join(", ")).filter(|street| !street.is_empty()),
            ..place
        })
    }

    /// From the lines, together with what little is in the fields.
    pub(super) fn unstructured(
        address: &AddressDto,
        names: &[&str],
        home: Option<Country>,
    ) -> Option<Self> {
        if Self::structured(address, names).is_some() {
            return None;
        }
        let mut lines: Vec<&str> = address.lines().collect();
        lines.extend(some(address.country.as_deref()));
        let place = read_lines(&lines, names, home);
        (place != Self::default()).then_some(place)
    }

    fn parts(&self) -> [&Option<String>; 5] {
        [
            &self.street,
            &self.city,
            &self.zip,
            &self.state,
            &self.country,
        ]
    }

    /// Fills the gaps from `other`, unless the two contradict each other somewhere: parts of two places would make one
    /// that does not exist.
    pub(super) fn fill(&mut self, other: &Self) -> bool {
        let same = |ours: &str, theirs: &str| ours.to_lowercase() == theirs.to_lowercase();
        let contradict = self.parts().iter().zip(other.parts()).any(
            |(ours, theirs)| matches!((ours, theirs), (Some(ours), Some(theirs)) if !same(ours, theirs)),
        );
        if contradict {
            return false;
        }
        for (ours, theirs) in [
            (&mut self.street, &other.street),
            (&mut self.city, &other.city),
            (&mut self.zip, &other.zip),
            (&mut self.state, &other.state),
            (&mut self.country, &other.country),
        ] {
            if ours.is_none() {
                ours.clone_from(theirs);
            }
        }
        true
    }

    /// Whether an address without a country can be in `home`: its postal code is one of there.
    pub(super) fn may_be_in(&self, home: Country) -> bool {
        match &self.zip {
            Some(zip) => format::of(home).is_some_and(|format| format.is_zip(zip)),
            None => self.city.is_some() && self.street.is_some(),
        }
    }
}

fn country(text: &str) -> String {
    read_country(text).map_or_else(|| text.to_owned(), |country| country.alpha2().to_owned())
}
