//! The `invoices` command over 100,000 invoices, against the same over 100 and against bare SQL on the same file.

use std::sync::Arc;
use std::time::{Duration, Instant};

use desk::Desk;
use rusqlite::{Connection, OpenFlags, ToSql};
use serde_json::{Value, json};

use crate::desks::{CORRECTED, Filled, call, question};
use crate::table::Table;
use crate::{at, median};

const RUNS: usize = 40;
/// Each is preceded by a change, which takes longer than the question.
const RUNS_AFTER_CHANGE: usize = 10;
const OVERDUE: [&str; 2] = ["ready", "attention"];

pub async fn measure(table: &mut Table, few: &Filled, many: &Filled) {
    table.part(&format!(
        "The `invoices` command over {} invoices (windows of 250 rows with counts and sums; {RUNS} runs)",
        many.invoices
    ));
    let file = many.stage.data_dir().join("cache.db");
    let (few, many) = (few.open().await, many.open().await);
    let sql = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    sql.execute_batch("PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;")
        .unwrap();

    let attention = |_: usize| question(&["attention"], "", "due_date", false);
    let by_amount = |_: usize| question(&OVERDUE, "", "amount", true);
    let corrected = |run: usize| question(&OVERDUE, &piece(run), "due_date", false);
    let of_sql = |_: usize| bare(&sql, "state IN (1)", "due_date", None);
    line(table, "filter 'attention'", &few, &many, attention, of_sql).await;
    let of_sql = |run: usize| bare(&sql, "state IN (0, 1)", "due_date", Some(piece(run)));
    line(
        table,
        "search, found in a corrected name only",
        &few,
        &many,
        corrected,
        of_sql,
    )
    .await;
    let of_sql = |_: usize| bare(&sql, "state IN (0, 1)", "worth DESC", None);
    line(table, "sort by amount", &few, &many, by_amount, of_sql).await;

    let (mut of_few, mut of_many) = (Vec::new(), Vec::new());
    for run in 0..RUNS_AFTER_CHANGE {
        for (desk, times) in [(&few, &mut of_few), (&many, &mut of_many)] {
            change(desk, run).await;
            times.push(timed(desk, by_amount(run)).await);
        }
    }
    let than = ("100 invoices", median(&mut of_few));
    table.ratio(
        "sort by amount, first after a change",
        median(&mut of_many),
        than,
        None,
    );
}

/// Text of the corrected name, another in each run: nothing was asked before.
fn piece(run: usize) -> String {
    let from = run % 8;
    CORRECTED[from..from + 6 + run / 8 * 2].to_lowercase()
}

async fn line(
    table: &mut Table,
    what: &str,
    few: &Arc<Desk>,
    many: &Arc<Desk>,
    question: impl Fn(usize) -> Value,
    sql: impl Fn(usize) -> Duration,
) {
    let (mut of_few, mut of_many, mut of_sql) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..RUNS {
        of_few.push(timed(few, question(run)).await);
        of_many.push(timed(many, question(run)).await);
        of_sql.push(sql(run));
    }
    let high = (at(&mut of_few, 95), at(&mut of_many, 95));
    let (of_few, of_many) = (median(&mut of_few), median(&mut of_many));
    table.ratio(
        &format!("{what}: p50"),
        of_many,
        ("100 invoices", of_few),
        Some(2.0),
    );
    table.ratio("  p95", high.1, ("100 invoices", high.0), Some(2.0));
    table.ratio(
        "  p50",
        of_many,
        ("bare SQL", median(&mut of_sql)),
        Some(2.0),
    );
}

async fn timed(desk: &Arc<Desk>, question: Value) -> Duration {
    let begun = Instant::now();
    let page = call(desk, "invoices", question).await;
    let taken = begun.elapsed();
    assert!(
        page["total"].as_u64().is_some_and(|total| total > 0),
        "nothing is found"
    );
    taken
}

/// Corrects some invoice, as a bookkeeper does between two looks at the list.
async fn change(desk: &Arc<Desk>, run: usize) {
    let page = call(desk, "invoices", question(&OVERDUE, "", "reference", false)).await;
    let id = &page["rows"][run]["id"];
    let value = format!("Nyhavn {}", run + 1);
    call(
        desk,
        "correct",
        json!({ "id": id, "field": "debtor_address", "value": value }),
    )
    .await;
}

/// The rows of the first page, and counts and sums of the whole list by state and currency: two statements.
fn bare(sql: &Connection, states: &str, order: &str, search: Option<String>) -> Duration {
    let pieces = search.map(|text| {
        let characters: Vec<char> = text.chars().collect();
        let pieces = characters.windows(3);
        let quoted = pieces.map(|three| format!("\"{}\"", three.iter().collect::<String>()));
        quoted.collect::<Vec<_>>().join(" ")
    });
    let (from, found) = match &pieces {
        Some(_) => (
            "trigrams CROSS JOIN invoices ON key = trigrams.rowid",
            "AND trigrams MATCH ?1",
        ),
        None => ("invoices", ""),
    };
    let parameters: Vec<&dyn ToSql> = pieces.iter().map(|pieces| pieces as &dyn ToSql).collect();
    let listed = format!(
        "SELECT id, debtor, state, reference, debtor_name, currency, minor, case_date, due_date, country, partly_paid,
             codes, first_problem, suggestions, fetched_at FROM invoices WHERE key IN (
             SELECT key FROM {from} WHERE workspace = 1 AND partly_paid = 0 AND {states} {found}
             ORDER BY {order} LIMIT 250) ORDER BY {order}"
    );
    let summed = format!(
        "SELECT state, currency, count(*), sum(minor) FROM {from}
         WHERE workspace = 1 AND partly_paid = 0 {found} GROUP BY state, currency"
    );
    let begun = Instant::now();
    for statement in [&listed, &summed] {
        let mut statement = sql.prepare_cached(statement).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query(parameters.as_slice()).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                std::hint::black_box(row.get::<_, rusqlite::types::Value>(column).unwrap());
            }
        }
    }
    begun.elapsed()
}
