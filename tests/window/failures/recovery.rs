//! A journal that is damaged for real: brought back from a copy that knows less, compared with Debitura, and worked on; then
//! removed in the middle of the work.

use std::fs;
use std::path::Path;
use std::time::Duration;

use sandbox::Options;
use serde_json::json;

use super::{agree_and_submit, no_longer, read_failure, review, set_up, submitted};
use crate::support::driver::keys::{DOWN, ENTER, SHIFT, TAB};
use crate::support::main_job::click;
use crate::support::session::View;
use crate::support::window::in_window;
use crate::support::{Page, Stage};

/// Known to the copy.
const KNOWN: usize = 3;
/// Made after it.
const LOST: usize = 2;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display and the engine's driver: cargo xtask test"]
async fn a_damaged_journal_is_brought_back_and_makes_no_case_twice() {
    let stage = Stage::set(Options::default()).await;
    let data = stage.data_dir();
    let (book, copy, kept) = (
        data.join("book.db"),
        data.join("book.backup.db"),
        data.join("copy-of-three.db"),
    );
    in_window(
        "failures-recovery-before",
        &stage,
        View::USUAL,
        async |page| {
            set_up(page, &stage).await;
            review(page, KNOWN).await;
            agree_and_submit(page).await;
            submitted(page, &stage, KNOWN).await;
            until_quiet(page).await;
            fs::copy(&copy, &kept).expect("a finished batch is copied");
            choose_ready(page, LOST).await;
            agree_and_submit(page).await;
            made(page, &stage, KNOWN + LOST).await;
        },
    )
    .await;
    until_closed(&data).await;
    // The window was ended like a program that is killed: what its log holds is folded in, so that the damage meets it.
    let folded = rusqlite::Connection::open(&book).unwrap();
    folded
        .execute_batch("PRAGMA journal_mode = DELETE")
        .unwrap();
    drop(folded);
    // Everything behind the header, and the copies that know of the last batch.
    let mut bytes = fs::read(&book).unwrap();
    bytes[4096..].fill(0x5a);
    fs::write(&book, &bytes).unwrap();
    let _absent = fs::remove_file(data.join("book.backup.1.db"));
    fs::rename(&kept, &copy).unwrap();

    in_window("failures-recovery", &stage, View::USUAL, async |page| {
        let words = [
            "The journal is damaged",
            "nothing is submitted from it",
            "3 submissions",
        ];
        read_failure(page, "recovery-damaged", &words).await;
        assert_eq!(page.barriers().await, Vec::<String>::new());
        assert!(
            fs::read(&book).unwrap() == bytes,
            "the damaged file was changed"
        );
        // By keyboard: the copy that was chosen by itself, then the button beneath.
        page.keys(&[TAB]).await;
        page.keys(&[TAB]).await;
        page.keys(&[ENTER]).await;
        page.read("The journal is back").await;
        assert_eq!(page.barriers().await, Vec::<String>::new());
        page.picture("failure-recovery-back").await;
        page.press("Later").await;
        page.read("Nothing is submitted until it is compared").await;
        choose(page, 1).await;
        click(page, "[data-testid=review]").await;
        page.read("has not been compared with Debitura yet").await;
        page.picture("failure-recovery-refused").await;
        click(page, ".toasts .buttons button").await;
        click(page, "[data-testid=compare-journal]").await;
        page.see("[data-testid=compared]", "").await;
        page.read("5 cases were read. 2 are not in the journal")
            .await;
        page.read("Taken over").await;
        assert_eq!(page.barriers().await, Vec::<String>::new());
        page.picture("failure-recovery-compared").await;
        click(page, "[data-testid=recovery-done]").await;
        no_longer(page, "Nothing is submitted until it is compared").await;

        choose_ready(page, 1).await;
        agree_and_submit(page).await;
        made(page, &stage, KNOWN + LOST + 1).await;
    })
    .await;
    until_closed(&data).await;
    let damaged = fs::read_dir(&data).unwrap().filter(|file| {
        let name = file.as_ref().unwrap().file_name();
        name.to_string_lossy().starts_with("book.damaged-")
    });
    assert_eq!(damaged.count(), 1, "the damaged file is kept");

    // Now while the window is in use.
    let small = View {
        dark: true,
        ..View::SMALL
    };
    in_window("failures-recovery-in-use", &stage, small, async |page| {
        choose_ready(page, 1).await;
        fs::remove_file(&book).unwrap();
        agree_and_submit(page).await;
        let words = ["The journal is damaged", "removed while in use"];
        read_failure(page, "recovery-in-use", &words).await;
        assert_eq!(
            stage.sandbox.cases_created(),
            KNOWN + LOST + 1,
            "sent without a record"
        );
        click(page, "[data-testid=restore-journal]").await;
        click(page, "[data-testid=compare-journal]").await;
        page.see("[data-testid=compared]", "").await;
        page.picture("failure-recovery-in-use-compared").await;
        click(page, "[data-testid=recovery-done]").await;
        choose_ready(page, 1).await;
        agree_and_submit(page).await;
        made(page, &stage, KNOWN + LOST + 2).await;
    })
    .await;
}

async fn choose(page: &Page, count: usize) {
    page.run("location.hash = '#/bulk-import?state=ready'", json!([]))
        .await;
    page.see("[data-row='0']", "").await;
    // What was chosen before stays chosen while other screens are shown.
    if page.shows("[data-testid=clear-selection]", "").await {
        click(page, "[data-testid=clear-selection]").await;
    }
    click(page, "[data-row='0'] [data-testid=select-row]").await;
    page.read("1 selected").await;
    for _ in 1..count {
        page.keys(&[SHIFT, DOWN]).await;
    }
    page.read(&format!("{count} selected")).await;
}

/// Chooses invoices that are ready and has them reviewed.
async fn choose_ready(page: &Page, count: usize) {
    choose(page, count).await;
    click(page, "[data-testid=review]").await;
    page.see("[data-testid=agree]", "").await;
}

/// Waits until the account has so many cases and the window says that it is done.
async fn made(page: &Page, stage: &Stage, count: usize) {
    page.read("Finished").await;
    until_quiet(page).await;
    let cases = stage.sandbox.cases();
    let mut claims: Vec<String> = cases
        .iter()
        .map(|case| format!("{} {}", case["debtor"]["name"], case["grossAmount"]))
        .collect();
    claims.sort();
    claims.dedup();
    assert_eq!(claims.len(), count, "{claims:#?}");
    assert_eq!(
        stage.sandbox.cases_created(),
        count,
        "a case was made twice"
    );
}

/// Waits until no work is shown, such as a copy being made behind a batch.
async fn until_quiet(page: &Page) {
    page.until("the work to end", async || {
        let script = "return document.querySelectorAll('progress, [role=progressbar]').length";
        page.run(script, json!([])).await == json!(0)
    })
    .await;
}

/// Waits until the program has let go of its folder, and so closed its files.
async fn until_closed(data: &Path) {
    let lock = fs::File::open(data.join("desk.lock")).unwrap();
    for _ in 0..200 {
        if lock.try_lock().is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the folder stays taken");
}
