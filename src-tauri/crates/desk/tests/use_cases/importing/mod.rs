//! Files of any kind become drafts: what its tests share.

mod killed;
mod mappings;
mod mended;
mod past;
mod steps;
mod values;

use desk::wire::*;
use receivables::Field;
use serde_json::json;

use crate::at_work::{AtWork, by};

pub const DANISH: &str = "Debitorsaldo pr. 01-06-2026;;;;;;;;\n\
    Fakturanr.;Kunde;Adresse;Postnr.;By;Land;Fakturadato;Forfaldsdato;Restbeløb;Valuta\n\
    1001;Jørgensen ApS;Nørregade 1;2100;København Ø;Danmark;03-04-2026;17-04-2026;1.234,50;DKK\n\
    1002;Møller A/S;Havnevej 2;8000;Aarhus C;Danmark;13-04-2026;27-04-2026;99.000,00;DKK\n\
    1003;Jørgensen ApS;Nørregade 1;2100;København Ø;Danmark;14-04-2026;28-04-2026;ukendt;DKK\n\
    I alt;;;;;;;;100.234,50;\n";

/// Writes a file and chooses it.
pub async fn chosen(work: &AtWork, name: &str, bytes: &[u8]) -> Result<ImportView, Failure> {
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
    work.call("import", by(&id)).await
}

pub async fn view(work: &AtWork, id: &str) -> ImportView {
    work.call("import", by(id)).await.unwrap()
}

pub async fn read(work: &AtWork, id: &str) -> ImportView {
    let started: Started = work.call("read_rows", by(id)).await.unwrap();
    let job = work.wait(&started.job).await;
    assert_eq!(job.stage, JobStage::Done, "{job:?}");
    view(work, id).await
}

/// Says of each column what it is, from the left.
pub async fn mapped(work: &AtWork, view: &ImportView, fields: &[Field]) -> ImportView {
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
pub const WHOLE: [Field; 10] = [
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
pub async fn rows(work: &AtWork, view: &ImportView) -> Vec<InvoiceRow> {
    let query = InvoiceQuery {
        connection: view.connection.clone(),
        sort: SortBy::Reference,
        ..InvoiceQuery::default()
    };
    work.invoices(query).await.rows
}
