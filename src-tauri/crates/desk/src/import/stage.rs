//! One way to read a file: its plan, what the user chose about the table, and what was counted. A step of the import's
//! history.

use bulk_import::mapping::{Remembered, fingerprint};
use bulk_import::plan::{Format, Plan, PlanColumn};
use bulk_import::propose_with;
use bulk_import::table::{
    Choice, Format as FileFormat, Found, Role, Row, Source, Table, TableError,
};
use bulk_import::values::{Kind, fold, survey};
use receivables::Field;
use serde::{Deserialize, Serialize};

use crate::wire::{
    HeaderChoice, LeftOut, LeftOutReason, LeftOutRow, QuoteChoice, RememberedMapping, TableChoice,
    TableEvidence, small,
};

/// Rows of each reason that are shown.
const SHOWN: usize = 5;
const CHOSEN: &str = "Chosen by you.";

/// How a file is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Stage {
    pub plan: Plan,
    pub chosen: TableChoice,
    pub evidence: Vec<TableEvidence>,
    pub sheets: Vec<String>,
    pub rows: u32,
    pub left_out: Vec<LeftOut>,
    pub remembered: Option<RememberedMapping>,
    /// The user has said something about the columns.
    pub mapped: bool,
}

/// A mapping that is remembered for the headers of a file.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub plan: Plan,
    pub of: RememberedMapping,
    /// The day of its use, as it is to be shown.
    pub when: String,
}

impl Stage {
    /// Finds out how a file is to be read, but for what was chosen.
    pub(crate) fn find(
        source: Source,
        chosen: TableChoice,
        known: impl FnOnce(&str) -> Option<Known>,
    ) -> Result<(Stage, Table), TableError> {
        let table = Table::open(source, &choice_of(&chosen))?;
        let known = known(&fingerprint_of(table.found()));
        let remembered = known.as_ref().map(|known| Remembered {
            columns: known
                .plan
                .columns
                .iter()
                .map(|column| (column.name.clone(), column.field))
                .collect(),
            when: Some(known.when.clone()),
        });
        let mut census = Census::default();
        let mut plan = propose_with(&table, remembered.as_ref(), |row, role| {
            census.count(row, role);
        })?;
        if let Some(known) = &known {
            recall(&mut plan, known);
        }
        let found = table.found();
        let stage = Stage {
            plan,
            chosen,
            evidence: found
                .evidence
                .iter()
                .map(|part| TableEvidence {
                    of: part.of.to_owned(),
                    why: part.why.clone(),
                })
                .collect(),
            sheets: found.sheets.clone(),
            rows: census.rows,
            left_out: census.left_out,
            remembered: known.map(|known| known.of),
            mapped: false,
        };
        Ok((stage, table))
    }

    /// Opens the table just as it was found.
    pub(crate) fn choice(&self) -> Choice {
        Choice {
            quote: (self.plan.dialect.format == FileFormat::Text)
                .then_some(self.plan.dialect.quote),
            ..self.plan.choice()
        }
    }

    /// The set of headers, as mappings are remembered by.
    pub(crate) fn fingerprint(&self) -> String {
        fingerprint(self.plan.columns.iter().map(|column| column.name.as_str()))
            .as_str()
            .to_owned()
    }

    /// The same file with other meanings of its columns. What the table is stays.
    pub(crate) fn with_plan(&self, wanted: Plan, table: &Table) -> Result<Stage, TableError> {
        let mut plan = Plan {
            dialect: self.plan.dialect.clone(),
            header_row: self.plan.header_row,
            columns: Vec::with_capacity(self.plan.columns.len()),
            ..wanted
        };
        for present in &self.plan.columns {
            let wanted = wanted
                .columns
                .iter()
                .find(|column| column.index == present.index);
            plan.columns.push(match wanted {
                Some(wanted) => changed(present, wanted),
                None => present.clone(),
            });
        }
        plan.constants
            .retain(|_, constant| !constant.trim().is_empty());
        plan.values.retain(|_, meanings| !meanings.is_empty());
        complete(&mut plan, table)?;
        Ok(Stage {
            plan,
            mapped: true,
            ..self.clone()
        })
    }

