//! `desk` as a script runs it: one process after the other, or several at once.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use sandbox::visit::{Decision, decide, open};
use sandbox::{Environment, Region, Sandbox};
use serde_json::Value;

/// One data folder and the services it is used with.
#[derive(Clone, Copy)]
pub struct Script<'a> {
    pub folder: &'a Path,
    pub sandbox: &'a Sandbox,
}

impl Script<'_> {
    pub fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).spawn().unwrap()
    }

    /// To be started with more variables.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_desk"));
        command
            .arg("--data-dir")
            .arg(self.folder)
            .arg("--json")
            .args(arguments)
            .env("DESK_DEBITURA_URL", self.sandbox.debitura_url())
            .env("DESK_STRIPE_URL", self.sandbox.stripe_url())
            .env(
                "DESK_QUICKBOOKS_URL",
                self.sandbox.quickbooks_url(Environment::Development),
            )
            .env(
                "DESK_INTUIT_DISCOVERY_URL",
                format!(
                    "{}/.well-known/openid-sandbox-configuration",
                    self.sandbox.intuit_url()
                ),
            )
            .env(
                "DESK_ZOHO_ACCOUNTS_URL",
                regions(|region| self.sandbox.zoho_accounts_url(region)),
            )
            .env(
                "DESK_ZOHO_API_URL",
                regions(|region| self.sandbox.zoho_api_url(region)),
            )
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = self.start(arguments);
        // A program that refuses before it reads closes its input; that is its right.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// What it prints, where it ends with this code.
    pub fn json(&self, arguments: &[&str], input: &str, exit: i32) -> Value {
        let output = self.run(arguments, input);
        let (out, err) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        assert_eq!(
            output.status.code(),
            Some(exit),
            "desk {arguments:?}: {out}{err}"
        );
        serde_json::from_str(&out).unwrap_or_else(|error| {
            panic!("desk {arguments:?} printed no JSON ({error}): {out}{err}")
        })
    }
}

fn regions(address: impl Fn(Region) -> String) -> String {
    format!("us={},eu={}", address(Region::Us), address(Region::Eu))
}

/// Somebody signs in at the address that a script prints first; what the script prints at its end.
pub fn sign_in(script: &Script<'_>, provider: &str) -> Value {
    let mut connecting = script.start(&["connect", provider, "--no-browser"]);
    let mut told = BufReader::new(connecting.stderr.take().unwrap());
    let mut address = String::new();
    told.read_line(&mut address).unwrap();
    let back = decide(address.trim(), Decision::Allow).unwrap();
    open(&back).unwrap();
    let output = connecting.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Whether this session has a keychain that answers. The window suites bring their own; elsewhere there may be none.
pub fn has_keychain(script: &Script<'_>) -> bool {
    let output = script.run(&["connect", "debitura"], "wrong-key-on-purpose");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    match answer["failure"]["code"].as_str() {
        Some("debitura_key_refused") => true,
        Some("keychain_unavailable") => false,
        other => panic!("a wrong key must be refused, not {other:?}"),
    }
}
