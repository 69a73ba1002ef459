//! An office at work: a desk on a fresh folder, beside a sandbox.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use desk::wire::*;
use desk::{
    Addresses, Checkpoint, Choosing, Desk, Host, HostFuture, KeychainChoice, Pacing, Setup,
    SystemClock, dispatch,
};
use receivables::{Field, State};
use sandbox::{Options, Sandbox};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

/// Saves where the test says, chooses the file named in `chosen` beside it, and opens nothing.
pub struct Quiet(pub Option<PathBuf>);

impl Host for Quiet {
    fn choose_save_path<'a>(&'a self, _: &'a str) -> HostFuture<'a, Option<PathBuf>> {
        let path = self.0.clone();
        Box::pin(async move { path })
    }

    fn choose_open_path(&self, _: Choosing) -> HostFuture<'_, Option<PathBuf>> {
        let said = self.0.as_ref().map(|path| path.with_file_name("chosen"));
        let chosen = said.and_then(|said| std::fs::read_to_string(said).ok());
        Box::pin(async move { chosen.map(PathBuf::from) })
    }

    fn open_browser(&self, _: &str) -> Result<(), String> {
        Ok(())
    }
}

pub struct AtWork {
    pub desk: Arc<Desk>,
    pub sandbox: Sandbox,
    pub folder: tempfile::TempDir,
}

pub fn setup(sandbox: &Sandbox, folder: &tempfile::TempDir) -> Setup {
    let variable = |name: &str| match name {
        "DESK_DEBITURA_URL" => Some(sandbox.debitura_url()),
        "DESK_STRIPE_URL" => Some(sandbox.stripe_url()),
        _ => None,
    };
    Setup {
        data_dir: folder.path().to_owned(),
        keychain: KeychainChoice::Memory,
        addresses: Addresses::from_environment(variable).unwrap(),
        host: Arc::new(Quiet(Some(folder.path().join("export.csv")))),
        clock: Arc::new(SystemClock),
        pacing: Pacing::Unlimited,
        hold: Duration::ZERO,
        checkpoint: Checkpoint::default(),
    }
}

impl AtWork {
    /// Nothing connected yet.
    pub async fn begin(options: Options) -> AtWork {
        let sandbox = Sandbox::start(options).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let desk = Desk::open(setup(&sandbox, &folder)).await.unwrap();
        AtWork {
            desk,
            sandbox,
            folder,
        }
    }

    /// Both keys connected.
    pub async fn connected(options: Options) -> AtWork {
        let work = AtWork::begin(options).await;
        work.connect().await;
        work
    }

    /// Connected and fetched.
    pub async fn fetched(options: Options) -> AtWork {
        let work = AtWork::connected(options).await;
        let job = work.fetch().await;
        assert_eq!(job.stage, JobStage::Done, "{job:?}");
        work
    }

    pub async fn connect(&self) {
        let key = self.sandbox.debitura_key().to_owned();
        let request = ConnectDebitura {
            key,
            environment: Environment::Sandbox,
            workspace: None,
        };
        let _: WorkspaceView = self.call("connect_debitura", request).await.unwrap();
        let request = ConnectStripe {
            key: self.sandbox.stripe_key().to_owned(),
            connection: None,
        };
        let _: ConnectionView = self.call("connect_stripe", request).await.unwrap();
        self.settle().await;
    }

    /// Ends the desk and opens it again on the same folder, as after a crash: nothing was said to it.
    pub async fn reopened(self) -> AtWork {
        let AtWork {
            desk,
            sandbox,
            folder,
        } = self;
        drop(desk);
        AtWork::open_on(sandbox, folder).await
    }

