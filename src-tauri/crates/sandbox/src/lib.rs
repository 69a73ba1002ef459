//! Local stand-ins of Debitura's Customer API, of Stripe, of Intuit and of Zoho, for tests and for the demo.
//!
//! Written from the providers' published material and API descriptions alone, without any crate of this application, so that
//! a misreading cannot be shared. It listens on loopback only, forwards nothing, and marks every answer with
//! `X-Sandbox: debitura-desk`.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use sandbox::{Effect, Fault, Options, Sandbox, When};
//!
//! let sandbox = Sandbox::start(Options::default()).await?;
//! sandbox.fault(Fault::new("debitura POST /cases", When::Nth(1), Effect::DropAfterCommit));
//! // … drive a client against sandbox.debitura_url() with sandbox.debitura_key() …
//! assert_eq!(sandbox.cases().len(), 1);
//! assert!(sandbox.violations().is_empty());
//! # Ok(())
//! # }
//! ```

// An invoice of Stripe has more fields than a macro may recurse by default.
#![recursion_limit = "256"]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod company;
mod consent;
mod control;
mod courier;
mod debitura;
mod dice;
mod exchange;
mod fault;
mod garble;
mod intuit;
mod options;
mod page;
mod places;
mod schema;
mod serve;
mod settings;
mod strike;
mod stripe;
pub mod visit;
mod world;
mod zoho;

use std::sync::{Arc, Mutex, PoisonError};

use jiff::SignedDuration;
use jiff::civil::Date;
use serde_json::Value;
use tokio::task::JoinHandle;
use uuid::Uuid;

pub use company::{Company, Edit, Oracle};
pub use debitura::{Contracts, DebituraKey};
pub use exchange::{Request, Side, Violation};
pub use fault::{Effect, Fault, FaultBody, Laid, When};
pub use intuit::{AddressTruth, Environment, Layout};
pub use options::{
    BLOCKED_DEBITURA_KEY, DEBITURA_KEY, INTUIT_CLIENT, INTUIT_LIVE_CLIENT, INTUIT_LIVE_SECRET,
    INTUIT_SECRET, NO_CUSTOMERS_STRIPE_KEY, NO_INVOICES_STRIPE_KEY, Options, Ports,
    REVOKED_DEBITURA_KEY, REVOKED_STRIPE_KEY, SECOND_DEBITURA_KEY, SECOND_STRIPE_KEY, STRIPE_KEY,
    UNSIGNED_DEBITURA_KEY, ZOHO_CLIENT, ZOHO_EU_SECRET, ZOHO_SECRET,
};
pub use settings::{
    AuthError, ConcurrentKey, DebituraSettings, DuplicateReference, FieldErrors, FileTypes,
    IntuitLimits, IntuitSettings, PermissionText, RateLimits, Rotation, Settings, StripeSettings,
    UnknownPkce, Validation, ZohoCallback, ZohoSettings,
};
pub use stripe::StripeKey;
pub use zoho::Region;

use debitura::{Debitura, Lifecycle};
use intuit::Intuit;
use stripe::Stripe;
use world::{Clock, House, World};
use zoho::Zoho;

/// The `X-Debitura-Signature` of a webhook: secret, unix time, raw body. The test vector is beside the code.
pub fn webhook_signature(secret: &str, at: i64, body: &str) -> String {
    debitura::sign(secret, at, body)
}

/// Running stand-ins. Dropping it takes them down.
pub struct Sandbox {
    house: Arc<House>,
    ports: Ports,
    debitura_key: String,
    stripe_key: String,
    running: Mutex<Vec<JoinHandle<()>>>,
    background: Vec<JoinHandle<()>>,
}

impl Sandbox {
    pub async fn start(options: Options) -> std::io::Result<Self> {
        let mut ports = options.ports.unwrap_or_default();
        let control = serve::bind(ports.control).await?;
        ports.control = control.local_addr()?.port();
        let mut listeners = Vec::new();
        for (provider, port) in ports.servers() {
            let listener = serve::bind(*port).await?;
            *port = listener.local_addr()?.port();
            listeners.push((provider, listener));
        }
        let (debitura_key, stripe_key) = options.first_keys();
        let house = Arc::new(options.furnish(ports));
        let serve = |(provider, listener)| serve::serve(house.clone(), provider, listener);
        let running = listeners.into_iter().map(serve).collect();
        let keys = (debitura_key.clone(), stripe_key.clone());
        let background = vec![
            control::serve(house.clone(), ports, keys, control),
            tokio::spawn(courier::run(house.clone())),
        ];
        Ok(Self {
            house,
            ports,
            debitura_key,
            stripe_key,
            running: Mutex::new(running),
            background,
        })
    }

    pub fn debitura_url(&self) -> String {
        self.ports.debitura_url()
    }

    pub fn stripe_url(&self) -> String {
        self.ports.stripe_url()
    }

