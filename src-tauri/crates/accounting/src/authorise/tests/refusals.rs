//! What token endpoints answer instead of tokens.

use proptest::prelude::*;

use super::tokens::{JSON, exchange, name, refresh};
use crate::authorise::token_error::{Call, Refusal};
use crate::authorise::*;

#[tokio::test]
async fn every_refusal_has_its_own_case() {
    use Provider::{QuickBooks, ZohoBooks};
    const THROTTLE: &str = r#"{"error":"Access Denied","error_description":"You have made too many requests continuously. Please try again after some time.","status":"failure"}"#;
    let html = "<!DOCTYPE html><html><body>Maintenance</body></html>";
    let xml = "<?xml version=\"1.0\"?><IntuitResponse/>";
    let rows = [
        (
            QuickBooks,
            400,
            r#"{"error":"invalid_grant","error_description":"Token invalid"}"#,
            "GrantDead",
        ),
        (QuickBooks, 400, r#"{"error":"invalid_grant"}"#, "GrantDead"),
        (
            QuickBooks,
            401,
            r#"{"error":"invalid_client"}"#,
            "ClientRefused",
        ),
        (
            QuickBooks,
            400,
            r#"{"error":"unsupported_grant_type"}"#,
            "Refused",
        ),
        (QuickBooks, 400, "", "Unreadable(Empty)"),
        (QuickBooks, 403, html, "Unreadable(Html)"),
        (QuickBooks, 200, html, "Unreadable(Html)"),
        (QuickBooks, 401, xml, "Unreadable(Xml)"),
        (QuickBooks, 200, r#"{"token":1}"#, "Unreadable(Json)"),
        (QuickBooks, 200, r#"{"access_token":"#, "Unreadable(Json)"),
        (
            QuickBooks,
            200,
            r#"{"access_token":"a\nb","token_type":"bearer"}"#,
            "Unreadable(Json)",
        ),
        (
            QuickBooks,
            200,
            r#"{"access_token":7,"token_type":"bearer"}"#,
            "Unreadable(Json)",
        ),
        (QuickBooks, 429, xml, "Throttled"),
        (QuickBooks, 408, "", "Unavailable"),
        (QuickBooks, 503, html, "Unavailable"),
        (ZohoBooks, 200, r#"{"error":"invalid_code"}"#, "GrantDead"),
        (
            ZohoBooks,
            200,
            r#"{"error":"invalid_client"}"#,
            "ClientRefused",
        ),
        (
            ZohoBooks,
            200,
            r#"{"error":"invalid_client_secret"}"#,
            "SecretRefused",
        ),
        (
            ZohoBooks,
            200,
            r#"{"error":"invalid_redirect_uri"}"#,
            "RedirectRefused",
        ),
        (ZohoBooks, 200, r#"{"error":"access_denied"}"#, "Refused"),
        (ZohoBooks, 400, THROTTLE, "Throttled"),
        (ZohoBooks, 400, r#"{"error":"Access Denied"}"#, "Throttled"),
        (ZohoBooks, 200, html, "Unreadable(Html)"),
        (ZohoBooks, 500, html, "Unavailable"),
    ];
    for (provider, status, body, case) in rows {
        let (result, _) = refresh(provider, status, JSON, body).await;
        let error = result.unwrap_err();
        assert_eq!(name(&error), case, "{provider:?} {status} {body}");
        assert!(
            !format!("{error} {error:?}").contains("the-secret"),
            "{error:?}"
        );
    }
    let (result, _) = exchange(ZohoBooks, 200, JSON, r#"{"error":"invalid_code"}"#).await;
    assert_eq!(
        name(&result.unwrap_err()),
        "CodeRefused",
        "nothing is dead yet at an exchange"
    );
    let (result, _) = exchange(QuickBooks, 400, JSON, r#"{"error":"invalid_grant"}"#).await;
    let error = result.unwrap_err();
    assert!(
        matches!(&error, TokenError::CodeRefused { request_id: Some(id) } if id == "t-1"),
        "support asks for the id: {error:?}"
    );
}

#[tokio::test]
async fn a_limit_of_another_type_costs_no_token() {
    let body = r#"{"access_token":"a","refresh_token":"r","token_type":"bearer","x_refresh_token_expires_in":"soon"}"#;
    let (tokens, _) = refresh(Provider::QuickBooks, 200, JSON, body).await;
    assert_eq!(tokens.unwrap().refresh_expires_in, None);
}

#[tokio::test]
async fn zohos_throttle_lasts_ten_minutes() {
    let (result, _) = refresh(
        Provider::ZohoBooks,
        400,
        JSON,
        r#"{"error":"Access Denied"}"#,
    )
    .await;
    assert!(
        matches!(result, Err(TokenError::Throttled { after: Some(after), .. }) if after.as_secs() == 600),
        "a throttle taken for a dead grant would make the user reconnect"
    );
}

proptest! {
    #[test]
    fn any_body_is_some_refusal(body in prop::collection::vec(any::<u8>(), 0..200), status in 200u16..600) {
        for provider in [Provider::QuickBooks, Provider::ZohoBooks] {
            for call in [Call::Exchange, Call::Refresh] {
                let refusal = Refusal { provider, call, status, body: &body, request_id: None, after: None };
                let read = refusal.read();
                prop_assert!(!matches!(read, Some(TokenError::GrantDead { .. })), "noise is no reason to reconnect");
            }
        }
    }

    #[test]
    fn a_code_of_a_refusal_is_a_word(error in any::<String>()) {
        let body = serde_json::json!({ "error": error }).to_string();
        let refusal = Refusal {
            provider: Provider::QuickBooks,
            call: Call::Refresh,
            status: 400,
            body: body.as_bytes(),
            request_id: None,
            after: None,
        };
        if let Some(TokenError::Refused { code: Some(code), .. }) = refusal.read() {
            prop_assert!(code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'));
        }
    }
}
