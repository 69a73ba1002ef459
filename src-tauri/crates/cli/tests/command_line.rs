//! `desk` as a script runs it: real processes, exit codes and JSON, against the sandbox. The keychain is the system's, so
//! each process runs under whatever session the tests were started in; without a keychain the refusal is what is tested.
#![allow(clippy::unwrap_used)]

mod script;

use std::time::Duration;

use sandbox::{
    Company, Effect, Fault, Options, Sandbox, When, ZOHO_CLIENT, ZOHO_EU_SECRET, ZOHO_SECRET,
};
use serde_json::{Value, json};

use script::{Script, has_keychain, sign_in};

/// The person lives in Europe, where the app has a secret of its own, and has several organisations.
#[tokio::test(flavor = "multi_thread")]
async fn a_script_signs_in_to_zoho_in_another_region() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    sandbox.settings(|settings| settings.zoho.secret_per_region = true);
    let folder = tempfile::tempdir().unwrap();
    let script = Script {
        folder: folder.path(),
        sandbox: &sandbox,
    };
    if !has_keychain(&script) {
        return;
    }
    script.json(&["connect", "debitura"], sandbox.debitura_key(), 0);
    let missing = script.json(&["connect", "zoho", "--no-browser"], "", 1);
    assert_eq!(missing["failure"]["code"], "application_missing");
    let registration = format!("{ZOHO_CLIENT}\n{ZOHO_SECRET}\n");
    let kept = script.json(&["credentials", "zoho"], &registration, 0);
    for redirect in kept["application"]["redirects"].as_array().unwrap() {
        sandbox
            .register_zoho_redirect(redirect.as_str().unwrap())
            .unwrap();
    }
    let european = format!("{ZOHO_CLIENT}\n{ZOHO_EU_SECRET}\n");
    script.json(&["credentials", "zoho", "--region", "eu"], &european, 0);

    let answer = sign_in(&script, "zoho");
    let connection = &answer["connection"];
    assert_eq!(connection["region"], "eu", "{answer}");
    let synced = script.json(&["sync"], "", 0);
    let listed = script.json(&["invoices", "--state", "all", "--limit", "1"], "", 0);
    let organisation = listed["invoices"][0]["id"].as_str().unwrap();
    let organisation = organisation.split(':').nth(1).unwrap();
    let oracle = sandbox.zoho_oracle(organisation).unwrap();
    assert_eq!(synced["invoices"], json!(oracle.open), "{synced}");

    let removed = script.json(&["disconnect", connection["id"].as_str().unwrap()], "", 0);
    assert_eq!(removed["removed"]["revokes"], json!(true));
    assert!(
        !sandbox.disconnect_zoho(),
        "nothing is connected at Zoho any more"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_does_the_main_job() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let script = Script {
        folder: folder.path(),
        sandbox: &sandbox,
    };
    if !has_keychain(&script) {
        let state = script.json(&["workspaces"], "", 0);
        assert_eq!(
            state["workspaces"],
            json!([]),
            "without a keychain nothing is kept anywhere else"
        );
        return;
    }
    script.json(&["connect", "debitura"], sandbox.debitura_key(), 0);
    script.json(&["connect", "stripe"], sandbox.stripe_key(), 0);
    let synced = script.json(&["sync"], "", 0);
    assert_eq!(synced["invoices"], json!(sandbox.oracle().open), "{synced}");
    script.json(&["accept", "due_date"], "", 0);
    script.json(&["accept", "debtor_type"], "", 0);
    let ready = script.json(&["invoices", "--state", "ready", "--limit", "3"], "", 0);
    let invoices = ready["invoices"].as_array().unwrap();
    assert_eq!(invoices.len(), 3);
    assert!(ready["total"].as_u64().unwrap() > 100 && ready["totals"].is_object());
    let ids: Vec<&str> = invoices
        .iter()
        .map(|invoice| invoice["id"].as_str().unwrap())
        .collect();

    let preview = script.json(&[&["preview"], ids.as_slice()].concat(), "", 0);
    assert_eq!(preview["review"]["cases"].as_array().unwrap().len(), 3);
    script.json(&[&["submit"], ids.as_slice()].concat(), "", 1);
    assert_eq!(
        sandbox.requests_to("debitura POST /cases").len(),
        0,
        "without --yes nothing is sent"
    );

    let results = script.json(&[&["submit"], ids.as_slice(), &["--yes"]].concat(), "", 0);
    for (result, id) in results["results"].as_array().unwrap().iter().zip(&ids) {
        assert_eq!(result["id"], json!(id));
        assert_eq!(result["outcome"], "submitted", "{result}");
        let reference = &result["case_reference"];
        assert!(
            sandbox
                .cases()
                .iter()
                .any(|case| case["reference"] == *reference),
            "{reference} exists at Debitura"
        );
    }
    let again = script.json(&[&["submit"], ids.as_slice(), &["--yes"]].concat(), "", 0);
    assert_eq!(
        again, results,
        "what stands already is reported as it stands"
    );
    assert_eq!(
        sandbox.requests_to("debitura POST /cases").len(),
        3,
        "the second yes sends nothing"
    );

    let cases = script.json(&["cases", "--refresh"], "", 0);
    assert!(cases["cases"].as_array().unwrap().len() >= 3 && cases["as_of"].is_string());
    let copy = folder.path().join("copy.db");
    let exported = script.json(&["journal", "export", copy.to_str().unwrap()], "", 0);
    assert_eq!(exported["submissions"], json!(3));
    assert!(copy.exists());
    assert!(
        sandbox.violations().is_empty(),
        "{:#?}",
        sandbox.violations()
    );
}

