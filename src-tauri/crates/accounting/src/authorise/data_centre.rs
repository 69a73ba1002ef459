use super::Origin;

/// One region of Zoho: organisations, codes and tokens of one are unknown to the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataCentre {
    /// As in the callback: `us`, `eu`, `in`, …
    pub location: String,
    /// Where codes are exchanged and tokens refreshed.
    pub accounts: Origin,
    /// Where Zoho Books answers. The first is used where a token does not say.
    pub apis: Vec<Origin>,
}

/// The regions that are trusted. The callback names its region in a query that anybody can write, so it chooses from
/// this list and cannot add to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataCentres(Vec<DataCentre>);

impl DataCentres {
    /// Zoho's public regions. Both spellings of the API's address that Zoho's pages use are known.
    pub fn production() -> Self {
        const LISTED: [(&str, &str, [&str; 2]); 9] = [
            (
                "us",
                "https://accounts.zoho.com",
                ["https://www.zohoapis.com", "https://api.zoho.com"],
            ),
            (
                "eu",
                "https://accounts.zoho.eu",
                ["https://www.zohoapis.eu", "https://api.zoho.eu"],
            ),
            (
                "in",
                "https://accounts.zoho.in",
                ["https://www.zohoapis.in", "https://api.zoho.in"],
            ),
            (
                "au",
                "https://accounts.zoho.com.au",
                ["https://www.zohoapis.com.au", "https://api.zoho.com.au"],
            ),
            (
                "jp",
                "https://accounts.zoho.jp",
                ["https://www.zohoapis.jp", "https://api.zoho.jp"],
            ),
            (
                "ca",
                "https://accounts.zohocloud.ca",
                ["https://www.zohoapis.ca", "https://api.zohocloud.ca"],
            ),
            (
                "cn",
                "https://accounts.zoho.com.cn",
                ["https://www.zohoapis.com.cn", "https://api.zoho.com.cn"],
            ),
            (
                "sa",
                "https://accounts.zoho.sa",
                ["https://www.zohoapis.sa", "https://api.zoho.sa"],
            ),
            // Zoho lists its accounts server, though not yet Books behind it.
            (
                "uk",
                "https://accounts.zoho.uk",
                ["https://www.zohoapis.uk", "https://api.zoho.uk"],
            ),
        ];
        Self(
            LISTED
                .iter()
                .map(|(location, accounts, apis)| DataCentre {
                    location: (*location).to_owned(),
                    accounts: Origin::listed(accounts),
                    apis: apis.iter().map(|api| Origin::listed(api)).collect(),
                })
                .collect(),
        )
    }

    /// Regions played by a sandbox. Every [`Origin`] in them is on this computer or built in, by its type.
    pub fn sandbox(centres: Vec<DataCentre>) -> Self {
        Self(centres)
    }

    pub fn iter(&self) -> impl Iterator<Item = &DataCentre> {
        self.0.iter()
    }

    pub fn at(&self, location: &str) -> Option<&DataCentre> {
        self.0.iter().find(|centre| centre.location == location)
    }

    /// The region whose accounts server is written exactly like this.
    pub fn of_accounts(&self, server: &str) -> Option<&DataCentre> {
        self.0
            .iter()
            .find(|centre| centre.accounts.as_str() == server)
    }
}

impl DataCentre {
    /// The API's address that a token answer names, if it is one of this region.
    pub fn api(&self, named: Option<&str>) -> Option<&Origin> {
        match named {
            None => self.apis.first(),
            Some(named) => self.apis.iter().find(|api| api.as_str() == named),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exact_servers_are_trusted() {
        let centres = DataCentres::production();
        for centre in centres.iter() {
            assert_eq!(centres.of_accounts(centre.accounts.as_str()), Some(centre));
            assert_eq!(centres.at(&centre.location), Some(centre));
        }
        for hostile in [
            "https://accounts.zoho.eu.evil.example",
            "https://accounts.zoho.eu@evil.example",
            "https://accounts.zoho.eu:444",
            "https://accounts.zoho.eu/",
            "https://accounts.zoho.eu/..",
            "http://accounts.zoho.eu",
            "https://ACCOUNTS.zoho.eu",
            "https://accounts.zoho.eu\u{0}",
            "https://accounts.zoho.eu%2eevil.example",
            "https://accounts.zohо.eu",
            "//accounts.zoho.eu",
            "http://127.0.0.1",
            "",
        ] {
            assert_eq!(centres.of_accounts(hostile), None, "{hostile}");
        }
    }

    #[test]
    fn an_api_of_another_region_or_of_nobody_is_refused() {
        let centres = DataCentres::production();
        let eu = centres.at("eu").unwrap();
        assert_eq!(
            eu.api(None).map(Origin::as_str),
            Some("https://www.zohoapis.eu")
        );
        assert!(eu.api(Some("https://api.zoho.eu")).is_some());
        for hostile in [
            "https://www.zohoapis.com",
            "https://www.zohoapis.eu.evil.example",
            "http://www.zohoapis.eu",
            "",
        ] {
            assert_eq!(eu.api(Some(hostile)), None, "{hostile}");
        }
    }
}
