//! What became of invoices that are unpaid no longer.

use std::collections::HashSet;

use jiff::Timestamp;

use super::Zoho;
use super::dto::{List, OneInvoice};
use super::read;
use crate::{Fault, Fetched};

/// Where an unpaid invoice goes. What was written off counts as paid at Zoho.
const SETTLED: [&str; 2] = ["Status.Paid", "Status.Void"];

impl Zoho {
    /// Those of `ids` that Zoho still knows, as they are now, in no order: summaries, as in a walk. Lists of what was
    /// settled after `since` are read as long as a page costs less than asking for each one; only the rest is asked for
    /// one by one.
    pub async fn left(&self, ids: &[String], since: Timestamp) -> Result<Vec<Fetched>, Fault> {
        let mut wanted: HashSet<&str> = ids.iter().map(String::as_str).collect();
        let mut found = Vec::with_capacity(ids.len());
        for settled in SETTLED {
            let mut page = 1;
            // As many pages as there are invoices left to ask for would be no gain.
            let mut worth = wanted.len();
            while worth > 1 {
                let (rows, more) = self.settled(settled, since, page).await?;
                let mut met: Vec<Fetched> = rows
                    .into_iter()
                    .filter(|fetched| wanted.remove(fetched.invoice.id.id.as_str()))
                    .collect();
                found.append(&mut met);
                if !more {
                    break;
                }
                page += 1;
                worth = (worth - 1).min(wanted.len());
            }
        }
        for id in wanted {
            let request = self.request("GET invoices/{id}", &["invoices", id]);
            let answer = match self.api.get(request).await {
                Err(Fault::NotFound { .. }) => continue,
                other => other?,
            };
            let OneInvoice { invoice: raw } = read(&answer)?;
            found.extend(self.summary(&raw));
        }
        Ok(found)
    }

    /// A page of what was settled, and whether there is another.
    async fn settled(
        &self,
        filter: &str,
        since: Timestamp,
        page: u32,
    ) -> Result<(Vec<Fetched>, bool), Fault> {
        let since = since.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string();
        let request = self
            .request("GET invoices", &["invoices"])
            .query("filter_by", filter)
            .query("last_modified_time", since)
            .query("sort_column", "created_time")
            .query("per_page", "200")
            .query("page", page.to_string());
        let answer = self.api.get(request).await?;
        let list: List = read(&answer)?;
        let rows = list.invoices.iter().filter_map(|raw| self.summary(raw));
        // A page that says "more" and gives nothing is the last that helps.
        let more = list.page_context.has_more_page && !list.invoices.is_empty();
        Ok((rows.collect(), more))
    }
}
