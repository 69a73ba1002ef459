//! Files of invoices: how each is read, what its columns are, what became of its rows.

use bulk_import::plan::Plan;
use receivables::{Field, State};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Amount, StateCount};

/// A table to be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MapTable {
    /// Its path, as a script names it.
    pub file: String,
    /// Of a workbook; the one with the most rows otherwise.
    pub sheet: Option<String>,
}

/// The file that the user chose, opened as an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportChosen {
    /// Absent when the user cancelled.
    pub import: Option<String>,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ImportStep {
    /// Opened; nothing was said about its columns yet.
    Table,
    /// Its columns are being mapped.
    Columns,
    /// Its rows are drafts, listed with the invoices.
    Check,
    /// Given up; what was submitted of it stays.
    Undone,
}

/// One import with everything its screens show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ImportView {
    pub id: String,
    pub file_name: String,
    #[ts(type = "number")]
    pub bytes: u64,
    pub step: ImportStep,
    /// The source its rows are listed under; the filter of Check and of Review.
    pub connection: Option<String>,
    /// What was found about the file, with its evidence.
    pub evidence: Vec<TableEvidence>,
    /// The sheets of a workbook; empty for text.
    pub sheets: Vec<String>,
    /// What the user chose about the table; what is absent was found.
    pub chosen: TableChoice,
    pub plan: Plan,
    /// The first rows of the file as cells, also those above the header: the header is chosen by looking at them.
    pub top: Vec<FileRow>,
    /// Up to five different values of each column.
    pub samples: Vec<Vec<String>>,
    /// The first rows.
    pub preview: Vec<PreviewRow>,
    /// Rows that would become drafts.
    pub rows: u32,
    /// Rows that would not, with the reason.
    pub left_out: Vec<LeftOut>,
    /// Fields a case needs which no column and no constant gives.
    pub missing: Vec<Field>,
    /// Indexes of the columns that ask how their values are written; rows are read once all are answered.
    pub questions: Vec<u32>,
    pub remembered: Option<RememberedMapping>,
    /// It is Debitura's own template.
    pub template: bool,
    /// The same bytes were imported before.
    pub same_file: Option<SameFile>,
    /// The rows that were read, by state; absent before.
    pub counts: Option<Vec<StateCount>>,
    /// References of these rows that stand elsewhere too; absent before the rows are read.
    pub duplicates: Option<Duplicates>,
    /// The plan has changed since the rows were read: read them again.
    pub stale: bool,
    /// The job that reads its rows, while it runs.
    pub job: Option<String>,
    /// What taking back takes back next, in words.
    pub undo: Option<String>,
    pub redo: Option<String>,
    /// RFC 3339.
    pub created: String,
    pub updated: String,
}

/// One part of what was found, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TableEvidence {
    /// `encoding`, `delimiter`, `sheet` or `header_row`.
    pub of: String,
    pub why: String,
}

/// What the user knows better about the table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct TableChoice {
    pub sheet: Option<String>,
    pub delimiter: Option<char>,
    pub encoding: Option<String>,
    pub quote: Option<QuoteChoice>,
    pub header_row: Option<HeaderChoice>,
}

/// What quotation marks mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum QuoteChoice {
    /// They are letters like any other.
    None,
    /// Cells may be enclosed in this one.
    Mark { mark: char },
}

/// Where the header is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum HeaderChoice {
    /// Every row is data.
    None,
    /// Counted from 0, as in the plan.
    Row { row: u32 },
}

/// Reads the table of an import in another way. What is absent is looked for again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReadTable {
    pub id: String,
    pub table: TableChoice,
}

/// Changes what columns, constants and texts of an import mean. Dialect and header row stay as they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ChangeMapping {
    pub id: String,
    /// The whole plan. A column whose field becomes an amount or a date gets its format looked up; a question is answered
    /// by setting `decimal` or `date_order` of its format to one of the choices.
    pub plan: Plan,
}

/// One row as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FileRow {
    /// Line of the file or row of the sheet, from 1.
    pub row: u32,
    pub cells: Vec<String>,
}

/// One row as it stands in the file, and what it would become.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PreviewRow {
    /// Line of the file or row of the sheet, from 1.
    pub row: u32,
    pub cells: Vec<String>,
    pub fields: Vec<PreviewField>,
    /// What is wrong with the row as a whole, such as a quotation mark that is not closed.
    pub problems: Vec<ValueProblem>,
}

/// One field of a row: source and reading side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PreviewField {
    pub field: Field,
    /// Columns it comes from; none where it stands for all rows.
    pub columns: Vec<u32>,
    pub source: String,
    /// Neutral: `2026-04-03`, `1234.50`. Absent where it could not be read.
    pub value: Option<String>,
    pub problems: Vec<ValueProblem>,
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ValueProblem {
    /// Stable: `date_unreadable`, `amount_ambiguous` …
    pub code: String,
    pub blocks: bool,
    pub what: String,
    pub fix: String,
}

