//! Fetching unpaid invoices: which sources, which dates, what is said at the end.

use std::sync::Arc;

use accounting::Fetched;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use receivables::SourceStatus;
use serde_json::json;
use store::{Connection, Projection, Record, WalkBy, Workspace};

use crate::FailureCode;
use crate::connections::{Status, status};
use crate::fetching::{Asked, Fetching};
use crate::jobs::{Job, Task};
use crate::office::Office;
use crate::projection::Judging;
use crate::source::by_due_date;
use crate::wire::{ById, DateRange, Failure, JobKind, Nothing, Started, Subject, Sync};

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
        let asked = match (&request.created, &request.due) {
            (_, Some(due)) => Some(read_range(WalkBy::Due, due)?),
            (Some(created), None) => Some(read_range(WalkBy::Created, created)?),
            (None, None) => None,
        };
        if request.due.is_some()
            && let Some(deaf) = connections
                .iter()
                .find(|known| !by_due_date(known.provider))
        {
            let what = format!("{} cannot be asked by due date.", deaf.provider.title());
            return Err(Failure::about(FailureCode::InvalidValue, &what)
                .because("Fetch by creation date; due dates filter what was fetched."));
        }
        let subject = connections
            .first()
            .filter(|_| connections.len() == 1)
            .map(|connection| connection.id.to_string());
        let task = Task {
            kind: JobKind::Fetch,
            title: match connections.as_slice() {
                [only] => format!("Fetching unpaid invoices from {}", only.provider.title()),
                several => format!("Fetching unpaid invoices from {} sources", several.len()),
            },
            unit: "invoices",
            can_cancel: true,
            subject,
        };
        let office = Arc::clone(self);
        let job = self.jobs.start(task, move |job| async move {
            let (mut notes, mut failed) = (Vec::new(), None);
            for connection in &connections {
                match office.fetch(&workspace, connection, asked, &job).await {
                    Ok(note) => notes.push(note),
                    Err(failure) if failure.code == FailureCode::Cancelled => return Err(failure),
                    // One source that does not answer keeps none of the others waiting.
                    Err(failure) => failed = failed.or(Some(failure)),
                }
            }
            match failed {
                Some(failure) => Err(failure),
                None => Ok(notes.join(" ")),
            }
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
        asked: Option<Asked>,
        job: &Arc<Job>,
    ) -> Result<String, Failure> {
        // One walk of a source at a time: a second would throw the first one's cursors away.
        let one = self.fetching.lock().await;
        let outcome = self.fetch_all(workspace, connection, asked, job).await;
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
        asked: Option<Asked>,
        job: &Arc<Job>,
    ) -> Result<(u32, u32), Failure> {
        let fetching = Fetching {
            office: self,
            source: self.source(connection).await?,
            workspace,
            connection,
            judging: self.judging(workspace).await?,
            zone: self.time_zone().await,
            job,
        };
        let done = fetching.run(asked).await?;
        // References that several invoices share show only when all are here.
        self.reproject(workspace).await?;
        if let Some(known) = self.book.connection(connection.id).await? {
            let status = Status {
                followed: done.followed,
                ..status(&known)
            };
            let connection = Connection {
                last_sync: Some(self.now()),
                range: done.range,
                status: json!(status),
                ..known
            };
            self.book.update_connection(connection).await?;
        }
        self.warn_of_paid(workspace, connection).await?;
        Ok((done.met, done.left))
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

pub(crate) fn record(fetched: Fetched, judging: &Judging, zone: &TimeZone) -> Record {
    let projection = Projection::of(&fetched.invoice, &judging.judge(&fetched.invoice));
    let created = fetched.created.map(|at| at.to_zoned(zone.clone()).date());
    Record {
        invoice: fetched.invoice,
        raw: fetched.raw,
        created,
        projection,
    }
}

fn read_range(by: WalkBy, range: &DateRange) -> Result<Asked, Failure> {
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
    Ok(Asked { by, from, to })
}
