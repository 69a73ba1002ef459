//! A mistake in the environment stops the start, names its variable and keeps its value to itself.

use relay::Provider;

use crate::stage::{KEY, config, environment};

#[test]
fn a_sound_environment_is_enough() {
    let config = config(&environment()).unwrap();
    assert_eq!(
        config.listen.to_string(),
        "127.0.0.1:8080",
        "reachable from outside only on demand"
    );
    assert_eq!(
        config.redirect_uri(Provider::QuickBooks),
        "https://relay.example/oauth/quickbooks/callback"
    );
    assert!(!config.behind_proxy);
}

#[test]
fn each_mistake_names_its_variable() {
    let rows = [
        ("RELAY_PUBLIC_URL", "", "RELAY_PUBLIC_URL is not set"),
        (
            "RELAY_PUBLIC_URL",
            "relay.secret",
            "RELAY_PUBLIC_URL must be an https address",
        ),
        (
            "RELAY_PUBLIC_URL",
            "http://relay.secret",
            "RELAY_PUBLIC_URL must be an https address",
        ),
        (
            "RELAY_PUBLIC_URL",
            "https://me:secret@relay.example",
            "RELAY_PUBLIC_URL must be an https address",
        ),
        (
            "RELAY_PUBLIC_URL",
            "https://relay.example/?secret",
            "RELAY_PUBLIC_URL must be an https address",
        ),
        ("RELAY_KEY", "", "RELAY_KEY is not set"),
        (
            "RELAY_KEY",
            "secret",
            "RELAY_KEY must be the Base64 text of 32 random bytes",
        ),
        (
            "RELAY_KEY",
            "c2VjcmV0",
            "RELAY_KEY must be the Base64 text of 32 random bytes",
        ),
        (
            "RELAY_KEY_PREVIOUS",
            "secret",
            "RELAY_KEY_PREVIOUS must be the Base64",
        ),
        (
            "RELAY_KEY_PREVIOUS",
            KEY,
            "RELAY_KEY_PREVIOUS is the same as RELAY_KEY",
        ),
        (
            "RELAY_LISTEN",
            "secret",
            "RELAY_LISTEN must be an address and a port",
        ),
        (
            "RELAY_BEHIND_PROXY",
            "yes",
            "RELAY_BEHIND_PROXY must be true or false",
        ),
        (
            "RELAY_REQUESTS_PER_MINUTE",
            "0",
            "RELAY_REQUESTS_PER_MINUTE must be a whole number above 0",
        ),
        (
            "RELAY_QUICKBOOKS_CLIENT_SECRET",
            "",
            "RELAY_QUICKBOOKS_CLIENT_SECRET is not set",
        ),
        (
            "RELAY_QUICKBOOKS_CLIENT_ID",
            "",
            "RELAY_QUICKBOOKS_CLIENT_ID is not set",
        ),
        (
            "RELAY_ZOHO_CLIENT_SECRET",
            " ",
            "RELAY_ZOHO_CLIENT_SECRET is not set",
        ),
        (
            "RELAY_QUICKBOOKS_TOKEN_URL",
            "http://oauth.secret/token",
            "RELAY_QUICKBOOKS_TOKEN_URL must be an https",
        ),
        (
            "RELAY_ZOHO_ACCOUNTS_JP",
            "ftp://localhost/secret",
            "RELAY_ZOHO_ACCOUNTS_JP must be an https address",
        ),
        (
            "RELAY_ZOHO_ACCOUNTS_JP",
            "http://127.0.0.1.secret.example",
            "RELAY_ZOHO_ACCOUNTS_JP must be an https",
        ),
    ];
    for (name, value, expected) in rows {
        let mut environment = environment();
        environment.insert(name.to_owned(), value.to_owned());
        let Err(error) = config(&environment) else {
            panic!("{name}={value} was accepted")
        };
        let text = error.to_string();
        assert!(text.starts_with(expected), "{name}={value}: {text}");
        assert!(
            !text.contains("secret"),
            "the value may be a secret: {text}"
        );
    }
}

#[test]
fn without_a_provider_there_is_nothing_to_relay() {
    let mut environment = environment();
    environment.retain(|name, _| !name.contains("CLIENT"));
    let Err(error) = config(&environment) else {
        panic!("it started")
    };
    assert!(
        error.to_string().starts_with("no provider is configured"),
        "{error}"
    );
}
