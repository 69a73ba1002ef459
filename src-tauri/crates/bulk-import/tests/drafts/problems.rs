//! What is wrong with a row is said with row, column and remedy; nothing is read silently wrong.

use std::collections::BTreeMap;

use bulk_import::plan::{Plan, Split};
use bulk_import::rows::{Drafts, Entry, Reader};
use bulk_import::table::Role;
use receivables::Field;

use crate::{codes, drafts, open, plan};

#[test]
fn negative_amounts_are_problems_not_claims() {
    let table = open(
        "Invoice;Amount;Text\n1;-100,00;a\n2;(100,00);b\n3;100,00-;c\n4;100,00 CR;d\n5;100,00;e\n",
    );
    let mut plan = plan(
        &table,
        &[
            ("Invoice", Field::CreditorReference),
            ("Amount", Field::Amount),
        ],
    );
    plan.constants.insert(Field::Currency, "EUR".to_owned());
    let drafts = drafts(&table, &plan);
    for draft in &drafts[..4] {
        assert_eq!(
            (codes(draft), draft.value(Field::Amount)),
            (vec!["amount_negative"], Some("-100.00"))
        );
        assert!(draft.is_blocked());
    }
    let problem = &drafts[0].problems[0];
    assert_eq!(
        (problem.row, problem.column, problem.field),
        (2, Some(1), Some(Field::Amount))
    );
    assert!(problem.what.contains("“-100,00”"), "{}", problem.what);
    assert!(drafts[4].problems.is_empty());
}

#[test]
fn currencies_beside_in_columns_and_for_all_rows_must_agree() {
    let table = open(
        "Invoice;Amount;Currency\n1;€ 10,00;\n2;10,00 kr.;\n3;$10,00;USD\n4;10,00 EUR;DKK\n5;10,00;kr\n6;10,005;EUR\n7;10,00;Taler\n",
    );
    let mut plan = plan(
        &table,
        &[("Amount", Field::Amount), ("Currency", Field::Currency)],
    );
    let read = |plan: &Plan| -> Vec<(Option<String>, Vec<&'static str>)> {
        drafts(&table, plan)
            .iter()
            .map(|draft| {
                (
                    draft.value(Field::Currency).map(str::to_owned),
                    codes(draft),
                )
            })
            .collect()
    };
    let some = |code: &str| Some(code.to_owned());
    let without = read(&plan);
    assert_eq!(without[0], (some("EUR"), vec![]));
    assert_eq!(
        without[1],
        (None, vec!["currency_ambiguous"]),
        "kroner of four countries"
    );
    assert_eq!(without[2], (some("USD"), vec![]));
    assert_eq!(without[3], (None, vec!["currency_differs"]));
    assert_eq!(without[4], (None, vec!["currency_ambiguous"]));
    assert_eq!(
        without[5],
        (some("EUR"), vec!["amount_too_precise"]),
        "rounding would change what is owed"
    );
    assert_eq!(without[6], (None, vec!["currency_unreadable"]));

    plan.constants.insert(Field::Currency, "DKK".to_owned());
    let with = read(&plan);
    assert_eq!(
        with[0],
        (None, vec!["currency_differs"]),
        "what stands for all rows does not overrule a sign"
    );
    assert_eq!(
        with[1],
        (some("DKK"), vec![]),
        "the user has said which kroner"
    );
    assert_eq!(with[4], (some("DKK"), vec![]));

    plan.constants.clear();
    plan.values.insert(
        Field::Currency,
        BTreeMap::from([
            ("KR".to_owned(), "SEK".to_owned()),
            ("taler".to_owned(), "EUR".to_owned()),
        ]),
    );
    let mapped = read(&plan);
    assert_eq!(mapped[4], (some("SEK"), vec![]));
    assert_eq!(mapped[6], (some("EUR"), vec![]));
}

#[test]
fn names_and_addresses_join_and_postcode_and_city_part() {
    let table = open(
        "No;Last;First;Street;Street 2;Town\n1;Holm;Anna;Søgade 1;2. tv;2100 København Ø\n2;Bech;;Nygade 2;;Aarhus\n3;Lund;Bo;;;\n",
    );
    let mut plan = plan(
        &table,
        &[
            ("Last", Field::DebtorName),
            ("First", Field::DebtorName),
            ("Street", Field::DebtorAddress),
            ("Street 2", Field::DebtorAddress),
            ("Town", Field::DebtorCity),
        ],
    );
    plan.columns[2].part = Some(0);
    plan.columns[5].split = Some(Split::ZipCity);
    let drafts = drafts(&table, &plan);
    assert_eq!(drafts[0].value(Field::DebtorName), Some("Anna Holm"));
    assert_eq!(drafts[0].values[&Field::DebtorName].columns, [2, 1]);
    assert_eq!(
        drafts[0].value(Field::DebtorAddress),
        Some("Søgade 1, 2. tv")
    );
    assert_eq!(
        (
            drafts[0].value(Field::DebtorZip),
            drafts[0].value(Field::DebtorCity)
        ),
        (Some("2100"), Some("København Ø"))
    );
    assert_eq!(drafts[1].value(Field::DebtorName), Some("Bech"));
    assert_eq!(codes(&drafts[1]), ["zip_city_unclear"]);
    assert_eq!(
        codes(&drafts[2]),
        [""; 0],
        "blank cells are for the rules of the trade to miss"
    );
}

