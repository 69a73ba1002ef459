//! One fetch from one source: page by page, each kept with its cursor, in order; what left the list since is read again
//! one by one, since a list does not show it. A source that tells its changes is not walked through again.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use accounting::quickbooks::{Changes, Followed};
use accounting::{Fault, Fetched, Filter, Page, Slice as Span, Stopped};
use futures_util::StreamExt;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Unit};
use receivables::{InvoiceId, SourceStatus};
use store::{Connection, CreatedRange, Record, Slice, Walk, WalkBy, Workspace};

use crate::FailureCode;
use crate::connections::status;
use crate::jobs::Job;
use crate::office::Office;
use crate::projection::Judging;
use crate::source::{Source, source_failure};
use crate::sync::record;
use crate::wire::small;
use crate::wire::{Failure, Subject};

/// Parts of a fetch under way at a time.
const PARALLEL: usize = 2;

/// Which invoices a fetch asks for; both days included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked {
    pub by: WalkBy,
    pub from: Date,
    pub to: Date,
}

/// What a fetch works with.
pub(crate) struct Fetching<'a> {
    pub office: &'a Arc<Office>,
    pub source: Source,
    pub workspace: &'a Workspace,
    pub connection: &'a Connection,
    pub judging: Judging,
    pub zone: TimeZone,
    pub job: &'a Arc<Job>,
}

/// What a fetch came to.
pub(crate) struct Done {
    /// Unpaid invoices met.
    pub met: u32,
    /// Invoices that are no longer open.
    pub left: u32,
    pub range: CreatedRange,
    /// Up to when the source's changes are known, by its own clock.
    pub followed: Option<Timestamp>,
}

/// Why a page was not kept.
enum NotKept {
    Store(Failure),
    Cancelled,
}

