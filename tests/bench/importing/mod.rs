//! A file from the disk to checked drafts in the store, against PapaParse (of a workbook SheetJS) with the same checks in
//! Node and against a bare read with a bare insert; how much memory a large file takes; and what mapping alone costs.

mod bare;
mod export;
mod workbook;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use bulk_import::mapping::{self, Column};
use bulk_import::table::{Choice, Source, Table as FileTable};
use desk::Pacing;
use sandbox::Sandbox;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::desks::{call, company, open, settle};
use crate::official::rivals;
use crate::support::repository;
use crate::table::Table;
use crate::{median, say};

const ROWS: usize = 100_000;
const RUNS: usize = 3;
/// The size of the file that must not fill the memory.
const LARGE: u64 = 500_000_000;
/// Letters of its descriptions beside the usual. With rows as short as those above its store would take 15 GB of the disk.
const WORDY: usize = 720;
/// What it may take at most, in MB.
const MEMORY: f64 = 150.0;

/// What both sides say of the rows, so that a time is not that of less work.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
struct Findings {
    rows: u64,
    states: BTreeMap<String, u64>,
    problems: BTreeMap<String, u64>,
}

pub async fn measure(table: &mut Table) {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(company(1)).await.unwrap();
    let text = folder.path().join("offene-posten.csv");
    export::csv(&text, ROWS, u64::MAX, 0);
    let book = folder.path().join("offene-posten.xlsx");
    workbook::write(&book, ROWS);
    for (what, file, rival) in [
        ("CSV", &text, "PapaParse + checks in Node"),
        ("XLSX", &book, "SheetJS + checks in Node"),
    ] {
        let bytes = std::fs::metadata(file).unwrap().len() / 1_000_000;
        table.part(&format!(
            "{what} of {ROWS} rows × {} columns, {bytes} MB, to checked drafts in the store; {RUNS} runs",
            export::HEADER.len()
        ));
        let (mut ours, mut theirs, mut bare, mut alone) = (vec![], vec![], vec![], vec![]);
        for _ in 0..RUNS {
            let (taken, found) = import(&sandbox, file).await;
            let (rival, said) = checked_in_node(file);
            assert_eq!(found, said, "both sides must have done the same work");
            ours.push(taken);
            theirs.push(rival);
            bare.push(bare::read_and_insert(file, folder.path()));
            alone.push(bare::read_and_check(file));
        }
        let (ours, theirs, bare) = (median(&mut ours), median(&mut theirs), median(&mut bare));
        table.ratio("kept and listed", ours, (rival, theirs), Some(0.1));
        table.ratio(
            "  the same",
            ours,
            ("bare read + bare insert", bare),
            Some(3.0),
        );
        let alone = median(&mut alone);
        table.ratio(
            "read and checked, nothing kept",
            alone,
            (rival, theirs),
            Some(0.1),
        );
    }
    map(table, &text);
    large(table, &sandbox, folder.path()).await;
}

/// Imports a file into a new data folder; timed from the call to the end of its job.
async fn import(sandbox: &Sandbox, file: &Path) -> (Duration, Findings) {
    let folder = tempfile::tempdir().unwrap();
    let desk = open(sandbox, folder.path(), Pacing::Unlimited).await;
    let key = json!({ "key": sandbox.debitura_key(), "environment": "sandbox", "workspace": null });
    call(&desk, "connect_debitura", key).await;
    settle(&desk).await;
    let begun = Instant::now();
    let request = json!({ "file": file, "sheet": null, "mapping": null });
    let import = call(&desk, "import_file", request).await;
    assert!(import["job"].is_string(), "nothing must be asked: {import}");
    settle(&desk).await;
    let taken = begun.elapsed();
    let report = call(&desk, "import_report", json!({ "id": import["import"] })).await;
    let mut found = Findings {
        rows: report["rows"].as_u64().unwrap(),
        ..Findings::default()
    };
    for count in report["counts"].as_array().unwrap() {
        if let Some(count_of) = count["count"].as_u64().filter(|count| *count > 0) {
            let state = count["state"].as_str().unwrap().to_owned();
            found.states.insert(state, count_of);
        }
    }
    for problem in report["problems"].as_array().unwrap() {
        let code = problem["code"].as_str().unwrap().to_owned();
        *found.problems.entry(code).or_default() += 1;
    }
    say(&format!("imported {} in {taken:.2?}", file.display()));
    (taken, found)
}

