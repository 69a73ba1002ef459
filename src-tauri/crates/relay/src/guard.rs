//! What surrounds every request: the log line, the headers of the answer, the limits of rate and time. The limits of size
//! are the server's (head) and the router's (body).

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::Relay;
use crate::refusal::Refusal;

/// Longer than a provider may take.
const WHOLE: Duration = Duration::from_secs(30);
/// Callers remembered before those are forgotten who have not been back for a minute.
const CALLERS: usize = 10_000;

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CACHE_CONTROL, "no-store"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// Requests per minute and caller's address, as many at once.
pub struct RateLimit {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
}

impl RateLimit {
    pub fn new(per_minute: NonZeroU32) -> Self {
        Self {
            limiter: RateLimiter::keyed(Quota::per_minute(per_minute)),
            clock: DefaultClock::default(),
        }
    }

    fn check(&self, caller: IpAddr) -> Result<(), Refusal> {
        if self.limiter.len() > CALLERS {
            self.limiter.retain_recent();
            // All of them recent: an attack from many addresses. New ones wait, memory stays bounded.
            if self.limiter.len() > 2 * CALLERS {
                return Err(Refusal::Overloaded);
            }
        }
        self.limiter
            .check_key(&caller)
            .map_err(|until| Refusal::TooManyRequests(until.wait_time_from(self.clock.now())))
    }
}

pub async fn limit_rate(
    State(relay): State<Arc<Relay>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let forwarded = if relay.config.behind_proxy {
        forwarded_for(request.headers())
    } else {
        None
    };
    match relay.rate.check(network(forwarded.unwrap_or(peer.ip()))) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// The entry that the nearest proxy wrote; those before it are the caller's own claims.
fn forwarded_for(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers
        .get_all("x-forwarded-for")
        .iter()
        .next_back()?
        .to_str()
        .ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
}

/// A subscriber has a whole /64 of IPv6 addresses, which must not count as that many callers.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address @ IpAddr::V4(_) => address,
    }
}

pub async fn limit_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(WHOLE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Refusal::TimedOut.into_response(),
    }
}

/// One line per request. The route is the pattern, not the address: an address may hold a code.
pub async fn log(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let start = Instant::now();
    let response = next.run(request).await;
    tracing::info!(
        %method,
        route = route.as_ref().map_or("none", MatchedPath::as_str),
        status = response.status().as_u16(),
        milliseconds = start.elapsed().as_millis(),
        "request"
    );
    response
}

pub async fn secure_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_subscriber_counts_as_one_caller() {
        let same = |left: &str, right: &str| {
            network(left.parse().unwrap()) == network(right.parse().unwrap())
        };
        assert!(
            same("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"),
            "a /64 is one subscriber"
        );
        assert!(
            !same("2001:db8:1:2::1", "2001:db8:1:3::1"),
            "two subscribers"
        );
        assert!(
            same("::ffff:192.0.2.1", "192.0.2.1"),
            "one address in two spellings"
        );
        assert!(!same("192.0.2.1", "192.0.2.2"), "two addresses");
    }

    #[test]
    fn only_the_nearest_proxy_is_believed() {
        let mut headers = HeaderMap::new();
        assert_eq!(forwarded_for(&headers), None);
        headers.append(
            "x-forwarded-for",
            HeaderValue::from_static("198.51.100.9, 192.0.2.7"),
        );
        assert_eq!(
            forwarded_for(&headers),
            Some("192.0.2.7".parse().unwrap()),
            "what comes before is a claim"
        );
        headers.append("x-forwarded-for", HeaderValue::from_static("<script>"));
        assert_eq!(forwarded_for(&headers), None, "not an address");
    }
}
