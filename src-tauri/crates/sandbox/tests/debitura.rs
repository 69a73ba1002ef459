//! One test for each thing a faithful stand-in of Debitura must do, by its number.

#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use sandbox::{
    AuthError, ConcurrentKey, DuplicateReference, Effect, Fault, FaultBody, FieldErrors, FileTypes,
    Options, RateLimits, Sandbox, When,
};
use serde_json::{Value, json};
use support::{Bench, case, case_with, options};
use uuid::Uuid;

fn id(case: &Value) -> Uuid {
    case["id"].as_str().unwrap().parse().unwrap()
}

fn kinds(answer: &Value) -> Vec<&str> {
    answer["businessErrors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["type"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn debitura_01_a_key_opens_its_account_and_no_other() {
    let bench = Bench::start().await;
    assert_eq!(
        bench.me("GET", "/me", None).await.json()["companyName"],
        "Nordlys Design ApS"
    );
    for key in ["", "wrong", sandbox::REVOKED_DEBITURA_KEY] {
        let answer = bench.debitura(key, "GET", "/cases", None).await;
        assert_eq!(
            (answer.status, answer.json()["title"].as_str()),
            (401, Some("Unauthorized")),
            "{key}"
        );
    }
    bench
        .sandbox
        .settings(|settings| settings.debitura.auth_error = AuthError::Empty);
    assert_eq!(bench.debitura("wrong", "GET", "/me", None).await.text, "");
    bench
        .sandbox
        .settings(|settings| settings.debitura.auth_error = AuthError::BusinessErrors);
    assert_eq!(
        kinds(&bench.debitura("wrong", "GET", "/cases", None).await.json()),
        ["Unauthorized"]
    );
    let made = bench.create(&case()).await;
    let path = format!("/cases/{}", id(&made));
    assert_eq!(
        bench
            .debitura(sandbox::SECOND_DEBITURA_KEY, "GET", &path, None)
            .await
            .status,
        404
    );
    let bearer = [("Authorization", "Bearer sandbox-debitura-key")];
    assert_eq!(
        bench
            .debitura_with("", "GET", "/me", None, &bearer)
            .await
            .status,
        401
    );
    bench
        .sandbox
        .settings(|settings| settings.debitura.accept_bearer = true);
    assert_eq!(
        bench
            .debitura_with("", "GET", "/me", None, &bearer)
            .await
            .status,
        200
    );
    let seen = bench.sandbox.requests();
    assert!(
        seen.iter()
            .all(|request| !format!("{request:?}").contains("sandbox-debitura-key")),
        "keys are redacted"
    );
    bench.assert_answers_described();
}

#[tokio::test]
async fn debitura_02_paths_are_exact_and_query_names_are_not() {
    let bench = Bench::start().await;
    assert_eq!(bench.me("GET", "/Payments", None).await.status, 200);
    for wrong in ["/payments", "/v1/cases", "/cases/", "/api/cases"] {
        assert_eq!(bench.me("GET", wrong, None).await.status, 404, "{wrong}");
    }
    let first = id(&bench.create(&case_with("creditorReference", "A")).await);
    let second = id(&bench.create(&case_with("creditorReference", "B")).await);
    bench.create(&case_with("creditorReference", "C")).await;
    for query in [
        format!("IDS={first},{second}"),
        format!("ids={first}&ids={second}"),
        format!("Ids={first}&ids={second}&pagesize=2"),
    ] {
        let page = bench
            .me("GET", &format!("/cases?{query}"), None)
            .await
            .json();
        assert_eq!(page["page"]["totalResults"], 2, "{query}");
    }
    let division =
        json!({ "companyName": "Nordlys Aarhus", "city": "Aarhus", "countryCode": "DK" });
    for spelling in ["/archive", ":archive"] {
        let made = bench.me("POST", "/divisions", Some(&division)).await;
        assert_eq!(made.status, 201);
        let path = format!("/divisions/{}{spelling}", id(&made.json()));
        assert_eq!(
            bench.me("POST", &path, None).await.json()["isArchived"],
            true
        );
    }
    assert_eq!(
        bench.me("GET", "/divisions", None).await.json()["page"]["totalResults"],
        0
    );
    assert_eq!(
        bench
            .me("GET", "/divisions?includeArchived=true", None)
            .await
            .json()["page"]["totalResults"],
        2
    );
    assert_eq!(
        bench.me("GET", "/coverage/:search?q=DK", None).await.json()["countryAlpha2"],
        "DK"
    );
    assert_eq!(
        bench
            .me("GET", "/coverage/search?q=Denmark", None)
            .await
            .json()["countryAlpha2"],
        "DK"
    );
    bench.assert_described();
}

#[tokio::test]
async fn debitura_03_a_case_is_checked_field_by_field() {
    let bench = Bench::start().await;
    let long = |length: usize| "x".repeat(length);
    for (field, value, complaint) in [
        ("currencyCode", json!("EURO"), "currencyCode"),
        ("amountToRecover", json!(0), "amountToRecover"),
        ("amountToRecover", json!(-5), "amountToRecover"),
        ("date", json!(null), "date"),
        ("date", json!("2026-07-02"), "date"),
        ("dueDate", json!("2026-02-28"), "dueDate"),
        ("dueDate", json!("2026-07-01"), "dueDate"),
        ("dueDate", json!("2026-09-01"), "dueDate"),
        ("creditorReference", json!(long(51)), "creditorReference"),
        ("claimDescription", json!(long(4001)), "claimDescription"),
        ("comments", json!(long(4001)), "comments"),
        ("tag", json!(long(101)), "tag"),
        (
            "assignedUserEmail",
            json!("nobody@nordlys.example"),
            "assignedUserEmail",
        ),
        ("debtor", json!(null), "debtor"),
        ("debtor.type", json!("Person"), "debtor.type"),
        ("debtor.name", json!(" "), "debtor.name"),
        ("debtor.address", json!(null), "debtor.address"),
        ("debtor.city", json!(null), "debtor.city"),
        ("debtor.countryAlpha2", json!("XX"), "debtor.countryAlpha2"),
        ("debtor.countryAlpha2", json!("DEU"), "debtor.countryAlpha2"),
        ("debtor.countryAlpha2", json!("US"), "debtor.stateAlpha2"),
        (
            "amountToRecoverOver12Months",
            json!(100),
            "amountToRecoverOver12Months",
        ),
    ] {
        let mut body = case_with(field, value.clone());
        if field == "date" {
            body["dueDate"] = json!(null);
        }
        let answer = bench.me("POST", "/cases", Some(&body)).await;
        assert_eq!(answer.status, 400, "{field} {value}: {}", answer.text);
        let json = answer.json();
        assert_eq!(
            json.as_object().unwrap().keys().collect::<Vec<_>>(),
            [complaint],
            "{field} {value}"
        );
    }
    let mut several = case_with("currencyCode", "??");
    several["debtor"]["city"] = json!(null);
    assert_eq!(
        bench
            .me("POST", "/cases", Some(&several))
            .await
            .json()
            .as_object()
            .unwrap()
            .len(),
        2
    );
    let mut buckets = case_with("amountToRecoverOver12Months", 2000);
    buckets["amountToRecoverOver24Months"] = json!(10);
    assert_eq!(bench.me("POST", "/cases", Some(&buckets)).await.status, 400);

    bench
        .sandbox
        .settings(|settings| settings.debitura.field_errors = FieldErrors::ApiError);
    assert_eq!(
        bench.me("POST", "/cases", Some(&several)).await.json()["businessErrors"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let broken = bench
        .http
        .post(format!("{}/cases", bench.sandbox.debitura_url()))
        .header("XApiKey", sandbox::DEBITURA_KEY);
    let answer = support::Answer::of(broken.body("{\"currencyCode\":").send().await.unwrap()).await;
    assert_eq!(
        (answer.status, answer.json()["status"].as_i64()),
        (400, Some(400))
    );
    assert_eq!(
        bench
            .me("POST", "/cases", Some(&case_with("amountToRecover", "12")))
            .await
            .json()["status"],
        400
    );
    assert_eq!(bench.sandbox.cases().len(), 0);

    for (field, value) in [
        ("debtor.type", json!("pRiVaTe")),
        ("debtor.stateAlpha2", json!("US-CA")),
        ("debtor.stateAlpha2", json!("California")),
        ("date", json!("2026-03-01T10:00:00Z")),
    ] {
        let mut body = case_with(field, value);
        body["debtor"]["countryAlpha2"] = if field == "debtor.stateAlpha2" {
            json!("US")
        } else {
            json!("DE")
        };
        body["creditorReference"] = json!(null);
        bench.create(&body).await;
    }
    let mut named = case_with("creditorReference", json!(null));
    named["debtor"]["countryAlpha2"] = json!(null);
    named["debtor"]["country"] = json!("Deutschland");
    assert_eq!(bench.me("POST", "/cases", Some(&named)).await.status, 400);
    named["debtor"]["country"] = json!("Germany");
    assert_eq!(bench.create(&named).await["debtor"]["countryAlpha2"], "DE");
    bench.sandbox.settings(|settings| {
        settings.debitura.accept_person = true;
        settings.debitura.accept_due_today = true;
    });
    let mut lenient = case_with("debtor.type", "Person");
    lenient["dueDate"] = json!("2026-07-01");
    bench.create(&lenient).await;
    bench.assert_answers_described();
}

#[tokio::test]
async fn debitura_04_rules_refuse_with_a_way_out() {
    let bench = Bench::start().await;
    let unsigned = sandbox::UNSIGNED_DEBITURA_KEY;
    let mut british = case_with("debtor.countryAlpha2", "GB");
    british["returnUrl"] = json!("https://desk.example/back?a=1");
    let answer = bench
        .debitura(unsigned, "POST", "/cases", Some(&british))
        .await;
    assert_eq!(answer.status, 422);
    let json = answer.json();
    assert_eq!(
        kinds(&json),
        [
            "MissingDebtCollectionContract",
            "MissingPowerOfAttorney",
            "MissingKycVerification"
        ]
    );
    assert!(
        json["businessErrors"]
            .as_array()
            .unwrap()
            .iter()
            .all(|error| error["solutionUrl"].is_string())
    );
    let combined = json["signingHandoff"]["combinedSigningUrl"]
        .as_str()
        .unwrap();
    assert!(
        combined.ends_with("?returnUrl=https%3A%2F%2Fdesk%2Eexample%2Fback%3Fa%3D1"),
        "{combined}"
    );
    for dropped in [
        "javascript:alert(1)",
        "/back",
        "ftp://desk.example",
        "https://",
    ] {
        let mut body = case_with("returnUrl", dropped);
        body["creditorReference"] = json!(null);
        let json = bench
            .debitura(unsigned, "POST", "/cases", Some(&body))
            .await
            .json();
        assert!(
            !json["signingHandoff"]["combinedSigningUrl"]
                .as_str()
                .unwrap()
                .contains("returnUrl"),
            "{dropped}"
        );
    }
    british["allowPendingContracts"] = json!(true);
    assert_eq!(
        bench
            .debitura(unsigned, "POST", "/cases", Some(&british))
            .await
            .status,
        422,
        "identity cannot wait"
    );
    let nowhere = case_with("debtor.countryAlpha2", "KP");
    assert_eq!(
        kinds(&bench.me("POST", "/cases", Some(&nowhere)).await.json()),
        ["NoPartnerAvailable"]
    );
    let blocked = bench
        .debitura(
            sandbox::BLOCKED_DEBITURA_KEY,
            "POST",
            "/cases",
            Some(&case()),
        )
        .await;
    assert_eq!(
        (blocked.status, kinds(&blocked.json())),
        (422, vec!["CreditorBlocked"])
    );

    let waiting = bench
        .debitura(
            unsigned,
            "POST",
            "/cases",
            Some(&case_with("allowPendingContracts", true)),
        )
        .await;
    assert_eq!(waiting.status, 200);
    let waiting = waiting.json();
    assert_eq!(waiting["lifecycle"], "Pending contract signing");
    assert!(waiting["signingHandoff"]["combinedSigningUrl"].is_string());
    let path = format!("/cases/{}", id(&waiting));
    let status = bench
        .debitura(unsigned, "GET", &format!("{path}/contract-status"), None)
        .await
        .json();
    assert_eq!(
        (
            status["sdca"]["signed"].as_bool(),
            status["needsPoaSigning"].as_bool()
        ),
        (Some(false), Some(true))
    );
    assert_eq!(
        bench.debitura(unsigned, "GET", "/tasks", None).await.json()["tasks"][0]["type"],
        "SignContract"
    );
    bench.sandbox.sign_contracts("unsigned");
    assert_eq!(
        bench.debitura(unsigned, "GET", &path, None).await.json()["lifecycle"],
        "Pending Verification Internal"
    );
    assert_eq!(
        bench.debitura(unsigned, "GET", "/tasks", None).await.json()["page"]["totalResults"],
        0
    );
    bench.assert_described();
}

#[tokio::test]
async fn debitura_05_a_reference_is_taken_once_per_account() {
    let bench = Bench::start().await;
    bench.create(&case()).await;
    let again = || async { bench.me("POST", "/cases", Some(&case())).await };
    let answer = again().await;
    assert_eq!(
        (answer.status, kinds(&answer.json())),
        (422, vec!["DuplicateReference"])
    );
    bench
        .sandbox
        .settings(|settings| settings.debitura.duplicate_reference = DuplicateReference::Creditor);
    assert_eq!(kinds(&again().await.json()), ["DuplicateCreditorReference"]);
    bench
        .sandbox
        .settings(|settings| settings.debitura.duplicate_reference = DuplicateReference::Field);
    let answer = again().await;
    assert_eq!(
        (answer.status, answer.json()["creditorReference"].is_array()),
        (400, true)
    );
    bench
        .sandbox
        .settings(|settings| settings.debitura.duplicate_reference = DuplicateReference::Accept);
    assert_eq!(again().await.status, 200);
    assert_eq!(
        bench
            .debitura(
                sandbox::SECOND_DEBITURA_KEY,
                "POST",
                "/cases",
                Some(&case())
            )
            .await
            .status,
        200
    );
    assert_eq!(bench.sandbox.cases_created(), 3);
    bench.assert_described();
}

#[tokio::test]
async fn debitura_05_a_list_that_lags_finds_a_case_later() {
    let bench = Bench::start().await;
    bench.sandbox.settings(|settings| settings.debitura.lag = 2);
    let body = case();
    let key = sandbox::DEBITURA_KEY;
    bench.debitura(key, "POST", "/cases", Some(&body)).await;
    let path = "/cases/by-creditor-reference/NOR-01041";
    let mut found = Vec::new();
    for _ in 0..4 {
        found.push(bench.debitura(key, "GET", path, None).await.status);
    }
    assert_eq!(found, [404, 404, 200, 200]);
    bench.assert_described();
}

#[tokio::test]
async fn debitura_06_a_forgotten_idempotency_key_is_a_new_one() {
    let bench = Bench::start().await;
    let send = async || {
        let key = [("Idempotency-Key", "k1")];
        let body = case();
        let sent = bench.debitura_with(sandbox::DEBITURA_KEY, "POST", "/cases", Some(&body), &key);
        sent.await.status
    };
    bench
        .sandbox
        .settings(|settings| settings.debitura.duplicate_reference = DuplicateReference::Accept);
    assert_eq!((send().await, send().await), (200, 200));
    assert_eq!(bench.sandbox.cases_created(), 1);
    bench.sandbox.forget_idempotency_keys();
    assert_eq!(send().await, 200);
    assert_eq!(bench.sandbox.cases_created(), 2, "its time had run out");
    bench
        .sandbox
        .settings(|settings| settings.debitura.remember_keys = false);
    assert_eq!((send().await, send().await), (200, 200));
    assert_eq!(bench.sandbox.cases_created(), 4, "nothing is remembered");
}

#[tokio::test]
async fn debitura_04_a_country_that_the_partner_left_is_refused() {
    let bench = Bench::start().await;
    bench
        .sandbox
        .settings(|settings| settings.debitura.uncovered = vec!["DE".into()]);
    let mut body = case();
    body["debtor"]["countryAlpha2"] = json!("DE");
    let refused = bench
        .debitura(sandbox::DEBITURA_KEY, "POST", "/cases", Some(&body))
        .await;
    assert_eq!(
        (refused.status, kinds(&refused.json())),
        (422, vec!["NoPartnerAvailable"])
    );
    bench.assert_described();
}

#[tokio::test]
async fn debitura_06_idempotency_replays_and_conflicts() {
    let bench = Bench::start().await;
    let send = |key: &'static str, body: Value| {
        let bench = &bench;
        async move {
            bench
                .debitura_with(
                    sandbox::DEBITURA_KEY,
                    "POST",
                    "/cases",
                    Some(&body),
                    &[("Idempotency-Key", key)],
                )
                .await
        }
    };
    let first = send("k1", case()).await;
    assert_eq!(
        (first.status, send("k1", case()).await.text),
        (200, first.text)
    );
    let conflict = send("k1", case_with("amountToRecover", 2)).await;
    assert_eq!(
        (conflict.status, kinds(&conflict.json())),
        (422, vec!["IdempotencyConflict"])
    );
    let long: &'static str = "x".repeat(256).leak();
    assert_eq!(send(long, case()).await.status, 400);
    assert_eq!(
        send("k2", case_with("amountToRecover", 0)).await.status,
        400
    );
    assert_eq!(
        send("k2", case_with("creditorReference", "R2"))
            .await
            .status,
        200,
        "a field error is not kept"
    );
    assert_eq!(send("k3", case()).await.status, 422);
    bench
        .sandbox
        .settings(|settings| settings.debitura.duplicate_reference = DuplicateReference::Accept);
    assert_eq!(send("k3", case()).await.status, 422, "a 422 is kept");
    bench
        .sandbox
        .settings(|settings| settings.debitura.store_500 = true);
    let broken = Effect::Status {
        code: 500,
        body: FaultBody::Json,
        headers: vec![],
    };
    bench
        .sandbox
        .fault(Fault::new("debitura POST /cases", When::Nth(1), broken));
    let failed = send("k4", case()).await;
    assert_eq!(kinds(&failed.json()), ["InternalServerError"]);
    assert_eq!((failed.status, send("k4", case()).await.status), (500, 500));
    assert_eq!(bench.sandbox.cases().len(), 2);
    assert_eq!(bench.sandbox.cases()[0]["idempotencyKey"], "k1");

    bench
        .sandbox
        .settings(|settings| settings.debitura.concurrent_key = ConcurrentKey::Conflict);
    bench.sandbox.fault(Fault::new(
        "debitura POST /cases",
        When::Nth(1),
        Effect::Delay { ms: 300 },
    ));
    let (slow, fast) = tokio::join!(send("k5", case_with("creditorReference", "R5")), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        send("k5", case_with("creditorReference", "R5")).await
    });
    assert_eq!((slow.status, fast.status), (200, 409));
    let division = json!({ "companyName": "Nordlys", "city": "Odense", "countryCode": "DK" });
    let key = [("Idempotency-Key", "k1")];
    let made = bench
        .debitura_with(
            sandbox::DEBITURA_KEY,
            "POST",
            "/divisions",
            Some(&division),
            &key,
        )
        .await;
    assert_eq!(made.status, 201, "keys belong to a route");
    assert_eq!(
        bench
            .debitura_with(
                sandbox::DEBITURA_KEY,
                "POST",
                "/divisions",
                Some(&division),
                &key
            )
            .await
            .text,
        made.text
    );
    bench.assert_answers_described();
}

#[tokio::test]
async fn debitura_07_faults_strike_before_and_after_the_work() {
    let bench = Bench::start().await;
    let route = "debitura POST /cases";
    let create = |reference: &'static str| {
        let bench = &bench;
        let body = case_with("creditorReference", reference);
        async move {
            bench
                .send(sandbox::DEBITURA_KEY, "POST", "/cases", Some(&body), &[])
                .await
        }
    };
    let count = || bench.sandbox.cases().len();
    let lay = |effect: Effect| {
        bench.sandbox.clear_faults();
        bench.sandbox.fault(Fault::new(route, When::Nth(1), effect));
    };
    lay(Effect::DropBeforeCommit);
    assert!(create("1").await.is_err() && count() == 0);
    lay(Effect::DropAfterCommit);
    assert!(create("1").await.is_err() && count() == 1);
    lay(Effect::Timeout);
    assert!(
        tokio::time::timeout(Duration::from_millis(200), create("2"))
            .await
            .is_err()
            && count() == 1
    );
    lay(Effect::TimeoutAfterCommit);
    assert!(
        tokio::time::timeout(Duration::from_millis(200), create("2"))
            .await
            .is_err()
            && count() == 2
    );
    for code in [500, 502, 503, 504] {
        lay(Effect::Status {
            code,
            body: FaultBody::Html,
            headers: vec![("Retry-After".into(), "1".into())],
        });
        let answer = create("3").await.unwrap();
        assert_eq!(
            (
                answer.status().as_u16(),
                answer.headers()["retry-after"].to_str().unwrap()
            ),
            (code, "1")
        );
        assert!(answer.text().await.unwrap().starts_with("<html>"));
    }
    assert_eq!(
        (create("3").await.unwrap().status().as_u16(), count()),
        (200, 3),
        "then success"
    );
    lay(Effect::StatusAfterCommit {
        code: 504,
        body: FaultBody::Empty,
    });
    assert_eq!(
        (create("4").await.unwrap().status().as_u16(), count()),
        (504, 4)
    );
    lay(Effect::TruncatedJson);
    let half = create("5").await.unwrap().text().await.unwrap();
    assert!(half.starts_with('{') && serde_json::from_str::<Value>(&half).is_err());
    lay(Effect::Html);
    assert!(
        create("6")
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
            .contains("<html>")
    );
    lay(Effect::EmptyBody);
    assert_eq!(create("7").await.unwrap().text().await.unwrap(), "");
    lay(Effect::CutMidBody { after: 20 });
    assert!(create("8").await.unwrap().text().await.is_err());
    lay(Effect::ExtraFields);
    assert!(
        create("9").await.unwrap().json::<Value>().await.unwrap()["debtor"]["fieldOfTomorrow"]
            .is_object()
    );
    lay(Effect::UnknownValues);
    assert_eq!(
        create("10").await.unwrap().json::<Value>().await.unwrap()["lifecycle"],
        "Somewhat unheard of"
    );
    lay(Effect::NaiveTimestamps);
    let naive = create("11").await.unwrap().json::<Value>().await.unwrap();
    assert!(
        naive["dateCreated"]
            .as_str()
            .unwrap()
            .parse::<jiff::Timestamp>()
            .is_err()
    );
    lay(Effect::SlowBody { ms: 200 });
    let begun = std::time::Instant::now();
    create("12").await.unwrap().json::<Value>().await.unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(180));
    assert_eq!(count(), 12);
    assert_eq!(
        bench
            .sandbox
            .requests_to(route)
            .iter()
            .filter(|request| request.status.is_none())
            .count(),
        4
    );

    bench.sandbox.pause();
    assert!(create("13").await.unwrap_err().is_connect());
    bench.sandbox.resume().await.unwrap();
    bench.sandbox.clear_faults();
    assert_eq!(create("13").await.unwrap().status(), 200);
    bench.assert_described();
}

