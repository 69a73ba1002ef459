//! What becomes of a sign-in's tokens: in the keychain before a connection names them, and given back to the provider where
//! nothing came of them or nothing uses them any more.

use std::sync::Arc;

use accounting::authorise::Provider as OAuth;
use serde_json::json;
use store::{Connection, ConnectionId, CreatedRange, Workspace};
use uuid::Uuid;

use super::Course;
use super::answer::SignedIn;
use crate::connections::{Status, status};
use crate::grants::{GrantRef, token_failure};
use crate::office::Office;
use crate::source::{Company, oauth_of};
use crate::wire::{Failure, Subject};

impl Office {
    /// Tokens first, then the connections that name them; then what was there before goes.
    pub(super) async fn keep_sign_in(
        self: &Arc<Self>,
        course: &Course,
        signed_in: &SignedIn,
        chosen: Vec<&Company>,
    ) -> Result<Vec<String>, Failure> {
        let provider = course.provider;
        let reference = &signed_in.reference;
        let connections = self.book.connections(course.workspace.id).await?;
        let known = |company: &Company| {
            connections.iter().find(|known| {
                oauth_of(known.provider) == Some(provider) && known.tenant == company.id
            })
        };
        let before = signed_in.companies.iter().filter_map(known);
        let before = before.filter_map(|known| status(known).grant);
        self.doubt_grants(before.map(|grant| grant.id)).await?;
        self.keep_grant(&reference.id, &signed_in.held, signed_in.verifier.as_ref())
            .await?;
        let mut made = Vec::new();
        for company in &signed_in.companies {
            let known = known(company);
            let is_chosen = chosen.iter().any(|chosen| chosen.id == company.id);
            // A sign-in serves all companies it gives access to: those that are here already go on with the new one.
            let connection = match known {
                None if !is_chosen => continue,
                None => new_connection(provider, &course.workspace, company, reference, self.now()),
                Some(known) => {
                    let status = Status {
                        grant: Some(reference.clone()),
                        problem: None,
                        ..status(known)
                    };
                    renewed(known, company, status)
                }
            };
            match known {
                Some(_) => self.book.update_connection(connection.clone()).await?,
                None => self.book.insert_connection(connection.clone()).await?,
            }
            let kind = if known.is_some() {
                "reconnected"
            } else {
                "connected"
            };
            let data = json!({ "what": provider.name(), "name": company.name });
            self.record(Some(course.workspace.id), kind, data).await;
            if is_chosen
                || course
                    .renewed
                    .as_ref()
                    .is_some_and(|known| known.id == connection.id)
            {
                made.push(connection.id.to_string());
            }
        }
        self.accounts.forget();
        self.settle_grants().await?;
        self.events.changed(Subject::App);
        Ok(made)
    }

    /// Whether a connection other than `but` fetches with a grant.
    pub(crate) async fn grant_is_used(
        &self,
        grant: &str,
        but: Option<ConnectionId>,
    ) -> Result<bool, Failure> {
        for workspace in self.book.workspaces().await? {
            for connection in self.book.connections(workspace.id).await? {
                if Some(connection.id) != but
                    && status(&connection)
                        .grant
                        .is_some_and(|used| used.id == grant)
                {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    async fn is_connected(&self, provider: OAuth, tenants: &[&str]) -> Result<bool, Failure> {
        for workspace in self.book.workspaces().await? {
            for known in self.book.connections(workspace.id).await? {
                if oauth_of(known.provider) == Some(provider)
                    && tenants.contains(&known.tenant.as_str())
                {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// A sign-in that nothing came of ends at the provider too, and leaves nothing in the keychain.
    pub(super) async fn give_back(self: &Arc<Self>, course: &Course, signed_in: &SignedIn) {
        // Ending it could end what another connection fetches with: Intuit ends all of a company's at once.
        let tenants: Vec<&str> = signed_in
            .companies
            .iter()
            .map(|company| company.id.as_str())
            .collect();
        let in_use = self.is_connected(course.provider, &tenants).await;
        if matches!(in_use, Ok(false)) {
            let kept = self
                .keep_grant(
                    &signed_in.reference.id,
                    &signed_in.held,
                    signed_in.verifier.as_ref(),
                )
                .await;
            if kept.is_ok() {
                self.revoke_grant(course.provider, &signed_in.reference)
                    .await;
            }
        }
        // Where nothing of it was kept, there is nothing to remove.
        if let Err(failure) = self.settle_grants().await {
            tracing::warn!(
                code = failure.code.name(),
                "a sign-in that was given up stayed behind"
            );
        }
    }

    /// Ends a grant at its provider. That it cannot be reached is no reason to keep the tokens here.
    pub(crate) async fn revoke_grant(&self, provider: OAuth, reference: &GrantRef) {
        let ended = async {
            let endpoint = self.endpoint(provider, reference).await?;
            let grant = self.grant_with(&reference.id, endpoint).await?;
            grant
                .revoke()
                .await
                .map_err(|error| token_failure(provider, &error))
        };
        if let Err(failure) = ended.await {
            tracing::warn!(
                code = failure.code.name(),
                "a sign-in was not ended at the provider"
            );
        }
    }
}

fn new_connection(
    provider: OAuth,
    workspace: &Workspace,
    company: &Company,
    grant: &GrantRef,
    now: jiff::Timestamp,
) -> Connection {
    let status = Status {
        grant: Some(grant.clone()),
        currency: company.currency.clone(),
        ..Status::default()
    };
    Connection {
        id: ConnectionId(Uuid::now_v7()),
        workspace: workspace.id,
        provider: match provider {
            OAuth::QuickBooks => receivables::Provider::QuickBooks,
            OAuth::ZohoBooks => receivables::Provider::Zoho,
        },
        tenant: company.id.clone(),
        label: company
            .name
            .clone()
            .unwrap_or_else(|| provider.name().to_owned()),
        key_hint: None,
        account_name: company.name.clone(),
        country: company.country.clone(),
        status: json!(status),
        created: now,
        last_sync: None,
        range: CreatedRange::default(),
    }
}

fn renewed(known: &Connection, company: &Company, status: Status) -> Connection {
    let status = Status {
        currency: company.currency.clone().or(status.currency.clone()),
        ..status
    };
    Connection {
        account_name: company.name.clone().or(known.account_name.clone()),
        country: company.country.clone().or(known.country.clone()),
        status: json!(status),
        ..known.clone()
    }
}
