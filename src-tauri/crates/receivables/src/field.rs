//! The fields of a case, by the names that the command line, saved mappings and the page share.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One field of a collection case. The order is the order in which people read a case.
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    CreditorReference,
    CaseDate,
    DueDate,
    Amount,
    Currency,
    DebtorName,
    DebtorType,
    DebtorEmail,
    DebtorPhone,
    DebtorAddress,
    DebtorCity,
    DebtorZip,
    DebtorState,
    DebtorCountry,
    CompanyRegistrationNumber,
    ContactPerson,
    Description,
    Comments,
}

impl Field {
    /// Every field, in reading order.
    pub const ALL: [Field; 18] = [
        Field::CreditorReference,
        Field::CaseDate,
        Field::DueDate,
        Field::Amount,
        Field::Currency,
        Field::DebtorName,
        Field::DebtorType,
        Field::DebtorEmail,
        Field::DebtorPhone,
        Field::DebtorAddress,
        Field::DebtorCity,
        Field::DebtorZip,
        Field::DebtorState,
        Field::DebtorCountry,
        Field::CompanyRegistrationNumber,
        Field::ContactPerson,
        Field::Description,
        Field::Comments,
    ];

    /// The name scripts and files use.
    pub fn name(self) -> &'static str {
        match self {
            Field::CreditorReference => "creditor_reference",
            Field::CaseDate => "case_date",
            Field::DueDate => "due_date",
            Field::Amount => "amount",
            Field::Currency => "currency",
            Field::DebtorName => "debtor_name",
            Field::DebtorType => "debtor_type",
            Field::DebtorEmail => "debtor_email",
            Field::DebtorPhone => "debtor_phone",
            Field::DebtorAddress => "debtor_address",
            Field::DebtorCity => "debtor_city",
            Field::DebtorZip => "debtor_zip",
            Field::DebtorState => "debtor_state",
            Field::DebtorCountry => "debtor_country",
            Field::CompanyRegistrationNumber => "company_registration_number",
            Field::ContactPerson => "contact_person",
            Field::Description => "description",
            Field::Comments => "comments",
        }
    }

    /// Whether a correction of this field belongs to the debtor and so serves all their invoices.
    pub fn belongs_to_debtor(self) -> bool {
        matches!(
            self,
            Field::DebtorName
                | Field::DebtorType
                | Field::DebtorEmail
                | Field::DebtorPhone
                | Field::DebtorAddress
                | Field::DebtorCity
                | Field::DebtorZip
                | Field::DebtorState
                | Field::DebtorCountry
                | Field::CompanyRegistrationNumber
                | Field::ContactPerson
        )
    }

    /// Whether the user may correct it, whatever the source. Amount and currency are what the source says is owed; claiming another sum is
    /// never a slip of this application.
    pub fn correctable(self) -> bool {
        !matches!(self, Field::Amount | Field::Currency)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Field {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Field::ALL
            .into_iter()
            .find(|field| field.name() == text)
            .ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_order_agree_with_serde() {
        for field in Field::ALL {
            assert_eq!(
                serde_json::to_value(field).unwrap(),
                field.name(),
                "files and scripts must see one name"
            );
            assert_eq!(field.name().parse(), Ok(field));
        }
        assert!(Field::ALL.is_sorted());
    }
}
