//! Walking through the unpaid invoices: three filters, whose overlap Zoho does not define, as one list.

use std::collections::HashSet;

use http_client::Answer;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::value::RawValue;

use super::dto::{InvoiceDto, List};
use super::invoice::{self, Reading};
use super::plan::{Plan, Step, Unpaid};
use super::{Zoho, moment, parse, read};
use crate::fetch::ask_while_taken;
use crate::{Fault, Fetched, Filter, Page, Stopped};

/// The most that Zoho gives at once.
const PAGE: u64 = 200;
/// How far a walk goes back at once when a list has become shorter. More is no payment made meanwhile.
const MOST_BACK: u64 = 5;

/// One page of one filter, read.
struct Listing {
    fetched: Vec<Fetched>,
    unreadable: usize,
    more: bool,
    total: Option<u64>,
}

impl Zoho {
    /// Gives every unpaid invoice that `filter` asks for to `sink`, oldest first within each of Zoho's three kinds, page by
    /// page, from `cursor` on ([`Page::next`] of the last page that was kept; `None` for the start). Each is a summary
    /// and comes once; only one that a resumed walk met before it was interrupted may come again. One that moves from one
    /// kind to another meanwhile may be left to the next walk.
    ///
    /// The next page is asked for while `sink` takes the one before, and no page further ahead; `sink` is given one page
    /// at a time, in order. A cursor that is not ours leads back to the start. Zoho counts pages rather than marking places: where a list has become shorter since its last page, those
    /// that moved up are read again. As with every list, only a complete walk says anything about what is missing.
    pub async fn walk<E, F, Fut>(
        &self,
        filter: Filter,
        cursor: Option<String>,
        mut sink: F,
    ) -> Result<(), Stopped<E>>
    where
        F: FnMut(Page) -> Fut,
        Fut: Future<Output = Result<(), E>>,
    {
        let mut plan: Option<Plan> = cursor.as_ref().and_then(|cursor| cursor.parse().ok());
        let mut restarted = cursor.is_some() && plan.is_none();
        let mut met = HashSet::new();
        let mut taking: Option<Fut> = None;
        loop {
            let asking = async {
                match plan.take() {
                    None => self.heads(filter).await,
                    Some(plan) => self.step(filter, plan).await,
                }
            };
            let (listings, next) = ask_while_taken(asking, taking.take()).await??;
            let page = Page {
                unreadable: listings.iter().map(|listing| listing.unreadable).sum(),
                fetched: listings
                    .into_iter()
                    .flat_map(|listing| listing.fetched)
                    .filter(|fetched| includes(filter, fetched))
                    .filter(|fetched| met.insert(fetched.invoice.id.id.clone()))
                    .collect(),
                next: (!next.0.is_empty()).then(|| next.to_string()),
                restarted: std::mem::take(&mut restarted),
                without_customers: false,
            };
            let is_last = page.is_last();
            let page = sink(page);
            if is_last {
                return page.await.map_err(Stopped::Sink);
            }
            (taking, plan) = (Some(page), Some(next));
        }
    }

    /// The first page of each kind, handed on as one: only all three show what is left to ask for.
    async fn heads(&self, filter: Filter) -> Result<(Vec<Listing>, Plan), Fault> {
        let mut heads = Vec::with_capacity(Unpaid::ALL.len());
        for of in Unpaid::ALL {
            heads.push(self.page(filter, of, 1).await?);
        }
        let (unpaid, others) = heads.split_at_mut(1);
        for other in others {
            if other.more && covers(&unpaid[0], other) {
                // All of it comes with the unpaid ones.
                (other.fetched, other.more) = (Vec::new(), false);
            }
        }
        let steps = Unpaid::ALL
            .into_iter()
            .zip(&heads)
            .filter(|(_, head)| head.more)
            .map(|(of, head)| Step {
                of,
                page: 2,
                total: head.total,
            })
            .collect();
        Ok((heads, Plan(steps)))
    }

    async fn step(&self, filter: Filter, plan: Plan) -> Result<(Vec<Listing>, Plan), Fault> {
        let mut steps = plan.0;
        let Some(step) = steps.first_mut() else {
            return Ok((Vec::new(), Plan::default()));
        };
        let listing = self.page(filter, step.of, step.page).await?;
        let back = moved_up(step.total, listing.total).min(step.page - 1);
        step.total = listing.total;
        if back > 0 {
            step.page -= back;
        } else if listing.more {
            step.page += 1;
        } else {
            steps.remove(0);
        }
        Ok((vec![listing], Plan(steps)))
    }

