//! Fetching unpaid invoices: slices of creation dates side by side, page by page, each page kept with its cursor before
//! the next is asked for. What left `open` since is read again one by one, since a list does not show it.

use std::sync::Arc;

use accounting::stripe::Stripe;
use accounting::{Fault, Fetched, Page, Slice as Span, Stopped};
use futures_util::StreamExt;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{ToSpan, Unit};
use receivables::{Invoice, InvoiceId, Provider, SourceStatus};
use serde_json::json;
use store::{Connection, CreatedRange, Projection, Record, Slice, Walk, Workspace};

use crate::FailureCode;
use crate::connections::stripe_failure;
use crate::jobs::{Job, Task};
use crate::office::Office;
use crate::projection::Judging;
use crate::wire::small;
use crate::wire::{ById, DateRange, Failure, JobKind, Nothing, Started, Subject, Sync};

/// Slices under way at a time. Stripe lists one page after the other; slices are the only way to ask for two at once.
const PARALLEL: usize = 2;
/// Slices of a whole fetch: enough that the two walkers end at about the same time, few enough to waste no requests.
const SLICES: usize = 8;

/// Why a page was not kept.
enum NotKept {
    Store(Failure),
    Cancelled,
}

impl Office {
    pub(crate) async fn sync(self: &Arc<Self>, request: Sync) -> Result<Started, Failure> {
        let workspace = self.workspace().await?;
        let connections = match &request.connection {
            Some(id) => vec![self.connection_by_id(id).await?],
            None => self.sources(workspace.id).await?,
        };
        if connections.is_empty() {
            return Err(
                Failure::about(FailureCode::NotFound, "A source to fetch from")
                    .because("Connect one under Integrations."),
            );
        }
        let range = match &request.created {
            Some(range) => Some(read_range(range)?),
            None => None,
        };
        let subject = connections
            .first()
            .filter(|_| connections.len() == 1)
            .map(|connection| connection.id.to_string());
        let task = Task {
            kind: JobKind::Fetch,
            title: "Fetching unpaid invoices from Stripe".to_owned(),
            unit: "invoices",
            can_cancel: true,
            subject,
        };
        let office = Arc::clone(self);
        let job = self.jobs.start(task, move |job| async move {
            let mut notes = Vec::new();
            for connection in &connections {
                notes.push(office.fetch(&workspace, connection, range, &job).await?);
            }
            Ok(notes.join(" "))
        });
        Ok(Started { job })
    }

    pub(crate) async fn cancel_job(self: &Arc<Self>, request: ById) -> Result<Nothing, Failure> {
        self.jobs.cancel(&request.id)?;
        Ok(Nothing {})
    }

    /// One source, from its first page or from where it was interrupted, to the end.
    async fn fetch(
        self: &Arc<Self>,
        workspace: &Workspace,
        connection: &Connection,
        range: Option<(Date, Date)>,
        job: &Arc<Job>,
    ) -> Result<String, Failure> {
        // One walk of a source at a time: a second would throw the first one's cursors away.
        let one = self.fetching.lock().await;
        let outcome = self.fetch_all(workspace, connection, range, job).await;
        drop(one);
        let name = connection.provider.title();
        match &outcome {
            Ok((met, left)) => {
                self.note_problem(connection.id, None).await?;
                let data = json!({ "what": name, "invoices": met, "left": left });
                self.record(Some(workspace.id), "fetched", data).await;
            }
            Err(failure) if failure.code == FailureCode::Cancelled => {
                let data = json!({ "what": name, "invoices": job.done() });
                self.record(Some(workspace.id), "fetch_cancelled", data)
                    .await;
            }
            Err(failure) => {
                self.note_problem(connection.id, Some(failure.clone()))
                    .await?;
                self.record(
                    Some(workspace.id),
                    "fetch_failed",
                    json!({ "what": name, "failure": failure }),
                )
                .await;
            }
        }
        self.events.changed(Subject::Invoices);
        let (met, left) = outcome?;
        Ok(match left {
            0 => format!("{met} unpaid invoices fetched from {name}."),
            left => format!(
                "{met} unpaid invoices fetched from {name}; {left} more are no longer open there."
            ),
        })
    }

