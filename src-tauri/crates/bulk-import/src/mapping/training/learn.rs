//! Learns the classifier's weights: softmax regression by Adagrad, the same bytes on every run.

use std::collections::{BTreeSet, HashMap};

use receivables::Field;

use super::super::features::{Groups, groups, of_lexicon};
use super::super::header::fold;
use super::super::lexicon::{Entry, Lexicon};
use super::super::model::{CLASSES, Model, NONE, softmax};
use super::super::place::{Features, WIDTH};
use super::super::seen::{Seen, look};
use super::generate::{Disorder, Table, table};
use super::layouts::Layout;
use super::random::Random;

/// Tables made of each layout.
const TABLES: usize = 20;

const EPOCHS: usize = 8;
const RATE: f32 = 0.12;
const DECAY: f32 = 2e-5;

/// How often a group of features is hidden, so that none is leaned on alone.
const HIDE_WORDS: f64 = 0.35;
const HIDE_CONCEPTS: f64 = 0.12;
const HIDE_LEXICON: f64 = 0.35;
const HIDE_VALUES: f64 = 0.05;

/// A column to learn from.
pub struct Example {
    groups: Groups,
    seen: Seen,
    class: usize,
    /// Whose table it stands in.
    system: usize,
    /// Who calls it so; another system, where the column was lent.
    owner: usize,
}

/// All that is learned from, made once.
pub struct Lessons<'a> {
    pub layouts: Vec<&'a Layout>,
    pub systems: Vec<&'a str>,
    examples: Vec<Example>,
    /// Folded names, and which system means what by each.
    names: HashMap<String, Vec<(Option<Field>, &'a str)>>,
}

/// The class of a meaning.
pub fn class_of(field: Option<Field>) -> usize {
    field.map_or(NONE, |field| field as usize)
}

/// What the engine sees of a table.
pub fn look_at(table: &Table) -> Vec<Seen> {
    let values: Vec<Vec<&str>> = table
        .columns
        .iter()
        .map(|column| column.values.iter().map(String::as_str).collect())
        .collect();
    let columns: Vec<(&str, &[&str])> = table
        .columns
        .iter()
        .zip(&values)
        .map(|(column, values)| (column.header.as_str(), values.as_slice()))
        .collect();
    look(&columns)
}

