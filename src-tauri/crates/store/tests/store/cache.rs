//! The cache keeps what was fetched, resumes where it stopped, and forgets without a trace.

use jiff::civil::date;
use receivables::{Currency, Money, SourceStatus, State};
use serde_json::json;
use store::{
    CaseFilter, CaseOrder, CaseRow, CaseSortKey, CreatedRange, FileKind, Lot, SortKey, WalkBy,
};
use tokio::sync::mpsc;

use crate::lists::{found, query};
use crate::support::{at, cache, connection, draft, folder, invoice_id, with, workspace};

#[tokio::test]
async fn what_was_stored_reads_back() {
    let draft = draft("1");
    let record = draft.record();
    let (_directory, cache) = cache([draft]).await;
    let kept = cache.get(workspace(1), invoice_id("1")).await.unwrap();
    let kept = kept.unwrap();
    assert_eq!(kept.invoice, record.invoice);
    assert_eq!(kept.raw, record.raw);
    assert_eq!(kept.row.state, record.projection.state);
    assert_eq!(kept.row.amount, record.projection.amount);
    assert_eq!(kept.row.problems, record.projection.problems);
    assert_eq!(kept.row.connection, connection(1));
    assert_eq!(kept.row.due_date, Some(date(2025, 12, 31)));
    let elsewhere = cache.get(workspace(2), invoice_id("1")).await.unwrap();
    assert_eq!(elsewhere, None);
    let debtor = record.invoice.debtor;
    let of_debtor = cache
        .invoices_of_debtor(workspace(1), debtor)
        .await
        .unwrap();
    assert_eq!(of_debtor, [kept]);
}

#[tokio::test]
async fn storing_again_updates_what_lists_show() {
    let (_directory, cache) = cache([draft("1"), draft("2")]).await;
    let paid = with("1", |draft| {
        draft.status = SourceStatus::Paid;
        draft.name = "Sydlys A/S".into();
        draft.email = "ap@sydlys.example".into();
    });
    cache
        .store(workspace(1), connection(2), vec![paid.record()], at(9))
        .await
        .unwrap();
    let kept = cache.get(workspace(1), invoice_id("1")).await.unwrap();
    let kept = kept.unwrap();
    assert_eq!(kept.row.state, State::Gone);
    assert_eq!(kept.row.connection, connection(2));
    assert_eq!((kept.first_seen, kept.fetched_at), (at(0), at(9)));
    assert_eq!(found(&cache, "sydlys").await, ["1"]);
    assert_eq!(
        found(&cache, "nordlys").await,
        ["2"],
        "the old name is gone"
    );
}

#[tokio::test]
async fn one_invoice_in_two_workspaces_is_two() {
    let (_directory, cache) = cache([draft("1")]).await;
    cache
        .store(
            workspace(2),
            connection(2),
            vec![draft("1").record()],
            at(1),
        )
        .await
        .unwrap();
    cache.wipe(connection(2)).await.unwrap();
    assert_eq!(found(&cache, "").await, ["1"]);
    assert_eq!(found(&cache, "nordlys").await, ["1"]);
}

