//! The main job in a browser: quick enough to look at every size and light, and for axe to look too.

use sandbox::Options;

use crate::support::browser::in_browser;
use crate::support::session::View;
use crate::support::{Stage, main_job};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn the_main_job_from_the_first_start_to_the_case_reference() {
    for (name, view) in [
        ("light", View::USUAL),
        ("dark", View::DARK),
        ("small", View::SMALL),
        ("zoomed", View::ZOOMED),
    ] {
        let stage = Stage::set(Options::default()).await;
        in_browser(&format!("main-job-{name}"), &stage, view, async |page| {
            main_job::play(page, &stage, async |step, _| {
                page.picture(&format!("browser-{step}-{name}")).await;
                assert_eq!(
                    page.barriers().await,
                    Vec::<String>::new(),
                    "{step} in {name}: a barrier for somebody"
                );
            })
            .await;
        })
        .await;
    }
}
