//! What the dates of a column say about the order of day, month and year.

use std::collections::{BTreeMap, BTreeSet};

use super::{LISTED, OUTWEIGHS, Sort, also_contradicting, also_unreadable};
use crate::plan::{Format, Question, Reading};
use crate::table::CellKind;
use crate::values::date::{DateOrder, Readings};

#[derive(Debug, Default)]
pub(super) struct DateTally {
    /// Dates that say their order themselves.
    certain: Sort,
    /// By the orders in which they can be read, and whether it makes a difference.
    open: BTreeMap<(BTreeSet<DateOrder>, bool), Sort>,
    /// Separator and length of those.
    pub(super) shapes: BTreeSet<(char, usize)>,
    unreadable: Sort,
    /// Cells that are dates to the workbook, and the latest day of the month among them.
    real: u64,
    latest_day: i8,
}

impl DateTally {
    pub(super) fn look(&mut self, text: &str, kind: CellKind, row: u64) {
        let readings = Readings::of(text);
        if let Some(date) = readings.certain {
            self.certain.add(text, row);
            if kind == CellKind::Date {
                self.real += 1;
                self.latest_day = self.latest_day.max(date.day());
            }
            return;
        }
        let orders: BTreeSet<DateOrder> = readings.orders().collect();
        if orders.is_empty() {
            self.unreadable.add(text, row);
            return;
        }
        let days: BTreeSet<_> = orders
            .iter()
            .filter_map(|order| readings.under(*order))
            .collect();
        let shape = (
            text.chars()
                .find(|letter| !letter.is_ascii_digit())
                .unwrap_or(' '),
            text.rsplit(|letter: char| !letter.is_ascii_digit())
                .next()
                .map_or(0, str::len),
        );
        if self.shapes.len() < 16 {
            self.shapes.insert(shape);
        }
        self.open
            .entry((orders, days.len() > 1))
            .or_default()
            .add(text, row);
    }

    pub(super) fn format(&self) -> Format {
        let mut format = self.verdict();
        // Opened under another country's settings, a spreadsheet turns 03/04 into a date of its own order and leaves
        // 13/04 a text. Nothing in the file can tell the turned ones from right ones, so it is said.
        if self.real >= 3 && self.latest_day <= 12 && !self.open.is_empty() {
            format.evidence.push_str(&format!(
                " Careful: {} cells are dates of the workbook, none after the 12th, and the others are text. A spreadsheet \
                 may have swapped day and month in them; compare one with its invoice.",
                self.real
            ));
        }
        also_unreadable(&mut format.evidence, &self.unreadable, "date");
        format
    }

    fn verdict(&self) -> Format {
        let total: u64 = self.open.values().map(|sort| sort.count).sum();
        let all = total + self.certain.count;
        if total == 0 {
            let order = (self.certain.count > 0).then_some(DateOrder::Ymd);
            let evidence = match self.certain.count {
                0 => "No values.".to_owned(),
                count => format!(
                    "All {count} values say themselves what is what, such as {}.",
                    self.certain.example()
                ),
            };
            return Format {
                date_order: order,
                evidence,
                ..Format::default()
            };
        }
        let possible = self.possible();
        match possible.as_slice() {
            [] => self.mixture(&self.orders(), all),
            [order] => self.decided(*order, all),
            [first, ..] => {
                let telling = self.open.iter().find(|((orders, differs), _)| {
                    *differs
                        && possible
                            .iter()
                            .filter(|order| orders.contains(order))
                            .count()
                            > 1
                });
                match telling {
                    Some((_, sort)) => Format {
                        evidence: format!(
                            "{} could be {}, and none of {all} values decides it.",
                            sort.example(),
                            possible
                                .iter()
                                .map(|order| order.words())
                                .collect::<Vec<_>>()
                                .join(" or ")
                        ),
                        question: date_question(&sort.first[0].value, &possible),
                        ..Format::default()
                    },
                    None => Format {
                        date_order: Some(*first),
                        evidence: format!(
                            "All {all} values mean the same day whichever part comes first."
                        ),
                        ..Format::default()
                    },
                }
            }
        }
    }

