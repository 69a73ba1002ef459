//! Imported rows among the invoices. The book keeps them, since nobody can fetch them again; the lists have them like any
//! others, and are brought in step with the book whenever one of the two was cut off or lost.

use std::sync::Arc;
use std::time::Duration;

use receivables::InvoiceId;
use store::{ConnectionId, Draft, Import, Lot, Projection, Query, Record, Workspace};
use tokio::sync::mpsc;

use super::blocking;
use super::reading::LOT;
use crate::jobs::{Job, Task};
use crate::office::Office;
use crate::projection::{Judging, OPEN};
use crate::wire::{Failure, JobKind, Subject, small};

/// The one subject of the work: all imports.
const ALL: &str = "imports";

impl Office {
    /// Lists the rows kept under a connection with all invoices, and says how many are listed after each lot.
    pub(super) async fn list_rows(
        self: &Arc<Self>,
        workspace: &Workspace,
        connection: ConnectionId,
        mut listed: impl FnMut(u32) + Send,
    ) -> Result<(), Failure> {
        {
            // Held from the book to the lists, so that no row comes back that was given up in between.
            let _one = self.listing.lock().await;
            let judging = self.judging(workspace).await?;
            let expected = self.book.draft_count(connection).await?;
            let (sender, lots) = mpsc::channel(1);
            let stored = async {
                let cache = &self.cache;
                let stored = cache.store_all(workspace.id, connection, lots, expected, self.now());
                stored.await.map_err(Failure::from)
            };
            let judged = self.judge_rows(connection, judging, sender, &mut listed);
            tokio::try_join!(stored, judged)?;
        }
        // Which references are shared shows only now that all are here.
        let duplicates = self.cache.duplicates(workspace.id, &OPEN).await?;
        let shared: Vec<InvoiceId> = duplicates.into_iter().map(|found| found.invoice).collect();
        let judging = self.judging(workspace).await?;
        self.judge_again(workspace, &judging, &shared).await
    }

    /// Judges the rows kept under a connection, lot after lot: the next is read meanwhile, and the one before written.
    async fn judge_rows(
        &self,
        connection: ConnectionId,
        judging: Judging,
        judged: mpsc::Sender<Lot>,
        listed: &mut (impl FnMut(u32) + Send),
    ) -> Result<(), Failure> {
        let judging = Arc::new(judging);
        let read = |after| self.book.drafts_after(connection, after, small(LOT));
        let (mut next, mut done) = (read(0).await?, 0);
        while let (drafts, Some(last)) = next {
            done += small(drafts.len());
            let judging = Arc::clone(&judging);
            let lot = blocking(move || {
                let record = |draft: Draft| Record {
                    projection: Projection::of(&draft.invoice, &judging.judge(&draft.invoice)),
                    invoice: draft.invoice,
                    raw: draft.raw,
                    created: None,
                };
                Lot::of(drafts.into_iter().map(record).collect())
            });
            let (lot, following) = tokio::join!(lot, read(last));
            if judged.send(lot??).await.is_err() {
                return Ok(());
            }
            next = following?;
            listed(done);
        }
        Ok(())
    }

    /// Takes the rows of a connection off the lists.
    pub(super) async fn unlist_rows(&self, connection: ConnectionId) -> Result<(), Failure> {
        let _one = self.listing.lock().await;
        self.cache.wipe(connection).await?;
        Ok(())
    }

    /// Takes rows off the lists that belong to no reading any more.
    pub(super) async fn forget_old_rows(&self) -> Result<(), Failure> {
        let mut present = Vec::new();
        for workspace in self.book.workspaces().await? {
            for connection in self.book.connections(workspace.id).await? {
                present.push(connection.id);
            }
        }
        let _one = self.listing.lock().await;
        Ok(self.cache.keep_imports(present).await?)
    }

    /// Removes what an import that was cut off has left, before anything else is done: rows of which no import knows, and
    /// copies of files.
    pub(crate) async fn clear_cut_off_imports(&self) -> Result<(), Failure> {
        self.book.drop_unfinished_readings().await?;
        self.forget_stray_copies().await?;
        self.forget_old_rows().await
    }

    /// Brings the lists in step with the rows that are kept, in the background: after a listing was cut off, or after the
    /// cache was lost.
    pub(crate) async fn start_listing(self: &Arc<Self>) -> Result<(), Failure> {
        if self.unlisted().await?.is_empty() {
            return Ok(());
        }
        let task = Task {
            kind: JobKind::ListRows,
            title: "Listing imported rows".to_owned(),
            unit: "rows",
            can_cancel: false,
            subject: Some(ALL.to_owned()),
        };
        let office = Arc::clone(self);
        self.jobs.start(task, move |job| async move {
            let listed = office.list_missing(&job).await;
            office.events.changed(Subject::Imports);
            office.events.changed(Subject::Invoices);
            listed.map(|rows| format!("{rows} imported rows listed."))
        });
        Ok(())
    }

    /// Waits until the lists are in step, for whoever asks once and must not be told a part.
    pub(crate) async fn listed(&self) {
        while self.jobs.running(JobKind::ListRows, ALL).is_some() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn list_missing(self: &Arc<Self>, job: &Arc<Job>) -> Result<u32, Failure> {
        /// The cache may be wiped again meanwhile.
        const ROUNDS: u32 = 3;
        let mut done = 0;
        for _ in 0..ROUNDS {
            let missing = self.unlisted().await?;
            if missing.is_empty() {
                break;
            }
            let total = missing.iter().map(|(_, _, rows)| *rows).sum::<u32>();
            let total = Some(done + total);
            for (workspace, connection, _) in missing {
                let before = done;
                self.list_rows(&workspace, connection, |listed| {
                    done = before + listed;
                    job.progress(done, total);
                    self.events.changed(Subject::Invoices);
                })
                .await?;
            }
            self.forget_old_rows().await?;
        }
        Ok(done)
    }

    /// What the book keeps and the lists do not show, with the number of rows.
    async fn unlisted(&self) -> Result<Vec<(Workspace, ConnectionId, u32)>, Failure> {
        let mut unlisted = Vec::new();
        for workspace in self.book.workspaces().await? {
            let imports = self.book.imports(workspace.id).await?;
            for connection in imports
                .iter()
                .filter_map(|import: &Import| import.connection)
            {
                let kept = self.book.draft_count(connection).await?;
                if kept != self.summary_of(&workspace, connection).await?.count {
                    unlisted.push((workspace.clone(), connection, kept));
                }
            }
        }
        Ok(unlisted)
    }

    pub(super) async fn summary_of(
        &self,
        workspace: &Workspace,
        connection: ConnectionId,
    ) -> Result<store::Summary, Failure> {
        let query = Query {
            connection: Some(connection),
            include_partly_paid: true,
            ..Query::new(workspace.id)
        };
        Ok(self.cache.summary(query).await?)
    }
}
