//! From a path to an import: the file is copied, so that nothing is lost when it moves, and read as it is found.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bulk_import::table::{Choice, Source, Table};
use serde_json::{Value, json};
use store::{Import, ImportState, Workspace};

use super::copies::{Copied, name_of};
use super::stage::{Known, Stage};
use super::{blocking, unreadable};
use crate::FailureCode;
use crate::office::Office;
use crate::setup::Choosing;
use crate::wire::{
    ById, ChangeMapping, Event, Failure, ImportChosen, ImportView, Nothing, ReadTable,
    RememberedMapping, Subject, TableChoice,
};

/// The table that was looked at last: screens ask for the same one again and again, and a workbook is slow to open.
#[derive(Default)]
pub(crate) struct Tables(Mutex<Option<(String, Choice, Arc<Table>)>>);

impl Tables {
    fn get(&self, import: &str, choice: &Choice) -> Option<Arc<Table>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (id, how, table) = kept.as_ref()?;
        (id == import && how == choice).then(|| Arc::clone(table))
    }

    fn keep(&self, import: &str, choice: Choice, table: &Arc<Table>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some((import.to_owned(), choice, Arc::clone(table)));
    }

    pub(crate) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// A file that was copied and looked at, and is no import yet.
pub(super) struct Brought {
    pub workspace: Workspace,
    pub copied: Copied,
    pub stage: Stage,
}

impl Office {
    pub(crate) async fn choose_import(
        self: &Arc<Self>,
        _: Nothing,
    ) -> Result<ImportChosen, Failure> {
        let Some(path) = self.setup.host.choose_open_path(Choosing::Table).await else {
            return Ok(ImportChosen { import: None });
        };
        let import = self.open_import(&path, TableChoice::default()).await?;
        Ok(ImportChosen {
            import: Some(import.id),
        })
    }

    /// Opens a file that was dropped on the window, and tells the page what became of it.
    pub(crate) async fn open_dropped(self: &Arc<Self>, path: &Path) {
        let opened = self.open_import(path, TableChoice::default()).await;
        let (import, failure) = match opened {
            Ok(import) => (Some(import.id), None),
            Err(failure) => (None, Some(failure)),
        };
        self.events.send(Event::ImportDropped {
            name: name_of(path),
            import,
            failure: failure.map(Box::new),
        });
    }

    /// Copies a file and makes an import of it, read as it is found.
    async fn open_import(
        self: &Arc<Self>,
        path: &Path,
        chosen: TableChoice,
    ) -> Result<Import, Failure> {
        let brought = self.bring_in(path, chosen).await?;
        self.keep_import(brought).await
    }

    /// Copies a file and finds out how it is read.
    pub(super) async fn bring_in(
        self: &Arc<Self>,
        path: &Path,
        chosen: TableChoice,
    ) -> Result<Brought, Failure> {
        let workspace = self.workspace().await?;
        let copied = self.copy_in(path).await?;
        match self
            .find_stage(&workspace, &copied.id, &copied.file_name, chosen)
            .await
        {
            Ok(stage) => Ok(Brought {
                workspace,
                copied,
                stage,
            }),
            Err(failure) => {
                self.forget_copy(&copied.id, &copied.file_name).await;
                Err(failure)
            }
        }
    }

    /// Makes an import of a file that was brought in.
    pub(super) async fn keep_import(self: &Arc<Self>, brought: Brought) -> Result<Import, Failure> {
        let Brought {
            workspace,
            copied,
            stage,
        } = brought;
        let now = self.now();
        let import = Import {
            id: copied.id.clone(),
            workspace: workspace.id,
            connection: None,
            file_name: copied.file_name.clone(),
            bytes: copied.bytes,
            sha256: copied.sha256,
            state: ImportState::Open,
            step: 0,
            read_step: None,
            mapping: stage
                .remembered
                .as_ref()
                .and_then(|remembered| remembered.name.clone()),
            counts: Value::Null,
            created: now,
            updated: now,
        };
        let inserted = self
            .book
            .insert_import(import, "Opened", written(&stage)?)
            .await;
        if let Err(error) = inserted {
            self.forget_copy(&copied.id, &copied.file_name).await;
            return Err(error.into());
        }
        self.record(
            Some(workspace.id),
            "import_opened",
            json!({ "file": copied.file_name, "rows": stage.rows }),
        )
        .await;
        self.events.changed(Subject::Imports);
        self.import_by_id(&copied.id).await
    }

    pub(crate) async fn import(self: &Arc<Self>, request: ById) -> Result<ImportView, Failure> {
        let import = self.import_by_id(&request.id).await?;
        self.import_view(&import).await
    }

    pub(crate) async fn read_table_anew(
        self: &Arc<Self>,
        request: ReadTable,
    ) -> Result<ImportView, Failure> {
        let import = self.open_for_changes(&request.id).await?;
        let workspace = self.workspace().await?;
        let (_, before) = self.stage(&import).await?;
        let mut stage = self
            .find_stage(&workspace, &import.id, &import.file_name, request.table)
            .await?;
        // What was said of columns holds for the same columns, read in another way.
        if before.mapped && before.fingerprint() == stage.fingerprint() {
            let table = self.import_table(&import, &stage).await?;
            let laid = blocking(move || stage.with_mapping(&before.plan, false, &table)).await?;
            stage = laid.map_err(|error| unreadable(&import.file_name, &error))?;
        }
        self.add_stage(&import, "Read the table another way", &stage)
            .await
    }

