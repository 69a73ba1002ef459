//! The journal keeps what was confirmed, and lets one act.

use std::sync::{Arc, Mutex};

use receivables::{Currency, Ending, Event, Found, Money, Submission, Transition};
use serde_json::json;
use store::{
    Answer, Attachment, AttachmentState, BatchId, Book, Checkpoint, ConfirmError, Entry, EntryId,
    Environment, FileKind, NewEntry, Pass, Side, StageChange, StageError, StoreError,
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

fn change(entry: &NewEntry, from: &Submission, event: Event) -> StageChange {
    StageChange {
        entry: entry.id,
        step: from.step(event).unwrap(),
        at: at(100),
        problem: None,
        note: None,
        answer: None,
    }
}

const FREE: Event = Event::LookedUp(Found::Nothing);

fn accepted() -> Event {
    Event::Accepted {
        case_id: "case-1".into(),
        reference: "DEB-1".into(),
    }
}

fn submitted() -> Submission {
    Submission::Ended(Ending::Submitted {
        case_id: "case-1".into(),
        reference: "DEB-1".into(),
    })
}

async fn confirm(book: &Book, entries: Vec<NewEntry>) -> Result<(), ConfirmError> {
    book.confirm_batch(entries, Vec::new(), &Checkpoint::default())
        .await
}

async fn take(book: &Book, change: StageChange) -> Result<Entry, StageError> {
    book.transition(change, &Checkpoint::default()).await
}

#[tokio::test]
async fn an_entry_keeps_its_bytes_and_its_way() {
    let (_directory, book) = book().await;
    let new = entry(1, "1");
    confirm(&book, vec![new.clone()]).await.unwrap();
    let kept = book.entry(new.id).await.unwrap().unwrap();
    assert_eq!(kept.confirmed, new);
    assert_eq!(kept.stage, Submission::Confirmed);

    let sending = take(&book, change(&new, &kept.stage, FREE))
        .await
        .unwrap()
        .stage;
    let mut accepted = change(&new, &sending, accepted());
    accepted.note = Some("made".into());
    accepted.answer = Some(Answer {
        at: at(101),
        status: Some(201),
        request_id: Some("req-1".into()),
        kind: "create".into(),
    });
    let ended = take(&book, accepted.clone()).await.unwrap();
    assert_eq!(book.entry(new.id).await.unwrap(), Some(ended.clone()));
    assert_eq!(
        (ended.tries, ended.case_id.as_deref(), ended.answers.len()),
        (1, Some("case-1"), 1)
    );
    assert!(
        matches!(take(&book, accepted).await, Err(StageError::Moved(stage)) if stage == submitted()),
        "the second of two who act must learn that it is done"
    );
    assert!(matches!(
        take(&book, change(&entry(9, "9"), &sending, Event::Lost)).await,
        Err(StageError::Absent)
    ));
}

#[tokio::test]
async fn of_many_who_would_send_one_may() {
    let (_directory, book) = book().await;
    let new = entry(1, "1");
    confirm(&book, vec![new.clone()]).await.unwrap();
    let attempts = (0..20).map(|_| {
        let book = book.clone();
        let change = change(&new, &Submission::Confirmed, FREE);
        tokio::spawn(async move { take(&book, change).await.is_ok() })
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
    confirm(&book, vec![entry(1, "1"), entry(2, "2")])
        .await
        .unwrap();
    let mut again = entry(3, "1");
    again.workspace = workspace(2);
    let refused = confirm(&book, vec![entry(4, "3"), again]).await;
    assert!(
        matches!(refused, Err(ConfirmError::Live(ids)) if ids == [invoice_id("1")]),
        "also from another workspace of the same creditor"
    );
    assert_eq!(
        book.entry(EntryId(Uuid::from_u128(4))).await.unwrap(),
        None,
        "a batch is taken whole or not at all"
    );
    let twice = confirm(&book, vec![entry(5, "5"), entry(6, "5")]).await;
    assert!(matches!(twice, Err(ConfirmError::Live(_))));

    let mut test = entry(7, "1");
    test.scope.test_mode = true;
    let mut sandbox = entry(8, "1");
    sandbox.scope.environment = Environment::Sandbox;
    confirm(&book, vec![test.clone(), sandbox]).await.unwrap();
    assert_eq!(book.live_entries(test.scope).await.unwrap().len(), 1);

    let scope = entry(1, "1").scope;
    let taken_back = change(&entry(1, "1"), &Submission::Confirmed, Event::Withdraw);
    take(&book, taken_back).await.unwrap();
    let live = book.live_entries(scope.clone()).await.unwrap();
    assert_eq!(live.keys().cloned().collect::<Vec<_>>(), [invoice_id("2")]);
    confirm(&book, vec![entry(9, "1")]).await.unwrap();
    assert_eq!(
        book.entries_of(scope, invoice_id("1")).await.unwrap().len(),
        2,
        "the one taken back stays on record"
    );
}

#[tokio::test]
async fn both_sides_of_every_step_are_told() {
    let (_directory, book) = book().await;
    let told = Arc::new(Mutex::new(Vec::new()));
    let listener = Arc::clone(&told);
    let checkpoint = Checkpoint::new(move |pass: Pass| listener.lock().unwrap().push(pass));
    let new = entry(1, "1");
    book.confirm_batch(vec![new.clone()], Vec::new(), &checkpoint)
        .await
        .unwrap();
    let sent = change(&new, &Submission::Confirmed, FREE);
    book.transition(sent.clone(), &checkpoint).await.unwrap();
    assert!(book.transition(sent, &checkpoint).await.is_err());
    let told: Vec<_> = told
        .lock()
        .unwrap()
        .iter()
        .map(|pass| (pass.transition, pass.side))
        .collect();
    assert_eq!(
        told,
        [
            (Transition::Confirm, Side::Before),
            (Transition::Confirm, Side::After),
            (Transition::Send, Side::Before),
            (Transition::Send, Side::After),
            (Transition::Send, Side::Before),
        ],
        "what was refused is not on the disk"
    );
}

#[tokio::test]
async fn a_key_is_never_used_for_two_entries() {
    let (_directory, book) = book().await;
    let mut second = entry(2, "2");
    second.idempotency_key = entry(1, "1").idempotency_key;
    let refused = confirm(&book, vec![entry(1, "1"), second]).await;
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
    confirm(&book, vec![entry(1, "1"), entry(2, "2")])
        .await
        .unwrap();
    confirm(&book, vec![later.clone()]).await.unwrap();
    let sent = change(&entry(1, "1"), &Submission::Confirmed, FREE);
    let sending = take(&book, sent).await.unwrap().stage;
    take(&book, change(&entry(1, "1"), &sending, accepted()))
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
    confirm(&book, vec![entry(1, "1")]).await.unwrap();
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
    confirm(&book, vec![entry(1, "1")]).await.unwrap();
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
