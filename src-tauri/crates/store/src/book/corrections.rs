//! What the user decided over the sources' facts: corrections and what was set aside. Both change through
//! [`Book::change`] only, so that every change can be undone.

use std::collections::HashMap;

use jiff::Timestamp;
use receivables::{Correction, DebtorId, Field, Invoice, InvoiceId, Overlay, SetAside};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::{Book, Change};
use crate::column::{At, RowExt, Text};
use crate::error::StoreError;
use crate::id::WorkspaceId;

/// What a correction belongs to. A debtor and an invoice may have the same id at their source, so the kind is part of
/// the name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    Debtor(DebtorId),
    Invoice(InvoiceId),
}

impl Scope {
    /// Where a correction of this field of this invoice belongs.
    pub fn of(field: Field, invoice: &Invoice) -> Scope {
        if field.belongs_to_debtor() {
            Scope::Debtor(invoice.debtor.clone())
        } else {
            Scope::Invoice(invoice.id.clone())
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Scope::Debtor(_) => "debtor",
            Scope::Invoice(_) => "invoice",
        }
    }

    fn key(&self) -> String {
        match self {
            Scope::Debtor(id) => id.to_string(),
            Scope::Invoice(id) => id.to_string(),
        }
    }
}

/// An invoice put aside, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAsideAt {
    pub aside: SetAside,
    pub at: Timestamp,
}

/// All corrections of a workspace, for judging many invoices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overlays {
    pub debtors: HashMap<DebtorId, Vec<(Field, Correction)>>,
    pub invoices: HashMap<InvoiceId, Vec<(Field, Correction)>>,
}

impl Overlays {
    /// The corrections that lie over one invoice.
    pub fn of(&self, invoice: &InvoiceId, debtor: &DebtorId) -> Overlay {
        let debtors = self.debtors.get(debtor).into_iter().flatten();
        let own = self.invoices.get(invoice).into_iter().flatten();
        debtors.chain(own).cloned().collect()
    }
}

impl Book {
    /// The corrections that lie over one invoice.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn overlay(
        &self,
        workspace: WorkspaceId,
        invoice: InvoiceId,
        debtor: DebtorId,
    ) -> Result<Overlay, StoreError> {
        self.database
            .read(move |tx| {
                tx.prepare_cached(
                    "SELECT field, value, replaced FROM corrections
                     WHERE workspace = ?1 AND ((kind = 'debtor' AND scope = ?2) OR (kind = 'invoice' AND scope = ?3))",
                )?
                .query_map(
                    params![Text(workspace), Text(debtor), Text(invoice)],
                    correction,
                )?
                .collect()
            })
            .await
    }

    /// All corrections of a workspace.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn overlays(&self, workspace: WorkspaceId) -> Result<Overlays, StoreError> {
        self.database
            .read(move |tx| {
                let mut overlays = Overlays::default();
                let mut select = tx.prepare_cached(
                    "SELECT kind, scope, field, value, replaced FROM corrections WHERE workspace = ?1",
                )?;
                let mut rows = select.query([Text(workspace)])?;
                while let Some(row) = rows.next()? {
                    let found = correction(row)?;
                    if row.get_ref("kind")?.as_str()? == "debtor" {
                        overlays
                            .debtors
                            .entry(row.text("scope")?)
                            .or_default()
                            .push(found);
                    } else {
                        overlays
                            .invoices
                            .entry(row.text("scope")?)
                            .or_default()
                            .push(found);
                    }
                }
                Ok(overlays)
            })
            .await
    }

    /// What the user decided about one invoice.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn set_aside(
        &self,
        workspace: WorkspaceId,
        invoice: InvoiceId,
    ) -> Result<Option<SetAsideAt>, StoreError> {
        self.database
            .read(move |tx| {
                tx.prepare_cached("SELECT * FROM set_aside WHERE workspace = ?1 AND invoice = ?2")?
                    .query_row(params![Text(workspace), Text(invoice)], aside)
                    .optional()
            })
            .await
    }

    /// All invoices of a workspace that were put aside, also those whose day has come.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn all_set_aside(
        &self,
        workspace: WorkspaceId,
    ) -> Result<HashMap<InvoiceId, SetAsideAt>, StoreError> {
        self.database
            .read(move |tx| {
                tx.prepare_cached("SELECT * FROM set_aside WHERE workspace = ?1")?
                    .query_map([Text(workspace)], |row| {
                        Ok((row.text("invoice")?, aside(row)?))
                    })?
                    .collect()
            })
            .await
    }
}

