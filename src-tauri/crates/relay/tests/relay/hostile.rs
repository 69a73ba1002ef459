//! What must not work. Each table names what a row would give an attacker.

use serde_json::{Value, json};

use crate::stage::{PORT, Parameters, Stage, VERIFIER, challenge, intuit_tokens, signed_in, state};

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
