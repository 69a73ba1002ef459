//! Reading one row, field by field.

use std::collections::BTreeMap;

use receivables::{Currency, Field, us_state};

use super::one_line;
use super::problem::{RowProblem, RowProblemCode};
use crate::plan::{Plan, Split};
use crate::rows::DraftValue;
use crate::table::{CellKind, Row};
use crate::values::{
    Amount, AmountFault, CurrencyText, DateFault, DateOrder, DecimalSign, EmailFault, ZipCity,
    fold, read_amount, read_country, read_currency, read_date, read_debtor_type, read_email,
    read_phone, split_zip_city,
};

/// Where a field comes from.
pub(super) struct FieldPlan<'a> {
    field: Field,
    columns: Vec<Column>,
    constant: Option<&'a str>,
    /// Folded texts of the file and what they mean.
    meanings: BTreeMap<String, &'a str>,
}

struct Column {
    index: usize,
    decimal: Option<DecimalSign>,
    date_order: Option<DateOrder>,
    split: Option<Split>,
}

impl<'a> FieldPlan<'a> {
    pub(super) fn of(plan: &'a Plan, field: Field) -> Option<FieldPlan<'a>> {
        let column = |column: &crate::plan::PlanColumn| {
            let format = column.format.as_ref();
            Column {
                index: column.index,
                decimal: format.and_then(|format| format.decimal),
                date_order: format.and_then(|format| format.date_order),
                split: column.split,
            }
        };
        let columns: Vec<Column> = plan.columns_of(field).into_iter().map(column).collect();
        let constant = plan
            .constants
            .get(&field)
            .map(|text| text.trim())
            .filter(|text| !text.is_empty());
        // A cell with postcode and city serves both fields, whichever of them the column is said to be.
        let split = plan
            .columns
            .iter()
            .any(|column| column.split.is_some() && column.field.is_some());
        let by_split = split
            && matches!(
                field,
                Field::DebtorZip | Field::DebtorCity | Field::DebtorState
            );
        // The amount's own currency may be all there is.
        let by_amount = field == Field::Currency && !plan.columns_of(Field::Amount).is_empty();
        if columns.is_empty() && constant.is_none() && !by_split && !by_amount {
            return None;
        }
        let meanings = plan.values.get(&field).into_iter().flatten();
        Some(FieldPlan {
            field,
            columns,
            constant,
            meanings: meanings
                .map(|(text, meaning)| (fold(text), meaning.trim()))
                .collect(),
        })
    }

    /// What is written between the parts of a field; nothing where the first filled column counts.
    fn joint(&self) -> Option<&'static str> {
        match self.field {
            Field::DebtorName | Field::ContactPerson => Some(" "),
            Field::DebtorAddress => Some(", "),
            Field::Description | Field::Comments => Some("\n"),
            _ => None,
        }
    }
}

/// The text of a field with where it stands.
struct Source {
    text: String,
    columns: Vec<usize>,
    kind: CellKind,
    decimal: Option<DecimalSign>,
    date_order: Option<DateOrder>,
}

/// A row while it is read.
pub(super) struct Reading<'a> {
    row: &'a Row,
    pub(super) values: BTreeMap<Field, DraftValue>,
    problems: Vec<RowProblem>,
    parted: Option<(usize, ZipCity)>,
    pub(super) amount: Option<Amount>,
    pub(super) currency: Option<CurrencyText>,
    pub(super) constant_currency: Option<Currency>,
}