const PAGES: &str = "stripe GET /v1/invoices";

/// The process is not asked to stop: it gets SIGKILL, or what Windows has for it, while the next pages are on their way.
#[tokio::test(flavor = "multi_thread")]
async fn a_fetch_that_is_killed_goes_on_where_it_stopped() {
    let mut pages = None;
    for killed_at in [None, Some("first"), Some("middle"), Some("last")] {
        let sandbox = Sandbox::start(Options::company(Company::Large(1000)))
            .await
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let script = Script {
            folder: folder.path(),
            sandbox: &sandbox,
        };
        if !has_keychain(&script) {
            return;
        }
        script.json(&["connect", "debitura"], sandbox.debitura_key(), 0);
        script.json(&["connect", "stripe"], sandbox.stripe_key(), 0);
        sandbox.forget_requests();
        let asked = || sandbox.requests_to(PAGES).len();
        let Some(pages) = pages else {
            script.json(&["sync"], "", 0);
            pages = Some(asked());
            continue;
        };
        let answered = match killed_at {
            Some("first") => 1,
            Some("middle") => pages / 2,
            _ => pages - 1,
        };
        let after = When::After(u32::try_from(answered).unwrap());
        sandbox.fault(Fault::new(PAGES, after, Effect::Timeout));
        let mut running = script.start(&["sync"]);
        while asked() <= answered {
            assert_eq!(
                running.try_wait().unwrap(),
                None,
                "the fetch waits for its pages"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        running.kill().unwrap();
        running.wait().unwrap();

        sandbox.clear_faults();
        sandbox.forget_requests();
        script.json(&["sync"], "", 0);
        let further = asked();
        assert!(
            further <= pages - answered + 1,
            "killed at page {answered} of {pages}: {further} further requests, so pages were read twice"
        );
        let state = script.json(&["connections"], "", 0);
        assert_eq!(
            state["connections"][0]["open_invoices"],
            json!(sandbox.oracle().open),
            "and nothing is missing: {state}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_usage_is_two_and_says_how() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let script = Script {
        folder: folder.path(),
        sandbox: &sandbox,
    };
    for arguments in [
        &["nonsense"][..],
        &["submit"],
        &["sync", "--created", "yesterday"],
        &["accept", "colour"],
    ] {
        let output = script.run(arguments, "");
        assert_eq!(output.status.code(), Some(2), "desk {arguments:?}");
        assert!(!output.stderr.is_empty());
    }
    let refused = script.json(&["sync"], "", 1);
    assert_eq!(refused["failure"]["code"], "no_workspace");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_journal_is_refused_unharmed_and_the_way_out_named() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let script = Script {
        folder: folder.path(),
        sandbox: &sandbox,
    };
    script.json(&["workspaces"], "", 0);
    let book = folder.path().join("book.db");
    let mut bytes = std::fs::read(&book).unwrap();
    bytes[..40].fill(0x5a);
    std::fs::write(&book, &bytes).unwrap();
    for arguments in [&["workspaces"][..], &["submit", "any", "--yes"]] {
        let failure = &script.json(arguments, "", 1)["failure"];
        assert_eq!(failure["code"], "book_damaged", "{failure}");
        let next = failure["next"].as_str().unwrap();
        assert!(next.contains("Open the window"), "{next}");
    }
    assert!(
        std::fs::read(&book).unwrap() == bytes,
        "the file was changed"
    );
}

const LEDGER: &str = "Fakturanr.;Kunde;Adresse;Postnr.;By;Land;Fakturadato;Forfaldsdato;Restbeløb;Valuta\n\
    1001;Nordlys ApS;Nørregade 1;2100;København Ø;Danmark;03/04/2026;04/05/2026;1.234,50;DKK\n\
    1002;Møller A/S;Havnevej 2;8000;Aarhus C;Danmark;05/04/2026;06/05/2026;ukendt;DKK\n\
    I alt;;;;;;;;1.234,50;\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_table_becomes_drafts_that_go_on_like_invoices() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let script = Script {
        folder: folder.path(),
        sandbox: &sandbox,
    };
    let (ledger, mapping) = (
        folder.path().join("Debitorer.csv"),
        folder.path().join("mapping.json"),
    );
    std::fs::write(&ledger, LEDGER).unwrap();
    let (ledger, mapping) = (ledger.to_str().unwrap(), mapping.to_str().unwrap());
    let mut plan = script.json(&["map", ledger], "", 0);
    assert_eq!(plan["columns"][8]["format"]["decimal"], ",");
    // Without a workspace there is nobody to keep rows for, but they can be looked at.
    let asked = script.json(&["import", ledger], "", 1);
    assert_eq!(asked["kept"], false);
    assert_eq!(asked["questions"][0]["question"]["value"], "03/04/2026");
    for column in [6, 7] {
        plan["columns"][column]["format"]["date_order"] = json!("dmy");
    }
    std::fs::write(mapping, plan.to_string()).unwrap();
    let looked = script.json(&["import", ledger, "--mapping", mapping], "", 1);
    assert_eq!(
        (&looked["kept"], &looked["import"]),
        (&json!(false), &Value::Null)
    );
    assert_eq!((&looked["rows"], &looked["drafts"]), (&json!(2), &json!(2)));
    assert!(
        looked["problems"]
            .as_array()
            .unwrap()
            .iter()
            .any(|problem| {
                problem["field"] == "amount" && problem["row"] == 3 && problem["column"] == 8
            }),
        "what is wrong is told by row and column: {looked}"
    );
    assert!(
        !folder.path().join("imports").exists(),
        "the file was copied though nothing is kept"
    );
    if !has_keychain(&script) {
        return;
    }
    script.json(&["connect", "debitura"], sandbox.debitura_key(), 0);

    let asked = script.json(&["import", ledger], "", 1);
    assert_eq!(asked["drafts"], 0, "nothing is guessed");
    assert_eq!(asked["questions"][0]["question"]["value"], "03/04/2026");
    plan["constants"] = json!({ "debtor_type": "company" });
    std::fs::write(mapping, plan.to_string()).unwrap();
    let done = script.json(&["import", ledger, "--mapping", mapping], "", 1);
    assert_eq!((&done["rows"], &done["drafts"]), (&json!(2), &json!(2)));
    assert_eq!(done["left_out"][0]["reason"], "sum");
    assert_eq!(done["counts"], json!({ "ready": 1, "attention": 1 }));
    assert_eq!(
        done["import"], asked["import"],
        "the same file again is the same import"
    );
    let blocking: Vec<&Value> = done["problems"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|problem| problem["blocks"] == true)
        .collect();
    assert_eq!(blocking.len(), 1, "{done}");
    assert_eq!(
        (
            &blocking[0]["row"],
            &blocking[0]["column"],
            &blocking[0]["field"]
        ),
        (&json!(3), &json!(8), &json!("amount"))
    );
    let listed = script.json(&["invoices", "--state", "ready"], "", 0);
    assert_eq!(listed["invoices"][0]["case_date"], "2026-04-03");
    let broken = blocking[0]["id"].as_str().unwrap();
    script.json(&["correct", broken, "amount", "2000.00"], "", 0);
    let ids: Vec<String> = script.json(&["invoices", "--state", "ready"], "", 0)["invoices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|invoice| invoice["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 2);
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let shown = script.json(&[&["preview"], ids.as_slice()].concat(), "", 0);
    assert!(shown.is_object());
    let sent = script.json(&[&["submit"], ids.as_slice(), &["--yes"]].concat(), "", 0);
    assert_eq!(sent["results"][0]["outcome"], "submitted", "{sent}");
    assert_eq!(sandbox.cases().len(), 2);
}
