//! Writing invoices, and reading single ones.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use receivables::{DebtorId, Invoice, InvoiceId, State, normalise_reference};
use rusqlite::{OptionalExtension, Row, params};
use tokio::sync::mpsc;

use super::projection::{state_number, state_of};
use super::query::{COLUMNS, InvoiceRow};
use super::writing::{Bare, Lot, upsert};
use super::{Cache, Projection, connection_key};
use crate::column::{RowExt, Text};
use crate::error::StoreError;
use crate::id::{ConnectionId, WorkspaceId};

/// Rows written before others get their turn. Each commit writes anew nearly every page of nearly every index.
const COMMIT_AFTER: usize = 25_000;

/// An invoice to be kept: as read, as received and as judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub invoice: Invoice,
    /// The source's own record, as JSON text.
    pub raw: String,
    /// The day by which the source files it; tells whether a walk should have met it.
    pub created: Option<Date>,
    pub projection: Projection,
}

/// An invoice as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredInvoice {
    pub row: InvoiceRow,
    pub invoice: Invoice,
    pub raw: String,
    pub first_seen: Timestamp,
    pub fetched_at: Timestamp,
}

/// Invoices that share one reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    pub invoice: InvoiceId,
    pub state: State,
    /// The reference in the form in which references are compared.
    pub reference_key: String,
}

