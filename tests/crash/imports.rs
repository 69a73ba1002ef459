//! An import is killed behind every commit of either file, and at random moments; then its submission is. The same words
//! again finish it. The book, the lists, the folder and Debitura are asked whether each row is there, and once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use crate::desk::{Desk, Ended, signal};
use crate::dice::Dice;
use crate::figures::Figures;
use crate::full;
use crate::matrix::side_by_side;
use crate::prepared::{prepared, submit, words};
use crate::row::{Row, Scene};

/// Rows that are written and listed in more than one lot.
const MANY: usize = 2_300;
/// Rows that are submitted.
const FEW: usize = 12;

/// What an export of so many rows comes to, in cents.
fn total(rows: usize) -> i64 {
    (1..=rows).map(amount).sum()
}

/// No two rows have the same.
fn amount(row: usize) -> i64 {
    100_000 + i64::try_from(row).expect("a small number") * 101
}

fn reference(row: usize) -> String {
    format!("IMP-{row:05}")
}

/// An export whose rows lack nothing but what kind of debtor it is.
fn write_export(folder: &Path, rows: usize) -> PathBuf {
    let mut text =
        "Invoice Number,Customer,Street,City,Postcode,Country,Invoice Date,Due Date,Amount Due,Currency\n"
            .to_owned();
    for row in 1..=rows {
        let (reference, cents) = (reference(row), amount(row));
        writeln!(
            text,
            "{reference},Debtor {row} GmbH,{row} Lindenweg,Berlin,10115,Germany,2025-04-13,2025-05-13,{}.{:02},EUR",
            cents / 100,
            cents % 100
        )
        .expect("text grows");
    }
    let file = folder.join("open items.csv");
    std::fs::write(&file, text).expect("the export can be written");
    file
}

fn import(file: &Path) -> Vec<String> {
    vec!["import".to_owned(), file.to_string_lossy().into_owned()]
}

/// A folder with Debitura and a source, and an export that is not imported yet.
async fn scene(name: String, rows: usize) -> (Row, PathBuf) {
    let prepared = prepared().await;
    let row = Row::from(&prepared.ready, name, &Scene::plain().called("import")).await;
    let file = write_export(row.folder.path(), rows);
    (row, file)
}

/// A process that is killed behind one of its commits, and how many there are where it is not.
async fn killed_at(row: &Row, commit: usize, arguments: &[String]) -> (Ended, usize) {
    let trace = row.folder.path().join("commits");
    let desk: Desk = row
        .desk
        .with("DESK_KILL_AT_COMMIT", commit)
        .with("DESK_COMMIT_TRACE", trace.to_string_lossy());
    let ended = desk.run(&words(arguments), "").await;
    let passed = std::fs::read_to_string(&trace).unwrap_or_default();
    (ended, passed.lines().count())
}

/// What is wrong with an import that was finished: rows lost or twice, or something left behind.
async fn faults(row: &Row, rows: usize) -> Vec<String> {
    let mut faults = Vec::new();
    let mut expect = |what: &str, is: i64, should: i64| {
        if is != should {
            faults.push(format!("{what}: {is} instead of {should}"));
        }
    };
    let all = i64::try_from(rows).expect("a small number");
    let book = Connection::open_with_flags(row.desk.book(), OpenFlags::SQLITE_OPEN_READ_ONLY)
        .expect("a book");
    let count = |sql: &str| -> i64 { book.query_row(sql, [], |row| row.get(0)).expect(sql) };
    expect("imports", count("SELECT count(*) FROM imports"), 1);
    expect(
        "imports whose rows were read",
        count("SELECT count(*) FROM imports WHERE state = 'read'"),
        1,
    );
    expect(
        "rows in the book",
        count("SELECT count(*) FROM drafts"),
        all,
    );
    expect(
        "different rows in the book",
        count("SELECT count(DISTINCT invoice) FROM drafts"),
        all,
    );
    expect(
        "readings",
        count("SELECT count(*) FROM connections WHERE provider = 'import'"),
        1,
    );
    let connection: String = book
        .query_row("SELECT connection FROM imports", [], |row| row.get(0))
        .unwrap_or_default();
    let copies = std::fs::read_dir(row.desk.data.join("imports"));
    let copies = copies.map_or(0, |copies| copies.flatten().count());
    expect("copies of the file", i64::try_from(copies).unwrap_or(-1), 1);
    let words = ["invoices", "--connection", &connection, "--limit", "1"];
    let listed = row.desk.run(&words, "").await.document;
    expect(
        "rows in the lists",
        listed["total"].as_i64().unwrap_or(-1),
        all,
    );
    let cents = listed["totals"]["EUR"].as_str().unwrap_or_default();
    expect(
        "cents in the lists",
        cents.replace('.', "").parse().unwrap_or(-1),
        total(rows),
    );
    faults
}