    /// The page that shows what arrived and switches faults, and the root of its JSON interface under `/control`.
    pub fn url(&self) -> String {
        self.ports.control_url()
    }

    /// The first of the keys given in the options, or the well-known one.
    pub fn debitura_key(&self) -> &str {
        &self.debitura_key
    }

    pub fn stripe_key(&self) -> &str {
        &self.stripe_key
    }

    /// Every case that exists, of all accounts, in the order of their creation; with `account`, `files` and
    /// `idempotencyKey` added to what the API shows.
    pub fn cases(&self) -> Vec<Value> {
        self.house.world().debitura.all_cases()
    }

    /// How many cases were ever created, deleted test cases included.
    pub fn cases_created(&self) -> usize {
        self.house
            .world()
            .debitura
            .accounts
            .iter()
            .map(|account| account.created)
            .sum()
    }

    pub fn requests(&self) -> Vec<Request> {
        self.house.world().requests.clone()
    }

    /// Requests to one route, such as `debitura POST /cases`.
    pub fn requests_to(&self, route: &str) -> Vec<Request> {
        self.house
            .world()
            .requests
            .iter()
            .filter(|request| request.route == route)
            .cloned()
            .collect()
    }

    /// Every code and token that Intuit and Zoho gave out, with what it is: for looking where it must not be.
    pub fn issued(&self) -> Vec<(&'static str, String)> {
        let world = self.house.world();
        [world.intuit.issued(), world.zoho.issued()].concat()
    }

    pub fn forget_requests(&self) {
        self.house.world().requests.clear();
    }

    /// Where a request or an answer broke the providers' API descriptions.
    pub fn violations(&self) -> Vec<Violation> {
        self.house.world().violations.clone()
    }

    pub fn fault(&self, fault: Fault) {
        self.house.world().faults.lay(fault);
    }

    /// Takes all faults off. Keys that a fault revoked stay revoked; see [`Sandbox::restore_keys`].
    pub fn clear_faults(&self) {
        self.house.world().faults.clear();
    }

    pub fn faults(&self) -> Vec<Laid> {
        self.house.world().faults.all().to_vec()
    }

