//! Sources: connecting, replacing a key, disconnecting.

use std::sync::Arc;

use accounting::stripe::{Checked, Key, KeyProblem, Mode, Stripe};
use receivables::{Provider, State};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Connection, ConnectionId, CreatedRange, Query, WorkspaceId};

use crate::FailureCode;
use crate::grants::{GrantRef, oauth};
use crate::office::{Office, source_account};
use crate::source::{by_due_date, source_failure};
use crate::wire::small;
use crate::wire::{
    AnswerNameQuestion, ById, ConnectStripe, ConnectionView, DateRange, DisconnectEffects, Failure,
    NameQuestion, Subject,
};
use crate::workspace::hint;

/// What is remembered of a connection beside its own columns.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Status {
    pub problem: Option<Failure>,
    /// The user said that source and creditor are one company in spite of their names.
    pub same_company: bool,
    /// The sign-in it fetches with, where the source has sign-ins.
    pub grant: Option<GrantRef>,
    /// The company's own currency, where the source says it.
    pub currency: Option<String>,
    /// Up to when the source's changes were followed, by its own clock.
    pub followed: Option<jiff::Timestamp>,
}

impl Office {
    pub(crate) async fn connect_stripe(
        self: &Arc<Self>,
        request: ConnectStripe,
    ) -> Result<ConnectionView, Failure> {
        let workspace = self.workspace().await?;
        let keychain = self.keychain().await?;
        let key = Key::parse(&request.key).map_err(|problem| {
            Failure::new(match problem {
                KeyProblem::Secret => FailureCode::KeySecret,
                KeyProblem::Publishable => FailureCode::KeyPublishable,
                KeyProblem::Shapeless => FailureCode::KeyShape,
            })
        })?;
        let checked = self
            .stripe_with(key.clone())
            .await?
            .check()
            .await
            .map_err(|fault| source_failure(Provider::Stripe, &fault))?;
        let known = self.connection_for(&request, workspace.id, &key).await?;
        let replaced = known.is_some();
        let connection = self.connection_of(known, workspace.id, &key, &checked)?;
        // The sole place where the key is read out: into the system's keychain.
        keychain
            .set(&source_account(connection.id), key.secret().expose().into())
            .await?;
        if replaced {
            self.book.update_connection(connection.clone()).await?;
        } else if let Err(error) = self.book.insert_connection(connection.clone()).await {
            // A key that nothing refers to would stay behind; why the connection was not kept matters more.
            let _ = keychain.delete(&source_account(connection.id)).await;
            return Err(error.into());
        }
        let (kind, name) = (
            if replaced {
                "key_replaced"
            } else {
                "connected"
            },
            checked.account_name,
        );
        self.record(
            Some(workspace.id),
            kind,
            json!({ "what": "Stripe", "name": name }),
        )
        .await;
        self.events.changed(Subject::App);
        self.connection_view(&connection).await
    }

    /// The connection whose key is replaced: the one named, or the one that has this very key.
    async fn connection_for(
        &self,
        request: &ConnectStripe,
        workspace: WorkspaceId,
        key: &Key,
    ) -> Result<Option<Connection>, Failure> {
        if let Some(id) = &request.connection {
            return self.connection_by_id(id).await.map(Some);
        }
        for connection in self.sources(workspace).await? {
            let kept = self.key(&source_account(connection.id), "Stripe").await;
            // Compared, not shown.
            if kept.is_ok_and(|kept| kept.expose() == key.secret().expose()) {
                return Ok(Some(connection));
            }
        }
        Ok(None)
    }

    fn connection_of(
        &self,
        known: Option<Connection>,
        workspace: WorkspaceId,
        key: &Key,
        checked: &Checked,
    ) -> Result<Connection, Failure> {
        let tenant = checked.mode.tenant().to_owned();
        // Shown characters of the key: people tell keys apart by their end.
        let key_hint = Some(hint(key.secret().expose()));
        match known {
            Some(known) if known.tenant != tenant => {
                Err(Failure::about(FailureCode::InvalidValue, "The key is of the other mode.").because(
                    "Live and test data are different accounts. Connect this key as a source of its own.",
                ))
            }
            Some(known) => {
                let status = Status { problem: None, ..status(&known) };
                Ok(Connection {
                    key_hint,
                    account_name: checked.account_name.clone().or(known.account_name.clone()),
                    country: checked.account_country.clone().or(known.country.clone()),
                    status: json!(status),
                    ..known
                })
            }
            None => Ok(Connection {
                id: ConnectionId(uuid::Uuid::now_v7()),
                workspace,
                provider: Provider::Stripe,
                tenant,
                label: "Stripe".to_owned(),
                key_hint,
                account_name: checked.account_name.clone(),
                country: checked.account_country.clone(),
                status: json!(Status::default()),
                created: self.now(),
                last_sync: None,
                range: CreatedRange::default(),
            }),
        }
    }

