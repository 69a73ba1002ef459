//! A seam at every transition of the journal, so that tests can end the process exactly there.

use std::fmt;
use std::sync::Arc;

use receivables::Transition;

use crate::id::EntryId;

/// On which side of the disk a transition stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// About to be written.
    Before,
    /// On the disk.
    After,
}

/// One pass of a transition. A batch is confirmed as a whole and passes once, with its first entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    pub transition: Transition,
    pub side: Side,
    pub entry: EntryId,
}

/// Told of each transition just before it is written and just after it is on the disk. Whoever moves the journal has to
/// hand one in, so no transition can be without it. Does nothing unless made by [`Checkpoint::new`].
#[derive(Clone, Default)]
pub struct Checkpoint(Option<Arc<dyn Fn(Pass) + Send + Sync>>);

impl Checkpoint {
    pub fn new(told: impl Fn(Pass) + Send + Sync + 'static) -> Checkpoint {
        Checkpoint(Some(Arc::new(told)))
    }

    pub(super) fn pass(&self, transition: Transition, side: Side, entry: EntryId) {
        if let Some(told) = &self.0 {
            told(Pass {
                transition,
                side,
                entry,
            });
        }
    }
}

impl fmt::Debug for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Checkpoint")
    }
}
