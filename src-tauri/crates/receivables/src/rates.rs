//! Rough dollar values, only to warn: Debitura states its thresholds in USD, and its preview alone decides.

use crate::Money;

/// The month whose rounded market rates the table holds.
pub const RATES_AS_OF: &str = "2026-01";

/// US cents for one major unit, rounded. A currency that is not listed gets no warning rather than a wrong one.
const CENTS_PER_UNIT: [(&str, f64); 36] = [
    ("AED", 27.2),
    ("AUD", 66.0),
    ("BGN", 60.0),
    ("BHD", 265.0),
    ("BRL", 18.5),
    ("CAD", 72.0),
    ("CHF", 125.0),
    ("CLP", 0.11),
    ("CNY", 14.2),
    ("CZK", 4.8),
    ("DKK", 15.7),
    ("EUR", 117.0),
    ("GBP", 134.0),
    ("HKD", 12.8),
    ("HUF", 0.30),
    ("ILS", 31.0),
    ("INR", 1.12),
    ("ISK", 0.79),
    ("JOD", 141.0),
    ("JPY", 0.64),
    ("KRW", 0.069),
    ("KWD", 326.0),
    ("MXN", 5.6),
    ("NOK", 9.9),
    ("NZD", 58.0),
    ("OMR", 260.0),
    ("PLN", 27.7),
    ("RON", 23.0),
    ("SAR", 26.7),
    ("SEK", 10.8),
    ("SGD", 77.5),
    ("THB", 3.2),
    ("TND", 34.0),
    ("UGX", 0.028),
    ("USD", 100.0),
    ("ZAR", 6.0),
];

/// Roughly how many US dollars an amount is worth. Good to about a tenth; never shown as a figure, never sent.
pub fn approximate_usd(amount: Money) -> Option<f64> {
    let (_, cents) = CENTS_PER_UNIT
        .iter()
        .find(|(code, _)| *code == amount.currency.code())?;
    #[expect(
        clippy::cast_precision_loss,
        reason = "an order of magnitude is all that is asked for"
    )]
    let units = amount.minor as f64 / 10_f64.powi(amount.currency.exponent().cast_signed());
    Some(units * cents / 100.0)
}
