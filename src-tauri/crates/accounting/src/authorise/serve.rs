//! The accept loop of a listener, and what its visits share.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};
use tokio::task::{AbortHandle, JoinHandle, JoinSet};
use tokio::time::Instant;

use super::attempt::SignInError;
use super::page::{Outcome, Stage};
use super::visit::visit;
use super::{Callback, CallbackError, Expected, Limits, Listener};

type Verdict = Result<Callback, SignInError>;

/// One attempt, as its visitors, its holder and its handles see it.
pub(super) struct Shared {
    pub(super) expected: Expected,
    pub(super) limits: Limits,
    pub(super) stage: watch::Sender<Stage>,
    port: u16,
    strangers: watch::Sender<u32>,
    /// Taken by the first who has a verdict: that is the one use.
    verdict: Mutex<Option<oneshot::Sender<Verdict>>>,
}

impl Shared {
    pub(super) fn path(&self) -> &'static str {
        self.expected.provider.callback_path()
    }

    pub(super) fn result_path(&self) -> String {
        format!("{}/done", self.path())
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn is_our_name(&self, host: &str) -> bool {
        let Some((name, port)) = host.rsplit_once(':') else {
            return false;
        };
        port == self.port.to_string()
            && (name.eq_ignore_ascii_case("localhost") || name == "127.0.0.1")
    }

    /// Whether this was the first verdict.
    pub(super) fn settle(&self, result: Result<Callback, CallbackError>) -> bool {
        let stage = match &result {
            Ok(_) => Stage::Working,
            Err(error) => Stage::Over(Outcome::Failed {
                reason: sentence(&error.to_string()),
            }),
        };
        self.decide(result.map_err(SignInError::from), Some(stage))
    }

    pub(super) fn give_up(&self, error: SignInError) -> bool {
        self.decide(Err(error), None)
    }

    fn decide(&self, verdict: Verdict, stage: Option<Stage>) -> bool {
        let mut slot = self.verdict.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = slot.take() else {
            return false;
        };
        if let Some(stage) = stage {
            self.stage.send_replace(stage);
        }
        // Nobody waits any more if the attempt was dropped just now.
        let _ = sender.send(verdict);
        true
    }

    pub(super) fn strangers(&self) -> u32 {
        *self.strangers.borrow()
    }

    pub(super) fn watch_strangers(&self) -> watch::Receiver<u32> {
        self.strangers.subscribe()
    }

    pub(super) fn count_stranger(&self) {
        self.strangers.send_modify(|count| *count += 1);
        let count = self.strangers();
        if count >= self.limits.strangers {
            self.give_up(SignInError::Besieged { strangers: count });
        }
    }
}

fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(char::to_uppercase);
    let rest = characters.as_str();
    first
        .into_iter()
        .flatten()
        .chain(rest.chars())
        .chain(['.'])
        .collect()
}

/// The running listener. Dropped before the end of the attempt it closes at once; after the end it stays until the
/// browser has had time to fetch the page with the result.
pub(super) struct Door {
    pub(super) shared: Arc<Shared>,
    task: Option<JoinHandle<()>>,
}

impl Door {
    pub(super) fn open(
        listener: Listener,
        expected: Expected,
    ) -> (Self, oneshot::Receiver<Verdict>) {
        let (sender, receiver) = oneshot::channel();
        let shared = Arc::new(Shared {
            expected,
            limits: listener.limits,
            stage: watch::Sender::new(Stage::Waiting),
            port: listener.port(),
            strangers: watch::Sender::new(0),
            verdict: Mutex::new(Some(sender)),
        });
        let task = tokio::spawn(serve(listener.sockets, Arc::clone(&shared)));
        let door = Self {
            shared,
            task: Some(task),
        };
        (door, receiver)
    }

    /// Closes now; the port is free when this returns.
    pub(super) async fn close(mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
            let _ = task.await;
        }
    }

    /// Closes when the browser has had its page. The handle ends when the port is free.
    pub(super) fn finish(mut self, outcome: Outcome) -> JoinHandle<()> {
        self.shared.stage.send_replace(Stage::Over(outcome));
        self.task
            .take()
            .unwrap_or_else(|| tokio::spawn(std::future::ready(())))
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        let over = matches!(*self.shared.stage.borrow(), Stage::Over(_));
        if let Some(task) = self.task.take()
            && !over
        {
            task.abort();
        }
    }
}

async fn serve(sockets: Vec<TcpListener>, shared: Arc<Shared>) {
    // Dropping the set, when this future ends or is aborted, ends its visits.
    let mut visits = JoinSet::new();
    let mut order: VecDeque<AbortHandle> = VecDeque::new();
    let mut stage = shared.stage.subscribe();
    let mut closing: Option<Instant> = None;
    loop {
        tokio::select! {
            arrival = arrival(&sockets) => match arrival {
                Ok((stream, _)) => {
                    order.retain(|visit| !visit.is_finished());
                    while order.len() >= shared.limits.connections.max(1) {
                        if let Some(oldest) = order.pop_front() {
                            oldest.abort();
                        }
                    }
                    let shared = Arc::clone(&shared);
                    order.push_back(visits.spawn(async move { visit(stream, &shared).await }));
                }
                // A connection that broke off again, or no more files for now.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
            Some(_) = visits.join_next() => {}
            () = over(&mut stage), if closing.is_none() => {
                closing = Some(Instant::now() + shared.limits.linger);
            }
            () = tokio::time::sleep_until(closing.unwrap_or_else(Instant::now)), if closing.is_some() => return,
        }
    }
}

async fn over(stage: &mut watch::Receiver<Stage>) {
    // The sender lives as long as `Shared`, which the caller holds.
    let _ = stage
        .wait_for(|stage| matches!(stage, Stage::Over(_)))
        .await;
}

async fn arrival(sockets: &[TcpListener]) -> io::Result<(TcpStream, SocketAddr)> {
    match sockets {
        [] => std::future::pending().await,
        [one] => one.accept().await,
        [one, other, ..] => tokio::select! {
            arrival = one.accept() => arrival,
            arrival = other.accept() => arrival,
        },
    }
}
