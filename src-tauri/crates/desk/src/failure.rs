//! The catalogue of what can go wrong, in the words the user reads. A code exists only where somebody acts on it: the
//! page, a script, or the text itself, which must say what to do next and what is safe.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::wire::Failure;

macro_rules! failures {
    ($($variant:ident $name:literal retry: $retry:literal $what:literal $next:literal;)*) => {
        /// A kind of failure. The names are stable: scripts and the page tell them apart.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
        pub enum FailureCode {
            $(#[serde(rename = $name)] $variant,)*
        }

        impl FailureCode {
            /// Every code.
            pub const ALL: &[FailureCode] = &[$(FailureCode::$variant,)*];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $(FailureCode::$variant => $name,)* }
            }

            fn what(self) -> &'static str {
                match self { $(FailureCode::$variant => $what,)* }
            }

            fn next(self) -> &'static str {
                match self { $(FailureCode::$variant => $next,)* }
            }

            fn retry(self) -> bool {
                match self { $(FailureCode::$variant => $retry,)* }
            }
        }
    };
}

// `{subject}` is replaced by what the failure is about: a provider's name, a file, a field.
failures! {
    // The application itself
    BadRequest "bad_request" retry: false "The request was not understood." "Restart the application. Nothing was changed.";
    UnknownCommand "unknown_command" retry: false "This version does not know that action." "Update the application. Nothing was changed.";
    NotFound "not_found" retry: false "{subject} is no longer here." "Go back to the list, which shows what is there now.";
    Unexpected "unexpected" retry: true "Something went wrong in the application." "Try again. If it stays, restart the application; nothing recorded is lost.";
    Cancelled "cancelled" retry: true "It was cancelled." "What was done so far is kept. Start it again to go on.";
    BrowserFailed "browser_failed" retry: true "The browser could not be opened." "Set a default browser in the system's settings, then try again.";
    LinkRefused "link_refused" retry: false "The address of {subject} is not one this application opens." "Open it from the provider's own pages.";
    FileNotWritten "file_not_written" retry: true "{subject} could not be written." "Choose another folder, or free space, and export again.";
    TableUnreadable "table_unreadable" retry: true "{subject} could not be read as a table." "Save it from its program as CSV or XLSX, then choose it again. The file was not changed.";

    MappingUnreadable "mapping_unreadable" retry: true "{subject} could not be read as a mapping." "Choose a file that was exported here, or that `desk map` printed. Nothing was changed.";
    ImportQuestion "import_question" retry: false "The values of “{subject}” can be read in more than one way." "Say which one is meant; then the rows are read.";
    ImportUndone "import_undone" retry: false "The import of {subject} was undone." "Choose the file again to import it anew.";

    // Where things are kept
    KeychainUnavailable "keychain_unavailable" retry: true "The system's keychain does not answer, so keys cannot be kept." "Unlock or start the keychain (on Linux a Secret Service such as GNOME Keyring), then try again. Keys are never kept in a file instead.";
    KeyMissing "key_missing" retry: false "The key of {subject} is not in the keychain." "Enter the key again under Integrations. Corrections and journal are kept.";
    FolderLocked "folder_locked" retry: true "Another Debitura Desk is using the data folder." "Close it, or use its window. Nothing was changed.";
    FolderReadOnly "folder_read_only" retry: true "The data folder cannot be written: {subject}." "Give your user write access to the folder, then try again.";
    DiskFull "disk_full" retry: true "The disk is full, so nothing can be recorded." "Free some space, then try again. What was recorded before is safe, and nothing is sent that cannot be recorded.";
    BookNewer "book_newer" retry: false "The data folder was written by a newer version of Debitura Desk." "Update the application. The file was not touched.";
    BookDamaged "book_damaged" retry: false "The journal file is damaged: {subject}." "Open the window of Debitura Desk: it shows the copies and puts one in its place. The damaged file is kept, and nothing is submitted from it.";
    CacheDamaged "cache_damaged" retry: false "The cached data is damaged: {subject}." "Restart the application: it begins a new one and fetches again. Journal and corrections are not touched.";
    JournalUnreconciled "journal_unreconciled" retry: false "The journal was brought back after damage and has not been compared with Debitura yet." "Read the cases from Debitura: that compares them. Until then nothing is submitted, so that no case is made twice.";
    StoreFailed "store_failed" retry: true "The local database did not answer." "Try again. Nothing was changed.";

    // Reaching a provider
    Offline "offline" retry: true "{subject} could not be reached." "Check the network connection, then try again. What is on screen stays usable.";
    TimedOut "timed_out" retry: true "{subject} took too long to answer." "Try again in a moment.";
    Unavailable "unavailable" retry: true "{subject} has a fault on its side." "Try again in a few minutes. What was done so far is kept.";
    RateLimited "rate_limited" retry: true "{subject} asks to go slower." "It continues by itself; otherwise try again in a minute.";
    UnreadableAnswer "unreadable_answer" retry: true "{subject} sent an answer that cannot be read." "Try again. If it stays, a proxy on the network may be answering instead.";
    AddressRefused "address_refused" retry: false "The address set for {subject} is neither https nor on this computer." "Correct the address in Settings or in the environment.";
    ProviderRefused "provider_refused" retry: false "{subject} refused the request." "Read the reason given; if it does not help, contact its support with the request number.";

    // Stripe keys
    KeyShape "key_shape" retry: false "This is not a Stripe key." "Copy the whole restricted key; it begins with rk_live_ or rk_test_.";
    KeySecret "key_secret" retry: false "This is a secret key, which could do anything in the Stripe account." "Create a restricted key (rk_…) that may only read Invoices and Customers, and enter that. This one was not kept.";
    KeyPublishable "key_publishable" retry: false "This is a publishable key, which cannot read invoices." "Create a restricted key (rk_…) that may read Invoices and Customers.";
    KeyRefused "key_refused" retry: false "Stripe refused the key." "It may be mistyped, rolled or deleted. Copy it again from the Stripe dashboard, or create a new one. Nothing is fetched with it.";
    PermissionInvoices "permission_invoices" retry: false "Stripe refused the key: it may not read Invoices." "Add read access to Invoices in the Stripe dashboard, then save again. Nothing was fetched.";
    PermissionCustomers "permission_customers" retry: false "Stripe refused the key: it may not read Customers." "Add read access to Customers in the Stripe dashboard, then save again. Nothing was fetched.";
    AddressNotAllowed "address_not_allowed" retry: false "Stripe refused the key from this computer's network address." "Remove the IP restriction of the key in the Stripe dashboard, or add this network to it.";

    // Signing in to QuickBooks Online and Zoho Books
    Reconnect "reconnect" retry: false "The connection to {subject} has ended." "Reconnect it under Integrations. Corrections and journal are kept.";
    ApplicationMissing "application_missing" retry: false "There is no registration to sign in to {subject} with." "Enter the client id and secret of your own app under Integrations.";
    ApplicationRefused "application_refused" retry: false "{subject} does not accept the app's registration." "Check client id, secret and redirect addresses with the provider, then connect again. Nothing was changed.";
    NoPort "no_port" retry: true "No port of this computer is free for the answer of {subject}." "Close the program that uses it, or paste the address that the browser shows at the end.";
    SignInDenied "sign_in_denied" retry: true "Access was not granted on the page of {subject}." "Connect again and agree there. Nothing was changed.";
    SignInTimedOut "sign_in_timed_out" retry: true "No answer came from the page of {subject}." "Look at the browser: it may show why, such as a redirect address that is not registered. Then connect again.";
    SignInSuperseded "sign_in_superseded" retry: true "Another sign-in took the place of this one." "Go on with the one that was begun last.";
    SignInFailed "sign_in_failed" retry: true "Signing in to {subject} did not work." "Connect again. Nothing was changed.";
    OtherCompany "other_company" retry: true "Another company of {subject} was chosen than the one that is connected." "Connect again and choose the same company, or connect the other one as a source of its own.";
    NoCompanies "no_companies" retry: true "{subject} gives access to no company." "Sign in as somebody who can see the company's invoices there.";
    NotAllowed "not_allowed" retry: false "{subject} does not allow this for the account." "Ask whoever administers the account there for access to invoices and contacts.";
    QuotaUsed "quota_used" retry: true "The calls that {subject} allows for a day are used up." "Fetch again tomorrow. What is here stays usable.";

    // Debitura
    DebituraKeyRefused "debitura_key_refused" retry: false "Debitura refused the key." "Copy it again from Debitura, or make a new one there. No case is made with it.";
    DebituraForbidden "debitura_forbidden" retry: false "Debitura does not permit this with the key." "Use a key of an account that may create cases.";
    NoWorkspace "no_workspace" retry: false "No Debitura account is connected." "Enter a Debitura key, or look around with sample data.";
    OtherAccount "other_account" retry: false "The key belongs to another company: {subject}." "Connect it as a workspace of its own. The present one was left as it is.";
    AgreementUnsigned "agreement_unsigned" retry: true "The debt collection agreement with Debitura is not signed." "Sign it, then submit again. No case was made.";
    PowerOfAttorneyUnsigned "power_of_attorney_unsigned" retry: true "The collection partner needs a signed power of attorney." "Sign it, then submit again. No case was made.";
    KycMissing "kyc_missing" retry: true "Debitura needs the director's identity form." "Fill it in at Debitura, then submit again. No case was made.";
    NoPartner "no_partner" retry: false "Debitura has no partner for the debtor's place." "This claim cannot be collected through Debitura at present. No case was made.";
    CreditorBlocked "creditor_blocked" retry: false "Debitura has blocked the account." "Contact Debitura's support. No case was made.";
    FieldsRefused "fields_refused" retry: false "Debitura refused the case: {subject}." "Correct the field named, then submit again. No case was made.";
    DuplicateReference "duplicate_reference" retry: false "A case with this reference exists at Debitura and differs." "Compare it under Cases. If yours is another claim, give it another reference. No second case was made.";
    CaseRefused "case_refused" retry: false "Debitura refused the case." "Read the reason given, mend it, then submit again. No case was made.";
    OutcomeUnknown "outcome_unknown" retry: true "The answer was lost, so it is not known yet whether the case exists." "It is looked up at Debitura before anything is sent again.";
    SubmissionFails "submission_fails" retry: false "Debitura fails on this case each time, and no case was made." "Submit it again later; its reference is looked up first. If it stays, ask Debitura's support.";
    AttachmentFailed "attachment_failed" retry: true "The invoice PDF could not be attached." "The case exists. Add the document in Debitura's portal.";

    // The user's own steps
    InvalidValue "invalid_value" retry: false "{subject}" "Correct it and try again. Nothing was changed.";
    NotCorrectable "not_correctable" retry: false "The {subject} is what the source says is owed and is not changed here." "Correct the invoice at the source, then fetch again.";
    NothingChosen "nothing_chosen" retry: false "No invoice is chosen." "Choose at least one invoice.";
    NothingToSubmit "nothing_to_submit" retry: false "None of the chosen invoices can be submitted." "Each is listed with its reason.";
    TooMany "too_many" retry: false "More than {subject} invoices are chosen." "Submit them in several reviews.";
    ReviewStale "review_stale" retry: true "The review is older than an hour or has changed." "Review again: each invoice is read afresh at its source.";
    ReviewIncomplete "review_incomplete" retry: true "The review is not complete." "Wait until every invoice was read again.";
    CountDiffers "count_differs" retry: true "The number of cases has changed since the button was drawn." "Read the review again before you agree. Nothing was sent.";
    AlreadySubmitted "already_submitted" retry: false "The invoice was submitted already." "See its case under Cases. Nothing was sent again.";
    CannotWithdraw "cannot_withdraw" retry: false "It is too late to take this case back: it may have reached Debitura." "Its outcome is shown as soon as it is known.";
}

