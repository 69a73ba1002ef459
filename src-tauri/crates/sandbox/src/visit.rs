//! A person at a browser, as far as a sign-in needs one, for tests that have no browser: opens the page, chooses, agrees,
//! and goes where the page sends them.

use std::io::{self, Read, Write};
use std::net::TcpStream;

/// What the person does on a provider's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision<'a> {
    /// Agrees, with the first company or organisation that the page offers, where it offers any.
    Allow,
    /// Agrees, with the one of this id.
    AllowFor(&'a str),
    Deny,
}

/// Answers the page at `address` and gives the address that the browser is sent to.
///
/// # Errors
/// Where nobody answers, or the page sends the browser nowhere.
pub fn decide(address: &str, decision: Decision<'_>) -> io::Result<String> {
    let mut page = address.to_owned();
    // Zoho leads from the region where sign-ins begin to the person's own.
    let shown = loop {
        match exchange("GET", &page, "")? {
            (Some(next), _) => page = next,
            (None, shown) => break shown,
        }
    };
    let (place, question) = page.split_once('?').unwrap_or((&page, ""));
    let word = match decision {
        Decision::Deny => "deny",
        Decision::Allow | Decision::AllowFor(_) => "allow",
    };
    let mut form = format!("{question}&decision={word}");
    if let Some((_, choice)) = shown.split_once("type=radio") {
        let part = |name: &str| {
            choice
                .split_once(&format!("{name}=\""))?
                .1
                .split('"')
                .next()
        };
        if let (Some(field), Some(first)) = (part("name"), part("value")) {
            let chosen = match decision {
                Decision::AllowFor(company) => company,
                Decision::Allow | Decision::Deny => first,
            };
            form.push_str(&format!("&{field}={chosen}"));
        }
    }
    let (back, answer) = exchange("POST", place, &form)?;
    back.ok_or_else(|| io::Error::other(format!("the page sends the browser nowhere: {answer}")))
}

/// Opens an address and gives what it shows.
///
/// # Errors
/// Where nobody answers.
pub fn open(address: &str) -> io::Result<String> {
    exchange("GET", address, "").map(|(_, shown)| shown)
}

/// One request: where the answer leads to, and the answer.
fn exchange(method: &str, address: &str, form: &str) -> io::Result<(Option<String>, String)> {
    let rest = address
        .strip_prefix("http://")
        .ok_or_else(|| io::Error::other("not http"))?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let mut stream = TcpStream::connect(authority.replace("localhost", "127.0.0.1"))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let head = answer.split("\r\n\r\n").next().unwrap_or_default();
    let location = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("location")
            .then(|| value.to_owned())
    });
    Ok((location, answer))
}
