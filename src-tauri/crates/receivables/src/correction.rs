//! What the user wrote over a source's facts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Field;

/// One corrected field, with the value of the source it replaced. When the source later says something else, the
/// correction becomes a question instead of silently winning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// The user's text; empty means "leave this field out".
    pub value: String,
    /// What the source said when the user corrected it.
    pub replaced: Option<String>,
}

/// The corrections that lie over one invoice: those of its debtor and its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overlay(BTreeMap<Field, Correction>);

impl Overlay {
    /// Lays a correction over a field.
    pub fn set(&mut self, field: Field, correction: Correction) {
        self.0.insert(field, correction);
    }

    /// The correction of a field.
    pub fn get(&self, field: Field) -> Option<&Correction> {
        self.0.get(&field)
    }

    /// Fields and corrections in reading order.
    pub fn iter(&self) -> impl Iterator<Item = (Field, &Correction)> {
        self.0
            .iter()
            .map(|(field, correction)| (*field, correction))
    }
}

impl FromIterator<(Field, Correction)> for Overlay {
    fn from_iter<I: IntoIterator<Item = (Field, Correction)>>(corrections: I) -> Self {
        Overlay(corrections.into_iter().collect())
    }
}
