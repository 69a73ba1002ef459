//! The table of all commands: name, request, answer. Declared once; Tauri's handler, the permission files, the
//! TypeScript types and the test bridge are made from it or checked against it. `desk` is the whole application, `office`
//! the data the command works on.

use std::sync::Arc;

use serde_json::Value;
use ts_rs::TS;

use crate::wire::*;
use crate::{DamagedJournal, Desk, FailureCode, Office, Plan};

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Command {
    pub name: &'static str,
    /// What it does, one line; becomes its permission's description.
    pub about: &'static str,
    /// The page may call it; the others are for scripts, which may name files.
    pub page: bool,
    /// Names of the TypeScript types of request and answer.
    pub request: fn() -> String,
    pub answer: fn() -> String,
}

macro_rules! commands {
    (|$desk:ident, $office:ident, $damaged:ident|
     page { $($about:literal $receiver:ident.$name:ident($request:ty) -> $answer:ty;)* }
     damage { $($damage_about:literal $damage_receiver:ident.$damage:ident($damage_request:ty) -> $damage_answer:ty;)* }
     script { $($script_about:literal $script_receiver:ident.$script:ident($script_request:ty) -> $script_answer:ty;)* }
    ) => {
        /// Every command.
        pub const COMMANDS: &[Command] = &[
            $(Command {
                name: stringify!($name),
                about: $about,
                page: true,
                request: || <$request as TS>::name(&ts_rs::Config::default()),
                answer: || <$answer as TS>::name(&ts_rs::Config::default()),
            },)*
            $(Command {
                name: stringify!($damage),
                about: $damage_about,
                page: true,
                request: || <$damage_request as TS>::name(&ts_rs::Config::default()),
                answer: || <$damage_answer as TS>::name(&ts_rs::Config::default()),
            },)*
            $(Command {
                name: stringify!($script),
                about: $script_about,
                page: false,
                request: || <$script_request as TS>::name(&ts_rs::Config::default()),
                answer: || <$script_answer as TS>::name(&ts_rs::Config::default()),
            },)*
        ];

        async fn run($desk: &Arc<Desk>, $office: Arc<Office>, name: &str, request: Value) -> Result<Value, Failure> {
            match name {
                $(stringify!($name) => {
                    let request: $request = read(request)?;
                    write(&$receiver.$name(request).await?)
                })*
                $(stringify!($script) => {
                    let request: $script_request = read(request)?;
                    write(&$script_receiver.$script(request).await?)
                })*
                $(stringify!($damage) => {
                    read::<$damage_request>(request)?;
                    Err(Failure::about(FailureCode::NotFound, "A damaged journal"))
                })*
                _ => Err(Failure::new(FailureCode::UnknownCommand)),
            }
        }

        /// Whether a command is answered while a damaged journal keeps the desk from opening, and only then.
        pub fn is_about_damage(name: &str) -> bool {
            [$(stringify!($damage)),*].contains(&name)
        }

        /// Runs one command about a damaged journal.
        ///
        /// # Errors
        /// The command's own failure; `unknown_command` for all others.
        pub async fn dispatch_on_damage(
            $damaged: &DamagedJournal,
            name: &str,
            request: Value,
        ) -> Result<Value, Failure> {
            match name {
                $(stringify!($damage) => {
                    let request: $damage_request = read(request)?;
                    write(&$damage_receiver.$damage(request).await?)
                })*
                _ => Err(Failure::new(FailureCode::UnknownCommand)),
            }
        }

        /// Visits the types that cross to the page: every request and answer, and the events.
        pub(crate) fn visit_types(visitor: &mut impl ts_rs::TypeVisitor) {
            $(visitor.visit::<$request>(); visitor.visit::<$answer>();)*
            $(visitor.visit::<$damage_request>(); visitor.visit::<$damage_answer>();)*
            visitor.visit::<Event>();
            visitor.visit::<Failure>();
        }
    };
}

