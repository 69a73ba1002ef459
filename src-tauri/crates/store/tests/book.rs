//! The book keeps what it was given, refuses what must never be, and takes back what the user takes back.
#![allow(clippy::unwrap_used)]

mod support;

use proptest::prelude::*;
use receivables::{
    Correction, Currency, Ending, Event, Field, Found, Money, Provider, SetAside, Submission,
};
use serde_json::json;
use store::{
    Answer, Attachment, AttachmentState, BatchId, Book, Change, ConfirmError, Connection,
    CreatedRange, Draft, EntryId, Environment, FileKind, JournalScope, NewActivity, NewEntry,
    Scope, StageChange, StageError, StoreError, Workspace, WorkspaceId,
};
use support::{at, connection, draft, folder, invoice_id, workspace};
use tempfile::TempDir;
use uuid::Uuid;

fn creditor(id: WorkspaceId, name: &str) -> Workspace {
    Workspace {
        id,
        name: name.into(),
        creditor: format!("creditor of {name}"),
        environment: Environment::Production,
        debitura_url: None,
        test_mode: false,
        created: at(0),
    }
}

async fn book() -> (TempDir, Book) {
    let (directory, folder) = folder();
    let book = folder.book().unwrap();
    book.insert_workspace(creditor(workspace(1), "Nordlys"))
        .await
        .unwrap();
    (directory, book)
}

fn correct(invoice: &str, field: Field, value: Option<&str>) -> Change {
    Change::Correct {
        scope: Scope::of(field, &draft(invoice).invoice()),
        field,
        to: value.map(|value| Correction {
            value: value.into(),
            replaced: Some("before".into()),
        }),
    }
}

fn entry(number: u128, invoice: &str) -> NewEntry {
    NewEntry {
        id: EntryId(Uuid::from_u128(number)),
        batch: BatchId(Uuid::from_u128(0xba)),
        workspace: workspace(1),
        scope: creditor(workspace(1), "Nordlys").journal_scope(),
        invoice: invoice_id(invoice),
        creditor_reference: format!("INV-{invoice}"),
        debtor_name: "Müller GmbH".into(),
        amount: Money::from_minor(123_456, Currency::from_code("EUR").unwrap()),
        idempotency_key: format!("key-{number}"),
        body: vec![b'{', 0, 255, b'}'],
        confirmed_at: at(number as i64),
    }
}

fn step(entry: &NewEntry, from: &Submission, to: &Submission) -> StageChange {
    StageChange {
        entry: entry.id,
        from: from.clone(),
        to: to.clone(),
        at: at(100),
        problem: None,
        note: None,
        answer: None,
    }
}

fn submitted() -> Submission {
    Submission::Ended(Ending::Submitted {
        case_id: "case-1".into(),
        reference: "DEB-1".into(),
    })
}

#[tokio::test]
async fn workspaces_and_connections_read_back() {
    let (_directory, book) = book().await;
    let mut second = creditor(workspace(2), "Ørsted");
    second.created = at(1);
    second.test_mode = true;
    book.insert_workspace(second.clone()).await.unwrap();
    assert_eq!(
        book.current_workspace().await.unwrap().unwrap().id,
        workspace(1),
        "without a choice it is the oldest"
    );
    book.set_current_workspace(second.id).await.unwrap();
    assert_eq!(
        book.current_workspace().await.unwrap(),
        Some(second.clone())
    );
    second.debitura_url = Some("http://127.0.0.1:1".into());
    book.update_workspace(second.clone()).await.unwrap();
    assert_eq!(book.workspaces().await.unwrap()[1], second);

    let source = Connection {
        id: connection(1),
        workspace: second.id,
        provider: Provider::QuickBooks,
        tenant: "99".into(),
        label: "Books".into(),
        key_hint: Some("f00d".into()),
        account_name: None,
        country: Some("DK".into()),
        status: json!({"state": "ok"}),
        created: at(2),
        last_sync: Some(at(3)),
        range: CreatedRange {
            from: Some(jiff::civil::date(2024, 3, 1)),
            to: None,
        },
    };
    book.insert_connection(source.clone()).await.unwrap();
    assert_eq!(
        book.connections(second.id).await.unwrap(),
        vec![source.clone()]
    );
    book.delete_workspace(second.id).await.unwrap();
    assert_eq!(
        book.connection(source.id).await.unwrap(),
        None,
        "a connection without a workspace belongs to nobody"
    );
    assert_eq!(
        book.current_workspace().await.unwrap().unwrap().id,
        workspace(1)
    );
    assert!(matches!(
        book.update_connection(source.clone()).await,
        Err(StoreError::Absent { .. })
    ));
    assert!(matches!(
        book.insert_connection(source).await,
        Err(StoreError::Refused { .. })
    ));
}

