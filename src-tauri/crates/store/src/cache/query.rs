//! Pages, counts and sums of the list.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use receivables::{Currency, DebtorId, InvoiceId, Money, ProblemCode, State, Totals};
use rusqlite::types::{Value, ValueRef};
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
    /// Lines that are missing only because they are partly paid.
    pub left_out: u32,
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
        let list = query.whole();
        let commits = self.database.commits();
        let groups = match self.counted.find(commits, &list) {
            Some(groups) => groups,
            None => {
                let groups = Arc::new(self.count(list.clone()).await?);
                self.counted.keep(commits, list, &groups);
                groups
            }
        };
        Ok(Summary::of(&query, &groups))
    }

    /// Adds a list up by state, whether it is partly paid, and currency.
    async fn count(&self, list: Query) -> Result<Groups, StoreError> {
        self.database
            .read(move |tx| {
                let filter = list.counted();
                let sql = format!(
                    "SELECT 2 * i.state + i.partly_paid, i.currency, i.minor {}",
                    filter.sql
                );
                let mut select = tx.prepare_cached(&sql)?;
                let mut rows = select.query(params_from_iter(filter.params))?;
                // Added up here: after a search SQLite would sort all rows to group them.
                let mut groups = Groups::default();
                while let Some(row) = rows.next()? {
                    groups.add(row.get(0)?, row.get_ref(1)?, row.get(2)?)?;
                }
                groups.sort();
                Ok(groups)
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
                let mut select = tx.prepare_cached(&format!("SELECT i.codes {}", filter.sql))?;
                let mut rows = select.query(params_from_iter(filter.params))?;
                let mut texts: HashMap<String, u32> = HashMap::new();
                while let Some(row) = rows.next()? {
                    let text = row.get_ref(0)?.as_str()?;
                    match texts.get_mut(text) {
                        Some(count) => *count += 1,
                        None => drop(texts.insert(text.to_owned(), 1)),
                    }
                }
                let mut counts: BTreeMap<ProblemCode, u32> = BTreeMap::new();
                for (text, count) in texts {
                    for code in codes_of(&text) {
                        *counts.entry(code).or_default() += count;
                    }
                }
                Ok(counts.into_iter().collect())
            })
            .await
    }
}

impl Summary {
    /// What a list comes to, from the groups of [`Query::whole`] of it.
    fn of(query: &Query, groups: &Groups) -> Summary {
        let mut summary = Summary::default();
        for (number, currency, group) in groups.iter() {
            let (state, partly_paid) = (number / 2, number % 2 == 1);
            let asked = query.states.is_empty()
                || query
                    .states
                    .iter()
                    .any(|asked| state_number(*asked) == state);
            if partly_paid && !query.include_partly_paid {
                summary.left_out += if asked { group.count } else { 0 };
                continue;
            }
            summary.add_state(state, group.count);
            if asked {
                summary.count += group.count;
                match currency {
                    Some(currency) => {
                        summary.without_amount += group.count - group.with_amount;
                        summary.totals.add_minor(group.minor, currency);
                    }
                    None => summary.without_amount += group.count,
                }
            }
        }
        summary
    }

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

/// Rows added up by a small number (a state, a bucket) and currency.
#[derive(Default)]
pub(super) struct Groups(Vec<(i64, Option<[u8; 3]>, Group)>);

#[derive(Default)]
pub(super) struct Group {
    pub count: u32,
    pub with_amount: u32,
    pub minor: i128,
}

impl Groups {
    /// There are a few dozen groups at most, and neighbours are mostly of one; so they are looked for from the last.
    pub fn add(
        &mut self,
        number: i64,
        currency: ValueRef<'_>,
        minor: Option<i64>,
    ) -> rusqlite::Result<()> {
        let code = currency
            .as_str_or_null()?
            .and_then(|code| code.as_bytes().try_into().ok());
        let found = self
            .0
            .iter()
            .rposition(|(known, other, _)| *known == number && *other == code);
        let position = found.unwrap_or_else(|| {
            self.0.push((number, code, Group::default()));
            self.0.len() - 1
        });
        let group = &mut self.0[position].2;
        group.count += 1;
        group.with_amount += u32::from(minor.is_some());
        group.minor += i128::from(minor.unwrap_or(0));
        Ok(())
    }

    pub fn sort(&mut self) {
        self.0.sort_by_key(|(number, code, _)| (*number, *code));
    }

    /// The groups in the order in which they are now.
    pub fn iter(&self) -> impl Iterator<Item = (i64, Option<Currency>, &Group)> {
        self.0.iter().map(|(number, code, group)| {
            let currency = code
                .as_ref()
                .and_then(|code| std::str::from_utf8(code).ok())
                .and_then(Currency::from_code);
            (*number, currency, group)
        })
    }
}
