//! Writing rows of the lists. Whatever can be worked out beforehand is: there is one writer, and everybody waits for it.

use jiff::Timestamp;
use receivables::InvoiceId;
use rusqlite::{OptionalExtension, ToSql, Transaction, params};

use super::invoices::reference_key;
use super::projection::{codes_text, state_number};
use super::{Projection, Record, Worth};
use crate::error::{FileKind, StoreError};
use crate::fold::sort_key;

/// A record as its rows will be.
pub(super) struct Prepared {
    id: String,
    debtor: String,
    created: Option<String>,
    provider: &'static str,
    invoice: String,
    raw: String,
    listed: Listed,
}

/// Records as their rows will be: all that is left to do is to write them.
pub struct Lot(pub(super) Vec<Prepared>);

impl Lot {
    /// Works out the rows of records.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for an invoice that has no JSON form.
    pub fn of(records: Vec<Record>) -> Result<Lot, StoreError> {
        let all = records.into_iter().map(Prepared::of);
        all.collect::<Result<_, _>>()
            .map(Lot)
            .map_err(|error| StoreError::Refused {
                file: FileKind::Cache,
                detail: error.to_string(),
            })
    }
}

impl Prepared {
    fn of(record: Record) -> Result<Prepared, serde_json::Error> {
        let id = &record.invoice.id;
        Ok(Prepared {
            id: id.to_string(),
            debtor: record.invoice.debtor.to_string(),
            created: record.created.map(|day| day.to_string()),
            provider: id.provider.name(),
            invoice: serde_json::to_string(&record.invoice)?,
            raw: record.raw,
            listed: Listed::of(&record.projection, id),
        })
    }
}

/// What the lists keep of a projection.
pub(super) struct Listed {
    state: i64,
    partly_paid: bool,
    reference: Option<String>,
    reference_key: Option<String>,
    reference_sort: Option<String>,
    debtor_name: Option<String>,
    debtor_sort: Option<String>,
    currency: Option<&'static str>,
    minor: Option<i64>,
    worth: Option<i64>,
    case_date: Option<String>,
    due_date: Option<String>,
    country: Option<String>,
    codes: String,
    first_problem: Option<String>,
    suggestions: bool,
    search: String,
    fingerprint: i64,
}

impl Listed {
    pub(super) fn of(projection: &Projection, id: &InvoiceId) -> Listed {
        let sorted = |text: &Option<String>| text.as_deref().map(sort_key);
        let search = projection.search_text(&id.id);
        Listed {
            state: state_number(projection.state),
            partly_paid: projection.partly_paid,
            reference_key: projection.reference.as_deref().map(reference_key),
            reference_sort: sorted(&projection.reference),
            reference: projection.reference.clone(),
            debtor_sort: sorted(&projection.debtor_name),
            debtor_name: projection.debtor_name.clone(),
            currency: projection.amount.map(|amount| amount.currency.code()),
            minor: projection.amount.map(|amount| amount.minor),
            worth: projection.amount.map(|amount| Worth::from(amount).0),
            case_date: projection.case_date.map(|day| day.to_string()),
            due_date: projection.due_date.map(|day| day.to_string()),
            country: projection.country.clone(),
            codes: codes_text(&projection.problems),
            first_problem: projection.first_problem.clone(),
            suggestions: projection.has_suggestions,
            fingerprint: projection.fingerprint(&search),
            search,
        }
    }

    /// The columns from `state` to `fingerprint`, in the order in which both statements below name them.
    fn values(&self) -> [&dyn ToSql; 18] {
        [
            &self.state,
            &self.partly_paid,
            &self.reference,
            &self.reference_key,
            &self.reference_sort,
            &self.debtor_name,
            &self.debtor_sort,
            &self.currency,
            &self.minor,
            &self.worth,
            &self.case_date,
            &self.due_date,
            &self.country,
            &self.codes,
            &self.first_problem,
            &self.suggestions,
            &self.search,
            &self.fingerprint,
        ]
    }
}

/// The list without its indexes, while many rows are written: making an index of all of them at once costs a fraction of
/// putting each row into its place in each.
pub(super) struct Bare(Vec<String>);

impl Bare {
    /// Fewer rows are not worth it.
    const LEAST: u32 = 20_000;
    /// More are sorted in more memory than is to be spent.
    const MOST: u32 = 300_000;

