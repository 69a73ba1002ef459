//! Learns the mapping from declared layouts and says how good it is. Only the trainer uses it; nothing of it ships.

mod card;
mod cells;
mod evaluate;
mod generate;
mod layouts;
mod learn;
mod ledger;
mod locales;
mod plot;
mod random;
mod style;

use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use receivables::Field;

use card::Card;
use evaluate::{Outcome, by_edit_distance, by_synonyms, cross_fit, fit, judge, outcomes_of};
use layouts::Layout;
use learn::Lessons;

const SEED: u64 = 20_261_121;

/// What a developer would list as other names of each field for an importer that compares names only.
const ENGLISH_NAMES: &str = "creditor_reference:Invoice Number,Invoice No,InvoiceNumber,Reference|case_date:Invoice Date,InvoiceDate,Date|due_date:Due Date,DueDate|amount:Amount,Total,Balance,Amount Due|currency:Currency,Currency Code|debtor_name:Name,Customer,Customer Name,Company|debtor_type:Type|debtor_email:Email,E-mail|debtor_phone:Phone,Telephone|debtor_address:Address,Street|debtor_city:City,Town|debtor_zip:Zip,Postcode,Postal Code|debtor_state:State,Province|debtor_country:Country|company_registration_number:Company Number,Registration Number|contact_person:Contact,Contact Person|description:Description|comments:Comments,Notes";

/// What is wanted of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Judge, learn from everything, write weights, names and model card.
    Learn,
    /// Judge as for the model card; nothing is written.
    Judge,
    /// Judge roughly, a dozen groups of systems left out in turn, and list the mistakes; nothing is written.
    Glance,
}

/// Trains and judges; `say` hears how it goes.
///
/// # Errors
/// A file that could not be read or written.
pub fn run(folder: &Path, task: Task, say: &(dyn Fn(&str) + Sync)) -> Result<(), String> {
    let training = folder.join("training");
    let layouts = layouts::read(&training.join("layouts"))?;
    let held = layouts::read(&training.join("heldback"))?;
    let all: Vec<&Layout> = layouts.iter().collect();
    say(&format!(
        "{} layouts, {} held back; making tables",
        layouts.len(),
        held.len()
    ));
    let lessons = Lessons::prepare(&all, SEED);

    let folds: Vec<Vec<&str>> = if task == Task::Glance {
        (0..12)
            .map(|fold| {
                lessons
                    .systems
                    .iter()
                    .copied()
                    .skip(fold)
                    .step_by(12)
                    .collect()
            })
            .collect()
    } else {
        lessons.systems.iter().map(|system| vec![*system]).collect()
    };
    say(&format!(
        "{} systems, {} folds",
        lessons.systems.len(),
        folds.len()
    ));
    let mut outcomes = leave_out(&lessons, &folds, say);
    let calibrations = fit(&outcomes);
    cross_fit(&mut outcomes);

    say("the held-back systems");
    let model = lessons.learn(&[], SEED);
    let lexicon = lessons.lexicon(&[]);
    let mut unseen: Vec<Outcome> = held
        .iter()
        .flat_map(|layout| {
            judge(
                layout,
                &format!("held/{}/{}", layout.system, layout.language),
                &model,
                &lexicon,
            )
        })
        .collect();
    for outcome in &mut unseen {
        outcome.confidence = calibrations.confidence(outcome.verdict, outcome.score);
    }

    let (edit, synonyms) = baselines(&all, &lessons);
    let card = Card {
        layouts: &layouts,
        held: &held,
        outcomes: &outcomes,
        unseen: &unseen,
        edit: &edit,
        synonyms: &synonyms,
    };
    if task == Task::Glance {
        say(&card.summary());
        say(&card.mistakes());
        return Ok(());
    }
    say(&card.against_aims());
    if task == Task::Judge {
        return Ok(());
    }

    say("learning from everything");
    let everything: Vec<&Layout> = layouts.iter().chain(&held).collect();
    let lessons = Lessons::prepare(&everything, SEED);
    let mut shipped = lessons.learn(&[], SEED);
    shipped.calibrations = calibrations;
    let weights = shipped.write();
    let mapping = folder.join("src/mapping");
    write(&mapping.join("weights.bin"), &weights)?;
    write(
        &mapping.join("lexicon.tsv"),
        lessons.lexicon(&[]).write().as_bytes(),
    )?;
    write(
        &training.join("MODEL_CARD.md"),
        card.text(&weights).as_bytes(),
    )?;
    write(&training.join("calibration.svg"), card.plot().as_bytes())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}

/// Learns without each group of systems in turn and judges on it.
fn leave_out(
    lessons: &Lessons<'_>,
    folds: &[Vec<&str>],
    say: &(dyn Fn(&str) + Sync),
) -> Vec<Outcome> {
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, Vec<Outcome>)>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(out) = folds.get(at) else { break };
                    let model = lessons.learn(out, SEED);
                    let lexicon = lessons.lexicon(out);
                    let mut outcomes = Vec::new();
                    for (number, layout) in lessons.layouts.iter().enumerate() {
                        if out.contains(&layout.system.as_str()) {
                            let name = format!("{}/{}/{number}", layout.system, layout.language);
                            outcomes.extend(judge(layout, &name, &model, &lexicon));
                        }
                    }
                    if at % 10 == 9 {
                        say(&format!("  {} of {}", at + 1, folds.len()));
                    }
                    if let Ok(mut results) = results.lock() {
                        results.push((at, outcomes));
                    }
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_default();
    results.sort_by_key(|(at, _)| *at);
    results
        .into_iter()
        .flat_map(|(_, outcomes)| outcomes)
        .collect()
}

/// The two baselines on the same layouts. The edit-distance rule gets the English names a developer would list and, to
/// its advantage, every name the other systems use.
fn baselines(layouts: &[&Layout], lessons: &Lessons<'_>) -> (Vec<Outcome>, Vec<Outcome>) {
    let english: Vec<(String, Field)> = ENGLISH_NAMES
        .split('|')
        .filter_map(|line| line.split_once(':'))
        .filter_map(|(field, names)| Some((field.parse::<Field>().ok()?, names)))
        .flat_map(|(field, names)| {
            std::iter::once((field.name().to_owned(), field))
                .chain(names.split(',').map(move |name| (name.to_owned(), field)))
        })
        .collect();
    let (mut edit, mut synonyms) = (Vec::new(), Vec::new());
    for layout in layouts {
        let mut known = english.clone();
        let others = layouts.iter().filter(|other| other.system != layout.system);
        known.extend(
            others
                .flat_map(|other| &other.columns)
                .filter_map(|column| Some((column.header.clone(), column.field?))),
        );
        edit.extend(outcomes_of(layout, &by_edit_distance(layout, &known)));
        let lexicon = lessons.lexicon(&[&layout.system]);
        synonyms.extend(outcomes_of(layout, &by_synonyms(layout, &lexicon)));
    }
    (edit, synonyms)
}
