use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use reqwest::header::HeaderMap;
use reqwest::{Client, ClientBuilder, Response, Url, redirect};

use crate::address::is_loopback;
use crate::request::{Body, Part};
use crate::{Answer, Failure, Jitter, Obstacle, Rejection, Request, answer};

/// How long each stage of an exchange may take.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// Name look-up, TCP and TLS together.
    pub connect: Duration,
    /// From the first byte sent to the head of the answer.
    pub answer: Duration,
    /// Between two pieces of the answer's body.
    pub idle: Duration,
    /// For the answer's body as a whole, so that one byte at a time does not last for ever.
    pub body: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(60),
            idle: Duration::from_secs(20),
            body: Duration::from_secs(120),
        }
    }
}

/// One try of one request, for the activity log and the support bundle. Holds no address, body, key or personal data.
#[derive(Debug, Clone)]
pub struct Exchange {
    pub provider: &'static str,
    /// Like `GET /cases/{id}`.
    pub label: &'static str,
    /// 1 for the first try.
    pub attempt: u32,
    pub status: Option<u16>,
    /// [`Failure::code`], if it failed.
    pub failure: Option<&'static str>,
    pub request_id: Option<String>,
    pub took: Duration,
}

type Observer = Arc<dyn Fn(&Exchange) + Send + Sync>;

/// The way out of this process: connection pools, certificates, timeouts, jitter. Made once, cloned freely.
#[derive(Clone)]
pub struct Transport {
    /// To the world. Made when first needed, since reading the system's certificates takes a while; absent where they
    /// cannot be read, which must not stop the local sandbox.
    outward: Arc<OnceLock<Option<Ways>>>,
    user_agent: String,
    /// To this computer, past any proxy.
    inward: Ways,
    timeouts: Timeouts,
    pub(crate) jitter: Jitter,
    observer: Option<Observer>,
}

/// Two clients of one configuration.
#[derive(Clone)]
struct Ways {
    /// Keeps connections for the next request.
    pooled: Client,
    /// Opens a connection for each request. A kept connection may be closed by the other side just as a request goes out
    /// on it, and then nobody knows whether it arrived; on a fresh one, failing to connect is certain.
    fresh: Client,
}

impl Ways {
    fn build(configure: impl Fn() -> ClientBuilder) -> reqwest::Result<Self> {
        Ok(Self {
            pooled: configure()
                .pool_idle_timeout(Duration::from_secs(15))
                .build()?,
            fresh: configure().pool_max_idle_per_host(0).build()?,
        })
    }
}

/// The most of an answer that is read into memory. A page of 100 invoices with all their lines is well below 2 MiB.
pub(crate) const LARGEST_ANSWER: usize = 32 * 1024 * 1024;
/// The most of an error's body that is kept.
const LARGEST_ERROR: usize = 64 * 1024;

impl Transport {
    /// `version` is this application's, for the `User-Agent`.
    pub fn new(version: &str, timeouts: Timeouts, jitter: Jitter) -> Result<Self, Failure> {
        // reqwest takes the process-wide provider; without this line it would panic. An error only says that one is
        // installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let user_agent = format!("DebituraDesk/{version}");
        let inward = Ways::build(|| {
            configured(&user_agent, timeouts)
                .no_proxy()
                .tls_certs_only([])
        })
        .map_err(|_| Failure::Unsendable {
            what: "the HTTP client could not be set up",
        })?;
        Ok(Self {
            outward: Arc::default(),
            user_agent,
            inward,
            timeouts,
            jitter,
            observer: None,
        })
    }

    /// Is told of every exchange.
    #[must_use]
    pub fn observed_by(mut self, observer: impl Fn(&Exchange) + Send + Sync + 'static) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    pub(crate) fn report(
        &self,
        provider: &'static str,
        label: &'static str,
        attempt: u32,
        started: Instant,
        result: &Result<Answer, Failure>,
    ) {
        let exchange = Exchange {
            provider,
            label,
            attempt,
            status: match result {
                Ok(answer) => Some(answer.status),
                Err(failure) => failure.status(),
            },
            failure: result.as_ref().err().map(Failure::code),
            request_id: match result {
                Ok(answer) => answer.request_id.clone(),
                Err(failure) => failure.request_id().map(str::to_owned),
            },
            took: started.elapsed(),
        };
        tracing::debug!(
            provider,
            label,
            attempt,
            status = exchange.status,
            failure = exchange.failure,
            request_id = exchange.request_id,
            took_ms = u64::try_from(exchange.took.as_millis()).unwrap_or(u64::MAX),
            "exchange"
        );
        if let Some(observer) = &self.observer {
            observer(&exchange);
        }
    }

