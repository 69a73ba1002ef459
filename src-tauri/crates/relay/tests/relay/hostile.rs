//! What must not work. Each table names what a row would give an attacker.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::round_trip::signed_in;
use crate::stage::{PORT, Parameters, Stage, VERIFIER, challenge, intuit_tokens, state};

/// Of the right form, and not the one that made the challenge.
const OTHER_VERIFIER: &str = "verifier-of-somebody-else-0123456789-abcdefgh";

#[tokio::test]
async fn a_state_of_another_shape_leads_nowhere() {
    let stage = Stage::new().await;
    let good = challenge(VERIFIER);
    let rows = [
        ("no port", good.clone()),
        ("an empty port", format!(".{good}")),
        ("port 0", format!("0.{good}")),
        ("a system port", format!("80.{good}")),
        ("the last system port", format!("1023.{good}")),
        ("a port beyond the range", format!("65536.{good}")),
        ("a port that wraps round", format!("4294967377.{good}")),
        ("a negative port", format!("-1.{good}")),
        ("a port with a sign", format!("+50123.{good}")),
        ("a port with a zero before", format!("050123.{good}")),
        ("a port with a space", format!(" 50123.{good}")),
        ("a port in other digits", format!("５０１２３.{good}")),
        (
            "another host by user part",
            format!("50123@evil.example.{good}"),
        ),
        (
            "another host in place of the port",
            format!("evil.example:80.{good}"),
        ),
        (
            "another host behind the port",
            format!("50123.evil.example/{good}"),
        ),
        ("another path", format!("50123/../../x.{good}")),
        ("a path behind", format!("50123.{good}/steal")),
        ("a query behind", format!("50123.{good}&ticket=mine")),
        (
            "a header behind",
            format!("50123.{good}\r\nSet-Cookie: a=b"),
        ),
        ("a fragment behind", format!("50123.{good}#x")),
        ("a whole address", "http://evil.example/cb".to_owned()),
        ("a short challenge", format!("50123.{}", &good[..42])),
        ("a long challenge", format!("50123.{good}A")),
        (
            "a second spelling of the hash",
            format!("50123.{}", "A".repeat(42) + "B"),
        ),
        (
            "a challenge in the other alphabet",
            format!("50123.{}", "+".repeat(43)),
        ),
        ("padding", format!("50123.{good}=")),
        ("markup", "<script>alert(1)</script>".to_owned()),
        ("nothing", String::new()),
        ("a megabyte's beginning", "5".repeat(20_000)),
    ];
    for (what, state) in rows {
        for result in ["code", "error"] {
            let parameters = [(result, "x"), ("state", state.as_str()), ("realmId", "1")];
            let location = stage.callback("quickbooks", &parameters).await;
            assert_eq!(
                location, None,
                "{what}: the browser must stay, or this is an open redirector"
            );
        }
    }
    for raw in ["", "?", "?state", "?code=c&realmId=1", "?state=%ff&code=c"] {
        let response = stage.get(&format!("/oauth/quickbooks/callback{raw}")).await;
        assert_eq!(
            (
                response.status().as_u16(),
                response.headers().get("location")
            ),
            (400, None),
            "{raw}"
        );
    }
    let twice = format!(
        "/oauth/quickbooks/callback?code=c&realmId=1&state={0}&state={0}",
        state()
    );
    assert_eq!(
        stage.get(&twice).await.status(),
        400,
        "which of two states is meant cannot be known"
    );
}

#[tokio::test]
async fn the_allowed_ports_are_reached_and_no_other_place() {
    let stage = Stage::new().await;
    for port in [1024, 49_152, 65_535] {
        let state = format!("{port}.{}", challenge(VERIFIER));
        let rest = [
            ("code", "c"),
            ("state", &state),
            ("realmId", "1"),
            ("redirect", "//evil"),
            ("host", "evil.example"),
        ];
        let location = stage.callback("quickbooks", &rest).await.unwrap();
        assert_eq!(
            location.origin().ascii_serialization(),
            format!("http://127.0.0.1:{port}")
        );
        assert_eq!(location.path(), "/cb/quickbooks");
    }
    for provider in ["stripe", "QuickBooks", "quickbooks%2f..", "%3Cscript%3E"] {
        let response = stage
            .get(&format!(
                "/oauth/{provider}/callback?code=c&state={}",
                state()
            ))
            .await;
        assert_eq!(response.status(), 404, "{provider}");
        assert!(
            !response.text().await.unwrap().contains("script"),
            "an address is not echoed"
        );
    }
}

