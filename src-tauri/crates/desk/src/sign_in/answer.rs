//! From the provider's answer to what the user chose: the code is exchanged before the browser is told that it worked, and
//! another company than the one that is renewed is asked about.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError};

use accounting::authorise::{
    Attempt, Authorised, Outcome, Provider as OAuth, RelayClient, TokenClient, Via,
};
use accounting::{Held, TokenEndpoint};
use http_client::{BaseUrl, Secret};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::{Course, PATIENCE, SignIn, sign_in_failure};
use crate::FailureCode;
use crate::grants::{GrantRef, token_failure};
use crate::office::Office;
use crate::source::{Company, oauth_of};
use crate::wire::{CompanyChoice, Failure, SignInStep, Subject};

/// An answer that was exchanged.
pub(super) struct SignedIn {
    pub(super) held: Held,
    pub(super) reference: GrantRef,
    pub(super) verifier: Option<Secret>,
    pub(super) companies: Vec<Company>,
}

/// Which company a sign-in is for.
enum Choice<'a> {
    Made(&'a Company),
    Open { preselected: Option<&'a Company> },
}

impl Course {
    /// The company that is renewed or the only one; the first one where nobody can be asked.
    fn choice<'a>(&self, companies: &'a [Company]) -> Result<Choice<'a>, Failure> {
        let first = companies
            .iter()
            .find(|company| company.is_first)
            .or(companies.first());
        match (&self.renewed, first) {
            (Some(known), first) => {
                let same = companies.iter().find(|company| company.id == known.tenant);
                if let Some(same) = same {
                    return Ok(Choice::Made(same));
                }
                if !self.take_first {
                    return Ok(Choice::Open { preselected: None });
                }
                let name =
                    |name: Option<&String>| name.cloned().unwrap_or_else(|| "another".to_owned());
                let was = name(known.account_name.as_ref());
                let is = name(first.and_then(|first| first.name.as_ref()));
                Err(
                    Failure::about(FailureCode::OtherCompany, self.provider.name())
                        .because(format!("Connected is {was}; chosen was {is}.")),
                )
            }
            (None, Some(first)) if companies.len() == 1 || self.take_first => {
                Ok(Choice::Made(first))
            }
            (None, first) => Ok(Choice::Open { preselected: first }),
        }
    }
}

impl Office {
    /// The user's own registration, or else the relay's.
    pub(super) async fn registration(
        &self,
        provider: OAuth,
    ) -> Result<(String, Via, Option<BaseUrl>), Failure> {
        if let Some(own) = self.application(provider, None).await? {
            return Ok((own.client_id, Via::Loopback, None));
        }
        let Some(relay) = self.setup.addresses.relay.clone() else {
            return Err(Failure::about(
                FailureCode::ApplicationMissing,
                provider.name(),
            ));
        };
        let known = RelayClient::registration(self.transport.clone(), relay.clone(), provider)
            .await
            .map_err(|error| token_failure(provider, &error))?;
        let page = BaseUrl::parse(&known.redirect_uri).map_err(|error| {
            Failure::about(FailureCode::AddressRefused, "the relay").because(error.to_string())
        })?;
        Ok((known.client_id, Via::Relay(page), Some(relay)))
    }

    pub(super) async fn carry_through(
        self: &Arc<Self>,
        sign_in: &Arc<SignIn>,
        attempt: Attempt,
        course: Course,
    ) -> Result<Vec<String>, Failure> {
        let provider = course.provider;
        let authorised = attempt
            .wait(PATIENCE)
            .await
            .map_err(|error| sign_in_failure(provider, &error))?;
        // A script has no window to come back to.
        if !course.take_first {
            self.setup.host.come_to_front();
        }
        sign_in.view().step = SignInStep::Connecting;
        self.events.changed(Subject::SignIn);
        let signed_in = self.exchanged(&course, &authorised).await;
        let choice = signed_in.as_ref().map_err(Failure::clone);
        let choice = choice.and_then(|signed_in| course.choice(&signed_in.companies));
        let outcome = match &choice {
            Ok(Choice::Made(company)) => Outcome::Connected {
                who: company.name.clone(),
            },
            Ok(Choice::Open { .. }) => Outcome::ToChoose,
            Err(failure) => Outcome::Failed {
                reason: failure.what.clone(),
            },
        };
        // The port comes free by itself when the browser has had its page.
        drop(authorised.finish(outcome));
        let signed_in = signed_in.as_ref().map_err(Failure::clone)?;
        let chosen = match choice {
            Ok(Choice::Made(company)) => Ok(vec![company]),
            Ok(Choice::Open { preselected }) => {
                let companies = &signed_in.companies;
                self.chosen_companies(sign_in, &course, companies, preselected)
                    .await
            }
            Err(failure) => Err(failure),
        };
        let _one_at_a_time = self.sign_in.keeping.lock().await;
        let kept = match chosen {
            Ok(chosen) => self.keep_sign_in(&course, signed_in, chosen).await,
            Err(failure) => Err(failure),
        };
        if kept.is_err() {
            self.give_back(&course, signed_in).await;
        }
        kept
    }

