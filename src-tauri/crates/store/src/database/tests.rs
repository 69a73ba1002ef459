use super::*;

static BROKEN: Layout = Layout {
    file: FileKind::Cache,
    schemas: &[
        "CREATE TABLE a (x INTEGER) STRICT",
        "CREATE TABLE b (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1);",
    ],
    pragmas: "",
    before_commit: None,
    progress: None,
};
static ONE: Layout = Layout {
    file: FileKind::Cache,
    schemas: &["CREATE TABLE a (x INTEGER) STRICT"],
    pragmas: "",
    before_commit: Some("INSERT INTO a VALUES (-1)"),
    progress: None,
};

fn start(path: &Path) -> Database {
    Opened::open(path, &ONE)
        .unwrap()
        .start(Arc::new(()), Checkpoint::default())
        .unwrap()
}

async fn rows(database: &Database) -> i64 {
    database
        .read(|tx| tx.query_row("SELECT count(*) FROM a", [], |row| row.get(0)))
        .await
        .unwrap()
}

#[tokio::test]
async fn work_that_fails_refuses_or_panics_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let database = start(&directory.path().join("t.db"));
    let insert = |tx: &Transaction<'_>| tx.execute("INSERT INTO a VALUES (1)", []);
    let failed = database
        .write(move |tx| {
            insert(tx)?;
            tx.execute("nonsense", [])
        })
        .await;
    assert!(matches!(failed, Err(StoreError::Refused { .. })));
    let refused = database
        .attempt(move |tx| {
            insert(tx)?;
            Ok(Err::<(), _>("no"))
        })
        .await;
    assert!(matches!(refused, Ok(Err("no"))));
    let panicked = database
        .write(move |tx| -> rusqlite::Result<()> {
            insert(tx)?;
            panic!("a defect")
        })
        .await;
    assert!(matches!(panicked, Err(StoreError::Closed { .. })));
    assert_eq!(rows(&database).await, 0);
    database.write(insert).await.unwrap();
    assert_eq!(rows(&database).await, 2, "the row and the layout's own");
}

#[tokio::test]
async fn readers_cannot_write() {
    let directory = tempfile::tempdir().unwrap();
    let database = start(&directory.path().join("t.db"));
    let written = database
        .read(|tx| tx.execute("INSERT INTO a VALUES (1)", []))
        .await;
    assert!(matches!(written, Err(StoreError::ReadOnly { .. })));
}

#[tokio::test]
async fn work_that_nobody_waits_for_is_done() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("t.db");
    let database = start(&path);
    let work = database.write(|tx| tx.execute("INSERT INTO a VALUES (1)", []));
    let given_up = tokio::time::timeout(Duration::ZERO, work).await;
    drop((given_up.is_ok(), database));
    assert_eq!(rows(&start(&path)).await, 2);
}

#[test]
fn a_schema_that_fails_leaves_the_file_at_the_one_before() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("t.db");
    let failed = Opened::open(&path, &BROKEN)
        .unwrap()
        .start(Arc::new(()), Checkpoint::default());
    assert!(failed.is_err());
    let again = Opened::open(&path, &BROKEN).unwrap();
    assert_eq!(again.version().unwrap(), 1);
    let half = again.connection.prepare("SELECT * FROM b").is_ok();
    assert!(!half, "a schema is applied whole or not at all");
}