    async fn fetch_all(
        self: &Arc<Self>,
        workspace: &Workspace,
        connection: &Connection,
        range: Option<(Date, Date)>,
        job: &Arc<Job>,
    ) -> Result<(u32, u32), Failure> {
        let stripe = self.stripe(connection).await?;
        let judging = Arc::new(self.judging(workspace).await?);
        let (walk, range) = self.walk_of(workspace, connection, range).await?;
        let zone = self.time_zone().await;
        let open = walk
            .slices
            .iter()
            .filter(|slice| !slice.done)
            .cloned()
            .collect::<Vec<_>>();
        let mut fetches = Vec::with_capacity(open.len());
        for slice in open {
            fetches.push(self.fetch_slice(&stripe, slice, &judging, &zone, job));
        }
        let mut slices = futures_util::stream::iter(fetches).buffer_unordered(PARALLEL);
        let mut met = 0;
        while let Some(outcome) = slices.next().await {
            met += outcome?;
        }
        drop(slices);
        let left = self
            .read_what_left(workspace, connection, &stripe, &walk, &judging, job)
            .await?;
        // References that several invoices share show only when all are here.
        self.reproject(workspace).await?;
        if let Some(known) = self.book.connection(connection.id).await? {
            let range = CreatedRange {
                from: Some(range.0),
                to: Some(range.1),
            };
            let connection = Connection {
                last_sync: Some(self.now()),
                range,
                ..known
            };
            self.book.update_connection(connection).await?;
        }
        self.warn_of_paid(workspace, connection).await?;
        Ok((met, left))
    }

    /// The walk to go on with, or a new one. A walk is gone on with only for the range it was begun for.
    async fn walk_of(
        &self,
        workspace: &Workspace,
        connection: &Connection,
        range: Option<(Date, Date)>,
    ) -> Result<(Walk, (Date, Date)), Failure> {
        let begun = self
            .cache
            .walk(connection.id)
            .await?
            .filter(|walk| walk.finished.is_none());
        if let Some(walk) = begun
            && let Some(of_walk) = whole_range(&walk)
            && range.is_none_or(|range| range == of_walk)
        {
            return Ok((walk, of_walk));
        }
        let range = match range {
            Some(range) => range,
            None => self.usual_range().await,
        };
        let ranges = slices_of(range, SLICES);
        Ok((
            self.cache
                .begin_walk(workspace.id, connection.id, ranges, self.now())
                .await?,
            range,
        ))
    }

    async fn fetch_slice(
        self: &Arc<Self>,
        stripe: &Stripe,
        slice: Slice,
        judging: &Arc<Judging>,
        zone: &TimeZone,
        job: &Arc<Job>,
    ) -> Result<u32, Failure> {
        let Some(span) = span_of(&slice.range, zone) else {
            return Ok(0);
        };
        let cursor = tokio::sync::Mutex::new(slice.cursor.clone());
        let count = std::sync::atomic::AtomicU32::new(0);
        let keep = |page: Page| {
            let (slice, cursor, count) = (&slice, &cursor, &count);
            async move {
                let mut at = cursor.lock().await;
                let next = page.next.clone();
                let number = small(page.fetched.len());
                let kept = self
                    .keep_page(slice, at.clone(), page, judging, zone)
                    .await
                    .map_err(NotKept::Store)?;
                *at = next;
                count.fetch_add(number, std::sync::atomic::Ordering::Relaxed);
                job.advance(number);
                self.events.changed(Subject::Invoices);
                if job.is_cancelled() && !kept.done {
                    Err(NotKept::Cancelled)
                } else {
                    Ok(())
                }
            }
        };
        let walking = stripe.walk(span, slice.cursor.clone(), keep);
        let outcome = tokio::select! {
            outcome = walking => outcome,
            () = job.cancelled() => return Err(Failure::new(FailureCode::Cancelled)),
        };
        match outcome {
            Ok(()) => Ok(count.into_inner()),
            Err(Stopped::Sink(NotKept::Store(failure))) => Err(failure),
            Err(Stopped::Sink(NotKept::Cancelled)) => Err(Failure::new(FailureCode::Cancelled)),
            Err(Stopped::Fault(fault)) => Err(stripe_failure(&fault)),
        }
    }

    async fn keep_page(
        &self,
        slice: &Slice,
        cursor: Option<String>,
        page: Page,
        judging: &Judging,
        zone: &TimeZone,
    ) -> Result<Slice, Failure> {
        // A walk that began again from the start, because Stripe forgot the cursor, goes on under the cursor that is kept:
        // it says where this page belongs, and what was kept before is kept again.
        let records = page
            .fetched
            .into_iter()
            .map(|fetched| record(fetched, judging, zone))
            .collect();
        Ok(self
            .cache
            .store_page(slice.id, cursor, records, page.next, self.now())
            .await?)
    }

    /// Reads again, one by one, what a complete walk should have met and did not.
    async fn read_what_left(
        self: &Arc<Self>,
        workspace: &Workspace,
        connection: &Connection,
        stripe: &Stripe,
        walk: &Walk,
        judging: &Judging,
        job: &Arc<Job>,
    ) -> Result<u32, Failure> {
        let zone = self.time_zone().await;
        let missing = self.cache.missing_after(walk.id).await?;
        let mut left = 0;
        for id in missing {
            if job.is_cancelled() {
                return Err(Failure::new(FailureCode::Cancelled));
            }
            let read = match stripe.invoice(&id.id).await {
                Ok(fetched) => record(fetched, judging, &zone),
                Err(Fault::NotFound { .. }) => match self.deleted(workspace, &id, judging).await? {
                    Some(record) => record,
                    None => continue,
                },
                Err(fault) => return Err(stripe_failure(&fault)),
            };
            left += u32::from(read.invoice.status != SourceStatus::Open);
            self.cache
                .store(workspace.id, connection.id, vec![read], self.now())
                .await?;
        }
        Ok(left)
    }