#[tokio::test]
async fn debitura_08_too_many_calls_are_refused_at_once() {
    let limits = |minute, hour, day| {
        Some(RateLimits {
            minute,
            hour,
            day,
            ..RateLimits::default()
        })
    };
    let bench = Bench::start().await;
    bench
        .sandbox
        .settings(|settings| settings.debitura.rate_limits = limits(3, 100, 100));
    for _ in 0..3 {
        assert_eq!(bench.me("GET", "/me", None).await.status, 200);
    }
    let refused = bench.me("GET", "/cases", None).await;
    assert_eq!(
        (refused.status, refused.json()["error"].as_str()),
        (429, Some("rate_limit_exceeded"))
    );
    assert!(
        refused.json()["retryAfter"].as_f64().unwrap() > 0.0
            && refused.header("retry-after").is_none()
    );
    assert_eq!(
        bench
            .debitura(sandbox::SECOND_DEBITURA_KEY, "GET", "/me", None)
            .await
            .status,
        200,
        "limits are per key"
    );
    bench.sandbox.settings(|settings| {
        settings.debitura.retry_after_header = true;
        settings.debitura.rate_limits = limits(100, 3, 100);
    });
    let refused = bench.me("GET", "/cases", None).await;
    assert!(
        refused
            .header("retry-after")
            .unwrap()
            .parse::<u32>()
            .unwrap()
            > 60,
        "the hour"
    );
    bench
        .sandbox
        .settings(|settings| settings.debitura.rate_limits = limits(100, 100, 3));
    assert!(
        bench.me("GET", "/cases", None).await.json()["retryAfter"]
            .as_f64()
            .unwrap()
            > 3600.0,
        "the day"
    );
    bench
        .sandbox
        .settings(|settings| settings.debitura.rate_limits = None);
    let effect = Effect::RateLimited {
        retry_after: 0.5,
        header: false,
    };
    bench
        .sandbox
        .fault(Fault::new("debitura *", When::Next(1), effect));
    assert_eq!(
        (
            bench.me("GET", "/me", None).await.status,
            bench.me("GET", "/me", None).await.status
        ),
        (429, 200)
    );
    bench.assert_described();
}

