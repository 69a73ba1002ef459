//! How often an organisation may be asked in a minute and in a day, by all who ask.

use super::refuse;
use crate::exchange::{Call, Reply};
use crate::settings::ZohoSettings;
use crate::zoho::organisation::Organisation;

/// Counts a call or refuses it.
pub(super) fn over(
    organisation: &mut Organisation,
    call: &Call,
    settings: &ZohoSettings,
) -> Option<Reply> {
    let (today, now) = (call.today(), call.now.as_second());
    if organisation.day.0 != today {
        organisation.day = (today, 0);
    }
    organisation.minute.retain(|at| now - at < 60);
    if settings
        .daily_quota
        .is_some_and(|quota| organisation.day.1 >= quota)
    {
        let text =
            "Sorry, you have exceeded the maximum API calls permitted for your plan for today.";
        return Some(headed(refuse(429, 45, text), organisation, call, settings));
    }
    if settings
        .minute_limit
        .is_some_and(|limit| organisation.minute.len() >= limit as usize)
    {
        let text = "You have exceeded the maximum number of requests per minute. You are blocked for some time.";
        return Some(headed(refuse(429, 44, text), organisation, call, settings));
    }
    organisation.day.1 += 1;
    organisation.minute.push(now);
    None
}

/// The headers seen in 2019, where the settings want them.
pub(super) fn headed(
    reply: Reply,
    organisation: &Organisation,
    call: &Call,
    settings: &ZohoSettings,
) -> Reply {
    let Some(quota) = settings.daily_quota.filter(|_| settings.rate_headers) else {
        return reply;
    };
    let left = quota.saturating_sub(organisation.day.1);
    let reset = 86_400 - call.now.as_second().rem_euclid(86_400);
    reply
        .header("x-rate-limit-limit", quota.to_string())
        .header("x-rate-limit-remaining", left.to_string())
        .header("x-rate-limit-reset", reset.to_string())
}
