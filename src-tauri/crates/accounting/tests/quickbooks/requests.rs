//! What it costs: reading is metered, and only so many requests are taken in a while.

use std::collections::BTreeSet;

use accounting::quickbooks::QuickBooks;
use http_client::{BaseUrl, Pace};
use receivables::{Field, SourceStatus};
use sandbox::{Company, Edit, Effect, Environment, Options, When};

use crate::rig::{BATCH, QUERY, Rig, ever, ids, policy, sums, transport, walk};

#[tokio::test]
async fn twenty_thousand_invoices_cost_hardly_more_requests_than_they_must() {
    let rig = Rig::of(Company::Large(20_000)).await;
    rig.asked();
    let (pages, end) = walk(&rig.books, ever(), None).await;
    end.unwrap();
    let asked = rig.asked().len();
    assert_eq!(ids(&pages).len(), 20_000);
    let fetched = pages
        .iter()
        .flat_map(|page| &page.fetched)
        .map(|fetched| &fetched.invoice);
    let debtors: BTreeSet<_> = fetched
        .clone()
        .map(|invoice| invoice.debtor.id.clone())
        .collect();
    let oracle = rig.sandbox.quickbooks_oracle(&rig.realm).unwrap();
    assert_eq!(sums(fetched), oracle.open_amount);
    // Pages of a thousand of each, and the currency that invoices leave out.
    let least = 20 + debtors.len().div_ceil(1_000) + 1;
    println!(
        "20,000 invoices of {} debtors: {asked} requests, at least {least}",
        debtors.len()
    );
    assert!(
        asked * 10 <= least * 11,
        "{asked} requests are more than 10 % above {least}"
    );
}

#[tokio::test]
async fn a_small_company_costs_four_requests() {
    let rig = Rig::of(Company::Demo).await;
    rig.asked();
    let (_, end) = walk(&rig.books, ever(), None).await;
    end.unwrap();
    let routes: Vec<String> = rig
        .asked()
        .into_iter()
        .map(|request| request.route)
        .collect();
    // What there is, the invoices, their customers, and the companies above jobs.
    assert!(routes.len() <= 4, "{routes:?}");
    assert_eq!((routes[0].as_str(), routes[1].as_str()), (BATCH, QUERY));
}

#[tokio::test]
async fn many_invoices_are_read_again_at_once() {
    let rig = Rig::of(Company::Demo).await;
    let (pages, _) = walk(&rig.books, ever(), None).await;
    let mut wanted: Vec<String> = ids(&pages).into_iter().take(120).collect();
    assert!(
        rig.sandbox
            .edit_quickbooks_invoice(&rig.realm, &wanted[0], Edit::Pay(i64::MAX))
    );
    assert!(
        rig.sandbox
            .delete_quickbooks_invoice(&rig.realm, &wanted[1])
    );
    rig.asked();
    let mut read = rig.books.invoices(&wanted).await.unwrap();
    assert!(rig.asked().len() <= 5, "reading is metered");
    wanted.remove(1);
    read.sort_by_key(|fetched| wanted.iter().position(|id| *id == fetched.invoice.id.id));
    let same: Vec<String> = read
        .iter()
        .map(|fetched| fetched.invoice.id.id.clone())
        .collect();
    assert_eq!(same, wanted, "all but the deleted one");
    assert_eq!(read[0].invoice.status, SourceStatus::Paid);
    assert_eq!(read[5], pages[0].fetched[6], "as the walk read it");
}

#[tokio::test]
async fn without_the_batch_everything_is_asked_for_by_itself() {
    let rig = Rig::of(Company::Large(2_100)).await;
    let status = Effect::Status {
        code: 400,
        body: sandbox::FaultBody::Json,
        headers: vec![],
    };
    rig.sandbox
        .fault(sandbox::Fault::new(BATCH, When::Always, status));
    let (pages, end) = walk(&rig.books, ever(), None).await;
    end.unwrap();
    assert_eq!(ids(&pages).len(), 2_100);
    let currency =
        |fetched: &accounting::Fetched| fetched.invoice.facts.value(Field::Currency).is_some();
    assert!(pages.iter().flat_map(|page| &page.fetched).all(currency));
}

/// A live company with its published limits.
#[tokio::test]
async fn the_pace_stays_within_the_published_limits() {
    let mut options = Options::company(Company::Large(6_000));
    options.settings.intuit.limits = Some(sandbox::IntuitLimits::default());
    let rig = Rig::with(options, Environment::Production).await;
    let base = BaseUrl::parse(&rig.sandbox.quickbooks_url(Environment::Production)).unwrap();
    let rate = QuickBooks::usual_rate();
    let books = QuickBooks::with_policy(
        transport(),
        base,
        rig.access.clone(),
        &rig.realm,
        Pace::new(rate),
        policy(),
    );
    rig.asked();
    let (pages, end) = walk(&books, ever(), None).await;
    end.unwrap();
    assert_eq!(ids(&pages).len(), 6_000);
    let refused = rig
        .asked()
        .into_iter()
        .filter(|request| request.status == Some(429));
    assert_eq!(refused.count(), 0, "no request is thrown away");
    // In no second more than ten and in no minute more than five hundred, however fast the answers are.
    let in_a_second = f64::from(rate.burst) + 1.0 / rate.every.as_secs_f64();
    let in_a_minute = f64::from(rate.burst) + 60.0 / rate.every.as_secs_f64();
    assert!(in_a_second <= 10.0 && in_a_minute <= 500.0 && rate.parallel < 10);
}
