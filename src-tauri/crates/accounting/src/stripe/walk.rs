//! Walking through the open invoices of a slice, page by page.

use serde::Deserialize;

use super::{Stripe, invoices, read_list};
use crate::json::lenient;
use crate::{Fault, Page, Permission, Slice, Stopped};

/// The most that Stripe gives at once.
const PAGE: &str = "100";

/// Whether customers are asked for within the list of invoices.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Customers {
    Included,
    /// The key may not read them.
    LeftOut,
}

impl Stripe {
    /// Gives every open invoice that was created in `slice` to `sink`, newest first, page by page, from `cursor` on
    /// ([`Page::next`] of the last page that was kept; `None` for the start).
    ///
    /// The next page is asked for only after `sink` took the one before. A cursor that Stripe does not know any more
    /// leads back to the start, once. Invoices made meanwhile come before the cursor and are not seen by this walk; one
    /// that leaves the list is simply not there, so only a complete walk says anything about what is missing.
    pub async fn walk<E, F, Fut>(
        &self,
        slice: Slice,
        cursor: Option<String>,
        mut sink: F,
    ) -> Result<(), Stopped<E>>
    where
        F: FnMut(Page) -> Fut,
        Fut: Future<Output = Result<(), E>>,
    {
        let mut cursor = cursor;
        let mut customers = Customers::Included;
        let mut restarted = false;
        let mut report_restart = false;
        loop {
            let page = match self.page(slice, cursor.as_deref(), customers).await {
                Ok(page) => page,
                Err(Fault::PermissionMissing { .. }) if customers == Customers::Included => {
                    // Which of the two rights is missing shows in whether the plain list can be read.
                    customers = Customers::LeftOut;
                    continue;
                }
                Err(Fault::StaleCursor { .. }) if cursor.is_some() && !restarted => {
                    cursor = None;
                    restarted = true;
                    report_restart = true;
                    continue;
                }
                Err(fault) => return Err(fault.into()),
            };
            let next = page.next.clone();
            let page = Page {
                restarted: std::mem::take(&mut report_restart),
                ..page
            };
            sink(page).await.map_err(Stopped::Sink)?;
            match next {
                None => return Ok(()),
                next => cursor = next,
            }
        }
    }

    async fn page(
        &self,
        slice: Slice,
        cursor: Option<&str>,
        customers: Customers,
    ) -> Result<Page, Fault> {
        let mut request = invoices()
            .query("status", "open")
            .query("limit", PAGE)
            .query("created[gte]", slice.from.as_second().to_string())
            .query("created[lt]", slice.until.as_second().to_string());
        if customers == Customers::Included {
            request = request.query("expand[]", "data.customer");
        }
        if let Some(cursor) = cursor {
            request = request.query("starting_after", cursor);
        }
        let answer = self.get(request, Permission::Invoices).await?;
        let list = read_list(&answer)?;
        let fetched: Vec<_> = list
            .data
            .iter()
            .filter_map(|raw| self.fetched(raw))
            .collect();
        let next = if list.has_more {
            let last = list.data.last().and_then(|raw| {
                serde_json::from_str::<Identified>(raw.get())
                    .ok()
                    .and_then(|object| object.id)
            });
            // A page that says "more" and does not say from where, or leads back to itself, would never end.
            match last {
                Some(last) if Some(last.as_str()) != cursor => Some(last),
                _ => {
                    return Err(Fault::Unreadable(
                        answer.unreadable("a list that cannot be continued"),
                    ));
                }
            }
        } else {
            None
        };
        Ok(Page {
            unreadable: list.data.len() - fetched.len(),
            fetched,
            next,
            restarted: false,
            without_customers: customers == Customers::LeftOut,
        })
    }
}

#[derive(Deserialize)]
struct Identified {
    #[serde(default, deserialize_with = "lenient")]
    id: Option<String>,
}
