//! Lists show, find, filter, sort and sum what people expect.

use jiff::civil::date;
use proptest::prelude::*;
use receivables::{Correction, Currency, Field, Money, Provider, SourceStatus, State, Totals};
use store::{Ageing, Cache, Query, SortKey, StateCount};

use crate::support::{TODAY, at, cache, connection, draft, invoice_id, with, workspace};

pub fn query(change: impl FnOnce(&mut Query)) -> Query {
    let mut query = Query::new(workspace(1));
    change(&mut query);
    query
}

async fn ids(cache: &Cache, query: Query) -> Vec<String> {
    let ids = cache.ids(query.clone(), 1_000).await.unwrap();
    let page = cache.page(query.clone(), 0, 1_000).await.unwrap();
    let paged: Vec<_> = page.rows.into_iter().map(|row| row.id).collect();
    assert_eq!(paged, ids, "page and ids are one list");
    let summary = cache.summary(query).await.unwrap();
    assert_eq!(summary.count as usize, ids.len(), "and so is the summary");
    ids.into_iter().map(|id| id.id).collect()
}

pub async fn found(cache: &Cache, search: &str) -> Vec<String> {
    ids(cache, query(|query| query.search = search.into())).await
}

#[tokio::test]
async fn search_finds_what_people_type() {
    let corrected = with("5", |draft| {
        draft.overlay.set(
            Field::DebtorName,
            Correction {
                value: "Corrected Name".into(),
                replaced: Some("Nordlys A/S".into()),
            },
        );
    });
    let (_directory, cache) = cache([
        with("1", |draft| draft.name = "Müller & Söhne GmbH".into()),
        with("2", |draft| draft.name = "100% \"Fair\" it's_here".into()),
        with("3", |draft| draft.name = "שלום בע״מ".into()),
        with("4", |draft| {
            draft.name = "株式会社山田".into();
            draft.amount = "98765.40".into();
        }),
        corrected,
        with("in_Abc", |draft| draft.city = "København".into()),
    ])
    .await;
    for (search, expected) in [
        ("müller", vec!["1"]),
        ("MULLER", vec!["1"]),
        ("Mueller", vec!["1"]),
        ("söhne müller", vec!["1"]),
        ("müller nowhere", vec![]),
        ("100%", vec!["2"]),
        ("%", vec!["2"]),
        ("_", vec!["2", "in_Abc"]),
        ("\"fair\"", vec!["2"]),
        ("it's", vec!["2"]),
        ("it's_h", vec!["2"]),
        ("fair OR nowhere", vec![]),
        ("mü*", vec![]),
        ("שלום", vec!["3"]),
        ("\u{202E}שלום", vec!["3"]),
        ("山田", vec!["4"]),
        ("株式会社", vec!["4"]),
        ("98765.40", vec!["4"]),
        ("98765,4", vec!["4"]),
        ("corrected", vec!["5"]),
        ("kobenhavn", vec!["in_Abc"]),
        ("koebenhavn", vec!["in_Abc"]),
        ("in_abc", vec!["in_Abc"]),
        ("nordlys.example", vec!["1", "2", "3", "4", "5", "in_Abc"]),
        ("inv-5", vec!["5"]),
        ("   ", vec!["1", "2", "3", "4", "5", "in_Abc"]),
        ("no such thing", vec![]),
        ("'; DROP TABLE invoices; --", vec![]),
    ] {
        assert_eq!(found(&cache, search).await, expected, "{search:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_piece_of_a_name_finds_it_and_no_search_fails(name in "\\PC{1,30}", other in "\\PC{0,12}", from in 0_usize..30, length in 1_usize..9) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (_directory, cache) = cache([with("1", |draft| draft.name.clone_from(&name))]).await;
            let kept = draft("1").record().invoice.id;
            let trimmed = name.trim();
            let piece: String = trimmed.chars().skip(from).take(length).collect();
            // A mark alone at the edge of a piece may belong to the letter before it.
            if piece.is_ascii() {
                let ids = cache.ids(query(|query| query.search.clone_from(&piece)), 10).await.unwrap();
                assert_eq!(ids, [kept], "{piece:?} of {trimmed:?}");
            }
            found(&cache, &other).await;
        });
    }
}

