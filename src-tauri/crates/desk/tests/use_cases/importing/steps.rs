//! From a file to drafts, step by step: each can be left, taken back and gone through another way.

use desk::FailureCode;
use desk::wire::*;
use receivables::{Field, State};
use sandbox::Options;
use serde_json::json;

use crate::at_work::{AtWork, by, ids};
use crate::importing::{DANISH, chosen, read, rows, view};

#[tokio::test(flavor = "multi_thread")]
async fn a_file_becomes_drafts_beside_the_fetched_invoices() {
    let work = AtWork::connected(Options::default()).await;
    let opened = chosen(&work, "Debitorer.csv", DANISH.as_bytes())
        .await
        .unwrap();
    assert_eq!(opened.step, ImportStep::Table);
    assert_eq!(opened.rows, 3);
    assert_eq!(opened.left_out.len(), 1, "the sum is named, not dropped");
    assert_eq!(opened.left_out[0].reason, LeftOutReason::Sum);
    assert_eq!(opened.questions, [] as [u32; 0]);
    assert_eq!(opened.missing, [Field::DebtorType]);
    let amount = opened.preview[0]
        .fields
        .iter()
        .find(|field| field.field == Field::Amount)
        .unwrap();
    assert_eq!(
        (amount.source.as_str(), amount.value.as_deref()),
        ("1.234,50", Some("1234.50"))
    );

    let checked = read(&work, &opened.id).await;
    assert_eq!(checked.step, ImportStep::Check);
    let rows = rows(&work, &checked).await;
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[0].amount.as_ref().unwrap().value, "1234.50");
    assert_eq!(rows[0].case_date.as_deref(), Some("2026-04-03"));
    let codes: Vec<&str> = rows[2]
        .problems
        .iter()
        .map(|problem| problem.code.name())
        .collect();
    assert!(codes.contains(&"value_unreadable"), "{codes:?}");
    assert!(
        !codes.contains(&"amount_missing"),
        "it stands there; it could not be read"
    );
    let state = work.state().await;
    assert_eq!(
        state.connections.len(),
        1,
        "an imported file is no source to fetch from"
    );

    // The cell was wrong in the file: the amount may be corrected, exactly.
    let correct = |value: &str| Correct {
        id: rows[2].id.clone(),
        field: Field::Amount,
        value: Some(value.to_owned()),
    };
    let wrong = work
        .call::<Changed>("correct", correct("1.005"))
        .await
        .unwrap_err();
    assert_eq!(wrong.code, FailureCode::InvalidValue);
    let _: Changed = work.call("correct", correct("10.050,25")).await.unwrap();
    let detail: InvoiceDetail = work.call("invoice", by(&rows[2].id)).await.unwrap();
    assert_eq!(detail.row.amount.unwrap().value, "10050.25");
    let selection = Selection::Ids { ids: ids(&rows) };
    let field = Field::DebtorType;
    let _: Changed = work
        .call("accept_suggestions", AcceptSuggestions { selection, field })
        .await
        .unwrap();
    let review = work.review(&ids(&rows)).await;
    assert_eq!(review.cases.len(), 3, "{:?}", review.dropped);
    let batch = work.submit(&review).await;
    assert!(
        batch.entries.iter().all(|entry| entry.stage == "submitted"),
        "{:?}",
        batch.entries
    );
    assert_eq!(work.in_state(State::Submitted).await.len(), 3);
    work.assert_faithful();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_survives_closing_and_can_be_taken_back() {
    let work = AtWork::connected(Options::default()).await;
    let id = chosen(&work, "Debitorer.csv", DANISH.as_bytes())
        .await
        .unwrap()
        .id;
    let work = work.reopened().await;
    let opened = view(&work, &id).await;
    assert_eq!((opened.step, opened.undo), (ImportStep::Table, None));

    let mut plan = opened.plan.clone();
    plan.constants
        .insert(Field::DebtorType, "company".to_owned());
    plan.columns[2].field = None;
    let change = |plan| ChangeMapping {
        id: id.clone(),
        plan,
    };
    let mapped: ImportView = work
        .call("change_mapping", change(plan.clone()))
        .await
        .unwrap();
    assert_eq!(mapped.step, ImportStep::Columns);
    assert_eq!(mapped.missing, [Field::DebtorAddress]);
    assert_eq!(mapped.plan.columns[2].reason, "Chosen by you.");
    let same: ImportView = work
        .call("change_mapping", change(mapped.plan.clone()))
        .await
        .unwrap();
    assert_eq!(
        same.undo, mapped.undo,
        "nothing changed, so no step is made"
    );

    let work = work.reopened().await;
    let by_id = || by(&id);
    let undone: ImportView = work.call("undo_import_step", by_id()).await.unwrap();
    assert_eq!(undone.plan, opened.plan);
    assert!(undone.redo.is_some());
    let work = work.reopened().await;
    let redone: ImportView = work.call("redo_import_step", by_id()).await.unwrap();
    assert_eq!(redone.plan, mapped.plan);

    let checked = read(&work, &id).await;
    let work = work.reopened().await;
    let rows_then = rows(&work, &checked).await;
    assert_eq!(rows_then.len(), 3, "the rows are there after closing");

    // A correction stays when the rows are read another way, and the rows keep their names.
    work.correct(&rows_then[0].id, Field::Description, "Consulting")
        .await;
    let stale: ImportView = work.call("undo_import_step", by_id()).await.unwrap();
    assert!(stale.stale, "the rows were read by another plan");
    let again = read(&work, &id).await;
    assert!(!again.stale);
    let rows_now = rows(&work, &again).await;
    assert_eq!(ids(&rows_now), ids(&rows_then));
    let detail: InvoiceDetail = work.call("invoice", by(&rows_now[0].id)).await.unwrap();
    let value = |field| {
        let found = detail.fields.iter().find(|value| value.field == field);
        found.and_then(|value| value.value.clone())
    };
    assert_eq!(value(Field::Description).as_deref(), Some("Consulting"));
    assert_eq!(value(Field::DebtorAddress).as_deref(), Some("Nørregade 1"));

    // What can be fetched again may be wiped; these rows cannot.
    let _: Wiped = work.call("wipe_cache", json!({})).await.unwrap();
    work.settle().await;
    assert_eq!(rows(&work, &again).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_can_be_read_another_way() {
    let work = AtWork::connected(Options::default()).await;
    let file = "Some report\nInvoice no|Customer|Amount due\nA1|\"Acme|10,00\nA2|Bolt|20,00\n";
    let opened = chosen(&work, "a.csv", file.as_bytes()).await.unwrap();
    let anew = ReadTable {
        id: opened.id.clone(),
        table: TableChoice {
            delimiter: Some('|'),
            quote: Some(QuoteChoice::None),
            header_row: Some(HeaderChoice::Row { row: 1 }),
            ..TableChoice::default()
        },
    };
    let view: ImportView = work.call("read_table_anew", anew).await.unwrap();
    assert_eq!(view.plan.dialect.quote, None);
    assert_eq!(view.preview[0].cells, ["A1", "\"Acme", "10,00"]);
    let work = work.reopened().await;
    let again = self::view(&work, &view.id).await;
    assert_eq!(again.preview, view.preview, "the choice is kept");
    let missing = ReadTable {
        id: opened.id.clone(),
        table: TableChoice {
            header_row: Some(HeaderChoice::Row { row: 90 }),
            ..TableChoice::default()
        },
    };
    let refused = work
        .call::<ImportView>("read_table_anew", missing)
        .await
        .unwrap_err();
    assert_eq!(refused.code, FailureCode::TableUnreadable);
    assert_eq!(self::view(&work, &view.id).await.preview, view.preview);
}
