// Made from the command table in `desk` by `cargo xtask types`. Do not edit.

/**
 * Accepts the suggestions for a field on every invoice of a selection that has one.
 */
export type AcceptSuggestions = { selection: Selection, field: Field, };

/**
 * The record, newest first.
 */
export type ActivityPage = { rows: Array<ActivityRow>, total: number, };

/**
 * One line of the record of what was done.
 */
export type ActivityRow = { id: number, 
/**
 * RFC 3339.
 */
at: string, 
/**
 * `connected`, `fetched`, `corrected`, `submitted`, `failed`, …
 */
kind: string, text: string, failure: Failure | null, };

/**
 * Unpaid invoices of one age and currency.
 */
export type AgeCell = { 
/**
 * `not_due`, `1_30`, `31_60`, `61_90`, `91_180`, `181_365`, `over_365` or `no_due_date`.
 */
age: string, amount: Amount, count: number, };

/**
 * The account's debt collection agreement.
 */
export type Agreement = { signed: boolean, 
/**
 * Signed once, but a new version or another reason asks for it again.
 */
requires_resigning: boolean, reason: string | null, can_sign_here: boolean, };

/**
 * Another field that a column could be.
 */
export type Alternative = { field: Field, confidence: number, };

/**
 * An exact amount: neutral decimal text and an ISO 4217 code.
 */
export type Amount = { 
/**
 * `1234.56`, with all decimals of the currency.
 */
value: string, currency: string, };

/**
 * The answer to a question about two company names.
 */
export type AnswerNameQuestion = { connection: string, 
/**
 * Both are the same company.
 */
same: boolean, };

/**
 * Everything the frame around the screens shows. Asked for at start and after each `changed` event about it.
 */
export type AppState = { version: string, 
/**
 * The creditor's calendar day, which decides what is due.
 */
today: string, workspaces: Array<WorkspaceView>, 
/**
 * The current workspace; absent before the first key.
 */
current: string | null, 
/**
 * Built-in sample data is shown: nothing here is real.
 */
sample: boolean, connections: Array<ConnectionView>, jobs: Array<JobView>, settings: Settings, 
/**
 * Why keys cannot be kept, when the system's keychain does not answer.
 */
keychain: Failure | null, 
/**
 * The journal was brought back from a copy and has to be compared before anything is sent.
 */
unreconciled: Unreconciled | null, };

export type ApplicationView = { 
/**
 * A relay with a registration of its own is set, so nothing has to be entered.
 */
relay: boolean, 
/**
 * The user's own client id, where one is kept. It is no secret.
 */
client_id: string | null, 
/**
 * Regions with a secret of their own.
 */
regions: Array<string>, 
/**
 * The addresses to register with the provider, to the letter. One would do; more are tried when a port is taken.
 */
redirects: Array<string>, };

/**
 * By which registration each provider is signed in to.
 */
export type Applications = { quickbooks: ApplicationView, zoho: ApplicationView, };

/**
 * Lays a mapping over an import, by the names of its columns.
 */
export type ApplyMapping = { import: string, mapping: string, };

/**
 * Age of the data on a screen.
 */
export type AsOf = { 
/**
 * RFC 3339; absent when nothing was fetched yet.
 */
at: string | null, };

/**
 * What was confirmed together.
 */
export type Batch = { id: string, 
/**
 * RFC 3339.
 */
confirmed: string, test_mode: boolean, entries: Array<BatchEntry>, totals: Array<Amount>, 
/**
 * Not yet ended.
 */
open: number, 
/**
 * Seconds until the first byte may leave; until then the whole yes can be taken back.
 */
held_for: number | null, 
/**
 * Found after a restart or a long pause: invoices are read again and the user is asked before it goes on.
 */
needs_consent: boolean, 
/**
 * It waits for this to be mended before it goes on.
 */
waiting_for: Failure | null, };

/**
 * One submission.
 */
export type BatchEntry = { id: string, invoice: string, reference: string, debtor: string, amount: Amount, 
/**
 * `confirmed`, `sending`, `unknown`, `submitted`, `linked`, `rejected` or `withdrawn`.
 */
stage: string, case_reference: string | null, problem: Failure | null, 
/**
 * `waiting`, `uploaded`, `failed` or `none`.
 */
attachment: string, can_withdraw: boolean, };

/**
 * What was confirmed together, without its entries.
 */
export type BatchSummary = { id: string, 
/**
 * RFC 3339.
 */
confirmed: string, test_mode: boolean, cases: number, 
/**
 * How many entries are at each stage.
 */
stages: Array<StageCount>, totals: Array<Amount>, 
/**
 * Not yet ended.
 */
open: number, needs_consent: boolean, 
/**
 * It waits for this to be mended before it goes on.
 */
waiting_for: Failure | null, };

/**
 * The batches of the workspace, newest first.
 */
export type Batches = { batches: Array<BatchSummary>, };

/**
 * Names one thing by its id.
 */
export type ById = { id: string, };

/**
 * One field of the case an invoice would become.
 */
export type CaseField = { field: Field, 
/**
 * Absent when neither source nor user gave it.
 */
value: string | null, source: FieldSource | null, correctable: boolean, 
/**
 * A correction serves all invoices of the debtor.
 */
of_debtor: boolean, 
/**
 * The source's present value, where a correction lies over it.
 */
source_value: string | null, 
/**
 * What stands in the file, where it was imported from one.
 */
text: string | null, };

/**
 * Cases, and how many there are.
 */
export type CasePage = { rows: Array<CaseRow>, total: number, 
/**
 * Every status present, with its count.
 */
statuses: Array<StatusCount>, as_of: AsOf, };

/**
 * Which cases of the account, in which order; by default the latest update comes first.
 */
export type CaseQuery = { search: string, 
/**
 * Only these statuses, by label; all when empty.
 */
statuses: Array<string>, 
/**
 * Only open (`true`) or only ended (`false`) cases.
 */
open: boolean | null, sort: CaseSortBy, descending: boolean, };

/**
 * One case at Debitura.
 */
