//! The log, at its finest, of everything that the relay does. A program of its own: what is logged by whom is settled once
//! per process, and tests beside it would have a say.
#![allow(clippy::unwrap_used)]

#[path = "../relay/stage.rs"]
#[allow(dead_code, reason = "the other tests use the rest")]
mod stage;

use std::io;
use std::sync::{Arc, Mutex};

use serde_json::json;
use tracing::Level;

use stage::{Stage, VERIFIER, challenge, intuit_tokens, state};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn nothing_secret_is_logged() {
    let log = Log::default();
    let writer = log.clone();
    tracing::subscriber::set_global_default(relay::subscriber(
        move || writer.clone(),
        Level::TRACE,
    ))
    .unwrap();

    let stage = Stage::new().await;
    let ticket = stage.ticket("quickbooks", "the-code").await;
    stage
        .provider
        .will_answer(200, &intuit_tokens("intuit-refresh"));
    let (_, tokens) = stage.exchange("quickbooks", &ticket, VERIFIER).await;
    let sealed = tokens["refresh_token"].as_str().unwrap();
    let refusal =
        json!({ "error": "invalid_grant", "error_description": "Token intuit-refresh is dead" });
    stage.provider.will_answer(400, &refusal);
    stage
        .grant("/refresh", "quickbooks", sealed, VERIFIER)
        .await;
    stage.provider.will_answer_text(200, "");
    stage.grant("/revoke", "quickbooks", sealed, VERIFIER).await;
    let zoho = stage.ticket("zoho", "the-code").await;
    stage.provider.will_answer(
        200,
        &json!({ "access_token": "zoho-access", "refresh_token": "zoho-refresh" }),
    );
    let (_, tokens) = stage.exchange("zoho", &zoho, VERIFIER).await;
    stage
        .provider
        .will_answer(500, &json!({ "error": "zoho-refresh" }));
    stage
        .grant(
            "/revoke",
            "zoho",
            tokens["refresh_token"].as_str().unwrap(),
            VERIFIER,
        )
        .await;
    stage
        .exchange(
            "zoho",
            &zoho,
            "another-verifier-of-the-right-length-0123456",
        )
        .await;
    stage.exchange("zoho", "a-false-ticket", VERIFIER).await;
    stage
        .callback(
            "zoho",
            &[
                ("error", "hostile\nline"),
                ("state", &state()),
                ("code", "the-code"),
            ],
        )
        .await;
    stage
        .callback(
            "zoho",
            &[("state", "the-false-state"), ("code", "the-code")],
        )
        .await;
    stage.get("/the-false-path?code=the-code").await;
    stage
        .get("/oauth/the-false-path/callback?code=the-code")
        .await;

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let secrets = [
        "the-code",
        "the-false",
        "false-ticket",
        VERIFIER,
        "another-verifier",
        &challenge(VERIFIER),
        &ticket,
        &zoho,
        sealed,
        "intuit-access",
        "intuit-refresh",
        "intuit-identity",
        "zoho-access",
        "zoho-refresh",
        "intuit-hush",
        "zoho-hush",
        "zoho-eu-hush",
        "aW50dWl0LWlkOmludHVpdC1odXNo",
        "9341452",
        "127.0.0.1",
        "hostile",
    ];
    for secret in secrets {
        assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
    }
    for line in [
        "route=\"/exchange\" status=200",
        "code=\"grant_dead\"",
        "provider_request_id=\"1-abc-9\"",
    ] {
        assert!(log.contains(line), "or the log is of no use: {line}\n{log}");
    }
}
