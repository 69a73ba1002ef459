//! What goes where: documents to standard output, words for people to standard error.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line prints"
)]

use desk::wire::Failure;
use serde_json::{Value, json};

/// Prints in the form the user asked for.
pub struct Printer {
    pub json: bool,
}

impl Printer {
    /// A sentence for people.
    pub fn message(&self, text: &str) {
        eprintln!("{text}");
    }

    /// The result: the document, or the lines for people.
    pub fn result(&self, document: &Value, lines: impl FnOnce() -> Vec<String>) {
        if self.json {
            println!("{document}");
        } else {
            for line in lines() {
                println!("{line}");
            }
        }
    }

    /// A failure, in both forms.
    pub fn failure(&self, failure: &Failure) {
        if self.json {
            println!("{}", json!({ "failure": failure }));
        }
        eprintln!("error: {}", failure.what);
        for line in [&failure.why, &failure.next] {
            if !line.is_empty() {
                eprintln!("  {line}");
            }
        }
    }
}
