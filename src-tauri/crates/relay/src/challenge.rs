//! What ties a sign-in to the copy of the app that began it: a verifier that only the app has, its challenge, and the
//! `state` that carries the challenge and the way back through the provider.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Where an app without rights of its own may listen. Below it are the ports of web servers and of the system.
const PORTS: std::ops::RangeInclusive<u16> = 1024..=65535;

/// The Base64url text of a SHA-256 hash, 43 characters, as RFC 7636 makes it (S256).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge(String);

impl Challenge {
    fn parse(text: &str) -> Option<Self> {
        // Decoded, because only one spelling of a hash may pass.
        let hash = URL_SAFE_NO_PAD.decode(text).ok()?;
        (hash.len() == 32).then(|| Self(text.to_owned()))
    }

    /// Whether `verifier` is what this challenge was made from.
    pub fn is_met_by(&self, verifier: &Verifier) -> bool {
        let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.0.as_bytes()));
        hash.as_bytes().ct_eq(self.0.as_bytes()).into()
    }
}

/// The secret that the app made at the start of a sign-in: 43 to 128 characters that no address needs to escape.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub struct Verifier(String);

impl Verifier {
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Verifier {
    // Of no use in detail: the answer is the same for every malformed body.
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if (43..=128).contains(&text.len()) && text.bytes().all(unreserved) {
            Ok(Self(text))
        } else {
            Err("a verifier has 43 to 128 unreserved characters")
        }
    }
}

/// `PORT.CHALLENGE`, as the app sent it to the provider and the provider hands it back.
pub struct State {
    pub port: u16,
    pub challenge: Challenge,
}

impl State {
    /// Only a state that could have come from the app; everything else must not lead anywhere.
    pub fn parse(text: &str) -> Option<Self> {
        let (digits, challenge) = text.split_once('.')?;
        let port: u16 = digits.parse().ok()?;
        // `+8080` and `08080` are numbers as well, though none that the app writes.
        if !PORTS.contains(&port) || port.to_string() != digits {
            return None;
        }
        Some(Self {
            port,
            challenge: Challenge::parse(challenge)?,
        })
    }
}

impl fmt::Display for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.port, self.challenge.0)
    }
}
