use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::wire::{lenient, some_text, timestamp_of};

/// The most Debitura accepts for one file: 25 MB, in the larger reading; the smaller one is left to its answer 413.
pub const LARGEST_FILE: usize = 25 * 1024 * 1024;

/// What a document is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentType {
    #[default]
    OriginalInvoice,
    DebtorDocuments,
    CreditorDocuments,
    DemandLetter,
    Miscellaneous,
}

impl DocumentType {
    pub fn word(self) -> &'static str {
        match self {
            Self::OriginalInvoice => "OriginalInvoice",
            Self::DebtorDocuments => "DebtorDocuments",
            Self::CreditorDocuments => "CreditorDocuments",
            Self::DemandLetter => "DemandLetter",
            Self::Miscellaneous => "Miscellaneous",
        }
    }
}

/// A file that can be sent. There is no idempotency for files: a second upload makes a second file, so list the files
/// by name before repeating one.
#[derive(Clone)]
pub struct Upload {
    pub(crate) file_name: String,
    pub(crate) description: Option<String>,
    pub(crate) document_type: DocumentType,
    pub(crate) content: Vec<u8>,
}

/// Why a file cannot be sent at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UploadProblem {
    #[error("the file is empty")]
    Empty,
    #[error("the file has {size} bytes; Debitura accepts at most 25 MB")]
    TooLarge { size: usize },
    #[error("the file has no name")]
    Nameless,
}

impl Upload {
    /// Keeps the last component of `file_name` only, without control characters.
    pub fn new(
        file_name: &str,
        document_type: DocumentType,
        description: Option<String>,
        content: Vec<u8>,
    ) -> Result<Self, UploadProblem> {
        let file_name: String = file_name
            .rsplit(['/', '\\'])
            .next()
            .unwrap_or_default()
            .chars()
            .filter(|character| !character.is_control())
            .collect();
        if file_name.trim().is_empty() {
            return Err(UploadProblem::Nameless);
        }
        if content.is_empty() {
            return Err(UploadProblem::Empty);
        }
        if content.len() > LARGEST_FILE {
            return Err(UploadProblem::TooLarge {
                size: content.len(),
            });
        }
        Ok(Self {
            file_name,
            description,
            document_type,
            content,
        })
    }

    pub fn file_name(&self) -> &str {
        &self.file_name
    }

    /// Whether every published list of accepted types names this one. Others are worth a warning, not a refusal: the
    /// lists disagree, and Debitura has the last word.
    pub fn is_common_type(&self) -> bool {
        self.media_type() != UNKNOWN
    }

    pub(crate) fn media_type(&self) -> &'static str {
        let extension = self
            .file_name
            .rsplit_once('.')
            .map(|(_, extension)| extension.to_ascii_lowercase());
        match extension.as_deref() {
            Some("pdf") => "application/pdf",
            Some("xls") => "application/vnd.ms-excel",
            Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Some("csv") => "text/csv",
            Some("txt") => "text/plain",
            Some("jpg" | "jpeg") => "image/jpeg",
            Some("png") => "image/png",
            _ => UNKNOWN,
        }
    }
}

const UNKNOWN: &str = "application/octet-stream";

impl std::fmt::Debug for Upload {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Upload")
            .field("document_type", &self.document_type)
            .field("bytes", &self.content.len())
            .finish_non_exhaustive()
    }
}

/// A document of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFile {
    pub id: String,
    pub file_name: Option<String>,
    pub document_type: Option<String>,
    pub description: Option<String>,
    /// Opens the file without any key for about an hour: do not keep or log it, list again instead.
    #[serde(skip)]
    pub url: Option<String>,
    pub created: Option<Timestamp>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct FileDto {
    #[serde(deserialize_with = "lenient")]
    id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    file_name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    document_type: Option<String>,
    #[serde(deserialize_with = "lenient")]
    description: Option<String>,
    #[serde(deserialize_with = "lenient")]
    url: Option<String>,
    #[serde(deserialize_with = "lenient")]
    date_created: Option<String>,
}

impl FileDto {
    pub(crate) fn read(self) -> Option<CaseFile> {
        Some(CaseFile {
            id: some_text(self.id)?,
            file_name: some_text(self.file_name),
            document_type: some_text(self.document_type),
            description: some_text(self.description),
            url: self.url.and_then(|link| http_client::secure_link(&link)),
            created: timestamp_of(self.date_created),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_checked_before_they_travel() {
        let upload = |name, content| Upload::new(name, DocumentType::default(), None, content);
        let invoice = upload("C:\\secret\\folder\\Invoice 7.PDF", vec![1]).unwrap();
        assert_eq!(invoice.file_name(), "Invoice 7.PDF");
        assert!(invoice.is_common_type());
        assert!(!upload("mail.eml", vec![1]).unwrap().is_common_type());
        assert_eq!(upload("a.pdf", vec![]).unwrap_err(), UploadProblem::Empty);
        assert_eq!(
            upload("dir/", vec![1]).unwrap_err(),
            UploadProblem::Nameless
        );
        let size = LARGEST_FILE + 1;
        assert_eq!(
            upload("a.pdf", vec![0; size]).unwrap_err(),
            UploadProblem::TooLarge { size }
        );
    }
}
