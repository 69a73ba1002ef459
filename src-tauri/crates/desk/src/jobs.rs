//! Long work: progress in units people know, cancel, and an end that says what was done. A job keeps going whatever
//! screen is shown; what must survive a restart is kept by the work itself, not here.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::FailureCode;
use crate::events::Events;
use crate::setup::Clock;
use crate::wire::{Event, Failure, JobKind, JobStage, JobView};

/// Progress reaches the page at most this often.
const QUIET: Duration = Duration::from_millis(120);
/// Ended jobs that are still listed.
const REMEMBERED: usize = 12;

/// One piece of long work.
pub(crate) struct Job {
    view: Mutex<(JobView, Instant)>,
    cancel: CancellationToken,
    /// Set as soon as the work runs.
    work: OnceLock<AbortHandle>,
    events: Events,
}

impl Job {
    pub(crate) fn id(&self) -> String {
        self.view().0.id.clone()
    }

    /// Units done so far.
    pub(crate) fn done(&self) -> u32 {
        self.view().0.done
    }

    /// Completes when the user cancels.
    pub(crate) fn cancelled(&self) -> impl Future<Output = ()> + Send + '_ {
        self.cancel.cancelled()
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// No further units are begun; those under way come to their end.
    pub(crate) fn halt(&self) {
        self.cancel.cancel();
    }

    pub(crate) fn progress(&self, done: u32, total: Option<u32>) {
        self.change(false, |view| {
            view.stage = JobStage::Running;
            view.done = done;
            view.total = total;
            view.note = None;
            view.failure = None;
        });
    }

    /// One more unit is done.
    pub(crate) fn advance(&self, by: u32) {
        self.change(false, |view| {
            view.stage = JobStage::Running;
            view.done = view.done.saturating_add(by);
            view.failure = None;
            view.note = None;
        });
    }

    /// It waits, and why.
    pub(crate) fn waiting(&self, failure: Failure) {
        self.change(true, |view| {
            view.stage = JobStage::Waiting;
            view.note = Some(failure.what.clone());
            view.failure = Some(failure);
        });
    }

    fn change(&self, at_once: bool, change: impl FnOnce(&mut JobView)) {
        let mut guard = self.view();
        let (view, told) = &mut *guard;
        change(view);
        if at_once || told.elapsed() >= QUIET {
            *told = Instant::now();
            let job = view.clone();
            drop(guard);
            self.events.send(Event::Job { job: Box::new(job) });
        }
    }

    fn view(&self) -> MutexGuard<'_, (JobView, Instant)> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a job is called and counts.
pub(crate) struct Task {
    pub kind: JobKind,
    pub title: String,
    pub unit: &'static str,
    pub can_cancel: bool,
    /// Two jobs of one kind and subject never run at once: the second request joins the first.
    pub subject: Option<String>,
}

/// The jobs of an office, newest last.
pub(crate) struct Jobs {
    list: Mutex<VecDeque<Arc<Job>>>,
    events: Events,
    clock: Arc<dyn Clock>,
}

impl Jobs {
    pub(crate) fn new(events: Events, clock: Arc<dyn Clock>) -> Jobs {
        Jobs {
            list: Mutex::default(),
            events,
            clock,
        }
    }

    /// Starts work in the background, or joins the same work that runs already.
    pub(crate) fn start<F, W>(&self, task: Task, work: W) -> String
    where
        W: FnOnce(Arc<Job>) -> F,
        F: Future<Output = Result<String, Failure>> + Send + 'static,
    {
        let mut list = self.list();
        if let Some(running) = list.iter().find(|job| {
            let view = &job.view().0;
            view.ended.is_none() && view.kind == task.kind && view.subject == task.subject
        }) {
            return running.id();
        }
        let view = JobView {
            id: Uuid::now_v7().to_string(),
            kind: task.kind,
            stage: JobStage::Running,
            title: task.title,
            done: 0,
            total: None,
            unit: task.unit.to_owned(),
            started: self.clock.now().to_string(),
            ended: None,
            note: None,
            failure: None,
            can_cancel: task.can_cancel,
            subject: task.subject,
        };
        let id = view.id.clone();
        let job = Arc::new(Job {
            view: Mutex::new((view.clone(), Instant::now())),
            cancel: CancellationToken::new(),
            work: OnceLock::new(),
            events: self.events.clone(),
        });
        list.push_back(Arc::clone(&job));
        while list.len() > REMEMBERED
            && list.front().is_some_and(|job| job.view().0.ended.is_some())
        {
            list.pop_front();
        }
        drop(list);
        self.events.send(Event::Job {
            job: Box::new(view),
        });
        let clock = Arc::clone(&self.clock);
        let running = work(Arc::clone(&job));
        let running_job = Arc::clone(&job);
        let spawned = tokio::spawn(async move {
            let job = running_job;
            let outcome = running.await;
            job.change(true, |view| {
                view.ended = Some(clock.now().to_string());
                view.can_cancel = false;
                match outcome {
                    Ok(note) => {
                        view.stage = if job.cancel.is_cancelled() {
                            JobStage::Cancelled
                        } else {
                            JobStage::Done
                        };
                        view.note = Some(note);
                        view.failure = None;
                    }
                    Err(failure) => {
                        let cancelled = failure.code == FailureCode::Cancelled;
                        view.stage = if cancelled {
                            JobStage::Cancelled
                        } else {
                            JobStage::Failed
                        };
                        view.note = Some(failure.what.clone());
                        view.failure = (!cancelled).then_some(failure);
                    }
                }
            });
        });
        let _first = job.work.set(spawned.abort_handle());
        id
    }

    /// The work of a kind that runs for a subject.
    pub(crate) fn running(&self, kind: JobKind, subject: &str) -> Option<String> {
        let list = self.list();
        let job = list.iter().find(|job| {
            let view = &job.view().0;
            view.ended.is_none() && view.kind == kind && view.subject.as_deref() == Some(subject)
        });
        job.map(|job| job.id())
    }

    pub(crate) fn views(&self) -> Vec<JobView> {
        self.list().iter().map(|job| job.view().0.clone()).collect()
    }

    pub(crate) fn cancel(&self, id: &str) -> Result<(), Failure> {
        let list = self.list();
        let job = list.iter().find(|job| job.view().0.id == id);
        job.ok_or_else(|| Failure::about(FailureCode::NotFound, "The job"))?
            .cancel
            .cancel();
        Ok(())
    }

    /// Cancels whatever runs for a subject, or everything.
    pub(crate) fn cancel_all(&self, subject: Option<&str>) {
        for job in self.list().iter() {
            if subject.is_none() || job.view().0.subject.as_deref() == subject {
                job.cancel.cancel();
            }
        }
    }

    /// Ends all work where it stands. What was under way has no outcome here.
    pub(crate) fn abort_all(&self) {
        for work in self.list().iter().filter_map(|job| job.work.get()) {
            work.abort();
        }
    }

    fn list(&self) -> MutexGuard<'_, VecDeque<Arc<Job>>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
