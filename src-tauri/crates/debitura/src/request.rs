use receivables::{Case, Country, DebtorType};
use serde::Serialize;

use crate::wire::{JsonNumber, json_number};

/// What the user decides beside the case itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseOptions {
    /// Kept apart from real cases for good: never routed, never mailed, cannot become real.
    pub is_test: bool,
    /// Accept the case although contracts are unsigned; it then waits for the signatures.
    pub allow_pending_contracts: bool,
    /// At most 100 characters, for finding test cases again.
    pub tag: Option<String>,
}

/// A case and its options, on the way to bytes.
#[derive(Debug, Clone, Copy)]
pub struct CaseRequest<'a> {
    pub case: &'a Case,
    pub options: &'a CaseOptions,
}

impl CaseRequest<'_> {
    /// The body of `POST /cases`: always the same bytes for the same case, since Debitura compares a repeated key with
    /// the body it came with. The caller keeps them; they are not made a second time.
    pub fn to_bytes(&self) -> Vec<u8> {
        let Self { case, options } = self;
        let debtor = &case.debtor;
        let (state_alpha2, state) = state(debtor.country, debtor.state.as_deref());
        bytes(&CaseBody {
            creditor_reference: &case.creditor_reference,
            currency_code: case.amount.currency.code(),
            amount_to_recover: json_number(case.amount.decimal()),
            date: case.case_date.to_string(),
            due_date: case.due_date.to_string(),
            claim_description: case.description.as_deref(),
            comments: case.comments.as_deref(),
            debtor: DebtorBody {
                debtor_type: type_word(debtor.debtor_type),
                name: &debtor.name,
                contact_person: debtor.contact_person.as_deref(),
                company_registration_number: debtor.registration_number.as_deref(),
                address: &debtor.address,
                zip_code: debtor.zip.as_deref(),
                city: &debtor.city,
                state_alpha2,
                state,
                country_alpha2: debtor.country.alpha2(),
                email: debtor.email.as_deref(),
                phone: debtor.phone.as_deref(),
            },
            allow_pending_contracts: options.allow_pending_contracts,
            is_test: options.is_test,
            tag: options.tag.as_deref(),
        })
    }
}

/// The body of `POST /cases/preview`: what price, partner and contracts depend on.
pub fn preview_body(case: &Case) -> Vec<u8> {
    let debtor = &case.debtor;
    bytes(&PreviewBody {
        amount_to_recover: json_number(case.amount.decimal()),
        currency_code: case.amount.currency.code(),
        due_date: case.due_date.to_string(),
        debtor: PreviewDebtorBody {
            debtor_type: type_word(debtor.debtor_type),
            country_alpha2: debtor.country.alpha2(),
            state_alpha2: state(debtor.country, debtor.state.as_deref()).0,
        },
    })
}

/// The two-letter state goes with the USA only; elsewhere it is free text.
fn state(country: Country, state: Option<&str>) -> (Option<&str>, Option<&str>) {
    if country.needs_state() {
        (state, None)
    } else {
        (None, state)
    }
}

/// `Private` rather than `Person`: the word in the description of every operation we call.
fn type_word(debtor_type: DebtorType) -> &'static str {
    match debtor_type {
        DebtorType::Company => "Company",
        DebtorType::Private => "Private",
    }
}

fn bytes(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("text and numbers always serialise")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CaseBody<'a> {
    creditor_reference: &'a str,
    currency_code: &'a str,
    amount_to_recover: JsonNumber,
    date: String,
    due_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    claim_description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments: Option<&'a str>,
    debtor: DebtorBody<'a>,
    allow_pending_contracts: bool,
    is_test: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DebtorBody<'a> {
    #[serde(rename = "type")]
    debtor_type: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_person: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    company_registration_number: Option<&'a str>,
    address: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    zip_code: Option<&'a str>,
    city: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_alpha2: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a str>,
    country_alpha2: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PreviewBody<'a> {
    amount_to_recover: JsonNumber,
    currency_code: &'a str,
    due_date: String,
    debtor: PreviewDebtorBody<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PreviewDebtorBody<'a> {
    #[serde(rename = "type")]
    debtor_type: &'a str,
    country_alpha2: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_alpha2: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use receivables::{CaseDebtor, Currency, Money};

    use super::*;

    fn case(amount: Money, country: &str, state: Option<&str>) -> Case {
        Case {
            creditor_reference: "INV-1".into(),
            case_date: "2026-01-02".parse().unwrap(),
            due_date: "2026-02-01".parse().unwrap(),
            amount,
            debtor: CaseDebtor {
                debtor_type: DebtorType::Private,
                name: "Zoë \"Z\" Ørsted".into(),
                email: Some("z@example.test".into()),
                phone: None,
                contact_person: None,
                registration_number: None,
                address: "Vej 1".into(),
                city: "Aarhus".into(),
                zip: Some("8000".into()),
                state: state.map(Into::into),
                country: Country::from_alpha2(country).unwrap(),
            },
            description: Some("Work".into()),
            comments: None,
        }
    }

    fn euro(minor: i64) -> Money {
        Money::from_minor(minor, Currency::from_code("EUR").unwrap())
    }

    #[test]
    fn the_bytes_of_a_case_are_exactly_these() {
        let options = CaseOptions {
            is_test: true,
            ..CaseOptions::default()
        };
        let case = case(euro(100_010), "DK", None);
        let request = CaseRequest {
            case: &case,
            options: &options,
        };
        assert_eq!(
            String::from_utf8(request.to_bytes()).unwrap(),
            r#"{"creditorReference":"INV-1","currencyCode":"EUR","amountToRecover":1000.10,"date":"2026-01-02","#.to_owned()
                + r#""dueDate":"2026-02-01","claimDescription":"Work","debtor":{"type":"Private","#
                + r#""name":"Zoë \"Z\" Ørsted","address":"Vej 1","zipCode":"8000","city":"Aarhus","#
                + r#""countryAlpha2":"DK","email":"z@example.test"},"allowPendingContracts":false,"isTest":true}"#
        );
    }

    #[test]
    fn a_state_is_two_letters_in_the_usa_and_text_elsewhere() {
        let options = CaseOptions::default();
        let body = |country, state| {
            let case = case(euro(1), country, Some(state));
            let request = CaseRequest {
                case: &case,
                options: &options,
            };
            serde_json::from_slice::<serde_json::Value>(&request.to_bytes()).unwrap()["debtor"]
                .clone()
        };
        assert_eq!(body("US", "CA")["stateAlpha2"], "CA");
        assert!(body("US", "CA").get("state").is_none());
        assert_eq!(body("DE", "Bayern")["state"], "Bayern");
        assert!(body("DE", "Bayern").get("stateAlpha2").is_none());
    }

    proptest! {
        /// Beyond 2^53 minor units a float would change the amount; the digits must not.
        #[test]
        fn amounts_are_written_digit_for_digit(minor in 1_i64.., code in prop::sample::select(vec!["EUR", "JPY", "KWD"])) {
            let money = Money::from_minor(minor, Currency::from_code(code).unwrap());
            let case = case(money, "DK", None);
            let options = CaseOptions::default();
            let request = CaseRequest { case: &case, options: &options };
            for body in [request.to_bytes(), preview_body(&case)] {
                let text = String::from_utf8(body).unwrap();
                let expected = format!("\"amountToRecover\":{},", money.decimal());
                prop_assert!(text.contains(&expected), "{} not in {}", expected, text);
            }
        }
    }
}
