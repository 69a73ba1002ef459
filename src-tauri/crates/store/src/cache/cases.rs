//! Cases as Debitura last showed them.

use std::collections::HashMap;

use jiff::Timestamp;
use receivables::{Currency, Money};
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Row, params, params_from_iter};

use super::invoices::reference_key;
use super::{Cache, known_workspace, workspace_key};
use crate::column::{At, Json, RowExt, Text};
use crate::error::StoreError;
use crate::fold::{searchable, terms};
use crate::id::WorkspaceId;

/// A case as Debitura last showed it.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseRow {
    /// Debitura's id.
    pub id: String,
    /// Debitura's reference, by which people speak of it.
    pub reference: String,
    pub creditor_reference: Option<String>,
    pub debtor_name: Option<String>,
    pub amount: Option<Money>,
    pub lifecycle: String,
    pub close_code: Option<String>,
    /// Not closed. Whoever writes the row knows which lifecycles that means.
    pub open: bool,
    pub is_test: bool,
    pub updated: Option<Timestamp>,
    /// The whole answer.
    pub json: serde_json::Value,
}

/// What a list of cases is asked for. Everything given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// Words that all stand somewhere in the references, debtor name or amount.
    pub search: String,
    /// Any of these; every one when empty.
    pub lifecycles: Vec<String>,
    pub open: Option<bool>,
    pub is_test: Option<bool>,
    pub order: CaseOrder,
}

/// By what cases are sorted. Rows without a value come first in ascending order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CaseSortKey {
    #[default]
    Updated,
    Created,
    Reference,
    CreditorReference,
    Debtor,
    /// Within each currency.
    Amount,
    Lifecycle,
}

/// The order of a list of cases; by default the latest update comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseOrder {
    pub by: CaseSortKey,
    pub descending: bool,
}

impl Default for CaseOrder {
    fn default() -> CaseOrder {
        CaseOrder {
            by: CaseSortKey::default(),
            descending: true,
        }
    }
}

impl CaseOrder {
    /// `ORDER BY …` with the row's key last, so that pages never overlap.
    fn sql(self) -> String {
        let columns: &[&str] = match self.by {
            CaseSortKey::Updated => &["updated"],
            CaseSortKey::Created => &["json ->> '$.created'"],
            CaseSortKey::Reference => &["reference COLLATE NOCASE"],
            CaseSortKey::CreditorReference => &["creditor_reference COLLATE NOCASE"],
            CaseSortKey::Debtor => &["debtor_name COLLATE NOCASE"],
            CaseSortKey::Amount => &["currency", "minor"],
            CaseSortKey::Lifecycle => &["lifecycle", "updated"],
        };
        let direction = if self.descending { "DESC" } else { "ASC" };
        let columns: Vec<String> = columns
            .iter()
            .chain(&["key"])
            .map(|column| format!("{column} {direction}"))
            .collect();
        format!("ORDER BY {}", columns.join(", "))
    }
}

impl CaseRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<CaseRow> {
        let currency: Option<String> = row.get("currency")?;
        let minor: Option<i64> = row.get("minor")?;
        Ok(CaseRow {
            id: row.get("id")?,
            reference: row.get("reference")?,
            creditor_reference: row.get("creditor_reference")?,
            debtor_name: row.get("debtor_name")?,
            amount: minor
                .zip(currency.as_deref().and_then(Currency::from_code))
                .map(|(minor, currency)| Money::from_minor(minor, currency)),
            lifecycle: row.get("lifecycle")?,
            close_code: row.get("close_code")?,
            open: row.get("open")?,
            is_test: row.get("is_test")?,
            updated: row.at_opt("updated")?,
            json: row.json("json")?,
        })
    }

    fn search_text(&self) -> String {
        let amount = self.amount.map(Money::decimal).unwrap_or_default();
        searchable([
            self.reference.as_str(),
            self.creditor_reference.as_deref().unwrap_or_default(),
            self.debtor_name.as_deref().unwrap_or_default(),
            &amount,
        ])
    }
}

