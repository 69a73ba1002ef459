//! Seams at every transition of the journal and behind every commit, so that tests can end the process exactly there.

use std::fmt;
use std::sync::Arc;

use receivables::Transition;

use crate::error::FileKind;
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
/// hand one in, so no transition can be without it. Does nothing unless made by [`Checkpoint::new`] or
/// [`Checkpoint::at_commits`].
#[derive(Clone, Default)]
pub struct Checkpoint {
    transition: Option<Arc<dyn Fn(Pass) + Send + Sync>>,
    commit: Option<Arc<dyn Fn(FileKind) + Send + Sync>>,
}

impl Checkpoint {
    pub fn new(told: impl Fn(Pass) + Send + Sync + 'static) -> Checkpoint {
        Checkpoint {
            transition: Some(Arc::new(told)),
            commit: None,
        }
    }

    /// The same, told also of each commit of either file before whoever waits for it goes on.
    #[must_use]
    pub fn at_commits(self, told: impl Fn(FileKind) + Send + Sync + 'static) -> Checkpoint {
        Checkpoint {
            commit: Some(Arc::new(told)),
            ..self
        }
    }

    pub(crate) fn committed(&self, file: FileKind) {
        if let Some(told) = &self.commit {
            told(file);
        }
    }

    pub(crate) fn pass(&self, transition: Transition, side: Side, entry: EntryId) {
        if let Some(told) = &self.transition {
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
