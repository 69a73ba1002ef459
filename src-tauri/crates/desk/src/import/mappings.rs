//! Mappings that are remembered, named, laid over other files, written and read as documents.

use std::sync::Arc;

use bulk_import::plan::Plan;
use serde_json::json;
use store::Mapping;

use super::blocking;
use crate::FailureCode;
use crate::office::Office;
use crate::refusals::sentence;
use crate::setup::Choosing;
use crate::wire::{
    ApplyMapping, ById, Exported, Failure, ImportView, MappedColumn, MappingRow, Mappings, Nothing,
    RenameMapping, SaveMapping, Subject, small,
};

/// Larger files are no mappings.
const LARGEST: u64 = 4 * 1024 * 1024;
const LONGEST_NAME: usize = 80;

impl Office {
    pub(crate) async fn mappings(self: &Arc<Self>, _: Nothing) -> Result<Mappings, Failure> {
        let workspace = self.workspace().await?;
        let all = self.book.mappings(workspace.id).await?;
        let row = |mapping: Mapping| {
            let plan: Plan = serde_json::from_str(&mapping.document).ok()?;
            let column = |column: bulk_import::plan::PlanColumn| {
                Some(MappedColumn {
                    name: column.name,
                    field: column.field?,
                })
            };
            Some(MappingRow {
                id: mapping.id,
                name: mapping.name,
                columns: plan.columns.into_iter().filter_map(column).collect(),
                used: mapping.used_at.to_string(),
            })
        };
        Ok(Mappings {
            mappings: all.into_iter().filter_map(row).collect(),
        })
    }

    pub(crate) async fn save_mapping(
        self: &Arc<Self>,
        request: SaveMapping,
    ) -> Result<Mappings, Failure> {
        let import = self.import_by_id(&request.import).await?;
        let (_, stage) = self.stage(&import).await?;
        let name = name_of(&request.name)?;
        let mapping = Mapping {
            id: uuid::Uuid::now_v7().to_string(),
            workspace: import.workspace,
            name: Some(name.clone()),
            fingerprint: stage.fingerprint(),
            import: None,
            document: document(&stage.plan)?,
            used_at: self.now(),
        };
        self.book.keep_mapping(mapping).await?;
        self.book
            .name_import_mapping(&import.id, Some(name.clone()))
            .await?;
        self.record(
            Some(import.workspace),
            "mapping_saved",
            json!({ "name": name }),
        )
        .await;
        self.events.changed(Subject::Imports);
        self.mappings(Nothing {}).await
    }

    pub(crate) async fn apply_mapping(
        self: &Arc<Self>,
        request: ApplyMapping,
    ) -> Result<ImportView, Failure> {
        let mapping = self.mapping_by_id(&request.mapping).await?;
        let plan = read(&mapping.document)?;
        let label = match &mapping.name {
            Some(name) => format!("Applied the mapping “{name}”"),
            None => "Applied the last mapping for these headers".to_owned(),
        };
        let view = self
            .lay_mapping(&request.import, &label, plan, false)
            .await?;
        self.book
            .name_import_mapping(&request.import, mapping.name.clone())
            .await?;
        let used = Mapping {
            used_at: self.now(),
            ..mapping
        };
        self.book.keep_mapping(used).await?;
        Ok(view)
    }

    pub(crate) async fn rename_mapping(
        self: &Arc<Self>,
        request: RenameMapping,
    ) -> Result<Mappings, Failure> {
        let mapping = self.mapping_by_id(&request.mapping).await?;
        let name = name_of(&request.name)?;
        let all = self.book.mappings(mapping.workspace).await?;
        let taken =
            |other: &Mapping| other.id != mapping.id && other.name.as_deref() == Some(&name);
        if all.iter().any(taken) {
            return Err(Failure::about(
                FailureCode::InvalidValue,
                &format!("There is a mapping called “{name}” already."),
            ));
        }
        self.book
            .keep_mapping(Mapping {
                name: Some(name),
                import: None,
                ..mapping
            })
            .await?;
        self.events.changed(Subject::Imports);
        self.mappings(Nothing {}).await
    }

    pub(crate) async fn delete_mapping(
        self: &Arc<Self>,
        request: ById,
    ) -> Result<Mappings, Failure> {
        let mapping = self.mapping_by_id(&request.id).await?;
        self.book.delete_mapping(&mapping.id).await?;
        self.events.changed(Subject::Imports);
        self.mappings(Nothing {}).await
    }

    pub(crate) async fn export_mapping(
        self: &Arc<Self>,
        request: ById,
    ) -> Result<Exported, Failure> {
        let (name, plan) = match self.mapping_by_id(&request.id).await {
            Ok(mapping) => (mapping.name, read(&mapping.document)?),
            Err(_) => {
                let import = self.import_by_id(&request.id).await?;
                (import.mapping.clone(), self.stage(&import).await?.1.plan)
            }
        };
        let name: String = name
            .unwrap_or_else(|| "mapping".to_owned())
            .chars()
            .map(|letter| {
                if letter.is_alphanumeric() {
                    letter
                } else {
                    '-'
                }
            })
            .collect();
        let text = serde_json::to_string_pretty(&plan)
            .map_err(|error| Failure::new(FailureCode::Unexpected).because(error.to_string()))?;
        let columns = small(plan.columns.len());
        self.save_as(&format!("debitura-desk-{name}.json"), move |path| {
            std::fs::write(path, text).map(|()| columns)
        })
        .await
    }

    pub(crate) async fn choose_mapping(
        self: &Arc<Self>,
        request: ById,
    ) -> Result<ImportView, Failure> {
        let import = self.import_by_id(&request.id).await?;
        let Some(path) = self.setup.host.choose_open_path(Choosing::Mapping).await else {
            return self.import_view(&import).await;
        };
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let text = blocking(move || {
            if std::fs::metadata(&path)?.len() > LARGEST {
                return Err(std::io::Error::other("it is too large for a mapping"));
            }
            std::fs::read_to_string(&path)
        });
        let text = text.await?.map_err(|error| {
            Failure::about(FailureCode::MappingUnreadable, &name)
                .because(sentence(&error.to_string()))
        })?;
        let plan = serde_json::from_str(&text).map_err(|error| {
            Failure::about(FailureCode::MappingUnreadable, &name)
                .because(sentence(&error.to_string()))
        })?;
        let label = format!("Applied the mapping of {name}");
        self.lay_mapping(&import.id, &label, plan, false).await
    }

    async fn mapping_by_id(&self, id: &str) -> Result<Mapping, Failure> {
        let workspace = self.workspace().await?;
        let found = self.book.mapping(id).await?;
        found
            .filter(|mapping| mapping.workspace == workspace.id)
            .ok_or_else(|| Failure::about(FailureCode::NotFound, "The mapping"))
    }
}

fn name_of(text: &str) -> Result<String, Failure> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Failure::about(
            FailureCode::InvalidValue,
            "A mapping needs a name of at most 80 letters.",
        ));
    }
    Ok(name.to_owned())
}

pub(super) fn document(plan: &Plan) -> Result<String, Failure> {
    serde_json::to_string(plan)
        .map_err(|error| Failure::new(FailureCode::Unexpected).because(error.to_string()))
}

fn read(document: &str) -> Result<Plan, Failure> {
    serde_json::from_str(document)
        .map_err(|error| Failure::new(FailureCode::StoreFailed).because(error.to_string()))
}
