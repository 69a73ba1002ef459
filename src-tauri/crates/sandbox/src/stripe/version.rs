//! `Stripe-Version`. Without it the account's own version applies, which may be an old one; this account's is.

use jiff::civil::{Date, date};

use super::errors;
use crate::exchange::{Call, Reply};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Generation {
    /// With `paid`, `subscription` and `charge`; without `parent`.
    BeforeBasil,
    /// As the description has it.
    SinceBasil,
}

/// Name, and the first and last monthly version known of it.
const FAMILIES: [(&str, Date, Date); 5] = [
    ("acacia", date(2024, 9, 30), date(2025, 2, 24)),
    ("basil", date(2025, 3, 31), date(2025, 8, 27)),
    ("clover", date(2025, 9, 30), date(2026, 2, 25)),
    ("dahlia", date(2026, 3, 25), date(2026, 8, 26)),
    ("endive", date(2026, 9, 30), date(2026, 10, 28)),
];
const LAST_WITHOUT_NAME: Date = date(2024, 6, 20);

impl Generation {
    pub(super) fn of(call: &Call) -> Result<Self, Reply> {
        let Some(version) = call.header("stripe-version") else {
            return Ok(Self::BeforeBasil);
        };
        let (day, family) = version
            .split_once('.')
            .map_or((version, None), |(day, family)| (day, Some(family)));
        let known = match (day.parse::<Date>(), family) {
            (Ok(day), None) if day <= LAST_WITHOUT_NAME => Some(Self::BeforeBasil),
            (Ok(day), Some(family)) => FAMILIES
                .iter()
                .find(|(name, first, last)| *name == family && (*first..=*last).contains(&day))
                .map(|(name, ..)| {
                    if *name == "acacia" {
                        Self::BeforeBasil
                    } else {
                        Self::SinceBasil
                    }
                }),
            _ => None,
        };
        known.ok_or_else(|| {
            errors::error(
                400,
                &format!("Invalid Stripe API version: {version}"),
                None,
                None,
            )
        })
    }
}
