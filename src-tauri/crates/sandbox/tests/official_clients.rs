//! The providers' own clients against the stand-ins: what they read is what the books hold.

#![allow(clippy::unwrap_used)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use sandbox::{
    Company, Environment, INTUIT_CLIENT, INTUIT_SECRET, Options, Region, Sandbox, ZOHO_CLIENT,
    ZOHO_SECRET,
};
use serde_json::{Value, json};

/// A folder of the target folder with pinned packages in it, made once. `pins` names them; when it changes, the folder is
/// made anew.
fn made_once(name: &str, pins: &Path, make: impl FnOnce(&Path)) -> PathBuf {
    // Two tests may want it at the same time.
    static MAKING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let stamp = home.join("installed.txt");
    let wanted = std::fs::read_to_string(pins).unwrap();
    if !std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        make(&home);
        std::fs::write(stamp, wanted).unwrap();
    }
    home
}

/// A Python with the pinned clients.
fn python() -> PathBuf {
    let pins = clients().join("requirements.txt");
    let (base, program) = if cfg!(windows) {
        ("python", "Scripts/python.exe")
    } else {
        ("python3", "bin/python")
    };
    let home = made_once("official-clients", &pins, |home| {
        let mut venv = Command::new(base);
        run(venv.args(["-m", "venv", "--clear"]).arg(home));
        let mut pip = Command::new(home.join(program));
        let quiet = ["install", "--quiet", "--disable-pip-version-check", "-r"];
        run(pip.args(["-m", "pip"]).args(quiet).arg(&pins));
    });
    home.join(program)
}

/// A script for Node.js, beside the pinned clients: that is where Node.js looks for packages.
fn node_script(script: &str) -> PathBuf {
    let from = clients().join("node");
    let home = made_once(
        "official-clients-node",
        &from.join("package-lock.json"),
        |home| {
            std::fs::create_dir_all(home).unwrap();
            for file in ["package.json", "package-lock.json"] {
                std::fs::copy(from.join(file), home.join(file)).unwrap();
            }
            let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
            let quiet = [
                "ci",
                "--silent",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
            ];
            run(npm.args(quiet).current_dir(home));
        },
    );
    let copy = home.join(script);
    std::fs::copy(from.join(script), &copy).unwrap();
    copy
}

fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients")
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| {
        panic!("{command:?} is needed to run the official clients: {error}")
    });
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{command:?}\n{out}\n{err}");
    out
}

/// What a script prints that was started with these words.
async fn drive<const N: usize>(script: &'static str, words: [String; N]) -> Value {
    let output = tokio::task::spawn_blocking(move || {
        let mut command = if script.ends_with(".mjs") {
            let mut node = Command::new("node");
            node.arg(node_script(script));
            node
        } else {
            let mut python = Command::new(python());
            python.arg(clients().join(script));
            python
        };
        for proxy in ["HTTP_PROXY", "http_proxy"] {
            command.env_remove(proxy);
        }
        run(command.args(words))
    });
    let output = output
        .await
        .unwrap_or_else(|failed| std::panic::resume_unwind(failed.into_panic()));
    serde_json::from_str(&output).unwrap()
}

