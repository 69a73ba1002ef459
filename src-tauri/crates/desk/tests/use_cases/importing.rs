//! From a file to drafts: opened, read in a way that can be changed and taken back, checked, given up.

use desk::FailureCode;
use desk::wire::*;
use receivables::{Field, State};
use sandbox::Options;
use serde_json::json;

use crate::at_work::{AtWork, ids};

const DANISH: &str = "Debitorsaldo pr. 01-06-2026;;;;;;;;\n\
    Fakturanr.;Kunde;Adresse;Postnr.;By;Land;Fakturadato;Forfaldsdato;Restbeløb;Valuta\n\
    1001;Jørgensen ApS;Nørregade 1;2100;København Ø;Danmark;03-04-2026;17-04-2026;1.234,50;DKK\n\
    1002;Møller A/S;Havnevej 2;8000;Aarhus C;Danmark;13-04-2026;27-04-2026;99.000,00;DKK\n\
    1003;Jørgensen ApS;Nørregade 1;2100;København Ø;Danmark;14-04-2026;28-04-2026;ukendt;DKK\n\
    I alt;;;;;;;;100.234,50;\n";

/// Writes a file and chooses it.
async fn chosen(work: &AtWork, name: &str, bytes: &[u8]) -> Result<ImportView, Failure> {
    let folder = work.folder.path().join("files");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    std::fs::write(
        work.folder.path().join("chosen"),
        path.to_string_lossy().as_bytes(),
    )
    .unwrap();
    let chosen: ImportChosen = work.call("choose_import", json!({})).await?;
    // The file may go as soon as it was chosen.
    std::fs::remove_file(path).unwrap();
    let id = chosen.import.expect("a file was chosen");
    work.call("import", ById { id }).await
}

async fn view(work: &AtWork, id: &str) -> ImportView {
    work.call("import", ById { id: id.to_owned() })
        .await
        .unwrap()
}

async fn read(work: &AtWork, id: &str) -> ImportView {
    let started: Started = work
        .call("read_rows", ById { id: id.to_owned() })
        .await
        .unwrap();
    let job = work.wait(&started.job).await;
    assert_eq!(job.stage, JobStage::Done, "{job:?}");
    view(work, id).await
}

/// Says of each column what it is, from the left.
async fn mapped(work: &AtWork, view: &ImportView, fields: &[Field]) -> ImportView {
    let mut plan = view.plan.clone();
    for (column, field) in plan.columns.iter_mut().zip(fields) {
        column.field = Some(*field);
    }
    let id = view.id.clone();
    work.call("change_mapping", ChangeMapping { id, plan })
        .await
        .unwrap()
}

/// The columns of files that give a whole case.
const WHOLE: [Field; 10] = [
    Field::CreditorReference,
    Field::DebtorName,
    Field::DebtorAddress,
    Field::DebtorCity,
    Field::DebtorCountry,
    Field::CaseDate,
    Field::DueDate,
    Field::Amount,
    Field::Currency,
    Field::DebtorType,
];