    pub(crate) async fn answer_name_question(
        self: &Arc<Self>,
        request: AnswerNameQuestion,
    ) -> Result<ConnectionView, Failure> {
        let connection = self.connection_by_id(&request.connection).await?;
        let status = Status {
            same_company: request.same,
            ..status(&connection)
        };
        let connection = Connection {
            status: json!(status),
            ..connection
        };
        self.book.update_connection(connection.clone()).await?;
        self.events.changed(Subject::App);
        self.connection_view(&connection).await
    }

    pub(crate) async fn disconnect_effects(
        self: &Arc<Self>,
        request: ById,
    ) -> Result<DisconnectEffects, Failure> {
        let connection = self.connection_by_id(&request.id).await?;
        let workspace = self
            .workspace_by_id(&connection.workspace.to_string())
            .await?;
        let query = Query {
            connection: Some(connection.id),
            include_partly_paid: true,
            ..Query::new(workspace.id)
        };
        let invoices = self.cache.summary(query).await?.count;
        let overlays = self.book.overlays(workspace.id).await?;
        let mine = |provider: Provider, tenant: &str| {
            provider == connection.provider && tenant == connection.tenant
        };
        let corrections = overlays
            .debtors
            .iter()
            .filter(|(id, _)| mine(id.provider, &id.tenant))
            .map(|(_, list)| list.len())
            .chain(
                overlays
                    .invoices
                    .iter()
                    .filter(|(id, _)| mine(id.provider, &id.tenant))
                    .map(|(_, list)| list.len()),
            )
            .sum::<usize>();
        let live = self.book.live_entries(workspace.journal_scope()).await?;
        let submissions = live
            .keys()
            .filter(|id| mine(id.provider, &id.tenant))
            .count();
        let revokes = match status(&connection).grant {
            Some(grant) => !self.grant_is_used(&grant.id, Some(connection.id)).await?,
            None => false,
        };
        Ok(DisconnectEffects {
            invoices: small(invoices),
            corrections: small(corrections),
            submissions: small(submissions),
            revokes,
        })
    }

    pub(crate) async fn disconnect(
        self: &Arc<Self>,
        request: ById,
    ) -> Result<DisconnectEffects, Failure> {
        let effects = self.disconnect_effects(request.clone()).await?;
        let connection = self.connection_by_id(&request.id).await?;
        self.forget_connection(&connection).await?;
        let data = json!({ "what": connection.provider.title(), "invoices": effects.invoices });
        self.record(Some(connection.workspace), "disconnected", data)
            .await;
        self.events.changed(Subject::App);
        self.events.changed(Subject::Invoices);
        Ok(effects)
    }

    /// Key first: a source whose key stayed behind would be the worse half.
    pub(crate) async fn forget_connection(&self, connection: &Connection) -> Result<(), Failure> {
        self.jobs.cancel_all(Some(&connection.id.to_string()));
        self.accounts.forget();
        self.keychain()
            .await?
            .delete(&source_account(connection.id))
            .await?;
        if let Some(grant) = status(connection).grant
            && !self.grant_is_used(&grant.id, Some(connection.id)).await?
        {
            self.revoke_grant(oauth(connection)?, &grant).await;
            self.drop_grant(&grant.id).await?;
        }
        self.book.delete_connection(connection.id).await?;
        self.cache.wipe(connection.id).await?;
        Ok(())
    }

    pub(crate) async fn connection_by_id(&self, id: &str) -> Result<Connection, Failure> {
        let missing = || Failure::about(FailureCode::NotFound, "The source");
        let id: ConnectionId = id.parse().map_err(|_| missing())?;
        let found = self.book.connection(id).await?;
        found
            .filter(|connection| connection.provider != Provider::Import)
            .ok_or_else(missing)
    }

    /// The connections that can be fetched from: imported files are none.
    pub(crate) async fn sources(&self, workspace: WorkspaceId) -> Result<Vec<Connection>, Failure> {
        let mut connections = self.book.connections(workspace).await?;
        connections.retain(|connection| connection.provider != Provider::Import);
        Ok(connections)
    }

    pub(crate) async fn connection_views(
        &self,
        workspace: WorkspaceId,
    ) -> Result<Vec<ConnectionView>, Failure> {
        let mut views = Vec::new();
        for connection in self.sources(workspace).await? {
            views.push(self.connection_view(&connection).await?);
        }
        Ok(views)
    }

