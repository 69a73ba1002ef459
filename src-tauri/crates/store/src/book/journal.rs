//! The journal: every submission the user said yes to, with the exact bytes and the key, kept before the first byte is
//! sent.
//!
//! The file itself enforces what must never fail: one live entry per invoice and creditor, no entry erased, nothing that
//! was confirmed changed. How an entry moves on is in [`super::stages`].

use std::collections::HashMap;
use std::path::PathBuf;

use jiff::Timestamp;
use receivables::{Currency, InvoiceId, Money, Step, Submission};
use rusqlite::{Row, Transaction, params};
use serde_json::Value;

use super::attachments::{self, Attachment};
use super::{Answer, Book};
use crate::checkpoint::{Checkpoint, Side};
use crate::column::{At, Json, RowExt, Text};
use crate::error::{FileKind, StoreError};
use crate::id::{BatchId, EntryId, Environment, WorkspaceId};

/// Within which an invoice may have one live entry: a creditor at Debitura, and whether its cases are real. A test
/// submission never stands for a real one, and a workspace made anew for the same creditor finds what was sent before.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct JournalScope {
    pub creditor: String,
    pub environment: Environment,
    pub test_mode: bool,
}

/// A submission the user said yes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    pub id: EntryId,
    pub batch: BatchId,
    pub workspace: WorkspaceId,
    pub scope: JournalScope,
    pub invoice: InvoiceId,
    pub creditor_reference: String,
    pub debtor_name: String,
    pub amount: Money,
    pub idempotency_key: String,
    /// What will be sent, byte for byte.
    pub body: Vec<u8>,
    pub confirmed_at: Timestamp,
}

/// A submission and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub confirmed: NewEntry,
    pub stage: Submission,
    /// Of the case, as soon as one is known.
    pub case_id: Option<String>,
    pub case_reference: Option<String>,
    pub problem: Option<Value>,
    pub note: Option<String>,
    pub updated_at: Timestamp,
    /// How often it was about to be sent.
    pub tries: u32,
    /// What came back, oldest first.
    pub answers: Vec<Answer>,
}

/// What one batch became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    pub id: BatchId,
    pub scope: JournalScope,
    pub confirmed_at: Timestamp,
    /// Entries by the name of their stage.
    pub stages: Vec<(String, u32)>,
}

/// The entry that stands for an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveEntry {
    pub entry: EntryId,
    pub stage: Submission,
    pub case_id: Option<String>,
    pub case_reference: Option<String>,
}

/// Why a batch was not taken into the journal; nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmError {
    /// These invoices have live entries already, or stand in the batch twice.
    #[error("{} of the invoices are submitted already", .0.len())]
    Live(Vec<InvoiceId>),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Entry {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Entry> {
        let Text(currency): Text<Code> = row.get("currency")?;
        let unreadable =
            || rusqlite::Error::InvalidColumnType(0, "amount".into(), rusqlite::types::Type::Text);
        Ok(Entry {
            confirmed: NewEntry {
                id: row.text("id")?,
                batch: row.text("batch")?,
                workspace: row.text("workspace")?,
                scope: scope(row)?,
                invoice: row.text("invoice")?,
                creditor_reference: row.get("creditor_reference")?,
                debtor_name: row.get("debtor_name")?,
                amount: Money::parse(row.get_ref("amount")?.as_str()?, currency.0)
                    .map_err(|_| unreadable())?,
                idempotency_key: row.get("idempotency_key")?,
                body: row.get("body")?,
                confirmed_at: row.at("confirmed_at")?,
            },
            stage: row.json("stage")?,
            case_id: row.get("case_id")?,
            case_reference: row.get("case_reference")?,
            problem: row
                .get::<_, Option<Json<Value>>>("problem")?
                .map(|Json(problem)| problem),
            note: row.get("note")?,
            updated_at: row.at("updated_at")?,
            tries: row.get("tries")?,
            answers: row.json("answers")?,
        })
    }
}

struct Code(Currency);

