//! Exchanges with a server in this process: what is repeated, what is not, and what each fault is called.
#![allow(clippy::unwrap_used)]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{any, get};
use http_client::{
    BaseUrl, Failure, HttpClient, Jitter, Obstacle, Pace, Part, Rate, RepeatPolicy, Request,
    Secret, Timeouts, Transport,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn quick() -> Timeouts {
    Timeouts {
        connect: Duration::from_millis(500),
        answer: Duration::from_millis(400),
        idle: Duration::from_millis(300),
        body: Duration::from_millis(700),
    }
}

fn transport() -> Transport {
    Transport::new("0.0.0-test", quick(), Jitter::seeded(1)).unwrap()
}

fn client(address: SocketAddr) -> HttpClient {
    HttpClient::new(
        "test",
        transport(),
        BaseUrl::parse(&format!("http://{address}")).unwrap(),
        Pace::new(Rate::unlimited()),
        RepeatPolicy::COMMON.hurried(100),
    )
}

async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// Answers every connection with `bytes` after reading a request, then closes.
async fn serve_raw(bytes: &'static [u8]) -> (SocketAddr, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let count = Arc::new(AtomicU32::new(0));
    let counter = count.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                let mut buffer = [0; 4096];
                let _ = stream.read(&mut buffer).await;
                let _ = stream.write_all(bytes).await;
            });
        }
    });
    (address, count)
}

/// Answers with each status in turn, then with 200; counts.
fn sequence(statuses: Vec<u16>) -> (Router, Arc<AtomicU32>) {
    let count = Arc::new(AtomicU32::new(0));
    let statuses = Arc::new(statuses);
    let counter = count.clone();
    let router = Router::new().route(
        "/thing",
        any(move || {
            let turn = counter.fetch_add(1, Ordering::SeqCst) as usize;
            let status = statuses.get(turn).copied().unwrap_or(200);
            async move {
                (
                    StatusCode::from_u16(status).unwrap(),
                    [("request-id", format!("req_{turn}"))],
                    "{\"ok\":true}",
                )
            }
        }),
    );
    (router, count)
}

