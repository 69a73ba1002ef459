//! What the tests of a sign-in share: an attempt on a port of the system's choice, and a browser made of sockets.

use std::time::Duration;

use oauth2::url::Url;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::authorise::*;

pub(super) const SOON: Duration = Duration::from_secs(20);

pub(super) fn limits() -> Limits {
    Limits {
        linger: Duration::from_millis(500),
        ..Limits::default()
    }
}

pub(super) fn site(provider: Provider) -> Site {
    match provider {
        Provider::QuickBooks => Site::quickbooks(),
        Provider::ZohoBooks => Site::zoho_books(DataCentres::production(), "us").unwrap(),
    }
}

pub(super) async fn begin(provider: Provider) -> Waiting {
    begin_with(provider, limits(), Ports::Fixed(&[0; 5]), &Via::Loopback).await
}

pub(super) async fn begin_with(
    provider: Provider,
    limits: Limits,
    ports: Ports<'_>,
    via: &Via,
) -> Waiting {
    let listener = Listener::with_limits(provider, ports, limits)
        .await
        .unwrap();
    let port = listener.port();
    let attempt = Attempt::begin(listener, &site(provider), "client", via).unwrap();
    let state = parameter(attempt.address(), "state").unwrap();
    Waiting {
        handle: attempt.handle(),
        attempt,
        provider,
        port,
        state,
    }
}

pub(super) fn parameter(address: &str, name: &str) -> Option<String> {
    let url = Url::parse(address).unwrap();
    url.query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

pub(super) struct Waiting {
    pub(super) attempt: Attempt,
    pub(super) handle: Handle,
    pub(super) provider: Provider,
    pub(super) port: u16,
    pub(super) state: String,
}

impl Waiting {
    /// Fills in `{P}` the port, `{S}` the state, `{T}` the query of the true callback, `{C}` the path of callbacks.
    pub(super) fn fill(&self, template: &str) -> String {
        template
            .replace("{T}", &self.true_query())
            .replace("{C}", self.provider.callback_path())
            .replace("{P}", &self.port.to_string())
            .replace("{S}", &self.state)
    }

    pub(super) fn true_query(&self) -> String {
        let state = &self.state;
        match self.provider {
            Provider::QuickBooks => format!("code=the-code&state={state}&realmId=9341450000000001"),
            Provider::ZohoBooks => format!(
                "state={state}&code=the-code&location=eu&accounts-server=https%3A%2F%2Faccounts.zoho.eu"
            ),
        }
    }

    pub(super) async fn get(&self, target: &str) -> String {
        let target = self.fill(target);
        let request = format!(
            "GET {target} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n",
            self.port
        );
        say(self.port, request.as_bytes()).await
    }
}

/// Sends `bytes` and reads the answer to its end; empty if there is none.
pub(super) async fn say(port: u16, bytes: &[u8]) -> String {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)).await else {
        return "nobody listens".to_owned();
    };
    // The other side may close before it has read everything.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(SOON, stream.read_to_end(&mut answer))
        .await
        .unwrap();
    String::from_utf8(answer).unwrap()
}

pub(super) fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}

/// Whether the port can be had in both families, as the next attempt wants it. Tries for a while: another test may
/// have been given it meanwhile, and the listener of a sign-in that failed ends by itself.
pub(super) async fn becomes_free(port: u16) -> bool {
    for _ in 0..1_000 {
        let mine = TcpListener::bind(("127.0.0.1", port)).await.is_ok();
        let other = TcpListener::bind(("::1", port)).await;
        if mine && !other.is_err_and(|error| error.kind() == std::io::ErrorKind::AddrInUse) {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}

pub(super) fn code(authorised: &Authorised) -> &str {
    // Exposed to be compared.
    match &authorised.callback.grant {
        Grant::Code(secret) | Grant::Ticket(secret) => secret.expose(),
    }
}