impl Fetching<'_> {
    /// From where it was interrupted, or from what changed since, or from the first page.
    pub(crate) async fn run(&self, asked: Option<Asked>) -> Result<Done, Failure> {
        if let Some(since) = self.followed(asked).await?
            && let Some(done) = self.follow(since).await?
        {
            return Ok(done);
        }
        self.walk(asked).await
    }

    /// Every unpaid invoice of a range, and what has left the list since.
    async fn walk(&self, asked: Option<Asked>) -> Result<Done, Failure> {
        let (walk, asked) = self.walk_of(asked).await?;
        let open = walk.slices.iter().filter(|slice| !slice.done).cloned();
        let mut fetches = Vec::with_capacity(walk.slices.len());
        for slice in open {
            fetches.push(self.fetch_slice(asked.by, slice));
        }
        let mut slices = futures_util::stream::iter(fetches).buffer_unordered(PARALLEL);
        let mut met = 0;
        while let Some(outcome) = slices.next().await {
            met += outcome?;
        }
        drop(slices);
        let left = self.read_what_left(&walk).await?;
        let range = match asked.by {
            WalkBy::Created => CreatedRange {
                from: Some(asked.from),
                to: Some(asked.to),
            },
            WalkBy::Due => self.connection.range,
        };
        let follows = matches!(self.source, Source::QuickBooks(_)) && asked.by == WalkBy::Created;
        Ok(Done {
            met,
            left,
            range,
            // One that was interrupted began long ago, and its first pages are as old as that.
            followed: follows.then_some(walk.started),
        })
    }

    /// The walk to go on with, or a new one. A walk is gone on with only for the range it was begun for.
    async fn walk_of(&self, asked: Option<Asked>) -> Result<(Walk, Asked), Failure> {
        let cache = &self.office.cache;
        let begun = cache
            .walk(self.connection.id)
            .await?
            .filter(|walk| walk.finished.is_none());
        if let Some(walk) = begun
            && let Some(of_walk) = whole_range(&walk)
            && asked.is_none_or(|asked| asked == of_walk)
        {
            return Ok((walk, of_walk));
        }
        let asked = match asked {
            Some(asked) => asked,
            None => {
                let (from, to) = self.office.usual_range().await;
                let by = WalkBy::Created;
                Asked { by, from, to }
            }
        };
        let ranges = slices_of((asked.from, asked.to), self.source.parts());
        let now = self.office.now();
        let walk = cache
            .begin_walk(self.workspace.id, self.connection.id, asked.by, ranges, now)
            .await?;
        Ok((walk, asked))
    }

    async fn fetch_slice(&self, by: WalkBy, slice: Slice) -> Result<u32, Failure> {
        let Some(filter) = filter_of(by, &slice.range, &self.zone) else {
            return Ok(0);
        };
        let cursor = tokio::sync::Mutex::new(slice.cursor.clone());
        let count = AtomicU32::new(0);
        let keep = |page: Page| {
            let (slice, cursor, count) = (&slice, &cursor, &count);
            async move {
                let mut at = cursor.lock().await;
                let next = page.next.clone();
                let number = small(page.fetched.len());
                let kept = self
                    .keep_page(slice, at.clone(), page)
                    .await
                    .map_err(NotKept::Store)?;
                *at = next;
                count.fetch_add(number, Ordering::Relaxed);
                self.job.advance(number);
                self.office.events.changed(Subject::Invoices);
                if self.job.is_cancelled() && !kept.done {
                    Err(NotKept::Cancelled)
                } else {
                    Ok(())
                }
            }
        };
        let walking = self.source.walk(filter, slice.cursor.clone(), keep);
        let outcome = tokio::select! {
            outcome = walking => outcome,
            () = self.job.cancelled() => return Err(Failure::new(FailureCode::Cancelled)),
        };
        match outcome {
            Ok(()) => Ok(count.into_inner()),
            Err(Stopped::Sink(NotKept::Store(failure))) => Err(failure),
            Err(Stopped::Sink(NotKept::Cancelled)) => Err(Failure::new(FailureCode::Cancelled)),
            Err(Stopped::Fault(fault)) => Err(self.failure(&fault)),
        }
    }

    async fn keep_page(
        &self,
        slice: &Slice,
        cursor: Option<String>,
        page: Page,
    ) -> Result<Slice, Failure> {
        let fetched = self.with_known_details(page.fetched).await?;
        let records = fetched
            .into_iter()
            .map(|fetched| record(fetched, &self.judging, &self.zone))
            .collect();
        // A walk that began again from the start, because its source forgot the cursor, goes on under the cursor that is
        // kept: it says where this page belongs, and what was kept before is kept again.
        let now = self.office.now();
        Ok(self
            .office
            .cache
            .store_page(slice.id, cursor, records, page.next, now)
            .await?)
    }

    /// Summaries with the details that were read before.
    async fn with_known_details(&self, fetched: Vec<Fetched>) -> Result<Vec<Fetched>, Failure> {
        let summaries = fetched
            .iter()
            .filter(|fetched| fetched.invoice.summary_only);
        let ids: Vec<InvoiceId> = summaries
            .map(|fetched| fetched.invoice.id.clone())
            .collect();
        if ids.is_empty() {
            return Ok(fetched);
        }
        let known = self.office.cache.get_many(self.workspace.id, ids).await?;
        let earlier = |id: &InvoiceId| known.iter().find(|known| known.invoice.id == *id);
        let completed = fetched
            .into_iter()
            .map(|fetched| match earlier(&fetched.invoice.id) {
                Some(earlier) => Fetched {
                    invoice: fetched.invoice.with_details_of(&earlier.invoice),
                    ..fetched
                },
                None => fetched,
            });
        Ok(completed.collect())
    }

    /// Reads again what a complete walk should have met and did not: a list of what is unpaid does not show it.
    async fn read_what_left(&self, walk: &Walk) -> Result<u32, Failure> {
        let office = self.office;
        let missing = office.cache.missing_after(walk.id).await?;
        let since = self.connection.last_sync.unwrap_or(Timestamp::UNIX_EPOCH);
        let mut left = 0;
        for missing in missing.chunks(self.source.at_once()) {
            if self.job.is_cancelled() {
                return Err(Failure::new(FailureCode::Cancelled));
            }
            let ids: Vec<String> = missing.iter().map(|id| id.id.clone()).collect();
            let found = self.source.left(&ids, since).await;
            let found = self
                .with_known_details(found.map_err(|fault| self.failure(&fault))?)
                .await?;
            let mut records: Vec<Record> = found
                .into_iter()
                .map(|fetched| record(fetched, &self.judging, &self.zone))
                .collect();
            let known: HashSet<InvoiceId> = records
                .iter()
                .map(|record| record.invoice.id.clone())
                .collect();
            for id in missing.iter().filter(|id| !known.contains(id)) {
                records.extend(office.deleted(self.workspace, id, &self.judging).await?);
            }
            let gone = |record: &&Record| record.invoice.status != SourceStatus::Open;
            left += small(records.iter().filter(gone).count());
            let (workspace, connection) = (self.workspace.id, self.connection.id);
            office
                .cache
                .store(workspace, connection, records, office.now())
                .await?;
        }
        Ok(left)
    }

    /// From when on the source can tell its changes: only where a whole walk of the usual range ended before, and what it
    /// brought is still here.
    async fn followed(&self, asked: Option<Asked>) -> Result<Option<Timestamp>, Failure> {
        let cache = &self.office.cache;
        let whole = cache
            .walk(self.connection.id)
            .await?
            .is_some_and(|walk| walk.finished.is_some() && walk.by == WalkBy::Created);
        let kept = cache.as_of(self.connection.id).await?.is_some();
        let followed = status(self.connection).followed;
        Ok(followed.filter(|_| asked.is_none() && whole && kept))
    }

    /// What changed since; `None` where the source cannot tell.
    async fn follow(&self, since: Timestamp) -> Result<Option<Done>, Failure> {
        let Source::QuickBooks(company) = &self.source else {
            return Ok(None);
        };
        let (met, left) = (AtomicU32::new(0), AtomicU32::new(0));
        let keep = |changes: Changes| {
            let (met, left) = (&met, &left);
            async move {
                let mut records = Vec::with_capacity(changes.fetched.len());
                for fetched in changes.fetched {
                    let counter = match fetched.invoice.status {
                        SourceStatus::Open => met,
                        _ => left,
                    };
                    counter.fetch_add(1, Ordering::Relaxed);
                    records.push(record(fetched, &self.judging, &self.zone));
                }
                for id in changes.deleted {
                    let gone = self
                        .office
                        .deleted(self.workspace, &id, &self.judging)
                        .await?;
                    if let Some(gone) = gone {
                        left.fetch_add(1, Ordering::Relaxed);
                        records.push(gone);
                    }
                }
                self.job.advance(small(records.len()));
                let (workspace, connection) = (self.workspace.id, self.connection.id);
                let now = self.office.now();
                self.office
                    .cache
                    .store(workspace, connection, records, now)
                    .await?;
                self.office.events.changed(Subject::Invoices);
                Ok::<(), Failure>(())
            }
        };
        let following = company.changes(since, keep);
        let outcome = tokio::select! {
            outcome = following => outcome,
            () = self.job.cancelled() => return Err(Failure::new(FailureCode::Cancelled)),
        };
        match outcome {
            Ok(Followed::UpTo(at)) => Ok(Some(Done {
                met: met.into_inner(),
                left: left.into_inner(),
                range: self.connection.range,
                followed: Some(at),
            })),
            Ok(Followed::Not(_)) => Ok(None),
            Err(Stopped::Sink(failure)) => Err(failure),
            Err(Stopped::Fault(fault)) => Err(self.failure(&fault)),
        }
    }

    fn failure(&self, fault: &Fault) -> Failure {
        source_failure(self.connection.provider, fault)
    }
}

