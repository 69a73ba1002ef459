//! The stand-in of QuickBooks against real traffic: the shapes of answers that others recorded at Intuit's own sandbox (the
//! `qbo_api` gem's suite, 2020 to 2022), written down here with the values left out. Recordings of another currency than
//! the company's, of disputes and of tombstones there are none; what the stand-in sends for these is marked.

#![allow(clippy::unwrap_used)]

mod support;

use sandbox::visit::{Decision, decide};
use sandbox::{Company, Edit, Environment, INTUIT_CLIENT, INTUIT_SECRET, Options};
use serde_json::{Value, json};
use support::{Answer, Bench, options};

const REDIRECT: &str = "http://localhost:8123/cb/quickbooks";
/// Read, query, batch: as they end.
const TIME: &str = "2020-09-29T08:02:53.512-07:00";

/// Every member that a recorded invoice has, in the order of the recordings.
fn invoice() -> Value {
    let reference = json!({ "value": "1", "name": "" });
    let address = address();
    let item = json!({ "ItemRef": reference, "UnitPrice": 75, "Qty": 4, "TaxCodeRef": { "value": "NON" } });
    json!({
        "AllowIPNPayment": false, "AllowOnlinePayment": false, "AllowOnlineCreditCardPayment": false,
        "AllowOnlineACHPayment": false, "domain": "QBO", "sparse": false, "Id": "264", "SyncToken": "1",
        "MetaData": meta(), "CustomField": [{ "DefinitionId": "1", "Name": "", "Type": "StringType" }],
        "DocNumber": "1041", "TxnDate": "2020-09-29", "CurrencyRef": reference,
        // Not recorded: another currency.
        "ExchangeRate": 1,
        "PrivateNote": "Voided", "LinkedTxn": [{ "TxnId": "49", "TxnType": "Payment" }],
        "Line": [
            { "Id": "1", "LineNum": 1, "Description": "", "Amount": 100.00, "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": item },
            { "Amount": 100.00, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {} },
        ],
        "TxnTaxDetail": { "TotalTax": 0 }, "CustomerRef": reference, "CustomerMemo": { "value": "" },
        "BillAddr": address, "ShipAddr": address, "DueDate": "2020-10-29", "TotalAmt": 100.00,
        "ApplyTaxAfterDiscount": false, "PrintStatus": "NeedToPrint", "EmailStatus": "NotSet",
        "BillEmail": { "Address": "" }, "Balance": 100.00,
        // Not recorded: a dispute.
        "EInvoiceStatus": "Disputed",
    })
}

/// Structured or in lines, or nothing but its number.
fn address() -> Value {
    json!({
        "Id": "67", "Line1": "", "Line2": "", "Line3": "", "Line4": "", "Line5": "", "City": "",
        "CountrySubDivisionCode": "CA", "PostalCode": "94303",
        // Not recorded: an address abroad.
        "Country": "",
        "Lat": "INVALID", "Long": "INVALID",
    })
}

fn customer() -> Value {
    let phone = json!({ "FreeFormNumber": "" });
    json!({
        "Taxable": true, "BillAddr": address(), "ShipAddr": address(), "Job": true, "BillWithParent": true,
        "ParentRef": { "value": "62" }, "Level": 1, "Balance": 0, "BalanceWithJobs": 0,
        "CurrencyRef": { "value": "USD", "name": "" }, "PreferredDeliveryMethod": "Print", "domain": "QBO",
        "sparse": false, "Id": "64", "SyncToken": "0", "MetaData": meta(), "GivenName": "", "FamilyName": "",
        "FullyQualifiedName": "", "CompanyName": "", "DisplayName": "", "PrintOnCheckName": "", "Active": true,
        "PrimaryPhone": phone, "Mobile": phone, "Fax": phone, "PrimaryEmailAddr": { "Address": "" },
        "WebAddr": { "URI": "" }, "DefaultTaxCodeRef": { "value": "2" },
    })
}

fn meta() -> Value {
    let time = "2020-09-29T04:46:06-07:00";
    json!({ "CreateTime": time, "LastUpdatedTime": time })
}

