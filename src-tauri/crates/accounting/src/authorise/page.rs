//! The pages that the browser shows. They load nothing, run nothing and repeat nothing of the request.

/// How a sign-in ended, for the browser's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The code was exchanged; `who` is the company or organisation, if known.
    Connected { who: Option<String> },
    /// The code was exchanged, and the application asks which company it is to be.
    ToChoose,
    /// `reason` is plain text.
    Failed { reason: String },
}

/// Where a sign-in stands.
#[derive(Debug, Clone)]
pub(super) enum Stage {
    /// For the callback.
    Waiting,
    /// The callback is here; the code is being exchanged.
    Working,
    Over(Outcome),
}

pub(super) struct Page {
    status: &'static str,
    /// Besides those that every page has.
    header: Option<String>,
    body: String,
}

const STYLE: &str = "\
    :root{color-scheme:light dark}\
    body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.5rem}\
    h1{font-size:1.5rem;line-height:1.3;margin:0 0 .5rem}p{margin:0}";
/// Of [`STYLE`]; a test compares the two.
const STYLE_HASH: &str = "sha256-4mWtTXZMYlFGu28FqB11OC5PzMu5qKy45i5DjXxT5Tk=";

impl Page {
    pub(super) fn stage(stage: &Stage, provider: &str) -> Self {
        match stage {
            Stage::Waiting => Self::nothing_here("404 Not Found"),
            Stage::Working => Self {
                header: Some("Refresh: 1".to_owned()),
                ..Self::text(
                    "200 OK",
                    "Connecting…",
                    &format!("Debitura Desk is connecting to {provider}."),
                )
            },
            Stage::Over(Outcome::Connected { who }) => Self::text(
                "200 OK",
                &format!("Connected to {provider}"),
                &match who {
                    Some(who) => format!(
                        "{who} is connected. Return to Debitura Desk; this tab can be closed."
                    ),
                    None => "Return to Debitura Desk; this tab can be closed.".to_owned(),
                },
            ),
            Stage::Over(Outcome::ToChoose) => Self::text(
                "200 OK",
                &format!("Signed in to {provider}"),
                "Return to Debitura Desk and choose what to connect; this tab can be closed.",
            ),
            Stage::Over(Outcome::Failed { reason }) => Self::text(
                "200 OK",
                &format!("Not connected to {provider}"),
                &format!("{reason} Return to Debitura Desk to try again; this tab can be closed."),
            ),
        }
    }

    /// For whatever is none of our business; says nothing about what is.
    pub(super) fn nothing_here(status: &'static str) -> Self {
        Self::text(
            status,
            "Nothing to see here",
            "If you were signing in, return to Debitura Desk and start again from there.",
        )
    }

    pub(super) fn wrong_method() -> Self {
        Self {
            header: Some("Allow: GET".to_owned()),
            ..Self::nothing_here("405 Method Not Allowed")
        }
    }

    pub(super) fn no_icon() -> Self {
        Self {
            status: "204 No Content",
            header: None,
            body: String::new(),
        }
    }

    /// To a path without a query, so that neither code nor state stays in the browser's history.
    pub(super) fn moved(path: &str) -> Self {
        Self {
            status: "302 Found",
            header: Some(format!("Location: {path}")),
            body: String::new(),
        }
    }

    fn text(status: &'static str, title: &str, text: &str) -> Self {
        let (title, text) = (escaped(title), escaped(text));
        Self {
            status,
            header: None,
            body: format!(
                "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
                 <style>{STYLE}</style></head><body><h1>{title}</h1><p>{text}</p></body></html>\n"
            ),
        }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {}\r\n", self.status);
        if let Some(header) = &self.header {
            head.push_str(header);
            head.push_str("\r\n");
        }
        head.push_str(&format!(
            "Content-Type: text/html; charset=utf-8\r\n\
             Content-Length: {}\r\n\
             Cache-Control: no-store\r\n\
             Referrer-Policy: no-referrer\r\n\
             Content-Security-Policy: default-src 'none'; style-src '{STYLE_HASH}'; base-uri 'none'; \
             form-action 'none'; frame-ancestors 'none'\r\n\
             X-Content-Type-Options: nosniff\r\n\
             Cross-Origin-Resource-Policy: same-origin\r\n\
             Connection: close\r\n\r\n",
            self.body.len()
        ));
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(self.body.as_bytes());
        bytes
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            character => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn the_hash_is_that_of_the_style() {
        let hash = BASE64_STANDARD.encode(Sha256::digest(STYLE));
        assert_eq!(
            STYLE_HASH,
            format!("sha256-{hash}"),
            "browsers drop a style with another hash"
        );
    }

    #[test]
    fn names_and_reasons_are_text() {
        for outcome in [
            Outcome::Connected {
                who: Some("<script>x</script>".into()),
            },
            Outcome::Failed {
                reason: "<img src=x onerror='y'>".into(),
            },
        ] {
            let page = Page::stage(&Stage::Over(outcome), "P").body;
            assert!(
                !page.contains("<script") && !page.contains("<img"),
                "{page}"
            );
        }
    }
}