/// The rows of an import as the grid shows them, in the order of the file.
async fn rows(work: &AtWork, view: &ImportView) -> Vec<InvoiceRow> {
    let query = InvoiceQuery {
        connection: view.connection.clone(),
        sort: SortBy::Reference,
        ..InvoiceQuery::default()
    };
    work.invoices(query).await.rows
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_becomes_drafts_beside_the_fetched_invoices() {
    let work = AtWork::connected(Options::default()).await;
    let opened = chosen(&work, "Debitorer.csv", DANISH.as_bytes())
        .await
        .unwrap();
    assert_eq!(opened.step, ImportStep::Table);
    assert_eq!(opened.rows, 3);
    assert_eq!(opened.left_out.len(), 1, "the sum is named, not dropped");
    assert_eq!(opened.left_out[0].reason, LeftOutReason::Sum);
    assert_eq!(opened.questions, [] as [u32; 0]);
    assert_eq!(opened.missing, [Field::DebtorType]);
    let amount = opened.preview[0]
        .fields
        .iter()
        .find(|field| field.field == Field::Amount)
        .unwrap();
    assert_eq!(
        (amount.source.as_str(), amount.value.as_deref()),
        ("1.234,50", Some("1234.50"))
    );

    let checked = read(&work, &opened.id).await;
    assert_eq!(checked.step, ImportStep::Check);
    let rows = rows(&work, &checked).await;
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[0].amount.as_ref().unwrap().value, "1234.50");
    assert_eq!(rows[0].case_date.as_deref(), Some("2026-04-03"));
    let codes: Vec<&str> = rows[2]
        .problems
        .iter()
        .map(|problem| problem.code.name())
        .collect();
    assert!(codes.contains(&"value_unreadable"), "{codes:?}");
    assert!(
        !codes.contains(&"amount_missing"),
        "it stands there; it could not be read"
    );
    let state = work.state().await;
    assert_eq!(
        state.connections.len(),
        1,
        "an imported file is no source to fetch from"
    );

    // The cell was wrong in the file: the amount may be corrected, exactly.
    let correct = |value: &str| Correct {
        id: rows[2].id.clone(),
        field: Field::Amount,
        value: Some(value.to_owned()),
    };
    let wrong = work
        .call::<Changed>("correct", correct("1.005"))
        .await
        .unwrap_err();
    assert_eq!(wrong.code, FailureCode::InvalidValue);
    let _: Changed = work.call("correct", correct("10.050,25")).await.unwrap();
    let detail: InvoiceDetail = work
        .call(
            "invoice",
            ById {
                id: rows[2].id.clone(),
            },
        )
        .await
        .unwrap();
    assert_eq!(detail.row.amount.unwrap().value, "10050.25");
    let selection = Selection::Ids { ids: ids(&rows) };
    let field = Field::DebtorType;
    let _: Changed = work
        .call("accept_suggestions", AcceptSuggestions { selection, field })
        .await
        .unwrap();
    let review = work.review(&ids(&rows)).await;
    assert_eq!(review.cases.len(), 3, "{:?}", review.dropped);
    let batch = work.submit(&review).await;
    assert!(
        batch.entries.iter().all(|entry| entry.stage == "submitted"),
        "{:?}",
        batch.entries
    );
    assert_eq!(work.in_state(State::Submitted).await.len(), 3);
    work.assert_faithful();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_survives_closing_and_can_be_taken_back() {
    let work = AtWork::connected(Options::default()).await;
    let id = chosen(&work, "Debitorer.csv", DANISH.as_bytes())
        .await
        .unwrap()
        .id;
    let work = work.reopened().await;
    let opened = view(&work, &id).await;
    assert_eq!((opened.step, opened.undo), (ImportStep::Table, None));

    let mut plan = opened.plan.clone();
    plan.constants
        .insert(Field::DebtorType, "company".to_owned());
    plan.columns[2].field = None;
    let change = |plan| ChangeMapping {
        id: id.clone(),
        plan,
    };
    let mapped: ImportView = work
        .call("change_mapping", change(plan.clone()))
        .await
        .unwrap();
    assert_eq!(mapped.step, ImportStep::Columns);
    assert_eq!(mapped.missing, [Field::DebtorAddress]);
    assert_eq!(mapped.plan.columns[2].reason, "Chosen by you.");
    let same: ImportView = work
        .call("change_mapping", change(mapped.plan.clone()))
        .await
        .unwrap();
    assert_eq!(
        same.undo, mapped.undo,
        "nothing changed, so no step is made"
    );

    let work = work.reopened().await;
    let by_id = || ById { id: id.clone() };
    let undone: ImportView = work.call("undo_import_step", by_id()).await.unwrap();
    assert_eq!(undone.plan, opened.plan);
    assert!(undone.redo.is_some());
    let work = work.reopened().await;
    let redone: ImportView = work.call("redo_import_step", by_id()).await.unwrap();
    assert_eq!(redone.plan, mapped.plan);

    let checked = read(&work, &id).await;
    let work = work.reopened().await;
    let rows_then = rows(&work, &checked).await;
    assert_eq!(rows_then.len(), 3, "the rows are there after closing");

    // A correction stays when the rows are read another way, and the rows keep their names.
    let correct = Correct {
        id: rows_then[0].id.clone(),
        field: Field::Description,
        value: Some("Consulting".to_owned()),
    };
    let _: Changed = work.call("correct", correct).await.unwrap();
    let stale: ImportView = work.call("undo_import_step", by_id()).await.unwrap();
    assert!(stale.stale, "the rows were read by another plan");
    let again = read(&work, &id).await;
    assert!(!again.stale);
    let rows_now = rows(&work, &again).await;
    assert_eq!(ids(&rows_now), ids(&rows_then));
    let detail: InvoiceDetail = work
        .call(
            "invoice",
            ById {
                id: rows_now[0].id.clone(),
            },
        )
        .await
        .unwrap();
    let value = |field| {
        let found = detail.fields.iter().find(|value| value.field == field);
        found.and_then(|value| value.value.clone())
    };
    assert_eq!(value(Field::Description).as_deref(), Some("Consulting"));
    assert_eq!(value(Field::DebtorAddress).as_deref(), Some("Nørregade 1"));

    // What can be fetched again may be wiped; these rows cannot.
    let _: Wiped = work.call("wipe_cache", json!({})).await.unwrap();
    work.settle().await;
    assert_eq!(rows(&work, &again).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_that_read_two_ways_are_asked_about_once_and_never_guessed() {
    let work = AtWork::connected(Options::default()).await;
    let file = "Invoice no,Customer,Invoice date,Due date,Amount due,Currency\n\
        A1,Acme Ltd,03/04/2026,04/05/2026,10.00,EUR\n\
        A2,Bolt Ltd,05/04/2026,06/05/2026,20.00,EUR\n";
    let opened = chosen(&work, "ledger.csv", file.as_bytes()).await.unwrap();
    assert_eq!(opened.questions, [2, 3]);
    let refused = work
        .call::<Started>(
            "read_rows",
            ById {
                id: opened.id.clone(),
            },
        )
        .await
        .unwrap_err();
    assert_eq!(refused.code, FailureCode::ImportQuestion);

    let mut plan = opened.plan.clone();
    let format = plan.columns[2].format.as_mut().unwrap();
    let choice = format.question.as_ref().unwrap().choices.iter();
    let month_first = choice
        .clone()
        .find(|choice| choice.meaning == "2026-03-04")
        .expect("both readings are offered");
    format.date_order = month_first.date_order;
    let change = ChangeMapping {
        id: opened.id.clone(),
        plan,
    };
    let answered: ImportView = work.call("change_mapping", change).await.unwrap();
    assert_eq!(answered.questions, [] as [u32; 0], "one answer serves both");
    let checked = read(&work, &opened.id).await;
    let dates: Vec<_> = rows(&work, &checked)
        .await
        .into_iter()
        .map(|row| (row.case_date.unwrap(), row.due_date.unwrap()))
        .collect();
    assert_eq!(
        dates,
        [
            ("2026-03-04".to_owned(), "2026-04-05".to_owned()),
            ("2026-05-04".to_owned(), "2026-06-05".to_owned())
        ]
    );

    // The next file with these headers is read alike, and says why.
    let next = chosen(&work, "ledger-2.csv", file.replace("A1", "B1").as_bytes())
        .await
        .unwrap();
    assert_eq!(next.questions, [] as [u32; 0]);
    assert!(next.remembered.is_some());
    let evidence = &next.plan.columns[2].format.as_ref().unwrap().evidence;
    assert!(
        evidence.starts_with("As in your import of"),
        "an answer taken from memory is said: {evidence}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn amounts_are_exact_or_named_as_unreadable() {
    let work = AtWork::connected(Options::default()).await;
    let file = "Invoice no;Customer;Invoice date;Amount due;Currency\n\
        A1;Acme Ltd;2026-04-03;1.234,50;EUR\n\
        A2;Acme Ltd;2026-04-03;(55,00);EUR\n\
        A3;Acme Ltd;2026-04-03;-12,00;EUR\n\
        A4;Acme Ltd;2026-04-03;1 234;JPY\n\
        A5;Acme Ltd;2026-04-03;10,5;JPY\n\
        A6;Acme Ltd;2026-04-03;$ 10,00;EUR\n\
        A7;Acme Ltd;2026-04-03;1.234.567,891;KWD\n\
        A8;Acme Ltd;2026-04-03;77,10;Taler\n";
    let opened = chosen(&work, "ledger.csv", file.as_bytes()).await.unwrap();
    let checked = read(&work, &opened.id).await;
    let rows = rows(&work, &checked).await;
    let read: Vec<Option<(String, String)>> = rows
        .iter()
        .map(|row| {
            let amount = row.amount.clone()?;
            Some((amount.value, amount.currency))
        })
        .collect();
    let is = |value: &str, currency: &str| Some((value.to_owned(), currency.to_owned()));
    assert_eq!(
        read,
        [
            is("1234.50", "EUR"),
            None,
            None,
            is("1234", "JPY"),
            None,
            None,
            is("1234567.891", "KWD"),
            None
        ]
    );
    for row in &rows {
        let doubtful = row
            .problems
            .iter()
            .any(|problem| problem.code.name() == "value_unreadable");
        assert_eq!(
            doubtful,
            row.amount.is_none(),
            "{}: what is not read is said: {:?}",
            row.reference.as_deref().unwrap_or_default(),
            row.problems
        );
        assert_ne!(row.state, State::Ready);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_in_doubt_is_never_ready() {
    let work = AtWork::connected(Options::default()).await;
    let file = "Invoice no,Customer,Address,City,Country,Invoice date,Due date,Amount due,Currency,Type\n\
        A1,Acme Ltd,Main Street 1,Leeds,GB,2026-04-03,2026-04-13,10.00,GBP,company\n\
        A2,Bolt, Ltd,High Street 2,Leeds,GB,2026-04-03,2026-04-13,10.00,GBP,company\n\
        A3,\"Core\" Ltd,Low Street 3,Leeds,GB,2026-04-03,2026-04-13,10.00,GBP,company\n";
    let opened = chosen(&work, "ledger.csv", file.as_bytes()).await.unwrap();
    mapped(&work, &opened, &WHOLE).await;
    let checked = read(&work, &opened.id).await;
    let query = InvoiceQuery {
        connection: checked.connection.clone(),
        ..InvoiceQuery::default()
    };
    let page = work.invoices(query).await;
    let ready: Vec<_> = page
        .rows
        .iter()
        .filter(|row| row.state == State::Ready)
        .map(|row| row.reference.as_deref())
        .collect();
    assert_eq!(ready, [Some("A1")], "{:#?}", page.rows);
    assert_eq!(page.total, 3, "the others are listed with the reason");
}

#[tokio::test(flavor = "multi_thread")]
async fn duplicates_show_before_anything_is_sent() {
    let work = AtWork::fetched(Options::default()).await;
    let fetched = work.invoices(InvoiceQuery::default()).await.rows;
    let known = fetched
        .iter()
        .find(|row| row.reference.is_some() && row.state != State::Submitted)
        .and_then(|row| row.reference.clone())
        .unwrap();
    let file = format!(
        "Invoice no,Customer,Invoice date,Amount due,Currency\n\
        {known},Acme Ltd,2026-04-03,10.00,EUR\n\
        X1,Acme Ltd,2026-04-03,10.00,EUR\n\
        X1,Acme Ltd,2026-04-03,11.00,EUR\n\
        X2,Acme Ltd,2026-04-03,12.00,EUR\n"
    );
    let first = chosen(&work, "one.csv", file.as_bytes()).await.unwrap();
    assert_eq!(first.same_file, None);
    let first = read(&work, &first.id).await;
    let found = first.duplicates.unwrap();
    assert_eq!(
        (found.in_file, found.in_fetched, found.in_imports),
        (2, 1, 0)
    );

    let second = chosen(&work, "two.csv", file.as_bytes()).await.unwrap();
    let same = second
        .same_file
        .clone()
        .expect("the same bytes came before");
    assert_eq!(same.import, first.id);
    let second = read(&work, &second.id).await;
    assert_eq!(second.duplicates.unwrap().in_imports, 4);
    for row in rows(&work, &second).await {
        let codes: Vec<_> = row.problems.iter().map(|found| found.code.name()).collect();
        assert!(codes.contains(&"reference_taken"), "{codes:?}");
    }

    let undone: ImportUndone = work
        .call(
            "undo_import",
            ById {
                id: second.id.clone(),
            },
        )
        .await
        .unwrap();
    assert_eq!((undone.removed, undone.kept_submitted), (4, 0));
    let codes: Vec<_> = rows(&work, &first)
        .await
        .into_iter()
        .find(|row| row.reference.as_deref() == Some("X2"))
        .map(|row| row.problems)
        .unwrap();
    assert!(
        codes
            .iter()
            .all(|found| found.code.name() != "reference_taken"),
        "with the other import gone, its reference is free again"
    );
}

const READY: &str = "Invoice no,Customer,Address,City,Country,Invoice date,Due date,Amount due,Currency,Type\n\
    A1,Acme Ltd,Main Street 1,Leeds,GB,2026-04-03,2026-04-13,1000.00,GBP,company\n\
    A2,=Bolt Ltd,High Street 2,Leeds,GB,2026-04-03,2026-04-13,2000.00,GBP,company\n\
    A3,Core Ltd,Low Street 3,,GB,2026-04-03,2026-04-13,3000.00,GBP,company\n";

#[tokio::test(flavor = "multi_thread")]
async fn undoing_an_import_keeps_what_was_submitted() {
    let work = AtWork::connected(Options::default()).await;
    let opened = chosen(&work, "ready.csv", READY.as_bytes()).await.unwrap();
    mapped(&work, &opened, &WHOLE).await;
    let checked = read(&work, &opened.id).await;
    let by_id = || ById {
        id: opened.id.clone(),
    };
    let refused = work
        .call::<Nothing>("discard_import", by_id())
        .await
        .unwrap_err();
    assert_eq!(refused.code, FailureCode::InvalidValue);

    // The failed row goes into a file that can be mended and imported as it is.
    let exported: Exported = work.call("export_failed_rows", by_id()).await.unwrap();
    assert_eq!(exported.rows, 1);
    let failed = std::fs::read_to_string(work.folder.path().join("export.csv")).unwrap();
    assert!(failed.contains("The debtor's city is missing."), "{failed}");
    let mended = failed.replace("Low Street 3,,", "Low Street 3,York,");
    let again = chosen(&work, "ready-failed.csv", mended.as_bytes())
        .await
        .unwrap();
    assert_eq!(again.plan.columns.len(), 10, "the reason is no column");
    let _: Nothing = work
        .call(
            "discard_import",
            ById {
                id: again.id.clone(),
            },
        )
        .await
        .unwrap();

    let all = rows(&work, &checked).await;
    let review = work.review(&ids(&all[..1])).await;
    let batch = work.submit(&review).await;
    assert_eq!(batch.entries[0].stage, "submitted", "{batch:?}");
    let undone: ImportUndone = work.call("undo_import", by_id()).await.unwrap();
    assert_eq!((undone.removed, undone.kept_submitted), (2, 1));
    let work = work.reopened().await;
    let left = work.in_state(State::Submitted).await;
    assert_eq!(ids(&left), ids(&all[..1]));
    let past: Imports = work.call("imports", json!({})).await.unwrap();
    assert_eq!(past.imports.len(), 1, "the discarded one is forgotten");
    assert_eq!(past.imports[0].step, ImportStep::Undone);
    assert_eq!(past.imports[0].submitted, 1);
    let copies = std::fs::read_dir(work.folder.path().join("imports")).unwrap();
    assert_eq!(copies.count(), 0, "the copies of the files are gone");
    let refused = work
        .call::<Started>("read_rows", by_id())
        .await
        .unwrap_err();
    assert_eq!(refused.code, FailureCode::ImportUndone);
}

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
        .call(
            "export_mapping",
            ById {
                id: saved.mappings[0].id.clone(),
            },
        )
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
    let laid: ImportView = work
        .call(
            "choose_mapping",
            ById {
                id: opened.id.clone(),
            },
        )
        .await
        .unwrap();
    assert_eq!(laid.plan.columns[0].field, Some(Field::Amount));
    let deleted: Mappings = work
        .call(
            "delete_mapping",
            ById {
                id: saved.mappings[0].id.clone(),
            },
        )
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

#[tokio::test(flavor = "multi_thread")]
async fn texts_of_a_column_are_given_a_meaning_in_bulk() {
    let work = AtWork::connected(Options::default()).await;
    let file = "Invoice no,Customer,Invoice date,Amount due,Currency,Country\n\
        A1,Acme,2026-04-03,10.00,EUR,Tyskland\n\
        A2,Bolt,2026-04-03,10.00,EUR,Ruritania\n\
        A3,Core,2026-04-03,10.00,EUR,Ruritania\n";
    let opened = chosen(&work, "a.csv", file.as_bytes()).await.unwrap();
    let values = ColumnValues {
        id: opened.id.clone(),
        column: 5,
    };
    let found: DistinctValues = work.call("column_values", values.clone()).await.unwrap();
    assert_eq!(
        (found.values[0].text.as_str(), found.values[0].count),
        ("Ruritania", 2)
    );
    assert!(found.values[0].problem.is_some());
    assert_eq!(found.values[1].value.as_deref(), Some("DE"));
    let mut plan = opened.plan.clone();
    let meaning = [("Ruritania".to_owned(), "RO".to_owned())];
    plan.values.insert(Field::DebtorCountry, meaning.into());
    let change = ChangeMapping {
        id: opened.id.clone(),
        plan,
    };
    let _: ImportView = work.call("change_mapping", change).await.unwrap();
    let found: DistinctValues = work.call("column_values", values).await.unwrap();
    assert_eq!(found.values[0].value.as_deref(), Some("RO"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_can_be_read_another_way() {
    let work = AtWork::connected(Options::default()).await;
    let file = "Some report\nInvoice no|Customer|Amount due\nA1|\"Acme|10,00\nA2|Bolt|20,00\n";
    let opened = chosen(&work, "a.csv", file.as_bytes()).await.unwrap();
    let anew = ReadTable {
        id: opened.id.clone(),
        table: TableChoice {
            delimiter: Some('|'),
            quote: Some(QuoteChoice::None),
            header_row: Some(HeaderChoice::Row { row: 1 }),
            ..TableChoice::default()
        },
    };
    let view: ImportView = work.call("read_table_anew", anew).await.unwrap();
    assert_eq!(view.plan.dialect.quote, None);
    assert_eq!(view.preview[0].cells, ["A1", "\"Acme", "10,00"]);
    let work = work.reopened().await;
    let again = self::view(&work, &view.id).await;
    assert_eq!(again.preview, view.preview, "the choice is kept");
    let missing = ReadTable {
        id: opened.id.clone(),
        table: TableChoice {
            header_row: Some(HeaderChoice::Row { row: 90 }),
            ..TableChoice::default()
        },
    };
    let refused = work
        .call::<ImportView>("read_table_anew", missing)
        .await
        .unwrap_err();
    assert_eq!(refused.code, FailureCode::TableUnreadable);
    assert_eq!(self::view(&work, &view.id).await.preview, view.preview);
}
