//! A process that is killed while it reads rows: real processes, killed at many moments.

use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use desk::wire::*;
use desk::{Desk, dispatch};
use sandbox::{Options, Sandbox};
use serde_json::json;

use crate::at_work::{AtWork, by, setup};

const ROWS: u32 = 10_000;
const FOLDER: &str = "DESK_TEST_READ_ROWS_IN";
const IMPORT: &str = "DESK_TEST_READ_ROWS_OF";

fn file() -> String {
    let mut file = String::from("Invoice no,Customer,Invoice date,Amount due,Currency\n");
    for row in 1..=ROWS {
        writeln!(file, "R{row},Customer {row},2026-04-03,{row}.00,EUR").unwrap();
    }
    file
}

/// Not a test: the process that is killed. It reads the rows of an import in a folder, and says when it begins.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "the test below runs it in a process of its own"]
async fn a_process_that_reads_rows() {
    let (Ok(folder), Ok(id)) = (std::env::var(FOLDER), std::env::var(IMPORT)) else {
        return;
    };
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let empty = tempfile::tempdir().unwrap();
    let setup = desk::Setup {
        data_dir: folder.into(),
        ..setup(&sandbox, &empty)
    };
    let desk = Desk::open(setup).await.unwrap();
    dispatch(&desk, "read_rows", json!({ "id": id }))
        .await
        .unwrap();
    std::future::pending::<()>().await;
}

/// Reads rows in a process of its own, and kills it after that many milliseconds of reading.
fn read_and_kill(folder: &Path, id: &str, after: u64) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "--ignored",
            "importing::killed::a_process_that_reads_rows",
        ])
        .env(FOLDER, folder)
        .env(IMPORT, id)
        // What it leaves behind goes with the folder.
        .env("TMPDIR", folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let book = folder.join("book.db-wal");
    // The reading has begun when the book grows.
    for _ in 0..1000 {
        if std::fs::metadata(&book).is_ok_and(|file| file.len() > 300_000) {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(after));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_it_reads_rows_it_loses_nothing_and_has_nothing_twice() {
    let mut work = AtWork::connected(Options::default()).await;
    let path = work.folder.path().join("rows.csv");
    std::fs::write(&path, file()).unwrap();
    std::fs::write(
        work.folder.path().join("chosen"),
        path.to_string_lossy().as_bytes(),
    )
    .unwrap();
    let chosen: ImportChosen = work.call("choose_import", json!({})).await.unwrap();
    let id = chosen.import.unwrap();
    let by_id = || by(&id);
    let mut cut_off = 0;
    for after in [0, 100, 400, 1500] {
        let AtWork {
            desk,
            sandbox,
            folder,
        } = work;
        drop(desk);
        let data = folder.path().to_owned();
        let import = id.clone();
        tokio::task::spawn_blocking(move || read_and_kill(&data, &import, after))
            .await
            .unwrap();
        work = AtWork::open_on(sandbox, folder).await;
        work.settle().await;
        let view: ImportView = work.call("import", by_id()).await.unwrap();
        let page = work.invoices(InvoiceQuery::default()).await;
        match view.step {
            ImportStep::Check => assert_eq!(page.total, ROWS, "all rows, each once"),
            step => {
                assert_eq!(step, ImportStep::Table);
                assert_eq!(page.total, 0, "half a file is no import");
                cut_off += 1;
            }
        }
    }
    assert!(cut_off > 0, "no kill came while rows were read");
    let started: Started = work.call("read_rows", by_id()).await.unwrap();
    assert_eq!(work.wait(&started.job).await.stage, JobStage::Done);
    let page = work.invoices(InvoiceQuery::default()).await;
    assert_eq!(page.total, ROWS);
    assert_eq!(
        page.totals[0].value,
        format!("{}.00", ROWS * (ROWS + 1) / 2)
    );
}
