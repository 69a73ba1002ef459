//! What is too much, too big or of no known form.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::stage::{Stage, VERIFIER};

#[tokio::test]
async fn bodies_that_are_none_are_refused() {
    let stage = Stage::new().await;
    let huge =
        json!({ "provider": "quickbooks", "ticket": "A".repeat(20_000), "verifier": VERIFIER })
            .to_string();
    let good = json!({ "provider": "quickbooks", "ticket": "t", "verifier": VERIFIER }).to_string();
    let rows = [
        (
            "a form, which a page of a stranger can send",
            "application/x-www-form-urlencoded",
            good.as_str(),
        ),
        (
            "text, which a page of a stranger can send",
            "text/plain",
            &good,
        ),
        ("half of it", "application/json", &good[..20]),
        ("nothing", "application/json", ""),
        ("a list", "application/json", "[]"),
        ("a deep nest", "application/json", &"[".repeat(10_000)),
        ("too much", "application/json", &huge),
    ];
    for path in ["/exchange", "/refresh", "/revoke"] {
        for (what, content_type, body) in rows {
            let request = stage
                .http
                .post(format!("{}{path}", stage.address))
                .header("content-type", content_type);
            let response = request.body(body.to_owned()).send().await.unwrap();
            let status = response.status().as_u16();
            let refusal: Value = response.json().await.unwrap();
            assert_eq!(
                (status, &refusal["error"]),
                (400, &json!("malformed")),
                "{path}: {what}"
            );
        }
    }
}

#[tokio::test]
async fn a_huge_head_is_refused_and_the_relay_lives() {
    let stage = Stage::new().await;
    let host = stage.address.strip_prefix("http://").unwrap();
    let many = (0..2_000)
        .map(|number| format!("x-{number}: y\r\n"))
        .collect::<String>();
    let rows = [
        ("a huge header", format!("x-a: {}\r\n", "y".repeat(200_000))),
        ("very many headers", many),
        ("a header without a name", ": y\r\n".to_owned()),
    ];
    for (what, headers) in rows {
        let mut connection = TcpStream::connect(host).await.unwrap();
        // The relay may hang up before all of it is sent.
        let _ = connection
            .write_all(format!("GET /providers HTTP/1.1\r\nhost: a\r\n{headers}\r\n").as_bytes())
            .await;
        let mut answer = Vec::new();
        let _ = connection.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(!answer.contains(" 200 "), "{what}: {answer}");
        assert!(
            !answer.contains("yyyy"),
            "{what}: nothing of it is sent back"
        );
    }
    assert_eq!(
        stage.get("/healthz").await.status(),
        200,
        "others are still served"
    );
}

#[tokio::test]
async fn a_caller_in_a_hurry_has_to_wait() {
    let stage = Stage::with(&[
        ("RELAY_REQUESTS_PER_MINUTE", "5"),
        ("RELAY_BEHIND_PROXY", "true"),
    ])
    .await;
    let ask = async |caller: &str| {
        let request = stage
            .http
            .get(format!("{}/providers", stage.address))
            .header("x-forwarded-for", caller);
        request.send().await.unwrap()
    };
    for _ in 0..5 {
        assert_eq!(ask("192.0.2.1").await.status(), 200);
    }
    let refused = ask("192.0.2.1").await;
    assert_eq!(refused.status(), 429);
    let wait: u64 = refused.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(
        (1..=12).contains(&wait),
        "one of five a minute is free again within twelve seconds: {wait}"
    );
    assert_eq!(
        ask("198.51.100.7, 192.0.2.1").await.status(),
        429,
        "an address before the proxy's is a claim"
    );
    assert_eq!(ask("192.0.2.2").await.status(), 200, "others do not wait");
    for _ in 0..10 {
        assert_eq!(
            stage.get("/healthz").await.status(),
            200,
            "the health check is not counted"
        );
    }

    let direct = Stage::with(&[("RELAY_REQUESTS_PER_MINUTE", "1")]).await;
    assert_eq!(direct.get("/providers").await.status(), 200);
    let request = direct
        .http
        .get(format!("{}/providers", direct.address))
        .header("x-forwarded-for", "192.0.2.9");
    assert_eq!(
        request.send().await.unwrap().status(),
        429,
        "without a proxy the header is nobody's word"
    );
}
