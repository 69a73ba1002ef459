//! The journal keeps what was confirmed, and lets one act.

use receivables::{Currency, Ending, Event, Found, Money, Submission};
use serde_json::json;
use store::{
    Answer, Attachment, AttachmentState, BatchId, ConfirmError, EntryId, Environment, FileKind,
    NewEntry, StageChange, StageError, StoreError,
};
use uuid::Uuid;

use crate::support::{at, book, creditor, folder, invoice_id, workspace};

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
    let summaries = book.batch_summaries(workspace(1), 0, 10).await.unwrap();
    assert_eq!((&summaries[1].batch, summaries[1].open), (&batches[1], 1));
    let mut both = receivables::Totals::default();
    both.add(entry(1, "1").amount);
    both.add(entry(2, "2").amount);
    assert_eq!(summaries[1].totals, both);
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
