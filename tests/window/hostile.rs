//! Names full of markup, overrides of direction, and a megabyte of text, in the real window.

use sandbox::{Company, Options};

use crate::support::session::View;
use crate::support::window::in_window;
use crate::support::{Stage, hostile};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display and the engine's driver: cargo xtask test"]
async fn hostile_names_are_text_and_move_nothing() {
    let options = Options {
        huge_name: true,
        ..Options::company(Company::Awkward)
    };
    let stage = Stage::set(options).await;
    in_window("window-hostile", &stage, View::USUAL, async |page| {
        hostile::play(page, &stage, async |step| {
            page.picture(&format!("window-hostile-{step}")).await;
        })
        .await;
    })
    .await;
}
