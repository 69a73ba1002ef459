use std::collections::BTreeMap;

use desk::FailureCode;
use desk::wire::*;
use receivables::{Field, State};
use sandbox::{Effect, Fault, Options, When};
use serde_json::json;

use crate::at_work::{AtWork, by, ids};

async fn ready(options: Options) -> (AtWork, Vec<String>) {
    let work = AtWork::fetched(options).await;
    work.accept_suggestions().await;
    let chosen = ids(&work.in_state(State::Ready).await);
    (work, chosen)
}

/// What the sandbox holds, by creditor reference. More than one of a reference is the harm this application must not do.
fn held(work: &AtWork) -> BTreeMap<String, String> {
    let mut held = BTreeMap::new();
    for case in work.sandbox.cases().iter() {
        let reference = case["creditorReference"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let before = held.insert(
            reference.clone(),
            case["reference"].as_str().unwrap_or_default().to_owned(),
        );
        assert!(before.is_none(), "{reference} was submitted twice");
    }
    held
}

#[tokio::test(flavor = "multi_thread")]
async fn chosen_invoices_become_cases_once_with_their_documents() {
    let (work, chosen) = ready(Options::default()).await;
    let review = work.review(&chosen[..8]).await;
    assert_eq!(review.cases.len(), 8, "{:?}", review.dropped);
    let batch = work.submit(&review).await;
    let held = held(&work);
    for (entry, case) in batch.entries.iter().zip(&review.cases) {
        assert_eq!(entry.stage, "submitted", "{:?}", entry.problem);
        assert_eq!(
            entry.case_reference.as_ref(),
            held.get(&case.reference),
            "the screen shows Debitura's reference"
        );
        assert_eq!(
            entry.attachment, "uploaded",
            "the invoice PDF follows its case"
        );
    }
    let sent = work
        .sandbox
        .cases()
        .iter()
        .find(|case| case["creditorReference"] == json!(review.cases[0].reference))
        .cloned()
        .unwrap();
    let stripe_id = review.cases[0].invoice.rsplit(':').next().unwrap();
    let description = sent["claimDescription"].as_str().unwrap_or_default();
    assert!(
        description.contains(stripe_id) && description.contains(&review.cases[0].reference),
        "{description:?}"
    );
    assert_eq!(
        sent["grossAmount"].to_string().parse::<f64>().unwrap(),
        review.cases[0].amount.value.parse::<f64>().unwrap()
    );

    let cases: CasePage = work
        .call(
            "cases",
            ListCases {
                query: CaseQuery::default(),
                window: Window {
                    offset: 0,
                    limit: 100,
                },
            },
        )
        .await
        .unwrap();
    assert!(cases.rows.iter().filter(|case| case.ours).count() >= 8);
    let again: Result<ReviewStarted, Failure> = work
        .call(
            "start_review",
            OfSelection {
                selection: Selection::Ids {
                    ids: chosen[..1].to_vec(),
                },
            },
        )
        .await;
    work.wait(&again.unwrap().job).await;
    assert_eq!(work.in_state(State::Submitted).await.len(), 8);
    work.assert_faithful();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_lost_after_the_case_was_made_makes_no_second_one() {
    for effect in [
        Effect::DropAfterCommit,
        Effect::StatusAfterCommit {
            code: 502,
            body: sandbox::FaultBody::default(),
        },
        Effect::TruncatedJson,
        Effect::Html,
    ] {
        let (work, chosen) = ready(Options::default()).await;
        let review = work.review(&chosen[..3]).await;
        work.sandbox.fault(Fault::new(
            "debitura POST /cases",
            When::Nth(2),
            effect.clone(),
        ));
        let batch = work.submit(&review).await;
        assert_eq!(
            held(&work).len(),
            3,
            "{effect:?}: each case exists exactly once"
        );
        for entry in &batch.entries {
            assert_eq!(entry.stage, "submitted", "{effect:?}: {:?}", entry.problem);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_paid_after_the_yes_is_not_sent() {
    let (work, chosen) = ready(Options::default()).await;
    let review = work.review(&chosen[..3]).await;
    let paid = review.cases[1]
        .invoice
        .rsplit(':')
        .next()
        .unwrap()
        .to_owned();
    assert!(work.sandbox.pay_invoice(&paid));
    let batch = work.submit(&review).await;
    let stages: Vec<&str> = batch
        .entries
        .iter()
        .map(|entry| entry.stage.as_str())
        .collect();
    assert_eq!(stages, ["submitted", "withdrawn", "submitted"]);
    assert!(batch.entries[1].problem.is_some(), "it says why");
    assert_eq!(held(&work).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_that_exists_is_linked_only_when_everything_agrees() {
    let (work, chosen) = ready(Options::default()).await;
    let review = work.review(&chosen[..2]).await;
    work.submit(&review).await;
    // A new folder knows nothing of the first submission; the account at Debitura does.
    let folder = tempfile::tempdir().unwrap();
    let desk = desk::Desk::open(crate::at_work::setup(&work.sandbox, &folder))
        .await
        .unwrap();
    let second = AtWork {
        desk,
        sandbox: work.sandbox,
        folder,
    };
    second.connect().await;
    second.fetch().await;
    let rows = second.invoices(InvoiceQuery::default()).await.rows;
    let same: Vec<&InvoiceRow> = rows
        .iter()
        .filter(|row| chosen[..2].contains(&row.id))
        .collect();
    for row in same {
        let problem = row
            .problems
            .iter()
            .find(|problem| problem.blocks)
            .map(|problem| problem.code.name());
        assert!(
            row.problems
                .iter()
                .any(|problem| problem.code.name() == "reference_submitted"),
            "{problem:?}: the clash shows before anything is sent"
        );
    }
    assert_eq!(held(&second).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_refused_in_the_middle_halts_and_goes_on_after_it_is_mended() {
    let (work, chosen) = ready(Options::default()).await;
    let review = work.review(&chosen[..6]).await;
    work.sandbox.fault(Fault::new(
        "debitura POST /cases",
        When::Nth(2),
        Effect::RevokeKey,
    ));
    let batch = work.submit(&review).await;
    assert!(
        batch.open > 0,
        "the rest waits: {:?}",
        batch
            .entries
            .iter()
            .map(|entry| &entry.stage)
            .collect::<Vec<_>>()
    );
    assert_eq!(
        batch.waiting_for.map(|failure| failure.code),
        Some(FailureCode::DebituraKeyRefused)
    );
    assert!(work.state().await.workspaces[0].key_refused);
    work.sandbox.clear_faults();
    work.sandbox.restore_keys();
    let resumed: SubmitStarted = work.call("resume_batch", by(&batch.id)).await.unwrap();
    work.wait(&resumed.job).await;
    let batch: Batch = work.call("batch", ById { id: batch.id }).await.unwrap();
    assert!(
        batch.entries.iter().all(|entry| entry.stage == "submitted"),
        "{:?}",
        batch.entries
    );
    assert_eq!(held(&work).len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yes_counts_only_for_what_was_shown() {
    let (work, chosen) = ready(Options::default()).await;
    let review = work.review(&chosen[..2]).await;
    let refused = work.agree(&review, 3).await;
    assert_eq!(refused.unwrap_err().code, FailureCode::CountDiffers);
    work.correct(&chosen[0], Field::DebtorCity, "Elsewhere")
        .await;
    let refused = work.agree(&review, 2).await;
    assert_eq!(
        refused.unwrap_err().code,
        FailureCode::ReviewStale,
        "a case changed since is another case"
    );
    assert_eq!(work.sandbox.cases_created(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn test_cases_never_mark_real_invoices_as_submitted() {
    let (work, chosen) = ready(Options::default()).await;
    let workspace = work.state().await.workspaces.remove(0);
    let switch = |test_mode| SetTestMode {
        workspace: workspace.id.clone(),
        test_mode,
    };
    let _: WorkspaceView = work.call("set_test_mode", switch(true)).await.unwrap();
    let review = work.review(&chosen[..2]).await;
    assert!(review.test_mode);
    let batch = work.submit(&review).await;
    assert!(batch.test_mode && batch.entries.iter().all(|entry| entry.stage == "submitted"));
    assert!(
        work.sandbox
            .cases()
            .iter()
            .filter(|case| case["isTestCase"] == json!(true))
            .count()
            >= 2
    );
    let _: WorkspaceView = work.call("set_test_mode", switch(false)).await.unwrap();
    assert!(
        work.in_state(State::Submitted).await.is_empty(),
        "real invoices are still to be submitted"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_exported_without_formulas() {
    let (work, _) = ready(Options::company(sandbox::Company::Awkward)).await;
    let query = InvoiceQuery {
        partly_paid: true,
        ..InvoiceQuery::default()
    };
    let exported: Exported = work
        .call("export", Export::Invoices { query })
        .await
        .unwrap();
    assert!(exported.rows > 300);
    let text = std::fs::read_to_string(work.folder.path().join("export.csv")).unwrap();
    for cell in text.lines().skip(1).flat_map(|line| line.split(',')) {
        let cell = cell.trim_start_matches('"');
        assert!(
            !cell.starts_with(['=', '@']),
            "{cell:?} would run in a spreadsheet"
        );
    }
}
