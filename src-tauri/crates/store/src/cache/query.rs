//! Pages, counts and sums of the list.

use receivables::{Currency, DebtorId, InvoiceId, Money, ProblemCode, State, Totals};
use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};

use super::projection::{codes_of, state_number, state_of};
use super::{Cache, Query};
use crate::column::RowExt;
use crate::error::StoreError;
use crate::id::ConnectionId;

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceRow {
    pub id: InvoiceId,
    pub connection: ConnectionId,
    pub debtor: DebtorId,
    pub state: State,
    pub reference: Option<String>,
    pub debtor_name: Option<String>,
    pub amount: Option<Money>,
    pub case_date: Option<jiff::civil::Date>,
    pub due_date: Option<jiff::civil::Date>,
    pub country: Option<String>,
    pub partly_paid: bool,
    /// Blocking ones first.
    pub problems: Vec<ProblemCode>,
    pub first_problem: Option<String>,
    pub has_suggestions: bool,
    pub fetched_at: jiff::Timestamp,
}

/// Lines of the list from `offset` on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoicePage {
    pub offset: u32,
    pub rows: Vec<InvoiceRow>,
}

/// How many are in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateCount {
    pub state: State,
    pub count: u32,
}

/// What the lines of a list come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    pub count: u32,
    pub totals: Totals,
    /// Lines without a readable amount, which no total contains.
    pub without_amount: u32,
    /// Lines per state if the list were not filtered by state: the numbers on the filter chips. States without lines
    /// are absent.
    pub by_state: Vec<StateCount>,
}

pub(super) const COLUMNS: &str = "i.id, c.id AS connection, i.debtor, i.state, i.reference, i.debtor_name, i.currency, \
    i.minor, i.case_date, i.due_date, i.country, i.partly_paid, i.codes, i.first_problem, i.suggestions, i.fetched_at";

impl InvoiceRow {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<InvoiceRow> {
        let currency: Option<String> = row.get("currency")?;
        let minor: Option<i64> = row.get("minor")?;
        Ok(InvoiceRow {
            id: row.text("id")?,
            connection: row.text("connection")?,
            debtor: row.text("debtor")?,
            state: state_of(row.get("state")?).unwrap_or(State::Attention),
            reference: row.get("reference")?,
            debtor_name: row.get("debtor_name")?,
            amount: minor
                .zip(currency.as_deref().and_then(Currency::from_code))
                .map(|(minor, currency)| Money::from_minor(minor, currency)),
            case_date: row.text_opt("case_date")?,
            due_date: row.text_opt("due_date")?,
            country: row.get("country")?,
            partly_paid: row.get("partly_paid")?,
            problems: codes_of(row.get_ref("codes")?.as_str()?),
            first_problem: row.get("first_problem")?,
            has_suggestions: row.get("suggestions")?,
            fetched_at: row.at("fetched_at")?,
        })
    }
}

impl Cache {
    /// Lines `offset..offset + limit` of a list.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn page(
        &self,
        query: Query,
        offset: u32,
        limit: u32,
    ) -> Result<InvoicePage, StoreError> {
        self.database
            .read(move |tx| {
                let filter = query.listed();
                let order = query.order();
                // The keys come from the index alone; only the rows of this page are read.
                let sql = format!(
                    "SELECT {COLUMNS} FROM (SELECT i.key {} {order} LIMIT ? OFFSET ?) AS page
                     CROSS JOIN invoices AS i ON i.key = page.key
                     CROSS JOIN connections AS c ON c.key = i.connection {order}",
                    filter.sql
                );
                let window = [Value::from(limit), Value::from(offset)];
                let rows = tx
                    .prepare_cached(&sql)?
                    .query_map(
                        params_from_iter(filter.params.into_iter().chain(window)),
                        InvoiceRow::read,
                    )?
                    .collect::<rusqlite::Result<_>>()?;
                Ok(InvoicePage { offset, rows })
            })
            .await
    }

    /// Counts and sums of a list, and its counts by state regardless of the states asked for.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn summary(&self, query: Query) -> Result<Summary, StoreError> {
        self.database
            .read(move |tx| {
                let filter = query.counted();
                // In two halves, since a sum of 64-bit numbers need not fit one.
                let sql = format!(
                    "SELECT i.state, i.currency, count(*), count(i.minor), sum(i.minor >> 32), sum(i.minor & 4294967295)
                     {} GROUP BY i.state, i.currency",
                    filter.sql
                );
                let mut select = tx.prepare_cached(&sql)?;
                let mut rows = select.query(params_from_iter(filter.params))?;
                let mut summary = Summary::default();
                while let Some(row) = rows.next()? {
                    let state: i64 = row.get(0)?;
                    let count: u32 = row.get(2)?;
                    summary.add_state(state, count);
                    let asked = query.states.is_empty()
                        || query.states.iter().any(|asked| state_number(*asked) == state);
                    if asked {
                        summary.count += count;
                        summary.without_amount += count - row.get::<_, u32>(3)?;
                        if let Some((minor, currency)) = sum(row, 1, 4)? {
                            summary.totals.add_minor(minor, currency);
                        }
                    }
                }
                Ok(summary)
            })
            .await
    }

    /// The invoices of a list in its order, at most `limit`.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn ids(&self, query: Query, limit: u32) -> Result<Vec<InvoiceId>, StoreError> {
        self.database
            .read(move |tx| {
                let filter = query.listed();
                let sql = format!("SELECT i.id {} {} LIMIT ?", filter.sql, query.order());
                let limit = [Value::from(limit)];
                tx.prepare_cached(&sql)?
                    .query_map(
                        params_from_iter(filter.params.into_iter().chain(limit)),
                        |row| row.text("id"),
                    )?
                    .collect()
            })
            .await
    }

    /// How many lines of a list have each problem.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn problem_counts(
        &self,
        query: Query,
    ) -> Result<Vec<(ProblemCode, u32)>, StoreError> {
        self.database
            .read(move |tx| {
                let filter = query.listed();
                let sql = format!("SELECT i.codes, count(*) {} GROUP BY i.codes", filter.sql);
                let mut counts = std::collections::BTreeMap::new();
                let mut select = tx.prepare_cached(&sql)?;
                let mut rows = select.query(params_from_iter(filter.params))?;
                while let Some(row) = rows.next()? {
                    let count: u32 = row.get(1)?;
                    for code in codes_of(row.get_ref(0)?.as_str()?) {
                        *counts.entry(code).or_default() += count;
                    }
                }
                Ok(counts.into_iter().collect())
            })
            .await
    }
}

impl Summary {
    fn add_state(&mut self, number: i64, count: u32) {
        let Some(state) = state_of(number) else {
            return;
        };
        match self.by_state.last_mut() {
            Some(last) if last.state == state => last.count += count,
            _ => self.by_state.push(StateCount { state, count }),
        }
    }
}

/// A sum that the database computed in two halves. Absent where no row had an amount.
pub(super) fn sum(
    row: &Row<'_>,
    currency: usize,
    high: usize,
) -> rusqlite::Result<Option<(i128, Currency)>> {
    let code: Option<String> = row.get(currency)?;
    let halves: (Option<i64>, Option<i64>) = (row.get(high)?, row.get(high + 1)?);
    Ok(
        match (code.as_deref().and_then(Currency::from_code), halves) {
            (Some(currency), (Some(high), Some(low))) => {
                Some(((i128::from(high) << 32) + i128::from(low), currency))
            }
            _ => None,
        },
    )
}
