//! What a later sync learns: paid, voided, deleted, edited, moved.

use std::collections::BTreeMap;
use std::sync::Mutex;

use accounting::Fetched;
use accounting::quickbooks::{Changes, Followed, WalkNeeded};
use jiff::{SignedDuration, Timestamp};
use receivables::{Field, Invoice, SourceStatus};
use sandbox::{Company, Edit};

use crate::rig::{CHANGES, Rig, ever, ids, sums, walk};

/// Of the stand-in's clock, which every rig sets to this noon.
fn now() -> Timestamp {
    "2026-07-01T12:00:00Z".parse().unwrap()
}

async fn follow(rig: &Rig, since: Timestamp) -> (Vec<Changes>, Followed) {
    let told = Mutex::new(Vec::new());
    let end = rig
        .books
        .changes(since, |changes| {
            told.lock().unwrap().push(changes);
            async { Ok::<(), ()>(()) }
        })
        .await
        .unwrap();
    (told.into_inner().unwrap(), end)
}

/// What an application keeps: the unpaid ones, by id.
#[derive(Default)]
struct Cache(BTreeMap<String, Invoice>);

impl Cache {
    fn keep(&mut self, fetched: Vec<Fetched>) {
        for fetched in fetched {
            let invoice = fetched.invoice;
            if matches!(invoice.status, SourceStatus::Open | SourceStatus::Other(_)) {
                self.0.insert(invoice.id.id.clone(), invoice);
            } else {
                self.0.remove(&invoice.id.id);
            }
        }
    }

    fn apply(&mut self, told: Vec<Changes>) {
        for changes in told {
            assert_eq!(changes.unreadable, 0);
            self.keep(changes.fetched);
            for id in changes.deleted {
                self.0.remove(&id.id);
            }
        }
    }

    fn value(&self, id: &str, field: Field) -> Option<&str> {
        self.0[id].facts.value(field)
    }
}

