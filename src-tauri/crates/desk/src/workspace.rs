//! Workspaces: one creditor each, made by the first Debitura key.

use std::sync::Arc;

use debitura::{Account, Agreement};
use http_client::Secret;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Workspace, WorkspaceId};

use crate::FailureCode;
use crate::office::{Office, debitura_account, environment, stored_environment};
use crate::wire::{self, ById, ConnectDebitura, Failure, SetTestMode, Subject, WorkspaceView};

/// What is remembered of an account beside the workspace itself.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Notes {
    pub key_hint: Option<String>,
    pub country: Option<String>,
    pub agreement: Option<Agreement>,
    pub key_refused: bool,
}

impl Office {
    pub(crate) async fn connect_debitura(
        self: &Arc<Self>,
        request: ConnectDebitura,
    ) -> Result<WorkspaceView, Failure> {
        let key = request.key.trim();
        if key.is_empty()
            || key
                .chars()
                .any(|character| character.is_control() || character.is_whitespace())
        {
            return Err(
                Failure::about(FailureCode::InvalidValue, "This is not a Debitura key.")
                    .because("A key is one word without spaces."),
            );
        }
        let hint = hint(key);
        let secret = Secret::new(key);
        let keychain = self.keychain().await?;
        let environment = self.setup.addresses.environment(request.environment);
        let debitura = self.debitura_with(secret.clone(), environment)?;
        let account = debitura.account().await?;
        let agreement = debitura.agreement().await.ok();
        let workspace = self.workspace_of(&request, &account, environment).await?;
        // The sole place where the key is read out: into the system's keychain.
        keychain
            .set(&debitura_account(workspace.id), secret.expose().into())
            .await?;
        let notes = Notes {
            key_hint: Some(hint),
            country: account.country.clone(),
            agreement,
            key_refused: false,
        };
        self.keep_notes(workspace.id, &notes).await?;
        self.book.set_current_workspace(workspace.id).await?;
        self.record(
            Some(workspace.id),
            "connected",
            json!({ "what": "Debitura", "name": workspace.name }),
        )
        .await;
        self.events.changed(Subject::App);
        self.start_case_refresh(&workspace);
        self.workspace_view(&workspace).await
    }

    /// The workspace of an account: the one named, the one it has already, or a new one.
    async fn workspace_of(
        &self,
        request: &ConnectDebitura,
        account: &Account,
        environment: wire::Environment,
    ) -> Result<Workspace, Failure> {
        let name = account
            .company_name
            .clone()
            .unwrap_or_else(|| "Unnamed company".to_owned());
        let creditor = account
            .id
            .clone()
            .ok_or_else(|| Failure::about(FailureCode::UnreadableAnswer, "Debitura"))?;
        let stored = stored_environment(environment);
        let all = self.book.workspaces().await?;
        if let Some(wanted) = &request.workspace {
            let present = all
                .iter()
                .find(|workspace| workspace.id.to_string() == *wanted);
            let present =
                present.ok_or_else(|| Failure::about(FailureCode::NotFound, "The workspace"))?;
            if present.creditor != creditor || present.environment != stored {
                return Err(Failure::about(FailureCode::OtherAccount, &name));
            }
        }
        let known = all
            .into_iter()
            .find(|workspace| workspace.creditor == creditor && workspace.environment == stored);
        match known {
            Some(known) => {
                let workspace = Workspace { name, ..known };
                self.book.update_workspace(workspace.clone()).await?;
                Ok(workspace)
            }
            None => {
                let workspace = Workspace {
                    id: WorkspaceId(uuid::Uuid::now_v7()),
                    name,
                    creditor,
                    environment: stored,
                    debitura_url: None,
                    test_mode: false,
                    created: self.now(),
                };
                self.book.insert_workspace(workspace.clone()).await?;
                Ok(workspace)
            }
        }
    }

    pub(crate) async fn refresh_workspace(
        self: &Arc<Self>,
        request: ById,
    ) -> Result<WorkspaceView, Failure> {
        let workspace = self.workspace_by_id(&request.id).await?;
        let debitura = self.debitura(&workspace).await?;
        let mut notes = self.notes(workspace.id).await?;
        let checked = debitura.account().await;
        notes.key_refused = matches!(&checked, Err(error) if refused(error));
        if checked.is_ok() {
            notes.agreement = Some(debitura.agreement().await?);
        }
        self.keep_notes(workspace.id, &notes).await?;
        self.events.changed(Subject::App);
        checked?;
        self.workspace_view(&workspace).await
    }

    pub(crate) async fn switch_workspace(
        self: &Arc<Self>,
        request: ById,
    ) -> Result<wire::AppState, Failure> {
        let workspace = self.workspace_by_id(&request.id).await?;
        self.book.set_current_workspace(workspace.id).await?;
        for subject in [
            Subject::App,
            Subject::Invoices,
            Subject::Cases,
            Subject::Submissions,
            Subject::Activity,
        ] {
            self.events.changed(subject);
        }
        self.app_state().await
    }

