//! How long a list of 100,000 invoices takes. Run by hand, in release:
//! `cargo test -p store --release --test store -- timing --ignored --nocapture`
#![expect(clippy::print_stdout, reason = "a measurement prints what it measured")]

use std::time::{Duration, Instant};

use crate::support::{TODAY, at, connection, draft, folder, workspace};
use jiff::ToSpan;
use receivables::{SourceStatus, State};
use store::{Query, Record, SortKey};

const COUNT: usize = 100_000;

/// Deterministic and spread like a real ledger: many small claims, a few currencies, some incomplete.
fn record(number: usize) -> Record {
    const NAMES: [&str; 10] = [
        "Nordlys A/S",
        "Müller & Söhne GmbH",
        "Café Ørsted ApS",
        "Acme Inc.",
        "Łódź Trading Sp. z o.o.",
        "Ana Lopez",
        "Bäckerei Schäfer GmbH",
        "Blue Harbour Ltd",
        "株式会社山田",
        "Van den Berg B.V.",
    ];
    const CURRENCIES: [&str; 6] = ["EUR", "EUR", "EUR", "USD", "DKK", "JPY"];
    const CITIES: [&str; 5] = ["Aarhus", "Köln", "Łódź", "Boston", ""];
    let spread = number.wrapping_mul(2_654_435_761) % 1_000_003;
    let mut draft = draft(&format!("in_1N{number:08x}{spread:06x}"));
    draft.debtor = format!("cus_{}", spread % 20_000);
    draft.reference = format!("RE-{}-{number:05}", 2020 + spread % 6);
    draft.name = format!("{} {}", NAMES[spread % 10], spread % 20_000);
    draft.email = format!("ap{}@example{}.com", spread % 20_000, spread % 97);
    draft.city = CITIES[spread % 5].into();
    draft.currency = CURRENCIES[spread % 6].into();
    draft.amount = if draft.currency == "JPY" {
        format!("{}", 1 + spread * 7 % 900_000)
    } else {
        format!("{}.{:02}", 1 + spread * 7 % 9_000, spread % 100)
    };
    let due = TODAY
        .checked_sub((spread as i64 % 900 - 100).days())
        .unwrap();
    draft.due_date = due.to_string();
    draft.case_date = due.checked_sub(30.days()).unwrap().to_string();
    draft.partly_paid = spread.is_multiple_of(23);
    if spread.is_multiple_of(11) {
        draft.status = SourceStatus::Paid;
    }
    let mut record = draft.record();
    record.raw = format!(
        "{{\"id\":\"{}\",\"lines\":\"{}\"}}",
        draft.id,
        "x".repeat(1_500)
    );
    record
}

/// The fastest: what the work costs when nothing else runs.
fn best(times: Vec<Duration>) -> Duration {
    times.into_iter().min().unwrap()
}

