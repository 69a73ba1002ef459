//! The main job in the real window, with the session's real keychain: every step in light, dark, in the smallest window and
//! at 200 % zoom.

use sandbox::Options;

use crate::support::session::View;
use crate::support::window::in_window;
use crate::support::{Stage, main_job};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display and the engine's driver: cargo xtask test"]
async fn the_main_job_from_the_first_start_to_the_case_reference() {
    for (name, view) in [
        ("light", View::USUAL),
        ("dark", View::DARK),
        ("small", View::SMALL),
        ("zoomed", View::ZOOMED),
    ] {
        let stage = Stage::set(Options::default()).await;
        in_window(
            &format!("window-main-job-{name}"),
            &stage,
            view,
            async |page| {
                main_job::play(page, &stage, async |step, _| {
                    page.picture(&format!("window-{step}-{name}")).await;
                })
                .await;
            },
        )
        .await;
    }
}
