//! The judge, a program of its own that knows only the sandbox and the exported journal; and the proof that it can find
//! what it looks for.

use serde_json::Value;
use std::path::Path;
use tokio::process::Command;

use crate::repository;

/// What `judge.py` prints.
#[derive(Debug)]
pub struct Verdict {
    pub entries: usize,
    pub cases: usize,
    pub outcomes: std::collections::BTreeMap<String, usize>,
    pub lost: Vec<String>,
    pub doubled: Vec<String>,
    pub lies: Vec<String>,
    pub unrecorded: Vec<String>,
    pub files: Vec<String>,
}

impl Verdict {
    fn of(document: &Value) -> Verdict {
        let findings = |name: &str| {
            let found = document[name].as_array().into_iter().flatten();
            found
                .filter_map(|text| text.as_str().map(str::to_owned))
                .collect()
        };
        let count = |value: &Value| value.as_u64().unwrap_or(0) as usize;
        let outcomes = document["outcomes"].as_object().into_iter().flatten();
        Verdict {
            entries: count(&document["entries"]),
            cases: count(&document["cases"]),
            outcomes: outcomes
                .map(|(name, number)| (name.clone(), count(number)))
                .collect(),
            lost: findings("lost"),
            doubled: findings("doubled"),
            lies: findings("lies"),
            unrecorded: findings("unrecorded"),
            files: findings("files"),
        }
    }

    /// How many submissions ended so.
    pub fn outcome(&self, name: &str) -> usize {
        self.outcomes.get(name).copied().unwrap_or(0)
    }

    pub fn is_clean(&self) -> bool {
        [&self.lost, &self.doubled, &self.lies, &self.unrecorded]
            .iter()
            .all(|findings| findings.is_empty())
    }
}

/// Asks the judge about a sandbox, by its control address, and a journal.
pub async fn judge(sandbox: &str, journal: &Path) -> Verdict {
    let output = Command::new("python3")
        .arg(repository("tests/crash/judge.py"))
        .arg(sandbox)
        .arg(journal)
        .output()
        .await
        .expect("python3 is installed");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        let why = String::from_utf8_lossy(&output.stderr);
        panic!("the judge could not judge ({error}): {why}")
    });
    let verdict = Verdict::of(&document);
    assert_eq!(
        output.status.success(),
        verdict.is_clean(),
        "its exit says what its document says: {verdict:?}"
    );
    verdict
}

mod can_fail {
    use std::path::PathBuf;

    use rusqlite::{Connection, params};
    use sandbox::{DEBITURA_KEY, Options, Sandbox};
    use serde_json::json;
    use tempfile::TempDir;

    use super::*;

    const SCHEMA: &str = include_str!("../../src-tauri/crates/store/src/book/schema/1.sql");

    /// One case at the sandbox and one entry of a journal that is true about it.
    struct Scene {
        sandbox: Sandbox,
        folder: TempDir,
        journal: Connection,
        case: Value,
    }

    fn body() -> Value {
        json!({
            "creditorReference": "NOR-1", "currencyCode": "EUR", "amountToRecover": 1234.5, "date": "2026-03-01",
            "dueDate": "2026-03-31", "isTest": false, "allowPendingContracts": false,
            "debtor": { "type": "Company", "name": "Brückner GmbH", "address": "Hauptstraße 1", "city": "Berlin",
                "zipCode": "10115", "countryAlpha2": "DE" },
        })
    }

    async fn post(sandbox: &Sandbox, key: &str, agent: &str, body: &Value) -> Value {
        let answer = crate::row::client()
            .post(format!("{}/cases", sandbox.debitura_url()))
            .header("XApiKey", DEBITURA_KEY)
            .header("Idempotency-Key", key)
            .header("User-Agent", agent)
            .header("Content-Type", "application/json")
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        answer.json().await.unwrap()
    }

    const DESK: &str = "DebituraDesk/0";

    impl Scene {
        async fn set() -> Scene {
            let sandbox = Sandbox::start(Options::default()).await.unwrap();
            let case = post(&sandbox, "key-1", DESK, &body()).await;
            let folder = tempfile::tempdir().unwrap();
            let journal = Connection::open(folder.path().join("journal.db")).unwrap();
            journal.execute_batch(SCHEMA).unwrap();
            // The file itself refuses what is done to it below.
            journal
                .execute_batch(
                    "DROP TRIGGER journal_is_never_erased; DROP TRIGGER journal_keeps_what_was_confirmed;
                     DROP INDEX journal_one_live;",
                )
                .unwrap();
            let scene = Scene {
                sandbox,
                folder,
                journal,
                case,
            };
            scene.enter("entry-1", "key-1", "submitted");
            scene
        }

