//! The main job, shown: `cargo xtask demo` plays this where there is no display, and keeps a picture of each step.
#![allow(clippy::print_stdout, reason = "a demo tells what it shows")]

use sandbox::Options;

use crate::support::session::View;
use crate::support::window::in_window;
use crate::support::{Stage, main_job};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "played by cargo xtask demo"]
async fn the_main_job() {
    let stage = Stage::set(Options::default()).await;
    println!(
        "    Debitura and Stripe are played at {}",
        stage.sandbox.url()
    );
    in_window("demo", &stage, View::USUAL, async |page| {
        main_job::play(page, &stage, async |step, happening| {
            println!("{step}: {happening}.");
            page.picture(step).await;
        })
        .await;
    })
    .await;
}
