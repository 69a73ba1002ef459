//! What single texts mean: amounts, dates, countries, currencies, kinds of debtor, ways to reach them. A text is read
//! in one stated format or not at all; which format a column is in, all its values decide together.

mod amount;
mod contact;
mod country;
mod currency;
mod date;
mod debtor_type;
mod place;
mod survey;

pub use amount::{Amount, AmountFault, DecimalSign, read_amount};
pub use contact::{EmailFault, read_email, read_phone};
pub use country::read_country;
pub use currency::{CurrencyText, read_currency};
pub use date::{DateFault, DateOrder, read_date};
pub use debtor_type::read_debtor_type;
pub use place::{ZipCity, split_zip_city};
pub use survey::{Kind, Survey, survey};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A text as value mappings compare it: lower case, accents off, one space between words.
pub fn fold(text: &str) -> String {
    folded(text.trim())
}

/// A text as it is compared: lower case, accents off, one space between words.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text
        .nfd()
        .filter(|letter| !is_combining_mark(*letter))
        .flat_map(char::to_lowercase)
    {
        match letter {
            'ø' => folded.push('o'),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ß' => folded.push_str("ss"),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            'þ' => folded.push_str("th"),
            '’' | '`' | '´' => folded.push('\''),
            letter if letter.is_whitespace() => {
                if !folded.is_empty() && !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            letter => folded.push(letter),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}
