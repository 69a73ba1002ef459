use serde::{Deserialize, Serialize};

use crate::wire::{lenient, some_text};

/// The creditor whose key this is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(deserialize = "camelCase"), default)]
pub struct Account {
    #[serde(deserialize_with = "lenient")]
    pub id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub company_name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub company_registration_number: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub address: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub zip_code: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub city: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub state: Option<String>,
    /// Free text; usually an alpha-2 code.
    #[serde(deserialize_with = "lenient")]
    pub country: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub office_email: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub office_phone: Option<String>,
}

/// Whether the standard debt collection agreement, once per account, is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    pub signed: bool,
    pub requires_resigning: bool,
    /// Why it has to be signed again, in Debitura's word; absent for `None`.
    pub invalidation_reason: Option<String>,
    /// https.
    pub terms_url: Option<String>,
    /// Where to sign; https.
    pub signing_url: Option<String>,
}

impl Agreement {
    pub fn is_in_force(&self) -> bool {
        self.signed && !self.requires_resigning
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct AgreementDto {
    #[serde(deserialize_with = "lenient")]
    signed: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    requires_resigning: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    invalidation_reason: Option<String>,
    #[serde(deserialize_with = "lenient")]
    terms_url: Option<String>,
    #[serde(deserialize_with = "lenient")]
    solution_url: Option<String>,
}

impl AgreementDto {
    pub(crate) fn read(self) -> Agreement {
        let link = |text: Option<String>| text.and_then(|text| http_client::secure_link(&text));
        Agreement {
            signed: self.signed.unwrap_or(false),
            requires_resigning: self.requires_resigning.unwrap_or(false),
            invalidation_reason: some_text(self.invalidation_reason)
                .filter(|reason| reason != "None"),
            terms_url: link(self.terms_url),
            signing_url: link(self.solution_url),
        }
    }
}
