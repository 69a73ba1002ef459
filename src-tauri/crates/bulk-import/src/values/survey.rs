//! Which format a column is in: all its values decide together, and where they do not, that is said and asked.

use std::collections::{BTreeMap, BTreeSet};

use super::amount::{self, DecimalSign, read_amount};
use super::date::{DateOrder, Readings};
use crate::plan::{Contradiction, Format, Question, Reading};
use crate::table::{CellKind, Role, Row, Table, TableError};

/// What a column is to be read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Amount,
    Date,
}

/// One sort of values may contradict another that is this many times as common; more even mixtures are asked about.
const OUTWEIGHS: u64 = 20;
/// Contradictions that are listed; each row has its own problem besides.
const LISTED: usize = 20;

/// Reads every row of a table once and says how each of the columns is written.
///
/// # Errors
/// Those of reading the table.
pub fn survey(table: &Table, columns: &[(usize, Kind)]) -> Result<Vec<Format>, TableError> {
    let mut survey = Survey::of(columns);
    if !columns.is_empty() {
        for entry in table.rows()? {
            let (row, role) = entry?;
            if role == Role::Data && row.flaw.is_none() {
                survey.look(&row);
            }
        }
    }
    Ok(survey.formats(&table.found().columns))
}

/// Gathers what the values of columns say about their formats.
#[derive(Debug)]
pub struct Survey(Vec<(usize, Tally)>);

#[derive(Debug)]
enum Tally {
    Amount(AmountTally),
    Date(DateTally),
}

impl Survey {
    /// A survey of these columns that has seen nothing yet.
    pub fn of(columns: &[(usize, Kind)]) -> Survey {
        let tally = |(index, kind): &(usize, Kind)| match kind {
            Kind::Amount => (*index, Tally::Amount(AmountTally::default())),
            Kind::Date => (*index, Tally::Date(DateTally::default())),
        };
        Survey(columns.iter().map(tally).collect())
    }

    /// Takes one row into account.
    pub fn look(&mut self, row: &Row) {
        for (index, tally) in &mut self.0 {
            let text = row.get(*index).trim();
            if !text.is_empty() {
                match tally {
                    Tally::Amount(tally) => tally.look(text, row.kind(*index), row.number),
                    Tally::Date(tally) => tally.look(text, row.kind(*index), row.number),
                }
            }
        }
    }

    /// The formats, in the order of the columns given. What one column leaves open, another of the same file that is
    /// written alike may decide; `names` are the columns' names for saying so.
    pub fn formats(&self, names: &[String]) -> Vec<Format> {
        let mut formats: Vec<Format> = self
            .0
            .iter()
            .map(|(_, tally)| match tally {
                Tally::Amount(tally) => tally.format(),
                Tally::Date(tally) => tally.format(),
            })
            .collect();
        let own = formats.clone();
        for (format, (_, tally)) in formats.iter_mut().zip(&self.0) {
            let Some(question) = &format.question else {
                continue;
            };
            let decided = self
                .0
                .iter()
                .zip(&own)
                .find_map(|((index, other), decided)| {
                    let fits = decided.question.is_none()
                        && decided.contradicting.is_empty()
                        && other.written_like(tally);
                    let reading = |reading: &&Reading| {
                        (reading.decimal.is_some() && reading.decimal == decided.decimal)
                            || (reading.date_order.is_some()
                                && reading.date_order == decided.date_order)
                    };
                    let reading = question.choices.iter().find(reading).filter(|_| fits)?;
                    Some((*index, reading.clone(), decided.evidence.clone()))
                });
            if let Some((index, reading, evidence)) = decided {
                let name = names.get(index).filter(|name| !name.is_empty()).cloned();
                let name = name.unwrap_or_else(|| format!("column {}", index + 1));
                format.evidence = format!("Written like “{name}”, where: {evidence}");
                format.decimal = reading.decimal;
                format.date_order = reading.date_order;
                format.question = None;
            }
        }
        formats
    }
}

impl Tally {
    /// Whether a verdict on this column holds for the other, undecided one too.
    fn written_like(&self, undecided: &Tally) -> bool {
        match (self, undecided) {
            (Tally::Amount(this), Tally::Amount(other)) => {
                this.mixed == 0 && other.point.count == 0 && other.comma.count == 0
            }
            (Tally::Date(this), Tally::Date(other)) => {
                !this.shapes.is_empty() && other.shapes.is_subset(&this.shapes)
            }
            _ => false,
        }
    }
}

/// Values of one sort: how many, and the first of them.
#[derive(Debug, Default, Clone)]
struct Sort {
    count: u64,
    first: Vec<Contradiction>,
}

impl Sort {
    fn add(&mut self, text: &str, row: u64) {
        self.count += 1;
        if self.first.len() < LISTED {
            self.first.push(Contradiction {
                row,
                value: text.chars().take(60).collect(),
            });
        }
    }

    /// The first value and where it stands, in words.
    fn example(&self) -> String {
        self.first
            .first()
            .map(|first| format!("{} in row {}", first.value, first.row))
            .unwrap_or_default()
    }
}

fn also_unreadable(evidence: &mut String, unreadable: &Sort, what: &str) {
    match unreadable.count {
        0 => {}
        1 => evidence.push_str(&format!(
            " One value is no {what}: {}.",
            unreadable.example()
        )),
        count => evidence.push_str(&format!(
            " {count} values are no {what}s, the first {}.",
            unreadable.example()
        )),
    }
}