async fn judged(row: &Row, rows: usize, figures: &Figures) {
    figures.run();
    for fault in faults(row, rows).await {
        figures.complain(format!("[{}] {fault}", row.name));
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a keychain: cargo xtask test"]
async fn an_import_killed_behind_every_commit_loses_and_doubles_nothing() {
    let counted = Figures::of("imports, killed behind every commit");
    let figures = &counted;
    let (row, file) = scene("undisturbed".to_owned(), MANY).await;
    let (_, commits) = killed_at(&row, 0, &import(&file)).await;
    judged(&row, MANY, figures).await;
    println!("    an undisturbed import makes {commits} commits; killed behind each.");
    side_by_side((1..=commits).map(|commit| async move {
        let (row, file) = scene(format!("commit {commit}"), MANY).await;
        figures.run();
        let (ended, _) = killed_at(&row, commit, &import(&file)).await;
        match ended.was_killed() {
            true => figures.killed("commit", "after"),
            false => figures.complain(format!("[{}] not killed: {}", row.name, ended.words())),
        }
        figures.run();
        let again = row.desk.run(&words(&import(&file)), "").await;
        if again.document["drafts"] != MANY {
            figures.complain(format!("[{}] {}", row.name, again.messages));
        }
        judged(&row, MANY, figures).await;
    }))
    .await;
    counted.close();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a keychain: cargo xtask test"]
async fn an_import_killed_at_random_moments_loses_and_doubles_nothing() {
    let counted = Figures::of("imports, killed at random moments");
    let figures = &counted;
    let mut dice = Dice::from_environment();
    let (row, file) = scene("undisturbed".to_owned(), MANY).await;
    let started = Instant::now();
    row.desk.run(&words(&import(&file)), "").await;
    let took = started.elapsed();
    let moments: Vec<Duration> = (0..if full() { 60 } else { 4 })
        .map(|_| took.mul_f64(dice.fraction()))
        .collect();
    side_by_side(moments.into_iter().map(|moment| async move {
        let (row, file) = scene(format!("after {} ms", moment.as_millis()), MANY).await;
        figures.run();
        let mut child = row.desk.start(&words(&import(&file)), "").await;
        tokio::time::sleep(moment).await;
        signal(&child, "KILL");
        if child.wait().await.expect("it ends").code().is_none() {
            figures.killed_at_random();
        }
        figures.run();
        row.desk.run(&words(&import(&file)), "").await;
        judged(&row, MANY, figures).await;
    }))
    .await;
    counted.close();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a keychain: cargo xtask test"]
async fn the_submission_of_an_import_killed_behind_every_commit_sends_each_row_once() {
    let counted = Figures::of("submissions of an import, killed behind every commit");
    let figures = &counted;
    let (row, ids) = imported("undisturbed".to_owned()).await;
    let (_, commits) = killed_at(&row, 0, &submit(&ids)).await;
    sent_once(&row, figures).await;
    let step = if full() { 1 } else { 9 };
    println!("    an undisturbed submission makes {commits} commits; killed behind every {step}.");
    side_by_side((1..=commits).step_by(step).map(|commit| async move {
        let (row, ids) = imported(format!("commit {commit}")).await;
        figures.run();
        let (ended, _) = killed_at(&row, commit, &submit(&ids)).await;
        match ended.was_killed() {
            true => figures.killed("commit", "after"),
            // Answers arrive in another order each time.
            false if commit + 8 > commits => {}
            false => figures.complain(format!("[{}] not killed: {}", row.name, ended.words())),
        }
        figures.run();
        row.desk.run(&words(&submit(&ids)), "").await;
        row.finish().await;
        sent_once(&row, figures).await;
    }))
    .await;
    counted.close();
}

/// A folder whose export was imported, and the ids of its rows.
async fn imported(name: String) -> (Row, Vec<String>) {
    let (row, file) = scene(name, FEW).await;
    let done = row.desk.run(&words(&import(&file)), "").await;
    let connection = done.document["connection"]
        .as_str()
        .expect("rows were read");
    row.desk.done(&["accept", "debtor_type"], "").await;
    let words = ["invoices", "--connection", connection, "--state", "ready"];
    let listed = row.desk.done(&words, "").await;
    let listed = listed["invoices"].as_array().expect("a list");
    let ids: Vec<String> = listed
        .iter()
        .map(|invoice| invoice["id"].as_str().expect("an id").to_owned())
        .collect();
    assert_eq!(ids.len(), FEW, "every row is ready");
    (row, ids)
}

/// Asks the judge, and Debitura for each row: one case, of the amount in the file.
async fn sent_once(row: &Row, figures: &Figures) {
    let mut surprises = faults(row, FEW).await;
    let mut cases: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for case in row.sandbox.cases() {
        let text = |field: &str| case[field].as_str().unwrap_or_default().to_owned();
        let cents = (case["grossAmount"].as_f64().unwrap_or_default() * 100.0).round() as i64;
        cases
            .entry(text("creditorReference"))
            .or_default()
            .push(cents);
    }
    for number in 1..=FEW {
        let held = cases.get(&reference(number)).cloned().unwrap_or_default();
        if held != [amount(number)] {
            surprises.push(format!("{} became {held:?}", reference(number)));
        }
    }
    figures.judged(&row.verdict(surprises).await);
}
