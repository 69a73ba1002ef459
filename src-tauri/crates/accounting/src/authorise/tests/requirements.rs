//! What a listener for the browser's answer has to do, one test per demand, numbered: up to the answer. The rest is beside
//! this.

use std::collections::HashSet;
use std::time::Duration;

use http_client::BaseUrl;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::rig::*;
use crate::authorise::*;

fn relay() -> Via {
    Via::Relay(BaseUrl::parse("https://relay.example/oauth/quickbooks/callback").unwrap())
}

/// Bound before the browser opens, on the sockets that serve; both families for `localhost`, IPv4 behind a relay.
#[tokio::test]
async fn r01_the_port_is_held_before_there_is_an_address() {
    let listener = Listener::bind(Provider::QuickBooks, Ports::Fixed(&[0; 5]))
        .await
        .unwrap();
    let port = listener.port();
    for bound in listener.bound() {
        assert!(
            bound.ip().is_loopback(),
            "other computers must not reach it"
        );
        assert!(
            TcpStream::connect(bound).await.is_ok(),
            "{bound} does not listen yet"
        );
    }
    let has_ipv6 = TcpListener::bind("[::1]:0").await.is_ok();
    assert_eq!(listener.bound().len(), if has_ipv6 { 2 } else { 1 });
    assert_eq!(
        listener.address(),
        format!("http://localhost:{port}/cb/quickbooks")
    );

    let listener = Listener::bind(Provider::ZohoBooks, Ports::Any)
        .await
        .unwrap();
    assert_eq!(listener.bound().len(), 1);
    assert_eq!(
        listener.address(),
        format!("http://127.0.0.1:{}/cb/zoho", listener.port())
    );
}

#[tokio::test]
async fn r01_taken_ports_are_passed_over_and_named() {
    let first = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let taken = first.local_addr().unwrap().port();
    let next = Listener::bind(Provider::QuickBooks, Ports::Fixed(&[taken, 0, 0]))
        .await
        .unwrap();
    assert_ne!(next.port(), taken);

    let error = Listener::bind(Provider::QuickBooks, Ports::Fixed(&[taken, taken]))
        .await
        .unwrap_err();
    assert_eq!(error.tried, [(taken, Taken::InUse), (taken, Taken::InUse)]);
    assert!(error.to_string().contains(&taken.to_string()), "{error}");
}

#[tokio::test]
async fn r01_a_port_that_is_taken_in_the_other_family_is_not_shared() {
    let Ok(other) = TcpListener::bind("[::1]:0").await else {
        return; // A computer without IPv6 has no other family.
    };
    let taken = other.local_addr().unwrap().port();
    let error = Listener::bind(Provider::QuickBooks, Ports::Fixed(&[taken]))
        .await
        .unwrap_err();
    assert_eq!(
        error.tried,
        [(taken, Taken::InUse)],
        "half of the browsers would go to the other program"
    );
}

