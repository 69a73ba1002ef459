//! Judges the engine and the baselines on systems that were left out, and how far confidence can be trusted.

use receivables::Field;

use super::super::assignment::assign;
use super::super::features::features;
use super::super::lexicon::Lexicon;
use super::super::model::{Calibration, Calibrations, Model, Verdict};
use super::super::{LEAST_CONFIDENCE, header::fold};
use super::generate::{Disorder, Table, table};
use super::layouts::Layout;
use super::learn::look_at;
use super::random::Random;

/// Tables judged of each layout.
const TABLES: usize = 5;

/// One column, judged.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub system: String,
    pub language: String,
    pub header: String,
    pub truth: Option<Field>,
    pub given: Option<Field>,
    pub verdict: Verdict,
    /// Before calibration.
    pub score: f32,
    pub confidence: f32,
}

impl Outcome {
    /// What would be shown: nothing below the least confidence.
    pub fn shown(&self) -> Option<Field> {
        self.given.filter(|_| self.confidence >= LEAST_CONFIDENCE)
    }
}

/// The tables a layout is judged on: headers as the system writes them, values never seen in training.
pub fn tables(layout: &Layout, name: &str) -> Vec<Table> {
    (0..TABLES)
        .map(|round| {
            table(
                layout,
                &[],
                Disorder::None,
                &mut Random::named(7_000_000 + round as u64, name),
            )
        })
        .collect()
}

/// The engine's outcomes on one layout, not yet calibrated.
pub fn judge(layout: &Layout, name: &str, model: &Model, lexicon: &Lexicon) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for made in tables(layout, name) {
        let seen = look_at(&made);
        let likely: Vec<_> = features(&seen, lexicon)
            .iter()
            .map(|features| model.probabilities(features))
            .collect();
        let given = assign(&seen, &likely, &[]);
        for ((column, seen), (given, score)) in made.columns.iter().zip(&seen).zip(given) {
            outcomes.push(Outcome {
                system: layout.system.clone(),
                language: layout.language.clone(),
                header: column.header.clone(),
                truth: column.field,
                given,
                verdict: Verdict::of(lexicon, &seen.header.folded, given),
                score,
                confidence: score,
            });
        }
    }
    outcomes
}

/// Counts over outcomes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Tally {
    pub columns: usize,
    pub needed: usize,
    pub right: usize,
    pub wrong: usize,
    pub wrong_when_sure: usize,
    pub shown_when_sure: usize,
}

impl Tally {
    pub fn of<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>) -> Tally {
        let mut tally = Tally::default();
        for outcome in outcomes {
            let shown = outcome.shown();
            tally.columns += 1;
            tally.needed += usize::from(outcome.truth.is_some());
            tally.right += usize::from(outcome.truth.is_some() && shown == outcome.truth);
            let wrong = shown.is_some() && shown != outcome.truth;
            tally.wrong += usize::from(wrong);
            if shown.is_some() && outcome.confidence >= 0.8 {
                tally.shown_when_sure += 1;
                tally.wrong_when_sure += usize::from(wrong);
            }
        }
        tally
    }

    pub fn right_share(&self) -> f64 {
        100.0 * self.right as f64 / self.needed.max(1) as f64
    }

    pub fn wrong_share(&self) -> f64 {
        100.0 * self.wrong as f64 / self.columns.max(1) as f64
    }

    /// Wrong at confidence 0.8 and above, of all columns.
    pub fn sure_wrong_share(&self) -> f64 {
        100.0 * self.wrong_when_sure as f64 / self.columns.max(1) as f64
    }

    /// Wrong at confidence 0.8 and above, of those given that confidence.
    pub fn wrong_of_sure(&self) -> f64 {
        100.0 * self.wrong_when_sure as f64 / self.shown_when_sure.max(1) as f64
    }
}

/// Fits confidence to what proved right: Platt's sigmoid over the score's log-odds, by Newton's method, kept as tables. Fields
/// given share one slope; how far names that others use are trusted beyond the rest is a shift of its own.
pub fn fit<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>) -> Calibrations {
    let mut points: [Vec<(f64, f64)>; 3] = Default::default();
    for outcome in outcomes {
        points[outcome.verdict as usize].push((
            log_odds(f64::from(outcome.score)),
            f64::from(u8::from(outcome.given == outcome.truth)),
        ));
    }
    let given = [&points[1][..], &points[2][..]].concat();
    let slope_of_given = Sigmoid::UNTOUCHED.fitted(&given, true).slope;
    let start = Sigmoid {
        slope: slope_of_given,
        ..Sigmoid::UNTOUCHED
    };
    let verdicts = [Verdict::Blank, Verdict::Field, Verdict::KnownField];
    Calibrations(verdicts.map(|verdict| {
        let own = &points[verdict as usize];
        match verdict {
            Verdict::Blank => Sigmoid::UNTOUCHED.fitted(own, true),
            Verdict::Field | Verdict::KnownField => start.fitted(own, false),
        }
        .table()
    }))
}

#[derive(Clone, Copy)]
struct Sigmoid {
    slope: f64,
    shift: f64,
}

