//! Webhooks, brought to a listener on loopback.

#![allow(clippy::unwrap_used)]

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use support::{Bench, case_with};

type Inbox = Arc<Mutex<(u16, Vec<(HeaderMap, String)>)>>;

async fn listener(code: u16) -> (String, Inbox) {
    let inbox: Inbox = Arc::new(Mutex::new((code, Vec::new())));
    let router = Router::new().fallback(take).with_state(inbox.clone());
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", socket.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(socket, router).await });
    (url, inbox)
}

async fn take(State(inbox): State<Inbox>, headers: HeaderMap, body: String) -> StatusCode {
    let mut inbox = inbox.lock().unwrap();
    inbox.1.push((headers, body));
    StatusCode::from_u16(inbox.0).unwrap()
}

async fn until<T>(what: impl AsyncFn() -> Option<T>) -> T {
    for _ in 0..300 {
        if let Some(found) = what().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it did not happen in 6 seconds");
}

#[tokio::test]
async fn debitura_15_webhooks_are_signed_logged_and_replayed() {
    let bench = Bench::start().await;
    let (url, inbox) = listener(200).await;
    let hook = |url: &str, test: bool| json!({ "url": url, "events": ["case.created", "case.updated"], "isTestMode": test });
    let register = |body: Value| {
        let bench = &bench;
        async move { bench.me("POST", "/webhooks", Some(&body)).await }
    };
    for refused in [
        "http://example.com/h",
        "https://10.0.0.1/h",
        "https://localhost/h",
        "nonsense",
    ] {
        assert_eq!(register(hook(refused, true)).await.status, 400, "{refused}");
    }
    assert_eq!(
        register(hook("https://example.com/h", false)).await.status,
        201
    );
    bench
        .sandbox
        .settings(|settings| settings.debitura.loopback_webhooks = true);
    let made = register(hook(&url, true)).await;
    let made = made.json();
    let (id, secret) = (
        made["id"].as_str().unwrap().to_owned(),
        made["secret"].as_str().unwrap().to_owned(),
    );
    let shown = bench
        .me("GET", &format!("/webhooks/{id}"), None)
        .await
        .json();
    assert_eq!(shown["secret"], Value::Null, "the secret is shown once");

    let mut test = case_with("isTest", true);
    let case = bench.create(&test).await;
    test["isTest"] = json!(false);
    test["creditorReference"] = json!("real");
    bench.create(&test).await;
    let (headers, body) = until(async || inbox.lock().unwrap().1.first().cloned()).await;
    let payload: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (&payload["event"], &payload["data"]["caseId"]),
        (&json!("case.created"), &case["id"])
    );
    let at: i64 = headers["x-debitura-timestamp"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(
        headers["x-debitura-signature"],
        sandbox::webhook_signature(&secret, at, &body)
    );
    assert_eq!(headers["x-debitura-event"], "case.created");

    let log = until(async || {
        let log = bench
            .me(
                "GET",
                &format!("/webhooks/events?caseId={}", case["id"].as_str().unwrap()),
                None,
            )
            .await
            .json();
        log.get(0)
            .filter(|event| event["deliveredAt"].is_string())
            .cloned()
    })
    .await;
    assert_eq!(
        (&log["attemptCount"], &log["lastResponseCode"]),
        (&json!(1), &json!(200))
    );
    bench
        .me(
            "POST",
            &format!("/webhooks/events/{}/replay", log["id"].as_str().unwrap()),
            None,
        )
        .await;
    let (headers, again) = until(async || inbox.lock().unwrap().1.get(1).cloned()).await;
    assert_eq!(
        (headers["x-debitura-replay"].to_str().unwrap(), again),
        ("true", body)
    );
    let since = json!({ "sinceUtc": "2020-01-01T00:00:00Z" });
    assert_eq!(
        bench
            .me("POST", &format!("/webhooks/{id}/replay"), Some(&since))
            .await
            .json()["eventsReplayed"],
        1
    );

    // Eight failures of one event switch the subscription off; a 410 does at once.
    for (code, reason, tries) in [(500, "TooManyFailures", 8), (410, "Gone", 1)] {
        *inbox.lock().unwrap() = (code, Vec::new());
        bench
            .me(
                "PATCH",
                &format!("/webhooks/{id}"),
                Some(&json!({ "isActive": true })),
            )
            .await;
        let body = json!({ "event": "case.updated", "caseId": case["id"] });
        assert_eq!(
            bench
                .me("POST", "/test/webhooks/fire", Some(&body))
                .await
                .json()["enqueuedCount"],
            1
        );
        let off = until(async || {
            let shown = bench
                .me("GET", &format!("/webhooks/{id}"), None)
                .await
                .json();
            (shown["isActive"] == false).then_some(shown)
        })
        .await;
        assert_eq!(
            (
                off["disabledReason"].as_str(),
                inbox.lock().unwrap().1.len()
            ),
            (Some(reason), tries)
        );
    }
    let fresh = bench
        .me(
            "PATCH",
            &format!("/webhooks/{id}"),
            Some(&json!({ "regenerateSecret": true })),
        )
        .await
        .json();
    assert_ne!(fresh["secret"], json!(secret));
    assert_eq!(
        bench
            .me("POST", &format!("/webhooks/{id}:test"), None)
            .await
            .json()["success"],
        true
    );
    assert_eq!(
        bench
            .me("DELETE", &format!("/webhooks/{id}"), None)
            .await
            .status,
        204
    );
    assert_eq!(
        bench
            .me("GET", "/webhooks", None)
            .await
            .json()
            .as_array()
            .unwrap()
            .len(),
        1
    );
    bench.assert_answers_described();
}