#[tokio::test]
async fn an_interrupted_walk_goes_on_where_it_stopped() {
    let (_directory, cache) = cache([
        draft("old"),
        with("outside", |draft| draft.created = Some(date(2020, 1, 1))),
        with("unknown", |draft| draft.created = None),
        with("paid", |draft| draft.status = SourceStatus::Paid),
    ])
    .await;
    let range = |from, to| CreatedRange {
        from: Some(from),
        to: Some(to),
    };
    let walk = cache
        .begin_walk(
            workspace(1),
            connection(1),
            WalkBy::Created,
            vec![
                range(date(2025, 1, 1), date(2025, 6, 30)),
                range(date(2025, 7, 1), date(2025, 12, 31)),
            ],
            at(1),
        )
        .await
        .unwrap();
    let [first, second] = [walk.slices[0].id, walk.slices[1].id];
    let slice = cache
        .store_page(
            first,
            None,
            vec![draft("1").record()],
            Some("p2".into()),
            at(2),
        )
        .await
        .unwrap();
    assert_eq!((slice.cursor.as_deref(), slice.pages), (Some("p2"), 1));
    let again = cache
        .store_page(
            first,
            None,
            vec![draft("ghost").record()],
            Some("x".into()),
            at(3),
        )
        .await
        .unwrap();
    assert_eq!(again, slice, "a page that was kept is not kept again");
    assert_eq!(
        cache.get(workspace(1), invoice_id("ghost")).await.unwrap(),
        None
    );
    let resumed = cache.walk(connection(1)).await.unwrap().unwrap();
    assert_eq!(resumed.slices[0], slice);
    assert_eq!(resumed.finished, None);
    cache
        .store_page(first, Some("p2".into()), vec![], None, at(4))
        .await
        .unwrap();
    assert_eq!(
        cache.missing_after(walk.id).await.unwrap(),
        [],
        "what a walk has not met it may still meet"
    );
    assert_eq!(cache.as_of(connection(1)).await.unwrap(), None);
    cache
        .store_page(second, None, vec![draft("2").record()], None, at(5))
        .await
        .unwrap();
    assert_eq!(cache.as_of(connection(1)).await.unwrap(), Some(at(5)));
    let missing: Vec<String> = cache
        .missing_after(walk.id)
        .await
        .unwrap()
        .into_iter()
        .map(|id| id.id)
        .collect();
    assert_eq!(missing, ["old", "unknown"]);

    let next = cache
        .begin_walk(
            workspace(1),
            connection(1),
            WalkBy::Created,
            vec![CreatedRange::default()],
            at(6),
        )
        .await
        .unwrap();
    assert!(next.id > walk.id);
    let replaced = cache.store_page(second, None, vec![], None, at(7)).await;
    assert!(matches!(replaced, Err(store::StoreError::Absent { .. })));
    assert_eq!(
        cache.as_of(connection(1)).await.unwrap(),
        Some(at(5)),
        "the last complete walk still tells how old the list is"
    );
}

#[tokio::test]
async fn judging_again_writes_only_what_differs() {
    let (_directory, cache) = cache((0..5).map(|number| draft(&number.to_string()))).await;
    let mut seen = Vec::new();
    let mut after = 0;
    while let (invoices, Some(last)) = cache.invoices_after(workspace(1), after, 2).await.unwrap() {
        seen.extend(invoices.into_iter().map(|invoice| invoice.id));
        after = last;
    }
    assert_eq!(seen.len(), 5);
    let projections: Vec<_> = seen
        .iter()
        .map(|id| {
            let judged = with(&id.id, |draft| {
                draft.standing.submitted = id.id == "3";
            });
            (id.clone(), judged.projection())
        })
        .chain([(invoice_id("gone"), draft("gone").projection())])
        .collect();
    let changed = cache
        .update_projections(workspace(1), projections)
        .await
        .unwrap();
    assert_eq!(changed, 1);
    let submitted = query(|query| query.states = vec![State::Submitted]);
    assert_eq!(cache.ids(submitted, 9).await.unwrap(), [invoice_id("3")]);

    assert_eq!(cache.projection_stamp(workspace(1)).await.unwrap(), None);
    cache
        .set_projection_stamp(workspace(1), "rules 1, 2026-03-01")
        .await
        .unwrap();
    assert_eq!(
        cache.projection_stamp(workspace(1)).await.unwrap(),
        Some("rules 1, 2026-03-01".into())
    );
}

fn case(id: &str, change: impl FnOnce(&mut CaseRow)) -> CaseRow {
    let mut case = CaseRow {
        id: id.into(),
        reference: format!("DEB-{id}"),
        creditor_reference: Some(format!("INV-{id}")),
        debtor_name: Some("Müller GmbH".into()),
        amount: Some(Money::from_minor(100, Currency::from_code("EUR").unwrap())),
        lifecycle: "collecting".into(),
        close_code: None,
        open: true,
        is_test: false,
        updated: Some(at(id.len() as i64)),
        json: json!({"id": id, "ä": [1, null]}),
    };
    change(&mut case);
    case
}

