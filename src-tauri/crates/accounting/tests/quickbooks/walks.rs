//! Whole walks: everything arrives once and adds up, whatever happens meanwhile.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use accounting::{Filter, Page, Slice, Stopped};
use jiff::{SignedDuration, Timestamp};
use receivables::{Field, Money, SourceStatus};
use sandbox::{Company, Edit, Effect, Environment, When};

use crate::common::{Arriving, take_when_asked};
use crate::rig::{QUERY, Rig, ever, ids, sums, walk};

#[tokio::test]
async fn every_unpaid_invoice_arrives_once_and_every_currency_adds_up() {
    let rig = Rig::of(Company::Awkward).await;
    let (pages, end) = walk(&rig.books, ever(), None).await;
    end.unwrap();
    let oracle = rig.sandbox.quickbooks_oracle(&rig.realm).unwrap();
    let all = ids(&pages);
    // One is open in the books with nothing left to pay, which QuickBooks calls paid.
    assert_eq!(all.len(), oracle.open - 1);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    assert_eq!(pages.iter().map(|page| page.unreadable).sum::<usize>(), 0);

    let fetched: Vec<_> = pages.iter().flat_map(|page| &page.fetched).collect();
    assert_eq!(
        sums(fetched.iter().map(|fetched| &fetched.invoice)),
        oracle.open_amount
    );
    let partly_paid = fetched
        .iter()
        .filter(|fetched| fetched.invoice.partly_paid)
        .count();
    // One more has a credit, which QuickBooks tells by its balance alone.
    assert_eq!(partly_paid, oracle.partly_paid + 1);
    let mut disputed = 0;
    for fetched in &fetched {
        let invoice = &fetched.invoice;
        assert_eq!(invoice.id.tenant, rig.realm);
        let raw: serde_json::Value = serde_json::from_str(&fetched.raw).unwrap();
        assert_eq!(
            raw["Id"],
            invoice.id.id.as_str(),
            "the record is kept beside what was read"
        );
        let open = invoice.open.unwrap();
        assert_eq!(
            Money::parse(invoice.facts.value(Field::Amount).unwrap(), open.currency),
            Ok(open)
        );
        let name = invoice.facts.get(Field::DebtorName).unwrap();
        assert_eq!(
            name.origin, "QuickBooks customer",
            "inactive customers are read as well: {:?}",
            invoice.id
        );
        assert!(fetched.created.is_some());
        let is_disputed = raw["EInvoiceStatus"] == "Disputed";
        disputed += usize::from(is_disputed);
        let expected = if is_disputed {
            SourceStatus::Other("disputed".into())
        } else {
            SourceStatus::Open
        };
        assert_eq!(
            invoice.status, expected,
            "a disputed one is not offered as if it were not"
        );
    }
    assert!(disputed > 0, "the awkward company has disputed invoices");

    // All others that QuickBooks knows say why they are not among the unpaid.
    let mut left = BTreeSet::new();
    for truth in rig.sandbox.quickbooks_addresses(&rig.realm) {
        if !all.contains(&truth.invoice) {
            let invoice = rig.books.invoice(&truth.invoice).await.unwrap().invoice;
            left.insert(format!("{:?}", invoice.status));
        }
    }
    assert_eq!(left, BTreeSet::from(["Paid".to_owned(), "Void".to_owned()]));
}

#[tokio::test]
async fn filters_ask_for_what_they_name() {
    let rig = Rig::of(Company::Demo).await;
    let (pages, _) = walk(&rig.books, ever(), None).await;
    let whole = ids(&pages);
    let middle: Timestamp = "2026-01-15T00:00:00Z".parse().unwrap();
    let Filter::Created(Slice { from, until }) = ever() else {
        unreachable!()
    };
    let mut parts = Vec::new();
    for slice in [
        Slice {
            from,
            until: middle,
        },
        Slice {
            from: middle,
            until,
        },
    ] {
        let (pages, end) = walk(&rig.books, Filter::Created(slice), None).await;
        end.unwrap();
        for fetched in pages.iter().flat_map(|page| &page.fetched) {
            let created = fetched.created.unwrap();
            assert!(slice.from <= created && created < slice.until);
        }
        assert!(!ids(&pages).is_empty());
        parts.extend(ids(&pages));
    }
    parts.sort();
    let mut sorted = whole.clone();
    sorted.sort();
    assert_eq!(parts, sorted, "slices share nothing and miss nothing");

    let (from, to) = ("2026-01-01".parse().unwrap(), "2026-03-31".parse().unwrap());
    let (due, end) = walk(&rig.books, Filter::Due { from, to }, None).await;
    end.unwrap();
    let expected = pages
        .iter()
        .flat_map(|page| &page.fetched)
        .filter(|fetched| {
            let due = fetched.invoice.facts.value(Field::DueDate);
            due.is_some_and(|due| ("2026-01-01"..="2026-03-31").contains(&due))
        });
    assert_eq!(ids(&due).len(), expected.count());
    assert!(!ids(&due).is_empty());
}

