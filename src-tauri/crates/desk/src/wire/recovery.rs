use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Amount, AsOf, Failure};

/// A journal that cannot be used, and what there is to go back to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct JournalDamage {
    pub failure: Failure,
    /// The data folder.
    pub folder: String,
    /// The one that knows most first. Only those that can be read from end to end.
    pub copies: Vec<JournalCopy>,
}

/// What a journal can be brought back from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum JournalCopyKind {
    /// The journal itself: sound, though its last changes are missing.
    Present,
    Latest,
    Older,
}

/// A copy of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct JournalCopy {
    pub kind: JournalCopyKind,
    /// When the file was written, RFC 3339.
    pub written: Option<String>,
    /// The last moment it knows of, RFC 3339.
    pub until: Option<String>,
    pub submissions: u32,
    /// When the latest of them was agreed to, RFC 3339.
    pub latest_submission: Option<String>,
}

/// Puts a copy in the place of the damaged journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RestoreJournal {
    pub copy: JournalCopyKind,
}

/// Puts an empty journal in the place of a damaged one without a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StartJournalAnew {
    /// The user was told what is lost, and said yes.
    pub understood: bool,
}

/// Another journal is in the place of the damaged one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct JournalReplaced {
    /// The name under which the damaged file is kept; absent where the file had gone.
    pub kept: Option<String>,
}

/// The journal is behind, and not yet compared with the cases of the current workspace's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Unreconciled {
    /// When it was brought back, RFC 3339.
    pub at: String,
    /// The last moment the copy knew of, RFC 3339; absent where it was begun anew.
    pub until: Option<String>,
    /// The name under which the damaged file is kept.
    pub kept: Option<String>,
}

/// How a case that the journal does not know stands to the invoices here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UnknownCaseStanding {
    /// It agrees with an invoice, which is not offered again.
    Adopted,
    /// An invoice has its reference and differs in debtor, amount, currency or date.
    Differs,
    /// No invoice here is like it.
    NoInvoice,
}

/// A case made after the copy that no entry of the journal explains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UnknownCase {
    pub id: String,
    pub reference: String,
    pub creditor_reference: Option<String>,
    pub debtor: Option<String>,
    pub amount: Option<Amount>,
    /// RFC 3339.
    pub created: Option<String>,
    pub standing: UnknownCaseStanding,
    /// The invoice it was made of, or whose reference it has.
    pub invoice: Option<String>,
}

/// What comparing the journal with the account's cases found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct JournalComparison {
    /// All cases of the account were read since the journal was brought back.
    pub compared: bool,
    /// When the cases were read.
    pub as_of: AsOf,
    /// Cases of the account.
    pub cases: u32,
    pub unknown: Vec<UnknownCase>,
}
