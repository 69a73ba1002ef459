//! How old the claims are.

use jiff::civil::Date;
use receivables::{State, Totals};
use rusqlite::params;

use super::Cache;
use super::invoices::numbers;
use super::query::sum;
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
        });
        self.database
            .read(move |tx| {
                let sql = format!(
                    "SELECT CASE WHEN due_date IS NULL THEN 7
                             WHEN due_date >= ?3 THEN 0 WHEN due_date >= ?4 THEN 1 WHEN due_date >= ?5 THEN 2
                             WHEN due_date >= ?6 THEN 3 WHEN due_date >= ?7 THEN 4 WHEN due_date >= ?8 THEN 5
                             ELSE 6 END AS bucket,
                         currency, count(*), sum(minor >> 32), sum(minor & 4294967295)
                     FROM invoices INDEXED BY invoices_by_state
                     WHERE workspace = (SELECT key FROM workspaces WHERE id = ?1) AND state IN ({states})
                         AND (partly_paid = 0 OR ?2)
                     GROUP BY bucket, currency"
                );
                let mut buckets: Vec<AgeingRow> = Ageing::ALL
                    .into_iter()
                    .map(|bucket| AgeingRow {
                        bucket,
                        count: 0,
                        totals: Totals::default(),
                    })
                    .collect();
                let [d0, d1, d2, d3, d4, d5] = days.map(Text);
                let mut select = tx.prepare_cached(&sql)?;
                let key = params![Text(workspace), include_partly_paid, d0, d1, d2, d3, d4, d5];
                let mut rows = select.query(key)?;
                while let Some(row) = rows.next()? {
                    let Some(bucket) = buckets.get_mut(usize::from(row.get::<_, u16>(0)?)) else {
                        continue;
                    };
                    bucket.count += row.get::<_, u32>(2)?;
                    if let Some((minor, currency)) = sum(row, 1, 3)? {
                        bucket.totals.add_minor(minor, currency);
                    }
                }
                Ok(buckets)
            })
            .await
    }
}
