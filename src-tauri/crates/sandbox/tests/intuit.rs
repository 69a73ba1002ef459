//! One test for each thing a faithful stand-in of Intuit must do, by its number.

#![allow(clippy::unwrap_used)]

mod support;

use jiff::SignedDuration;
use sandbox::{
    Effect, Environment, Fault, INTUIT_CLIENT, INTUIT_LIVE_CLIENT, INTUIT_LIVE_SECRET,
    INTUIT_SECRET, Rotation, UnknownPkce, When,
};
use serde_json::Value;
use support::{Answer, Bench};

const REDIRECT: &str = "http://localhost:8123/cb/quickbooks";
const LIVE_REDIRECT: &str = "https://relay.example/quickbooks";
const SCOPE: &str = "com.intuit.quickbooks.accounting";
const TOKEN: &str = "/oauth2/v1/tokens/bearer";

/// A browser that does not follow where it is sent, and an application with its keys.
struct Desk {
    bench: Bench,
    browser: reqwest::Client,
    keys: (&'static str, &'static str),
    redirect: &'static str,
    environment: Environment,
}

impl Desk {
    async fn start() -> Self {
        let bench = Bench::start().await;
        let register = |environment, uri| bench.sandbox.register_intuit_redirect(environment, uri);
        register(Environment::Development, REDIRECT).unwrap();
        register(Environment::Production, LIVE_REDIRECT).unwrap();
        let browser = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            bench,
            browser,
            keys: (INTUIT_CLIENT, INTUIT_SECRET),
            redirect: REDIRECT,
            environment: Environment::Development,
        }
    }

    fn live(mut self) -> Self {
        self.keys = (INTUIT_LIVE_CLIENT, INTUIT_LIVE_SECRET);
        self.redirect = LIVE_REDIRECT;
        self.environment = Environment::Production;
        self
    }

    fn question(&self) -> Vec<(&str, &str)> {
        vec![
            ("client_id", self.keys.0),
            ("response_type", "code"),
            ("scope", SCOPE),
            ("redirect_uri", self.redirect),
            ("state", "a state & more"),
        ]
    }

    fn authorise_url(&self) -> String {
        format!("{}/connect/oauth2", self.bench.sandbox.intuit_url())
    }

    async fn ask(&self, changed: (&str, &str)) -> Answer {
        let mut question = self.question();
        question.retain(|(name, _)| *name != changed.0);
        if !changed.1.is_empty() {
            question.push(changed);
        }
        let url = format!("{}?{}", self.authorise_url(), encoded(&question));
        let request = self.browser.get(url);
        Answer::of(request.send().await.unwrap()).await
    }

    /// Answers the page and gives the address the browser is sent to.
    async fn decide(&self, decision: &str, company: usize) -> reqwest::Url {
        let (realm, _) = self.bench.sandbox.quickbooks_companies()[company].clone();
        let mut form = self.question();
        form.extend([("realm", realm.as_str()), ("decision", decision)]);
        let request = self.browser.post(self.authorise_url()).form_of(&form);
        let answer = Answer::of(request.send().await.unwrap()).await;
        assert_eq!(answer.status, 302, "{}", answer.text);
        answer.header("location").unwrap().parse().unwrap()
    }

    async fn code(&self) -> String {
        parameter(&self.decide("allow", 0).await, "code").unwrap()
    }

    async fn post(&self, fields: &[(&str, &str)]) -> Answer {
        self.post_with(fields, &[]).await
    }

    async fn post_with(&self, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let url = format!("{}{TOKEN}", self.bench.sandbox.intuit_url());
        let mut request = self
            .browser
            .post(url)
            .basic_auth(self.keys.0, Some(self.keys.1))
            .form_of(fields);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(request.send().await.unwrap()).await
    }

    async fn exchange(&self, code: &str, redirect: &str) -> Answer {
        self.post(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect),
        ])
        .await
    }

    async fn connect(&self) -> Value {
        let code = self.code().await;
        let answer = self.exchange(&code, self.redirect).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    async fn refresh(&self, token: &str) -> Answer {
        self.post(&[("grant_type", "refresh_token"), ("refresh_token", token)])
            .await
    }

    /// The first company's API, by path below the company.
    async fn get(&self, access: &str, path: &str) -> Answer {
        let (realm, _) = self.bench.sandbox.quickbooks_companies()[0].clone();
        self.get_at(self.environment, &realm, access, path).await
    }

    async fn get_at(&self, at: Environment, realm: &str, access: &str, path: &str) -> Answer {
        let base = self.bench.sandbox.quickbooks_url(at);
        let request = self
            .browser
            .get(format!("{base}/v3/company/{realm}/{path}"))
            .bearer_auth(access)
            .header("accept", "application/json");
        Answer::of(request.send().await.unwrap()).await
    }

    fn days(&self, days: i64) {
        self.bench
            .sandbox
            .advance(SignedDuration::from_hours(24 * days));
    }
}

fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

trait WithForm {
    fn form_of(self, fields: &[(&str, &str)]) -> Self;
}

impl WithForm for reqwest::RequestBuilder {
    fn form_of(self, fields: &[(&str, &str)]) -> Self {
        self.header("content-type", "application/x-www-form-urlencoded")
            .body(encoded(fields))
    }
}

fn parameter(url: &reqwest::Url, name: &str) -> Option<String> {
    url.query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

fn text<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

fn assert_dead(answer: &Answer) {
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (400, r#"{"error":"invalid_grant"}"#),
        "a dead grant is told by exactly this"
    );
}

#[tokio::test]
async fn intuit_01_the_discovery_document_says_what_intuits_says() {
    let desk = Desk::start().await;
    let root = desk.bench.sandbox.intuit_url();
    for path in [
        "openid_configuration",
        "openid_sandbox_configuration/",
        "openid-sandbox-configuration",
    ] {
        let url = format!("{root}/.well-known/{path}");
        let document = Answer::of(desk.browser.get(url).send().await.unwrap())
            .await
            .json();
        assert_eq!(document["token_endpoint"], format!("{root}{TOKEN}"));
        for silent in [
            "code_challenge_methods_supported",
            "authorization_response_iss_parameter_supported",
        ] {
            assert!(
                document.get(silent).is_none(),
                "Intuit does not say {silent}"
            );
        }
        let keys = document.as_object().unwrap().len();
        assert_eq!(keys, 12, "no more and no fewer than Intuit's");
    }
}

#[tokio::test]
async fn intuit_02_only_registered_addresses_are_gone_back_to() {
    let desk = Desk::start().await;
    let page = desk.ask(("", "")).await;
    assert_eq!(page.status, 200);
    for shown in [
        "Nordlys Design ApS",
        "Havnegade Byg ApS",
        "<legend>Company</legend>",
        "name=decision value=allow",
        "name=decision value=deny",
        "a state &amp; more",
    ] {
        assert!(
            page.text.contains(shown),
            "{shown} is missing: {}",
            page.text
        );
    }
    assert!(
        !page.text.contains("<script"),
        "a page that any browser shows"
    );
    for changed in [
        ("redirect_uri", "http://localhost:8123/cb/quickbooks/"),
        ("redirect_uri", "http://localhost:8124/cb/quickbooks"),
        ("redirect_uri", "http://127.0.0.1:8123/cb/quickbooks"),
        ("redirect_uri", LIVE_REDIRECT),
        ("client_id", "somebody else"),
        ("response_type", "token"),
        ("scope", "com.quickbooks.accounting"),
        ("scope", ""),
    ] {
        let page = desk.ask(changed).await;
        assert_eq!(
            page.status, 400,
            "{changed:?} must end on Intuit's own page"
        );
        assert_eq!(page.header("location"), None, "and go nowhere: {changed:?}");
    }
    let denied = desk.decide("deny", 0).await;
    assert_eq!(
        parameter(&denied, "error").as_deref(),
        Some("access_denied")
    );
    assert_eq!(
        parameter(&denied, "state").as_deref(),
        Some("a state & more")
    );
    assert_eq!(parameter(&denied, "code"), None);
    for (environment, uri) in [
        (Environment::Production, "http://localhost:8123/cb"),
        (Environment::Production, "http://relay.example/cb"),
        (Environment::Production, "https://localhost/cb"),
        (Environment::Production, "https://192.0.2.1/cb"),
        (Environment::Development, "http://127.0.0.1:8123/cb"),
        (Environment::Development, "https://localhost/cb"),
        (Environment::Development, "desk://cb"),
    ] {
        let refused = desk
            .bench
            .sandbox
            .register_intuit_redirect(environment, uri);
        assert!(
            refused.is_err(),
            "Intuit registers no {uri} for {environment:?}"
        );
    }
}

#[tokio::test]
async fn intuit_03_codes_are_used_once_soon_and_by_who_asked() {
    let desk = Desk::start().await;
    let back = desk.decide("allow", 1).await;
    assert!(back.as_str().starts_with(REDIRECT));
    assert_eq!(parameter(&back, "state").as_deref(), Some("a state & more"));
    assert_eq!(
        parameter(&back, "realmId").as_deref(),
        Some(desk.bench.sandbox.quickbooks_companies()[1].0.as_str())
    );
    let code = parameter(&back, "code").unwrap();
    assert_dead(&desk.exchange(&code, "http://localhost:8124/cb").await);
    assert_eq!(desk.exchange(&code, REDIRECT).await.status, 200);
    assert_dead(&desk.exchange(&code, REDIRECT).await);

    let late = desk.code().await;
    desk.bench.sandbox.advance(SignedDuration::from_secs(301));
    assert_dead(&desk.exchange(&late, REDIRECT).await);

    let foreign = desk.code().await;
    let thief = desk.live();
    assert_dead(&thief.exchange(&foreign, REDIRECT).await);

    let desk = Desk::start().await;
    assert_eq!(
        desk.ask(("code_challenge", "abc")).await.status,
        200,
        "ignored by default"
    );
    desk.bench
        .sandbox
        .settings(|settings| settings.intuit.pkce = UnknownPkce::Reject);
    assert_eq!(desk.ask(("code_challenge", "abc")).await.status, 400);
}

#[tokio::test]
async fn intuit_04_the_token_endpoint_wants_its_client_and_says_how_long() {
    let desk = Desk::start().await;
    let code = desk.code().await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", REDIRECT),
    ];
    let url = format!("{}{TOKEN}", desk.bench.sandbox.intuit_url());
    let nobody = desk
        .browser
        .post(&url)
        .form_of(&fields)
        .send()
        .await
        .unwrap();
    assert_eq!(nobody.status(), 401, "the secret is required");
    let mut posted = fields.to_vec();
    posted.extend([
        ("client_id", INTUIT_CLIENT),
        ("client_secret", INTUIT_SECRET),
    ]);
    let tokens = Answer::of(
        desk.browser
            .post(&url)
            .form_of(&posted)
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(tokens.header("cache-control"), Some("no-store"));
    assert!(
        tokens.header("intuit_tid").is_some(),
        "every answer has one"
    );
    let tokens = tokens.json();
    assert_eq!(
        (&tokens["token_type"], &tokens["expires_in"]),
        (&"bearer".into(), &3600.into())
    );
    assert_eq!(tokens["x_refresh_token_expires_in"], 8_726_400);
    let hard = "x_refresh_token_hard_expires_in";
    assert!(tokens.get(hard).is_none(), "only who asks is told");
    let asked = desk
        .post_with(
            &[
                ("grant_type", "refresh_token"),
                ("refresh_token", text(&tokens, "refresh_token")),
            ],
            &[("x-include-refresh-token-hard-expires-in", "true")],
        )
        .await
        .json();
    assert!(
        (157_679_990..=157_680_000).contains(&asked[hard].as_i64().unwrap()),
        "five years: {asked}"
    );
    assert_dead(&desk.refresh("AB1nonsense").await);
    desk.bench
        .sandbox
        .settings(|settings| settings.intuit.describe_token_errors = true);
    let described = desk.refresh("AB1nonsense").await.json();
    assert_eq!(described["error_description"], "Token invalid");
}

#[tokio::test]
async fn intuit_05_refresh_tokens_rotate_in_every_way_intuit_is_said_to() {
    let desk = Desk::start().await;
    let first = desk.connect().await;
    let old = text(&first, "refresh_token");
    desk.bench.sandbox.advance(SignedDuration::from_hours(23));
    let same = desk.refresh(old).await.json();
    assert_eq!(text(&same, "refresh_token"), old, "within a day it stays");
    let left = same["x_refresh_token_expires_in"].as_i64().unwrap();
    assert!(
        left <= 8_726_400 - 23 * 3_600,
        "and its lifetime falls: {left}"
    );
    desk.days(1);
    let new = desk.refresh(old).await.json();
    let new = text(&new, "refresh_token");
    assert_ne!(new, old);
    assert_dead(&desk.refresh(old).await);
    desk.days(102);
    assert_dead(&desk.refresh(new).await);

    let rotate = |rotation| {
        desk.bench
            .sandbox
            .settings(|settings| settings.intuit.rotation = rotation)
    };
    rotate(Rotation::KillAtOnce);
    let first = desk.connect().await;
    let new = desk.refresh(text(&first, "refresh_token")).await.json();
    assert_dead(&desk.refresh(text(&first, "refresh_token")).await);
    assert_eq!(desk.refresh(text(&new, "refresh_token")).await.status, 200);

    rotate(Rotation::Grace);
    let first = desk.connect().await;
    let old = text(&first, "refresh_token");
    let new = desk.refresh(old).await.json();
    let again = desk.refresh(old).await.json();
    assert_eq!(
        again["refresh_token"], new["refresh_token"],
        "the lost answer once more"
    );
    desk.bench.sandbox.advance(SignedDuration::from_hours(25));
    assert_dead(&desk.refresh(old).await);
    assert_eq!(desk.refresh(text(&new, "refresh_token")).await.status, 200);
}

#[tokio::test]
async fn intuit_05_a_lost_answer_costs_the_grant_where_the_old_token_dies_at_once() {
    for (rotation, survives) in [
        (Rotation::Daily, true),
        (Rotation::KillAtOnce, false),
        (Rotation::Grace, true),
    ] {
        let desk = Desk::start().await;
        desk.bench
            .sandbox
            .settings(|settings| settings.intuit.rotation = rotation);
        let tokens = desk.connect().await;
        desk.bench.sandbox.fault(Fault::new(
            format!("intuit POST {TOKEN}"),
            When::Nth(1),
            Effect::DropAfterCommit,
        ));
        let url = format!("{}{TOKEN}", desk.bench.sandbox.intuit_url());
        let lost = desk
            .browser
            .post(url)
            .basic_auth(INTUIT_CLIENT, Some(INTUIT_SECRET))
            .form_of(&[
                ("grant_type", "refresh_token"),
                ("refresh_token", text(&tokens, "refresh_token")),
            ])
            .send()
            .await;
        assert!(lost.is_err(), "the answer is lost");
        let again = desk.refresh(text(&tokens, "refresh_token")).await;
        assert_eq!(
            again.status == 200,
            survives,
            "{rotation:?}: {}",
            again.text
        );
    }
}

#[tokio::test]
async fn intuit_05_after_five_years_a_person_must_connect_again() {
    let desk = Desk::start().await;
    let mut token = text(&desk.connect().await, "refresh_token").to_owned();
    for _ in 0..18 {
        desk.days(100);
        let answer = desk.refresh(&token).await;
        assert_eq!(
            answer.status, 200,
            "renewed in time it lives: {}",
            answer.text
        );
        token = text(&answer.json(), "refresh_token").to_owned();
    }
    desk.days(26);
    assert_dead(&desk.refresh(&token).await);
}

#[tokio::test]
async fn intuit_06_revoking_wants_basic_and_fails_without_a_word() {
    let desk = Desk::start().await;
    let tokens = desk.connect().await;
    let url = format!(
        "{}/v2/oauth2/tokens/revoke",
        desk.bench.sandbox.intuit_url()
    );
    let body = serde_json::json!({ "token": tokens["refresh_token"] });
    let post = || desk.browser.post(&url).json(&body);
    let bearer = post().bearer_auth(text(&tokens, "access_token"));
    let bearer = Answer::of(bearer.send().await.unwrap()).await;
    assert_eq!((bearer.status, bearer.text.as_str()), (401, ""));
    let basic = || post().basic_auth(INTUIT_CLIENT, Some(INTUIT_SECRET));
    assert_eq!(basic().send().await.unwrap().status(), 200);
    let twice = Answer::of(basic().send().await.unwrap()).await;
    assert_eq!((twice.status, twice.text.as_str()), (400, ""));
    assert_dead(&desk.refresh(text(&tokens, "refresh_token")).await);
    let api = desk.get(text(&tokens, "access_token"), "preferences").await;
    assert_eq!(api.status, 401);

    let tokens = desk.connect().await;
    let form = desk
        .browser
        .post(&url)
        .basic_auth(INTUIT_CLIENT, Some(INTUIT_SECRET))
        .form_of(&[("token", text(&tokens, "access_token"))]);
    assert_eq!(
        form.send().await.unwrap().status(),
        200,
        "a form and an access token do too"
    );

    let tokens = desk.connect().await;
    let (realm, _) = desk.bench.sandbox.quickbooks_companies()[0].clone();
    assert!(desk.bench.sandbox.disconnect_quickbooks(&realm));
    assert_dead(&desk.refresh(text(&tokens, "refresh_token")).await);
    let api = desk.get(text(&tokens, "access_token"), "preferences").await;
    assert_eq!(api.status, 403, "the application is no longer let in");
}

#[tokio::test]
async fn intuit_07_the_gateway_refuses_in_its_own_envelope() {
    let desk = Desk::start().await;
    let tokens = desk.connect().await;
    let access = text(&tokens, "access_token");
    let companies = desk.bench.sandbox.quickbooks_companies();
    let info = format!("companyinfo/{}", companies[0].0);
    let company = desk.get(access, &info).await.json();
    assert_eq!(company["CompanyInfo"]["CompanyName"], "Nordlys Design ApS");

    let wrong = desk.get("nonsense", "preferences").await;
    let error = &wrong.json()["fault"]["error"][0];
    assert_eq!((wrong.status, &error["code"]), (401, &"3200".into()));
    assert_eq!(
        wrong.header("www-authenticate"),
        Some("Bearer realm=\"Intuit\", error=\"invalid_token\"")
    );
    assert!(wrong.json()["time"].is_u64(), "milliseconds, not a date");
    for (environment, realm) in [
        (Environment::Development, &companies[1].0),
        (Environment::Production, &companies[0].0),
    ] {
        let answer = desk.get_at(environment, realm, access, "preferences").await;
        let error = &answer.json()["fault"]["error"][0];
        assert_eq!(
            (answer.status, &error["code"]),
            (403, &"3100".into()),
            "{environment:?}"
        );
    }
    desk.bench.sandbox.advance(SignedDuration::from_secs(3_601));
    let expired = desk.get(access, "preferences").await;
    assert_eq!(expired.status, 401, "an hour is over");
    assert!(expired.text.contains("Token expired"));

    let desk = Desk::start().await.live();
    let tokens = desk.connect().await;
    let live = desk.get(text(&tokens, "access_token"), "preferences").await;
    assert_eq!(
        live.json()["Preferences"]["CurrencyPrefs"]["HomeCurrency"]["value"],
        "DKK"
    );
}
