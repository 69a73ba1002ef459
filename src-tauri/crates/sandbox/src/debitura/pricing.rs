//! Success fees. The table follows the published brackets; the exchange rates are invented, and every answer says so.

use jiff::Unit;
use jiff::civil::Date;

pub(super) const INVENTED: &str = "Invented by the sandbox: not a price that Debitura offers.";

const EUROPE: &str = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO GB CH";

/// Units of a currency to one US dollar, rounded so that nobody takes them for a quote.
fn units_per_dollar(currency: &str) -> f64 {
    match currency {
        "EUR" | "CHF" | "GBP" => 0.9,
        "DKK" => 7.0,
        "SEK" | "NOK" => 10.0,
        "PLN" => 4.0,
        "JPY" | "ISK" => 140.0,
        "HUF" => 360.0,
        "UGX" => 3_700.0,
        "KWD" => 0.3,
        _ => 1.0,
    }
}

pub(super) fn base_fee(amount: f64, currency: &str, alpha2: &str) -> f64 {
    let dollars = amount / units_per_dollar(currency);
    let europe = EUROPE.split(' ').any(|code| code == alpha2);
    let bracket = [1_000.0, 8_000.0, 75_000.0, 150_000.0]
        .iter()
        .filter(|floor| dollars >= **floor)
        .count();
    if europe {
        [20.0, 9.5, 9.5, 9.5, 6.0][bracket]
    } else {
        [30.0, 20.0, 15.0, 10.0, 7.5][bracket]
    }
}

/// Ten points over 12 full months, twenty over 24.
pub(super) fn age_uplift(due: Date, today: Date) -> f64 {
    let months = due
        .until((Unit::Month, today))
        .map_or(0, |span| span.get_months());
    match months {
        24.. => 20.0,
        12.. => 10.0,
        _ => 0.0,
    }
}

pub(super) fn blended_uplift(total: f64, [_, over_12, over_24]: [f64; 3]) -> f64 {
    let points = ((over_12 - over_24) * 10.0 + over_24 * 20.0) / total;
    (points * 100.0).round() / 100.0
}
