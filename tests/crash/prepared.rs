//! What every row begins with, made once: a data folder with both sides connected and everything fetched, and the same
//! after the yes to a batch of fifty. Keys lie in the session's keychain under the names of workspace and connection, so a
//! copy of the folder finds them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::civil::Date;
use rusqlite::{Connection, OpenFlags};
use sandbox::{Effect, Fault, Options, Sandbox, Settings, Validation, When};
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::desk::{Desk, signal};

/// Cases in the batch.
pub const BATCH: usize = 50;
/// Of each kind that does not simply become a case.
const FEW: usize = 4;
/// The partner leaves it after the yes.
pub const LEFT: &str = "GB";

/// An invoice of the batch.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// As the command line names it.
    pub id: String,
    /// As Stripe names it.
    pub provider_id: String,
    /// What will be sent.
    pub body: Value,
}

/// What has become of an invoice by the time its batch is worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Nothing: it becomes a case.
    Plain,
    /// Another hand made the very case.
    Exists,
    /// Another claim took the reference.
    Taken,
    /// Its due date lies after Debitura's day.
    Future,
    /// Nobody collects there any more.
    Uncovered,
    Paid,
    PartlyPaid,
    Void,
}

/// Two folders, and what is in them.
pub struct Prepared {
    pub ready: PathBuf,
    pub confirmed: PathBuf,
    pub batch: Vec<(Chosen, Fate)>,
    /// A ready invoice that is not in the batch, as the command line names it.
    pub spare: String,
    /// The sandbox's day when the folders were made.
    pub today: Date,
    /// Debitura's day while a batch runs: before the due date of a few.
    pub debitura_day: Date,
}

static PREPARED: OnceCell<Prepared> = OnceCell::const_new();

pub async fn prepared() -> &'static Prepared {
    PREPARED.get_or_init(prepare).await
}

/// The same once it is there.
pub fn done() -> &'static Prepared {
    PREPARED.get().expect("a row was set before")
}

pub fn options(today: Date) -> Options {
    Options {
        today: Some(today),
        settings: Settings {
            validation: Validation::Off,
            ..Settings::default()
        },
        ..Options::default()
    }
}