impl Failure {
    /// A failure of the catalogue.
    pub fn new(code: FailureCode) -> Failure {
        Failure::about(code, "")
    }

    /// A failure that names its subject.
    pub fn about(code: FailureCode, subject: &str) -> Failure {
        Failure {
            code,
            what: code.what().replace("{subject}", subject),
            why: String::new(),
            next: code.next().to_owned(),
            retry: code.retry(),
        }
    }

    /// Adds the cause, such as a provider's own words with its request number.
    #[must_use]
    pub fn because(self, why: impl Into<String>) -> Failure {
        Failure {
            why: why.into(),
            ..self
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.what)?;
        for part in [&self.why, &self.next] {
            if !part.is_empty() {
                write!(f, " {part}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_says_what_and_what_next() {
        for code in FailureCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.name());
            let next = code.next();
            assert!(
                next.ends_with('.') && next.len() > 15,
                "{}: says nothing to do",
                code.name()
            );
            let what = code.what();
            assert!(
                what.ends_with('.') || what == "{subject}",
                "{}: {what:?} is no sentence",
                code.name()
            );
            for word in ["!", "please", "oops", "Please", "422"] {
                assert!(
                    !what.contains(word) && !next.contains(word),
                    "{}: {word:?}",
                    code.name()
                );
            }
        }
    }
}
