//! The plain pages on which a person lets an application in, or does not: HTML with labels, no script.

use std::fmt::Write;

use crate::exchange::{Call, Reply};

const WHY: &str = "a page for people";

const STYLE: &str = "\
:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem}\
fieldset{border:1px solid #8886;border-radius:.5rem;margin:1rem 0}label{display:block;padding:.4rem}\
button{font:inherit;padding:.5rem 1.2rem;margin-right:.5rem}.mark{opacity:.75;font-size:.85rem}";

/// Something a person can choose.
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
}

pub(crate) struct Question<'a> {
    pub(crate) provider: &'a str,
    pub(crate) application: &'a str,
    /// What the choices are: `Company`.
    pub(crate) legend: &'a str,
    /// The name of the form's field.
    pub(crate) field: &'a str,
    pub(crate) choices: Vec<Choice>,
    pub(crate) scopes: &'a str,
    /// The labels of yes and no.
    pub(crate) buttons: [&'a str; 2],
}

/// Asks; the answer is posted to where the question was, with all of its parameters.
pub(crate) fn ask(call: &Call, question: &Question) -> Reply {
    let mut body = format!(
        "<h1>{}</h1><p><strong>{}</strong> asks to read your books.</p><p>It asks for: <code>{}</code></p>\
         <form method=post action=\"{}\">",
        text(question.provider),
        text(question.application),
        text(question.scopes),
        text(&call.path),
    );
    for (name, value) in &call.query {
        let _ = write!(
            body,
            "<input type=hidden name=\"{}\" value=\"{}\">",
            text(name),
            text(value)
        );
    }
    let _ = write!(body, "<fieldset><legend>{}</legend>", text(question.legend));
    for (at, choice) in question.choices.iter().enumerate() {
        let _ = write!(
            body,
            "<label for=choice-{at}><input type=radio id=choice-{at} name=\"{}\" value=\"{}\"{}> {}</label>",
            text(question.field),
            text(&choice.value),
            if at == 0 { " checked" } else { "" },
            text(&choice.label),
        );
    }
    if question.choices.is_empty() {
        body.push_str("<p>There is nothing to choose from.</p>");
    }
    let [yes, no] = question.buttons.map(text);
    let _ = write!(
        body,
        "</fieldset><button name=decision value=allow>{yes}</button><button name=decision value=deny>{no}</button></form>"
    );
    page(200, question.provider, &body)
}

/// What a provider shows instead of going back to an application it does not trust.
pub(crate) fn refuse(provider: &str, code: &str, message: &str) -> Reply {
    let body = format!(
        "<h1>{}</h1><p role=alert>{}</p><p><code>{}</code></p>",
        text(provider),
        text(message),
        text(code)
    );
    page(400, provider, &body)
}

fn page(status: u16, title: &str, body: &str) -> Reply {
    let html = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>{} (sandbox)</title><style>{STYLE}</style><body>{body}\
         <p class=mark>A sandbox on this machine; nothing here is real.</p></body></html>",
        text(title)
    );
    Reply::bytes(status, "text/html; charset=utf-8", html, WHY)
        .header("cache-control", "no-store")
        .header("referrer-policy", "no-referrer")
}

/// Sends the browser back to the application with more in the address.
pub(crate) fn redirect(to: &str, parameters: &[(&str, &str)]) -> Reply {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters);
    let join = if to.contains('?') { '&' } else { '?' };
    Reply::empty(302)
        .header("location", format!("{to}{join}{}", query.finish()))
        .header("cache-control", "no-store")
}

fn text(text: &str) -> String {
    crate::page::escape(text)
}