#[tokio::test]
async fn r01_the_callback_may_come_in_either_family() {
    let waiting = begin(Provider::QuickBooks).await;
    let Ok(mut stream) = TcpStream::connect(("::1", waiting.port)).await else {
        return; // No IPv6 here.
    };
    let request = waiting.fill("GET {C}?{T} HTTP/1.1\r\nHost: localhost:{P}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let authorised = waiting.attempt.wait(SOON).await.unwrap();
    assert_eq!(code(&authorised), "the-code");
}

/// One attempt at a time: a second window takes the place of the first.
#[tokio::test]
async fn r02_a_new_attempt_ends_the_one_before() {
    let pending = Pending::default();
    let (first, second) = (
        begin(Provider::QuickBooks).await,
        begin(Provider::QuickBooks).await,
    );
    pending.replace(first.handle.clone());
    pending.replace(second.handle.clone());
    let old_query = first.true_query();
    let ended = first.attempt.wait(SOON).await;
    assert_eq!(ended.err(), Some(SignInError::Superseded));
    assert!(becomes_free(first.port).await);

    let late = second.get(&format!("{{C}}?{old_query}")).await;
    assert_eq!(
        status(&late),
        "400",
        "the first window's callback must not count for the second"
    );
    second.get("{C}?{T}").await;
    assert!(second.attempt.wait(SOON).await.is_ok());
}

/// At least 128 random bits, once, for this attempt and provider only.
#[tokio::test]
async fn r03_states_are_long_and_never_the_same() {
    let mut states = HashSet::new();
    for _ in 0..20 {
        let waiting = begin(Provider::ZohoBooks).await;
        assert!(waiting.state.len() >= 43, "256 bits in Base64url");
        states.insert(waiting.state);
    }
    assert_eq!(states.len(), 20);
}

#[tokio::test]
async fn r03_another_providers_answer_is_none() {
    let intuit = begin(Provider::QuickBooks).await;
    let zoho = begin(Provider::ZohoBooks).await;
    let query = zoho.true_query();
    assert_eq!(status(&intuit.get(&format!("{{C}}?{query}")).await), "400");
    assert_eq!(
        status(&intuit.get(&format!("/cb/zoho?{query}")).await),
        "404"
    );
    assert_eq!(intuit.handle.paste(&query), Err(PasteError::StateMismatch));
}

#[tokio::test]
async fn r03_behind_a_relay_the_state_tells_the_port_and_a_challenge() {
    let waiting = begin_with(Provider::QuickBooks, limits(), Ports::Any, &relay()).await;
    let address = waiting.attempt.address();
    assert_eq!(
        parameter(address, "redirect_uri").as_deref(),
        Some("https://relay.example/oauth/quickbooks/callback")
    );
    let (port, challenge) = waiting.state.split_once('.').unwrap();
    assert_eq!(port, waiting.port.to_string());
    assert_eq!(challenge.len(), 43);

    let (port, state) = (waiting.port, waiting.state.clone());
    let answer = waiting.get("{C}?ticket=sealed&state={S}").await;
    assert_eq!(status(&answer), "302");
    let authorised = waiting.attempt.wait(SOON).await.unwrap();
    assert!(matches!(authorised.callback.grant, Grant::Ticket(_)));
    let verifier = authorised.verifier().unwrap();
    let verifier = oauth2::PkceCodeVerifier::new(verifier.expose().to_owned());
    let made = oauth2::PkceCodeChallenge::from_code_verifier_sha256(&verifier);
    assert_eq!(
        state,
        format!("{port}.{}", made.as_str()),
        "the relay gives tokens for this verifier only"
    );
}

#[tokio::test]
async fn r03_behind_a_relay_a_bare_code_is_nothing() {
    let waiting = begin_with(Provider::QuickBooks, limits(), Ports::Any, &relay()).await;
    waiting.get("{C}?{T}").await;
    let ended = waiting.attempt.wait(SOON).await;
    assert_eq!(ended.err(), Some(CallbackError::NoCode.into()));
}

/// GET on the one path, under a name of this computer. What is refused is in the table of attacks.
#[tokio::test]
async fn r04_both_names_of_this_computer_are_good() {
    for host in ["localhost", "LOCALHOST", "127.0.0.1"] {
        let waiting = begin(Provider::ZohoBooks).await;
        let request = waiting
            .fill("GET {C}?{T} HTTP/1.1\r\nhost: {H}:{P}\r\n\r\n")
            .replace("{H}", host);
        assert_eq!(
            status(&say(waiting.port, request.as_bytes()).await),
            "302",
            "{host}"
        );
        let authorised = waiting.attempt.wait(SOON).await.unwrap();
        let centre = authorised.callback.centre.as_ref().unwrap();
        assert_eq!(
            centre.accounts.as_str(),
            "https://accounts.zoho.eu",
            "codes are good in their region only"
        );
    }
}

/// A task for each connection; 16 KB of headers at least; nobody's silence stops another.
#[tokio::test]
async fn r05_long_and_slow_requests_are_served() {
    let waiting = begin(Provider::QuickBooks).await;
    let request =
        waiting.fill("GET {C}?{T}&x={X} HTTP/1.1\r\nHost: localhost:{P}\r\nCookie: {Y}\r\n\r\n");
    let request = request
        .replace("{X}", &"x".repeat(512))
        .replace("{Y}", &"y".repeat(16 * 1024));
    let mut stream = TcpStream::connect(("127.0.0.1", waiting.port))
        .await
        .unwrap();
    for piece in request.as_bytes().chunks(1500) {
        stream.write_all(piece).await.unwrap();
        tokio::task::yield_now().await;
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert_eq!(status(&answer), "302");
    assert!(waiting.attempt.wait(SOON).await.is_ok());
}

#[tokio::test]
async fn r05_a_request_that_does_not_arrive_is_hung_up_on() {
    let hasty = Limits {
        arrival: Duration::from_millis(20),
        ..limits()
    };
    let waiting = begin_with(
        Provider::QuickBooks,
        hasty,
        Ports::Fixed(&[0; 5]),
        &Via::Loopback,
    )
    .await;
    let answer = say(waiting.port, b"GET /cb").await;
    assert_eq!(
        answer, "",
        "a request that never ends gets no answer, and no task for ever"
    );
}

#[tokio::test]
async fn r05_the_oldest_silent_connection_makes_room() {
    let narrow = Limits {
        connections: 3,
        ..limits()
    };
    let ports = Ports::Fixed(&[0; 5]);
    let waiting = begin_with(Provider::QuickBooks, narrow, ports, &Via::Loopback).await;
    let mut silent = Vec::new();
    for _ in 0..4 {
        silent.push(
            TcpStream::connect(("127.0.0.1", waiting.port))
                .await
                .unwrap(),
        );
    }
    let mut byte = [0];
    // Sooner than the patience for one request, which would end it as well.
    let hung_up = tokio::time::timeout(Duration::from_secs(5), silent[0].read(&mut byte));
    let hung_up = hung_up.await.unwrap();
    assert!(!matches!(hung_up, Ok(1)), "an answer to nothing");
    let kept = tokio::time::timeout(Duration::from_millis(50), silent[1].readable()).await;
    assert!(kept.is_err(), "within the bound nobody is hung up on");
    // The last one is within the bound and is still listened to.
    let request = waiting.fill("GET {C}?{T} HTTP/1.1\r\nHost: localhost:{P}\r\n\r\n");
    silent[3].write_all(request.as_bytes()).await.unwrap();
    assert!(waiting.attempt.wait(SOON).await.is_ok());
}

/// False answers are counted, and at some number the attempt ends.
#[tokio::test]
async fn r06_a_siege_ends_the_attempt() {
    let few = Limits {
        strangers: 3,
        ..limits()
    };
    let waiting = begin_with(
        Provider::QuickBooks,
        few,
        Ports::Fixed(&[0; 5]),
        &Via::Loopback,
    )
    .await;
    for count in 1..=3 {
        waiting.get("{C}?code=x&state=y&realmId=1").await;
        assert_eq!(waiting.handle.strangers(), count);
    }
    let port = waiting.port;
    let ended = waiting.attempt.wait(SOON).await;
    assert_eq!(ended.err(), Some(SignInError::Besieged { strangers: 3 }));
    assert!(becomes_free(port).await);
}

/// A reload of the accepted callback leads to the same page; there is one exchange.
#[tokio::test]
async fn r06_the_true_callback_counts_once() {
    let waiting = begin(Provider::QuickBooks).await;
    assert_eq!(status(&waiting.get("{C}?{T}").await), "302");
    assert_eq!(status(&waiting.get("{C}?{T}").await), "302");
    let other = "{C}?code=another&realmId=2&state={S}";
    assert_eq!(status(&waiting.get(other).await), "302");
    assert_eq!(
        waiting.handle.paste(&waiting.true_query()),
        Err(PasteError::TooLate)
    );
    let authorised = waiting.attempt.wait(SOON).await.unwrap();
    assert_eq!(code(&authorised), "the-code");
    assert_eq!(
        authorised.callback.realm.as_deref(),
        Some("9341450000000001")
    );
}