/// In what an answer is not shaped as the recorded one: a member that was never seen, or seen elsewhere, or with another
/// kind of value, or a moment that is written another way.
fn differences(ours: &Value, recorded: &Value, at: &str) -> Vec<String> {
    match (ours, recorded) {
        (Value::Object(ours), Value::Object(recorded)) => {
            let mut wrong = Vec::new();
            let mut next = 0;
            for (name, value) in ours {
                let at = format!("{at}.{name}");
                match recorded.keys().position(|known| known == name) {
                    None => wrong.push(format!("{at} is in no recording")),
                    Some(place) if place < next => wrong.push(format!("{at} comes too late")),
                    Some(place) => {
                        next = place;
                        wrong.extend(differences(value, &recorded[name], &at));
                    }
                }
            }
            wrong
        }
        (Value::Array(ours), Value::Array(recorded)) => {
            let each = ours.iter().map(|value| {
                let fits = recorded.iter().map(|known| differences(value, known, at));
                let unknown = vec![format!("{at} holds nothing in the recordings")];
                fits.min_by_key(Vec::len).unwrap_or(unknown)
            });
            each.flatten().collect()
        }
        (Value::String(ours), Value::String(recorded)) => {
            let is_time = recorded.contains("-0") && recorded.starts_with("20");
            if is_time && masked(ours) != masked(recorded) {
                return vec![format!("{at} is written {ours}, not like {recorded}")];
            }
            Vec::new()
        }
        (Value::Number(_), Value::Number(_))
        | (Value::Bool(_), Value::Bool(_))
        | (Value::Null, Value::Null) => Vec::new(),
        (ours, recorded) => vec![format!("{at} is {ours}, not a {recorded}")],
    }
}

fn masked(text: &str) -> String {
    let masked = text
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c });
    masked.collect()
}

struct Connected {
    bench: Bench,
    realm: String,
    access: String,
}

impl Connected {
    async fn connected() -> Self {
        let bench = Bench::with(Options {
            company: Company::Awkward,
            ..options()
        })
        .await;
        let sandbox = &bench.sandbox;
        sandbox
            .register_intuit_redirect(Environment::Development, REDIRECT)
            .unwrap();
        let question = format!(
            "{}/connect/oauth2?client_id={INTUIT_CLIENT}&response_type=code&state=s&redirect_uri={REDIRECT}\
             &scope=com.intuit.quickbooks.accounting",
            sandbox.intuit_url()
        );
        let back = decide(&question, Decision::Allow).unwrap();
        let back: reqwest::Url = back.parse().unwrap();
        let code = back.query_pairs().find(|(name, _)| name == "code").unwrap();
        let url = format!("{}/oauth2/v1/tokens/bearer", sandbox.intuit_url());
        let form = format!(
            "grant_type=authorization_code&redirect_uri={REDIRECT}&code={}",
            code.1
        );
        let request = bench
            .http
            .post(url)
            .basic_auth(INTUIT_CLIENT, Some(INTUIT_SECRET))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        let tokens = Answer::of(request.send().await.unwrap()).await.json();
        let access = tokens["access_token"].as_str().unwrap().to_owned();
        let realm = sandbox.quickbooks_companies()[0].0.clone();
        Self {
            bench,
            realm,
            access,
        }
    }

    fn url(&self, path: &str) -> String {
        let base = self.bench.sandbox.quickbooks_url(Environment::Development);
        format!("{base}/v3/company/{}/{path}", self.realm)
    }

    async fn sent(&self, request: reqwest::RequestBuilder) -> Answer {
        let request = request
            .bearer_auth(&self.access)
            .header("accept", "application/json");
        Answer::of(request.send().await.unwrap()).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.sent(self.bench.http.get(self.url(path))).await
    }

    async fn query(&self, text: &str) -> Value {
        let request = self.bench.http.post(self.url("query"));
        let request = request.header("content-type", "application/text");
        self.sent(request.body(text.to_owned())).await.json()
    }
}

