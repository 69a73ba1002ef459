//! Sources that are signed in to, held against their sandbox's books: every company, every invoice, every currency, and
//! again after things happened there.

use std::collections::BTreeMap;

use desk::wire::*;
use receivables::{Currency, Money, State};
use sandbox::{Company, Edit, Options, Oracle};

use crate::signed_in::Stage;

type Sums = BTreeMap<String, String>;

/// Everything open of a source, with its reasons.
async fn open_of(stage: &Stage, connection: &str) -> InvoicePage {
    let states = State::ALL.into_iter();
    let query = InvoiceQuery {
        states: states.filter(|state| *state != State::Gone).collect(),
        connection: Some(connection.to_owned()),
        partly_paid: true,
        ..InvoiceQuery::default()
    };
    stage.work.invoices(query).await
}

fn sums(page: &InvoicePage) -> Sums {
    let totals = page.totals.iter();
    totals
        .map(|amount| (amount.currency.clone(), amount.value.clone()))
        .collect()
}

/// The books in the same form; they count two decimals for two currencies that ISO gives none.
fn truth(amounts: &BTreeMap<String, i64>) -> Sums {
    let sums = amounts.iter().map(|(code, books)| {
        let currency = Currency::from_code(code).unwrap();
        let minor = match currency.code() {
            "ISK" | "UGX" => books / 100,
            _ => *books,
        };
        let sum = Money::from_minor(minor, currency).decimal();
        (currency.code().to_owned(), sum)
    });
    sums.collect()
}

async fn fetch_everything(stage: &Stage) {
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
    let started: Started = stage.work.call("sync", request).await.unwrap();
    let job = stage.work.wait(&started.job).await;
    assert_eq!(job.stage, JobStage::Done, "{job:?}");
}

/// Each row is there, each currency adds up, and whatever cannot be a case says why.
async fn hold_against(stage: &Stage, connection: &str, open: usize, oracle: &Oracle) {
    let page = open_of(stage, connection).await;
    assert_eq!(page.total as usize, open, "nothing is skipped in silence");
    assert_eq!(sums(&page), truth(&oracle.open_amount));
    assert_eq!(page.rows.len(), open, "a page holds all of them");
    for row in &page.rows {
        assert!(
            row.state != State::Attention || row.problems.iter().any(|problem| problem.blocks),
            "{}: not ready without a reason",
            row.id
        );
    }
}

fn awkward() -> Options {
    Options {
        second_company: Company::Awkward,
        ..Options::company(Company::Awkward)
    }
}

/// Of those wholly unpaid, in the currency that has most of them.
fn plain(page: &InvoicePage) -> Vec<String> {
    let rows = page.rows.iter().filter(|row| {
        let amount = row.amount.as_ref();
        amount.is_some_and(|amount| amount.currency == "EUR") && !row.partly_paid
    });
    rows.map(|row| row.id.rsplit(':').next().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn quickbooks_adds_up_and_does_again_after_all_that_happens_to_invoices() {
    let stage = Stage::begin(awkward()).await;
    stage.register().await;
    let sandbox = &stage.work.sandbox;
    let mut connections = Vec::new();
    for at in 0..sandbox.quickbooks_companies().len() {
        let company = crate::browser::Person::Allows(Some(stage.realm(at)));
        stage.browser.does(company);
        connections.push(stage.connected(SignInProvider::QuickBooks).await.id);
    }
    fetch_everything(&stage).await;
    let oracle = |at: usize| sandbox.quickbooks_oracle(&stage.realm(at)).unwrap();
    for (at, connection) in connections.iter().enumerate() {
        // One is open in the books with nothing left to pay, which QuickBooks calls paid.
        hold_against(&stage, connection, oracle(at).open - 1, &oracle(at)).await;
    }

    let realm = stage.realm(0);
    let mut open = plain(&open_of(&stage, &connections[0]).await).into_iter();
    let [paid, partly, voided, dearer, later, deleted] = [(); 6].map(|()| open.next().unwrap());
    for (id, edit) in [
        (&paid, Edit::Pay(i64::MAX)),
        (&partly, Edit::Pay(1)),
        (&voided, Edit::Void),
        (&dearer, Edit::Total(99_999_900)),
        (&later, Edit::DueDate("2026-09-30".parse().ok())),
    ] {
        assert!(sandbox.edit_quickbooks_invoice(&realm, id, edit));
    }
    // The books still count what QuickBooks has forgotten, so that it is taken out of them first.
    let forgotten = Edit::Pay(i64::MAX);
    assert!(sandbox.edit_quickbooks_invoice(&realm, &deleted, forgotten));
    assert!(sandbox.delete_quickbooks_invoice(&realm, &deleted));
    let open = oracle(0).open - 1;
    let job = stage.work.fetch().await;
    assert_eq!(job.stage, JobStage::Done, "{job:?}");
    hold_against(&stage, &connections[0], open, &oracle(0)).await;
    // And as a whole walk has it.
    fetch_everything(&stage).await;
    hold_against(&stage, &connections[0], open, &oracle(0)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn zoho_adds_up_and_does_again_after_all_that_happens_to_invoices() {
    let stage = Stage::begin(awkward()).await;
    stage.register().await;
    let sandbox = &stage.work.sandbox;
    stage.start(SignInProvider::Zoho, None).await;
    let asked = stage.asked().await;
    let ids: Vec<String> = asked
        .companies
        .iter()
        .map(|company| company.id.clone())
        .collect();
    assert_eq!(ids.len(), 2, "those that are active: {asked:?}");
    let chosen = ChooseCompanies { ids };
    let _: SignInView = stage.work.call("choose_companies", chosen).await.unwrap();
    let connections = stage.over().await.connections;
    fetch_everything(&stage).await;
    let mut tenants = Vec::new();
    for connection in &connections {
        let page = open_of(&stage, connection).await;
        let tenant = page.rows[0].id.split(':').nth(1).unwrap().to_owned();
        let oracle = sandbox.zoho_oracle(&tenant).unwrap();
        hold_against(&stage, connection, oracle.open, &oracle).await;
        tenants.push(tenant);
    }

    let organisation = &tenants[0];
    let mut open = plain(&open_of(&stage, &connections[0]).await).into_iter();
    let [paid, partly, voided, written_off, dearer, deleted] =
        [(); 6].map(|()| open.next().unwrap());
    for (id, edit) in [
        (&paid, Edit::Pay(i64::MAX)),
        (&partly, Edit::Pay(1)),
        (&voided, Edit::Void),
        (&written_off, Edit::WriteOff),
        (&dearer, Edit::Total(99_999_900)),
        (&deleted, Edit::Pay(i64::MAX)),
    ] {
        assert!(sandbox.edit_zoho_invoice(organisation, id, edit));
    }
    assert!(sandbox.delete_zoho_invoice(organisation, &deleted));
    fetch_everything(&stage).await;
    let oracle = sandbox.zoho_oracle(organisation).unwrap();
    hold_against(&stage, &connections[0], oracle.open, &oracle).await;
}
