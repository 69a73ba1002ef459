use oauth2::CsrfToken;
use proptest::prelude::*;

use crate::authorise::callback::{Expected, read_callback};
use crate::authorise::visit::{Parsed, parse};
use crate::authorise::*;

fn expected(provider: Provider) -> Expected {
    let trusted = DataCentres::production();
    let start = trusted.at("us").unwrap().clone();
    Expected {
        provider,
        state: CsrfToken::new("the-state-that-nobody-can-know".into()),
        relayed: false,
        centres: (provider == Provider::ZohoBooks).then_some((trusted, start)),
    }
}

proptest! {
    #[test]
    fn any_bytes_are_a_request_or_none(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn a_request_is_read_alike_however_it_is_cut(cut in 0usize..80) {
        let whole = b"GET /cb/quickbooks?code=x&state=y HTTP/1.1\r\nHost: localhost:8977\r\nA: b\r\n\r\n";
        let cut = cut.min(whole.len() - 1);
        prop_assert_eq!(parse(&whole[..cut]), Parsed::Partial, "cut after {} bytes", cut);
        prop_assert!(matches!(parse(whole), Parsed::Complete(_)));
    }

    #[test]
    fn no_query_without_the_state_wins(query in any::<String>()) {
        for provider in [Provider::QuickBooks, Provider::ZohoBooks] {
            let read = read_callback(&query, &expected(provider));
            prop_assert_eq!(read.err(), Some(CallbackError::StateMismatch));
        }
    }

    #[test]
    fn no_shape_of_a_query_without_the_state_wins(
        names in prop::collection::vec(prop::sample::select(vec![
            "state", "code", "error", "realmId", "location", "accounts-server", "error_description", "ticket",
        ]), 0..10),
        value in "[ -~]{0,40}",
    ) {
        let mut query = oauth2::url::form_urlencoded::Serializer::new(String::new());
        for name in names {
            query.append_pair(name, &value);
        }
        let read = read_callback(&query.finish(), &expected(Provider::QuickBooks));
        prop_assert_eq!(read.err(), Some(CallbackError::StateMismatch));
    }

    #[test]
    fn with_the_state_nothing_hostile_comes_through(rest in any::<String>(), server in any::<String>()) {
        let mut query = oauth2::url::form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("state", "the-state-that-nobody-can-know")
            .append_pair("code", &rest)
            .append_pair("accounts-server", &server);
        let expected = expected(Provider::ZohoBooks);
        if let Ok(callback) = read_callback(&query.finish(), &expected) {
            let trusted = DataCentres::production();
            prop_assert!(callback.centre.is_some_and(|centre| trusted.iter().any(|one| *one == centre)));
            prop_assert!(rest.bytes().all(|byte| byte.is_ascii_graphic()), "a code goes into a request's body as it is");
        }
    }

    #[test]
    fn texts_of_the_provider_are_one_line(error in any::<String>(), description in any::<String>()) {
        let mut query = oauth2::url::form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("state", "the-state-that-nobody-can-know")
            .append_pair("error", &error)
            .append_pair("error_description", &description);
        match read_callback(&query.finish(), &expected(Provider::QuickBooks)) {
            Err(CallbackError::Provider(text)) => {
                let shown = text.to_string();
                prop_assert!(!shown.chars().any(char::is_control), "{shown:?}");
                prop_assert!(shown.chars().count() <= 400);
            }
            Err(CallbackError::Denied) => {}
            other => prop_assert!(false, "{other:?}"),
        }
    }
}