    /// Turns the switches; those already running requests keep theirs.
    pub fn settings(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.house.world().settings);
    }

    /// What the first Stripe account really holds now.
    pub fn oracle(&self) -> Oracle {
        self.house.world().stripe.books().oracle()
    }

    /// Ids of all invoices of the first account, oldest first; with the odd case each stands for, empty for plain ones.
    pub fn invoices(&self) -> Vec<(String, &'static str)> {
        let world = self.house.world();
        let odd = |invoice: &company::Invoice| invoice.odd.as_ref().map_or("", |odd| odd.case);
        world
            .stripe
            .books()
            .invoices
            .iter()
            .map(|invoice| (invoice.id.clone(), odd(invoice)))
            .collect()
    }

    /// The invoice that is an example of an odd case, as named in `metadata.sandbox_case`.
    pub fn invoice_of(&self, case: &str) -> Option<String> {
        self.invoices()
            .into_iter()
            .find(|(_, known)| *known == case)
            .map(|(id, _)| id)
    }

    pub fn pay_invoice(&self, id: &str) -> bool {
        self.edit_invoice(id, Edit::Pay(i64::MAX))
    }

    pub fn void_invoice(&self, id: &str) -> bool {
        self.edit_invoice(id, Edit::Void)
    }

    /// False when there is no such invoice.
    pub fn edit_invoice(&self, id: &str, edit: Edit) -> bool {
        let mut world = self.house.world();
        let now = world.clock.now().as_second();
        edit.apply(world.stripe.books_mut(), id, now)
    }

    /// A new open invoice, newer than all others; none where there are no customers.
    pub fn add_invoice(&self) -> Option<String> {
        let mut world = self.house.world();
        let clock = world.clock;
        world
            .stripe
            .add_invoice(clock.now().as_second(), clock.today())
    }

    /// Kills every PDF link handed out so far; reading the invoice again gives a good one.
    pub fn expire_pdf_links(&self) {
        self.house.world().stripe.expire_links();
    }

    /// From now on the key is refused by its provider.
    pub fn revoke_key(&self, key: &str) {
        let mut world = self.house.world();
        world.debitura.revoke_key(key);
        world.stripe.revoke_key(key);
    }

    /// Gives every key back what it had at the start.
    pub fn restore_keys(&self) {
        let mut world = self.house.world();
        world.debitura.restore_keys();
        world.stripe.restore_keys();
    }

    /// Debitura forgets every idempotency key used so far.
    pub fn forget_idempotency_keys(&self) {
        self.house.world().debitura.forget_idempotency_keys();
    }

    /// Signs all contracts of a Debitura account, by its name; waiting cases move on.
    pub fn sign_contracts(&self, account: &str) {
        let mut world = self.house.world();
        let now = world.clock.now();
        world.debitura.sign_all(account, now);
    }

    /// Takes all signatures of a Debitura account back.
    pub fn unsign_contracts(&self, account: &str) {
        self.house.world().debitura.unsign_all(account);
    }

    /// Moves a case to a stage, by the stage's name or label; false when either is unknown.
    pub fn move_case(&self, id: Uuid, stage: &str, close_code: Option<&str>) -> bool {
        let mut world = self.house.world();
        let now = world.clock.now();
        Lifecycle::read(stage)
            .is_some_and(|stage| world.debitura.move_case(id, stage, close_code, now))
    }

    pub fn record_payment(&self, id: Uuid, amount: f64) -> bool {
        let mut world = self.house.world();
        let now = world.clock.now();
        world.debitura.record_payment(id, amount, now)
    }

    /// Debitura asks for more: the case waits, a task and a validation item say what for.
    pub fn ask_for_info(&self, id: Uuid, area: &str, text: &str) -> bool {
        let mut world = self.house.world();
        let now = world.clock.now();
        world.debitura.ask_for_info(id, area, text, now)
    }

    /// The partner writes; a task asks for the answer.
    pub fn partner_writes(&self, id: Uuid, message: &str) -> bool {
        let mut world = self.house.world();
        let now = world.clock.now();
        world.debitura.partner_writes(id, message, now)
    }

    /// Moves the sandbox's clock to noon (UTC) of a day, or back to real time.
    pub fn set_today(&self, today: Option<Date>) {
        self.house.world().clock = Clock::starting(today);
    }

    /// Moves the sandbox's clock on, or back.
    pub fn advance(&self, by: SignedDuration) {
        let mut world = self.house.world();
        world.clock = world.clock.advanced(by);
    }

    /// Lets the sandbox's clock run so many times faster from now on, so that whoever keeps its limits, scaled alike, need
    /// not wait as long.
    pub fn run_clock(&self, times: u16) {
        let mut world = self.house.world();
        world.clock = world.clock.at_speed(times);
    }

    /// Takes all providers down: connections are refused and open ones end. State stays.
    pub fn pause(&self) {
        for task in self.running().drain(..) {
            task.abort();
        }
    }

    /// Brings all providers up again, on the same ports with the same state.
    pub async fn resume(&self) -> std::io::Result<()> {
        if !self.running().is_empty() {
            return Ok(());
        }
        let mut ports = self.ports;
        let mut listeners = Vec::new();
        for (provider, port) in ports.servers() {
            listeners.push((provider, rebind(*port).await?));
        }
        let serve = |(provider, listener)| serve::serve(self.house.clone(), provider, listener);
        self.running().extend(listeners.into_iter().map(serve));
        Ok(())
    }

    /// Takes everything down and waits until it is.
    pub async fn stop(mut self) {
        let tasks: Vec<_> = self.running().drain(..).collect();
        for task in tasks.into_iter().chain(self.background.drain(..)) {
            task.abort();
            let _ = task.await;
        }
    }

    fn running(&self) -> std::sync::MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        for task in self.running().drain(..) {
            task.abort();
        }
        for task in self.background.drain(..) {
            task.abort();
        }
    }
}

/// A port that was just let go may stay taken for a moment.
async fn rebind(port: u16) -> std::io::Result<tokio::net::TcpListener> {
    let mut tries = 0;
    loop {
        match serve::bind(port).await {
            Err(_) if tries < 50 => {
                tries += 1;
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            result => return result,
        }
    }
}

impl Options {
    fn furnish(self, ports: Ports) -> House {
        let clock = Clock::starting(self.today);
        let books = company::Books::of(self.company, self.seed, clock.today(), self.huge_name);
        let mut second = company::Books::of(
            self.second_company,
            self.seed ^ 0x5eed,
            clock.today(),
            false,
        );
        second.name = "Havnegade Byg ApS".into();
        let mut debitura =
            Debitura::new(self.seed, &self.all_debitura_keys(), ports.debitura_url());
        if self.history {
            debitura.play_history(&self.first_keys().0, &books, clock.now());
        }
        let intuit = Intuit::new(
            self.seed,
            vec![books.clone(), second.clone()],
            ports.intuit_url(),
            clock.now().as_second(),
        );
        let mut third = company::Books::of(Company::Empty, self.seed, clock.today(), false);
        third.name = "Nedlagt Handel ApS".into();
        let zoho = Zoho::new(
            self.seed,
            vec![books.clone(), second.clone(), third],
            ports,
            clock.now().as_second(),
        );
        let stripe = Stripe::new(
            self.seed,
            &self.all_stripe_keys(),
            books,
            second,
            ports.stripe_url(),
        );
        House::new(
            World::new(clock, self.settings, debitura, stripe, intuit, zoho),
            self.latency,
        )
    }
}
