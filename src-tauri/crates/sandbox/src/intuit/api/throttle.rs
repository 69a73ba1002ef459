//! How often a company may be asked, and how many times at once; and what is said to who asks too often.

use std::collections::VecDeque;

use serde_json::json;

use super::entities::moment;
use super::xml;
use crate::exchange::{Call, Reply};
use crate::intuit::apps::Environment;
use crate::settings::IntuitSettings;

/// The calls under way, of the last minute, and of the month.
#[derive(Clone, Debug, Default)]
pub(crate) struct Usage {
    pub(crate) under_way: u32,
    calls: VecDeque<(i64, bool)>,
    month: (i16, i8),
    counted: u32,
}

impl Usage {
    /// Counts a call, or refuses it; refused ones do not count.
    pub(super) fn over(
        &mut self,
        environment: Environment,
        call: &Call,
        settings: &IntuitSettings,
    ) -> Option<Reply> {
        let now = call.now.as_millisecond();
        let batch = call.path.ends_with("/batch");
        self.calls.retain(|(at, _)| now - at < 60_000);
        if let Some(limits) = settings.limits {
            let second = self.calls.iter().filter(|(at, _)| now - at < 1_000).count();
            let batches = self.calls.iter().filter(|(_, batch)| *batch).count();
            if self.calls.len() >= limits.minute as usize
                || second >= limits.second as usize
                || self.under_way > limits.parallel
                || (batch && batches >= limits.batch_minute as usize)
            {
                let reply = refusal(call, "ThrottleExceeded");
                return Some(if settings.retry_after {
                    reply.header("retry-after", "60")
                } else {
                    reply
                });
            }
        }
        let today = call.today();
        if self.month != (today.year(), today.month()) {
            (self.month, self.counted) = ((today.year(), today.month()), 0);
        }
        // Only live companies are metered.
        if environment == Environment::Production {
            if settings
                .monthly_quota
                .is_some_and(|quota| self.counted >= quota)
            {
                return Some(refusal(call, "QuotaExceeded"));
            }
            self.counted += 1;
        }
        self.calls.push_back((now, batch));
        None
    }
}

/// XML, though JSON is asked for.
fn refusal(call: &Call, why: &str) -> Reply {
    let text = format!("message={why}; errorCode=003001; statusCode=429");
    let body = json!({
        "Fault": { "type": "ValidationFault", "Error": [{ "code": "3001", "Message": text }] },
        "time": moment(call.now),
    });
    Reply::bytes(
        429,
        "application/xml;charset=UTF-8",
        xml::of(&body),
        "an injected fault",
    )
}
