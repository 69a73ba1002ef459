//! What hosts are told without asking.

use tokio::sync::broadcast;

use crate::wire::{Event, Subject};

/// Sends to every host that listens; silence when none does.
#[derive(Clone)]
pub(crate) struct Events(broadcast::Sender<Event>);

impl Events {
    pub(crate) fn new() -> Events {
        Events(broadcast::channel(256).0)
    }

    pub(crate) fn send(&self, event: Event) {
        // No listener is not an error: a script asks, it does not listen.
        let _ = self.0.send(event);
    }

    pub(crate) fn changed(&self, subject: Subject) {
        self.send(Event::Changed { subject });
    }

    pub(crate) fn listen(&self) -> broadcast::Receiver<Event> {
        self.0.subscribe()
    }
}
