//! The model card: what was learned from, how good it is where it was not taught, and where it is weak.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::evaluate::{Outcome, Tally};
use super::layouts::Layout;

/// Everything the card reports on.
pub struct Card<'a> {
    pub layouts: &'a [Layout],
    pub held: &'a [Layout],
    pub outcomes: &'a [Outcome],
    pub unseen: &'a [Outcome],
    pub edit: &'a [Outcome],
    pub synonyms: &'a [Outcome],
}

/// One band of confidence.
struct Band {
    name: &'static str,
    low: f32,
    high: f32,
}

const BANDS: [Band; 3] = [
    Band {
        name: "0.50 to 0.80",
        low: 0.5,
        high: 0.8,
    },
    Band {
        name: "0.80 to 0.95",
        low: 0.8,
        high: 0.95,
    },
    Band {
        name: "0.95 and above",
        low: 0.95,
        high: 1.01,
    },
];

impl Card<'_> {
    /// The figures, for whoever waits.
    pub fn summary(&self) -> String {
        let mut text = String::new();
        for (name, outcomes) in self.methods() {
            let tally = Tally::of(outcomes);
            let _ = writeln!(
                text,
                "{name:<28} needed right {:5.1} %  wrong {:4.2} %  wrong at 0.8+ {:4.2} % (of those {:4.2} %)  {} columns",
                tally.right_share(),
                tally.wrong_share(),
                tally.sure_wrong_share(),
                tally.wrong_of_sure(),
                tally.columns
            );
        }
        for outcomes in [self.outcomes, self.unseen] {
            for (band, count, mean, right) in bands(outcomes) {
                let _ = writeln!(
                    text,
                    "  band {} : {count} columns, mean {mean:.3}, right {right:.3}",
                    band.name
                );
            }
        }
        for (language, tally) in by_language(self.outcomes) {
            let _ = write!(
                text,
                "{language} {:.1}/{:.1}  ",
                tally.right_share(),
                tally.wrong_share()
            );
        }
        text
    }

    /// The figures beside what they should be.
    pub fn against_aims(&self) -> String {
        let mut text = self.summary() + "\n\n";
        let mut aim = |what: &str, figure: String, met: bool| {
            let verdict = if met { "met" } else { "MISSED" };
            let _ = writeln!(text, "{what:<64} {figure:>22}  {verdict}");
        };
        for (name, outcomes) in &self.methods()[..2] {
            let tally = Tally::of(*outcomes);
            let [right, wrong, sure] = [
                tally.right_share(),
                tally.wrong_share(),
                tally.sure_wrong_share(),
            ];
            let of = |what: &str| format!("{name}: {what}");
            let percent = |share: f64| format!("{share:.2} %");
            aim(
                &of("needed right, at least 92 %"),
                percent(right),
                right >= 92.0,
            );
            aim(&of("wrong, under 2 %"), percent(wrong), wrong < 2.0);
            aim(
                &of("wrong at 0.8 and above, under 1 %"),
                percent(sure),
                sure < 1.0,
            );
        }
        for (range, count, _, right) in bands(self.outcomes) {
            let (low, high) = (f64::from(range.low) - 0.05, f64::from(range.high) + 0.05);
            aim(
                &format!(
                    "share right at {}, within 5 points, of at least 200",
                    range.name
                ),
                format!("{:.1} % of {count}", right * 100.0),
                count >= 200 && (low..=high).contains(&right),
            );
        }
        text
    }

    /// What went wrong, most frequent first.
    pub fn mistakes(&self) -> String {
        let mut counts: BTreeMap<String, (usize, f32)> = BTreeMap::new();
        for outcome in self
            .outcomes
            .iter()
            .filter(|outcome| outcome.shown() != outcome.truth)
        {
            let name =
                |field: Option<receivables::Field>| field.map_or("-", receivables::Field::name);
            let key = format!(
                "{} [{}] ‹{}› is {}, got {}",
                outcome.system,
                outcome.language,
                outcome.header,
                name(outcome.truth),
                name(outcome.shown())
            );
            let entry = counts.entry(key).or_default();
            entry.0 += 1;
            entry.1 += outcome.confidence;
        }
        let mut lines: Vec<(usize, String)> = counts
            .into_iter()
            .map(|(key, (count, sum))| {
                (count, format!("{count} {key} ({:.2})", sum / count as f32))
            })
            .collect();
        lines.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
        lines.into_iter().map(|(_, line)| line + "\n").collect()
    }

    fn methods(&self) -> [(&'static str, &[Outcome]); 4] {
        [
            ("engine, systems left out", self.outcomes),
            ("engine, systems held back", self.unseen),
            ("plain synonyms", self.synonyms),
            ("edit distance of two", self.edit),
        ]
    }

    /// The card as it is committed.
    pub fn text(&self, weights: &[u8]) -> String {
        let systems = |layouts: &[Layout]| {
            layouts
                .iter()
                .map(|layout| layout.system.as_str())
                .collect::<std::collections::BTreeSet<_>>()
                .len()
        };
        let sourced =
            |layouts: &[Layout]| layouts.iter().filter(|layout| layout.is_sourced()).count();
        let mut text = String::from(INTRODUCTION);
        let _ = writeln!(text, "\n## What it learned from\n");
        let _ = writeln!(
            text,
            "| | systems | layouts | columns | layouts whose column names stand on a public page | layouts composed from a vendor's field names |\n| --- | --- | --- | --- | --- | --- |"
        );
        for (name, layouts) in [("training", self.layouts), ("held back", self.held)] {
            let columns: usize = layouts.iter().map(|layout| layout.columns.len()).sum();
            let _ = writeln!(
                text,
                "| {name} | {} | {} | {columns} | {} | {} |",
                systems(layouts),
                layouts.len(),
                sourced(layouts),
                layouts.len() - sourced(layouts)
            );
        }
        let mut kinds: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for layout in self.layouts.iter().chain(self.held) {
            *kinds.entry((&layout.language, &layout.kind)).or_default() += 1;
        }
        let names = ["invoices", "open-items", "ledger", "customers"];
        let _ = writeln!(
            text,
            "\nLayouts by language and kind:\n\n| | {} |\n| --- | --- | --- | --- | --- |",
            names.join(" | ")
        );
        let languages: std::collections::BTreeSet<&str> =
            kinds.keys().map(|(language, _)| *language).collect();
        for language in languages {
            let counts = names.map(|kind| {
                kinds
                    .get(&(language, kind))
                    .copied()
                    .unwrap_or(0)
                    .to_string()
            });
            let _ = writeln!(text, "| {language} | {} |", counts.join(" | "));
        }
        self.results(&mut text);
        let _ = writeln!(
            text,
            "\n## The file\n\n`src/mapping/weights.bin`: {} bytes, FNV-1a `{:016x}`. `cargo xtask train` writes the same bytes again.",
            weights.len(),
            super::super::model::checksum(weights)
        );
        text
    }

    fn results(&self, text: &mut String) {
        let _ = writeln!(text, "{RESULTS}");
        let _ = writeln!(
            text,
            "| method | needed fields right | all columns wrong | wrong at confidence 0.8 and above, of all columns | of the columns given that confidence | columns judged |\n| --- | --- | --- | --- | --- | --- |"
        );
        for (name, outcomes) in self.methods() {
            let tally = Tally::of(outcomes);
            let _ = writeln!(
                text,
                "| {name} | {:.1} % | {:.2} % | {:.2} % | {:.2} % | {} |",
                tally.right_share(),
                tally.wrong_share(),
                tally.sure_wrong_share(),
                tally.wrong_of_sure(),
                tally.columns
            );
        }
        let _ = writeln!(text, "{BASELINES}");
        for (title, outcomes) in [
            ("Systems left out", self.outcomes),
            ("Systems held back", self.unseen),
        ] {
            let _ = writeln!(
                text,
                "\n### {title}: confidence against what proved right\n\n| band | columns | mean confidence | share right |\n| --- | --- | --- | --- |"
            );
            for (band, count, mean, right) in bands(outcomes) {
                let _ = writeln!(text, "| {} | {count} | {mean:.3} | {right:.3} |", band.name);
            }
        }
        let _ = writeln!(
            text,
            "\n![confidence against the share right](calibration.svg)"
        );
        let languages = by_language(self.outcomes);
        let worst = languages
            .iter()
            .min_by(|one, other| one.1.right_share().total_cmp(&other.1.right_share()));
        let _ = writeln!(
            text,
            "\n### Languages, systems left out\n\nThe worst is {}.\n\n| language | needed fields right | all columns wrong | columns |\n| --- | --- | --- | --- |",
            worst.map_or("none", |(language, _)| language)
        );
        for (language, tally) in &languages {
            let _ = writeln!(
                text,
                "| {language} | {:.1} % | {:.2} % | {} |",
                tally.right_share(),
                tally.wrong_share(),
                tally.columns
            );
        }
        let mut fields: BTreeMap<&str, Vec<Outcome>> = BTreeMap::new();
        for outcome in self.outcomes {
            if let Some(field) = outcome.truth {
                fields
                    .entry(field.name())
                    .or_default()
                    .push(outcome.clone());
            }
        }
        let _ = writeln!(
            text,
            "\n### Fields, systems left out\n\n| field | found | columns |\n| --- | --- | --- |"
        );
        for (field, outcomes) in fields {
            let tally = Tally::of(&outcomes);
            let _ = writeln!(
                text,
                "| {field} | {:.1} % | {} |",
                tally.right_share(),
                tally.columns
            );
        }
    }
}

