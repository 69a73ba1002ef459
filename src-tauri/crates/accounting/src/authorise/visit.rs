//! One request to the listener: read within bounds, judged, answered.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::callback::{CallbackError, LONGEST_QUERY, read_callback};
use super::page::{Page, Stage};
use super::shared::Shared;

/// How long the page with the result is held back for the result.
const RESULT: Duration = Duration::from_secs(10);
/// How long sending an answer may take, and the other side's hanging up.
const SENDING: Duration = Duration::from_secs(2);
const MOST_HEADERS: usize = 100;

/// What of a request matters.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) method: String,
    pub(super) target: String,
    /// Every `Host` header.
    pub(super) hosts: Vec<String>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Parsed {
    Complete(Head),
    Partial,
    Broken,
}

/// Reads the head of a request from what has come so far.
pub(super) fn parse(bytes: &[u8]) -> Parsed {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(bytes) {
        Ok(httparse::Status::Partial) => Parsed::Partial,
        Err(_) => Parsed::Broken,
        Ok(httparse::Status::Complete(_)) => Parsed::Complete(Head {
            method: request.method.unwrap_or_default().to_owned(),
            target: request.path.unwrap_or_default().to_owned(),
            hosts: request
                .headers
                .iter()
                .filter(|header| header.name.eq_ignore_ascii_case("host"))
                .map(|header| String::from_utf8_lossy(header.value).into_owned())
                .collect(),
        }),
    }
}

/// What a request gets.
pub(super) enum Reply {
    Now(Page),
    /// The page with the result, when there is one.
    Result,
}

/// Judges a request; takes the callback if it is the true one. Everything else leaves no trace but a count.
pub(super) fn judge(head: &Head, shared: &Shared) -> Reply {
    // A page of another site can point its own name at this computer; the browser then tells that name.
    let [host] = head.hosts.as_slice() else {
        return Reply::Now(Page::nothing_here("404 Not Found"));
    };
    if !shared.is_our_name(host) {
        return Reply::Now(Page::nothing_here("404 Not Found"));
    }
    let (path, query) = head.target.split_once('?').unwrap_or((&head.target, ""));
    let is_callback = path == shared.path();
    let is_result = path == shared.result_path();
    if path == "/favicon.ico" {
        return Reply::Now(Page::no_icon());
    }
    if !is_callback && !is_result {
        return Reply::Now(Page::nothing_here("404 Not Found"));
    }
    if head.method != "GET" {
        return Reply::Now(Page::wrong_method());
    }
    if is_result {
        return Reply::Result;
    }
    if query.len() > LONGEST_QUERY {
        return Reply::Now(Page::nothing_here("414 URI Too Long"));
    }
    match read_callback(query, &shared.expected) {
        Err(CallbackError::StateMismatch) => {
            shared.count_stranger();
            Reply::Now(Page::nothing_here("400 Bad Request"))
        }
        // Reloading the accepted callback leads to the same page and to no second exchange.
        result => {
            shared.settle(result);
            Reply::Now(Page::moved(&shared.result_path()))
        }
    }
}

/// Serves one connection to its end. Silence, garbage and disconnection concern nobody else.
pub(super) async fn visit(mut stream: TcpStream, shared: &Shared) {
    let arrival = tokio::time::timeout(shared.limits.arrival, receive(&mut stream, shared));
    let page = match arrival.await {
        Err(_) | Ok(None) => return,
        Ok(Some(Err(page))) => page,
        Ok(Some(Ok(head))) => match judge(&head, shared) {
            Reply::Now(page) => page,
            Reply::Result => result(shared).await,
        },
    };
    let sending = async {
        stream.write_all(&page.into_bytes()).await?;
        stream.shutdown().await?;
        // Closing with something unread would reset the connection, and the browser might drop the answer.
        let mut rest = [0; 4096];
        for _ in 0..64 {
            if stream.read(&mut rest).await? == 0 {
                break;
            }
        }
        Ok::<(), std::io::Error>(())
    };
    // Whoever does not read their answer does not get it.
    let _ = tokio::time::timeout(SENDING, sending).await;
}

/// `None` if the other side went away.
async fn receive(stream: &mut TcpStream, shared: &Shared) -> Option<Result<Head, Page>> {
    let mut bytes = Vec::with_capacity(2048);
    let mut piece = [0; 2048];
    loop {
        let count = stream
            .read(&mut piece)
            .await
            .ok()
            .filter(|&count| count > 0)?;
        bytes.extend_from_slice(&piece[..count]);
        match parse(&bytes) {
            Parsed::Complete(head) => return Some(Ok(head)),
            Parsed::Broken => return Some(Err(Page::nothing_here("400 Bad Request"))),
            Parsed::Partial if bytes.len() >= shared.limits.head => {
                return Some(Err(Page::nothing_here(
                    "431 Request Header Fields Too Large",
                )));
            }
            Parsed::Partial => {}
        }
    }
}

async fn result(shared: &Shared) -> Page {
    let mut stage = shared.stage.subscribe();
    // If it takes longer, the page says that it is under way and asks again.
    let over = stage.wait_for(|stage| !matches!(stage, Stage::Working));
    let _ = tokio::time::timeout(RESULT, over).await;
    let now = shared.stage.borrow().clone();
    Page::stage(&now, shared.expected.provider.name())
}