    /// Takes the indexes off where that pays: for the transaction, which nobody else sees.
    pub(super) fn strip(tx: &Transaction<'_>, expected: u32) -> rusqlite::Result<Option<Bare>> {
        let present: u32 = tx.query_row("SELECT count(*) FROM invoices", [], |row| row.get(0))?;
        if expected < Bare::LEAST || present > expected || present + expected > Bare::MOST {
            return Ok(None);
        }
        // The index of a constraint has no statement: it stays, and finds what is there already.
        let indexes: Vec<(String, String)> = tx
            .prepare(
                "SELECT name, sql FROM sqlite_schema
                 WHERE type = 'index' AND tbl_name = 'invoices' AND sql IS NOT NULL",
            )?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        for (name, _) in &indexes {
            tx.execute_batch(&format!("DROP INDEX \"{name}\""))?;
        }
        Ok(Some(Bare(
            indexes.into_iter().map(|(_, sql)| sql).collect(),
        )))
    }

    /// Makes the indexes again, of all rows.
    pub(super) fn dress(self, tx: &Transaction<'_>) -> rusqlite::Result<()> {
        self.0.iter().try_for_each(|sql| tx.execute_batch(sql))
    }
}

/// Writes records and their projections. Rows that say the same as before keep their place in the indexes.
pub(super) fn upsert(
    tx: &Transaction<'_>,
    workspace: i64,
    connection: i64,
    walk: Option<i64>,
    lot: &Lot,
    at: Timestamp,
) -> rusqlite::Result<()> {
    let at = format!("{at:.9}");
    let mut find = tx
        .prepare_cached("SELECT key, fingerprint FROM invoices WHERE workspace = ?1 AND id = ?2")?;
    // In one piece: a row that were made first and filled then would be put into each index twice.
    let mut insert = tx.prepare_cached(
        "INSERT INTO invoices (workspace, connection, id, debtor, created, first_seen, fetched_at, seen_walk,
             state, partly_paid, reference, reference_key, reference_sort, debtor_name, debtor_sort, currency, minor,
             worth, case_date, due_date, country, codes, first_problem, suggestions, search, fingerprint)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
             ?22, ?23, ?24, ?25)",
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
    if let Some(row) = lot.0.first() {
        tx.prepare_cached(
            "UPDATE connections SET provider = ?2 WHERE key = ?1 AND provider IS NOT ?2",
        )?
        .execute(params![connection, row.provider])?;
    }
    for row in &lot.0 {
        let known: Option<(i64, i64)> = find
            .query_row(params![workspace, row.id], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let listed = &row.listed;
        let key = match known {
            Some((key, fingerprint)) => {
                touch.execute(params![key, row.created, at, walk])?;
                moved.execute(params![key, connection, row.debtor])?;
                project(tx, key, fingerprint, listed)?;
                key
            }
            None => {
                let mut all: Vec<&dyn ToSql> = vec![
                    &workspace,
                    &connection,
                    &row.id,
                    &row.debtor,
                    &row.created,
                    &at,
                    &walk,
                ];
                all.extend(listed.values());
                let key = insert.insert(&*all)?;
                make_searchable(tx, key, &listed.search)?;
                key
            }
        };
        keep.execute(params![key, row.invoice, row.raw])?;
    }
    Ok(())
}

/// Writes the projection of a row unless it says the same as before.
pub(super) fn project(
    tx: &Transaction<'_>,
    key: i64,
    known: i64,
    listed: &Listed,
) -> rusqlite::Result<bool> {
    if known == listed.fingerprint {
        return Ok(false);
    }
    let unsearched: bool = tx
        .prepare_cached("SELECT search <> ?2 FROM invoices WHERE key = ?1")?
        .query_row(params![key, listed.search], |row| row.get(0))?;
    if unsearched {
        tx.prepare_cached("DELETE FROM trigrams WHERE rowid = ?1")?
            .execute([key])?;
        make_searchable(tx, key, &listed.search)?;
    }
    let mut all: Vec<&dyn ToSql> = vec![&key];
    all.extend(listed.values());
    tx.prepare_cached(
        "UPDATE invoices SET state = ?2, partly_paid = ?3, reference = ?4, reference_key = ?5, reference_sort = ?6,
             debtor_name = ?7, debtor_sort = ?8, currency = ?9, minor = ?10, worth = ?11, case_date = ?12,
             due_date = ?13, country = ?14, codes = ?15, first_problem = ?16, suggestions = ?17, search = ?18,
             fingerprint = ?19
         WHERE key = ?1",
    )?
    .execute(&*all)?;
    Ok(true)
}

fn make_searchable(tx: &Transaction<'_>, key: i64, search: &str) -> rusqlite::Result<()> {
    tx.prepare_cached("INSERT INTO trigrams (rowid, text) VALUES (?1, ?2)")?
        .execute(params![key, search])
        .map(drop)
}
