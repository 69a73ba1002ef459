//! The control server: a page for people at `/`, and the same as JSON under `/control` for other processes.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Form, Json, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::SignedDuration;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::Edit;
use crate::debitura::Lifecycle;
use crate::fault::Fault;
use crate::options::Ports;
use crate::page;
use crate::serve::MARK;
use crate::settings::Settings;
use crate::world::House;

#[derive(Clone)]
pub(crate) struct Room {
    pub(crate) house: Arc<House>,
    pub(crate) ports: Ports,
    pub(crate) debitura_key: String,
    pub(crate) stripe_key: String,
}

pub(crate) fn serve(
    house: Arc<House>,
    ports: Ports,
    keys: (String, String),
    listener: TcpListener,
) -> JoinHandle<()> {
    let room = Room {
        house,
        ports,
        debitura_key: keys.0,
        stripe_key: keys.1,
    };
    let router = Router::new()
        .route("/", get(show))
        .route("/faults", post(lay_from_form))
        .route("/faults/clear", post(clear_from_form))
        .route("/control", get(index))
        .route("/control/cases", get(cases))
        .route("/control/cases/{id}/{action}", post(act_on_case))
        .route("/control/requests", get(requests).delete(forget_requests))
        .route("/control/violations", get(violations))
        .route("/control/faults", get(faults).post(lay).delete(clear))
        .route("/control/settings", get(settings).patch(change_settings))
        .route("/control/oracle", get(oracle))
        .route("/control/invoices", get(invoices).post(add_invoice))
        .route("/control/invoices/{id}/{action}", post(act_on_invoice))
        .route("/control/accounts/{account}/{action}", post(act_on_account))
        .route("/control/keys/restore", post(restore_keys))
        .route("/control/idempotency/forget", post(forget_keys))
        .route("/control/links/expire", post(expire_links))
        .route("/control/clock", post(advance))
        .merge(crate::intuit::routes())
        .merge(crate::zoho::routes())
        .layer(middleware::from_fn_with_state(room.clone(), own_pages_only))
        .with_state(room);
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::warn!(%error, "the control server ended");
        }
    })
}

/// A web page in the user's browser can reach loopback too. Only this server's own pages, and programs, which send no
/// `Origin`, may give orders; a foreign `Host` is a rebound name.
async fn own_pages_only(State(room): State<Room>, request: Request, next: Next) -> Response {
    let mut response = if is_own(request.headers(), room.ports.control) {
        next.run(request).await
    } else {
        (
            StatusCode::FORBIDDEN,
            "The sandbox takes orders from its own page only.\n",
        )
            .into_response()
    };
    response
        .headers_mut()
        .insert(MARK.0, header::HeaderValue::from_static(MARK.1));
    response
}

fn is_own(headers: &HeaderMap, port: u16) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let own = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
    let host = text(header::HOST).is_some_and(|host| own.iter().any(|own| own == host));
    host && text(header::ORIGIN)
        .is_none_or(|origin| own.iter().any(|own| origin == format!("http://{own}")))
}

pub(crate) type Answer = Result<Json<Value>, (StatusCode, Json<Value>)>;

pub(crate) fn refuse(status: StatusCode, why: impl Into<String>) -> (StatusCode, Json<Value>) {
    (status, Json(json!({ "error": why.into() })))
}

pub(crate) fn done(known: bool) -> Answer {
    if known {
        Ok(Json(json!({ "done": true })))
    } else {
        Err(refuse(StatusCode::NOT_FOUND, "there is no such thing"))
    }
}

async fn show(State(room): State<Room>) -> Html<String> {
    Html(page::render(&room))
}

async fn index(State(room): State<Room>) -> Json<Value> {
    Json(json!({
        "debitura_url": room.ports.debitura_url(), "debitura_key": room.debitura_key, "stripe_url": room.ports.stripe_url(),
        "stripe_key": room.stripe_key, "control_url": room.ports.control_url(),
        "intuit_url": room.ports.intuit_url(), "quickbooks_url": room.ports.quickbooks_url(crate::Environment::Production),
        "quickbooks_sandbox_url": room.ports.quickbooks_url(crate::Environment::Development),
    }))
}

async fn cases(State(room): State<Room>) -> Json<Value> {
    Json(Value::Array(room.house.world().debitura.all_cases()))
}

async fn requests(State(room): State<Room>) -> Json<Value> {
    Json(json!(room.house.world().requests))
}

async fn forget_requests(State(room): State<Room>) -> Json<Value> {
    room.house.world().requests.clear();
    Json(json!({ "done": true }))
}

async fn violations(State(room): State<Room>) -> Json<Value> {
    Json(json!(room.house.world().violations))
}

async fn faults(State(room): State<Room>) -> Json<Value> {
    Json(json!(room.house.world().faults.all()))
}

async fn lay(State(room): State<Room>, Json(fault): Json<Fault>) -> Json<Value> {
    room.house.world().faults.lay(fault);
    Json(json!({ "done": true }))
}

async fn clear(State(room): State<Room>) -> Json<Value> {
    room.house.world().faults.clear();
    Json(json!({ "done": true }))
}

async fn settings(State(room): State<Room>) -> Json<Value> {
    Json(json!(room.house.world().settings))
}

/// What is given replaces what is there, field by field.
async fn change_settings(State(room): State<Room>, Json(given): Json<Value>) -> Answer {
    let mut world = room.house.world();
    let mut whole = json!(world.settings);
    merge(&mut whole, given);
    let settings: Settings = serde_json::from_value(whole)
        .map_err(|error| refuse(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))?;
    world.settings = settings;
    Ok(Json(json!(world.settings)))
}

