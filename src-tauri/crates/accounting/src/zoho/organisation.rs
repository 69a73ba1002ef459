use super::dto::{OrganisationDto, Organisations};
use super::{Api, get, parse, read};
use crate::Fault;

/// A company as Zoho Books keeps it. Whoever signs in may belong to several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    pub id: String,
    pub name: String,
    /// In which its books are kept, in capitals.
    pub currency: Option<String>,
    /// Where Zoho says it; most answers do not.
    pub country: Option<String>,
    /// By its name in the time zone database, such as `Europe/Copenhagen`.
    pub time_zone: Option<String>,
    pub is_default: bool,
    /// One that is not cannot be read.
    pub is_active: bool,
}

pub(super) async fn list(api: &Api) -> Result<Vec<Organisation>, Fault> {
    let answer = api
        .get(get("GET organizations", &["organizations"]))
        .await?;
    let listed: Organisations = read(&answer)?;
    let mut all: Vec<Organisation> = listed
        .organizations
        .iter()
        .filter_map(|raw| {
            let dto: OrganisationDto = parse(raw);
            let id = dto.organization_id?;
            Some(Organisation {
                name: dto.name.unwrap_or_else(|| id.clone()),
                id,
                currency: dto.currency_code.map(|code| code.to_ascii_uppercase()),
                country: dto.country,
                time_zone: dto.time_zone,
                is_default: dto.is_default_org == Some(true),
                is_active: dto.is_org_active != Some(false),
            })
        })
        .collect();
    // Stable, so the rest stays in Zoho's order.
    all.sort_by_key(|organisation| (!organisation.is_active, !organisation.is_default));
    Ok(all)
}
