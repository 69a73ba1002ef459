//! Addresses that may be opened in the browser: ours, and those of providers on a fixed list of hosts. A provider's
//! answer never decides alone where the user is sent.

use http_client::BaseUrl;

use crate::FailureCode;
use crate::wire::Failure;

/// The Dashboard's form for a restricted key with the two permissions ticked.
pub(crate) const STRIPE_KEYS: &str = "https://dashboard.stripe.com/apikeys/create?name=Debitura%20Desk&permissions[]=rak_invoice_read&permissions[]=rak_customer_read";
/// Debitura's page of API keys.
pub(crate) const DEBITURA_KEYS: &str = "https://app.debitura.com/CreditorApiKey";
/// Debitura's portal.
pub(crate) const DEBITURA_PORTAL: &str = "https://app.debitura.com";

const HOSTS: [&str; 4] = [
    "dashboard.stripe.com",
    "invoice.stripe.com",
    "debitura.com",
    "www.debitura.com",
];

/// Checks an address before it goes to the browser: https on a host of the list or below `debitura.com`, or the
/// loopback sandbox while one is in use.
///
/// # Errors
/// `link_refused`.
pub(crate) fn check(
    address: &str,
    subject: &str,
    sandbox: Option<&BaseUrl>,
) -> Result<String, Failure> {
    let refused = || Failure::about(FailureCode::LinkRefused, subject);
    let base = BaseUrl::parse(origin(address).ok_or_else(refused)?).map_err(|_| refused())?;
    let known = !base.is_loopback()
        && (HOSTS.contains(&base.host()) || base.host().ends_with(".debitura.com"));
    let local = base.is_loopback() && sandbox.is_some_and(BaseUrl::is_loopback);
    if (known || local) && !address.contains(char::is_whitespace) && !address.contains('\\') {
        Ok(address.to_owned())
    } else {
        Err(refused())
    }
}

/// Scheme and authority of an address. Addresses with user names are refused: they only serve to mislead.
pub(crate) fn origin(address: &str) -> Option<&str> {
    let (scheme, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    (!authority.contains('@')).then(|| &address[..scheme.len() + 3 + authority.len()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_hosts_are_opened() {
        let sandbox = BaseUrl::parse("http://127.0.0.1:4100").unwrap();
        for address in [
            STRIPE_KEYS,
            DEBITURA_KEYS,
            DEBITURA_PORTAL,
            "https://app.debitura.com/sign?x=1",
        ] {
            assert!(check(address, "it", None).is_ok(), "{address}");
        }
        for address in [
            "http://app.debitura.com",
            "https://app.debitura.com.evil.example/",
            "https://evil.example/?https://app.debitura.com",
            "https://app.debitura.com@evil.example/",
            "https://evildebitura.com/",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "https://app.debitura.com\\@evil.example",
            "http://127.0.0.1:4100/sign",
            "",
        ] {
            assert!(
                check(address, "it", None).is_err(),
                "{address} must not reach the browser"
            );
        }
        assert!(check("http://127.0.0.1:4100/sign", "it", Some(&sandbox)).is_ok());
    }
}
