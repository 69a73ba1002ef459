//! Zoho Books: one organisation, wherever its data centre is.
//!
//! Lists say little about debtors, and the calls of a day are few and shared with everything else the organisation
//! connects. So a walk gives summaries, and [`Zoho::invoice`] reads the rest of those that somebody opens or chooses.
//! Redirects, other hosts and writes do not occur.

mod amount;
mod dto;
mod invoice;
mod left;
mod organisation;
mod plan;
mod quota;
mod refusal;
mod walk;

use std::collections::HashMap;
use std::sync::Arc;

use http_client::{
    Answer, BaseUrl, HttpClient, Pace, Rate, RepeatPolicy, Request, Secret, Transport,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

pub use self::organisation::Organisation;
pub use self::quota::Quota;

use self::dto::{ContactDto, InvoiceDto, OneContact, OneInvoice};
use self::invoice::Reading;
use self::quota::Told;
use self::refusal::Refused;
use crate::{Access, Fault, Fetched, Pdf};

/// One organisation of Zoho Books. Clones share what they know of the quota.
#[derive(Clone)]
pub struct Zoho {
    api: Api,
    organisation: String,
    zone: TimeZone,
    /// The host of the web application, where it is Zoho's.
    web: Option<String>,
}

/// Customers that were read, so that invoices of the same one cost one call less. As fresh as its first use: make one
/// for each piece of work that reads several invoices.
#[derive(Default)]
pub struct Customers(tokio::sync::Mutex<HashMap<String, Option<Customer>>>);

struct Customer {
    dto: ContactDto,
    raw: Box<RawValue>,
}

impl Zoho {
    /// `base` is the API's address in the organisation's region; `zone` the organisation's: the one in which its invoices
    /// have dates.
    pub fn new(
        transport: Transport,
        base: BaseUrl,
        access: Arc<dyn Access>,
        organisation: impl Into<String>,
        pace: Pace,
        zone: TimeZone,
    ) -> Self {
        Self::with_policy(
            transport,
            base,
            access,
            organisation,
            pace,
            zone,
            Self::policy(),
        )
    }

    /// With waits other than the usual ones, for tests.
    pub fn with_policy(
        transport: Transport,
        base: BaseUrl,
        access: Arc<dyn Access>,
        organisation: impl Into<String>,
        pace: Pace,
        zone: TimeZone,
        policy: RepeatPolicy,
    ) -> Self {
        Self {
            web: invoice::web_host(base.host()),
            api: Api::new(transport, base, access, pace, policy),
            organisation: organisation.into(),
            zone,
        }
    }

    /// Zoho blocks an organisation that is asked more than 100 times in a minute, by everything it connects together; and
    /// takes few calls at once.
    pub fn usual_rate() -> Rate {
        Rate::per_minute(60).parallel(1)
    }

    /// Waits out a blocked minute twice, so that a walk goes on by itself; the end of a day's quota is final.
    pub fn policy() -> RepeatPolicy {
        RepeatPolicy {
            verdict: refusal::verdict,
            wait_in_body: refusal::pause,
            patience: std::time::Duration::from_secs(150),
            ..RepeatPolicy::COMMON
        }
    }

    /// The organisations that whoever signed in belongs to, the default one first.
    pub async fn organisations(
        transport: Transport,
        base: BaseUrl,
        access: Arc<dyn Access>,
        pace: Pace,
    ) -> Result<Vec<Organisation>, Fault> {
        let api = Api::new(transport, base, access, pace, Self::policy());
        organisation::list(&api).await
    }

    pub fn organisation(&self) -> &str {
        &self.organisation
    }

    /// What is left of the organisation's calls of the day, as the last answer told it. Not every organisation is told.
    pub fn quota(&self) -> Option<Quota> {
        self.api.told.latest()
    }

    /// The invoice as it is now, with its customer: two calls.
    pub async fn invoice(&self, id: &str) -> Result<Fetched, Fault> {
        self.invoice_with(id, &Customers::default()).await
    }

    /// The same where several are read in one go: each customer is asked for once.
    pub async fn invoice_with(&self, id: &str, customers: &Customers) -> Result<Fetched, Fault> {
        let request = self.request("GET invoices/{id}", &["invoices", id]);
        let answer = self.api.get(request).await?;
        let OneInvoice { invoice: raw } = read(&answer)?;
        let dto: InvoiceDto = parse(&raw);

        // One at a time, so that two invoices of a customer do not both ask for it.
        let mut known = customers.0.lock().await;
        let none = String::new();
        let id = dto.customer_id.as_ref().unwrap_or(&none);
        if !known.contains_key(id) {
            let customer = self.customer(id).await?;
            known.insert(id.clone(), customer);
        }
        let customer = known.get(id).and_then(Option::as_ref);
        let reading = Reading::Whole(customer.map(|customer| &customer.dto));
        let invoice = invoice::convert(&dto, &reading, &self.organisation, self.web.as_deref());
        let raw = match customer {
            Some(customer) => format!(
                r#"{{"invoice":{},"contact":{}}}"#,
                raw.get(),
                customer.raw.get()
            ),
            None => format!(r#"{{"invoice":{}}}"#, raw.get()),
        };
        Ok(Fetched {
            invoice: invoice
                .ok_or_else(|| Fault::Unreadable(answer.unreadable("an invoice without an id")))?,
            created: dto.created_time.as_deref().and_then(moment),
            raw: crate::json::compact(&raw),
        })
    }

    /// `None` for one that was deleted: its invoices still say who was billed.
    async fn customer(&self, id: &str) -> Result<Option<Customer>, Fault> {
        if id.is_empty() {
            return Ok(None);
        }
        let request = self.request("GET contacts/{id}", &["contacts", id]);
        let answer = match self.api.get(request).await {
            Err(Fault::NotFound { .. }) => return Ok(None),
            other => other?,
        };
        let OneContact { contact: raw } = read(&answer)?;
        Ok(Some(Customer {
            dto: parse(&raw),
            raw,
        }))
    }

    /// The invoice's document, named by the id that Zoho gave the invoice.
    pub async fn invoice_pdf(&self, id: &str) -> Result<Pdf, Fault> {
        let request = self
            .request("GET invoices/{id} as PDF", &["invoices", id])
            .query("accept", "pdf")
            .header("accept", "application/pdf");
        let answer = self.api.get(request).await?;
        if answer.body.len() > Pdf::LARGEST {
            return Err(Fault::Unreadable(
                answer.unreadable("a file that is too large"),
            ));
        }
        Pdf::read(id, answer.body)
    }

    fn request(&self, label: &'static str, path: &[&str]) -> Request {
        get(label, path).query("organization_id", &self.organisation)
    }
}

impl std::fmt::Debug for Zoho {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Zoho")
            .field("organisation", &self.organisation)
            .field("http", &self.api.http)
            .finish_non_exhaustive()
    }
}

/// The API as one sign-in sees it.
#[derive(Clone)]
struct Api {
    http: HttpClient,
    access: Arc<dyn Access>,
    told: Arc<Told>,
}

impl Api {
    fn new(
        transport: Transport,
        base: BaseUrl,
        access: Arc<dyn Access>,
        pace: Pace,
        policy: RepeatPolicy,
    ) -> Self {
        Self {
            http: HttpClient::new("zoho", transport, base, pace, policy),
            access,
            told: Arc::default(),
        }
    }

    /// A token that is refused is renewed once.
    async fn get(&self, request: Request) -> Result<Answer, Fault> {
        let token = self.access.token(None).await?;
        match self.ask(&request, &token).await {
            Ok(answer) => return Ok(answer),
            Err(Refused::Final(fault)) => return Err(fault),
            Err(Refused::Token { .. }) => {}
        }
        let renewed = self.access.token(Some(&token)).await?;
        self.ask(&request, &renewed)
            .await
            .map_err(|refused| match refused {
                Refused::Final(fault) => fault,
                // The grant lives, or there would be no new token; so it is not for lack of signing in.
                Refused::Token {
                    or_not_allowed: true,
                    request_id,
                } => Fault::NotAllowed {
                    reason: Some(
                        "the user’s role, or what was agreed to when signing in, does not allow it"
                            .to_owned(),
                    ),
                    request_id,
                },
                Refused::Token { request_id, .. } => Fault::GrantEnded { request_id },
            })
    }

    async fn ask(&self, request: &Request, token: &Secret) -> Result<Answer, Refused> {
        // Exposed because the header is where Zoho expects it, under a scheme of its own.
        let scheme = Secret::new(format!("Zoho-oauthtoken {}", token.expose()));
        let request = request.clone().secret_header("authorization", &scheme);
        match self.http.send(request).await {
            Ok(answer) => {
                self.told.hear(|name| answer.header(name));
                match refusal::of_answer(&answer) {
                    Some(refused) => Err(refused),
                    None => Ok(answer),
                }
            }
            Err(failure) => {
                if let http_client::Failure::Status(rejection) = &failure {
                    self.told.hear(|name| rejection.header(name));
                }
                Err(refusal::of_failure(failure))
            }
        }
    }
}

fn get(label: &'static str, path: &[&str]) -> Request {
    let whole: Vec<&str> = ["books", "v3"].iter().chain(path).copied().collect();
    Request::get(label, &whole)
}

fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, Fault> {
    answer.json().map_err(Fault::Unreadable)
}

/// Fields of unexpected types are absent, so only what is no object at all reads as empty.
fn parse<T: DeserializeOwned + Default>(raw: &RawValue) -> T {
    serde_json::from_str(raw.get()).unwrap_or_default()
}

/// `2013-11-18T02:17:40-0800`.
fn moment(text: &str) -> Option<Timestamp> {
    jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S%z", text)
        .and_then(|parsed| parsed.to_timestamp())
        .or_else(|_| text.parse())
        .ok()
}
