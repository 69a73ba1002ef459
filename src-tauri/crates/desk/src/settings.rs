//! Settings, lists to choose from, links, and wiping the cache.

use std::sync::Arc;

use jiff::tz::TimeZone;
use receivables::Country;
use serde_json::json;
use store::{CaseFilter, Query};

use crate::FailureCode;
use crate::links;
use crate::office::Office;
use crate::wire::{Choices, CountryName, Failure, Link, Nothing, Settings, Subject, Wiped, small};

/// What the page may remember for itself.
const PAGE_BYTES: usize = 64 * 1024;

impl Office {
    pub(crate) async fn change_settings(
        self: &Arc<Self>,
        settings: Settings,
    ) -> Result<Settings, Failure> {
        let invalid = |what: &str| Err(Failure::about(FailureCode::InvalidValue, what));
        if let Some(name) = &settings.time_zone
            && TimeZone::get(name).is_err()
        {
            return invalid("The time zone is not one of the IANA list.");
        }
        if !(1..=2000).contains(&settings.debitura_per_minute) {
            return invalid("Requests a minute must lie between 1 and 2000.");
        }
        if serde_json::to_vec(&settings.page).map_or(usize::MAX, |bytes| bytes.len()) > PAGE_BYTES {
            return invalid("What the screens remember has grown too large.");
        }
        let before = self.settings().await;
        self.keep_settings(settings.clone()).await?;
        if before.time_zone != settings.time_zone
            && let Ok(workspace) = self.workspace().await
        {
            self.reproject(&workspace).await?;
        }
        // What the screens remember for themselves is nobody's activity.
        if (Settings {
            page: settings.page.clone(),
            ..before
        }) != settings
        {
            self.record(None, "settings_changed", json!({})).await;
            self.events.changed(Subject::App);
        }
        Ok(settings)
    }

    pub(crate) async fn choices(self: &Arc<Self>, _: Nothing) -> Result<Choices, Failure> {
        let countries = Country::all()
            .into_iter()
            .map(|(country, name)| CountryName {
                code: country.alpha2().to_owned(),
                name: name.to_owned(),
            })
            .collect();
        Ok(Choices { countries })
    }

    pub(crate) async fn open_link(self: &Arc<Self>, link: Link) -> Result<Nothing, Failure> {
        let missing = |what: &str| Failure::about(FailureCode::NotFound, what);
        let (address, subject) = match link {
            Link::StripeKeys => (links::STRIPE_KEYS.to_owned(), "Stripe"),
            Link::DebituraKeys => (links::DEBITURA_KEYS.to_owned(), "Debitura"),
            Link::DebituraPortal => (links::DEBITURA_PORTAL.to_owned(), "Debitura"),
            Link::Agreement | Link::AgreementTerms => {
                let workspace = self.workspace().await?;
                let agreement = self.notes(workspace.id).await?.agreement;
                let agreement = agreement.ok_or_else(|| missing("The agreement"))?;
                let terms = matches!(link, Link::AgreementTerms);
                let address = if terms {
                    agreement.terms_url
                } else {
                    agreement.signing_url
                };
                (
                    address.ok_or_else(|| missing("The agreement’s page"))?,
                    "the agreement",
                )
            }
            Link::ReviewSigning { review } => {
                let address = self
                    .reviews
                    .signing_url(&review)
                    .ok_or_else(|| missing("The signing page"))?;
                (address, "the signing page")
            }
            Link::Invoice { id } => {
                let address = self.stored_invoice(&id).await?.invoice.url;
                (
                    address.ok_or_else(|| missing("The invoice’s page"))?,
                    "the invoice",
                )
            }
        };
        let address = links::check(&address, subject, self.setup.addresses.debitura.as_ref())?;
        let opened = self.setup.host.open_browser(&address);
        opened.map_err(|why| Failure::new(FailureCode::BrowserFailed).because(why))?;
        Ok(Nothing {})
    }

    pub(crate) async fn wipe_cache(self: &Arc<Self>, _: Nothing) -> Result<Wiped, Failure> {
        self.jobs.cancel_all(None);
        let mut wiped = Wiped {
            invoices: 0,
            cases: 0,
        };
        for workspace in self.book.workspaces().await? {
            let all = Query {
                include_partly_paid: true,
                ..Query::new(workspace.id)
            };
            wiped.invoices += small(self.cache.summary(all).await?.count);
            wiped.cases += small(
                self.cache
                    .cases(workspace.id, CaseFilter::default(), 0, 0)
                    .await?
                    .1,
            );
        }
        self.cache.wipe_all().await?;
        // Imported rows cannot be fetched again: the book has them, and they are listed anew.
        self.start_listing().await?;
        self.record(None, "cache_wiped", json!({ "invoices": wiped.invoices }))
            .await;
        for subject in [Subject::App, Subject::Invoices, Subject::Cases] {
            self.events.changed(subject);
        }
        Ok(wiped)
    }
}
