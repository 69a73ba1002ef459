//! The relay as it is hosted, before the sandbox instead of the providers.

use relay::{Config, Relay, serve, system_clock};
use sandbox::{Environment, INTUIT_CLIENT, INTUIT_SECRET, Sandbox};
use tokio::net::TcpListener;

/// 32 bytes in Base64, as the relay wants them.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// Starts one that ends with the test's runtime, registered with the stand-in of Intuit; gives its address.
pub async fn before(sandbox: &Sandbox) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let intuit = sandbox.intuit_url();
    let variable = |name: &str| match name {
        "RELAY_PUBLIC_URL" => Some(address.clone()),
        "RELAY_KEY" => Some(KEY.to_owned()),
        "RELAY_QUICKBOOKS_CLIENT_ID" => Some(INTUIT_CLIENT.to_owned()),
        "RELAY_QUICKBOOKS_CLIENT_SECRET" => Some(INTUIT_SECRET.to_owned()),
        "RELAY_QUICKBOOKS_TOKEN_URL" => Some(format!("{intuit}/oauth2/v1/tokens/bearer")),
        "RELAY_QUICKBOOKS_REVOKE_URL" => Some(format!("{intuit}/v2/oauth2/tokens/revoke")),
        _ => None,
    };
    let config = Config::read(variable).unwrap();
    sandbox
        .register_intuit_redirect(
            Environment::Development,
            &config.redirect_uri(relay::Provider::QuickBooks),
        )
        .unwrap();
    let router = Relay::new(config, system_clock()).unwrap().router();
    tokio::spawn(serve(listener, router, std::future::pending()));
    address
}
