//! Imports beside others and after their end: duplicates, failed rows, undoing.

use desk::FailureCode;
use desk::wire::*;
use receivables::State;
use sandbox::Options;
use serde_json::json;

use crate::at_work::{AtWork, by, ids};
use crate::importing::{WHOLE, chosen, mapped, read, rows};

#[tokio::test(flavor = "multi_thread")]
async fn duplicates_show_before_anything_is_sent() {
    let work = AtWork::fetched(Options::default()).await;
    let fetched = work.invoices(InvoiceQuery::default()).await.rows;
    let known = fetched
        .iter()
        .find(|row| row.reference.is_some() && row.state != State::Submitted)
        .and_then(|row| row.reference.clone())
        .unwrap();
    let file = format!(
        "Invoice no,Customer,Invoice date,Amount due,Currency\n\
        {known},Acme Ltd,2026-04-03,10.00,EUR\n\
        X1,Acme Ltd,2026-04-03,10.00,EUR\n\
        X1,Acme Ltd,2026-04-03,11.00,EUR\n\
        X2,Acme Ltd,2026-04-03,12.00,EUR\n"
    );
    let first = chosen(&work, "one.csv", file.as_bytes()).await.unwrap();
    assert_eq!(first.same_file, None);
    let first = read(&work, &first.id).await;
    let found = first.duplicates.unwrap();
    assert_eq!(
        (found.in_file, found.in_fetched, found.in_imports),
        (2, 1, 0)
    );

    let second = chosen(&work, "two.csv", file.as_bytes()).await.unwrap();
    let same = second
        .same_file
        .clone()
        .expect("the same bytes came before");
    assert_eq!(same.import, first.id);
    let second = read(&work, &second.id).await;
    assert_eq!(second.duplicates.unwrap().in_imports, 4);
    for row in rows(&work, &second).await {
        let codes: Vec<_> = row.problems.iter().map(|found| found.code.name()).collect();
        assert!(codes.contains(&"reference_taken"), "{codes:?}");
    }

    let undone: ImportUndone = work.call("undo_import", by(&second.id)).await.unwrap();
    assert_eq!((undone.removed, undone.kept_submitted), (4, 0));
    let codes: Vec<_> = rows(&work, &first)
        .await
        .into_iter()
        .find(|row| row.reference.as_deref() == Some("X2"))
        .map(|row| row.problems)
        .unwrap();
    assert!(
        codes
            .iter()
            .all(|found| found.code.name() != "reference_taken"),
        "with the other import gone, its reference is free again"
    );
}

const READY: &str = "Invoice no,Customer,Address,City,Country,Invoice date,Due date,Amount due,Currency,Type\n\
    A1,Acme Ltd,Main Street 1,Leeds,GB,2026-04-03,2026-04-13,1000.00,GBP,company\n\
    A2,=Bolt Ltd,High Street 2,Leeds,GB,2026-04-03,2026-04-13,2000.00,GBP,company\n\
    A3,Core Ltd,Low Street 3,,GB,2026-04-03,2026-04-13,3000.00,GBP,company\n";

#[tokio::test(flavor = "multi_thread")]
async fn undoing_an_import_keeps_what_was_submitted() {
    let work = AtWork::connected(Options::default()).await;
    let opened = chosen(&work, "ready.csv", READY.as_bytes()).await.unwrap();
    mapped(&work, &opened, &WHOLE).await;
    let checked = read(&work, &opened.id).await;
    let by_id = || by(&opened.id);
    let refused = work
        .call::<Nothing>("discard_import", by_id())
        .await
        .unwrap_err();
    assert_eq!(refused.code, FailureCode::InvalidValue);

    // The failed row goes into a file that can be mended and imported as it is.
    let exported: Exported = work.call("export_failed_rows", by_id()).await.unwrap();
    assert_eq!(exported.rows, 1);
    let failed = std::fs::read_to_string(work.folder.path().join("export.csv")).unwrap();
    assert!(failed.contains("The debtor's city is missing."), "{failed}");
    let mended = failed.replace("Low Street 3,,", "Low Street 3,York,");
    let again = chosen(&work, "ready-failed.csv", mended.as_bytes())
        .await
        .unwrap();
    assert_eq!(again.plan.columns.len(), 10, "the reason is no column");
    let _: Nothing = work.call("discard_import", by(&again.id)).await.unwrap();

    let all = rows(&work, &checked).await;
    let review = work.review(&ids(&all[..1])).await;
    let batch = work.submit(&review).await;
    assert_eq!(batch.entries[0].stage, "submitted", "{batch:?}");
    let undone: ImportUndone = work.call("undo_import", by_id()).await.unwrap();
    assert_eq!((undone.removed, undone.kept_submitted), (2, 1));
    let work = work.reopened().await;
    let left = work.in_state(State::Submitted).await;
    assert_eq!(ids(&left), ids(&all[..1]));
    let past: Imports = work.call("imports", json!({})).await.unwrap();
    assert_eq!(past.imports.len(), 1, "the discarded one is forgotten");
    assert_eq!(past.imports[0].step, ImportStep::Undone);
    assert_eq!(past.imports[0].submitted, 1);
    let copies = std::fs::read_dir(work.folder.path().join("imports")).unwrap();
    assert_eq!(copies.count(), 0, "the copies of the files are gone");
    let refused = work
        .call::<Started>("read_rows", by_id())
        .await
        .unwrap_err();
    assert_eq!(refused.code, FailureCode::ImportUndone);
}
