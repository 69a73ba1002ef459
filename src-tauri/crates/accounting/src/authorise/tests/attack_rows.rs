//! The table of attacks and accidents. The placeholders are those of [`Waiting::fill`](super::rig::Waiting::fill).

use crate::authorise::*;

#[derive(Clone)]
pub(super) enum Step {
    /// A request and the status that it gets; `none` is no answer.
    Get(&'static str, &'static str),
    /// The whole request in bytes, and the status.
    Raw(String, &'static str),
    /// A connection that is opened, perhaps written to, and then says nothing more.
    Silent(&'static str),
    /// A connection that is closed at once.
    Aborted(&'static str),
    Paste(&'static str, Result<(), PasteError>),
    Many(u32, Box<Step>),
}

use Step::{Aborted, Get, Many, Paste, Raw, Silent};

pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) provider: Provider,
    pub(super) steps: Vec<Step>,
    /// `None`: the true callback wins.
    pub(super) end: Option<CallbackError>,
}

fn intuit(name: &'static str, steps: Vec<Step>) -> Row {
    Row {
        name,
        provider: Provider::QuickBooks,
        steps,
        end: None,
    }
}

fn zoho(name: &'static str, steps: Vec<Step>) -> Row {
    Row {
        provider: Provider::ZohoBooks,
        ..intuit(name, steps)
    }
}

fn ends(row: Row, end: CallbackError) -> Row {
    Row {
        end: Some(end),
        ..row
    }
}

/// A request with `head` in place of the usual line and `Host`.
fn raw(head: &str, status: &'static str) -> Step {
    Raw(format!("{head}\r\n\r\n"), status)
}

fn text(code: &str, description: Option<&str>) -> CallbackError {
    CallbackError::Provider(ProviderText {
        code: code.into(),
        description: description.map(str::to_owned),
    })
}

const WRONG: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

pub(super) fn rows() -> Vec<Row> {
    use CallbackError::*;
    let host = "Host: localhost:{P}";
    let twice = || Malformed("a parameter came twice");
    vec![
        // Nothing unusual.
        intuit("the true callback", vec![]),
        zoho("the true callback of Zoho", vec![]),
        // States.
        intuit(
            "a wrong state",
            vec![Get("{C}?code=evil&state=x&realmId=1", "400")],
        ),
        intuit(
            "a state of the right length",
            vec![raw(
                &format!("GET {{C}}?code=evil&realmId=1&state={WRONG} HTTP/1.1\r\n{host}"),
                "400",
            )],
        ),
        intuit("no state", vec![Get("{C}?code=evil&realmId=1", "400")]),
        intuit(
            "an empty state",
            vec![Get("{C}?code=evil&realmId=1&state=", "400")],
        ),
        intuit(
            "the state and more",
            vec![Get("{C}?code=evil&realmId=1&state={S}A", "400")],
        ),
        intuit(
            "the state twice, first wrong",
            vec![Get("{C}?code=evil&realmId=1&state=x&state={S}", "400")],
        ),
        intuit(
            "the state twice, first right",
            vec![Get("{C}?code=evil&realmId=1&state={S}&state=x", "400")],
        ),
        intuit(
            "the state under another name",
            vec![Get("{C}?code=evil&realmId=1&State={S}", "400")],
        ),
        intuit(
            "no query at all",
            vec![Get("{C}", "400"), Get("{C}?", "400")],
        ),
        intuit(
            "100 bogus hits",
            vec![Many(
                100,
                Box::new(Get("{C}?code=evil&state=x&realmId=1", "400")),
            )],
        ),
        // Errors that nobody sent.
        intuit(
            "an error without state",
            vec![Get("{C}?error=access_denied", "400")],
        ),
        intuit(
            "an error with a wrong state",
            vec![Get("{C}?error=access_denied&state=x", "400")],
        ),
        intuit(
            "markup in an error without state",
            vec![Get("{C}?error=%3Cscript%3Ealert(1)%3C/script%3E", "400")],
        ),
        // Errors of the provider.
        ends(
            intuit(
                "denied",
                vec![Get("{C}?error=access_denied&state={S}", "302")],
            ),
            Denied,
        ),
        ends(
            zoho(
                "denied at Zoho",
                vec![Get("{C}?state={S}&error=access_denied", "302")],
            ),
            Denied,
        ),
        ends(
            intuit(
                "another error",
                vec![Get(
                    "{C}?error=server_error&error_description=try+later&state={S}",
                    "302",
                )],
            ),
            text("server_error", Some("try later")),
        ),
        ends(
            intuit(
                "markup in the error's name",
                vec![
                    Get("{C}?error=%3Cb%3E&state={S}", "302"),
                    Get("{C}/done", "200"),
                ],
            ),
            text("unknown", None),
        ),
        ends(
            intuit(
                "markup and tricks in the error's text",
                vec![
                    Get(
                        "{C}?error=e&error_description=%3Cscript%3E%0d%0aSet-Cookie:x%e2%80%ae&state={S}",
                        "302",
                    ),
                    Get("{C}/done", "200"),
                ],
            ),
            text("e", Some("<script>  Set-Cookie:x")),
        ),
        ends(
            intuit(
                "an error beside a code",
                vec![Get("{C}?{T}&error=access_denied", "302")],
            ),
            Denied,
        ),
        // Browsers.
        intuit("favicon first", vec![Get("/favicon.ico", "204")]),
        intuit(
            "idle preconnects first",
            vec![Many(20, Box::new(Silent("")))],
        ),
        intuit(
            "more idle connections than are served",
            vec![Many(100, Box::new(Silent("")))],
        ),
        intuit(
            "a request that never ends",
            vec![Silent("GET {C}?{T} HTTP/1.1\r\nHost: localhost:{P}\r\nX:")],
        ),
        intuit(
            "connections that break off",
            vec![Many(10, Box::new(Aborted("GET {C}")))],
        ),
        intuit(
            "a prefetch by HEAD",
            vec![raw(&format!("HEAD {{C}}?{{T}} HTTP/1.1\r\n{host}"), "405")],
        ),
        intuit(
            "the result before there is one",
            vec![Get("{C}/done", "404")],
        ),
        // Methods, paths, names.
        intuit(
            "POST",
            vec![raw(
                &format!("POST {{C}}?{{T}} HTTP/1.1\r\n{host}\r\nContent-Length: 0"),
                "405",
            )],
        ),
        intuit(
            "OPTIONS",
            vec![raw(
                &format!(
                    "OPTIONS {{C}}?{{T}} HTTP/1.1\r\n{host}\r\nAccess-Control-Request-Private-Network: true"
                ),
                "405",
            )],
        ),
        intuit(
            "a method in small letters",
            vec![raw(&format!("get {{C}}?{{T}} HTTP/1.1\r\n{host}"), "405")],
        ),
        intuit("the root", vec![Get("/?{T}", "404")]),
        intuit("another provider's path", vec![Get("/cb/zoho?{T}", "404")]),
        intuit(
            "a longer path",
            vec![
                Get("{C}/?{T}", "404"),
                Get("/x/..{C}?{T}", "404"),
                Get("/{C}?{T}", "404"),
            ],
        ),
        intuit("an escaped path", vec![Get("/%63b/quickbooks?{T}", "404")]),
        intuit(
            "a whole address as target",
            vec![raw(
                &format!("GET http://localhost:{{P}}{{C}}?{{T}} HTTP/1.1\r\n{host}"),
                "404",
            )],
        ),
        intuit(
            "somebody else's command to stop",
            vec![Get("/exit", "404"), Get("/auth", "404")],
        ),
        intuit(
            "a name that points here",
            vec![raw("GET {C}?{T} HTTP/1.1\r\nHost: evil.example:{P}", "404")],
        ),
        intuit(
            "a name that begins like ours",
            vec![raw(
                "GET {C}?{T} HTTP/1.1\r\nHost: localhost:{P}.evil.example",
                "404",
            )],
        ),
        intuit(
            "another port in the name",
            vec![raw("GET {C}?{T} HTTP/1.1\r\nHost: localhost:80", "404")],
        ),
        intuit("no name", vec![raw("GET {C}?{T} HTTP/1.1\r\nX: y", "404")]),
        intuit(
            "two names",
            vec![raw(
                &format!("GET {{C}}?{{T}} HTTP/1.1\r\n{host}\r\nHost: evil.example"),
                "404",
            )],
        ),
        // What is no HTTP, or too much of it.
        intuit(
            "TLS",
            vec![Raw("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}".into(), "400")],
        ),
        intuit("HTTP/2", vec![raw("PRI * HTTP/2.0", "400")]),
        intuit(
            "a line too long",
            vec![Raw(
                format!("GET {{C}}?{{T}}&x={}", "x".repeat(40_000)),
                "431",
            )],
        ),
        intuit(
            "a query too long",
            vec![Raw(
                format!(
                    "GET {{C}}?{{T}}&x={} HTTP/1.1\r\n{host}\r\n\r\n",
                    "x".repeat(13_000)
                ),
                "414",
            )],
        ),
        intuit(
            "headers too long",
            vec![Raw(
                format!(
                    "GET {{C}}?{{T}} HTTP/1.1\r\n{host}\r\nCookie: {}\r\n",
                    "x".repeat(40_000)
                ),
                "431",
            )],
        ),
        intuit(
            "too many headers",
            vec![raw(
                &format!(
                    "GET {{C}}?{{T}} HTTP/1.1\r\n{host}{}",
                    "\r\nA: b".repeat(101)
                ),
                "400",
            )],
        ),
        intuit(
            "a header split in two",
            vec![raw(
                &format!("GET {{C}}?{{T}} HTTP/1.1\r\n{host}\r\n folded"),
                "400",
            )],
        ),
        // The right state, and nonsense beside it: nobody but the provider could have sent it.
        ends(
            intuit("no code", vec![Get("{C}?state={S}&realmId=1", "302")]),
            NoCode,
        ),
        ends(
            intuit(
                "an empty code",
                vec![Get("{C}?state={S}&code=&realmId=1", "302")],
            ),
            NoCode,
        ),
        ends(
            intuit("two codes", vec![Get("{C}?{T}&code=evil", "302")]),
            twice(),
        ),
        ends(
            intuit(
                "a code with a line break",
                vec![Get("{C}?state={S}&code=a%0d%0ab&realmId=1", "302")],
            ),
            Malformed("code"),
        ),
        ends(
            intuit("no company", vec![Get("{C}?state={S}&code=x", "302")]),
            NoCompany,
        ),
        ends(
            intuit(
                "a company that is a path",
                vec![Get("{C}?state={S}&code=x&realmId=1/../2", "302")],
            ),
            Malformed("realmId"),
        ),
        ends(
            intuit("two companies", vec![Get("{C}?{T}&realmId=2", "302")]),
            twice(),
        ),
        // Zoho's servers.
        ends(
            zoho(
                "a hostile accounts server",
                vec![Get(
                    "{C}?state={S}&code=x&accounts-server=https://evil.example",
                    "302",
                )],
            ),
            UntrustedServer,
        ),
        ends(
            zoho(
                "an accounts server with a user name",
                vec![Get(
                    "{C}?state={S}&code=x&accounts-server=https://accounts.zoho.eu@evil.example",
                    "302",
                )],
            ),
            UntrustedServer,
        ),
        ends(
            zoho(
                "an accounts server without TLS",
                vec![Get(
                    "{C}?state={S}&code=x&accounts-server=http://accounts.zoho.eu",
                    "302",
                )],
            ),
            UntrustedServer,
        ),
        ends(
            zoho(
                "two accounts servers",
                vec![Get("{C}?{T}&accounts-server=https://evil.example", "302")],
            ),
            twice(),
        ),
        ends(
            zoho(
                "a server of another region than the location",
                vec![Get(
                    "{C}?state={S}&code=x&location=us&accounts-server=https://accounts.zoho.eu",
                    "302",
                )],
            ),
            UntrustedServer,
        ),
        ends(
            zoho(
                "an unknown location",
                vec![Get("{C}?state={S}&code=x&location=mars", "302")],
            ),
            UntrustedServer,
        ),
        // Pasted addresses.
        intuit(
            "pasted: another program's",
            vec![Paste(
                "http://localhost:1{C}?{T}",
                Err(PasteError::NotTheAddress),
            )],
        ),
        intuit(
            "pasted: another host's",
            vec![Paste(
                "http://evil.example:{P}{C}?{T}",
                Err(PasteError::NotTheAddress),
            )],
        ),
        intuit(
            "pasted: with a user name",
            vec![Paste(
                "http://x@localhost:{P}{C}?{T}",
                Err(PasteError::NotTheAddress),
            )],
        ),
        intuit(
            "pasted: a wrong state",
            vec![Paste(
                "http://localhost:{P}{C}?code=x&realmId=1&state=x",
                Err(PasteError::StateMismatch),
            )],
        ),
        intuit(
            "pasted: anything",
            vec![
                Paste("", Err(PasteError::NotTheAddress)),
                Paste("hello", Err(PasteError::NotTheAddress)),
                Paste("javascript:alert(1)", Err(PasteError::NotTheAddress)),
            ],
        ),
        ends(
            intuit(
                "pasted: denied",
                vec![Paste(
                    "http://localhost:{P}{C}?error=access_denied&state={S}",
                    Ok(()),
                )],
            ),
            Denied,
        ),
    ]
}
