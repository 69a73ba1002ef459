//! The main job in the real window, with the session's real keychain: every step in light, dark and the smallest window.
//! At 200 % zoom the engine's driver aims its clicks beside what they are meant for, so that view of the job is played in
//! the browser only; the window's first screen is pictured zoomed in `first_run`.

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
