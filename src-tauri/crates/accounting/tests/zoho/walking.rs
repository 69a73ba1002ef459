use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use accounting::zoho::Zoho;
use accounting::{Filter, Page, Slice, Stopped, slices};
use jiff::SignedDuration;
use jiff::civil::date;
use receivables::{Field, SourceStatus};
use sandbox::{Company, Edit, Region, Sandbox};

use crate::common::{Arriving, take_when_asked};
use crate::support::*;

/// What Zoho leaves open: whether "unpaid" means everything, how much a row says, and whether ids are numbers.
const READINGS: [(bool, bool, bool); 4] = [
    (false, true, false),
    (true, true, false),
    (false, false, true),
    (true, false, true),
];

fn read_as(sandbox: &Sandbox, (everything, rich, numeric): (bool, bool, bool)) {
    sandbox.settings(|settings| {
        settings.zoho.unpaid_is_everything = everything;
        settings.zoho.rich_rows = rich;
        settings.zoho.numeric_ids = numeric;
    });
}

fn query(request: &sandbox::Request, name: &str) -> String {
    let url = oauth2::url::Url::parse(&format!("http://zoho{}", request.path)).unwrap();
    let found = url.query_pairs().find(|(key, _)| key == name);
    found
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

#[tokio::test]
async fn every_unpaid_invoice_arrives_once_and_every_currency_adds_up() {
    let sandbox = awkward().await;
    let zoho = first(&sandbox).await;
    let oracle = sandbox.zoho_oracle(zoho.organisation()).unwrap();
    for reading in READINGS {
        read_as(&sandbox, reading);
        let all = whole(&zoho).await;
        assert_eq!(all.len(), oracle.open, "{reading:?}");
        let different: BTreeSet<_> = ids(&all).into_iter().collect();
        assert_eq!(different.len(), oracle.open, "none twice: {reading:?}");
        assert_eq!(sums(&all), oracle.open_amount);
        let partly_paid = all
            .iter()
            .filter(|fetched| fetched.raw.contains("\"partially_paid\""));
        assert_eq!(partly_paid.count(), oracle.partly_paid);
        for fetched in &all {
            let invoice = &fetched.invoice;
            assert_eq!(invoice.status, SourceStatus::Open);
            assert_eq!(invoice.id.tenant, zoho.organisation());
            assert!(invoice.summary_only && fetched.created.is_some());
            let raw: serde_json::Value = serde_json::from_str(&fetched.raw).unwrap();
            let id = &raw["invoice_id"];
            let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
            assert_eq!(id, invoice.id.id, "an id is its digits, whatever its type");
        }
    }
}

#[tokio::test]
async fn all_three_filters_are_asked_and_each_gives_its_own() {
    let sandbox = awkward().await;
    let zoho = first(&sandbox).await;
    sandbox.forget_requests();
    let all = whole(&zoho).await;
    let mut words: BTreeMap<String, usize> = BTreeMap::new();
    for fetched in &all {
        let raw: serde_json::Value = serde_json::from_str(&fetched.raw).unwrap();
        *words
            .entry(raw["status"].as_str().unwrap().to_owned())
            .or_default() += 1;
    }
    assert_eq!(
        words.keys().collect::<Vec<_>>(),
        ["overdue", "partially_paid", "sent"]
    );
    let asked: BTreeSet<String> = sandbox
        .requests_to(LIST)
        .iter()
        .map(|request| query(request, "filter_by"))
        .collect();
    let filters = ["Status.OverDue", "Status.PartiallyPaid", "Status.Unpaid"];
    assert_eq!(asked.iter().collect::<Vec<_>>(), filters);
    for request in sandbox.requests_to(LIST) {
        assert_eq!(query(&request, "organization_id"), zoho.organisation());
        assert_eq!(query(&request, "per_page"), "200");
    }
}

#[tokio::test]
async fn dates_of_creation_and_of_payment_part_the_whole() {
    let sandbox = awkward().await;
    let zoho = first(&sandbox).await;
    let all = whole(&zoho).await;
    let span = Slice {
        from: "2019-01-01T00:00:00Z".parse().unwrap(),
        until: "2026-07-02T00:00:00Z".parse().unwrap(),
    };
    let mut parts = Vec::new();
    for slice in slices(span, 7) {
        let (pages, end) = walk(&zoho, Filter::Created(slice), None).await;
        end.unwrap();
        parts.extend(ids(pages.iter().flat_map(|page| &page.fetched)));
    }
    let mut every = ids(&all);
    parts.sort();
    every.sort();
    assert_eq!(
        parts, every,
        "slices side by side share nothing and miss nothing"
    );

    let (from, to) = (date(2026, 3, 1), date(2026, 5, 31));
    let (pages, end) = walk(&zoho, Filter::Due { from, to }, None).await;
    end.unwrap();
    let due = |fetched: &&accounting::Fetched| {
        let due = fetched.invoice.facts.value(Field::DueDate);
        due.is_some_and(|due| (from..=to).contains(&due.parse().unwrap()))
    };
    let mut expected = ids(all.iter().filter(due));
    let mut got = ids(pages.iter().flat_map(|page| &page.fetched));
    expected.sort();
    got.sort();
    assert!(!got.is_empty() && got.len() < all.len());
    assert_eq!(got, expected);
}

#[tokio::test]
async fn right_again_after_invoices_were_paid_voided_deleted_and_edited() {
    let sandbox = awkward().await;
    let zoho = first(&sandbox).await;
    let organisation = zoho.organisation().to_owned();
    let before = whole(&zoho).await;
    let euros: Vec<&accounting::Fetched> = before
        .iter()
        .filter(|fetched| {
            let open = fetched.invoice.open.unwrap();
            open.currency.code() == "EUR" && open.minor > 10_000 && !fetched.invoice.partly_paid
        })
        .collect();
    let [paid, partly, voided, written_off, raised, renumbered, gone] = ids(euros)
        .try_into()
        .unwrap_or_else(|all: Vec<String>| all[..7].to_vec().try_into().unwrap());
    for (id, edit) in [
        (&paid, Edit::Pay(i64::MAX)),
        (&partly, Edit::Pay(1_000)),
        (&voided, Edit::Void),
        (&written_off, Edit::WriteOff),
        (&raised, Edit::Total(77_700)),
        (&renumbered, Edit::Number(Some("NEW-1".into()))),
    ] {
        assert!(sandbox.edit_zoho_invoice(&organisation, id, edit));
    }
    let after_edits = sandbox.zoho_oracle(&organisation).unwrap();
    let deleted_open = before
        .iter()
        .find(|fetched| fetched.invoice.id.id == gone)
        .and_then(|fetched| fetched.invoice.open)
        .unwrap();
    assert!(sandbox.delete_zoho_invoice(&organisation, &gone));

    let after = whole(&zoho).await;
    let mut expected = after_edits.open_amount.clone();
    *expected.get_mut("eur").unwrap() -= deleted_open.minor;
    assert_eq!(sums(&after), expected);
    assert_eq!(after.len(), before.len() - 4);
    let now = |id: &str| after.iter().find(|fetched| fetched.invoice.id.id == id);
    for left in [&paid, &voided, &written_off, &gone] {
        assert!(now(left).is_none());
    }
    assert!(now(&partly).unwrap().invoice.partly_paid);
    assert_eq!(now(&raised).unwrap().invoice.open.unwrap().minor, 77_700);
    let number = now(&renumbered)
        .unwrap()
        .invoice
        .facts
        .value(Field::CreditorReference);
    assert_eq!(number, Some("NEW-1"));

    for (id, status) in [
        (&paid, SourceStatus::Paid),
        (&voided, SourceStatus::Void),
        (&written_off, SourceStatus::Uncollectible),
    ] {
        assert_eq!(zoho.invoice(id).await.unwrap().invoice.status, status);
    }
    let gone = zoho.invoice(&gone).await;
    assert!(
        matches!(gone, Err(accounting::Fault::NotFound { .. })),
        "{gone:?}"
    );
}

#[tokio::test]
async fn every_organisation_and_every_region_has_its_own_books() {
    for region in [Region::Us, Region::Eu] {
        let sandbox = awkward().await;
        let sign_in = SignIn::with(&sandbox, region, SCOPES, "every").await;
        let all = organisations(&sandbox, region, &sign_in).await.unwrap();
        let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "Nordlys Design ApS",
                "Havnegade Byg ApS",
                "Nedlagt Handel ApS"
            ]
        );
        let flags: Vec<(bool, bool)> = all
            .iter()
            .map(|one| (one.is_default, one.is_active))
            .collect();
        assert_eq!(flags, [(true, true), (false, true), (false, false)]);
        assert_eq!(all[0].currency.as_deref(), Some("DKK"));
        assert_eq!(all[0].time_zone.as_deref(), Some("Europe/Copenhagen"));
        assert_eq!(all[0].country, None, "no country is not a made-up one");
        let mut seen = BTreeSet::new();
        for one in &all {
            let zoho = client(&sandbox, region, &sign_in, &one.id);
            let fetched = whole(&zoho).await;
            let oracle = sandbox.zoho_oracle(&one.id).unwrap();
            assert_eq!(
                (fetched.len(), sums(&fetched)),
                (oracle.open, oracle.open_amount)
            );
            assert!(
                fetched
                    .iter()
                    .all(|fetched| seen.insert(fetched.invoice.id.clone()))
            );
        }
        assert!(seen.len() > 300);
    }
}