export type CaseRow = { id: string, 
/**
 * Debitura's eight characters.
 */
reference: string, creditor_reference: string | null, debtor: string | null, amount: Amount | null, 
/**
 * What is still to be recovered.
 */
remainder: Amount | null, 
/**
 * Debitura's label, shown as it is.
 */
status: string, 
/**
 * How it ended.
 */
close_code: string | null, 
/**
 * Whether the ending recovered money; absent while open.
 */
recovered: boolean | null, test: boolean, 
/**
 * RFC 3339.
 */
created: string | null, updated: string | null, 
/**
 * Submitted from here; otherwise made elsewhere.
 */
ours: boolean, 
/**
 * The invoice it was made of, when submitted from here.
 */
invoice: string | null, };

/**
 * Column to sort cases by.
 */
export type CaseSortBy = "updated" | "created" | "reference" | "creditor_reference" | "debtor" | "amount" | "status";

/**
 * Changes what columns, constants and texts of an import mean. Dialect and header row stay as they are.
 */
export type ChangeMapping = { id: string, 
/**
 * The whole plan. A column whose field becomes an amount or a date gets its format looked up; a question is answered
 * by setting `decimal` or `date_order` of its format to one of the choices.
 */
plan: Plan, };

/**
 * How many invoices an action changed, and what undo would take back.
 */
export type Changed = { count: number, 
/**
 * What `undo` takes back next, in words; absent when nothing.
 */
undo: string | null, redo: string | null, };

/**
 * Lists to choose from.
 */
export type Choices = { countries: Array<CountryName>, };

/**
 * The companies to connect; none takes the sign-in back.
 */
export type ChooseCompanies = { ids: Array<string>, };

/**
 * How the values of an amount or date column are written.
 */
export type ColumnFormat = { decimal?: DecimalSign, date_order?: DateOrder, 
/**
 * Which values decide it and which contradict it, in words.
 */
evidence: string, 
/**
 * Values that cannot be read so, the first few; each is a problem of its row.
 */
contradicting?: Array<Contradiction>, 
/**
 * What must be asked, since the values can be read in more than one way.
 */
question?: Question, };

/**
 * Names a column of an import.
 */
export type ColumnValues = { id: string, column: number, };

/**
 * A company or organisation that the sign-in gives access to.
 */
export type CompanyChoice = { id: string, name: string, 
/**
 * Country, currency, id: whatever tells two of one name apart.
 */
detail: string, 
/**
 * It is a source of this workspace already.
 */
connected: boolean, preselected: boolean, };

/**
 * A Debitura API key to check and keep.
 */
export type ConnectDebitura = { key: string, 
/**
 * Ignored while an address is set by environment.
 */
environment: Environment, 
/**
 * Replace the key of this workspace instead of making one.
 */
workspace: string | null, };

/**
 * A restricted Stripe key to check and keep.
 */
export type ConnectStripe = { key: string, 
/**
 * Replace the key of this connection instead of making one.
 */
connection: string | null, };

/**
 * A source of the current workspace.
 */
export type ConnectionView = { id: string, provider: "stripe" | "quickbooks" | "zoho" | "import", 
/**
 * The account's name at the source, once an invoice told it.
 */
account: string | null, 
/**
 * Stripe's test mode and the like: its invoices are not real.
 */
test: boolean, 
/**
 * The last four characters of the key; empty where there is none.
 */
key_hint: string, 
/**
 * Zoho's region, as in `eu`.
 */
region: string | null, 
/**
 * The company's own currency, where the source says it.
 */
currency: string | null, 
/**
 * When the sign-in ends for good and has to be renewed. RFC 3339.
 */
ends: string | null, 
/**
 * Calls left of the day's quota, where the source says it.
 */
quota_left: number | null, 
/**
 * The dates by which the source can be asked: always by creation.
 */
by_due_date: boolean, 
/**
 * What keeps it from syncing.
 */
problem: Failure | null, 
/**
 * The account's name differs from the creditor's; asked about once.
 */
name_question: NameQuestion | null, 
/**
 * RFC 3339.
 */
last_sync: string | null, 
/**
 * The creation range of the last fetch.
 */
created: DateRange | null, 
/**
 * Invoices in the cache that are open at the source.
 */
open_invoices: number, 
/**
 * A fetch was interrupted and continues where it stopped.
 */
resumable: boolean, };

/**
 * A contract or form that Debitura wants first.
 */
export type Contract = { name: string, message: string, 
/**
 * Debitura refuses the cases until it is signed.
 */
blocking: boolean, };

/**
 * A value that the format of its column does not fit.
 */
export type Contradiction = { 
/**
 * Line of the file or row of the sheet, from 1.
 */
row: number, value: string, };

/**
 * Lays a correction over a field, or takes it off.
 */
export type Correct = { id: string, field: Field, 
/**
 * The new value; empty leaves the field out; absent goes back to the source's.
 */
value: string | null, };

/**
 * A country to choose.
 */
export type CountryName = { code: string, name: string, };

/**
 * What comes first where digits alone do not say it.
 */
export type DateOrder = "dmy" | "mdy" | "ymd" | "serial";

/**
 * An inclusive range of calendar days, `YYYY-MM-DD`.
 */
export type DateRange = { from: string, to: string, };

/**
 * Whom the claim is against. Debitura prices and routes the two differently, and evidence rules differ.
 */
export type DebtorType = "company" | "private";

/**
 * What parts the decimals from the rest.
 */
export type DecimalSign = "." | ",";

/**
 * How a file is to be read. Also what saved mappings keep of it.
 */
export type Dialect = { format: FileFormat, delimiter?: string, quote?: string, encoding?: string, sheet?: string, };

/**
 * What disconnecting would remove and what stays.
 */
export type DisconnectEffects = { 
/**
 * Cached invoices that go.
 */
invoices: number, 
/**
 * Corrections that stay, for when the source is connected again.
 */
corrections: number, 
/**
 * Submissions that stay in the journal.
 */
submissions: number, 
/**
 * The sign-in ends at the provider too, because nothing else here uses it.
 */
revokes: boolean, };

/**
 * One value, and what the column's field makes of it.
 */
export type DistinctValue = { text: string, count: number, 
/**
 * Absent where it cannot be read, or where the column is no field.
 */
value: string | null, problem: ValueProblem | null, };

/**
 * The different values of a column, the commonest first.
 */
export type DistinctValues = { values: Array<DistinctValue>, 
/**
 * How many different values there are in all; `values` has the first 200.
 */
distinct: number, };

