//! From rows as they were read to invoices like any other.

use bulk_import::plan::Plan;
use bulk_import::rows::{Draft, RowProblem};
use receivables::{
    Currency, DebtorId, Doubt, Facts, Field, Hints, Invoice, InvoiceId, Money, Provider,
    SourceStatus,
};
use sha2::{Digest, Sha256};

/// Longer sources are cut where they are shown beside a value.
const LONGEST: usize = 300;

/// The line of the file or row of the sheet that an invoice comes from.
pub(crate) fn row_number(id: &InvoiceId) -> u32 {
    id.id.parse().unwrap_or_default()
}

/// Makes invoices of the rows of one import.
pub(crate) struct Invoices {
    import: String,
    /// "Column Betrag", by index.
    names: Vec<String>,
}

impl Invoices {
    pub(crate) fn of(import: &str, plan: &Plan) -> Invoices {
        let name = |column: &bulk_import::plan::PlanColumn| match column.name.as_str() {
            "" => format!("Column {}", column.index + 1),
            name => format!("Column {name}"),
        };
        Invoices {
            import: import.to_owned(),
            names: plan.columns.iter().map(name).collect(),
        }
    }

    /// The invoice of a row. A value in doubt is no fact: it stands beside the facts until somebody mends it.
    pub(crate) fn read(&self, draft: &Draft) -> Invoice {
        let doubts = doubts(draft);
        let blocked = |field: Field| {
            doubts
                .iter()
                .any(|doubt| doubt.blocks && doubt.field == Some(field))
        };
        let mut facts = Facts::default();
        for (field, value) in &draft.values {
            if let Some(text) = value.value.as_deref()
                && !blocked(*field)
            {
                facts.offer(*field, text, self.origin(draft, &value.columns));
            }
        }
        let currency = facts.value(Field::Currency).and_then(Currency::from_code);
        let open = facts
            .value(Field::Amount)
            .zip(currency)
            .and_then(|(text, currency)| Money::parse(text, currency).ok());
        let hints = Hints {
            has_tax_id: facts.value(Field::CompanyRegistrationNumber).is_some(),
            ..Hints::default()
        };
        Invoice {
            id: InvoiceId {
                provider: Provider::Import,
                tenant: self.import.clone(),
                id: draft.row.number.to_string(),
            },
            debtor: DebtorId {
                provider: Provider::Import,
                tenant: self.import.clone(),
                id: debtor(&facts, draft.row.number),
            },
            status: SourceStatus::Open,
            facts,
            total: None,
            open,
            partly_paid: false,
            hints,
            url: None,
            has_pdf: false,
            doubts,
            summary_only: false,
        }
    }

    fn origin(&self, draft: &Draft, columns: &[usize]) -> String {
        let Some(name) = columns.first().and_then(|column| self.names.get(*column)) else {
            return "For all rows".to_owned();
        };
        format!("{name}, row {}", draft.row.number)
    }
}

/// Debtors of a file are told apart by their register number, else by name and postcode, so that one correction serves all
/// of a debtor's rows. A row without either is its own debtor.
fn debtor(facts: &Facts, row: u64) -> String {
    let folded = |field| facts.value(field).map(bulk_import::values::fold);
    let key = match (
        folded(Field::CompanyRegistrationNumber),
        folded(Field::DebtorName),
    ) {
        (Some(number), _) => format!("number {number}"),
        (None, Some(name)) => {
            let zip = folded(Field::DebtorZip).unwrap_or_default();
            format!("name {name} {zip}")
        }
        (None, None) => format!("row {row}"),
    };
    // Names of people do not belong in identifiers, which stand in logs.
    let sum = Sha256::digest(key.as_bytes());
    sum.iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn doubts(draft: &Draft) -> Vec<Doubt> {
    let mut all = Vec::new();
    for problem in &draft.problems {
        match (problem.field, whole_row(draft, problem)) {
            (Some(field), _) => {
                let value = draft.values.get(&field);
                let source = value.map(|value| value.source.as_str());
                let source = source.or_else(|| Some(draft.row.get(problem.column?)));
                all.push(of(problem, Some(field), source.unwrap_or_default()));
            }
            (None, true) => {
                let cells: Vec<&str> = draft.row.cells().collect();
                all.push(of(problem, None, &cells.join("  ")));
            }
            // Letters that could not be read concern the fields they stand in, and no others.
            (None, false) => {
                for (field, value) in &draft.values {
                    if value.source.contains(['\u{fffd}', '\0']) {
                        all.push(of(problem, Some(*field), &value.source));
                    }
                }
            }
        }
    }
    all
}

/// Whether the cells may not be those meant, so that none of them was read.
fn whole_row(draft: &Draft, problem: &RowProblem) -> bool {
    problem.field.is_none() && draft.values.is_empty()
}

fn of(problem: &RowProblem, field: Option<Field>, source: &str) -> Doubt {
    Doubt {
        field,
        source: source.chars().take(LONGEST).collect(),
        blocks: problem.blocks,
        what: problem.what.clone(),
        fix: problem.fix.clone(),
    }
}