    async fn page(&self, filter: Filter, of: Unpaid, page: u32) -> Result<Listing, Fault> {
        let mut request = self
            .request("GET invoices", &["invoices"])
            .query("filter_by", of.filter())
            .query("sort_column", "created_time")
            .query("sort_order", "A")
            .query("per_page", PAGE.to_string())
            .query("page", page.to_string())
            // With how many there are.
            .query("response_option", "1");
        for (name, value) in bounds(filter, &self.zone) {
            request = request.query(name, value);
        }
        let answer = self.api.get(request).await?;
        let list: List = read(&answer)?;
        self.listing(&answer, &list)
    }

    fn listing(&self, answer: &Answer, list: &List) -> Result<Listing, Fault> {
        // A page that says "more" and gives nothing would never end.
        if list.page_context.has_more_page && list.invoices.is_empty() {
            let what = "a list that cannot be continued";
            return Err(Fault::Unreadable(answer.unreadable(what)));
        }
        let fetched: Vec<Fetched> = list
            .invoices
            .iter()
            .filter_map(|raw| self.summary(raw))
            .collect();
        Ok(Listing {
            unreadable: list.invoices.len() - fetched.len(),
            fetched,
            more: list.page_context.has_more_page,
            total: list.page_context.total(),
        })
    }

    pub(super) fn summary(&self, raw: &RawValue) -> Option<Fetched> {
        let dto: InvoiceDto = parse(raw);
        let web = self.web.as_deref();
        Some(Fetched {
            invoice: invoice::convert(&dto, &Reading::Row, &self.organisation, web)?,
            created: dto.created_time.as_deref().and_then(moment),
            raw: crate::json::compact(raw.get()),
        })
    }
}

/// Zoho knows days, and does not say whose where it speaks of creation. So a day more is asked for at both ends, and what
/// does not belong is left out here, by the second.
fn bounds(filter: Filter, zone: &TimeZone) -> [(&'static str, String); 2] {
    match filter {
        Filter::Created(slice) => {
            let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
            let (from, to) = (day(slice.from), day(slice.until));
            [
                (
                    "created_date_start",
                    from.yesterday().unwrap_or(from).to_string(),
                ),
                ("created_date_end", to.tomorrow().unwrap_or(to).to_string()),
            ]
        }
        Filter::Due { from, to } => [
            ("due_date_start", from.to_string()),
            ("due_date_end", to.to_string()),
        ],
    }
}

/// Days are wider than a slice may be, and slices side by side share nothing.
fn includes(filter: Filter, fetched: &Fetched) -> bool {
    match (filter, fetched.created) {
        (Filter::Created(slice), Some(created)) => slice.from <= created && created < slice.until,
        _ => true,
    }
}

/// Whether the list of unpaid invoices holds another kind as well, which Zoho leaves open: all those of the other
/// kind that were created between its own first and last one are in it. Without one to go by the answer is no, and the
/// kind is asked for.
fn covers(unpaid: &Listing, other: &Listing) -> bool {
    let created = || unpaid.fetched.iter().filter_map(|fetched| fetched.created);
    let (Some(first), Some(last)) = (created().min(), created().max()) else {
        return false;
    };
    let known: HashSet<&str> = unpaid.fetched.iter().map(id).collect();
    let mut between = other
        .fetched
        .iter()
        .filter(|fetched| fetched.created.is_some_and(|at| first < at && at < last))
        .peekable();
    between.peek().is_some() && between.all(|fetched| known.contains(id(fetched)))
}

fn id(fetched: &Fetched) -> &str {
    &fetched.invoice.id.id
}

/// How many pages those have moved that come next, where a list has become shorter.
fn moved_up(before: Option<u64>, now: Option<u64>) -> u32 {
    let (Some(before), Some(now)) = (before, now) else {
        return 0;
    };
    let pages = before.saturating_sub(now).div_ceil(PAGE).min(MOST_BACK);
    u32::try_from(pages).unwrap_or(0)
}