#[tokio::test]
async fn cases_are_sorted_by_what_is_asked() {
    let (_directory, folder) = folder();
    let cache = folder.cache().unwrap();
    let rows = [
        ("1", "beta", 900, "EUR", "2026-03-01T00:00:00Z"),
        ("2", "Alpha", 100, "USD", "2026-01-01T00:00:00Z"),
        ("3", "gamma", 500, "EUR", "2026-02-01T00:00:00Z"),
    ]
    .map(|(id, debtor, minor, currency, created)| {
        case(id, |case| {
            case.debtor_name = Some(debtor.into());
            case.amount = Some(Money::from_minor(
                minor,
                Currency::from_code(currency).unwrap(),
            ));
            case.json = json!({ "created": created });
        })
    });
    cache
        .store_cases(workspace(1), rows.into(), at(1))
        .await
        .unwrap();
    let sorted = async |by, descending| {
        let order = CaseOrder { by, descending };
        let filter = CaseFilter {
            order,
            ..CaseFilter::default()
        };
        let (rows, _) = cache.cases(workspace(1), filter, 0, 9).await.unwrap();
        rows.into_iter().map(|row| row.id).collect::<String>()
    };
    for (by, expected) in [
        (CaseSortKey::Created, "231"),
        (CaseSortKey::Reference, "123"),
        (CaseSortKey::Debtor, "213"),
        (CaseSortKey::Amount, "312"),
    ] {
        assert_eq!(sorted(by, false).await, expected, "{by:?}");
        let backwards: String = expected.chars().rev().collect();
        assert_eq!(sorted(by, true).await, backwards, "{by:?}, the other way");
    }
}

#[tokio::test]
async fn cases_are_listed_searched_and_forgotten_when_gone() {
    let (_directory, folder) = folder();
    let cache = folder.cache().unwrap();
    let closed = case("22", |case| {
        case.open = false;
        case.lifecycle = "closed".into();
        case.close_code = Some("paid".into());
        case.creditor_reference = Some("inv\u{2010}1".into());
    });
    let rows = vec![case("1", |_| {}), closed.clone()];
    cache.store_cases(workspace(1), rows, at(1)).await.unwrap();
    cache
        .store_cases(
            workspace(1),
            vec![case("1", |case| case.is_test = true)],
            at(2),
        )
        .await
        .unwrap();
    let list = async |filter| cache.cases(workspace(1), filter, 0, 1).await.unwrap();
    let (first, count) = list(CaseFilter::default()).await;
    assert_eq!((first, count), (vec![closed.clone()], 2), "latest first");
    for (expected, filter) in [
        (
            2,
            CaseFilter {
                search: "muller".into(),
                ..CaseFilter::default()
            },
        ),
        (
            1,
            CaseFilter {
                search: "deb-22".into(),
                ..CaseFilter::default()
            },
        ),
        (
            0,
            CaseFilter {
                search: "%".into(),
                ..CaseFilter::default()
            },
        ),
        (
            1,
            CaseFilter {
                open: Some(true),
                ..CaseFilter::default()
            },
        ),
        (
            1,
            CaseFilter {
                is_test: Some(true),
                ..CaseFilter::default()
            },
        ),
        (
            1,
            CaseFilter {
                lifecycles: vec!["closed".into()],
                ..CaseFilter::default()
            },
        ),
    ] {
        assert_eq!(list(filter.clone()).await.1, expected, "{filter:?}");
    }
    let references = cache.case_references(workspace(1)).await.unwrap();
    assert_eq!(references.get("inv-1").map(Vec::len), Some(2));
    assert_eq!(cache.case(workspace(1), "22").await.unwrap(), Some(closed));

    let forgotten = cache
        .finish_cases(workspace(1), at(2), at(3))
        .await
        .unwrap();
    assert_eq!(forgotten, 1);
    assert_eq!(cache.cases_as_of(workspace(1)).await.unwrap(), Some(at(3)));
    assert_eq!(cache.wipe_cases(workspace(1)).await.unwrap(), 1);
    assert_eq!(cache.cases_as_of(workspace(1)).await.unwrap(), None);
}

