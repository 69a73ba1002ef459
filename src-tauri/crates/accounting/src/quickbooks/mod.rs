//! QuickBooks Online, one company (a "realm") at a time, by a grant that somebody else keeps.
//!
//! Invoices are asked for by query, a thousand at a time, and their customers with as few requests as will do, since
//! reading is metered. Dates have no zone here: they are the creditor's. Nothing is ever written.

mod address;
mod changes;
mod company;
mod customers;
mod dto;
mod invoice;
mod query;
mod refusal;
mod walk;

use std::sync::Arc;
use std::time::Duration;

use http_client::{
    Answer, BaseUrl, HttpClient, Pace, Rate, RepeatPolicy, Request, Secret, Transport,
};
use serde_json::value::RawValue;
use tokio::sync::OnceCell;

pub use self::changes::{Changes, Followed, WalkNeeded};
pub use self::company::Company;

use self::customers::Customers;
use self::dto::{InvoiceAnswer, InvoiceDto};
use self::invoice::Books;
use self::refusal::Refused;
use crate::{Access, Fault, Fetched, Pdf};

/// Served whatever is asked for; sent so that the day this changes is noticed at Intuit rather than here.
const MINOR_VERSION: &str = "75";

/// One company.
#[derive(Clone)]
pub struct QuickBooks {
    http: HttpClient,
    access: Arc<dyn Access>,
    realm: String,
    /// Asked for once: a company does not move or change its currency while the program runs.
    company: Arc<OnceCell<Company>>,
}

impl QuickBooks {
    pub const PRODUCTION: &str = "https://quickbooks.api.intuit.com";
    /// Of companies that developers try things on.
    pub const SANDBOX: &str = "https://sandbox-quickbooks.api.intuit.com";

    /// `realm` is the company's id, which Intuit gives with the grant.
    pub fn new(
        transport: Transport,
        base: BaseUrl,
        access: Arc<dyn Access>,
        realm: impl Into<String>,
        pace: Pace,
    ) -> Self {
        Self::with_policy(transport, base, access, realm, pace, Self::policy())
    }

    /// With waits other than the usual ones, for tests.
    pub fn with_policy(
        transport: Transport,
        base: BaseUrl,
        access: Arc<dyn Access>,
        realm: impl Into<String>,
        pace: Pace,
        policy: RepeatPolicy,
    ) -> Self {
        Self {
            http: HttpClient::new("quickbooks", transport, base, pace, policy),
            access,
            realm: realm.into(),
            company: Arc::default(),
        }
    }

    /// Intuit allows 500 a minute for a company, whoever asks, and ten a second, or ten at a time, to one application. This
    /// stays below all three in any window.
    pub fn usual_rate() -> Rate {
        Rate {
            every: Duration::from_millis(125),
            burst: 2,
            parallel: 2,
        }
    }

    /// Whoever is throttled waits a minute, which QuickBooks documents and does not send. Every call here reads, so it may
    /// be repeated.
    pub fn policy() -> RepeatPolicy {
        RepeatPolicy {
            verdict: refusal::verdict,
            wait_in_body: refusal::unsaid_wait,
            patience: Duration::from_secs(130),
            ..RepeatPolicy::COMMON
        }
    }

    pub fn realm(&self) -> &str {
        &self.realm
    }

    /// The invoice as it is now, with whom it is billed to.
    pub async fn invoice(&self, id: &str) -> Result<Fetched, Fault> {
        let (answer, raw) = self.one(id).await?;
        let company = self.known_company().await?;
        let mut customers = Customers::default();
        let dto = read(&raw);
        self.learn(&mut customers, customer_of(&dto)).await?;
        self.fetched(&raw, &dto, &customers, company)
            .ok_or_else(|| Fault::Unreadable(answer.unreadable("an invoice without an id")))
    }

    /// The same for many, a thousand with one request. Those that QuickBooks does not know any more are not among them.
    pub async fn invoices(&self, ids: &[String]) -> Result<Vec<Fetched>, Fault> {
        let company = self.known_company().await?;
        let mut customers = Customers::default();
        let mut fetched = Vec::with_capacity(ids.len());
        for ids in ids.chunks(query::PAGE) {
            let rows = self.rows_by_id("Invoice", ids).await?;
            let dtos: Vec<InvoiceDto> = rows.iter().map(|raw| read(raw)).collect();
            self.learn(&mut customers, dtos.iter().filter_map(customer_of))
                .await?;
            fetched.extend(
                rows.iter()
                    .zip(&dtos)
                    .filter_map(|(raw, dto)| self.fetched(raw, dto, &customers, company)),
            );
        }
        Ok(fetched)
    }

