//! What happens to the files when something else happened to them first.

use std::fs;
use std::path::Path;

use crate::support::{at, connection, draft, folder, workspace};
use receivables::State;
use rusqlite::Connection;
use store::{FileKind, Folder, FolderError, NewActivity, Query, StoreError, WorkspaceId};

/// Every released schema with some rows, as the version of that time wrote them.
const RELEASED: [(FileKind, &[u8]); 5] = [
    (FileKind::Book, include_bytes!("../fixtures/book-1.db")),
    (FileKind::Book, include_bytes!("../fixtures/book-2.db")),
    (FileKind::Book, include_bytes!("../fixtures/book-3.db")),
    (FileKind::Cache, include_bytes!("../fixtures/cache-1.db")),
    (FileKind::Cache, include_bytes!("../fixtures/cache-2.db")),
];

fn write_database(path: &Path, sql: &str) {
    let database = Connection::open(path).unwrap();
    database.execute_batch(sql).unwrap();
}

fn damage(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    for byte in bytes.iter_mut().take(40) {
        *byte = 0x5a;
    }
    fs::write(path, bytes).unwrap();
}

/// Damages what the header does not tell: the pages of tables.
fn damage_pages(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    for byte in bytes.iter_mut().skip(4096) {
        *byte = 0x5a;
    }
    fs::write(path, bytes).unwrap();
}

async fn record(book: &store::Book, kind: &str) {
    book.record(NewActivity {
        at: at(0),
        workspace: None,
        kind: kind.into(),
        subject: None,
        data: serde_json::Value::Null,
    })
    .await
    .unwrap();
}

