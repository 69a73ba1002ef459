//! Measurements on this machine in this run: fetching against Stripe's own client, QuickBooks and Zoho within their limits, lists of 100,000 invoices against lists of
//! 100 and against bare SQL, a thousand cases at the agreed pace, and how the window starts. Started by `cargo xtask bench`, which brings display and keychain.
#![allow(clippy::unwrap_used)]
#![allow(clippy::print_stdout, reason = "a measurement is there to be read")]

#[path = "../support/mod.rs"]
mod support;

mod desks;
mod fetching;
mod importing;
mod listing;
mod official;
mod painting;
mod sources;
mod starting;
mod submitting;
mod table;

use std::time::{Duration, Instant};

use desks::Filled;
use table::Table;

const FEW: usize = 100;
const MANY: usize = 100_000;

#[tokio::main]
async fn main() {
    // Cargo adds words of its own, such as `--bench`.
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    if let [child, data, file] = wanted.as_slice()
        && child == importing::CHILD
    {
        return importing::child(data.as_ref(), file.as_ref()).await;
    }
    let asked =
        |part: &str| wanted.is_empty() || wanted.iter().any(|word| part.contains(word.as_str()));
    let mut table = Table::default();

    if asked("fetching") {
        fetching::measure(&mut table).await;
    }
    if asked("sources") {
        sources::measure(&mut table).await;
    }
    if asked("submitting") {
        submitting::measure(&mut table).await;
    }
    if asked("importing") {
        importing::measure(&mut table).await;
    }
    if ["listing", "painting", "starting"].into_iter().any(asked) {
        let started = Instant::now();
        let few = Filled::with(FEW).await;
        let many = Filled::with(MANY).await;
        say(&format!("caches filled in {:.0?}", started.elapsed()));
        if asked("listing") {
            listing::measure(&mut table, &few, &many).await;
        }
        if asked("painting") {
            painting::measure(&mut table, &few, &many).await;
        }
        if asked("starting") {
            starting::measure(&mut table, &many).await;
        }
    }
    table.print();
}

/// Says what is going on; the table comes last.
fn say(what: &str) {
    println!("    {what}");
}

/// The middle one; of an even number the upper.
fn median(times: &mut [Duration]) -> Duration {
    at(times, 50)
}

fn at(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() * percent / 100).min(times.len() - 1)]
}