    /// The invoice's document, as QuickBooks prints it.
    pub async fn invoice_pdf(&self, id: &str) -> Result<Pdf, Fault> {
        let (_, raw) = self.one(id).await?;
        let number = read(&raw).doc_number;
        let request = self
            .get("GET /invoice/{id}/pdf", &["invoice", id, "pdf"])
            .header("accept", "application/pdf");
        let answer = self.ask(request).await?;
        if answer.body.len() > Pdf::LARGEST {
            return Err(Fault::NotAPdf);
        }
        Pdf::read(number.as_deref().unwrap_or(id), answer.body)
    }

    async fn one(&self, id: &str) -> Result<(Answer, Box<RawValue>), Fault> {
        let answer = self
            .ask(self.get("GET /invoice/{id}", &["invoice", id]))
            .await?;
        let found: InvoiceAnswer = answer.json().map_err(Fault::Unreadable)?;
        Ok((answer, found.invoice))
    }

    fn fetched(
        &self,
        raw: &RawValue,
        dto: &InvoiceDto,
        customers: &Customers,
        company: &Company,
    ) -> Option<Fetched> {
        let books = Books {
            realm: &self.realm,
            company,
            pages: self.pages(),
        };
        let invoice = invoice::convert(dto, &customers.parties(dto), &books)?;
        Some(Fetched {
            invoice,
            created: invoice::created(dto),
            raw: crate::json::compact(raw.get()),
        })
    }

    /// Companies for trying things out have a web application of their own.
    fn pages(&self) -> &'static str {
        if self.http.base().host().starts_with("sandbox") {
            "https://app.sandbox.qbo.intuit.com"
        } else {
            "https://app.qbo.intuit.com"
        }
    }

    fn get(&self, label: &'static str, path: &[&str]) -> Request {
        Request::get(label, &self.path(path)).query("minorversion", MINOR_VERSION)
    }

    /// A question too long for an address.
    fn question(&self, label: &'static str, path: &[&str], kind: &str, body: Vec<u8>) -> Request {
        Request::post(label, &self.path(path))
            .query("minorversion", MINOR_VERSION)
            .json_bytes(body)
            .header("content-type", kind)
            .changes_nothing()
    }

    fn path<'a>(&'a self, path: &[&'a str]) -> Vec<&'a str> {
        ["v3", "company", self.realm.as_str()]
            .into_iter()
            .chain(path.iter().copied())
            .collect()
    }

    /// A token that is refused is renewed once. What is refused with a new one too has ended, or was never allowed.
    async fn ask(&self, request: Request) -> Result<Answer, Refused> {
        let token = self.access.token(None).await.map_err(Refused::Final)?;
        match self.once(&request, &token).await {
            Err(Refused::Token { .. } | Refused::Company { .. }) => {}
            other => return other,
        }
        let renewed = self.access.token(Some(&token)).await;
        let renewed = renewed.map_err(Refused::Final)?;
        self.once(&request, &renewed).await
    }

    async fn once(&self, request: &Request, token: &Secret) -> Result<Answer, Refused> {
        let answer = self.http.send(request.clone().bearer(token)).await;
        let answer = answer.map_err(refusal::of_failure)?;
        match refusal::of_answer(&answer) {
            Some(refused) => Err(refused),
            None => Ok(answer),
        }
    }
}

impl std::fmt::Debug for QuickBooks {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("QuickBooks")
            .field("http", &self.http)
            .field("realm", &self.realm)
            .finish_non_exhaustive()
    }
}

/// Fields of unexpected types are absent, so only what is no object at all reads as empty.
fn read(raw: &RawValue) -> InvoiceDto {
    serde_json::from_str(raw.get()).unwrap_or_default()
}

fn customer_of(dto: &InvoiceDto) -> Option<&str> {
    dto::some(dto.customer_ref.as_ref()?.value.as_deref())
}
