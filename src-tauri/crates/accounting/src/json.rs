use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer};
use serde_json::value::RawValue;

/// A field that counts as absent when it is null or of another type than expected. Use with `#[serde(default)]`.
pub(crate) fn lenient<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str(raw.get()).ok())
}

/// JSON without the white space between its parts; texts and the digits of numbers stay as they are.
pub(crate) fn compact(json: &str) -> String {
    let mut compact = String::with_capacity(json.len());
    let mut in_text = false;
    let mut escaped = false;
    for character in json.chars() {
        if in_text {
            in_text = escaped || character != '"';
            escaped = !escaped && character == '\\';
        } else if matches!(character, ' ' | '\t' | '\r' | '\n') {
            continue;
        } else {
            in_text = character == '"';
        }
        compact.push(character);
    }
    compact
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_and_numbers_survive() {
        assert_eq!(
            compact("{ \"a b\\\" c\\\\\" :\n [ 1.10 , 12345678901234567890123 ] }"),
            "{\"a b\\\" c\\\\\":[1.10,12345678901234567890123]}"
        );
    }

    proptest! {
        #[test]
        fn the_same_document(texts in prop::collection::vec(".{0,12}", 0..6)) {
            let value = serde_json::json!({ "list": texts, "nested": { "empty": {} } });
            let pretty = serde_json::to_string_pretty(&value).unwrap();
            prop_assert_eq!(compact(&pretty), serde_json::to_string(&value).unwrap());
        }
    }
}
