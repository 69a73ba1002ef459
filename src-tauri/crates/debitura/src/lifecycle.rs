use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! lifecycle {
    ($($variant:ident $label:literal),+ $(,)?) => {
        /// Where a case stands. Answers carry the label, filters take the name; both are read, in any case.
        ///
        /// Labels have changed before, so one that is not known is kept and can be shown.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Lifecycle {
            $(#[doc = $label] $variant,)+
            Other(String),
        }

        impl Lifecycle {
            pub fn read(text: &str) -> Self {
                let text = text.trim();
                $(
                    if text.eq_ignore_ascii_case($label) || text.eq_ignore_ascii_case(stringify!($variant)) {
                        return Self::$variant;
                    }
                )+
                Self::Other(text.to_owned())
            }

            /// What Debitura's own pages call it.
            pub fn label(&self) -> &str {
                match self {
                    $(Self::$variant => $label,)+
                    Self::Other(label) => label,
                }
            }

            /// The name that filters take, and that translations are keyed by.
            pub fn name(&self) -> Option<&'static str> {
                match self {
                    $(Self::$variant => Some(stringify!($variant)),)+
                    Self::Other(_) => None,
                }
            }
        }
    };
}

lifecycle! {
    PendingContractSigning "Pending contract signing",
    PendingVerificationInternal "Pending Verification Internal",
    PendingVerification "Pending Verification",
    NeedsAdditionalDetails "More Info Required",
    Leads "Collecting Quotes",
    LeadsQuoteGiven "Pending Quote Selection",
    Active "Active",
    Paused "Paused",
    Closed "Closed",
    Merged "Merged",
}

impl Lifecycle {
    /// Whether anything can still happen to the case. An unknown stage counts as open, so that it is followed on.
    pub fn is_open(&self) -> bool {
        !matches!(self, Self::Closed | Self::Merged)
    }
}

impl fmt::Display for Lifecycle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.label())
    }
}

impl Serialize for Lifecycle {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.label())
    }
}

impl<'de> Deserialize<'de> for Lifecycle {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::read(&String::deserialize(deserializer)?))
    }
}

/// Why a case was closed, in Debitura's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CloseCode(String);

impl CloseCode {
    pub fn new(label: impl Into<String>) -> Self {
        Self(label.into())
    }

    pub fn label(&self) -> &str {
        &self.0
    }

    /// Whether money came in. "Closed" alone does not say so: most close codes mean that nothing did.
    pub fn money_recovered(&self) -> bool {
        // Labels are spaced and capitalised freely across Debitura's pages.
        let letters: String = self
            .0
            .chars()
            .filter(char::is_ascii_alphabetic)
            .map(|letter| letter.to_ascii_lowercase())
            .collect();
        matches!(letters.as_str(), "paid" | "partiallypaid")
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_names_are_read_and_unknown_ones_kept() {
        assert_eq!(
            Lifecycle::read("More Info Required"),
            Lifecycle::NeedsAdditionalDetails
        );
        assert_eq!(
            Lifecycle::read("needsadditionaldetails"),
            Lifecycle::NeedsAdditionalDetails
        );
        let unknown = Lifecycle::read("Quote given by partner");
        assert_eq!(unknown.label(), "Quote given by partner");
        assert!(unknown.is_open());
        assert!(!Lifecycle::Merged.is_open());
    }

    #[test]
    fn only_two_close_codes_mean_money() {
        for label in ["Paid", "Partially paid", "PartiallyPaid"] {
            assert!(CloseCode::new(label).money_recovered(), "{label}");
        }
        for label in [
            "Debtor Insolvent/Bankrupt",
            "Debtor Untraceable",
            "Disputed – Legal Action Declined by Client",
            "Withdrawn by Client",
            "Pre-Legal Exhausted – No Payment",
            "Statute of Limitations Expired",
            "Settlement Rejected by Client",
            "Unresponsive Client",
            "Uneconomical to Pursue",
            "Other",
            "Case never started",
            "Case never started - Internal",
            "Invalid Case Data",
            "No Quotes Received",
            "Quotes Expired – Not Accepted",
            "Unpaid",
        ] {
            assert!(!CloseCode::new(label).money_recovered(), "{label}");
        }
    }
}