impl<'a> Reading<'a> {
    pub(super) fn of(row: &'a Row) -> Reading<'a> {
        Reading {
            row,
            values: BTreeMap::new(),
            problems: Vec::new(),
            parted: None,
            amount: None,
            currency: None,
            constant_currency: None,
        }
    }

    pub(super) fn finish(self) -> (BTreeMap<Field, DraftValue>, Vec<RowProblem>) {
        (self.values, self.problems)
    }

    /// Parts the cell that holds postcode and city.
    pub(super) fn split_zip_city(&mut self, index: usize) {
        let text = self.row.get(index).trim();
        if text.is_empty() {
            return;
        }
        match split_zip_city(text) {
            Some(parted) => self.parted = Some((index, parted)),
            None => self.problem(
                RowProblemCode::ZipCityUnclear,
                Field::DebtorZip,
                Some(index),
                text,
            ),
        }
    }

    pub(super) fn problem(
        &mut self,
        code: RowProblemCode,
        field: Field,
        column: Option<usize>,
        value: &str,
    ) {
        self.problems.push(RowProblem::of_cell(
            code,
            self.row.number,
            column,
            field,
            value,
        ));
    }

    /// Reads one field of the row.
    pub(super) fn read(&mut self, plan: &FieldPlan<'_>) {
        if plan.field == Field::Currency {
            self.constant_currency = plan.constant.and_then(Currency::from_code);
        }
        let Some(source) = self.source(plan) else {
            return;
        };
        let column = source.columns.first().copied();
        let mapped = match plan.meanings.is_empty() {
            true => None,
            false => plan
                .meanings
                .get(&fold(&source.text))
                .map(|meaning| (*meaning).to_owned()),
        };
        if source.kind == CellKind::Error && mapped.is_none() {
            self.problem(RowProblemCode::CellError, plan.field, column, &source.text);
            return self.keep(plan.field, source, None);
        }
        let text = mapped.as_deref().unwrap_or(&source.text);
        let read = match plan.field {
            Field::Amount => {
                // Numbers of a workbook are written with a point, whatever the rest of the column is.
                let sign = if source.kind == CellKind::Number {
                    Some(DecimalSign::Point)
                } else {
                    source.decimal
                };
                read_amount(text, sign).map_err(amount_code).map(|amount| {
                    let decimal = amount.decimal.clone();
                    self.amount = Some(amount);
                    decimal
                })
            }
            Field::Currency => match read_currency(text) {
                Some(currency) => {
                    let code = match currency {
                        CurrencyText::Known(currency) => Some(currency.code().to_owned()),
                        CurrencyText::Ambiguous(_) => None,
                    };
                    self.currency = Some(currency);
                    return self.keep(plan.field, source, code);
                }
                None => Err(RowProblemCode::CurrencyUnknown),
            },
            Field::CaseDate | Field::DueDate => {
                // A bare number in a workbook's date column counts days; as text it says nothing about itself.
                let counted = source.kind == CellKind::Number
                    && read_date(text, Some(DateOrder::Serial)).is_ok();
                let order = if counted {
                    Some(DateOrder::Serial)
                } else {
                    source.date_order
                };
                read_date(text, order)
                    .map(|date| date.to_string())
                    .map_err(date_code)
            }
            Field::DebtorCountry => read_country(text)
                .map(|country| country.alpha2().to_owned())
                .ok_or(RowProblemCode::CountryUnknown),
            Field::DebtorType => read_debtor_type(text)
                .map(|kind| kind.name().to_owned())
                .ok_or(RowProblemCode::TypeUnknown),
            Field::DebtorEmail => read_email(text).map_err(|fault| match fault {
                EmailFault::NotAnAddress => RowProblemCode::EmailUnreadable,
                EmailFault::Several => RowProblemCode::EmailSeveral,
            }),
            Field::DebtorPhone => read_phone(text).ok_or(RowProblemCode::PhoneUnreadable),
            Field::DebtorState => {
                Ok(us_state(text).map_or_else(|| one_line(text, " "), str::to_owned))
            }
            Field::DebtorAddress => Ok(one_line(text, ", ")),
            Field::Description | Field::Comments => Ok(text.trim().to_owned()),
            _ => Ok(one_line(text, " ")),
        };
        match read {
            Ok(value) => self.keep(plan.field, source, Some(value)),
            Err(code) => {
                self.problem(code, plan.field, column, &source.text);
                self.keep(plan.field, source, None);
            }
        }
    }

    fn keep(&mut self, field: Field, source: Source, value: Option<String>) {
        let value = DraftValue {
            source: source.text,
            value,
            columns: source.columns,
        };
        self.values.insert(field, value);
    }

    /// The text of a field: its columns joined, or the first filled of them, or what stands for all rows.
    fn source(&self, plan: &FieldPlan<'_>) -> Option<Source> {
        if let Some((index, parted)) = &self.parted {
            let part = match plan.field {
                Field::DebtorZip => Some(&parted.zip),
                Field::DebtorCity => Some(&parted.city),
                Field::DebtorState => parted.state.as_ref(),
                _ => None,
            };
            // A column of its own wins over a part of another.
            let own = plan.columns.iter().any(|column| {
                column.split.is_none() && !self.row.get(column.index).trim().is_empty()
            });
            if let Some(part) = part.filter(|_| !own) {
                return Some(Source::of(part, *index));
            }
        }
        let mut sources = plan
            .columns
            .iter()
            .filter(|column| column.split.is_none())
            .map(|column| (column, self.row.get(column.index).trim()))
            .filter(|(_, text)| !text.is_empty());
        let Some((first, text)) = sources.next() else {
            return plan.constant.map(Source::for_all);
        };
        let mut source = Source {
            kind: self.row.kind(first.index),
            decimal: first.decimal,
            date_order: first.date_order,
            ..Source::of(text, first.index)
        };
        if let Some(joint) = plan.joint() {
            for (column, text) in sources {
                source.text.push_str(joint);
                source.text.push_str(text);
                source.columns.push(column.index);
            }
        }
        Some(source)
    }

    pub(super) fn clear(&mut self, field: Field) {
        if let Some(value) = self.values.get_mut(&field) {
            value.value = None;
        }
    }
}

impl Source {
    fn of(text: &str, column: usize) -> Source {
        Source {
            text: text.to_owned(),
            columns: vec![column],
            kind: CellKind::Text,
            decimal: None,
            date_order: None,
        }
    }

    /// What the user gave for all rows: written neutrally, a point for decimals.
    fn for_all(text: &str) -> Source {
        Source {
            columns: Vec::new(),
            decimal: Some(DecimalSign::Point),
            ..Source::of(text, 0)
        }
    }
}

fn amount_code(fault: AmountFault) -> RowProblemCode {
    match fault {
        AmountFault::NotAnAmount => RowProblemCode::AmountUnreadable,
        AmountFault::Contradicts => RowProblemCode::AmountContradicts,
        AmountFault::Shortened => RowProblemCode::AmountShortened,
        AmountFault::Ambiguous => RowProblemCode::AmountAmbiguous,
    }
}

fn date_code(fault: DateFault) -> RowProblemCode {
    match fault {
        DateFault::NotADate => RowProblemCode::DateUnreadable,
        DateFault::Contradicts => RowProblemCode::DateContradicts,
        DateFault::Ambiguous => RowProblemCode::DateAmbiguous,
    }
}
