//! Imported files: their steps, their rows, their mappings.

use receivables::{Correction, Field, Provider, SetAside};
use serde_json::{Value, json};
use store::{
    Book, Change, Connection, ConnectionId, CreatedRange, Draft, Import, ImportState, Mapping,
    Scope,
};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::support::{at, creditor, draft, folder, workspace};

async fn book() -> (tempfile::TempDir, Book, store::Workspace) {
    let (directory, folder) = folder();
    let book = folder.book().unwrap();
    let workspace = creditor(workspace(1), "Nordlys");
    book.insert_workspace(workspace.clone()).await.unwrap();
    (directory, book, workspace)
}

fn import(workspace: &store::Workspace, id: &str) -> Import {
    Import {
        id: id.to_owned(),
        workspace: workspace.id,
        connection: None,
        file_name: "Fakturaer.csv".to_owned(),
        bytes: 120,
        sha256: "ab".to_owned(),
        state: ImportState::Open,
        step: 0,
        read_step: None,
        mapping: None,
        counts: Value::Null,
        created: at(1),
        updated: at(1),
    }
}

async fn reading(
    book: &Book,
    workspace: &store::Workspace,
    id: &str,
    rows: &[u32],
) -> ConnectionId {
    let connection = Connection {
        id: ConnectionId(Uuid::now_v7()),
        workspace: workspace.id,
        provider: Provider::Import,
        tenant: id.to_owned(),
        label: "Fakturaer.csv".to_owned(),
        key_hint: None,
        account_name: None,
        country: None,
        status: Value::Null,
        created: at(1),
        last_sync: None,
        range: CreatedRange::default(),
    };
    book.insert_connection(connection.clone()).await.unwrap();
    let rows = rows.iter().map(|number| row(id, *number));
    book.keep_drafts(connection.id, rows.collect())
        .await
        .unwrap();
    connection.id
}

fn row(import: &str, number: u32) -> Draft {
    Draft {
        invoice: receivables::Invoice {
            id: format!("import:{import}:{number}").parse().unwrap(),
            ..draft("x").invoice()
        },
        raw: "[]".to_owned(),
    }
}

#[tokio::test]
async fn steps_go_back_and_forward_until_another_is_made() {
    let (_directory, book, workspace) = book().await;
    let step = async || {
        let step = book.import_step("7f3a").await.unwrap().unwrap();
        (step.document, step.undo, step.redo)
    };
    let said = |document: &str, undo: Option<&str>, redo: Option<&str>| {
        (
            document.to_owned(),
            undo.map(str::to_owned),
            redo.map(str::to_owned),
        )
    };
    book.insert_import(import(&workspace, "7f3a"), "Opened", "0".to_owned())
        .await
        .unwrap();
    assert!(!book.move_import_step("7f3a", true, at(2)).await.unwrap());
    for (label, document) in [("One", "1"), ("Two", "2")] {
        book.add_import_step("7f3a", label, document.to_owned(), at(2))
            .await
            .unwrap();
    }
    assert_eq!(step().await, said("2", Some("Two"), None));
    assert!(book.move_import_step("7f3a", true, at(3)).await.unwrap());
    assert_eq!(step().await, said("1", Some("One"), Some("Two")));
    assert!(book.move_import_step("7f3a", true, at(3)).await.unwrap());
    assert_eq!(step().await, said("0", None, Some("One")));
    assert!(book.move_import_step("7f3a", false, at(3)).await.unwrap());
    book.add_import_step("7f3a", "Three", "3".to_owned(), at(4))
        .await
        .unwrap();
    assert_eq!(step().await, said("3", Some("Three"), None));
    for number in 0..300 {
        book.add_import_step("7f3a", "More", number.to_string(), at(5))
            .await
            .unwrap();
    }
    let mut back = 0;
    while book.move_import_step("7f3a", true, at(6)).await.unwrap() {
        back += 1;
    }
    assert_eq!(back, 199, "the history does not grow for ever");
}