async fn prepare() -> Prepared {
    let today = jiff::Zoned::now().date();
    let sandbox = Sandbox::start(options(today))
        .await
        .expect("the sandbox starts");
    let home = std::env::var_os("XDG_RUNTIME_DIR").expect("the session has a folder of its own");
    let home = Path::new(&home).join(format!("crash-{}", std::process::id()));
    let desk = Desk {
        data: home.join("ready"),
        debitura: sandbox.debitura_url(),
        stripe: sandbox.stripe_url(),
        variables: Vec::new(),
    };
    desk.done(&["connect", "debitura"], sandbox.debitura_key())
        .await;
    desk.done(&["connect", "stripe"], sandbox.stripe_key())
        .await;
    desk.done(&["sync"], "").await;
    desk.done(&["accept", "due_date"], "").await;
    desk.done(&["accept", "debtor_type"], "").await;
    let ready = desk.done(&["invoices", "--state", "ready"], "").await;
    let ready = ready["invoices"].as_array().expect("a list");
    let (ids, spare) = choose(ready);

    let confirmed = Desk {
        data: home.join("confirmed"),
        ..desk.clone()
    };
    copy(&desk.data, &confirmed.data);
    let asleep = "debitura GET /cases/by-creditor-reference/{creditorReference}";
    sandbox.fault(Fault::new(asleep, When::Always, Effect::Timeout));
    let submit = submit(&ids);
    let mut child = confirmed.start(&words(&submit), "").await;
    while entries(&confirmed.book()).len() < BATCH {
        assert!(
            child.try_wait().expect("it is ours").is_none(),
            "the yes was refused"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    signal(&child, "KILL");
    child.wait().await.expect("it ends");
    let posts = sandbox.requests_to("debitura POST /cases").len();
    assert_eq!(
        posts, 0,
        "nothing is sent before the reference is looked up"
    );
    let batch = entries(&confirmed.book());
    let (batch, debitura_day) = fates(batch);
    Prepared {
        ready: desk.data,
        confirmed: confirmed.data,
        batch,
        spare,
        today,
        debitura_day,
    }
}

/// The words that submit these invoices.
pub fn submit(ids: &[String]) -> Vec<String> {
    let words = ["submit".to_owned(), "--yes".to_owned()];
    words.into_iter().chain(ids.iter().cloned()).collect()
}

pub fn words(owned: &[String]) -> Vec<&str> {
    owned.iter().map(String::as_str).collect()
}

/// Fifty of the ready ones: the newest, a few in the country that is left, and the oldest. And the next one.
fn choose(ready: &[Value]) -> (Vec<String>, String) {
    let id = |invoice: &Value| invoice["id"].as_str().expect("an id").to_owned();
    let mut by_date: Vec<&Value> = ready.iter().collect();
    by_date.sort_by_key(|invoice| invoice["case_date"].as_str().map(str::to_owned));
    let pounds = |invoice: &&&Value| invoice["currency"] == "GBP";
    let newest = by_date
        .iter()
        .rev()
        .filter(|one| !pounds(one))
        .take(2 * FEW);
    let left = by_date.iter().filter(pounds).take(FEW);
    let oldest = by_date.iter().filter(|one| !pounds(one));
    let mut chosen: Vec<String> = Vec::new();
    for invoice in newest.chain(left).chain(oldest) {
        if chosen.len() <= BATCH && !chosen.contains(&id(invoice)) {
            chosen.push(id(invoice));
        }
    }
    let spare = chosen.pop().expect("there are some");
    assert_eq!(chosen.len(), BATCH, "the company has enough to choose from");
    (chosen, spare)
}

/// The entries of a journal, as far as a scene is set by them.
fn entries(book: &Path) -> Vec<Chosen> {
    let Ok(book) = Connection::open_with_flags(book, OpenFlags::SQLITE_OPEN_READ_ONLY) else {
        return Vec::new();
    };
    let Ok(mut select) = book.prepare("SELECT invoice, body FROM journal ORDER BY key") else {
        return Vec::new();
    };
    let rows = select.query_map([], |row| {
        let (id, body): (String, Vec<u8>) = (row.get(0)?, row.get(1)?);
        Ok(Chosen {
            provider_id: id.rsplit(':').next().unwrap_or_default().to_owned(),
            id,
            body: serde_json::from_slice(&body).unwrap_or_default(),
        })
    });
    rows.and_then(Iterator::collect).unwrap_or_default()
}

/// Deals out what becomes of each, and says on which day Debitura must live for it.
fn fates(batch: Vec<Chosen>) -> (Vec<(Chosen, Fate)>, Date) {
    // The due date is the later of the two, and must not lie in the future either.
    let date = |chosen: &Chosen| {
        let text = chosen.body["dueDate"].as_str().unwrap_or_default();
        text.parse::<Date>().expect("the journal keeps a date")
    };
    let mut dates: Vec<Date> = batch.iter().map(date).collect();
    dates.sort_unstable();
    let day = dates[BATCH - FEW]
        .yesterday()
        .expect("there is a day before");
    let mut others = [
        (Fate::Exists, FEW),
        (Fate::Taken, FEW),
        (Fate::Paid, 2),
        (Fate::PartlyPaid, 1),
        (Fate::Void, 1),
    ]
    .into_iter()
    .flat_map(|(fate, count)| std::iter::repeat_n(fate, count));
    let mut place = 0;
    let dealt: Vec<_> = batch
        .into_iter()
        .map(|chosen| {
            place += 1;
            let fate = if date(&chosen) > day {
                Fate::Future
            } else if chosen.body["debtor"]["countryAlpha2"] == LEFT {
                Fate::Uncovered
            } else if place % 2 == 0 {
                others.next().unwrap_or(Fate::Plain)
            } else {
                Fate::Plain
            };
            (chosen, fate)
        })
        .collect();
    for fate in [Fate::Future, Fate::Uncovered, Fate::Void, Fate::Plain] {
        assert!(
            dealt.iter().any(|(_, dealt)| *dealt == fate),
            "no invoice is {fate:?}"
        );
    }
    (dealt, day)
}

/// A copy of a data folder, as it lies there.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder can be made");
    for entry in std::fs::read_dir(from).expect("the folder is there") {
        let entry = entry.expect("it can be read");
        // A socket of a process that has ended is nothing to copy.
        if entry.file_type().expect("it has a type").is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).expect("it can be copied");
        }
    }
}
