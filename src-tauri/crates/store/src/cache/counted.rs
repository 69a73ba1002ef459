//! Lists counted before, for as long as nothing is written. Another order, another window or other states are then answered
//! without reading every row again.

use std::sync::{Arc, Mutex, PoisonError};

use super::Query;
use super::query::Groups;

/// Lists remembered: more than anybody goes back and forth between.
const KEPT: usize = 16;

/// Shared by all handles of one cache.
#[derive(Clone, Default)]
pub(super) struct Counted(Arc<Mutex<Lists>>);

#[derive(Default)]
struct Lists {
    /// How much had been written when they were counted.
    commits: u64,
    /// The one asked for last at the end.
    lists: Vec<(Query, Arc<Groups>)>,
}

impl Counted {
    pub fn find(&self, commits: u64, list: &Query) -> Option<Arc<Groups>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.commits != commits {
            return None;
        }
        let at = known.lists.iter().position(|(other, _)| other == list)?;
        known.lists[at..].rotate_left(1);
        known.lists.last().map(|(_, groups)| Arc::clone(groups))
    }

    /// `commits` is from before the list was read.
    pub fn keep(&self, commits: u64, list: Query, groups: &Arc<Groups>) {
        // A choice by ids is long, and rarely asked about twice.
        if list.ids.is_some() {
            return;
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.commits != commits {
            known.lists.clear();
            known.commits = commits;
        }
        if known.lists.len() >= KEPT {
            known.lists.remove(0);
        }
        known.lists.push((list, Arc::clone(groups)));
    }
}