    /// Opens a desk on a folder that another had.
    pub async fn open_on(sandbox: Sandbox, folder: tempfile::TempDir) -> AtWork {
        let desk = loop {
            // The threads of the files end a moment later.
            match Desk::open(setup(&sandbox, &folder)).await {
                Ok(desk) => break desk,
                Err(failure) if failure.code == desk::FailureCode::FolderLocked => {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                Err(failure) => panic!("{failure:?}"),
            }
        };
        AtWork {
            desk,
            sandbox,
            folder,
        }
    }

    pub async fn fetch(&self) -> JobView {
        let started: Started = self
            .call("sync", json!({ "connection": null, "created": null }))
            .await
            .unwrap();
        self.wait(&started.job).await
    }

    pub async fn call<T: DeserializeOwned>(
        &self,
        name: &str,
        request: impl Serialize,
    ) -> Result<T, Failure> {
        let answer = dispatch(&self.desk, name, serde_json::to_value(request).unwrap()).await?;
        Ok(serde_json::from_value(answer).unwrap())
    }

    pub async fn state(&self) -> AppState {
        self.call("app_state", json!({})).await.unwrap()
    }

    pub async fn wait(&self, job: &str) -> JobView {
        for _ in 0..3000 {
            let state = self.state().await;
            let view = state
                .jobs
                .into_iter()
                .find(|view| view.id == job)
                .expect("the job is listed");
            if view.ended.is_some() {
                return view;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!(
            "the job did not end within 30 seconds: {:?}",
            self.state().await.jobs
        );
    }

    /// Waits until nothing runs.
    pub async fn settle(&self) {
        for _ in 0..3000 {
            if self
                .state()
                .await
                .jobs
                .iter()
                .all(|job| job.ended.is_some())
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("jobs did not end: {:?}", self.state().await.jobs);
    }

    pub async fn invoices(&self, query: InvoiceQuery) -> InvoicePage {
        let window = Window {
            offset: 0,
            limit: 500,
        };
        self.call(
            "invoices",
            ListInvoices {
                query,
                window,
                problems: true,
            },
        )
        .await
        .unwrap()
    }

    pub async fn in_state(&self, state: State) -> Vec<InvoiceRow> {
        self.invoices(InvoiceQuery {
            states: vec![state],
            ..InvoiceQuery::default()
        })
        .await
        .rows
    }

    /// Accepts what is suggested for debtor types and due dates, so that many invoices become ready.
    pub async fn accept_suggestions(&self) {
        for field in [Field::DueDate, Field::DebtorType] {
            let selection = Selection::Matching {
                query: InvoiceQuery::default(),
                except: Vec::new(),
            };
            let _: Changed = self
                .call("accept_suggestions", AcceptSuggestions { selection, field })
                .await
                .unwrap();
        }
    }

    pub async fn review(&self, ids: &[String]) -> Review {
        let selection = Selection::Ids { ids: ids.to_vec() };
        let started: ReviewStarted = self
            .call("start_review", OfSelection { selection })
            .await
            .unwrap();
        let job = self.wait(&started.job).await;
        assert_eq!(job.stage, JobStage::Done, "{job:?}");
        self.call("review", ById { id: started.review })
            .await
            .unwrap()
    }

    pub async fn correct(&self, id: &str, field: Field, value: &str) -> Changed {
        let request = Correct {
            id: id.to_owned(),
            field,
            value: Some(value.to_owned()),
        };
        self.call("correct", request).await.unwrap()
    }

    /// Says yes to that many cases of a review.
    pub async fn agree(&self, review: &Review, cases: usize) -> Result<SubmitStarted, Failure> {
        let request = Submit {
            review: review.id.clone(),
            cases: u32::try_from(cases).unwrap(),
        };
        self.call("submit", request).await
    }

    /// Says yes to a review and waits for the end.
    pub async fn submit(&self, review: &Review) -> Batch {
        let started = self.agree(review, review.cases.len()).await.unwrap();
        self.wait(&started.job).await;
        self.call("batch", ById { id: started.batch })
            .await
            .unwrap()
    }

    /// Every message so far fits the providers' own descriptions.
    pub fn assert_faithful(&self) {
        let violations = self.sandbox.violations();
        assert!(
            violations.is_empty(),
            "a message breaks the API description: {:#?}",
            &violations[..violations.len().min(5)]
        );
    }
}

pub fn by(id: &str) -> ById {
    ById { id: id.to_owned() }
}

pub fn ids(rows: &[InvoiceRow]) -> Vec<String> {
    rows.iter().map(|row| row.id.clone()).collect()
}