#[tokio::test]
async fn filters_all_hold_together() {
    let (_directory, cache) = cache([
        draft("1"),
        with("2", |draft| draft.currency = "EUR".into()),
        with("3", |draft| draft.due_date = TODAY.to_string()),
        with("4", |draft| draft.city = String::new()),
        with("5", |draft| draft.partly_paid = true),
        with("6", |draft| {
            draft.amount = "5000".into();
            draft.currency = "JPY".into();
        }),
    ])
    .await;
    let state = |state| query(move |query| query.states = vec![state]);
    assert_eq!(ids(&cache, state(State::NotDue)).await, ["3"]);
    assert_eq!(ids(&cache, state(State::Attention)).await, ["4"]);
    assert_eq!(ids(&cache, state(State::Ready)).await, ["1", "2", "6"]);
    for (expected, asked) in [
        (vec!["1", "2", "4", "6", "3"], query(|_| {})),
        (
            vec!["1", "2", "4", "5", "6", "3"],
            query(|query| query.include_partly_paid = true),
        ),
        (
            vec!["2"],
            query(|query| query.currency = Some("eur".into())),
        ),
        (
            vec!["3"],
            query(|query| query.due_after = Some(date(2025, 12, 31))),
        ),
        (
            vec!["1", "2", "4", "6"],
            query(|query| query.due_before = Some(TODAY)),
        ),
        (
            vec!["6"],
            query(|query| {
                query.amount = Some("1250.01".parse().unwrap()..="5000".parse().unwrap())
            }),
        ),
        (
            vec!["1", "2", "4", "6", "3"],
            query(|query| query.connection = Some(connection(1))),
        ),
        (
            vec![],
            query(|query| query.connection = Some(connection(2))),
        ),
        (vec![], query(|query| query.provider = Some(Provider::Zoho))),
        (
            vec!["2"],
            query(|query| {
                query.provider = Some(Provider::Stripe);
                query.ids = Some(vec![invoice_id("2"), invoice_id("4"), invoice_id("9")]);
                query.states = vec![State::Ready, State::Gone];
            }),
        ),
        (
            vec!["4"],
            query(|query| query.problem = Some(receivables::ProblemCode::CityMissing)),
        ),
        (
            vec!["6"],
            query(|query| {
                query.search = "nordlys 6".into();
                query.states = vec![State::Ready];
            }),
        ),
    ] {
        assert_eq!(ids(&cache, asked.clone()).await, expected, "{asked:?}");
    }
    let problems = cache.problem_counts(query(|_| {})).await.unwrap();
    assert!(problems.contains(&(receivables::ProblemCode::CityMissing, 1)));
}

#[tokio::test]
async fn every_order_is_the_one_people_expect_and_pages_never_overlap() {
    let (_directory, cache) = cache([
        with("a", |draft| {
            draft.name = "ärger".into();
            draft.reference = "INV-10".into();
            draft.amount = "9".into();
        }),
        with("b", |draft| {
            draft.name = "Zebra".into();
            draft.reference = "inv-9".into();
            draft.amount = "1000".into();
            draft.currency = "JPY".into();
        }),
        with("c", |draft| {
            draft.name = "Arg".into();
            draft.reference = "INV-100".into();
            draft.amount = "10.50".into();
            draft.country = "AT".into();
            draft.due_date = String::new();
        }),
    ])
    .await;
    for (sort, expected) in [
        (SortKey::Debtor, ["c", "a", "b"]),
        (SortKey::Reference, ["b", "a", "c"]),
        (SortKey::Amount, ["a", "c", "b"]),
        (SortKey::DueDate, ["c", "a", "b"]),
        (SortKey::CaseDate, ["a", "b", "c"]),
        (SortKey::Country, ["c", "a", "b"]),
        (SortKey::Currency, ["a", "c", "b"]),
        (SortKey::State, ["a", "b", "c"]),
    ] {
        let mut asked = query(|query| query.sort = sort);
        assert_eq!(ids(&cache, asked.clone()).await, expected, "{sort:?}");
        let mut paged = Vec::new();
        for offset in 0..3 {
            let page = cache.page(asked.clone(), offset, 1).await.unwrap();
            paged.extend(page.rows.into_iter().map(|row| row.id.id));
        }
        assert_eq!(paged, expected, "{sort:?} row by row");
        asked.descending = true;
        let mut reversed = expected;
        reversed.reverse();
        assert_eq!(ids(&cache, asked).await, reversed, "{sort:?} descending");
    }
}

#[tokio::test]
async fn sums_are_exact_per_currency_also_beyond_64_bits() {
    let largest = Money::from_minor(i64::MAX, Currency::from_code("EUR").unwrap()).decimal();
    let (_directory, cache) = cache([
        with("1", |draft| {
            draft.amount.clone_from(&largest);
            draft.currency = "EUR".into();
        }),
        with("2", |draft| {
            draft.amount.clone_from(&largest);
            draft.currency = "EUR".into();
        }),
        with("3", |draft| draft.amount = "-0.01".into()),
        with("4", |draft| draft.currency = "XXX".into()),
    ])
    .await;
    let summary = cache.summary(query(|_| {})).await.unwrap();
    let mut expected = Totals::default();
    expected.add_minor(
        i128::from(i64::MAX) * 2,
        Currency::from_code("EUR").unwrap(),
    );
    expected.add_minor(-1, Currency::from_code("DKK").unwrap());
    assert_eq!(summary.totals, expected);
    assert_eq!((summary.count, summary.without_amount), (4, 1));
}