#[tokio::test]
async fn a_get_is_repeated_until_it_works() {
    let (router, count) = sequence(vec![503, 500, 429]);
    let answer = client(serve(router).await)
        .send(Request::get("GET /thing", &["thing"]))
        .await
        .unwrap();
    assert_eq!(answer.request_id.as_deref(), Some("req_3"));
    assert_eq!(count.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn a_post_is_sent_once_whatever_happens() {
    for status in [429, 500, 502, 503] {
        let (router, count) = sequence(vec![status]);
        let failure = client(serve(router).await)
            .send(Request::post("POST /thing", &["thing"]).json_bytes(b"{}".to_vec()))
            .await
            .unwrap_err();
        assert_eq!(failure.status(), Some(status));
        assert_eq!(failure.outcome_known(), status == 429, "{status}");
        assert_eq!(count.load(Ordering::SeqCst), 1);
    }
    let (address, count) = serve_raw(b"").await;
    let failure = client(address)
        .send(Request::post("POST /thing", &["thing"]).json_bytes(b"{}".to_vec()))
        .await
        .unwrap_err();
    assert!(
        matches!(failure, Failure::Interrupted { .. }),
        "{failure:?}"
    );
    assert!(!failure.outcome_known());
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn giving_up_says_how_long_the_provider_asked() {
    let router = Router::new().route(
        "/thing",
        get(|| async { (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "3600")], "") }),
    );
    let client = client(serve(router).await);
    let failure = client
        .send(Request::get("GET /thing", &["thing"]))
        .await
        .unwrap_err();
    assert_eq!(failure.retry_after(), Some(Duration::from_secs(3600)));
    // The next request is not held up for that hour, but told the same.
    let again = tokio::time::timeout(
        Duration::from_secs(5),
        client.send(Request::get("GET /thing", &["thing"])),
    );
    assert!(again.await.is_ok());
}

#[tokio::test]
async fn nothing_sent_and_perhaps_sent_are_told_apart() {
    // A port that was just free: nobody listens.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let failure = client(address)
        .send(Request::post("POST /thing", &["thing"]))
        .await
        .unwrap_err();
    assert!(
        matches!(
            failure,
            Failure::Unreachable {
                obstacle: Obstacle::Refused,
                ..
            }
        ),
        "{failure:?}"
    );
    assert!(failure.outcome_known());

    // Accepts and stays silent.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let failure = client(listener.local_addr().unwrap())
        .send(Request::post("POST /thing", &["thing"]))
        .await
        .unwrap_err();
    assert!(matches!(failure, Failure::TimedOut { .. }), "{failure:?}");
    assert!(!failure.outcome_known());
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_is_not_reached() {
    let (address, _) = serve_raw(b"HTTP/1.1 200 OK\r\n\r\n").await;
    let client = HttpClient::new(
        "test",
        Transport::new("0.0.0-test", Timeouts::default(), Jitter::none()).unwrap(),
        BaseUrl::parse(&format!("https://{address}")).unwrap(),
        Pace::new(Rate::unlimited()),
        RepeatPolicy::COMMON,
    );
    let failure = client
        .send(Request::post("POST /thing", &["thing"]))
        .await
        .unwrap_err();
    assert!(failure.outcome_known(), "{failure:?}");
    let Failure::Unreachable { obstacle, .. } = failure else {
        panic!("{failure:?}");
    };
    // The second where this machine has no certificates to trust.
    assert!(
        matches!(obstacle, Obstacle::Certificate | Obstacle::NoCertificates),
        "{obstacle:?}"
    );
}

#[tokio::test]
async fn what_must_not_be_repeated_gets_a_fresh_connection() {
    // Answers the first request of each connection, and hangs up at the second: a server that closes idle connections
    // at the worst moment.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut buffer = [0; 4096];
                let _ = stream.read(&mut buffer).await;
                let _ = stream
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
                    .await;
                let _ = stream.read(&mut buffer).await;
            });
        }
    });
    let client = client(address);
    client
        .send(Request::get("GET /thing", &["thing"]))
        .await
        .unwrap();
    for _ in 0..3 {
        client
            .send(Request::post("POST /thing", &["thing"]).json_bytes(b"{}".to_vec()))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn bodies_that_end_early_or_never_or_too_late() {
    let get_thing = || Request::get("GET /thing", &["thing"]);
    let (cut, count) = serve_raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"ok\"").await;
    let failure = client(cut).send(get_thing()).await.unwrap_err();
    assert!(
        matches!(failure, Failure::Interrupted { .. }),
        "{failure:?}"
    );
    assert_eq!(
        count.load(Ordering::SeqCst),
        4,
        "an interrupted GET is repeated"
    );

    let (huge, _) = serve_raw(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n{").await;
    let failure = client(huge).send(get_thing()).await.unwrap_err();
    assert!(matches!(failure, Failure::TooLarge { .. }), "{failure:?}");

    let router = Router::new().route("/thing", get(|| async { "<html>not json" }));
    let answer = client(serve(router).await).send(get_thing()).await.unwrap();
    let failure = answer.json::<serde_json::Value>().unwrap_err();
    assert!(matches!(failure, Failure::Unreadable { .. }), "{failure:?}");
    assert!(!format!("{failure} {failure:?}").contains("html"));
}

#[tokio::test]
async fn an_endless_trickle_ends() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut buffer = [0; 4096];
                let _ = stream.read(&mut buffer).await;
                let _ = stream
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n")
                    .await;
                while stream.write_all(b" ").await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            });
        }
    });
    let failure = client(address)
        .send(Request::post("POST /thing", &["thing"]))
        .await
        .unwrap_err();
    assert!(matches!(failure, Failure::TimedOut { .. }), "{failure:?}");
}

#[tokio::test]
async fn redirects_are_not_followed_by_api_clients() {
    let router = Router::new()
        .route("/thing", get(|| async { Redirect::temporary("/other") }))
        .route("/other", get(|| async { "secret" }));
    let failure = client(serve(router).await)
        .send(Request::get("GET /thing", &["thing"]))
        .await
        .unwrap_err();
    assert_eq!(failure.status(), Some(307));
}

#[tokio::test]
async fn downloads_follow_redirects_on_this_computer_but_not_away_from_it() {
    let router = Router::new()
        .route(
            "/pdf",
            get(|| async { Redirect::temporary("/files/1?sig=abc") }),
        )
        .route(
            "/files/1",
            get(|headers: HeaderMap| async move {
                assert!(headers.get("authorization").is_none());
                "%PDF-1.7 content"
            }),
        )
        .route(
            "/away",
            get(|| async { Redirect::temporary("http://10.0.0.1/") }),
        )
        .route("/round", get(|| async { Redirect::temporary("/round") }));
    let base = format!("http://{}", serve(router).await);
    let base_url = BaseUrl::parse(&base).unwrap();
    let transport = transport();
    let fetch = async |path: &str, limit| {
        transport
            .download(
                "test",
                "the file",
                &base_url,
                &format!("{base}{path}"),
                limit,
            )
            .await
    };
    assert!(fetch("/pdf", 1000).await.unwrap().body.starts_with(b"%PDF"));
    assert!(matches!(
        fetch("/pdf", 5).await,
        Err(Failure::TooLarge { .. })
    ));
    for path in ["/away", "/round"] {
        let failure = fetch(path, 1000).await.unwrap_err();
        assert!(matches!(failure, Failure::Unsendable { .. }), "{failure:?}");
    }
    // A real provider's link must not lead into this computer, nor a local one out of it.
    let real = BaseUrl::parse("https://api.stripe.com").unwrap();
    let link = format!("{base}/pdf");
    let inward = transport.download("test", "the file", &real, &link, 10);
    assert!(matches!(inward.await, Err(Failure::Unsendable { .. })));
    let outward = transport.download("test", "the file", &base_url, "https://example.test/", 10);
    assert!(matches!(outward.await, Err(Failure::Unsendable { .. })));
}

