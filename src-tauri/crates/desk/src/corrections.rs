//! What the user decides over the sources' facts: corrections, suggestions accepted, invoices set aside. Each is one step
//! that can be taken back.

use std::sync::Arc;

use bulk_import::values::{DecimalSign, read_amount};
use jiff::civil::Date;
use receivables::{Correction, Currency, Field, Invoice, Money, SetAside};
use serde_json::json;
use store::{Change, Scope, Workspace};

use crate::FailureCode;
use crate::invoices::CHOICE;
use crate::office::Office;
use crate::wire::small;
use crate::wire::{
    AcceptSuggestions, Changed, Correct, Failure, Nothing, OfSelection, SetAsideRequest, Subject,
};

/// Longer values are a slip of the paste.
const LONGEST: usize = 5000;

impl Office {
    pub(crate) async fn correct(self: &Arc<Self>, request: Correct) -> Result<Changed, Failure> {
        let workspace = self.workspace().await?;
        let field = request.field;
        let name = words(field);
        if request
            .value
            .as_ref()
            .is_some_and(|value| value.chars().count() > LONGEST)
        {
            return Err(Failure::about(
                FailureCode::InvalidValue,
                &format!("The {name} is too long."),
            ));
        }
        let stored = self.stored_invoice(&request.id).await?;
        let invoice = &stored.invoice;
        if !invoice.lets_correct(field) {
            return Err(Failure::about(FailureCode::NotCorrectable, &name));
        }
        let judging = self.judging(&workspace).await?;
        if judging.is_submitted(&invoice.id) && !field.belongs_to_debtor() {
            return Err(Failure::new(FailureCode::AlreadySubmitted));
        }
        let fact = invoice.facts.value(field).map(str::to_owned);
        let value = match request.value.as_deref().map(str::trim) {
            Some(text) if !text.is_empty() => Some(match field {
                Field::Amount => {
                    let assessment = judging.judge(invoice);
                    amount(text, assessment.value(Field::Currency))?
                }
                Field::Currency => currency(text)?,
                _ => text.to_owned(),
            }),
            other => other.map(str::to_owned),
        };
        let to = value.map(|value| Correction {
            value,
            replaced: fact.clone(),
        });
        // Writing what the source says is taking the correction off.
        let to =
            to.filter(|correction| Some(correction.value.as_str()) != fact.as_deref().or(Some("")));
        let of = subject(invoice, field);
        let label = match &to {
            Some(_) => format!("Corrected the {name} of {of}"),
            None => format!("Took the {name} of {of} from its source again"),
        };
        let change = Change::Correct {
            scope: Scope::of(field, invoice),
            field,
            to,
        };
        self.change(&workspace, "corrected", &label, vec![change])
            .await
    }

    pub(crate) async fn accept_suggestions(
        self: &Arc<Self>,
        request: AcceptSuggestions,
    ) -> Result<Changed, Failure> {
        let workspace = self.workspace().await?;
        let ids = self.chosen(&request.selection, CHOICE).await?;
        let judging = self.judging(&workspace).await?;
        let mut changes = Vec::new();
        for chunk in ids.chunks(1000) {
            for stored in self.cache.get_many(workspace.id, chunk.to_vec()).await? {
                let invoice = &stored.invoice;
                let suggested = judging.judge(invoice).suggestions;
                let Some(suggestion) = suggested
                    .into_iter()
                    .find(|found| found.field == request.field)
                else {
                    continue;
                };
                changes.push(Change::Correct {
                    scope: Scope::of(request.field, invoice),
                    field: request.field,
                    to: Some(Correction {
                        value: suggestion.value,
                        replaced: invoice.facts.value(request.field).map(str::to_owned),
                    }),
                });
            }
        }
        let label = match changes.as_slice() {
            [] => {
                return Err(Failure::about(
                    FailureCode::InvalidValue,
                    "Nothing is suggested for the chosen invoices.",
                ));
            }
            [_] => format!("Accepted a suggested {}", words(request.field)),
            many => format!(
                "Accepted the suggested {} on {} invoices",
                words(request.field),
                many.len()
            ),
        };
        self.change(&workspace, "suggestions_accepted", &label, changes)
            .await
    }