/// Walks until `kept` pages are kept, and dies with the next in hand.
async fn interrupted(zoho: &Zoho, kept: usize) -> Vec<Page> {
    let arriving = Arriving::default();
    let keep = |page| arriving.keep_only(kept, page);
    let end = zoho.walk(ever(), None, keep).await;
    assert!(matches!(end, Err(Stopped::Sink("killed"))));
    arriving.all()
}

#[tokio::test]
async fn an_interrupted_walk_goes_on_where_it_was_and_asks_nothing_twice() {
    let sandbox = sandbox(Company::Large(1_300)).await;
    let zoho = first(&sandbox).await;
    for everything in [false, true] {
        sandbox.settings(|settings| settings.zoho.unpaid_is_everything = everything);
        sandbox.forget_requests();
        let (whole, _) = walk(&zoho, ever(), None).await;
        let asked = |requests: Vec<sandbox::Request>| -> Vec<(String, String)> {
            requests
                .iter()
                .map(|request| (query(request, "filter_by"), query(request, "page")))
                .collect()
        };
        let all_asked = asked(sandbox.requests_to(LIST));
        assert!(whole.len() >= 6, "{} pages", whole.len());
        for kept in 0..whole.len() {
            let mut pages = interrupted(&zoho, kept).await;
            sandbox.forget_requests();
            let cursor = pages.last().and_then(|page| page.next.clone());
            let (rest, end) = walk(&zoho, ever(), cursor).await;
            end.unwrap();
            let again = asked(sandbox.requests_to(LIST));
            assert_eq!(again, all_asked[all_asked.len() - again.len()..]);
            // The first page is the beginning of all three lists.
            let of_kept = if kept == 0 { 0 } else { kept + 2 };
            assert_eq!(again.len(), all_asked.len() - of_kept, "after {kept} pages");
            pages.extend(rest);
            let fetched = |pages: &[Page]| ids(pages.iter().flat_map(|page| &page.fetched));
            let (resumed, straight) = (fetched(&pages), fetched(&whole));
            if everything {
                // The few of a short list that the unpaid ones hold too may come again.
                let set = |ids: Vec<String>| ids.into_iter().collect::<BTreeSet<_>>();
                assert!(set(resumed) == set(straight), "after {kept} pages");
            } else {
                assert!(resumed == straight, "after {kept} pages");
            }
        }
    }
}

