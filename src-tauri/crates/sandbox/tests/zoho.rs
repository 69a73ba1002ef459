//! One test for each thing a faithful stand-in of Zoho Books must do, by its number.

#![allow(clippy::unwrap_used)]

mod support;

use jiff::SignedDuration;
use sandbox::{
    Company, Edit, Effect, Fault, FaultBody, Options, Region, Sandbox, When, ZOHO_CLIENT,
    ZOHO_EU_SECRET, ZOHO_SECRET, ZohoCallback,
};
use serde_json::Value;
use support::{Answer, Bench, options};

const REDIRECT: &str = "http://localhost:8123/cb/zoho";
const SCOPE: &str = "ZohoBooks.invoices.READ,ZohoBooks.contacts.READ,ZohoBooks.settings.READ";

struct Desk {
    bench: Bench,
    browser: reqwest::Client,
}

impl Desk {
    async fn start() -> Self {
        Self::with(options()).await
    }

    async fn with(options: Options) -> Self {
        let bench = Bench::with(options).await;
        bench.sandbox.register_zoho_redirect(REDIRECT).unwrap();
        let browser = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self { bench, browser }
    }

    fn sandbox(&self) -> &Sandbox {
        &self.bench.sandbox
    }

    async fn ask(&self, region: Region, fields: &[(&str, &str)]) -> Answer {
        let url = format!(
            "{}/oauth/v2/auth?{}",
            self.sandbox().zoho_accounts_url(region),
            encoded(fields)
        );
        Answer::of(self.browser.get(url).send().await.unwrap()).await
    }

    async fn decide(&self, decision: &str, changed: &[(&str, &str)]) -> reqwest::Url {
        let mut form = question();
        form.retain(|(name, _)| !changed.iter().any(|(changed, _)| changed == name));
        form.extend(changed);
        form.push(("decision", decision));
        let url = self.sandbox().zoho_accounts_url(Region::Eu);
        let request = self.browser.post(format!("{url}/oauth/v2/auth"));
        let answer = Answer::of(with_form(request, &form).send().await.unwrap()).await;
        assert_eq!(answer.status, 302, "{}", answer.text);
        answer.header("location").unwrap().parse().unwrap()
    }

    async fn code(&self, changed: &[(&str, &str)]) -> String {
        parameter(&self.decide("allow", changed).await, "code").unwrap()
    }

    async fn token(&self, region: Region, fields: &[(&str, &str)]) -> Answer {
        let url = self.sandbox().zoho_accounts_url(region);
        let mut all = vec![("client_id", ZOHO_CLIENT)];
        if !fields.iter().any(|(name, _)| *name == "client_secret") {
            all.push(("client_secret", ZOHO_SECRET));
        }
        all.extend(fields);
        let request = self.browser.post(format!("{url}/oauth/v2/token"));
        Answer::of(with_form(request, &all).send().await.unwrap()).await
    }

    async fn exchange(&self, region: Region, code: &str, more: &[(&str, &str)]) -> Answer {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
        ];
        fields.retain(|(name, _)| !more.iter().any(|(more, _)| more == name));
        fields.extend(more);
        self.token(region, &fields).await
    }

    async fn connect(&self, changed: &[(&str, &str)]) -> Value {
        let code = self.code(changed).await;
        let answer = self.exchange(Region::Eu, &code, &[]).await;
        assert!(answer.json()["access_token"].is_string(), "{}", answer.text);
        answer.json()
    }

    async fn refresh(&self, tokens: &Value) -> Answer {
        let token = tokens["refresh_token"].as_str().unwrap();
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.token(Region::Eu, &fields).await
    }

    async fn get(&self, tokens: &Value, path: &str) -> Answer {
        let access = tokens["access_token"].as_str().unwrap();
        let header = format!("Zoho-oauthtoken {access}");
        self.get_as(Region::Eu, Some(&header), path).await
    }

    async fn get_as(&self, region: Region, header: Option<&str>, path: &str) -> Answer {
        let url = self.sandbox().zoho_api_url(region);
        let mut request = self.browser.get(format!("{url}/books/v3/{path}"));
        if let Some(header) = header {
            request = request.header("authorization", header);
        }
        Answer::of(request.send().await.unwrap()).await
    }
}