        fn enter(&self, id: &str, key: &str, stage: &str) {
            self.journal
                .execute(
                    "INSERT INTO journal (id, batch, workspace, creditor, environment, test_mode, invoice,
                         creditor_reference, debtor_name, amount, currency, idempotency_key, body, stage, stage_name,
                         live, case_id, case_reference, confirmed_at, updated_at)
                     VALUES (?1, 'b', 'w', ?2, 'sandbox', 0, 'stripe:test:in_1', 'NOR-1', 'Brückner GmbH', '1234.50',
                         'EUR', ?3, ?4, ?5, ?6, 1, ?7, ?8, '', '')",
                    params![
                        id,
                        self.case["creditor"]["id"].as_str(),
                        key,
                        body().to_string().into_bytes(),
                        json!({ "stage": "ended", "ending": stage }).to_string(),
                        stage,
                        self.case["id"].as_str(),
                        self.case["reference"].as_str(),
                    ],
                )
                .unwrap();
        }

        fn doctor(&self, change: &str) {
            let statement = format!("UPDATE journal SET {change}");
            assert_eq!(self.journal.execute(&statement, []).unwrap(), 1, "{change}");
        }

        fn stage(&self, stage: &str, kept: &str) {
            self.doctor(&format!(
                "stage = '{kept}', stage_name = '{stage}', problem = '{{}}'"
            ));
        }

        fn journal(&self) -> PathBuf {
            self.folder.path().join("journal.db")
        }

        async fn judge(&self) -> Verdict {
            judge(&self.sandbox.url(), &self.journal()).await
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_true_journal_passes() {
        let verdict = Scene::set().await.judge().await;
        assert!(verdict.is_clean(), "{verdict:?}");
        assert_eq!(
            (verdict.entries, verdict.cases, verdict.outcome("submitted")),
            (1, 1, 1)
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_doctored_journal_is_found_out() {
        for change in [
            "case_reference = 'AAAAAAAA'",
            "amount = '1234.51'",
            "currency = 'DKK'",
            "debtor_name = 'Somebody else'",
            "creditor_reference = 'NOR-2'",
            "creditor = 'another'",
            "test_mode = 1",
            "body = CAST(replace(CAST(body AS TEXT), 'NOR-1', 'NOR-2') AS BLOB)",
            "body = CAST(replace(CAST(body AS TEXT), '2026-03-01', '2026-03-02') AS BLOB)",
            "stage_name = 'linked'",
        ] {
            let scene = Scene::set().await;
            scene.doctor(change);
            let verdict = scene.judge().await;
            assert!(!verdict.lies.is_empty(), "{change}: {verdict:?}");
        }
        let scene = Scene::set().await;
        scene.doctor("case_id = '00000000-0000-4000-8000-000000000000'");
        assert_eq!(scene.judge().await.lost.len(), 1, "its case does not exist");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_entry_that_never_ended_is_lost_and_a_denied_case_a_lie() {
        for stage in ["confirmed", "sending", "unknown"] {
            let scene = Scene::set().await;
            scene.stage(stage, &json!({ "stage": stage }).to_string());
            let verdict = scene.judge().await;
            assert_eq!(verdict.lost.len(), 1, "{stage}: {verdict:?}");
        }
        for ending in ["rejected", "withdrawn"] {
            let scene = Scene::set().await;
            let kept = json!({ "stage": "ended", "ending": ending });
            scene.stage(ending, &kept.to_string());
            let verdict = scene.judge().await;
            assert!(!verdict.lies.is_empty(), "{ending}: {verdict:?}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_second_case_is_found_whoever_made_it() {
        for (key, agent) in [("key-1", DESK), ("key-2", "another hand")] {
            let scene = Scene::set().await;
            scene.sandbox.settings(|settings| {
                settings.debitura.remember_keys = false;
                settings.debitura.duplicate_reference = sandbox::DuplicateReference::Accept;
            });
            post(&scene.sandbox, key, agent, &body()).await;
            let verdict = scene.judge().await;
            assert!(!verdict.doubled.is_empty(), "{key}: {verdict:?}");
        }
        let scene = Scene::set().await;
        scene.enter("entry-2", "key-2", "linked");
        let verdict = scene.judge().await;
        assert_eq!(verdict.doubled.len(), 1, "two live entries: {verdict:?}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn bytes_without_a_record_are_found() {
        let scene = Scene::set().await;
        let mut other = body();
        other["amountToRecover"] = json!(99);
        post(&scene.sandbox, "key-1", DESK, &other).await;
        post(&scene.sandbox, "key-9", DESK, &body()).await;
        let verdict = scene.judge().await;
        assert_eq!(verdict.unrecorded.len(), 2, "{verdict:?}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_lost_case_of_another_hand_is_no_submission() {
        let scene = Scene::set().await;
        scene.doctor("idempotency_key = 'key-2'");
        let verdict = scene.judge().await;
        let other = "made by somebody else";
        assert!(
            verdict.lies.iter().any(|lie| lie.contains(other)),
            "{verdict:?}"
        );
    }
}
