//! Lists as files.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;

use crate::FailureCode;
use crate::invoices::CHOICE;
use crate::office::Office;
use crate::wire::small;
use crate::wire::{ById, Export, ExportJournal, Exported, Failure, JournalExported, Window};
use crate::{cases, csv_file};

/// A list as rows of text.
struct Table {
    name: &'static str,
    header: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

impl Office {
    pub(crate) async fn export(self: &Arc<Self>, request: Export) -> Result<Exported, Failure> {
        let table = self.table(&request).await?;
        let suggested = format!("debitura-desk-{}-{}.csv", table.name, self.today().await);
        let Some(path) = self.setup.host.choose_save_path(&suggested).await else {
            return Ok(Exported {
                file: None,
                rows: 0,
            });
        };
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let write = tokio::task::spawn_blocking(move || {
            csv_file::write(&path, table.header, table.rows.into_iter())
        });
        let written = write
            .await
            .map_err(|error| Failure::new(FailureCode::Unexpected).because(error.to_string()))?;
        let rows = written.map_err(|error| {
            Failure::about(FailureCode::FileNotWritten, &name)
                .because(crate::refusals::sentence(&error.to_string()))
        })?;
        let workspace = self.workspace().await?;
        self.record(
            Some(workspace.id),
            "exported",
            json!({ "rows": rows, "file": name }),
        )
        .await;
        Ok(Exported {
            file: Some(name),
            rows,
        })
    }

    async fn table(self: &Arc<Self>, request: &Export) -> Result<Table, Failure> {
        match request {
            Export::Invoices { query } => self.invoice_table(query).await,
            Export::Cases { query } => self.case_table(query).await,
            Export::Activity => {
                let rows = self.activity_rows(u32::MAX).await?;
                let rows = rows
                    .into_iter()
                    .map(|row| vec![row.at, row.kind, row.text])
                    .collect();
                Ok(Table {
                    name: "activity",
                    header: &["at", "kind", "text"],
                    rows,
                })
            }
            Export::Batch { id } => {
                let batch = self.batch(ById { id: id.clone() }).await?;
                let rows = batch
                    .entries
                    .into_iter()
                    .map(|entry| {
                        let (what, next) = entry
                            .problem
                            .map(|problem| (problem.what, problem.next))
                            .unwrap_or_default();
                        vec![
                            entry.invoice,
                            entry.reference,
                            entry.debtor,
                            entry.amount.value,
                            entry.amount.currency,
                            entry.stage,
                            entry.case_reference.unwrap_or_default(),
                            what,
                            next,
                        ]
                    })
                    .collect();
                let header = &[
                    "id",
                    "creditor_reference",
                    "debtor_name",
                    "amount",
                    "currency",
                    "outcome",
                    "case_reference",
                    "reason",
                    "next",
                ];
                Ok(Table {
                    name: "submission",
                    header,
                    rows,
                })
            }
        }
    }

    async fn invoice_table(&self, query: &crate::wire::InvoiceQuery) -> Result<Table, Failure> {
        let query = self.query(query).await?;
        let mut rows = Vec::new();
        loop {
            let page = self
                .cache
                .page(query.clone(), small(rows.len()), 5000)
                .await?;
            let got = page.rows.len();
            rows.extend(page.rows.into_iter().map(|row| {
                vec![
                    row.id.to_string(),
                    row.reference.unwrap_or_default(),
                    row.debtor_name.unwrap_or_default(),
                    row.amount
                        .map(receivables::Money::decimal)
                        .unwrap_or_default(),
                    row.amount
                        .map(|amount| amount.currency.code().to_owned())
                        .unwrap_or_default(),
                    row.case_date.map(|day| day.to_string()).unwrap_or_default(),
                    row.due_date.map(|day| day.to_string()).unwrap_or_default(),
                    row.country.unwrap_or_default(),
                    row.state.name().to_owned(),
                    row.first_problem.unwrap_or_default(),
                ]
            }));
            if got == 0 || rows.len() >= CHOICE as usize {
                break;
            }
        }
        let header = &[
            "id",
            "creditor_reference",
            "debtor_name",
            "amount",
            "currency",
            "case_date",
            "due_date",
            "debtor_country",
            "state",
            "problem",
        ];
        Ok(Table {
            name: "invoices",
            header,
            rows,
        })
    }

    async fn case_table(&self, query: &crate::wire::CaseQuery) -> Result<Table, Failure> {
        let workspace = self.workspace().await?;
        let window = Window {
            offset: 0,
            limit: u32::MAX,
        };
        let (found, _) = self
            .cache
            .cases(
                workspace.id,
                cases::filter(query),
                window.offset,
                window.limit,
            )
            .await?;
        let ours = self.our_cases(&workspace).await?;
        let rows = found
            .iter()
            .map(|case| cases::view(case, &ours))
            .map(|row| {
                vec![
                    row.id,
                    row.reference,
                    row.creditor_reference.unwrap_or_default(),
                    row.debtor.unwrap_or_default(),
                    row.amount
                        .as_ref()
                        .map(|amount| amount.value.clone())
                        .unwrap_or_default(),
                    row.amount.map(|amount| amount.currency).unwrap_or_default(),
                    row.status,
                    row.close_code.unwrap_or_default(),
                    row.updated.unwrap_or_default(),
                ]
            })
            .collect();
        let header = &[
            "id",
            "reference",
            "creditor_reference",
            "debtor_name",
            "amount",
            "currency",
            "status",
            "close_code",
            "updated",
        ];
        Ok(Table {
            name: "cases",
            header,
            rows,
        })
    }

    /// A consistent copy of the whole book: an SQLite file that other programs can read.
    pub(crate) async fn export_journal(
        self: &Arc<Self>,
        request: ExportJournal,
    ) -> Result<JournalExported, Failure> {
        let path = PathBuf::from(&request.file);
        let refused =
            |why: &str| Failure::about(FailureCode::FileNotWritten, &request.file).because(why);
        if !path.is_absolute() {
            return Err(refused("The path is not absolute."));
        }
        if path.exists() {
            return Err(refused("The file exists already."));
        }
        let workspace = self.workspace().await?;
        let submissions = small(self.book.journal(workspace.id).await?.len() as u64);
        self.book.export(path).await?;
        Ok(JournalExported { submissions })
    }
}
