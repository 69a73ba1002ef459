use http_client::Secret;
use serde::{Deserialize, Serialize};

/// Whether a key opens real or test data. Stripe keeps the two apart completely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    Live,
    Test,
}

impl Mode {
    /// The tenant in ids of records: an account id cannot be had with a key that reads invoices and customers only.
    pub fn tenant(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }
}

/// A restricted key, `rk_live_…` or `rk_test_…`: of all keys of Stripe the only kind that can be limited to reading.
#[derive(Debug, Clone)]
pub struct Key {
    secret: Secret,
    mode: Mode,
}

/// Why a text is not taken as a key. It is not repeated anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// `sk_…` may do everything in the account, payouts and refunds included.
    #[error("this is a secret key with all rights; please make a restricted one")]
    Secret,
    /// `pk_…` is for web pages and reads nothing.
    #[error("this is a publishable key, which cannot read invoices")]
    Publishable,
    #[error(
        "this does not look like a restricted key of Stripe, which begins with rk_live_ or rk_test_"
    )]
    Shapeless,
}

impl Key {
    /// Reads what was pasted, with the white space around it. The length of a key is not published and not checked.
    pub fn parse(text: &str) -> Result<Self, KeyProblem> {
        let text = text.trim();
        if text.starts_with("sk_") {
            return Err(KeyProblem::Secret);
        }
        if text.starts_with("pk_") {
            return Err(KeyProblem::Publishable);
        }
        let (mode, rest) = if let Some(rest) = text.strip_prefix("rk_live_") {
            (Mode::Live, rest)
        } else if let Some(rest) = text.strip_prefix("rk_test_") {
            (Mode::Test, rest)
        } else {
            return Err(KeyProblem::Shapeless);
        };
        if rest.is_empty() || !rest.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(KeyProblem::Shapeless);
        }
        Ok(Self {
            secret: Secret::new(text),
            mode,
        })
    }

    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// For the keychain and the request header.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_restricted_keys_are_taken() {
        let mode = |text| Key::parse(text).map(|key| key.mode());
        assert_eq!(mode(" rk_live_51Abc\n"), Ok(Mode::Live));
        assert_eq!(mode("rk_test_51Abc"), Ok(Mode::Test));
        for (text, problem) in [
            ("sk_live_51Abc", KeyProblem::Secret),
            ("sk_test_51Abc", KeyProblem::Secret),
            ("pk_live_51Abc", KeyProblem::Publishable),
            ("rk_live_", KeyProblem::Shapeless),
            ("rk_51Abc", KeyProblem::Shapeless),
            ("rk_live_51 Abc", KeyProblem::Shapeless),
            ("rk_live_51Abc\nrk_live_2", KeyProblem::Shapeless),
            ("whsec_123", KeyProblem::Shapeless),
            ("", KeyProblem::Shapeless),
        ] {
            assert_eq!(mode(text), Err(problem), "{text}");
        }
    }
}