/// Somebody who is signed in, looking at the first organisation.
struct Reader {
    desk: Desk,
    tokens: Value,
    organisation: String,
}

impl Reader {
    async fn of(company: Company) -> Self {
        let desk = Desk::with(Options {
            company,
            ..options()
        })
        .await;
        let tokens = desk.connect(&[]).await;
        let all = desk.get(&tokens, "organizations").await.json();
        let organisation = all["organizations"][0]["organization_id"].as_str().unwrap();
        Self {
            organisation: organisation.to_owned(),
            desk,
            tokens,
        }
    }

    async fn get(&self, path: &str) -> Answer {
        let join = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{join}organization_id={}", self.organisation);
        self.desk.get(&self.tokens, &path).await
    }

    async fn rows(&self, path: &str) -> Vec<Value> {
        let answer = self.get(path).await;
        assert_code(&answer, 200, 0);
        answer.json()["invoices"].as_array().unwrap().clone()
    }

    /// All pages.
    async fn walk(&self, filter: &str) -> Vec<Value> {
        let mut all = Vec::new();
        for page in 1.. {
            let answer = self
                .get(&format!("invoices?page={page}&{filter}"))
                .await
                .json();
            all.extend(answer["invoices"].as_array().unwrap().clone());
            if answer["page_context"]["has_more_page"] == false {
                break;
            }
        }
        all
    }

    fn settings(&self, change: impl FnOnce(&mut sandbox::ZohoSettings)) {
        self.desk
            .sandbox()
            .settings(|settings| change(&mut settings.zoho));
    }
}

fn ids(rows: &[Value]) -> Vec<&str> {
    rows.iter()
        .map(|row| row["invoice_id"].as_str().unwrap())
        .collect()
}

fn question() -> Vec<(&'static str, &'static str)> {
    vec![
        ("client_id", ZOHO_CLIENT),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT),
        ("scope", SCOPE),
        ("state", "a state & more"),
        ("access_type", "offline"),
        ("prompt", "consent"),
    ]
}

fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

fn with_form(request: reqwest::RequestBuilder, fields: &[(&str, &str)]) -> reqwest::RequestBuilder {
    request
        .header("content-type", "application/x-www-form-urlencoded")
        .body(encoded(fields))
}

