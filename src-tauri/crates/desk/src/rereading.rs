//! Invoices read again at their sources: one that somebody looks at, the many of a review, the one about to be sent.
//! Reading is metered, so what a source gives for many at once is asked for once.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use receivables::{Invoice, InvoiceId, Provider, SourceStatus};
use store::{Connection, ConnectionId, Projection, Record, StoredInvoice, Workspace};
use tokio::sync::Mutex;

use crate::office::Office;
use crate::projection::Judging;
use crate::source::{Reading, source_failure};
use crate::sync::record;
use crate::wire::{Failure, Subject};

/// Invoices that one piece of work reads again.
pub(crate) struct Rereading<'a> {
    office: &'a Arc<Office>,
    workspace: &'a Workspace,
    judging: &'a Judging,
    ids: &'a [InvoiceId],
    readings: Mutex<HashMap<ConnectionId, Arc<Reading>>>,
}

impl<'a> Rereading<'a> {
    /// Nothing but `ids` will be read.
    pub(crate) fn of(
        office: &'a Arc<Office>,
        workspace: &'a Workspace,
        judging: &'a Judging,
        ids: &'a [InvoiceId],
    ) -> Self {
        Self {
            office,
            workspace,
            judging,
            ids,
            readings: Mutex::default(),
        }
    }

    /// Keeps what its source says of it now; `None` when the source no longer knows it, or when the source is not
    /// connected any more.
    pub(crate) async fn invoice(&self, id: &InvoiceId) -> Result<Option<Invoice>, Failure> {
        if id.provider == Provider::Import {
            return self.office.read_draft_again(self.workspace, id).await;
        }
        let Some((_, connection)) = self.office.kept(self.workspace, id).await? else {
            return Ok(None);
        };
        let found = self.reading(&connection).await?.invoice(&id.id).await;
        let found = found.map_err(|fault| source_failure(connection.provider, &fault))?;
        let found = match found {
            Some(fetched) => Some(record(
                fetched,
                self.judging,
                &self.office.time_zone().await,
            )),
            None => {
                self.office
                    .deleted(self.workspace, id, self.judging)
                    .await?
            }
        };
        self.office.keep(self.workspace, &connection, found).await
    }

    async fn reading(&self, connection: &Connection) -> Result<Arc<Reading>, Failure> {
        let mut readings = self.readings.lock().await;
        if let Some(known) = readings.get(&connection.id) {
            return Ok(Arc::clone(known));
        }
        let of_source =
            |id: &&InvoiceId| id.provider == connection.provider && id.tenant == connection.tenant;
        let ids = self.ids.iter().filter(of_source).map(|id| id.id.clone());
        let reading = Reading::of(self.office.source(connection).await?, ids.collect());
        let reading = Arc::new(reading);
        readings.insert(connection.id, Arc::clone(&reading));
        Ok(reading)
    }
}

impl Office {
    /// Reads in the background what a list left out of an invoice that somebody looks at.
    pub(crate) fn read_details(self: &Arc<Self>, workspace: &Workspace, id: &InvoiceId) {
        let (office, workspace, id) = (Arc::clone(self), workspace.clone(), id.clone());
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        if !reading.insert(id.clone()) {
            return;
        }
        drop(reading);
        tokio::spawn(async move {
            match office.read_whole(&workspace, &id).await {
                Ok(_) => office.events.changed(Subject::Invoices),
                // What is here stays on screen; the review reads it again and says what stands in the way.
                Err(failure) => {
                    tracing::warn!(
                        code = failure.code.name(),
                        "the details of an invoice were not read"
                    );
                }
            }
            office
                .reading
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(&id);
        });
    }

    async fn read_whole(
        self: &Arc<Self>,
        workspace: &Workspace,
        id: &InvoiceId,
    ) -> Result<Option<Invoice>, Failure> {
        let judging = self.judging(workspace).await?;
        let ids = std::slice::from_ref(id);
        Rereading::of(self, workspace, &judging, ids)
            .invoice(id)
            .await
    }

    /// What has become of an invoice that was read in full before: whether it is open still, and how much of it. `None`
    /// as in [`Rereading::invoice`].
    pub(crate) async fn read_standing(
        self: &Arc<Self>,
        workspace: &Workspace,
        id: &InvoiceId,
    ) -> Result<Option<Invoice>, Failure> {
        if id.provider == Provider::Import {
            return self.read_draft_again(workspace, id).await;
        }
        let Some((before, connection)) = self.kept(workspace, id).await? else {
            return Ok(None);
        };
        let judging = self.judging(workspace).await?;
        let source = self.source(&connection).await?;
        let ids = std::slice::from_ref(&id.id);
        let since = connection.last_sync.unwrap_or_default();
        let found = source.left(ids, since).await;
        let found = found.map_err(|fault| source_failure(connection.provider, &fault))?;
        let found = match found.into_iter().next() {
            Some(mut fetched) => {
                fetched.invoice = fetched.invoice.with_details_of(&before.invoice);
                Some(record(fetched, &judging, &self.time_zone().await))
            }
            None => self.deleted(workspace, id, &judging).await?,
        };
        self.keep(workspace, &connection, found).await
    }

    /// A cached invoice and where it came from.
    async fn kept(
        &self,
        workspace: &Workspace,
        id: &InvoiceId,
    ) -> Result<Option<(StoredInvoice, Connection)>, Failure> {
        let Some(stored) = self.cache.get(workspace.id, id.clone()).await? else {
            return Ok(None);
        };
        let connection = self.book.connection(stored.row.connection).await?;
        Ok(connection.map(|connection| (stored, connection)))
    }

    async fn keep(
        &self,
        workspace: &Workspace,
        connection: &Connection,
        found: Option<Record>,
    ) -> Result<Option<Invoice>, Failure> {
        let Some(found) = found else {
            return Ok(None);
        };
        let invoice = found.invoice.clone();
        self.cache
            .store(workspace.id, connection.id, vec![found], self.now())
            .await?;
        Ok((invoice.status != SourceStatus::Deleted).then_some(invoice))
    }

    /// A cached invoice that its source has forgotten.
    pub(crate) async fn deleted(
        &self,
        workspace: &Workspace,
        id: &InvoiceId,
        judging: &Judging,
    ) -> Result<Option<Record>, Failure> {
        let Some(stored) = self.cache.get(workspace.id, id.clone()).await? else {
            return Ok(None);
        };
        let invoice = Invoice {
            status: SourceStatus::Deleted,
            ..stored.invoice
        };
        let projection = Projection::of(&invoice, &judging.judge(&invoice));
        Ok(Some(Record {
            invoice,
            raw: stored.raw,
            created: None,
            projection,
        }))
    }
}
