//! From a path to an import: the file is copied, so that nothing is lost when it moves, and read as it is found.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bulk_import::table::{Choice, Source, Table};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::{Import, ImportState, Workspace};

use super::stage::{Known, Stage};
use super::{blocking, unreadable};
use crate::FailureCode;
use crate::office::Office;
use crate::refusals::sentence;
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

/// A file copied into the data folder.
struct Copied {
    bytes: u64,
    sha256: String,
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

    /// Copies a file and finds out how it is read.
    pub(crate) async fn open_import(
        self: &Arc<Self>,
        path: &Path,
        chosen: TableChoice,
    ) -> Result<Import, Failure> {
        let workspace = self.workspace().await?;
        let id = uuid::Uuid::new_v4().simple().to_string()[..12].to_owned();
        let file_name = name_of(path);
        let (from, to) = (path.to_owned(), self.import_file_path(&id, &file_name));
        let copied = {
            let to = to.clone();
            blocking(move || copy(&from, &to)).await?
        };
        let copied = copied.map_err(|error| {
            Failure::about(FailureCode::TableUnreadable, &file_name)
                .because(sentence(&error.to_string()))
        })?;
        let opened = self.find_stage(&workspace, &id, &file_name, chosen).await;
        let stage = match opened {
            Ok(stage) => stage,
            Err(failure) => {
                let _ = fs::remove_file(&to);
                return Err(failure);
            }
        };
        let now = self.now();
        let import = Import {
            id: id.clone(),
            workspace: workspace.id,
            connection: None,
            file_name: file_name.clone(),
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
        let mapping = import.mapping.clone();
        let inserted = self
            .book
            .insert_import(import.clone(), "Opened", written(&stage)?)
            .await;
        if let Err(error) = inserted {
            let _ = fs::remove_file(&to);
            return Err(error.into());
        }
        self.book.name_import_mapping(&id, mapping).await?;
        self.record(
            Some(workspace.id),
            "import_opened",
            json!({ "file": file_name, "rows": stage.rows }),
        )
        .await;
        self.events.changed(Subject::Imports);
        self.import_by_id(&id).await
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

    async fn add_stage(
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

    /// Where the copy of an imported file lies.
    pub(crate) fn import_file_path(&self, id: &str, file_name: &str) -> PathBuf {
        let extension = Path::new(file_name)
            .extension()
            .map(|extension| extension.to_string_lossy().to_ascii_lowercase())
            .filter(|extension| {
                extension.len() <= 5 && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
            });
        let extension = extension.unwrap_or_else(|| "txt".to_owned());
        self.setup
            .data_dir
            .join("imports")
            .join(format!("{id}.{extension}"))
    }
}

fn written(stage: &Stage) -> Result<String, Failure> {
    serde_json::to_string(stage)
        .map_err(|error| Failure::new(FailureCode::Unexpected).because(error.to_string()))
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// Copies a file, readable by its owner only, and takes its sum on the way.
fn copy(from: &Path, to: &Path) -> io::Result<Copied> {
    let mut from = File::open(from)?;
    if !from.metadata()?.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(to)?;
    let copied = copy_all(&mut from, &mut out);
    if copied.is_err() {
        let _ = fs::remove_file(to);
    }
    copied
}

fn copy_all(from: &mut File, to: &mut File) -> io::Result<Copied> {
    let (mut sum, mut bytes) = (Sha256::new(), 0);
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        sum.update(&buffer[..read]);
        to.write_all(&buffer[..read])?;
        bytes += read as u64;
    }
    to.sync_all()?;
    let sum = sum.finalize();
    let sha256 = sum.iter().map(|byte| format!("{byte:02x}"));
    Ok(Copied {
        bytes,
        sha256: sha256.collect(),
    })
}