/**
 * A chosen invoice that is not submitted.
 */
export type DroppedCase = { invoice: string, reference: string | null, debtor: string | null, amount: Amount | null, 
/**
 * "Paid at Stripe since it was fetched."
 */
why: string, next: string, };

/**
 * Rows whose reference stands elsewhere too. A row may count in several.
 */
export type Duplicates = { 
/**
 * In another row of the file.
 */
in_file: number, 
/**
 * In an earlier import.
 */
in_imports: number, 
/**
 * In an invoice fetched from a source.
 */
in_fetched: number, 
/**
 * In a case at Debitura.
 */
in_cases: number, };

/**
 * Which Debitura an account lives at.
 */
export type Environment = "production" | "test" | "sandbox";

/**
 * What the host tells the page without being asked.
 */
export type Event = { "kind": "job", job: JobView, } | { "kind": "changed", subject: Subject, } | { "kind": "files_dropped", names: Array<string>, hovering: boolean, } | { "kind": "import_dropped", name: string, import: string | null, failure: Failure | null, };

/**
 * A list to write as CSV.
 */
export type Export = { "list": "invoices", query: InvoiceQuery, } | { "list": "cases", query: CaseQuery, } | { "list": "activity" } | { "list": "batch", id: string, };

/**
 * A file was written, unless the user chose none.
 */
export type Exported = { 
/**
 * The file's name, without its folder; absent when the user cancelled.
 */
file: string | null, rows: number, };

/**
 * What went wrong, in words that help. The codes are listed in [`crate::FailureCode`].
 */
export type Failure = { code: FailureCode, 
/**
 * What happened, one sentence.
 */
what: string, 
/**
 * Why, where it is known; may be empty.
 */
why: string, 
/**
 * What to do now, and what is safe.
 */
next: string, 
/**
 * Whether the same action can simply be tried again.
 */
retry: boolean, };

/**
 * A kind of failure. The names are stable: scripts and the page tell them apart.
 */
export type FailureCode = "bad_request" | "unknown_command" | "not_found" | "unexpected" | "cancelled" | "browser_failed" | "link_refused" | "file_not_written" | "table_unreadable" | "mapping_unreadable" | "import_question" | "import_undone" | "keychain_unavailable" | "key_missing" | "folder_locked" | "folder_read_only" | "disk_full" | "book_newer" | "book_damaged" | "cache_damaged" | "journal_unreconciled" | "store_failed" | "offline" | "timed_out" | "unavailable" | "rate_limited" | "unreadable_answer" | "address_refused" | "provider_refused" | "key_shape" | "key_secret" | "key_publishable" | "key_refused" | "permission_invoices" | "permission_customers" | "address_not_allowed" | "reconnect" | "application_missing" | "application_refused" | "no_port" | "sign_in_denied" | "sign_in_timed_out" | "sign_in_superseded" | "sign_in_failed" | "other_company" | "no_companies" | "not_allowed" | "quota_used" | "debitura_key_refused" | "debitura_forbidden" | "no_workspace" | "other_account" | "agreement_unsigned" | "power_of_attorney_unsigned" | "kyc_missing" | "no_partner" | "creditor_blocked" | "fields_refused" | "duplicate_reference" | "case_refused" | "outcome_unknown" | "submission_fails" | "attachment_failed" | "invalid_value" | "not_correctable" | "nothing_chosen" | "nothing_to_submit" | "too_many" | "review_stale" | "review_incomplete" | "count_differs" | "already_submitted" | "cannot_withdraw";

/**
 * One field of a collection case. The order is the order in which people read a case.
 */
export type Field = "creditor_reference" | "case_date" | "due_date" | "amount" | "currency" | "debtor_name" | "debtor_type" | "debtor_email" | "debtor_phone" | "debtor_address" | "debtor_city" | "debtor_zip" | "debtor_state" | "debtor_country" | "company_registration_number" | "contact_person" | "description" | "comments";

/**
 * Suggestions for one field.
 */
export type FieldCount = { field: Field, count: number, };

/**
 * Where the value of a field comes from.
 */
export type FieldSource = { "fact": string } | { "correction": { replaced: string | null, } };

/**
 * What kind of file holds the table.
 */
export type FileFormat = "text" | "xlsx" | "xls" | "ods";

/**
 * One row as it stands in the file.
 */
export type FileRow = { 
/**
 * Line of the file or row of the sheet, from 1.
 */
row: number, cells: Array<string>, };

/**
 * Where the header is.
 */
export type HeaderChoice = { "kind": "none" } | { "kind": "row", row: number, };

/**
 * One thing that happened to an invoice or its debtor.
 */
export type HistoryEntry = { 
/**
 * RFC 3339.
 */
at: string, text: string, };

/**
 * The file that the user chose, opened as an import.
 */
export type ImportChosen = { 
/**
 * Absent when the user cancelled.
 */
import: string | null, };

/**
 * One import in the list.
 */
export type ImportRow = { id: string, file_name: string, step: ImportStep, connection: string | null, 
/**
 * The name of the mapping chosen for it.
 */
mapping: string | null, 
/**
 * Rows read; absent before.
 */
rows: number | null, left_out: number, counts: Array<StateCount>, 
/**
 * Sum of open amounts per currency.
 */
totals: Array<Amount>, 
/**
 * Cases submitted from it.
 */
submitted: number, 
/**
 * RFC 3339.
 */
created: string, updated: string, };

/**
 * How far an import is.
 */
export type ImportStep = "table" | "columns" | "check" | "undone";

/**
 * What undoing an import did.
 */
export type ImportUndone = { removed: number, 
/**
 * Rows that stay, since they were submitted.
 */
kept_submitted: number, };

/**
 * One import with everything its screens show.
 */
