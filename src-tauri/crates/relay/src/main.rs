//! The relay's program: configuration from the environment, one listener, an orderly end on SIGTERM or Ctrl-C.

use std::process::ExitCode;

use relay::{Config, Relay, serve, subscriber, system_clock};
use tokio::net::TcpListener;
use tracing::Level;

#[tokio::main]
async fn main() -> ExitCode {
    if tracing::subscriber::set_global_default(subscriber(std::io::stderr, Level::INFO)).is_err() {
        return ExitCode::FAILURE;
    }
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::read(|name| std::env::var(name).ok())?;
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| format!("cannot listen on {} (RELAY_LISTEN): {error}", config.listen))?;
    tracing::info!(listen = %config.listen, public = config.public_url, "ready");
    let router = Relay::new(config, system_clock())?.router();
    serve(listener, router, stop()).await;
    Ok(())
}

async fn stop() {
    let interrupt = async {
        // Without a handler the system's own way of ending remains.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
