use std::collections::BTreeMap;

use desk::FailureCode;
use desk::wire::*;
use receivables::{Currency, Field, Money};
use sandbox::{Company, Effect, Fault, Options, When};
use serde_json::json;

use crate::at_work::{AtWork, by};

/// Sums of what is open, from the app's own cache, over everything unpaid.
async fn sums(work: &AtWork) -> BTreeMap<String, String> {
    let states = receivables::State::ALL
        .into_iter()
        .filter(|state| *state != receivables::State::Gone)
        .collect();
    let page = work
        .invoices(InvoiceQuery {
            states,
            partly_paid: true,
            ..InvoiceQuery::default()
        })
        .await;
    page.totals
        .into_iter()
        .map(|amount| (amount.currency, amount.value))
        .collect()
}

/// The sandbox's truth in the same form. Stripe's exponents differ from ISO's for three of its currencies.
fn truth(work: &AtWork) -> BTreeMap<String, String> {
    let oracle = work.sandbox.oracle();
    let sums = oracle.open_amount.iter().map(|(code, stripe_minor)| {
        let currency = Currency::from_code(code).unwrap();
        let minor = match currency.code() {
            "ISK" | "UGX" => stripe_minor / 100,
            "MGA" => stripe_minor * 100,
            _ => *stripe_minor,
        };
        (
            currency.code().to_owned(),
            Money::from_minor(minor, currency).decimal(),
        )
    });
    sums.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_currency_sums_to_the_last_minor_unit() {
    for company in [Company::Demo, Company::Awkward, Company::Empty] {
        let work = AtWork::connected(Options::company(company)).await;
        // Awkward invoices are older than the usual 24 months, too.
        let created = DateRange {
            from: "2000-01-01".to_owned(),
            to: "2100-01-01".to_owned(),
        };
        let request = Sync {
            connection: None,
            created: Some(created),
            due: None,
        };
        let started: Started = work.call("sync", request).await.unwrap();
        assert_eq!(work.wait(&started.job).await.stage, JobStage::Done);
        let open = work.sandbox.oracle().open;
        let cached = work
            .invoices(InvoiceQuery {
                partly_paid: true,
                ..InvoiceQuery::default()
            })
            .await
            .total;
        assert_eq!(
            cached as usize, open,
            "{company:?}: nothing is skipped in silence"
        );
        let (mut ours, theirs) = (sums(&work).await, truth(&work));
        for (code, sum) in &theirs {
            assert_eq!(
                ours.remove(code).as_ref(),
                Some(sum),
                "{company:?}: {code} must agree to the last minor unit"
            );
        }
        assert!(ours.is_empty(), "{company:?}: sums from nowhere: {ours:?}");
        work.assert_faithful();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fetch_cut_short_goes_on_where_it_stopped() {
    let requests = |work: &AtWork| work.sandbox.requests_to("stripe GET /v1/invoices").len();
    let whole = AtWork::connected(Options::company(Company::Large(1500))).await;
    whole.sandbox.forget_requests();
    whole.fetch().await;
    let pages = requests(&whole);
    for kept in [1, pages / 2, pages - 1] {
        let work = AtWork::connected(Options::company(Company::Large(1500))).await;
        work.sandbox.forget_requests();
        let after = When::After(u32::try_from(kept).unwrap());
        work.sandbox.fault(Fault::new(
            "stripe GET /v1/invoices",
            after,
            Effect::Status {
                code: 401,
                body: sandbox::FaultBody::default(),
                headers: Vec::new(),
            },
        ));
        let stopped = work.fetch().await;
        assert_eq!(stopped.stage, JobStage::Failed, "the fault must be noticed");
        work.sandbox.clear_faults();
        work.sandbox.forget_requests();
        let finished = work.fetch().await;
        assert_eq!(finished.stage, JobStage::Done, "{finished:?}");
        let further = requests(&work);
        assert!(
            further <= pages - kept + 1,
            "{further} further requests after page {kept} of {pages}: pages were read twice"
        );
        assert_eq!(sums(&work).await, truth(&work), "and nothing is missing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_left_open_is_read_again_and_corrections_stay() {
    let work = AtWork::fetched(Options::company(Company::Demo)).await;
    let rows = work.in_state(receivables::State::Attention).await;
    let (kept, paid, voided) = (&rows[0].id, &rows[1].id, &rows[2].id);
    work.correct(kept, Field::DebtorAddress, "Nygade 7").await;
    let stripe_id = |id: &str| id.rsplit(':').next().unwrap().to_owned();
    assert!(
        work.sandbox.pay_invoice(&stripe_id(paid)) && work.sandbox.void_invoice(&stripe_id(voided))
    );
    work.fetch().await;
    for (id, status) in [(paid, "paid"), (voided, "void")] {
        let detail: InvoiceDetail = work.call("invoice", by(id)).await.unwrap();
        assert_eq!(detail.row.state, receivables::State::Gone);
        assert_eq!(detail.status, status);
    }
    let detail: InvoiceDetail = work.call("invoice", by(kept)).await.unwrap();
    let address = detail
        .fields
        .iter()
        .find(|field| field.field == Field::DebtorAddress)
        .unwrap();
    assert_eq!(
        address.value.as_deref(),
        Some("Nygade 7"),
        "fetching again must not lose the user's work"
    );
    work.assert_faithful();
}

#[tokio::test(flavor = "multi_thread")]
async fn with_everything_down_the_cache_still_works() {
    let work = AtWork::fetched(Options::company(Company::Demo)).await;
    work.sandbox.pause();
    let first = work.in_state(receivables::State::Attention).await.remove(0);
    let name = "Zweigniederlassung Umlaut-Straße GmbH";
    work.correct(&first.id, Field::DebtorName, name).await;
    let found = work
        .invoices(InvoiceQuery {
            search: "umlaut-strasse".to_owned(),
            ..InvoiceQuery::default()
        })
        .await;
    let by_exact = work
        .invoices(InvoiceQuery {
            search: "zweigniederlassung".to_owned(),
            ..InvoiceQuery::default()
        })
        .await;
    assert!(
        by_exact.rows.iter().any(|row| row.id == first.id),
        "a corrected name is found offline ({} by folding)",
        found.total
    );
    let selection = Selection::Matching {
        query: InvoiceQuery::default(),
        except: vec![first.id.clone()],
    };
    let summary: SelectionSummary = work
        .call("selection_summary", OfSelection { selection })
        .await
        .unwrap();
    assert!(summary.count > 300);
    let undone: Changed = work.call("undo", json!({})).await.unwrap();
    assert!(undone.redo.is_some());
    let job = work.fetch().await;
    assert_eq!(
        job.failure.map(|failure| failure.code),
        Some(FailureCode::Offline),
        "the reason is said"
    );
    work.sandbox.resume().await.unwrap();
    assert_eq!(
        work.fetch().await.stage,
        JobStage::Done,
        "and the same action works once its cause is gone"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_bad_key_is_refused_with_its_own_reason() {
    let work = AtWork::begin(Options::default()).await;
    let debitura = |key: &str| ConnectDebitura {
        key: key.to_owned(),
        environment: Environment::Sandbox,
        workspace: None,
    };
    let refused: Result<WorkspaceView, Failure> =
        work.call("connect_debitura", debitura("wrong-key")).await;
    assert_eq!(refused.unwrap_err().code, FailureCode::DebituraKeyRefused);
    let _: WorkspaceView = work
        .call("connect_debitura", debitura(work.sandbox.debitura_key()))
        .await
        .unwrap();
    for (key, code) in [
        ("sk_test_abcdefgh", FailureCode::KeySecret),
        ("pk_live_abcdefgh", FailureCode::KeyPublishable),
        ("hello", FailureCode::KeyShape),
        ("rk_test_unknownunknown", FailureCode::KeyRefused),
        (
            sandbox::NO_CUSTOMERS_STRIPE_KEY,
            FailureCode::PermissionCustomers,
        ),
        (
            sandbox::NO_INVOICES_STRIPE_KEY,
            FailureCode::PermissionInvoices,
        ),
        (sandbox::REVOKED_STRIPE_KEY, FailureCode::KeyRefused),
    ] {
        let request = ConnectStripe {
            key: key.to_owned(),
            connection: None,
        };
        let refused: Result<ConnectionView, Failure> = work.call("connect_stripe", request).await;
        let failure = refused.unwrap_err();
        assert_eq!(failure.code, code, "{failure:?}");
        assert!(
            !format!("{failure:?}").contains(key) || key == "hello",
            "a failure must not repeat the key"
        );
    }
    assert!(
        work.state().await.connections.is_empty(),
        "a refused key is not kept"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn disconnecting_says_what_goes_and_what_stays() {
    let work = AtWork::fetched(Options::default()).await;
    let row = work.in_state(receivables::State::Attention).await.remove(0);
    work.correct(&row.id, Field::DebtorCity, "Aalborg").await;
    let connection = work.state().await.connections.remove(0);
    let effects: DisconnectEffects = work
        .call("disconnect", ById { id: connection.id })
        .await
        .unwrap();
    assert!(
        effects.invoices > 400 && effects.corrections == 1,
        "{effects:?}"
    );
    assert_eq!(
        work.invoices(InvoiceQuery::default()).await.total,
        0,
        "cached invoices go"
    );
    let request = ConnectStripe {
        key: work.sandbox.stripe_key().to_owned(),
        connection: None,
    };
    let _: ConnectionView = work.call("connect_stripe", request).await.unwrap();
    work.fetch().await;
    let detail: InvoiceDetail = work.call("invoice", ById { id: row.id }).await.unwrap();
    let city = detail
        .fields
        .iter()
        .find(|field| field.field == Field::DebtorCity)
        .unwrap();
    assert_eq!(
        city.value.as_deref(),
        Some("Aalborg"),
        "a source connected again finds its corrections"
    );
}
