//! What the relay hands out instead of storing it: a sign-in on its way to the app, and a refresh token that only the
//! app with the verifier can use. XChaCha20-Poly1305, whose nonces are long enough to be drawn at random by any number
//! of instances that share a key.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, Generate, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::challenge::Challenge;
use crate::provider::{Provider, Region};

const NONCE: usize = 24;
/// Longer than anything that was ever sealed here; what is longer is not even decoded.
const LONGEST: usize = 16 * 1024;

/// Content that can be sealed. The purpose is authenticated with it: a ticket never opens as a refresh token.
pub trait Sealable: Serialize + DeserializeOwned {
    const PURPOSE: &'static [u8];
}

/// A sign-in that the provider has confirmed and the app has not yet collected.
#[derive(Serialize, Deserialize)]
pub struct Ticket {
    pub provider: Provider,
    pub code: String,
    pub challenge: Challenge,
    /// The QuickBooks company.
    pub realm: Option<String>,
    /// The Zoho data centre.
    pub region: Option<Region>,
    /// In seconds since 1970.
    pub expires: u64,
}

impl Sealable for Ticket {
    const PURPOSE: &'static [u8] = b"debitura-desk relay ticket 1";
}

/// A refresh token and whose it is.
#[derive(Serialize, Deserialize)]
pub struct Grant {
    pub provider: Provider,
    pub refresh_token: String,
    pub challenge: Challenge,
    pub realm: Option<String>,
    pub region: Option<Region>,
}

impl Sealable for Grant {
    const PURPOSE: &'static [u8] = b"debitura-desk relay refresh token 1";
}

/// Seals with one key and opens with that and the one before it, so that keys can change without a sign-in lost.
pub struct Sealer {
    current: XChaCha20Poly1305,
    previous: Option<XChaCha20Poly1305>,
}

/// The text was not sealed for this purpose with a key that is still in use.
#[derive(Debug, thiserror::Error)]
#[error("not sealed here")]
pub struct NotSealedHere;

/// The content is beyond what the cipher takes.
#[derive(Debug, thiserror::Error)]
#[error("cannot be sealed")]
pub struct Unsealable;

impl Sealer {
    pub fn new(current: &[u8; 32], previous: Option<&[u8; 32]>) -> Self {
        Self {
            current: XChaCha20Poly1305::new(current.into()),
            previous: previous.map(|key| XChaCha20Poly1305::new(key.into())),
        }
    }

    pub fn seal<T: Sealable>(&self, content: &T) -> Result<String, Unsealable> {
        let plain = serde_json::to_vec(content).map_err(|_| Unsealable)?;
        let nonce = XNonce::generate();
        let payload = Payload {
            msg: &plain,
            aad: T::PURPOSE,
        };
        let sealed = self
            .current
            .encrypt(&nonce, payload)
            .map_err(|_| Unsealable)?;
        Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    pub fn open<T: Sealable>(&self, text: &str) -> Result<T, NotSealedHere> {
        if text.len() > LONGEST {
            return Err(NotSealedHere);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| NotSealedHere)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE).ok_or(NotSealedHere)?;
        let nonce = XNonce::try_from(nonce).map_err(|_| NotSealedHere)?;
        let payload = || Payload {
            msg: sealed,
            aad: T::PURPOSE,
        };
        let plain = std::iter::once(&self.current)
            .chain(&self.previous)
            .find_map(|key| key.decrypt(&nonce, payload()).ok())
            .ok_or(NotSealedHere)?;
        serde_json::from_slice(&plain).map_err(|_| NotSealedHere)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, Deserialize)]
    struct One(u8);
    #[derive(Serialize, Deserialize)]
    struct Other(u8);

    impl Sealable for One {
        const PURPOSE: &'static [u8] = b"one";
    }

    impl Sealable for Other {
        const PURPOSE: &'static [u8] = b"other";
    }

    #[test]
    fn the_purpose_is_part_of_the_seal() {
        let sealer = Sealer::new(&[7; 32], None);
        let sealed = sealer.seal(&One(1)).unwrap();
        assert_eq!(sealer.open::<One>(&sealed).unwrap().0, 1);
        assert!(
            sealer.open::<Other>(&sealed).is_err(),
            "though its content would fit"
        );
        assert_ne!(sealed, sealer.seal(&One(1)).unwrap(), "no nonce twice");
    }
}
