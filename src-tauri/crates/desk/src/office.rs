//! One data folder with everything that works on it: the two files, the keychain, the ways out, the jobs.

use std::collections::HashSet;
use std::sync::Arc;

use debitura::Debitura;
use http_client::{Jitter, Pace, Rate, Secret, Timeouts, Transport};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use receivables::InvoiceId;
use secrecy::ExposeSecret;
use store::{Book, Cache, ConnectionId, Folder, Keychain, NewActivity, Workspace, WorkspaceId};
use tokio::sync::RwLock;

use crate::FailureCode;
use crate::commands::CHOSEN_WORKSPACE;
use crate::events::Events;
use crate::grants::Grants;
use crate::import::Tables;
use crate::jobs::Jobs;
use crate::refusals::of_folder;
use crate::review::Reviews;
use crate::setup::{KeychainChoice, Setup};
use crate::sign_in::SignInDesk;
use crate::source::{Accounts, Paces};
use crate::wire::{AppState, Environment, Failure, Settings, Subject};

/// The use cases of one data folder.
pub struct Office {
    pub(crate) setup: Setup,
    /// Holds the folder's lock for as long as anything works on it.
    _folder: Folder,
    pub(crate) book: Book,
    pub(crate) cache: Cache,
    keychain: RwLock<Result<Keychain, Failure>>,
    pub(crate) transport: Transport,
    pub(crate) debitura_pace: Pace,
    pub(crate) stripe_pace: Pace,
    pub(crate) jobs: Jobs,
    pub(crate) events: Events,
    pub(crate) reviews: Reviews,
    pub(crate) grants: Grants,
    pub(crate) sign_in: SignInDesk,
    /// One pace for each account that has limits of its own.
    pub(crate) paces: Paces,
    pub(crate) accounts: Accounts,
    /// Invoices whose details are being read because somebody looks at them.
    pub(crate) reading: std::sync::Mutex<HashSet<InvoiceId>>,
    settings: RwLock<Settings>,
    /// One fetch at a time.
    pub(crate) fetching: tokio::sync::Mutex<()>,
    /// One projection rebuild at a time.
    pub(crate) rebuilding: tokio::sync::Mutex<()>,
    /// The imported table looked at last.
    pub(crate) tables: Tables,
    /// One hand at a time takes imported rows from the book to the lists, or off them.
    pub(crate) listing: tokio::sync::Mutex<()>,
    sample: bool,
}

impl Office {
    pub(crate) async fn open(
        setup: Setup,
        events: Events,
        sample: bool,
    ) -> Result<Arc<Office>, Failure> {
        let (data_dir, checkpoint) = (setup.data_dir.clone(), setup.checkpoint.clone());
        let opened = tokio::task::spawn_blocking(move || {
            let folder = Folder::open(&data_dir).map_err(|error| of_folder(&error, &data_dir))?;
            let folder = folder.passing(checkpoint);
            let book = folder.book()?;
            let cache = folder.cache()?;
            Ok::<_, Failure>((folder, book, cache))
        });
        let (folder, book, cache) = opened
            .await
            .map_err(|error| Failure::new(FailureCode::Unexpected).because(error.to_string()))??;
        let settings: Settings = book.get_setting("settings").await?.unwrap_or_default();
        let rate = |agreed| setup.pacing.of(agreed);
        let debitura_pace = Pace::new(rate(Rate::per_minute(settings.debitura_per_minute)));
        let stripe_pace = Pace::new(rate(accounting::stripe::Stripe::usual_rate()));
        let office = Arc::new(Office {
            transport: Transport::new(
                env!("CARGO_PKG_VERSION"),
                Timeouts::default(),
                Jitter::seeded(seed(&setup)),
            )?,
            debitura_pace,
            stripe_pace,
            jobs: Jobs::new(events.clone(), Arc::clone(&setup.clock)),
            keychain: RwLock::new(open_keychain(&setup.keychain).await),
            reviews: Reviews::default(),
            grants: Grants::default(),
            sign_in: SignInDesk::default(),
            paces: Paces::default(),
            accounts: Accounts::default(),
            reading: std::sync::Mutex::default(),
            settings: RwLock::new(settings),
            fetching: tokio::sync::Mutex::default(),
            rebuilding: tokio::sync::Mutex::default(),
            setup,
            _folder: folder,
            book,
            cache,
            events,
            tables: Tables::default(),
            listing: tokio::sync::Mutex::default(),
            sample,
        });
        office.clear_cut_off_imports().await?;
        office.start_listing().await?;
        // Without a keychain the doubt stays for the next time.
        let _ = office.settle_grants().await;
        Ok(office)
    }

    /// Ends whatever runs, so that the office can be dropped.
    pub(crate) fn close(&self) {
        self.jobs.cancel_all(None);
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.setup.clock.now()
    }

    /// The calendar day at the creditor's, which decides what is due.
    pub(crate) async fn today(&self) -> Date {
        self.now().to_zoned(self.time_zone().await).date()
    }

    pub(crate) async fn time_zone(&self) -> TimeZone {
        let name = self.settings.read().await.time_zone.clone();
        name.and_then(|name| TimeZone::get(&name).ok())
            .unwrap_or_else(TimeZone::system)
    }

    pub(crate) async fn settings(&self) -> Settings {
        self.settings.read().await.clone()
    }

    pub(crate) async fn keep_settings(&self, settings: Settings) -> Result<(), Failure> {
        self.book.set_setting("settings", settings.clone()).await?;
        let agreed = Rate::per_minute(settings.debitura_per_minute);
        self.debitura_pace.set_rate(self.setup.pacing.of(agreed));
        *self.settings.write().await = settings;
        // They were made for the time zone before.
        self.accounts.forget();
        Ok(())
    }