impl std::str::FromStr for Code {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Currency::from_code(text).map(Code).ok_or(())
    }
}

fn scope(row: &Row<'_>) -> rusqlite::Result<JournalScope> {
    Ok(JournalScope {
        creditor: row.get("creditor")?,
        environment: row.text("environment")?,
        test_mode: row.get("test_mode")?,
    })
}

impl Book {
    /// Takes a batch into the journal with the documents that are to follow its cases, all of it or nothing. On the disk
    /// when it returns.
    ///
    /// # Errors
    /// [`ConfirmError::Live`] names every invoice that may not be submitted again.
    pub async fn confirm_batch(
        &self,
        entries: Vec<NewEntry>,
        documents: Vec<Attachment>,
        checkpoint: &Checkpoint,
    ) -> Result<(), ConfirmError> {
        let Some(first) = entries.first().map(|entry| entry.id) else {
            return Ok(());
        };
        let step = Submission::confirm();
        checkpoint.pass(step.transition(), Side::Before, first);
        self.write_batch(entries, documents, step.clone()).await?;
        checkpoint.pass(step.transition(), Side::After, first);
        Ok(())
    }

    async fn write_batch(
        &self,
        entries: Vec<NewEntry>,
        documents: Vec<Attachment>,
        step: Step,
    ) -> Result<(), ConfirmError> {
        self.database
            .attempt(move |tx| {
                let mut live = Vec::new();
                for entry in &entries {
                    if !insert(tx, entry, step.to())? {
                        live.push(entry.invoice.clone());
                    }
                }
                if !live.is_empty() {
                    return Ok(Err(ConfirmError::Live(live)));
                }
                for document in &documents {
                    attachments::keep(tx, document)?;
                }
                Ok(Ok(()))
            })
            .await?
    }

