//! One way to fetch, whichever provider a connection leads to; and the companies that a sign-in gives access to.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use accounting::authorise::Provider as OAuth;
use accounting::quickbooks::QuickBooks;
use accounting::stripe::Stripe;
use accounting::zoho::{Customers, Zoho};
use accounting::{Access, Fault, Fetched, Filter, Page, Pdf, Permission, Stopped, TokenFuture};
use http_client::{BaseUrl, Pace, Rate, Secret};
use jiff::Timestamp;
use receivables::Provider;
use store::{Connection, ConnectionId};
use tokio::sync::OnceCell;

use crate::FailureCode;
use crate::connections::status;
use crate::grants::{GrantRef, token_failure, trusted};
use crate::office::Office;
use crate::refusals::{reaching, sentence};
use crate::wire::Failure;

/// A provider's account, ready to be asked.
#[derive(Clone)]
pub(crate) enum Source {
    Stripe(Stripe),
    QuickBooks(QuickBooks),
    Zoho(Zoho),
}

/// Accounts that are signed in to, kept for what they learn: the company's own facts, what is left of the day's calls.
#[derive(Default)]
pub(crate) struct Accounts(Mutex<HashMap<ConnectionId, Source>>);

/// Paces by the account whose limit they keep: several connections may share one.
#[derive(Default)]
pub(crate) struct Paces(Mutex<HashMap<String, Pace>>);

impl Paces {
    fn of(&self, account: String, rate: Rate) -> Pace {
        let mut paces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        paces
            .entry(account)
            .or_insert_with(|| Pace::new(rate))
            .clone()
    }
}

