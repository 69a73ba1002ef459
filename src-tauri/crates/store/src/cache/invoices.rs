//! Writing invoices, and reading single ones.

use jiff::Timestamp;
use jiff::civil::Date;
use receivables::{DebtorId, Invoice, InvoiceId, State, normalise_reference};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::projection::{codes_text, state_number, state_of};
use super::query::{COLUMNS, InvoiceRow};
use super::{Cache, Projection, Worth, connection_key};
use crate::column::{At, Json, RowExt, Text};
use crate::error::StoreError;
use crate::fold::sort_key;
use crate::id::{ConnectionId, WorkspaceId};

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
        self.database
            .write(move |tx| {
                let (connection, workspace) = connection_key(tx, workspace, connection)?;
                upsert(tx, workspace, connection, None, &records, at)
            })
            .await
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
                tx.prepare_cached(&format!(
                    "WITH listed AS (
                         SELECT reference_key, state, key FROM invoices
                         WHERE workspace = (SELECT key FROM workspaces WHERE id = ?1)
                             AND reference_key IS NOT NULL AND state IN ({states}))
                     SELECT i.id, i.state, i.reference_key FROM invoices AS i
                     WHERE i.key IN (
                         SELECT key FROM listed WHERE reference_key IN (
                             SELECT reference_key FROM listed GROUP BY reference_key HAVING count(*) > 1))
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

/// Writes records and their projections. Rows that say the same as before keep their place in the indexes.
pub(super) fn upsert(
    tx: &Transaction<'_>,
    workspace: i64,
    connection: i64,
    walk: Option<i64>,
    records: &[Record],
    at: Timestamp,
) -> rusqlite::Result<()> {
    let mut find = tx
        .prepare_cached("SELECT key, fingerprint FROM invoices WHERE workspace = ?1 AND id = ?2")?;
    let mut insert = tx.prepare_cached(
        "INSERT INTO invoices (workspace, connection, id, debtor, created, first_seen, fetched_at, seen_walk,
             state, partly_paid, codes, suggestions, search, fingerprint)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, 0, 0, '', 0, '', 0)",
    )?;
    let mut touch = tx.prepare_cached(
        "UPDATE invoices SET created = ?2, fetched_at = ?3, seen_walk = coalesce(?4, seen_walk) WHERE key = ?1",
    )?;
    let mut moved = tx.prepare_cached(
        "UPDATE invoices SET connection = ?2, debtor = ?3
         WHERE key = ?1 AND (connection <> ?2 OR debtor <> ?3)",
    )?;
    let mut keep = tx.prepare_cached(
        "INSERT INTO records (key, invoice, raw) VALUES (?1, ?2, ?3)
         ON CONFLICT (key) DO UPDATE SET invoice = excluded.invoice, raw = excluded.raw
         WHERE invoice <> excluded.invoice OR raw <> excluded.raw",
    )?;
    if let Some(record) = records.first() {
        tx.prepare_cached(
            "UPDATE connections SET provider = ?2 WHERE key = ?1 AND provider IS NOT ?2",
        )?
        .execute(params![connection, record.invoice.id.provider.name()])?;
    }
    for record in records {
        let id = record.invoice.id.to_string();
        let debtor = record.invoice.debtor.to_string();
        let created = record.created.map(Text);
        let known: Option<(i64, i64)> = find
            .query_row(params![workspace, id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let (key, fingerprint) = match known {
            Some((key, fingerprint)) => {
                touch.execute(params![key, created, At(at), walk])?;
                moved.execute(params![key, connection, debtor])?;
                (key, Some(fingerprint))
            }
            None => {
                let row = params![workspace, connection, id, debtor, created, At(at), walk];
                (insert.insert(row)?, None)
            }
        };
        keep.execute(params![key, Json(&record.invoice), record.raw])?;
        project(tx, key, fingerprint, &record.invoice.id, &record.projection)?;
    }
    Ok(())
}

/// Writes the projection of a row unless it says the same as before. `known` is absent for a row just made.
pub(super) fn project(
    tx: &Transaction<'_>,
    key: i64,
    known: Option<i64>,
    id: &InvoiceId,
    projection: &Projection,
) -> rusqlite::Result<bool> {
    let search = projection.search_text(&id.id);
    let fingerprint = projection.fingerprint(&search);
    if known == Some(fingerprint) {
        return Ok(false);
    }
    let unsearched = match known {
        Some(_) => tx
            .prepare_cached("SELECT search <> ?2 FROM invoices WHERE key = ?1")?
            .query_row(params![key, search], |row| row.get(0))?,
        None => true,
    };
    if unsearched {
        if known.is_some() {
            tx.prepare_cached("DELETE FROM trigrams WHERE rowid = ?1")?
                .execute([key])?;
        }
        tx.prepare_cached("INSERT INTO trigrams (rowid, text) VALUES (?1, ?2)")?
            .execute(params![key, search])?;
    }
    let sorted = |text: &Option<String>| text.as_deref().map(sort_key);
    tx.prepare_cached(
        "UPDATE invoices SET state = ?2, partly_paid = ?3, reference = ?4, reference_key = ?5, reference_sort = ?6,
             debtor_name = ?7, debtor_sort = ?8, currency = ?9, minor = ?10, worth = ?11, case_date = ?12,
             due_date = ?13, country = ?14, codes = ?15, first_problem = ?16, suggestions = ?17, search = ?18,
             fingerprint = ?19
         WHERE key = ?1",
    )?
    .execute(params![
        key,
        state_number(projection.state),
        projection.partly_paid,
        projection.reference,
        projection.reference.as_deref().map(reference_key),
        sorted(&projection.reference),
        projection.debtor_name,
        sorted(&projection.debtor_name),
        projection.amount.map(|amount| amount.currency.code()),
        projection.amount.map(|amount| amount.minor),
        projection.amount.map(|amount| Worth::from(amount).0),
        projection.case_date.map(Text),
        projection.due_date.map(Text),
        projection.country,
        codes_text(&projection.problems),
        projection.first_problem,
        projection.has_suggestions,
        search,
        fingerprint,
    ])?;
    Ok(true)
}
