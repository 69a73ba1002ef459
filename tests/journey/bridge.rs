//! The bridge lets in the page it serves and nobody else.

use reqwest::StatusCode;
use sandbox::Options;

use crate::support::Stage;
use crate::support::bridge::Bridge;
use crate::support::driver::plain_client;

#[tokio::test(flavor = "multi_thread")]
async fn only_the_page_with_the_token_is_let_in() {
    let stage = Stage::set(Options::default()).await;
    let bridge = Bridge::start(stage.opening()).await;
    let url = bridge.url();
    let (root, token) = url.split_once("#token=").unwrap();
    let client = plain_client();
    let ask = || {
        client
            .post(format!("{root}command/app_state"))
            .body("{}")
            .header("content-type", "application/json")
    };
    let status = async |request: reqwest::RequestBuilder| request.send().await.unwrap().status();

    assert_eq!(status(ask()).await, StatusCode::UNAUTHORIZED);
    assert_eq!(
        status(ask().bearer_auth("guessed")).await,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(status(ask().bearer_auth(token)).await, StatusCode::OK);
    assert_eq!(
        status(ask().bearer_auth(token).header("host", "elsewhere.example")).await,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        status(
            ask()
                .bearer_auth(token)
                .header("origin", "https://elsewhere.example")
        )
        .await,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        status(client.get(format!("{root}%2e%2e/package.json"))).await,
        StatusCode::NOT_FOUND
    );
}