    async fn connection_view(&self, connection: &Connection) -> Result<ConnectionView, Failure> {
        let workspace = self
            .workspace_by_id(&connection.workspace.to_string())
            .await?;
        let unpaid = vec![
            State::Ready,
            State::Attention,
            State::NotDue,
            State::SetAside,
            State::Submitted,
        ];
        let query = Query {
            connection: Some(connection.id),
            states: unpaid,
            include_partly_paid: true,
            ..Query::new(workspace.id)
        };
        let open_invoices = small(self.cache.summary(query).await?.count);
        let walk = self.cache.walk(connection.id).await?;
        let status = status(connection);
        let name_question = connection
            .account_name
            .as_ref()
            .filter(|name| !status.same_company && !same_company(name, &workspace.name));
        let range = connection.range;
        Ok(ConnectionView {
            id: connection.id.to_string(),
            provider: connection.provider.name().to_owned(),
            account: connection.account_name.clone(),
            test: match connection.provider {
                Provider::Stripe => connection.tenant == Mode::Test.tenant(),
                Provider::QuickBooks => self.setup.addresses.quickbooks_is_test(),
                Provider::Zoho | Provider::Import => false,
            },
            key_hint: connection.key_hint.clone().unwrap_or_default(),
            region: status.grant.as_ref().and_then(|grant| grant.region.clone()),
            currency: status.currency.clone(),
            ends: status
                .grant
                .as_ref()
                .and_then(|grant| grant.ends)
                .map(|at| at.to_string()),
            quota_left: self
                .accounts
                .get(connection.id)
                .and_then(|source| source.quota_left()),
            by_due_date: by_due_date(connection.provider),
            problem: status.problem,
            name_question: name_question.map(|source| NameQuestion {
                source: source.clone(),
                creditor: workspace.name.clone(),
            }),
            last_sync: connection.last_sync.map(|at| at.to_string()),
            created: range.from.zip(range.to).map(|(from, to)| DateRange {
                from: from.to_string(),
                to: to.to_string(),
            }),
            open_invoices,
            resumable: walk.is_some_and(|walk| walk.finished.is_none()),
        })
    }

    /// The Stripe account behind a connection.
    pub(crate) async fn stripe(&self, connection: &Connection) -> Result<Stripe, Failure> {
        let secret = self.key(&source_account(connection.id), "Stripe").await?;
        // Read out to be parsed again, so that an item of the keychain that is no key of ours is never sent.
        let key = Key::parse(secret.expose())
            .map_err(|_| Failure::about(FailureCode::KeyMissing, "Stripe"))?;
        self.stripe_with(key).await
    }

    async fn stripe_with(&self, key: Key) -> Result<Stripe, Failure> {
        let base = self.setup.addresses.stripe()?;
        let zone = self.time_zone().await;
        Ok(Stripe::new(
            self.transport.clone(),
            base,
            key,
            self.stripe_pace.clone(),
            zone,
        ))
    }

    /// Keeps what happened to a connection, so that every screen can say so.
    pub(crate) async fn note_problem(
        &self,
        id: ConnectionId,
        problem: Option<Failure>,
    ) -> Result<(), Failure> {
        if let Some(connection) = self.book.connection(id).await? {
            let status = Status {
                problem,
                ..status(&connection)
            };
            self.book
                .update_connection(Connection {
                    status: json!(status),
                    ..connection
                })
                .await?;
            self.events.changed(Subject::App);
        }
        Ok(())
    }
}

pub(crate) fn status(connection: &Connection) -> Status {
    serde_json::from_value(connection.status.clone()).unwrap_or_default()
}

/// Names are one company when one holds all words of the other, legal forms and punctuation aside.
fn same_company(a: &str, b: &str) -> bool {
    let words = |name: &str| -> Vec<String> {
        let plain: String = name
            .to_lowercase()
            .chars()
            .map(|letter| {
                if letter.is_alphanumeric() {
                    letter
                } else {
                    ' '
                }
            })
            .collect();
        plain
            .split_whitespace()
            .filter(|word| word.chars().count() > 3)
            .map(str::to_owned)
            .collect()
    };
    let (a, b) = (words(a), words(b));
    let holds = |outer: &[String], inner: &[String]| {
        !inner.is_empty() && inner.iter().all(|word| outer.contains(word))
    };
    holds(&a, &b) || holds(&b, &a) || (a.is_empty() && b.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn company_names_are_compared_as_people_would() {
        assert!(same_company("Nordlys Design ApS", "NORDLYS DESIGN"));
        assert!(same_company("Müller GmbH & Co. KG", "Müller GmbH"));
        assert!(!same_company("Nordlys Design ApS", "Sydvind Byg ApS"));
    }
}
