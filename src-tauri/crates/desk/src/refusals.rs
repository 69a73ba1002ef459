//! What the crates below report, in the words of the catalogue. Each conversion keeps the provider's own words and its
//! request number as the reason.

use std::path::Path;

use debitura::{Refusal, RefusalKind};
use http_client::Obstacle;
use store::{FolderError, KeychainError, StageError, StoreError};

use crate::FailureCode;
use crate::wire::Failure;

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        let file = error.file().to_string();
        match &error {
            StoreError::Newer { .. } => Failure::new(FailureCode::BookNewer),
            StoreError::Damaged {
                file: store::FileKind::Book,
                ..
            } => Failure::about(FailureCode::BookDamaged, &file),
            StoreError::Damaged { .. } => Failure::about(FailureCode::CacheDamaged, &file),
            StoreError::ReadOnly { .. } | StoreError::CannotOpen { .. } => {
                Failure::about(FailureCode::FolderReadOnly, &file)
            }
            StoreError::Full { .. } => Failure::new(FailureCode::DiskFull),
            StoreError::Busy { .. }
            | StoreError::Io { .. }
            | StoreError::Unreadable { .. }
            | StoreError::Absent { .. }
            | StoreError::Closed { .. }
            | StoreError::Refused { .. } => Failure::new(FailureCode::StoreFailed),
        }
        .because(match &error {
            // The file is named already.
            StoreError::Damaged { detail, .. } => sentence(detail),
            error => sentence(&error.to_string()),
        })
    }
}

/// Why the data folder at `path` cannot be used.
pub(crate) fn of_folder(error: &FolderError, path: &Path) -> Failure {
    let failure = match error {
        FolderError::Locked => return Failure::new(FailureCode::FolderLocked),
        FolderError::Full => return Failure::new(FailureCode::DiskFull),
        FolderError::ReadOnly
        | FolderError::NotAFolder
        | FolderError::NoBackup
        | FolderError::Io(_) => {
            Failure::about(FailureCode::FolderReadOnly, &path.to_string_lossy())
        }
    };
    match error {
        FolderError::ReadOnly => failure,
        _ => failure.because(sentence(&error.to_string())),
    }
}

impl From<StageError> for Failure {
    fn from(error: StageError) -> Failure {
        match error {
            StageError::Absent => Failure::about(FailureCode::NotFound, "The submission"),
            StageError::Moved(_) => {
                Failure::new(FailureCode::CannotWithdraw).because(sentence(&error.to_string()))
            }
            StageError::Store(error) => error.into(),
        }
    }
}

impl From<KeychainError> for Failure {
    fn from(error: KeychainError) -> Failure {
        Failure::new(FailureCode::KeychainUnavailable).because(sentence(&error.to_string()))
    }
}

impl From<http_client::Failure> for Failure {
    fn from(failure: http_client::Failure) -> Failure {
        reaching("The provider", &failure)
    }
}

/// A provider was not reached, or what it sent cannot be used.
pub(crate) fn reaching(provider: &str, failure: &http_client::Failure) -> Failure {
    let code = match failure {
        http_client::Failure::Unreachable {
            obstacle: Obstacle::Silence,
            ..
        } => FailureCode::TimedOut,
        http_client::Failure::Unreachable { .. } | http_client::Failure::Interrupted { .. } => {
            FailureCode::Offline
        }
        http_client::Failure::TimedOut { .. } => FailureCode::TimedOut,
        http_client::Failure::TooLarge { .. } | http_client::Failure::Unreadable { .. } => {
            FailureCode::UnreadableAnswer
        }
        http_client::Failure::Held { .. } => FailureCode::RateLimited,
        http_client::Failure::Unsendable { .. } => FailureCode::Unexpected,
        http_client::Failure::Status(rejection) => match rejection.status {
            429 => FailureCode::RateLimited,
            500..=599 => FailureCode::Unavailable,
            _ => FailureCode::ProviderRefused,
        },
    };
    Failure::about(code, provider).because(with_request(
        sentence(&failure.to_string()),
        failure.request_id(),
    ))
}

impl From<debitura::Error> for Failure {
    fn from(error: debitura::Error) -> Failure {
        match &error {
            debitura::Error::Failed(failure) => reaching("Debitura", failure),
            debitura::Error::Refused(refusal) => refused(refusal),
        }
    }
}

fn refused(refusal: &Refusal) -> Failure {
    let failure = match &refusal.kind {
        RefusalKind::FieldErrors(fields) => {
            let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
            Failure::about(FailureCode::FieldsRefused, &names.join(", "))
        }
        RefusalKind::Unauthorized => Failure::new(FailureCode::DebituraKeyRefused),
        RefusalKind::Forbidden => Failure::new(FailureCode::DebituraForbidden),
        RefusalKind::ContractMissing { .. } => Failure::new(FailureCode::AgreementUnsigned),
        RefusalKind::PowerOfAttorneyMissing { .. } => {
            Failure::new(FailureCode::PowerOfAttorneyUnsigned)
        }
        RefusalKind::KycMissing { .. } => Failure::new(FailureCode::KycMissing),
        RefusalKind::NoPartnerAvailable => Failure::new(FailureCode::NoPartner),
        RefusalKind::CreditorBlocked => Failure::new(FailureCode::CreditorBlocked),
        RefusalKind::DuplicateReference => Failure::new(FailureCode::DuplicateReference),
        RefusalKind::RateLimited { .. } => Failure::about(FailureCode::RateLimited, "Debitura"),
        RefusalKind::Server => Failure::about(FailureCode::Unavailable, "Debitura"),
        RefusalKind::NotFound
        | RefusalKind::IdempotencyConflict
        | RefusalKind::TooLarge
        | RefusalKind::TypeRefused
        | RefusalKind::Other { .. } => Failure::new(FailureCode::CaseRefused),
    };
    let words = refusal
        .messages
        .iter()
        .take(5)
        .map(|message| sentence(message))
        .collect::<Vec<_>>()
        .join(" ");
    failure.because(with_request(words, refusal.request_id.as_deref()))
}

fn with_request(text: String, request_id: Option<&str>) -> String {
    match request_id {
        Some(id) => format!("{text} (request {id})").trim().to_owned(),
        None => text,
    }
}

/// Upper case first, full stop last: what a crate below says becomes a sentence.
pub(crate) fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut characters = text.chars();
    let Some(first) = characters.next() else {
        return String::new();
    };
    let stop = if text.ends_with(['.', '!', '?', ')']) {
        ""
    } else {
        "."
    };
    format!("{}{}{stop}", first.to_uppercase(), characters.as_str())
}