fn checked_in_node(file: &Path) -> (Duration, Findings) {
    let today = jiff::Zoned::now().date().to_string();
    let mut node = Command::new("node");
    node.arg(repository("tests/bench/importing/check.mjs"))
        .arg(file)
        .arg(today)
        .env("CLIENTS", rivals());
    let output = node.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    #[derive(Deserialize)]
    struct Said {
        #[serde(flatten)]
        found: Findings,
        parsing: f64,
        seconds: f64,
    }
    let said: Said = serde_json::from_slice(&output.stdout).unwrap();
    say(&format!(
        "in Node in {:.2} s, {:.2} s of it parsing",
        said.seconds, said.parsing
    ));
    (Duration::from_secs_f64(said.seconds), said.found)
}

/// The columns of a table of twenty, from their names and first 200 rows.
fn map(table: &mut Table, file: &Path) {
    const TIMES: u32 = 50;
    let opened = FileTable::open(Source::from(file.to_owned()), &Choice::default()).unwrap();
    let rows = opened.preview(200).unwrap();
    let columns: Vec<Column<'_>> = (0..)
        .zip(&opened.found().columns)
        .map(|(at, name)| Column {
            name,
            values: rows.iter().map(|row| row.get(at)).collect(),
        })
        .collect();
    let begun = Instant::now();
    let first = mapping::suggest(&columns, None);
    let cold = begun.elapsed();
    assert_eq!(first.iter().filter(|one| one.field.is_some()).count(), 16);
    let begun = Instant::now();
    for _ in 0..TIMES {
        std::hint::black_box(mapping::suggest(&columns, None));
    }
    let warm = begun.elapsed() / TIMES;
    table.part("Mapping alone: twenty columns, 200 rows looked at");
    let blink = ("a blink", Duration::from_millis(100));
    table.ratio("the first of a process", cold, blink, Some(1.0));
    table.ratio("each further", warm, blink, Some(0.1));
}

/// What a process that imports one file says at its end.
#[derive(Serialize, Deserialize)]
struct Taken {
    /// Drafts kept.
    rows: u64,
    seconds: f64,
    /// MB of the most it held in memory, files it maps included.
    memory: f64,
}

/// A large file in a process of its own, with every row kept and listed.
async fn large(table: &mut Table, sandbox: &Sandbox, folder: &Path) {
    let file = folder.join("large.csv");
    let rows = export::csv(&file, usize::MAX, LARGE, WORDY);
    let data = folder.join("data");
    {
        let desk = open(sandbox, &data, Pacing::Unlimited).await;
        let key =
            json!({ "key": sandbox.debitura_key(), "environment": "sandbox", "workspace": null });
        call(&desk, "connect_debitura", key).await;
        settle(&desk).await;
    }
    let paths: [PathBuf; 2] = [data, file];
    let output = tokio::task::spawn_blocking(move || {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.arg(CHILD).args(paths).output().unwrap()
    });
    let output = output.await.unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let taken: Taken = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        taken.rows, rows as u64,
        "every row must have become a draft"
    );
    table.part(&format!(
        "CSV of {} MB, {rows} rows, to checked drafts in the store in {:.0} s, in a process of its own",
        LARGE / 1_000_000,
        taken.seconds
    ));
    let limit = ("the limit", MEMORY);
    table.sizes("most memory (resident)", taken.memory, limit, Some(1.0));
}

/// The word by which this program is started as the process that is measured.
pub const CHILD: &str = "import-in-a-process-of-its-own";

/// Imports one file into a data folder and prints what it took.
pub async fn child(data: &Path, file: &Path) {
    let sandbox = Sandbox::start(company(1)).await.unwrap();
    let desk = open(&sandbox, data, Pacing::Unlimited).await;
    let begun = Instant::now();
    let request = json!({ "file": file, "sheet": null, "mapping": null });
    let import = call(&desk, "import_file", request).await;
    assert!(import["job"].is_string(), "nothing must be asked: {import}");
    let job = loop {
        let state = call(&desk, "app_state", json!({})).await;
        let mut jobs = state["jobs"].as_array().unwrap().iter();
        let job = jobs.find(|job| job["id"] == import["job"]).unwrap();
        if !job["ended"].is_null() {
            break job.clone();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    assert_eq!(job["stage"], "done", "{job}");
    let seconds = begun.elapsed().as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let most = most.and_then(|text| text.trim().strip_suffix(" kB"));
    let taken = Taken {
        rows: job["done"].as_u64().unwrap_or_default(),
        seconds,
        memory: most.unwrap().trim().parse::<f64>().unwrap() / 1024.0,
    };
    println!("{}", serde_json::to_string(&taken).unwrap());
}