#[test]
fn texts_are_read_in_any_language_or_named() {
    let table = open(
        "No;Land;Type;Mail;Phone\n1;Tyskland;Privat;a@b.dk;+45 12 34 56 78\n2;Narnia;Drage;nix;12\n3;;;a@b.dk, c@d.dk;\n",
    );
    let fields = [
        ("Land", Field::DebtorCountry),
        ("Type", Field::DebtorType),
        ("Mail", Field::DebtorEmail),
        ("Phone", Field::DebtorPhone),
    ];
    let mut plan = plan(&table, &fields);
    plan.constants
        .insert(Field::DebtorCountry, "Danmark".to_owned());
    let drafts = drafts(&table, &plan);
    assert_eq!(
        (
            drafts[0].value(Field::DebtorCountry),
            drafts[0].value(Field::DebtorType)
        ),
        (Some("DE"), Some("private"))
    );
    assert_eq!(
        codes(&drafts[1]),
        [
            "debtor_type_unreadable",
            "email_unreadable",
            "phone_unreadable",
            "country_unreadable"
        ]
    );
    assert_eq!(
        drafts[2].value(Field::DebtorCountry),
        Some("DK"),
        "the constant serves where the cell is blank"
    );
    assert_eq!(
        (codes(&drafts[2]), drafts[2].is_blocked()),
        (vec!["email_several"], false)
    );
}

#[test]
fn flawed_rows_say_where_and_what() {
    let table = open(
        "Invoice,Customer,Amount\n1,\"Acme\",10.00\n2,\"Brown,20.00\n3,Clark, Sons,30.00\n4,D\u{fffd}nn,40.00\n",
    );
    let plan = plan(
        &table,
        &[
            ("Invoice", Field::CreditorReference),
            ("Customer", Field::DebtorName),
            ("Amount", Field::Amount),
        ],
    );
    let drafts = drafts(&table, &plan);
    let said: Vec<_> = drafts
        .iter()
        .flat_map(|draft| &draft.problems)
        .map(|problem| (problem.row, problem.column, problem.code.name()))
        .collect();
    assert_eq!(
        said,
        [
            (3, None, "row_quote_not_closed"),
            (4, None, "row_surplus_cells"),
            (5, Some(1), "row_unreadable_characters")
        ]
    );
    assert!(
        drafts[2].values.is_empty(),
        "30.00 stands in no column we know"
    );
}

#[test]
fn sums_are_left_out_by_name() {
    let table = open(
        "Invoice;Customer;Date;Amount\n1;Acme;2026-01-02;10,00\n2;Brown;2026-01-03;20,00\nTotal;;;30,00\n",
    );
    let plan = plan(&table, &[("Amount", Field::Amount)]);
    let last = Drafts::of(&table, &plan).unwrap().last().unwrap().unwrap();
    assert!(matches!(last, Entry::LeftOut { role: Role::Total, row } if row.number == 4));
}

#[test]
fn a_plan_reads_back_from_its_document() {
    let document = serde_json::json!({
        "dialect": {"delimiter": ";", "encoding": "windows-1252"},
        "header_row": 0,
        "columns": [
            {"index": 0, "name": "Fakturanr.", "field": "creditor_reference", "confidence": 0.97, "reason": "…",
             "alternatives": [{"field": "description", "confidence": 0.01}], "format": null},
            {"index": 1, "name": "Beløb", "field": "amount", "confidence": 0.9, "reason": "", "alternatives": [],
             "format": {"decimal": ",", "date_order": null, "evidence": "…"}},
            {"index": 2, "name": "x", "field": null}
        ],
        "constants": {"currency": "DKK"}
    });
    let plan: Plan = serde_json::from_value(document).unwrap();
    assert_eq!(plan.columns_of(Field::Amount)[0].index, 1);
    assert_eq!(plan.choice().delimiter, Some(';'));
    let again: Plan = serde_json::from_value(serde_json::to_value(&plan).unwrap()).unwrap();
    assert_eq!(again, plan);
    assert!(
        serde_json::from_value::<Plan>(
            serde_json::json!({"columns": [{"index": 0, "field": "no_such_field"}]})
        )
        .is_err()
    );
}

#[test]
fn a_cell_typed_anew_is_read_like_the_others_and_rows_can_be_kept() {
    let table = open("Invoice;Due;Amount\n1;2026-04-03;abc\n2;2026-04-03;99,95\n");
    let plan = plan(
        &table,
        &[("Due", Field::DueDate), ("Amount", Field::Amount)],
    );
    let first = drafts(&table, &plan).remove(0);
    assert_eq!(codes(&first), ["amount_unreadable"]);
    let kept = serde_json::to_string(&first.row).unwrap();
    assert_eq!(kept, r#"{"number":2,"cells":["1","2026-04-03","abc"]}"#);
    let row: bulk_import::table::Row = serde_json::from_str(&kept).unwrap();
    assert_eq!(row, first.row);
    let mended = Reader::of(&plan).read(row.with_cell(2, "1.234,50"));
    assert_eq!(
        (mended.value(Field::Amount), mended.row.get(1)),
        (Some("1234.50"), "2026-04-03")
    );
    assert!(!mended.is_blocked());
}
