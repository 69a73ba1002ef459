//! The page inside the program, as it opens the first time.

use sandbox::Options;
use serde_json::json;

use crate::support::Stage;
use crate::support::session::View;
use crate::support::window::in_window;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display and the engine's driver: cargo xtask test"]
async fn the_window_opens_on_the_first_screen_in_every_size_and_light() {
    for (name, view) in [
        ("window-first-run", View::USUAL),
        ("window-first-run-dark", View::DARK),
        ("window-first-run-small", View::SMALL),
        ("window-first-run-zoomed", View::ZOOMED),
    ] {
        let stage = Stage::set(Options::default()).await;
        in_window(name, &stage, view, async |page| {
            page.see("heading", "Debitura Desk").await;
            assert_eq!(page.driver().title().await.unwrap(), "Debitura Desk");
            let dark = page
                .run(
                    "return matchMedia('(prefers-color-scheme: dark)').matches",
                    json!([]),
                )
                .await;
            assert_eq!(dark, view.dark, "{name}");
            page.picture(name).await;
            assert_eq!(page.policy_violations().await, Vec::<String>::new());
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display and the engine's driver: cargo xtask test"]
async fn a_folder_that_cannot_be_used_is_said_in_the_window_and_tried_again() {
    let stage = Stage::set(Options::default()).await;
    // A file where the folder should be: it fails for root too, who may write anywhere.
    std::fs::write(stage.data_dir(), "in the way").unwrap();
    in_window("folder-in-the-way", &stage, View::USUAL, async |page| {
        page.see("button", "Try again").await;
        page.picture("folder-in-the-way").await;
        std::fs::remove_file(stage.data_dir()).unwrap();
        page.press("Try again").await;
        page.see("heading", "Debitura Desk").await;
    })
    .await;
}
