//! The page for people: cases received, requests, violations, and a form that lays faults.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::control::Room;
use crate::schema;

const STYLE: &str = "\
:root{color-scheme:light dark;--line:#8884;--soft:#8881}\
body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:76rem;padding:1.5rem}\
h1{font-size:1.4rem;margin:0}h2{font-size:1.05rem;margin:2rem 0 .5rem}\
table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid var(--line);\
vertical-align:top;overflow-wrap:anywhere}td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{opacity:.7}dd{margin:0}code{font:13px ui-monospace,monospace}\
form{display:flex;flex-wrap:wrap;gap:.5rem;align-items:end;margin:.5rem 0}label{display:grid;font-size:.8rem}\
select,input,button{font:inherit;padding:.25rem .5rem;max-width:24rem}input[type=number]{width:4.5rem}\
.banner{background:#b4530922;border:1px solid #b4530988;border-radius:.5rem;padding:.5rem .8rem;margin:1rem 0}\
.empty{opacity:.7}.bad{color:#c2410c}";

pub(crate) fn render(room: &Room) -> String {
    let world = room.house.world();
    let mut body = String::new();
    let cases = world.debitura.all_cases();
    let oracle = world.stripe.books().oracle();
    let _ = write!(
        body,
        "<h1>Sandbox of Debitura Desk</h1><p class=banner>Nothing here is real: no case reaches Debitura, no invoice exists at Stripe.</p>\
         <dl><dt>Debitura</dt><dd><code>{}</code> with key <code>{}</code></dd><dt>Stripe</dt><dd><code>{}</code> with key <code>{}</code></dd>\
         <dt>Company</dt><dd>{}: {} open of {} invoices</dd></dl>",
        room.ports.debitura_url(),
        escape(&room.debitura_key),
        room.ports.stripe_url(),
        escape(&room.stripe_key),
        escape(&world.stripe.books().name),
        oracle.open,
        oracle.invoices,
    );
    faults(&mut body, &json!(world.faults.all()));
    let rows = cases.iter().rev().map(|case| {
        [
            &case["reference"],
            &case["creditorReference"],
            &case["debtor"]["name"],
            &case["grossAmount"],
            &case["currency"],
            &case["lifecycle"],
            &case["isTestCase"],
            &case["account"],
        ]
        .map(show)
        .to_vec()
    });
    table(
        &mut body,
        &format!("Cases received ({})", cases.len()),
        &[
            "Reference",
            "Yours",
            "Debtor",
            "Amount",
            "Currency",
            "Stage",
            "Test",
            "Account",
        ],
        rows,
    );
    let rows = world.violations.iter().rev().take(50).map(|violation| {
        vec![
            violation.request.to_string(),
            violation.route.clone(),
            format!("{:?}", violation.side),
            violation.message.clone(),
        ]
    });
    table(
        &mut body,
        &format!(
            "Violations of the API descriptions ({})",
            world.violations.len()
        ),
        &["Request", "Route", "Side", "What"],
        rows,
    );
    let rows = world.requests.iter().rev().take(100).map(|request| {
        let status = request
            .status
            .map_or_else(|| "–".into(), |status| status.to_string());
        vec![
            request.number.to_string(),
            request.at.strftime("%H:%M:%S").to_string(),
            request.provider.into(),
            request.method.clone(),
            request.path.clone(),
            status,
            request.faults.join(" "),
        ]
    });
    let title = format!("Requests ({}, newest first)", world.requests.len());
    table(
        &mut body,
        &title,
        &["No", "At", "Of", "Method", "Path", "Status", "Faults"],
        rows,
    );
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Sandbox of Debitura Desk</title><style>{STYLE}</style><body>{body}</body></html>"
    )
}

