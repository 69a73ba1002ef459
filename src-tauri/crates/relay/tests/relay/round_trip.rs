//! What the app sees when all goes well.

use serde_json::{Value, json};

use crate::stage::{
    KEY, NEXT_KEY, PORT, Parameters, Stage, VERIFIER, challenge, intuit_tokens, parameter,
    signed_in, state,
};

#[tokio::test]
async fn quickbooks_signs_in_refreshes_and_leaves() {
    let stage = Stage::new().await;
    let location = stage
        .callback(
            "quickbooks",
            &[
                ("code", "the-code"),
                ("state", &state()),
                ("realmId", "9341452"),
            ],
        )
        .await
        .unwrap();
    assert_eq!(
        (location.scheme(), location.host_str()),
        ("http", Some("127.0.0.1")),
        "only this machine"
    );
    assert_eq!(
        (location.port(), location.path()),
        (Some(PORT), "/cb/quickbooks")
    );
    assert_eq!(
        parameter(&location, "state"),
        Some(state()),
        "the listener recognises its attempt by it"
    );
    assert_eq!(
        location.query_pairs().count(),
        2,
        "ticket and state, nothing else"
    );
    assert!(
        !location.as_str().contains("the-code"),
        "the code stays sealed"
    );
    let ticket = parameter(&location, "ticket").unwrap();

    stage
        .provider
        .will_answer(200, &intuit_tokens("intuit-refresh-1"));
    let (status, tokens) = stage.exchange("quickbooks", &ticket, VERIFIER).await;
    assert_eq!(status, 200, "{tokens}");
    let asked = stage.provider.heard().pop().unwrap();
    assert_eq!(asked.path, "/intuit/token");
    assert_eq!(asked.query, "", "secrets travel in the body");
    assert_eq!(
        asked.body,
        "grant_type=authorization_code&code=the-code&redirect_uri=https%3A%2F%2Frelay.example%2Foauth%2Fquickbooks%2Fcallback"
    );
    assert_eq!(
        asked.headers["authorization"], "Basic aW50dWl0LWlkOmludHVpdC1odXNo",
        "intuit-id:intuit-hush"
    );
    assert_eq!(
        asked.headers["x-include-refresh-token-hard-expires-in"],
        "true"
    );
    let sealed = tokens["refresh_token"].as_str().unwrap().to_owned();
    assert!(
        !sealed.contains("intuit-refresh"),
        "the refresh token is sealed"
    );
    assert_eq!(
        without(&tokens, "refresh_token"),
        json!({
            "access_token": "intuit-access", "expires_in": 3600, "refresh_token_expires_in": 8_726_400,
            "refresh_token_hard_expires_in": 156_032_154, "realm_id": "9341452",
        }),
        "and no identity token"
    );

    stage
        .provider
        .will_answer(200, &intuit_tokens("intuit-refresh-2"));
    let (status, refreshed) = stage
        .grant("/refresh", "quickbooks", &sealed, VERIFIER)
        .await;
    assert_eq!(
        (status, &refreshed["realm_id"]),
        (200, &json!("9341452")),
        "{refreshed}"
    );
    assert_eq!(
        stage.provider.heard()[0].body,
        "grant_type=refresh_token&refresh_token=intuit-refresh-1"
    );

    stage.provider.will_answer_text(200, "");
    let newest = refreshed["refresh_token"].as_str().unwrap();
    let (status, _) = stage.grant("/revoke", "quickbooks", newest, VERIFIER).await;
    assert_eq!(status, 204);
    let asked = stage.provider.heard().pop().unwrap();
    assert_eq!(
        (asked.path.as_str(), asked.body.as_str()),
        ("/intuit/revoke", r#"{"token":"intuit-refresh-2"}"#)
    );
}

#[tokio::test]
async fn zoho_is_asked_in_the_customers_region() {
    let stage = Stage::new().await;
    let ticket = stage.ticket("zoho", "1000.code").await;
    stage.provider.will_answer(
        200,
        &json!({
            "access_token": "zoho-access", "refresh_token": "zoho-refresh", "api_domain": "https://www.zohoapis.eu",
            "token_type": "Bearer", "expires_in": 3600,
        }),
    );
    let (status, tokens) = stage.exchange("zoho", &ticket, VERIFIER).await;
    assert_eq!(status, 200, "{tokens}");
    assert_eq!(
        (&tokens["region"], &tokens["api_domain"]),
        (&json!("eu"), &json!("https://www.zohoapis.eu"))
    );
    let asked = stage.provider.heard().pop().unwrap();
    assert_eq!(
        (asked.path.as_str(), asked.query.as_str()),
        ("/zoho-eu/oauth/v2/token", "")
    );
    assert!(
        asked.body.contains("client_secret=zoho-eu-hush"),
        "the region's own secret: {}",
        asked.body
    );
    assert!(
        asked.body.contains(&format!("code_verifier={VERIFIER}")),
        "the provider checks the challenge as well"
    );

    // Zoho answers a refresh without a refresh token; the app gets one all the same, so that it need not tell the cases
    // apart and grants move to the current key.
    let sealed = tokens["refresh_token"].as_str().unwrap();
    stage.provider.will_answer(
        200,
        &json!({ "access_token": "zoho-access-2", "expires_in": 3600 }),
    );
    let (_, refreshed) = stage.grant("/refresh", "zoho", sealed, VERIFIER).await;
    assert!(!stage.provider.heard()[0].body.contains("code_verifier"));
    stage
        .provider
        .will_answer(200, &json!({ "status": "success" }));
    let (status, _) = stage
        .grant(
            "/revoke",
            "zoho",
            refreshed["refresh_token"].as_str().unwrap(),
            VERIFIER,
        )
        .await;
    assert_eq!(status, 204);
    let asked = stage.provider.heard().pop().unwrap();
    assert_eq!(
        (asked.path.as_str(), asked.query.as_str()),
        ("/zoho-eu/oauth/v2/token/revoke", "token=zoho-refresh")
    );
}

#[tokio::test]
async fn zohos_region_follows_its_server() {
    let stage = Stage::with(&[("RELAY_ZOHO_ACCOUNTS_US", "https://accounts.zoho.com")]).await;
    let cases: [(Parameters<'_>, Result<&str, &str>); 7] = [
        (
            &[
                ("accounts-server", "https://accounts.zoho.in"),
                ("location", "in"),
            ],
            Ok("in"),
        ),
        (
            &[("accounts-server", "https://accounts.zohocloud.ca/")],
            Ok("ca"),
        ),
        (&[("location", "jp")], Ok("jp")),
        (&[], Ok("us")),
        (&[("location", "atlantis")], Err("unknown_region")),
        (
            &[
                ("accounts-server", "https://accounts.zoho.eu.evil.example"),
                ("location", "eu"),
            ],
            Err("unknown_region"),
        ),
        (
            &[("accounts-server", "https://accounts.zoho.eu")],
            Err("unknown_region"),
        ),
    ];
    for (parameters, expected) in cases {
        let state = state();
        let all = [&[("code", "c"), ("state", state.as_str())], parameters].concat();
        let location = stage.callback("zoho", &all).await.unwrap();
        let error = parameter(&location, "error");
        assert_eq!(
            error.as_deref(),
            expected.err(),
            "{parameters:?} (the region eu is overridden here)"
        );
        assert_eq!(
            parameter(&location, "ticket").is_some(),
            expected.is_ok(),
            "{parameters:?}"
        );
    }
}

#[tokio::test]
async fn keys_change_without_a_sign_in_lost() {
    let mut stage = Stage::new().await;
    let ticket = stage.ticket("quickbooks", "code-before").await;
    let before = signed_in(&stage).await;

    stage
        .restarted(&[("RELAY_KEY", NEXT_KEY), ("RELAY_KEY_PREVIOUS", KEY)])
        .await;
    stage.provider.will_answer(200, &intuit_tokens("r"));
    assert_eq!(
        stage.exchange("quickbooks", &ticket, VERIFIER).await.0,
        200,
        "a ticket from before the change"
    );
    stage.provider.will_answer(200, &intuit_tokens("r2"));
    let (status, after) = stage
        .grant("/refresh", "quickbooks", &before, VERIFIER)
        .await;
    assert_eq!(status, 200, "a grant from before the change");
    let after = after["refresh_token"].as_str().unwrap();

    stage.restarted(&[("RELAY_KEY", NEXT_KEY)]).await;
    stage.provider.will_answer(200, &intuit_tokens("r3"));
    assert_eq!(
        stage
            .grant("/refresh", "quickbooks", after, VERIFIER)
            .await
            .0,
        200,
        "it had moved to the new key"
    );
    let (status, refusal) = stage
        .grant("/refresh", "quickbooks", &before, VERIFIER)
        .await;
    assert_eq!(
        (status, &refusal["error"]),
        (403, &json!("invalid_refresh_token")),
        "the old key is gone"
    );
}

#[tokio::test]
async fn it_says_how_to_begin_and_that_it_is_well() {
    let stage = Stage::new().await;
    let providers: Value = stage.get("/providers").await.json().await.unwrap();
    assert_eq!(
        providers,
        json!({
            "quickbooks": {
                "client_id": "intuit-id", "redirect_uri": "https://relay.example/oauth/quickbooks/callback",
            },
            "zoho": { "client_id": "zoho-id", "redirect_uri": "https://relay.example/oauth/zoho/callback" },
        })
    );
    let health = stage.get("/healthz").await;
    assert_eq!(health.status(), 200);
    assert_eq!(health.text().await.unwrap(), "ok");
    for page in ["launch", "disconnected", "reconnect"] {
        assert_eq!(
            stage.get(&format!("/quickbooks/{page}")).await.status(),
            200,
            "Intuit asks for {page}"
        );
    }
}

#[tokio::test]
async fn every_answer_has_the_headers_that_keep_it_private() {
    let stage = Stage::new().await;
    let query = format!(
        "/oauth/quickbooks/callback?code=c&realmId=1&state={}",
        state()
    );
    for path in [
        "/healthz",
        "/providers",
        "/nowhere",
        "/oauth/quickbooks/callback",
        &query,
        "/exchange",
    ] {
        let response = stage.get(path).await;
        let header = |name: &str| {
            response
                .headers()
                .get(name)
                .map_or("", |value| value.to_str().unwrap())
        };
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert!(
            header("content-security-policy").starts_with("default-src 'none'"),
            "{path}"
        );
        assert!(
            response
                .headers()
                .get("access-control-allow-origin")
                .is_none(),
            "no page may read it: {path}"
        );
    }
}

fn without(value: &Value, key: &str) -> Value {
    let mut value = value.clone();
    value.as_object_mut().unwrap().remove(key);
    value
}

#[test]
fn the_challenge_is_that_of_rfc_7636() {
    // Appendix B of the RFC.
    assert_eq!(
        challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    );
}
