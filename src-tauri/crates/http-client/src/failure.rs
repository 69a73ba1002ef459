use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::HeaderMap;

/// Why a request has no usable answer. Nothing in here, displayed or debugged, contains a secret, a query value or a
/// body: messages name the host at most.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Failure {
    /// The request could not be built, for example from a key with a line break in it. Nothing was sent.
    #[error("the request could not be made: {what}")]
    Unsendable { what: &'static str },
    /// No connection came about. Nothing was sent.
    #[error("{host} cannot be reached: {obstacle}")]
    Unreachable { host: String, obstacle: Obstacle },
    /// The provider asked for a pause too long to wait for. Nothing was sent.
    #[error("{host} asked for a pause, of which {} are left", left(.after))]
    Held { host: String, after: Duration },
    /// The connection broke after the request may have reached the server.
    #[error("the connection to {host} broke before the answer was complete")]
    Interrupted { host: String },
    /// The server took the connection and then was silent for too long.
    #[error("{host} did not answer within {} seconds", .after.as_secs())]
    TimedOut { host: String, after: Duration },
    #[error("the answer of {host} is larger than {limit} bytes")]
    TooLarge { host: String, limit: usize },
    /// The answer was a success, but not what it should be.
    #[error("{host} answered {status} with something unreadable: {what}")]
    Unreadable {
        host: String,
        status: u16,
        what: String,
        request_id: Option<String>,
    },
    /// Any answer outside 2xx; redirects included, since none is followed.
    #[error(transparent)]
    Status(#[from] Box<Rejection>),
}

/// What stood in the way of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Obstacle {
    #[error("the name was not found; is this computer online?")]
    Name,
    #[error("the connection was refused")]
    Refused,
    #[error("nothing answered in time")]
    Silence,
    #[error("the certificate is not trusted, or something on the way intercepts the connection")]
    Certificate,
    #[error("no certificates of this system could be read")]
    NoCertificates,
    #[error("the connection failed")]
    Other,
}

impl Failure {
    /// Sorts reqwest's errors by the one question that matters: can the server have seen the request?
    pub(crate) fn of(host: String, error: &reqwest::Error) -> Self {
        if error.is_builder() {
            Self::Unsendable {
                what: "the request is malformed",
            }
        } else if error.is_connect() {
            Self::Unreachable {
                host,
                obstacle: obstacle(error),
            }
        } else {
            Self::Interrupted { host }
        }
    }

    /// Whether it is certain that the request had no effect at the provider. `false` means that nobody knows: the
    /// effect has to be looked up before anything is repeated.
    ///
    /// A 4xx answer says that the request was refused, except 408 (the server lost patience somewhere on the way) and
    /// 409 (a conflict, possibly with the same request still running).
    pub fn outcome_known(&self) -> bool {
        match self {
            Self::Unsendable { .. } | Self::Unreachable { .. } | Self::Held { .. } => true,
            Self::Status(rejection) => {
                matches!(rejection.status, 400..=499) && !matches!(rejection.status, 408 | 409)
            }
            Self::Interrupted { .. }
            | Self::TimedOut { .. }
            | Self::TooLarge { .. }
            | Self::Unreadable { .. } => false,
        }
    }

    /// The provider's id of the exchange, where it answered and gave one.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Status(rejection) => rejection.request_id.as_deref(),
            Self::Unreadable { request_id, .. } => request_id.as_deref(),
            _ => None,
        }
    }

    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status(rejection) => Some(rejection.status),
            Self::Unreadable { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// How long the provider asked us to wait, whether or not we did.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status(rejection) => rejection.retry_after,
            Self::Held { after, .. } => Some(*after),
            _ => None,
        }
    }

    /// A word for logs and diagnostics; stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unsendable { .. } => "unsendable",
            Self::Unreachable { .. } => "unreachable",
            Self::Held { .. } => "held",
            Self::Interrupted { .. } => "interrupted",
            Self::TimedOut { .. } => "timed_out",
            Self::TooLarge { .. } => "too_large",
            Self::Unreadable { .. } => "unreadable",
            Self::Status(_) => "status",
        }
    }
}

/// An answer outside 2xx, kept for the provider's client to read.
#[derive(Clone)]
pub struct Rejection {
    pub host: String,
    pub status: u16,
    pub request_id: Option<String>,
    /// Asked for by header, or by the body where the provider's policy reads it there.
    pub retry_after: Option<Duration>,
    /// The server's clock.
    pub date: Option<Timestamp>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Rejection {
    /// The body's first bytes, at most 64 KiB. May hold personal data: read it, do not log it.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} answered {}", self.host, self.status)
    }
}

impl fmt::Debug for Rejection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Rejection")
            .field("host", &self.host)
            .field("status", &self.status)
            .field("request_id", &self.request_id)
            .field("retry_after", &self.retry_after)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

impl std::error::Error for Rejection {}

fn left(after: &Duration) -> String {
    match after.as_secs() {
        seconds @ ..120 => format!("{seconds} seconds"),
        seconds @ ..7_200 => format!("{} minutes", seconds.div_ceil(60)),
        seconds => format!("{} hours", seconds.div_ceil(3_600)),
    }
}

fn obstacle(error: &reqwest::Error) -> Obstacle {
    if error.is_dns() {
        return Obstacle::Name;
    }
    if error.is_timeout() {
        return Obstacle::Silence;
    }
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<rustls::Error>() {
            return Obstacle::Certificate;
        }
        cause = match error.downcast_ref::<std::io::Error>() {
            Some(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
                return Obstacle::Refused;
            }
            // TLS failures travel inside I/O errors, whose `source` skips the wrapped error itself.
            Some(error) => error.get_ref().map(|inner| inner as _),
            None => error.source(),
        };
    }
    Obstacle::Other
}