#[tokio::test]
async fn an_interrupted_walk_goes_on_where_it_was() {
    let rig = Rig::of(Company::Large(2_500)).await;
    let (whole, _) = walk(&rig.books, ever(), None).await;
    assert_eq!(whole.len(), 3);
    for kept in 0..whole.len() {
        let arriving = Arriving::default();
        let keep = |page| arriving.keep_only(kept, page);
        let end = rig.books.walk(ever(), None, keep).await;
        assert!(matches!(end, Err(Stopped::Sink("killed"))));
        let mut pages = arriving.all();
        rig.asked();
        let cursor = pages.last().and_then(|page| page.next.clone());
        let (rest, end) = walk(&rig.afresh(Environment::Development), ever(), cursor).await;
        end.unwrap();
        let asked = rig.asked();
        let invoices = asked.iter().filter(|request| {
            request.route == QUERY
                && request
                    .body
                    .as_deref()
                    .is_some_and(|body| body.contains("from Invoice"))
        });
        assert_eq!(
            invoices.count(),
            whole.len() - kept,
            "no page is asked for twice"
        );
        assert!(rest.iter().all(|page| !page.restarted));
        pages.extend(rest);
        assert_eq!(
            ids(&pages),
            ids(&whole),
            "nothing twice and nothing missing"
        );
    }
}

#[tokio::test]
async fn the_next_page_is_asked_for_while_one_is_taken_and_none_further_ahead() {
    let rig = Rig::of(Company::Large(2_500)).await;
    let asked = || {
        let requests = rig.sandbox.requests_to(QUERY).into_iter();
        let pages = requests.filter(|request| {
            let statement = request.body.as_deref().unwrap_or_default();
            request.answered.is_some() && statement.contains("from Invoice")
        });
        pages.count()
    };
    let taken = AtomicUsize::new(0);
    let take = |page: Page| {
        let ahead = taken.fetch_add(1, Ordering::Relaxed) + 1 + usize::from(!page.is_last());
        take_when_asked(asked, ahead)
    };
    rig.books.walk(ever(), None, take).await.unwrap();
    assert_eq!(taken.into_inner(), 3);
}

#[tokio::test]
async fn a_cursor_that_leads_nowhere_leads_back() {
    let rig = Rig::of(Company::Demo).await;
    for cursor in ["in_1abc", "", "200:9999999,9999998"] {
        let (pages, end) = walk(&rig.books, ever(), Some(cursor.into())).await;
        end.unwrap();
        assert!(pages[0].restarted, "{cursor:?}");
        assert_eq!(ids(&pages).len(), 437, "{cursor:?}");
    }
}

