//! A book that is damaged for real, in every way we know: noticed, kept, not used any more, and brought back.

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use store::{
    Account, AdoptedCase, Book, CopyKind, Environment, FileKind, Folder, FolderError, NewActivity,
    StoreError,
};
use tempfile::TempDir;

use crate::support::{at, creditor, folder, invoice_id, workspace};

/// SQLite's page size unless another is asked for.
const PAGE: usize = 4096;

async fn record(book: &Book, kind: &str, second: i64) {
    let activity = NewActivity {
        at: at(second),
        workspace: None,
        kind: kind.into(),
        subject: None,
        // Enough of them fill pages of their own.
        data: "x".repeat(500).into(),
    };
    book.record(activity).await.unwrap();
}

async fn kinds(book: &Book) -> Vec<String> {
    let mut rows = book.activity(workspace(1), None, 100).await.unwrap();
    rows.reverse();
    rows.into_iter().map(|row| row.what.kind).collect()
}

/// A folder whose book knows more than its latest copy, and that more than the one before.
async fn folder_with_copies() -> (TempDir, Folder) {
    let (directory, folder) = folder();
    let book = folder.book().unwrap();
    for (number, kind) in ["first", "second", "third"].into_iter().enumerate() {
        for _ in 0..10 {
            record(&book, kind, 10 * number as i64).await;
        }
        if number < 2 {
            book.back_up().await.unwrap();
        }
    }
    drop(book);
    (directory, folder)
}

/// The folder as it would be found if the process and the machine had stopped in this moment.
fn found_after_a_crash(folder: &Folder) -> (TempDir, Folder) {
    let directory = tempfile::tempdir().unwrap();
    for file in fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        if file.file_name() != "desk.lock" {
            fs::copy(file.path(), directory.path().join(file.file_name())).unwrap();
        }
    }
    let found = Folder::open(directory.path()).unwrap();
    (directory, found)
}

fn refused(folder: &Folder) -> String {
    match folder.book() {
        Err(StoreError::Damaged {
            file: FileKind::Book,
            detail,
        }) => detail,
        other => panic!("a damaged book was not refused: {:?}", other.map(drop)),
    }
}

