//! What the user decides lies over the facts, and is taken back step by step.

use proptest::prelude::*;
use receivables::{Correction, Field, SetAside};
use store::{Change, Scope};

use crate::support::{at, book, creditor, draft, folder, invoice_id, workspace};

fn correct(invoice: &str, field: Field, value: Option<&str>) -> Change {
    Change::Correct {
        scope: Scope::of(field, &draft(invoice).invoice()),
        field,
        to: value.map(|value| Correction {
            value: value.into(),
            replaced: Some("before".into()),
        }),
    }
}

#[tokio::test]
async fn a_correction_of_a_debtor_never_lies_over_an_invoice_of_the_same_number() {
    let (_directory, book) = book().await;
    let mut invoice = draft("12");
    invoice.debtor = "12".into();
    let invoice = invoice.invoice();
    let change = |field: Field, value: &str| Change::Correct {
        scope: Scope::of(field, &invoice),
        field,
        to: Some(Correction {
            value: value.into(),
            replaced: None,
        }),
    };
    book.change(
        workspace(1),
        "edit",
        vec![
            change(Field::DebtorCity, "Köln"),
            change(Field::Description, "goods"),
        ],
        at(1),
    )
    .await
    .unwrap();
    let overlays = book.overlays(workspace(1)).await.unwrap();
    let overlay = book
        .overlay(workspace(1), invoice.id.clone(), invoice.debtor.clone())
        .await
        .unwrap();
    assert_eq!(overlays.of(&invoice.id, &invoice.debtor), overlay);
    assert_eq!(overlay.get(Field::DebtorCity).unwrap().value, "Köln");

    let other = overlays.of(&invoice_id("13"), &invoice.debtor);
    assert_eq!(other.iter().count(), 1, "the debtor's serve all invoices");
    let elsewhere = book.overlays(workspace(2)).await.unwrap();
    assert_eq!(elsewhere, store::Overlays::default());
}

#[tokio::test]
async fn undo_and_redo_lead_back_and_forth_also_after_a_restart() {
    let (directory, folder) = folder();
    let book = folder.book().unwrap();
    book.insert_workspace(creditor(workspace(1), "Nordlys"))
        .await
        .unwrap();
    let empty = book.overlays(workspace(1)).await.unwrap();
    let first = book
        .change(
            workspace(1),
            "city",
            vec![correct("1", Field::DebtorCity, Some("Köln"))],
            at(1),
        )
        .await
        .unwrap();
    assert_eq!(first.touched, [Scope::Debtor(draft("1").invoice().debtor)]);
    let one = book.overlays(workspace(1)).await.unwrap();
    book.change(
        workspace(1),
        "city and aside",
        vec![
            correct("1", Field::DebtorCity, None),
            Change::SetAside {
                invoice: invoice_id("1"),
                to: Some(SetAside {
                    until: Some(jiff::civil::date(2026, 4, 1)),
                    because: "promised".into(),
                }),
            },
        ],
        at(2),
    )
    .await
    .unwrap();
    drop((book, folder));

    let folder = store::Folder::open(directory.path().join("data")).unwrap();
    let book = folder.book().unwrap();
    assert_eq!(
        book.undo_labels(workspace(1)).await.unwrap(),
        (Some("city and aside".into()), None)
    );
    let aside = book.set_aside(workspace(1), invoice_id("1")).await.unwrap();
    assert_eq!(aside.unwrap().aside.because, "promised");
    let undone = book.undo(workspace(1), at(3)).await.unwrap().unwrap();
    assert_eq!(undone.touched.len(), 2);
    assert_eq!(book.overlays(workspace(1)).await.unwrap(), one);
    assert!(book.all_set_aside(workspace(1)).await.unwrap().is_empty());
    book.undo(workspace(1), at(4)).await.unwrap().unwrap();
    assert_eq!(book.overlays(workspace(1)).await.unwrap(), empty);
    assert_eq!(book.undo(workspace(1), at(5)).await.unwrap(), None);

    book.redo(workspace(1), at(6)).await.unwrap().unwrap();
    assert_eq!(book.overlays(workspace(1)).await.unwrap(), one);
    book.redo(workspace(1), at(7)).await.unwrap().unwrap();
    assert_eq!(book.all_set_aside(workspace(1)).await.unwrap().len(), 1);
    assert_eq!(book.redo(workspace(1), at(8)).await.unwrap(), None);

    book.undo(workspace(1), at(9)).await.unwrap().unwrap();
    book.change(
        workspace(1),
        "another",
        vec![correct("2", Field::Comments, Some("x"))],
        at(10),
    )
    .await
    .unwrap();
    assert_eq!(
        book.redo(workspace(1), at(11)).await.unwrap(),
        None,
        "what was undone cannot come back over something newer"
    );
}

#[tokio::test]
async fn old_undo_steps_are_forgotten_and_empty_ones_never_kept() {
    let (_directory, book) = book().await;
    for number in 0..203 {
        let value = number.to_string();
        let change = correct("1", Field::Comments, Some(&value));
        book.change(workspace(1), &value, vec![change.clone()], at(number))
            .await
            .unwrap();
        let nothing = book
            .change(workspace(1), "again", vec![change], at(number))
            .await
            .unwrap();
        assert_eq!(nothing.touched, []);
    }
    let mut undone = 0;
    while book.undo(workspace(1), at(500)).await.unwrap().is_some() {
        undone += 1;
    }
    assert_eq!(undone, 200);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn undoing_every_step_restores_every_state_on_the_way(
        steps in prop::collection::vec(
            prop::collection::vec((0_u8..3, prop::sample::select(vec![Field::DebtorCity, Field::Comments, Field::DueDate]), prop::option::of("[a-c]{0,2}")), 1..4),
            1..8,
        )
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (_directory, book) = book().await;
            let mut states = vec![book.overlays(workspace(1)).await.unwrap()];
            for step in steps {
                let changes = step
                    .iter()
                    .map(|(invoice, field, value)| correct(&invoice.to_string(), *field, value.as_deref()))
                    .collect();
                let changed = book.change(workspace(1), "step", changes, at(1)).await.unwrap();
                if !changed.touched.is_empty() {
                    states.push(book.overlays(workspace(1)).await.unwrap());
                }
            }
            for state in states.iter().rev().skip(1) {
                book.undo(workspace(1), at(2)).await.unwrap().unwrap();
                assert_eq!(&book.overlays(workspace(1)).await.unwrap(), state);
            }
            assert_eq!(book.undo(workspace(1), at(2)).await.unwrap(), None);
            for state in states.iter().skip(1) {
                book.redo(workspace(1), at(3)).await.unwrap().unwrap();
                assert_eq!(&book.overlays(workspace(1)).await.unwrap(), state);
            }
        });
    }
}
