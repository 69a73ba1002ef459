//! Providers out of reach: from the start, and in the middle of a submission.

use std::time::{Duration, Instant};

use sandbox::{Effect, Fault, Options, When};

use super::{
    PLAYED, agree_and_submit, connect, fetched, no_longer, read_failure, review, set_up, submitted,
};
use crate::support::Stage;
use crate::support::main_job::click;
use crate::support::session::View;
use crate::support::window::in_window;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display and the engine's driver: cargo xtask test"]
async fn without_a_network_it_says_who_is_out_of_reach_and_goes_on_when_it_is_back() {
    let stage = Stage::set(Options::default()).await;
    let next = "Check the network connection";
    in_window("failures-offline", &stage, View::USUAL, async |page| {
        let debitura = "Debitura could not be reached.";
        stage.sandbox.pause();
        connect(page, "debitura", stage.sandbox.debitura_key()).await;
        read_failure(page, "offline-debitura", &[debitura, next]).await;
        stage.sandbox.resume().await.unwrap();
        // The key was not to blame: it is still there.
        click(page, "[data-testid=connect-debitura]").await;
        page.read(PLAYED).await;
        no_longer(page, debitura).await;

        let stripe = "Stripe could not be reached.";
        stage.sandbox.pause();
        connect(page, "stripe", stage.sandbox.stripe_key()).await;
        read_failure(page, "offline-stripe", &[stripe, next]).await;
        stage.sandbox.resume().await.unwrap();
        click(page, "[data-testid=connect-stripe]").await;
        fetched(page).await;

        stage.sandbox.pause();
        page.press("Integrations").await;
        click(page, "[data-testid=fetch-source]").await;
        page.press("Fetch").await;
        read_failure(page, "offline-fetch", &[stripe, next]).await;
        page.press("Bulk Import").await;
        page.see("[data-row='0']", "").await;
        page.press("Integrations").await;
        stage.sandbox.resume().await.unwrap();
        page.press("Try again").await;
        no_longer(page, stripe).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display and the engine's driver: cargo xtask test"]
async fn a_batch_outlives_providers_that_go_away_in_its_middle() {
    const CASES: usize = 6;
    let stage = Stage::set(Options::default()).await;
    in_window("failures-batch", &stage, View::USUAL, async |page| {
        set_up(page, &stage).await;
        review(page, CASES).await;
        // One answer is lost on top of it: its case exists, and nobody was told.
        let lost = Fault::new(
            "debitura POST /cases",
            When::Nth(2),
            Effect::DropAfterCommit,
        );
        stage.sandbox.fault(lost);
        agree_and_submit(page).await;
        let started = Instant::now();
        while stage.sandbox.cases().len() < 2 && started.elapsed() < Duration::from_secs(20) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        stage.sandbox.pause();
        let made = stage.sandbox.cases().len();
        assert!((2..CASES).contains(&made), "{made} cases: not the middle");
        page.see("[role=alert]", "").await;
        read_failure(page, "batch-offline", &["could not be reached."]).await;
        stage.sandbox.resume().await.unwrap();
        submitted(page, &stage, CASES).await;
        no_longer(page, "could not be reached.").await;
    })
    .await;
}
