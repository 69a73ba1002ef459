//! One row of the matrix: a sandbox and a data folder of its own, a batch whose fifty cases end in every way there is,
//! whatever befalls them in between, and the judge at the end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use rusqlite::{Connection, OpenFlags};
use sandbox::{DEBITURA_KEY, DebituraSettings, Edit, Fault, Sandbox};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::desk::{Desk, Ended};
use crate::judge::{Verdict, judge};
use crate::prepared::{Chosen, Fate, LEFT, Prepared, copy, options, prepared, submit, words};

/// What is different about Debitura in a row.
#[derive(Clone)]
pub struct Scene {
    pub name: String,
    settings: Arc<dyn Fn(&mut DebituraSettings) + Send + Sync>,
    faults: Vec<Fault>,
    old_cases_lag: bool,
    may_end: Vec<&'static str>,
}

impl Scene {
    pub fn plain() -> Scene {
        Scene {
            name: "plain".to_owned(),
            settings: Arc::new(|_| {}),
            faults: Vec::new(),
            old_cases_lag: false,
            may_end: Vec::new(),
        }
    }

    /// A further ending that is no surprise here.
    pub fn may_end(mut self, ending: &'static str) -> Scene {
        self.may_end.push(ending);
        self
    }

    pub fn without_faults(mut self) -> Scene {
        self.faults.clear();
        self
    }

    /// Also what another hand made is not found at once.
    pub fn old_cases_lag(mut self) -> Scene {
        self.old_cases_lag = true;
        self
    }

    pub fn called(mut self, name: impl Into<String>) -> Scene {
        self.name = name.into();
        self
    }

    pub fn settings(
        mut self,
        change: impl Fn(&mut DebituraSettings) + Send + Sync + 'static,
    ) -> Scene {
        let before = self.settings;
        self.settings = Arc::new(move |settings| {
            before(settings);
            change(settings);
        });
        self
    }

    pub fn fault(mut self, fault: Fault) -> Scene {
        self.faults.push(fault);
        self
    }
}

/// Dropping it takes sandbox and folder down.
pub struct Row {
    pub name: String,
    pub sandbox: Sandbox,
    pub desk: Desk,
    pub folder: TempDir,
    may_end: Vec<&'static str>,
    exports: AtomicU32,
}

/// How a row came out.
#[derive(Debug)]
pub struct Outcome {
    pub name: String,
    pub verdict: Verdict,
    /// What the judge cannot know: that each invoice met the end it was meant to meet, and that the command line prints
    /// what the journal keeps.
    pub surprises: Vec<String>,
}

impl Outcome {
    pub fn complaints(&self) -> Vec<String> {
        let verdict = &self.verdict;
        let all = [
            ("lost", &verdict.lost),
            ("doubled", &verdict.doubled),
            ("lie", &verdict.lies),
            ("unrecorded", &verdict.unrecorded),
            ("file", &verdict.files),
            ("surprise", &self.surprises),
        ];
        let told = all.iter().flat_map(|(kind, findings)| {
            let name = &self.name;
            findings
                .iter()
                .map(move |what| format!("[{name}] {kind}: {what}"))
        });
        told.collect()
    }
}

/// An entry as the journal tells it.
#[derive(Debug, Clone)]
pub struct Told {
    pub invoice: String,
    pub outcome: String,
    pub case_reference: Option<String>,
    pub tries: u32,
}

impl Row {
    /// From the folder in which the yes was given.
    pub async fn set(name: impl Into<String>, scene: &Scene) -> Row {
        let prepared = prepared().await;
        Row::from(&prepared.confirmed, name, scene).await
    }

    pub async fn from(data: &Path, name: impl Into<String>, scene: &Scene) -> Row {
        let folder = temporary();
        let data_dir = folder.path().join("data");
        copy(data, &data_dir);
        Row::over(folder, data_dir, name, scene).await
    }

    /// Over a data folder that is there already, below `folder`.
    pub async fn over(
        folder: TempDir,
        data: PathBuf,
        name: impl Into<String>,
        scene: &Scene,
    ) -> Row {
        let prepared = prepared().await;
        let sandbox = Sandbox::start(options(prepared.today))
            .await
            .expect("the sandbox starts");
        dress(&sandbox, prepared, scene).await;
        let desk = Desk {
            data,
            debitura: sandbox.debitura_url(),
            stripe: sandbox.stripe_url(),
            variables: Vec::new(),
        };
        Row {
            name: format!("{} · {}", scene.name, name.into()),
            sandbox,
            desk,
            folder,
            may_end: scene.may_end.clone(),
            exports: AtomicU32::new(0),
        }
    }

    /// Goes on with the batch until nothing of it is open, as a person would: again and again. Gives the last end, where
    /// anything was left to do.
    pub async fn finish(&self) -> Option<Ended> {
        let mut last = None;
        for _ in 0..5 {
            if self.open() == 0 {
                break;
            }
            last = Some(self.desk.run(&words(&self.again()), "").await);
        }
        last
    }

    /// The words with which a person goes on: the same as for the yes, for what has not ended.
    pub fn again(&self) -> Vec<String> {
        let told = self.told();
        let open: Vec<String> = told
            .iter()
            .filter(|entry| is_open(&entry.outcome))
            .map(|entry| entry.invoice.clone())
            .collect();
        submit(&open)
    }

    /// Entries that have not ended.
    pub fn open(&self) -> usize {
        let told = self.told();
        told.iter().filter(|entry| is_open(&entry.outcome)).count()
    }

    /// What the journal in the folder tells.
    pub fn told(&self) -> Vec<Told> {
        told(&self.desk.book())
    }

