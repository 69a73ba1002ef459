//! Events on their way to a page. They come faster than a page can draw, so those that replace one another are merged and
//! sent on a few times a second; a page that fell behind is told to read everything again.

use std::time::Duration;

use desk::wire::{Event, Subject};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

/// Events kept for a page that is not listening at the moment.
pub(crate) const KEPT: usize = 256;

/// How long events are gathered before they are sent on together.
const GATHERED: Duration = Duration::from_millis(60);

/// The next events for a page, in order; `None` when no more can come.
pub async fn merged(from: &mut Receiver<Event>) -> Option<Vec<Event>> {
    let mut gathered = Vec::new();
    match from.recv().await {
        Ok(event) => merge(&mut gathered, event),
        Err(RecvError::Lagged(_)) => gathered = everything_changed(),
        Err(RecvError::Closed) => return None,
    }
    tokio::time::sleep(GATHERED).await;
    loop {
        match from.try_recv() {
            Ok(event) => merge(&mut gathered, event),
            Err(TryRecvError::Lagged(_)) => {
                for event in everything_changed() {
                    merge(&mut gathered, event);
                }
            }
            Err(TryRecvError::Empty | TryRecvError::Closed) => return Some(gathered),
        }
    }
}

/// What a page that missed events must read again.
pub(crate) fn everything_changed() -> Vec<Event> {
    [
        Subject::App,
        Subject::Invoices,
        Subject::Review,
        Subject::Submissions,
        Subject::Cases,
        Subject::Activity,
        Subject::Imports,
    ]
    .map(|subject| Event::Changed { subject })
    .to_vec()
}

/// Adds an event, and drops an earlier one that it makes stale. The newer one keeps its later place: what a page reads
/// after it must include what came before.
fn merge(gathered: &mut Vec<Event>, event: Event) {
    gathered.retain(|earlier| !is_stale(earlier, &event));
    gathered.push(event);
}

fn is_stale(earlier: &Event, now: &Event) -> bool {
    match (earlier, now) {
        (Event::Job { job: old }, Event::Job { job: new }) => old.id == new.id,
        (Event::Changed { subject: old }, Event::Changed { subject: new }) => old == new,
        // A drop stays: only hovering is replaced by what happened next.
        (Event::FilesDropped { hovering, .. }, Event::FilesDropped { .. }) => *hovering,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use desk::wire::{JobKind, JobStage, JobView};
    use tokio::sync::broadcast;

    use super::*;

    fn job(id: &str, done: u32) -> Event {
        Event::Job {
            job: Box::new(JobView {
                id: id.to_owned(),
                kind: JobKind::Fetch,
                stage: JobStage::Running,
                title: String::new(),
                done,
                total: None,
                unit: String::new(),
                started: String::new(),
                ended: None,
                note: None,
                failure: None,
                can_cancel: true,
                subject: None,
            }),
        }
    }

    fn changed(subject: Subject) -> Event {
        Event::Changed { subject }
    }

    fn files(names: &[&str], hovering: bool) -> Event {
        Event::FilesDropped {
            names: names.iter().map(|&name| name.to_owned()).collect(),
            hovering,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn only_the_newest_of_its_kind_is_sent_on() {
        let sender = broadcast::Sender::new(KEPT);
        let mut page = sender.subscribe();
        for done in 1..=100 {
            sender.send(job("a", done)).unwrap();
            sender.send(changed(Subject::Invoices)).unwrap();
        }
        sender.send(job("b", 1)).unwrap();
        assert_eq!(
            merged(&mut page).await.unwrap(),
            [job("a", 100), changed(Subject::Invoices), job("b", 1)]
        );
        drop(sender);
        assert_eq!(merged(&mut page).await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_that_fell_behind_reads_everything_again() {
        let sender = broadcast::Sender::new(4);
        let mut page = sender.subscribe();
        for done in 1..=10 {
            sender.send(job("a", done)).unwrap();
        }
        let told = merged(&mut page).await.unwrap();
        assert_eq!(told[..7], everything_changed());
        assert_eq!(told[7], job("a", 10));
    }

    #[tokio::test(start_paused = true)]
    async fn a_drop_is_never_merged_away() {
        let sender = broadcast::Sender::new(KEPT);
        let mut page = sender.subscribe();
        for event in [
            files(&["a.csv"], true),
            files(&["a.csv"], false),
            files(&["b.csv"], true),
            files(&[], false),
        ] {
            sender.send(event).unwrap();
        }
        assert_eq!(
            merged(&mut page).await.unwrap(),
            [files(&["a.csv"], false), files(&[], false)]
        );
    }
}