#[tokio::test]
async fn debitura_09_pages_have_five_numbers() {
    let bench = Bench::start().await;
    for number in 0..12 {
        let mut body = case_with("creditorReference", format!("P{number:02}"));
        body["amountToRecover"] = json!(100 + number);
        body["isTest"] = json!(number % 2 == 0);
        bench.create(&body).await;
    }
    let list = |query: &'static str| {
        let bench = &bench;
        async move { bench.me("GET", &format!("/cases{query}"), None).await }
    };
    let page = list("").await.json();
    assert_eq!(
        page["page"],
        json!({ "totalResults": 12, "pageSize": 10, "currentPage": 1, "responseCount": 10, "totalPages": 2 })
    );
    assert_eq!(list("?Page=2").await.json()["page"]["responseCount"], 2);
    assert_eq!(list("?Page=9").await.json()["page"]["responseCount"], 0);
    for wrong in [
        "?Page=0",
        "?PageSize=0",
        "?PageSize=101",
        "?Page=x",
        "?Ids=x",
        "?Statuses=Nowhere",
    ] {
        assert_eq!(list(wrong).await.status, 400, "{wrong}");
    }
    let sorted = list("?Sort=GrossAmount:desc,DateCreated&PageSize=3")
        .await
        .json();
    assert_eq!(sorted["cases"][0]["grossAmount"], 111.0);
    assert_eq!(
        list("?Sort=ShoeSize:desc").await.status,
        200,
        "unknown fields are ignored"
    );
    let moved = id(&sorted["cases"][0]);
    assert!(
        bench
            .sandbox
            .move_case(moved, "NeedsAdditionalDetails", None)
    );
    for query in [
        "?Statuses=needsadditionaldetails",
        "?statuses=More%20Info%20Required",
        "?Statuses=Closed,NeedsAdditionalDetails",
    ] {
        assert_eq!(
            list(query).await.json()["page"]["totalResults"],
            1,
            "{query}"
        );
    }
    assert_eq!(
        list("?Sort=DateUpdated:desc&PageSize=1").await.json()["cases"][0]["id"],
        json!(moved)
    );
    assert_eq!(
        bench.me("GET", "/users", None).await.json()["page"]["pageSize"],
        50
    );
    bench.assert_answers_described();
}

