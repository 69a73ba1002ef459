//! What a listener for the browser's answer has to do, one test per demand, numbered: from the answer to the end. The
//! first six are beside this.

use std::collections::HashSet;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::rig::*;
use crate::authorise::*;

/// Success is shown after the exchange, not before.
#[tokio::test]
async fn r07_the_page_waits_for_the_result() {
    for (outcome, shown) in [
        (
            Outcome::Connected {
                who: Some("A & B <Ltd>".into()),
            },
            "A &amp; B &lt;Ltd&gt; is connected",
        ),
        (
            Outcome::Failed {
                reason: "The code is too old.".into(),
            },
            "The code is too old.",
        ),
    ] {
        let waiting = begin(Provider::QuickBooks).await;
        waiting.get("{C}?{T}").await;
        let mut browser = TcpStream::connect(("127.0.0.1", waiting.port))
            .await
            .unwrap();
        let request = waiting.fill("GET {C}/done HTTP/1.1\r\nHost: localhost:{P}\r\n\r\n");
        browser.write_all(request.as_bytes()).await.unwrap();
        let authorised = waiting.attempt.wait(SOON).await.unwrap();
        // Nothing may come yet; a slow computer can only make this pass.
        let early = tokio::time::timeout(Duration::from_millis(100), browser.readable()).await;
        assert!(
            early.is_err(),
            "the browser was told before there was a result"
        );
        let closed = authorised.finish(outcome);
        let mut page = String::new();
        browser.read_to_string(&mut page).await.unwrap();
        assert!(page.contains(shown), "{page}");
        closed.await.unwrap();
    }
}

/// Pages load nothing, are not kept, tell nobody where they came from, and take the query out of the history.
#[tokio::test]
async fn r08_every_answer_is_sealed_off() {
    let patient = Limits {
        linger: Duration::from_secs(60),
        ..limits()
    };
    let ports = Ports::Fixed(&[0; 5]);
    let waiting = begin_with(Provider::QuickBooks, patient, ports, &Via::Loopback).await;
    let mut answers = Vec::new();
    for target in ["/", "/favicon.ico", "{C}?state=x", "{C}?{T}"] {
        answers.push(waiting.get(target).await);
    }
    let authorised = waiting.attempt.wait(SOON).await.unwrap();
    let _lingers = authorised.finish(Outcome::Connected { who: None });
    let request = format!(
        "GET /cb/quickbooks/done HTTP/1.1\r\nHost: localhost:{}\r\n\r\n",
        waiting.port
    );
    answers.push(say(waiting.port, request.as_bytes()).await);
    assert!(
        answers[3].contains("\r\nLocation: /cb/quickbooks/done\r\n"),
        "{}",
        answers[3]
    );
    for answer in answers {
        for line in [
            "Content-Type: text/html; charset=utf-8",
            "Cache-Control: no-store",
            "Referrer-Policy: no-referrer",
            "Content-Security-Policy: default-src 'none';",
            "X-Content-Type-Options: nosniff",
            "Connection: close",
        ] {
            assert!(answer.contains(line), "{line} is missing: {answer}");
        }
        for unwanted in [
            "<script",
            "src=",
            "href=",
            "Access-Control-Allow",
            "Set-Cookie",
        ] {
            assert!(!answer.contains(unwanted), "{unwanted}: {answer}");
        }
    }
}

/// Answers are whole; the listener stays a moment for the page, then goes.
#[tokio::test]
async fn r09_answers_are_whole_and_the_listener_goes() {
    let waiting = begin(Provider::QuickBooks).await;
    let post =
        waiting.fill("POST {C} HTTP/1.1\r\nHost: localhost:{P}\r\nContent-Length: 60000\r\n\r\n");
    let answer = say(waiting.port, (post + &"x".repeat(60_000)).as_bytes()).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(
        head.contains(&format!("Content-Length: {}", body.len())),
        "cut off: {answer}"
    );

    waiting.get("{C}?{T}").await;
    let authorised = waiting.attempt.wait(SOON).await.unwrap();
    authorised
        .finish(Outcome::Connected { who: None })
        .await
        .unwrap();
    assert!(becomes_free(waiting.port).await);
}

