//! The program as built, in its real window on a display in memory: from the start of the process until its first heading
//! shows, and how much memory it and its engine's processes take at most.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sandbox::{Options, Sandbox};
use serde_json::json;

use crate::desks::Filled;
use crate::support::driver::Driver;
use crate::support::process::{Running, free_port};
use crate::table::Table;
use crate::{median, say};

const RUNS: usize = 5;
const PROGRAM: &str = env!("CARGO_BIN_EXE_debitura-desk");
/// The kernel's clock ticks in a second, as programs are told them.
const TICKS: f64 = 100.0;
/// How long memory is watched after the first screen.
const AFTERWARDS: Duration = Duration::from_millis(1500);

pub async fn measure(table: &mut Table, many: &Filled) {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let (mut empty, mut full) = (Vec::new(), Vec::new());
    let (mut empty_memory, mut full_memory) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let folder = tempfile::tempdir().unwrap();
        let start = start(&sandbox, folder.path(), "Debitura Desk").await;
        empty.push(start.shown);
        empty_memory.push(start.memory);
        let start = self::start(&many.stage.sandbox, &many.stage.data_dir(), "Overview").await;
        full.push(start.shown);
        full_memory.push(start.memory);
    }
    let build = if cfg!(debug_assertions) {
        "DEBUG build"
    } else {
        "release build"
    };
    table.part(&format!(
        "Start to the first heading in the real window under Xvfb, with WebDriver in it ({build}, medians of {RUNS})"
    ));
    let (empty, full) = (median(&mut empty), median(&mut full));
    table.ratio(
        &format!("cache of {} invoices, overview shown", many.invoices),
        full,
        ("empty", empty),
        Some(2.0),
    );
    let (empty, full) = (middle(&mut empty_memory), middle(&mut full_memory));
    table.sizes(
        "most memory (PSS of all processes)",
        full,
        ("empty", empty),
        Some(2.0),
    );
}

fn middle(sizes: &mut [f64]) -> f64 {
    sizes.sort_by(f64::total_cmp);
    sizes[sizes.len() / 2]
}

struct Start {
    shown: Duration,
    /// MB.
    memory: f64,
}

async fn start(sandbox: &Sandbox, folder: &Path, heading: &str) -> Start {
    let port = free_port();
    let mut command = Command::new("WebKitWebDriver");
    command
        .arg(format!("--port={port}"))
        .env("DESK_DEBITURA_URL", sandbox.debitura_url())
        .env("DESK_STRIPE_URL", sandbox.stripe_url())
        .env("TAURI_WEBVIEW_AUTOMATION", "true")
        .env("LANGUAGE", "en_GB")
        .stdout(Stdio::null());
    let _driver = Running::start(&mut command);
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let data = folder.to_owned();
    let memory = std::thread::spawn(move || {
        let mut most = 0.0_f64;
        while stopped.recv_timeout(Duration::from_millis(50))
            == Err(std::sync::mpsc::RecvTimeoutError::Timeout)
        {
            most = most.max(program(&data).map_or(0.0, memory_of));
        }
        most
    });
    let options = json!({ "binary": PROGRAM, "args": ["--data-dir", folder] });
    let driver = Driver::begin(port, json!({ "webkitgtk:browserOptions": options })).await;
    let script = "return [...document.querySelectorAll('h1:not(.unseen)')].some((each) => each.checkVisibility() && each.textContent.includes(arguments[0]))";
    let begun = Instant::now();
    while driver
        .run(script, json!([heading]))
        .await
        .is_ok_and(|seen| seen != true)
    {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "no heading shows"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let shown = running_for(program(folder).expect("it runs"));
    tokio::time::sleep(AFTERWARDS).await;
    drop(stop);
    let memory = memory.join().unwrap();
    driver.end().await;
    while program(folder).is_some() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    say(&format!(
        "started on {} in {shown:.0?}, {memory:.0} MB",
        folder.display()
    ));
    Start { shown, memory }
}

/// The process of the program that was started on a folder.
fn program(folder: &Path) -> Option<u32> {
    processes().find(|process| {
        let line = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
        let words: Vec<&[u8]> = line.split(|byte| *byte == 0).collect();
        words.first() == Some(&PROGRAM.as_bytes())
            && words.contains(&folder.as_os_str().as_encoded_bytes())
    })
}

fn processes() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// What `/proc/<process>/stat` says after the name: the parent is the second, the start the twentieth.
fn stat(process: u32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    Some(
        text.rsplit_once(')')?
            .1
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
    )
}

fn running_for(process: u32) -> Duration {
    let uptime = fs::read_to_string("/proc/uptime").unwrap();
    let now: f64 = uptime.split_whitespace().next().unwrap().parse().unwrap();
    let started: f64 = stat(process).unwrap()[19].parse().unwrap();
    Duration::from_secs_f64((now - started / TICKS).max(0.0))
}

/// MB of a process and all it started. What several share counts once.
fn memory_of(first: u32) -> f64 {
    let parents: Vec<(u32, u32)> = processes()
        .filter_map(|process| Some((process, stat(process)?.get(1)?.parse().ok()?)))
        .collect();
    let mut family = vec![first];
    let mut looked = 0;
    while let Some(parent) = family.get(looked).copied() {
        family.extend(
            parents
                .iter()
                .filter(|(_, of)| *of == parent)
                .map(|(process, _)| *process),
        );
        looked += 1;
    }
    let kilobytes = |process: &u32| {
        let text = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
        line.split_whitespace().next()?.parse::<f64>().ok()
    };
    family.iter().filter_map(kilobytes).sum::<f64>() / 1024.0
}
