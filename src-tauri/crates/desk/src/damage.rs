//! A damaged journal keeps the desk from opening. What can be done then: look at what there is, and put a copy or an empty
//! journal in its place. Whatever takes its place is compared with Debitura before anything is sent (see
//! [`crate::comparison`]).

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use store::{BookCopy, CopyKind, Folder, FolderError, Restored};

use crate::refusals::of_folder;
use crate::setup::{Clock, Setup};
use crate::wire::{
    Failure, JournalCopy, JournalCopyKind, JournalDamage, JournalReplaced, Nothing, RestoreJournal,
    StartJournalAnew,
};
use crate::{Desk, FailureCode};

/// How long what was at work on the journal has to come to its end.
const PATIENCE: Duration = Duration::from_secs(20);

/// A journal that cannot be used. Commands about it are answered while there is no desk.
pub struct DamagedJournal {
    failure: Failure,
    data_dir: PathBuf,
    clock: Arc<dyn Clock>,
    replaced: AtomicBool,
}

/// Why there is no desk.
pub struct Closed {
    pub failure: Failure,
    /// Where it is the journal that is damaged.
    pub damage: Option<DamagedJournal>,
}

impl From<Failure> for Closed {
    fn from(failure: Failure) -> Closed {
        Closed {
            failure,
            damage: None,
        }
    }
}

impl Closed {
    pub(crate) fn by(failure: Failure, setup: &Setup) -> Closed {
        let damage = (failure.code == FailureCode::BookDamaged).then(|| DamagedJournal {
            failure: failure.clone(),
            data_dir: setup.data_dir.clone(),
            clock: Arc::clone(&setup.clock),
            replaced: AtomicBool::new(false),
        });
        Closed { failure, damage }
    }
}

impl Desk {
    /// Like [`Desk::open`]; what a damaged journal allows comes with the failure.
    ///
    /// # Errors
    /// Those of [`Desk::open`].
    pub async fn open_or_recover(setup: Setup) -> Result<Arc<Desk>, Closed> {
        let opened = Desk::open(setup.clone()).await;
        opened.map_err(|failure| Closed::by(failure, &setup))
    }

    /// Why nothing may be done on this desk any more, when its journal was found damaged in use. What is under way is
    /// ended: its outcome could not be written down.
    pub fn give_up_if_damaged(&self) -> Option<Closed> {
        let office = self.real_office();
        let failure = office.book.damage()?.into();
        self.stop();
        Some(Closed::by(failure, &office.setup))
    }
}

impl DamagedJournal {
    /// Whether another journal took its place.
    pub fn is_over(&self) -> bool {
        self.replaced.load(Ordering::Acquire)
    }

    fn replaced(&self, restored: Restored) -> JournalReplaced {
        self.replaced.store(true, Ordering::Release);
        JournalReplaced {
            kept: restored.recovery.kept,
        }
    }

    pub(crate) async fn journal_damage(&self, _: Nothing) -> Result<JournalDamage, Failure> {
        let copies = self.in_folder(|folder| Ok(folder.book_copies())).await?;
        Ok(JournalDamage {
            failure: self.failure.clone(),
            folder: self.data_dir.to_string_lossy().into_owned(),
            copies: copies.into_iter().map(view).collect(),
        })
    }

    pub(crate) async fn restore_journal(
        &self,
        request: RestoreJournal,
    ) -> Result<JournalReplaced, Failure> {
        let now = self.clock.now();
        let kind = match request.copy {
            JournalCopyKind::Present => CopyKind::Present,
            JournalCopyKind::Latest => CopyKind::Latest,
            JournalCopyKind::Older => CopyKind::Older,
        };
        let restored = self
            .in_folder(move |folder| folder.restore_book(kind, now))
            .await?;
        Ok(self.replaced(restored))
    }

    /// Only without a copy, and only when the user has been told what that means.
    pub(crate) async fn start_journal_anew(
        &self,
        request: StartJournalAnew,
    ) -> Result<JournalReplaced, Failure> {
        let refuse = |why: &str| {
            Failure::about(FailureCode::InvalidValue, "The journal was not begun anew.")
                .because(why)
        };
        if !request.understood {
            return Err(refuse("What is lost by it has to be understood first."));
        }
        let now = self.clock.now();
        let restored = self
            .in_folder(move |folder| match folder.book_copies().as_slice() {
                [] => folder.begin_book_anew(now).map(Some),
                _ => Ok(None),
            })
            .await?;
        let restored = restored.ok_or_else(|| refuse("There is a copy, which knows more."))?;
        Ok(self.replaced(restored))
    }

    /// Works on the folder as its owner, once nobody else does.
    async fn in_folder<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&Folder) -> Result<T, FolderError> + Send + 'static,
    {
        let data_dir = self.data_dir.clone();
        let worked = tokio::task::spawn_blocking(move || {
            let folder = open_when_free(&data_dir)?;
            work(&folder)
        });
        worked
            .await
            .map_err(|error| Failure::new(FailureCode::Unexpected).because(error.to_string()))?
            .map_err(|error| of_folder(&error, &self.data_dir))
    }
}

fn open_when_free(path: &std::path::Path) -> Result<Folder, FolderError> {
    let begun = std::time::Instant::now();
    loop {
        match Folder::open(path) {
            Err(FolderError::Locked) if begun.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(50));
            }
            outcome => return outcome,
        }
    }
}

fn view(copy: BookCopy) -> JournalCopy {
    JournalCopy {
        kind: match copy.kind {
            CopyKind::Present => JournalCopyKind::Present,
            CopyKind::Latest => JournalCopyKind::Latest,
            CopyKind::Older => JournalCopyKind::Older,
        },
        written: copy.written.map(|at| at.to_string()),
        until: copy.until.map(|at| at.to_string()),
        submissions: copy.submissions,
        latest_submission: copy.latest_submission.map(|at| at.to_string()),
    }
}