export type ImportView = { id: string, file_name: string, bytes: number, step: ImportStep, 
/**
 * The source its rows are listed under; the filter of Check and of Review.
 */
connection: string | null, 
/**
 * What was found about the file, with its evidence.
 */
evidence: Array<TableEvidence>, 
/**
 * The sheets of a workbook; empty for text.
 */
sheets: Array<string>, 
/**
 * What the user chose about the table; what is absent was found.
 */
chosen: TableChoice, plan: Plan, 
/**
 * The first rows of the file as cells, also those above the header: the header is chosen by looking at them.
 */
top: Array<FileRow>, 
/**
 * Up to five different values of each column.
 */
samples: Array<Array<string>>, 
/**
 * The first rows.
 */
preview: Array<PreviewRow>, 
/**
 * Rows that would become drafts.
 */
rows: number, 
/**
 * Rows that would not, with the reason.
 */
left_out: Array<LeftOut>, 
/**
 * Fields a case needs which no column and no constant gives.
 */
missing: Array<Field>, 
/**
 * Indexes of the columns that ask how their values are written; rows are read once all are answered.
 */
questions: Array<number>, remembered: RememberedMapping | null, 
/**
 * It is Debitura's own template.
 */
template: boolean, 
/**
 * The same bytes were imported before.
 */
same_file: SameFile | null, 
/**
 * The rows that were read, by state; absent before.
 */
counts: Array<StateCount> | null, 
/**
 * References of these rows that stand elsewhere too; absent before the rows are read.
 */
duplicates: Duplicates | null, 
/**
 * The plan has changed since the rows were read: read them again.
 */
stale: boolean, 
/**
 * The job that reads its rows, while it runs.
 */
job: string | null, 
/**
 * What taking back takes back next, in words.
 */
undo: string | null, redo: string | null, 
/**
 * RFC 3339.
 */
created: string, updated: string, };

/**
 * Past and open imports, newest first.
 */
export type Imports = { imports: Array<ImportRow>, };

/**
 * Everything about one invoice.
 */
export type InvoiceDetail = { row: InvoiceRow, 
/**
 * Every field in reading order, also the empty ones.
 */
fields: Array<CaseField>, problems: Array<Problem>, suggestions: Array<Suggestion>, debtor_type: DebtorType | null, 
/**
 * Other invoices of the same debtor in the cache.
 */
siblings: number, total: Amount | null, 
/**
 * The source's word for its status.
 */
status: string, set_aside: SetAsideView | null, submission: SubmissionView | null, history: Array<HistoryEntry>, 
/**
 * The invoice can be opened at its source.
 */
has_link: boolean, has_pdf: boolean, 
/**
 * When it was read from the source, RFC 3339.
 */
fetched: string, };

/**
 * The window, and what the whole query amounts to.
 */
export type InvoicePage = { rows: Array<InvoiceRow>, total: number, 
/**
 * Sum of open balances per currency, over the whole query.
 */
totals: Array<Amount>, 
/**
 * How many invoices each state would show, the other filters being the same.
 */
counts: Array<StateCount>, 
/**
 * The currencies to filter by.
 */
currencies: Array<string>, 
/**
 * Partly paid invoices that the query hides.
 */
hidden_partly_paid: number, as_of: AsOf, };

/**
 * Which invoices of the current workspace.
 */
export type InvoiceQuery = { 
/**
 * Found anywhere in reference, debtor, city, e-mail, amount or the source's id.
 */
search: string, 
/**
 * All states when empty.
 */
states: Array<State>, currency: string | null, 
/**
 * Due on or before this day: `YYYY-MM-DD`.
 */
due_until: string | null, 
/**
 * Neutral decimal text.
 */
amount_from: string | null, amount_to: string | null, connection: string | null, 
/**
 * Partly paid invoices are hidden otherwise.
 */
partly_paid: boolean, 
/**
 * Only invoices with this problem.
 */
problem: string | null, sort: SortBy, descending: boolean, };

/**
 * One row of the grid.
 */
export type InvoiceRow = { id: string, connection: string, reference: string | null, debtor: string | null, 
/**
 * Absent when the source's amount cannot be read exactly.
 */
amount: Amount | null, case_date: string | null, due_date: string | null, 
/**
 * Days past due; absent when not due or without a due date.
 */
days_overdue: number | null, country: string | null, state: State, 
/**
 * The first problem's text, blocking ones first.
 */
problem: string | null, 
/**
 * How many problems block.
 */
blocking: number, partly_paid: boolean, 
/**
 * A suggestion waits to be accepted.
 */
suggested: boolean, 
/**
 * Every problem, where the request asked for them; otherwise empty.
 */
problems: Array<Problem>, };

/**
 * What a job does.
 */
export type JobKind = "fetch" | "review" | "submit" | "refresh_cases" | "import" | "list_rows";

/**
 * Where a job stands.
 */
export type JobStage = "running" | "waiting" | "done" | "cancelled" | "failed";

/**
 * Long work, in units people know.
 */
export type JobView = { id: string, kind: JobKind, stage: JobStage, 
/**
 * "Fetching invoices from Stripe"
 */
title: string, done: number, 
/**
 * Where it is known.
 */
total: number | null, 
/**
 * "invoices", "cases"
 */
unit: string, started: string, ended: string | null, 
/**
 * What was done, what was not, and why; at the end, or while waiting.
 */
note: string | null, failure: Failure | null, can_cancel: boolean, 
/**
 * The review or batch it works for.
 */
subject: string | null, };

/**
 * What comparing the journal with the account's cases found.
 */
export type JournalComparison = { 
/**
 * All cases of the account were read since the journal was brought back.
 */
compared: boolean, 
/**
 * When the cases were read.
 */
as_of: AsOf, 
/**
 * Cases of the account.
 */
cases: number, unknown: Array<UnknownCase>, };

/**
 * A copy of the journal.
 */
export type JournalCopy = { kind: JournalCopyKind, 
/**
 * When the file was written, RFC 3339.
 */
written: string | null, 
/**
 * The last moment it knows of, RFC 3339.
 */
until: string | null, submissions: number, 
/**
 * When the latest of them was agreed to, RFC 3339.
 */
latest_submission: string | null, };

/**
 * What a journal can be brought back from.
 */
export type JournalCopyKind = "present" | "latest" | "older";

/**
 * A journal that cannot be used, and what there is to go back to.
 */
export type JournalDamage = { failure: Failure, 
/**
 * The data folder.
 */
folder: string, 
/**
 * The one that knows most first. Only those that can be read from end to end.
 */
copies: Array<JournalCopy>, };

/**
 * Another journal is in the place of the damaged one.
 */
export type JournalReplaced = { 
/**
 * The name under which the damaged file is kept; absent where the file had gone.
 */
kept: string | null, };

/**
 * Rows that are no entries, for one reason.
 */