pub(super) fn band(outcomes: &[Outcome], low: f32, high: f32) -> (usize, f64, f64) {
    let inside: Vec<&Outcome> = outcomes
        .iter()
        .filter(|outcome| outcome.shown().is_some() && (low..high).contains(&outcome.confidence))
        .collect();
    let count = inside.len().max(1) as f64;
    let mean = inside
        .iter()
        .map(|outcome| f64::from(outcome.confidence))
        .sum::<f64>()
        / count;
    let right = inside
        .iter()
        .filter(|outcome| outcome.shown() == outcome.truth)
        .count() as f64
        / count;
    (inside.len(), mean, right)
}

fn bands(outcomes: &[Outcome]) -> Vec<(&'static Band, usize, f64, f64)> {
    BANDS
        .iter()
        .map(|range| {
            let (count, mean, right) = band(outcomes, range.low, range.high);
            (range, count, mean, right)
        })
        .collect()
}

fn by_language(outcomes: &[Outcome]) -> Vec<(String, Tally)> {
    let mut groups: BTreeMap<&str, Vec<Outcome>> = BTreeMap::new();
    for outcome in outcomes {
        groups
            .entry(&outcome.language)
            .or_default()
            .push(outcome.clone());
    }
    groups
        .into_iter()
        .map(|(language, outcomes)| (language.to_owned(), Tally::of(&outcomes)))
        .collect()
}