fn kinds(path: &Path) -> Vec<String> {
    let database = Connection::open(path).unwrap();
    let mut select = database.prepare("SELECT kind FROM activity").unwrap();
    let kinds = select.query_map([], |row| row.get(0)).unwrap();
    kinds.collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_folder_has_one_owner() {
    let (_directory, folder) = folder();
    let path = folder.path().to_owned();
    assert!(matches!(Folder::open(&path), Err(FolderError::Locked)));
    let book = folder.book().unwrap();
    drop(folder);
    assert!(
        matches!(Folder::open(&path), Err(FolderError::Locked)),
        "an open book still owns the folder"
    );
    drop(book);
    Folder::open(&path).unwrap();
}

#[test]
fn a_file_is_not_a_folder() {
    let (directory, _folder) = folder();
    let path = directory.path().join("file");
    fs::write(&path, b"").unwrap();
    assert!(matches!(Folder::open(&path), Err(FolderError::NotAFolder)));
    assert!(matches!(
        Folder::open(path.join("below")),
        Err(FolderError::NotAFolder)
    ));
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read() {
    use std::os::unix::fs::PermissionsExt;
    let (_directory, folder) = folder();
    let (_book, _cache) = (folder.book().unwrap(), folder.cache().unwrap());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(folder.path()), 0o700);
    for file in fs::read_dir(folder.path()).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[tokio::test]
async fn every_released_schema_opens_with_its_rows() {
    for (book, cache, adopted_cases, imports) in [
        (RELEASED[0], RELEASED[3], 0, 0),
        (RELEASED[1], RELEASED[4], 1, 0),
        (RELEASED[2], RELEASED[3], 1, 1),
    ] {
        opens_with_its_rows([book, cache], adopted_cases, imports).await;
    }
}

async fn opens_with_its_rows(files: [(FileKind, &[u8]); 2], adopted_cases: usize, imports: usize) {
    let (_directory, folder) = folder();
    for (file, bytes) in files {
        fs::write(folder.file(file), bytes).unwrap();
    }
    let book = folder.book().unwrap();
    if adopted_cases == 0 {
        assert!(folder.backup().exists(), "copied before it is migrated");
    }
    let nordlys: WorkspaceId = "00000000-0000-0000-0000-000000000001".parse().unwrap();
    assert_eq!(book.workspaces().await.unwrap()[0].name, "Nordlys");
    let connections = book.connections(nordlys).await.unwrap();
    assert_eq!(connections.len(), 1 + imports);
    assert_eq!(book.imports(nordlys).await.unwrap().len(), imports);
    for import in book.imports(nordlys).await.unwrap() {
        let step = book.import_step(&import.id).await.unwrap().unwrap();
        assert_eq!(step.undo.as_deref(), Some("Changed the mapping"));
        assert_eq!(step.redo.as_deref(), Some("Read the table another way"));
        assert_eq!(book.mappings(nordlys).await.unwrap().len(), 2);
    }
    let journal = book.journal(nordlys).await.unwrap();
    assert_eq!(journal[0].confirmed.body, b"{\"a\":1}");
    assert_eq!(journal[0].case_reference.as_deref(), Some("DEB-1"));
    let adopted = book.adopted_cases(journal[0].confirmed.scope.clone());
    assert_eq!(adopted.await.unwrap().len(), adopted_cases);
    assert_eq!(book.overlays(nordlys).await.unwrap().debtors.len(), 1);
    assert!(book.undo(nordlys, at(1)).await.unwrap().is_some());

    let cache = folder.cache().unwrap();
    let mut query = Query::new(nordlys);
    query.search = "nordlys".into();
    query.states = vec![State::Ready];
    let page = cache.page(query, 0, 10).await.unwrap();
    assert_eq!(page.rows[0].id.to_string(), "stripe:live:1");
}

#[test]
fn the_schema_made_today_is_the_released_one() {
    let (_directory, folder) = folder();
    drop((folder.book().unwrap(), folder.cache().unwrap()));
    for (file, bytes) in [RELEASED[2], RELEASED[4]] {
        let fixture = folder.path().join("fixture.db");
        fs::write(&fixture, bytes).unwrap();
        let schema = |path: &Path| -> Vec<String> {
            let database = Connection::open(path).unwrap();
            let mut select = database
                .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
                .unwrap();
            let rows = select.query_map([], |row| row.get(0)).unwrap();
            rows.collect::<Result<_, _>>().unwrap()
        };
        assert_eq!(
            schema(&folder.file(file)),
            schema(&fixture),
            "{file}: a released schema was edited; add the next one instead"
        );
        fs::remove_file(fixture).unwrap();
    }
}

#[test]
fn a_newer_file_is_refused_and_unharmed() {
    for file in [FileKind::Book, FileKind::Cache] {
        let (_directory, folder) = folder();
        let path = folder.file(file);
        write_database(&path, "PRAGMA user_version = 77; CREATE TABLE future (x);");
        let before = fs::read(&path).unwrap();
        let error = match file {
            FileKind::Book => folder.book().map(drop).unwrap_err(),
            FileKind::Cache => folder.cache().map(drop).unwrap_err(),
        };
        assert!(
            matches!(error, StoreError::Newer { found: 77, file: about, .. } if about == file),
            "{error}"
        );
        assert_eq!(fs::read(&path).unwrap(), before);
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(names.len(), 2, "only the file and the lock: {names:?}");
    }
}

#[tokio::test]
async fn the_book_is_copied_when_it_changed_and_the_copy_before_is_kept() {
    let (_directory, folder) = folder();
    let open = async |kind: Option<&str>| {
        let book = folder.book().unwrap();
        if let Some(kind) = kind {
            record(&book, kind).await;
        }
    };
    open(Some("one")).await;
    assert!(!folder.backup().exists());
    open(Some("two")).await;
    assert_eq!(kinds(&folder.backup()), ["one"]);
    open(None).await;
    assert_eq!(kinds(&folder.backup()), ["one", "two"]);
    assert_eq!(kinds(&folder.older_backup()), ["one"]);
    open(None).await;
    assert_eq!(
        kinds(&folder.older_backup()),
        ["one"],
        "an unchanged book replaces no copy"
    );
}

#[tokio::test]
async fn an_open_book_is_copied_when_asked() {
    let (_directory, folder) = folder();
    let book = folder.book().unwrap();
    for (kind, copied) in [("one", vec!["one"]), ("two", vec!["one", "two"])] {
        record(&book, kind).await;
        book.back_up().await.unwrap();
        assert_eq!(kinds(&folder.backup()), copied, "a batch later is no copy");
    }
    assert_eq!(kinds(&folder.older_backup()), ["one"]);
    book.back_up().await.unwrap();
    assert_eq!(kinds(&folder.older_backup()), ["one"]);
    let left = folder.path().join("book.backing-up.db");
    assert!(!left.exists());
}

#[tokio::test]
async fn a_damaged_cache_is_put_aside_and_begun_anew_without_touching_the_book() {
    for damage in [damage, damage_pages] {
        let (_directory, folder) = folder();
        let book = folder.book().unwrap();
        record(&book, "kept").await;
        let cache = folder.cache().unwrap();
        let records: Vec<_> = (0..200).map(|id| draft(&id.to_string()).record()).collect();
        cache
            .store(workspace(1), connection(1), records, at(0))
            .await
            .unwrap();
        drop(cache);
        damage(&folder.file(FileKind::Cache));

        // Damage behind the header shows only when the pages are read; the next start begins anew.
        if let Ok(cache) = folder.cache() {
            let read = cache.invoices_after(workspace(1), 0, 1_000).await;
            if read.is_err() {
                assert!(matches!(read, Err(StoreError::Damaged { .. })), "{read:?}");
            }
        }
        let cache = folder.cache().unwrap();
        let (invoices, _) = cache.invoices_after(workspace(1), 0, 1_000).await.unwrap();
        assert_eq!(invoices, []);
        assert!(folder.path().join("cache.aside.db").exists());
        assert_eq!(book.activity(workspace(1), None, 9).await.unwrap().len(), 1);
        let again = vec![draft("1").record()];
        cache
            .store(workspace(1), connection(1), again, at(1))
            .await
            .unwrap();
    }
}

#[test]
fn what_cannot_be_opened_says_so() {
    let (_directory, folder) = folder();
    fs::create_dir(folder.file(FileKind::Book)).unwrap();
    let error = folder.book().map(drop).unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::CannotOpen { .. } | StoreError::Io { .. } | StoreError::ReadOnly { .. }
        ),
        "{error}"
    );
    assert_eq!(error.file(), FileKind::Book);
}

/// Root may write anywhere, so the file is made unchangeable where the file system can.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_written_says_so() {
    let (_directory, folder) = folder();
    drop(folder.book().unwrap());
    let path = folder.file(FileKind::Book);
    let chattr = |flag: &str| {
        std::process::Command::new("chattr")
            .arg(flag)
            .arg(&path)
            .stderr(std::process::Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    if !chattr("+i") {
        return;
    }
    let outcome = folder.book().map(drop);
    assert!(chattr("-i"));
    assert!(
        matches!(
            outcome,
            Err(StoreError::ReadOnly { .. } | StoreError::CannotOpen { .. })
        ),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn another_program_that_holds_the_file_is_named_as_the_cause() {
    let (_directory, folder) = folder();
    let book = folder.book().unwrap();
    let other = Connection::open(folder.file(FileKind::Book)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = book.set_setting("a", 1).await;
    assert!(
        matches!(refused, Err(StoreError::Busy { .. })),
        "{refused:?}"
    );
    other.execute_batch("COMMIT").unwrap();
    book.set_setting("a", 1).await.unwrap();
}
