//! Changing the user's decisions, and taking changes back. The steps survive a restart.

use std::collections::BTreeSet;

use jiff::Timestamp;
use receivables::{Correction, Field, InvoiceId, SetAside};
use rusqlite::{OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};

use super::corrections::apply;
use super::{Book, Scope};
use crate::column::{At, Json, RowExt, Text};
use crate::error::StoreError;
use crate::id::WorkspaceId;

/// Steps kept per workspace; older ones can no longer be taken back.
const KEPT: u32 = 200;

/// One decision of the user, as it shall be; `None` takes it away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Correct {
        scope: Scope,
        field: Field,
        to: Option<Correction>,
    },
    SetAside {
        invoice: InvoiceId,
        to: Option<SetAside>,
    },
}

impl Change {
    fn scope(&self) -> Scope {
        match self {
            Change::Correct { scope, .. } => scope.clone(),
            Change::SetAside { invoice, .. } => Scope::Invoice(invoice.clone()),
        }
    }
}

/// What a step, its undoing or its redoing touched: these invoices must be judged again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The words the step was made with.
    pub label: String,
    pub touched: Vec<Scope>,
}

impl Book {
    /// Makes changes together, as one step that can be undone. What could be redone until now no longer can.
    /// Changes that change nothing leave no step.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn change(
        &self,
        workspace: WorkspaceId,
        label: &str,
        changes: Vec<Change>,
        at: Timestamp,
    ) -> Result<Changed, StoreError> {
        let label = label.to_owned();
        self.database
            .write(move |tx| {
                let mut reversals = Vec::with_capacity(changes.len());
                let mut touched = BTreeSet::new();
                for change in &changes {
                    let reversal = apply(tx, workspace, change, at)?;
                    if reversal != *change {
                        touched.insert(change.scope());
                        reversals.push(reversal);
                    }
                }
                if !reversals.is_empty() {
                    // In the order of undoing, in case a list changes one thing twice.
                    reversals.reverse();
                    remember(tx, workspace, &label, &reversals, at)?;
                }
                Ok(Changed {
                    label,
                    touched: touched.into_iter().collect(),
                })
            })
            .await
    }

    /// Takes the latest step back; `None` when there is none.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn undo(
        &self,
        workspace: WorkspaceId,
        at: Timestamp,
    ) -> Result<Option<Changed>, StoreError> {
        self.database
            .write(move |tx| flip(tx, workspace, UNDO, true, at))
            .await
    }

    /// Makes the step again that was taken back last; `None` when there is none.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn redo(
        &self,
        workspace: WorkspaceId,
        at: Timestamp,
    ) -> Result<Option<Changed>, StoreError> {
        self.database
            .write(move |tx| flip(tx, workspace, REDO, false, at))
            .await
    }

    /// The labels of the steps that [`Book::undo`] and [`Book::redo`] would take.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn undo_labels(
        &self,
        workspace: WorkspaceId,
    ) -> Result<(Option<String>, Option<String>), StoreError> {
        self.database
            .read(move |tx| {
                let label = |sql| {
                    tx.prepare_cached(sql)?
                        .query_row([Text(workspace)], |row| row.get("label"))
                        .optional()
                };
                Ok((label(UNDO)?, label(REDO)?))
            })
            .await
    }
}

const UNDO: &str =
    "SELECT * FROM undo WHERE workspace = ?1 AND undone = 0 ORDER BY step DESC LIMIT 1";
const REDO: &str = "SELECT * FROM undo WHERE workspace = ?1 AND undone = 1 ORDER BY step LIMIT 1";

fn remember(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    label: &str,
    reversals: &[Change],
    at: Timestamp,
) -> rusqlite::Result<()> {
    tx.execute(
        "DELETE FROM undo WHERE workspace = ?1 AND undone = 1",
        [Text(workspace)],
    )?;
    tx.execute(
        "INSERT INTO undo (workspace, label, at, changes) VALUES (?1, ?2, ?3, ?4)",
        params![Text(workspace), label, At(at), Json(reversals)],
    )?;
    tx.execute(
        "DELETE FROM undo WHERE workspace = ?1 AND step <=
             (SELECT step FROM undo WHERE workspace = ?1 ORDER BY step DESC LIMIT 1 OFFSET ?2)",
        params![Text(workspace), KEPT],
    )?;
    Ok(())
}

/// Takes decisions out of the steps that could bring them back; a step that held nothing else goes with them.
pub(super) fn forget(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    is_gone: impl Fn(&Scope) -> bool,
) -> rusqlite::Result<()> {
    let steps: Vec<(i64, Vec<Change>)> = tx
        .prepare("SELECT step, changes FROM undo WHERE workspace = ?1")?
        .query_map([Text(workspace)], |row| {
            Ok((row.get("step")?, row.json("changes")?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    for (step, changes) in steps {
        let before = changes.len();
        let left: Vec<Change> = changes
            .into_iter()
            .filter(|change| !is_gone(&change.scope()))
            .collect();
        if left.is_empty() && before > 0 {
            tx.execute("DELETE FROM undo WHERE step = ?1", [step])?;
        } else if left.len() < before {
            tx.execute(
                "UPDATE undo SET changes = ?2 WHERE step = ?1",
                params![step, Json(left)],
            )?;
        }
    }
    Ok(())
}

/// Applies the changes of the step that `select` finds, and keeps in their place those that lead back.
fn flip(
    tx: &Transaction<'_>,
    workspace: WorkspaceId,
    select: &str,
    undone: bool,
    at: Timestamp,
) -> rusqlite::Result<Option<Changed>> {
    let found = tx
        .prepare_cached(select)?
        .query_row([Text(workspace)], |row| {
            Ok((
                row.get::<_, i64>("step")?,
                row.get::<_, String>("label")?,
                row.json::<Vec<Change>>("changes")?,
            ))
        })
        .optional()?;
    let Some((step, label, changes)) = found else {
        return Ok(None);
    };
    let mut reversals = changes
        .iter()
        .map(|change| apply(tx, workspace, change, at))
        .collect::<Result<Vec<_>, _>>()?;
    reversals.reverse();
    tx.execute(
        "UPDATE undo SET undone = ?2, changes = ?3 WHERE step = ?1",
        params![step, undone, Json(reversals)],
    )?;
    let touched: BTreeSet<Scope> = changes.iter().map(Change::scope).collect();
    Ok(Some(Changed {
        label,
        touched: touched.into_iter().collect(),
    }))
}
