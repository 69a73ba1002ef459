//! What a file would become, told to a script where there is no workspace to keep its rows for.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bulk_import::plan::Plan;
use bulk_import::rows::{Drafts, Entry};
use bulk_import::table::{Source, Table, TableError};
use jiff::civil::Date;
use receivables::{Field, Invoice, Overlay, Standing, State, assess, normalise_reference};

use super::copies::name_of;
use super::rows::Invoices;
use super::script::{problems_of, questions};
use super::stage::Stage;
use super::{blocking, unreadable};
use crate::office::Office;
use crate::wire::{Failure, ImportReport, ImportResult, StateCount, TableChoice};

impl Office {
    /// Reads a file where it lies and keeps nothing of it.
    pub(super) async fn look_at_file(
        self: &Arc<Self>,
        file: PathBuf,
        chosen: TableChoice,
        mapping: Option<Plan>,
    ) -> Result<ImportResult, Failure> {
        let today = self.today().await;
        let name = name_of(&file);
        let looked = blocking(move || look(&file, chosen, mapping.as_ref(), today)).await?;
        looked.map_err(|error| unreadable(&name, &error))
    }
}

fn look(
    file: &Path,
    chosen: TableChoice,
    mapping: Option<&Plan>,
    today: Date,
) -> Result<ImportResult, TableError> {
    let source = Source::from(file.to_owned());
    let (mut stage, table) = Stage::find(source, chosen, |_| None)?;
    if let Some(mapping) = mapping {
        stage = stage.with_mapping(mapping, true, &table)?;
    }
    let questions = questions(&stage);
    let found = match questions.is_empty() {
        true => Some(report(&table, &stage.plan, today)?),
        false => None,
    };
    Ok(ImportResult {
        import: None,
        again: false,
        job: None,
        questions,
        rows: stage.rows,
        left_out: stage.left_out,
        found,
    })
}

/// Judges every row by itself and beside the others of the file: nothing else is known.
fn report(table: &Table, plan: &Plan, today: Date) -> Result<ImportReport, TableError> {
    let mut references: HashMap<String, u32> = HashMap::new();
    each(table, plan, |invoice| {
        if let Some(key) = reference(&invoice) {
            *references.entry(key).or_default() += 1;
        }
    })?;
    let (mut rows, mut problems) = (0, Vec::new());
    let mut counts: Vec<StateCount> = Vec::new();
    each(table, plan, |invoice| {
        let shared = reference(&invoice).and_then(|key| references.get(&key));
        let standing = Standing {
            reference_taken: shared.is_some_and(|count| *count > 1),
            ..Standing::default()
        };
        let assessment = assess(&invoice, &Overlay::default(), &standing, today);
        rows += 1;
        count(&mut counts, assessment.state);
        problems.extend(problems_of(plan, &invoice.id, assessment));
    })?;
    Ok(ImportReport {
        connection: None,
        rows,
        counts,
        problems,
    })
}

fn each(table: &Table, plan: &Plan, mut with: impl FnMut(Invoice)) -> Result<(), TableError> {
    let invoices = Invoices::of("", plan);
    for entry in Drafts::of(table, plan)? {
        if let Entry::Draft(draft) = entry? {
            with(invoices.read(&draft));
        }
    }
    Ok(())
}

fn reference(invoice: &Invoice) -> Option<String> {
    let text = invoice.facts.value(Field::CreditorReference)?;
    Some(normalise_reference(text).to_lowercase())
}

fn count(counts: &mut Vec<StateCount>, state: State) {
    match counts.iter_mut().find(|found| found.state == state) {
        Some(found) => found.count += 1,
        None => counts.push(StateCount { state, count: 1 }),
    }
}
