use std::borrow::Cow;

use http_client::{BadAddress, BaseUrl};
use oauth2::url::Url;

/// A server that codes, tokens and client secrets may be sent to: one of those built in, or one on this computer (the
/// sandbox). There is no way to make one from what a provider or a web page says; such text is only compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin(Cow<'static, str>);

impl Origin {
    pub(super) const fn listed(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// `None` for a server that is not on this computer.
    pub fn loopback(base: &BaseUrl) -> Option<Self> {
        base.is_loopback()
            .then(|| Self(Cow::Owned(base.to_string())))
    }

    /// Without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For requests.
    pub fn base(&self) -> Result<BaseUrl, BadAddress> {
        BaseUrl::parse(&self.0)
    }

    pub(super) fn url(&self, segments: &[&str]) -> Option<Url> {
        let mut url = Url::parse(&self.0).ok()?;
        url.path_segments_mut()
            .ok()?
            .pop_if_empty()
            .extend(segments);
        Some(url)
    }
}