    /// One entry.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn entry(&self, id: EntryId) -> Result<Option<Entry>, StoreError> {
        let found = self
            .entries("SELECT * FROM journal WHERE id = ?1", id.to_string())
            .await?;
        Ok(found.into_iter().next())
    }

    /// The entries that have not ended, of all workspaces, in the order in which they were confirmed.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn pending(&self) -> Result<Vec<Entry>, StoreError> {
        self.database
            .read(|tx| {
                tx.prepare_cached(
                    "SELECT * FROM journal WHERE stage_name IN ('confirmed', 'sending', 'unknown') ORDER BY key",
                )?
                .query_map([], Entry::read)?
                .collect()
            })
            .await
    }

    /// The entries of a batch, in the order in which they were confirmed.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn batch(&self, id: BatchId) -> Result<Vec<Entry>, StoreError> {
        self.entries(
            "SELECT * FROM journal WHERE batch = ?1 ORDER BY key",
            id.to_string(),
        )
        .await
    }

    /// All entries of a workspace, for reading and exporting.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn journal(&self, workspace: WorkspaceId) -> Result<Vec<Entry>, StoreError> {
        self.entries(
            "SELECT * FROM journal WHERE workspace = ?1 ORDER BY key",
            workspace.to_string(),
        )
        .await
    }

    /// All entries of one invoice in a scope, also those that ended without a case.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn entries_of(
        &self,
        scope: JournalScope,
        invoice: InvoiceId,
    ) -> Result<Vec<Entry>, StoreError> {
        self.database
            .read(move |tx| {
                tx.prepare_cached(
                    "SELECT * FROM journal
                     WHERE creditor = ?1 AND environment = ?2 AND test_mode = ?3 AND invoice = ?4 ORDER BY key",
                )?
                .query_map(
                    params![
                        scope.creditor,
                        Text(scope.environment),
                        scope.test_mode,
                        Text(invoice)
                    ],
                    Entry::read,
                )?
                .collect()
            })
            .await
    }

    /// The batches of a workspace, newest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn batches(
        &self,
        workspace: WorkspaceId,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<Batch>, StoreError> {
        self.database
            .read(move |tx| {
                let mut batches: Vec<Batch> = tx
                    .prepare_cached(
                        "SELECT batch, creditor, environment, test_mode, min(confirmed_at) AS confirmed_at
                         FROM journal WHERE workspace = ?1 GROUP BY batch ORDER BY min(key) DESC
                         LIMIT ?2 OFFSET ?3",
                    )?
                    .query_map(params![Text(workspace), limit, offset], |row| {
                        Ok(Batch {
                            id: row.text("batch")?,
                            scope: scope(row)?,
                            confirmed_at: row.at("confirmed_at")?,
                            stages: Vec::new(),
                        })
                    })?
                    .collect::<rusqlite::Result<_>>()?;
                let mut count = tx.prepare_cached(
                    "SELECT stage_name, count(*) FROM journal WHERE batch = ?1 GROUP BY stage_name ORDER BY 1",
                )?;
                for batch in &mut batches {
                    batch.stages = count
                        .query_map([Text(batch.id)], |row| Ok((row.get(0)?, row.get(1)?)))?
                        .collect::<rusqlite::Result<_>>()?;
                }
                Ok(batches)
            })
            .await
    }

    /// The entry that stands for each invoice of a scope.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn live_entries(
        &self,
        scope: JournalScope,
    ) -> Result<HashMap<InvoiceId, LiveEntry>, StoreError> {
        self.database
            .read(move |tx| {
                tx.prepare_cached(
                    "SELECT invoice, id, stage, case_id, case_reference FROM journal
                     WHERE creditor = ?1 AND environment = ?2 AND test_mode = ?3 AND live",
                )?
                .query_map(
                    params![scope.creditor, Text(scope.environment), scope.test_mode],
                    |row| {
                        Ok((
                            row.text("invoice")?,
                            LiveEntry {
                                entry: row.text("id")?,
                                stage: row.json("stage")?,
                                case_id: row.get("case_id")?,
                                case_reference: row.get("case_reference")?,
                            },
                        ))
                    },
                )?
                .collect()
            })
            .await
    }

    /// Writes a consistent copy of the whole book, which must not exist yet.
    ///
    /// # Errors
    /// [`StoreError::CannotOpen`] when the path cannot be written.
    pub async fn export(&self, to: PathBuf) -> Result<(), StoreError> {
        let target = to.to_str().map(str::to_owned);
        let target = target.ok_or_else(|| StoreError::CannotOpen {
            file: FileKind::Book,
            detail: "the path is not Unicode".into(),
        })?;
        self.database
            .bare(move |book| book.execute("VACUUM INTO ?1", [target]).map(drop))
            .await
    }

    async fn entries(&self, sql: &'static str, key: String) -> Result<Vec<Entry>, StoreError> {
        self.database
            .read(move |tx| {
                tx.prepare_cached(sql)?
                    .query_map([key], Entry::read)?
                    .collect()
            })
            .await
    }
}

/// Whether the entry went in; it does not where another live one stands for the invoice.
fn insert(tx: &Transaction<'_>, entry: &NewEntry, stage: &Submission) -> rusqlite::Result<bool> {
    let inserted = tx
        .prepare_cached(
            "INSERT INTO journal (id, batch, workspace, creditor, environment, test_mode, invoice, creditor_reference,
                 debtor_name, amount, currency, idempotency_key, body, stage, stage_name, live, confirmed_at,
                 updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?17)
             ON CONFLICT (creditor, environment, test_mode, invoice) WHERE live DO NOTHING",
        )?
        .execute(params![
            Text(entry.id),
            Text(entry.batch),
            Text(entry.workspace),
            entry.scope.creditor,
            Text(entry.scope.environment),
            entry.scope.test_mode,
            Text(&entry.invoice),
            entry.creditor_reference,
            entry.debtor_name,
            entry.amount.decimal(),
            entry.amount.currency.code(),
            entry.idempotency_key,
            entry.body,
            Json(stage),
            stage.name(),
            stage.is_live(),
            At(entry.confirmed_at),
        ])?;
    Ok(inserted == 1)
}
