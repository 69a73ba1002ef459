//! The providers' own Python clients against the stand-ins: what they read is what the books hold.

#![allow(clippy::unwrap_used)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use sandbox::{Company, Options, Sandbox};
use serde_json::Value;

/// A Python with the pinned clients, made once and kept under the target folder.
fn python() -> PathBuf {
    static MADE: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    MADE.get_or_init(|| {
        let requirements = clients().join("requirements.txt");
        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("official-clients");
        let python = if cfg!(windows) {
            home.join("Scripts/python.exe")
        } else {
            home.join("bin/python")
        };
        let stamp = home.join("installed.txt");
        let wanted = std::fs::read_to_string(&requirements).unwrap();
        if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return python;
        }
        let base = if cfg!(windows) { "python" } else { "python3" };
        let made = Command::new(base)
            .args(["-m", "venv", "--clear"])
            .arg(&home)
            .output();
        let made = made.unwrap_or_else(|error| {
            panic!("{base} is needed to run the official clients: {error}")
        });
        assert!(
            made.status.success(),
            "{base} -m venv failed; install Python's venv module: {}",
            String::from_utf8_lossy(&made.stderr)
        );
        let mut install = Command::new(&python);
        install
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "-r",
            ])
            .arg(&requirements);
        run(install);
        std::fs::write(stamp, wanted).unwrap();
        python
    })
    .clone()
}

fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients")
}

fn run(mut command: Command) -> String {
    let output = command.output().unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{command:?}\n{out}\n{err}");
    out
}

async fn drive(script: &str, arguments: [String; 4]) -> Value {
    let script = clients().join(script);
    let output = tokio::task::spawn_blocking(move || {
        let mut command = Command::new(python());
        command
            .arg(script)
            .args(arguments)
            .env_remove("HTTP_PROXY")
            .env_remove("http_proxy");
        run(command)
    });
    let output = output
        .await
        .unwrap_or_else(|failed| std::panic::resume_unwind(failed.into_panic()));
    serde_json::from_str(&output).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stripe_08_the_official_client_reads_what_the_books_hold() {
    for company in [Company::Demo, Company::Awkward] {
        let sandbox = Sandbox::start(Options::company(company)).await.unwrap();
        let arguments = [
            sandbox.stripe_url(),
            sandbox::STRIPE_KEY.into(),
            sandbox::NO_CUSTOMERS_STRIPE_KEY.into(),
            sandbox.url(),
        ];
        let read = drive("drive_stripe.py", arguments).await;
        let oracle = serde_json::to_value(sandbox.oracle()).unwrap();
        for field in ["open", "open_amount", "open_count"] {
            assert_eq!(read[field], oracle[field], "{field} of {company:?}");
        }
        let wrong: Vec<_> = sandbox
            .violations()
            .into_iter()
            .filter(|violation| violation.status.is_some())
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn debitura_00_the_official_client_gets_along() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let arguments = [
        sandbox.debitura_url(),
        sandbox::DEBITURA_KEY.into(),
        sandbox::UNSIGNED_DEBITURA_KEY.into(),
        sandbox.url(),
    ];
    let read = drive("drive_debitura.py", arguments).await;
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