#[tokio::test]
async fn what_is_wiped_leaves_no_trace_in_the_files() {
    let (_directory, folder) = folder();
    let cache = folder.cache().unwrap();
    let secret = |id: &str, name: &str| with(id, |draft| draft.name = name.into()).record();
    for (number, name) in [(1, "Canary-Alpha"), (2, "Canary-Beta")] {
        cache
            .store(
                workspace(1),
                connection(number),
                vec![secret(name, name)],
                at(number as i64),
            )
            .await
            .unwrap();
    }
    cache
        .store_cases(workspace(1), vec![case("1", |_| {})], at(1))
        .await
        .unwrap();
    let holds = |word: &str| {
        std::fs::read_dir(folder.path()).unwrap().any(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            bytes
                .windows(word.len())
                .any(|window| window == word.as_bytes())
        })
    };
    assert!(holds("Canary-Alpha"), "otherwise the test proves nothing");
    std::fs::write(folder.path().join("cache.aside.db"), "Canary-Alpha").unwrap();
    assert_eq!(cache.wipe(connection(1)).await.unwrap(), 1);
    assert!(!holds("Canary-Alpha") && !holds("canary-alpha"));
    assert!(holds("Canary-Beta"));
    assert_eq!(cache.wipe(connection(1)).await.unwrap(), 0);

    assert_eq!(cache.expire(at(2)).await.unwrap(), 1, "the case is older");
    assert_eq!(found(&cache, "canary").await, ["Canary-Beta"]);
    assert_eq!(cache.expire(at(3)).await.unwrap(), 1);
    assert!(!holds("Canary-Beta"));

    cache
        .store(
            workspace(1),
            connection(1),
            vec![draft("1").record()],
            at(4),
        )
        .await
        .unwrap();
    assert_eq!(cache.wipe_all().await.unwrap(), 1);
    assert_eq!(found(&cache, "").await, Vec::<String>::new());
    cache
        .store(
            workspace(1),
            connection(1),
            vec![draft("1").record()],
            at(5),
        )
        .await
        .unwrap();
    assert_eq!(found(&cache, "nordlys").await, ["1"]);
}

#[tokio::test]
async fn a_list_filled_at_once_is_the_list_filled_bit_by_bit() {
    let drafts = || {
        (0..60).map(|number: usize| {
            with(&number.to_string(), |draft| {
                draft.name = format!("Firma q{}q", number * 7 % 13);
                draft.amount = format!("{}.00", 1 + number * 11 % 17);
                draft.due_date = format!("2025-11-{:02}", 1 + number * 5 % 28);
            })
        })
    };
    let (_bit_by_bit, known) = cache(drafts()).await;
    // So many that indexes are made in the end; rows that were there already must come through it too.
    for expected in [30_000, 1] {
        let (_directory, folder) = folder();
        let filled = folder.cache().unwrap();
        let first = drafts().next().unwrap().record();
        let before = filled.store(workspace(1), connection(1), vec![first], at(0));
        before.await.unwrap();
        let (sender, lots) = mpsc::channel(8);
        for lot in drafts().collect::<Vec<_>>().chunks(25) {
            let records = lot.iter().map(|draft| draft.record()).collect();
            sender.send(Lot::of(records).unwrap()).await.unwrap();
        }
        drop(sender);
        let all = filled.store_all(workspace(1), connection(1), lots, expected, at(0));
        all.await.unwrap();
        for sort in [
            SortKey::DueDate,
            SortKey::Amount,
            SortKey::Debtor,
            SortKey::State,
        ] {
            let query = || query(|query| query.sort = sort);
            let page = filled.page(query(), 0, 100).await.unwrap();
            assert_eq!(page.rows, known.page(query(), 0, 100).await.unwrap().rows);
            assert_eq!(page.rows.len(), 60);
        }
        assert_eq!(found(&filled, "q12q").await.len(), 4);
        let indexes = |folder: &store::Folder| -> Vec<String> {
            let raw = rusqlite::Connection::open(folder.file(FileKind::Cache)).unwrap();
            let names = "SELECT sql FROM sqlite_schema WHERE type = 'index' ORDER BY name";
            let mut names = raw.prepare(names).unwrap();
            let rows = names.query_map([], |row| row.get(0)).unwrap();
            rows.map(|sql: rusqlite::Result<Option<String>>| sql.unwrap().unwrap_or_default())
                .collect()
        };
        let (_new, new) = crate::support::folder();
        drop(new.cache().unwrap());
        assert_eq!(
            indexes(&folder),
            indexes(&new),
            "a list without an index answers, but slowly"
        );
    }
}