export type LeftOut = { reason: LeftOutReason, count: number, 
/**
 * The first of them.
 */
first: Array<LeftOutRow>, };

/**
 * Why a row is no entry of the table.
 */
export type LeftOutReason = "sum" | "repeated_header" | "note";

/**
 * A row that is no entry.
 */
export type LeftOutRow = { row: number, text: string, };

/**
 * A link that the host opens in the system's browser. The page names what to open, never an address.
 */
export type Link = { "kind": "stripe_keys" } | { "kind": "debitura_keys" } | { "kind": "debitura_portal" } | { "kind": "agreement" } | { "kind": "agreement_terms" } | { "kind": "review_signing", review: string, } | { "kind": "invoice", id: string, };

/**
 * A window of the record.
 */
export type ListActivity = { window: Window, };

/**
 * A window of the cases.
 */
export type ListCases = { query: CaseQuery, window: Window, };

/**
 * A window of a query.
 */
export type ListInvoices = { query: InvoiceQuery, window: Window, 
/**
 * Fill each row's list of problems, as scripts want it.
 */
problems?: boolean, };

/**
 * One column of a mapping.
 */
export type MappedColumn = { name: string, field: Field, };

/**
 * One mapping.
 */
export type MappingRow = { id: string, 
/**
 * Absent: the last choice for its headers.
 */
name: string | null, 
/**
 * Headers and what they mean; those that mean nothing are left out.
 */
columns: Array<MappedColumn>, 
/**
 * RFC 3339.
 */
used: string, };

/**
 * Mappings that are remembered.
 */
export type Mappings = { mappings: Array<MappingRow>, };

/**
 * Two names that should be one company.
 */
export type NameQuestion = { source: string, creditor: string, };

/**
 * A request or answer without content.
 */
export type Nothing = Record<symbol, never>;

/**
 * Asks something of a selection.
 */
export type OfSelection = { selection: Selection, };

/**
 * The workspace at a glance.
 */
export type Overview = { ages: Array<AgeCell>, counts: Array<StateCount>, ready: Array<Amount>, attention: Array<Amount>, 
/**
 * The commonest problems: text and how many invoices have it, with the code to filter by.
 */
problems: Array<ProblemCount>, open_cases: number, activity: Array<ActivityRow>, as_of: AsOf, cases_as_of: AsOf, };

/**
 * The address that the browser shows when it could not come back by itself. Holds a code.
 */
export type PastedAnswer = { text: string, };

/**
 * How the rows of a file become drafts.
 */
export type Plan = { dialect: Dialect, 
/**
 * Counted from 0; nothing where every row is data.
 */
header_row: number | null, columns: Array<PlanColumn>, 
/**
 * One value for all rows, where no column gives one.
 */
constants?: { [key in Field]?: string }, 
/**
 * What a text of the file means: `"debtor_country": {"Tyskland": "DE"}`. Compared without regard to case.
 */
values?: { [key in Field]?: { [key in string]: string } }, };

/**
 * What one column of the file is.
 */
export type PlanColumn = { 
/**
 * From 0, from the left.
 */
index: number, 
/**
 * As it stands in the header, trimmed.
 */
name: string, 
/**
 * Nothing: the column is left out.
 */
field: Field | null, 
/**
 * From 0 to 1: how often a suggestion of this kind is right.
 */
confidence: number, 
/**
 * Why, in words.
 */
reason: string, alternatives: Array<Alternative>, format?: ColumnFormat, 
/**
 * The column holds more than its field.
 */
split?: Split, 
/**
 * Place among several columns of one field; without it, they join from left to right.
 */
part?: number, };

/**
 * One field of a row: source and reading side by side.
 */
export type PreviewField = { field: Field, 
/**
 * Columns it comes from; none where it stands for all rows.
 */
columns: Array<number>, source: string, 
/**
 * Neutral: `2026-04-03`, `1234.50`. Absent where it could not be read.
 */
value: string | null, problems: Array<ValueProblem>, };

/**
 * One row as it stands in the file, and what it would become.
 */
export type PreviewRow = { 
/**
 * Line of the file or row of the sheet, from 1.
 */
row: number, cells: Array<string>, fields: Array<PreviewField>, 
/**
 * What is wrong with the row as a whole, such as a quotation mark that is not closed.
 */
problems: Array<ValueProblem>, };

/**
 * One problem of one invoice.
 */
export type Problem = { code: ProblemCode, 
/**
 * The field to mend, where there is one.
 */
field: Field | null, 
/**
 * Blocks submitting; otherwise a warning.
 */
blocks: boolean, 
/**
 * What is wrong.
 */
what: string, 
/**
 * How to mend it.
 */
fix: string, };

/**
 * A kind of problem. The names are stable: scripts filter by them.
 */
export type ProblemCode = "amount_missing" | "amount_unreadable" | "amount_not_positive" | "currency_missing" | "currency_unknown" | "reference_missing" | "reference_too_long" | "reference_taken" | "reference_submitted" | "case_date_missing" | "case_date_unreadable" | "case_date_in_future" | "due_date_missing" | "due_date_unreadable" | "due_before_case_date" | "debtor_name_missing" | "debtor_type_missing" | "debtor_type_unreadable" | "address_missing" | "city_missing" | "country_missing" | "country_unknown" | "state_missing" | "state_unknown" | "email_unreadable" | "text_too_long" | "value_unreadable" | "value_left_out" | "source_changed" | "status_unknown" | "small_claim" | "evidence_file" | "evidence_file_or_text" | "evidence_private" | "contact_missing" | "contact_person_missing" | "details_not_read" | "partly_paid";

/**
 * Invoices that share a problem.
 */
export type ProblemCount = { code: string, what: string, count: number, };

/**
 * The problems of the invoices of a query, commonest first.
 */
export type ProblemCounts = { problems: Array<ProblemCount>, };

/**
 * A question that only the user can answer.
 */
export type Question = { 
/**
 * A value of the file that can be read in all these ways.
 */
value: string, choices: Array<Reading>, };

/**
 * What quotation marks mean.
 */
export type QuoteChoice = { "kind": "none" } | { "kind": "mark", mark: string, };

/**
 * Reads the table of an import in another way. What is absent is looked for again.
 */
export type ReadTable = { id: string, table: TableChoice, };

