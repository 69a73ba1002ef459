//! What happens at Intuit behind the application's back, for tests and, as JSON, for other processes.

use axum::Router;
use axum::extract::{Json, Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{AddressTruth, Environment};
use crate::control::{Answer, Room, done, refuse};
use crate::{Edit, Oracle, Sandbox};

impl Sandbox {
    /// Where Intuit's discovery document, consent page and token endpoint are.
    pub fn intuit_url(&self) -> String {
        self.ports.intuit_url()
    }

    pub fn quickbooks_url(&self, environment: Environment) -> String {
        self.ports.quickbooks_url(environment)
    }

    /// Registers an address Intuit may send a browser back to, or says why it would not take it.
    pub fn register_intuit_redirect(
        &self,
        environment: Environment,
        redirect: &str,
    ) -> Result<(), &'static str> {
        self.house.world().intuit.register(environment, redirect)
    }

    /// The QuickBooks companies by id and name.
    pub fn quickbooks_companies(&self) -> Vec<(String, String)> {
        self.house.world().intuit.companies()
    }

    /// What the company's books really hold now; drafts among them, which QuickBooks does not know.
    pub fn quickbooks_oracle(&self, realm: &str) -> Option<Oracle> {
        let mut world = self.house.world();
        world
            .intuit
            .ledger(realm)
            .map(|ledger| ledger.books.oracle())
    }

    /// The true address of every invoice of a company.
    pub fn quickbooks_addresses(&self, realm: &str) -> Vec<AddressTruth> {
        let mut world = self.house.world();
        world
            .intuit
            .ledger(realm)
            .map(|ledger| ledger.truths())
            .unwrap_or_default()
    }

    /// False when there is no such invoice.
    pub fn edit_quickbooks_invoice(&self, realm: &str, invoice: &str, edit: Edit) -> bool {
        let mut world = self.house.world();
        let now = world.clock.now().as_second();
        world.intuit.edit(realm, invoice, edit, now)
    }

    /// A customer moves to another street; false when there is no such customer.
    pub fn move_quickbooks_customer(&self, realm: &str, customer: &str, street: &str) -> bool {
        let mut world = self.house.world();
        let now = world.clock.now().as_second();
        let ledger = world.intuit.ledger(realm);
        ledger.is_some_and(|ledger| ledger.rename_street(customer, street, now))
    }

    /// Leaves a tombstone that only change data capture shows.
    pub fn delete_quickbooks_invoice(&self, realm: &str, invoice: &str) -> bool {
        let mut world = self.house.world();
        let now = world.clock.now().as_second();
        world.intuit.delete(realm, invoice, now)
    }

    /// A new open invoice; none where there are no customers.
    pub fn add_quickbooks_invoice(&self, realm: &str) -> Option<String> {
        let mut world = self.house.world();
        let clock = world.clock;
        world
            .intuit
            .add(realm, clock.now().as_second(), clock.today())
    }

    /// A person disconnects the application from a company at Intuit; false when nothing was connected.
    pub fn disconnect_quickbooks(&self, realm: &str) -> bool {
        self.house.world().intuit.disconnect(realm)
    }
}

pub(crate) fn routes() -> Router<Room> {
    Router::new()
        .route("/control/intuit", get(intuit))
        .route(
            "/control/intuit/companies/{realm}/addresses",
            get(addresses),
        )
        .route(
            "/control/intuit/companies/{realm}/invoices/{id}/{action}",
            post(act_on_invoice),
        )
        .route("/control/intuit/redirects", post(register_intuit))
        .route(
            "/control/intuit/companies/{realm}/disconnect",
            post(disconnect_intuit),
        )
}

async fn addresses(State(room): State<Room>, Path(realm): Path<String>) -> Json<Value> {
    let mut world = room.house.world();
    let ledger = world.intuit.ledger(&realm);
    Json(json!(ledger.map(|ledger| ledger.truths())))
}

async fn act_on_invoice(
    State(room): State<Room>,
    Path((realm, id, action)): Path<(String, String, String)>,
) -> Answer {
    let mut world = room.house.world();
    let now = world.clock.now().as_second();
    done(match action.as_str() {
        "pay" => world.intuit.edit(&realm, &id, Edit::Pay(i64::MAX), now),
        "void" => world.intuit.edit(&realm, &id, Edit::Void, now),
        "delete" => world.intuit.delete(&realm, &id, now),
        _ => false,
    })
}

async fn intuit(State(room): State<Room>) -> Json<Value> {
    let world = room.house.world();
    let companies = world.intuit.companies().into_iter();
    let companies: Vec<Value> = companies
        .map(|(id, name)| json!({ "id": id, "name": name }))
        .collect();
    Json(json!({ "companies": companies, "grants": world.intuit.all_grants() }))
}

#[derive(Deserialize)]
struct Redirection {
    environment: Environment,
    uri: String,
}

async fn register_intuit(State(room): State<Room>, Json(given): Json<Redirection>) -> Answer {
    let mut world = room.house.world();
    world
        .intuit
        .register(given.environment, &given.uri)
        .map_err(|why| refuse(StatusCode::UNPROCESSABLE_ENTITY, why))?;
    done(true)
}

async fn disconnect_intuit(State(room): State<Room>, Path(realm): Path<String>) -> Answer {
    done(room.house.world().intuit.disconnect(&realm))
}