    /// The workspace a script named, or the current one.
    pub(crate) async fn workspace(&self) -> Result<Workspace, Failure> {
        let chosen = CHOSEN_WORKSPACE.try_with(|chosen| *chosen).ok().flatten();
        let found = match chosen {
            Some(id) => self
                .book
                .workspaces()
                .await?
                .into_iter()
                .find(|workspace| workspace.id == id),
            None => self.book.current_workspace().await?,
        };
        found.ok_or_else(|| Failure::new(FailureCode::NoWorkspace))
    }

    /// Finds a workspace by id or by name, in any case.
    pub(crate) async fn find_workspace(&self, wanted: &str) -> Result<WorkspaceId, Failure> {
        let all = self.book.workspaces().await?;
        let found = all
            .iter()
            .find(|workspace| workspace.id.to_string() == wanted)
            .or_else(|| {
                all.iter()
                    .find(|workspace| workspace.name.to_lowercase() == wanted.to_lowercase())
            });
        found.map(|workspace| workspace.id).ok_or_else(|| {
            let names: Vec<&str> = all
                .iter()
                .map(|workspace| workspace.name.as_str())
                .collect();
            Failure::about(FailureCode::NotFound, &format!("The workspace “{wanted}”"))
                .because(format!("Known are: {}.", names.join(", ")))
        })
    }

    pub(crate) async fn keychain(&self) -> Result<Keychain, Failure> {
        self.keychain.read().await.clone()
    }

    /// Probes the system's keychain again, after the user started or unlocked it.
    pub(crate) async fn recheck_keychain(&self) {
        let mut keychain = self.keychain.write().await;
        if keychain.is_err() {
            *keychain = open_keychain(&self.setup.keychain).await;
        }
        self.events.changed(Subject::App);
    }

    pub(crate) async fn key(&self, account: &str, subject: &str) -> Result<Secret, Failure> {
        let secret = self.keychain().await?.get(account).await?;
        let secret = secret.ok_or_else(|| Failure::about(FailureCode::KeyMissing, subject))?;
        Ok(Secret::new(secret.expose_secret()))
    }

    /// The workspace's account at Debitura.
    pub(crate) async fn debitura(&self, workspace: &Workspace) -> Result<Debitura, Failure> {
        let key = self
            .key(&debitura_account(workspace.id), "Debitura")
            .await?;
        self.debitura_with(key, environment(workspace.environment))
    }

    pub(crate) fn debitura_with(
        &self,
        key: Secret,
        environment: Environment,
    ) -> Result<Debitura, Failure> {
        let base = self.setup.addresses.debitura(environment)?;
        Ok(Debitura::new(
            self.transport.clone(),
            base,
            key,
            self.debitura_pace.clone(),
        ))
    }

    /// Adds a line to the record. The record never stands in the way of what it records.
    pub(crate) async fn record(
        &self,
        workspace: Option<WorkspaceId>,
        kind: &str,
        data: serde_json::Value,
    ) {
        let activity = NewActivity {
            at: self.now(),
            workspace,
            kind: kind.to_owned(),
            subject: None,
            data,
        };
        if let Err(error) = self.book.record(activity).await {
            tracing::warn!(%error, kind, "activity was not recorded");
        }
        self.events.changed(Subject::Activity);
    }

    pub(crate) async fn app_state(&self) -> Result<AppState, Failure> {
        let current = self.workspace().await.ok();
        let mut workspaces = Vec::new();
        for workspace in self.book.workspaces().await? {
            workspaces.push(self.workspace_view(&workspace).await?);
        }
        let connections = match &current {
            Some(workspace) => self.connection_views(workspace.id).await?,
            None => Vec::new(),
        };
        Ok(AppState {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            today: self.today().await.to_string(),
            workspaces,
            current: current.as_ref().map(|workspace| workspace.id.to_string()),
            sample: self.sample,
            connections,
            jobs: self.jobs.views(),
            settings: self.settings().await,
            keychain: self.keychain().await.err(),
            unreconciled: self.unreconciled_view(current.as_ref()).await?,
        })
    }

    /// Creation range of a fetch that names none: the last 24 months.
    pub(crate) async fn usual_range(&self) -> (Date, Date) {
        let today = self.today().await;
        (today.saturating_sub(24.months()), today)
    }
}

/// Where the key of a workspace lies in the keychain.
pub(crate) fn debitura_account(workspace: WorkspaceId) -> String {
    format!("debitura:{workspace}")
}

/// Where the key of a connection lies in the keychain.
pub(crate) fn source_account(connection: ConnectionId) -> String {
    format!("source:{connection}")
}

pub(crate) fn environment(environment: store::Environment) -> Environment {
    match environment {
        store::Environment::Production => Environment::Production,
        store::Environment::Test => Environment::Test,
        store::Environment::Sandbox => Environment::Sandbox,
    }
}

pub(crate) fn stored_environment(environment: Environment) -> store::Environment {
    match environment {
        Environment::Production => store::Environment::Production,
        Environment::Test => store::Environment::Test,
        Environment::Sandbox => store::Environment::Sandbox,
    }
}

async fn open_keychain(choice: &KeychainChoice) -> Result<Keychain, Failure> {
    match choice {
        KeychainChoice::Memory => Ok(Keychain::in_memory()),
        KeychainChoice::System(service) => Ok(Keychain::open(service).await?),
    }
}

/// Jitter only spreads retries; the moment of opening is random enough.
fn seed(setup: &Setup) -> u64 {
    setup.clock.now().as_nanosecond().unsigned_abs() as u64
}
