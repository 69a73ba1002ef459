//! What holds for every table: no field twice, the same answer again, memory first, reasons given.

use std::collections::BTreeMap;

use bulk_import::mapping::{Column, Evidence, Remembered, fingerprint, suggest};
use proptest::prelude::*;
use receivables::Field;

use super::{field_of, proposed};

fn names() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(vec![
            "Invoice Number",
            "Fakturanr.",
            "Beløb",
            "Saldo",
            "Betrag EUR",
            "Offen",
            "Name",
            "First name",
            "Last name",
            "Straße",
            "Hausnr.",
            "Ort",
            "PLZ",
            "E-mail",
            "Datum",
            "Fällig",
            "Échéance",
            "Währung",
            "",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,40}",
    ]
}

fn values() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(vec![
            "",
            "12.03.2026",
            "1.234,56",
            "DKK",
            "Holm ApS",
            "a@b.example",
            "-",
            "€",
            "(",
            "0"
        ])
        .prop_map(str::to_owned),
        "\\PC{0,30}",
        "[0-9.,'() €-]{1,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_table_gets_an_answer_that_uses_no_field_twice(
        table in prop::collection::vec((names(), prop::collection::vec(values(), 0..8)), 0..14)
    ) {
        let columns: Vec<Column<'_>> = table
            .iter()
            .map(|(name, values)| Column { name, values: values.iter().map(String::as_str).collect() })
            .collect();
        let suggestions = suggest(&columns, None);
        prop_assert_eq!(suggestions.len(), columns.len());
        let mut uses: BTreeMap<Field, usize> = BTreeMap::new();
        for suggestion in &suggestions {
            prop_assert!((0.0..=1.0).contains(&suggestion.confidence));
            prop_assert!(!suggestion.reason.to_string().is_empty(), "a proposal without a reason cannot be checked");
            if let Some(field) = suggestion.field {
                *uses.entry(field).or_default() += 1;
            }
        }
        for (field, count) in uses {
            let most = if matches!(field, Field::DebtorName | Field::DebtorAddress) { 2 } else { 1 };
            prop_assert!(count <= most, "{} given {} times", field, count);
        }
    }
}

const DANISH: &str = "Fakturanr.|Kundenavn|Fakturadato|Forfaldsdato|Valuta|Restbeløb
     20311|Holm Byg ApS|03-04-2026|17-04-2026|DKK|1.250,00
     20312|Skov A/S|05-04-2026|19-04-2026|DKK|840,50";

#[test]
fn the_same_table_gets_the_same_answer() {
    let format = |answer: Vec<_>| format!("{answer:?}");
    assert_eq!(
        format(proposed(DANISH)),
        format(proposed(DANISH)),
        "a mapping that changes by itself cannot be trusted"
    );
}

#[test]
fn reasons_name_the_evidence() {
    let proposed = proposed(DANISH);
    let reason = |name: &str| {
        proposed
            .iter()
            .find(|(known, _)| known == name)
            .unwrap()
            .1
            .reason
            .to_string()
    };
    assert_eq!(
        reason("Forfaldsdato"),
        "header ‹Forfaldsdato› is a known name for due date; 2 of 2 values are dates; each is on or after the case date"
    );
    assert!(
        reason("Restbeløb").contains("2 of 2 values are amounts"),
        "{}",
        reason("Restbeløb")
    );
}

#[test]
fn what_was_remembered_goes_first_and_its_field_to_nobody_else() {
    let table = super::table(DANISH);
    let columns: Vec<Column<'_>> = table
        .iter()
        .map(|(name, values)| Column {
            name,
            values: values.iter().map(String::as_str).collect(),
        })
        .collect();
    let remembered = Remembered {
        columns: vec![
            ("KUNDENAVN".to_owned(), Some(Field::Comments)),
            ("Valuta".to_owned(), None),
        ],
        when: Some("3 April 2026".to_owned()),
    };
    let suggestions = suggest(&columns, Some(&remembered));
    assert_eq!(
        suggestions[1].field,
        Some(Field::Comments),
        "the user's own choice wins, however odd"
    );
    assert_eq!(
        suggestions[4].field, None,
        "a column the user left out stays out"
    );
    assert_eq!(
        suggestions[1].reason.to_string(),
        "used from your import of 3 April 2026"
    );
    assert!(matches!(
        suggestions[4].reason.0[0],
        Evidence::Remembered { .. }
    ));
    assert_eq!(
        suggestions[0].field,
        Some(Field::CreditorReference),
        "what is not remembered is proposed as ever"
    );
}

#[test]
fn fingerprints_know_a_table_again() {
    let headers = |text: &str| fingerprint(text.split('|'));
    assert_eq!(
        headers("Fakturanr.|Beløb|Dato"),
        headers("DATO|Fakturanr|Beløb")
    );
    assert_ne!(
        headers("Fakturanr.|Beløb"),
        headers("Fakturanr.|Beløb|Dato")
    );
}

#[test]
fn a_table_of_something_else_stays_blank() {
    let proposed = proposed(
        "Sensor|Temperature|Humidity|Battery
         A-17|21.4|40|yes
         A-18|20.9|42|no
         A-19|22.0|39|yes",
    );
    for name in ["Temperature", "Humidity", "Battery"] {
        assert_eq!(
            field_of(&proposed, name),
            "-",
            "{name} is no field of a case"
        );
    }
}

#[test]
fn the_shipped_weights_are_those_of_the_card() {
    let weights = include_bytes!("../../src/mapping/weights.bin");
    let sum = weights
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
    let card = include_str!("../../training/MODEL_CARD.md");
    assert!(
        card.contains(&format!("{sum:016x}")),
        "train again: the card describes other weights than {sum:016x}"
    );
    assert!(
        weights.len() < 1_000_000,
        "the weights ship with the application"
    );
}
