use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How the window looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

/// What the user chose. Everything has a default; unknown parts of an older or newer file are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Settings {
    pub theme: Theme,
    pub compact_rows: bool,
    /// Fetch when the application starts.
    pub fetch_at_start: bool,
    /// Minutes between fetches; 0 is never.
    pub fetch_every_minutes: u32,
    /// Requests a minute to Debitura.
    pub debitura_per_minute: u32,
    /// Days after which cached data is removed; 0 is never.
    pub cache_days: u32,
    /// IANA time zone of the creditor, in which days begin; the system's when absent.
    pub time_zone: Option<String>,
    /// What the page remembers for itself: columns, filters. Opaque here, at most 64 KiB.
    #[ts(type = "Record<string, unknown>")]
    pub page: serde_json::Map<String, serde_json::Value>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            theme: Theme::System,
            compact_rows: false,
            fetch_at_start: true,
            fetch_every_minutes: 60,
            debitura_per_minute: 100,
            cache_days: 90,
            time_zone: None,
            page: serde_json::Map::new(),
        }
    }
}

/// The test switch of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SetTestMode {
    pub workspace: String,
    pub test_mode: bool,
}

/// The answer to a question about two company names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AnswerNameQuestion {
    pub connection: String,
    /// Both are the same company.
    pub same: bool,
}

/// What wiping removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Wiped {
    pub invoices: u32,
    pub cases: u32,
}

/// A country to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CountryName {
    pub code: String,
    pub name: String,
}

/// Lists to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Choices {
    pub countries: Vec<CountryName>,
}

/// Where a script wants the copy of the journal. The page never names paths: its permission for this does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExportJournal {
    /// An absolute path that does not exist yet.
    pub file: String,
}

/// A copy was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct JournalExported {
    pub submissions: u32,
}
