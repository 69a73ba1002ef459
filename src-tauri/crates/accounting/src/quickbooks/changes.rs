//! What changed since: change data capture, which alone tells of deleted invoices, and says little more than a thousand
//! things at once.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use receivables::{InvoiceId, Provider};
use serde_json::value::RawValue;

use super::customers::Customers;
use super::dto::{ChangeAnswer, InvoiceDto};
use super::query::{PAGE, list};
use super::{Company, QuickBooks, customer_of, read};
use crate::{Fault, Fetched, Stopped};

/// No further back, and never more at once, for all entities together or for each: nobody knows.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(30 * 24);
const MOST: usize = 1_000;
/// What was written just before an answer may come into the next only.
const OVERLAP: SignedDuration = SignedDuration::from_mins(5);
/// Customers whose invoices are asked for at once.
const CUSTOMERS: usize = 200;

/// Some of what changed.
#[derive(Debug, Clone)]
pub struct Changes {
    /// Changed invoices, paid and voided ones among them, and unpaid ones whose customer changed.
    pub fetched: Vec<Fetched>,
    pub deleted: Vec<InvoiceId>,
    /// Entries that have no id and so cannot be kept.
    pub unreadable: usize,
}

/// How far the changes were told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Followed {
    /// All of them; the next question is about what comes after this moment, by QuickBooks' clock.
    UpTo(Timestamp),
    /// They cannot be told, and nothing was given to the sink.
    Not(WalkNeeded),
}

/// Why only a whole walk will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WalkNeeded {
    #[error("the last look was more than 30 days ago")]
    TooLongAgo,
    #[error("more changed than QuickBooks tells at once")]
    TooMuch,
}

impl QuickBooks {
    /// Gives what changed after `since` to `sink`: [`Followed::UpTo`] of the last time, or the beginning of the last
    /// complete walk.
    ///
    /// A change of a customer brings its own unpaid invoices, not those of the jobs below it; these are right again when
    /// they are next read.
    pub async fn changes<E, F, Fut>(
        &self,
        since: Timestamp,
        mut sink: F,
    ) -> Result<Followed, Stopped<E>>
    where
        F: FnMut(Changes) -> Fut,
        Fut: Future<Output = Result<(), E>>,
    {
        let since = since.saturating_sub(OVERLAP).unwrap_or(since);
        let request = self
            .get("GET /cdc", &["cdc"])
            .query("entities", "Invoice,Customer")
            .query("changedSince", since.to_string());
        let answer = self.ask(request).await.map_err(Fault::from)?;
        let told: ChangeAnswer = answer.json().map_err(Fault::Unreadable)?;
        let now = told
            .time
            .as_deref()
            .and_then(|time| time.parse().ok())
            .or(answer.date);
        let now: Timestamp =
            now.ok_or_else(|| Fault::Unreadable(answer.unreadable("changes without a time")))?;
        if now.duration_since(since) > LOOK_BACK {
            return Ok(Followed::Not(WalkNeeded::TooLongAgo));
        }
        let found = || told.responses.iter().flat_map(|response| &response.found);
        if found()
            .map(|found| found.invoice.len() + found.customer.len())
            .sum::<usize>()
            >= MOST
        {
            return Ok(Followed::Not(WalkNeeded::TooMuch));
        }

        let mut customers = Customers::default();
        let changed: Vec<String> = found()
            .flat_map(|found| &found.customer)
            .filter_map(|raw| customers.add(raw))
            .collect();
        let company = self.known_company().await?;
        let rows: Vec<_> = found()
            .flat_map(|found| &found.invoice)
            .map(AsRef::as_ref)
            .collect();
        let dtos: Vec<InvoiceDto> = rows.iter().map(|raw| read(raw)).collect();
        let (gone, living): (Vec<_>, Vec<_>) = rows
            .into_iter()
            .zip(&dtos)
            .partition(|(_, dto)| dto.status.as_deref() == Some("Deleted"));
        let deleted: Vec<InvoiceId> = gone.iter().filter_map(|(_, dto)| self.id_of(dto)).collect();
        let fetched = self
            .with_customers(&living, &mut customers, company)
            .await?;
        let mut given: HashSet<String> = dtos.iter().filter_map(|dto| dto.id.clone()).collect();
        let unreadable = dtos.len() - deleted.len() - fetched.len();
        if !dtos.is_empty() {
            let changes = Changes {
                fetched,
                deleted,
                unreadable,
            };
            sink(changes).await.map_err(Stopped::Sink)?;
        }
        for some in changed.chunks(CUSTOMERS) {
            let fetched = self
                .unpaid_of(some, &mut given, &mut customers, company)
                .await?;
            if !fetched.is_empty() {
                let changes = Changes {
                    fetched,
                    deleted: Vec::new(),
                    unreadable: 0,
                };
                sink(changes).await.map_err(Stopped::Sink)?;
            }
        }
        Ok(Followed::UpTo(now))
    }

    /// The unpaid invoices of these customers that were not given yet.
    async fn unpaid_of(
        &self,
        ids: &[String],
        given: &mut HashSet<String>,
        customers: &mut Customers,
        company: &Company,
    ) -> Result<Vec<Fetched>, Fault> {
        let ids = list(ids.iter().map(String::as_str));
        let mut fetched = Vec::new();
        let mut start = 1;
        loop {
            let statement = format!(
                "select * from Invoice where CustomerRef IN {ids} AND Balance > '0' ORDERBY Id \
                 STARTPOSITION {start} MAXRESULTS {PAGE}"
            );
            let rows = self.query(statement).await?.invoice;
            if rows.is_empty() {
                return Ok(fetched);
            }
            start += rows.len();
            let dtos: Vec<InvoiceDto> = rows.iter().map(|raw| read(raw)).collect();
            let new: Vec<_> = rows
                .iter()
                .map(AsRef::as_ref)
                .zip(&dtos)
                .filter(|(_, dto)| dto.id.clone().is_some_and(|id| given.insert(id)))
                .collect();
            fetched.extend(self.with_customers(&new, customers, company).await?);
        }
    }

    async fn with_customers(
        &self,
        rows: &[(&RawValue, &InvoiceDto)],
        customers: &mut Customers,
        company: &Company,
    ) -> Result<Vec<Fetched>, Fault> {
        self.learn(
            customers,
            rows.iter().filter_map(|(_, dto)| customer_of(dto)),
        )
        .await?;
        Ok(rows
            .iter()
            .filter_map(|(raw, dto)| self.fetched(raw, dto, customers, company))
            .collect())
    }

    fn id_of(&self, dto: &InvoiceDto) -> Option<InvoiceId> {
        Some(InvoiceId {
            provider: Provider::QuickBooks,
            tenant: self.realm.clone(),
            id: dto.id.clone()?,
        })
    }
}
