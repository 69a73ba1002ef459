//! What somebody sees who has never started the application.

use sandbox::Options;

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
                    serde_json::json!([]),
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