#[tokio::test]
#[ignore = "a measurement"]
async fn a_hundred_thousand_invoices() {
    let (_directory, folder) = folder();
    let cache = folder.cache().unwrap();
    let records: Vec<Record> = (0..COUNT).map(record).collect();
    let started = Instant::now();
    for chunk in records.chunks(100) {
        cache
            .store(workspace(1), connection(1), chunk.to_vec(), at(0))
            .await
            .unwrap();
    }
    println!("store, 100 a transaction   {:?}", started.elapsed());
    let started = Instant::now();
    for chunk in records.chunks(100) {
        cache
            .store(workspace(1), connection(1), chunk.to_vec(), at(1))
            .await
            .unwrap();
    }
    println!("store again, unchanged     {:?}", started.elapsed());
    let size = std::fs::metadata(folder.file(store::FileKind::Cache)).unwrap();
    println!("file                       {} MB", size.len() / 1_000_000);

    let all = Query::new(workspace(1));
    let with = |change: &dyn Fn(&mut Query)| {
        let mut query = all.clone();
        change(&mut query);
        query
    };
    let search = |text: &str| with(&|query| query.search = text.into());
    let cases = [
        ("everything by due date", all.clone()),
        ("ready", with(&|query| query.states = vec![State::Ready])),
        (
            "attention, by debtor",
            with(&|query| {
                query.states = vec![State::Attention];
                query.sort = SortKey::Debtor;
            }),
        ),
        (
            "by amount, descending",
            with(&|query| {
                query.sort = SortKey::Amount;
                query.descending = true;
            }),
        ),
        ("by state", with(&|query| query.sort = SortKey::State)),
        (
            "USD by amount",
            with(&|query| {
                query.currency = Some("USD".into());
                query.sort = SortKey::Amount;
            }),
        ),
        (
            "due before, by debtor",
            with(&|query| {
                query.due_before = Some(jiff::civil::date(2024, 1, 1));
                query.sort = SortKey::Debtor;
            }),
        ),
        (
            "amount over, by due",
            with(&|query| {
                query.amount = Some("9990".parse().unwrap()..="99999999".parse().unwrap())
            }),
        ),
        (
            "amount none, by due",
            with(&|query| {
                query.amount = Some("99999990".parse().unwrap()..="999999990".parse().unwrap())
            }),
        ),
        ("search one row", search("-05120")),
        ("search rare", search("schäfer 1234")),
        ("search 10 %", search("harbour")),
        ("search 30 %", search("gmbh")),
        ("search everything", search("example")),
        ("search two letters", search("re")),
        (
            "search 10 % by amount",
            with(&|query| {
                query.search = "harbour".into();
                query.sort = SortKey::Amount;
            }),
        ),
    ];
    println!(
        "{:<26} {:>8} {:>10} {:>10} {:>10}",
        "query", "rows", "page", "deep page", "summary"
    );
    for (name, query) in cases {
        let count = cache.summary(query.clone()).await.unwrap().count;
        let (mut first, mut deep, mut summary) = (vec![], vec![], vec![]);
        for _ in 0..25 {
            let started = Instant::now();
            cache.page(query.clone(), 0, 50).await.unwrap();
            first.push(started.elapsed());
            let started = Instant::now();
            cache
                .page(query.clone(), count.saturating_sub(50), 50)
                .await
                .unwrap();
            deep.push(started.elapsed());
            // A sum is remembered only until something is written.
            cache.set_projection_stamp(workspace(1), "").await.unwrap();
            let started = Instant::now();
            cache.summary(query.clone()).await.unwrap();
            summary.push(started.elapsed());
        }
        println!(
            "{name:<26} {count:>8} {:>10.1?} {:>10.1?} {:>10.1?}",
            best(first),
            best(deep),
            best(summary)
        );
    }
    let started = Instant::now();
    cache.ids(all.clone(), u32::MAX).await.unwrap();
    println!("all ids                    {:?}", started.elapsed());
    let started = Instant::now();
    cache
        .duplicates(workspace(1), &[State::Ready, State::Attention])
        .await
        .unwrap();
    println!("duplicates                 {:?}", started.elapsed());
    let started = Instant::now();
    cache
        .ageing(workspace(1), &State::ALL, true, TODAY)
        .await
        .unwrap();
    println!("ageing                     {:?}", started.elapsed());
    let started = Instant::now();
    cache.problem_counts(all.clone()).await.unwrap();
    println!("problem counts             {:?}", started.elapsed());
    let started = Instant::now();
    let mut after = 0;
    let mut seen = 0;
    loop {
        let (invoices, last) = cache
            .invoices_after(workspace(1), after, 2_000)
            .await
            .unwrap();
        seen += invoices.len();
        let Some(last) = last else { break };
        after = last;
    }
    println!("read {seen} invoices       {:?}", started.elapsed());
    let projections: Vec<_> = records
        .iter()
        .map(|record| (record.invoice.id.clone(), record.projection.clone()))
        .collect();
    let started = Instant::now();
    for chunk in projections.chunks(10_000) {
        cache
            .update_projections(workspace(1), chunk.to_vec())
            .await
            .unwrap();
    }
    println!("project, unchanged         {:?}", started.elapsed());
    let started = Instant::now();
    for chunk in projections.chunks(10_000) {
        let mut chunk = chunk.to_vec();
        for (_, projection) in &mut chunk {
            projection.state = State::SetAside;
        }
        cache.update_projections(workspace(1), chunk).await.unwrap();
    }
    println!("project, all another state {:?}", started.elapsed());
    let started = Instant::now();
    cache.wipe(connection(1)).await.unwrap();
    println!("wipe                       {:?}", started.elapsed());
}