#[tokio::test]
async fn the_chips_count_every_state_whatever_is_chosen() {
    let (_directory, cache) = cache([
        draft("1"),
        draft("2"),
        with("3", |draft| draft.status = SourceStatus::Void),
        with("4", |draft| draft.partly_paid = true),
    ])
    .await;
    let summary = cache
        .summary(query(|query| query.states = vec![State::Gone]))
        .await
        .unwrap();
    let count = |state, count| StateCount { state, count };
    assert_eq!(summary.count, 1);
    assert_eq!(
        summary.by_state,
        [count(State::Ready, 2), count(State::Gone, 1)]
    );
}

#[tokio::test]
async fn counts_follow_every_write() {
    let (_directory, cache) = cache([
        draft("1"),
        with("2", |draft| draft.partly_paid = true),
        with("3", |draft| draft.status = SourceStatus::Void),
    ])
    .await;
    let other = cache.clone();
    let counts = async |change: fn(&mut Query)| {
        let summary = other.summary(query(change)).await.unwrap();
        (summary.count, summary.left_out, summary.totals)
    };
    for before in [1, 2] {
        // Asked twice, so that the second answer is the remembered one.
        for _ in 0..2 {
            let (count, left_out, totals) = counts(|_| {}).await;
            assert_eq!((count, left_out), (before + 1, 1));
            let (all, none, more) = counts(|query| query.include_partly_paid = true).await;
            assert_eq!((all, none), (before + 2, 0));
            assert_ne!(totals, more, "what is left out is not in the sum");
            let (ready, left_out, _) = counts(|query| query.states = vec![State::Ready]).await;
            assert_eq!((ready, left_out), (before, 1));
            let (gone, left_out, _) = counts(|query| query.states = vec![State::Gone]).await;
            assert_eq!((gone, left_out), (1, 0));
        }
        let record = with(&format!("new {before}"), |draft| draft.amount = "7".into()).record();
        cache
            .store(workspace(1), connection(1), vec![record], at(9))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn ageing_has_every_bucket_and_its_edges() {
    let due = |id: &str, days: i64| {
        let due = TODAY.checked_sub(jiff::Span::new().days(days)).unwrap();
        with(id, |draft| draft.due_date = due.to_string())
    };
    let days = [-1, 0, 1, 30, 31, 60, 61, 90, 91, 180, 181, 365, 366];
    let (_directory, cache) = cache(
        days.iter()
            .map(|days| due(&days.to_string(), *days))
            .chain([with("none", |draft| draft.due_date = String::new())]),
    )
    .await;
    let ageing = cache
        .ageing(workspace(1), &State::ALL, false, TODAY)
        .await
        .unwrap();
    let counts: Vec<(Ageing, u32)> = ageing.iter().map(|row| (row.bucket, row.count)).collect();
    assert_eq!(
        counts,
        [
            (Ageing::NotDue, 2),
            (Ageing::Days1To30, 2),
            (Ageing::Days31To60, 2),
            (Ageing::Days61To90, 2),
            (Ageing::Days91To180, 2),
            (Ageing::Days181To365, 2),
            (Ageing::Over365, 1),
            (Ageing::Unknown, 1),
        ]
    );
    let totals: Vec<_> = ageing[6].totals.decimals().collect();
    assert_eq!(totals, [("DKK", "1250.00".to_owned())]);
}

#[tokio::test]
async fn references_written_differently_are_duplicates() {
    let (_directory, cache) = cache([
        with("1", |draft| draft.reference = "INV\u{2011}1".into()),
        with("2", |draft| draft.reference = " inv-1".into()),
        with("3", |draft| {
            draft.reference = "INV-1".into();
            draft.status = SourceStatus::Paid;
        }),
        draft("4"),
    ])
    .await;
    let open = [State::Ready, State::Attention, State::NotDue];
    let duplicates = cache.duplicates(workspace(1), &open).await.unwrap();
    let names: Vec<&str> = duplicates
        .iter()
        .map(|duplicate| duplicate.invoice.id.as_str())
        .collect();
    assert_eq!(names, ["1", "2"], "what is gone takes no reference");
    let one = cache
        .with_reference(workspace(1), "Inv-1", &open)
        .await
        .unwrap();
    assert_eq!(one, duplicates);
}
