//! Judging invoices with everything the book knows, and keeping the cache's lists in step with it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;
use receivables::{
    Assessment, Field, Invoice, InvoiceId, Overlay, Standing, State, assess, normalise_reference,
};
use store::{AdoptedCase, LiveEntry, Overlays, Projection, Scope, SetAsideAt, Workspace};

use crate::office::Office;
use crate::wire::{Failure, Subject};

/// Raised whenever the rules of `receivables` change, so that every cache is judged again.
const RULES: u32 = 2;
/// Invoices judged between two writes.
const CHUNK: u32 = 2000;
/// Whole records held at once.
const HELD: usize = 500;
/// States whose references must not be shared: they may still become cases.
pub(crate) const OPEN: [State; 4] = [
    State::Ready,
    State::Attention,
    State::NotDue,
    State::SetAside,
];

/// Everything beside an invoice that its judgement needs, read once for many.
pub(crate) struct Judging {
    overlays: Overlays,
    set_aside: HashMap<InvoiceId, SetAsideAt>,
    live: HashMap<InvoiceId, LiveEntry>,
    /// Invoices whose cases the journal has lost.
    adopted: HashMap<InvoiceId, AdoptedCase>,
    /// Invoices by the reference they share with another.
    shared: HashMap<String, HashSet<InvoiceId>>,
    /// Case ids at Debitura by creditor reference.
    cases: HashMap<String, Vec<String>>,
    today: Date,
}

impl Judging {
    pub(crate) fn overlay(&self, invoice: &Invoice) -> Overlay {
        self.overlays.of(&invoice.id, &invoice.debtor)
    }

    pub(crate) fn standing(&self, invoice: &Invoice, overlay: &Overlay) -> Standing {
        let reference = overlay
            .get(Field::CreditorReference)
            .map(|correction| correction.value.as_str())
            .or(invoice.facts.value(Field::CreditorReference));
        let key = reference
            .map(|reference| normalise_reference(reference).to_lowercase())
            .unwrap_or_default();
        let submitted = self.is_submitted(&invoice.id);
        Standing {
            submitted,
            set_aside: self
                .set_aside
                .get(&invoice.id)
                .map(|found| found.aside.clone()),
            reference_taken: self
                .shared
                .get(&key)
                .is_some_and(|others| others.iter().any(|other| *other != invoice.id)),
            reference_submitted: !submitted && self.cases.contains_key(&key),
        }
    }

    pub(crate) fn judge(&self, invoice: &Invoice) -> Assessment {
        let overlay = self.overlay(invoice);
        assess(
            invoice,
            &overlay,
            &self.standing(invoice, &overlay),
            self.today,
        )
    }

    pub(crate) fn is_submitted(&self, invoice: &InvoiceId) -> bool {
        self.live.contains_key(invoice) || self.adopted.contains_key(invoice)
    }

    pub(crate) fn adopted(&self, invoice: &InvoiceId) -> Option<&AdoptedCase> {
        self.adopted.get(invoice)
    }

    pub(crate) fn set_aside(&self, invoice: &InvoiceId) -> Option<&SetAsideAt> {
        self.set_aside.get(invoice)
    }

    pub(crate) fn today(&self) -> Date {
        self.today
    }
}

impl Office {
    pub(crate) async fn judging(&self, workspace: &Workspace) -> Result<Judging, Failure> {
        let mut shared: HashMap<String, HashSet<InvoiceId>> = HashMap::new();
        for duplicate in self.cache.duplicates(workspace.id, &OPEN).await? {
            shared
                .entry(duplicate.reference_key)
                .or_default()
                .insert(duplicate.invoice);
        }
        Ok(Judging {
            overlays: self.book.overlays(workspace.id).await?,
            set_aside: self.book.all_set_aside(workspace.id).await?,
            live: self.book.live_entries(workspace.journal_scope()).await?,
            adopted: self.book.adopted_cases(workspace.journal_scope()).await?,
            shared,
            cases: self.cache.case_references(workspace.id).await?,
            today: self.today().await,
        })
    }

