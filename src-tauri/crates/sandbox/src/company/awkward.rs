//! Every odd case that Stripe's documents allow and a bookkeeper will meet one day. Each names itself in
//! `metadata.sandbox_case`.

use jiff::civil::Date;

use super::{
    Address, Books, Customer, Invoice, Odd, TaxIds, customer_id, demo, hostile, invoice_id, seconds,
};
use crate::dice::Dice;

const DAY: i64 = 86_400;
/// Together with the odd ones more than three pages of a hundred.
const PLAIN: usize = 260;

pub(super) struct Bench<'a> {
    books: &'a mut Books,
    dice: &'a mut Dice,
    noon: i64,
    next: i64,
}

impl Bench<'_> {
    fn customer(&mut self, name: &str, address: Option<Address>) -> usize {
        self.books.customers.push(Customer {
            id: customer_id(self.dice),
            name: Some(name.to_owned()),
            email: Some("bogholderi@odd.example".into()),
            phone: None,
            address,
            business: true,
            home: "DK",
            tax_id: Some(("eu_vat".into(), "DK12345678".into())),
            created: self.noon - 800 * DAY,
            deleted: false,
            renamed: None,
            moved: None,
        });
        self.books.customers.len() - 1
    }

    fn invoice(
        &mut self,
        case: &'static str,
        customer: usize,
        currency: &'static str,
        total: i64,
    ) -> &mut Invoice {
        self.next += 1;
        let created = self.noon - (60 + self.next) * DAY;
        let invoice = Invoice {
            id: invoice_id(self.dice),
            number: Some(format!("ODD-{:04}", self.next)),
            customer,
            status: "open",
            automatic: false,
            currency,
            total,
            paid: 0,
            created,
            finalized: Some(created + 60),
            due: Some(created + 14 * DAY),
            closed: None,
            description: None,
            purchase_order: None,
            line: case.to_owned(),
            odd: Some(Box::new(Odd {
                case,
                ..Odd::default()
            })),
        };
        self.books.invoices.push(invoice);
        let last = self.books.invoices.len() - 1;
        &mut self.books.invoices[last]
    }

    /// A debtor of its own and one invoice for it.
    pub(super) fn debtor(
        &mut self,
        case: &'static str,
        name: &str,
        address: Option<Address>,
    ) -> &mut Invoice {
        let customer = self.customer(name, address);
        self.invoice(case, customer, "eur", 123_400)
    }
}

fn address(line1: &str, postal_code: &str, city: &str, country: &str) -> Address {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Address {
        line1: text(line1),
        line2: None,
        city: text(city),
        state: None,
        postal_code: text(postal_code),
        country: text(country),
    }
}

pub(super) fn copenhagen() -> Option<Address> {
    Some(address("Nørrebrogade 12", "2200", "København N", "DK"))
}

pub(super) fn fill(books: &mut Books, dice: &mut Dice, today: Date, huge_name: bool) {
    for _ in 0..60 {
        let customer = demo::customer(dice, today);
        books.customers.push(customer);
    }
    for at in 0..PLAIN {
        let mut plain = demo::invoice(books, dice, today, "open");
        plain.number = Some(format!("PLN-{at:04}"));
        books.invoices.push(plain);
    }
    let mut bench = Bench {
        books,
        dice,
        noon: seconds(today, 12, 0),
        next: 0,
    };
    money(&mut bench);
    states(&mut bench);
    debtors(&mut bench);
    hostile::texts(&mut bench, huge_name);
    hostile::references(&mut bench);
}