#[tokio::test]
async fn a_reading_takes_the_place_of_the_one_before_at_once() {
    let (_directory, book, workspace) = book().await;
    book.insert_import(import(&workspace, "7f3a"), "Opened", "0".to_owned())
        .await
        .unwrap();
    let first = reading(&book, &workspace, "7f3a", &[2, 3]).await;
    let step = book.import("7f3a").await.unwrap().unwrap().step;
    book.finish_reading("7f3a", first, step, json!({ "rows": 2 }), at(2))
        .await
        .unwrap();
    let cut_off = reading(&book, &workspace, "7f3a", &[2]).await;
    let after = book.import("7f3a").await.unwrap().unwrap();
    assert_eq!(
        after.connection,
        Some(first),
        "until it is complete, nothing changes"
    );
    assert_eq!(book.drop_unfinished_readings().await.unwrap(), 1);
    assert_eq!(book.draft_count(cut_off).await.unwrap(), 0);
    assert_eq!(book.draft_count(first).await.unwrap(), 2);

    let second = reading(&book, &workspace, "7f3a", &[2, 3, 4]).await;
    book.finish_reading("7f3a", second, step, json!({ "rows": 3 }), at(3))
        .await
        .unwrap();
    assert_eq!(book.connection(first).await.unwrap(), None);
    let (drafts, last) = book.drafts_after(second, 0, 2).await.unwrap();
    assert_eq!(drafts.len(), 2);
    let (rest, _) = book.drafts_after(second, last.unwrap(), 2).await.unwrap();
    assert_eq!(rest[0].invoice.id.to_string(), "import:7f3a:4");
    assert_eq!(book.drop_unfinished_readings().await.unwrap(), 0);

    let kept = "import:7f3a:3".parse().unwrap();
    let removed = book.undo_reading("7f3a", vec![kept], at(4)).await.unwrap();
    assert_eq!(removed, 2);
    assert_eq!(book.draft_count(second).await.unwrap(), 1);
    book.undo_reading("7f3a", Vec::new(), at(5)).await.unwrap();
    let late = reading(&book, &workspace, "7f3a", &[2]).await;
    let finished = book.finish_reading("7f3a", late, step, json!({}), at(6));
    assert!(
        finished.await.is_err(),
        "rows of an import that was given up do not come back"
    );
    let undone = book.import("7f3a").await.unwrap().unwrap();
    assert_eq!(
        (undone.state, undone.connection),
        (ImportState::Undone, None)
    );
    book.delete_import("7f3a").await.unwrap();
    assert_eq!(book.imports(workspace.id).await.unwrap(), []);
}

#[tokio::test]
async fn many_rows_are_kept_some_at_a_time_and_read_back_in_their_order() {
    let (_directory, book, workspace) = book().await;
    let connection = reading(&book, &workspace, "7f3a", &[]).await;
    let numbers: Vec<u32> = (0..3500).collect();
    let (sender, lots) = mpsc::channel(8);
    for lot in numbers.chunks(700) {
        let lot = lot.iter().map(|number| row("7f3a", *number));
        sender.send(lot.collect()).await.unwrap();
    }
    drop(sender);
    let mut told = Vec::new();
    let kept = book.keep_all_drafts(connection, lots, |rows| told.push(rows));
    assert_eq!(kept.await.unwrap(), 3500);
    assert_eq!(told, [2100, 3500], "others that write must get their turn");

    let (mut read, mut after, mut times) = (Vec::new(), 0, 0);
    loop {
        let (drafts, last) = book.drafts_after(connection, after, 10_000).await.unwrap();
        let Some(last) = last else { break };
        (after, times) = (last, times + 1);
        read.extend(drafts.into_iter().map(|draft| draft.invoice.id.id));
    }
    let wanted: Vec<String> = numbers.iter().map(u32::to_string).collect();
    assert_eq!(read, wanted);
    assert!(times > 1, "rows may be long: not all fit in memory");
}

