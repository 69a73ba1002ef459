//! What the application does by itself while a window is open: fetches at start and at the interval, goes on with
//! submissions that were interrupted, judges again when the day changes, forgets what has grown too old.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::office::Office;
use crate::submission::Resume;
use crate::wire::small;
use crate::wire::{Failure, Sync};

/// How often the clock is looked at.
const TICK: Duration = Duration::from_secs(30);

/// Runs until the office is dropped.
pub(crate) fn start(office: &Arc<Office>) {
    let office = Arc::downgrade(office);
    tokio::spawn(async move {
        let mut last_fetch = None;
        let mut first = true;
        while let Some(office) = office.upgrade() {
            if let Err(failure) = tick(&office, first, &mut last_fetch).await {
                tracing::warn!(code = failure.code.name(), "the schedule skipped a step");
            }
            first = false;
            drop(office);
            tokio::time::sleep(TICK).await;
        }
    });
}

async fn tick(
    office: &Arc<Office>,
    first: bool,
    last_fetch: &mut Option<Timestamp>,
) -> Result<(), Failure> {
    if first {
        resume(office).await?;
        expire(office).await?;
    }
    for workspace in office.book.workspaces().await? {
        office.reproject_if_stale(&workspace).await?;
    }
    let settings = office.settings().await;
    let now = office.now();
    let every = SignedDuration::from_mins(i64::from(settings.fetch_every_minutes));
    let due = match last_fetch {
        None => first && settings.fetch_at_start,
        Some(last) => settings.fetch_every_minutes > 0 && now.duration_since(*last) >= every,
    };
    if last_fetch.is_none() || due {
        *last_fetch = Some(now);
    }
    if due && let Ok(workspace) = office.workspace().await {
        // Without sources there is nothing to fetch, and that is no failure.
        let _ = office
            .sync(Sync {
                connection: None,
                created: None,
                due: None,
            })
            .await;
        // Comparing a journal that was brought back is the user's step.
        if office.unreconciled(&workspace).await?.is_none() {
            office.start_case_refresh(&workspace);
        }
    }
    Ok(())
}

/// Goes on with batches that a crash or a closed laptop interrupted, unless they are so old that the user must be asked.
async fn resume(office: &Arc<Office>) -> Result<(), Failure> {
    let brought_back = office.book.recovery().await?.map(|recovery| recovery.at);
    let consent_since = office.consent_since().await?;
    let (mut batches, mut waiting) = (BTreeMap::new(), HashSet::new());
    for entry in office.book.pending().await? {
        let recent = entry.updated_at >= consent_since;
        let all_recent = batches
            .entry((entry.confirmed.workspace, entry.confirmed.batch))
            .or_insert(true);
        *all_recent &= recent;
        // A journal that was brought back may have forgotten how this one went on: that is the user's to decide.
        if brought_back.is_some_and(|at| entry.updated_at < at) {
            waiting.insert(entry.confirmed.batch);
        }
    }
    // Documents may wait behind cases that have all ended.
    for (workspace, batch) in office.batches_with_documents().await? {
        batches.entry((workspace, batch)).or_insert(true);
    }
    batches.retain(|(_, batch), _| !waiting.contains(batch));
    for ((workspace, batch), recent) in batches {
        // One that was removed has no key to go on with; its journal stays.
        let Ok(workspace) = office.workspace_by_id(&workspace.to_string()).await else {
            continue;
        };
        office.start_batch(
            &workspace,
            batch,
            if recent {
                Resume::Everything
            } else {
                Resume::OutcomesOnly
            },
        );
    }
    Ok(())
}

async fn expire(office: &Arc<Office>) -> Result<(), Failure> {
    let days = office.settings().await.cache_days;
    if days == 0 {
        return Ok(());
    }
    let limit = office.now() - SignedDuration::from_hours(i64::from(days) * 24);
    let forgotten = office.cache.expire(limit).await?;
    if forgotten > 0 {
        office
            .record(
                None,
                "cache_expired",
                json!({ "invoices": small(forgotten) }),
            )
            .await;
    }
    Ok(())
}
