//! Stripe, with a restricted key that may read invoices and customers.
//!
//! The API version is pinned, since without it each account's own default would shape the answers. Lists come newest
//! first, by cursor, without totals. Redirects, other hosts and writes do not occur.

mod amount;
mod dto;
mod invoice;
mod key;
mod refusal;
mod walk;

use http_client::{
    Answer, BaseUrl, HttpClient, Pace, Rate, RepeatPolicy, Request, Transport, Verdict,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::value::RawValue;

pub use self::key::{Key, KeyProblem, Mode};

use self::dto::{InvoiceDto, List};
use self::refusal::fault;
use crate::{Fault, Fetched, Pdf, Permission};

/// The newest version whose full description the tests hold every object against.
const VERSION: &str = "2026-05-27.dahlia";

/// One Stripe account, by its key.
#[derive(Debug, Clone)]
pub struct Stripe {
    http: HttpClient,
    key: Key,
    zone: TimeZone,
}

/// What a key turned out to be good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    pub mode: Mode,
    /// The business that issues the invoices; unknown while there is no open one.
    pub account_name: Option<String>,
    /// Alpha-2.
    pub account_country: Option<String>,
    /// There is at least one open invoice.
    pub has_open_invoices: bool,
}

impl Stripe {
    pub const PRODUCTION: &str = "https://api.stripe.com";

    /// `zone` is the creditor's: the one in which their invoices have dates.
    pub fn new(transport: Transport, base: BaseUrl, key: Key, pace: Pace, zone: TimeZone) -> Self {
        Self::with_policy(transport, base, key, pace, zone, Self::policy())
    }

    /// With waits other than the usual ones, for tests.
    pub fn with_policy(
        transport: Transport,
        base: BaseUrl,
        key: Key,
        pace: Pace,
        zone: TimeZone,
        policy: RepeatPolicy,
    ) -> Self {
        Self {
            http: HttpClient::new("stripe", transport, base, pace, policy),
            key,
            zone,
        }
    }

    /// Stripe allows 25 a second and shares that among everything the account's owner runs. We take a fifth.
    pub fn usual_rate() -> Rate {
        Rate::per_second(5).parallel(2)
    }

    /// Stripe's own clients obey `Stripe-Should-Retry` where it is sent, and else repeat 409 and server faults. 424 is
    /// documented as passing; 429 is repeated too, slowly, since this application is in no hurry.
    pub fn policy() -> RepeatPolicy {
        RepeatPolicy {
            verdict: |rejection| match rejection.header("stripe-should-retry") {
                Some("true") => Verdict::Repeat,
                Some("false") => Verdict::Final,
                _ => match rejection.status {
                    409 | 424 | 429 | 500..=599 => Verdict::Repeat,
                    _ => Verdict::Final,
                },
            },
            ..RepeatPolicy::COMMON
        }
    }

    pub fn mode(&self) -> Mode {
        self.key.mode()
    }

    /// Proves the key and both permissions, by two calls that read one record each. There is no call that lists the
    /// rights of a key.
    pub async fn check(&self) -> Result<Checked, Fault> {
        let request = invoices().query("limit", "1").query("status", "open");
        let answer = self.get(request, Permission::Invoices).await?;
        let invoices = read_list(&answer)?;
        self.get(
            Request::get("GET /v1/customers", &["v1", "customers"]).query("limit", "1"),
            Permission::Customers,
        )
        .await
        .and_then(|answer| read_list(&answer))?;

        let first: InvoiceDto = match invoices.data.first() {
            Some(raw) => parse(raw),
            None => InvoiceDto::default(),
        };
        if first
            .livemode
            .is_some_and(|live| live != (self.mode() == Mode::Live))
        {
            return Err(Fault::WrongMode);
        }
        Ok(Checked {
            mode: self.mode(),
            account_name: first.account_name,
            account_country: first.account_country,
            has_open_invoices: !invoices.data.is_empty(),
        })
    }

    /// The invoice as it is now, with its customer unless the key may not read customers.
    pub async fn invoice(&self, id: &str) -> Result<Fetched, Fault> {
        let answer = self.one(id).await?;
        let raw: Box<RawValue> = answer.json().map_err(Fault::Unreadable)?;
        self.fetched(&raw)
            .ok_or_else(|| Fault::Unreadable(answer.unreadable("an invoice without an id")))
    }

    /// The invoice's document. Links to it expire, so the invoice is read again first; the link needs no key and gets
    /// none.
    pub async fn invoice_pdf(&self, id: &str) -> Result<Pdf, Fault> {
        let answer = self.one(id).await?;
        let raw: Box<RawValue> = answer.json().map_err(Fault::Unreadable)?;
        let invoice: InvoiceDto = parse(&raw);
        let link = invoice.invoice_pdf.ok_or(Fault::NoPdf)?;
        let file = self
            .http
            .transport()
            .download(
                "stripe",
                "GET invoice PDF",
                self.http.base(),
                &link,
                Pdf::LARGEST,
            )
            .await
            .map_err(|failure| match failure.status() {
                // An expired or withdrawn link; nothing is wrong with the key.
                Some(400..=499) => Fault::NoPdf,
                _ => fault(failure, Permission::Invoices),
            })?;
        Pdf::read(invoice.number.as_deref().unwrap_or(id), file.body)
    }

    async fn one(&self, id: &str) -> Result<Answer, Fault> {
        let request = Request::get("GET /v1/invoices/{invoice}", &["v1", "invoices", id]);
        let expanded = request.clone().query("expand[]", "customer");
        match self.get(expanded, Permission::Invoices).await {
            // Expanding needs the right to read customers; without it the plain record still says who was billed.
            Err(Fault::PermissionMissing { .. }) => self.get(request, Permission::Invoices).await,
            other => other,
        }
    }

    fn fetched(&self, raw: &RawValue) -> Option<Fetched> {
        let dto: InvoiceDto = parse(raw);
        let created = dto
            .created
            .and_then(|second| Timestamp::from_second(second).ok());
        let invoice = invoice::convert(dto, self.mode(), &self.zone)?;
        Some(Fetched {
            invoice,
            created,
            raw: crate::json::compact(raw.get()),
        })
    }

    async fn get(&self, request: Request, permission: Permission) -> Result<Answer, Fault> {
        let request = request
            .bearer(self.key.secret())
            .header("stripe-version", VERSION);
        self.http
            .send(request)
            .await
            .map_err(|failure| fault(failure, permission))
    }
}

fn invoices() -> Request {
    Request::get("GET /v1/invoices", &["v1", "invoices"])
}

fn read_list(answer: &Answer) -> Result<List, Fault> {
    answer.json().map_err(Fault::Unreadable)
}

/// Fields of unexpected types are absent, so only what is no object at all reads as empty.
fn parse(raw: &RawValue) -> InvoiceDto {
    serde_json::from_str(raw.get()).unwrap_or_default()
}
