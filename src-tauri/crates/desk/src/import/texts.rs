//! What stands in the file for each field of a row, for showing beside what it was read as.

use std::collections::BTreeMap;

use bulk_import::rows::Reader;
use bulk_import::table::Row;
use receivables::{Field, Provider};
use store::StoredInvoice;

use super::view::cut;
use crate::office::Office;
use crate::wire::Failure;

impl Office {
    /// Nothing for invoices that were fetched: their source's words are not those of a bookkeeper.
    pub(crate) async fn texts_in_file(
        &self,
        stored: &StoredInvoice,
    ) -> Result<BTreeMap<Field, String>, Failure> {
        let id = &stored.invoice.id;
        if id.provider != Provider::Import {
            return Ok(BTreeMap::new());
        }
        let Ok(row) = serde_json::from_str::<Row>(&stored.raw) else {
            return Ok(BTreeMap::new());
        };
        let import = self.import_by_id(&id.tenant).await?;
        let (_, stage) = self.stage(&import).await?;
        let draft = Reader::of(&stage.plan).read(row);
        let in_file = draft
            .values
            .into_iter()
            .filter(|(_, value)| !value.columns.is_empty() && !value.source.is_empty());
        Ok(in_file
            .map(|(field, value)| (field, cut(&value.source)))
            .collect())
    }
}