    pub(crate) async fn set_aside(
        self: &Arc<Self>,
        request: SetAsideRequest,
    ) -> Result<Changed, Failure> {
        let workspace = self.workspace().await?;
        let until = match request.until.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => {
                let day: Date = text.parse().map_err(|_| {
                    Failure::about(
                        FailureCode::InvalidValue,
                        "The day to come back is not a date.",
                    )
                })?;
                if day <= self.today().await {
                    return Err(Failure::about(
                        FailureCode::InvalidValue,
                        "The day to come back has passed.",
                    ));
                }
                Some(day)
            }
            None => None,
        };
        let because: String = request.because.trim().chars().take(500).collect();
        let ids = self.chosen(&request.selection, CHOICE).await?;
        let judging = self.judging(&workspace).await?;
        let changes: Vec<Change> = ids
            .into_iter()
            .filter(|id| !judging.is_submitted(id))
            .map(|invoice| Change::SetAside {
                invoice,
                to: Some(SetAside {
                    until,
                    because: because.clone(),
                }),
            })
            .collect();
        if changes.is_empty() {
            return Err(Failure::new(FailureCode::AlreadySubmitted));
        }
        let label = format!("Set {} aside", counted(changes.len()));
        self.change(&workspace, "set_aside", &label, changes).await
    }

    pub(crate) async fn bring_back(
        self: &Arc<Self>,
        request: OfSelection,
    ) -> Result<Changed, Failure> {
        let workspace = self.workspace().await?;
        let ids = self.chosen(&request.selection, CHOICE).await?;
        let changes: Vec<Change> = ids
            .into_iter()
            .map(|invoice| Change::SetAside { invoice, to: None })
            .collect();
        let label = format!("Brought {} back", counted(changes.len()));
        self.change(&workspace, "brought_back", &label, changes)
            .await
    }

    pub(crate) async fn undo(self: &Arc<Self>, _: Nothing) -> Result<Changed, Failure> {
        let workspace = self.workspace().await?;
        let done = self.book.undo(workspace.id, self.now()).await?;
        self.flipped(&workspace, "undone", done).await
    }

    pub(crate) async fn redo(self: &Arc<Self>, _: Nothing) -> Result<Changed, Failure> {
        let workspace = self.workspace().await?;
        let done = self.book.redo(workspace.id, self.now()).await?;
        self.flipped(&workspace, "redone", done).await
    }

    async fn flipped(
        &self,
        workspace: &Workspace,
        kind: &str,
        done: Option<store::Changed>,
    ) -> Result<Changed, Failure> {
        let Some(done) = done else {
            return self.changed(workspace, 0).await;
        };
        self.reproject_scopes(workspace, &done.touched).await?;
        self.record(Some(workspace.id), kind, json!({ "label": done.label }))
            .await;
        self.changed(workspace, done.touched.len()).await
    }

    async fn change(
        &self,
        workspace: &Workspace,
        kind: &str,
        label: &str,
        changes: Vec<Change>,
    ) -> Result<Changed, Failure> {
        let done = self
            .book
            .change(workspace.id, label, changes, self.now())
            .await?;
        if !done.touched.is_empty() {
            self.reproject_scopes(workspace, &done.touched).await?;
            self.record(Some(workspace.id), kind, json!({ "label": label }))
                .await;
        }
        self.changed(workspace, done.touched.len()).await
    }

    async fn changed(&self, workspace: &Workspace, count: usize) -> Result<Changed, Failure> {
        let (undo, redo) = self.book.undo_labels(workspace.id).await?;
        self.events.changed(Subject::Invoices);
        Ok(Changed {
            count: small(count),
            undo,
            redo,
        })
    }
}

/// An amount as the user writes it, exact or not at all.
fn amount(text: &str, currency: Option<&str>) -> Result<String, Failure> {
    let refused = |why: &str| {
        Err(Failure::about(FailureCode::InvalidValue, "This is not an amount.").because(why))
    };
    let mut readings: Vec<String> = [DecimalSign::Point, DecimalSign::Comma]
        .into_iter()
        .filter_map(|sign| read_amount(text, Some(sign)).ok())
        .map(|amount| amount.decimal)
        .collect();
    readings.dedup();
    let [decimal] = readings.as_slice() else {
        return refused("Write it with a point for the decimals, such as 1234.50.");
    };
    match currency.and_then(Currency::from_code) {
        Some(currency) => Money::parse(decimal, currency)
            .map(Money::decimal)
            .or_else(|_| {
                refused("It has more decimals than its currency. Amounts are never rounded.")
            }),
        None => Ok(decimal.clone()),
    }
}

fn currency(text: &str) -> Result<String, Failure> {
    let read = Currency::from_code(text).map(|currency| currency.code().to_owned());
    read.ok_or_else(|| {
        Failure::about(FailureCode::InvalidValue, "This is not a currency.")
            .because("Write its code of three letters, such as EUR.")
    })
}

/// "debtor address", "due date": the field in a sentence.
pub(crate) fn words(field: Field) -> String {
    match field {
        Field::CaseDate => "invoice date".to_owned(),
        Field::DebtorZip => "postal code".to_owned(),
        Field::CreditorReference => "reference".to_owned(),
        other => other.name().trim_start_matches("debtor_").replace('_', " "),
    }
}

fn subject(invoice: &Invoice, field: Field) -> String {
    let named = if field.belongs_to_debtor() {
        invoice.facts.value(Field::DebtorName)
    } else {
        invoice.facts.value(Field::CreditorReference)
    };
    named.map_or_else(
        || invoice.id.id.clone(),
        |name| name.chars().take(60).collect(),
    )
}

fn counted(count: usize) -> String {
    if count == 1 {
        "an invoice".to_owned()
    } else {
        format!("{count} invoices")
    }
}