#[tokio::test]
async fn imported_rows_outlive_the_cache_and_leave_with_their_connection() {
    let (_directory, book) = book().await;
    book.insert_connection(Connection {
        id: connection(1),
        workspace: workspace(1),
        provider: Provider::Import,
        tenant: "7f".into(),
        label: "open.csv".into(),
        key_hint: None,
        account_name: None,
        country: None,
        status: json!(null),
        created: at(0),
        last_sync: None,
        range: CreatedRange::default(),
    })
    .await
    .unwrap();
    let rows: Vec<Draft> = ["2", "1"]
        .map(|id| Draft {
            invoice: draft(id).invoice(),
            raw: "[\"ä\"]".into(),
        })
        .into();
    book.keep_drafts(connection(1), rows.clone()).await.unwrap();
    book.keep_drafts(connection(1), rows.clone()).await.unwrap();
    assert_eq!(book.drafts(connection(1)).await.unwrap(), rows);
    book.delete_connection(connection(1)).await.unwrap();
    assert_eq!(book.drafts(connection(1)).await.unwrap(), vec![]);
}

#[tokio::test]
async fn settings_keep_any_shape() {
    let (_directory, book) = book().await;
    assert_eq!(book.get_setting::<u8>("pace").await.unwrap(), None);
    book.set_setting("pace", 100_u8).await.unwrap();
    book.set_setting("pace", 90_u8).await.unwrap();
    assert_eq!(book.get_setting::<u8>("pace").await.unwrap(), Some(90));
    assert!(matches!(
        book.get_setting::<Vec<String>>("pace").await,
        Err(StoreError::Unreadable { .. })
    ));
    book.clear_setting("pace").await.unwrap();
    assert_eq!(book.get_setting::<u8>("pace").await.unwrap(), None);
}

#[tokio::test]
async fn a_correction_of_a_debtor_never_lies_over_an_invoice_of_the_same_number() {
    let (_directory, book) = book().await;
    let mut invoice = draft("12");
    invoice.debtor = "12".into();
    let invoice = invoice.invoice();
    let change = |field: Field, value: &str| Change::Correct {
        scope: Scope::of(field, &invoice),
        field,
        to: Some(Correction {
            value: value.into(),
            replaced: None,
        }),
    };
    book.change(
        workspace(1),
        "edit",
        vec![
            change(Field::DebtorCity, "Köln"),
            change(Field::Description, "goods"),
        ],
        at(1),
    )
    .await
    .unwrap();
    let overlays = book.overlays(workspace(1)).await.unwrap();
    let overlay = book
        .overlay(workspace(1), invoice.id.clone(), invoice.debtor.clone())
        .await
        .unwrap();
    assert_eq!(overlays.of(&invoice.id, &invoice.debtor), overlay);
    assert_eq!(overlay.get(Field::DebtorCity).unwrap().value, "Köln");

    let other = overlays.of(&invoice_id("13"), &invoice.debtor);
    assert_eq!(other.iter().count(), 1, "the debtor's serve all invoices");
    let elsewhere = book.overlays(workspace(2)).await.unwrap();
    assert_eq!(elsewhere, store::Overlays::default());
}

