//! What all tests of the store share: a folder, moments, and invoices as a source and the rules would make them.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use receivables::{
    Currency, DebtorId, Facts, Field, Hints, Invoice, InvoiceId, Money, Overlay, Provider,
    SourceStatus, Standing, assess,
};
use store::{
    Book, Cache, ConnectionId, Environment, Folder, Projection, Record, Workspace, WorkspaceId,
};
use tempfile::TempDir;
use uuid::Uuid;

pub const TODAY: Date = date(2026, 3, 1);

/// A folder that is removed with the test.
pub fn folder() -> (TempDir, Folder) {
    let directory = tempfile::tempdir().unwrap();
    let folder = Folder::open(directory.path().join("data")).unwrap();
    (directory, folder)
}

/// A moment, `seconds` after the first.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_772_000_000 + seconds).unwrap()
}

pub fn workspace(number: u128) -> WorkspaceId {
    WorkspaceId(Uuid::from_u128(number))
}

pub fn connection(number: u128) -> ConnectionId {
    ConnectionId(Uuid::from_u128(0xc000 + number))
}

pub fn invoice_id(id: &str) -> InvoiceId {
    InvoiceId {
        provider: Provider::Stripe,
        tenant: "live".into(),
        id: id.into(),
    }
}

/// An invoice to be changed by the test that needs it otherwise.
pub struct Draft {
    pub id: String,
    pub debtor: String,
    pub reference: String,
    pub name: String,
    pub email: String,
    pub city: String,
    pub country: String,
    pub amount: String,
    pub currency: String,
    pub case_date: String,
    pub due_date: String,
    pub status: SourceStatus,
    pub partly_paid: bool,
    pub overlay: Overlay,
    pub standing: Standing,
    pub created: Option<Date>,
}

pub fn draft(id: &str) -> Draft {
    Draft {
        id: id.into(),
        debtor: format!("cus_{id}"),
        reference: format!("INV-{id}"),
        name: "Nordlys A/S".into(),
        email: "ap@nordlys.example".into(),
        city: "Aarhus".into(),
        country: "DK".into(),
        amount: "1250.00".into(),
        currency: "DKK".into(),
        case_date: "2025-12-01".into(),
        due_date: "2025-12-31".into(),
        status: SourceStatus::Open,
        partly_paid: false,
        overlay: Overlay::default(),
        standing: Standing::default(),
        created: Some(date(2025, 12, 1)),
    }
}

impl Draft {
    pub fn invoice(&self) -> Invoice {
        let mut facts = Facts::default();
        for (field, value) in [
            (Field::CreditorReference, self.reference.as_str()),
            (Field::CaseDate, &self.case_date),
            (Field::DueDate, &self.due_date),
            (Field::Amount, &self.amount),
            (Field::Currency, &self.currency),
            (Field::DebtorName, &self.name),
            (Field::DebtorType, "company"),
            (Field::DebtorEmail, &self.email),
            (Field::DebtorAddress, "Havnegade 1"),
            (Field::DebtorCity, &self.city),
            (Field::DebtorCountry, &self.country),
        ] {
            facts.offer(field, value, "Stripe invoice");
        }
        let open = Currency::from_code(&self.currency)
            .and_then(|currency| Money::parse(&self.amount, currency).ok());
        Invoice {
            id: invoice_id(&self.id),
            debtor: DebtorId {
                provider: Provider::Stripe,
                tenant: "live".into(),
                id: self.debtor.clone(),
            },
            status: self.status.clone(),
            facts,
            total: open,
            open,
            partly_paid: self.partly_paid,
            hints: Hints::default(),
            url: Some(format!("https://dashboard.stripe.com/invoices/{}", self.id)),
            has_pdf: true,
            summary_only: false,
            doubts: Vec::new(),
        }
    }

    pub fn projection(&self) -> Projection {
        let invoice = self.invoice();
        Projection::of(
            &invoice,
            &assess(&invoice, &self.overlay, &self.standing, TODAY),
        )
    }

    pub fn record(&self) -> Record {
        Record {
            invoice: self.invoice(),
            raw: format!("{{\"id\":\"{}\"}}", self.id),
            created: self.created,
            projection: self.projection(),
        }
    }
}

/// A creditor with an account in production.
pub fn creditor(id: WorkspaceId, name: &str) -> Workspace {
    Workspace {
        id,
        name: name.into(),
        creditor: format!("creditor of {name}"),
        environment: Environment::Production,
        debitura_url: None,
        test_mode: false,
        created: at(0),
    }
}

/// A book with the workspace 1.
pub async fn book() -> (TempDir, Book) {
    let (directory, folder) = folder();
    let book = folder.book().unwrap();
    book.insert_workspace(creditor(workspace(1), "Nordlys"))
        .await
        .unwrap();
    (directory, book)
}

/// A cache with these invoices in workspace 1, connection 1.
pub async fn cache(drafts: impl IntoIterator<Item = Draft>) -> (TempDir, Cache) {
    let (directory, folder) = folder();
    let cache = folder.cache().unwrap();
    let records: Vec<Record> = drafts.into_iter().map(|draft| draft.record()).collect();
    cache
        .store(workspace(1), connection(1), records, at(0))
        .await
        .unwrap();
    (directory, cache)
}

/// A draft that differs from the usual one.
pub fn with(id: &str, change: impl FnOnce(&mut Draft)) -> Draft {
    let mut draft = draft(id);
    change(&mut draft);
    draft
}