commands! {
    |desk, office, damaged|
    page {
        "Everything the frame around the screens shows" desk.app_state(Nothing) -> AppState;
        "Lists to choose from, such as countries" office.choices(Nothing) -> Choices;
        "Opens a page in the system's browser" office.open_link(Link) -> Nothing;
        "Tries again to reach what was missing at start, such as the keychain" desk.recheck(Nothing) -> AppState;

        "Checks and keeps a Debitura key; the first makes the workspace" office.connect_debitura(ConnectDebitura) -> WorkspaceView;
        "Asks Debitura again about key and agreement" office.refresh_workspace(ById) -> WorkspaceView;
        "Makes another workspace the current one" office.switch_workspace(ById) -> AppState;
        "Removes a workspace with its keys and cached data; its journal stays" office.remove_workspace(ById) -> AppState;
        "Sends cases as test cases, or for real" office.set_test_mode(SetTestMode) -> WorkspaceView;
        "Starts the built-in sample data" desk.start_sample(Nothing) -> AppState;
        "Leaves the sample data" desk.leave_sample(Nothing) -> AppState;

        "Checks and keeps a restricted Stripe key" office.connect_stripe(ConnectStripe) -> ConnectionView;
        "Answers whether two company names are one company" office.answer_name_question(AnswerNameQuestion) -> ConnectionView;
        "By which registration each provider is signed in to" office.applications(Nothing) -> Applications;
        "Checks and keeps the user's own registration with a provider" office.save_application(SaveApplication) -> Applications;
        "Forgets the user's own registration with a provider" office.remove_application(RemoveApplication) -> Applications;
        "Begins to sign in to a source in the browser" office.start_sign_in(StartSignIn) -> SignInView;
        "Where the last sign-in stands" office.sign_in(Nothing) -> SignIns;
        "Opens the browser again for the sign-in that waits" office.open_sign_in(Nothing) -> SignInView;
        "Gives up a sign-in that waits" office.cancel_sign_in(ById) -> Nothing;
        "Takes the address that the browser showed when it could not come back" office.paste_sign_in(PastedAnswer) -> SignInView;
        "Chooses the companies to connect" office.choose_companies(ChooseCompanies) -> SignInView;
        "Says what disconnecting a source would remove" office.disconnect_effects(ById) -> DisconnectEffects;
        "Removes a source, its key and its cached invoices" office.disconnect(ById) -> DisconnectEffects;

        "Fetches unpaid invoices" office.sync(Sync) -> Started;
        "Cancels a job" office.cancel_job(ById) -> Nothing;

        "A window of the invoices, with totals" office.invoices(ListInvoices) -> InvoicePage;
        "What holds the invoices of a query back" office.problem_counts(InvoiceQuery) -> ProblemCounts;
        "One invoice with the case it would become" office.invoice(ById) -> InvoiceDetail;
        "What a selection amounts to" office.selection_summary(OfSelection) -> SelectionSummary;
        "Corrects a field of an invoice or its debtor" office.correct(Correct) -> Changed;
        "Accepts suggestions on a selection" office.accept_suggestions(AcceptSuggestions) -> Changed;
        "Sets invoices aside" office.set_aside(SetAsideRequest) -> Changed;
        "Brings invoices back that were set aside" office.bring_back(OfSelection) -> Changed;
        "Takes back the last correction or decision" office.undo(Nothing) -> Changed;
        "Does again what was taken back" office.redo(Nothing) -> Changed;

        "Freezes a selection and reads it again at its sources" office.start_review(OfSelection) -> ReviewStarted;
        "What would be submitted" office.review(ById) -> Review;
        "Closes a review without submitting" office.discard_review(ById) -> Nothing;
        "Submits a review after the user's yes" office.submit(Submit) -> SubmitStarted;
        "What was confirmed together, with outcomes" office.batches(Nothing) -> Batches;
        "One batch" office.batch(ById) -> Batch;
        "Goes on with a batch that waits" office.resume_batch(ById) -> SubmitStarted;
        "Takes back what was not sent yet of a batch" office.withdraw_batch(ById) -> Batch;
        "Takes one case back before it is sent" office.withdraw(ById) -> Batch;

        "A window of the account's cases" office.cases(ListCases) -> CasePage;
        "Reads the account's cases again, and compares a journal that was brought back with them" office.refresh_cases(Nothing) -> Started;

        "What comparing a journal that was brought back found" office.journal_comparison(Nothing) -> JournalComparison;

        "Asks for a file and opens it as an import" office.choose_import(Nothing) -> ImportChosen;
        "One import: how its file is read, and what its columns mean" office.import(ById) -> ImportView;
        "Reads the table of an import in another way" office.read_table_anew(ReadTable) -> ImportView;
        "Changes what the columns of an import mean" office.change_mapping(ChangeMapping) -> ImportView;
        "Takes back the last change of an import" office.undo_import_step(ById) -> ImportView;
        "Does again what was taken back of an import" office.redo_import_step(ById) -> ImportView;
        "The different values of a column, and how each is read" office.column_values(ColumnValues) -> DistinctValues;
        "Reads the rows of an import as drafts" office.read_rows(ById) -> Started;
        "Past and open imports" office.imports(Nothing) -> Imports;
        "Forgets an import whose rows were not read" office.discard_import(ById) -> Nothing;
        "Removes the rows of an import, but for those submitted" office.undo_import(ById) -> ImportUndone;
        "Mappings that are remembered" office.mappings(Nothing) -> Mappings;
        "Keeps the mapping of an import under a name" office.save_mapping(SaveMapping) -> Mappings;
        "Lays a mapping over an import" office.apply_mapping(ApplyMapping) -> ImportView;
        "Gives a mapping another name" office.rename_mapping(RenameMapping) -> Mappings;
        "Forgets a mapping" office.delete_mapping(ById) -> Mappings;
        "Writes the mapping of that id, or of the import of that id, to a file" office.export_mapping(ById) -> Exported;
        "Asks for a file with a mapping and lays it over an import" office.choose_mapping(ById) -> ImportView;
        "Writes Debitura's template for invoices" office.save_template(Nothing) -> Exported;
        "Writes the rows of an import that are not ready, with the reason" office.export_failed_rows(ById) -> Exported;

        "The workspace at a glance" office.overview(Nothing) -> Overview;
        "What was done, newest first" office.activity(ListActivity) -> ActivityPage;
        "Writes a list as CSV" office.export(Export) -> Exported;
        "Changes settings" office.change_settings(Settings) -> Settings;
        "Removes all cached invoices and cases" office.wipe_cache(Nothing) -> Wiped;
    }
    damage {
        "Why the journal cannot be used, and what there is to go back to" damaged.journal_damage(Nothing) -> JournalDamage;
        "Puts a copy in the place of a damaged journal" damaged.restore_journal(RestoreJournal) -> JournalReplaced;
        "Puts an empty journal in the place of a damaged one without a copy" damaged.start_journal_anew(StartJournalAnew) -> JournalReplaced;
    }
    script {
        "How a file of invoices is read, and what its columns are" office.map_table(MapTable) -> Plan;
        "Imports a file of invoices" office.import_file(ImportFile) -> ImportResult;
        "What is wrong with the rows of an import" office.import_report(ById) -> ImportReport;
        "The submissions that stand for invoices" office.submissions(NamedInvoices) -> BatchEntries;
        "Goes on with submissions that were cut off" office.resume_submissions(NamedInvoices) -> SubmissionsResumed;
        "Copies the journal to a file" office.export_journal(ExportJournal) -> JournalExported;
    }
}

