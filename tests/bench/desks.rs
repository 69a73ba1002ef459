//! Desks to measure on, opened in this process as the window opens them.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use desk::{Checkpoint, Desk, Host, HostFuture, KeychainChoice, Pacing, Setup, SystemClock};
use sandbox::visit::{self, Decision};
use sandbox::{
    Company, Environment, INTUIT_CLIENT, INTUIT_SECRET, Options, Sandbox, Validation, ZOHO_CLIENT,
    ZOHO_SECRET,
};
use serde_json::{Value, json};

use crate::support::Stage;
use crate::support::stage::{addresses, variables};

/// Is asked for nothing but sign-ins, and agrees to all of them.
struct Agreeing;

impl Host for Agreeing {
    fn choose_save_path<'a>(&'a self, _: &'a str) -> HostFuture<'a, Option<std::path::PathBuf>> {
        Box::pin(async { None })
    }

    fn open_browser(&self, address: &str) -> Result<(), String> {
        let address = address.to_owned();
        std::thread::spawn(move || visit::open(&visit::decide(&address, Decision::Allow)?));
        Ok(())
    }
}

/// So many invoices, and messages not held against the providers' descriptions: that costs more than what is measured.
pub fn company(invoices: usize) -> Options {
    let mut options = Options::company(Company::Large(invoices));
    options.settings.validation = Validation::Off;
    options
}

/// Opens a desk on a folder; one that another desk is just leaving is waited for.
pub async fn open(sandbox: &Sandbox, folder: &Path, pacing: Pacing) -> Arc<Desk> {
    let setup = Setup {
        data_dir: folder.to_owned(),
        keychain: KeychainChoice::Memory,
        addresses: addresses(&variables(sandbox)),
        host: Arc::new(Agreeing),
        clock: Arc::new(SystemClock),
        pacing,
        hold: Duration::ZERO,
        checkpoint: Checkpoint::default(),
    };
    let begun = Instant::now();
    loop {
        match Desk::open(setup.clone()).await {
            Ok(desk) => return desk,
            Err(failure) if begun.elapsed() > Duration::from_secs(20) => panic!("{failure:?}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

pub async fn call(desk: &Arc<Desk>, name: &str, request: Value) -> Value {
    desk::dispatch(desk, name, request)
        .await
        .unwrap_or_else(|failure| panic!("{name}: {failure:?}"))
}

/// Enters both keys.
pub async fn connect(desk: &Arc<Desk>, sandbox: &Sandbox) {
    connect_debitura(desk, sandbox).await;
    let key = json!({ "key": sandbox.stripe_key(), "connection": null });
    call(desk, "connect_stripe", key).await;
    settle(desk).await;
}

async fn connect_debitura(desk: &Arc<Desk>, sandbox: &Sandbox) {
    let key = json!({ "key": sandbox.debitura_key(), "environment": "sandbox", "workspace": null });
    call(desk, "connect_debitura", key).await;
}

/// Signs in to QuickBooks or Zoho with the first company that the provider offers.
pub async fn sign_in(desk: &Arc<Desk>, sandbox: &Sandbox, provider: &str) {
    connect_debitura(desk, sandbox).await;
    let (id, secret) = match provider {
        "quickbooks" => (INTUIT_CLIENT, INTUIT_SECRET),
        _ => (ZOHO_CLIENT, ZOHO_SECRET),
    };
    let application =
        json!({ "provider": provider, "client_id": id, "client_secret": secret, "region": null });
    let known = call(desk, "save_application", application).await;
    for redirect in known[provider]["redirects"].as_array().unwrap() {
        let redirect = redirect.as_str().unwrap();
        let _ = sandbox.register_intuit_redirect(Environment::Development, redirect);
        let _ = sandbox.register_zoho_redirect(redirect);
    }
    let start =
        json!({ "provider": provider, "connection": null, "open": true, "take_first": true });
    call(desk, "start_sign_in", start).await;
    loop {
        let current = call(desk, "sign_in", json!({})).await["current"].clone();
        match current["step"].as_str() {
            Some("done") => break,
            Some("failed") => panic!("{current}"),
            _ => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
    settle(desk).await;
}

/// Fetches all there is, to the end of the job.
pub async fn fetch(desk: &Arc<Desk>) {
    call(desk, "sync", json!({ "connection": null, "created": null })).await;
    settle(desk).await;
}

/// Waits until nothing runs, and sees that nothing failed.
pub async fn settle(desk: &Arc<Desk>) {
    let begun = Instant::now();
    loop {
        let state = call(desk, "app_state", json!({})).await;
        let jobs = state["jobs"].as_array().unwrap();
        if jobs.iter().all(|job| !job["ended"].is_null()) {
            assert!(jobs.iter().all(|job| job["stage"] == "done"), "{jobs:?}");
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(240), "{jobs:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// As the grid opens: the overdue, partly paid ones hidden.
pub fn question(states: &[&str], search: &str, sort: &str, descending: bool) -> Value {
    json!({
        "query": {
            "search": search, "states": states, "currency": null, "due_until": null, "amount_from": null,
            "amount_to": null, "connection": null, "partly_paid": false, "problem": null, "sort": sort,
            "descending": descending,
        },
        "window": { "offset": 0, "limit": 250 },
    })
}

/// The name one debtor is corrected to. No source knows it, nor any larger piece of its first word.
pub const CORRECTED: &str = "Quxvogelzwandrochtjadorapbjwqland ApS";

/// A sandbox and a folder with everything fetched, and one debtor's name corrected.
pub struct Filled {
    pub stage: Stage,
    pub invoices: usize,
}

impl Filled {
    pub async fn with(invoices: usize) -> Filled {
        let stage = Stage::set(company(invoices)).await;
        let filled = Filled { stage, invoices };
        let desk = filled.open().await;
        let settings = call(&desk, "app_state", json!({})).await["settings"].clone();
        // What is measured is a start, not a fetch.
        let mut settings = settings.as_object().cloned().unwrap_or_default();
        settings.insert("fetch_at_start".into(), json!(false));
        settings.insert("fetch_every_minutes".into(), json!(0));
        call(&desk, "change_settings", json!(settings)).await;
        connect(&desk, &filled.stage.sandbox).await;
        fetch(&desk).await;
        let overdue = question(&["ready", "attention"], "", "due_date", false);
        let page = call(&desk, "invoices", overdue).await;
        let row = &page["rows"][page["rows"].as_array().unwrap().len() / 2];
        let name = json!({ "id": row["id"], "field": "debtor_name", "value": CORRECTED });
        call(&desk, "correct", name).await;
        filled
    }

    pub async fn open(&self) -> Arc<Desk> {
        open(
            &self.stage.sandbox,
            &self.stage.data_dir(),
            Pacing::Unlimited,
        )
        .await
    }
}