#[tokio::test]
async fn what_was_decided_about_rows_goes_with_them() {
    let (_directory, book, workspace) = book().await;
    book.insert_import(import(&workspace, "7f3a"), "Opened", "0".to_owned())
        .await
        .unwrap();
    let rows = reading(&book, &workspace, "7f3a", &[2, 3]).await;
    let step = book.import("7f3a").await.unwrap().unwrap().step;
    book.finish_reading("7f3a", rows, step, json!({ "rows": 2 }), at(2))
        .await
        .unwrap();
    let invoice = |id: &str| Scope::Invoice(id.parse().unwrap());
    let correct = |scope: Scope| Change::Correct {
        scope,
        field: Field::Description,
        to: Some(Correction {
            value: "Consulting".to_owned(),
            replaced: None,
        }),
    };
    let aside = |id: &str| Change::SetAside {
        invoice: id.parse().unwrap(),
        to: Some(SetAside {
            until: None,
            because: "later".to_owned(),
        }),
    };
    let debtor = Scope::Debtor("import:7f3a:gone".parse().unwrap());
    let (gone, kept, other) = ("import:7f3a:2", "import:7f3a:3", "import:7f3b:2");
    for changes in [
        vec![correct(invoice(gone)), correct(invoice(other))],
        vec![aside(gone), correct(debtor)],
        vec![aside(kept)],
    ] {
        book.change(workspace.id, "A change", changes, at(3))
            .await
            .unwrap();
    }
    book.undo_reading("7f3a", vec![kept.parse().unwrap()], at(4))
        .await
        .unwrap();
    let left = book.overlays(workspace.id).await.unwrap();
    let corrected: Vec<String> = left.invoices.keys().map(ToString::to_string).collect();
    assert_eq!((corrected, left.debtors.len()), (vec![other.to_owned()], 0));
    let aside = book.all_set_aside(workspace.id).await.unwrap();
    let aside: Vec<String> = aside.keys().map(ToString::to_string).collect();
    assert_eq!(aside, [kept], "what was submitted keeps what was decided");
    // Nothing is left that taking changes back could bring back.
    let mut back = 0;
    while book.undo(workspace.id, at(5)).await.unwrap().is_some() {
        back += 1;
    }
    while book.redo(workspace.id, at(6)).await.unwrap().is_some() {}
    assert_eq!(back, 2, "a step about nothing but gone rows is no step");
    let left = book.overlays(workspace.id).await.unwrap();
    assert_eq!((left.invoices.len(), left.debtors.len()), (1, 0));
}

#[tokio::test]
async fn one_mapping_is_kept_for_a_name_and_one_for_the_headers() {
    let (_directory, book, workspace) = book().await;
    let mapping = |id: &str, name: Option<&str>, used: i64| Mapping {
        id: id.to_owned(),
        workspace: workspace.id,
        name: name.map(str::to_owned),
        fingerprint: "f1".to_owned(),
        import: name.is_none().then(|| id.to_owned()),
        document: id.to_owned(),
        used_at: at(used),
    };
    for kept in [
        mapping("a", None, 1),
        mapping("b", Some("Ledger"), 2),
        mapping("c", None, 3),
        mapping("d", Some("Ledger"), 4),
        mapping("e", Some("Other"), 5),
    ] {
        book.keep_mapping(kept).await.unwrap();
    }
    let ids = async || {
        let all = book.mappings(workspace.id).await.unwrap();
        all.into_iter()
            .map(|mapping| mapping.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(ids().await, ["e", "d", "c"], "the last used first");
    book.forget_choice_of("c").await.unwrap();
    book.delete_mapping("e").await.unwrap();
    assert_eq!(ids().await, ["d"]);
    assert!(book.delete_mapping("e").await.is_err());
}
