//! One test for each thing a faithful stand-in of Intuit must do, by its number.

#![allow(clippy::unwrap_used)]

mod support;

use jiff::SignedDuration;
use sandbox::{
    Company, Edit, Effect, Environment, Fault, FaultBody, INTUIT_CLIENT, INTUIT_LIVE_CLIENT,
    INTUIT_LIVE_SECRET, INTUIT_SECRET, IntuitLimits, Layout, Options, Rotation, UnknownPkce, When,
};
use serde_json::Value;
use support::{Answer, Bench, options};

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
        Self::with(options()).await
    }

    async fn with(options: Options) -> Self {
        let bench = Bench::with(options).await;
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

    async fn batch(&self, access: &str, items: &Value) -> Answer {
        let base = self.bench.sandbox.quickbooks_url(Environment::Development);
        let request = self
            .browser
            .post(format!("{base}/v3/company/{}/batch", self.realm()))
            .bearer_auth(access)
            .header("accept", "application/json")
            .json(items);
        Answer::of(request.send().await.unwrap()).await
    }

    async fn query(&self, access: &str, text: &str) -> Answer {
        let path = format!("query?minorversion=75&{}", encoded(&[("query", text)]));
        self.get(access, &path).await
    }

    /// What a query finds of an entity, and how many it says.
    async fn found(&self, access: &str, text: &str, entity: &str) -> Vec<Value> {
        let answer = self.query(access, text).await;
        assert_eq!(answer.status, 200, "{text}: {}", answer.text);
        let found = answer.json()["QueryResponse"].clone();
        let rows = found[entity].as_array().cloned().unwrap_or_default();
        assert!(
            found == serde_json::json!({}) || found["maxResults"] == rows.len(),
            "maxResults are the rows really returned"
        );
        rows
    }

    fn realm(&self) -> String {
        self.bench.sandbox.quickbooks_companies()[0].0.clone()
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

fn fault_code(answer: &Answer) -> (u16, String) {
    let code = &answer.json()["Fault"]["Error"][0]["code"];
    (answer.status, code.as_str().unwrap_or_default().to_owned())
}

fn ids(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["Id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn intuit_08_queries_know_the_whole_grammar_and_no_more() {
    let desk = Desk::start().await;
    let tokens = desk.connect().await;
    let access = text(&tokens, "access_token");
    let all =
        "select * from Invoice where Balance > '0' ORDERBY Id STARTPOSITION 1 MAXRESULTS 1000";
    let open = desk.found(access, all, "Invoice").await;
    let oracle = desk.bench.sandbox.quickbooks_oracle(&desk.realm()).unwrap();
    assert_eq!(open.len(), oracle.open, "every unpaid invoice and no other");
    let count = desk
        .query(access, "SELECT count(*) FROM Invoice WHERE Balance > 0")
        .await;
    assert_eq!(
        count.json()["QueryResponse"],
        serde_json::json!({ "totalCount": oracle.open })
    );

    assert_eq!(
        desk.found(access, "select * from Invoice", "Invoice")
            .await
            .len(),
        100
    );
    let second =
        "SELECT * FROM invoice WHERE Balance > '0' orderby Id maxresults 7 startposition 8";
    let second = desk.found(access, second, "Invoice").await;
    assert_eq!(
        ids(&second),
        ids(&open[7..14]),
        "clauses in either order, words in any case"
    );
    for order in ["ORDERBY", "Order By"] {
        let by = format!("select * from Invoice where Balance > '0' {order} Id MAXRESULTS 7");
        let by = desk.found(access, &by, "Invoice").await;
        assert_eq!(ids(&by), ids(&open[..7]), "{order} is understood");
    }
    let beyond = "select * from Invoice STARTPOSITION 5000";
    assert!(desk.found(access, beyond, "Invoice").await.is_empty());

    let url = format!(
        "{}/v3/company/{}/query",
        desk.bench.sandbox.quickbooks_url(Environment::Development),
        desk.realm()
    );
    let posted = desk
        .browser
        .post(url)
        .bearer_auth(access)
        .header("accept", "application/json")
        .header("content-type", "application/text")
        .body(all);
    let posted = Answer::of(posted.send().await.unwrap()).await.json();
    assert_eq!(
        posted["QueryResponse"]["Invoice"],
        Value::from(open.clone())
    );

    let due = open[3]["DueDate"].as_str().unwrap_or("2026-01-01");
    let before =
        format!("select * from Invoice where Balance > '0' and DueDate < '{due}' maxresults 1000");
    let before = desk.found(access, &before, "Invoice").await;
    let expected = open
        .iter()
        .filter(|row| row["DueDate"].as_str().is_some_and(|day| day < due));
    assert_eq!(
        before.len(),
        expected.count(),
        "who has no due date is not before one"
    );
    let some = format!(
        "select * from Invoice where Id in ('{}', '{}', '1')",
        ids(&open)[0],
        ids(&open)[9]
    );
    assert_eq!(desk.found(access, &some, "Invoice").await.len(), 2);
    let like = "select * from Invoice where DocNumber like 'NOR-0104%' ORDERBY DocNumber DESC";
    let like = desk.found(access, like, "Invoice").await;
    assert!(like.len() > 2 && like[0]["DocNumber"].as_str() > like[1]["DocNumber"].as_str());

    for (wrong, code) in [
        ("select * from Invoice where Nonsense = '1'", "4001"),
        ("select * from Nonsense", "4001"),
        ("select * from Invoice STARTPOSITION 0", "4001"),
        ("select * from Invoice where Id > '5'", "4001"),
        ("select * from Invoice where Balance > 'much'", "4001"),
        ("select * from Invoice where Id = '1' OR Id = '2'", "4000"),
        ("select * from Invoice order Id", "4000"),
        ("", "4000"),
    ] {
        let answer = desk.query(access, wrong).await;
        assert_eq!(fault_code(&answer), (400, code.to_owned()), "{wrong}");
    }
    for version in ["1", "75", "99"] {
        let path = format!("companyinfo/{}?minorversion={version}", desk.realm());
        assert_eq!(
            desk.get(access, &path).await.status,
            200,
            "every version is served as 75"
        );
    }
    desk.bench
        .sandbox
        .settings(|settings| settings.intuit.page_cap = Some(50));
    assert_eq!(
        desk.found(access, all, "Invoice").await.len(),
        50,
        "fewer though there are more"
    );
}

#[tokio::test]
async fn intuit_08_amounts_are_written_with_their_zeros() {
    let desk = Desk::with(Options {
        company: Company::Awkward,
        ..options()
    })
    .await;
    let tokens = desk.connect().await;
    let all = "select * from Invoice MAXRESULTS 1000";
    let text = desk.query(text(&tokens, "access_token"), all).await.text;
    for written in [
        r#""TotalAmt":9876543.21"#,
        r#""TotalAmt":0.50"#,
        r#""TotalAmt":1234567,"#,
        r#""TotalAmt":1234.560"#,
        r#""TotalAmt":800.00"#,
        r#""Balance":500.00"#,
        r#""Balance":0}"#,
    ] {
        assert!(text.contains(written), "{written} is not there");
    }
    assert!(!text.contains(":null"), "what is not there is left out");
}

#[tokio::test]
async fn intuit_08_a_thousand_rows_are_the_most_of_a_page() {
    let desk = Desk::with(Options {
        company: Company::Large(1_200),
        ..options()
    })
    .await;
    let tokens = desk.connect().await;
    let access = text(&tokens, "access_token");
    let page =
        |start| format!("select * from Invoice ORDERBY Id STARTPOSITION {start} MAXRESULTS 5000");
    let first = desk.found(access, &page(1), "Invoice").await;
    let second = desk.found(access, &page(1_001), "Invoice").await;
    assert_eq!((first.len(), second.len()), (1_000, 200));
    let mut seen: Vec<&str> = ids(&first);
    seen.extend(ids(&second));
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 1_200, "no row twice and none left out");

    let shifted = ids(&first)[0].to_owned();
    desk.bench
        .sandbox
        .delete_quickbooks_invoice(&desk.realm(), &shifted);
    let moved = desk.found(access, &page(1_001), "Invoice").await;
    assert_eq!(
        moved.len(),
        199,
        "rows move up between pages: one is skipped"
    );

    desk.bench
        .sandbox
        .settings(|settings| settings.intuit.refuse_oversize = true);
    assert_eq!(
        fault_code(&desk.query(access, &page(1)).await),
        (400, "4001".to_owned())
    );
}

#[tokio::test]
async fn intuit_08_inactive_customers_are_shown_to_who_asks() {
    let desk = Desk::with(Options {
        company: Company::Awkward,
        ..options()
    })
    .await;
    let tokens = desk.connect().await;
    let access = text(&tokens, "access_token");
    let customers = |filter: &str| format!("select * from Customer {filter} MAXRESULTS 1000");
    let active = desk.found(access, &customers(""), "Customer").await;
    let all = customers("where Active IN (true, false)");
    let all = desk.found(access, &all, "Customer").await;
    assert_eq!(all.len(), active.len() + 1, "one is deleted");
    let quoted = customers("where DisplayName = 'O\\'Neill & D\\'Angelo\\'s Café'");
    assert_eq!(desk.found(access, &quoted, "Customer").await.len(), 1);
}

#[tokio::test]
async fn intuit_09_changes_show_the_deleted_and_reach_back_thirty_days() {
    let desk = Desk::start().await;
    let tokens = desk.connect().await;
    let access = text(&tokens, "access_token");
    let open = "select * from Invoice where Balance > '0' ORDERBY Id MAXRESULTS 3";
    let rows = desk.found(access, open, "Invoice").await;
    let [paid, void, deleted] = ids(&rows)[..] else {
        panic!("three open invoices")
    };
    let (sandbox, realm) = (&desk.bench.sandbox, desk.realm());
    sandbox.advance(SignedDuration::from_hours(1));
    assert!(sandbox.edit_quickbooks_invoice(&realm, paid, Edit::Pay(i64::MAX)));
    assert!(sandbox.edit_quickbooks_invoice(&realm, void, Edit::Void));
    assert!(sandbox.delete_quickbooks_invoice(&realm, deleted));
    let new = sandbox.add_quickbooks_invoice(&realm).unwrap();
    let fresh = desk.connect().await;
    let access = text(&fresh, "access_token");
    let cdc = "cdc?entities=Invoice,Customer,Payment&changedSince=2026-07-01T12:30:00%2B00:00";
    let answer = desk.get(access, cdc).await.json();
    let parts = answer["CDCResponse"][0]["QueryResponse"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(parts.len(), 3, "an answer for each entity");
    let changed = parts[0]["Invoice"].as_array().unwrap();
    assert_eq!(ids(changed), [paid, void, deleted, &new]);
    assert_eq!(
        (
            &changed[0]["Balance"],
            &changed[0]["LinkedTxn"][0]["TxnType"]
        ),
        (&0.into(), &"Payment".into())
    );
    assert_eq!(
        (&changed[1]["TotalAmt"], &changed[1]["PrivateNote"]),
        (&0.into(), &"Voided".into())
    );
    assert_eq!(changed[2]["status"], "Deleted");
    assert!(
        changed[2].get("TotalAmt").is_none(),
        "a tombstone and no more"
    );
    assert_eq!(
        fault_code(&desk.get(access, &format!("invoice/{deleted}")).await),
        (400, "610".to_owned())
    );
    let year = desk
        .get(access, "cdc?entities=Invoice&changedSince=2020-01-01")
        .await
        .json();
    let year = year["CDCResponse"][0]["QueryResponse"][0]["Invoice"]
        .as_array()
        .unwrap()
        .len();
    let everything = desk
        .query(access, "select count(*) from Invoice")
        .await
        .json();
    assert!(
        (year as u64) < everything["QueryResponse"]["totalCount"].as_u64().unwrap(),
        "older changes are out of reach"
    );
}

#[tokio::test]
async fn intuit_09_batches_and_pdfs() {
    let desk = Desk::start().await;
    let tokens = desk.connect().await;
    let access = text(&tokens, "access_token");
    let base = desk.bench.sandbox.quickbooks_url(Environment::Development);
    let batch = serde_json::json!({ "BatchItemRequest": [
        { "bId": "a", "Query": "select * from Customer maxresults 2" },
        { "bId": "b", "Query": "select nonsense" },
    ] });
    let items = desk.batch(access, &batch).await.json()["BatchItemResponse"].clone();
    assert_eq!(items[0]["bId"], "a");
    assert_eq!(items[0]["QueryResponse"]["maxResults"], 2);
    assert_eq!(
        items[1]["Fault"]["Error"][0]["code"], "4000",
        "one fails for itself"
    );

    let one = desk
        .found(access, "select * from Invoice maxresults 1", "Invoice")
        .await;
    let id = ids(&one)[0];
    let url = format!("{base}/v3/company/{}/invoice/{id}/pdf", desk.realm());
    let file = desk
        .browser
        .get(&url)
        .bearer_auth(access)
        .send()
        .await
        .unwrap();
    assert_eq!(file.headers()["content-type"], "application/pdf");
    assert!(file.bytes().await.unwrap().starts_with(b"%PDF-"));
    let none = desk
        .browser
        .get(url.replace(id, "99999999"))
        .bearer_auth(access);
    let none = Answer::of(none.send().await.unwrap()).await;
    assert_eq!(
        fault_code(&none),
        (400, "610".to_owned()),
        "errors are JSON all the same"
    );
}

#[tokio::test]
async fn intuit_10_xml_comes_unasked_and_faults_come_with_200() {
    let desk = Desk::start().await;
    let tokens = desk.connect().await;
    let access = text(&tokens, "access_token");
    let url = format!(
        "{}/v3/company/{}/query?query=select%20*%20from%20Invoice%20maxresults%201",
        desk.bench.sandbox.quickbooks_url(Environment::Development),
        desk.realm()
    );
    let xml = Answer::of(
        desk.browser
            .get(&url)
            .bearer_auth(access)
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert!(
        xml.header("content-type")
            .unwrap()
            .starts_with("application/xml")
    );
    for part in [
        "<IntuitResponse xmlns=",
        "<QueryResponse startPosition=\"1\" maxResults=\"1\">",
        "<Invoice domain=\"QBO\"",
    ] {
        assert!(xml.text.contains(part), "{part}: {}", xml.text);
    }
    assert!(!xml.text.contains('\u{f8ff}'));
    let route = "intuit GET /v3/company/{realm}/query";
    let strike = |code, body| {
        desk.bench.sandbox.clear_faults();
        let status = Effect::Status {
            code,
            body,
            headers: Vec::new(),
        };
        desk.bench
            .sandbox
            .fault(Fault::new(route, When::Always, status));
    };
    strike(200, FaultBody::Json);
    let answer = desk.query(access, "select * from Invoice").await;
    assert_eq!(
        (answer.status, answer.json()["Fault"].is_object()),
        (200, true)
    );
    strike(502, FaultBody::Html);
    assert!(
        desk.query(access, "select * from Invoice")
            .await
            .text
            .starts_with("<html>")
    );
    strike(500, FaultBody::Xml);
    let answer = desk.query(access, "select * from Invoice").await;
    assert!(
        answer
            .text
            .contains("<Fault type=\"SystemFault\"><Error code=\"10000\">"),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn intuit_10_answers_are_late_cut_short_or_lost() {
    let desk = Desk::start().await;
    let access = text(&desk.connect().await, "access_token").to_owned();
    let route = "intuit GET /v3/company/{realm}/preferences";
    let url = format!(
        "{}/v3/company/{}/preferences",
        desk.bench.sandbox.quickbooks_url(Environment::Development),
        desk.realm()
    );
    let strike = async |effect| {
        desk.bench.sandbox.clear_faults();
        desk.bench
            .sandbox
            .fault(Fault::new(route, When::Next(1), effect));
        let request = desk.browser.get(&url).bearer_auth(&access);
        request.header("accept", "application/json").send().await
    };
    let cut = strike(Effect::CutMidBody { after: 20 }).await.unwrap();
    assert!(cut.text().await.is_err(), "the body ends in its middle");
    let short = strike(Effect::TruncatedJson).await.unwrap();
    let short = short.text().await.unwrap();
    assert!(serde_json::from_str::<Value>(&short).is_err(), "{short}");
    let reset = strike(Effect::DropBeforeCommit).await;
    assert!(reset.is_err(), "the connection is closed without a word");
    // QuickBooks itself gives up after two minutes; nobody waits that long here.
    let patience = std::time::Duration::from_millis(200);
    let late = tokio::time::timeout(patience, strike(Effect::Timeout)).await;
    assert!(late.is_err(), "nothing comes, however long one waits");
    assert_eq!(
        desk.get(&access, "preferences").await.status,
        200,
        "each fault struck once"
    );
}

#[tokio::test]
async fn intuit_11_too_many_calls_are_refused_in_xml() {
    let desk = Desk::start().await;
    let access = text(&desk.connect().await, "access_token").to_owned();
    let limit = |minute, second| {
        desk.bench.sandbox.settings(|settings| {
            settings.intuit.limits = Some(IntuitLimits {
                minute,
                second,
                batch_minute: 2,
                ..IntuitLimits::default()
            });
        });
    };
    // The clock runs on while the test does: a minute is long enough to be sure of.
    limit(5, 100);
    for _ in 0..5 {
        assert_eq!(desk.get(&access, "preferences").await.status, 200);
    }
    let refused = desk.get(&access, "preferences").await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, None));
    assert!(
        refused
            .header("content-type")
            .unwrap()
            .starts_with("application/xml"),
        "though JSON was asked for"
    );
    assert!(
        refused
            .text
            .contains("message=ThrottleExceeded; errorCode=003001; statusCode=429")
    );
    desk.bench
        .sandbox
        .settings(|settings| settings.intuit.retry_after = true);
    assert_eq!(
        desk.get(&access, "preferences").await.header("retry-after"),
        Some("60")
    );
    desk.bench.sandbox.advance(SignedDuration::from_secs(61));
    assert_eq!(
        desk.get(&access, "preferences").await.status,
        200,
        "a minute later all is well"
    );
    limit(500, 0);
    assert_eq!(
        desk.get(&access, "preferences").await.status,
        429,
        "the second has its own limit"
    );
}

#[tokio::test]
async fn intuit_11_ten_calls_at_once_and_forty_batches_a_minute() {
    let desk = Desk::start().await;
    let access = text(&desk.connect().await, "access_token").to_owned();
    desk.bench.sandbox.settings(|settings| {
        settings.intuit.limits = Some(IntuitLimits {
            second: 1_000,
            ..IntuitLimits::default()
        });
    });
    let route = "intuit GET /v3/company/{realm}/preferences";
    let endless = Fault::new(route, When::Next(10), Effect::Timeout);
    desk.bench.sandbox.fault(endless);
    let url = format!(
        "{}/v3/company/{}/preferences",
        desk.bench.sandbox.quickbooks_url(Environment::Development),
        desk.realm()
    );
    let mut waiting = tokio::task::JoinSet::new();
    for _ in 0..10 {
        waiting.spawn(desk.browser.get(&url).bearer_auth(&access).send());
    }
    while desk.bench.sandbox.requests_to(route).len() < 10 {
        tokio::task::yield_now().await;
    }
    let status = async || desk.get(&access, "preferences").await.status;
    assert_eq!(status().await, 429, "ten are under way");
    waiting.shutdown().await;
    while status().await == 429 {
        tokio::task::yield_now().await;
    }
    assert_eq!(status().await, 200, "who hung up is not counted any more");

    let item = serde_json::json!({ "bId": "1", "Query": "select count(*) from Invoice" });
    let batch = serde_json::json!({ "BatchItemRequest": [item] });
    for expected in [vec![200; 40], vec![429]].concat() {
        let answer = desk.batch(&access, &batch).await;
        assert_eq!(answer.status, expected, "{}", answer.text);
    }
}

#[tokio::test]
async fn intuit_11_a_live_company_has_a_quota_by_the_month() {
    let desk = Desk::start().await.live();
    desk.bench
        .sandbox
        .settings(|settings| settings.intuit.monthly_quota = Some(2));
    let access = text(&desk.connect().await, "access_token").to_owned();
    for expected in [200, 200, 429] {
        assert_eq!(desk.get(&access, "preferences").await.status, expected);
    }
    desk.days(31);
    let access = text(&desk.connect().await, "access_token").to_owned();
    assert_eq!(
        desk.get(&access, "preferences").await.status,
        200,
        "the next month begins anew"
    );
}

#[tokio::test]
async fn intuit_12_the_data_has_what_real_companies_have() {
    let desk = Desk::with(Options {
        company: Company::Awkward,
        ..options()
    })
    .await;
    let tokens = desk.connect().await;
    let access = text(&tokens, "access_token");
    let invoices = desk
        .found(access, "select * from Invoice MAXRESULTS 1000", "Invoice")
        .await;
    let customers = "select * from Customer where Active in (true,false) MAXRESULTS 1000";
    let customers = desk.found(access, customers, "Customer").await;
    let any = |rows: &[Value], test: &dyn Fn(&Value) -> bool| rows.iter().any(test);
    let named = |row: &Value, c: char| row["DisplayName"].as_str().unwrap().contains(c);
    for (what, there) in [
        (
            "a structured address",
            any(&invoices, &|row| row["BillAddr"]["City"].is_string()),
        ),
        (
            "lines",
            any(&invoices, &|row| {
                row["BillAddr"]["Line3"].is_string() && row["BillAddr"]["City"].is_null()
            }),
        ),
        (
            "INVALID coordinates",
            any(&invoices, &|row| row["BillAddr"]["Lat"] == "INVALID"),
        ),
        (
            "an address that is a number",
            any(&invoices, &|row| {
                row["BillAddr"].as_object().is_some_and(|a| a.len() == 1)
            }),
        ),
        (
            "no address",
            any(&invoices, &|row| row.get("BillAddr").is_none()),
        ),
        (
            "no currency",
            any(&invoices, &|row| row.get("CurrencyRef").is_none()),
        ),
        (
            "no due date",
            any(&invoices, &|row| row.get("DueDate").is_none()),
        ),
        (
            "no number",
            any(&invoices, &|row| row.get("DocNumber").is_none()),
        ),
        (
            "no e-mail",
            any(&invoices, &|row| row.get("BillEmail").is_none()),
        ),
        (
            "a void one",
            any(&invoices, &|row| row["PrivateNote"] == "Voided"),
        ),
        (
            "a part-paid one",
            any(&invoices, &|row| {
                row["LinkedTxn"][0].is_object() && row["Balance"].as_f64() > Some(0.0)
            }),
        ),
        (
            "foreign currency",
            any(&invoices, &|row| row["CurrencyRef"]["value"] == "EUR"),
        ),
        (
            "a disputed one",
            any(&invoices, &|row| row["EInvoiceStatus"] == "Disputed"),
        ),
        (
            "a job",
            any(&customers, &|row| {
                row["Job"] == true && row["FullyQualifiedName"].as_str().unwrap().contains(':')
            }),
        ),
        (
            "only a display name",
            any(&customers, &|row| {
                row["CompanyName"].is_null() && row["GivenName"].is_null()
            }),
        ),
        (
            "an inactive one",
            any(&customers, &|row| row["Active"] == false),
        ),
        ("an emoji", any(&customers, &|row| named(row, '🍞'))),
        ("an apostrophe", any(&customers, &|row| named(row, '\''))),
        ("an ampersand", any(&customers, &|row| named(row, '&'))),
        ("an umlaut", any(&customers, &|row| named(row, 'ü'))),
    ] {
        assert!(there, "the company has no example of: {what}");
    }
    let mut names: Vec<&str> = customers
        .iter()
        .map(|row| row["DisplayName"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), customers.len(), "display names are unique");

    let truths = desk.bench.sandbox.quickbooks_addresses(&desk.realm());
    assert_eq!(
        truths.len(),
        invoices.len(),
        "the truth of every invoice is known"
    );
    let lines = truths
        .iter()
        .filter(|truth| truth.on_invoice == Layout::Lines);
    for truth in lines {
        let row = invoices
            .iter()
            .find(|row| row["Id"] == truth.invoice)
            .unwrap();
        let shown = row["BillAddr"].to_string();
        for part in [&truth.line1, &truth.city, &truth.postal_code]
            .into_iter()
            .flatten()
        {
            let part = Value::from(part.as_str()).to_string();
            assert!(
                shown.contains(part.trim_matches('"')),
                "{part} is not in {shown}"
            );
        }
    }
}

#[tokio::test]
async fn intuit_12_rows_move_between_pages() {
    let desk = Desk::with(Options {
        company: Company::Large(1_200),
        ..options()
    })
    .await;
    let access = text(&desk.connect().await, "access_token").to_owned();
    let page = async |start: usize| {
        let query = format!(
            "select * from Invoice where Balance > '0' ORDERBY Id STARTPOSITION {start} MAXRESULTS 1000"
        );
        desk.found(&access, &query, "Invoice").await
    };
    let first = page(1).await;
    let sandbox = &desk.bench.sandbox;
    let paid = ids(&first)[0];
    assert!(sandbox.edit_quickbooks_invoice(&desk.realm(), paid, Edit::Pay(i64::MAX)));
    let second = page(1_001).await;
    assert_eq!(
        (first.len(), second.len()),
        (1_000, 199),
        "who was paid meanwhile moves another out of sight"
    );
}
