//! The main work, shown: `cargo xtask demo` plays this where there is no display, and keeps a picture of each step.

use sandbox::Options;

use crate::support::Stage;
use crate::support::session::View;
use crate::support::window::in_window;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "played by cargo xtask demo"]
async fn the_main_work() {
    let stage = Stage::set(Options::default()).await;
    println!(
        "    Debitura and Stripe are played at {}",
        stage.sandbox.url()
    );
    in_window("demo", &stage, View::USUAL, async |page| {
        println!("1.  The window opens for the first time");
        page.see("heading", "Debitura Desk").await;
        page.picture("1-first-run").await;
    })
    .await;
}