    /// Judges every invoice of a workspace again. Only rows that say something else afterwards are written.
    pub(crate) async fn reproject(&self, workspace: &Workspace) -> Result<(), Failure> {
        let _one = self.rebuilding.lock().await;
        self.adopt_cases(workspace).await?;
        let judging = Arc::new(self.judging(workspace).await?);
        let mut after = 0;
        let mut changed = 0;
        loop {
            let (invoices, last) = self
                .cache
                .invoices_after(workspace.id, after, CHUNK)
                .await?;
            let Some(last) = last else { break };
            after = last;
            let judging = Arc::clone(&judging);
            let judged = tokio::task::spawn_blocking(move || {
                invoices
                    .into_iter()
                    .map(|invoice| {
                        let projection = Projection::of(&invoice, &judging.judge(&invoice));
                        (invoice.id, projection)
                    })
                    .collect::<Vec<_>>()
            });
            let judged = judged.await.map_err(|error| {
                Failure::new(crate::FailureCode::Unexpected).because(error.to_string())
            })?;
            changed += self.cache.update_projections(workspace.id, judged).await?;
        }
        self.cache
            .set_projection_stamp(workspace.id, &stamp(judging.today()))
            .await?;
        if changed > 0 {
            self.events.changed(Subject::Invoices);
        }
        Ok(())
    }

    /// Judges a workspace again when the rules or the day have changed since it was judged last.
    pub(crate) async fn reproject_if_stale(&self, workspace: &Workspace) -> Result<(), Failure> {
        let known = self.cache.projection_stamp(workspace.id).await?;
        if known.as_deref() == Some(stamp(self.today().await).as_str()) {
            return Ok(());
        }
        self.reproject(workspace).await
    }

    /// Judges some invoices again, and those that share a reference with them now or did before.
    pub(crate) async fn reproject_some(
        &self,
        workspace: &Workspace,
        ids: &[InvoiceId],
    ) -> Result<(), Failure> {
        let before = self.cache.get_many(workspace.id, ids.to_vec()).await?;
        let judging = self.judging(workspace).await?;
        let judged = before
            .iter()
            .map(|stored| {
                (
                    stored.invoice.id.clone(),
                    Projection::of(&stored.invoice, &judging.judge(&stored.invoice)),
                )
            })
            .collect::<Vec<_>>();
        let mut references: HashSet<String> = HashSet::new();
        for (stored, (_, projection)) in before.iter().zip(&judged) {
            if stored.row.reference != projection.reference || stored.row.state != projection.state
            {
                references.extend(stored.row.reference.clone());
                references.extend(projection.reference.clone());
            }
        }
        self.cache.update_projections(workspace.id, judged).await?;
        let mut touched: Vec<InvoiceId> = Vec::new();
        for reference in references {
            let others = self
                .cache
                .with_reference(workspace.id, &reference, &OPEN)
                .await?;
            touched.extend(others.into_iter().map(|other| other.invoice));
        }
        if !touched.is_empty() {
            let judging = self.judging(workspace).await?;
            self.judge_again(workspace, &judging, &touched).await?;
        }
        self.events.changed(Subject::Invoices);
        Ok(())
    }

    /// Writes what a judgement says of some invoices, and of no others.
    pub(crate) async fn judge_again(
        &self,
        workspace: &Workspace,
        judging: &Judging,
        ids: &[InvoiceId],
    ) -> Result<(), Failure> {
        for lot in ids.chunks(HELD) {
            let stored = self.cache.get_many(workspace.id, lot.to_vec()).await?;
            let judged = stored.into_iter().map(|stored| {
                let invoice = stored.invoice;
                let projection = Projection::of(&invoice, &judging.judge(&invoice));
                (invoice.id, projection)
            });
            let judged = judged.collect();
            self.cache.update_projections(workspace.id, judged).await?;
        }
        Ok(())
    }

    /// Judges again what a change of the user's touched.
    pub(crate) async fn reproject_scopes(
        &self,
        workspace: &Workspace,
        scopes: &[Scope],
    ) -> Result<(), Failure> {
        let mut ids = Vec::new();
        for scope in scopes {
            match scope {
                Scope::Invoice(id) => ids.push(id.clone()),
                Scope::Debtor(debtor) => {
                    let invoices = self
                        .cache
                        .invoices_of_debtor(workspace.id, debtor.clone())
                        .await?;
                    ids.extend(invoices.into_iter().map(|stored| stored.invoice.id));
                }
            }
        }
        self.reproject_some(workspace, &ids).await
    }
}

fn stamp(today: Date) -> String {
    format!("{RULES} {today}")
}