    /// Sends `request` to `url` once and reads the answer to its end.
    pub(crate) async fn exchange(&self, url: Url, request: &Request) -> Result<Answer, Failure> {
        request.check()?;
        let mut url = url;
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        let ways = self.ways(&url)?;
        let client = if request.repeatable {
            &ways.pooled
        } else {
            &ways.fresh
        };
        let mut builder = client
            .request(request.method.clone(), url.clone())
            .headers(request.headers.clone());
        builder = match &request.body {
            Body::Empty => builder,
            Body::Bytes(bytes) => builder.body(bytes.clone()),
            Body::Multipart(parts) => builder.multipart(form(parts)?),
        };
        let patience = request.patience.unwrap_or(self.timeouts.answer);
        let response = self.head(&url, builder, patience).await?;
        self.read(&url, response, LARGEST_ANSWER).await
    }

    pub(crate) async fn head(
        &self,
        url: &Url,
        builder: reqwest::RequestBuilder,
        patience: Duration,
    ) -> Result<Response, Failure> {
        match tokio::time::timeout(patience, builder.send()).await {
            Err(_) => Err(Failure::TimedOut {
                host: host(url),
                after: patience,
            }),
            Ok(Err(error)) => Err(Failure::of(host(url), &error)),
            Ok(Ok(response)) => Ok(response),
        }
    }

    /// The body, at most `limit` bytes of it; of an error's body only the beginning is kept.
    pub(crate) async fn read(
        &self,
        url: &Url,
        mut response: Response,
        limit: usize,
    ) -> Result<Answer, Failure> {
        let status = response.status();
        let too_large = || Failure::TooLarge {
            host: host(url),
            limit,
        };
        if status.is_success()
            && response
                .content_length()
                .is_some_and(|length| length > limit as u64)
        {
            return Err(too_large());
        }
        let mut body = Vec::new();
        let deadline = tokio::time::Instant::now() + self.timeouts.body;
        loop {
            let patience = self
                .timeouts
                .idle
                .min(deadline.saturating_duration_since(tokio::time::Instant::now()));
            let piece = match tokio::time::timeout(patience, response.chunk()).await {
                Ok(Ok(piece)) => piece,
                // The status alone is worth more than "interrupted": keep what came of an error's body.
                _ if !status.is_success() => None,
                Ok(Err(error)) => return Err(Failure::of(host(url), &error)),
                Err(_) => {
                    return Err(Failure::TimedOut {
                        host: host(url),
                        after: patience,
                    });
                }
            };
            let Some(piece) = piece else { break };
            if status.is_success() {
                if body.len() + piece.len() > limit {
                    return Err(too_large());
                }
                body.extend_from_slice(&piece);
            } else {
                let room = LARGEST_ERROR - body.len();
                body.extend_from_slice(&piece[..piece.len().min(room)]);
                if body.len() == LARGEST_ERROR {
                    break;
                }
            }
        }
        let headers = std::mem::take(response.headers_mut());
        Ok(self.sort(url, status.as_u16(), headers, body)?)
    }

    fn sort(
        &self,
        url: &Url,
        status: u16,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<Answer, Box<Rejection>> {
        let request_id = answer::request_id(&headers);
        let date = answer::date(&headers);
        if (200..300).contains(&status) {
            return Ok(Answer {
                status,
                request_id,
                date,
                body,
                host: host(url),
                headers,
            });
        }
        Err(Box::new(Rejection {
            host: host(url),
            status,
            request_id,
            retry_after: answer::retry_after(&headers),
            date,
            headers,
            body,
        }))
    }

    pub(crate) fn client(&self, url: &Url) -> Result<&Client, Failure> {
        Ok(&self.ways(url)?.pooled)
    }

    fn ways(&self, url: &Url) -> Result<&Ways, Failure> {
        if is_loopback(url) && url.scheme() == "http" {
            return Ok(&self.inward);
        }
        let outward = self
            .outward
            .get_or_init(|| Ways::build(|| configured(&self.user_agent, self.timeouts)).ok());
        outward.as_ref().ok_or_else(|| Failure::Unreachable {
            host: host(url),
            obstacle: Obstacle::NoCertificates,
        })
    }

    pub(crate) fn answer_timeout(&self) -> Duration {
        self.timeouts.answer
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Transport")
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}

fn configured(user_agent: &str, timeouts: Timeouts) -> ClientBuilder {
    Client::builder()
        .user_agent(user_agent)
        .redirect(redirect::Policy::none())
        .referer(false)
        // The caller decides about repeats; see `RepeatPolicy`.
        .retry(reqwest::retry::never())
        .connect_timeout(timeouts.connect)
}

fn form(parts: &[Part]) -> Result<reqwest::multipart::Form, Failure> {
    let mut form = reqwest::multipart::Form::new();
    for part in parts {
        let mut content = reqwest::multipart::Part::bytes(part.content.clone());
        if let Some((file_name, media_type)) = &part.file {
            content = content
                .file_name(file_name.clone())
                .mime_str(media_type)
                .map_err(|_| Failure::Unsendable {
                    what: "the media type of a file is malformed",
                })?;
        }
        form = form.part(part.name, content);
    }
    Ok(form)
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}
