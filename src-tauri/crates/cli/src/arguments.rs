//! What can be written after `desk`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Parser, Subcommand, ValueEnum};
use receivables::Field;

/// Debitura Desk without a window.
#[derive(Parser)]
#[command(name = "desk", version)]
pub struct Arguments {
    /// The folder that holds journal and cache.
    #[arg(long, value_name = "DIR", global = true)]
    pub data_dir: Option<PathBuf>,
    /// The workspace to work in, by name or id; the current one otherwise.
    #[arg(long, value_name = "NAME", global = true)]
    pub workspace: Option<String>,
    /// Print one JSON document on standard output.
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Connect an account: Debitura and Stripe by a key, read from standard input (the first Debitura key makes the
    /// workspace); QuickBooks Online and Zoho Books by signing in in the browser, whose address is the first line of
    /// standard error.
    Connect {
        provider: Connectable,
        /// Only print the address of the sign-in.
        #[arg(long)]
        no_browser: bool,
    },
    /// Keep your own app's client id and secret, two lines on standard input.
    Credentials {
        provider: SignedIn,
        /// Of Zoho, where a region has a secret of its own, such as eu.
        #[arg(long, value_name = "REGION")]
        region: Option<String>,
    },
    /// List the workspaces.
    Workspaces,
    /// List the sources of the workspace.
    Connections,
    /// Remove a source with its key and its cached invoices. Corrections and journal stay.
    Disconnect { id: String },
    /// Fetch unpaid invoices; all sources unless one is named.
    Sync {
        id: Option<String>,
        /// By creation date; the last 24 months otherwise.
        #[arg(long, value_name = "FROM..TO")]
        created: Option<Range>,
        /// By due date, where the source can be asked so: QuickBooks Online and Zoho Books.
        #[arg(long, value_name = "FROM..TO", conflicts_with = "created")]
        due: Option<Range>,
    },
    /// List invoices with what each still needs.
    Invoices {
        #[arg(long, value_name = "ID")]
        connection: Option<String>,
        #[arg(long, default_value = "all")]
        state: StateArgument,
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
    },
    /// Read a table and print how it is read and what its columns are. Keeps nothing.
    Map {
        file: PathBuf,
        /// Of a workbook.
        #[arg(long, value_name = "NAME")]
        sheet: Option<String>,
    },
    /// Import the rows of a table as drafts, which then stand beside the fetched invoices. Nothing is sent.
    Import {
        file: PathBuf,
        /// Of a workbook.
        #[arg(long, value_name = "NAME")]
        sheet: Option<String>,
        /// What `map --json` printed, corrected; the proposal otherwise.
        #[arg(long, value_name = "FILE")]
        mapping: Option<PathBuf>,
    },
    /// Accept what is suggested for a field, such as debtor_type or due_date, on the invoices named or on all.
    Accept {
        #[arg(value_parser = field)]
        field: Field,
        ids: Vec<String>,
    },
    /// Correct a field of an invoice, or of its debtor; without a value the source's is taken again.
    Correct {
        id: String,
        #[arg(value_parser = field)]
        field: Field,
        value: Option<String>,
    },
    /// Take back the last correction.
    Undo,
    /// Read invoices again at their source and show what submitting would do. Sends nothing.
    Preview {
        #[arg(required = true)]
        ids: Vec<String>,
    },
    /// Submit invoices as collection cases.
    Submit {
        #[arg(required = true)]
        ids: Vec<String>,
        /// The explicit yes; without it nothing is sent.
        #[arg(long)]
        yes: bool,
    },
    /// List the account's cases.
    Cases {
        /// Ask Debitura first.
        #[arg(long)]
        refresh: bool,
    },
    /// The record of everything submitted.
    Journal {
        #[command(subcommand)]
        command: JournalCommand,
    },
}

#[derive(Subcommand)]
pub enum JournalCommand {
    /// Write a consistent copy of the journal to a new file.
    Export { file: PathBuf },
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Connectable {
    Debitura,
    Stripe,
    Quickbooks,
    Zoho,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum SignedIn {
    Quickbooks,
    Zoho,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum StateArgument {
    Ready,
    Attention,
    NotDue,
    SetAside,
    Submitted,
    All,
}

fn field(text: &str) -> Result<Field, String> {
    text.parse().map_err(|()| {
        let names: Vec<&str> = Field::ALL.into_iter().map(Field::name).collect();
        format!("the fields are {}", names.join(", "))
    })
}

/// Two days, `2026-01-01..2026-03-31`, both included.
#[derive(Clone)]
pub struct Range {
    pub from: String,
    pub to: String,
}

impl FromStr for Range {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (from, to) = text
            .split_once("..")
            .ok_or("write it as FROM..TO, such as 2026-01-01..2026-03-31")?;
        let is_day = |day: &str| {
            let bytes = day.as_bytes();
            bytes.len() == 10
                && day.bytes().enumerate().all(|(at, byte)| {
                    if at == 4 || at == 7 {
                        byte == b'-'
                    } else {
                        byte.is_ascii_digit()
                    }
                })
        };
        if !is_day(from) || !is_day(to) || from > to {
            return Err(
                "write it as FROM..TO with FROM not after TO, such as 2026-01-01..2026-03-31"
                    .to_owned(),
            );
        }
        Ok(Range {
            from: from.to_owned(),
            to: to.to_owned(),
        })
    }
}