#[tokio::test]
async fn of_a_providers_words_only_known_ones_pass() {
    let stage = Stage::new().await;
    let rows: &[(&str, Parameters<'_>, &str)] = &[
        (
            "denied",
            &[
                ("error", "access_denied"),
                ("error_description", "<b>no</b>"),
            ],
            "access_denied",
        ),
        (
            "denied, with a code beside",
            &[("error", "access_denied"), ("code", "c"), ("realmId", "1")],
            "access_denied",
        ),
        (
            "markup",
            &[("error", "<script>alert(1)</script>")],
            "provider_error",
        ),
        (
            "a header",
            &[("error", "x\r\nLocation: http://evil.example")],
            "provider_error",
        ),
        (
            "a parameter",
            &[("error", "x&ticket=forged")],
            "provider_error",
        ),
        ("an empty word", &[("error", "")], "provider_error"),
        (
            "an endless word",
            &[("error", &"e".repeat(9_000))],
            "provider_error",
        ),
        ("neither code nor error", &[("realmId", "1")], "no_code"),
        (
            "an empty code",
            &[("code", ""), ("realmId", "1")],
            "no_code",
        ),
        (
            "an oversized code",
            &[("code", &"c".repeat(2_049)), ("realmId", "1")],
            "unusable_code",
        ),
        (
            "a code with control characters",
            &[("code", "c\u{0}\n"), ("realmId", "1")],
            "unusable_code",
        ),
        ("no company", &[("code", "c")], "no_company"),
        (
            "a company with a path",
            &[("code", "c"), ("realmId", "1/../2")],
            "no_company",
        ),
        (
            "an endless company",
            &[("code", "c"), ("realmId", &"1".repeat(33))],
            "no_company",
        ),
    ];
    for (what, parameters, word) in rows {
        let state = state();
        let location = stage
            .callback(
                "quickbooks",
                &[*parameters, &[("state", state.as_str())]].concat(),
            )
            .await
            .unwrap();
        assert_eq!(
            location.as_str(),
            format!("http://127.0.0.1:{PORT}/cb/quickbooks?error={word}&state={state}"),
            "{what}"
        );
    }
}

#[tokio::test]
async fn a_ticket_serves_only_whom_it_was_made_for() {
    let stage = Stage::new().await;
    let ticket = stage.ticket("quickbooks", "the-code").await;
    let grant = signed_in(&stage).await;
    stage.provider.heard();
    let mut tampered = ticket.clone().into_bytes();
    tampered[60] = if tampered[60] == b'A' { b'B' } else { b'A' };
    let tampered = String::from_utf8(tampered).unwrap();
    let endless = "A".repeat(15_000);
    let rows = [
        (
            "another verifier",
            "quickbooks",
            ticket.as_str(),
            OTHER_VERIFIER,
            "wrong_verifier",
        ),
        (
            "the challenge as verifier",
            "quickbooks",
            &ticket,
            &challenge(VERIFIER),
            "wrong_verifier",
        ),
        (
            "another provider",
            "zoho",
            &ticket,
            VERIFIER,
            "wrong_provider",
        ),
        (
            "a changed letter",
            "quickbooks",
            &tampered,
            VERIFIER,
            "invalid_ticket",
        ),
        (
            "its end missing",
            "quickbooks",
            &ticket[..ticket.len() - 4],
            VERIFIER,
            "invalid_ticket",
        ),
        (
            "its beginning only",
            "quickbooks",
            &ticket[..20],
            VERIFIER,
            "invalid_ticket",
        ),
        ("nothing", "quickbooks", "", VERIFIER, "invalid_ticket"),
        (
            "a bare code",
            "quickbooks",
            "the-code",
            VERIFIER,
            "invalid_ticket",
        ),
        (
            "a sealed refresh token",
            "quickbooks",
            &grant,
            VERIFIER,
            "invalid_ticket",
        ),
        (
            "an endless ticket",
            "quickbooks",
            &endless,
            VERIFIER,
            "invalid_ticket",
        ),
        (
            "markup",
            "quickbooks",
            "<script>",
            VERIFIER,
            "invalid_ticket",
        ),
        (
            "a short verifier",
            "quickbooks",
            &ticket,
            "short",
            "malformed",
        ),
        (
            "an endless verifier",
            "quickbooks",
            &ticket,
            &"v".repeat(129),
            "malformed",
        ),
        (
            "a verifier with spaces",
            "quickbooks",
            &ticket,
            &" ".repeat(43),
            "malformed",
        ),
        (
            "an unknown provider",
            "paypal",
            &ticket,
            VERIFIER,
            "malformed",
        ),
    ];
    for (what, provider, ticket, verifier, word) in rows {
        let (status, refusal) = stage.exchange(provider, ticket, verifier).await;
        assert_eq!(refusal["error"], json!(word), "{what}");
        assert_eq!(
            status,
            if word == "malformed" { 400 } else { 403 },
            "{what}"
        );
    }
    assert!(
        stage.provider.heard().is_empty(),
        "nothing of this may reach the provider"
    );

    stage.provider.will_answer(200, &intuit_tokens("r"));
    assert_eq!(
        stage.exchange("quickbooks", &ticket, VERIFIER).await.0,
        200,
        "and none of it uses the ticket up"
    );
}

#[tokio::test]
async fn a_ticket_is_good_once_and_for_five_minutes() {
    let mut stage = Stage::new().await;
    let first = stage.ticket("quickbooks", "code-1").await;
    let reloaded = stage.ticket("quickbooks", "code-1").await;
    stage.provider.will_answer(200, &intuit_tokens("r"));
    assert_eq!(stage.exchange("quickbooks", &first, VERIFIER).await.0, 200);
    for (what, ticket) in [
        ("the same ticket", &first),
        ("another ticket of the same code", &reloaded),
    ] {
        let (status, refusal) = stage.exchange("quickbooks", ticket, VERIFIER).await;
        assert_eq!(
            (status, &refusal["error"]),
            (403, &json!("used_ticket")),
            "{what}"
        );
    }

    let late = stage.ticket("quickbooks", "code-2").await;
    stage.pass(relay::TICKET_LIFE);
    let (status, refusal) = stage.exchange("quickbooks", &late, VERIFIER).await;
    assert_eq!((status, &refusal["error"]), (403, &json!("expired_ticket")));
    let timely = stage.ticket("quickbooks", "code-3").await;
    stage.pass(relay::TICKET_LIFE - 1);
    stage.provider.will_answer(200, &intuit_tokens("r"));
    assert_eq!(
        stage.exchange("quickbooks", &timely, VERIFIER).await.0,
        200,
        "the last second counts"
    );
    assert_eq!(
        stage.provider.heard().len(),
        2,
        "the provider saw each good code once"
    );

    // A second instance has seen none of it: there the provider's own rule is what stops a replay.
    stage.restarted(&[]).await;
    stage
        .provider
        .will_answer(400, &json!({ "error": "invalid_grant" }));
    let (status, refusal) = stage.exchange("quickbooks", &timely, VERIFIER).await;
    assert_eq!((status, &refusal["error"]), (422, &json!("grant_dead")));
}

#[tokio::test]
async fn a_refused_code_is_not_tried_again() {
    let stage = Stage::new().await;
    let ticket = stage.ticket("quickbooks", "the-code").await;
    stage.provider.will_answer(503, &Value::Null);
    assert_eq!(
        stage.exchange("quickbooks", &ticket, VERIFIER).await.1["error"],
        json!("provider_unavailable")
    );
    assert_eq!(
        stage.exchange("quickbooks", &ticket, VERIFIER).await.1["error"],
        json!("used_ticket"),
        "the provider has seen the code, whatever came of it"
    );
}

#[tokio::test]
async fn a_stolen_refresh_token_is_useless() {
    let stage = Stage::new().await;
    let grant = signed_in(&stage).await;
    let ticket = stage.ticket("quickbooks", "another-code").await;
    stage.provider.heard();
    let rows = [
        (
            "without the verifier",
            "quickbooks",
            grant.as_str(),
            OTHER_VERIFIER,
            "wrong_verifier",
        ),
        (
            "at another provider",
            "zoho",
            &grant,
            VERIFIER,
            "wrong_provider",
        ),
        (
            "a provider's bare refresh token",
            "quickbooks",
            "intuit-refresh-1",
            VERIFIER,
            "invalid_refresh_token",
        ),
        (
            "a ticket",
            "quickbooks",
            &ticket,
            VERIFIER,
            "invalid_refresh_token",
        ),
    ];
    for path in ["/refresh", "/revoke"] {
        for (what, provider, token, verifier, word) in rows {
            let (status, refusal) = stage.grant(path, provider, token, verifier).await;
            assert_eq!(
                (status, &refusal["error"]),
                (403, &json!(word)),
                "{path}: {what}"
            );
        }
    }
    assert!(
        stage.provider.heard().is_empty(),
        "the relay lends its secret to nobody else"
    );
}

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
