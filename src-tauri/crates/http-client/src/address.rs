use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use reqwest::Url;

/// Why an address was refused. The address itself is not repeated: it may hold a pasted key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    #[error("this is not a web address")]
    Unreadable,
    #[error("the address must begin with https:// (http:// is accepted for this computer only)")]
    NotEncrypted,
    #[error("the address must not contain a user name, password, query or fragment")]
    Decorated,
}

/// Where a provider lives: `https`, or `http` on a loopback host, so that a credential never leaves the machine in clear.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

impl BaseUrl {
    pub fn parse(text: &str) -> Result<Self, BadAddress> {
        let url = Url::parse(text.trim()).map_err(|_| BadAddress::Unreadable)?;
        if url.host().is_none() || url.cannot_be_a_base() {
            return Err(BadAddress::Unreadable);
        }
        if !is_private_channel(&url) {
            return Err(BadAddress::NotEncrypted);
        }
        if !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some()
        {
            return Err(BadAddress::Decorated);
        }
        Ok(Self(url))
    }

    /// Whether this is a server on the same computer: the sandbox, or a test.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The address with `segments` appended, each percent-encoded, so that a `/` inside one stays inside it.
    ///
    /// The segments `.` and `..` cannot be expressed in a URL path and are dropped by the URL standard; callers with
    /// free text check for them first.
    pub(crate) fn join(&self, segments: &[&str]) -> Url {
        let mut url = self.0.clone();
        // `cannot_be_a_base` was ruled out by `parse`, so there always is a path.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// `text` if it is an `https` address fit to be opened in a browser; without a user name, which disguises hosts.
pub fn secure_link(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    let fit = url.scheme() == "https" && url.host().is_some() && url.username().is_empty();
    (fit && url.as_str().len() <= 4096).then(|| url.into())
}

/// `https` to anywhere, or `http` that does not leave this computer.
pub(crate) fn is_private_channel(url: &Url) -> bool {
    match url.scheme() {
        "https" => true,
        "http" => is_loopback(url),
        _ => false,
    }
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    // Compared as addresses, not as text: `localhost.evil.example` and `127.0.0.1.evil.example` are neither.
    let Some(host) = url.host_str() else {
        return false;
    };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || bare.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
        || bare.parse::<Ipv6Addr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_and_loopback_are_accepted() {
        for text in [
            "https://api.stripe.com",
            "https://example.test/prefix/",
            "http://127.0.0.1:4010",
            "http://localhost:4010/debitura",
            "http://[::1]:9",
            " https://api.stripe.com/ ",
        ] {
            assert!(BaseUrl::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused_with_its_reason() {
        for (text, reason) in [
            ("http://api.stripe.com", BadAddress::NotEncrypted),
            ("http://localhost.evil.example", BadAddress::NotEncrypted),
            ("http://127.0.0.1.evil.example", BadAddress::NotEncrypted),
            ("http://127.0.0.1@evil.example", BadAddress::NotEncrypted),
            ("http://10.0.0.1", BadAddress::NotEncrypted),
            ("ftp://127.0.0.1", BadAddress::NotEncrypted),
            ("file:///etc/passwd", BadAddress::Unreadable),
            ("data:text/plain,hi", BadAddress::Unreadable),
            ("api.stripe.com", BadAddress::Unreadable),
            ("", BadAddress::Unreadable),
            ("https://user:pass@api.stripe.com", BadAddress::Decorated),
            ("https://api.stripe.com/?key=1", BadAddress::Decorated),
        ] {
            assert_eq!(BaseUrl::parse(text).err(), Some(reason), "{text}");
        }
    }

    #[test]
    fn only_https_links_are_fit_to_open() {
        assert_eq!(
            secure_link("https://app.debitura.com/sign?x=1").as_deref(),
            Some("https://app.debitura.com/sign?x=1")
        );
        for text in [
            "http://app.debitura.com",
            "javascript:alert(1)",
            "https://app.debitura.com@evil.example/",
            "file:///etc/passwd",
            "",
        ] {
            assert_eq!(secure_link(text), None, "{text}");
        }
    }

    #[test]
    fn a_slash_inside_a_segment_stays_inside_it() {
        let base = BaseUrl::parse("http://127.0.0.1:1/prefix/").unwrap();
        assert_eq!(
            base.join(&["cases", "by-creditor-reference", "A/1 ?#%"])
                .as_str(),
            "http://127.0.0.1:1/prefix/cases/by-creditor-reference/A%2F1%20%3F%23%25"
        );
    }
}