    pub(crate) async fn change_mapping(
        self: &Arc<Self>,
        request: ChangeMapping,
    ) -> Result<ImportView, Failure> {
        let import = self.open_for_changes(&request.id).await?;
        self.change_plan(&import, "Changed the mapping", request.plan)
            .await
    }

    /// Makes another plan a step of the import, unless it says the same.
    pub(crate) async fn change_plan(
        self: &Arc<Self>,
        import: &Import,
        label: &str,
        plan: bulk_import::plan::Plan,
    ) -> Result<ImportView, Failure> {
        let (_, stage) = self.stage(import).await?;
        let table = self.import_table(import, &stage).await?;
        let before = stage.clone();
        let changed = blocking(move || stage.with_plan(plan, &table)).await?;
        let changed = changed.map_err(|error| unreadable(&import.file_name, &error))?;
        if changed == before {
            return self.import_view(import).await;
        }
        self.add_stage(import, label, &changed).await
    }

    /// Lays a mapping made for this or another file over an import, by the names of its columns. With `formats`, it also
    /// decides how values are written where the file says otherwise.
    pub(crate) async fn lay_mapping(
        self: &Arc<Self>,
        id: &str,
        label: &str,
        mapping: bulk_import::plan::Plan,
        formats: bool,
    ) -> Result<ImportView, Failure> {
        let import = self.open_for_changes(id).await?;
        let (_, stage) = self.stage(&import).await?;
        let table = self.import_table(&import, &stage).await?;
        let laid = blocking(move || stage.with_mapping(&mapping, formats, &table)).await?;
        let laid = laid.map_err(|error| unreadable(&import.file_name, &error))?;
        self.add_stage(&import, label, &laid).await
    }

    pub(crate) async fn undo_import_step(
        self: &Arc<Self>,
        request: ById,
    ) -> Result<ImportView, Failure> {
        self.move_step(&request.id, true).await
    }

    pub(crate) async fn redo_import_step(
        self: &Arc<Self>,
        request: ById,
    ) -> Result<ImportView, Failure> {
        self.move_step(&request.id, false).await
    }

    async fn move_step(self: &Arc<Self>, id: &str, back: bool) -> Result<ImportView, Failure> {
        let import = self.open_for_changes(id).await?;
        self.book
            .move_import_step(&import.id, back, self.now())
            .await?;
        self.events.changed(Subject::Imports);
        self.import(ById { id: import.id }).await
    }

    pub(super) async fn add_stage(
        self: &Arc<Self>,
        import: &Import,
        label: &str,
        stage: &Stage,
    ) -> Result<ImportView, Failure> {
        self.book
            .add_import_step(&import.id, label, written(stage)?, self.now())
            .await?;
        self.events.changed(Subject::Imports);
        self.import(ById {
            id: import.id.clone(),
        })
        .await
    }

    /// An import whose rows may still be read another way.
    async fn open_for_changes(&self, id: &str) -> Result<Import, Failure> {
        let import = self.import_by_id(id).await?;
        if import.state == ImportState::Undone {
            return Err(Failure::about(FailureCode::ImportUndone, &import.file_name));
        }
        Ok(import)
    }

    async fn find_stage(
        &self,
        workspace: &Workspace,
        id: &str,
        file_name: &str,
        chosen: TableChoice,
    ) -> Result<Stage, Failure> {
        let mappings = self.book.mappings(workspace.id).await?;
        let zone = self.time_zone().await;
        let known = move |fingerprint: &str| {
            let mapping = mappings
                .into_iter()
                .find(|mapping| mapping.fingerprint == fingerprint)?;
            Some(Known {
                plan: serde_json::from_str(&mapping.document).ok()?,
                of: RememberedMapping {
                    name: mapping.name,
                    at: mapping.used_at.to_string(),
                },
                when: mapping.used_at.to_zoned(zone).date().to_string(),
            })
        };
        let source = Source::from(self.import_file_path(id, file_name));
        let found = blocking(move || Stage::find(source, chosen, known)).await?;
        let (stage, table) = found.map_err(|error| unreadable(file_name, &error))?;
        self.tables.keep(id, stage.choice(), &Arc::new(table));
        Ok(stage)
    }

    /// The way an import is read at present.
    pub(crate) async fn stage(
        &self,
        import: &Import,
    ) -> Result<(store::ImportStep, Stage), Failure> {
        let step = self.book.import_step(&import.id).await?;
        let step = step.ok_or_else(|| Failure::about(FailureCode::NotFound, "The import"))?;
        let stage = serde_json::from_str(&step.document)
            .map_err(|error| Failure::new(FailureCode::StoreFailed).because(error.to_string()))?;
        Ok((step, stage))
    }

    /// The table of an import.
    pub(crate) async fn import_table(
        &self,
        import: &Import,
        stage: &Stage,
    ) -> Result<Arc<Table>, Failure> {
        let choice = stage.choice();
        if let Some(table) = self.tables.get(&import.id, &choice) {
            return Ok(table);
        }
        let source = Source::from(self.import_file_path(&import.id, &import.file_name));
        let how = choice.clone();
        let table = blocking(move || Table::open(source, &how)).await?;
        let table = Arc::new(table.map_err(|error| unreadable(&import.file_name, &error))?);
        self.tables.keep(&import.id, choice, &table);
        Ok(table)
    }
}

fn written(stage: &Stage) -> Result<String, Failure> {
    serde_json::to_string(stage)
        .map_err(|error| Failure::new(FailureCode::Unexpected).because(error.to_string()))
}