#[tokio::test]
async fn undo_and_redo_lead_back_and_forth_also_after_a_restart() {
    let (directory, folder) = folder();
    let book = folder.book().unwrap();
    book.insert_workspace(creditor(workspace(1), "Nordlys"))
        .await
        .unwrap();
    let empty = book.overlays(workspace(1)).await.unwrap();
    let first = book
        .change(
            workspace(1),
            "city",
            vec![correct("1", Field::DebtorCity, Some("Köln"))],
            at(1),
        )
        .await
        .unwrap();
    assert_eq!(first.touched, [Scope::Debtor(draft("1").invoice().debtor)]);
    let one = book.overlays(workspace(1)).await.unwrap();
    book.change(
        workspace(1),
        "city and aside",
        vec![
            correct("1", Field::DebtorCity, None),
            Change::SetAside {
                invoice: invoice_id("1"),
                to: Some(SetAside {
                    until: Some(jiff::civil::date(2026, 4, 1)),
                    because: "promised".into(),
                }),
            },
        ],
        at(2),
    )
    .await
    .unwrap();
    drop((book, folder));

    let folder = store::Folder::open(directory.path().join("data")).unwrap();
    let book = folder.book().unwrap();
    assert_eq!(
        book.undo_labels(workspace(1)).await.unwrap(),
        (Some("city and aside".into()), None)
    );
    let aside = book.set_aside(workspace(1), invoice_id("1")).await.unwrap();
    assert_eq!(aside.unwrap().aside.because, "promised");
    let undone = book.undo(workspace(1), at(3)).await.unwrap().unwrap();
    assert_eq!(undone.touched.len(), 2);
    assert_eq!(book.overlays(workspace(1)).await.unwrap(), one);
    assert!(book.all_set_aside(workspace(1)).await.unwrap().is_empty());
    book.undo(workspace(1), at(4)).await.unwrap().unwrap();
    assert_eq!(book.overlays(workspace(1)).await.unwrap(), empty);
    assert_eq!(book.undo(workspace(1), at(5)).await.unwrap(), None);

    book.redo(workspace(1), at(6)).await.unwrap().unwrap();
    assert_eq!(book.overlays(workspace(1)).await.unwrap(), one);
    book.redo(workspace(1), at(7)).await.unwrap().unwrap();
    assert_eq!(book.all_set_aside(workspace(1)).await.unwrap().len(), 1);
    assert_eq!(book.redo(workspace(1), at(8)).await.unwrap(), None);

    book.undo(workspace(1), at(9)).await.unwrap().unwrap();
    book.change(
        workspace(1),
        "another",
        vec![correct("2", Field::Comments, Some("x"))],
        at(10),
    )
    .await
    .unwrap();
    assert_eq!(
        book.redo(workspace(1), at(11)).await.unwrap(),
        None,
        "what was undone cannot come back over something newer"
    );
}

#[tokio::test]
async fn old_undo_steps_are_forgotten_and_empty_ones_never_kept() {
    let (_directory, book) = book().await;
    for number in 0..203 {
        let value = number.to_string();
        let change = correct("1", Field::Comments, Some(&value));
        book.change(workspace(1), &value, vec![change.clone()], at(number))
            .await
            .unwrap();
        let nothing = book
            .change(workspace(1), "again", vec![change], at(number))
            .await
            .unwrap();
        assert_eq!(nothing.touched, []);
    }
    let mut undone = 0;
    while book.undo(workspace(1), at(500)).await.unwrap().is_some() {
        undone += 1;
    }
    assert_eq!(undone, 200);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn undoing_every_step_restores_every_state_on_the_way(
        steps in prop::collection::vec(
            prop::collection::vec((0_u8..3, prop::sample::select(vec![Field::DebtorCity, Field::Comments, Field::DueDate]), prop::option::of("[a-c]{0,2}")), 1..4),
            1..8,
        )
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (_directory, book) = book().await;
            let mut states = vec![book.overlays(workspace(1)).await.unwrap()];
            for step in steps {
                let changes = step
                    .iter()
                    .map(|(invoice, field, value)| correct(&invoice.to_string(), *field, value.as_deref()))
                    .collect();
                let changed = book.change(workspace(1), "step", changes, at(1)).await.unwrap();
                if !changed.touched.is_empty() {
                    states.push(book.overlays(workspace(1)).await.unwrap());
                }
            }
            for state in states.iter().rev().skip(1) {
                book.undo(workspace(1), at(2)).await.unwrap().unwrap();
                assert_eq!(&book.overlays(workspace(1)).await.unwrap(), state);
            }
            assert_eq!(book.undo(workspace(1), at(2)).await.unwrap(), None);
            for state in states.iter().skip(1) {
                book.redo(workspace(1), at(3)).await.unwrap().unwrap();
                assert_eq!(&book.overlays(workspace(1)).await.unwrap(), state);
            }
        });
    }
}

