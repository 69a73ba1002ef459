//! Where a journey takes place: a sandbox with a company, a folder, and whatever the application asks of its host.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use debitura_desk::Opening;
use desk::{
    Addresses, Checkpoint, Choosing, Desk, Host, HostFuture, KeychainChoice, Pacing, Setup,
    SystemClock,
};
use sandbox::{Environment as Intuit, Options, Region, Sandbox};
use tempfile::TempDir;

/// One stage per test. Dropping it takes everything down.
pub struct Stage {
    pub sandbox: Sandbox,
    pub folder: TempDir,
    /// The message bus of the application in the window; the session's own unless another is named.
    pub bus: Option<String>,
    /// What the application in the window logs; nothing unless asked for.
    pub log: Option<&'static str>,
    /// The desk that the bridge serves, while it does.
    opening: Mutex<Weak<Opening>>,
    /// How many times faster than agreed the application in the window may ask; as agreed unless set.
    pub pace: Option<&'static str>,
    /// The relay to sign in through; none unless set.
    pub relay: Option<String>,
}

impl Stage {
    /// Sets up; `Options::default()` is the demo company.
    pub async fn set(options: Options) -> Stage {
        let sandbox = Sandbox::start(options).await.expect("the sandbox starts");
        let folder = tempfile::tempdir().expect("a folder can be made");
        Stage {
            sandbox,
            folder,
            bus: None,
            log: None,
            pace: None,
            opening: Mutex::default(),
            relay: None,
        }
    }

    /// Where the application keeps its data.
    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Where an export goes: what the save dialog answers.
    pub fn saved(&self) -> PathBuf {
        self.folder.path().join("saved.csv")
    }

    /// What the open dialog answers from now on.
    pub fn choose(&self, file: &Path) {
        let written = std::fs::write(self.chosen(), file.to_string_lossy().as_bytes());
        written.expect("the choice can be written down");
    }

    /// The file that says what the open dialog answers.
    pub(crate) fn chosen(&self) -> PathBuf {
        self.folder.path().join("chosen")
    }

    /// The links that were opened, oldest first.
    pub fn opened_links(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.links()).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    pub(crate) fn links(&self) -> PathBuf {
        self.folder.path().join("opened-links")
    }

    /// What the application is told about the world by its environment.
    pub(crate) fn variables(&self) -> Vec<(&'static str, String)> {
        let mut variables = variables(&self.sandbox);
        variables.push(("DESK_RELAY_URL", self.relay.clone().unwrap_or_default()));
        variables
    }

    /// The desk in this process, as the bridge serves it.
    pub fn opening(&self) -> Arc<Opening> {
        let setup = Setup {
            data_dir: self.data_dir(),
            keychain: KeychainChoice::Memory,
            addresses: addresses(&self.variables()),
            host: Arc::new(Recording {
                saved: self.saved(),
                links: self.links(),
                chosen: self.chosen(),
                writing: Mutex::default(),
            }),
            clock: Arc::new(SystemClock),
            pacing: Pacing::Unlimited,
            hold: Duration::ZERO,
            checkpoint: Checkpoint::default(),
        };
        let opening = Opening::new(move || {
            let setup = setup.clone();
            Box::pin(async {
                let desk = Desk::open_or_recover(setup).await?;
                desk.run_in_background();
                Ok(desk)
            })
        });
        *self.opening.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(&opening);
        opening
    }

    /// Files are carried over the page behind the bridge, as the window would tell it.
    pub fn drag(&self, drag: &tauri::DragDropEvent) {
        let opening = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        let opening = opening.upgrade().expect("the bridge serves a page");
        debitura_desk::dragged(&opening, drag);
    }
}

/// Where the application in this process finds everybody.
pub fn addresses(variables: &[(&str, String)]) -> Addresses {
    Addresses::from_environment(|wanted| {
        let found = variables.iter().find(|(name, _)| *name == wanted);
        found.map(|(_, value)| value.clone())
    })
    .expect("the sandbox is on this machine")
}

/// What it is told of a sandbox.
pub fn variables(sandbox: &Sandbox) -> Vec<(&'static str, String)> {
    let regions = |of: fn(&Sandbox, Region) -> String| {
        format!(
            "us={},eu={}",
            of(sandbox, Region::Us),
            of(sandbox, Region::Eu)
        )
    };
    vec![
        ("DESK_DEBITURA_URL", sandbox.debitura_url()),
        ("DESK_STRIPE_URL", sandbox.stripe_url()),
        (
            "DESK_QUICKBOOKS_URL",
            sandbox.quickbooks_url(Intuit::Development),
        ),
        (
            "DESK_INTUIT_DISCOVERY_URL",
            format!(
                "{}/.well-known/openid-sandbox-configuration",
                sandbox.intuit_url()
            ),
        ),
        (
            "DESK_ZOHO_ACCOUNTS_URL",
            regions(Sandbox::zoho_accounts_url),
        ),
        ("DESK_ZOHO_API_URL", regions(Sandbox::zoho_api_url)),
    ]
}

/// A host that answers at once and writes down what it was asked.
struct Recording {
    saved: PathBuf,
    links: PathBuf,
    /// Names the file that the open dialog answers; cancelled while there is none.
    chosen: PathBuf,
    writing: Mutex<()>,
}

impl Host for Recording {
    fn choose_save_path<'a>(&'a self, _: &'a str) -> HostFuture<'a, Option<PathBuf>> {
        Box::pin(async { Some(self.saved.clone()) })
    }

    fn choose_open_path(&self, _: Choosing) -> HostFuture<'_, Option<PathBuf>> {
        let chosen = std::fs::read_to_string(&self.chosen).ok();
        Box::pin(async move { chosen.map(PathBuf::from) })
    }

    fn open_browser(&self, address: &str) -> Result<(), String> {
        let _one_at_a_time = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut links = std::fs::read_to_string(&self.links).unwrap_or_default();
        links.push_str(address);
        links.push('\n');
        std::fs::write(&self.links, links).map_err(|error| error.to_string())
    }
}
