//! What happens at Intuit behind the application's back, for tests and, as JSON, for other processes.

use axum::Router;
use axum::extract::{Json, Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Environment;
use crate::Sandbox;
use crate::control::{Answer, Room, done, refuse};

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

    /// A person disconnects the application from a company at Intuit; false when nothing was connected.
    pub fn disconnect_quickbooks(&self, realm: &str) -> bool {
        self.house.world().intuit.disconnect(realm)
    }
}

pub(crate) fn routes() -> Router<Room> {
    Router::new()
        .route("/control/intuit", get(intuit))
        .route("/control/intuit/redirects", post(register_intuit))
        .route(
            "/control/intuit/companies/{realm}/disconnect",
            post(disconnect_intuit),
        )
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