#[tokio::test]
async fn the_next_page_is_asked_for_while_one_is_taken_and_none_further_ahead() {
    let sandbox = sandbox(Company::Large(1_300)).await;
    let zoho = first(&sandbox).await;
    sandbox.forget_requests();
    let asked = || {
        let requests = sandbox.requests_to(LIST).into_iter();
        requests
            .filter(|request| request.answered.is_some())
            .count()
    };
    let taken = AtomicUsize::new(0);
    let take = |page: Page| {
        // The first page is the beginning of all three lists.
        let ahead = taken.fetch_add(1, Ordering::Relaxed) + 3 + usize::from(!page.is_last());
        take_when_asked(asked, ahead)
    };
    zoho.walk(ever(), None, take).await.unwrap();
    assert!(taken.into_inner() >= 4);
}

#[tokio::test]
async fn a_cursor_that_is_not_ours_leads_back_to_the_start() {
    let sandbox = awkward().await;
    let zoho = first(&sandbox).await;
    let (pages, end) = walk(&zoho, ever(), Some("in_1gone".into())).await;
    end.unwrap();
    let oracle = sandbox.zoho_oracle(zoho.organisation()).unwrap();
    assert_eq!(
        ids(pages.iter().flat_map(|page| &page.fetched)).len(),
        oracle.open
    );
    assert!(pages[0].restarted && pages[1..].iter().all(|page| !page.restarted));
}