#[tokio::test]
async fn right_again_after_paid_voided_deleted_edited_and_moved() {
    let rig = Rig::of(Company::Awkward).await;
    let (pages, end) = walk(&rig.books, ever(), None).await;
    end.unwrap();
    let all = ids(&pages);
    let mut cache = Cache::default();
    for page in pages {
        cache.keep(page.fetched);
    }
    // Found by amount, so that the sums tell.
    let mut open: Vec<String> = all
        .into_iter()
        .filter(|id| {
            cache.0[id].status == SourceStatus::Open
                && cache.0[id].open.unwrap().minor > 100
                && !cache.0[id].partly_paid
        })
        .collect();
    let mut take = || open.pop().unwrap();
    let (paid, partly, voided, deleted, dearer, later, numbered) =
        (take(), take(), take(), take(), take(), take(), take());
    rig.sandbox.advance(SignedDuration::from_hours(5));
    let edit = |id: &str, edit| assert!(rig.sandbox.edit_quickbooks_invoice(&rig.realm, id, edit));
    edit(&paid, Edit::Pay(i64::MAX));
    edit(&partly, Edit::Pay(50));
    edit(&voided, Edit::Void);
    assert!(rig.sandbox.delete_quickbooks_invoice(&rig.realm, &deleted));
    edit(&dearer, Edit::Total(99_999_900));
    edit(&later, Edit::DueDate("2026-09-30".parse().ok()));
    edit(&numbered, Edit::Number(Some("NEW-1".into())));
    let added = rig.sandbox.add_quickbooks_invoice(&rig.realm).unwrap();
    let deleted_open = cache.0[&deleted].open.unwrap();

    let (told, end) = follow(&rig, now()).await;
    let Followed::UpTo(next) = end else {
        panic!("{end:?}")
    };
    assert!(
        next > now() + SignedDuration::from_hours(4),
        "by the clock of QuickBooks"
    );
    let gone: Vec<&str> = told
        .iter()
        .flat_map(|changes| &changes.deleted)
        .map(|id| id.id.as_str())
        .collect();
    assert_eq!(gone, [deleted.as_str()]);
    let status = |id: &str| {
        let fetched = told.iter().flat_map(|changes| &changes.fetched);
        fetched
            .filter(|fetched| fetched.invoice.id.id == id)
            .map(|fetched| fetched.invoice.status.clone())
            .next()
            .unwrap()
    };
    assert_eq!(
        (status(&paid), status(&voided)),
        (SourceStatus::Paid, SourceStatus::Void)
    );
    cache.apply(told);
    assert!(cache.0[&partly].partly_paid);
    assert_eq!(cache.value(&later, Field::DueDate), Some("2026-09-30"));
    assert_eq!(
        cache.value(&numbered, Field::CreditorReference),
        Some("NEW-1")
    );
    assert!(cache.0.contains_key(&added));

    // The stand-in's books count what was deleted; QuickBooks does not.
    let mut oracle = rig
        .sandbox
        .quickbooks_oracle(&rig.realm)
        .unwrap()
        .open_amount;
    *oracle
        .get_mut(&deleted_open.currency.code().to_lowercase())
        .unwrap() -= deleted_open.minor;
    assert_eq!(
        sums(cache.0.values()),
        oracle,
        "every currency adds up again"
    );
    let (pages, _) = walk(&rig.books, ever(), None).await;
    let mut fresh = ids(&pages);
    fresh.sort();
    let mut kept: Vec<String> = cache.0.keys().cloned().collect();
    kept.sort();
    assert_eq!(kept, fresh, "as a whole walk would have it");

    // Nothing new, but for what falls into the overlap.
    rig.sandbox.advance(SignedDuration::from_hours(1));
    let (told, end) = follow(&rig, next + SignedDuration::from_mins(10)).await;
    assert!(
        told.is_empty() && matches!(end, Followed::UpTo(_)),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_customer_who_moves_moves_all_unpaid_invoices() {
    let rig = Rig::of(Company::Demo).await;
    let (pages, _) = walk(&rig.books, ever(), None).await;
    let mut of: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for fetched in pages.iter().flat_map(|page| &page.fetched) {
        let raw: serde_json::Value = serde_json::from_str(&fetched.raw).unwrap();
        // Jobs are billed to somebody else.
        let customer = raw["CustomerRef"]["value"].as_str().unwrap();
        if customer == fetched.invoice.debtor.id {
            of.entry(customer.to_owned())
                .or_default()
                .push(fetched.invoice.id.id.clone());
        }
    }
    let (customer, mut invoices) = of
        .into_iter()
        .max_by_key(|(_, invoices)| invoices.len())
        .unwrap();
    assert!(invoices.len() > 2);
    rig.sandbox.advance(SignedDuration::from_hours(5));
    assert!(
        rig.sandbox
            .move_quickbooks_customer(&rig.realm, &customer, "Ny Vej 77")
    );
    let (told, _) = follow(&rig, now() + SignedDuration::from_hours(4)).await;
    let fetched: Vec<_> = told.iter().flat_map(|changes| &changes.fetched).collect();
    let mut moved: Vec<String> = fetched
        .iter()
        .map(|fetched| fetched.invoice.id.id.clone())
        .collect();
    moved.sort();
    invoices.sort();
    assert_eq!(moved, invoices, "the invoices themselves did not change");
    assert!(
        fetched
            .iter()
            .all(|fetched| fetched.invoice.facts.value(Field::DebtorAddress) == Some("Ny Vej 77"))
    );
}

#[tokio::test]
async fn what_cannot_be_told_asks_for_a_whole_walk() {
    let rig = Rig::of(Company::Demo).await;
    let (told, end) = follow(&rig, now() - SignedDuration::from_hours(31 * 24)).await;
    assert_eq!(end, Followed::Not(WalkNeeded::TooLongAgo));
    assert!(
        told.is_empty(),
        "half of the changes would pass for all of them"
    );
    let (_, end) = follow(&rig, now() - SignedDuration::from_hours(29 * 24)).await;
    assert!(matches!(end, Followed::UpTo(_)), "{end:?}");

    for shared in [true, false] {
        let rig = Rig::of(Company::Large(1_100)).await;
        rig.sandbox
            .settings(|settings| settings.intuit.shared_change_cap = shared);
        let (pages, _) = walk(&rig.books, ever(), None).await;
        rig.sandbox.advance(SignedDuration::from_hours(5));
        for id in ids(&pages).iter().take(1_050) {
            assert!(
                rig.sandbox
                    .edit_quickbooks_invoice(&rig.realm, id, Edit::DueDate(None))
            );
        }
        let (told, end) = follow(&rig, now() + SignedDuration::from_hours(4)).await;
        assert_eq!(
            end,
            Followed::Not(WalkNeeded::TooMuch),
            "a thousand are all it tells"
        );
        assert!(told.is_empty());
    }
}

#[tokio::test]
async fn a_later_sync_costs_few_requests() {
    let rig = Rig::of(Company::Demo).await;
    walk(&rig.books, ever(), None).await.1.unwrap();
    rig.asked();
    rig.sandbox.advance(SignedDuration::from_mins(50));
    follow(&rig, now() + SignedDuration::from_mins(40)).await;
    let routes: Vec<String> = rig
        .asked()
        .into_iter()
        .map(|request| request.route)
        .collect();
    assert_eq!(
        routes,
        [CHANGES],
        "nothing changed, so nothing else is asked"
    );
}
