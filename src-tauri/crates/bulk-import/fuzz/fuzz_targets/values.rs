//! Any text as any value: no panic, and what is read without a stated order or sign is read the same with each that
//! fits.
#![no_main]

use bulk_import::values::{
    DateOrder, DecimalSign, read_amount, read_country, read_currency, read_date, read_debtor_type,
    read_email, read_phone, split_zip_city,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(amount) = read_amount(text, None) {
        for sign in [DecimalSign::Point, DecimalSign::Comma] {
            assert_eq!(read_amount(text, Some(sign)).as_ref(), Ok(&amount));
        }
    }
    if let Ok(date) = read_date(text, None) {
        for order in DateOrder::ALL {
            assert!(
                read_date(text, Some(order)).is_ok_and(|other| other == date)
                    || read_date(text, Some(order)).is_err()
            );
        }
    }
    let _ = (
        read_country(text),
        read_currency(text),
        read_debtor_type(text),
        read_email(text),
        read_phone(text),
    );
    let _ = split_zip_city(text);
});