fn parameter(url: &reqwest::Url, name: &str) -> Option<String> {
    url.query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

/// Zoho refuses with status 200.
fn assert_error(answer: &Answer, error: &str) {
    assert_eq!(
        (answer.status, &answer.json()["error"]),
        (200, &error.into()),
        "{}",
        answer.text
    );
}

fn assert_code(answer: &Answer, status: u16, code: i64) {
    assert_eq!(
        (answer.status, answer.json()["code"].as_i64()),
        (status, Some(code)),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn zoho_01_codes_and_tokens_are_good_in_one_region() {
    let desk = Desk::start().await;
    let code = desk.code(&[]).await;
    assert_error(&desk.exchange(Region::Us, &code, &[]).await, "invalid_code");
    let tokens = desk.exchange(Region::Eu, &code, &[]).await.json();
    assert_eq!(
        tokens["api_domain"],
        desk.sandbox().zoho_api_url(Region::Eu)
    );
    let header = format!(
        "Zoho-oauthtoken {}",
        tokens["access_token"].as_str().unwrap()
    );
    let wrong = desk
        .get_as(Region::Us, Some(&header), "organizations")
        .await;
    assert_code(&wrong, 401, 57);
    assert_eq!(desk.get(&tokens, "organizations").await.status, 200);
    let rogue = |request: &sandbox::Request| request.provider == "zoho-rogue";
    assert!(!desk.sandbox().requests().iter().any(rogue));
    let url = desk.sandbox().zoho_rogue_url();
    desk.browser
        .post(format!("{url}/oauth/v2/token"))
        .send()
        .await
        .unwrap();
    assert!(
        desk.sandbox().requests().iter().any(rogue),
        "whoever falls for the rogue is seen"
    );
}

#[tokio::test]
async fn zoho_02_the_consent_page_is_in_the_persons_own_region() {
    let desk = Desk::start().await;
    let elsewhere = desk.ask(Region::Us, &question()).await;
    assert_eq!(
        elsewhere.status, 302,
        "the start is not the person's region"
    );
    let home = elsewhere.header("location").unwrap().to_owned();
    assert!(home.starts_with(&desk.sandbox().zoho_accounts_url(Region::Eu)));
    let page = Answer::of(desk.browser.get(&home).send().await.unwrap()).await;
    for shown in [
        "<legend>Organization</legend>",
        "Nordlys Design ApS",
        "Nedlagt Handel ApS",
        "name=decision value=deny",
        "a state &amp; more",
    ] {
        assert!(
            page.text.contains(shown),
            "{shown} is missing: {}",
            page.text
        );
    }
    assert!(!page.text.contains("<script"));
    for changed in [
        ("redirect_uri", "http://localhost:8123/cb/zoho/"),
        ("redirect_uri", "http://127.0.0.1:8123/cb/zoho"),
        ("client_id", "1000.OTHER"),
        ("response_type", "token"),
        ("scope", "ZohoCRM.modules.ALL"),
    ] {
        let mut fields = question();
        fields.retain(|(name, _)| *name != changed.0);
        fields.push(changed);
        let refused = desk.ask(Region::Eu, &fields).await;
        assert_eq!(
            (refused.status, refused.header("location")),
            (400, None),
            "{changed:?} must end on Zoho's own page"
        );
    }
    assert!(desk.sandbox().register_zoho_redirect("desk://cb").is_err());
    let ip = "http://127.0.0.1:8123/cb";
    assert!(desk.sandbox().register_zoho_redirect(ip).is_err());
    desk.sandbox()
        .settings(|settings| settings.zoho.accept_loopback_ip = true);
    assert!(desk.sandbox().register_zoho_redirect(ip).is_ok());

    let back = desk.decide("allow", &[]).await;
    let eu = desk.sandbox().zoho_accounts_url(Region::Eu);
    assert_eq!(parameter(&back, "state").as_deref(), Some("a state & more"));
    assert_eq!(parameter(&back, "location").as_deref(), Some("eu"));
    assert_eq!(parameter(&back, "accounts-server"), Some(eu));
    let denied = desk.decide("deny", &[]).await;
    assert_eq!(
        parameter(&denied, "error").as_deref(),
        Some("access_denied")
    );
    assert_eq!(parameter(&denied, "code"), None);

    desk.sandbox()
        .settings(|settings| settings.zoho.callback = ZohoCallback::WithoutLocation);
    let bare = desk.decide("allow", &[]).await;
    assert_eq!(parameter(&bare, "accounts-server"), None);
    desk.sandbox()
        .settings(|settings| settings.zoho.callback = ZohoCallback::Rogue);
    let lured = desk.decide("allow", &[]).await;
    assert_eq!(
        parameter(&lured, "accounts-server"),
        Some(desk.sandbox().zoho_rogue_url())
    );
}

#[tokio::test]
async fn zoho_02_a_refresh_token_comes_first_or_when_asked_for() {
    let desk = Desk::start().await;
    let quiet = [("prompt", "none")];
    assert!(
        desk.connect(&quiet).await["refresh_token"].is_string(),
        "the first consent"
    );
    assert!(
        desk.connect(&quiet).await.get("refresh_token").is_none(),
        "the second"
    );
    assert!(
        desk.connect(&[]).await["refresh_token"].is_string(),
        "prompt=consent"
    );
    let online = [("access_type", "online")];
    assert!(desk.connect(&online).await.get("refresh_token").is_none());
}

#[tokio::test]
async fn zoho_03_the_token_endpoint_refuses_with_200() {
    let desk = Desk::start().await;
    let url = format!(
        "{}/oauth/v2/token",
        desk.sandbox().zoho_accounts_url(Region::Eu)
    );
    let got = desk.browser.get(&url).send().await.unwrap();
    assert_eq!(got.status(), 405, "POST only");
    let code = desk.code(&[]).await;
    let json = serde_json::json!({ "client_id": ZOHO_CLIENT, "client_secret": ZOHO_SECRET,
        "grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT });
    let json = Answer::of(desk.browser.post(&url).json(&json).send().await.unwrap()).await;
    assert_error(&json, "invalid_client");
    for (changed, error) in [
        (("client_secret", "wrong"), "invalid_client_secret"),
        (
            ("redirect_uri", "http://localhost:1/"),
            "invalid_redirect_uri",
        ),
        (("code", "1000.wrong"), "invalid_code"),
    ] {
        let answer = desk.exchange(Region::Eu, &code, &[changed]).await;
        assert_error(&answer, error);
    }
    let query = encoded(&[
        ("client_id", ZOHO_CLIENT),
        ("client_secret", ZOHO_SECRET),
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", REDIRECT),
    ]);
    let tokens = desk
        .browser
        .post(format!("{url}?{query}"))
        .send()
        .await
        .unwrap();
    let tokens = Answer::of(tokens).await.json();
    assert_eq!(
        tokens["token_type"], "Bearer",
        "the query does as well as a form"
    );
    assert_error(&desk.exchange(Region::Eu, &code, &[]).await, "invalid_code");
    let late = desk.code(&[]).await;
    desk.sandbox().advance(SignedDuration::from_secs(121));
    assert_error(&desk.exchange(Region::Eu, &late, &[]).await, "invalid_code");

    desk.sandbox()
        .settings(|settings| settings.zoho.secret_per_region = true);
    let code = desk.code(&[]).await;
    let common = desk.exchange(Region::Eu, &code, &[]).await;
    assert_error(&common, "invalid_client_secret");
    let own = [("client_secret", ZOHO_EU_SECRET)];
    let own = desk.exchange(Region::Eu, &code, &own).await.json();
    assert!(own["access_token"].is_string());
    desk.sandbox().settings(|settings| {
        settings.zoho.secret_per_region = false;
        settings.zoho.multi_dc = false;
    });
    assert_error(&desk.refresh(&own).await, "invalid_client");
    desk.sandbox().settings(|settings| {
        settings.zoho.multi_dc = true;
        settings.zoho.unlisted_api_domain = true;
    });
    let lured = desk.refresh(&own).await.json();
    assert_eq!(lured["api_domain"], desk.sandbox().zoho_rogue_url());
}

#[tokio::test]
async fn zoho_03_a_challenge_is_held_against_its_verifier() {
    let desk = Desk::start().await;
    // The example of RFC 7636, appendix B.
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let hashed = [
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
    ];
    let code = desk.code(&hashed).await;
    for wrong in [
        &[][..],
        &[("code_verifier", "wrong")],
        &[("code_verifier", challenge)],
    ] {
        assert_error(
            &desk.exchange(Region::Eu, &code, wrong).await,
            "invalid_code",
        );
    }
    let right = [("code_verifier", verifier)];
    let tokens = desk.exchange(Region::Eu, &code, &right).await.json();
    assert!(tokens["access_token"].is_string());
    let plain = [
        ("code_challenge", verifier),
        ("code_challenge_method", "plain"),
    ];
    let code = desk.code(&plain).await;
    let tokens = desk.exchange(Region::Eu, &code, &right).await.json();
    assert!(tokens["access_token"].is_string());
}

#[tokio::test]
async fn zoho_03_refreshing_is_throttled_and_keeps_the_token() {
    let desk = Desk::start().await;
    let tokens = desk.connect(&[]).await;
    for _ in 0..10 {
        let fresh = desk.refresh(&tokens).await.json();
        assert!(fresh["access_token"].is_string());
        assert!(
            fresh.get("refresh_token").is_none(),
            "the old one stays good"
        );
    }
    let refused = desk.refresh(&tokens).await;
    assert_eq!(
        (refused.status, &refused.json()["error"]),
        (400, &"Access Denied".into()),
        "the one error that is no 200"
    );
    desk.sandbox().advance(SignedDuration::from_secs(601));
    assert_eq!(
        desk.refresh(&tokens).await.status,
        200,
        "ten minutes later all is well"
    );
}

#[tokio::test]
async fn zoho_03_the_twenty_first_refresh_token_kills_the_first() {
    let desk = Desk::start().await;
    let first = desk.connect(&[]).await;
    let second = desk.connect(&[]).await;
    for _ in 0..18 {
        desk.connect(&[]).await;
    }
    assert!(
        desk.refresh(&first).await.json()["access_token"].is_string(),
        "twenty may be"
    );
    desk.connect(&[]).await;
    assert_error(&desk.refresh(&first).await, "invalid_code");
    assert!(desk.refresh(&second).await.json()["access_token"].is_string());

    let url = format!(
        "{}/oauth/v2/token/revoke?token={}",
        desk.sandbox().zoho_accounts_url(Region::Eu),
        second["refresh_token"].as_str().unwrap()
    );
    assert_eq!(desk.browser.post(url).send().await.unwrap().status(), 200);
    assert_error(&desk.refresh(&second).await, "invalid_code");
}

#[tokio::test]
async fn zoho_04_only_zohos_own_scheme_opens_the_api() {
    let desk = Desk::start().await;
    let tokens = desk.connect(&[]).await;
    let access = tokens["access_token"].as_str().unwrap();
    let api = |header: Option<String>| {
        let desk = &desk;
        async move {
            desk.get_as(Region::Eu, header.as_deref(), "organizations")
                .await
        }
    };
    assert_code(&api(None).await, 401, 14);
    assert_eq!(api(Some(format!("Bearer {access}"))).await.status, 401);
    assert_code(&api(Some("Zoho-oauthtoken 1000.no".into())).await, 401, 57);
    assert_code(&desk.get(&tokens, "organizations").await, 200, 0);
    desk.sandbox().advance(SignedDuration::from_secs(3_601));
    assert_code(&desk.get(&tokens, "organizations").await, 401, 57);

    let narrow = desk.connect(&[("scope", "ZohoBooks.invoices.READ")]).await;
    assert_code(&desk.get(&narrow, "organizations").await, 401, 57);
    let fresh = desk.refresh(&narrow).await.json();
    let still = desk.get(&fresh, "organizations").await;
    assert_code(&still, 401, 57);

    let tokens = desk.connect(&[]).await;
    assert!(desk.sandbox().disconnect_zoho());
    assert_code(&desk.get(&tokens, "organizations").await, 401, 57);
}

#[tokio::test]
async fn zoho_05_organisations_are_none_one_or_three() {
    let desk = Desk::start().await;
    let tokens = desk.connect(&[]).await;
    for count in [0, 1, 3] {
        desk.sandbox()
            .settings(|settings| settings.zoho.organisations = count);
        let answer = desk.get(&tokens, "organizations").await.json();
        let rows = answer["organizations"].as_array().unwrap();
        assert_eq!(rows.len(), count);
        assert!(answer.get("page_context").is_none(), "there are no pages");
    }
    let rows = desk.get(&tokens, "organizations").await.json()["organizations"].clone();
    let actives = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["is_org_active"] == true);
    assert_eq!(actives.collect::<Vec<_>>(), [true, true, false]);
    assert_eq!(
        rows[0]["fiscal_year_start_month"], "january",
        "a name, not a number"
    );
    assert_eq!(rows[0]["is_default_org"], true);
    assert!(rows[0]["organization_id"].is_string());
    assert!(rows[0].get("country").is_none());

    let second = rows[1]["organization_id"].as_str().unwrap();
    let only = desk.connect(&[("organization", second)]).await;
    let seen = desk.get(&only, "organizations").await.json();
    assert_eq!(
        seen["organizations"].as_array().unwrap().len(),
        1,
        "the one picked"
    );
    assert_eq!(seen["organizations"][0]["name"], "Havnegade Byg ApS");
}

#[tokio::test]
async fn zoho_05_every_other_call_names_its_organisation() {
    let reader = Reader::of(Company::Demo).await;
    let (desk, tokens) = (&reader.desk, &reader.tokens);
    assert_eq!(desk.get(tokens, "invoices").await.status, 400);
    assert_code(
        &desk.get(tokens, "invoices?organization_id=1").await,
        400,
        6041,
    );
    assert_code(&reader.get("invoices").await, 200, 0);
    assert_code(&reader.get("nonsense").await, 404, 5);
}

#[tokio::test]
async fn zoho_06_pages_are_numbered_and_say_whether_there_is_another() {
    let reader = Reader::of(Company::Large(400)).await;
    let first = reader
        .get("invoices?per_page=200&sort_column=created_time&sort_order=A")
        .await
        .json();
    assert_eq!(first["page_context"]["has_more_page"], true);
    let second = reader
        .get("invoices?page=2&sort_column=created_time&sort_order=A")
        .await
        .json();
    assert_eq!(
        second["invoices"].as_array().unwrap().len(),
        200,
        "a full page"
    );
    assert_eq!(
        second["page_context"]["has_more_page"], false,
        "and yet the last"
    );
    let all = reader.walk("sort_order=A").await;
    let mut seen = ids(&all);
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 400);

    let gone = ids(first["invoices"].as_array().unwrap())[0];
    assert!(
        reader
            .desk
            .sandbox()
            .delete_zoho_invoice(&reader.organisation, gone)
    );
    let moved = reader.rows("invoices?page=2&sort_order=A").await;
    assert_eq!(moved.len(), 199, "rows move up: one is skipped");

    assert_eq!(reader.rows("invoices?per_page=500").await.len(), 200);
    reader.settings(|zoho| zoho.refuse_oversize = true);
    assert_code(&reader.get("invoices?per_page=500").await, 400, 2);
    for (option, rows, count, sums) in [
        (0, true, false, false),
        (1, true, true, true),
        (2, false, true, false),
        (3, false, true, true),
        (4, true, false, true),
    ] {
        let answer = reader
            .get(&format!("invoices?response_option={option}"))
            .await
            .json();
        let context = &answer["page_context"];
        assert_eq!(
            (
                answer["invoices"].is_array(),
                context["total"].is_number(),
                context["sum_columns"].is_array()
            ),
            (rows, count, sums),
            "response_option {option}"
        );
    }
}

#[tokio::test]
async fn zoho_06_every_filter_keeps_what_it_says() {
    let reader = Reader::of(Company::Demo).await;
    let oracle = reader
        .desk
        .sandbox()
        .zoho_oracle(&reader.organisation)
        .unwrap();
    let all = reader.walk("").await;
    assert_eq!(all.len(), oracle.invoices);
    let mut unpaid = Vec::new();
    for filter in ["Status.Unpaid", "Status.OverDue", "Status.PartiallyPaid"] {
        unpaid.extend(reader.walk(&format!("filter_by={filter}")).await);
    }
    assert_eq!(
        unpaid.len(),
        oracle.open,
        "the three filters give all that is unpaid"
    );
    reader.settings(|zoho| zoho.unpaid_is_everything = true);
    assert_eq!(
        reader.walk("filter_by=Status.Unpaid").await.len(),
        oracle.open,
        "the other reading"
    );
    assert_eq!(
        reader.walk("status=void").await.len(),
        oracle.by_status["void"]
    );
    assert_code(
        &reader.get("invoices?filter_by=Status.Nonsense").await,
        400,
        2,
    );

    let pick = &unpaid[3];
    let text = |name: &str| pick[name].as_str().unwrap().to_owned();
    let (date, number) = (text("date"), text("invoice_number"));
    for (filter, test) in [
        (format!("date={date}"), "date ="),
        (format!("date_start={date}"), "date >="),
        (format!("date_end={date}"), "date <="),
        (format!("date_before={date}"), "date <"),
        (format!("date_after={date}"), "date >"),
        (format!("due_date_before={date}"), "due_date <"),
        (format!("created_date_start={date}"), "date >="),
    ] {
        let (field, sign) = test.split_once(' ').unwrap();
        let holds = |row: &&Value| {
            let value = row[field].as_str().unwrap();
            !value.is_empty()
                && match sign {
                    "=" => value == date,
                    ">=" => value >= date.as_str(),
                    "<=" => value <= date.as_str(),
                    "<" => value < date.as_str(),
                    _ => value > date.as_str(),
                }
        };
        assert_eq!(
            reader.walk(&filter).await.len(),
            all.iter().filter(holds).count(),
            "{filter}"
        );
    }
    for filter in [
        format!("invoice_number={number}"),
        format!("invoice_number_startswith={number}"),
        format!("invoice_number_contains={}", &number[4..]),
        format!("search_text={number}"),
    ] {
        let rows = reader.rows(&format!("invoices?{filter}")).await;
        assert_eq!(ids(&rows), ids(std::slice::from_ref(pick)), "{filter}");
    }
    let customer = text("customer_id");
    let of_customer = reader.walk(&format!("customer_id={customer}")).await;
    assert!(
        !of_customer.is_empty() && of_customer.iter().all(|row| row["customer_id"] == customer)
    );

    let since = "invoices?last_modified_time=2026-07-01T12:30:00%2B0000";
    assert!(reader.rows(since).await.is_empty());
    let sandbox = reader.desk.sandbox();
    sandbox.advance(SignedDuration::from_mins(45));
    let id = text("invoice_id");
    assert!(sandbox.edit_zoho_invoice(&reader.organisation, &id, Edit::Pay(i64::MAX)));
    let changed = reader.rows(since).await;
    assert_eq!(
        (ids(&changed), &changed[0]["status"]),
        (vec![id.as_str()], &"paid".into())
    );
}

#[tokio::test]
async fn zoho_07_rows_come_in_two_shapes_and_all_the_awkward_ways() {
    let reader = Reader::of(Company::Awkward).await;
    let rows = reader.walk("").await;
    let written = reader
        .get("invoices?customer_name=Valuta+%26+S%C3%B8n+ApS")
        .await
        .text;
    for amount in [
        r#""total":1234567,"#,
        r#""total":1234.560,"#,
        r#""total":0.50,"#,
    ] {
        assert!(written.contains(amount), "{amount}: {written}");
    }
    let any = |test: &dyn Fn(&Value) -> bool| rows.iter().any(test);
    assert!(any(
        &|row| row["balance"].as_f64() == Some(0.0) && row["status"] == "overdue"
    ));
    assert!(any(&|row| row["write_off_amount"].as_f64() > Some(0.0)));
    assert!(any(&|row| row["phone"] == ""));
    assert!(any(&|row| row.get("phone") == Some(&Value::Null)));
    assert!(any(&|row| row.get("phone").is_none()));
    assert!(any(&|row| row["customer_name"]
        .as_str()
        .unwrap()
        .contains('株')));
    let german = |row: &Value| row["billing_address"]["country"] == "Deutschland";
    assert!(any(&german), "a country in its own words");
    assert!(
        rows.iter()
            .all(|row| row["billing_address"]["zipcode"].is_string())
    );
    assert!(ids(&rows).iter().all(|id| id.len() == 19));
    reader.settings(|zoho| (zoho.rich_rows, zoho.numeric_ids) = (false, true));
    let least = &reader.rows("invoices?per_page=1").await[0];
    assert!(least.get("billing_address").is_none() && least.get("email").is_none());
    assert!(least["invoice_id"].is_u64(), "a number, as in the examples");
}

#[tokio::test]
async fn zoho_08_details_and_contacts_write_zip() {
    let reader = Reader::of(Company::Awkward).await;
    let rows = reader.walk("").await;
    let whole = reader
        .get(&format!("invoices/{}", ids(&rows)[0]))
        .await
        .json()["invoice"]
        .clone();
    assert!(
        whole["billing_address"]["zip"].is_string()
            && whole["billing_address"].get("zipcode").is_none()
    );
    assert!(whole["line_items"].is_array());
    let (mut none_first, mut homeless, mut gone, mut people) = (false, false, 0, 0);
    let mut customers: Vec<&str> = rows
        .iter()
        .map(|row| row["customer_id"].as_str().unwrap())
        .collect();
    customers.sort_unstable();
    customers.dedup();
    for id in customers {
        let answer = reader.get(&format!("contacts/{id}")).await;
        if answer.status == 404 {
            assert_code(&answer, 404, 1002);
            gone += 1;
            continue;
        }
        let contact = answer.json()["contact"].clone();
        let persons = contact["contact_persons"].as_array().unwrap();
        none_first |=
            persons.len() > 1 && persons.iter().all(|one| one["is_primary_contact"] == false);
        homeless |=
            contact["billing_address"]["address"] == "" && contact["billing_address"]["zip"] == "";
        people += usize::from(contact["customer_sub_type"] == "individual");
    }
    assert_eq!(gone, 1, "the deleted one");
    assert!(none_first && homeless && people > 0);
    assert_code(&reader.get("invoices/4600000000000000001").await, 404, 1002);
    let file = reader
        .get(&format!("invoices/{}?accept=pdf", ids(&rows)[0]))
        .await;
    assert_eq!(file.header("content-type"), Some("application/pdf"));
    assert!(file.text.starts_with("%PDF-"));
}

#[tokio::test]
async fn zoho_09_quotas_end_the_minute_and_the_day() {
    let reader = Reader::of(Company::Demo).await;
    reader.settings(|zoho| (zoho.minute_limit, zoho.daily_quota) = (Some(2), Some(3)));
    assert_eq!(
        reader
            .get("invoices?per_page=1")
            .await
            .header("x-rate-limit-limit"),
        None
    );
    reader.settings(|zoho| zoho.rate_headers = true);
    let second = reader.get("invoices?per_page=1").await;
    assert_eq!(second.header("x-rate-limit-remaining"), Some("1"));
    // It was noon when the sandbox began.
    let reset: u32 = second
        .header("x-rate-limit-reset")
        .unwrap()
        .parse()
        .unwrap();
    assert!((11 * 3_600..=12 * 3_600).contains(&reset), "{reset}");
    assert_code(&reader.get("invoices?per_page=1").await, 429, 44);
    reader.desk.sandbox().advance(SignedDuration::from_secs(61));
    assert_code(&reader.get("invoices?per_page=1").await, 200, 0);
    assert_code(&reader.get("invoices?per_page=1").await, 429, 45);
    reader
        .desk
        .sandbox()
        .advance(SignedDuration::from_hours(24));
    let tokens = reader.desk.refresh(&reader.tokens).await.json();
    let path = format!("invoices?organization_id={}", reader.organisation);
    assert_code(&reader.desk.get(&tokens, &path).await, 200, 0);
}

#[tokio::test]
async fn zoho_09_faults_come_when_they_are_asked_for() {
    let reader = Reader::of(Company::Demo).await;
    for (status, code) in [(429, 1070), (429, 44), (500, 1000), (200, 1038)] {
        let effect = Effect::Status {
            code: status,
            body: FaultBody::ZohoCode(code),
            headers: Vec::new(),
        };
        let route = "zoho-eu GET /books/v3/invoices";
        reader.desk.sandbox().clear_faults();
        reader
            .desk
            .sandbox()
            .fault(Fault::new(route, When::Next(1), effect));
        assert_code(&reader.get("invoices").await, status, code);
        assert_code(&reader.get("invoices").await, 200, 0);
    }
    let one = ids(&reader.rows("invoices?per_page=1").await)[0].to_owned();
    let html = Effect::Status {
        code: 503,
        body: FaultBody::Html,
        headers: Vec::new(),
    };
    let route = "zoho-eu GET /books/v3/invoices/{id}";
    reader
        .desk
        .sandbox()
        .fault(Fault::new(route, When::Next(1), html));
    assert!(
        reader
            .get(&format!("invoices/{one}"))
            .await
            .text
            .starts_with("<html>")
    );
    let late = Effect::SlowBody { ms: 300 };
    for effect in [Effect::TruncatedJson, Effect::InvalidJson] {
        let fault = Fault::new(route, When::Next(1), effect);
        reader.desk.sandbox().fault(fault);
        let cut = reader.get(&format!("invoices/{one}")).await.text;
        assert!(serde_json::from_str::<Value>(&cut).is_err(), "{cut}");
    }
    reader
        .desk
        .sandbox()
        .fault(Fault::new(route, When::Next(1), late));
    assert_code(&reader.get(&format!("invoices/{one}")).await, 200, 0);
    assert!(reader.desk.sandbox().disconnect_zoho());
    assert_code(&reader.get("invoices?page=2").await, 401, 57);
}