    async fn exchanged(
        self: &Arc<Self>,
        course: &Course,
        authorised: &Authorised,
    ) -> Result<SignedIn, Failure> {
        let provider = course.provider;
        let failed = |error| token_failure(provider, &error);
        let callback = &authorised.callback;
        let region = callback
            .centre
            .as_ref()
            .map(|centre| centre.location.as_str());
        let verifier = authorised.verifier().filter(|_| course.relay.is_some());
        let endpoint = match (&course.relay, &verifier) {
            (Some(relay), Some(verifier)) => {
                let (relay, site) = (relay.clone(), course.site.clone());
                let client =
                    RelayClient::new(self.transport.clone(), relay, site, verifier.clone());
                TokenEndpoint::Relay(Box::new(client))
            }
            _ => {
                let application = self.application(provider, region).await?.ok_or_else(|| {
                    Failure::about(FailureCode::ApplicationMissing, provider.name())
                })?;
                let centre = callback.centre.as_ref();
                let transport = self.transport.clone();
                let client = TokenClient::new(&course.site, centre, application, transport);
                TokenEndpoint::Provider(Box::new(client.map_err(failed)?))
            }
        };
        let tokens = endpoint.exchange(authorised).await.map_err(failed)?;
        let held = Held::of(&tokens, self.now());
        let centre = callback.centre.as_ref().or(tokens.centre.as_ref());
        let reference = GrantRef {
            id: Uuid::now_v7().to_string(),
            relayed: course.relay.is_some(),
            region: centre.map(|centre| centre.location.clone()),
            api: tokens.api.as_ref().map(|api| api.as_str().to_owned()),
            ends: held.ends(),
        };
        let realm = callback.realm.clone().or(tokens.realm);
        let companies = self
            .companies(provider, &reference, realm, held.access.clone())
            .await?;
        if companies.is_empty() {
            return Err(Failure::about(FailureCode::NoCompanies, provider.name()));
        }
        Ok(SignedIn {
            held,
            reference,
            verifier,
            companies,
        })
    }

    /// Whichever the user chooses.
    async fn chosen_companies<'a>(
        &self,
        sign_in: &Arc<SignIn>,
        course: &Course,
        companies: &'a [Company],
        preselected: Option<&Company>,
    ) -> Result<Vec<&'a Company>, Failure> {
        let (ask, answer) = oneshot::channel();
        let known: HashSet<String> = self
            .book
            .connections(course.workspace.id)
            .await?
            .into_iter()
            .filter(|connection| oauth_of(connection.provider) == Some(course.provider))
            .map(|connection| connection.tenant)
            .collect();
        {
            let mut view = sign_in.view();
            view.step = SignInStep::Choosing;
            view.expected = course.renewed.as_ref().map(|known| {
                known
                    .account_name
                    .clone()
                    .unwrap_or_else(|| known.tenant.clone())
            });
            view.companies = companies
                .iter()
                .map(|company| CompanyChoice {
                    id: company.id.clone(),
                    name: company.name.clone().unwrap_or_else(|| company.id.clone()),
                    detail: company.detail(),
                    connected: known.contains(&company.id),
                    preselected: preselected.is_some_and(|first| first.id == company.id),
                })
                .collect();
            *sign_in
                .choice
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = Some(ask);
        }
        self.events.changed(Subject::SignIn);
        let chosen = answer.await.unwrap_or_default();
        let chosen: Vec<&Company> = companies
            .iter()
            .filter(|company| chosen.contains(&company.id))
            .collect();
        if chosen.is_empty() {
            return Err(Failure::new(FailureCode::Cancelled));
        }
        Ok(chosen)
    }
}
