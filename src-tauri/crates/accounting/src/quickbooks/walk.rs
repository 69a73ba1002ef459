//! Walking through the unpaid invoices, page by page.
//!
//! Pages are positions in a list that changes while it is read: an invoice that is paid meanwhile moves all that follow it,
//! and the next page would begin one too far on. So each page begins with the last row of the one before, and where
//! none of its rows is known the walk goes back a page.

use std::collections::HashSet;

use super::customers::Customers;
use super::dto::InvoiceDto;
use super::query::{PAGE, Unpaid};
use super::{QuickBooks, Refused, customer_of, read};
use crate::fetch::ask_while_taken;
use crate::{Filter, Page, Stopped};

/// Rows of the last page by which the next is recognised, should the last of them be paid meanwhile.
const REMEMBERED: usize = 5;
/// Pages that are too large for QuickBooks or for us are asked for in quarters down to this.
const SMALLEST_PAGE: usize = 10;

/// Where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Position {
    /// From 1.
    start: usize,
    /// Ids of the last rows that were kept.
    last: Vec<String>,
}

impl Position {
    const START: Self = Self {
        start: 1,
        last: Vec::new(),
    };

    fn read(cursor: &str) -> Option<Self> {
        let (start, last) = cursor.split_once(':')?;
        let start = start.parse().ok().filter(|start| *start > 0)?;
        let last = last.split(',').map(str::to_owned).collect();
        Some(Self { start, last })
    }

    fn write(&self) -> String {
        format!("{}:{}", self.start, self.last.join(","))
    }
}

impl QuickBooks {
    /// Gives every unpaid invoice that `filter` names to `sink`, page by page, from `cursor` on ([`Page::next`] of the last
    /// page that was kept; `None` for the start).
    ///
    /// By creation is by when QuickBooks made the record. An invoice without a due date is not found by due date.
    ///
    /// The next page is asked for while `sink` takes the one before, and no page further ahead: a thousand invoices take
    /// longer to keep than the pace holds a request back. `sink` is given one page at a time, in order.
    ///
    /// A cursor that leads nowhere any more leads back, to the start if need be. An invoice that leaves the list is simply
    /// not there, so only a complete walk says anything about what is missing.
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
        let known = cursor.as_deref().map(Position::read);
        let mut restarted = known == Some(None);
        let mut position = known.flatten().unwrap_or(Position::START);
        let mut seen: HashSet<String> = position.last.iter().cloned().collect();
        let unpaid = Unpaid(filter);
        let survey = self.survey(filter).await?;
        let mut customers = Customers::default();
        if let (Some(invoices), Some(count)) = (survey.invoices, survey.customers)
            && count.div_ceil(PAGE) < invoices.saturating_sub(position.start).div_ceil(PAGE - 1)
        {
            self.learn_all(&mut customers, count).await?;
        }
        let mut most = PAGE;
        let mut taking: Option<Fut> = None;
        loop {
            let asking = self.query(unpaid.page(position.start, most));
            let rows = match ask_while_taken(asking, taking.take()).await? {
                Ok(found) => found.invoice,
                Err(Refused::TooMuch(_)) if most > SMALLEST_PAGE => {
                    most = (most / 4).max(SMALLEST_PAGE);
                    continue;
                }
                Err(refused) => return Err(refused.into()),
            };
            let dtos: Vec<InvoiceDto> = rows.iter().map(|raw| read(raw)).collect();
            let id_of = |dto: &InvoiceDto| dto.id.clone().unwrap_or_default();
            if position.start > 1 && !dtos.iter().any(|dto| seen.contains(&id_of(dto))) {
                position.start = position.start.saturating_sub(most).max(1);
                restarted |= position.start == 1 && cursor.is_some();
                continue;
            }
            self.learn(&mut customers, dtos.iter().filter_map(customer_of))
                .await?;
            let new: Vec<_> = rows
                .iter()
                .zip(&dtos)
                .filter(|(_, dto)| !seen.contains(&id_of(dto)))
                .collect();
            let fetched: Vec<_> = new
                .iter()
                .filter_map(|(raw, dto)| self.fetched(raw, dto, &customers, survey.company))
                .collect();
            let unreadable = new.len() - fetched.len();
            // Behind the end is nothing but the row that is known already. A short page is the end only where the count
            // agrees, and one with nothing new may be one that was gone back to.
            let end = (position.start + rows.len()).saturating_sub(1);
            let is_last = (rows.len() < 2 && new.is_empty())
                || (rows.len() < most && survey.invoices.is_some_and(|count| end >= count));
            seen.extend(dtos.iter().map(id_of));
            position = Position {
                start: end.max(1),
                last: dtos.iter().rev().take(REMEMBERED).map(id_of).collect(),
            };
            let page = Page {
                fetched,
                next: (!is_last).then(|| position.write()),
                restarted: std::mem::take(&mut restarted),
                without_customers: false,
                unreadable,
            };
            let page = sink(page);
            if is_last {
                return page.await.map_err(Stopped::Sink);
            }
            taking = Some(page);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back() {
        let position = Position {
            start: 1_999,
            last: vec!["7".into(), "8".into()],
        };
        assert_eq!(Position::read(&position.write()), Some(position));
        for wrong in ["", "x:1", "0:1", "in_1abc", "-1:2"] {
            assert_eq!(Position::read(wrong), None, "{wrong:?} leads nowhere");
        }
    }
}