#[tokio::test]
async fn debitura_10_a_case_speaks_in_labels_and_other_names() {
    let bench = Bench::start().await;
    let mut body = case_with("comments", "Two reminders sent.");
    let made = bench.create(&body).await;
    assert_eq!(made["reference"].as_str().unwrap().len(), 8);
    assert_eq!(
        (&made["grossAmount"], &made["currency"]),
        (&json!(1234.56), &json!("EUR"))
    );
    assert_eq!(
        (&made["creditorComments"], &made["isTestCase"]),
        (&json!("Two reminders sent."), &json!(false))
    );
    assert_eq!(
        (
            &made["closeCode"],
            &made["currentEngagementPhase"],
            &made["bankAccount"]
        ),
        (&json!(null), &json!(null), &json!(null))
    );
    assert_eq!(made["validation"]["needsInfo"], false);
    assert_eq!(
        made["collectionPartner"]["name"],
        "Rheinland Forderungen GmbH"
    );
    body["creditorReference"] = json!("A/B 2");
    body["isTest"] = json!(true);
    let test = bench.create(&body).await;
    assert_eq!(
        (&test["isTestCase"], &test["collectionPartner"]),
        (&json!(true), &json!(null))
    );
    let (by_id, reference) = (
        format!("/cases/{}", id(&test)),
        test["reference"].as_str().unwrap(),
    );
    for path in [
        by_id,
        format!("/cases/case-reference/{reference}"),
        "/cases/by-creditor-reference/A%2FB%202".into(),
    ] {
        assert_eq!(bench.me("GET", &path, None).await.json(), test, "{path}");
    }
    assert_eq!(
        bench
            .me("GET", "/cases/by-creditor-reference/unknown", None)
            .await
            .status,
        404
    );
    assert_eq!(
        bench
            .me("GET", "/cases/by-creditor-reference/%20", None)
            .await
            .status,
        400
    );
    assert_eq!(bench.me("GET", "/cases/not-a-uuid", None).await.status, 400);
    bench.sandbox.move_case(id(&made), "Active", None);
    bench.sandbox.record_payment(id(&made), 234.56);
    bench
        .sandbox
        .move_case(id(&made), "Closed", Some("Partially paid"));
    let closed = bench
        .me("GET", &format!("/cases/{}", id(&made)), None)
        .await
        .json();
    assert_eq!(
        (
            &closed["lifecycle"],
            &closed["closeCode"],
            &closed["remainder"]
        ),
        (&json!("Closed"), &json!("Partially paid"), &json!(1000.0))
    );
    assert_eq!(
        bench
            .me(
                "GET",
                &format!("/cases/{}/exclusive-period", id(&made)),
                None
            )
            .await
            .json()["status"],
        "Terminated"
    );
    bench.assert_answers_described();
}

