//! One test for each thing a faithful stand-in of Stripe must do, by its number.

#![allow(clippy::unwrap_used)]

mod support;

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use sandbox::{Company, Edit, Effect, Fault, FaultBody, Options, PermissionText, StripeKey, When};
use serde_json::{Value, json};
use support::{Answer, Bench, options};

const OPEN: &str = "/v1/invoices?status=open";

fn error(answer: &Answer) -> Value {
    answer.json()["error"].clone()
}

/// All pages, and how many they were.
async fn walk(bench: &Bench, path: &str) -> (Vec<Value>, usize) {
    let (mut all, mut pages): (Vec<Value>, usize) = (Vec::new(), 0);
    loop {
        let after = all
            .last()
            .map(|last| format!("&starting_after={}", last["id"].as_str().unwrap()))
            .unwrap_or_default();
        let page = bench
            .stripe(&format!("{path}&limit=100{after}"))
            .await
            .json();
        assert_eq!(
            page.as_object().unwrap().keys().collect::<Vec<_>>(),
            ["object", "url", "has_more", "data"],
            "no totals"
        );
        all.extend(page["data"].as_array().unwrap().iter().cloned());
        pages += 1;
        if page["has_more"] == false {
            return (all, pages);
        }
    }
}

#[tokio::test]
async fn stripe_01_keys_open_what_they_may() {
    let live = StripeKey::new("rk_live_sandboxCanary");
    let bench = Bench::with(Options {
        stripe_keys: vec![live],
        ..options()
    })
    .await;
    assert_eq!(bench.sandbox.stripe_key(), "rk_live_sandboxCanary");
    let live = bench
        .stripe_as("rk_live_sandboxCanary", "/v1/invoices?limit=1")
        .await;
    assert_eq!(
        (live.status, &live.json()["data"][0]["livemode"]),
        (200, &json!(true))
    );
    let nothing = bench
        .http
        .get(format!("{}/v1/invoices", bench.sandbox.stripe_url()))
        .send()
        .await
        .unwrap();
    assert_eq!(nothing.status(), 401);
    let wrong = bench
        .stripe_as("rk_test_thisIsNotAKey1234", "/v1/invoices")
        .await;
    assert_eq!(
        (wrong.status, error(&wrong)["type"].as_str()),
        (401, Some("invalid_request_error"))
    );
    let text = error(&wrong)["message"].as_str().unwrap().to_owned();
    assert!(
        text.starts_with("Invalid API Key provided: rk_test_***")
            && text.ends_with("1234")
            && !text.contains("NotAKey"),
        "{text}"
    );
    let expired = bench
        .stripe_as(sandbox::REVOKED_STRIPE_KEY, "/v1/invoices")
        .await;
    assert_eq!(
        (expired.status, error(&expired)["code"].as_str()),
        (401, Some("api_key_expired"))
    );

    let poor = sandbox::NO_CUSTOMERS_STRIPE_KEY;
    assert_eq!(bench.stripe_as(poor, OPEN).await.status, 200);
    for path in [
        "/v1/customers",
        "/v1/customers/cus_x",
        "/v1/invoices?expand[]=data.customer",
    ] {
        let answer = bench.stripe_as(poor, path).await;
        assert_eq!(
            (answer.status, error(&answer)["code"].as_str()),
            (403, Some("more_permissions_required")),
            "{path}"
        );
        assert!(
            error(&answer)["message"]
                .as_str()
                .unwrap()
                .contains("'customer_read'")
        );
    }
    bench
        .sandbox
        .settings(|settings| settings.stripe.permission_text = PermissionText::Plain);
    let old = bench.stripe_as(sandbox::NO_INVOICES_STRIPE_KEY, OPEN).await;
    assert_eq!((old.status, error(&old).get("code").is_none()), (403, true));
    assert!(
        error(&old)["message"]
            .as_str()
            .unwrap()
            .contains("rak_invoice_read")
    );
    for path in [
        "/v1/account",
        "/v1/charges",
        "/v1/subscriptions/sub_1",
        "/v1/balance",
    ] {
        assert_eq!(bench.stripe(path).await.status, 403, "{path}");
    }
    assert_eq!(bench.stripe("/v1/nonsense").await.status, 404);
    let basic = bench
        .http
        .get(format!("{}{OPEN}", bench.sandbox.stripe_url()))
        .basic_auth(sandbox::STRIPE_KEY, Some(""));
    assert_eq!(
        basic
            .header("Stripe-Version", "2026-05-27.dahlia")
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    let second = bench
        .stripe_as(sandbox::SECOND_STRIPE_KEY, "/v1/invoices?limit=100")
        .await
        .json();
    assert_eq!(
        (
            &second["data"][0]["account_name"],
            second["data"].as_array().unwrap().len()
        ),
        (&json!("Havnegade Byg ApS"), 24)
    );
    let other = format!("/v1/invoices/{}", second["data"][0]["id"].as_str().unwrap());
    assert_eq!(bench.stripe(&other).await.status, 404, "another account's");
    bench.assert_answers_described();
}

#[tokio::test]
async fn stripe_02_parameters_are_strict() {
    let bench = Bench::start().await;
    let known = bench.stripe("/v1/invoices?limit=1").await.json()["data"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for (query, code, param) in [
        ("page=2".to_owned(), Some("parameter_unknown"), "page"),
        (
            "created[after]=1".into(),
            Some("parameter_unknown"),
            "created[after]",
        ),
        (
            "created[gte]=yesterday".into(),
            Some("parameter_invalid_integer"),
            "created[gte]",
        ),
        ("status=overdue".into(), None, "status"),
        ("status=".into(), None, "status"),
        ("collection_method=pigeon".into(), None, "collection_method"),
        ("limit=0".into(), Some("parameter_invalid_integer"), "limit"),
        (
            "limit=101".into(),
            Some("parameter_invalid_integer"),
            "limit",
        ),
        (
            "limit=many".into(),
            Some("parameter_invalid_integer"),
            "limit",
        ),
        (
            "customer=".into(),
            Some("parameter_invalid_empty"),
            "customer",
        ),
        (
            format!("starting_after={known}&ending_before={known}"),
            Some("parameters_exclusive"),
            "starting_after",
        ),
        (
            "starting_after=in_unknown".into(),
            Some("resource_missing"),
            "starting_after",
        ),
        (
            "expand[]=data.customer.tax_ids.data.owner".into(),
            None,
            "expand",
        ),
        ("expand[]=customer".into(), None, "expand"),
        ("expand[]=data.number".into(), None, "expand"),
    ] {
        let answer = bench.stripe(&format!("/v1/invoices?{query}")).await;
        let error = error(&answer);
        assert_eq!(
            (
                answer.status,
                error["code"].as_str(),
                error["param"].as_str()
            ),
            (400, code, Some(param)),
            "{query}"
        );
    }
    let one = format!("/v1/invoices/{known}");
    assert_eq!(
        bench
            .stripe(&format!("{one}?expand[]=data.customer"))
            .await
            .status,
        400
    );
    assert_eq!(bench.stripe(&format!("{one}?limit=1")).await.status, 400);
    let whole = bench
        .stripe(&format!(
            "{one}?expand[]=customer&expand[]=customer.tax_ids"
        ))
        .await
        .json();
    assert_eq!(whole["customer"]["tax_ids"]["object"], "list");
    assert_eq!(
        error(&bench.stripe("/v1/invoices/in_nothing").await)["code"],
        "resource_missing"
    );
    assert_eq!(bench.stripe("/v1/customers?status=open").await.status, 400);
    assert_eq!(
        bench
            .stripe(&format!(
                "{one}?expand[]=payments.data.payment.payment_intent"
            ))
            .await
            .status,
        403
    );
    bench.assert_answers_described();
}

#[tokio::test]
async fn stripe_03_cursor_paging_has_no_totals() {
    let bench = Bench::start().await;
    let (all, pages) = walk(&bench, OPEN).await;
    assert_eq!((all.len(), pages), (437, 5));
    assert!(
        all.is_sorted_by_key(|invoice| std::cmp::Reverse(invoice["created"].as_i64())),
        "newest first"
    );
    let ids: HashSet<_> = all
        .iter()
        .map(|invoice| invoice["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), 437);
    let mut sums = BTreeMap::<String, i64>::new();
    for invoice in &all {
        *sums
            .entry(invoice["currency"].as_str().unwrap().into())
            .or_default() += invoice["amount_remaining"].as_i64().unwrap();
    }
    assert_eq!(sums, bench.sandbox.oracle().open_amount);
    let third = all[200]["id"].as_str().unwrap();
    let before = bench
        .stripe(&format!("{OPEN}&limit=50&ending_before={third}"))
        .await
        .json();
    assert_eq!(
        (&before["data"][0]["id"], &before["data"][49]["id"]),
        (&all[150]["id"], &all[199]["id"])
    );

    let first = bench.stripe(&format!("{OPEN}&limit=100")).await.json();
    let arrived = bench.sandbox.add_invoice().unwrap();
    assert!(bench.sandbox.pay_invoice(all[150]["id"].as_str().unwrap()));
    let last = first["data"][99]["id"].as_str().unwrap();
    let second = bench
        .stripe(&format!("{OPEN}&limit=100&starting_after={last}"))
        .await
        .json();
    assert_eq!(
        (&second["data"][0]["id"], &second["data"][50]["id"]),
        (&all[100]["id"], &all[151]["id"]),
        "the paid one is gone"
    );
    assert_eq!(
        bench.stripe(&format!("{OPEN}&limit=1")).await.json()["data"][0]["id"],
        json!(arrived)
    );
    let paid = bench
        .stripe(&format!(
            "/v1/invoices/{}",
            all[150]["id"].as_str().unwrap()
        ))
        .await
        .json();
    assert_eq!(
        (&paid["status"], &paid["amount_remaining"]),
        (&json!("paid"), &json!(0))
    );
    bench.sandbox.edit_invoice(&arrived, Edit::Void);
    assert_eq!(
        bench
            .stripe(&format!("{OPEN}&starting_after={arrived}&limit=1"))
            .await
            .json()["data"][0]["id"],
        all[0]["id"]
    );

    let (from, to) = (
        all[300]["created"].as_i64().unwrap(),
        all[280]["created"].as_i64().unwrap(),
    );
    let (range, _) = walk(
        &bench,
        &format!("{OPEN}&created[gte]={from}&created[lte]={to}"),
    )
    .await;
    assert_eq!(range.len(), 21);
    let full = Bench::of(Company::Large(200)).await;
    assert_eq!(
        walk(&full, OPEN).await.1,
        2,
        "a page that is exactly full is the last"
    );
    let empty = Bench::of(Company::Empty).await;
    assert_eq!(empty.stripe(OPEN).await.json()["data"], json!([]));
    bench.assert_described();
}

#[tokio::test]
async fn stripe_04_every_odd_invoice_is_there() {
    let bench = Bench::of(Company::Awkward).await;
    let (all, pages) = walk(&bench, "/v1/invoices?expand[]=data.customer").await;
    assert!(all.len() > 300 && pages >= 4);
    let by_case: BTreeMap<&str, &Value> = all
        .iter()
        .filter_map(|invoice| Some((invoice["metadata"]["sandbox_case"].as_str()?, invoice)))
        .collect();
    let of = |case: &str| {
        by_case
            .get(case)
            .copied()
            .unwrap_or_else(|| panic!("{case} is missing"))
    };
    for status in ["draft", "paid", "void", "uncollectible"] {
        assert_eq!(of(status)["status"], status);
    }
    assert_eq!(
        (&of("draft")["number"], &of("draft")["hosted_invoice_url"]),
        (&json!(null), &json!(null))
    );
    let automatic = of("collected automatically, no due date");
    assert_eq!(
        (&automatic["collection_method"], &automatic["due_date"]),
        (&json!("charge_automatically"), &json!(null))
    );
    assert_eq!(of("no number though open")["number"], json!(null));
    let left = of("open with nothing left");
    assert_eq!(
        (
            &left["status"],
            &left["amount_remaining"],
            &left["amount_paid"]
        ),
        (&json!("open"), &json!(0), &json!(40_000))
    );
    assert_eq!(of("partly paid")["amount_remaining"], 50_000);
    for (case, currency, multiple) in [
        ("yen has no minor unit", "jpy", 1),
        ("dinar has three decimals", "kwd", 10),
        ("krona ends in 00", "isk", 100),
        ("shilling ends in 00", "ugx", 100),
        ("forint has two decimals", "huf", 1),
    ] {
        assert_eq!(
            (
                &of(case)["currency"],
                of(case)["amount_remaining"].as_i64().unwrap() % multiple
            ),
            (&json!(currency), 0)
        );
    }
    let moved = of("the live customer has moved and is renamed");
    assert_eq!(
        (&moved["customer_name"], &moved["customer"]["name"]),
        (&json!("Gammelt Navn ApS"), &json!("Nyt Navn A/S"))
    );
    assert_eq!(
        (
            &moved["customer_address"]["city"],
            &moved["customer"]["address"]["city"]
        ),
        (&json!("København N"), &json!("Aarhus C"))
    );
    let deleted = &of("deleted customer")["customer"];
    assert_eq!(
        deleted,
        &json!({ "id": deleted["id"], "object": "customer", "deleted": true })
    );
    let account = of("customer null with customer_account");
    assert!(account["customer"].is_null() && account["customer_account"].is_string());
    assert_eq!(of("no address at all")["customer_address"], json!(null));
    assert_eq!(
        of("every part of the address is null")["customer_address"]["line1"],
        json!(null)
    );
    assert_eq!(of("no country")["customer_address"]["country"], json!(null));
    assert_eq!(
        (
            &of("tax ids empty")["customer_tax_ids"],
            &of("tax ids null")["customer_tax_ids"]
        ),
        (&json!([]), &json!(null))
    );
    assert_eq!(of("unknown values")["collection_method"], "carrier_pigeon");
    assert!(of("unknown fields")["field_of_tomorrow"].is_object());
    assert!(
        of("a long name")["customer_name"]
            .as_str()
            .unwrap()
            .chars()
            .count()
            > 200
    );
    assert!(
        of("markup in the name")["customer_name"]
            .as_str()
            .unwrap()
            .contains("onerror")
    );
    let numbers = (
        of("number in capitals")["number"].as_str().unwrap(),
        of("the same number in small letters")["number"]
            .as_str()
            .unwrap(),
    );
    assert!(numbers.0 != numbers.1 && numbers.0.eq_ignore_ascii_case(numbers.1));
    let link = |invoice: &Value| invoice["invoice_pdf"].as_str().unwrap().to_owned();
    let get = |url: String| async { bench.http.get(url).send().await.unwrap().status().as_u16() };
    assert_eq!(
        (
            get(link(of("dead pdf link"))).await,
            get(link(of("partly paid"))).await
        ),
        (404, 200)
    );
    bench.sandbox.expire_pdf_links();
    assert_eq!(get(link(of("partly paid"))).await, 404);
    let fresh = bench
        .stripe(&format!(
            "/v1/invoices/{}",
            of("partly paid")["id"].as_str().unwrap()
        ))
        .await
        .json();
    assert_eq!(get(link(&fresh)).await, 200);
    for deviating in by_case
        .values()
        .filter(|invoice| invoice["metadata"].get("sandbox_deviates").is_some())
    {
        bench
            .stripe(&format!(
                "/v1/invoices/{}",
                deviating["id"].as_str().unwrap()
            ))
            .await;
    }
    let huge = Bench::with(Options {
        company: Company::Awkward,
        huge_name: true,
        ..options()
    })
    .await;
    let id = huge.sandbox.invoice_of("a name of a megabyte").unwrap();
    assert!(huge.stripe(&format!("/v1/invoices/{id}")).await.text.len() > 1_000_000);
    huge.assert_described();
    bench.assert_described();
}

#[tokio::test]
async fn stripe_05_the_version_decides_the_shape() {
    let bench = Bench::start().await;
    let read = |version: Option<&'static str>| {
        let request = bench
            .http
            .get(format!("{}{OPEN}&limit=1", bench.sandbox.stripe_url()))
            .bearer_auth(sandbox::STRIPE_KEY);
        let request = version.map_or_else(
            || request.try_clone().unwrap(),
            |version| {
                request
                    .try_clone()
                    .unwrap()
                    .header("Stripe-Version", version)
            },
        );
        async move { Answer::of(request.send().await.unwrap()).await }
    };
    for old in [Some("2020-08-27"), Some("2025-02-24.acacia")] {
        assert!(
            read(old).await.json()["data"][0].get("paid").is_some(),
            "{old:?}"
        );
    }
    for new in ["2025-03-31.basil", "2026-05-27.dahlia", "2026-10-28.endive"] {
        let answer = read(Some(new)).await;
        assert_eq!(answer.header("stripe-version"), Some(new));
        let invoice = &answer.json()["data"][0];
        assert!(
            invoice.get("paid").is_none() && invoice.get("parent").is_some(),
            "{new}"
        );
    }
    for wrong in ["2026-05-27.basil", "2031-01-01", "latest"] {
        assert_eq!(read(Some(wrong)).await.status, 400, "{wrong}");
    }
    bench.assert_described();
    let forgotten = read(None).await.json();
    assert!(
        forgotten["data"][0].get("subscription").is_some()
            && forgotten["data"][0].get("parent").is_none()
    );
    assert!(
        bench.sandbox.violations()[0]
            .message
            .contains("Stripe-Version"),
        "forgetting it is noticed"
    );
}

#[tokio::test]
async fn stripe_06_every_answer_has_an_id_of_its_own() {
    let bench = Bench::start().await;
    let mut ids = HashSet::new();
    bench.sandbox.fault(Fault::new(
        "stripe GET /v1/customers",
        When::Always,
        Effect::LockTimeout,
    ));
    for (path, status) in [
        (OPEN, 200),
        ("/v1/invoices/in_x", 404),
        ("/v1/invoices?x=1", 400),
        ("/v1/account", 403),
        ("/v1/customers", 429),
    ] {
        let answer = bench.stripe(path).await;
        assert_eq!(answer.status, status);
        assert!(
            answer
                .header("content-type")
                .unwrap()
                .starts_with("application/json")
        );
        assert!(
            ids.insert(answer.header("request-id").unwrap().to_owned())
                && answer.header("request-id").unwrap().starts_with("req_")
        );
    }
}

#[tokio::test]
async fn stripe_07_faults_on_demand() {
    let bench = Bench::start().await;
    let route = "stripe GET /v1/invoices";
    let lay = |effect: Effect| {
        bench.sandbox.clear_faults();
        bench
            .sandbox
            .fault(Fault::new(route, When::Next(1), effect));
    };
    for reason in [
        "global-rate",
        "endpoint-rate",
        "global-concurrency",
        "endpoint-concurrency",
        "resource-specific",
    ] {
        lay(Effect::Stripe429 {
            reason: reason.into(),
        });
        let answer = bench.stripe(OPEN).await;
        assert_eq!(
            (answer.status, answer.header("stripe-rate-limited-reason")),
            (429, Some(reason))
        );
    }
    lay(Effect::LockTimeout);
    let locked = bench.stripe(OPEN).await;
    assert_eq!(
        (locked.status, error(&locked)["code"].as_str()),
        (429, Some("lock_timeout"))
    );
    assert_eq!(locked.header("stripe-rate-limited-reason"), None);
    for code in [409, 500, 502] {
        lay(Effect::Status {
            code,
            body: if code == 502 {
                FaultBody::Html
            } else {
                FaultBody::Json
            },
            headers: vec![],
        });
        bench.sandbox.fault(Fault::new(
            route,
            When::Next(1),
            Effect::ShouldRetry(code == 500),
        ));
        let answer = bench.stripe(OPEN).await;
        assert_eq!(
            (answer.status, answer.header("stripe-should-retry")),
            (code, Some(if code == 500 { "true" } else { "false" }))
        );
        assert_eq!(answer.text.starts_with("<html>"), code == 502);
    }
    lay(Effect::CutMidBody { after: 100 });
    assert!(
        bench
            .stripe_request(sandbox::STRIPE_KEY, OPEN)
            .send()
            .await
            .unwrap()
            .bytes()
            .await
            .is_err()
    );
    lay(Effect::InvalidJson);
    assert!(serde_json::from_str::<Value>(&bench.stripe(OPEN).await.text).is_err());
    lay(Effect::SlowBody { ms: 150 });
    let begun = std::time::Instant::now();
    bench.stripe(OPEN).await.json();
    assert!(begun.elapsed() >= Duration::from_millis(130));

    for (effect, status) in [
        (Effect::RevokeKey, 401),
        (
            Effect::RemovePermission {
                permission: "customers".into(),
            },
            403,
        ),
    ] {
        bench.sandbox.clear_faults();
        bench.sandbox.fault(Fault::new(route, When::Nth(2), effect));
        let path = format!("{OPEN}&expand[]=data.customer");
        assert_eq!(bench.stripe(&path).await.status, 200);
        assert_eq!(
            (
                bench.stripe(&path).await.status,
                bench.stripe(&path).await.status
            ),
            (status, status),
            "and stays so"
        );
        bench.sandbox.restore_keys();
        assert_eq!(bench.stripe(&path).await.status, 200);
    }
    // The same from outside the process.
    let control = format!("{}/control", bench.sandbox.url());
    let fault = json!({ "route": "stripe *", "when": { "after": 1 }, "effect": { "status": { "code": 503, "body": "empty" } } });
    bench
        .http
        .post(format!("{control}/faults"))
        .json(&fault)
        .send()
        .await
        .unwrap();
    assert_eq!(
        (
            bench.stripe(OPEN).await.status,
            bench.stripe(OPEN).await.status
        ),
        (200, 503)
    );
    bench
        .http
        .delete(format!("{control}/faults"))
        .send()
        .await
        .unwrap();
    let oracle: sandbox::Oracle = bench
        .http
        .get(format!("{control}/oracle"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(oracle, bench.sandbox.oracle());
    let settings = bench
        .http
        .patch(format!("{control}/settings"))
        .json(&json!({ "validation": "off" }))
        .send()
        .await
        .unwrap();
    assert_eq!(settings.json::<Value>().await.unwrap()["validation"], "off");
    let nonsense = bench
        .http
        .patch(format!("{control}/settings"))
        .json(&json!({ "debitura": { "shoes": 1 } }))
        .send()
        .await
        .unwrap();
    assert_eq!(nonsense.status(), 422);
    let invoice = &bench.sandbox.invoices()[0].0;
    let paid = bench
        .http
        .post(format!("{control}/invoices/{invoice}/pay"))
        .send()
        .await
        .unwrap();
    assert_eq!(paid.status(), 200);
    bench.assert_described();
}
