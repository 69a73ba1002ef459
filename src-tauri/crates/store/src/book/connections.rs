//! Connections: the sources of a workspace. Their secrets are in the keychain.

use jiff::Timestamp;
use jiff::civil::Date;
use receivables::Provider;
use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Book;
use crate::column::{At, Json, RowExt, Text};
use crate::error::StoreError;
use crate::id::{ConnectionId, WorkspaceId};

/// The creation dates that are fetched, both included; open where absent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatedRange {
    pub from: Option<Date>,
    pub to: Option<Date>,
}

/// One source of a workspace.
#[derive(Debug, Clone, PartialEq)]
pub struct Connection {
    pub id: ConnectionId,
    pub workspace: WorkspaceId,
    pub provider: Provider,
    /// The account at the provider, as in `receivables::InvoiceId`.
    pub tenant: String,
    /// The user's name for it.
    pub label: String,
    /// The last characters of the key, by which people tell keys apart.
    pub key_hint: Option<String>,
    pub account_name: Option<String>,
    pub country: Option<String>,
    /// How the last contact went, in the words of whoever made it.
    pub status: Value,
    pub created: Timestamp,
    pub last_sync: Option<Timestamp>,
    pub range: CreatedRange,
}

impl Connection {
    fn read(row: &Row<'_>) -> rusqlite::Result<Connection> {
        Ok(Connection {
            id: row.text("id")?,
            workspace: row.text("workspace")?,
            provider: row.text("provider")?,
            tenant: row.get("tenant")?,
            label: row.get("label")?,
            key_hint: row.get("key_hint")?,
            account_name: row.get("account_name")?,
            country: row.get("country")?,
            status: row.json("status")?,
            created: row.at("created")?,
            last_sync: row.at_opt("last_sync")?,
            range: CreatedRange {
                from: row.text_opt("range_from")?,
                to: row.text_opt("range_to")?,
            },
        })
    }
}

impl Book {
    /// The connections of a workspace, oldest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn connections(&self, workspace: WorkspaceId) -> Result<Vec<Connection>, StoreError> {
        self.database
            .read(move |tx| {
                tx.prepare_cached(
                    "SELECT * FROM connections WHERE workspace = ?1 ORDER BY created, id",
                )?
                .query_map([Text(workspace)], Connection::read)?
                .collect()
            })
            .await
    }

    /// One connection of any workspace.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn connection(&self, id: ConnectionId) -> Result<Option<Connection>, StoreError> {
        self.database
            .read(move |tx| {
                tx.prepare_cached("SELECT * FROM connections WHERE id = ?1")?
                    .query_map([Text(id)], Connection::read)?
                    .next()
                    .transpose()
            })
            .await
    }

    /// Adds a connection.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the id is taken or there is no such workspace.
    pub async fn insert_connection(&self, connection: Connection) -> Result<(), StoreError> {
        self.database
            .write(move |tx| {
                tx.execute(
                    "INSERT INTO connections (id, workspace, provider, tenant, label, key_hint, account_name, country,
                         status, created, last_sync, range_from, range_to)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
                    params![
                        Text(connection.id),
                        Text(connection.workspace),
                        connection.provider.name(),
                        connection.tenant,
                        connection.label,
                        connection.key_hint,
                        connection.account_name,
                        connection.country,
                        Json(connection.status),
                        At(connection.created),
                        connection.last_sync.map(At),
                        connection.range.from.map(Text),
                        connection.range.to.map(Text),
                    ],
                )
                .map(drop)
            })
            .await
    }

    /// Changes everything but id, workspace, provider and creation of a connection.
    ///
    /// # Errors
    /// [`StoreError::Absent`] when there is none with this id.
    pub async fn update_connection(&self, connection: Connection) -> Result<(), StoreError> {
        let changed = self
            .database
            .write(move |tx| {
                tx.execute(
                    "UPDATE connections SET tenant = ?2, label = ?3, key_hint = ?4, account_name = ?5, country = ?6,
                         status = ?7, last_sync = ?8, range_from = ?9, range_to = ?10 WHERE id = ?1",
                    params![
                        Text(connection.id),
                        connection.tenant,
                        connection.label,
                        connection.key_hint,
                        connection.account_name,
                        connection.country,
                        Json(connection.status),
                        connection.last_sync.map(At),
                        connection.range.from.map(Text),
                        connection.range.to.map(Text),
                    ],
                )
            })
            .await?;
        self.found(changed, "connection")
    }

    /// Removes a connection and the rows imported through it. Corrections and journal stay: they name invoices, not
    /// connections.
    ///
    /// # Errors
    /// [`StoreError::Absent`] when there is none with this id.
    pub async fn delete_connection(&self, id: ConnectionId) -> Result<(), StoreError> {
        let changed = self
            .database
            .write(move |tx| tx.execute("DELETE FROM connections WHERE id = ?1", [Text(id)]))
            .await?;
        self.found(changed, "connection")
    }
}
