use std::time::Duration;

use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

use crate::{Failure, Secret};

/// One request, relative to the provider's [`BaseUrl`](crate::BaseUrl). Building it never fails; what cannot be sent is
/// reported when it is sent.
#[derive(Clone)]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) label: &'static str,
    pub(crate) segments: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
    /// Waits longer than usual for the answer to begin: uploads.
    pub(crate) patience: Option<Duration>,
    pub(crate) flaw: Option<&'static str>,
    pub(crate) repeatable: bool,
}

#[derive(Clone)]
pub(crate) enum Body {
    Empty,
    Bytes(Vec<u8>),
    Multipart(Vec<Part>),
}

/// One part of a multipart body.
#[derive(Clone)]
pub struct Part {
    pub(crate) name: &'static str,
    pub(crate) file: Option<(String, &'static str)>,
    pub(crate) content: Vec<u8>,
}

impl Part {
    pub fn text(name: &'static str, text: impl Into<String>) -> Self {
        Self {
            name,
            file: None,
            content: text.into().into_bytes(),
        }
    }

    pub fn file(
        name: &'static str,
        file_name: impl Into<String>,
        media_type: &'static str,
        content: Vec<u8>,
    ) -> Self {
        Self {
            name,
            file: Some((file_name.into(), media_type)),
            content,
        }
    }
}

impl Request {
    /// `label` names the operation in diagnostics, like `GET /cases/{id}`; the real path, which may hold personal data,
    /// is never shown. Each of `path` is one segment and is percent-encoded.
    pub fn get(label: &'static str, path: &[&str]) -> Self {
        Self::new(Method::GET, label, path)
    }

    pub fn post(label: &'static str, path: &[&str]) -> Self {
        Self::new(Method::POST, label, path)
    }

    fn new(method: Method, label: &'static str, path: &[&str]) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        Self {
            repeatable: method == Method::GET,
            method,
            label,
            // An empty or dotted segment would silently lead to another resource.
            flaw: path
                .iter()
                .any(|segment| matches!(*segment, "" | "." | ".."))
                .then_some("a part of the address is empty or consists of dots"),
            segments: path.iter().map(|segment| (*segment).to_owned()).collect(),
            query: Vec::new(),
            headers,
            body: Body::Empty,
            patience: None,
        }
    }

    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        match HeaderValue::from_str(value) {
            Ok(value) => {
                self.headers.insert(HeaderName::from_static(name), value);
            }
            Err(_) => {
                self.flaw = Some("a header value has characters that cannot be sent");
            }
        }
        self
    }

    /// `Authorization: Bearer …`.
    pub fn bearer(self, token: &Secret) -> Self {
        // Exposed because the header is where the provider expects it; marked sensitive, so it is not printed.
        let text = format!("Bearer {}", token.expose());
        self.sensitive(AUTHORIZATION, &text)
    }

    /// `name` in lower case.
    pub fn secret_header(self, name: &'static str, secret: &Secret) -> Self {
        // Exposed because the header is where the provider expects it; marked sensitive, so it is not printed.
        let text = secret.expose();
        self.sensitive(HeaderName::from_static(name), text)
    }

    fn sensitive(mut self, name: HeaderName, text: &str) -> Self {
        match HeaderValue::from_str(text) {
            Ok(mut value) => {
                value.set_sensitive(true);
                self.headers.insert(name, value);
            }
            Err(_) => self.flaw = Some("the key has characters that no key has"),
        }
        self
    }

    /// Exactly these bytes, declared as JSON.
    pub fn json_bytes(mut self, bytes: Vec<u8>) -> Self {
        self.headers
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.body = Body::Bytes(bytes);
        self
    }

    pub fn multipart(mut self, parts: Vec<Part>) -> Self {
        self.body = Body::Multipart(parts);
        self
    }

    /// How long the answer may take to begin, including the time the body takes to travel.
    pub fn patience(mut self, wait: Duration) -> Self {
        self.patience = Some(wait);
        self
    }

    /// States that this POST only asks: the provider keeps nothing, so it may be repeated like a GET.
    pub fn changes_nothing(mut self) -> Self {
        self.repeatable = true;
        self
    }

    pub fn label(&self) -> &'static str {
        self.label
    }

    pub(crate) fn check(&self) -> Result<(), Failure> {
        match self.flaw {
            Some(what) => Err(Failure::Unsendable { what }),
            None => Ok(()),
        }
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.query.iter().map(|(name, _)| name.as_str()).collect();
        formatter
            .debug_struct("Request")
            .field("label", &self.label)
            .field("query_names", &names)
            .finish_non_exhaustive()
    }
}