#[tokio::test]
async fn debitura_11_the_preview_tells_what_create_would_do() {
    let bench = Bench::start().await;
    let preview = |key: &'static str, body: Value| {
        let bench = &bench;
        async move {
            bench
                .debitura(key, "POST", "/cases/preview", Some(&body))
                .await
        }
    };
    let ask = |country: &str| json!({ "amountToRecover": 1000, "currencyCode": "EUR", "debtor": { "type": "Company", "countryAlpha2": country } });
    let good = preview(sandbox::DEBITURA_KEY, ask("DE")).await.json();
    let result = &good["result"];
    assert_eq!(
        (&result["isEligible"], &result["requiredActions"]),
        (&json!(true), &json!([]))
    );
    let pricing = &result["pricingPreview"];
    assert_eq!(
        (
            &pricing["totalSuccessFeePercentage"],
            &pricing["currencyCode"]
        ),
        (&json!(9.5), &json!("EUR"))
    );
    assert!(
        pricing["pricingSourceDescription"]
            .as_str()
            .unwrap()
            .contains("Invented")
    );
    let unsigned = preview(sandbox::UNSIGNED_DEBITURA_KEY, ask("GB"))
        .await
        .json();
    let actions: Vec<_> = unsigned["result"]["requiredActions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["type"].clone())
        .collect();
    let refused = bench
        .debitura(
            sandbox::UNSIGNED_DEBITURA_KEY,
            "POST",
            "/cases",
            Some(&case_with("debtor.countryAlpha2", "GB")),
        )
        .await;
    assert_eq!(json!(actions), json!(kinds(&refused.json())));
    assert_eq!(
        (
            &unsigned["result"]["requiresKycVerification"],
            &unsigned["result"]["hasKycOnFile"]
        ),
        (&json!(true), &json!(false))
    );
    let nowhere = preview(sandbox::DEBITURA_KEY, ask("KP")).await;
    assert_eq!(
        (nowhere.status, &nowhere.json()["result"]["isEligible"]),
        (200, &json!(false))
    );
    let mut old = ask("DE");
    old["dueDate"] = json!("2025-03-01");
    assert_eq!(
        preview(sandbox::DEBITURA_KEY, old.clone()).await.json()["result"]["pricingPreview"]["ageSurchargePercentage"],
        10.0
    );
    old["amountToRecoverOver12Months"] = json!(500);
    old["amountToRecoverOver24Months"] = json!(100);
    assert_eq!(
        preview(sandbox::DEBITURA_KEY, old.clone()).await.status,
        400,
        "due date and buckets"
    );
    old["dueDate"] = json!(null);
    assert_eq!(
        preview(sandbox::DEBITURA_KEY, old).await.json()["result"]["pricingPreview"]["ageSurchargePercentage"],
        6.0
    );
    assert_eq!(preview(sandbox::DEBITURA_KEY, ask("US")).await.status, 400);
    let eligible = json!({ "countryAlpha2": "DE", "debtorType": "Company", "amount": 10, "currencyCode": "EUR" });
    let eligible = bench
        .debitura(
            sandbox::UNSIGNED_DEBITURA_KEY,
            "POST",
            "/coverage/check-eligibility",
            Some(&eligible),
        )
        .await
        .json();
    assert_eq!(
        (
            &eligible["isEligible"],
            &eligible["powerOfAttorneyStatus"]["signed"]
        ),
        (&json!(true), &json!(false))
    );
    let agreement = bench
        .debitura(
            sandbox::UNSIGNED_DEBITURA_KEY,
            "GET",
            "/contracts/debt-collection/status",
            None,
        )
        .await
        .json();
    assert_eq!(
        (&agreement["signed"], agreement["solutionUrl"].is_string()),
        (&json!(false), true)
    );
    let coverage = bench.me("GET", "/coverage", None).await.json();
    assert!(coverage.as_array().unwrap().len() > 200);
    assert_eq!(
        bench
            .me(
                "GET",
                &format!("/coverage/{}", coverage[0]["jurisdictionId"]),
                None
            )
            .await
            .json(),
        coverage[0]
    );
    assert_eq!(bench.me("GET", "/coverage/999999", None).await.status, 404);
    bench.assert_answers_described();
}