    /// Orders in which some value can be read.
    fn orders(&self) -> Vec<DateOrder> {
        let known = |order: &DateOrder| self.open.keys().any(|(known, _)| known.contains(order));
        DateOrder::ALL.into_iter().filter(known).collect()
    }

    /// Orders in which every value can be read.
    fn possible(&self) -> Vec<DateOrder> {
        let fits = |order: &DateOrder| self.open.keys().all(|(known, _)| known.contains(order));
        self.orders().into_iter().filter(fits).collect()
    }

    /// Whether its values leave one order only. Days that are the same either way say nothing about other columns.
    pub(super) fn decides(&self) -> bool {
        self.possible().len() == 1
    }

    fn decided(&self, order: DateOrder, all: u64) -> Format {
        let deciding: Vec<&Sort> = self
            .open
            .iter()
            .filter(|((orders, _), _)| orders.len() == 1)
            .map(|(_, sort)| sort)
            .collect();
        let count: u64 = deciding.iter().map(|sort| sort.count).sum();
        let evidence = match deciding.first() {
            Some(first) => {
                format!(
                    "{} can only be {}; {count} of {all} values decide it.",
                    first.example(),
                    order.words()
                )
            }
            // Two values that each rule out another order.
            None => format!("Only {} fits all of {all} values.", order.words()),
        };
        Format {
            date_order: Some(order),
            evidence: capitalised(&evidence),
            ..Format::default()
        }
    }

    /// No order fits all values: the one that nearly all are in, with the others listed, or else a question.
    fn mixture(&self, orders: &[DateOrder], all: u64) -> Format {
        let against = |order: DateOrder, other: DateOrder| -> u64 {
            let sorts = self
                .open
                .iter()
                .filter(|((orders, _), _)| orders.contains(&order) && !orders.contains(&other));
            sorts.map(|(_, sort)| sort.count).sum()
        };
        let clear = orders.iter().copied().find(|order| {
            let others = orders.iter().filter(|other| *other != order);
            let mut others = others.map(|other| (against(*order, *other), against(*other, *order)));
            others.all(|(pro, contra)| pro > contra.saturating_mul(OUTWEIGHS))
        });
        let unlike = |order: DateOrder| {
            let sorts = self
                .open
                .iter()
                .filter(move |((orders, _), _)| !orders.contains(&order));
            sorts.map(|(_, sort)| sort)
        };
        if let Some(order) = clear {
            let mut format = self.decided(order, all);
            let decides = self
                .open
                .iter()
                .find(|((orders, _), _)| orders.len() == 1 && orders.contains(&order));
            format.evidence = match decides {
                Some((_, sort)) => format!(
                    "{} can only be {}, as nearly all values.",
                    sort.example(),
                    order.words()
                ),
                None => format!("Nearly all values are {}.", order.words()),
            };
            format.contradicting = unlike(order)
                .flat_map(|sort| sort.first.clone())
                .take(LISTED)
                .collect();
            format.contradicting.sort_by_key(|other| other.row);
            let count = unlike(order).map(|sort| sort.count).sum();
            also_contradicting(&mut format.evidence, &format.contradicting, count);
            return format;
        }
        let examples: Vec<String> = self.open.values().take(3).map(Sort::example).collect();
        let value = self
            .open
            .values()
            .next()
            .and_then(|sort| sort.first.first())
            .map(|first| first.value.clone());
        Format {
            evidence: format!(
                "The values are of different orders: {}.",
                examples.join("; ")
            ),
            question: value.and_then(|value| date_question(&value, orders)),
            ..Format::default()
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

fn date_question(value: &str, orders: &[DateOrder]) -> Option<Question> {
    let readings = Readings::of(value);
    let choice = |order: &DateOrder| Reading {
        decimal: None,
        date_order: Some(*order),
        meaning: readings
            .under(*order)
            .map_or_else(|| "not read".to_owned(), |date| date.to_string()),
    };
    Some(Question {
        value: value.to_owned(),
        choices: orders.iter().map(choice).collect(),
    })
}