#[tokio::test]
async fn an_entry_keeps_its_bytes_and_its_way() {
    let (_directory, book) = book().await;
    let new = entry(1, "1");
    book.confirm_batch(vec![new.clone()]).await.unwrap();
    let kept = book.entry(new.id).await.unwrap().unwrap();
    assert_eq!(kept.confirmed, new);
    assert_eq!(kept.stage, Submission::Confirmed);

    let sending = kept.stage.after(Event::LookedUp(Found::Nothing)).unwrap();
    book.transition(step(&new, &kept.stage, &sending))
        .await
        .unwrap();
    let mut change = step(&new, &sending, &submitted());
    change.note = Some("made".into());
    change.answer = Some(Answer {
        at: at(101),
        status: Some(201),
        request_id: Some("req-1".into()),
        kind: "create".into(),
    });
    let ended = book.transition(change.clone()).await.unwrap();
    assert_eq!(book.entry(new.id).await.unwrap(), Some(ended.clone()));
    assert_eq!(
        (ended.tries, ended.case_id.as_deref(), ended.answers.len()),
        (1, Some("case-1"), 1)
    );
    assert!(
        matches!(book.transition(change).await, Err(StageError::Moved(stage)) if stage == submitted()),
        "the second of two who act must learn that it is done"
    );
    assert!(matches!(
        book.transition(step(&entry(9, "9"), &sending, &sending))
            .await,
        Err(StageError::Absent)
    ));
}

#[tokio::test]
async fn of_many_who_would_send_one_may() {
    let (_directory, book) = book().await;
    let new = entry(1, "1");
    book.confirm_batch(vec![new.clone()]).await.unwrap();
    let attempts = (0..20).map(|_| {
        let book = book.clone();
        let change = step(&new, &Submission::Confirmed, &Submission::Sending);
        tokio::spawn(async move { book.transition(change).await.is_ok() })
    });
    let mut winners = 0;
    for attempt in attempts.collect::<Vec<_>>() {
        winners += usize::from(attempt.await.unwrap());
    }
    assert_eq!(winners, 1, "each winner would send the case");
}

#[tokio::test]
async fn an_invoice_has_one_live_entry_per_creditor_and_mode() {
    let (_directory, book) = book().await;
    book.confirm_batch(vec![entry(1, "1"), entry(2, "2")])
        .await
        .unwrap();
    let mut again = entry(3, "1");
    again.workspace = workspace(2);
    let refused = book.confirm_batch(vec![entry(4, "3"), again]).await;
    assert!(
        matches!(refused, Err(ConfirmError::Live(ids)) if ids == [invoice_id("1")]),
        "also from another workspace of the same creditor"
    );
    assert_eq!(
        book.entry(EntryId(Uuid::from_u128(4))).await.unwrap(),
        None,
        "a batch is taken whole or not at all"
    );
    let twice = book.confirm_batch(vec![entry(5, "5"), entry(6, "5")]).await;
    assert!(matches!(twice, Err(ConfirmError::Live(_))));

    let mut test = entry(7, "1");
    test.scope.test_mode = true;
    let mut sandbox = entry(8, "1");
    sandbox.scope.environment = Environment::Sandbox;
    book.confirm_batch(vec![test.clone(), sandbox])
        .await
        .unwrap();
    assert_eq!(book.live_entries(test.scope).await.unwrap().len(), 1);

    let scope = entry(1, "1").scope;
    let withdrawn = Submission::Ended(Ending::Withdrawn);
    book.transition(step(&entry(1, "1"), &Submission::Confirmed, &withdrawn))
        .await
        .unwrap();
    let live = book.live_entries(scope.clone()).await.unwrap();
    assert_eq!(live.keys().cloned().collect::<Vec<_>>(), [invoice_id("2")]);
    book.confirm_batch(vec![entry(9, "1")]).await.unwrap();
    assert_eq!(
        book.entries_of(scope, invoice_id("1")).await.unwrap().len(),
        2,
        "the one taken back stays on record"
    );
}

#[tokio::test]
async fn a_key_is_never_used_for_two_entries() {
    let (_directory, book) = book().await;
    let mut second = entry(2, "2");
    second.idempotency_key = entry(1, "1").idempotency_key;
    let refused = book.confirm_batch(vec![entry(1, "1"), second]).await;
    assert!(matches!(
        refused,
        Err(ConfirmError::Store(StoreError::Refused { .. }))
    ));
    assert_eq!(book.pending().await.unwrap(), vec![]);
}

