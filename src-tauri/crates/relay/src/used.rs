//! Which codes have been sent to their provider within the life of a ticket. In memory and of this instance only: a
//! second instance would pass a replayed ticket on, and the provider would refuse the code, which it takes once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::provider::Provider;

/// A few megabytes. Far more sign-ins in five minutes than any installation sees.
const MOST: usize = 50_000;

/// What became of a claim.
#[derive(Debug, PartialEq, Eq)]
pub enum Claim {
    First,
    Repeated,
    /// Remembering one more would be too much. Refused, as forgetting one would allow a replay.
    Full,
}

/// Codes by their hash, with the time at which their tickets expire.
#[derive(Default)]
pub struct UsedCodes(Mutex<HashMap<[u8; 32], u64>>);

impl UsedCodes {
    /// Takes the code, for the first caller only.
    pub fn claim(&self, provider: Provider, code: &str, expires: u64, now: u64) -> Claim {
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if used.contains_key(&key(provider, code)) {
            return Claim::Repeated;
        }
        if used.len() >= MOST {
            used.retain(|_, expires| *expires > now);
        }
        if used.len() >= MOST {
            return Claim::Full;
        }
        used.insert(key(provider, code), expires);
        Claim::First
    }

    /// Gives a code back that never reached its provider.
    pub fn release(&self, provider: Provider, code: &str) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&key(provider, code));
    }
}

fn key(provider: Provider, code: &str) -> [u8; 32] {
    Sha256::new()
        .chain_update(provider.name())
        .chain_update([0])
        .chain_update(code)
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_forgets_what_has_expired_and_nothing_else() {
        let used = UsedCodes::default();
        for number in 0..MOST {
            used.claim(
                Provider::Zoho,
                &number.to_string(),
                100 + u64::from(number > 0),
                0,
            );
        }
        assert_eq!(
            used.claim(Provider::Zoho, "more", 400, 99),
            Claim::Full,
            "forgetting would allow a replay"
        );
        assert_eq!(
            used.claim(Provider::QuickBooks, "1", 400, 100),
            Claim::First,
            "one has expired and gives its place"
        );
        assert_eq!(used.claim(Provider::Zoho, "1", 400, 100), Claim::Repeated);
        assert_eq!(used.claim(Provider::Zoho, "0", 400, 101), Claim::First);
    }
}
