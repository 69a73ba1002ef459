use serde::{Deserialize, Serialize};

use crate::case::HandoffDto;
use crate::wire::{Digits, lenient, lenient_list, some_text};

/// What Debitura says about a case before it exists. Nothing is kept there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    pub eligible: bool,
    /// Why not.
    pub ineligibility_reason: Option<String>,
    pub partner: Option<String>,
    pub partner_country: Option<String>,
    pub jurisdiction: Option<String>,
    pub pricing: Option<Pricing>,
    /// Contracts to sign and forms to fill in.
    pub required_actions: Vec<RequiredAction>,
    pub kyc_missing: bool,
    /// Walks through all signatures at once; https.
    pub signing_url: Option<String>,
}

impl Preview {
    /// Whether something must be done before a case would be accepted.
    pub fn is_blocked(&self) -> bool {
        !self.eligible || self.required_actions.iter().any(|action| action.blocking)
    }
}

/// The success fee, in percent of what is recovered, as the digits Debitura sent. Never computed here: special prices
/// and zones exist.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pricing {
    /// The figure to show.
    pub total_percent: Option<String>,
    pub base_percent: Option<String>,
    /// Points added because the debt is old.
    pub age_surcharge_percent: Option<String>,
    pub source: Option<String>,
    pub source_description: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequiredAction {
    /// The same words as the business errors: `MissingPowerOfAttorney` and so on.
    pub code: String,
    pub message: Option<String>,
    /// https.
    pub link: Option<String>,
    pub blocking: bool,
}

#[derive(Deserialize)]
pub(crate) struct PreviewDto {
    /// Required: an answer without it is no preview.
    result: ResultDto,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ResultDto {
    #[serde(deserialize_with = "lenient")]
    is_eligible: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    ineligibility_reason: Option<String>,
    #[serde(deserialize_with = "lenient")]
    partner_assignment: Option<PartnerDto>,
    #[serde(deserialize_with = "lenient_list")]
    required_actions: Vec<ActionDto>,
    #[serde(deserialize_with = "lenient")]
    jurisdiction: Option<JurisdictionDto>,
    #[serde(deserialize_with = "lenient")]
    pricing_preview: Option<PricingDto>,
    #[serde(deserialize_with = "lenient")]
    requires_kyc_verification: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    has_kyc_on_file: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    signing_handoff: Option<HandoffDto>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PartnerDto {
    #[serde(deserialize_with = "lenient")]
    partner_name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    partner_country: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ActionDto {
    #[serde(rename = "type", deserialize_with = "lenient")]
    code: Option<String>,
    #[serde(deserialize_with = "lenient")]
    message: Option<String>,
    #[serde(deserialize_with = "lenient")]
    solution_url: Option<String>,
    #[serde(deserialize_with = "lenient")]
    is_blocking: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct JurisdictionDto {
    #[serde(deserialize_with = "lenient")]
    name: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PricingDto {
    #[serde(deserialize_with = "lenient")]
    base_success_fee_percentage: Option<Digits>,
    #[serde(deserialize_with = "lenient")]
    age_surcharge_percentage: Option<Digits>,
    #[serde(deserialize_with = "lenient")]
    total_success_fee_percentage: Option<Digits>,
    #[serde(deserialize_with = "lenient")]
    pricing_source: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pricing_source_description: Option<String>,
}

impl PreviewDto {
    pub(crate) fn read(self) -> Preview {
        let result = self.result;
        let partner = result.partner_assignment.unwrap_or_default();
        Preview {
            eligible: result.is_eligible.unwrap_or(false),
            ineligibility_reason: some_text(result.ineligibility_reason),
            partner: some_text(partner.partner_name),
            partner_country: some_text(partner.partner_country),
            jurisdiction: result
                .jurisdiction
                .and_then(|jurisdiction| some_text(jurisdiction.name)),
            pricing: result.pricing_preview.map(|pricing| {
                let percent = |digits: Option<Digits>| digits.map(|digits| digits.0);
                Pricing {
                    total_percent: percent(pricing.total_success_fee_percentage),
                    base_percent: percent(pricing.base_success_fee_percentage),
                    age_surcharge_percent: percent(pricing.age_surcharge_percentage),
                    source: some_text(pricing.pricing_source),
                    source_description: some_text(pricing.pricing_source_description),
                }
            }),
            required_actions: result
                .required_actions
                .into_iter()
                .map(|action| RequiredAction {
                    code: some_text(action.code).unwrap_or_default(),
                    message: some_text(action.message),
                    link: action
                        .solution_url
                        .and_then(|link| http_client::secure_link(&link)),
                    // Better asked once too often than a case refused after the user's yes.
                    blocking: action.is_blocking.unwrap_or(true),
                })
                .collect(),
            kyc_missing: result.requires_kyc_verification.unwrap_or(false)
                && !result.has_kyc_on_file.unwrap_or(false),
            signing_url: result.signing_handoff.and_then(HandoffDto::link),
        }
    }
}
