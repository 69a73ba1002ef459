//! A sign-in through the real relay: the browser goes by it, the tokens come from it, and what it sealed is worth nothing
//! without the verifier.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::time::Duration;

use accounting::authorise::{
    Attempt, Grant, Listener, Origin, Outcome, Ports, Provider, RelayClient, Site, TokenError, Via,
};
use http_client::{BaseUrl, Jitter, Secret, Timeouts, Transport};
use relay::{Config, Relay, serve, system_clock};
use sandbox::visit::{Decision, decide, open};
use sandbox::{Company, Environment, INTUIT_CLIENT, INTUIT_SECRET, Options, Sandbox};
use tokio::net::TcpListener;

/// 32 bytes, as the relay wants them.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

async fn relay_before(sandbox: &Sandbox) -> BaseUrl {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let intuit = sandbox.intuit_url();
    let variables: BTreeMap<&str, String> = [
        ("RELAY_PUBLIC_URL", address.clone()),
        ("RELAY_KEY", KEY.to_owned()),
        ("RELAY_QUICKBOOKS_CLIENT_ID", INTUIT_CLIENT.to_owned()),
        ("RELAY_QUICKBOOKS_CLIENT_SECRET", INTUIT_SECRET.to_owned()),
        (
            "RELAY_QUICKBOOKS_TOKEN_URL",
            format!("{intuit}/oauth2/v1/tokens/bearer"),
        ),
        (
            "RELAY_QUICKBOOKS_REVOKE_URL",
            format!("{intuit}/v2/oauth2/tokens/revoke"),
        ),
    ]
    .into();
    let config = Config::read(|name| variables.get(name).cloned()).unwrap();
    let router = Relay::new(config, system_clock()).unwrap().router();
    tokio::spawn(serve(listener, router, std::future::pending()));
    BaseUrl::parse(&address).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn quickbooks_is_signed_in_to_through_the_relay() {
    let sandbox = Sandbox::start(Options::company(Company::Awkward))
        .await
        .unwrap();
    let base = relay_before(&sandbox).await;
    let transport = Transport::new("0", Timeouts::default(), Jitter::none()).unwrap();
    let known = RelayClient::registration(transport.clone(), base.clone(), Provider::QuickBooks)
        .await
        .unwrap();
    assert_eq!(known.client_id, INTUIT_CLIENT);
    sandbox
        .register_intuit_redirect(Environment::Development, &known.redirect_uri)
        .unwrap();
    let zoho =
        RelayClient::registration(transport.clone(), base.clone(), Provider::ZohoBooks).await;
    assert!(
        matches!(zoho, Err(TokenError::Misconfigured(_))),
        "it is not set up for Zoho"
    );

    let server = Origin::loopback(&BaseUrl::parse(&sandbox.intuit_url()).unwrap()).unwrap();
    let site = Site::quickbooks_at(server);
    let listener = Listener::bind(Provider::QuickBooks, Ports::Any)
        .await
        .unwrap();
    let via = Via::Relay(BaseUrl::parse(&known.redirect_uri).unwrap());
    let attempt = Attempt::begin(listener, &site, &known.client_id, &via).unwrap();
    let address = attempt.address().to_owned();
    let person = tokio::task::spawn_blocking(move || {
        let relay = decide(&address, Decision::Allow).unwrap();
        // The relay sends the browser on to this computer, with a ticket in place of the code.
        let sent = open(&relay).unwrap();
        let line = sent
            .lines()
            .find(|line| line.to_lowercase().starts_with("location: "));
        let here = line.unwrap()[10..].to_owned();
        assert!(
            here.contains("ticket=") && !here.contains("code="),
            "{here}"
        );
        open(&here).unwrap()
    });
    let authorised = attempt.wait(Duration::from_secs(20)).await.unwrap();
    assert!(matches!(authorised.callback.grant, Grant::Ticket(_)));
    let verifier = authorised.verifier().unwrap();
    let with = |verifier: Secret| {
        RelayClient::new(transport.clone(), base.clone(), site.clone(), verifier)
    };
    let client = with(verifier);
    let tokens = client.exchange(&authorised).await.unwrap();
    assert_eq!(
        tokens.realm.as_deref(),
        Some(sandbox.quickbooks_companies()[0].0.as_str())
    );
    let again = client.exchange(&authorised).await.unwrap_err();
    assert!(
        matches!(again, TokenError::CodeRefused { .. }),
        "a ticket works once: {again:?}"
    );
    authorised.finish(Outcome::Connected { who: None });
    person.await.unwrap();

    let renewed = client.refresh(&tokens.refresh).await.unwrap();
    assert!(renewed.expires_in > Duration::ZERO);
    let stranger = with(Secret::new(
        "a-verifier-of-somebody-else-0123456789-abcdefghij",
    ));
    let refused = stranger.refresh(&renewed.refresh).await.unwrap_err();
    assert!(
        matches!(refused, TokenError::Refused { .. }),
        "stolen alone it is useless: {refused:?}"
    );
    client.revoke(&renewed.refresh).await.unwrap();
    let dead = client.refresh(&renewed.refresh).await.unwrap_err();
    assert!(matches!(dead, TokenError::GrantDead { .. }), "{dead:?}");
}