/// Reads everything with a client of Stripe's and compares with the books; answers that break Stripe's description fail it.
async fn stripes_client_reads_the_books(script: &'static str) {
    for company in [Company::Demo, Company::Awkward] {
        let sandbox = Sandbox::start(Options::company(company)).await.unwrap();
        let words = [
            sandbox.stripe_url(),
            sandbox::STRIPE_KEY.into(),
            sandbox::NO_CUSTOMERS_STRIPE_KEY.into(),
            sandbox.url(),
        ];
        let read = drive(script, words).await;
        let oracle = serde_json::to_value(sandbox.oracle()).unwrap();
        for field in ["open", "open_amount", "open_count"] {
            assert_eq!(read[field], oracle[field], "{field} of {company:?}");
        }
        assert!(read["customers"].as_u64() > Some(0), "{read}");
        assert_eq!(
            read["deleted_customers"].as_u64() > Some(0),
            company == Company::Awkward,
            "only the awkward company has customers that are gone: {read}"
        );
        let wrong: Vec<_> = sandbox
            .violations()
            .into_iter()
            .filter(|violation| violation.status.is_some())
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stripe_08_the_python_client_reads_what_the_books_hold() {
    stripes_client_reads_the_books("drive_stripe.py").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stripe_08_the_node_client_reads_what_the_books_hold() {
    stripes_client_reads_the_books("drive_stripe.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stripe_08_what_is_accepted_is_what_the_client_declares() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let words = [sandbox.stripe_url(), sandbox::STRIPE_KEY.into()];
    let compared = drive("compare_parameters.py", words).await;
    assert_eq!(compared["differs"], json!([]));
    assert!(
        compared["tried"].as_u64() > Some(100),
        "the client declares what the comparison looks for: {compared}"
    );
}

/// Signs in with Intuit's own client, reads everything with a common one of QuickBooks Online, and compares with the books.
async fn quickbooks_clients_read_the_books(script: &'static str) {
    for company in [Company::Demo, Company::Awkward] {
        let options = Options {
            company,
            ..support::options()
        };
        let sandbox = Sandbox::start(options).await.unwrap();
        let redirect = "http://localhost:8123/cb/quickbooks";
        let environment = Environment::Development;
        sandbox
            .register_intuit_redirect(environment, redirect)
            .unwrap();
        let (realm, name) = sandbox.quickbooks_companies()[0].clone();
        let oracle = sandbox.quickbooks_oracle(&realm).unwrap();
        let words = [
            sandbox.intuit_url(),
            sandbox.quickbooks_url(environment),
            sandbox.url(),
            INTUIT_CLIENT.into(),
            INTUIT_SECRET.into(),
            redirect.into(),
        ];
        let read = drive(script, words).await;
        assert_eq!(read["company"], name);
        assert_eq!(read["home"], "DKK");
        // One that has nothing left to pay is open in the books and paid to QuickBooks.
        let settled = usize::from(company == Company::Awkward);
        assert_eq!(read["open"], oracle.open - settled, "{company:?}");
        assert_eq!(
            read["open_amount"],
            json!(oracle.open_amount),
            "{company:?}"
        );
        let mut counts = oracle.open_count.clone();
        if let Some(euros) = counts.get_mut("eur") {
            *euros -= settled;
        }
        assert_eq!(read["open_count"], json!(counts), "{company:?}");
        let active = read["active_customers"].as_u64().unwrap();
        let inactive = u64::try_from(oracle.customers).unwrap() - active;
        assert_eq!(
            inactive > 0,
            company == Company::Awkward,
            "only the awkward company has customers that are inactive: {read}"
        );
        if let Some(all) = read["customers"].as_u64() {
            assert_eq!(all, active + inactive, "inactive ones come when asked for");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn intuit_13_the_python_clients_read_what_the_books_hold() {
    quickbooks_clients_read_the_books("drive_intuit.py").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn intuit_13_the_node_clients_read_what_the_books_hold() {
    quickbooks_clients_read_the_books("drive_intuit.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn debitura_00_the_official_client_gets_along() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let words = [
        sandbox.debitura_url(),
        sandbox::DEBITURA_KEY.into(),
        sandbox::UNSIGNED_DEBITURA_KEY.into(),
        sandbox.url(),
    ];
    let read = drive("drive_debitura.py", words).await;
    let cases = sandbox.cases();
    assert_eq!(read["cases"], cases.len());
    assert_eq!(
        read["gross"]["EUR"].as_f64(),
        Some(
            cases
                .iter()
                .map(|case| case["grossAmount"].as_f64().unwrap())
                .sum()
        )
    );
    assert_eq!(sandbox.cases_created(), 14);
    let violations = sandbox.violations();
    assert!(violations.is_empty(), "{violations:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zoho_10_an_independent_client_reads_what_the_books_hold() {
    for (company, region, name) in [
        (Company::Awkward, Region::Eu, "eu"),
        (Company::Demo, Region::Us, "us"),
    ] {
        let sandbox = Sandbox::start(Options::company(company)).await.unwrap();
        sandbox.settings(|settings| settings.zoho.home = region);
        let words = [
            sandbox.url(),
            name.into(),
            ZOHO_CLIENT.into(),
            ZOHO_SECRET.into(),
        ];
        let read = drive("drive_zoho.py", words).await;
        let organisations = read.as_object().unwrap();
        assert_eq!(organisations.len(), 3);
        for (organisation, read) in organisations {
            let oracle = sandbox.zoho_oracle(organisation).unwrap();
            let oracle = serde_json::to_value(oracle).unwrap();
            for field in ["open", "open_amount", "open_count"] {
                assert_eq!(read[field], oracle[field], "{field} of {organisation}");
            }
        }
        let rogue = sandbox
            .requests()
            .iter()
            .any(|request| request.provider == "zoho-rogue");
        assert!(!rogue, "nothing leads to a host that is not Zoho's");
    }
}
