//! A first fetch of 20,000 invoices from QuickBooks and from Zoho, which refuse whoever asks faster than they publish. Their
//! clock, and with it their limits, runs as many times faster as our pace; all times but those against another client are by
//! their clock.

use std::time::{Duration, Instant};

use desk::Pacing;
use jiff::Timestamp;
use sandbox::{IntuitLimits, Request, Sandbox};

use crate::desks::{call, company, fetch, open, question, sign_in};
use crate::table::Table;
use crate::{official, say};

const INVOICES: usize = 20_000;
/// Sixty seconds pass in three.
const SPEED: u16 = 20;
/// What the desk asks in a second of QuickBooks, and in a minute of Zoho, at most.
const QUICKBOOKS_PACE: Duration = Duration::from_millis(125);
const ZOHO_PACE: u32 = 60;
/// A first fetch may cost so much more than the least possible.
const AIM: f64 = 1.1;

pub async fn measure(table: &mut Table) {
    official::python();
    for speed in [1, SPEED] {
        let sandbox = Sandbox::start(company(INVOICES)).await.unwrap();
        let fetched = fetched(&sandbox, "quickbooks", speed).await;
        part(table, "QuickBooks", speed);
        let (realm, _) = sandbox.quickbooks_companies()[0].clone();
        let customers = sandbox.quickbooks_oracle(&realm).unwrap().customers;
        // A thousand of each at a time, and the currency that invoices leave out.
        let least = INVOICES.div_ceil(1000) + customers.div_ceil(1000) + 1;
        // Twenty times faster a slot is shorter than it takes to keep a page of a thousand, and idle time would be that.
        let idle = (speed == 1).then_some(1.0);
        lines(table, &fetched, least, QUICKBOOKS_PACE, idle);
        let (count, theirs) = official::read_quickbooks(&sandbox).await;
        assert_eq!(count, INVOICES);
        let client = ("python-quickbooks, kept nowhere,", theirs);
        table.ratio("kept in the cache", fetched.took, client, Some(1.0));
    }
    let sandbox = Sandbox::start(company(INVOICES)).await.unwrap();
    let fetched = fetched(&sandbox, "zoho", SPEED).await;
    part(table, "Zoho Books", SPEED);
    let slot = Duration::from_secs(60) / ZOHO_PACE;
    lines(table, &fetched, INVOICES.div_ceil(200), slot, Some(1.0));
}

fn part(table: &mut Table, provider: &str, speed: u16) {
    let speed = match speed {
        1 => "at its published limits".to_owned(),
        speed => format!("{speed} times faster than its published limits"),
    };
    table.part(&format!(
        "Fetch of {INVOICES} invoices from {provider}, {speed}"
    ));
}

fn lines(table: &mut Table, fetched: &Fetched, least: usize, slot: Duration, idle: Option<f64>) {
    let asked = fetched.requests.len();
    let least_possible = ("the least possible", least);
    table.counts("requests", asked, least_possible, Some(AIM));
    table.ratio(
        "longest time without a request though one might go",
        fetched.longest_idle(slot),
        ("a slot", slot),
        idle,
    );
    let bound = format!("{asked} requests at that pace");
    let at_best = slot * u32::try_from(asked).unwrap();
    table.ratio(
        "from the first to the last answer",
        fetched.whole(),
        (&bound, at_best),
        None,
    );
}

struct Fetched {
    requests: Vec<Request>,
    /// On this machine, the cache included.
    took: Duration,
}

async fn fetched(sandbox: &Sandbox, provider: &str, speed: u16) -> Fetched {
    let folder = tempfile::tempdir().unwrap();
    let desk = open(sandbox, folder.path(), Pacing::Times(speed.into())).await;
    sign_in(&desk, sandbox, provider).await;
    sandbox.settings(|settings| {
        settings.intuit.limits = Some(IntuitLimits::default());
        settings.zoho.minute_limit = Some(100);
    });
    sandbox.run_clock(speed);
    sandbox.forget_requests();
    let begun = Instant::now();
    fetch(&desk).await;
    let took = begun.elapsed();
    let mut whole = question(&[], "", "due_date", false);
    whole["query"]["partly_paid"] = true.into();
    let page = call(&desk, "invoices", whole).await;
    assert_eq!(page["total"], INVOICES, "a figure about half a fetch");
    let requests = sandbox.requests();
    let refused = requests.iter().filter(|asked| asked.status != Some(200));
    assert_eq!(refused.count(), 0, "the pace must keep within the limits");
    say(&format!(
        "fetched {INVOICES} from {provider} in {took:.1?} with {} requests, none refused",
        requests.len()
    ));
    Fetched { requests, took }
}

impl Fetched {
    fn whole(&self) -> Duration {
        let last = self.requests.iter().filter_map(|asked| asked.answered);
        last.max()
            .unwrap()
            .duration_since(self.requests[0].at)
            .unsigned_abs()
    }

    /// The longest time in which none was under way and the pace held none back.
    fn longest_idle(&self, slot: Duration) -> Duration {
        let mut free = Timestamp::MIN;
        let mut longest = Duration::ZERO;
        for (at, asked) in self.requests.iter().enumerate() {
            if at > 0 && asked.at > free {
                longest = longest.max(asked.at.duration_since(free).unsigned_abs());
            }
            let answered = asked.answered.unwrap_or(asked.at);
            free = free
                .max(answered)
                .max(asked.at.saturating_add(slot).unwrap_or(asked.at));
        }
        longest
    }
}
