//! What reading again costs: it is metered, and a day has only so many calls.

use std::collections::{BTreeMap, BTreeSet};

use desk::wire::*;
use receivables::State;
use sandbox::{Edit, Options};

use crate::at_work::ids;
use crate::signed_in::Stage;

const INVOICE: &str = "zoho-eu GET /books/v3/invoices/{id}";
const CONTACT: &str = "zoho-eu GET /books/v3/contacts/{id}";

/// What was asked of the provider's API since the last time.
fn asked(stage: &Stage) -> Vec<sandbox::Request> {
    let sandbox = &stage.work.sandbox;
    let api = |request: &sandbox::Request| {
        request.path.starts_with("/v3/company/") || request.path.starts_with("/books/v3/")
    };
    let asked = sandbox.requests().into_iter().filter(api).collect();
    sandbox.forget_requests();
    asked
}

fn own_id(id: &str) -> &str {
    id.rsplit(':').next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_reads_all_its_invoices_of_quickbooks_at_once() {
    let stage = Stage::begin(Options::default()).await;
    stage.register().await;
    stage.connected(SignInProvider::QuickBooks).await;
    stage.work.fetch().await;
    stage.work.accept_suggestions().await;
    let ready = stage.work.in_state(State::Ready).await;
    let chosen = ids(&ready[..40]);
    let realm = stage.realm(0);
    let sandbox = &stage.work.sandbox;
    let paid = own_id(&chosen[7]);
    assert!(sandbox.edit_quickbooks_invoice(&realm, paid, Edit::Pay(i64::MAX)));
    assert!(sandbox.delete_quickbooks_invoice(&realm, own_id(&chosen[9])));
    asked(&stage);
    let review = stage.work.review(&chosen).await;
    let asked = asked(&stage);
    // The invoices, once more the one that is not there, their customers, and the companies above jobs.
    assert!(
        asked.len() <= 4,
        "{} requests for forty invoices: {:#?}",
        asked.len(),
        asked.iter().map(|asked| &asked.body).collect::<Vec<_>>()
    );
    assert_eq!(review.cases.len(), 38, "{:?}", review.dropped);
    let whys: Vec<(&str, &str)> = review
        .dropped
        .iter()
        .map(|dropped| (dropped.invoice.as_str(), dropped.why.as_str()))
        .collect();
    assert_eq!(
        whys,
        [
            (
                chosen[7].as_str(),
                "Paid at QuickBooks Online since it was fetched."
            ),
            (chosen[9].as_str(), "QuickBooks Online no longer knows it."),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_reads_each_customer_of_zoho_once_and_sending_reads_none() {
    let stage = Stage::begin(Options::default()).await;
    stage.register().await;
    stage.connected(SignInProvider::Zoho).await;
    stage.work.fetch().await;
    // Those of debtors who owe twice come first.
    let mut by_debtor: BTreeMap<Option<String>, Vec<String>> = BTreeMap::new();
    for row in stage.work.in_state(State::Ready).await {
        by_debtor.entry(row.debtor).or_default().push(row.id);
    }
    let mut debtors: Vec<Vec<String>> = by_debtor.into_values().collect();
    debtors.sort_by_key(|owed| std::cmp::Reverse(owed.len()));
    let chosen: Vec<String> = debtors.into_iter().flatten().take(12).collect();
    asked(&stage);
    let review = stage.work.review(&chosen).await;
    let read = asked(&stage);
    let paths = |route: &str| -> Vec<&str> {
        let of_route = read.iter().filter(|asked| asked.route == route);
        of_route.map(|asked| asked.path.as_str()).collect()
    };
    let (invoices, contacts) = (paths(INVOICE), paths(CONTACT));
    assert_eq!(invoices.len(), chosen.len(), "each invoice is read once");
    assert_eq!(
        contacts.iter().collect::<BTreeSet<_>>().len(),
        contacts.len(),
        "no customer is read twice: {contacts:?}"
    );
    assert!(
        contacts.len() < invoices.len(),
        "some of the chosen have the same customer"
    );
    assert_eq!(read.len(), invoices.len() + contacts.len());

    // Only the customers say what their debtors are.
    assert_eq!(review.cases.len() + review.dropped.len(), chosen.len());
    stage.work.accept_suggestions().await;
    let review = stage.work.review(&chosen).await;
    assert!(!review.cases.is_empty(), "{review:?}");
    asked(&stage);
    stage.work.submit(&review).await;
    let sent = asked(&stage);
    let (documents, standings): (Vec<_>, Vec<_>) = sent
        .iter()
        .partition(|asked| asked.path.contains("accept=pdf"));
    assert_eq!(
        (standings.len(), documents.len()),
        (review.cases.len(), review.cases.len()),
        "whether it is open still, and its document: {:?}",
        sent.iter().map(|asked| &asked.path).collect::<Vec<_>>()
    );
    assert!(
        standings.iter().all(|asked| asked.route == INVOICE),
        "the customer says nothing about what is owed"
    );
}