fn change(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

fn root_page(path: &Path, table: &str) -> usize {
    let sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
    let book = Connection::open(path).unwrap();
    let page: i64 = book.query_row(sql, [table], |row| row.get(0)).unwrap();
    usize::try_from(page).unwrap()
}

type Damage = fn(&Path);

const DAMAGES: [(&str, Damage); 6] = [
    ("missing", |path| fs::remove_file(path).unwrap()),
    ("emptied", |path| fs::write(path, b"").unwrap()),
    ("truncated", |path| {
        change(path, |bytes| bytes.truncate(bytes.len() / 2 + 100))
    }),
    ("a zeroed page", |path| {
        let page = root_page(path, "journal") - 1;
        change(path, |bytes| bytes[page * PAGE..][..PAGE].fill(0));
    }),
    ("an overwritten header", |path| {
        change(path, |bytes| bytes[..40].fill(0x5a))
    }),
    ("replaced by an old one", |path| {
        fs::copy(path.with_file_name("book.backup.db"), path)
            .map(drop)
            .unwrap();
    }),
];

#[tokio::test]
async fn every_damage_is_noticed_kept_and_brought_back_from_the_latest_copy() {
    for (name, damage) in DAMAGES {
        let (_directory, folder) = folder_with_copies().await;
        let path = folder.file(FileKind::Book);
        damage(&path);
        let damaged = fs::read(&path).unwrap_or_default();
        let copies = [folder.backup(), folder.older_backup()].map(|copy| fs::read(copy).unwrap());
        for _ in 0..2 {
            refused(&folder);
        }
        assert!(
            fs::read(&path).unwrap_or_default() == damaged,
            "{name}: the file was changed"
        );
        let now = [folder.backup(), folder.older_backup()].map(|copy| fs::read(copy).unwrap());
        assert!(now == copies, "{name}: a copy was replaced");

        let kinds_of_copies = folder.book_copies();
        let latest = kinds_of_copies
            .iter()
            .find(|copy| copy.kind == CopyKind::Latest)
            .unwrap();
        assert_eq!(
            (latest.until, latest.submissions),
            (Some(at(10)), 0),
            "{name}"
        );
        let present = kinds_of_copies
            .iter()
            .any(|copy| copy.kind == CopyKind::Present);
        assert_eq!(
            present,
            name == "replaced by an old one",
            "{name}: offered though it cannot be read"
        );

        let restored = folder.restore_book(CopyKind::Latest, at(50)).unwrap();
        let kept = restored
            .kept
            .map(|kept| fs::read(kept).unwrap())
            .unwrap_or_default();
        assert!(kept == damaged, "{name}: the damaged file was not kept");
        let book = folder.book().unwrap();
        assert_eq!(kinds(&book).await.last().unwrap(), "second", "{name}");
        let recovery = book.recovery().await.unwrap().unwrap();
        assert_eq!(
            (recovery.at, recovery.until),
            (at(50), Some(at(10))),
            "{name}"
        );

        // What is written from here on is as safe as before.
        record(&book, "after", 60).await;
        drop(book);
        let book = folder.book().unwrap();
        assert_eq!(kinds(&book).await.last().unwrap(), "after", "{name}");
        assert_eq!(
            book.recovery().await.unwrap().unwrap(),
            recovery,
            "{name}: a restart forgot it"
        );
    }
}

#[tokio::test]
async fn a_log_that_was_removed_after_a_crash_is_noticed_and_the_file_itself_is_offered() {
    let (_directory, folder) = folder();
    let book = folder.book().unwrap();
    let (_young, found) = found_after_a_crash(&folder);
    fs::remove_file(found.path().join("book.db-wal")).unwrap();
    refused(&found);

    record(&book, "first", 0).await;
    drop(book);
    let book = folder.book().unwrap();
    record(&book, "second", 10).await;
    let (_crashed, whole) = found_after_a_crash(&folder);
    assert_eq!(
        kinds(&whole.book().unwrap()).await,
        ["first", "second"],
        "a crash alone loses nothing"
    );
    let (_crashed, found) = found_after_a_crash(&folder);
    fs::remove_file(found.path().join("book.db-wal")).unwrap();
    let why = refused(&found);
    assert!(why.contains("last 1 change"), "{why}");

    let copies: Vec<_> = found
        .book_copies()
        .into_iter()
        .map(|copy| copy.kind)
        .collect();
    assert_eq!(copies, [CopyKind::Present, CopyKind::Latest]);
    found.restore_book(CopyKind::Present, at(20)).unwrap();
    let restored = found.book().unwrap();
    assert_eq!(kinds(&restored).await, ["first"]);
    assert_eq!(
        restored.recovery().await.unwrap().unwrap().until,
        Some(at(0))
    );
}

#[tokio::test]
async fn damage_noticed_in_use_ends_all_work_on_the_book_and_is_found_again_at_the_next_start() {
    let (_directory, folder) = folder_with_copies().await;
    let path = folder.file(FileKind::Book);
    let page = root_page(&path, "activity") - 1;
    let book = folder.book().unwrap();
    assert!(book.damage().is_none());
    change(&path, |bytes| bytes[page * PAGE..][..PAGE].fill(0));
    let read = book.activity(workspace(1), None, 100).await;
    assert!(matches!(read, Err(StoreError::Damaged { .. })), "{read:?}");
    for refused in [
        book.set_setting("a", 1).await,
        book.insert_workspace(creditor(workspace(1), "Nordlys"))
            .await,
        book.get_setting::<u8>("a").await.map(drop),
        book.back_up().await,
    ] {
        assert!(
            matches!(refused, Err(StoreError::Damaged { .. })),
            "{refused:?}"
        );
    }
    assert!(book.damage().is_some());
    drop(book);
    refused(&folder);
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_removed_while_in_use_is_not_written_into_the_void() {
    for name in ["book.db", "book.db-wal"] {
        let (_directory, folder) = folder_with_copies().await;
        let book = folder.book().unwrap();
        record(&book, "before", 30).await;
        fs::remove_file(folder.path().join(name)).unwrap();
        let refused = book.set_setting("a", 1).await;
        assert!(
            matches!(refused, Err(StoreError::Damaged { .. })),
            "{name}: a record that nobody will find must not let anything be sent: {refused:?}"
        );
    }
}

#[tokio::test]
async fn without_a_copy_a_book_is_begun_anew_only_when_asked_and_says_so() {
    let (_directory, folder) = folder();
    record(&folder.book().unwrap(), "lost", 0).await;
    let path = folder.file(FileKind::Book);
    for damage in [DAMAGES[4].1, DAMAGES[0].1] {
        damage(&path);
        refused(&folder);
        assert_eq!(folder.book_copies(), []);
        let none = folder.restore_book(CopyKind::Latest, at(5));
        assert!(matches!(none, Err(FolderError::NoBackup)), "{none:?}");
    }
    let restored = folder.begin_book_anew(at(5)).unwrap();
    assert_eq!(restored.kept, None, "it had gone");
    let book = folder.book().unwrap();
    let recovery = book.recovery().await.unwrap().unwrap();
    assert_eq!((recovery.at, recovery.until), (at(5), None));
    assert_eq!(recovery.compared, []);
}

#[tokio::test]
async fn an_interrupted_recovery_is_found_as_damage_again() {
    let (_directory, folder) = folder_with_copies().await;
    // Between moving the damaged book away and putting the new one in its place.
    let path = folder.file(FileKind::Book);
    fs::rename(&path, folder.path().join("book.damaged-0.db")).unwrap();
    fs::rename(folder.backup(), folder.path().join("book.restoring.db")).unwrap();
    fs::remove_file(folder.older_backup()).unwrap();
    fs::remove_file(folder.path().join("book.progress")).unwrap();
    refused(&folder);
}

#[tokio::test]
async fn comparing_is_remembered_per_account_and_adopted_cases_stay() {
    let (_directory, folder) = folder_with_copies().await;
    let ours = creditor(workspace(1), "Nordlys");
    let account = Account::new(&ours.creditor, Environment::Production);
    let book = folder.book().unwrap();
    book.note_compared(account.clone()).await.unwrap();
    assert_eq!(book.recovery().await.unwrap(), None, "nothing to compare");
    drop(book);
    folder.restore_book(CopyKind::Older, at(50)).unwrap();
    let book = folder.book().unwrap();
    for _ in 0..2 {
        book.note_compared(account.clone()).await.unwrap();
        let case = |id: &str| AdoptedCase {
            case_id: id.into(),
            case_reference: format!("DEB-{id}"),
            at: at(51),
        };
        let adopted = vec![(invoice_id("1"), case("1"))];
        book.adopt_cases(ours.journal_scope(), adopted)
            .await
            .unwrap();
        book.adopt_cases(ours.journal_scope(), vec![(invoice_id("1"), case("2"))])
            .await
            .unwrap();
    }
    drop(book);
    let book = folder.book().unwrap();
    assert_eq!(book.recovery().await.unwrap().unwrap().compared, [account]);
    let adopted = book.adopted_cases(ours.journal_scope()).await.unwrap();
    assert_eq!(adopted[&invoice_id("1")].case_reference, "DEB-1");
}
