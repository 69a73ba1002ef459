//! `sandbox`: the stand-ins as a program, for the demo.

use std::time::Duration;

use clap::{Parser, ValueEnum};
use sandbox::{Company, Environment, Options, Ports, Region, Sandbox};

/// Plays Debitura, Stripe, Intuit and Zoho on this machine. Nothing is real and nothing leaves it.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Which company's books Stripe shows.
    #[arg(long, value_enum, default_value = "demo")]
    company: Books,
    /// How many invoices the large company has.
    #[arg(long, default_value_t = 10_000)]
    count: usize,
    #[arg(long, default_value_t = Options::default().seed)]
    seed: u64,
    /// The day it shall be, such as 2026-07-01.
    #[arg(long)]
    today: Option<jiff::civil::Date>,
    /// Milliseconds added to every answer.
    #[arg(long, default_value_t = 0)]
    latency: u64,
    /// Starts without the cases of the past.
    #[arg(long)]
    no_history: bool,
    /// The page's port on 127.0.0.1; the providers' servers take the next ten. 0 takes any free ones.
    #[arg(long, default_value_t = 0)]
    port: u16,
}

#[derive(Clone, Copy, ValueEnum)]
enum Books {
    Empty,
    Demo,
    Awkward,
    Large,
}

#[tokio::main]
#[allow(
    clippy::print_stdout,
    reason = "the addresses and keys are what this program is run for"
)]
async fn main() -> std::io::Result<()> {
    let given = Arguments::parse();
    let next = |by: u16| {
        if given.port == 0 {
            0
        } else {
            given.port.saturating_add(by)
        }
    };
    let sandbox = Sandbox::start(Options {
        seed: given.seed,
        company: match given.company {
            Books::Empty => Company::Empty,
            Books::Demo => Company::Demo,
            Books::Awkward => Company::Awkward,
            Books::Large => Company::Large(given.count),
        },
        today: given.today,
        latency: Duration::from_millis(given.latency),
        ports: Some(Ports {
            control: given.port,
            debitura: next(1),
            stripe: next(2),
            intuit: next(3),
            quickbooks: next(4),
            quickbooks_sandbox: next(5),
            zoho_accounts_us: next(6),
            zoho_accounts_eu: next(7),
            zoho_api_us: next(8),
            zoho_api_eu: next(9),
            zoho_rogue: next(10),
        }),
        history: !given.no_history,
        ..Options::default()
    })
    .await?;
    println!("page      {}", sandbox.url());
    println!(
        "debitura  {}  key {}",
        sandbox.debitura_url(),
        sandbox.debitura_key()
    );
    println!(
        "stripe    {}  key {}",
        sandbox.stripe_url(),
        sandbox.stripe_key()
    );
    println!("intuit    {}", sandbox.intuit_url());
    println!(
        "quickbooks {}  key {}  secret {}",
        sandbox.quickbooks_url(Environment::Development),
        sandbox::INTUIT_CLIENT,
        sandbox::INTUIT_SECRET
    );
    println!(
        "zoho      {}  key {}  secret {}",
        sandbox.zoho_accounts_url(Region::Us),
        sandbox::ZOHO_CLIENT,
        sandbox::ZOHO_SECRET
    );
    println!("Ctrl-C ends it.");
    std::future::pending::<()>().await;
    Ok(())
}