/// Why a row is no entry of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LeftOutReason {
    /// A sum or another line of totals.
    Sum,
    /// The header once more.
    RepeatedHeader,
    /// A line of text, such as the name of a group or a note.
    Note,
}

/// Rows that are no entries, for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LeftOut {
    pub reason: LeftOutReason,
    pub count: u32,
    /// The first of them.
    pub first: Vec<LeftOutRow>,
}

/// A row that is no entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LeftOutRow {
    pub row: u32,
    pub text: String,
}

/// Where the mapping of an import comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RememberedMapping {
    /// Absent: the last import with these headers.
    pub name: Option<String>,
    /// When it was used, RFC 3339.
    pub at: String,
}

/// An earlier import of the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SameFile {
    pub import: String,
    /// RFC 3339.
    pub at: String,
    /// Cases submitted from it.
    pub submitted: u32,
}

/// Rows whose reference stands elsewhere too. A row may count in several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Duplicates {
    /// In another row of the file.
    pub in_file: u32,
    /// In an earlier import.
    pub in_imports: u32,
    /// In an invoice fetched from a source.
    pub in_fetched: u32,
    /// In a case at Debitura.
    pub in_cases: u32,
}

/// Names a column of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ColumnValues {
    pub id: String,
    pub column: u32,
}

/// The different values of a column, the commonest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DistinctValues {
    pub values: Vec<DistinctValue>,
    /// How many different values there are in all; `values` has the first 200.
    pub distinct: u32,
}

/// One value, and what the column's field makes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DistinctValue {
    pub text: String,
    pub count: u32,
    /// Absent where it cannot be read, or where the column is no field.
    pub value: Option<String>,
    pub problem: Option<ValueProblem>,
}

/// Past and open imports, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Imports {
    pub imports: Vec<ImportRow>,
}

/// One import in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportRow {
    pub id: String,
    pub file_name: String,
    pub step: ImportStep,
    pub connection: Option<String>,
    /// The name of the mapping chosen for it.
    pub mapping: Option<String>,
    /// Rows read; absent before.
    pub rows: Option<u32>,
    pub left_out: u32,
    pub counts: Vec<StateCount>,
    /// Sum of open amounts per currency.
    pub totals: Vec<Amount>,
    /// Cases submitted from it.
    pub submitted: u32,
    /// RFC 3339.
    pub created: String,
    pub updated: String,
}

/// What undoing an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportUndone {
    pub removed: u32,
    /// Rows that stay, since they were submitted.
    pub kept_submitted: u32,
}

/// Mappings that are remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Mappings {
    pub mappings: Vec<MappingRow>,
}

/// One mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MappingRow {
    pub id: String,
    /// Absent: the last choice for its headers.
    pub name: Option<String>,
    /// Headers and what they mean; those that mean nothing are left out.
    pub columns: Vec<MappedColumn>,
    /// RFC 3339.
    pub used: String,
}

/// One column of a mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MappedColumn {
    pub name: String,
    pub field: Field,
}

/// Keeps the mapping of an import under a name; one of this name is replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SaveMapping {
    pub import: String,
    pub name: String,
}

/// Lays a mapping over an import, by the names of its columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ApplyMapping {
    pub import: String,
    pub mapping: String,
}

/// Gives a mapping another name, or its first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RenameMapping {
    pub mapping: String,
    pub name: String,
}

/// Imports a file at once, as scripts do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ImportFile {
    /// Its path, as a script names it.
    pub file: String,
    pub sheet: Option<String>,
    /// What `map_table` said, corrected; the proposal otherwise.
    pub mapping: Option<Plan>,
}

/// What became of a file that a script imported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ImportResult {
    /// Absent where there is no workspace: nothing was kept.
    pub import: Option<String>,
    /// The same file was imported before: its rows are read in the place of those.
    pub again: bool,
    /// Absent where a question keeps the rows from being read, and where nothing was kept.
    pub job: Option<String>,
    /// Columns whose values can be read in more than one way.
    pub questions: Vec<ColumnQuestion>,
    /// Entries of the table.
    pub rows: u32,
    pub left_out: Vec<LeftOut>,
    /// What the rows would become, where nothing was kept and nothing is asked.
    pub found: Option<ImportReport>,
}

/// A column that asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ColumnQuestion {
    pub column: u32,
    pub name: String,
    pub field: Field,
    pub question: bulk_import::plan::Question,
}

/// What is wrong with the rows of an import, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportReport {
    pub connection: Option<String>,
    pub rows: u32,
    pub counts: Vec<StateCount>,
    pub problems: Vec<RowProblem>,
}

/// One problem of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RowProblem {
    /// Of the draft; absent where nothing was kept.
    pub id: Option<String>,
    pub row: u32,
    pub state: State,
    /// Columns of the field, from 0.
    pub columns: Vec<u32>,
    pub code: String,
    pub field: Option<Field>,
    pub blocks: bool,
    pub what: String,
    pub fix: String,
}