#[tokio::test]
async fn invoices_that_move_up_while_pages_are_read_are_not_skipped() {
    let sandbox = sandbox(Company::Large(1_900)).await;
    let zoho = first(&sandbox).await;
    let organisation = zoho.organisation().to_owned();
    // What is on the first page of the overdue leaves that list, by each way out of it, before its second is read.
    let oldest = {
        let (pages, _) = walk(&zoho, ever(), None).await;
        let first = &pages[0].fetched;
        let overdue = first
            .iter()
            .filter(|fetched| fetched.raw.contains("\"overdue\""));
        ids(overdue.take(3))
    };
    for (at, id) in oldest.iter().enumerate() {
        let mut met = BTreeSet::new();
        let mut pages = 0;
        zoho.walk(ever(), None, |page| {
            pages += 1;
            met.extend(ids(&page.fetched));
            if pages == 1 {
                let left = match at {
                    0 => sandbox.edit_zoho_invoice(&organisation, id, Edit::Pay(i64::MAX)),
                    1 => sandbox.edit_zoho_invoice(&organisation, id, Edit::Pay(1)),
                    _ => sandbox.delete_zoho_invoice(&organisation, id),
                };
                assert!(left);
            }
            async { Ok::<(), ()>(()) }
        })
        .await
        .unwrap();
        let now: BTreeSet<String> = ids(&whole(&zoho).await).into_iter().collect();
        assert_eq!(
            now.difference(&met).count(),
            0,
            "skipped, after way out {at}"
        );
    }
}

#[tokio::test]
async fn a_token_that_ends_on_the_way_is_renewed_once() {
    let sandbox = awkward().await;
    let sign_in = SignIn::new(&sandbox).await;
    let zoho = first_of(&sandbox, &sign_in).await;
    sandbox.forget_requests();
    let mut met = Vec::new();
    zoho.walk(ever(), None, |page| {
        met.extend(ids(&page.fetched));
        sandbox.advance(SignedDuration::from_secs(3_601));
        async { Ok::<(), ()>(()) }
    })
    .await
    .unwrap();
    let pages = sandbox.requests_to(LIST);
    let refused = pages
        .iter()
        .filter(|request| request.status == Some(401))
        .count();
    assert_eq!(
        met.len(),
        sandbox.zoho_oracle(zoho.organisation()).unwrap().open
    );
    assert!(sign_in.renewals() > 0);
    assert_eq!(
        refused,
        sign_in.renewals(),
        "each refused token is renewed once"
    );
}

/// The least is one page for every 200 invoices and one for what is left over.
#[tokio::test]
async fn thousands_of_invoices_cost_few_more_calls_than_the_least_possible() {
    for (everything, count) in [(false, 4_000), (true, 20_000)] {
        let sandbox = sandbox(Company::Large(count)).await;
        let zoho = first(&sandbox).await;
        sandbox.settings(|settings| settings.zoho.unpaid_is_everything = everything);
        sandbox.forget_requests();
        assert_eq!(whole(&zoho).await.len(), count);
        let (calls, least) = (sandbox.requests().len(), count.div_ceil(200));
        assert!(
            calls * 10 <= least * 11,
            "{calls} calls where {least} would do (unpaid is everything: {everything})"
        );
    }
}
