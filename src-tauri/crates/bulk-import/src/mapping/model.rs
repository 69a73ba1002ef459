//! The classifier: one weight per class and feature, and how far its probabilities have proved true.

use std::borrow::Cow;
use std::sync::OnceLock;

use receivables::Field;

use super::lexicon::Lexicon;
use super::place::{Features, WIDTH};

/// Written by the trainer.
const WEIGHTS: &[u8] = include_bytes!("weights.bin");
const MAGIC: &[u8; 4] = b"BIM2";
/// The fields, and "none of them" as the last.
pub const CLASSES: usize = Field::ALL.len() + 1;
/// The class of columns that are no field.
pub const NONE: usize = CLASSES - 1;

/// Probabilities by class.
pub type Probabilities = [f32; CLASSES];

/// Scores, rising, and the share that proved right at each.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Calibration(pub Vec<(f32, f32)>);

impl Calibration {
    /// The share that proved right at a score, between its neighbours.
    pub fn confidence(&self, score: f32) -> f32 {
        let Some(after) = self.0.iter().position(|(known, _)| *known >= score) else {
            return self.0.last().map_or(score, |(_, right)| *right);
        };
        let (high, right) = self.0[after];
        let Some((low, below)) = after.checked_sub(1).map(|before| self.0[before]) else {
            return right;
        };
        if high - low < 1e-6 {
            right
        } else {
            below + (right - below) * (score - low) / (high - low)
        }
    }
}

/// What a column got; the same score is trusted differently in each case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Blank,
    Field,
    /// A field that several systems mean by this very name.
    KnownField,
}

impl Verdict {
    /// Of a column's name, folded, and what it got.
    pub fn of(lexicon: &Lexicon, folded: &str, given: Option<Field>) -> Verdict {
        match given {
            None => Verdict::Blank,
            Some(field) if lexicon.vouches(folded, field) => Verdict::KnownField,
            Some(_) => Verdict::Field,
        }
    }
}

/// How far each verdict can be trusted, in the order in which [`Verdict`] names them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Calibrations(pub [Calibration; 3]);

impl Calibrations {
    /// The share of such verdicts that proved right at this score.
    pub fn confidence(&self, verdict: Verdict, score: f32) -> f32 {
        self.0[verdict as usize].confidence(score)
    }
}

/// Weights, one byte each, with a scale by class.
#[derive(Debug, Clone)]
pub struct Model {
    scales: [f32; CLASSES],
    biases: [f32; CLASSES],
    /// By feature, then by class.
    weights: Cow<'static, [u8]>,
    pub calibrations: Calibrations,
}

impl Model {
    /// The one shipped.
    pub fn shipped() -> &'static Model {
        static SHIPPED: OnceLock<Model> = OnceLock::new();
        SHIPPED.get_or_init(|| Model::read(Cow::Borrowed(WEIGHTS)).unwrap_or_else(Model::unlearned))
    }

    /// Knows nothing: every column is left blank.
    fn unlearned() -> Model {
        let mut biases = [0.0; CLASSES];
        biases[NONE] = 10.0;
        Model {
            scales: [0.0; CLASSES],
            biases,
            weights: Cow::Owned(vec![0; WIDTH * CLASSES]),
            calibrations: Calibrations::default(),
        }
    }

    /// Reads the trainer's file; nothing when it is not one of this version.
    pub fn read(file: Cow<'static, [u8]>) -> Option<Model> {
        let mut at = 0;
        let mut take = |count: usize| {
            let piece = file.get(at..at + count).map(<[u8]>::to_vec);
            at += count;
            piece
        };
        if take(4)? != MAGIC {
            return None;
        }
        let float = |bytes: &[u8]| Some(f32::from_le_bytes(bytes.try_into().ok()?));
        let mut scales = [0.0; CLASSES];
        let mut biases = [0.0; CLASSES];
        for slot in scales.iter_mut().chain(biases.iter_mut()) {
            *slot = float(&take(4)?)?;
        }
        let mut calibrations = Calibrations::default();
        for table in &mut calibrations.0 {
            let count = u32::from_le_bytes(take(4)?.try_into().ok()?);
            for _ in 0..count {
                table.0.push((float(&take(4)?)?, float(&take(4)?)?));
            }
        }
        let weights = match file {
            Cow::Borrowed(file) => Cow::Borrowed(file.get(at..)?),
            Cow::Owned(file) => Cow::Owned(file.get(at..)?.to_vec()),
        };
        (weights.len() == WIDTH * CLASSES).then_some(Model {
            scales,
            biases,
            weights,
            calibrations,
        })
    }

    /// The file that [`Model::read`] reads.
    #[cfg(feature = "training")]
    pub fn write(&self) -> Vec<u8> {
        let mut file = MAGIC.to_vec();
        for number in self.scales.iter().chain(&self.biases) {
            file.extend(number.to_le_bytes());
        }
        for table in &self.calibrations.0 {
            file.extend((table.0.len() as u32).to_le_bytes());
            for (score, right) in &table.0 {
                file.extend(score.to_le_bytes());
                file.extend(right.to_le_bytes());
            }
        }
        file.extend(self.weights.iter());
        file
    }

    /// Rounds learned weights, by feature then class, to a byte each.
    #[cfg(feature = "training")]
    pub fn from_weights(weights: &[f32], biases: [f32; CLASSES]) -> Model {
        let mut scales = [0.0_f32; CLASSES];
        for row in weights.chunks_exact(CLASSES) {
            for (scale, weight) in scales.iter_mut().zip(row) {
                *scale = scale.max(weight.abs() / 127.0);
            }
        }
        let rounded = weights
            .iter()
            .enumerate()
            .map(|(at, weight)| {
                let scale = scales[at % CLASSES];
                let steps = if scale > 0.0 {
                    (weight / scale).round() as i8
                } else {
                    0
                };
                steps.to_le_bytes()[0]
            })
            .collect();
        Model {
            scales,
            biases,
            weights: Cow::Owned(rounded),
            calibrations: Calibrations::default(),
        }
    }

    /// How likely each class is.
    pub fn probabilities(&self, features: &Features) -> Probabilities {
        let mut sums = [0.0_f32; CLASSES];
        for (place, strength) in features {
            let start = *place as usize * CLASSES;
            let Some(row) = self.weights.get(start..start + CLASSES) else {
                continue;
            };
            for (sum, weight) in sums.iter_mut().zip(row) {
                *sum += f32::from(i8::from_le_bytes([*weight])) * strength;
            }
        }
        for ((sum, scale), bias) in sums.iter_mut().zip(&self.scales).zip(&self.biases) {
            *sum = *sum * scale + bias;
        }
        softmax(sums)
    }
}

/// FNV-1a of a file, by which a changed one is noticed.
#[cfg(feature = "training")]
pub fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Sums to shares of one.
pub fn softmax(mut sums: Probabilities) -> Probabilities {
    let most = sums.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut all = 0.0;
    for sum in &mut sums {
        *sum = (*sum - most).exp();
        all += *sum;
    }
    sums.iter_mut().for_each(|sum| *sum /= all);
    sums
}
