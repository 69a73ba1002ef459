//! The desk behind the window, or why there is none. The window opens in either case and shows which.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use desk::wire::{Event, Failure, Subject};
use desk::{Closed, Desk, FailureCode};
use serde_json::Value;
use tokio::sync::{Mutex, broadcast, watch};

use crate::events;

/// What a page asks when it starts, and when somebody presses "Try again".
const TRY_AGAIN: [&str; 2] = ["app_state", "recheck"];

type Attempt = Pin<Box<dyn Future<Output = Result<Arc<Desk>, Closed>> + Send>>;

/// Opens the desk once and answers every command; after a failure each command is answered with it until one of
/// [`TRY_AGAIN`] finds the way clear. A journal found damaged in use ends the desk: then, as when it does not open for that
/// reason, only the commands about the damage go on.
pub struct Opening {
    attempt: Box<dyn Fn() -> Attempt + Send + Sync>,
    outcome: Mutex<Option<Result<Arc<Desk>, Closed>>>,
    events: broadcast::Sender<Event>,
    /// How many pages there have been.
    pages: watch::Sender<u64>,
}

impl Opening {
    pub fn new(attempt: impl Fn() -> Attempt + Send + Sync + 'static) -> Arc<Opening> {
        Arc::new(Opening {
            attempt: Box::new(attempt),
            outcome: Mutex::new(None),
            events: broadcast::Sender::new(events::KEPT),
            pages: watch::Sender::new(0),
        })
    }

    /// Opens the desk before the first command asks for it.
    pub async fn begin(self: &Arc<Self>) {
        // Whoever asks is told what went wrong.
        let _ = self.desk("").await;
    }

    /// Runs one command.
    ///
    /// # Errors
    /// The command's own failure, or why the desk is not open.
    pub async fn call(self: &Arc<Self>, name: &str, request: Value) -> Result<Value, Failure> {
        if desk::is_about_damage(name)
            && let Some(answer) = self.call_on_damage(name, &request).await
        {
            return answer;
        }
        let desk = self.desk(name).await?;
        let (name, running) = (name.to_owned(), Arc::clone(&desk));
        // In a task of its own: a fault in one command must be answered, not leave the page waiting.
        let answer = tokio::spawn(async move { desk::dispatch(&running, &name, request).await })
            .await
            .unwrap_or_else(|_| Err(Failure::new(FailureCode::Unexpected)));
        self.close_if_damaged(&desk).await;
        answer
    }

    /// Answers a command about a damaged journal, where that is why there is no desk.
    async fn call_on_damage(
        self: &Arc<Self>,
        name: &str,
        request: &Value,
    ) -> Option<Result<Value, Failure>> {
        // Held meanwhile, so that nobody tries to open what is being replaced.
        let mut outcome = self.outcome.lock().await;
        let Some(Err(closed)) = &*outcome else {
            return None;
        };
        let damage = closed.damage.as_ref()?;
        let answer = desk::dispatch_on_damage(damage, name, request.clone()).await;
        if answer.is_ok() && damage.is_over() {
            // The next command opens what took its place.
            *outcome = None;
        }
        Some(answer)
    }

    /// Ends the desk when its journal was found damaged, and has the page ask what happened.
    async fn close_if_damaged(self: &Arc<Self>, desk: &Desk) {
        let Some(closed) = desk.give_up_if_damaged() else {
            return;
        };
        let mut outcome = self.outcome.lock().await;
        if !matches!(&*outcome, Some(Ok(open)) if std::ptr::eq(&raw const **open, desk)) {
            return;
        }
        tracing::warn!("the journal was found damaged in use");
        *outcome = Some(Err(closed));
        drop(outcome);
        self.tell(Event::Changed {
            subject: Subject::App,
        });
    }

    /// What the page should be told from now on.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// A page begins to load, so whoever listened for the one before it can stop.
    pub(crate) fn page_begins(&self) {
        self.pages.send_modify(|pages| *pages += 1);
    }