#[tokio::test]
async fn debitura_12_files_are_taken_as_forms() {
    let bench = Bench::start().await;
    let made = bench.create(&case()).await;
    let case_id = made["id"].as_str().unwrap();
    let extra = [
        ("DocumentType", "DemandLetter"),
        ("Description", "Second reminder"),
    ];
    let file = bench
        .upload(case_id, "rykker æøå.pdf", b"%PDF-1.4".to_vec(), &extra)
        .await
        .json();
    assert_eq!(
        (&file["documentType"], &file["fileName"]),
        (&json!("DemandLetter"), &json!("rykker æøå.pdf"))
    );
    for (name, size, status) in [
        ("big.pdf", 25 * 1024 * 1024 + 1, 413),
        ("full.pdf", 25 * 1024 * 1024, 200),
        ("a.docx", 10, 415),
        ("noext", 10, 415),
        ("e.pdf", 0, 400),
        ("a.gif", 9, 200),
    ] {
        assert_eq!(
            bench
                .upload(case_id, name, vec![b'x'; size], &[])
                .await
                .status,
            status,
            "{name}"
        );
    }
    bench
        .sandbox
        .settings(|settings| settings.debitura.file_types = FileTypes::Guide);
    assert_eq!(
        bench.upload(case_id, "a.docx", vec![1], &[]).await.status,
        200
    );
    assert_eq!(
        bench.upload(case_id, "a.gif", vec![1], &[]).await.status,
        415
    );
    assert_eq!(
        bench
            .upload(case_id, "a.pdf", vec![1], &[("DocumentType", "Poem")])
            .await
            .status,
        400
    );
    assert_eq!(
        bench
            .upload(&Uuid::nil().to_string(), "a.pdf", vec![1], &[])
            .await
            .status,
        404
    );
    bench
        .upload(case_id, "rykker æøå.pdf", b"%PDF-1.4".to_vec(), &extra)
        .await;
    let listed = bench
        .me("GET", &format!("/cases/{case_id}/files"), None)
        .await
        .json();
    assert_eq!(
        listed.as_array().unwrap().len(),
        5,
        "a repeated file is a second file"
    );
    let url = listed[0]["url"].as_str().unwrap().to_owned();
    assert!(url.contains("se=2026%2D07%2D01T13%3A"), "{url}");
    assert_eq!(
        bench
            .http
            .get(&url)
            .send()
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap(),
        &b"%PDF-1.4"[..]
    );
    bench.sandbox.set_today(Some(jiff::civil::date(2026, 7, 2)));
    assert_eq!(
        bench.http.get(&url).send().await.unwrap().status(),
        403,
        "the link has expired"
    );
    let fresh = bench
        .me("GET", &format!("/cases/{case_id}/files"), None)
        .await
        .json();
    assert_eq!(
        bench
            .http
            .get(fresh[0]["url"].as_str().unwrap())
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    bench.assert_described();
}

#[tokio::test]
async fn debitura_13_what_hangs_on_a_case_agrees() {
    let bench = Bench::start().await;
    let made = bench.create(&case()).await;
    let path = format!("/cases/{}", id(&made));
    bench
        .sandbox
        .ask_for_info(id(&made), "Debtor", "Please send the signed order.");
    let stage = || async {
        bench.me("GET", &path, None).await.json()["lifecycle"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(stage().await, "More Info Required");
    assert_eq!(
        bench.me("GET", &path, None).await.json()["validation"]["needsInfo"],
        true
    );
    let validation = bench
        .me("GET", &format!("{path}/validation"), None)
        .await
        .json();
    assert_eq!(
        validation["items"][0],
        json!({ "resolutionArea": "Debtor", "description": "Please send the signed order." })
    );
    let task = bench
        .me(
            "GET",
            "/tasks?type=CaseValidationNeedsInfo&type=ReplyToChat",
            None,
        )
        .await
        .json()["tasks"][0]
        .clone();
    assert_eq!(
        (&task["caseId"], &task["action"]["path"]),
        (&made["id"], &json!(format!("{path}/chats")))
    );
    let chat = |body: Value| {
        let (bench, path) = (&bench, format!("{path}/chats"));
        async move { bench.me("POST", &path, Some(&body)).await }
    };
    for (body, label) in [
        (json!({ "message": "Here it is." }), "MissingUserIdentifier"),
        (
            json!({ "message": "Here it is.", "userEmail": "stranger@x.example" }),
            "InvalidUserEmail",
        ),
        (json!({ "message": "" }), "InvalidMessage"),
    ] {
        let answer = chat(body).await;
        assert_eq!(
            (answer.status, answer.json()["error"].as_str()),
            (400, Some(label))
        );
    }
    let user = bench.me("GET", "/users", None).await.json()["users"][0].clone();
    let sent = chat(json!({ "message": "Here it is.", "userEmail": user["email"] }))
        .await
        .json();
    assert_eq!(
        (&sent["role"], &sent["user"]["email"]),
        (&json!(1), &user["email"])
    );
    assert_eq!(stage().await, "Pending Verification");
    assert_eq!(
        bench.me("GET", "/tasks", None).await.json()["page"]["totalResults"],
        0
    );
    assert_eq!(
        bench
            .me("GET", &format!("{path}/tasks?status=Solved"), None)
            .await
            .json()[0]["status"],
        "Solved"
    );
    assert!(
        bench
            .me("GET", &format!("{path}/validation"), None)
            .await
            .json()["creditorRespondedAt"]
            .is_string()
    );
    bench
        .sandbox
        .partner_writes(id(&made), "Has the debtor moved?");
    assert_eq!(
        bench.me("GET", "/tasks", None).await.json()["tasks"][0]["type"],
        "ReplyToChat"
    );
    assert_eq!(
        bench
            .me("GET", &format!("{path}/chats"), None)
            .await
            .json()
            .as_array()
            .unwrap()
            .len(),
        2
    );
    bench.sandbox.record_payment(id(&made), 500.0);
    let payment = bench
        .me("GET", &format!("{path}/payments"), None)
        .await
        .json()[0]
        .clone();
    assert_eq!(
        bench.me("GET", "/Payments", None).await.json()["payments"][0],
        payment
    );
    assert_eq!(
        bench
            .me(
                "GET",
                &format!("/Payments/{}", payment["id"].as_str().unwrap()),
                None
            )
            .await
            .json(),
        payment
    );
    assert_eq!(payment["invoice"]["invoiceId"], made["id"]);
    let timeline = bench
        .me("GET", &format!("{path}/timeline"), None)
        .await
        .json();
    let titles: Vec<_> = timeline["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["title"].as_str().unwrap())
        .collect();
    assert_eq!(
        titles,
        [
            "Case created",
            "Status changed",
            "Message sent",
            "Status changed",
            "Message received",
            "Payment registered"
        ]
    );
    bench.sandbox.move_case(id(&made), "LeadsQuoteGiven", None);
    let lead = bench
        .me("GET", &format!("{path}/quote-requests"), None)
        .await
        .json()["quoteRequests"][0]["quoteRequestId"]
        .clone();
    let lead = format!("{path}/quote-requests/{}", lead.as_str().unwrap());
    assert_eq!(bench.me("GET", &lead, None).await.status, 200);
    let quote = bench
        .me("GET", &format!("{lead}/quotes"), None)
        .await
        .json()["quotes"][0]["quoteId"]
        .clone();
    assert_eq!(
        bench
            .me(
                "GET",
                &format!("{lead}/quotes/{}", quote.as_str().unwrap()),
                None
            )
            .await
            .status,
        200
    );
    bench.assert_described();
}

#[tokio::test]
async fn debitura_14_test_cases_are_driven_and_removed() {
    let bench = Bench::start().await;
    let real = bench.create(&case_with("creditorReference", "real")).await;
    let made = |reference: &'static str, tag: &'static str| {
        let mut body = case_with("creditorReference", reference);
        (body["isTest"], body["tag"]) = (json!(true), json!(tag));
        let bench = &bench;
        async move { bench.create(&body).await }
    };
    let test = made("t1", "run-1").await;
    let advance = |case: Uuid, body: Value| {
        let bench = &bench;
        async move {
            bench
                .me("POST", &format!("/test/cases/{case}/advance"), Some(&body))
                .await
        }
    };
    assert_eq!(
        advance(id(&real), json!({ "to": "Active" })).await.status,
        400
    );
    assert_eq!(
        advance(Uuid::nil(), json!({ "to": "Active" })).await.status,
        404
    );
    assert_eq!(
        advance(id(&test), json!({ "to": "Moon" })).await.status,
        400
    );
    assert_eq!(
        advance(id(&test), json!({ "to": "Active" })).await.json(),
        json!({ "advanced": true, "state": "Active" })
    );
    assert_eq!(
        advance(id(&test), json!({ "to": "Active" })).await.json()["advanced"],
        false
    );
    assert_eq!(
        advance(id(&test), json!({ "to": "Closed:Paid" }))
            .await
            .status,
        400,
        "amount is missing"
    );
    assert_eq!(
        advance(id(&test), json!({ "to": "Closed:Paid", "amount": 10 }))
            .await
            .json()["state"],
        "Closed:Paid"
    );
    assert_eq!(
        advance(id(&test), json!({ "to": "Closed:NoPayment" }))
            .await
            .status,
        400,
        "another close code"
    );
    let unpaid = made("t2", "run-1").await;
    assert_eq!(
        advance(id(&unpaid), json!({ "to": "Closed:NoPayment" }))
            .await
            .json()["advanced"],
        true
    );
    let fire = |event: &'static str, case: Uuid| {
        let bench = &bench;
        async move {
            bench
                .me(
                    "POST",
                    "/test/webhooks/fire",
                    Some(&json!({ "event": event, "caseId": case })),
                )
                .await
                .status
        }
    };
    assert_eq!(
        (
            fire("payment.created", id(&unpaid)).await,
            fire("payment.created", id(&test)).await
        ),
        (422, 200)
    );
    assert_eq!(
        (
            fire("chat.created", id(&test)).await,
            fire("case.closed", id(&test)).await
        ),
        (422, 200)
    );
    assert_eq!(
        (
            fire("case.closed", id(&real)).await,
            fire("nonsense", id(&test)).await
        ),
        (400, 400)
    );
    let delete = |path: String| {
        let bench = &bench;
        async move { bench.me("DELETE", &path, None).await.status }
    };
    assert_eq!(delete(format!("/test/cases/{}", id(&real))).await, 400);
    assert_eq!(delete(format!("/test/cases/{}", id(&test))).await, 204);
    assert_eq!(
        delete(format!("/test/cases/{}", id(&test))).await,
        204,
        "again, without harm"
    );
    bench
        .sandbox
        .settings(|settings| settings.debitura.unknown_test_case_is_404 = true);
    assert_eq!(delete(format!("/test/cases/{}", id(&test))).await, 404);
    assert_eq!(
        (
            delete("/test/cases".into()).await,
            delete("/test/cases?tag=%20".into()).await
        ),
        (400, 400)
    );
    let mut tagged = case_with("tag", "run-1");
    tagged["creditorReference"] = json!("real-2");
    bench.create(&tagged).await;
    assert_eq!(
        delete("/test/cases?tag=run-1".into()).await,
        400,
        "a real case has the tag, so nothing goes"
    );
    assert_eq!(bench.sandbox.cases().len(), 3);
    made("t3", "run-2").await;
    assert_eq!(delete("/test/cases?tag=run-2".into()).await, 204);
    assert_eq!(
        (bench.sandbox.cases().len(), bench.sandbox.cases_created()),
        (3, 5)
    );
    bench.assert_described();
}

#[tokio::test]
async fn debitura_16_only_loopback_and_always_marked() {
    let bench = Bench::start().await;
    for url in [
        bench.sandbox.debitura_url(),
        bench.sandbox.stripe_url(),
        bench.sandbox.url(),
    ] {
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
        let answer = bench
            .http
            .get(format!("{url}/nowhere"))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.headers()["x-sandbox"], "debitura-desk");
    }
    bench
        .sandbox
        .fault(Fault::new("debitura GET /me", When::Always, Effect::Html));
    assert_eq!(
        bench.me("GET", "/me", None).await.header("x-sandbox"),
        Some("debitura-desk")
    );
    let (url, key) = (
        bench.sandbox.debitura_url(),
        bench.sandbox.debitura_key().to_owned(),
    );
    bench.sandbox.stop().await;
    assert!(
        bench
            .http
            .get(format!("{url}/me"))
            .header("XApiKey", key)
            .send()
            .await
            .unwrap_err()
            .is_connect()
    );
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let ports = sandbox::Ports {
        debitura: taken.local_addr().unwrap().port(),
        ..Default::default()
    };
    assert!(
        Sandbox::start(Options {
            ports: Some(ports),
            ..options()
        })
        .await
        .is_err()
    );
}
