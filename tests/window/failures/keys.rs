//! Keys that are wrong or may too little, and a keychain that is not there.

use std::process::{Command, Stdio};

use sandbox::{NO_CUSTOMERS_STRIPE_KEY, NO_INVOICES_STRIPE_KEY, Options};

use super::{PLAYED, connect, fetched, no_longer, read_failure};
use crate::support::Stage;
use crate::support::main_job::click;
use crate::support::process::Running;
use crate::support::session::View;
use crate::support::window::in_window;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display and the engine's driver: cargo xtask test"]
async fn a_wrong_key_or_a_missing_permission_is_named_and_the_right_key_works() {
    let stage = Stage::set(Options::default()).await;
    in_window("failures-keys", &stage, View::USUAL, async |page| {
        connect(page, "debitura", "sandbox-debitura-key-mistyped").await;
        let refused = "Debitura refused the key.";
        read_failure(page, "debitura-key", &[refused, "Copy it again"]).await;
        connect(page, "debitura", stage.sandbox.debitura_key()).await;
        page.read(PLAYED).await;
        no_longer(page, refused).await;

        for (key, picture, words) in [
            (
                "sk_test_sandboxDeskEverything",
                "stripe-secret-key",
                ["This is a secret key", "Create a restricted key"],
            ),
            (
                "rk_test_sandboxDeskMistyped",
                "stripe-key",
                ["Stripe refused the key.", "Copy it again"],
            ),
            (
                NO_CUSTOMERS_STRIPE_KEY,
                "permission-customers",
                ["it may not read Customers.", "Add read access to Customers"],
            ),
            (
                NO_INVOICES_STRIPE_KEY,
                "permission-invoices",
                ["it may not read Invoices.", "Add read access to Invoices"],
            ),
        ] {
            connect(page, "stripe", key).await;
            read_failure(page, picture, &words).await;
        }
        connect(page, "stripe", stage.sandbox.stripe_key()).await;
        fetched(page).await;

        // A key that stops working later.
        stage.sandbox.revoke_key(stage.sandbox.stripe_key());
        page.press("Integrations").await;
        click(page, "[data-testid=fetch-source]").await;
        page.press("Fetch").await;
        read_failure(page, "stripe-key-revoked", &["Stripe refused the key."]).await;
        stage.sandbox.restore_keys();
        click(page, "[role=alert] button").await;
        connect(page, "stripe", stage.sandbox.stripe_key()).await;
        no_longer(page, "Stripe refused the key.").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display and the engine's driver: cargo xtask test"]
async fn without_a_keychain_no_key_is_kept_until_there_is_one() {
    let mut stage = Stage::set(Options::default()).await;
    let bus = Bus::without_services(&stage).await;
    stage.bus = Some(bus.address.clone());
    in_window("failures-keychain", &stage, View::USUAL, async |page| {
        let missing = "The system's keychain does not answer, so keys cannot be kept.";
        page.read(missing).await;
        connect(page, "debitura", stage.sandbox.debitura_key()).await;
        let words = [missing, "Unlock or start the keychain"];
        read_failure(page, "no-keychain", &words).await;
        assert!(
            stage.sandbox.requests().is_empty(),
            "a key that cannot be kept is not tried"
        );

        let _keychain = bus.start_keychain(&stage).await;
        page.press("Try again").await;
        page.gone("button", "Try again").await;
        connect(page, "debitura", stage.sandbox.debitura_key()).await;
        page.read(PLAYED).await;
        no_longer(page, missing).await;
    })
    .await;
}

/// A message bus on which nobody starts anything: the session's own would start a keychain by itself.
struct Bus {
    address: String,
    _daemon: Running,
}

impl Bus {
    async fn without_services(stage: &Stage) -> Bus {
        let folder = stage.folder.path();
        let address = format!("unix:path={}", folder.join("bus").display());
        let settings = folder.join("bus.conf");
        let text = format!(
            r#"<busconfig><type>session</type><listen>{address}</listen><auth>EXTERNAL</auth><policy context="default">
                <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
            </policy></busconfig>"#
        );
        std::fs::write(&settings, text).unwrap();
        let daemon = Running::start(
            Command::new("dbus-daemon")
                .arg("--nofork")
                .arg(format!("--config-file={}", settings.display()))
                .stdout(Stdio::null()),
        );
        let bus = Bus {
            address,
            _daemon: daemon,
        };
        bus.until_it_answers("org.freedesktop.DBus").await;
        bus
    }

    async fn start_keychain(&self, stage: &Stage) -> Running {
        let home = stage.folder.path().join("keychain");
        std::fs::create_dir_all(&home).unwrap();
        // Unlocked with an empty password.
        let script =
            "printf '\\n' | exec gnome-keyring-daemon --foreground --unlock --components=secrets";
        let daemon = Running::start(
            Command::new("sh")
                .args(["-c", script])
                .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
                .env("XDG_DATA_HOME", &home)
                .env("XDG_RUNTIME_DIR", &home)
                .stdout(Stdio::null()),
        );
        self.until_it_answers("org.freedesktop.secrets").await;
        daemon
    }

    async fn until_it_answers(&self, name: &str) {
        for _ in 0..200 {
            let asked = Command::new("dbus-send")
                .arg(format!("--bus={}", self.address))
                .args(["--print-reply", "--dest=org.freedesktop.DBus", "/"])
                .arg("org.freedesktop.DBus.NameHasOwner")
                .arg(format!("string:{name}"))
                .output();
            let answer = asked.map(|asked| asked.stdout).unwrap_or_default();
            if String::from_utf8_lossy(&answer).contains("true") {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{name} does not answer at {}", self.address);
    }
}