/**
 * One way to read the value.
 */
export type Reading = { decimal?: DecimalSign, date_order?: DateOrder, 
/**
 * What the value would be: `2026-04-03`, `1234.00`.
 */
meaning: string, };

/**
 * Where the mapping of an import comes from.
 */
export type RememberedMapping = { 
/**
 * Absent: the last import with these headers.
 */
name: string | null, 
/**
 * When it was used, RFC 3339.
 */
at: string, };

/**
 * A registration to forget.
 */
export type RemoveApplication = { provider: SignInProvider, };

/**
 * Gives a mapping another name, or its first.
 */
export type RenameMapping = { mapping: string, name: string, };

/**
 * Puts a copy in the place of the damaged journal.
 */
export type RestoreJournal = { copy: JournalCopyKind, };

/**
 * What would be submitted, frozen: the document a person agrees to.
 */
export type Review = { id: string, 
/**
 * Reading at the sources and Debitura's preview are complete.
 */
complete: boolean, done: number, total: number, 
/**
 * The creditor on whose behalf.
 */
creditor: string, test_mode: boolean, cases: Array<ReviewCase>, 
/**
 * Chosen, but no longer to be submitted, each with its reason.
 */
dropped: Array<DroppedCase>, totals: Array<Amount>, 
/**
 * Debitura's price and partner, cases of equal terms together.
 */
terms: Array<Terms>, 
/**
 * What must be signed first.
 */
contracts: Array<Contract>, 
/**
 * The signing page walks through all contracts.
 */
can_sign: boolean, 
/**
 * What to know before agreeing.
 */
warnings: Array<string>, 
/**
 * Why it cannot be submitted now; absent when it can.
 */
obstacle: Failure | null, read_at: AsOf, };

/**
 * One case of a review, exactly as it would be sent.
 */
export type ReviewCase = { invoice: string, reference: string, debtor: string, debtor_type: "company" | "private", 
/**
 * One line.
 */
address: string, amount: Amount, case_date: string, due_date: string, description: string | null, 
/**
 * Index into the review's terms.
 */
terms: number | null, warnings: Array<string>, 
/**
 * The invoice PDF will be attached.
 */
attaches_pdf: boolean, };

/**
 * A review was started: its cases are being read again at their sources.
 */
export type ReviewStarted = { review: string, job: string, };

/**
 * An earlier import of the same bytes.
 */
export type SameFile = { import: string, 
/**
 * RFC 3339.
 */
at: string, 
/**
 * Cases submitted from it.
 */
submitted: number, };

/**
 * The user's own registration with a provider.
 */
export type SaveApplication = { provider: SignInProvider, client_id: string, client_secret: string, 
/**
 * Of Zoho, where a region has a secret of its own: `eu`.
 */
region: string | null, };

/**
 * Keeps the mapping of an import under a name; one of this name is replaced.
 */
export type SaveMapping = { import: string, name: string, };

/**
 * A choice of invoices: some ids, or all that match.
 */
export type Selection = { "kind": "ids", ids: Array<string>, } | { "kind": "matching", query: InvoiceQuery, except: Array<string>, };

/**
 * What a selection amounts to.
 */
export type SelectionSummary = { count: number, totals: Array<Amount>, counts: Array<StateCount>, 
/**
 * Invoices with at least one suggestion, by field.
 */
suggestions: Array<FieldCount>, };

/**
 * Leaves invoices alone, until a day or for a reason.
 */
export type SetAsideRequest = { selection: Selection, until: string | null, because: string, };

/**
 * Set aside by the user.
 */
export type SetAsideView = { until: string | null, because: string, };

/**
 * The test switch of a workspace.
 */
export type SetTestMode = { workspace: string, test_mode: boolean, };

/**
 * What the user chose. Everything has a default; unknown parts of an older or newer file are ignored.
 */
export type Settings = { theme: Theme, compact_rows: boolean, 
/**
 * Fetch when the application starts.
 */
fetch_at_start: boolean, 
/**
 * Minutes between fetches; 0 is never.
 */
fetch_every_minutes: number, 
/**
 * Requests a minute to Debitura.
 */
debitura_per_minute: number, 
/**
 * Days after which cached data is removed; 0 is never.
 */
cache_days: number, 
/**
 * IANA time zone of the creditor, in which days begin; the system's when absent.
 */
time_zone: string | null, 
/**
 * What the page remembers for itself: columns, filters. Opaque here, at most 64 KiB.
 */
page: Record<string, unknown>, };

/**
 * A source that is signed in to in the browser.
 */
export type SignInProvider = "quickbooks" | "zoho";

export type SignInStep = "waiting" | "connecting" | "choosing" | "done" | "failed";

/**
 * Where the sign-in that was begun last stands.
 */
export type SignInView = { id: string, provider: SignInProvider, step: SignInStep, 
/**
 * For the browser.
 */
address: string, 
/**
 * RFC 3339.
 */
started: string, 
/**
 * Answers that came and belong to nobody: most likely a tab of an earlier try.
 */
strangers: number, 
/**
 * Why no browser opened, or why there is no connection.
 */
failure: Failure | null, 
/**
 * What there is to choose from.
 */
companies: Array<CompanyChoice>, 
/**
 * At a reconnect: the company that was connected, when another was chosen in the browser.
 */
expected: string | null, 
/**
 * The connections made or renewed.
 */
connections: Array<string>, };

/**
 * The last sign-in, if there is one.
 */
export type SignIns = { current: SignInView | null, };

/**
 * Column to sort by.
 */
export type SortBy = "due_date" | "case_date" | "amount" | "debtor" | "reference" | "state" | "country";

/**
 * How a column that holds two things is parted.
 */
export type Split = "zip_city";

/**
 * Entries at one stage.
 */
export type StageCount = { stage: string, count: number, };

/**
 * Puts an empty journal in the place of a damaged one without a copy.
 */
export type StartJournalAnew = { 
/**
 * The user was told what is lost, and said yes.
 */
understood: boolean, };

/**
 * A sign-in to begin. One that is under way already gives way to it.
 */
export type StartSignIn = { provider: SignInProvider, 
/**
 * Renew the sign-in of this connection instead of making one.
 */
connection: string | null, 
/**
 * Open the browser; otherwise whoever asks shows the address.
 */
open: boolean, 
/**
 * Take the company that the provider lists first, instead of asking, where there are several.
 */
take_first: boolean, };

