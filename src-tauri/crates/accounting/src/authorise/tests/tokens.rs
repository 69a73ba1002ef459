use std::time::Duration;

use http_client::{BaseUrl, Failure, Jitter, Secret, Timeouts, Transport};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::rig::*;
use crate::authorise::*;

/// A token endpoint that gives one answer and tells what it was asked.
async fn endpoint(status: u16, content_type: &str, body: &str) -> (Origin, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nintuit_tid: t-1\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    );
    let asked = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        loop {
            let mut piece = [0; 4096];
            let count = stream.read(&mut piece).await.unwrap();
            request.extend_from_slice(&piece[..count]);
            let text = String::from_utf8_lossy(&request).into_owned();
            let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
            let length = head
                .lines()
                .find_map(|line| {
                    line.to_ascii_lowercase()
                        .strip_prefix("content-length: ")?
                        .parse()
                        .ok()
                })
                .unwrap_or(0);
            if count == 0 || text.contains("\r\n\r\n") && body.len() >= length {
                break;
            }
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
        String::from_utf8(request).unwrap()
    });
    let base = BaseUrl::parse(&format!("http://127.0.0.1:{port}")).unwrap();
    (Origin::loopback(&base).unwrap(), asked)
}

fn site_at(provider: Provider, server: &Origin) -> Site {
    match provider {
        Provider::QuickBooks => Site::quickbooks_at(server.clone()),
        Provider::ZohoBooks => {
            let centre = DataCentre {
                location: "us".into(),
                accounts: server.clone(),
                apis: vec![server.clone()],
            };
            Site::zoho_books(DataCentres::sandbox(vec![centre]), "us").unwrap()
        }
    }
}

fn client(site: &Site) -> TokenClient {
    let application = Application {
        client_id: "the-id".into(),
        client_secret: Secret::new("the-secret"),
    };
    let transport = Transport::new("0", Timeouts::default(), Jitter::none()).unwrap();
    TokenClient::new(site, None, application, transport).unwrap()
}

pub(super) async fn exchange(
    provider: Provider,
    status: u16,
    kind: &str,
    body: &str,
) -> (Result<Tokens, TokenError>, String) {
    let (server, asked) = endpoint(status, kind, body).await;
    let site = site_at(provider, &server);
    let listener = Listener::with_limits(provider, Ports::Fixed(&[0; 5]), limits())
        .await
        .unwrap();
    let attempt = Attempt::begin(listener, &site, "the-id", &Via::Loopback).unwrap();
    let state = parameter(attempt.address(), "state").unwrap();
    attempt
        .handle()
        .paste(&format!("state={state}&code=the-code&realmId=7"))
        .unwrap();
    let authorised = attempt.wait(SOON).await.unwrap();
    let result = client(&site).exchange(&authorised).await;
    (result, asked.await.unwrap())
}

pub(super) async fn refresh(
    provider: Provider,
    status: u16,
    kind: &str,
    body: &str,
) -> (Result<Tokens, TokenError>, String) {
    let (server, asked) = endpoint(status, kind, body).await;
    let result = client(&site_at(provider, &server))
        .refresh(&Secret::new("old-refresh"))
        .await;
    (result, asked.await.unwrap())
}

pub(super) const JSON: &str = "application/json;charset=UTF-8";

#[tokio::test]
async fn intuits_exchange() {
    let body = r#"{"access_token":"acc","refresh_token":"ref","token_type":"bearer","expires_in":3600,
        "x_refresh_token_expires_in":8726400,"x_refresh_token_hard_expires_in":156032154,"id_token":"x"}"#;
    let (tokens, asked) = exchange(Provider::QuickBooks, 200, JSON, body).await;
    let tokens = tokens.unwrap();
    assert_eq!(
        (tokens.access.expose(), tokens.refresh.expose()),
        ("acc", "ref")
    );
    assert_eq!(tokens.expires_in, Duration::from_secs(3600));
    assert_eq!(
        tokens.refresh_expires_in,
        Some(Duration::from_secs(8_726_400))
    );
    assert_eq!(
        tokens.refresh_hard_expires_in,
        Some(Duration::from_secs(156_032_154))
    );
    assert!(!format!("{tokens:?}").contains("acc\"") && !format!("{tokens:?}").contains("ref\""));

    let asked_lower = asked.to_ascii_lowercase();
    assert!(
        asked.starts_with("POST /oauth2/v1/tokens/bearer HTTP/1.1\r\n"),
        "{asked}"
    );
    // `the-id:the-secret`.
    assert!(asked.contains("Basic dGhlLWlkOnRoZS1zZWNyZXQ="), "{asked}");
    assert!(
        asked_lower.contains("content-type: application/x-www-form-urlencoded"),
        "{asked}"
    );
    assert!(
        asked_lower.contains("x-include-refresh-token-hard-expires-in: true"),
        "{asked}"
    );
    assert!(
        asked.contains("grant_type=authorization_code") && asked.contains("code=the-code"),
        "{asked}"
    );
    assert!(
        asked.contains("redirect_uri=http%3A%2F%2Flocalhost%3A"),
        "{asked}"
    );
    assert!(
        !asked.contains("code_verifier") && !asked.contains("client_secret="),
        "{asked}"
    );
}

