//! Invented collection partners, the places they cover, and the places nobody does.

use uuid::Uuid;

use crate::places;

pub(crate) struct Partner {
    number: u128,
    pub(crate) name: &'static str,
    pub(crate) country: &'static str,
    /// Alpha-2 codes, or `*` for everywhere else.
    covers: &'static str,
    pub(crate) email: &'static str,
    pub(crate) phone: &'static str,
    pub(crate) site: &'static str,
    /// Wants the creditor's directors identified first.
    pub(crate) needs_kyc: bool,
}

pub(crate) const PARTNERS: &[Partner] = &[
    partner(
        1,
        "Nordisk Inkasso Partner A/S",
        "DK",
        "DK NO SE FI IS FO GL",
        "post@nordisk-inkasso.example",
        "+45 70 20 30 40",
        false,
    ),
    partner(
        2,
        "Rheinland Forderungen GmbH",
        "DE",
        "DE AT CH LI LU",
        "kontakt@rheinland-forderungen.example",
        "+49 221 555 0100",
        false,
    ),
    partner(
        3,
        "Thames Recovery Ltd",
        "GB",
        "GB IE IM JE GG",
        "hello@thames-recovery.example",
        "+44 20 7946 0100",
        true,
    ),
    partner(
        4,
        "Recouvrement Lumière SAS",
        "FR",
        "FR BE NL MC IT",
        "contact@recouvrement-lumiere.example",
        "+33 1 55 55 01 00",
        false,
    ),
    partner(
        5,
        "Cobros Ibéricos SL",
        "ES",
        "ES PT AD GI",
        "hola@cobros-ibericos.example",
        "+34 910 555 010",
        false,
    ),
    partner(
        6,
        "Wisła Windykacja sp. z o.o.",
        "PL",
        "PL CZ SK HU LT LV EE",
        "biuro@wisla-windykacja.example",
        "+48 22 555 01 00",
        false,
    ),
    partner(
        7,
        "Atlantic Receivables LLC",
        "US",
        "US CA PR",
        "team@atlantic-receivables.example",
        "+1 212 555 0100",
        false,
    ),
    partner(
        8,
        "Meridian Collect Network Ltd",
        "SG",
        "*",
        "desk@meridian-collect.example",
        "+65 6555 0100",
        false,
    ),
];

/// Nobody collects here, so these are not eligible.
const UNCOVERED: &str = "AF AQ BY BV CU ER HM IO IR KP LY MM RU SD SO SS SY TF TM UM VE YE";

const fn partner(
    number: u128,
    name: &'static str,
    country: &'static str,
    covers: &'static str,
    email: &'static str,
    phone: &'static str,
    needs_kyc: bool,
) -> Partner {
    Partner {
        number,
        name,
        country,
        covers,
        email,
        phone,
        site: "https://partner.example",
        needs_kyc,
    }
}

impl Partner {
    pub(crate) fn id(&self) -> Uuid {
        Uuid::from_u128(0x5a4d_b0c5_0000_4000_8000_0000_0000_0000 + self.number)
    }

    pub(crate) fn covers(&self, alpha2: &str) -> bool {
        match self.covers {
            "*" => !PARTNERS
                .iter()
                .any(|other| other.covers != "*" && other.covers(alpha2)),
            codes => codes.split(' ').any(|code| code == alpha2),
        }
    }
}

pub(crate) fn by_id(id: Uuid) -> Option<&'static Partner> {
    PARTNERS.iter().find(|partner| partner.id() == id)
}

pub(crate) fn for_country(alpha2: &str) -> Option<&'static Partner> {
    if UNCOVERED.split(' ').any(|code| code == alpha2) {
        return None;
    }
    PARTNERS.iter().find(|partner| partner.covers(alpha2))
}

/// A place with its own law: a country, or a state of the US.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Jurisdiction {
    pub(crate) id: i32,
    pub(crate) name: String,
    pub(crate) alpha2: &'static str,
    pub(crate) state: Option<&'static str>,
}

/// All that are covered, with numbers that never change.
pub(crate) fn jurisdictions() -> Vec<Jurisdiction> {
    let countries = places::COUNTRIES.lines().zip(1..).filter_map(|(line, id)| {
        let alpha2 = line.split('|').next()?;
        for_country(alpha2).filter(|_| alpha2 != "US")?;
        Some(Jurisdiction {
            id,
            name: places::country_name(alpha2)?.to_owned(),
            alpha2,
            state: None,
        })
    });
    let states = places::US_STATES
        .lines()
        .zip(1001..)
        .filter_map(|(line, id)| {
            let (state, name) = line.split_once('|')?;
            Some(Jurisdiction {
                id,
                name: format!("United States, {name}"),
                alpha2: "US",
                state: Some(state),
            })
        });
    countries.chain(states).collect()
}

pub(crate) fn jurisdiction(alpha2: &str, state: Option<&str>) -> Option<Jurisdiction> {
    let state = state.filter(|_| alpha2 == "US");
    jurisdictions()
        .into_iter()
        .find(|place| place.alpha2 == alpha2 && place.state == state)
}
