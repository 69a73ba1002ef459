//! Files behind links that a provider hands out: no credentials are sent, and redirects to a file host are followed.

use std::time::Instant;

use reqwest::Url;
use reqwest::header::LOCATION;

use crate::address::{is_loopback, is_private_channel};
use crate::{Answer, BaseUrl, Failure, Transport};

const MOST_REDIRECTS: usize = 5;

impl Transport {
    /// Fetches `link`, at most `limit` bytes. The link and every redirect must be `https`; plain `http` is accepted only
    /// where `base` itself is a server on this computer, and then only towards this computer.
    ///
    /// The link grants access by itself, so neither it nor anything derived from it appears in failures or diagnostics.
    pub async fn download(
        &self,
        provider: &'static str,
        label: &'static str,
        base: &BaseUrl,
        link: &str,
        limit: usize,
    ) -> Result<Answer, Failure> {
        let started = Instant::now();
        let result = self.follow(base, link, limit).await;
        self.report(provider, label, 1, started, &result);
        result
    }

    async fn follow(&self, base: &BaseUrl, link: &str, limit: usize) -> Result<Answer, Failure> {
        let forbidden = Failure::Unsendable {
            what: "the link does not lead to a secure address",
        };
        let mut url = Url::parse(link).map_err(|_| forbidden.clone())?;
        for _ in 0..=MOST_REDIRECTS {
            let local = is_loopback(&url);
            if !is_private_channel(&url) || local != base.is_loopback() {
                return Err(forbidden);
            }
            let builder = self.client(&url)?.get(url.clone());
            let response = self.head(&url, builder, self.answer_timeout()).await?;
            if !response.status().is_redirection() {
                return self.read(&url, response, limit).await;
            }
            let target = response
                .headers()
                .get(LOCATION)
                .and_then(|location| location.to_str().ok())
                .and_then(|location| url.join(location).ok());
            match target {
                Some(target) => url = target,
                None => return self.read(&url, response, limit).await,
            }
        }
        Err(Failure::Unsendable {
            what: "the link redirects too often",
        })
    }
}
