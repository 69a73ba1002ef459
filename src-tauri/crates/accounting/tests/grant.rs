//! Tokens of a sign-in against Intuit's stand-in: what a kill between the provider's answer and the keychain costs, and
//! that many who find an old token renew it once.
#![allow(clippy::unwrap_used)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use accounting::authorise::{
    Application, Attempt, Listener, Origin, Outcome, Ports, Provider, Site, TokenClient, Via,
};
use accounting::{Access, Fault, Grant, Held, Keeping, NotKept, TokenEndpoint, TokenStore};
use http_client::{BaseUrl, Jitter, Secret, Timeouts, Transport};
use jiff::{SignedDuration, Timestamp};
use sandbox::visit::{Decision, decide, open};
use sandbox::{Company, Environment, INTUIT_CLIENT, INTUIT_SECRET, Options, Rotation, Sandbox};

/// Keeps the text that a keychain would, and can refuse to.
#[derive(Default)]
struct Keychain {
    text: Mutex<Option<Secret>>,
    refuses: Mutex<bool>,
}

impl TokenStore for Keychain {
    fn load(&self) -> Keeping<'_, Option<Held>> {
        let text = self.text.lock().unwrap().clone();
        Box::pin(async move { Ok(text.as_ref().and_then(Held::read)) })
    }

    fn save<'a>(&'a self, held: &'a Held) -> Keeping<'a, ()> {
        Box::pin(async move {
            if *self.refuses.lock().unwrap() {
                return Err(NotKept("the keychain is locked".to_owned()));
            }
            *self.text.lock().unwrap() = Some(held.to_keep());
            Ok(())
        })
    }
}

struct Stage {
    sandbox: Sandbox,
    keychain: Arc<Keychain>,
    client: TokenClient,
    now: Arc<Mutex<Timestamp>>,
}

impl Stage {
    /// Signed in, with the first tokens in the keychain.
    async fn signed_in() -> Stage {
        let sandbox = Sandbox::start(Options::company(Company::Awkward))
            .await
            .unwrap();
        let server = Origin::loopback(&BaseUrl::parse(&sandbox.intuit_url()).unwrap()).unwrap();
        let site = Site::quickbooks_at(server);
        let listener = Listener::bind(Provider::QuickBooks, Ports::Fixed(&[0; 5]))
            .await
            .unwrap();
        sandbox
            .register_intuit_redirect(Environment::Development, &listener.address())
            .unwrap();
        let attempt = Attempt::begin(listener, &site, INTUIT_CLIENT, &Via::Loopback).unwrap();
        let address = attempt.address().to_owned();
        let person = tokio::task::spawn_blocking(move || {
            open(&decide(&address, Decision::Allow).unwrap()).unwrap()
        });
        let authorised = attempt.wait(Duration::from_secs(20)).await.unwrap();
        let application = Application {
            client_id: INTUIT_CLIENT.to_owned(),
            client_secret: Secret::new(INTUIT_SECRET),
        };
        let transport = Transport::new("0", Timeouts::default(), Jitter::none()).unwrap();
        let client = TokenClient::new(&site, None, application, transport).unwrap();
        let tokens = client.exchange(&authorised).await.unwrap();
        authorised.finish(Outcome::Connected { who: None });
        person.await.unwrap();
        let now = Timestamp::now();
        let keychain = Arc::new(Keychain::default());
        keychain.save(&Held::of(&tokens, now)).await.unwrap();
        Stage {
            sandbox,
            keychain,
            client,
            now: Arc::new(Mutex::new(now)),
        }
    }

    /// As a process that starts finds it.
    fn started(&self) -> Arc<Grant> {
        let endpoint = TokenEndpoint::Provider(Box::new(self.client.clone()));
        let now = Arc::clone(&self.now);
        let store = Arc::clone(&self.keychain) as Arc<dyn TokenStore>;
        Arc::new(Grant::new(
            endpoint,
            store,
            Arc::new(move || *now.lock().unwrap()),
        ))
    }

    /// Here and at the provider.
    fn hours_pass(&self, hours: i64) {
        let mut now = self.now.lock().unwrap();
        *now = now.checked_add(SignedDuration::from_hours(hours)).unwrap();
        self.sandbox.advance(SignedDuration::from_hours(hours));
    }

    fn renewals(&self) -> usize {
        self.sandbox
            .requests_to("intuit POST /oauth2/v1/tokens/bearer")
            .len()
    }

    /// The provider gives a new token, and the process ends before the keychain has it.
    async fn killed_between_rotation_and_saving(&self) {
        self.hours_pass(2);
        *self.keychain.refuses.lock().unwrap() = true;
        let refused = self.started().token(None).await.unwrap_err();
        assert!(matches!(refused, Fault::TokensNotKept(_)), "{refused:?}");
        *self.keychain.refuses.lock().unwrap() = false;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_before_saving_costs_nothing_where_the_old_token_is_still_honoured() {
    let stage = Stage::signed_in().await;
    stage
        .sandbox
        .settings(|settings| settings.intuit.rotation = Rotation::Grace);
    stage.killed_between_rotation_and_saving().await;
    stage.started().token(None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_before_saving_asks_for_a_new_sign_in_where_the_old_token_died() {
    let stage = Stage::signed_in().await;
    stage
        .sandbox
        .settings(|settings| settings.intuit.rotation = Rotation::KillAtOnce);
    stage.killed_between_rotation_and_saving().await;
    let ended = stage.started().token(None).await.unwrap_err();
    assert!(matches!(ended, Fault::GrantEnded { .. }), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keychain_that_refused_gets_the_new_token_before_it_is_used() {
    let stage = Stage::signed_in().await;
    stage
        .sandbox
        .settings(|settings| settings.intuit.rotation = Rotation::KillAtOnce);
    stage.hours_pass(2);
    let grant = stage.started();
    *stage.keychain.refuses.lock().unwrap() = true;
    for _ in 0..2 {
        let refused = grant.token(None).await.unwrap_err();
        assert!(matches!(refused, Fault::TokensNotKept(_)), "{refused:?}");
    }
    *stage.keychain.refuses.lock().unwrap() = false;
    let token = grant.token(None).await.unwrap();
    let kept = stage.keychain.load().await.unwrap().unwrap();
    assert_eq!(kept.access.expose(), token.expose(), "what is used is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_who_find_an_old_token_renew_it_once_and_the_next_process_not_at_all() {
    let stage = Stage::signed_in().await;
    stage.hours_pass(2);
    stage.sandbox.forget_requests();
    let grant = stage.started();
    let fifty = (0..50).map(|_| {
        let grant = Arc::clone(&grant);
        tokio::spawn(async move { grant.token(None).await.unwrap().expose().to_owned() })
    });
    let mut tokens = Vec::new();
    for token in fifty.collect::<Vec<_>>() {
        tokens.push(token.await.unwrap());
    }
    tokens.dedup();
    assert_eq!(tokens.len(), 1, "all get the same token");
    stage.started().token(None).await.unwrap();
    assert_eq!(stage.renewals(), 1, "one asks, the others wait for it");
}
