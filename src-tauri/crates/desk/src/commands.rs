//! The table of all commands: name, request, answer. Declared once; Tauri's handler, the permission files, the
//! TypeScript types and the test bridge are made from it or checked against it.

use std::sync::Arc;

use serde_json::Value;
use ts_rs::TS;

use crate::wire::*;
use crate::{Desk, FailureCode};

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Command {
    pub name: &'static str,
    /// What it does, one line; becomes its permission's description.
    pub about: &'static str,
    /// Names of the TypeScript types of request and answer.
    pub request: fn() -> String,
    pub answer: fn() -> String,
}

macro_rules! commands {
    ($($about:literal $name:ident($request:ty) -> $answer:ty;)*) => {
        /// Every command.
        pub const COMMANDS: &[Command] = &[$(Command {
            name: stringify!($name),
            about: $about,
            request: || <$request as TS>::name(&ts_rs::Config::default()),
            answer: || <$answer as TS>::name(&ts_rs::Config::default()),
        },)*];

        /// Runs one command by name, as every host does.
        ///
        /// # Errors
        /// The command's own failure; `unknown_command` and `bad_request` where name or request do not fit the table.
        pub async fn dispatch(desk: &Arc<Desk>, name: &str, request: Value) -> Result<Value, Failure> {
            match name {
                $(stringify!($name) => {
                    let request: $request = read(request)?;
                    write(&desk.$name(request).await?)
                })*
                _ => Err(Failure::new(FailureCode::UnknownCommand)),
            }
        }

        /// Visits the types of every request and answer, and the events.
        pub(crate) fn visit_types(visitor: &mut impl ts_rs::TypeVisitor) {
            $(visitor.visit::<$request>(); visitor.visit::<$answer>();)*
            visitor.visit::<Event>();
            visitor.visit::<Failure>();
        }
    };
}

commands! {
    "Everything the frame around the screens shows" app_state(Nothing) -> AppState;
    "Lists to choose from, such as countries" choices(Nothing) -> Choices;
    "Opens a page in the system's browser" open_link(Link) -> Nothing;
    "Tries again to reach what was missing at start, such as the keychain" recheck(Nothing) -> AppState;

    "Checks and keeps a Debitura key; the first makes the workspace" connect_debitura(ConnectDebitura) -> WorkspaceView;
    "Asks Debitura again about key and agreement" refresh_workspace(ById) -> WorkspaceView;
    "Makes another workspace the current one" switch_workspace(ById) -> AppState;
    "Removes a workspace with its keys and cached data; its journal stays" remove_workspace(ById) -> AppState;
    "Sends cases as test cases, or for real" set_test_mode(SetTestMode) -> WorkspaceView;
    "Starts the built-in sample data" start_sample(Nothing) -> AppState;
    "Leaves the sample data" leave_sample(Nothing) -> AppState;

    "Checks and keeps a restricted Stripe key" connect_stripe(ConnectStripe) -> ConnectionView;
    "Answers whether two company names are one company" answer_name_question(AnswerNameQuestion) -> ConnectionView;
    "Says what disconnecting a source would remove" disconnect_effects(ById) -> DisconnectEffects;
    "Removes a source, its key and its cached invoices" disconnect(ById) -> DisconnectEffects;

    "Fetches unpaid invoices" sync(Sync) -> Started;
    "Cancels a job" cancel_job(ById) -> Nothing;

    "A window of the invoices, with totals" invoices(ListInvoices) -> InvoicePage;
    "One invoice with the case it would become" invoice(ById) -> InvoiceDetail;
    "What a selection amounts to" selection_summary(OfSelection) -> SelectionSummary;
    "Corrects a field of an invoice or its debtor" correct(Correct) -> Changed;
    "Accepts suggestions on a selection" accept_suggestions(AcceptSuggestions) -> Changed;
    "Sets invoices aside" set_aside(SetAsideRequest) -> Changed;
    "Brings invoices back that were set aside" bring_back(OfSelection) -> Changed;
    "Takes back the last correction or decision" undo(Nothing) -> Changed;
    "Does again what was taken back" redo(Nothing) -> Changed;

    "Freezes a selection and reads it again at its sources" start_review(OfSelection) -> ReviewStarted;
    "What would be submitted" review(ById) -> Review;
    "Closes a review without submitting" discard_review(ById) -> Nothing;
    "Submits a review after the user's yes" submit(Submit) -> SubmitStarted;
    "What was confirmed together, with outcomes" batches(Nothing) -> Batches;
    "One batch" batch(ById) -> Batch;
    "Goes on with a batch that waits" resume_batch(ById) -> SubmitStarted;
    "Takes back what was not sent yet of a batch" withdraw_batch(ById) -> Batch;
    "Takes one case back before it is sent" withdraw(ById) -> Batch;

    "A window of the account's cases" cases(ListCases) -> CasePage;
    "Reads the account's cases again" refresh_cases(Nothing) -> Started;

    "The workspace at a glance" overview(Nothing) -> Overview;
    "What was done, newest first" activity(ListActivity) -> ActivityPage;
    "Writes a list as CSV" export(Export) -> Exported;
    "Changes settings" change_settings(Settings) -> Settings;
    "Removes all cached invoices and cases" wipe_cache(Nothing) -> Wiped;
}

fn read<T: serde::de::DeserializeOwned>(request: Value) -> Result<T, Failure> {
    serde_json::from_value(request)
        .map_err(|error| Failure::new(FailureCode::BadRequest).because(error.to_string()))
}

fn write<T: serde::Serialize>(answer: &T) -> Result<Value, Failure> {
    serde_json::to_value(answer)
        .map_err(|error| Failure::new(FailureCode::Unexpected).because(error.to_string()))
}
