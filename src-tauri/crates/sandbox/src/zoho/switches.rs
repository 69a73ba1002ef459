//! What happens at Zoho behind the application's back, for tests and, as JSON, for other processes.

use axum::Router;
use axum::extract::{Json, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Host, Region};
use crate::control::{Answer, Room, done, refuse};
use crate::{Edit, Oracle, Sandbox};

impl Sandbox {
    /// The accounts server of a region.
    pub fn zoho_accounts_url(&self, region: Region) -> String {
        self.ports.zoho_url(Host::Accounts(region))
    }

    /// The API host of a region, without `/books/v3`.
    pub fn zoho_api_url(&self, region: Region) -> String {
        self.ports.zoho_url(Host::Api(region))
    }

    /// A server that is not Zoho's.
    pub fn zoho_rogue_url(&self) -> String {
        self.ports.zoho_url(Host::Rogue)
    }

    /// Registers an address Zoho may send a browser back to, or says why it would not take it.
    pub fn register_zoho_redirect(&self, redirect: &str) -> Result<(), &'static str> {
        let mut world = self.house.world();
        let settings = world.settings.zoho.clone();
        world.zoho.register(redirect, &settings)
    }

    /// What the books of an organisation really hold now.
    pub fn zoho_oracle(&self, organisation: &str) -> Option<Oracle> {
        let mut world = self.house.world();
        world
            .zoho
            .organisation(organisation)
            .map(|known| known.books.oracle())
    }

    /// False when there is no such invoice.
    pub fn edit_zoho_invoice(&self, organisation: &str, invoice: &str, edit: Edit) -> bool {
        let mut world = self.house.world();
        let now = world.clock.now().as_second();
        world.zoho.edit(organisation, invoice, edit, now)
    }

    pub fn delete_zoho_invoice(&self, organisation: &str, invoice: &str) -> bool {
        self.house.world().zoho.delete(organisation, invoice)
    }

    /// The person disconnects the application at Zoho; false when nothing was connected.
    pub fn disconnect_zoho(&self) -> bool {
        self.house.world().zoho.disconnect()
    }
}

pub(crate) fn routes() -> Router<Room> {
    Router::new()
        .route("/control/zoho", get(zoho))
        .route("/control/zoho/redirects", post(register))
        .route("/control/zoho/disconnect", post(disconnect))
}

async fn zoho(State(room): State<Room>) -> Json<Value> {
    let of = |host| room.ports.zoho_url(host);
    Json(json!({
        "accounts": { "us": of(Host::Accounts(Region::Us)), "eu": of(Host::Accounts(Region::Eu)) },
        "api": { "us": of(Host::Api(Region::Us)), "eu": of(Host::Api(Region::Eu)) },
        "rogue": of(Host::Rogue), "grants": room.house.world().zoho.all_grants(),
    }))
}

#[derive(Deserialize)]
struct Redirection {
    uri: String,
}

async fn register(State(room): State<Room>, Json(given): Json<Redirection>) -> Answer {
    let mut world = room.house.world();
    let settings = world.settings.zoho.clone();
    world
        .zoho
        .register(&given.uri, &settings)
        .map_err(|why| refuse(StatusCode::UNPROCESSABLE_ENTITY, why))?;
    done(true)
}

async fn disconnect(State(room): State<Room>) -> Answer {
    done(room.house.world().zoho.disconnect())
}