#[tokio::test]
async fn pending_and_batches_tell_where_everything_stands() {
    let (_directory, book) = book().await;
    let mut later = entry(3, "3");
    later.batch = BatchId(Uuid::from_u128(0xbb));
    book.confirm_batch(vec![entry(1, "1"), entry(2, "2")])
        .await
        .unwrap();
    book.confirm_batch(vec![later.clone()]).await.unwrap();
    let sending = Submission::Sending;
    book.transition(step(&entry(1, "1"), &Submission::Confirmed, &sending))
        .await
        .unwrap();
    book.transition(step(&entry(1, "1"), &sending, &submitted()))
        .await
        .unwrap();
    let pending: Vec<EntryId> = book
        .pending()
        .await
        .unwrap()
        .iter()
        .map(|entry| entry.confirmed.id)
        .collect();
    assert_eq!(pending, [entry(2, "2").id, later.id]);
    let batches = book.batches(workspace(1), 0, 10).await.unwrap();
    assert_eq!(batches[0].id, later.batch, "newest first");
    assert_eq!(
        batches[1].stages,
        [("confirmed".into(), 1), ("submitted".into(), 1)]
    );
    assert_eq!(book.batch(batches[1].id).await.unwrap().len(), 2);
    assert_eq!(book.batches(workspace(1), 1, 10).await.unwrap().len(), 1);
    assert_eq!(book.journal(workspace(1)).await.unwrap().len(), 3);
}

#[tokio::test]
async fn the_file_itself_protects_the_journal() {
    let (directory, folder) = folder();
    let book = folder.book().unwrap();
    book.confirm_batch(vec![entry(1, "1")]).await.unwrap();
    let raw = rusqlite::Connection::open(folder.file(FileKind::Book)).unwrap();
    for sql in [
        "DELETE FROM journal",
        "UPDATE journal SET body = x'00'",
        "UPDATE journal SET idempotency_key = 'other'",
        "UPDATE journal SET invoice = 'stripe:live:2'",
    ] {
        assert!(raw.execute(sql, []).is_err(), "{sql} must be impossible");
    }
    let copy = directory.path().join("journal.db");
    book.export(copy.clone()).await.unwrap();
    let copied: i64 = rusqlite::Connection::open(&copy)
        .unwrap()
        .query_row("SELECT count(*) FROM journal", [], |row| row.get(0))
        .unwrap();
    assert_eq!(copied, 1);
    assert!(
        book.export(copy).await.is_err(),
        "an export overwrites nothing"
    );
}

#[tokio::test]
async fn attachments_move_on_and_belong_to_an_entry() {
    let (_directory, book) = book().await;
    book.confirm_batch(vec![entry(1, "1")]).await.unwrap();
    let mut pdf = Attachment {
        entry: entry(1, "1").id,
        kind: "invoice_pdf".into(),
        state: AttachmentState::Failed,
        file_id: None,
        problem: Some(json!({"code": "timeout"})),
        tries: 1,
        updated_at: at(1),
    };
    book.set_attachment(pdf.clone()).await.unwrap();
    assert_eq!(book.waiting_attachments().await.unwrap(), [pdf.clone()]);
    pdf.state = AttachmentState::Uploaded;
    pdf.file_id = Some("file-1".into());
    pdf.problem = None;
    book.set_attachment(pdf.clone()).await.unwrap();
    assert_eq!(book.waiting_attachments().await.unwrap(), []);
    assert_eq!(book.attachments(pdf.entry).await.unwrap(), [pdf.clone()]);
    pdf.entry = EntryId(Uuid::nil());
    assert!(book.set_attachment(pdf).await.is_err());
}

#[tokio::test]
async fn activity_is_read_from_the_newest_page_by_page() {
    let (_directory, book) = book().await;
    for number in 0..5 {
        book.record(NewActivity {
            at: at(number),
            workspace: (number != 2).then(|| workspace(1)),
            kind: "synced".into(),
            subject: Some(number.to_string()),
            data: json!({"count": number}),
        })
        .await
        .unwrap();
    }
    let first = book.activity(workspace(1), None, 2).await.unwrap();
    let rest = book
        .activity(workspace(1), Some(first[1].id), 10)
        .await
        .unwrap();
    let subjects: Vec<&str> = first
        .iter()
        .chain(&rest)
        .filter_map(|activity| activity.what.subject.as_deref())
        .collect();
    assert_eq!(subjects, ["4", "3", "2", "1", "0"]);
    let others = book.activity(workspace(2), None, 10).await.unwrap();
    assert_eq!(others.len(), 1, "the application's own concerns everyone");
}

#[tokio::test]
async fn scopes_differ_by_mode_even_for_one_creditor() {
    let scope = |test_mode| JournalScope {
        creditor: "c".into(),
        environment: Environment::Production,
        test_mode,
    };
    let (_directory, book) = book().await;
    let mut test = entry(1, "1");
    test.scope = scope(true);
    book.confirm_batch(vec![test]).await.unwrap();
    assert!(
        book.live_entries(scope(false)).await.unwrap().is_empty(),
        "a test never marks a real invoice as submitted"
    );
}
