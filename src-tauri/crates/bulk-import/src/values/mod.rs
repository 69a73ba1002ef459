//! What single texts mean: amounts, dates, countries, currencies, kinds of debtor, ways to reach them. A text is read
//! in one stated format or not at all; which format a column is in, all its values decide together.

mod amount;
mod contact;
mod currency;
mod date;
mod debtor_type;
mod place;
mod survey;

pub use amount::{Amount, AmountFault, DecimalSign, read_amount};
pub use contact::{EmailFault, read_email, read_phone};
pub use currency::{CurrencyText, read_currency};
pub use date::{DateFault, DateOrder, read_date};
pub use debtor_type::read_debtor_type;
pub use place::{ZipCity, split_zip_city};
pub use receivables::read_country;
pub use survey::{Kind, Survey, survey, survey_with};

/// A text as value mappings compare it.
pub use receivables::fold;
