//! The desk behind the window, or why it could not be opened. The window opens in either case and shows which.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use desk::wire::{Event, Failure, Subject};
use desk::{Desk, FailureCode};
use serde_json::Value;
use tokio::sync::{Mutex, broadcast, watch};

use crate::events;

/// What a page asks when it starts, and when somebody presses "Try again".
const TRY_AGAIN: [&str; 2] = ["app_state", "recheck"];

type Attempt = Pin<Box<dyn Future<Output = Result<Arc<Desk>, Failure>> + Send>>;

/// Opens the desk once and answers every command; after a failure each command is answered with it until one of
/// [`TRY_AGAIN`] finds the way clear.
pub struct Opening {
    attempt: Box<dyn Fn() -> Attempt + Send + Sync>,
    outcome: Mutex<Option<Result<Arc<Desk>, Failure>>>,
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
        let _ = self.desk(false).await;
    }

    /// Runs one command.
    ///
    /// # Errors
    /// The command's own failure, or why the desk is not open.
    pub async fn call(self: &Arc<Self>, name: &str, request: Value) -> Result<Value, Failure> {
        let desk = self.desk(TRY_AGAIN.contains(&name)).await?;
        let name = name.to_owned();
        // In a task of its own: a fault in one command must be answered, not leave the page waiting.
        tokio::spawn(async move { desk::dispatch(&desk, &name, request).await })
            .await
            .unwrap_or_else(|_| Err(Failure::new(FailureCode::Unexpected)))
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

    async fn desk(self: &Arc<Self>, retry: bool) -> Result<Arc<Desk>, Failure> {
        // Held while opening, so that commands arriving meanwhile wait for the same attempt.
        let mut outcome = self.outcome.lock().await;
        match &*outcome {
            Some(Ok(desk)) => return Ok(desk.clone()),
            Some(Err(failure)) if !retry => return Err(failure.clone()),
            _ => {}
        }
        let attempted = (self.attempt)().await;
        match &attempted {
            Ok(desk) => self.pass_on(desk.events()),
            Err(failure) => tracing::warn!(code = failure.code.name(), "the desk did not open"),
        }
        outcome.insert(attempted).clone()
    }

    fn pass_on(self: &Arc<Self>, mut from: broadcast::Receiver<Event>) {
        let opening = Arc::downgrade(self);
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
            }
        });
        self.tell(Event::Changed {
            subject: Subject::App,
        });
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
                Err(Failure::new(FailureCode::FolderReadOnly).because(format!("attempt {time}")))
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
