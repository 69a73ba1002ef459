//! What somebody sees who has never started the application.

use sandbox::Options;
use serde_json::json;

use crate::support::Stage;
use crate::support::browser::in_browser;
use crate::support::session::View;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn the_first_screen_says_what_it_is_and_what_to_do() {
    for (name, view) in [
        ("first-run", View::USUAL),
        ("first-run-dark", View::DARK),
        ("first-run-small", View::SMALL),
        ("first-run-zoomed", View::ZOOMED),
    ] {
        let stage = Stage::set(Options::default()).await;
        in_browser(name, &stage, view, async |page| {
            page.see("heading", "Debitura Desk").await;
            let dark = page
                .run(
                    "return matchMedia('(prefers-color-scheme: dark)').matches",
                    json!([]),
                )
                .await;
            assert_eq!(dark, view.dark);
            page.picture(name).await;
            assert_eq!(page.policy_violations().await, Vec::<String>::new());
            assert_eq!(page.barriers().await, Vec::<String>::new(), "{name}");
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn what_the_policy_blocks_is_noticed() {
    let stage = Stage::set(Options::default()).await;
    in_browser("policy", &stage, View::USUAL, async |page| {
        page.see("heading", "Debitura Desk").await;
        let elsewhere = stage.sandbox.url();
        let fetched = page
            .run_to_end(
                "return (await fetch(arguments[0], { mode: 'no-cors' })).type;",
                json!([elsewhere]),
            )
            .await;
        assert!(fetched["thrown"].is_string(), "{fetched}");
        let violations = page.policy_violations().await;
        assert!(
            violations
                .iter()
                .any(|violation| violation.starts_with("connect-src")),
            "{violations:?}"
        );
    })
    .await;
}