fn money(bench: &mut Bench) {
    let customer = bench.customer("Valuta & Søn ApS", copenhagen());
    for (case, currency, total) in [
        ("yen has no minor unit", "jpy", 1_234_567),
        ("dinar has three decimals", "kwd", 1_234_560),
        ("krona ends in 00", "isk", 12_345_600),
        ("shilling ends in 00", "ugx", 50_000_000),
        ("forint has two decimals", "huf", 12_345_678),
        ("zloty", "pln", 98_765),
        ("franc without minor unit", "xof", 655_957),
        ("half a euro", "eur", 50),
        ("one cent", "eur", 1),
        ("seven digits", "eur", 987_654_321),
        ("pound", "gbp", 10_000),
        ("dollar", "usd", 99_999),
    ] {
        bench.invoice(case, customer, currency, total);
    }
    bench.invoice("partly paid", customer, "eur", 80_000).paid = 30_000;
    bench
        .invoice("partly paid yen", customer, "jpy", 80_000)
        .paid = 79_999;
    let nothing_left = bench.invoice("open with nothing left", customer, "eur", 40_000);
    nothing_left.paid = 40_000;
    let credited = bench.invoice("remaining below the difference", customer, "eur", 70_000);
    credited.odd_mut().remaining = Some(55_000);
}

fn states(bench: &mut Bench) {
    let customer = bench.customer("Tilstand A/S", copenhagen());
    for (case, status) in [
        ("draft", "draft"),
        ("paid", "paid"),
        ("void", "void"),
        ("uncollectible", "uncollectible"),
        ("a second draft", "draft"),
    ] {
        let invoice = bench.invoice(case, customer, "dkk", 250_000);
        invoice.status = status;
        match status {
            "draft" => (invoice.number, invoice.finalized, invoice.due) = (None, None, None),
            "paid" => (invoice.paid, invoice.closed) = (invoice.total, invoice.due),
            _ => invoice.closed = invoice.due,
        }
    }
    let automatic = bench.invoice(
        "collected automatically, no due date",
        customer,
        "dkk",
        49_900,
    );
    (automatic.automatic, automatic.due) = (true, None);
    bench
        .invoice("no due date though sent", customer, "dkk", 59_900)
        .due = None;
    bench
        .invoice("no number though open", customer, "dkk", 69_900)
        .number = None;
    let noon = bench.noon;
    bench.invoice("due today", customer, "dkk", 79_900).due = Some(noon);
    bench.invoice("due tomorrow", customer, "dkk", 89_900).due = Some(noon + DAY);
    let new = bench.invoice("issued today", customer, "dkk", 99_900);
    (new.created, new.finalized, new.due) =
        (noon - 3_600, Some(noon - 3_600), Some(noon + 14 * DAY));
    let old = bench.invoice("six years old", customer, "dkk", 109_900);
    (old.created, old.finalized, old.due) = (
        noon - 2_190 * DAY,
        Some(noon - 2_190 * DAY),
        Some(noon - 2_160 * DAY),
    );
    bench
        .invoice("unknown values", customer, "dkk", 119_900)
        .odd_mut()
        .unknown_enum = true;
    bench
        .invoice("unknown fields", customer, "dkk", 129_900)
        .odd_mut()
        .extra_fields = true;
    bench
        .invoice("dead pdf link", customer, "dkk", 139_900)
        .odd_mut()
        .expired = true;
    bench
        .invoice("tax ids empty", customer, "dkk", 149_900)
        .odd_mut()
        .tax_ids = TaxIds::Empty;
    bench
        .invoice("tax ids null", customer, "dkk", 159_900)
        .odd_mut()
        .tax_ids = TaxIds::Null;
}

