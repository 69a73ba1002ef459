//! Mappings that are kept, written to files and laid over other tables.

use desk::wire::*;
use receivables::Field;
use sandbox::Options;
use serde_json::json;

use crate::at_work::{AtWork, by};
use crate::importing::{chosen, read, rows};

#[tokio::test(flavor = "multi_thread")]
async fn mappings_are_named_written_and_laid_over_other_files() {
    let work = AtWork::connected(Options::default()).await;
    let file =
        "Nr;Wer;Wann;Wieviel\nR1;Acme GmbH;03.04.2026;1.000,00\nR2;Bolt GmbH;13.04.2026;2.000,00\n";
    let opened = chosen(&work, "a.csv", file.as_bytes()).await.unwrap();
    let mut plan = opened.plan.clone();
    for (column, field) in plan.columns.iter_mut().zip([
        Field::CreditorReference,
        Field::DebtorName,
        Field::CaseDate,
        Field::Amount,
    ]) {
        column.field = Some(field);
    }
    plan.constants.insert(Field::Currency, "EUR".to_owned());
    let change = ChangeMapping {
        id: opened.id.clone(),
        plan,
    };
    let mapped: ImportView = work.call("change_mapping", change).await.unwrap();
    assert!(
        mapped.plan.columns[3].format.is_some(),
        "a column that became an amount has its format looked up"
    );
    let save = SaveMapping {
        import: opened.id.clone(),
        name: "Old ledger".to_owned(),
    };
    let saved: Mappings = work.call("save_mapping", save).await.unwrap();
    assert_eq!(saved.mappings[0].name.as_deref(), Some("Old ledger"));
    let exported: Exported = work
        .call("export_mapping", by(&saved.mappings[0].id))
        .await
        .unwrap();
    assert_eq!(exported.rows, 4);

    // Another order of columns, one more, and none of it in memory.
    let other = "Wieviel;Zusatz;Wer;Wann;Nr\n5,00;x;Core GmbH;14.04.2026;R9\n";
    let opened = chosen(&work, "b.csv", other.as_bytes()).await.unwrap();
    assert_eq!(opened.remembered, None);
    let apply = ApplyMapping {
        import: opened.id.clone(),
        mapping: saved.mappings[0].id.clone(),
    };
    let applied: ImportView = work.call("apply_mapping", apply).await.unwrap();
    let fields: Vec<_> = applied
        .plan
        .columns
        .iter()
        .map(|column| column.field)
        .collect();
    assert_eq!(
        fields,
        [
            Some(Field::Amount),
            None,
            Some(Field::DebtorName),
            Some(Field::CaseDate),
            Some(Field::CreditorReference)
        ]
    );
    let checked = read(&work, &opened.id).await;
    let amount = rows(&work, &checked).await[0].amount.clone().unwrap();
    assert_eq!(
        (amount.value.as_str(), amount.currency.as_str()),
        ("5.00", "EUR")
    );

    let written = work.folder.path().join("export.csv");
    std::fs::write(
        work.folder.path().join("chosen"),
        written.to_string_lossy().as_bytes(),
    )
    .unwrap();
    let laid: ImportView = work.call("choose_mapping", by(&opened.id)).await.unwrap();
    assert_eq!(laid.plan.columns[0].field, Some(Field::Amount));
    let deleted: Mappings = work
        .call("delete_mapping", by(&saved.mappings[0].id))
        .await
        .unwrap();
    assert!(
        deleted
            .mappings
            .iter()
            .all(|mapping| mapping.name.is_none())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_template_is_known_as_debituras_own() {
    let work = AtWork::connected(Options::default()).await;
    let _: Exported = work.call("save_template", json!({})).await.unwrap();
    let mut template = std::fs::read(work.folder.path().join("export.csv")).unwrap();
    template.extend_from_slice(
        b"1001,Acme Ltd,Jane Roe,Main Street 1,LS1,Leeds,,United Kingdom,a@acme.example,,2026-04-03,2026-04-13,100.00,GBP\n",
    );
    let opened = chosen(&work, "template.csv", &template).await.unwrap();
    assert!(opened.template);
    assert_eq!(opened.missing, [Field::DebtorType]);
    let unsure: Vec<_> = opened
        .plan
        .columns
        .iter()
        .filter(|column| column.field.is_none() || column.confidence < 0.9)
        .map(|column| (&column.name, column.field, column.confidence))
        .collect();
    assert!(unsure.is_empty(), "{unsure:?}");
}