impl<'a> Lessons<'a> {
    /// Makes the tables of all layouts.
    pub fn prepare(layouts: &[&'a Layout], seed: u64) -> Lessons<'a> {
        let systems: Vec<&str> = layouts
            .iter()
            .map(|layout| layout.system.as_str())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let mut examples = Vec::new();
        for (at, layout) in layouts.iter().enumerate() {
            let number = |name: &str| {
                systems
                    .iter()
                    .position(|system| *system == name)
                    .unwrap_or_default()
            };
            let system = number(&layout.system);
            let name = format!("{}/{}/{}/{at}", layout.system, layout.language, layout.kind);
            for round in 0..TABLES {
                let mut random = Random::named(seed + round as u64, &name);
                let disorder = if round % 7 == 0 {
                    Disorder::None
                } else {
                    Disorder::Usual
                };
                let made = table(layout, layouts, disorder, &mut random);
                let seen = look_at(&made);
                for ((column, truth), groups) in made.columns.iter().enumerate().zip(groups(&seen))
                {
                    examples.push(Example {
                        groups,
                        seen: Seen {
                            shape: light(&seen[column]),
                            ..seen[column].clone()
                        },
                        class: class_of(truth.field),
                        system,
                        owner: truth.lender.as_deref().map_or(system, number),
                    });
                }
            }
        }
        let mut names: HashMap<String, Vec<(Option<Field>, &str)>> = HashMap::new();
        for layout in layouts {
            for column in &layout.columns {
                let uses = names.entry(fold(&column.header)).or_default();
                uses.push((column.field, &layout.system));
            }
        }
        Lessons {
            layouts: layouts.to_vec(),
            systems,
            examples,
            names,
        }
    }

    /// The names of all systems but those left out.
    pub fn lexicon(&self, left_out: &[&str]) -> Lexicon {
        Lexicon::of(
            self.names
                .keys()
                .filter_map(|name| Some((name.clone(), self.entry(name, left_out)?))),
        )
    }

    /// What a folded name means to all systems but those left out.
    fn entry(&self, folded: &str, left_out: &[&str]) -> Option<Entry> {
        let uses = self.names.get(folded)?.iter();
        Entry::count(
            uses.copied()
                .filter(|(_, system)| !left_out.contains(system)),
        )
    }

    /// Learns from every system but those of `left_out`. What an example's own system calls its columns is hidden from it, as it
    /// will be when an unknown system is read.
    pub fn learn(&self, left_out: &[&str], seed: u64) -> Model {
        let left = |system: usize| !left_out.contains(&self.systems[system]);
        let chosen: Vec<&Example> = self
            .examples
            .iter()
            .filter(|example| left(example.system) && left(example.owner))
            .collect();
        let mut hidden = left_out.to_vec();
        let known: Vec<Features> = chosen
            .iter()
            .map(|example| {
                hidden.truncate(left_out.len());
                hidden.push(self.systems[example.owner]);
                let entry = self.entry(&example.seen.header.folded, &hidden);
                of_lexicon(&example.seen, entry.as_ref())
            })
            .collect();
        descend(&chosen, &known, seed)
    }
}

/// The shape without its cells, which only comparing columns needs.
fn light(seen: &Seen) -> super::super::shape::Shape {
    let mut shape = seen.shape.clone();
    shape.cells = Vec::new();
    shape
}

fn descend(examples: &[&Example], known: &[Features], seed: u64) -> Model {
    let mut weights = vec![0.0_f32; WIDTH * CLASSES];
    let mut squares = vec![1e-3_f32; WIDTH * CLASSES];
    let (mut biases, mut bias_squares) = ([0.0_f32; CLASSES], [1e-3_f32; CLASSES]);
    let mut random = Random::new(seed);
    let mut order: Vec<usize> = (0..examples.len()).collect();
    for epoch in 0..EPOCHS {
        random.shuffle(&mut order);
        // The last round sees all there is, as the engine will.
        let hide = if epoch + 1 == EPOCHS { 0.4 } else { 1.0 };
        for &at in &order {
            let example = examples[at];
            let mut shown = |features, share| -> &[(u32, f32)] {
                if random.chance(share * hide) {
                    &[]
                } else {
                    features
                }
            };
            let Groups {
                values,
                words,
                concepts,
                table,
            } = &example.groups;
            let features: [&[(u32, f32)]; 5] = [
                shown(values, HIDE_VALUES),
                shown(words, HIDE_WORDS),
                shown(concepts, HIDE_CONCEPTS),
                table,
                shown(&known[at], HIDE_LEXICON),
            ];
            let features = || features.into_iter().flatten();
            let mut sums = biases;
            for (place, strength) in features() {
                let start = *place as usize * CLASSES;
                for (sum, weight) in sums.iter_mut().zip(&weights[start..start + CLASSES]) {
                    *sum += weight * strength;
                }
            }
            let likely = softmax(sums);
            if likely[example.class] > 0.997 {
                continue;
            }
            let slopes: Vec<(usize, f32)> = likely
                .iter()
                .enumerate()
                .map(|(class, share)| (class, share - f32::from(u8::from(class == example.class))))
                .filter(|(_, slope)| slope.abs() > 0.003)
                .collect();
            for (class, slope) in &slopes {
                bias_squares[*class] += slope * slope;
                biases[*class] -= RATE * slope / bias_squares[*class].sqrt();
            }
            for (place, strength) in features() {
                let start = *place as usize * CLASSES;
                for (class, slope) in &slopes {
                    let at = start + class;
                    let step = slope * strength + DECAY * weights[at];
                    squares[at] += step * step;
                    weights[at] -= RATE * step / squares[at].sqrt();
                }
            }
        }
    }
    Model::from_weights(&weights, biases)
}