/// Runs one command by name on what the window shows: the real data, or the sample data while that is open.
///
/// # Errors
/// The command's own failure; `unknown_command` and `bad_request` where name or request do not fit the table.
pub async fn dispatch(desk: &Arc<Desk>, name: &str, request: Value) -> Result<Value, Failure> {
    let office = desk.office();
    run(desk, office, name, request).await
}

/// Runs one command on the real data, in the workspace named or else the current one, as scripts do.
///
/// # Errors
/// Those of [`dispatch`], and `not_found` for an unknown workspace.
pub async fn dispatch_in(
    desk: &Arc<Desk>,
    workspace: Option<String>,
    name: &str,
    request: Value,
) -> Result<Value, Failure> {
    let office = desk.real_office();
    let workspace = match workspace {
        Some(wanted) => Some(office.find_workspace(&wanted).await?),
        None => None,
    };
    // A window sees rows arrive; a script asks once.
    office.listed().await;
    CHOSEN_WORKSPACE
        .scope(workspace, run(desk, office, name, request))
        .await
}

tokio::task_local! {
    /// The workspace a script named, for the length of its command.
    pub(crate) static CHOSEN_WORKSPACE: Option<store::WorkspaceId>;
}

fn read<T: serde::de::DeserializeOwned>(request: Value) -> Result<T, Failure> {
    serde_json::from_value(request).map_err(|_| misfit())
}

/// What a decoder says repeats the value it did not like, and that may be a key in the wrong place.
pub(crate) fn misfit() -> Failure {
    Failure::new(FailureCode::BadRequest).because("It does not fit the command.")
}

fn write<T: serde::Serialize>(answer: &T) -> Result<Value, Failure> {
    serde_json::to_value(answer)
        .map_err(|error| Failure::new(FailureCode::Unexpected).because(error.to_string()))
}
