//! What is asked about a company before its invoices.

use jiff::tz::TimeZone;
use receivables::{Country, Currency};
use serde_json::json;

use super::dto::{
    BatchAnswer, CompanyAnswer, CompanyDto, Found, PreferencesAnswer, PreferencesDto, some,
};
use super::query::Unpaid;
use super::{QuickBooks, Refused};
use crate::{Fault, Filter};

/// A company as it describes itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Company {
    pub name: String,
    pub legal_name: Option<String>,
    pub country: Option<Country>,
    /// The code of what it keeps its books in, which invoices may leave out.
    pub home_currency: Option<String>,
    pub multi_currency: bool,
    pub zone: Option<TimeZone>,
}

/// How much there is to fetch, where QuickBooks says.
pub(super) struct Survey<'a> {
    pub(super) company: &'a Company,
    pub(super) invoices: Option<usize>,
    /// The inactive ones too.
    pub(super) customers: Option<usize>,
}

impl Company {
    fn of(info: CompanyDto, preferences: PreferencesDto) -> Self {
        let address = info.company_addr.unwrap_or_default();
        let country = [info.country, address.country]
            .iter()
            .find_map(|country| Country::read(some(country.as_deref())?));
        let currency = preferences.currency_prefs.unwrap_or_default();
        let home = currency.home_currency.and_then(|home| home.value);
        let zone = some(info.default_time_zone.as_deref());
        Self {
            name: info.company_name.unwrap_or_default(),
            legal_name: some(info.legal_name.as_deref()).map(str::to_owned),
            country,
            home_currency: home
                .as_deref()
                .and_then(Currency::from_code)
                .map(|home| home.code().to_owned()),
            multi_currency: currency.multi_currency_enabled.unwrap_or_default(),
            zone: zone.and_then(|name| TimeZone::get(name).ok()),
        }
    }
}

impl QuickBooks {
    /// The company of the grant, read anew.
    pub async fn company(&self) -> Result<Company, Fault> {
        let info = self.get(
            "GET /companyinfo/{realm}",
            &["companyinfo", self.realm.as_str()],
        );
        let info: CompanyAnswer = self.ask(info).await?.json().map_err(Fault::Unreadable)?;
        let preferences = self.get("GET /preferences", &["preferences"]);
        let answer = self.ask(preferences).await?;
        let preferences: PreferencesAnswer = answer.json().map_err(Fault::Unreadable)?;
        Ok(Company::of(info.company_info, preferences.preferences))
    }

    pub(super) async fn known_company(&self) -> Result<&Company, Fault> {
        self.company.get_or_try_init(|| self.company()).await
    }

    /// All of it in one request. What is not answered there is asked for by itself, or does without.
    pub(super) async fn survey(&self, filter: Filter) -> Result<Survey<'_>, Fault> {
        let mut questions = vec![
            ("invoices", Unpaid(filter).count()),
            (
                "customers",
                "select count(*) from Customer where Active IN (true,false)".to_owned(),
            ),
        ];
        if self.company.get().is_none() {
            questions.push(("company", "select * from CompanyInfo".to_owned()));
            questions.push(("preferences", "select * from Preferences".to_owned()));
        }
        let items: Vec<_> = questions
            .iter()
            .map(|(id, query)| json!({ "bId": id, "Query": query }))
            .collect();
        let body = json!({ "BatchItemRequest": items })
            .to_string()
            .into_bytes();
        let request = self.question("POST /batch", &["batch"], "application/json", body);
        let mut answers = match self.ask(request).await {
            Ok(answer) => {
                answer
                    .json::<BatchAnswer>()
                    .map_err(Fault::Unreadable)?
                    .items
            }
            // Not to be had this way; everything can be had without.
            Err(Refused::Final(Fault::Refused { .. })) => Vec::new(),
            Err(refused) => return Err(refused.into()),
        };
        let mut found = |id: &str| -> Found {
            let at = answers.iter().position(|item| item.id == id);
            at.and_then(|at| answers.swap_remove(at).found)
                .unwrap_or_default()
        };
        let (info, preferences) = (
            found("company").company_info.pop(),
            found("preferences").preferences.pop(),
        );
        let (invoices, customers) = (
            found("invoices").total_count,
            found("customers").total_count,
        );
        if let (Some(info), Some(preferences)) = (info, preferences) {
            // Whoever was first has said the same.
            let _ = self.company.set(Company::of(info, preferences));
        }
        let company = self.known_company().await?;
        Ok(Survey {
            company,
            invoices,
            customers,
        })
    }
}
