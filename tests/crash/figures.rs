//! What was run, and what it came to: printed by every test, so that a figure in a report was counted by a program.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::row::Outcome;

/// The most complaints that are printed; the rest is counted.
const SHOWN: usize = 20;

/// Counts of one test.
pub struct Figures {
    title: &'static str,
    started: Instant,
    counted: Mutex<Counted>,
}

#[derive(Default)]
struct Counted {
    rows: usize,
    runs: usize,
    kills: BTreeMap<(String, String), usize>,
    random_kills: usize,
    entries: usize,
    outcomes: BTreeMap<String, usize>,
    lost: usize,
    doubled: usize,
    lies: usize,
    unrecorded: usize,
    complaints: Vec<String>,
}

impl Figures {
    pub fn of(title: &'static str) -> Figures {
        Figures {
            title,
            started: Instant::now(),
            counted: Mutex::default(),
        }
    }

    fn counted(&self) -> std::sync::MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A process was started.
    pub fn run(&self) {
        self.counted().runs += 1;
    }

    /// It was killed at a transition.
    pub fn killed(&self, transition: &str, side: &str) {
        let at = (transition.to_owned(), side.to_owned());
        *self.counted().kills.entry(at).or_default() += 1;
    }

    /// It was killed at some moment.
    pub fn killed_at_random(&self) {
        self.counted().random_kills += 1;
    }

    pub fn kills_of(&self, transition: &str, side: &str) -> usize {
        let at = (transition.to_owned(), side.to_owned());
        self.counted().kills.get(&at).copied().unwrap_or(0)
    }

    pub fn judged(&self, outcome: &Outcome) {
        let verdict = &outcome.verdict;
        let mut counted = self.counted();
        counted.rows += 1;
        counted.entries += verdict.entries;
        for (name, count) in &verdict.outcomes {
            *counted.outcomes.entry(name.clone()).or_default() += count;
        }
        counted.lost += verdict.lost.len();
        counted.doubled += verdict.doubled.len();
        counted.lies += verdict.lies.len();
        counted.unrecorded += verdict.unrecorded.len();
        counted.complaints.extend(outcome.complaints());
    }

    pub fn complain(&self, what: String) {
        self.counted().complaints.push(what);
    }

    /// Prints all, and fails where anything was complained of.
    pub fn close(self) {
        let counted = self.counted();
        println!(
            "    {}: {} rows, {} processes, {} entries judged, {:.0} s",
            self.title,
            counted.rows,
            counted.runs,
            counted.entries,
            self.started.elapsed().as_secs_f64()
        );
        let kills: usize = counted.kills.values().sum();
        if kills + counted.random_kills > 0 {
            println!(
                "      killed {kills} times at a transition, {} times at random",
                counted.random_kills
            );
        }
        for ((transition, side), count) in &counted.kills {
            println!("        {count:>5} {side} {transition}");
        }
        let outcomes: Vec<String> = counted
            .outcomes
            .iter()
            .map(|(name, count)| format!("{count} {name}"))
            .collect();
        println!("      ended {}", outcomes.join(", "));
        println!(
            "      {} lost, {} doubled, {} lies, {} unrecorded, {} complaints",
            counted.lost,
            counted.doubled,
            counted.lies,
            counted.unrecorded,
            counted.complaints.len()
        );
        for complaint in counted.complaints.iter().take(SHOWN) {
            println!("      ! {complaint}");
        }
        assert!(counted.complaints.is_empty(), "{}: see above", self.title);
    }
}
