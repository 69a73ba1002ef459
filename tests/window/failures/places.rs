//! A data folder that a newer version has written.

use std::path::Path;
use std::time::Duration;

use sandbox::Options;

use super::{PLAYED, connect, read_failure};
use crate::support::Stage;
use crate::support::session::View;
use crate::support::window::in_window;

/// Where SQLite keeps `PRAGMA user_version` in a file, and how.
const VERSION: std::ops::Range<usize> = 60..64;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display and the engine's driver: cargo xtask test"]
async fn a_newer_book_is_refused_unharmed_and_opened_once_it_is_known() {
    let stage = Stage::set(Options::default()).await;
    in_window("failures-newer-before", &stage, View::USUAL, async |page| {
        connect(page, "debitura", stage.sandbox.debitura_key()).await;
        page.read(PLAYED).await;
    })
    .await;
    let book = stage.data_dir().join("book.db");
    fold(&stage, &book).await;
    let known = std::fs::read(&book).unwrap();
    let mut newer = known.clone();
    newer[VERSION].copy_from_slice(&999_u32.to_be_bytes());
    std::fs::write(&book, &newer).unwrap();

    in_window("failures-newer", &stage, View::USUAL, async |page| {
        let words = [
            "The data folder was written by a newer version of Debitura Desk.",
            "schema 999",
            "Update the application.",
        ];
        read_failure(page, "newer-book", &words).await;
    })
    .await;
    assert!(
        std::fs::read(&book).unwrap() == newer,
        "the newer book was changed"
    );

    // As an updated application would: now the version is one it knows.
    std::fs::write(&book, &known).unwrap();
    in_window("failures-newer-after", &stage, View::USUAL, async |page| {
        page.read(PLAYED).await;
        page.press("Integrations").await;
        page.see("heading", PLAYED).await;
    })
    .await;
}

/// Opens and closes the folder in this process, so that all that was written stands in the file itself.
async fn fold(stage: &Stage, book: &Path) {
    let log = book.with_extension("db-wal");
    for _ in 0..50 {
        let opening = stage.opening();
        opening.begin().await;
        drop(opening);
        tokio::time::sleep(Duration::from_millis(200)).await;
        if !log.exists() {
            return;
        }
    }
    panic!("the log of {} is not folded in", book.display());
}