/**
 * A job was started.
 */
export type Started = { job: string, };

/**
 * Where an invoice stands on its way to a case. The order is that of the filter chips.
 */
export type State = "ready" | "attention" | "not-due" | "set-aside" | "submitted" | "gone";

/**
 * Invoices in one state.
 */
export type StateCount = { state: State, count: number, };

/**
 * Cases with one status.
 */
export type StatusCount = { status: string, count: number, };

/**
 * A subject whose screens should be read again.
 */
export type Subject = "app" | "invoices" | "review" | "submissions" | "cases" | "activity" | "imports" | "sign_in";

/**
 * The journal's word on an invoice.
 */
export type SubmissionView = { 
/**
 * Absent where the journal has lost it and only its case is known.
 */
batch: string | null, 
/**
 * `confirmed`, `sending`, `unknown`, `submitted`, `linked`, `rejected` or `withdrawn`.
 */
stage: string, case_reference: string | null, problem: Failure | null, 
/**
 * RFC 3339.
 */
at: string, };

/**
 * The explicit yes.
 */
export type Submit = { review: string, 
/**
 * The number of cases the page showed on its button; another number is refused.
 */
cases: number, };

/**
 * A batch was confirmed and is being submitted.
 */
export type SubmitStarted = { batch: string, job: string, };

/**
 * A proposed value for a field.
 */
export type Suggestion = { field: Field, value: string, 
/**
 * Why, in a few words that stand beside the value.
 */
reason: string, };

/**
 * Which invoices to fetch.
 */
export type Sync = { 
/**
 * All connections of the workspace when absent.
 */
connection: string | null, 
/**
 * By creation date; the last 24 months when absent.
 */
created: DateRange | null, 
/**
 * By due date instead, where the source can be asked so.
 */
due: DateRange | null, };

/**
 * What the user knows better about the table.
 */
export type TableChoice = { sheet: string | null, delimiter: string | null, encoding: string | null, quote: QuoteChoice | null, header_row: HeaderChoice | null, };

/**
 * One part of what was found, and why.
 */
export type TableEvidence = { 
/**
 * `encoding`, `delimiter`, `sheet` or `header_row`.
 */
of: string, why: string, };

/**
 * What Debitura would charge, and who would collect.
 */
export type Terms = { 
/**
 * Total success fee in per cent of what is recovered, decimal text.
 */
fee_percent: string | null, age_surcharge_percent: string | null, source: string | null, partner: string | null, partner_country: string | null, jurisdiction: string | null, cases: number, totals: Array<Amount>, };

/**
 * How the window looks.
 */
export type Theme = "system" | "light" | "dark";

/**
 * A case made after the copy that no entry of the journal explains.
 */
export type UnknownCase = { id: string, reference: string, creditor_reference: string | null, debtor: string | null, amount: Amount | null, 
/**
 * RFC 3339.
 */
created: string | null, standing: UnknownCaseStanding, 
/**
 * The invoice it was made of, or whose reference it has.
 */
invoice: string | null, };

/**
 * How a case that the journal does not know stands to the invoices here.
 */
export type UnknownCaseStanding = "adopted" | "differs" | "no_invoice";

/**
 * The journal is behind, and not yet compared with the cases of the current workspace's account.
 */
export type Unreconciled = { 
/**
 * When it was brought back, RFC 3339.
 */
at: string, 
/**
 * The last moment the copy knew of, RFC 3339; absent where it was begun anew.
 */
until: string | null, 
/**
 * The name under which the damaged file is kept.
 */
kept: string | null, };

/**
 * What is wrong with a value.
 */
export type ValueProblem = { 
/**
 * Stable: `date_unreadable`, `amount_ambiguous` …
 */
code: string, blocks: boolean, what: string, fix: string, };

/**
 * The part of a long list to show.
 */
export type Window = { 
/**
 * Rows to skip.
 */
offset: number, 
/**
 * Rows wanted, at most 500.
 */
limit: number, };

/**
 * What wiping removed.
 */
export type Wiped = { invoices: number, cases: number, };

/**
 * One creditor: one Debitura account and its sources.
 */
export type WorkspaceView = { id: string, 
/**
 * The creditor's company name at Debitura.
 */
name: string, country: string | null, environment: Environment, 
/**
 * Cases are sent as test cases: checked and kept by Debitura, never collected.
 */
test_mode: boolean, key_hint: string | null, agreement: Agreement | null, 
/**
 * Debitura refused the key since: it must be replaced.
 */
key_refused: boolean, };

