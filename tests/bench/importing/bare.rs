//! The least that can be done: a file read by the reader of its kind, each row inserted as it stands.

use std::path::Path;
use std::time::{Duration, Instant};

use bulk_import::propose;
use bulk_import::rows::{Drafts, Entry};
use bulk_import::table::{Choice, Source, Table};
use calamine::{Data, Reader, Xlsx};
use receivables::{
    Currency, DebtorId, Field, Hints, Invoice, InvoiceId, Money, Overlay, Provider, SourceStatus,
    Standing, State, assess,
};
use rusqlite::{Connection, params_from_iter};

use super::export::HEADER;

/// One transaction, one prepared statement, a table without an index.
pub fn read_and_insert(file: &Path, folder: &Path) -> Duration {
    let path = folder.join("bare.db");
    let begun = Instant::now();
    let mut database = Connection::open(&path).unwrap();
    database.execute_batch("PRAGMA journal_mode = WAL").unwrap();
    let columns: Vec<String> = (0..HEADER.len()).map(|at| format!("c{at} TEXT")).collect();
    let places = vec!["?"; HEADER.len()].join(", ");
    let transaction = database.transaction().unwrap();
    transaction
        .execute_batch(&format!("CREATE TABLE rows ({})", columns.join(", ")))
        .unwrap();
    {
        let insert = format!("INSERT INTO rows VALUES ({places})");
        let mut insert = transaction.prepare(&insert).unwrap();
        if file.extension().is_some_and(|kind| kind == "csv") {
            let mut reader = csv::ReaderBuilder::new();
            let mut reader = reader.delimiter(b';').from_path(file).unwrap();
            let mut record = csv::StringRecord::new();
            while reader.read_record(&mut record).unwrap() {
                insert.execute(params_from_iter(&record)).unwrap();
            }
        } else {
            let mut workbook: Xlsx<_> = calamine::open_workbook(file).unwrap();
            let sheet = workbook.worksheet_range_at(0).unwrap().unwrap();
            for row in sheet.rows().skip(1) {
                let cells = row.iter().map(Data::to_string);
                insert.execute(params_from_iter(cells)).unwrap();
            }
        }
    }
    transaction.commit().unwrap();
    drop(database);
    let taken = begun.elapsed();
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.join(format!("bare.db{suffix}")));
    }
    taken
}

/// Finds out how the file is read, reads every row, and judges it; keeps nothing.
pub fn read_and_check(file: &Path) -> Duration {
    let begun = Instant::now();
    let table = Table::open(Source::from(file.to_owned()), &Choice::default()).unwrap();
    let plan = propose(&table, None).unwrap();
    let today = jiff::Zoned::now().date();
    let mut ready = 0_usize;
    for entry in Drafts::of(&table, &plan).unwrap() {
        let Entry::Draft(draft) = entry.unwrap() else {
            continue;
        };
        let facts = draft.facts("Offene Posten");
        let amount = facts.value(Field::Amount);
        let currency = facts.value(Field::Currency).and_then(Currency::from_code);
        let open = amount.zip(currency);
        let id = |id: String| (Provider::Import, "bench".to_owned(), id);
        let (provider, tenant, number) = id(draft.row.number.to_string());
        let invoice = Invoice {
            id: InvoiceId {
                provider,
                tenant: tenant.clone(),
                id: number.clone(),
            },
            debtor: DebtorId {
                provider,
                tenant,
                id: number,
            },
            status: SourceStatus::Open,
            open: open.and_then(|(text, currency)| Money::parse(text, currency).ok()),
            facts,
            total: None,
            partly_paid: false,
            hints: Hints::default(),
            url: None,
            has_pdf: false,
            doubts: Vec::new(),
            summary_only: false,
        };
        let judged = assess(&invoice, &Overlay::default(), &Standing::default(), today);
        ready += usize::from(judged.state == State::Ready);
    }
    assert!(ready > 0, "no row is ready");
    begun.elapsed()
}