    pub(crate) async fn remove_workspace(
        self: &Arc<Self>,
        request: ById,
    ) -> Result<wire::AppState, Failure> {
        let workspace = self.workspace_by_id(&request.id).await?;
        let pending = self.book.pending().await?;
        if pending
            .iter()
            .any(|entry| entry.confirmed.workspace == workspace.id)
        {
            return Err(Failure::about(
                FailureCode::InvalidValue,
                "Submissions of this workspace are still under way.",
            )
            .because("Wait for their outcome, or take them back first."));
        }
        for connection in self.book.connections(workspace.id).await? {
            self.forget_connection(&connection).await?;
        }
        for import in self.book.imports(workspace.id).await? {
            self.forget_copy(&import.id, &import.file_name).await;
        }
        self.keychain()
            .await?
            .delete(&debitura_account(workspace.id))
            .await?;
        self.cache.wipe_cases(workspace.id).await?;
        self.book.delete_workspace(workspace.id).await?;
        self.record(None, "workspace_removed", json!({ "name": workspace.name }))
            .await;
        self.events.changed(Subject::App);
        self.app_state().await
    }

    /// Test and real submissions are different journals, so every invoice is judged again.
    pub(crate) async fn set_test_mode(
        self: &Arc<Self>,
        request: SetTestMode,
    ) -> Result<WorkspaceView, Failure> {
        let found = self.workspace_by_id(&request.workspace).await?;
        let workspace = Workspace {
            test_mode: request.test_mode,
            ..found
        };
        self.book.update_workspace(workspace.clone()).await?;
        let kind = if request.test_mode {
            "test_mode_on"
        } else {
            "test_mode_off"
        };
        self.record(Some(workspace.id), kind, json!({})).await;
        self.reproject(&workspace).await?;
        self.events.changed(Subject::App);
        self.workspace_view(&workspace).await
    }

    pub(crate) async fn workspace_view(
        &self,
        workspace: &Workspace,
    ) -> Result<WorkspaceView, Failure> {
        let notes = self.notes(workspace.id).await?;
        Ok(WorkspaceView {
            id: workspace.id.to_string(),
            name: workspace.name.clone(),
            country: notes.country,
            environment: environment(workspace.environment),
            test_mode: workspace.test_mode,
            key_hint: notes.key_hint,
            agreement: notes.agreement.map(|agreement| wire::Agreement {
                signed: agreement.signed,
                requires_resigning: agreement.requires_resigning,
                reason: agreement.invalidation_reason,
                can_sign_here: agreement.signing_url.is_some(),
            }),
            key_refused: notes.key_refused,
        })
    }

    pub(crate) async fn workspace_by_id(&self, id: &str) -> Result<Workspace, Failure> {
        let all = self.book.workspaces().await?;
        let found = all
            .into_iter()
            .find(|workspace| workspace.id.to_string() == id);
        found.ok_or_else(|| Failure::about(FailureCode::NotFound, "The workspace"))
    }

    pub(crate) async fn notes(&self, workspace: WorkspaceId) -> Result<Notes, Failure> {
        Ok(self
            .book
            .get_setting(&notes_key(workspace))
            .await?
            .unwrap_or_default())
    }

    pub(crate) async fn keep_notes(
        &self,
        workspace: WorkspaceId,
        notes: &Notes,
    ) -> Result<(), Failure> {
        Ok(self
            .book
            .set_setting(&notes_key(workspace), notes.clone())
            .await?)
    }

    /// Remembers that Debitura refused the key, so that every screen can say so.
    pub(crate) async fn note_refusal(&self, workspace: WorkspaceId, failure: &Failure) {
        if failure.code != FailureCode::DebituraKeyRefused {
            return;
        }
        if let Ok(notes) = self.notes(workspace).await {
            let notes = Notes {
                key_refused: true,
                ..notes
            };
            if let Err(error) = self.keep_notes(workspace, &notes).await {
                tracing::warn!(%error, "the refusal of the key was not kept");
            }
            self.events.changed(Subject::App);
        }
    }
}

fn notes_key(workspace: WorkspaceId) -> String {
    format!("workspace.{workspace}")
}

fn refused(error: &debitura::Error) -> bool {
    error
        .refusal()
        .is_some_and(|refusal| refusal.kind == debitura::RefusalKind::Unauthorized)
}

/// The last four characters, by which people tell keys apart; nothing of a key too short to spare them.
pub(crate) fn hint(key: &str) -> String {
    let characters: Vec<char> = key.chars().collect();
    if characters.len() < 12 {
        "…".to_owned()
    } else {
        characters[characters.len() - 4..].iter().collect()
    }
}
