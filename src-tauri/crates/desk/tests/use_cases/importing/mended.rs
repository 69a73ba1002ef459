//! What a crash or a lost cache leaves of imports, and a script that runs twice: brought back in order.

use std::path::PathBuf;

use desk::dispatch_in;
use desk::wire::*;
use sandbox::Options;
use serde_json::json;

use crate::at_work::{AtWork, ids};

const ROWS: u32 = 3;

/// Imports a file as a script does, in the window's process.
async fn imported(work: &AtWork, name: &str, text: &str) -> ImportResult {
    let file = work.folder.path().join(name);
    std::fs::write(&file, text).unwrap();
    let request = json!({ "file": file, "sheet": null, "mapping": null });
    let done = dispatch_in(&work.desk, None, "import_file", request).await;
    let done: ImportResult = serde_json::from_value(done.unwrap()).unwrap();
    if let Some(job) = &done.job {
        assert_eq!(work.wait(job).await.stage, JobStage::Done);
    }
    done
}

fn ledger(first: &str) -> String {
    let rows =
        (1..=ROWS).map(|row| format!("{first}{row},Acme {row} Ltd,2026-04-03,{row}0.00,EUR\n"));
    let head = "Invoice no,Customer,Invoice date,Amount due,Currency\n".to_owned();
    head + &rows.collect::<String>()
}

async fn total(work: &AtWork) -> u32 {
    work.invoices(InvoiceQuery::default()).await.total
}

fn copies(work: &AtWork) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(work.folder.path().join("imports")).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_come_back_to_the_lists_in_the_background() {
    let work = AtWork::connected(Options::default()).await;
    imported(&work, "a.csv", &ledger("A")).await;
    let before = ids(&work.invoices(InvoiceQuery::default()).await.rows);
    let AtWork {
        desk,
        sandbox,
        folder,
    } = work;
    drop(desk);
    // The threads of the files end a moment later.
    while std::fs::File::open(folder.path().join("desk.lock"))
        .unwrap()
        .try_lock()
        .is_err()
    {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    for file in ["cache.db", "cache.db-wal", "cache.db-shm"] {
        let _absent = std::fs::remove_file(folder.path().join(file));
    }
    let work = AtWork::open_on(sandbox, folder).await;
    // A script asks once and is told everything.
    let window = json!({ "offset": 0, "limit": 10 });
    let request = json!({ "query": InvoiceQuery::default(), "window": window });
    let page = dispatch_in(&work.desk, None, "invoices", request).await;
    assert_eq!(page.unwrap()["total"], ROWS);
    let jobs = work.state().await.jobs;
    let listing = jobs.iter().find(|job| job.kind == JobKind::ListRows);
    let listing = listing.expect("it is work that the window shows");
    assert_eq!(
        (listing.done, listing.total, &listing.failure),
        (ROWS, Some(ROWS), &None)
    );
    let after = ids(&work.invoices(InvoiceQuery::default()).await.rows);
    assert_eq!(after, before);

    let _: Wiped = work.call("wipe_cache", json!({})).await.unwrap();
    work.settle().await;
    assert_eq!(total(&work).await, ROWS);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_belongs_to_no_import_goes_at_the_next_start() {
    let work = AtWork::connected(Options::default()).await;
    imported(&work, "a.csv", &ledger("A")).await;
    let known = copies(&work);
    let stray = work.folder.path().join("imports/0123456789ab.csv");
    std::fs::write(&stray, "half a fi").unwrap();
    let work = work.reopened().await;
    assert_eq!(copies(&work), known, "what a crash left stays for ever");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_file_again_is_the_same_import_for_a_script() {
    let work = AtWork::connected(Options::default()).await;
    let first = imported(&work, "a.csv", &ledger("A")).await;
    let rows = ids(&work.invoices(InvoiceQuery::default()).await.rows);
    let again = imported(&work, "a.csv", &ledger("A")).await;
    assert!(again.again && !first.again);
    assert_eq!(again.import, first.import);
    let now = ids(&work.invoices(InvoiceQuery::default()).await.rows);
    assert_eq!(now, rows, "each row is there once, under its name");
    assert_eq!(copies(&work).len(), 1);

    // Another content is another file, and so is one that was given up.
    let other = imported(&work, "a.csv", &ledger("B")).await;
    assert_ne!(other.import, first.import);
    assert_eq!(total(&work).await, 2 * ROWS);
    let id = first.import.clone().unwrap();
    let _: ImportUndone = work.call("undo_import", ById { id }).await.unwrap();
    assert_eq!(total(&work).await, ROWS);
    let anew = imported(&work, "a.csv", &ledger("A")).await;
    assert_ne!(anew.import, first.import);
    assert_eq!(total(&work).await, 2 * ROWS);
}