    /// Finishes, exports the journal and asks the judge.
    pub async fn judged(self) -> Outcome {
        let mut surprises = match self.finish().await {
            Some(ended) => self.shown(&ended),
            None => Vec::new(),
        };
        surprises.extend(self.unmet());
        self.verdict(surprises).await
    }

    /// The judge's word, without finishing first.
    pub async fn verdict(&self, surprises: Vec<String>) -> Outcome {
        let number = self.exports.fetch_add(1, Ordering::Relaxed);
        let journal = self.folder.path().join(format!("journal-{number}.db"));
        let path = journal.to_string_lossy();
        self.desk.done(&["journal", "export", &path], "").await;
        Outcome {
            name: self.name.clone(),
            verdict: judge(&self.sandbox.url(), &journal).await,
            surprises,
        }
    }

    /// Where what a command line printed differs from the journal. What it called unknown may be known by now.
    pub fn shown(&self, ended: &Ended) -> Vec<String> {
        let told = self.told();
        let printed = ended.document["results"].as_array();
        let Some(printed) = printed else {
            return vec![format!(
                "the command line printed no results: {}",
                ended.words()
            )];
        };
        let differs = |result: &&Value| {
            !told.iter().any(|entry| {
                let shown = if entry.outcome == "withdrawn" {
                    "rejected"
                } else {
                    &entry.outcome
                };
                let same = result["outcome"] == shown
                    && result["case_reference"] == json!(entry.case_reference);
                result["id"] == entry.invoice && (same || result["outcome"] == "unknown")
            })
        };
        let lies = printed.iter().filter(differs);
        lies.map(|result| format!("printed and not kept: {result}"))
            .collect()
    }

    /// Invoices that did not end as they were meant to.
    fn unmet(&self) -> Vec<String> {
        let told = self.told();
        let prepared = crate::prepared::done();
        let meant: BTreeMap<&str, Fate> = prepared
            .batch
            .iter()
            .map(|(chosen, fate)| (chosen.id.as_str(), *fate))
            .collect();
        let misfit = |entry: &&Told| {
            let Some(fate) = meant.get(entry.invoice.as_str()) else {
                return true;
            };
            let plain = *fate == Fate::Plain && self.may_end.contains(&entry.outcome.as_str());
            entry.outcome != ending(*fate) && !plain
        };
        told.iter()
            .filter(misfit)
            .map(|entry| {
                let fate = meant.get(entry.invoice.as_str());
                format!("{} was {fate:?} and ended {}", entry.invoice, entry.outcome)
            })
            .collect()
    }
}

pub fn is_open(outcome: &str) -> bool {
    matches!(outcome, "confirmed" | "sending" | "unknown")
}

/// How an invoice ends when nothing but crashes befalls its batch.
fn ending(fate: Fate) -> &'static str {
    match fate {
        Fate::Plain => "submitted",
        Fate::Exists => "linked",
        Fate::Taken | Fate::Future | Fate::Uncovered => "rejected",
        Fate::Paid | Fate::PartlyPaid | Fate::Void => "withdrawn",
    }
}

pub fn told(book: &Path) -> Vec<Told> {
    let book = Connection::open_with_flags(book, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("a book");
    let mut select = book
        .prepare("SELECT invoice, stage_name, case_reference, tries FROM journal ORDER BY key")
        .expect("a journal");
    let rows = select.query_map([], |row| {
        Ok(Told {
            invoice: row.get(0)?,
            outcome: row.get(1)?,
            case_reference: row.get(2)?,
            tries: row.get(3)?,
        })
    });
    rows.and_then(Iterator::collect).expect("entries")
}

/// In memory where there is such a place: a killed process loses nothing that a disk would keep, and it is quicker.
pub fn temporary() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() {
        tempfile::Builder::new()
            .prefix("desk-crash-")
            .tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    made.expect("a folder can be made")
}

async fn dress(sandbox: &Sandbox, prepared: &Prepared, scene: &Scene) {
    sandbox.settings(|settings| settings.debitura.lag = u32::from(scene.old_cases_lag));
    for (chosen, fate) in &prepared.batch {
        let edit = |edit| assert!(sandbox.edit_invoice(&chosen.provider_id, edit));
        match fate {
            Fate::Exists => another_hand(sandbox, chosen, chosen.body.clone()).await,
            Fate::Taken => {
                let mut other = chosen.body.clone();
                other["amountToRecover"] = json!(1);
                another_hand(sandbox, chosen, other).await;
            }
            Fate::Paid => edit(Edit::Pay(i64::MAX)),
            Fate::PartlyPaid => edit(Edit::Pay(1)),
            Fate::Void => edit(Edit::Void),
            Fate::Plain | Fate::Future | Fate::Uncovered => {}
        }
    }
    sandbox.set_today(Some(prepared.debitura_day));
    sandbox.settings(|settings| {
        settings.debitura.uncovered = vec![LEFT.to_owned()];
        settings.debitura.lag = 0;
        (scene.settings)(&mut settings.debitura);
    });
    for fault in &scene.faults {
        sandbox.fault(fault.clone());
    }
}

/// Somebody else at the creditor's makes a case.
async fn another_hand(sandbox: &Sandbox, chosen: &Chosen, body: Value) {
    let made = client()
        .post(format!("{}/cases", sandbox.debitura_url()))
        .header("XApiKey", DEBITURA_KEY)
        .header("Idempotency-Key", format!("another hand {}", chosen.id))
        .json(&body)
        .send()
        .await
        .expect("the sandbox answers");
    assert!(
        made.status().is_success(),
        "{}",
        made.text().await.unwrap_or_default()
    );
}

/// One for all: each would read the system's certificates.
pub fn client() -> &'static reqwest::Client {
    static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
    CLIENT.get_or_init(|| {
        // Without it reqwest panics; a second call changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        reqwest::Client::new()
    })
}
