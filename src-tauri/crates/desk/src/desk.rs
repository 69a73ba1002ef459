//! The whole application: the real office, and the sample one while somebody looks around.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::broadcast;

use crate::events::Events;
use crate::office::Office;
use crate::setup::{Addresses, KeychainChoice, Setup};
use crate::wire::{
    AppState, ConnectDebitura, ConnectStripe, Environment, Event, Failure, Nothing, Subject, Sync,
};
use crate::{FailureCode, owner, schedule};

/// Opened once per process. Owns the data folder until it is dropped.
pub struct Desk {
    setup: Setup,
    real: Arc<Office>,
    sample: Mutex<Option<Arc<Sample>>>,
    events: Events,
    serving: Mutex<Option<owner::Serving>>,
}

/// Sample data: a sandbox inside this process, and an office of its own beside the real one.
struct Sample {
    office: Arc<Office>,
    // Both end with the sample: the sandbox stops listening, the folder goes.
    _sandbox: sandbox::Sandbox,
    _folder: SampleFolder,
}

struct SampleFolder(std::path::PathBuf);

impl Drop for SampleFolder {
    fn drop(&mut self) {
        // Sample data only; the next start removes what is left.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Desk {
    /// Opens the data folder, goes on with what was interrupted, and serves guests.
    ///
    /// # Errors
    /// `folder_locked`, `folder_read_only`, `disk_full`, `book_newer`, `book_damaged` or `store_failed`. A keychain that
    /// does not answer is no error here: the state says so, and everything but keys works.
    pub async fn open(setup: Setup) -> Result<Arc<Desk>, Failure> {
        let events = Events::new();
        let real = Office::open(setup.clone(), events.clone(), false).await?;
        let _ = std::fs::remove_dir_all(sample_folder(&setup));
        let desk = Arc::new(Desk {
            setup: setup.clone(),
            real,
            sample: Mutex::default(),
            events,
            serving: Mutex::default(),
        });
        *desk.serving() = owner::serve(&desk, &setup.data_dir);
        Ok(desk)
    }

    /// Starts what the application does by itself while a window is open: fetching at start and at the interval, going
    /// on with interrupted submissions, expiring the cache.
    pub fn run_in_background(self: &Arc<Self>) {
        schedule::start(&self.real);
    }

    /// Everything the host is told without asking.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.listen()
    }

    /// What the window shows: the sample while it is open.
    pub fn office(&self) -> Arc<Office> {
        self.sample().as_ref().map_or_else(
            || Arc::clone(&self.real),
            |sample| Arc::clone(&sample.office),
        )
    }

    /// Opens files that were dropped on the window. The page is told what became of each.
    pub async fn open_dropped(&self, paths: Vec<std::path::PathBuf>) {
        let office = self.office();
        for path in paths {
            office.open_dropped(&path).await;
        }
    }

    /// The real data, whatever the window shows.
    pub(crate) fn real_office(&self) -> Arc<Office> {
        Arc::clone(&self.real)
    }

    pub(crate) async fn app_state(&self, _: Nothing) -> Result<AppState, Failure> {
        self.office().app_state().await
    }

    pub(crate) async fn recheck(&self, _: Nothing) -> Result<AppState, Failure> {
        let office = self.office();
        office.recheck_keychain().await;
        office.app_state().await
    }

    /// Starts the sandbox with a believable company, connects both of its sides and fetches, so that the user lands in
    /// front of invoices.
    pub(crate) async fn start_sample(&self, _: Nothing) -> Result<AppState, Failure> {
        if self.sample().is_none() {
            let sandbox = sandbox::Sandbox::start(sandbox::Options::default())
                .await
                .map_err(|error| {
                    Failure::new(FailureCode::Unexpected).because(error.to_string())
                })?;
            let folder = sample_folder(&self.setup);
            let _ = std::fs::remove_dir_all(&folder);
            let variable = |name: &str| match name {
                "DESK_DEBITURA_URL" => Some(sandbox.debitura_url()),
                "DESK_STRIPE_URL" => Some(sandbox.stripe_url()),
                _ => None,
            };
            let setup = Setup {
                data_dir: folder.clone(),
                keychain: KeychainChoice::Memory,
                addresses: Addresses::from_environment(variable)?,
                ..self.setup.clone()
            };
            let office = Office::open(setup, self.events.clone(), true).await?;
            let debitura = ConnectDebitura {
                key: sandbox.debitura_key().to_owned(),
                environment: Environment::Sandbox,
                workspace: None,
            };
            office.connect_debitura(debitura).await?;
            let stripe = ConnectStripe {
                key: sandbox.stripe_key().to_owned(),
                connection: None,
            };
            office.connect_stripe(stripe).await?;
            office
                .sync(Sync {
                    connection: None,
                    created: None,
                    due: None,
                })
                .await?;
            let sample = Sample {
                office,
                _sandbox: sandbox,
                _folder: SampleFolder(folder),
            };
            *self.sample() = Some(Arc::new(sample));
            self.events.changed(Subject::App);
        }
        self.office().app_state().await
    }

    pub(crate) async fn leave_sample(&self, _: Nothing) -> Result<AppState, Failure> {
        let sample = self.sample().take();
        if let Some(sample) = sample {
            sample.office.close();
        }
        self.events.changed(Subject::App);
        self.events.changed(Subject::Invoices);
        self.office().app_state().await
    }

    /// Ends whatever runs, so that the folder comes free as soon as the desk is dropped.
    pub(crate) fn stop(&self) {
        self.real.jobs.abort_all();
        if let Some(sample) = self.sample().take() {
            sample.office.close();
        }
    }

    /// Returns when nobody is a guest of this process any more, and nobody can come in.
    pub(crate) async fn outlive_guests(&self) {
        let serving = self.serving().take();
        if let Some(serving) = serving {
            serving.end().await;
        }
    }

    fn serving(&self) -> std::sync::MutexGuard<'_, Option<owner::Serving>> {
        self.serving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sample(&self) -> std::sync::MutexGuard<'_, Option<Arc<Sample>>> {
        self.sample.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn sample_folder(setup: &Setup) -> std::path::PathBuf {
    setup.data_dir.join("sample")
}
