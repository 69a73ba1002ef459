//! Which column means which field of a case.
//!
//! A remembered choice goes first. Then each column's header and values are weighed: exact names of known systems,
//! the concepts its words stand for, what the values look like, and what the other columns are. Fields are given so
//! that the whole table is most likely, one column each; what stays unsure stays blank. Pure; remembers nothing.

mod assignment;
mod features;
mod fingerprint;
mod gazetteer;
mod header;
mod lexicon;
mod model;
mod place;
mod reason;
mod relation;
mod seen;
mod shape;
mod surroundings;
#[cfg(feature = "training")]
pub mod training;
mod value;

use receivables::Field;

pub use fingerprint::{Fingerprint, fingerprint};
pub use reason::{Evidence, Reason, words_for};

use assignment::assign;
use features::features;
use header::fold;
use lexicon::Lexicon;
use model::{Model, Probabilities, Verdict};
use seen::{Seen, look};

/// Less sure than this, a column stays blank: a blank costs a click, a wrong column costs money.
const LEAST_CONFIDENCE: f32 = 0.5;
/// Fields shown as alternatives are at least this likely.
const LEAST_ALTERNATIVE: f32 = 0.03;

/// A column of the table to map: its name and its values, row by row, empty ones too. The first 200 rows suffice.
#[derive(Debug, Clone)]
pub struct Column<'a> {
    pub name: &'a str,
    pub values: Vec<&'a str>,
}

/// What is proposed for one column.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    pub field: Option<Field>,
    /// How often a proposal like this proved right on systems not learned from; for a blank, how often none was missed.
    pub confidence: f32,
    pub reason: Reason,
    /// Other fields it may be, the likeliest first.
    pub alternatives: Vec<Alternative>,
}

/// Another field a column may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alternative {
    pub field: Field,
    pub confidence: f32,
}

/// What the user chose for a table with the same headers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Remembered {
    /// By column name; a name that stands twice, stands here twice.
    pub columns: Vec<(String, Option<Field>)>,
    /// The day of that import, as it is to be shown.
    pub when: Option<String>,
}

/// Proposes a field for each column, in their order.
pub fn suggest(columns: &[Column<'_>], remembered: Option<&Remembered>) -> Vec<Suggestion> {
    let engine = Engine {
        model: Model::shipped(),
        lexicon: Lexicon::shipped(),
    };
    engine.suggest(columns, remembered)
}

/// Weights and names together.
#[derive(Clone, Copy)]
struct Engine<'a> {
    model: &'a Model,
    lexicon: &'a Lexicon,
}

