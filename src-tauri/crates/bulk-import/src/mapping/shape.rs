//! What a whole column's values look like, from its first rows.

use std::collections::HashSet;

use super::value::{self, LOOKS, Look, Recognised};

/// Rows looked at. More would not change the picture.
pub const SAMPLE: usize = 200;

/// What nearly all values of a column are; one only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Empty,
    Email,
    Url,
    Iban,
    Currency,
    Date,
    Percent,
    Bool,
    Money,
    Integer,
    Phone,
    Register,
    Code,
    Country,
    Party,
    Status,
    Company,
    Person,
    Street,
    Few,
    Long,
    Text,
}

impl Kind {
    /// As it enters features, so it must never change.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Email => "email",
            Self::Url => "url",
            Self::Iban => "iban",
            Self::Currency => "currency",
            Self::Date => "date",
            Self::Percent => "percent",
            Self::Bool => "bool",
            Self::Money => "money",
            Self::Integer => "integer",
            Self::Phone => "phone",
            Self::Register => "register",
            Self::Code => "code",
            Self::Country => "country",
            Self::Party => "party",
            Self::Status => "status",
            Self::Company => "company",
            Self::Person => "person",
            Self::Street => "street",
            Self::Few => "few",
            Self::Long => "long",
            Self::Text => "text",
        }
    }
}

/// The picture of one column.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Share of the non-empty values that have each look.
    pub shares: [f32; LOOKS],
    pub filled: usize,
    pub rows: usize,
    /// Different values by number of values; 1 when no value repeats.
    pub distinct: f32,
    /// Different values, however many rows there are.
    pub different: usize,
    pub mean_length: f32,
    pub same_length: bool,
    /// Values that are not below the one before them.
    pub rising: f32,
    pub kind: Kind,
    /// Each row, for comparing columns.
    pub cells: Vec<Recognised>,
}

impl Shape {
    /// Looks at the column's first rows.
    pub fn of(values: &[&str]) -> Shape {
        let sample = &values[..values.len().min(SAMPLE)];
        let mut shares = [0.0_f32; LOOKS];
        let mut cells = Vec::with_capacity(sample.len());
        let mut different: HashSet<&str> = HashSet::new();
        let (mut filled, mut letters, mut steps, mut rises) = (0_usize, 0_usize, 0_usize, 0_usize);
        let mut lengths: HashSet<usize> = HashSet::new();
        let mut before: Option<(Recognised, &str)> = None;
        for value in sample.iter().map(|value| value.trim()) {
            if stands_for_nothing(value) {
                cells.push(Recognised::default());
                continue;
            }
            let seen = value::recognise(value);
            for (look, share) in shares.iter_mut().enumerate() {
                *share += f32::from(u8::from(seen.looks & (1 << look) != 0));
            }
            filled += 1;
            let length = value.chars().count();
            letters += length;
            lengths.insert(length);
            different.insert(value);
            if let Some((previous, text)) = before {
                steps += 1;
                rises += usize::from(not_below(&previous, text, &seen, value));
            }
            before = Some((seen, value));
            cells.push(seen);
        }
        let count = filled.max(1) as f32;
        shares.iter_mut().for_each(|share| *share /= count);
        let mut shape = Shape {
            shares,
            filled,
            rows: sample.len(),
            distinct: different.len() as f32 / count,
            different: different.len(),
            mean_length: letters as f32 / count,
            same_length: lengths.len() == 1,
            rising: if steps == 0 {
                0.0
            } else {
                rises as f32 / steps as f32
            },
            kind: Kind::Empty,
            cells,
        };
        shape.kind = shape.judge();
        shape
    }

    /// Share of the non-empty values with this look.
    pub fn share(&self, look: Look) -> f32 {
        self.shares[look as usize]
    }

    fn judge(&self) -> Kind {
        let share = |look| self.share(look);
        match () {
            () if self.filled == 0 => Kind::Empty,
            () if share(Look::Email) > 0.5 => Kind::Email,
            () if share(Look::Url) > 0.5 => Kind::Url,
            () if share(Look::Iban) > 0.6 => Kind::Iban,
            () if share(Look::CurrencyCode) > 0.7 => Kind::Currency,
            () if share(Look::Date) > 0.6 => Kind::Date,
            () if share(Look::Percent) > 0.6 => Kind::Percent,
            () if share(Look::Bool) > 0.8 && self.different <= 3 => Kind::Bool,
            // One value in three may be somebody's remark.
            () if share(Look::Number) > 0.6 && share(Look::Money) > 0.4 => Kind::Money,
            () if share(Look::VatShaped) > 0.6 || share(Look::RegisterShaped) > 0.6 => {
                Kind::Register
            }
            () if share(Look::Phone) > 0.6 => Kind::Phone,
            () if share(Look::Number) > 0.8 => Kind::Integer,
            () if share(Look::CodeMixed) > 0.5 => Kind::Code,
            () if share(Look::CountryCode) + share(Look::CountryName) > 0.6 => Kind::Country,
            () if share(Look::CompanyWord) + share(Look::PrivateWord) > 0.6 => Kind::Party,
            () if share(Look::StatusWord) > 0.5 && self.different <= 8 => Kind::Status,
            () if share(Look::LegalForm) > 0.25 => Kind::Company,
            () if share(Look::Street) > 0.4 || share(Look::EndsInNumber) > 0.6 => Kind::Street,
            () if share(Look::GivenName) > 0.25 && share(Look::LettersOnly) > 0.7 => Kind::Person,
            () if self.different <= 6 && self.distinct < 0.5 => Kind::Few,
            () if share(Look::LongText) > 0.4 || share(Look::ThreeOrMoreWords) > 0.6 => Kind::Long,
            () => Kind::Text,
        }
    }
}

/// A cell that somebody filled to say that it is empty.
fn stands_for_nothing(value: &str) -> bool {
    const WORDS: [&str; 9] = [
        "none", "null", "nil", "n/a", "#n/a", "nan", "(blank)", "(empty)", "(none)",
    ];
    value.chars().all(|letter| "-–—./?*".contains(letter))
        || value.len() <= 7 && WORDS.iter().any(|word| word.eq_ignore_ascii_case(value))
}

fn not_below(previous: &Recognised, text: &str, seen: &Recognised, value: &str) -> bool {
    match ((previous.number, seen.number), (previous.day, seen.day)) {
        ((Some(before), Some(now)), _) => now >= before,
        (_, (Some(before), Some(now))) => now >= before,
        _ => value >= text,
    }
}
