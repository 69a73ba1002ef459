#![allow(clippy::unwrap_used)]

mod support;

use sandbox::Company;
use support::{Bench, case};

#[tokio::test]
async fn the_way_of_an_invoice_from_stripe_to_a_case() {
    let bench = Bench::start().await;
    let page = bench
        .stripe("/v1/invoices?status=open&limit=100&expand[]=data.customer")
        .await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert_eq!(page.header("x-sandbox"), Some("debitura-desk"));
    assert_eq!(page.json()["data"].as_array().unwrap().len(), 100);
    assert_eq!(bench.sandbox.oracle().open, 437);
    let pdf = page.json()["data"][0]["invoice_pdf"]
        .as_str()
        .unwrap()
        .to_owned();
    let pdf = bench
        .http
        .get(pdf)
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    assert!(pdf.starts_with(b"%PDF-1.4"));
    let made = bench.create(&case()).await;
    assert_eq!(made["lifecycle"], "Pending Verification Internal");
    let id = made["id"].as_str().unwrap();
    let file = bench
        .upload(
            id,
            "invoice.pdf",
            pdf.to_vec(),
            &[("DocumentType", "OriginalInvoice")],
        )
        .await;
    assert_eq!(file.status, 200, "{}", file.text);
    assert_eq!(bench.sandbox.cases()[0]["files"][0], "invoice.pdf");
    for path in [
        "/me",
        "/cases",
        "/users",
        "/tasks",
        "/Payments",
        "/coverage",
        "/contracts/debt-collection/status",
        "/divisions",
    ] {
        let answer = bench.me("GET", path, None).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    }
    for part in [
        "",
        "/contract-status",
        "/timeline",
        "/validation",
        "/chats",
        "/payments",
        "/tasks",
        "/files",
        "/quote-requests",
    ] {
        let answer = bench.me("GET", &format!("/cases/{id}{part}"), None).await;
        assert_eq!(answer.status, 200, "{part}: {}", answer.text);
    }
    bench.assert_described();
}

#[tokio::test]
async fn every_object_of_every_company_obeys_the_description() {
    for company in [Company::Demo, Company::Awkward] {
        let bench = Bench::of(company).await;
        for kind in ["invoices", "customers"] {
            let mut after = String::new();
            loop {
                let expand = if kind == "invoices" {
                    "&expand[]=data.customer.tax_ids"
                } else {
                    "&expand[]=data.tax_ids"
                };
                let page = bench
                    .stripe(&format!("/v1/{kind}?limit=100{expand}{after}"))
                    .await
                    .json();
                let last = page["data"].as_array().unwrap().last().unwrap();
                if page["has_more"] == false {
                    break;
                }
                after = format!("&starting_after={}", last["id"].as_str().unwrap());
            }
        }
        bench.assert_described();
    }
}

#[tokio::test]
async fn the_page_shows_what_arrived_and_takes_orders_from_nobody_else() {
    let bench = Bench::start().await;
    bench
        .create(&support::case_with(
            "debtor.name",
            "<img src=x onerror=alert(1)>",
        ))
        .await;
    let page = bench
        .http
        .get(bench.sandbox.url())
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        page.contains("Cases received (1)") && page.contains("&lt;img") && !page.contains("<img")
    );
    let order = |origin: Option<&'static str>| {
        let request = bench
            .http
            .delete(format!("{}/control/faults", bench.sandbox.url()));
        match origin {
            Some(origin) => request.header("Origin", origin),
            None => request,
        }
    };
    assert_eq!(order(None).send().await.unwrap().status(), 200);
    assert_eq!(
        order(Some("https://evil.example"))
            .send()
            .await
            .unwrap()
            .status(),
        403
    );
    let form = "route=stripe+*&when=next&count=2&effect=%22empty_body%22";
    let laid = bench
        .http
        .post(format!("{}/faults", bench.sandbox.url()))
        .header("content-type", "application/x-www-form-urlencoded");
    laid.body(form).send().await.unwrap();
    assert_eq!(bench.sandbox.faults().len(), 1);
    assert_eq!(bench.stripe("/v1/invoices").await.text, "");
}

#[tokio::test]
async fn a_past_can_be_had_for_the_demo() {
    let bench = Bench::with(sandbox::Options {
        history: true,
        ..support::options()
    })
    .await;
    let listed = bench
        .me("GET", "/cases?PageSize=100&Sort=DateUpdated:desc", None)
        .await
        .json();
    assert_eq!(
        (
            &listed["page"]["totalResults"],
            bench.sandbox.cases_created()
        ),
        (&serde_json::json!(13), 0)
    );
    let stages: std::collections::BTreeSet<_> = listed["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| case["lifecycle"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(stages.len(), 6);
    assert!(
        listed["cases"]
            .as_array()
            .unwrap()
            .iter()
            .all(|case| case["dateUpdated"].as_str() < Some("2026-07-01T13"))
    );
    assert_eq!(
        bench.me("GET", "/tasks", None).await.json()["page"]["totalResults"],
        2
    );
    bench.create(&case()).await;
    assert_eq!(bench.sandbox.cases_created(), 1);
    bench.assert_described();
}
