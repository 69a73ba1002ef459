//! Asks the owner of the data folder: this process, or the window that is open beside it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use desk::wire::{AppState, Failure, JobStage, JobView};
use desk::{Access, FailureCode, Host, HostFuture, Setup};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

/// A script answers no dialogs.
struct Headless;

impl Host for Headless {
    fn choose_save_path<'a>(&'a self, _: &'a str) -> HostFuture<'a, Option<PathBuf>> {
        Box::pin(async { None })
    }
}

pub struct Session {
    access: Access,
    workspace: Option<String>,
}

impl Session {
    pub async fn open(
        data_dir: Option<PathBuf>,
        workspace: Option<String>,
    ) -> Result<Session, Failure> {
        let setup = Setup {
            // A script means its `--yes`, and nobody sits there to take it back.
            hold: Duration::ZERO,
            ..Setup::from_environment(data_dir, Arc::new(Headless))?
        };
        Ok(Session {
            access: Access::open(setup).await?,
            workspace,
        })
    }

    /// Ends in order, when those who asked this process for something have it.
    pub async fn close(self) {
        self.access.close().await;
    }

    /// Runs one command of the table.
    pub async fn call<T: DeserializeOwned>(
        &self,
        command: &str,
        request: impl Serialize,
    ) -> Result<T, Failure> {
        let unreadable = |error: serde_json::Error| {
            Failure::new(FailureCode::Unexpected).because(error.to_string())
        };
        let request = serde_json::to_value(request).map_err(unreadable)?;
        let answer = self
            .access
            .call(self.workspace.as_deref(), command, request)
            .await?;
        serde_json::from_value(answer).map_err(unreadable)
    }

    /// Waits for a job and hands on each change of it.
    pub async fn wait(
        &self,
        job: &str,
        mut seen: impl FnMut(&JobView),
    ) -> Result<JobView, Failure> {
        let mut last = None;
        loop {
            let state: AppState = self.call("app_state", json!({})).await?;
            let Some(view) = state.jobs.into_iter().find(|view| view.id == job) else {
                return Err(Failure::about(FailureCode::NotFound, "The job"));
            };
            if last.as_ref() != Some(&view) {
                seen(&view);
                last = Some(view.clone());
            }
            if view.ended.is_some() {
                return match (view.stage, &view.failure) {
                    (JobStage::Failed, Some(failure)) => Err(failure.clone()),
                    _ => Ok(view),
                };
            }
            tokio::time::sleep(Duration::from_millis(60)).await;
        }
    }
}
