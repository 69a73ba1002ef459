//! Restricted keys, what they may read, and the two generations of the refusal.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::{Stripe, View, errors};
use crate::dice::{ALPHANUMERIC, Dice};
use crate::exchange::{Call, Reply};
use crate::settings::PermissionText;

/// An API key and what it may read.
#[derive(Clone, Debug)]
pub struct StripeKey {
    pub key: String,
    /// 0 is the account with the chosen data set, 1 a smaller second one.
    pub account: usize,
    pub invoices: bool,
    pub customers: bool,
    pub revoked: bool,
}

impl StripeKey {
    /// A key of the first account with both rights.
    pub fn new(key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            account: 0,
            invoices: true,
            customers: true,
            revoked: false,
        }
    }

    pub fn without_invoices(mut self) -> Self {
        self.invoices = false;
        self
    }

    pub fn without_customers(mut self) -> Self {
        self.customers = false;
        self
    }

    pub fn of_second_account(mut self) -> Self {
        self.account = 1;
        self
    }

    pub fn revoked(mut self) -> Self {
        self.revoked = true;
        self
    }
}

#[derive(Clone, Debug)]
pub(super) struct Key {
    born: StripeKey,
    pub(super) text: String,
    pub(super) account: usize,
    pub(super) invoices: bool,
    pub(super) customers: bool,
    revoked: bool,
    pub(super) livemode: bool,
}

impl From<&StripeKey> for Key {
    fn from(key: &StripeKey) -> Self {
        Self {
            born: key.clone(),
            text: key.key.clone(),
            account: key.account.min(1),
            invoices: key.invoices,
            customers: key.customers,
            revoked: key.revoked,
            livemode: key.key.contains("_live_"),
        }
    }
}

pub(super) fn account_id(dice: &mut Dice) -> String {
    format!("acct_1{}", dice.text(ALPHANUMERIC, 15))
}

/// The prefix, asterisks, the last four characters.
fn masked(key: &str) -> String {
    let characters: Vec<char> = key.chars().collect();
    let tail: String = characters
        .iter()
        .skip(characters.len().saturating_sub(4))
        .collect();
    let prefix = [
        "rk_live_", "rk_test_", "sk_live_", "sk_test_", "pk_live_", "pk_test_",
    ]
    .into_iter()
    .find(|p| key.starts_with(p));
    let prefix = prefix.unwrap_or_default();
    let stars = characters
        .len()
        .saturating_sub(prefix.len() + tail.len())
        .clamp(3, 24);
    format!("{prefix}{}{tail}", "*".repeat(stars))
}

/// The key a call carries: `Bearer`, or as the user of `Basic`.
fn given(call: &Call) -> Option<String> {
    let header = call.header("authorization")?;
    let (scheme, rest) = header.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.trim().to_owned()).filter(|key| !key.is_empty());
    }
    let decoded = String::from_utf8(BASE64.decode(rest.trim()).ok()?).ok()?;
    decoded
        .split(':')
        .next()
        .map(str::to_owned)
        .filter(|key| !key.is_empty())
}

impl Stripe {
    pub(super) fn authorise(&self, call: &Call) -> Result<usize, Reply> {
        let Some(key) = given(call) else {
            let message = "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer \
                           auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').";
            return Err(errors::error(401, message, None, None));
        };
        let found = self.keys.iter().position(|known| known.text == key);
        match found {
            Some(at) if self.keys[at].revoked => {
                let message = format!("Expired API Key provided: {}", masked(&key));
                Err(errors::error(401, &message, Some("api_key_expired"), None))
            }
            Some(at) => Ok(at),
            None => Err(errors::error(
                401,
                &format!("Invalid API Key provided: {}", masked(&key)),
                None,
                None,
            )),
        }
    }

    pub(crate) fn revoke(&mut self, call: &Call) {
        if let Some(key) = given(call) {
            self.revoke_key(&key);
        }
    }

    pub(crate) fn revoke_key(&mut self, text: &str) {
        self.keys
            .iter_mut()
            .filter(|key| key.text == text)
            .for_each(|key| key.revoked = true);
    }

    pub(crate) fn remove_permission(&mut self, call: &Call, permission: &str) {
        let given = given(call);
        for key in self
            .keys
            .iter_mut()
            .filter(|key| Some(&key.text) == given.as_ref())
        {
            match permission {
                "invoices" => key.invoices = false,
                _ => key.customers = false,
            }
        }
    }

    /// Undoes every revocation and every removed right.
    pub(crate) fn restore_keys(&mut self) {
        for key in &mut self.keys {
            *key = Key::from(&key.born);
        }
    }
}

impl View<'_> {
    pub(super) fn allowed(&self, permission: &str, right: &str) -> Result<(), Reply> {
        let has = if permission == "invoices" {
            self.key.invoices
        } else {
            self.key.customers
        };
        if has {
            Ok(())
        } else {
            Err(self.forbidden(right))
        }
    }

    /// The 403, in the words of the generation that the settings choose.
    pub(super) fn forbidden(&self, right: &str) -> Reply {
        let (key, account) = (masked(&self.key.text), &self.account.id);
        let refusal = |right: &str| {
            format!(
                "The provided key '{key}' does not have the required permissions for this endpoint on account '{account}'. Having the \
                 '{right}' permission would allow this request to continue. You can edit the key at \
                 https://dashboard.stripe.com/apikeys."
            )
        };
        match self.settings.permission_text {
            PermissionText::Coded => errors::error(
                403,
                &refusal(&format!("{right}_read")),
                Some("more_permissions_required"),
                None,
            ),
            PermissionText::Plain => {
                errors::error(403, &refusal(&format!("rak_{right}_read")), None, None)
            }
        }
    }
}
