//! Stripe: reading invoices and customers with a restricted key, and fetching an invoice's PDF.

mod customers;
mod errors;
mod expand;
mod invoices;
mod keys;
mod list;
mod pdf;
mod version;

use crate::company::{self, Books};
use crate::dice::Dice;
use crate::exchange::{Call, Handled, Reply};
use crate::schema::Shape;
use crate::settings::StripeSettings;

pub use keys::StripeKey;
pub(crate) use pdf::draw;
use version::Generation;

pub(crate) struct Stripe {
    keys: Vec<keys::Key>,
    accounts: Vec<Account>,
    pub(crate) dice: Dice,
    url: String,
    /// Part of every PDF link; moving it on kills all links handed out before.
    links: u32,
}

pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) label: &'static str,
    pub(crate) books: Books,
}

/// What a handler reads: the books, as the key and the version show them.
pub(crate) struct View<'a> {
    account: &'a Account,
    key: &'a keys::Key,
    generation: Generation,
    settings: &'a StripeSettings,
    url: &'a str,
    links: u32,
}

impl Stripe {
    pub(crate) fn new(
        seed: u64,
        keys: &[StripeKey],
        first: Books,
        second: Books,
        url: String,
    ) -> Self {
        let mut dice = Dice::new(seed ^ 0x5721_9e00);
        let mut account = |label, books| Account {
            id: keys::account_id(&mut dice),
            label,
            books,
        };
        let accounts = vec![account("first", first), account("second", second)];
        Self {
            keys: keys.iter().map(keys::Key::from).collect(),
            accounts,
            dice,
            url,
            links: 1,
        }
    }

    pub(crate) fn answer(&mut self, call: &Call, settings: &StripeSettings) -> Handled {
        let handled = |reply, account, complaint| Handled {
            reply,
            account,
            complaint,
        };
        if let Some(rest) = call.path.strip_prefix("/pdf/") {
            return handled(pdf::answer(self, rest), None, None);
        }
        let key = match self.authorise(call) {
            Ok(at) => &self.keys[at],
            Err(refusal) => return handled(refusal, None, None),
        };
        let account = &self.accounts[key.account];
        let label = Some(account.label.to_owned());
        let generation = match Generation::of(call) {
            Ok(generation) => generation,
            Err(refusal) => return handled(refusal, label, None),
        };
        let complaint = call.header("stripe-version").is_none().then(|| {
            "the Stripe-Version header is missing: the shape of the answer depends on the account".to_owned()
        });
        let view = View {
            account,
            key,
            generation,
            settings,
            url: &self.url,
            links: self.links,
        };
        let reply = view.dispatch(call);
        let reply = match call.header("stripe-version") {
            Some(version) => reply.header("stripe-version", version),
            None => reply,
        };
        handled(reply, label, complaint)
    }

    pub(crate) fn books(&self) -> &Books {
        &self.accounts[0].books
    }

    pub(crate) fn books_mut(&mut self) -> &mut Books {
        &mut self.accounts[0].books
    }

    /// Makes every PDF link handed out so far a dead one; a fresh read of the invoice gives a new one.
    pub(crate) fn expire_links(&mut self) {
        self.links += 1;
    }

    /// A new open invoice, newer than all others.
    pub(crate) fn add_invoice(&mut self, now: i64, today: jiff::civil::Date) -> Option<String> {
        let Self { accounts, dice, .. } = self;
        let invoice = company::arriving(&accounts[0].books, dice, now, today)?;
        let id = invoice.id.clone();
        accounts[0].books.add(invoice);
        Some(id)
    }
}

impl View<'_> {
    fn dispatch(&self, call: &Call) -> Reply {
        let answer = match call.operation.map(|operation| operation.name.as_str()) {
            Some("GET /v1/invoices") => self
                .allowed("invoices", "invoice")
                .and_then(|()| invoices::list(self, call)),
            Some("GET /v1/invoices/{invoice}") => self
                .allowed("invoices", "invoice")
                .and_then(|()| invoices::retrieve(self, call)),
            Some("GET /v1/customers") => self
                .allowed("customers", "customer")
                .and_then(|()| customers::list(self, call)),
            Some("GET /v1/customers/{customer}") => self
                .allowed("customers", "customer")
                .and_then(|()| customers::retrieve(self, call)),
            _ => Err(self.elsewhere(call)),
        };
        let reply = answer.unwrap_or_else(|refusal| refusal);
        if self.generation == Generation::BeforeBasil && reply.status.is_success() {
            return reply.shaped(Shape::Unchecked("the description is of a later version"));
        }
        reply
    }

    /// Paths that a key for reading invoices and customers has no business with.
    fn elsewhere(&self, call: &Call) -> Reply {
        const OTHERS: [(&str, &str); 9] = [
            ("/v1/account", "account"),
            ("/v1/charges", "charge"),
            ("/v1/payment_intents", "payment_intent"),
            ("/v1/balance", "balance"),
            ("/v1/prices", "price"),
            ("/v1/subscriptions", "subscription"),
            ("/v1/products", "product"),
            ("/v1/events", "event"),
            ("/v1/invoices/search", "invoice"),
        ];
        let reply = match OTHERS
            .iter()
            .find(|(path, _)| call.path == *path || call.path.starts_with(&format!("{path}/")))
        {
            Some((_, right)) => self.forbidden(right),
            None => errors::unrecognized(call),
        };
        reply.shaped(Shape::Unchecked("the route is outside the description"))
    }
}