    /// Changes when the present page is replaced.
    pub(crate) fn present_page(&self) -> watch::Receiver<u64> {
        self.pages.subscribe()
    }

    /// Tells the pages something the window itself saw.
    pub fn tell(&self, event: Event) {
        // Without a page nobody listens, and nothing is lost: pages ask for the whole state when they start.
        let _ = self.events.send(event);
    }

    /// Imports files that were dropped on the window. The pages are told what became of each; only here their paths are
    /// known.
    pub(crate) fn open_dropped(self: &Arc<Self>, paths: Vec<PathBuf>) {
        let opening = Arc::clone(self);
        tauri::async_runtime::spawn(async move {
            // Where there is no desk, the page says why already.
            if let Ok(desk) = opening.desk("app_state").await {
                desk.open_dropped(paths).await;
            }
        });
    }

    /// The desk, opened where that is still to be done or worth another try for what is `asked`.
    async fn desk(self: &Arc<Self>, asked: &str) -> Result<Arc<Desk>, Failure> {
        // Held while opening, so that commands arriving meanwhile wait for the same attempt.
        let mut outcome = self.outcome.lock().await;
        match &*outcome {
            Some(Ok(desk)) => return Ok(desk.clone()),
            Some(Err(closed)) if !is_worth_a_try(closed, asked) => {
                return Err(closed.failure.clone());
            }
            _ => {}
        }
        let attempted = (self.attempt)().await;
        match &attempted {
            Ok(desk) => self.pass_on(desk),
            Err(closed) => {
                tracing::warn!(code = closed.failure.code.name(), "the desk did not open");
            }
        }
        match outcome.insert(attempted) {
            Ok(desk) => Ok(Arc::clone(desk)),
            Err(closed) => Err(closed.failure.clone()),
        }
    }

    fn pass_on(self: &Arc<Self>, desk: &Arc<Desk>) {
        let mut from = desk.events();
        let (opening, desk) = (Arc::downgrade(self), Arc::downgrade(desk));
        tokio::spawn(async move {
            loop {
                let told = match from.recv().await {
                    Ok(event) => vec![event],
                    Err(broadcast::error::RecvError::Lagged(_)) => events::everything_changed(),
                    Err(broadcast::error::RecvError::Closed) => return,
                };
                let Some(opening) = opening.upgrade() else {
                    return;
                };
                told.into_iter().for_each(|event| opening.tell(event));
                // Work in the background finds damage too, and its end is told.
                if let Some(desk) = desk.upgrade() {
                    opening.close_if_damaged(&desk).await;
                }
            }
        });
        self.tell(Event::Changed {
            subject: Subject::App,
        });
    }
}

fn is_worth_a_try(closed: &Closed, asked: &str) -> bool {
    match closed.damage {
        // It does not mend itself, and the page asks for its state while the user decides.
        Some(_) => asked == "recheck",
        None => TRY_AGAIN.contains(&asked),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    fn refusing(times: Arc<AtomicU32>) -> Arc<Opening> {
        Opening::new(move || {
            let time = times.fetch_add(1, Ordering::SeqCst);
            Box::pin(async move {
                // Room for all the callers to arrive while the attempt is under way.
                tokio::task::yield_now().await;
                Err(Failure::new(FailureCode::FolderReadOnly)
                    .because(format!("attempt {time}"))
                    .into())
            })
        })
    }

    #[tokio::test]
    async fn a_failure_stays_the_answer_until_asked_to_try_again() {
        let times = Arc::new(AtomicU32::new(0));
        let opening = refusing(times.clone());
        let asked = || opening.call("choices", serde_json::json!({}));
        let (first, second) = tokio::join!(asked(), asked());
        assert_eq!(first.unwrap_err().why, "attempt 0");
        assert_eq!(second.unwrap_err().why, "attempt 0");
        let again = opening.call("recheck", serde_json::json!({})).await;
        assert_eq!(again.unwrap_err().why, "attempt 1");
        assert_eq!(asked().await.unwrap_err().why, "attempt 1");
        assert_eq!(times.load(Ordering::SeqCst), 2);
    }
}
