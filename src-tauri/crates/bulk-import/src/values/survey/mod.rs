//! Which format a column is in: all its values decide together, and where they do not, that is said and asked.

mod amounts;
mod dates;

use amounts::AmountTally;
use dates::DateTally;

use crate::plan::{Contradiction, Format, Reading};
use crate::table::{Role, Row, Table, TableError};

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
    if columns.is_empty() {
        return Ok(Vec::new());
    }
    survey_with(table, columns, |_, _| {})
}

/// The same for whoever wants to see every row as well: a large file is read once and not twice.
///
/// # Errors
/// Those of reading the table.
pub fn survey_with(
    table: &Table,
    columns: &[(usize, Kind)],
    mut seen: impl FnMut(&Row, Role),
) -> Result<Vec<Format>, TableError> {
    let mut survey = Survey::of(columns);
    for entry in table.rows()? {
        let (row, role) = entry?;
        if role == Role::Data && row.flaw.is_none() {
            survey.look(&row);
        }
        seen(&row, role);
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
                this.decides() && !this.shapes.is_empty() && other.shapes.is_subset(&this.shapes)
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
