use desk::FailureCode;
use desk::wire::*;
use receivables::{Field, State};
use sandbox::{Company, Options};
use serde_json::json;

use crate::at_work::{AtWork, by, ids};

#[tokio::test(flavor = "multi_thread")]
async fn suggestions_are_accepted_for_many_and_taken_back() {
    let work = AtWork::fetched(Options::default()).await;
    let before = work.in_state(State::Ready).await.len();
    work.accept_suggestions().await;
    let after = work.in_state(State::Ready).await.len();
    assert!(
        after > before + 100,
        "{before} → {after}: accepting must make invoices ready"
    );
    for _ in 0..2 {
        let _: Changed = work.call("undo", json!({})).await.unwrap();
    }
    assert_eq!(
        work.in_state(State::Ready).await.len(),
        before,
        "undo takes all of it back"
    );
    let redone: Changed = work.call("redo", json!({})).await.unwrap();
    assert!(redone.count > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_serves_all_invoices_of_the_debtor() {
    let work = AtWork::fetched(Options::default()).await;
    let rows = work.in_state(State::Attention).await;
    let mut chosen = None;
    for row in &rows {
        let detail: InvoiceDetail = work.call("invoice", by(&row.id)).await.unwrap();
        if detail.siblings > 0 {
            chosen = Some(detail);
            break;
        }
    }
    let detail = chosen.expect("some debtor owes twice");
    let changed = work
        .correct(&detail.row.id, Field::DebtorName, "Qvist Holding ApS")
        .await;
    assert!(changed.undo.is_some());
    let found = work
        .invoices(InvoiceQuery {
            search: "Qvist Holding".into(),
            partly_paid: true,
            ..InvoiceQuery::default()
        })
        .await;
    assert_eq!(
        found.total,
        detail.siblings + 1,
        "every invoice of the debtor shows the corrected name"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_aside_leaves_the_list_and_comes_back() {
    let work = AtWork::fetched(Options::default()).await;
    let rows = work.in_state(State::Attention).await;
    let selection = Selection::Ids {
        ids: ids(&rows[..3]),
    };
    let request = SetAsideRequest {
        selection: selection.clone(),
        until: None,
        because: "Payment plan".into(),
    };
    let changed: Changed = work.call("set_aside", request).await.unwrap();
    assert_eq!(changed.count, 3);
    assert_eq!(work.in_state(State::SetAside).await.len(), 3);
    let past = SetAsideRequest {
        selection: selection.clone(),
        until: Some("2020-01-01".into()),
        because: String::new(),
    };
    let refused: Result<Changed, Failure> = work.call("set_aside", past).await;
    assert_eq!(refused.unwrap_err().code, FailureCode::InvalidValue);
    let _: Changed = work
        .call("bring_back", OfSelection { selection })
        .await
        .unwrap();
    assert!(work.in_state(State::SetAside).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_awkward_company_is_shown_whole_and_nothing_breaks() {
    let work = AtWork::fetched(Options {
        huge_name: true,
        ..Options::company(Company::Awkward)
    })
    .await;
    let page = work
        .invoices(InvoiceQuery {
            partly_paid: true,
            ..InvoiceQuery::default()
        })
        .await;
    for row in &page.rows {
        let detail: InvoiceDetail = work.call("invoice", by(&row.id)).await.unwrap();
        if detail.row.state == State::Attention {
            assert!(
                detail.problems.iter().any(|problem| problem.blocks),
                "{}: attention without a reason",
                row.id
            );
        }
        let refused: Result<Changed, Failure> = work
            .call(
                "correct",
                Correct {
                    id: row.id.clone(),
                    field: Field::Amount,
                    value: Some("1.00".into()),
                },
            )
            .await;
        assert_eq!(
            refused.unwrap_err().code,
            FailureCode::NotCorrectable,
            "the claim is what the source says is owed"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paid_or_changed_invoice_drops_out_of_the_review() {
    let work = AtWork::fetched(Options::default()).await;
    work.accept_suggestions().await;
    let ready = work.in_state(State::Ready).await;
    let chosen = ids(&ready[..4]);
    let stripe_id = |id: &str| id.rsplit(':').next().unwrap().to_owned();
    assert!(work.sandbox.pay_invoice(&stripe_id(&chosen[1])));
    assert!(work.sandbox.void_invoice(&stripe_id(&chosen[2])));
    let review = work.review(&chosen).await;
    assert_eq!(
        review
            .cases
            .iter()
            .map(|case| &case.invoice)
            .collect::<Vec<_>>(),
        [&chosen[0], &chosen[3]]
    );
    let whys: Vec<&str> = review
        .dropped
        .iter()
        .map(|dropped| dropped.why.as_str())
        .collect();
    assert_eq!(
        whys,
        [
            "Paid at Stripe since it was fetched.",
            "Voided at Stripe since it was fetched."
        ]
    );
    assert!(
        review.obstacle.is_none() && !review.terms.is_empty(),
        "{review:?}"
    );
    assert!(
        review.terms.iter().all(|terms| terms.fee_percent.is_some()),
        "the price is Debitura's"
    );
    work.assert_faithful();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsigned_agreement_stops_the_review_and_not_after_signing() {
    let work = AtWork::begin(Options::default()).await;
    let key = sandbox::UNSIGNED_DEBITURA_KEY.to_owned();
    let request = ConnectDebitura {
        key,
        environment: Environment::Sandbox,
        workspace: None,
    };
    let workspace: WorkspaceView = work.call("connect_debitura", request).await.unwrap();
    assert!(
        workspace
            .agreement
            .is_some_and(|agreement| !agreement.signed)
    );
    let request = ConnectStripe {
        key: work.sandbox.stripe_key().to_owned(),
        connection: None,
    };
    let _: ConnectionView = work.call("connect_stripe", request).await.unwrap();
    work.fetch().await;
    work.accept_suggestions().await;
    let chosen = ids(&work.in_state(State::Ready).await[..2]);
    let review = work.review(&chosen).await;
    assert_eq!(
        review.obstacle.as_ref().map(|failure| failure.code),
        Some(FailureCode::AgreementUnsigned)
    );
    let refused = work.agree(&review, 2).await;
    assert_eq!(
        refused.unwrap_err().code,
        FailureCode::AgreementUnsigned,
        "nothing is sent past a missing signature"
    );
    assert_eq!(work.sandbox.cases_created(), 0);
    work.sandbox.sign_contracts("unsigned");
    let review = work.review(&chosen).await;
    assert!(review.obstacle.is_none(), "{:?}", review.obstacle);
}
