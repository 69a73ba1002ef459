//! Files that imports give: the template, and the rows that failed.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use bulk_import::reject::RejectWriter;
use bulk_import::table::Row;
use receivables::{InvoiceId, State};
use serde_json::json;

use super::blocking;
use super::view::TEMPLATE;
use crate::FailureCode;
use crate::csv_file;
use crate::office::Office;
use crate::refusals::sentence;
use crate::wire::{ById, Exported, Failure, Nothing, small};

/// Rows looked at together.
const LOT: u32 = 2000;

impl Office {
    pub(crate) async fn save_template(self: &Arc<Self>, _: Nothing) -> Result<Exported, Failure> {
        self.save_as("debitura-template.csv", |path| {
            csv_file::write(path, &TEMPLATE, std::iter::empty())
        })
        .await
    }

    pub(crate) async fn export_failed_rows(
        self: &Arc<Self>,
        request: ById,
    ) -> Result<Exported, Failure> {
        let import = self.import_by_id(&request.id).await?;
        let missing = || Failure::about(FailureCode::NotFound, "The import");
        let connection = import.connection.ok_or_else(missing)?;
        let workspace = self.workspace().await?;
        let (_, stage) = self.stage(&import).await?;
        let table = self.import_table(&import, &stage).await?;
        let judging = self.judging(&workspace).await?;
        let mut failed: Vec<(Row, String)> = Vec::new();
        let mut after = 0;
        loop {
            let (drafts, last) = self.book.drafts_after(connection, after, LOT).await?;
            let Some(last) = last else { break };
            after = last;
            for draft in drafts {
                let assessment = judging.judge(&draft.invoice);
                let reason = match assessment.state {
                    State::Attention => {
                        let blocking = assessment.problems.iter().filter(|found| found.blocks);
                        let texts = blocking.map(|found| format!("{} {}", found.what, found.fix));
                        Some(texts.collect::<Vec<_>>().join(" "))
                    }
                    State::Ready => self.rejection(&workspace, &draft.invoice.id).await?,
                    _ => None,
                };
                if let Some(reason) = reason {
                    let row = serde_json::from_str(&draft.raw).map_err(|error| {
                        Failure::new(FailureCode::StoreFailed).because(error.to_string())
                    })?;
                    failed.push((row, reason));
                }
            }
        }
        let stem = Path::new(&import.file_name).file_stem();
        let stem = stem.map(|stem| stem.to_string_lossy().into_owned());
        let suggested = format!("{}-failed.csv", stem.unwrap_or_default());
        let exported = self
            .save_as(&suggested, move |path| {
                let out = BufWriter::new(File::create(path)?);
                let mut writer = RejectWriter::new(out, table.found(), &stage.plan)?;
                for (row, reason) in &failed {
                    writer.write(row, reason)?;
                }
                writer.finish()?.flush()?;
                Ok(small(failed.len()))
            })
            .await?;
        if exported.file.is_some() {
            let data = json!({ "rows": exported.rows, "file": exported.file });
            self.record(Some(workspace.id), "exported", data).await;
        }
        Ok(exported)
    }

    /// Why Debitura refused a row when it was last submitted.
    async fn rejection(
        &self,
        workspace: &store::Workspace,
        id: &InvoiceId,
    ) -> Result<Option<String>, Failure> {
        let entries = self
            .book
            .entries_of(workspace.journal_scope(), id.clone())
            .await?;
        let Some(last) = entries
            .last()
            .filter(|entry| entry.stage.name() == "rejected")
        else {
            return Ok(None);
        };
        let failure = last.problem.clone();
        let failure = failure.and_then(|problem| serde_json::from_value::<Failure>(problem).ok());
        Ok(Some(failure.map_or_else(
            || "Refused by Debitura.".to_owned(),
            |failure| failure.to_string(),
        )))
    }

    /// Asks where to save a file and writes it; `write` returns how many rows it has.
    pub(crate) async fn save_as(
        &self,
        suggested: &str,
        write: impl FnOnce(&Path) -> io::Result<u32> + Send + 'static,
    ) -> Result<Exported, Failure> {
        let Some(path) = self.setup.host.choose_save_path(suggested).await else {
            return Ok(Exported {
                file: None,
                rows: 0,
            });
        };
        let name = path.file_name();
        let name = name.map(|name| name.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        let written = blocking(move || write(&path)).await?;
        let rows = written.map_err(|error| {
            Failure::about(FailureCode::FileNotWritten, &name).because(sentence(&error.to_string()))
        })?;
        Ok(Exported {
            file: Some(name),
            rows,
        })
    }
}