/// The port is free after each way to end; the address can be opened again and pasted.
#[tokio::test]
async fn r10_every_end_frees_the_port() {
    let timed_out = begin(Provider::QuickBooks).await;
    let ended = timed_out.attempt.wait(Duration::from_millis(5)).await;
    assert!(
        matches!(ended, Err(SignInError::TimedOut { .. })),
        "{ended:?}"
    );
    assert!(becomes_free(timed_out.port).await, "timeout");

    let cancelled = begin(Provider::QuickBooks).await;
    let query = cancelled.true_query();
    cancelled.handle.cancel();
    let ended = cancelled.attempt.wait(SOON).await;
    assert_eq!(ended.err(), Some(SignInError::Cancelled));
    assert_eq!(cancelled.handle.paste(&query), Err(PasteError::TooLate));
    assert!(becomes_free(cancelled.port).await, "cancel");

    let dropped = begin(Provider::QuickBooks).await;
    drop(dropped.attempt);
    assert!(becomes_free(dropped.port).await, "drop");

    let abandoned = begin(Provider::QuickBooks).await;
    let wait = tokio::spawn(abandoned.attempt.wait(SOON));
    wait.abort();
    assert!(wait.await.is_err());
    assert!(becomes_free(abandoned.port).await, "drop while waiting");

    let unfinished = begin(Provider::QuickBooks).await;
    unfinished.get("{C}?{T}").await;
    drop(unfinished.attempt.wait(SOON).await.unwrap());
    assert!(
        becomes_free(unfinished.port).await,
        "drop before the exchange"
    );
}

#[tokio::test]
async fn r10_the_address_can_be_pasted() {
    for pasted in [
        "http://localhost:{P}{C}?{T}",
        "  http://127.0.0.1:{P}{C}?{T}\n",
        "http://[::1]:{P}{C}?{T}#fragment",
        "https://localhost:{P}{C}?{T}",
        "?{T}",
        "{T}",
    ] {
        let waiting = begin(Provider::QuickBooks).await;
        assert_eq!(waiting.handle.address(), waiting.attempt.address());
        assert_eq!(
            waiting.handle.paste(&waiting.fill(pasted)),
            Ok(()),
            "{pasted}"
        );
        let authorised = waiting.attempt.wait(SOON).await.unwrap();
        assert_eq!(code(&authorised), "the-code");
    }
}

/// Nothing that is printed for diagnosis holds code, state or verifier.
#[tokio::test]
async fn r11_nothing_prints_a_secret() {
    let waiting = begin(Provider::ZohoBooks).await;
    let mut printed = format!("{:?} {:?}", waiting.attempt, waiting.handle);
    waiting.get("{C}?{T}").await;
    let authorised = waiting.attempt.wait(SOON).await.unwrap();
    let verifier = authorised.verifier().unwrap();
    printed += &format!("{authorised:?} {verifier:?} {:?}", authorised.callback);
    for secret in [waiting.state.as_str(), "the-code", verifier.expose()] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

/// Each way to fail has its own message.
#[test]
fn r12_messages_are_distinct() {
    let text = |code: &str| ProviderText {
        code: code.into(),
        description: None,
    };
    let tried = |taken| NoPort {
        tried: vec![(8977, taken)],
    };
    let all = [
        SignInError::NoPort(tried(Taken::InUse)),
        SignInError::NoPort(tried(Taken::Reserved)),
        SignInError::TimedOut {
            after: SOON,
            strangers: 0,
        },
        SignInError::Cancelled,
        SignInError::Superseded,
        SignInError::Besieged { strangers: 1000 },
        SignInError::Misconfigured("x"),
        CallbackError::StateMismatch.into(),
        CallbackError::Denied.into(),
        CallbackError::Provider(text("server_error")).into(),
        CallbackError::Malformed("code").into(),
        CallbackError::NoCode.into(),
        CallbackError::NoCompany.into(),
        CallbackError::UntrustedServer.into(),
    ];
    let messages: HashSet<String> = all.iter().map(ToString::to_string).collect();
    assert_eq!(messages.len(), all.len(), "{messages:?}");
}

#[tokio::test]
async fn the_address_asks_for_what_each_provider_needs() {
    let intuit = begin(Provider::QuickBooks).await;
    let address = intuit.attempt.address();
    assert!(
        address.starts_with("https://appcenter.intuit.com/connect/oauth2?"),
        "{address}"
    );
    let expected = [
        ("client_id", "client"),
        ("response_type", "code"),
        ("scope", "com.intuit.quickbooks.accounting"),
    ];
    for (name, value) in expected {
        assert_eq!(parameter(address, name).as_deref(), Some(value), "{name}");
    }
    let redirect = format!("http://localhost:{}/cb/quickbooks", intuit.port);
    assert_eq!(
        parameter(address, "redirect_uri"),
        Some(redirect),
        "compared to the letter"
    );
    assert_eq!(
        parameter(address, "code_challenge"),
        None,
        "Intuit has no PKCE"
    );

    let zoho = begin(Provider::ZohoBooks).await;
    let address = zoho.attempt.address();
    assert!(
        address.starts_with("https://accounts.zoho.com/oauth/v2/auth?"),
        "{address}"
    );
    let expected = [
        ("access_type", "offline"),
        ("prompt", "consent"),
        ("code_challenge_method", "S256"),
        (
            "scope",
            "ZohoBooks.invoices.READ,ZohoBooks.contacts.READ,ZohoBooks.settings.READ",
        ),
    ];
    for (name, value) in expected {
        assert_eq!(parameter(address, name).as_deref(), Some(value), "{name}");
    }
    assert!(parameter(address, "code_challenge").is_some_and(|challenge| challenge.len() == 43));
}
