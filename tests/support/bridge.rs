//! The page and the desk over loopback HTTP, so that a browser can be driven where the window's own engine is slow or
//! hard to look into. Exists in tests only; nothing of it is in the application.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path as UrlPath, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use debitura_desk::Opening;
use futures_util::stream;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::repository;

/// A running bridge; dropping it stops it.
pub struct Bridge {
    address: SocketAddr,
    token: String,
    serving: JoinHandle<()>,
}

struct Shared {
    opening: Arc<Opening>,
    address: SocketAddr,
    token: String,
    policy: String,
}

impl Bridge {
    pub async fn start(opening: Arc<Opening>) -> Bridge {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("loopback can be listened on");
        let address = listener.local_addr().expect("it has an address");
        let token = uuid::Uuid::new_v4().to_string();
        let shared = Arc::new(Shared {
            opening,
            address,
            token: token.clone(),
            policy: policy(),
        });
        let guarded = Router::new()
            .route("/command/{name}", post(command))
            .route("/events", get(events))
            .route_layer(middleware::from_fn_with_state(shared.clone(), with_token));
        let router = Router::new()
            .merge(guarded)
            .fallback(get(file))
            .layer(middleware::from_fn_with_state(
                shared.clone(),
                of_this_origin,
            ))
            .with_state(shared);
        let serving = tokio::spawn(async move {
            axum::serve(listener, router)
                .await
                .expect("the bridge serves");
        });
        Bridge {
            address,
            token,
            serving,
        }
    }

    /// Where the page is, with the token that lets it in.
    pub fn url(&self) -> String {
        format!("http://{}/#token={}", self.address, self.token)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Another site open in the same browser may send requests here, but not under this name and not from this origin.
async fn of_this_origin(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let origin = headers.get(header::ORIGIN).map(|origin| origin.as_bytes());
    let own = shared.address.to_string();
    let foreign = origin.is_some_and(|origin| origin != format!("http://{own}").as_bytes());
    if host != Some(own.as_str()) || foreign {
        return StatusCode::FORBIDDEN.into_response();
    }
    next.run(request).await
}

async fn with_token(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let given = request
        .headers()
        .get(header::AUTHORIZATION)
        .map(|given| given.as_bytes());
    if given != Some(format!("Bearer {}", shared.token).as_bytes()) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    next.run(request).await
}

async fn command(
    State(shared): State<Arc<Shared>>,
    UrlPath(name): UrlPath<String>,
    Json(request): Json<Value>,
) -> Response {
    match shared.opening.call(&name, request).await {
        Ok(answer) => Json(answer).into_response(),
        Err(failure) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Json(json!({ "failure": failure })),
        )
            .into_response(),
    }
}

/// One event per line, for as long as the page listens.
async fn events(State(shared): State<Arc<Shared>>) -> Response {
    let lines = stream::unfold(shared.opening.events(), |mut coming| async {
        let told = debitura_desk::merged(&mut coming).await?;
        let lines: String = told
            .iter()
            .map(|event| format!("{}\n", json!(event)))
            .collect();
        Some((Ok::<_, std::convert::Infallible>(lines), coming))
    });
    (
        [(header::CONTENT_TYPE, "application/x-ndjson")],
        Body::from_stream(lines),
    )
        .into_response()
}

/// A file of the bundle that the window would show, but for its transport.
async fn file(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let path = match request.uri().path() {
        "/" => "index.html",
        path => path.trim_start_matches('/'),
    };
    if path.split('/').any(|part| part == "..") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let kind = match Path::new(path)
        .extension()
        .and_then(|extension| extension.to_str())
    {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    };
    let Ok(content) = std::fs::read(repository("ui/dist-bridge").join(path)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    let policy = shared.policy.parse().expect("the policy is a header");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    (headers, content).into_response()
}

/// The window's own policy, but for where commands go.
fn policy() -> String {
    let config =
        std::fs::read_to_string(repository("tauri.conf.json")).expect("the configuration is there");
    let config: Value = serde_json::from_str(&config).expect("it is JSON");
    let directives = config["app"]["security"]["csp"]
        .as_object()
        .expect("it has a policy");
    let directives = directives.iter().map(|(name, value)| match name.as_str() {
        "connect-src" => "connect-src 'self'".to_owned(),
        _ => format!("{name} {}", value.as_str().unwrap_or_default()),
    });
    directives.collect::<Vec<_>>().join("; ")
}