fn hold(ours: &Value, recorded: &Value) {
    let wrong = differences(ours, recorded, "");
    assert!(wrong.is_empty(), "{wrong:#?}\n{ours:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn intuit_13_what_is_found_is_shaped_as_recorded() {
    let company = Connected::connected().await;
    let count = company.query("SELECT COUNT(*) FROM Customer").await;
    hold(
        &count,
        &json!({ "QueryResponse": { "totalCount": 41 }, "time": TIME }),
    );
    let customers = company
        .query(
            "SELECT * FROM Customer WHERE Active IN (true,false) MAXRESULTS 1000 STARTPOSITION 1",
        )
        .await;
    let found = |name: &str, row: Value| {
        let found = json!({ name: [row], "startPosition": 1, "maxResults": 2 });
        json!({ "QueryResponse": found, "time": TIME })
    };
    hold(&customers, &found("Customer", customer()));
    let invoices = company.query("SELECT * FROM Invoice MAXRESULTS 1000").await;
    hold(&invoices, &found("Invoice", invoice()));
    assert!(invoices["QueryResponse"]["maxResults"].as_u64() > Some(100));

    let voided = &invoices["QueryResponse"]["Invoice"][0]["Id"];
    let voided = voided.as_str().unwrap();
    let sandbox = &company.bench.sandbox;
    assert!(sandbox.edit_quickbooks_invoice(&company.realm, voided, Edit::Void));
    let read = company.get(&format!("invoice/{voided}")).await.json();
    hold(&read, &json!({ "Invoice": invoice(), "time": TIME }));
    let zeros = ["TotalAmt", "Balance"].map(|name| read["Invoice"][name].to_string());
    assert_eq!(zeros, ["0", "0"], "a voided one owes nothing");
    assert_eq!(read["Invoice"]["LinkedTxn"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn intuit_13_changes_and_batches_are_shaped_as_recorded() {
    let company = Connected::connected().await;
    let sandbox = &company.bench.sandbox;
    let open = company
        .query("SELECT * FROM Invoice WHERE Balance > '0' MAXRESULTS 5")
        .await;
    let id = |at: usize| open["QueryResponse"]["Invoice"][at]["Id"].as_str().unwrap();
    assert!(sandbox.edit_quickbooks_invoice(&company.realm, id(0), Edit::Pay(1)));
    assert!(sandbox.delete_quickbooks_invoice(&company.realm, id(1)));
    let changes = company
        .get("cdc?entities=Invoice&changedSince=2026-06-30T00:00:00-07:00")
        .await
        .json();
    // Not recorded: a tombstone among changes.
    let tombstone = json!({ "domain": "QBO", "status": "Deleted", "Id": "1",
        "MetaData": { "LastUpdatedTime": meta()["LastUpdatedTime"] } });
    let found = json!({ "Invoice": [invoice(), tombstone], "startPosition": 1, "maxResults": 4 });
    hold(
        &changes,
        &json!({ "CDCResponse": [{ "QueryResponse": [found] }], "time": TIME }),
    );

    let items = json!({ "BatchItemRequest": [
        { "bId": "bid1", "Query": "select * from Invoice maxresults 2" },
        { "bId": "bid2", "Query": "select * from Nothing" },
    ] });
    let request = company.bench.http.post(company.url("batch")).json(&items);
    let answers = company.sent(request).await.json();
    let found = json!({ "Invoice": [invoice()], "startPosition": 1, "maxResults": 2 });
    let fault = json!({ "Error": [{ "Message": "", "Detail": "", "code": "610", "element": "" }],
        "type": "ValidationFault" });
    let items = json!([
        { "QueryResponse": found, "bId": "bid4" },
        { "Fault": fault, "bId": "bid2" },
    ]);
    hold(
        &answers,
        &json!({ "BatchItemResponse": items, "time": TIME }),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn intuit_13_refusals_are_shaped_as_recorded() {
    let company = Connected::connected().await;
    let fault = json!({ "Error": [{ "Message": "", "Detail": "", "code": "2010", "element": "" }],
        "type": "ValidationFault" });
    let recorded = json!({ "Fault": fault, "time": TIME });
    for path in ["invoice/99999999", "nothing", "query?query=select"] {
        let refused = company.get(path).await;
        assert_eq!(refused.status, 400, "{path}");
        hold(&refused.json(), &recorded);
    }
    let stranger = Connected {
        access: "nobody's".to_owned(),
        ..company
    };
    let refused = stranger.get("customer/1").await;
    assert_eq!(
        (refused.status, refused.header("www-authenticate")),
        (
            401,
            Some("Bearer realm=\"Intuit\", error=\"invalid_token\"")
        )
    );
    let error = json!({ "message": "", "detail": "", "code": "3200", "element": null });
    let gateway = json!({
        "warnings": null, "intuitObject": null, "fault": { "error": [error], "type": "AUTHENTICATION" },
        "report": null, "queryResponse": null, "batchItemResponse": [], "attachableResponse": [],
        "syncErrorResponse": null, "requestId": null, "time": 1_601_391_072_830_i64, "status": null,
        "cdcresponse": [],
    });
    hold(&refused.json(), &gateway);
    let whole: Vec<String> = refused
        .json()
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    let all: Vec<String> = gateway.as_object().unwrap().keys().cloned().collect();
    assert_eq!(whole, all, "the gateway leaves nothing out");
}

#[test]
fn intuit_13_a_difference_is_found() {
    let recorded = json!({ "Id": "1", "Line": [{ "Amount": 1 }], "time": TIME });
    for (ours, wrong) in [
        (json!({ "Id": 1 }), "a number for a text"),
        (json!({ "Line": [], "Id": "1" }), "another order"),
        (json!({ "Colour": "red" }), "a member of ours alone"),
        (
            json!({ "Line": [{ "Amount": 1 }, { "Sum": 1 }] }),
            "an odd one among good ones",
        ),
        (json!({ "time": "2020-09-29T15:02:53Z" }), "another zone"),
    ] {
        assert!(!differences(&ours, &recorded, "").is_empty(), "{wrong}");
    }
}