impl Cache {
    /// Keeps invoices outside a walk: single ones read again, imported ones.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn store(
        &self,
        workspace: WorkspaceId,
        connection: ConnectionId,
        records: Vec<Record>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let lot = Lot::of(records)?;
        self.database
            .write(move |tx| {
                let (connection, workspace) = connection_key(tx, workspace, connection)?;
                upsert(tx, workspace, connection, None, &lot, at)
            })
            .await
    }

    /// Keeps as many invoices as come, lot by lot, until nobody sends any more; about `expected` of them.
    ///
    /// Others that want to write wait meanwhile: until 25,000 are written or, where a list is filled that had few rows
    /// or none, until all are. That one is built without its indexes, which are made in the end.
    ///
    /// # Errors
    /// See [`StoreError`]; what was committed before stays.
    pub async fn store_all(
        &self,
        workspace: WorkspaceId,
        connection: ConnectionId,
        lots: mpsc::Receiver<Lot>,
        expected: u32,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let lots = Arc::new(Mutex::new(lots));
        let mut more = true;
        while more {
            let lots = Arc::clone(&lots);
            more = self
                .database
                .write(move |tx| {
                    let mut lots = lots.lock().unwrap_or_else(PoisonError::into_inner);
                    let (connection, workspace) = connection_key(tx, workspace, connection)?;
                    let bare = Bare::strip(tx, expected)?;
                    let (mut written, mut more) = (0, true);
                    while more && (bare.is_some() || written < COMMIT_AFTER) {
                        match lots.blocking_recv() {
                            Some(lot) => {
                                written += lot.0.len();
                                upsert(tx, workspace, connection, None, &lot, at)?;
                            }
                            None => more = false,
                        }
                    }
                    bare.map_or(Ok(()), |bare| bare.dress(tx))?;
                    Ok(more)
                })
                .await?;
        }
        Ok(())
    }

    /// One invoice with everything that is kept of it.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn get(
        &self,
        workspace: WorkspaceId,
        id: InvoiceId,
    ) -> Result<Option<StoredInvoice>, StoreError> {
        Ok(self.get_many(workspace, vec![id]).await?.pop())
    }

    /// Several invoices in the order of `ids`; those that are not kept are left out.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn get_many(
        &self,
        workspace: WorkspaceId,
        ids: Vec<InvoiceId>,
    ) -> Result<Vec<StoredInvoice>, StoreError> {
        self.database
            .read(move |tx| {
                let mut select = tx.prepare_cached(&format!(
                    "SELECT {COLUMNS}, r.invoice, r.raw, i.first_seen FROM invoices AS i
                     JOIN records AS r ON r.key = i.key JOIN connections AS c ON c.key = i.connection
                     WHERE i.workspace = (SELECT key FROM workspaces WHERE id = ?1) AND i.id = ?2"
                ))?;
                let mut found = Vec::with_capacity(ids.len());
                for id in &ids {
                    let row = select
                        .query_row(params![Text(workspace), Text(id)], stored)
                        .optional()?;
                    found.extend(row);
                }
                Ok(found)
            })
            .await
    }

    /// The invoices of one debtor, oldest due date first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn invoices_of_debtor(
        &self,
        workspace: WorkspaceId,
        debtor: DebtorId,
    ) -> Result<Vec<StoredInvoice>, StoreError> {
        self.database
            .read(move |tx| {
                tx.prepare_cached(&format!(
                    "SELECT {COLUMNS}, r.invoice, r.raw, i.first_seen FROM invoices AS i
                     JOIN records AS r ON r.key = i.key JOIN connections AS c ON c.key = i.connection
                     WHERE i.workspace = (SELECT key FROM workspaces WHERE id = ?1) AND i.debtor = ?2
                     ORDER BY i.due_date, i.key"
                ))?
                .query_map(params![Text(workspace), Text(debtor)], stored)?
                .collect()
            })
            .await
    }

    /// The invoices in one of `among` whose reference another of them has too, by reference.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn duplicates(
        &self,
        workspace: WorkspaceId,
        among: &[State],
    ) -> Result<Vec<Duplicate>, StoreError> {
        let states = numbers(among);
        self.database
            .read(move |tx| {
                // Along the index of references, in its order: nothing is held but what is found.
                tx.prepare_cached(&format!(
                    "SELECT i.id, i.state, i.reference_key FROM (
                         SELECT workspace, reference_key FROM invoices INDEXED BY invoices_same_reference
                         WHERE workspace = (SELECT key FROM workspaces WHERE id = ?1)
                             AND reference_key IS NOT NULL AND state IN ({states})
                         GROUP BY reference_key HAVING count(*) > 1) AS shared
                     CROSS JOIN invoices AS i INDEXED BY invoices_same_reference
                         ON i.workspace = shared.workspace AND i.reference_key = shared.reference_key
                             AND i.state IN ({states})
                     ORDER BY i.reference_key, i.key"
                ))?
                .query_map([Text(workspace)], duplicate)?
                .collect()
            })
            .await
    }

    /// The invoices in one of `among` that have this reference, however it is written.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn with_reference(
        &self,
        workspace: WorkspaceId,
        reference: &str,
        among: &[State],
    ) -> Result<Vec<Duplicate>, StoreError> {
        let states = numbers(among);
        let reference = reference_key(reference);
        self.database
            .read(move |tx| {
                tx.prepare_cached(&format!(
                    "SELECT id, state, reference_key FROM invoices
                     WHERE workspace = (SELECT key FROM workspaces WHERE id = ?1) AND reference_key = ?2
                         AND state IN ({states}) ORDER BY key"
                ))?
                .query_map(params![Text(workspace), reference], duplicate)?
                .collect()
            })
            .await
    }
}

/// The form in which references are compared, as `receivables::same_reference` does.
pub(super) fn reference_key(reference: &str) -> String {
    normalise_reference(reference).to_lowercase()
}

pub(super) fn numbers(states: &[State]) -> String {
    let numbers: Vec<String> = states
        .iter()
        .map(|state| state_number(*state).to_string())
        .collect();
    numbers.join(", ")
}

fn duplicate(row: &Row<'_>) -> rusqlite::Result<Duplicate> {
    Ok(Duplicate {
        invoice: row.text("id")?,
        state: state_of(row.get("state")?).unwrap_or(State::Attention),
        reference_key: row.get("reference_key")?,
    })
}

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredInvoice> {
    Ok(StoredInvoice {
        row: InvoiceRow::read(row)?,
        invoice: row.json("invoice")?,
        raw: row.get("raw")?,
        first_seen: row.at("first_seen")?,
        fetched_at: row.at("fetched_at")?,
    })
}
