//! How old the claims are.

use jiff::civil::Date;
use receivables::{Currency, State, Totals};
use rusqlite::params;

use super::Cache;
use super::invoices::numbers;
use super::query::Groups;
use crate::column::Text;
use crate::error::StoreError;
use crate::id::WorkspaceId;

/// How long a claim has been overdue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ageing {
    /// Due today or later.
    NotDue,
    Days1To30,
    Days31To60,
    Days61To90,
    Days91To180,
    Days181To365,
    Over365,
    /// Without a due date.
    Unknown,
}

impl Ageing {
    /// Every bucket, in order.
    pub const ALL: [Ageing; 8] = [
        Ageing::NotDue,
        Ageing::Days1To30,
        Ageing::Days31To60,
        Ageing::Days61To90,
        Ageing::Days91To180,
        Ageing::Days181To365,
        Ageing::Over365,
        Ageing::Unknown,
    ];
}

/// What one bucket holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgeingRow {
    pub bucket: Ageing,
    pub count: u32,
    /// Of those with a readable amount, how many each currency has.
    pub counts: Vec<(Currency, u32)>,
    pub totals: Totals,
}

/// The last day of each bucket, in days before today; the first holds today and all later days.
const UPPER: [i64; 6] = [0, 30, 60, 90, 180, 365];

impl Cache {
    /// What is owed by age on the day `today`, among invoices in one of `states`. Every bucket is there, also an empty
    /// one.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn ageing(
        &self,
        workspace: WorkspaceId,
        states: &[State],
        include_partly_paid: bool,
        today: Date,
    ) -> Result<Vec<AgeingRow>, StoreError> {
        let states = numbers(states);
        let days = UPPER.map(|days| {
            today
                .checked_sub(jiff::Span::new().days(days))
                .unwrap_or(Date::MIN)
                .to_string()
        });
        self.database
            .read(move |tx| {
                let sql = format!(
                    "SELECT due_date, currency, minor FROM invoices INDEXED BY invoices_by_state
                     WHERE workspace = (SELECT key FROM workspaces WHERE id = ?1) AND state IN ({states})
                         AND (partly_paid = 0 OR ?2)"
                );
                let mut select = tx.prepare_cached(&sql)?;
                let mut rows = select.query(params![Text(workspace), include_partly_paid])?;
                let mut groups = Groups::default();
                while let Some(row) = rows.next()? {
                    // As text: dates of four-digit years sort like their text.
                    let bucket = match row.get_ref(0)?.as_str_or_null()? {
                        None => UPPER.len() + 1,
                        Some(due) => days.iter().take_while(|day| due < day.as_str()).count(),
                    };
                    groups.add(i64::try_from(bucket).unwrap_or(0), row.get_ref(1)?, row.get(2)?)?;
                }
                let mut buckets: Vec<AgeingRow> = Ageing::ALL
                    .into_iter()
                    .map(|bucket| AgeingRow {
                        bucket,
                        count: 0,
                        counts: Vec::new(),
                        totals: Totals::default(),
                    })
                    .collect();
                groups.sort();
                for (bucket, currency, group) in groups.iter() {
                    let Some(row) = usize::try_from(bucket).ok().and_then(|at| buckets.get_mut(at))
                    else {
                        continue;
                    };
                    row.count += group.count;
                    if let Some(currency) = currency {
                        row.counts.push((currency, group.count));
                        row.totals.add_minor(group.minor, currency);
                    }
                }
                Ok(buckets)
            })
            .await
    }
}
