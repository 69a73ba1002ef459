//! A journal damaged for real, with submissions that its copy does not know: brought back, compared, and nothing made twice.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use desk::wire::*;
use desk::{Closed, Desk, FailureCode, dispatch_on_damage};
use receivables::{Field, State};
use sandbox::{Options, Sandbox};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::at_work::{AtWork, ids, setup};

/// Ends the desk, and waits until its files are closed.
async fn close(work: AtWork) -> (Sandbox, TempDir) {
    let AtWork {
        desk,
        sandbox,
        folder,
    } = work;
    drop(desk);
    for _ in 0..1000 {
        if store::Folder::open(folder.path()).is_ok() {
            return (sandbox, folder);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the folder does not come free")
}

async fn work_in(sandbox: Sandbox, folder: TempDir) -> AtWork {
    match opened(&sandbox, &folder).await {
        Ok(desk) => AtWork {
            desk,
            sandbox,
            folder,
        },
        Err(closed) => panic!("the desk did not open: {}", closed.failure),
    }
}

/// As a restart; with the keys entered again, since the keychain of tests ends with the desk.
async fn restart(work: AtWork) -> AtWork {
    let (sandbox, folder) = close(work).await;
    let work = work_in(sandbox, folder).await;
    enter_keys_again(&work).await;
    work
}

async fn enter_keys_again(work: &AtWork) {
    let known = work.state().await.connections;
    let debitura = ConnectDebitura {
        key: work.sandbox.debitura_key().to_owned(),
        environment: Environment::Sandbox,
        workspace: None,
    };
    let _: WorkspaceView = work.call("connect_debitura", debitura).await.unwrap();
    let stripe = ConnectStripe {
        key: work.sandbox.stripe_key().to_owned(),
        connection: known.first().map(|connection| connection.id.clone()),
    };
    let _: ConnectionView = work.call("connect_stripe", stripe).await.unwrap();
    work.settle().await;
}

async fn opened(sandbox: &Sandbox, folder: &TempDir) -> Result<Arc<Desk>, Closed> {
    Desk::open_or_recover(setup(sandbox, folder)).await
}

/// Overwrites the tables, which the header does not tell.
fn damage(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[4096..].fill(0x5a);
    std::fs::write(path, bytes).unwrap();
}

async fn ask<T: DeserializeOwned>(
    closed: &Closed,
    name: &str,
    request: Value,
) -> Result<T, Failure> {
    let damaged = closed.damage.as_ref().expect("a damaged journal");
    let answer = dispatch_on_damage(damaged, name, request).await?;
    Ok(serde_json::from_value(answer).unwrap())
}

async fn refused_until_compared(work: &AtWork, ids: &[String]) {
    let selection = Selection::Ids { ids: ids.to_vec() };
    let refused = work
        .call::<ReviewStarted>("start_review", OfSelection { selection })
        .await;
    assert_eq!(
        refused.unwrap_err().code,
        FailureCode::JournalUnreconciled,
        "a journal that may have forgotten what was sent must not lead to sending"
    );
}

async fn submit_chosen(work: &AtWork, ids: &[String]) {
    let review = work.review(ids).await;
    assert_eq!(review.cases.len(), ids.len(), "{:?}", review.dropped);
    for entry in work.submit(&review).await.entries {
        assert_eq!(entry.stage, "submitted", "{:?}", entry.problem);
    }
}

/// Five submissions of which the copy knows three, and a journal damaged since. The fifth was made under a reference that
/// was corrected after the copy. Gives the ready invoices in the order in which they were submitted.
async fn damaged_after_five() -> (Closed, Sandbox, TempDir, Vec<String>) {
    let work = AtWork::fetched(Options::default()).await;
    work.accept_suggestions().await;
    let chosen = ids(&work.in_state(State::Ready).await);
    submit_chosen(&work, &chosen[..3]).await;
    let work = restart(work).await;
    let at = |name: &str| work.folder.path().join(name);
    std::fs::copy(at("book.backup.db"), at("three.db")).unwrap();
    work.correct(&chosen[4], Field::CreditorReference, "RENAMED-5")
        .await;
    submit_chosen(&work, &chosen[3..5]).await;
    assert_eq!(work.sandbox.cases_created(), 5);
    let (sandbox, folder) = close(work).await;
    damage(&folder.path().join("book.db"));
    // What was copied after the second batch is lost as well.
    let _absent = std::fs::remove_file(folder.path().join("book.backup.1.db"));
    std::fs::rename(
        folder.path().join("three.db"),
        folder.path().join("book.backup.db"),
    )
    .unwrap();
    let Err(closed) = opened(&sandbox, &folder).await else {
        panic!("a damaged journal was opened");
    };
    assert_eq!(closed.failure.code, FailureCode::BookDamaged);
    (closed, sandbox, folder, chosen)
}

fn made_once(sandbox: &Sandbox, count: usize) {
    let cases = sandbox.cases();
    let mut claims: Vec<String> = cases
        .iter()
        .map(|case| format!("{} {}", case["debtor"]["name"], case["grossAmount"]))
        .collect();
    claims.sort();
    claims.dedup();
    assert_eq!(
        claims.len(),
        cases.len(),
        "a claim was made twice: {claims:#?}"
    );
    assert_eq!(sandbox.cases_created(), count);
}

async fn compared(work: &AtWork) -> JournalComparison {
    let found: JournalComparison = work.call("journal_comparison", json!({})).await.unwrap();
    assert!(found.compared);
    assert_eq!(work.state().await.unreconciled, None);
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_that_the_copy_does_not_know_are_found_and_never_made_again() {
    let (closed, sandbox, folder, chosen) = damaged_after_five().await;
    let damage: JournalDamage = ask(&closed, "journal_damage", json!({})).await.unwrap();
    assert_eq!(damage.failure.code, FailureCode::BookDamaged);
    let [latest] = damage.copies.as_slice() else {
        panic!("one copy, not {:?}", damage.copies);
    };
    assert_eq!(
        (latest.kind, latest.submissions),
        (JournalCopyKind::Latest, 3)
    );
    let anew =
        ask::<JournalReplaced>(&closed, "start_journal_anew", json!({ "understood": true })).await;
    assert_eq!(
        anew.unwrap_err().code,
        FailureCode::InvalidValue,
        "a copy knows more than nothing"
    );
    let older =
        ask::<JournalReplaced>(&closed, "restore_journal", json!({ "copy": "older" })).await;
    assert!(older.is_err(), "there is no older copy");
    let restored = ask::<JournalReplaced>(&closed, "restore_journal", json!({ "copy": "latest" }))
        .await
        .unwrap();
    let kept = restored.kept.unwrap();
    assert!(folder.path().join(&kept).exists(), "{kept}");

    let work = work_in(sandbox, folder).await;
    assert_eq!(work.state().await.unreconciled.unwrap().kept, Some(kept));
    refused_until_compared(&work, &chosen[3..6]).await;
    // A crash in between keeps the mark.
    let (sandbox, folder) = close(work).await;
    let work = work_in(sandbox, folder).await;
    refused_until_compared(&work, &chosen[3..6]).await;
    // The key comes back with the keychain at people's; here it is entered again, and the cases are read with it.
    enter_keys_again(&work).await;
    let found = compared(&work).await;
    assert_eq!(
        (found.cases, found.unknown.len()),
        (5, 2),
        "{:?}",
        found.unknown
    );
    for unknown in &found.unknown {
        assert_eq!(
            unknown.standing,
            UnknownCaseStanding::Adopted,
            "{unknown:?}"
        );
        assert!(
            chosen[3..5].contains(unknown.invoice.as_ref().unwrap()),
            "{unknown:?}"
        );
    }

    let submitted = ids(&work.in_state(State::Submitted).await);
    for id in &chosen[..5] {
        assert!(submitted.contains(id), "{id} is offered again");
    }
    let review = work.review(&chosen[2..6]).await;
    assert_eq!(review.cases.len(), 1, "{:?}", review.cases);
    assert_eq!(review.dropped.len(), 3);
    work.submit(&review).await;
    made_once(&work.sandbox, 6);
    let detail: InvoiceDetail = work
        .call("invoice", json!({ "id": chosen[4] }))
        .await
        .unwrap();
    let submission = detail.submission.unwrap();
    assert_eq!(
        (submission.stage.as_str(), submission.batch),
        ("linked", None)
    );
    let cases: CasePage = work
        .call(
            "cases",
            json!({ "query": {}, "window": { "offset": 0, "limit": 50 } }),
        )
        .await
        .unwrap();
    assert!(cases.rows.iter().all(|case| case.ours), "{:#?}", cases.rows);
    work.assert_faithful();

    // Found once, it stays so, also when cache and desk go.
    let _: Wiped = work.call("wipe_cache", json!({})).await.unwrap();
    let work = restart(work).await;
    work.fetch().await;
    assert!(ids(&work.in_state(State::Submitted).await).contains(&chosen[4]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_begun_anew_learns_from_debitura_what_was_submitted() {
    let (closed, sandbox, folder, chosen) = damaged_after_five().await;
    for copy in ["book.backup.db", "book.backup.1.db"] {
        let _absent = std::fs::remove_file(folder.path().join(copy));
    }
    let damage: JournalDamage = ask(&closed, "journal_damage", json!({})).await.unwrap();
    assert_eq!(damage.copies, []);
    let unasked = ask::<JournalReplaced>(
        &closed,
        "start_journal_anew",
        json!({ "understood": false }),
    )
    .await;
    assert!(unasked.is_err());
    let _: JournalReplaced = ask(&closed, "start_journal_anew", json!({ "understood": true }))
        .await
        .unwrap();

    let work = work_in(sandbox, folder).await;
    assert!(work.state().await.unreconciled.is_some());
    enter_keys_again(&work).await;
    assert_eq!(compared(&work).await.unknown.len(), 5);
    // Invoices come after the comparison: what is found then counts all the same.
    work.fetch().await;
    work.accept_suggestions().await;
    work.fetch().await;
    let submitted = ids(&work.in_state(State::Submitted).await);
    assert_eq!(submitted.len(), 5, "{submitted:?}");
    for id in &chosen[..5] {
        assert!(submitted.contains(id), "{id} is offered again");
    }
    let review = work.review(&chosen[3..6]).await;
    work.submit(&review).await;
    made_once(&work.sandbox, 6);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn damage_noticed_in_use_ends_sending_and_frees_the_folder_for_the_copy() {
    let work = AtWork::fetched(Options::default()).await;
    work.accept_suggestions().await;
    let work = restart(work).await;
    let chosen = ids(&work.in_state(State::Ready).await);
    let review = work.review(&chosen[..2]).await;
    assert!(work.desk.give_up_if_damaged().is_none());
    std::fs::remove_file(work.folder.path().join("book.db")).unwrap();
    let submit = Submit {
        review: review.id.clone(),
        cases: 2,
    };
    let refused = work.call::<SubmitStarted>("submit", submit).await;
    assert_eq!(refused.unwrap_err().code, FailureCode::BookDamaged);
    assert_eq!(work.sandbox.requests_to("debitura POST /cases").len(), 0);

    let AtWork {
        desk,
        sandbox,
        folder,
    } = work;
    let closed = desk.give_up_if_damaged().expect("it knows of the damage");
    drop(desk);
    let damage: JournalDamage = ask(&closed, "journal_damage", json!({})).await.unwrap();
    assert!(
        damage.failure.why.contains("removed while in use"),
        "{:?}",
        damage.failure
    );
    let _: JournalReplaced = ask(&closed, "restore_journal", json!({ "copy": "latest" }))
        .await
        .unwrap();
    let work = work_in(sandbox, folder).await;
    refused_until_compared(&work, &chosen[..2]).await;
    enter_keys_again(&work).await;
    assert_eq!(compared(&work).await.unknown, []);
    submit_chosen(&work, &chosen[..2]).await;
    made_once(&work.sandbox, 2);
}