fn debtors(bench: &mut Bench) {
    bench.debtor("no address at all", "Kun Mail ApS", None);
    bench.debtor(
        "every part of the address is null",
        "Tom Adresse ApS",
        Some(Address::default()),
    );
    bench.debtor(
        "no street",
        "Uden Gade ApS",
        Some(address("", "2200", "København N", "DK")),
    );
    bench.debtor(
        "no town",
        "Uden By ApS",
        Some(address("Gade 1", "2200", "", "DK")),
    );
    bench.debtor(
        "no postal code",
        "Uden Postnr ApS",
        Some(address("Gade 1", "", "København N", "DK")),
    );
    bench.debtor(
        "no country",
        "Uden Land ApS",
        Some(address("Gade 1", "2200", "København N", "")),
    );
    bench.debtor(
        "US without state",
        "Stateless Inc.",
        Some(address("1 Main Street", "94103", "San Francisco", "US")),
    );
    let with_state = Address {
        state: Some("CA".into()),
        ..address("1 Main Street", "94103", "San Francisco", "US")
    };
    bench.debtor("US with state", "Stateful Inc.", Some(with_state));
    let spelled = Address {
        state: Some("California".into()),
        ..address("1 Main Street", "94103", "San Francisco", "US")
    };
    bench.debtor(
        "US with the state's name",
        "Golden State LLC",
        Some(spelled),
    );
    for (case, name, line1, zip, town, country) in [
        (
            "Japan",
            "株式会社さくら商事",
            "丸の内一丁目9番1号",
            "100-0005",
            "千代田区",
            "JP",
        ),
        (
            "Kuwait",
            "شركة الخليج للتجارة",
            "شارع فهد السالم 12",
            "13001",
            "الكويت",
            "KW",
        ),
        (
            "Iceland",
            "Þórsmörk ehf.",
            "Laugavegur 21",
            "101",
            "Reykjavík",
            "IS",
        ),
        (
            "Uganda",
            "Kampala Traders Ltd",
            "Plot 7 Kampala Road",
            "",
            "Kampala",
            "UG",
        ),
        (
            "Hungary",
            "Szőlőskert Kft.",
            "Kossuth Lajos tér 3",
            "1055",
            "Budapest",
            "HU",
        ),
        (
            "Greece",
            "Αφοί Παπαδόπουλοι ΟΕ",
            "Ερμού 15",
            "105 63",
            "Αθήνα",
            "GR",
        ),
        (
            "Ireland without postal code",
            "Connacht Crafts Ltd",
            "4 Quay Street",
            "",
            "Galway",
            "IE",
        ),
        (
            "a country nobody covers",
            "Pyongyang Import",
            "Kim Il Sung Square 1",
            "",
            "Pyongyang",
            "KP",
        ),
        (
            "an apostrophe",
            "O'Neill & D'Angelo's Café",
            "3 L'Église",
            "75011",
            "Paris",
            "FR",
        ),
    ] {
        bench.debtor(case, name, Some(address(line1, zip, town, country)));
    }
    let private = bench
        .debtor("a private person", "Åse Ærø-Sørensen", copenhagen())
        .customer;
    bench.books.customers[private].business = false;
    bench.books.customers[private].tax_id = None;
    let nameless = bench
        .debtor("no name, only an e-mail", "", copenhagen())
        .customer;
    bench.books.customers[nameless].name = None;
    let mute = bench
        .debtor("neither e-mail nor phone", "Stum ApS", copenhagen())
        .customer;
    bench.books.customers[mute].email = None;
    let deleted = bench
        .debtor("deleted customer", "Slettet ApS", copenhagen())
        .customer;
    bench.books.customers[deleted].deleted = true;
    let moved = bench
        .debtor(
            "the live customer has moved and is renamed",
            "Gammelt Navn ApS",
            copenhagen(),
        )
        .customer;
    bench.books.customers[moved].renamed = Some("Nyt Navn A/S".into());
    bench.books.customers[moved].moved =
        Some(address("Banegårdspladsen 1", "8000", "Aarhus C", "DK"));
    let filled = bench
        .debtor(
            "only the live customer has an address",
            "Senere Oplyst ApS",
            None,
        )
        .customer;
    bench.books.customers[filled].moved = copenhagen();
    bench
        .debtor(
            "customer null with customer_account",
            "Konto v2 ApS",
            copenhagen(),
        )
        .odd_mut()
        .customer_account = Some("acct_1SandboxCustomer".into());
}