const INTRODUCTION: &str = "\
# Model card: which column means which field of a case

Written by `cargo xtask train`; do not edit. Softmax regression over hashed features of a column's header (words, pieces of
three to five letters, concepts of a general vocabulary in fifteen languages), its values' looks, how they stand to other
columns' values, and what else the table holds; 18 fields and \"none\". Fields are then given one column each so that the
whole table is most likely. All of it runs on the user's machine.
";

const RESULTS: &str = "
## How good it is on systems it was not taught

*Left out*: each system in turn is taken out with all its layouts and languages, everything is learned anew from the rest,
and it is judged on the system's own headers with fresh values. Its column names are taken out of the list of known names
too, and out of the tables of other systems that had borrowed a column of it. What stays is the vocabulary
(`src/mapping/vocabulary.txt`): words as a dictionary of bookkeeping has them. It was written before the layouts and from
no list of theirs, but by the same author, who knew such exports; so it is likely to hold words that a dictionary in
innocent hands would lack. The same holds for the weights of the training (rounds, rates, thresholds) and for a few
additions to the vocabulary, which were chosen by looking at left-out figures. *Held back* systems are the check on that:
their layouts, all from public pages, were not learned from and their mistakes not looked at; only their totals were
seen while choosing, and no choice was made by them.

Values are generated in each country's formats; some tables write a currency beside each amount, negative amounts in
brackets, words such as `n/a` for nothing, and remarks where a value should be. Real files have odder ones and more gaps, so
expect somewhat less. To some tables that are learned from, never to those judged, a column is added that is called no more
than `Type` and tells companies from private people. Each layout counts five tables. Confidence of left-out systems is fitted
on the other systems only; a name by which several systems mean the field given is trusted more than the score alone says.
";

const BASELINES: &str = "
Baselines on the left-out layouts: *plain synonyms* is exact comparison, folded, with every name the other systems use;
*edit distance of two* is the rule of react-spreadsheet-import (raw, case-sensitive, at most two edits to the field's name
or an alternate), given the English names a developer would list and every name the other systems use. They know no
confidence, so each of their guesses counts as sure.";