impl Cache {
    /// Keeps cases as they were fetched at `at`.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn store_cases(
        &self,
        workspace: WorkspaceId,
        cases: Vec<CaseRow>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.database
            .write(move |tx| {
                let workspace = workspace_key(tx, workspace)?;
                let mut upsert = tx.prepare_cached(
                    "INSERT OR REPLACE INTO cases (workspace, id, reference, creditor_reference, reference_key,
                         debtor_name, currency, minor, lifecycle, close_code, open, is_test, updated, fetched_at, json,
                         search)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
                )?;
                for case in cases {
                    upsert.execute(params![
                        workspace,
                        case.id,
                        case.reference,
                        case.creditor_reference,
                        case.creditor_reference.as_deref().map(reference_key),
                        case.debtor_name,
                        case.amount.map(|amount| amount.currency.code()),
                        case.amount.map(|amount| amount.minor),
                        case.lifecycle,
                        case.close_code,
                        case.open,
                        case.is_test,
                        case.updated.map(At),
                        At(at),
                        Json(&case.json),
                        case.search_text(),
                    ])?;
                }
                Ok(())
            })
            .await
    }

    /// One case.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn case(
        &self,
        workspace: WorkspaceId,
        id: &str,
    ) -> Result<Option<CaseRow>, StoreError> {
        let id = id.to_owned();
        self.database
            .read(move |tx| {
                tx.prepare_cached(
                    "SELECT * FROM cases
                     WHERE workspace = (SELECT key FROM workspaces WHERE id = ?1) AND id = ?2",
                )?
                .query_row(params![Text(workspace), id], CaseRow::read)
                .optional()
            })
            .await
    }

    /// Cases in the order of the filter, and how many there are in all.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn cases(
        &self,
        workspace: WorkspaceId,
        filter: CaseFilter,
        offset: u32,
        limit: u32,
    ) -> Result<(Vec<CaseRow>, u32), StoreError> {
        self.database
            .read(move |tx| {
                let order = filter.order.sql();
                let (conditions, mut params) = conditions(workspace, filter);
                let count = tx
                    .prepare_cached(&format!("SELECT count(*) FROM cases WHERE {conditions}"))?
                    .query_row(params_from_iter(&params), |row| row.get(0))?;
                params.extend([Value::from(limit), Value::from(offset)]);
                let rows = tx
                    .prepare_cached(&format!(
                        "SELECT * FROM cases WHERE {conditions} {order} LIMIT ? OFFSET ?"
                    ))?
                    .query_map(params_from_iter(&params), CaseRow::read)?
                    .collect::<rusqlite::Result<_>>()?;
                Ok((rows, count))
            })
            .await
    }

    /// How many cases have each lifecycle, by its label.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn case_counts(
        &self,
        workspace: WorkspaceId,
    ) -> Result<Vec<(String, u32)>, StoreError> {
        self.database
            .read(move |tx| {
                tx.prepare_cached(
                    "SELECT lifecycle, count(*) FROM cases
                     WHERE workspace = (SELECT key FROM workspaces WHERE id = ?1) GROUP BY lifecycle ORDER BY lifecycle",
                )?
                .query_map([Text(workspace)], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
            })
            .await
    }

    /// The ids of the cases by creditor reference, in the form in which references are compared
    /// (`receivables::normalise_reference` in lower case).
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn case_references(
        &self,
        workspace: WorkspaceId,
    ) -> Result<HashMap<String, Vec<String>>, StoreError> {
        self.database
            .read(move |tx| {
                let mut references: HashMap<String, Vec<String>> = HashMap::new();
                let mut select = tx.prepare_cached(
                    "SELECT reference_key, id FROM cases
                     WHERE workspace = (SELECT key FROM workspaces WHERE id = ?1) AND reference_key IS NOT NULL",
                )?;
                let mut rows = select.query([Text(workspace)])?;
                while let Some(row) = rows.next()? {
                    references
                        .entry(row.get(0)?)
                        .or_default()
                        .push(row.get(1)?);
                }
                Ok(references)
            })
            .await
    }

    /// When the cases were last fetched completely.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn cases_as_of(
        &self,
        workspace: WorkspaceId,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.database
            .read(move |tx| {
                tx.prepare_cached("SELECT cases_as_of FROM workspaces WHERE id = ?1")?
                    .query_row([Text(workspace)], |row| row.at_opt("cases_as_of"))
                    .optional()
                    .map(Option::flatten)
            })
            .await
    }

    /// Notes that all cases were fetched by `at`. Those that were not seen since `begun` are gone at Debitura and are
    /// forgotten; their number is returned.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn finish_cases(
        &self,
        workspace: WorkspaceId,
        begun: Timestamp,
        at: Timestamp,
    ) -> Result<usize, StoreError> {
        self.database
            .write(move |tx| {
                let key = workspace_key(tx, workspace)?;
                tx.execute(
                    "UPDATE workspaces SET cases_as_of = ?2 WHERE key = ?1",
                    params![key, At(at)],
                )?;
                tx.execute(
                    "DELETE FROM cases WHERE workspace = ?1 AND fetched_at < ?2",
                    params![key, At(begun)],
                )
            })
            .await
    }

    /// Forgets the cases of a workspace, and removes their traces from the file.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn wipe_cases(&self, workspace: WorkspaceId) -> Result<usize, StoreError> {
        let forgotten = self
            .database
            .write(move |tx| {
                let Some(key) = known_workspace(tx, workspace)? else {
                    return Ok(0);
                };
                tx.execute(
                    "UPDATE workspaces SET cases_as_of = NULL WHERE key = ?1",
                    [key],
                )?;
                tx.execute("DELETE FROM cases WHERE workspace = ?1", [key])
            })
            .await?;
        self.compact().await?;
        Ok(forgotten)
    }
}

fn conditions(workspace: WorkspaceId, filter: CaseFilter) -> (String, Vec<Value>) {
    let mut sql = String::from("workspace = (SELECT key FROM workspaces WHERE id = ?)");
    let mut params = vec![Value::from(workspace.to_string())];
    for term in terms(&filter.search) {
        sql.push_str(" AND instr(search, ?) > 0");
        params.push(term.into());
    }
    if !filter.lifecycles.is_empty() {
        sql.push_str(" AND lifecycle IN (SELECT value FROM json_each(?))");
        params.push(
            serde_json::to_string(&filter.lifecycles)
                .unwrap_or_else(|_| "[]".into())
                .into(),
        );
    }
    if let Some(open) = filter.open {
        sql.push_str(" AND open = ?");
        params.push(open.into());
    }
    if let Some(is_test) = filter.is_test {
        sql.push_str(" AND is_test = ?");
        params.push(is_test.into());
    }
    (sql, params)
}