    /// A cached invoice that its source has forgotten.
    async fn deleted(
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

    /// Reads one invoice afresh at its source and keeps what it says; `None` when the source no longer knows it, or when
    /// the source is not connected any more.
    pub(crate) async fn read_again(
        self: &Arc<Self>,
        workspace: &Workspace,
        id: &InvoiceId,
    ) -> Result<Option<Invoice>, Failure> {
        if id.provider == Provider::Import {
            return self.read_draft_again(workspace, id).await;
        }
        let Some(stored) = self.cache.get(workspace.id, id.clone()).await? else {
            return Ok(None);
        };
        let Some(connection) = self.book.connection(stored.row.connection).await? else {
            return Ok(None);
        };
        let judging = self.judging(workspace).await?;
        let read = match self.stripe(&connection).await?.invoice(&id.id).await {
            Ok(fetched) => record(fetched, &judging, &self.time_zone().await),
            Err(Fault::NotFound { .. }) => match self.deleted(workspace, id, &judging).await? {
                Some(record) => record,
                None => return Ok(None),
            },
            Err(fault) => return Err(stripe_failure(&fault)),
        };
        let invoice = read.invoice.clone();
        self.cache
            .store(workspace.id, connection.id, vec![read], self.now())
            .await?;
        Ok((invoice.status != SourceStatus::Deleted).then_some(invoice))
    }

    /// Tells the user when an invoice with an open case was paid, credited or voided at its source.
    async fn warn_of_paid(
        &self,
        workspace: &Workspace,
        connection: &Connection,
    ) -> Result<(), Failure> {
        let live = self.book.live_entries(workspace.journal_scope()).await?;
        let told_key = format!("paid.{}", connection.id);
        let mut told: Vec<String> = self.book.get_setting(&told_key).await?.unwrap_or_default();
        let before = told.len();
        let adopted = self.book.adopted_cases(workspace.journal_scope()).await?;
        let adopted = adopted
            .into_iter()
            .map(|(id, case)| (id, case.case_reference));
        let cases = live
            .into_iter()
            .filter_map(|(id, entry)| Some((id, entry.case_reference?)));
        for (id, case) in cases.chain(adopted) {
            let Some(stored) = self.cache.get(workspace.id, id.clone()).await? else {
                continue;
            };
            if stored.invoice.status == SourceStatus::Open || told.contains(&id.to_string()) {
                continue;
            }
            let status = crate::invoices::status_word(&stored.invoice.status);
            let data = json!({ "reference": stored.row.reference, "case": case, "status": status });
            self.record(Some(workspace.id), "paid_at_source", data)
                .await;
            told.push(id.to_string());
        }
        if told.len() > before {
            self.book.set_setting(&told_key, told).await?;
        }
        Ok(())
    }
}

fn record(fetched: Fetched, judging: &Judging, zone: &TimeZone) -> Record {
    let projection = Projection::of(&fetched.invoice, &judging.judge(&fetched.invoice));
    let created = fetched.created.map(|at| at.to_zoned(zone.clone()).date());
    Record {
        invoice: fetched.invoice,
        raw: fetched.raw,
        created,
        projection,
    }
}

fn read_range(range: &DateRange) -> Result<(Date, Date), Failure> {
    let day = |text: &str| {
        text.parse::<Date>().map_err(|_| {
            Failure::about(
                FailureCode::InvalidValue,
                "The range is not made of two dates.",
            )
            .because(format!("“{text}” is not a date."))
        })
    };
    let (from, to) = (day(&range.from)?, day(&range.to)?);
    if from > to {
        return Err(Failure::about(
            FailureCode::InvalidValue,
            "The range ends before it begins.",
        ));
    }
    Ok((from, to))
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

fn whole_range(walk: &Walk) -> Option<(Date, Date)> {
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
    Some((from, to))
}

/// The days of a slice as moments in the creditor's zone, the last day included.
fn span_of(range: &CreatedRange, zone: &TimeZone) -> Option<Span> {
    let start = |day: Date| {
        day.to_zoned(zone.clone())
            .ok()
            .map(|zoned| zoned.timestamp())
    };
    Some(Span {
        from: start(range.from?)?,
        until: start(range.to?.saturating_add(1.day()))?,
    })
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
