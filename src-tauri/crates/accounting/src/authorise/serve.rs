//! The accept loop of a listener.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};
use tokio::task::{AbortHandle, JoinHandle, JoinSet};
use tokio::time::Instant;

use super::page::{Outcome, Stage};
use super::shared::{Shared, Verdict};
use super::visit::visit;
use super::{Expected, Listener};

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
        let (shared, receiver) = Shared::new(&listener, expected);
        let shared = Arc::new(shared);
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
