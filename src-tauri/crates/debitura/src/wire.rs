//! Reading JSON leniently.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use serde::de::{DeserializeOwned, Deserializer};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A field that counts as absent when it is null or of another type than expected. Use with `#[serde(default)]`.
pub(crate) fn lenient<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let raw = <&RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str(raw.get()).ok())
}

/// A list without those elements that are not of the expected shape; empty when it is no list at all.
pub(crate) fn lenient_list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let raw = <&RawValue>::deserialize(deserializer)?;
    let elements: Vec<&RawValue> = serde_json::from_str(raw.get()).unwrap_or_default();
    Ok(elements
        .into_iter()
        .filter_map(|element| serde_json::from_str(element.get()).ok())
        .collect())
}

/// Text with something in it.
pub(crate) fn some_text(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

/// The digits of a JSON number, or of a number written as text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Digits(pub(crate) String);

impl<'de> Deserialize<'de> for Digits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Owned, because `lenient` has taken the text out of its surroundings already.
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = raw.get().trim().trim_matches('"');
        if text.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(serde::de::Error::custom("not a number"))
        }
    }
}

/// A point in time. Some answers leave the zone out; those are UTC (as Debitura's own tool server treats them).
pub(crate) fn timestamp(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    text.parse::<Timestamp>().ok().or_else(|| {
        let naive: DateTime = text.parse().ok()?;
        Offset::UTC.to_timestamp(naive).ok()
    })
}

/// A calendar date, sent as a date or as a date-time. The date is taken as written: these fields hold no time of day,
/// and converting a zone could move them to the day before.
pub(crate) fn date(text: &str) -> Option<Date> {
    text.trim().get(..10)?.parse().ok()
}

pub(crate) fn timestamp_of(text: Option<String>) -> Option<Timestamp> {
    text.as_deref().and_then(timestamp)
}

pub(crate) fn date_of(text: Option<String>) -> Option<Date> {
    // 0001-01-01 is how .NET writes a date that was never set.
    text.as_deref()
        .and_then(date)
        .filter(|date| date.year() > 1)
}

/// A number of JSON, given as its digits.
///
/// `digits` comes from [`receivables::Money::decimal`], so it always is one.
pub(crate) fn json_number(digits: String) -> JsonNumber {
    JsonNumber(RawValue::from_string(digits).expect("decimal digits are a JSON number"))
}

#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct JsonNumber(Box<RawValue>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_without_a_zone_are_utc() {
        let expected: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
        for text in [
            "2026-03-01T10:00:00",
            "2026-03-01T10:00:00Z",
            "2026-03-01T10:00:00.000",
            "2026-03-01T11:00:00+01:00",
        ] {
            assert_eq!(timestamp(text), Some(expected), "{text}");
        }
        assert_eq!(timestamp("yesterday"), None);
    }

    #[test]
    fn dates_stay_as_written() {
        let expected: Date = "2026-03-01".parse().unwrap();
        for text in [
            "2026-03-01",
            "2026-03-01T00:00:00",
            "2026-03-01T23:00:00Z",
            "2026-03-01T00:00:00+02:00",
        ] {
            assert_eq!(date(text), Some(expected), "{text}");
        }
        assert_eq!(date("2026-3-1"), None);
        assert_eq!(date("ééééééé"), None);
        assert_eq!(date_of(Some("0001-01-01T00:00:00".into())), None);
    }
}