/// The list gets shorter between two pages, so that what follows moves to where the walk has been already.
#[tokio::test]
async fn invoices_that_are_paid_between_pages_hide_no_others() {
    // After which page, which of its rows.
    for (after, paid) in [
        (0, 999..1_000),
        (0, 970..1_000),
        (0, 0..1_000),
        (1, 0..1),
        (1, 998..999),
        (1, 900..999),
    ] {
        let rig = Rig::of(Company::Large(2_100)).await;
        // Every invoice of this company is unpaid.
        let truths = rig.sandbox.quickbooks_addresses(&rig.realm);
        let all: BTreeSet<String> = truths.into_iter().map(|truth| truth.invoice).collect();
        let pages = Mutex::new(Vec::new());
        let end = rig
            .books
            .walk(ever(), None, |page| {
                let mut pages = pages.lock().unwrap();
                if pages.len() == after {
                    for fetched in &page.fetched[paid.clone()] {
                        let id = &fetched.invoice.id.id;
                        let pay = Edit::Pay(i64::MAX);
                        assert!(rig.sandbox.edit_quickbooks_invoice(&rig.realm, id, pay));
                    }
                }
                pages.push(page);
                async { Ok::<(), ()>(()) }
            })
            .await;
        end.unwrap();
        let seen: Vec<String> = ids(&pages.into_inner().unwrap());
        let set: BTreeSet<String> = seen.iter().cloned().collect();
        assert_eq!(set.len(), seen.len(), "nothing comes twice");
        let missed = all.difference(&set).count();
        assert_eq!(
            missed, 0,
            "{paid:?} of page {after} paid: those behind must not be missed"
        );
    }
}

#[tokio::test]
async fn pages_shorter_than_asked_for_are_not_the_end() {
    let rig = Rig::of(Company::Large(1_500)).await;
    rig.sandbox
        .settings(|settings| settings.intuit.page_cap = Some(70));
    let (pages, end) = walk(&rig.books, ever(), None).await;
    end.unwrap();
    assert_eq!(ids(&pages).len(), 1_500);
    let fetched = pages.iter().flat_map(|page| &page.fetched);
    let named = fetched.filter(|fetched| fetched.invoice.facts.value(Field::DebtorName).is_some());
    assert_eq!(named.count(), 1_500, "customers come in short pages too");
}

#[tokio::test]
async fn lists_and_pages_that_are_too_long_are_asked_for_in_parts() {
    let rig = Rig::of(Company::Demo).await;
    rig.sandbox
        .settings(|settings| settings.intuit.longest_list = Some(40));
    let too_large = r#"{"Fault":{"Error":[{"Message":"m","code":"10100"}],"type":"SystemFault"}}"#;
    let body = sandbox::FaultBody::Text(too_large.into());
    let status = Effect::Status {
        code: 400,
        body,
        headers: vec![],
    };
    rig.sandbox
        .fault(sandbox::Fault::new(QUERY, When::Nth(1), status));
    let (pages, end) = walk(&rig.books, ever(), None).await;
    end.unwrap();
    assert_eq!(
        (pages.len(), ids(&pages).len()),
        (2, 437),
        "in pages of 250"
    );
    let fetched = pages.iter().flat_map(|page| &page.fetched);
    let named = fetched.filter(|fetched| {
        fetched.invoice.facts.get(Field::DebtorName).unwrap().origin == "QuickBooks customer"
    });
    assert_eq!(named.count(), 437, "every customer was found in some part");
}

#[tokio::test]
async fn an_empty_company_has_no_invoices_and_a_name() {
    let rig = Rig::of(Company::Empty).await;
    let (pages, end) = walk(&rig.books, ever(), None).await;
    end.unwrap();
    assert_eq!((pages.len(), ids(&pages).len()), (1, 0));
    let company = rig
        .afresh(Environment::Development)
        .company()
        .await
        .unwrap();
    assert_eq!(company.name, "Nordlys Design ApS");
    assert_eq!(company.country.map(|country| country.alpha2()), Some("DK"));
    assert_eq!(company.home_currency.as_deref(), Some("DKK"));
    assert!(company.multi_currency);
    assert_eq!(company.zone, None, "none is invented");
}

#[tokio::test]
async fn a_token_is_renewed_once_in_the_middle_of_a_walk() {
    let rig = Rig::of(Company::Large(3_000)).await;
    let pages = Mutex::new(Vec::new());
    let end = rig
        .books
        .walk(ever(), None, |page| {
            let mut pages = pages.lock().unwrap();
            if pages.is_empty() {
                rig.sandbox.advance(SignedDuration::from_mins(61));
            }
            pages.push(page);
            async { Ok::<(), ()>(()) }
        })
        .await;
    end.unwrap();
    assert_eq!(rig.access.renewed.load(Ordering::Relaxed), 1);
    assert_eq!(ids(&pages.into_inner().unwrap()).len(), 3_000);
}
