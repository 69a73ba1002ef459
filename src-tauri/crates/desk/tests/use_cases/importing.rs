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