#[tokio::test]
async fn zohos_exchange() {
    let body = r#"{"access_token":"acc","refresh_token":"ref","token_type":"Bearer","expires_in":3600,"scope":"a b"}"#;
    let (tokens, asked) = exchange(Provider::ZohoBooks, 200, JSON, body).await;
    let api = tokens.unwrap().api.unwrap();
    assert!(
        api.as_str().starts_with("http://127.0.0.1:"),
        "the region's own API where the answer names none"
    );
    assert!(
        asked.starts_with("POST /oauth/v2/token HTTP/1.1\r\n"),
        "secrets in the address end up in logs: {asked}"
    );
    for field in [
        "client_id=the-id",
        "client_secret=the-secret",
        "code=the-code",
        "code_verifier=",
    ] {
        assert!(asked.contains(field), "{field}: {asked}");
    }
}

#[tokio::test]
async fn a_refresh_keeps_the_old_token_unless_there_is_a_new_one() {
    let body = r#"{"access_token":"acc","token_type":"Bearer","expires_in":3600}"#;
    let (tokens, asked) = refresh(Provider::ZohoBooks, 200, JSON, body).await;
    assert_eq!(tokens.unwrap().refresh.expose(), "old-refresh");
    assert!(
        asked.contains("grant_type=refresh_token") && asked.contains("refresh_token=old-refresh")
    );

    let body =
        r#"{"access_token":"acc","refresh_token":"new","token_type":"bearer","expires_in":3600}"#;
    let (tokens, _) = refresh(Provider::QuickBooks, 200, JSON, body).await;
    assert_eq!(
        tokens.unwrap().refresh.expose(),
        "new",
        "the old one may be dead already"
    );
}

#[tokio::test]
async fn a_hostile_api_gets_no_token() {
    let body = r#"{"access_token":"acc","refresh_token":"r","token_type":"Bearer","api_domain":"https://evil.example"}"#;
    let (tokens, _) = exchange(Provider::ZohoBooks, 200, JSON, body).await;
    assert!(
        matches!(tokens, Err(TokenError::UntrustedApi)),
        "{tokens:?}"
    );
}

#[tokio::test]
async fn an_exchange_without_a_refresh_token_is_said_to_be_one() {
    let body = r#"{"access_token":"acc","token_type":"Bearer","expires_in":3600}"#;
    let (tokens, _) = exchange(Provider::ZohoBooks, 200, JSON, body).await;
    assert!(
        matches!(tokens, Err(TokenError::NoRefreshToken)),
        "{tokens:?}"
    );
}

#[tokio::test]
async fn nobody_there_is_offline() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    let base = BaseUrl::parse(&format!("http://127.0.0.1:{port}")).unwrap();
    let site = site_at(Provider::QuickBooks, &Origin::loopback(&base).unwrap());
    let result = client(&site).refresh(&Secret::new("r")).await;
    assert!(
        matches!(
            result,
            Err(TokenError::Unavailable(Failure::Unreachable { .. }))
        ),
        "{result:?}"
    );
}

#[tokio::test]
async fn revoking() {
    for (provider, status, body, case) in [
        (Provider::QuickBooks, 200, "", None),
        (Provider::QuickBooks, 400, "", Some("GrantDead")),
        (Provider::QuickBooks, 401, "", Some("ClientRefused")),
        (Provider::ZohoBooks, 200, r#"{"status":"success"}"#, None),
        (
            Provider::ZohoBooks,
            200,
            r#"{"error":"invalid_token"}"#,
            Some("GrantDead"),
        ),
    ] {
        let (server, asked) = endpoint(status, JSON, body).await;
        let result = client(&site_at(provider, &server))
            .revoke(&Secret::new("tok"))
            .await;
        let asked = asked.await.unwrap();
        match provider {
            Provider::QuickBooks => {
                assert!(
                    asked.starts_with("POST /v2/oauth2/tokens/revoke HTTP"),
                    "{asked}"
                );
                assert!(
                    asked.ends_with(r#"{"token":"tok"}"#) && asked.contains("Basic dGhl"),
                    "{asked}"
                );
            }
            Provider::ZohoBooks => assert!(
                asked.starts_with("POST /oauth/v2/token/revoke?token=tok HTTP"),
                "{asked}"
            ),
        }
        assert_eq!(
            result.err().as_ref().map(name).as_deref(),
            case,
            "{provider:?} {status}"
        );
    }
}

#[test]
fn a_region_from_elsewhere_is_not_asked() {
    let Site::ZohoBooks { trusted, start } = site(Provider::ZohoBooks) else {
        panic!("Zoho's site is Zoho's");
    };
    let base = BaseUrl::parse("http://127.0.0.1:9").unwrap();
    let elsewhere = DataCentre {
        accounts: Origin::loopback(&base).unwrap(),
        ..start.clone()
    };
    let application = Application {
        client_id: "i".into(),
        client_secret: Secret::new("s"),
    };
    let transport = Transport::new("0", Timeouts::default(), Jitter::none()).unwrap();
    let site = Site::ZohoBooks { trusted, start };
    let made = TokenClient::new(&site, Some(&elsewhere), application, transport);
    assert!(
        matches!(made, Err(TokenError::Misconfigured(_))),
        "{made:?}"
    );
    let foreign = BaseUrl::parse("https://evil.example").unwrap();
    assert_eq!(Origin::loopback(&foreign), None);
}

/// The case of an error, and the kind of an unreadable body.
pub(super) fn name(error: &TokenError) -> String {
    match error {
        TokenError::Unreadable { body, .. } => format!("Unreadable({body:?})"),
        other => format!("{other:?}")
            .split([' ', '(', '{'])
            .next()
            .unwrap()
            .to_owned(),
    }
}
