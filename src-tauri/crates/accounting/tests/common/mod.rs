//! What the tests of the providers share: the way out, everything there is to ask for, and sums as the sandbox counts.

use std::collections::BTreeMap;
use std::time::Duration;

use accounting::{Fault, Filter, Page, Slice, Stopped};
use http_client::{Answer, Failure, HttpClient, Jitter, Request, Timeouts, Transport};
use oauth2::url::form_urlencoded::Serializer;

pub fn transport() -> Transport {
    let timeouts = Timeouts {
        connect: Duration::from_secs(2),
        answer: Duration::from_secs(4),
        idle: Duration::from_secs(3),
        body: Duration::from_secs(10),
    };
    Transport::new("0.0.0-test", timeouts, Jitter::seeded(3)).unwrap()
}

/// Sends a form, as a page or a token endpoint takes it.
pub async fn post(
    to: &HttpClient,
    path: &[&str],
    form: &[(&str, &str)],
    authorization: Option<&str>,
) -> Result<Answer, Failure> {
    let body = Serializer::new(String::new()).extend_pairs(form).finish();
    let mut request = Request::post("POST form", path)
        .json_bytes(body.into_bytes())
        .header("content-type", "application/x-www-form-urlencoded");
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    to.send(request).await
}

pub fn ever() -> Filter {
    Filter::Created(Slice {
        from: "2000-01-01T00:00:00Z".parse().unwrap(),
        until: "2100-01-01T00:00:00Z".parse().unwrap(),
    })
}

/// Pages that arrive while somebody walks.
#[derive(Default)]
pub struct Arriving(std::sync::Mutex<Vec<Page>>);

impl Arriving {
    pub fn keep(&self, page: Page) -> std::future::Ready<Result<(), ()>> {
        self.0.lock().unwrap().push(page);
        std::future::ready(Ok(()))
    }

    /// Keeps that many pages and dies with the next in hand.
    pub fn keep_only(
        &self,
        most: usize,
        page: Page,
    ) -> std::future::Ready<Result<(), &'static str>> {
        let mut pages = self.0.lock().unwrap();
        let full = pages.len() == most;
        if !full {
            pages.push(page);
        }
        std::future::ready(if full { Err("killed") } else { Ok(()) })
    }

    pub fn all(self) -> Vec<Page> {
        self.0.into_inner().unwrap()
    }
}

/// Takes a page only when `ahead` pages are asked for; refuses it when more are.
pub async fn take_when_asked(asked: impl Fn() -> usize, ahead: usize) -> Result<(), &'static str> {
    let next = async {
        while asked() < ahead {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), next).await;
    waited.map_err(|_| "nothing is asked for while a page is kept")?;
    tokio::time::sleep(Duration::from_millis(20)).await;
    match asked() == ahead {
        true => Ok(()),
        false => Err("an interrupted walk would ask again for more than one page"),
    }
}

/// Open balances by currency in the sandbox's smallest units, nothing left out.
pub fn sums<'a>(
    invoices: impl IntoIterator<Item = &'a receivables::Invoice>,
) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    for invoice in invoices {
        let open = invoice.open.unwrap();
        let code = open.currency.code().to_lowercase();
        // The books count two decimals for these; ISO has none.
        let factor = if matches!(code.as_str(), "isk" | "ugx") {
            100
        } else {
            1
        };
        *sums.entry(code).or_default() += open.minor * factor;
    }
    sums
}

pub fn fault<T: std::fmt::Debug>(end: Result<T, Stopped<()>>) -> Fault {
    match end {
        Err(Stopped::Fault(fault)) => fault,
        other => panic!("expected a fault, got {other:?}"),
    }
}