impl Engine<'_> {
    fn suggest(self, columns: &[Column<'_>], remembered: Option<&Remembered>) -> Vec<Suggestion> {
        let pairs: Vec<(&str, &[&str])> = columns
            .iter()
            .map(|column| (column.name, column.values.as_slice()))
            .collect();
        let table = look(&pairs);
        let likely: Vec<Probabilities> = features(&table, self.lexicon)
            .iter()
            .map(|features| self.model.probabilities(features))
            .collect();
        let recalled = recall(columns, remembered);
        let taken: Vec<Option<Field>> = recalled.iter().map(|known| known.flatten()).collect();
        let given = assign(&table, &likely, &taken);
        let sure: Vec<(Option<Field>, f32)> = given
            .iter()
            .zip(&recalled)
            .zip(&table)
            .map(|(((field, score), known), seen)| match known {
                Some(known) => (*known, 1.0),
                None => {
                    let verdict = Verdict::of(self.lexicon, &seen.header.folded, *field);
                    let calibrations = &self.model.calibrations;
                    (*field, calibrations.confidence(verdict, *score))
                }
            })
            .collect();
        let when = remembered.and_then(|remembered| remembered.when.clone());
        (0..columns.len())
            .map(|at| {
                let (field, confidence) = sure[at];
                let unsure = field.filter(|_| confidence < LEAST_CONFIDENCE);
                let kept = field.filter(|_| unsure.is_none());
                Suggestion {
                    field: kept,
                    confidence: if unsure.is_some() {
                        1.0 - confidence
                    } else {
                        confidence
                    },
                    reason: if recalled[at].is_some() {
                        Reason(vec![Evidence::Remembered { when: when.clone() }])
                    } else {
                        self.reason(columns, &table, &sure, &likely, at, kept)
                    },
                    alternatives: alternatives(&likely[at], kept),
                }
            })
            .collect()
    }

    fn reason(
        self,
        columns: &[Column<'_>],
        table: &[Seen],
        sure: &[(Option<Field>, f32)],
        likely: &[Probabilities],
        at: usize,
        field: Option<Field>,
    ) -> Reason {
        let holder = |field: Field| sure.iter().position(|(given, _)| *given == Some(field));
        let Some(field) = field else {
            let (best, share) = likeliest(&likely[at]);
            let evidence = match holder(best) {
                Some(other) if other != at && share > 0.1 => Evidence::TakenBy {
                    field: best,
                    header: columns[other].name.trim().to_owned(),
                },
                _ if share > 0.2 => Evidence::TooUnsure { field: best },
                _ if table[at].shape.filled == 0 => Evidence::NoValues,
                _ => Evidence::NoField,
            };
            return Reason(vec![evidence]);
        };
        let mut all = reason::evidence(&table[at], columns[at].name, field, self.lexicon);
        if field == Field::DueDate
            && let Some(case_date) = holder(Field::CaseDate)
            && never_before(&table[at], &table[case_date])
        {
            all.push(Evidence::AfterCaseDate);
        }
        let class = class_of(field);
        let rival = (0..table.len())
            .filter(|other| sure[*other].0.is_none() && likely[*other][class] > 0.15)
            .max_by(|one, other| likely[*one][class].total_cmp(&likely[*other][class]));
        if let Some(rival) = rival {
            all.push(Evidence::Before {
                header: columns[rival].name.trim().to_owned(),
            });
        }
        Reason(all)
    }
}

/// What was remembered for each column: nothing, a field, or that it is of no use.
fn recall(columns: &[Column<'_>], remembered: Option<&Remembered>) -> Vec<Option<Option<Field>>> {
    let mut left: Vec<(String, Option<Field>)> = remembered
        .map(|remembered| {
            remembered
                .columns
                .iter()
                .map(|(name, field)| (fold(name), *field))
                .collect()
        })
        .unwrap_or_default();
    columns
        .iter()
        .map(|column| {
            let name = fold(column.name);
            let at = left.iter().position(|(known, _)| *known == name)?;
            Some(left.remove(at).1)
        })
        .collect()
}

fn alternatives(likely: &Probabilities, kept: Option<Field>) -> Vec<Alternative> {
    let mut all: Vec<Alternative> = Field::ALL
        .into_iter()
        .filter(|field| Some(*field) != kept)
        .map(|field| Alternative {
            field,
            confidence: likely[class_of(field)],
        })
        .filter(|alternative| alternative.confidence >= LEAST_ALTERNATIVE)
        .collect();
    all.sort_by(|one, other| {
        other
            .confidence
            .total_cmp(&one.confidence)
            .then(one.field.cmp(&other.field))
    });
    all.truncate(3);
    all
}

fn likeliest(likely: &Probabilities) -> (Field, f32) {
    Field::ALL
        .into_iter()
        .map(|field| (field, likely[class_of(field)]))
        .fold((Field::Comments, 0.0), |best, next| {
            if next.1 > best.1 { next } else { best }
        })
}

fn class_of(field: Field) -> usize {
    field as usize
}

fn never_before(later: &Seen, earlier: &Seen) -> bool {
    let mut pairs = later
        .shape
        .cells
        .iter()
        .zip(&earlier.shape.cells)
        .filter_map(|(later, earlier)| Some((later.day?, earlier.day?)))
        .peekable();
    pairs.peek().is_some() && pairs.all(|(later, earlier)| later >= earlier)
}