fn also_contradicting(evidence: &mut String, contradicting: &[Contradiction], count: u64) {
    let listed: Vec<String> = contradicting
        .iter()
        .take(3)
        .map(|other| format!("{} in row {}", other.value, other.row))
        .collect();
    let and_more = if count > 3 { ", …" } else { "" };
    evidence.push_str(&format!(
        " {count} contradict and are not read: {}{and_more}.",
        listed.join(", ")
    ));
}

#[derive(Debug, Default)]
struct AmountTally {
    /// Numbers of a workbook, which have no decimal sign until they are shown.
    numbers: u64,
    whole: u64,
    /// Read with a point only, with a comma only, and differently with each.
    point: Sort,
    comma: Sort,
    either: Sort,
    unreadable: Sort,
    mixed: u64,
}

impl AmountTally {
    fn look(&mut self, text: &str, kind: CellKind, row: u64) {
        if kind == CellKind::Number {
            self.numbers += 1;
            return;
        }
        match amount::hint(text) {
            amount::Hint::Neutral => self.whole += 1,
            amount::Hint::Only(DecimalSign::Point) => self.point.add(text, row),
            amount::Hint::Only(DecimalSign::Comma) => self.comma.add(text, row),
            amount::Hint::Either => self.either.add(text, row),
            amount::Hint::NotAnAmount => self.unreadable.add(text, row),
        }
        self.mixed = self.point.count.min(self.comma.count);
    }

    fn format(&self) -> Format {
        let (sign, most, fewest) = if self.point.count >= self.comma.count {
            (DecimalSign::Point, &self.point, &self.comma)
        } else {
            (DecimalSign::Comma, &self.comma, &self.point)
        };
        let mut format = Format::default();
        if most.count > fewest.count.saturating_mul(OUTWEIGHS) {
            format.decimal = Some(sign);
            let name = if sign == DecimalSign::Point {
                "Decimal point"
            } else {
                "Decimal comma"
            };
            format.evidence = format!(
                "{name}: {} can be read no other way; {} of {} values say so.",
                most.example(),
                most.count,
                self.readable()
            );
            if fewest.count > 0 {
                also_contradicting(&mut format.evidence, &fewest.first, fewest.count);
                format.contradicting = fewest.first.clone();
            }
        } else if fewest.count > 0 {
            format.evidence = format!(
                "{} values have a decimal point ({}), {} a decimal comma ({}).",
                self.point.count,
                self.point.example(),
                self.comma.count,
                self.comma.example()
            );
            format.question = question(
                &fewest.first[0].value,
                &[DecimalSign::Comma, DecimalSign::Point],
            );
        } else if self.either.count > 0 {
            format.evidence = format!(
                "{} could be thousands or decimals, and no value of {} decides it.",
                self.either.example(),
                self.readable()
            );
            format.question = question(
                &self.either.first[0].value,
                &[DecimalSign::Comma, DecimalSign::Point],
            );
        } else if self.numbers > 0 {
            format.decimal = Some(DecimalSign::Point);
            format.evidence = format!("{} values are numbers in the workbook.", self.numbers);
        } else if self.whole > 0 {
            format.evidence = format!(
                "{} whole numbers, which read the same either way.",
                self.whole
            );
        } else {
            format.evidence = "No values.".to_owned();
        }
        also_unreadable(&mut format.evidence, &self.unreadable, "amount");
        format
    }

    fn readable(&self) -> u64 {
        self.numbers + self.whole + self.point.count + self.comma.count + self.either.count
    }
}

fn question(value: &str, signs: &[DecimalSign]) -> Option<Question> {
    let choice = |sign: &DecimalSign| {
        let meaning = read_amount(value, Some(*sign))
            .map_or_else(|fault| fault.to_string(), |amount| amount.decimal);
        Reading {
            decimal: Some(*sign),
            date_order: None,
            meaning,
        }
    };
    Some(Question {
        value: value.to_owned(),
        choices: signs.iter().map(choice).collect(),
    })
}

#[derive(Debug, Default)]
struct DateTally {
    /// Dates that say their order themselves.
    certain: Sort,
    /// By the orders in which they can be read, and whether it makes a difference.
    open: BTreeMap<(BTreeSet<DateOrder>, bool), Sort>,
    /// Separator and length of those.
    shapes: BTreeSet<(char, usize)>,
    unreadable: Sort,
}

impl DateTally {
    fn look(&mut self, text: &str, _kind: CellKind, row: u64) {
        let readings = Readings::of(text);
        if readings.certain.is_some() {
            self.certain.add(text, row);
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

    fn format(&self) -> Format {
        let mut format = self.verdict();
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
        let orders: Vec<DateOrder> = DateOrder::ALL
            .into_iter()
            .filter(|order| self.open.keys().any(|(known, _)| known.contains(order)))
            .collect();
        let read_under = |order: DateOrder| -> u64 {
            self.open
                .iter()
                .filter(|((orders, _), _)| orders.contains(&order))
                .map(|(_, sort)| sort.count)
                .sum()
        };
        let possible: Vec<DateOrder> = orders
            .iter()
            .copied()
            .filter(|order| read_under(*order) == total)
            .collect();
        match possible.as_slice() {
            [] => self.mixture(&orders, all),
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
