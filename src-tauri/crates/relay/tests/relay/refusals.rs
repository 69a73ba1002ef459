//! What the app is told when the provider refuses, or is not there.

use serde_json::json;
use tokio::net::TcpSocket;

use crate::stage::{Stage, VERIFIER, intuit_tokens, signed_in, signed_in_at_zoho};

#[tokio::test]
async fn each_refusal_of_a_provider_has_its_word() {
    let stage = Stage::new().await;
    let quickbooks = signed_in(&stage).await;
    let zoho = signed_in_at_zoho(&stage).await;
    let throttle =
        r#"{"error":"Access Denied","error_description":"too many requests continuously"}"#;
    let cases = [
        (
            "quickbooks",
            400,
            r#"{"error":"invalid_grant","error_description":"Token invalid"}"#,
            422,
            "grant_dead",
        ),
        (
            "quickbooks",
            400,
            r#"{"error":"invalid_grant"}"#,
            422,
            "grant_dead",
        ),
        (
            "quickbooks",
            401,
            r#"{"error":"invalid_client"}"#,
            500,
            "relay_misconfigured",
        ),
        (
            "quickbooks",
            400,
            r#"{"error":"something_new"}"#,
            502,
            "provider_refused",
        ),
        ("quickbooks", 429, "", 503, "provider_throttled"),
        (
            "quickbooks",
            503,
            "<html>down</html>",
            502,
            "provider_unavailable",
        ),
        ("quickbooks", 302, "", 502, "provider_unavailable"),
        (
            "quickbooks",
            200,
            "<html>captive</html>",
            502,
            "provider_unavailable",
        ),
        (
            "quickbooks",
            200,
            r#"{"access_token":""}"#,
            502,
            "provider_unavailable",
        ),
        (
            "zoho",
            200,
            r#"{"error":"invalid_code"}"#,
            422,
            "grant_dead",
        ),
        (
            "zoho",
            200,
            r#"{"error":"invalid_client_secret"}"#,
            500,
            "relay_misconfigured",
        ),
        (
            "zoho",
            200,
            r#"{"error":"invalid_code","access_token":"odd"}"#,
            422,
            "grant_dead",
        ),
        ("zoho", 400, throttle, 503, "provider_throttled"),
        (
            "zoho",
            200,
            r#"{"error":"<script>alert(1)</script>"}"#,
            502,
            "provider_refused",
        ),
    ];
    for (provider, status, body, expected, word) in cases {
        stage.provider.will_answer_text(status, body);
        let token = if provider == "zoho" {
            &zoho
        } else {
            &quickbooks
        };
        let (answered, refusal) = stage.grant("/refresh", provider, token, VERIFIER).await;
        assert_eq!(
            (answered, refusal["error"].as_str()),
            (expected, Some(word)),
            "{provider} {status} {body}"
        );
        assert_eq!(
            refusal["provider_request_id"],
            json!("1-abc-9"),
            "Intuit's support asks for it"
        );
        assert!(
            !refusal.to_string().contains('<'),
            "markup of a provider stops here: {refusal}"
        );
    }
}

#[tokio::test]
async fn an_answer_without_end_is_cut() {
    let stage = Stage::new().await;
    let sealed = signed_in(&stage).await;
    stage.provider.will_answer_text(
        200,
        &format!(r#"{{"access_token":"{}"}}"#, "x".repeat(70_000)),
    );
    let (status, refusal) = stage
        .grant("/refresh", "quickbooks", &sealed, VERIFIER)
        .await;
    assert_eq!(
        (status, &refusal["error"]),
        (502, &json!("provider_unavailable")),
        "memory is bounded"
    );
}

#[tokio::test]
async fn a_throttle_says_how_long() {
    let stage = Stage::new().await;
    let sealed = signed_in_at_zoho(&stage).await;
    stage
        .provider
        .will_answer(400, &json!({ "error": "Access Denied" }));
    let body = json!({ "provider": "zoho", "refresh_token": sealed, "verifier": VERIFIER });
    let response = stage
        .http
        .post(format!("{}/refresh", stage.address))
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(
        response.headers()["retry-after"],
        "600",
        "Zoho counts over ten minutes"
    );
}

#[tokio::test]
async fn a_ticket_survives_a_provider_that_is_not_there() {
    // Bound, so that nobody else gets the port, and not listening.
    let gone = TcpSocket::new_v4().unwrap();
    gone.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = format!("http://{}/token", gone.local_addr().unwrap());
    let mut stage = Stage::with(&[("RELAY_QUICKBOOKS_TOKEN_URL", &address)]).await;
    let ticket = stage.ticket("quickbooks", "the-code").await;
    for attempt in 1..=2 {
        let (status, refusal) = stage.exchange("quickbooks", &ticket, VERIFIER).await;
        assert_eq!(
            (status, &refusal["error"]),
            (502, &json!("provider_unreachable")),
            "attempt {attempt}"
        );
    }
    stage.restarted(&[]).await;
    stage.provider.will_answer(200, &intuit_tokens("r"));
    assert_eq!(
        stage.exchange("quickbooks", &ticket, VERIFIER).await.0,
        200,
        "the code was never sent before"
    );
}