fn merge(base: &mut Value, given: Value) {
    match (base, given) {
        (Value::Object(base), Value::Object(given)) => {
            for (name, value) in given {
                merge(base.entry(name).or_insert(Value::Null), value);
            }
        }
        (base, given) => *base = given,
    }
}

async fn oracle(State(room): State<Room>) -> Json<Value> {
    Json(json!(room.house.world().stripe.books().oracle()))
}

async fn invoices(State(room): State<Room>) -> Json<Value> {
    let world = room.house.world();
    let all = world.stripe.books().invoices.iter().map(|invoice| {
        json!({ "id": invoice.id, "number": invoice.number, "status": invoice.status, "currency": invoice.currency,
            "amount_remaining": invoice.remaining(), "case": invoice.odd.as_ref().map_or("", |odd| odd.case) })
    });
    Json(all.collect())
}

async fn add_invoice(State(room): State<Room>) -> Answer {
    let mut world = room.house.world();
    let clock = world.clock;
    let id = world
        .stripe
        .add_invoice(clock.now().as_second(), clock.today());
    id.map(|id| Json(json!({ "id": id })))
        .ok_or_else(|| refuse(StatusCode::CONFLICT, "the company has no customers"))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Details {
    amount: Option<f64>,
    date: Option<Date>,
    text: Option<String>,
    area: Option<String>,
    stage: Option<String>,
    close_code: Option<String>,
}

fn details(body: &[u8]) -> Result<Details, (StatusCode, Json<Value>)> {
    if body.is_empty() {
        return Ok(Details::default());
    }
    serde_json::from_slice(body)
        .map_err(|error| refuse(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))
}

async fn act_on_invoice(
    State(room): State<Room>,
    Path((id, action)): Path<(String, String)>,
    body: axum::body::Bytes,
) -> Answer {
    let details = details(&body)?;
    let amount = details.amount.map(|amount| amount as i64);
    let edit = match action.as_str() {
        "pay" => Edit::Pay(amount.unwrap_or(i64::MAX)),
        "void" => Edit::Void,
        "write-off" => Edit::WriteOff,
        "total" => Edit::Total(amount.unwrap_or_default()),
        "due" => Edit::DueDate(details.date),
        "number" => Edit::Number(details.text),
        "debtor" => Edit::DebtorName(details.text.unwrap_or_default()),
        _ => return done(false),
    };
    let mut world = room.house.world();
    let now = world.clock.now().as_second();
    done(edit.apply(world.stripe.books_mut(), &id, now))
}

async fn act_on_case(
    State(room): State<Room>,
    Path((id, action)): Path<(Uuid, String)>,
    body: axum::body::Bytes,
) -> Answer {
    let details = details(&body)?;
    let mut world = room.house.world();
    let now = world.clock.now();
    let text = details
        .text
        .as_deref()
        .unwrap_or("Please send the signed order confirmation.");
    let debitura = &mut world.debitura;
    done(match action.as_str() {
        "move" => match details.stage.as_deref().and_then(Lifecycle::read) {
            Some(stage) => debitura.move_case(id, stage, details.close_code.as_deref(), now),
            None => {
                return Err(refuse(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "there is no such stage",
                ));
            }
        },
        "payment" => debitura.record_payment(id, details.amount.unwrap_or(100.0), now),
        "ask" => debitura.ask_for_info(
            id,
            details.area.as_deref().unwrap_or("Documents"),
            text,
            now,
        ),
        "chat" => debitura.partner_writes(id, text, now),
        _ => false,
    })
}

async fn act_on_account(
    State(room): State<Room>,
    Path((account, action)): Path<(String, String)>,
) -> Answer {
    let mut world = room.house.world();
    let now = world.clock.now();
    let known = world.debitura.account(&account).is_some();
    match action.as_str() {
        "sign" => world.debitura.sign_all(&account, now),
        "unsign" => world.debitura.unsign_all(&account),
        _ => return done(false),
    }
    done(known)
}

async fn restore_keys(State(room): State<Room>) -> Answer {
    let mut world = room.house.world();
    world.debitura.restore_keys();
    world.stripe.restore_keys();
    done(true)
}

async fn forget_keys(State(room): State<Room>) -> Answer {
    room.house.world().debitura.forget_idempotency_keys();
    done(true)
}

async fn expire_links(State(room): State<Room>) -> Answer {
    room.house.world().stripe.expire_links();
    done(true)
}

#[derive(Deserialize)]
struct Advance {
    seconds: i64,
}

async fn advance(State(room): State<Room>, Json(given): Json<Advance>) -> Json<Value> {
    let mut world = room.house.world();
    world.clock = world
        .clock
        .advanced(SignedDuration::from_secs(given.seconds));
    Json(json!({ "now": world.clock.now() }))
}

#[derive(Deserialize)]
struct FaultForm {
    route: String,
    when: String,
    count: u32,
    effect: String,
}

/// The form names when and effect by their JSON, so that it can say no more than the JSON interface can.
async fn lay_from_form(State(room): State<Room>, Form(form): Form<FaultForm>) -> Response {
    let when = match form.when.as_str() {
        "always" => json!("always"),
        kind => json!({ kind: form.count }),
    };
    let effect: Value = serde_json::from_str(&form.effect).unwrap_or_default();
    let fault =
        serde_json::from_value(json!({ "route": form.route, "when": when, "effect": effect }));
    match fault {
        Ok(fault) => {
            room.house.world().faults.lay(fault);
            Redirect::to("/").into_response()
        }
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()).into_response(),
    }
}

async fn clear_from_form(State(room): State<Room>) -> Redirect {
    room.house.world().faults.clear();
    Redirect::to("/")
}