fn faults(body: &mut String, laid: &Value) {
    let rows = laid.as_array().into_iter().flatten().map(|fault| {
        [
            &fault["route"],
            &fault["when"],
            &fault["effect"],
            &fault["hits"],
            &fault["struck"],
        ]
        .map(show)
        .to_vec()
    });
    table(
        body,
        "Faults",
        &["Route", "When", "Effect", "Hits", "Struck"],
        rows,
    );
    let mut routes = vec!["debitura *".to_owned(), "stripe *".to_owned()];
    routes.extend(
        schema::DEBITURA
            .operations()
            .map(|operation| format!("debitura {}", operation.name)),
    );
    routes.extend(
        schema::STRIPE
            .operations()
            .map(|operation| format!("stripe {}", operation.name)),
    );
    let option = |value: &str, text: &str| {
        format!(
            "<option value=\"{}\">{}</option>",
            escape(value),
            escape(text)
        )
    };
    let routes: String = routes.iter().map(|route| option(route, route)).collect();
    let effects: String = EFFECTS
        .iter()
        .map(|(text, effect)| option(effect, text))
        .collect();
    let _ = write!(
        body,
        "<form method=post action=/faults><label>Route<select name=route>{routes}</select></label>\
         <label>When<select name=when><option value=next>next n</option><option value=nth>n-th only</option>\
         <option value=after>after n</option><option value=always>always</option></select></label>\
         <label>n<input type=number name=count value=1 min=0></label>\
         <label>Effect<select name=effect>{effects}</select></label><button>Lay fault</button></form>\
         <form method=post action=/faults/clear><button>Clear all faults</button></form>"
    );
}

const EFFECTS: &[(&str, &str)] = &[
    ("Hang up after the work was done", "\"drop_after_commit\""),
    ("Hang up before anything is done", "\"drop_before_commit\""),
    ("Never answer", "\"timeout\""),
    ("Do it and never answer", "\"timeout_after_commit\""),
    ("500", "{\"status\":{\"code\":500}}"),
    (
        "502 with a web page",
        "{\"status\":{\"code\":502,\"body\":\"html\"}}",
    ),
    ("503", "{\"status\":{\"code\":503,\"body\":\"empty\"}}"),
    (
        "504 after the work was done",
        "{\"status_after_commit\":{\"code\":504,\"body\":\"html\"}}",
    ),
    ("409", "{\"status\":{\"code\":409}}"),
    (
        "429 of Debitura, 3 seconds",
        "{\"rate_limited\":{\"retry_after\":3.0}}",
    ),
    (
        "429 of Stripe",
        "{\"stripe429\":{\"reason\":\"global-rate\"}}",
    ),
    ("429 of Stripe, lock timeout", "\"lock_timeout\""),
    ("Slow: 3 seconds", "{\"delay\":{\"ms\":3000}}"),
    ("Slow body: 5 seconds", "{\"slow_body\":{\"ms\":5000}}"),
    ("Half the JSON", "\"truncated_json\""),
    ("No JSON", "\"invalid_json\""),
    ("A web page", "\"html\""),
    ("Empty body", "\"empty_body\""),
    ("Cut after 40 bytes", "{\"cut_mid_body\":{\"after\":40}}"),
    ("Unknown fields", "\"extra_fields\""),
    ("Unknown values", "\"unknown_values\""),
    ("Revoke the key", "\"revoke_key\""),
    (
        "Take Customers: Read away",
        "{\"remove_permission\":{\"permission\":\"customers\"}}",
    ),
];

fn table(body: &mut String, title: &str, heads: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    let _ = write!(body, "<h2>{}</h2>", escape(title));
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        body.push_str("<p class=empty>None.</p>");
        return;
    }
    body.push_str("<table><tr>");
    heads.iter().for_each(|head| {
        let _ = write!(body, "<th scope=col>{head}</th>");
    });
    body.push_str("</tr>");
    for row in rows {
        body.push_str("<tr>");
        for cell in row {
            let number = cell.parse::<f64>().is_ok();
            let short: String = cell.chars().take(200).collect();
            let _ = write!(
                body,
                "<td{}>{}</td>",
                if number { " class=n" } else { "" },
                escape(&short)
            );
        }
        body.push_str("</tr>");
    }
    body.push_str("</table>");
}

fn show(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
