//! What lists show of a judged invoice.

use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::civil::Date;
use receivables::{Assessment, Country, Field, Invoice, Money, ProblemCode, State};
use serde::{Deserialize, Serialize};

use crate::fold::searchable;

/// What lists show, sort and search of an invoice as it was last judged: facts and corrections together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Projection {
    pub state: State,
    pub reference: Option<String>,
    pub debtor_name: Option<String>,
    /// What is open; absent where it cannot be read.
    pub amount: Option<Money>,
    pub case_date: Option<Date>,
    pub due_date: Option<Date>,
    /// Two letters where the country is known, else the source's word.
    pub country: Option<String>,
    pub city: Option<String>,
    pub email: Option<String>,
    pub partly_paid: bool,
    /// Blocking ones first.
    pub problems: Vec<ProblemCode>,
    /// What is wrong, of the first problem.
    pub first_problem: Option<String>,
    pub has_suggestions: bool,
}

impl Projection {
    /// What lists show of a judgement.
    pub fn of(invoice: &Invoice, assessment: &Assessment) -> Projection {
        let value = |field| assessment.value(field).map(str::to_owned);
        let date = |field| assessment.value(field).and_then(|text| text.parse().ok());
        Projection {
            state: assessment.state,
            reference: value(Field::CreditorReference),
            debtor_name: value(Field::DebtorName),
            amount: assessment.open(invoice),
            case_date: date(Field::CaseDate),
            due_date: date(Field::DueDate),
            country: assessment
                .value(Field::DebtorCountry)
                .map(|text| match Country::read(text) {
                    Some(country) => country.alpha2().to_owned(),
                    None => text.to_owned(),
                }),
            city: value(Field::DebtorCity),
            email: value(Field::DebtorEmail),
            partly_paid: invoice.partly_paid,
            problems: assessment
                .problems
                .iter()
                .map(|problem| problem.code)
                .collect(),
            first_problem: assessment
                .problems
                .first()
                .map(|problem| problem.what.clone()),
            has_suggestions: !assessment.suggestions.is_empty(),
        }
    }

    /// The text that is searched. Amounts are found with a point and with a comma.
    pub(super) fn search_text(&self, provider_id: &str) -> String {
        let amount = self.amount.map(Money::decimal).unwrap_or_default();
        let comma = amount.replace('.', ",");
        let part = |text: &'_ Option<String>| text.clone().unwrap_or_default();
        searchable([
            part(&self.reference).as_str(),
            &part(&self.debtor_name),
            &amount,
            if comma == amount { "" } else { &comma },
            &part(&self.city),
            &part(&self.email),
            provider_id,
        ])
    }

    /// Tells whether a row must be written again. Another Rust may hash otherwise; then rows are written once more.
    pub(super) fn fingerprint(&self, search: &str) -> i64 {
        let mut hasher = DefaultHasher::new();
        serde_json::to_string(self)
            .unwrap_or_default()
            .hash(&mut hasher);
        search.hash(&mut hasher);
        hasher.finish().cast_signed()
    }
}

/// States as small numbers in the order of the filter chips.
pub(super) fn state_number(state: State) -> i64 {
    State::ALL
        .iter()
        .position(|known| *known == state)
        .map_or(-1, |position| i64::try_from(position).unwrap_or(-1))
}

pub(super) fn state_of(number: i64) -> Option<State> {
    usize::try_from(number)
        .ok()
        .and_then(|position| State::ALL.get(position).copied())
}

/// Problem codes as words between spaces, each with a space on both sides.
pub(super) fn codes_text(codes: &[ProblemCode]) -> String {
    let mut text = String::from(" ");
    for code in codes {
        text.push_str(code.name());
        text.push(' ');
    }
    text
}

/// Codes of a version that has gone are left out; the next judgement writes them anew.
pub(super) fn codes_of(text: &str) -> Vec<ProblemCode> {
    text.split_whitespace()
        .filter_map(|name| {
            ProblemCode::ALL
                .iter()
                .copied()
                .find(|code| code.name() == name)
        })
        .collect()
}