/// A range in at most `count` parts of about the same length, newest first: those are looked at first.
fn slices_of((from, to): (Date, Date), count: usize) -> Vec<CreatedRange> {
    let days = from
        .until((Unit::Day, to))
        .map_or(0, |span| i64::from(span.get_days()))
        + 1;
    let count = i64::try_from(count).unwrap_or(1).min(days).max(1);
    let day = |number: i64| from.saturating_add(number.days());
    (0..count)
        .rev()
        .map(|part| CreatedRange {
            from: Some(day(days * part / count)),
            to: Some(day(days * (part + 1) / count - 1)),
        })
        .collect()
}

fn whole_range(walk: &Walk) -> Option<Asked> {
    let from = walk
        .slices
        .iter()
        .filter_map(|slice| slice.range.from)
        .min()?;
    let to = walk
        .slices
        .iter()
        .filter_map(|slice| slice.range.to)
        .max()?;
    let by = walk.by;
    Some(Asked { by, from, to })
}

/// The days of a slice, the last one included: as moments in the creditor's zone where providers count those.
fn filter_of(by: WalkBy, range: &CreatedRange, zone: &TimeZone) -> Option<Filter> {
    let (from, to) = (range.from?, range.to?);
    let start = |day: Date| {
        day.to_zoned(zone.clone())
            .ok()
            .map(|zoned| zoned.timestamp())
    };
    match by {
        WalkBy::Created => Some(Filter::Created(Span {
            from: start(from)?,
            until: start(to.saturating_add(1.day()))?,
        })),
        WalkBy::Due => Some(Filter::Due { from, to }),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn slices_hold_every_day_once(days in 0_i64..2000, count in 1_usize..20) {
            let from = date(2024, 2, 28);
            let to = from.saturating_add(days.days());
            let mut slices = slices_of((from, to), count);
            slices.reverse();
            prop_assert_eq!(slices.first().and_then(|slice| slice.from), Some(from));
            prop_assert_eq!(slices.last().and_then(|slice| slice.to), Some(to));
            for pair in slices.windows(2) {
                prop_assert_eq!(pair[0].to.map(|day| day.saturating_add(1.day())), pair[1].from);
            }
        }
    }
}