#[tokio::test]
async fn requests_arrive_as_written_and_leave_no_trace_of_secrets() {
    type Seen = Arc<Mutex<Vec<(String, HeaderMap)>>>;
    async fn note(State(seen): State<Seen>, uri: Uri, headers: HeaderMap) -> impl IntoResponse {
        seen.lock().unwrap().push((uri.to_string(), headers));
        (StatusCode::BAD_REQUEST, "the key rk_live_999 is bad")
    }
    let seen: Seen = Arc::default();
    let router = Router::new().fallback(note).with_state(seen.clone());
    let exchanges = Arc::new(Mutex::new(String::new()));
    let log = exchanges.clone();
    let observed = transport().observed_by(move |exchange| {
        log.lock().unwrap().push_str(&format!("{exchange:?}"));
    });
    let client = HttpClient::new(
        "test",
        observed,
        BaseUrl::parse(&format!("http://{}/base", serve(router).await)).unwrap(),
        Pace::new(Rate::unlimited()),
        RepeatPolicy::NEVER,
    );
    let request = Request::get("GET /x/{reference}", &["x", "INV/7 ø"])
        .query("expand[]", "data.customer")
        .query("token", "hush-hush")
        .bearer(&Secret::new("rk_live_999"))
        .secret_header("xapikey", &Secret::new("key-555"))
        .header("idempotency-key", "k1");
    let shown = format!("{request:?} {client:?}");
    let failure = client.send(request).await.unwrap_err();

    let (uri, headers) = seen.lock().unwrap().pop().unwrap();
    assert_eq!(
        uri,
        "/base/x/INV%2F7%20%C3%B8?expand%5B%5D=data.customer&token=hush-hush"
    );
    assert_eq!(headers["authorization"], "Bearer rk_live_999");
    assert_eq!(headers["xapikey"], "key-555");
    assert_eq!(headers["user-agent"], "DebituraDesk/0.0.0-test");

    let everything = format!(
        "{shown} {failure} {failure:?} {}",
        exchanges.lock().unwrap()
    );
    for secret in ["rk_live_999", "key-555", "hush-hush", "INV"] {
        assert!(!everything.contains(secret), "{secret} in {everything}");
    }
    assert!(everything.contains("GET /x/{reference}"));
}

#[tokio::test]
async fn what_cannot_be_sent_is_said_before_sending() {
    let client = client("127.0.0.1:9".parse().unwrap());
    for request in [
        Request::get("GET /x", &["x"]).bearer(&Secret::new("two\nlines")),
        Request::get("GET /x/{id}", &["x", ".."]),
        Request::get("GET /x/{id}", &["x", ""]),
    ] {
        let failure = client.send(request).await.unwrap_err();
        assert!(matches!(failure, Failure::Unsendable { .. }), "{failure:?}");
        assert!(failure.outcome_known());
    }
}

#[tokio::test]
async fn multipart_names_arrive_exactly() {
    let body = Arc::new(Mutex::new(String::new()));
    let kept = body.clone();
    let router = Router::new().route(
        "/files",
        any(move |text: String| async move {
            *kept.lock().unwrap() = text;
            "{}"
        }),
    );
    client(serve(router).await)
        .send(Request::post("POST /files", &["files"]).multipart(vec![
            Part::file("File", "a b.pdf", "application/pdf", b"%PDF".to_vec()),
            Part::text("DocumentType", "OriginalInvoice"),
        ]))
        .await
        .unwrap();
    let body = body.lock().unwrap();
    for expected in [
        "name=\"File\"; filename=\"a b.pdf\"",
        "application/pdf",
        "name=\"DocumentType\"",
    ] {
        assert!(body.contains(expected), "{expected} in {body}");
    }
}
