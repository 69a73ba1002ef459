//! What the amounts of a column say about its decimal sign.

use super::{OUTWEIGHS, Sort, also_contradicting, also_unreadable};
use crate::plan::{Format, Question, Reading};
use crate::table::CellKind;
use crate::values::amount::{self, DecimalSign, read_amount};

#[derive(Debug, Default)]
pub(super) struct AmountTally {
    /// Numbers of a workbook, which have no decimal sign until they are shown.
    numbers: u64,
    whole: u64,
    /// Read with a point only, with a comma only, and differently with each.
    pub(super) point: Sort,
    pub(super) comma: Sort,
    either: Sort,
    unreadable: Sort,
    pub(super) mixed: u64,
}

impl AmountTally {
    pub(super) fn look(&mut self, text: &str, kind: CellKind, row: u64) {
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

    pub(super) fn format(&self) -> Format {
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