impl Accounts {
    pub(crate) fn get(&self, id: ConnectionId) -> Option<Source> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&id)
            .cloned()
    }

    fn keep(&self, id: ConnectionId, source: &Source) {
        let mut sources = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sources.insert(id, source.clone());
    }

    /// After a sign-in, a disconnect or another time zone.
    pub(crate) fn forget(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

impl Source {
    /// Gives every unpaid invoice of the filter to `sink`, page by page, from `cursor` on.
    pub(crate) async fn walk<E, F, Fut>(
        &self,
        filter: Filter,
        cursor: Option<String>,
        sink: F,
    ) -> Result<(), Stopped<E>>
    where
        F: FnMut(Page) -> Fut,
        Fut: Future<Output = Result<(), E>>,
    {
        match (self, filter) {
            (Source::Stripe(stripe), Filter::Created(slice)) => {
                stripe.walk(slice, cursor, sink).await
            }
            // Refused before it gets here: see `by_due_date`.
            (Source::Stripe(_), Filter::Due { .. }) => Ok(()),
            (Source::QuickBooks(company), filter) => company.walk(filter, cursor, sink).await,
            (Source::Zoho(organisation), filter) => organisation.walk(filter, cursor, sink).await,
        }
    }

    /// Those of `ids` that the source still knows, as they are now; summaries where it gives no more at once. `since` is
    /// when they were known to be unpaid.
    pub(crate) async fn left(
        &self,
        ids: &[String],
        since: Timestamp,
    ) -> Result<Vec<Fetched>, Fault> {
        match self {
            Source::Stripe(stripe) => {
                let mut found = Vec::with_capacity(ids.len());
                for id in ids {
                    match stripe.invoice(id).await {
                        Ok(fetched) => found.push(fetched),
                        Err(Fault::NotFound { .. }) => {}
                        Err(fault) => return Err(fault),
                    }
                }
                Ok(found)
            }
            Source::QuickBooks(company) => company.invoices(ids).await,
            Source::Zoho(organisation) => organisation.left(ids, since).await,
        }
    }

    /// How many invoices [`Source::left`] reads at once without making somebody who cancels wait.
    pub(crate) fn at_once(&self) -> usize {
        match self {
            Source::Stripe(_) => 1,
            Source::QuickBooks(_) | Source::Zoho(_) => 1000,
        }
    }

    pub(crate) async fn invoice_pdf(&self, id: &str) -> Result<Pdf, Fault> {
        match self {
            Source::Stripe(stripe) => stripe.invoice_pdf(id).await,
            Source::QuickBooks(company) => company.invoice_pdf(id).await,
            Source::Zoho(organisation) => organisation.invoice_pdf(id).await,
        }
    }

    /// In how many parts a fetch is cut. Stripe lists one page after the other, and parts are the only way to ask for
    /// two at once; elsewhere a part would only cost the rest of a page.
    pub(crate) fn parts(&self) -> usize {
        match self {
            Source::Stripe(_) => 8,
            Source::QuickBooks(_) | Source::Zoho(_) => 1,
        }
    }

    /// Calls left of the day, where the source says it.
    pub(crate) fn quota_left(&self) -> Option<u32> {
        match self {
            Source::Zoho(organisation) => organisation.quota().map(|quota| quota.left),
            Source::Stripe(_) | Source::QuickBooks(_) => None,
        }
    }
}

/// Invoices of one source that are read again together, with everything the source knows of them.
pub(crate) struct Reading {
    source: Source,
    ids: Vec<String>,
    /// Where the source gives all of them at once.
    all: OnceCell<HashMap<String, Fetched>>,
    /// Where it gives each by itself: whom they are for, each read once.
    customers: Customers,
}

impl Reading {
    pub(crate) fn of(source: Source, ids: Vec<String>) -> Self {
        Self {
            source,
            ids,
            all: OnceCell::new(),
            customers: Customers::default(),
        }
    }

    /// One of them as it is now; `None` where the source does not know it any more. The first one asked for may bring
    /// the others with it, which then cost nothing.
    pub(crate) async fn invoice(&self, id: &str) -> Result<Option<Fetched>, Fault> {
        let found = match &self.source {
            Source::Stripe(stripe) => stripe.invoice(id).await,
            Source::Zoho(organisation) => organisation.invoice_with(id, &self.customers).await,
            Source::QuickBooks(company) => {
                let all = self.all.get_or_try_init(|| all_at_once(company, &self.ids));
                return Ok(all.await?.get(id).cloned());
            }
        };
        match found {
            Ok(fetched) => Ok(Some(fetched)),
            Err(Fault::NotFound { .. }) => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}

async fn all_at_once(
    company: &QuickBooks,
    ids: &[String],
) -> Result<HashMap<String, Fetched>, Fault> {
    let all = company.invoices(ids).await?.into_iter();
    let by_id = |fetched: Fetched| (fetched.invoice.id.id.clone(), fetched);
    Ok(all.map(by_id).collect())
}

/// Whether a provider can be asked by due date.
pub(crate) fn by_due_date(provider: Provider) -> bool {
    matches!(provider, Provider::QuickBooks | Provider::Zoho)
}

/// How a provider is signed in to; nothing where it has a key or is a file.
pub(crate) fn oauth_of(provider: Provider) -> Option<OAuth> {
    match provider {
        Provider::QuickBooks => Some(OAuth::QuickBooks),
        Provider::Zoho => Some(OAuth::ZohoBooks),
        Provider::Stripe | Provider::Import => None,
    }
}

/// A company or organisation that a sign-in gives access to.
pub(crate) struct Company {
    pub id: String,
    pub name: Option<String>,
    pub country: Option<String>,
    pub currency: Option<String>,
    /// The one to take when nobody can be asked.
    pub is_first: bool,
}

impl Company {
    /// What tells two companies of one name apart.
    pub(crate) fn detail(&self) -> String {
        let parts = [
            self.country.clone(),
            self.currency.clone(),
            Some(self.id.clone()),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

/// A token that was just given, for the first questions of a sign-in.
struct Fresh(Secret);

impl Access for Fresh {
    fn token<'a>(&'a self, refused: Option<&'a Secret>) -> TokenFuture<'a> {
        Box::pin(async move {
            match refused {
                None => Ok(self.0.clone()),
                Some(_) => Err(Fault::GrantEnded { request_id: None }),
            }
        })
    }
}

impl Office {
    /// The account behind a connection.
    pub(crate) async fn source(&self, connection: &Connection) -> Result<Source, Failure> {
        if connection.provider == Provider::Stripe {
            return self.stripe(connection).await.map(Source::Stripe);
        }
        if let Some(known) = self.accounts.get(connection.id) {
            return Ok(known);
        }
        let access: Arc<dyn Access> = self.grant(connection).await?;
        let source = match connection.provider {
            Provider::QuickBooks => {
                Source::QuickBooks(self.quickbooks(&connection.tenant, access)?)
            }
            Provider::Zoho => {
                let reference = status(connection).grant;
                let zone = self.time_zone().await;
                let base = self.zoho_base(reference.as_ref()).await?;
                Source::Zoho(Zoho::new(
                    self.transport.clone(),
                    base,
                    access,
                    connection.tenant.as_str(),
                    self.zoho_pace(&connection.tenant),
                    zone,
                ))
            }
            Provider::Stripe | Provider::Import => {
                return Err(Failure::about(FailureCode::NotFound, "The source"));
            }
        };
        self.accounts.keep(connection.id, &source);
        Ok(source)
    }

    fn quickbooks(&self, realm: &str, access: Arc<dyn Access>) -> Result<QuickBooks, Failure> {
        let rate = self.setup.pacing.of(QuickBooks::usual_rate());
        let pace = self.paces.of(format!("quickbooks:{realm}"), rate);
        let base = self.setup.addresses.quickbooks()?;
        Ok(QuickBooks::new(
            self.transport.clone(),
            base,
            access,
            realm,
            pace,
        ))
    }

    fn zoho_pace(&self, organisation: &str) -> Pace {
        let rate = self.setup.pacing.of(Zoho::usual_rate());
        self.paces.of(format!("zoho:{organisation}"), rate)
    }

    /// One of the region's known addresses. What is remembered comes from a file, so it chooses among those that are
    /// trusted now and cannot add to them.
    async fn zoho_base(&self, reference: Option<&GrantRef>) -> Result<BaseUrl, Failure> {
        let site = self.site(OAuth::ZohoBooks).await?;
        let api = reference.and_then(|reference| {
            let centre = trusted(&site)?.at(reference.region.as_deref()?)?;
            centre.api(reference.api.as_deref())
        });
        let api = api.ok_or_else(|| Failure::about(FailureCode::Reconnect, "Zoho Books"))?;
        api.base().map_err(|error| {
            Failure::about(FailureCode::AddressRefused, "Zoho Books").because(error.to_string())
        })
    }

    /// The companies that a new sign-in gives access to.
    pub(crate) async fn companies(
        &self,
        provider: OAuth,
        reference: &GrantRef,
        realm: Option<String>,
        token: Secret,
    ) -> Result<Vec<Company>, Failure> {
        let access: Arc<dyn Access> = Arc::new(Fresh(token));
        match provider {
            OAuth::QuickBooks => {
                let Some(realm) = realm else {
                    return Ok(Vec::new());
                };
                let found = self.quickbooks(&realm, access)?.company().await;
                let found = match found {
                    Ok(found) => Some(found),
                    // The sign-in is good all the same; its name comes with a later one.
                    Err(
                        Fault::Unavailable(_) | Fault::Unreadable(_) | Fault::RateLimited { .. },
                    ) => None,
                    Err(fault) => return Err(source_failure(Provider::QuickBooks, &fault)),
                };
                Ok(vec![Company {
                    id: realm,
                    name: found.as_ref().map(|found| found.name.clone()),
                    country: found
                        .as_ref()
                        .and_then(|found| found.country)
                        .map(|country| country.alpha2().to_owned()),
                    currency: found.and_then(|found| found.home_currency),
                    is_first: true,
                }])
            }
            OAuth::ZohoBooks => {
                let base = self.zoho_base(Some(reference)).await?;
                let pace = self.zoho_pace("");
                let found = Zoho::organisations(self.transport.clone(), base, access, pace)
                    .await
                    .map_err(|fault| source_failure(Provider::Zoho, &fault))?;
                let company = |organisation: accounting::zoho::Organisation| Company {
                    id: organisation.id,
                    name: Some(organisation.name),
                    country: organisation.country,
                    currency: organisation.currency,
                    is_first: organisation.is_default,
                };
                // One that is not active cannot be read.
                let active = found
                    .into_iter()
                    .filter(|organisation| organisation.is_active);
                Ok(active.map(company).collect())
            }
        }
    }
}

/// What a source reported, in the words of the catalogue.
pub(crate) fn source_failure(provider: Provider, fault: &Fault) -> Failure {
    let name = provider.title();
    let failure = match fault {
        Fault::KeyRefused { .. } | Fault::KeyExpired { .. } | Fault::WrongMode => {
            Failure::new(FailureCode::KeyRefused)
        }
        Fault::GrantEnded { .. } => Failure::about(FailureCode::Reconnect, name),
        Fault::SignIn(error) => {
            return match oauth_of(provider) {
                Some(provider) => token_failure(provider, error),
                None => Failure::new(FailureCode::KeyRefused),
            };
        }
        Fault::TokensNotKept(_) => Failure::new(FailureCode::KeychainUnavailable),
        Fault::NotAllowed { .. } => Failure::about(FailureCode::NotAllowed, name),
        Fault::QuotaUsed { .. } => Failure::about(FailureCode::QuotaUsed, name),
        Fault::PermissionMissing {
            permission: Permission::Invoices,
            ..
        } => Failure::new(FailureCode::PermissionInvoices),
        Fault::PermissionMissing {
            permission: Permission::Customers,
            ..
        } => Failure::new(FailureCode::PermissionCustomers),
        Fault::IpRestricted { .. } => Failure::new(FailureCode::AddressNotAllowed),
        Fault::RateLimited { .. } => Failure::about(FailureCode::RateLimited, name),
        Fault::NotFound { .. } => Failure::about(FailureCode::NotFound, "The invoice"),
        Fault::StaleCursor { .. } => Failure::about(FailureCode::Unavailable, name),
        Fault::NoPdf | Fault::NotAPdf => Failure::new(FailureCode::AttachmentFailed),
        Fault::Unavailable(failure) | Fault::Unreadable(failure) => {
            return reaching(name, failure);
        }
        Fault::Refused { .. } => Failure::about(FailureCode::ProviderRefused, name),
    };
    let request = fault
        .request_id()
        .map(|id| format!(" (request {id})"))
        .unwrap_or_default();
    failure.because(format!("{}{request}", sentence(&fault.to_string())))
}