/// Removes what was decided about some invoices and debtors, without a way back.
pub(super) fn forget(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    is_gone: impl Fn(&Scope) -> bool,
) -> rusqlite::Result<()> {
    let mut gone: Vec<Scope> = Vec::new();
    let mut select =
        tx.prepare("SELECT DISTINCT kind, scope FROM corrections WHERE workspace = ?1")?;
    let mut rows = select.query([Text(workspace)])?;
    while let Some(row) = rows.next()? {
        gone.push(match row.get_ref("kind")?.as_str()? {
            "debtor" => Scope::Debtor(row.text("scope")?),
            _ => Scope::Invoice(row.text("scope")?),
        });
    }
    let mut select = tx.prepare("SELECT invoice FROM set_aside WHERE workspace = ?1")?;
    let mut rows = select.query([Text(workspace)])?;
    while let Some(row) = rows.next()? {
        gone.push(Scope::Invoice(row.text("invoice")?));
    }
    for scope in gone.into_iter().filter(is_gone) {
        tx.execute(
            "DELETE FROM corrections WHERE workspace = ?1 AND kind = ?2 AND scope = ?3",
            params![Text(workspace), scope.kind(), scope.key()],
        )?;
        if let Scope::Invoice(invoice) = scope {
            tx.execute(
                "DELETE FROM set_aside WHERE workspace = ?1 AND invoice = ?2",
                params![Text(workspace), Text(invoice)],
            )?;
        }
    }
    Ok(())
}

fn correction(row: &Row<'_>) -> rusqlite::Result<(Field, Correction)> {
    Ok((
        row.text("field")?,
        Correction {
            value: row.get("value")?,
            replaced: row.get("replaced")?,
        },
    ))
}

fn aside(row: &Row<'_>) -> rusqlite::Result<SetAsideAt> {
    Ok(SetAsideAt {
        aside: SetAside {
            until: row.text_opt("until")?,
            because: row.get("because")?,
        },
        at: row.at("at")?,
    })
}

/// Makes one change and returns the change that would take it back.
pub(super) fn apply(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    change: &Change,
    at: Timestamp,
) -> rusqlite::Result<Change> {
    match change {
        Change::Correct { scope, field, to } => {
            let key = params![Text(workspace), scope.kind(), scope.key(), field.name()];
            let before = tx
                .prepare_cached(
                    "SELECT field, value, replaced FROM corrections
                     WHERE workspace = ?1 AND kind = ?2 AND scope = ?3 AND field = ?4",
                )?
                .query_row(key, correction)
                .optional()?
                .map(|(_, correction)| correction);
            match to {
                Some(to) => tx
                    .prepare_cached(
                        "INSERT INTO corrections (workspace, kind, scope, field, value, replaced, at)
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                         ON CONFLICT DO UPDATE SET value = excluded.value, replaced = excluded.replaced,
                             at = excluded.at",
                    )?
                    .execute(params![
                        Text(workspace),
                        scope.kind(),
                        scope.key(),
                        field.name(),
                        to.value,
                        to.replaced,
                        At(at),
                    ])?,
                None => tx
                    .prepare_cached(
                        "DELETE FROM corrections WHERE workspace = ?1 AND kind = ?2 AND scope = ?3 AND field = ?4",
                    )?
                    .execute(key)?,
            };
            Ok(Change::Correct {
                scope: scope.clone(),
                field: *field,
                to: before,
            })
        }
        Change::SetAside { invoice, to } => {
            let key = params![Text(workspace), Text(invoice)];
            let before = tx
                .prepare_cached("SELECT * FROM set_aside WHERE workspace = ?1 AND invoice = ?2")?
                .query_row(key, aside)
                .optional()?
                .map(|found| found.aside);
            match to {
                Some(to) => tx
                    .prepare_cached(
                        "INSERT INTO set_aside (workspace, invoice, until, because, at) VALUES (?1, ?2, ?3, ?4, ?5)
                         ON CONFLICT DO UPDATE SET until = excluded.until, because = excluded.because,
                             at = excluded.at",
                    )?
                    .execute(params![
                        Text(workspace),
                        Text(invoice),
                        to.until.map(Text),
                        to.because,
                        At(at),
                    ])?,
                None => tx
                    .prepare_cached("DELETE FROM set_aside WHERE workspace = ?1 AND invoice = ?2")?
                    .execute(key)?,
            };
            Ok(Change::SetAside {
                invoice: invoice.clone(),
                to: before,
            })
        }
    }
}