    /// The same file with the meanings of another plan, column by column of the same name.
    pub(crate) fn with_mapping(
        &self,
        mapping: &Plan,
        formats: bool,
        table: &Table,
    ) -> Result<Stage, TableError> {
        let pairs = paired(&self.plan, mapping);
        let mut plan = Plan {
            constants: mapping.constants.clone(),
            values: mapping.values.clone(),
            ..self.plan.clone()
        };
        for (column, other) in plan.columns.iter_mut().zip(&pairs) {
            // A column the mapping does not know means nothing to it.
            column.field = other.and_then(|other| other.field);
            column.split = other.and_then(|other| other.split);
            column.part = other.and_then(|other| other.part);
        }
        let mut laid = self.with_plan(plan, table)?;
        for column in laid
            .plan
            .columns
            .iter_mut()
            .filter(|column| column.reason == CHOSEN)
        {
            "From the mapping.".clone_into(&mut column.reason);
        }
        for (column, other) in laid.plan.columns.iter_mut().zip(&pairs) {
            let (Some(format), Some(other)) = (
                &mut column.format,
                other.and_then(|other| other.format.as_ref()),
            ) else {
                continue;
            };
            let says_more = other.decimal.is_some() || other.date_order.is_some();
            let differs = (other.decimal.is_some() && other.decimal != format.decimal)
                || (other.date_order.is_some() && other.date_order != format.date_order);
            if take_answer(format, other) {
                "As the mapping says.".clone_into(&mut format.evidence);
            } else if formats && says_more && differs {
                format.decimal = other.decimal;
                format.date_order = other.date_order;
                format.question = None;
                format.contradicting.clear();
                "As the mapping says.".clone_into(&mut format.evidence);
            }
        }
        Ok(laid)
    }

    /// Indexes of the columns that ask.
    pub(crate) fn questions(&self) -> Vec<u32> {
        let asks = |column: &&PlanColumn| {
            column.field.is_some()
                && column
                    .format
                    .as_ref()
                    .is_some_and(|format| format.question.is_some())
        };
        let asking = self.plan.columns.iter().filter(asks);
        asking.map(|column| small(column.index)).collect()
    }
}

/// For each column of a plan the one of another plan that has its name; by place where there are no names.
fn paired<'a>(plan: &Plan, other: &'a Plan) -> Vec<Option<&'a PlanColumn>> {
    let mut left: Vec<&PlanColumn> = other.columns.iter().collect();
    let mut pairs = Vec::with_capacity(plan.columns.len());
    for column in &plan.columns {
        let fits = |candidate: &&PlanColumn| {
            if column.name.is_empty() {
                candidate.name.is_empty() && candidate.index == column.index
            } else {
                fold(&candidate.name) == fold(&column.name)
            }
        };
        let place = left
            .iter()
            .position(|candidate| fits(candidate) && candidate.index == column.index)
            .or_else(|| left.iter().position(fits));
        pairs.push(place.map(|place| left.remove(place)));
    }
    pairs
}

/// The set of headers of a table.
pub(crate) fn fingerprint_of(found: &Found) -> String {
    fingerprint(found.columns.iter().map(String::as_str))
        .as_str()
        .to_owned()
}

fn choice_of(chosen: &TableChoice) -> Choice {
    Choice {
        encoding: chosen.encoding.clone(),
        delimiter: chosen.delimiter,
        quote: chosen.quote.map(|quote| match quote {
            QuoteChoice::None => None,
            QuoteChoice::Mark { mark } => Some(mark),
        }),
        sheet: chosen.sheet.clone(),
        header_row: chosen.header_row.map(|header| match header {
            HeaderChoice::None => None,
            HeaderChoice::Row { row } => Some(u64::from(row)),
        }),
    }
}

/// A column as it was, with what the user wants of it.
fn changed(present: &PlanColumn, wanted: &PlanColumn) -> PlanColumn {
    let mut column = PlanColumn {
        split: wanted.split,
        part: wanted.part,
        ..present.clone()
    };
    if wanted.field != present.field {
        column.field = wanted.field;
        column.confidence = 1.0;
        CHOSEN.clone_into(&mut column.reason);
        let same_kind = present.field.and_then(kind) == wanted.field.and_then(kind);
        if !same_kind {
            column.format = None;
        }
    }
    if let (Some(format), Some(wanted)) = (&mut column.format, &wanted.format) {
        if format.decimal != wanted.decimal {
            format.decimal = wanted.decimal;
            answered(format);
        }
        if format.date_order != wanted.date_order {
            format.date_order = wanted.date_order;
            answered(format);
        }
    }
    column
}

/// The user has said how the values are written.
fn answered(format: &mut Format) {
    let said = format.question.take().and_then(|question| {
        let choice = question.choices.into_iter().find(|choice| {
            (choice.decimal.is_some() && choice.decimal == format.decimal)
                || (choice.date_order.is_some() && choice.date_order == format.date_order)
        })?;
        Some(format!(
            "Chosen by you: {} is {}.",
            question.value, choice.meaning
        ))
    });
    format.evidence = said.unwrap_or_else(|| CHOSEN.to_owned());
    format.contradicting.clear();
}

