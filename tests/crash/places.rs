//! A disk that is full, and a journal that is damaged or gone: nothing is sent that cannot be recorded, and nothing at all
//! from a journal that cannot be trusted.

use std::path::Path;
use std::time::Duration;

use crate::desk::ended;
use crate::disk::Disk;
use crate::figures::Figures;
use crate::full;
use crate::matrix::{CREATE, side_by_side};
use crate::prepared::{copy, prepared, words};
use crate::row::{Row, Scene, temporary};

/// How long a process may wait for room before it is given some.
const PATIENCE: Duration = Duration::from_secs(4);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a keychain: cargo xtask test"]
async fn a_disk_that_is_full() {
    let counted = Figures::of("disk full");
    let figures = &counted;
    let prepared = prepared().await;
    let moments: &[u64] = if full() {
        &[0, 1, 50, 100, 150, 200, 250, 300]
    } else {
        &[0, 1, 120]
    };
    for moment in moments {
        let folder = temporary();
        let data = folder.path().join("data");
        let Some(disk) = Disk::mount(&data, 24) else {
            return;
        };
        copy(&prepared.confirmed, &data);
        let row = Row::over(
            folder,
            data.clone(),
            format!("after {moment} ms"),
            &Scene::plain().called("full"),
        )
        .await;
        figures.run();
        let again = row.again();
        let full_from_the_start = *moment == 0;
        if full_from_the_start {
            disk.fill();
        }
        let mut child = row.desk.start(&words(&again), "").await;
        if !full_from_the_start {
            tokio::time::sleep(Duration::from_millis(*moment)).await;
            disk.fill();
        }
        // It may wait for room; then it goes on by itself when there is some.
        let waited = tokio::time::timeout(PATIENCE, child.wait()).await.is_err();
        // What arrived has its record, full disk or not.
        let sent: Vec<String> = row
            .sandbox
            .requests_to(CREATE)
            .into_iter()
            .filter_map(|request| request.idempotency_key)
            .collect();
        let told = row.told();
        let open = told
            .iter()
            .filter(|entry| entry.outcome == "confirmed" && entry.tries == 0)
            .count();
        let ours = sent
            .iter()
            .filter(|key| !key.starts_with("another hand"))
            .count();
        if ours > told.len() - open {
            figures.complain(format!(
                "[{}] {ours} requests, {open} entries never begun",
                row.name
            ));
        }
        disk.free();
        let halted = ended(child, &words(&again)).await;
        if full_from_the_start && !waited && halted.code == Some(0) {
            figures.complain(format!("[{}] it did everything on a full disk", row.name));
        }
        figures.run();
        figures.judged(&row.judged().await);
    }
    counted.close();
}

/// What happens to the file of the journal.
#[derive(Debug, Clone, Copy)]
enum Damage {
    Missing,
    Empty,
    HeaderGone,
    PagesGone,
    HalfGone,
    Text,
}

impl Damage {
    fn inflict(self, book: &Path) {
        // What the last process wrote lies in the log beside the file; folded in first, so that only the file counts.
        let whole = rusqlite::Connection::open(book).unwrap();
        whole
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .unwrap();
        drop(whole);
        let mut bytes = std::fs::read(book).unwrap();
        match self {
            Damage::Missing => return std::fs::remove_file(book).unwrap(),
            Damage::Empty => bytes.clear(),
            Damage::HeaderGone => bytes[..100].fill(0),
            // All but the first pages.
            Damage::PagesGone => bytes[8192..].fill(0),
            Damage::HalfGone => bytes.truncate(bytes.len() / 2),
            Damage::Text => bytes = b"no longer a journal".repeat(500),
        }
        std::fs::write(book, bytes).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a keychain: cargo xtask test"]
async fn a_damaged_or_missing_journal_sends_nothing() {
    let counted = Figures::of("damaged journal");
    let figures = &counted;
    let damages = [
        Damage::Missing,
        Damage::Empty,
        Damage::HeaderGone,
        Damage::PagesGone,
        Damage::HalfGone,
        Damage::Text,
    ];
    side_by_side(damages.map(|damage| {
        async move {
            let row = Row::set(format!("{damage:?}"), &Scene::plain().called("damaged")).await;
            let (again, book) = (row.again(), row.desk.book());
            let good = row.folder.path().join("good");
            copy(&row.desk.data, &good);
            damage.inflict(&book);
            let before = std::fs::read(&book).unwrap_or_default();
            figures.run();
            let refused = row.desk.run(&words(&again), "").await;
            if refused.failure() != "book_damaged" {
                figures.complain(format!("[{damage:?}] not refused: {}", refused.words()));
            }
            let ours = row.sandbox.requests().into_iter().filter(|request| {
                request.provider == "debitura"
                    && request
                        .headers
                        .iter()
                        .any(|(_, value)| value.starts_with("DebituraDesk"))
            });
            let asked = ours.count();
            if asked > 0 {
                figures.complain(format!(
                    "[{damage:?}] {asked} requests from a journal that cannot be trusted"
                ));
            }
            if std::fs::read(&book).unwrap_or_default() != before {
                figures.complain(format!(
                    "[{damage:?}] the damaged file was not kept as it was"
                ));
            }
            // The good copy comes back from elsewhere, as a person would put it back.
            for entry in std::fs::read_dir(&row.desk.data).unwrap().flatten() {
                if entry.file_name().to_string_lossy().starts_with("book") {
                    std::fs::remove_file(entry.path()).unwrap();
                }
            }
            copy(&good, &row.desk.data);
            figures.run();
            figures.judged(&row.judged().await);
        }
    }))
    .await;
    counted.close();
}