impl Sigmoid {
    /// Confidence is the score itself.
    const UNTOUCHED: Sigmoid = Sigmoid {
        slope: 1.0,
        shift: 0.0,
    };

    fn at(self, odds: f64) -> f64 {
        1.0 / (1.0 + (-(self.slope * odds + self.shift)).exp())
    }

    /// A little pull towards the score itself keeps it well-behaved on few points.
    fn loss(self, points: &[(f64, f64)]) -> f64 {
        let misfit: f64 = points
            .iter()
            .map(|(odds, right)| {
                let sum = self.slope * odds + self.shift;
                sum.max(0.0) - sum * right + (-sum.abs()).exp().ln_1p()
            })
            .sum();
        misfit + 0.25 * ((self.slope - 1.0).powi(2) + self.shift * self.shift)
    }

    /// Begins at `self`; the slope stays unless it is `bent`.
    fn fitted(mut self, points: &[(f64, f64)], bent: bool) -> Sigmoid {
        for _ in 0..50 {
            let (mut pull, mut push) = (0.5 * (self.slope - 1.0), 0.5 * self.shift);
            let (mut ss, mut st, mut tt) = (0.5, 0.0, 0.5);
            for (odds, right) in points {
                let share = self.at(*odds);
                let (error, spread) = (share - right, share * (1.0 - share));
                pull += error * odds;
                push += error;
                ss += spread * odds * odds;
                st += spread * odds;
                tt += spread;
            }
            let scale = ss * tt - st * st;
            if scale.abs() < 1e-9 {
                break;
            }
            let (along, aside) = if bent {
                (
                    (tt * pull - st * push) / scale,
                    (ss * push - st * pull) / scale,
                )
            } else {
                (0.0, push / tt)
            };
            // Halved until it helps: a full step can overshoot where nearly all points are right.
            let before = self.loss(points);
            let better = (0..30)
                .map(|halving| 0.5_f64.powi(halving))
                .map(|step| Sigmoid {
                    slope: self.slope - step * along,
                    shift: self.shift - step * aside,
                })
                .find(|next| next.loss(points) < before);
            let Some(better) = better else { break };
            self = better;
        }
        self
    }

    fn table(self) -> Calibration {
        let knots = (0..=32).map(|step| {
            let odds = f64::from(step - 12) * 0.4;
            let score = 1.0 / (1.0 + (-odds).exp());
            (score as f32, self.at(odds) as f32)
        });
        Calibration(knots.collect())
    }
}

fn log_odds(score: f64) -> f64 {
    let score = score.clamp(0.001, 0.9995);
    (score / (1.0 - score)).ln()
}

/// Sets each outcome's confidence by a fit on all other systems.
pub fn cross_fit(outcomes: &mut [Outcome]) {
    let systems: std::collections::BTreeSet<String> = outcomes
        .iter()
        .map(|outcome| outcome.system.clone())
        .collect();
    for system in systems {
        let calibrations = fit(outcomes.iter().filter(|outcome| outcome.system != system));
        for outcome in outcomes
            .iter_mut()
            .filter(|outcome| outcome.system == system)
        {
            outcome.confidence = calibrations.confidence(outcome.verdict, outcome.score);
        }
    }
}

/// Names of columns by the rule of a widely used importer: an edit distance of at most two, case and all.
pub fn by_edit_distance(layout: &Layout, known: &[(String, Field)]) -> Vec<Option<Field>> {
    let mut used = std::collections::BTreeSet::new();
    layout
        .columns
        .iter()
        .map(|column| {
            let best = known
                .iter()
                .map(|(name, field)| (distance(&column.header, name), *field))
                .filter(|(far, _)| *far <= 2)
                .min_by_key(|(far, _)| *far)?;
            used.insert(best.1).then_some(best.1)
        })
        .collect()
}

/// Names of columns by an exact list of synonyms.
pub fn by_synonyms(layout: &Layout, lexicon: &Lexicon) -> Vec<Option<Field>> {
    let mut used = std::collections::BTreeSet::new();
    layout
        .columns
        .iter()
        .map(|column| {
            let field = lexicon.entry(&fold(&column.header))?.agreed()?.0?;
            used.insert(field).then_some(field)
        })
        .collect()
}

/// A baseline's guesses as outcomes; it knows no confidence, so each counts as sure.
pub fn outcomes_of(layout: &Layout, guesses: &[Option<Field>]) -> Vec<Outcome> {
    layout
        .columns
        .iter()
        .zip(guesses)
        .map(|(column, guess)| Outcome {
            system: layout.system.clone(),
            language: layout.language.clone(),
            header: column.header.clone(),
            truth: column.field,
            given: *guess,
            verdict: Verdict::Field,
            score: 1.0,
            confidence: 1.0,
        })
        .collect()
}

fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if one.len().abs_diff(other.len()) > 2 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.iter().enumerate() {
        let mut corner = row[0];
        row[0] = at + 1;
        for (slot, against) in other.iter().enumerate() {
            let change = corner + usize::from(letter != against);
            corner = row[slot + 1];
            row[slot + 1] = change.min(row[slot] + 1).min(corner + 1);
        }
    }
    row[other.len()]
}