/** Every command: its request and its answer. */
export interface Commands {
  /** Everything the frame around the screens shows */
  app_state: { request: Nothing; answer: AppState };
  /** Lists to choose from, such as countries */
  choices: { request: Nothing; answer: Choices };
  /** Opens a page in the system's browser */
  open_link: { request: Link; answer: Nothing };
  /** Tries again to reach what was missing at start, such as the keychain */
  recheck: { request: Nothing; answer: AppState };
  /** Checks and keeps a Debitura key; the first makes the workspace */
  connect_debitura: { request: ConnectDebitura; answer: WorkspaceView };
  /** Asks Debitura again about key and agreement */
  refresh_workspace: { request: ById; answer: WorkspaceView };
  /** Makes another workspace the current one */
  switch_workspace: { request: ById; answer: AppState };
  /** Removes a workspace with its keys and cached data; its journal stays */
  remove_workspace: { request: ById; answer: AppState };
  /** Sends cases as test cases, or for real */
  set_test_mode: { request: SetTestMode; answer: WorkspaceView };
  /** Starts the built-in sample data */
  start_sample: { request: Nothing; answer: AppState };
  /** Leaves the sample data */
  leave_sample: { request: Nothing; answer: AppState };
  /** Checks and keeps a restricted Stripe key */
  connect_stripe: { request: ConnectStripe; answer: ConnectionView };
  /** Answers whether two company names are one company */
  answer_name_question: { request: AnswerNameQuestion; answer: ConnectionView };
  /** By which registration each provider is signed in to */
  applications: { request: Nothing; answer: Applications };
  /** Checks and keeps the user's own registration with a provider */
  save_application: { request: SaveApplication; answer: Applications };
  /** Forgets the user's own registration with a provider */
  remove_application: { request: RemoveApplication; answer: Applications };
  /** Begins to sign in to a source in the browser */
  start_sign_in: { request: StartSignIn; answer: SignInView };
  /** Where the last sign-in stands */
  sign_in: { request: Nothing; answer: SignIns };
  /** Opens the browser again for the sign-in that waits */
  open_sign_in: { request: Nothing; answer: SignInView };
  /** Gives up a sign-in that waits */
  cancel_sign_in: { request: ById; answer: Nothing };
  /** Takes the address that the browser showed when it could not come back */
  paste_sign_in: { request: PastedAnswer; answer: SignInView };
  /** Chooses the companies to connect */
  choose_companies: { request: ChooseCompanies; answer: SignInView };
  /** Says what disconnecting a source would remove */
  disconnect_effects: { request: ById; answer: DisconnectEffects };
  /** Removes a source, its key and its cached invoices */
  disconnect: { request: ById; answer: DisconnectEffects };
  /** Fetches unpaid invoices */
  sync: { request: Sync; answer: Started };
  /** Cancels a job */
  cancel_job: { request: ById; answer: Nothing };
  /** A window of the invoices, with totals */
  invoices: { request: ListInvoices; answer: InvoicePage };
  /** What holds the invoices of a query back */
  problem_counts: { request: InvoiceQuery; answer: ProblemCounts };
  /** One invoice with the case it would become */
  invoice: { request: ById; answer: InvoiceDetail };
  /** What a selection amounts to */
  selection_summary: { request: OfSelection; answer: SelectionSummary };
  /** Corrects a field of an invoice or its debtor */
  correct: { request: Correct; answer: Changed };
  /** Accepts suggestions on a selection */
  accept_suggestions: { request: AcceptSuggestions; answer: Changed };
  /** Sets invoices aside */
  set_aside: { request: SetAsideRequest; answer: Changed };
  /** Brings invoices back that were set aside */
  bring_back: { request: OfSelection; answer: Changed };
  /** Takes back the last correction or decision */
  undo: { request: Nothing; answer: Changed };
  /** Does again what was taken back */
  redo: { request: Nothing; answer: Changed };
  /** Freezes a selection and reads it again at its sources */
  start_review: { request: OfSelection; answer: ReviewStarted };
  /** What would be submitted */
  review: { request: ById; answer: Review };
  /** Closes a review without submitting */
  discard_review: { request: ById; answer: Nothing };
  /** Submits a review after the user's yes */
  submit: { request: Submit; answer: SubmitStarted };
  /** What was confirmed together, with outcomes */
  batches: { request: Nothing; answer: Batches };
  /** One batch */
  batch: { request: ById; answer: Batch };
  /** Goes on with a batch that waits */
  resume_batch: { request: ById; answer: SubmitStarted };
  /** Takes back what was not sent yet of a batch */
  withdraw_batch: { request: ById; answer: Batch };
  /** Takes one case back before it is sent */
  withdraw: { request: ById; answer: Batch };
  /** A window of the account's cases */
  cases: { request: ListCases; answer: CasePage };
  /** Reads the account's cases again, and compares a journal that was brought back with them */
  refresh_cases: { request: Nothing; answer: Started };
  /** What comparing a journal that was brought back found */
  journal_comparison: { request: Nothing; answer: JournalComparison };
  /** Asks for a file and opens it as an import */
  choose_import: { request: Nothing; answer: ImportChosen };
  /** One import: how its file is read, and what its columns mean */
  import: { request: ById; answer: ImportView };
  /** Reads the table of an import in another way */
  read_table_anew: { request: ReadTable; answer: ImportView };
  /** Changes what the columns of an import mean */
  change_mapping: { request: ChangeMapping; answer: ImportView };
  /** Takes back the last change of an import */
  undo_import_step: { request: ById; answer: ImportView };
  /** Does again what was taken back of an import */
  redo_import_step: { request: ById; answer: ImportView };
  /** The different values of a column, and how each is read */
  column_values: { request: ColumnValues; answer: DistinctValues };
  /** Reads the rows of an import as drafts */
  read_rows: { request: ById; answer: Started };
  /** Past and open imports */
  imports: { request: Nothing; answer: Imports };
  /** Forgets an import whose rows were not read */
  discard_import: { request: ById; answer: Nothing };
  /** Removes the rows of an import, but for those submitted */
  undo_import: { request: ById; answer: ImportUndone };
  /** Mappings that are remembered */
  mappings: { request: Nothing; answer: Mappings };
  /** Keeps the mapping of an import under a name */
  save_mapping: { request: SaveMapping; answer: Mappings };
  /** Lays a mapping over an import */
  apply_mapping: { request: ApplyMapping; answer: ImportView };
  /** Gives a mapping another name */
  rename_mapping: { request: RenameMapping; answer: Mappings };
  /** Forgets a mapping */
  delete_mapping: { request: ById; answer: Mappings };
  /** Writes the mapping of that id, or of the import of that id, to a file */
  export_mapping: { request: ById; answer: Exported };
  /** Asks for a file with a mapping and lays it over an import */
  choose_mapping: { request: ById; answer: ImportView };
  /** Writes Debitura's template for invoices */
  save_template: { request: Nothing; answer: Exported };
  /** Writes the rows of an import that are not ready, with the reason */
  export_failed_rows: { request: ById; answer: Exported };
  /** The workspace at a glance */
  overview: { request: Nothing; answer: Overview };
  /** What was done, newest first */
  activity: { request: ListActivity; answer: ActivityPage };
  /** Writes a list as CSV */
  export: { request: Export; answer: Exported };
  /** Changes settings */
  change_settings: { request: Settings; answer: Settings };
  /** Removes all cached invoices and cases */
  wipe_cache: { request: Nothing; answer: Wiped };
  /** Why the journal cannot be used, and what there is to go back to */
  journal_damage: { request: Nothing; answer: JournalDamage };
  /** Puts a copy in the place of a damaged journal */
  restore_journal: { request: RestoreJournal; answer: JournalReplaced };
  /** Puts an empty journal in the place of a damaged one without a copy */
  start_journal_anew: { request: StartJournalAnew; answer: JournalReplaced };
}
