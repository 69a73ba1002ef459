use std::time::{Duration, Instant};

use crate::{Answer, BaseUrl, Failure, Pace, RepeatPolicy, Request, Transport};

/// One provider at one address, with its pace and its rule for repeats.
#[derive(Clone)]
pub struct HttpClient {
    provider: &'static str,
    transport: Transport,
    base: BaseUrl,
    pace: Pace,
    policy: RepeatPolicy,
}

impl HttpClient {
    /// `provider` names it in diagnostics.
    pub fn new(
        provider: &'static str,
        transport: Transport,
        base: BaseUrl,
        pace: Pace,
        policy: RepeatPolicy,
    ) -> Self {
        Self {
            provider,
            transport,
            base,
            pace,
            policy,
        }
    }

    pub fn base(&self) -> &BaseUrl {
        &self.base
    }

    pub fn transport(&self) -> &Transport {
        &self.transport
    }

    /// The answer if it is 2xx. A GET, or a POST declared with [`Request::changes_nothing`], is repeated as the policy
    /// allows; anything else is sent exactly once, on a connection of its own.
    ///
    /// Dropping the future cancels: at once while waiting, and by closing the connection while an exchange is under way.
    pub async fn send(&self, request: Request) -> Result<Answer, Failure> {
        let mut waited = Duration::ZERO;
        let mut attempt = 1;
        loop {
            let failure = match self.exchange(&request, attempt).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            if !request.repeatable {
                return Err(failure);
            }
            let Some(wait) = self.policy.wait(&failure, attempt, &self.transport.jitter) else {
                return Err(failure);
            };
            waited = waited.saturating_add(wait);
            if waited > self.policy.patience {
                return Err(failure);
            }
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    async fn exchange(&self, request: &Request, attempt: u32) -> Result<Answer, Failure> {
        let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
        let url = self.base.join(&segments);
        let turn = self.pace.turn().await.map_err(|after| Failure::Held {
            host: self.base.host().to_owned(),
            after,
        })?;
        let started = Instant::now();
        let mut result = self.transport.exchange(url, request).await;
        drop(turn);
        if let Err(Failure::Status(rejection)) = &mut result {
            // A wait stated in the body is the provider's own word; headers may come from something in between.
            if let Some(wait) = (self.policy.wait_in_body)(rejection) {
                rejection.retry_after = Some(wait);
            }
            if rejection.status == 429 {
                let asked = rejection.retry_after.unwrap_or_default();
                self.pace.slow_down(asked, self.policy.patience);
            }
        } else if result.is_ok() {
            self.pace.went_well();
        }
        self.transport
            .report(self.provider, request.label(), attempt, started, &result);
        result
    }
}

impl std::fmt::Debug for HttpClient {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("HttpClient")
            .field("provider", &self.provider)
            .field("base", &self.base)
            .field("pace", &self.pace)
            .finish_non_exhaustive()
    }
}
