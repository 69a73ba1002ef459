//! A disk that cannot be written, and one that is full.

use std::path::Path;
use std::process::Command;

use sandbox::{Effect, Fault, Options, When};

use super::{agree_and_submit, connect, fetched, no_longer, read_failure, review, submitted};
use crate::support::Stage;
use crate::support::disk::Disk;
use crate::support::session::View;
use crate::support::window::in_window;

/// Makes a mounted disk read-only or writable.
fn remount(at: &Path, how: &str) {
    let done = Command::new("mount")
        .args(["-o", &format!("remount,{how}")])
        .arg(at)
        .status();
    assert!(done.unwrap().success(), "the disk is not remounted {how}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display and the engine's driver: cargo xtask test"]
async fn a_read_only_folder_is_named_and_used_once_it_can_be_written() {
    let stage = Stage::set(Options::default()).await;
    let data = stage.data_dir();
    let Some(_mounted) = Disk::mount(&data, 24) else {
        return;
    };
    remount(&data, "ro");
    in_window("failures-read-only", &stage, View::USUAL, async |page| {
        let words = format!("The data folder cannot be written: {}.", data.display());
        let next = "Give your user write access to the folder";
        read_failure(page, "read-only-folder", &[&words, next]).await;
        remount(&data, "rw");
        page.press("Try again").await;
        connect(page, "debitura", stage.sandbox.debitura_key()).await;
        page.read(super::PLAYED).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display and the engine's driver: cargo xtask test"]
async fn a_full_disk_loses_nothing_and_nothing_is_sent_from_it() {
    const CASES: usize = 3;
    let full = "The disk is full, so nothing can be recorded.";
    let stage = Stage::set(Options::default()).await;
    let data = stage.data_dir();
    let Some(disk) = Disk::mount(&data, 24) else {
        return;
    };
    in_window("failures-full-disk", &stage, View::USUAL, async |page| {
        connect(page, "debitura", stage.sandbox.debitura_key()).await;
        page.read(super::PLAYED).await;
        disk.fill();
        connect(page, "stripe", stage.sandbox.stripe_key()).await;
        read_failure(page, "full-disk-connect", &[full, "Free some space"]).await;
        disk.free();

        // The key is checked with one list; the fetch waits at its first page until there is no room for it.
        let list = "stripe GET /v1/invoices";
        let slow = Effect::Delay { ms: 4_000 };
        stage.sandbox.fault(Fault::new(list, When::After(1), slow));
        connect(page, "stripe", stage.sandbox.stripe_key()).await;
        page.gone("[data-testid=stripe-key]", "").await;
        disk.fill();
        read_failure(page, "full-disk-fetch", &[full, "Free some space"]).await;
        stage.sandbox.clear_faults();
        page.press("Integrations").await;
        page.see("button", "Try again").await;
        read_failure(page, "full-disk-source", &[full]).await;
        disk.free();
        page.press("Try again").await;
        page.gone("button", "Try again").await;
        // What was noted of it stays until it is put away.
        page.press("Dismiss").await;
        no_longer(page, full).await;
        page.press("Bulk Import").await;
        fetched(page).await;

        review(page, CASES).await;
        disk.fill();
        agree_and_submit(page).await;
        read_failure(page, "full-disk-submit", &[full, "nothing is sent"]).await;
        let sent = stage.sandbox.requests_to("debitura POST /cases");
        assert!(sent.is_empty(), "sent without a record: {sent:?}");
        disk.free();
        agree_and_submit(page).await;
        submitted(page, &stage, CASES).await;
        no_longer(page, full).await;
    })
    .await;
}