/// Looks up how amounts and dates are written where that is not known, and lets an answer serve every column that asks the
/// same: people are asked once.
fn complete(plan: &mut Plan, table: &Table) -> Result<(), TableError> {
    let mut asked = Vec::new();
    for column in &mut plan.columns {
        match column.field.and_then(kind) {
            Some(kind) if column.format.is_none() => asked.push((column.index, kind)),
            Some(_) => {}
            None => column.format = None,
        }
    }
    for ((index, _), format) in asked.iter().zip(survey(table, &asked)?) {
        if let Some(column) = plan
            .columns
            .iter_mut()
            .find(|column| column.index == *index)
        {
            column.format = Some(format);
        }
    }
    let answers: Vec<(String, Format)> = plan
        .columns
        .iter()
        .filter_map(|column| Some((column.name.clone(), column.format.clone()?)))
        .filter(|(_, format)| format.question.is_none() && format.evidence.starts_with("Chosen"))
        .collect();
    for column in &mut plan.columns {
        let Some(format) = &mut column.format else {
            continue;
        };
        for (name, answer) in &answers {
            if take_answer(format, answer) {
                format.evidence = format!("As you said of “{name}”.");
            }
        }
    }
    Ok(())
}

/// Answers the question of a format as another format is, where that is one of its choices.
fn take_answer(format: &mut Format, answer: &Format) -> bool {
    let Some(question) = &format.question else {
        return false;
    };
    let fits = question.choices.iter().any(|choice| {
        (choice.decimal.is_some() && choice.decimal == answer.decimal)
            || (choice.date_order.is_some() && choice.date_order == answer.date_order)
    });
    if fits {
        format.decimal = answer.decimal;
        format.date_order = answer.date_order;
        format.question = None;
    }
    fits
}

/// What a remembered mapping says beside the fields: constants, meanings of texts, parts, and answers.
fn recall(plan: &mut Plan, known: &Known) {
    plan.constants = known.plan.constants.clone();
    plan.values = known.plan.values.clone();
    let mut remembered: Vec<&PlanColumn> = known.plan.columns.iter().collect();
    for column in &mut plan.columns {
        let Some(place) = remembered
            .iter()
            .position(|other| other.name == column.name && other.field == column.field)
        else {
            continue;
        };
        let other = remembered.remove(place);
        column.split = other.split;
        column.part = other.part;
        if let (Some(format), Some(answer)) = (&mut column.format, &other.format)
            && answer.question.is_none()
            && take_answer(format, answer)
        {
            format.evidence = format!("As in your import of {}.", known.when);
        }
    }
}

pub(crate) fn kind(field: Field) -> Option<Kind> {
    match field {
        Field::Amount => Some(Kind::Amount),
        Field::CaseDate | Field::DueDate => Some(Kind::Date),
        _ => None,
    }
}

/// How many rows are entries, and which are not.
#[derive(Default)]
struct Census {
    rows: u32,
    left_out: Vec<LeftOut>,
}

impl Census {
    fn count(&mut self, row: &Row, role: Role) {
        match reason(role) {
            None => self.rows = self.rows.saturating_add(1),
            Some(reason) => note(&mut self.left_out, reason, row),
        }
    }
}

/// Why a row is no entry.
pub(crate) fn reason(role: Role) -> Option<LeftOutReason> {
    match role {
        Role::Data => None,
        Role::Total => Some(LeftOutReason::Sum),
        Role::RepeatedHeader => Some(LeftOutReason::RepeatedHeader),
        Role::Note => Some(LeftOutReason::Note),
    }
}

fn note(left_out: &mut Vec<LeftOut>, reason: LeftOutReason, row: &Row) {
    let place = left_out.iter().position(|found| found.reason == reason);
    let place = place.unwrap_or_else(|| {
        left_out.push(LeftOut {
            reason,
            count: 0,
            first: Vec::new(),
        });
        left_out.len() - 1
    });
    let found = &mut left_out[place];
    found.count = found.count.saturating_add(1);
    if found.first.len() < SHOWN {
        let filled = row.cells().map(str::trim).filter(|cell| !cell.is_empty());
        let text: Vec<&str> = filled.collect();
        found.first.push(LeftOutRow {
            row: small(row.number),
            text: text.join("  ").chars().take(200).collect(),
        });
    }
}
