//! The record of what was done, in words. Kinds are stable; the words are made when the record is read.

use std::sync::Arc;

use serde_json::Value;
use store::Activity;

use crate::office::Office;
use crate::wire::{ActivityPage, ActivityRow, Failure, ListActivity};

/// The most lines that are shown; older ones stay in the book.
const SHOWN: u32 = 5000;

impl Office {
    pub(crate) async fn activity(
        self: &Arc<Self>,
        request: ListActivity,
    ) -> Result<ActivityPage, Failure> {
        let rows = self.activity_rows(SHOWN).await?;
        let total = u32::try_from(rows.len()).unwrap_or(SHOWN);
        let window = request.window;
        let rows = rows
            .into_iter()
            .skip(window.offset as usize)
            .take(window.limit.min(500) as usize)
            .collect();
        Ok(ActivityPage { rows, total })
    }

    /// The newest lines of the current workspace.
    pub(crate) async fn activity_rows(&self, limit: u32) -> Result<Vec<ActivityRow>, Failure> {
        let Ok(workspace) = self.workspace().await else {
            return Ok(Vec::new());
        };
        let found = self.book.activity(workspace.id, None, limit).await?;
        Ok(found.iter().map(row).collect())
    }
}

fn row(activity: &Activity) -> ActivityRow {
    let what = &activity.what;
    ActivityRow {
        id: u32::try_from(activity.id).unwrap_or(u32::MAX),
        at: what.at.to_string(),
        kind: what.kind.clone(),
        text: words(&what.kind, &what.data),
        failure: what
            .data
            .get("failure")
            .and_then(|failure| serde_json::from_value(failure.clone()).ok()),
    }
}

fn words(kind: &str, data: &Value) -> String {
    let text = |name: &str| {
        data.get(name)
            .and_then(Value::as_str)
            .unwrap_or("")
            .to_owned()
    };
    let number = |name: &str| data.get(name).and_then(Value::as_u64).unwrap_or(0);
    let cases = |name: &str| counted(number(name), "case", "cases");
    match kind {
        "connected" => format!("Connected {}{}", text("what"), named(&text("name"))),
        "key_replaced" => format!("Replaced the key of {}", text("what")),
        "disconnected" => {
            format!(
                "Disconnected {}, removing {}",
                text("what"),
                counted(number("invoices"), "cached invoice", "cached invoices")
            )
        }
        "workspace_removed" => format!("Removed the workspace {}", text("name")),
        "test_mode_on" => "Switched to test cases".to_owned(),
        "test_mode_off" => "Switched to real cases".to_owned(),
        "fetched" => format!(
            "Fetched {} from {}{}",
            counted(number("invoices"), "unpaid invoice", "unpaid invoices"),
            text("what"),
            match number("left") {
                0 => String::new(),
                left => format!("; {} no longer open", counted(left, "is", "are")),
            }
        ),
        "fetch_cancelled" => format!(
            "Stopped fetching from {} after {}",
            text("what"),
            counted(number("invoices"), "invoice", "invoices")
        ),
        "fetch_failed" => format!("Fetching from {} failed", text("what")),
        "corrected" | "set_aside" | "brought_back" | "suggestions_accepted" => text("label"),
        "undone" => format!("Took back: {}", text("label")),
        "redone" => format!("Did again: {}", text("label")),
        "confirmed" => format!("Agreed to submit {}", cases("cases")),
        "submitted" => format!(
            "{} was submitted as case {}",
            text("reference"),
            text("case")
        ),
        "linked" => format!(
            "{} exists at Debitura already as case {}; linked",
            text("reference"),
            text("case")
        ),
        "rejected" => format!("{} was refused", text("reference")),
        "withdrawn" => format!("{} was taken back before it was sent", text("reference")),
        "batch_finished" => format!(
            "Submission finished: {} submitted, {} refused, {} taken back",
            number("submitted"),
            number("rejected"),
            number("withdrawn")
        ),
        "attached" => format!("Attached the invoice PDF to case {}", text("case")),
        "attachment_failed" => format!(
            "The invoice PDF of case {} could not be attached",
            text("case")
        ),
        "cases_read" => format!("Read {} from Debitura", cases("cases")),
        "journal_compared" => match (number("unknown"), number("adopted")) {
            (0, _) => {
                "Compared the journal with the cases at Debitura: it knows them all".to_owned()
            }
            (unknown, adopted) => format!(
                "Compared the journal with the cases at Debitura: {} it did not know, {adopted} of them of invoices here",
                counted(unknown, "case", "cases")
            ),
        },
        "cases_failed" => "Reading the cases from Debitura failed".to_owned(),
        "paid_at_source" => format!(
            "{} is {} at its source, though its case is open",
            text("reference"),
            text("status")
        ),
        "cache_wiped" => format!(
            "Wiped {}",
            counted(number("invoices"), "cached invoice", "cached invoices")
        ),
        "cache_expired" => format!(
            "Removed {} that had grown too old",
            counted(number("invoices"), "cached invoice", "cached invoices")
        ),
        "exported" => format!(
            "Exported {} to {}",
            counted(number("rows"), "row", "rows"),
            text("file")
        ),
        "import_opened" => format!(
            "Opened {} with {}",
            text("file"),
            counted(number("rows"), "row", "rows")
        ),
        "import_read" => format!(
            "Imported {} from {}",
            counted(number("rows"), "row", "rows"),
            text("file")
        ),
        "import_discarded" => format!("Closed {} without importing it", text("file")),
        "import_undone" => format!(
            "Undid the import of {}: {} removed, {} kept since they were submitted",
            text("file"),
            counted(number("removed"), "row", "rows"),
            number("kept")
        ),
        "mapping_saved" => format!("Saved the mapping “{}”", text("name")),
        "settings_changed" => "Changed the settings".to_owned(),
        other => other.replace('_', " "),
    }
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn named(name: &str) -> String {
    if name.is_empty() {
        String::new()
    } else {
        format!(": {name}")
    }
}
