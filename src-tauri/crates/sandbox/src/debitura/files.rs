//! Evidence on a case: a form in, a link that soon expires out. Nothing is recognised as sent twice.

use axum::body::Bytes;
use jiff::{SignedDuration, Timestamp};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::account::Case;
use super::{Call, Debitura, Desk, Reply, errors};
use crate::settings::FileTypes;

const LARGEST: usize = 25 * 1024 * 1024;
const LINK_LIFE: SignedDuration = SignedDuration::from_hours(1);
const DOCUMENT_TYPES: [&str; 6] = [
    "OriginalInvoice",
    "DebtorDocuments",
    "CreditorDocuments",
    "PartnerDocuments",
    "DemandLetter",
    "Miscellaneous",
];

#[derive(Clone, Debug)]
pub(crate) struct CaseFile {
    id: Uuid,
    at: Timestamp,
    pub(crate) name: String,
    kind: &'static str,
    description: Option<String>,
    data: Bytes,
    /// The unguessable part of the link.
    token: String,
}

impl CaseFile {
    /// A fresh link, good for an hour from now.
    fn json(&self, case: &Case, now: Timestamp, url: &str) -> Value {
        let name = utf8_percent_encode(&self.name, NON_ALPHANUMERIC);
        let until = (now + LINK_LIFE).strftime("%Y-%m-%dT%H:%M:%SZ");
        let expires = utf8_percent_encode(&until.to_string(), NON_ALPHANUMERIC).to_string();
        json!({
            "id": self.id, "dateCreated": self.at, "dateUpdated": self.at, "caseId": case.id, "entityType": "Invoice",
            "entityId": case.id, "fileName": self.name,
            "url": format!("{url}/blob/{}/{name}?sv=2024-05-04&se={expires}&sr=b&sp=r&sig={}", self.id, self.token),
            "description": self.description, "documentType": self.kind,
        })
    }
}

pub(super) fn upload(desk: &mut Desk, call: &Call) -> Reply {
    let at = match desk.case_index(call) {
        Ok(at) => at,
        Err(refusal) => return refusal,
    };
    let part = |name: &str| call.parts.iter().find(|part| part.name == name);
    let Some(file) = part("File").filter(|file| {
        file.file_name
            .as_ref()
            .is_some_and(|name| !name.trim().is_empty())
    }) else {
        return errors::rejected(400, "MissingFile", "The file is required.");
    };
    if file.data.is_empty() {
        return errors::rejected(400, "EmptyFile", "The file is empty.");
    }
    if file.data.len() > LARGEST {
        return errors::rejected(413, "FileTooLarge", "The file is larger than 25 MB.");
    }
    let name = file.file_name.clone().unwrap_or_default();
    let extension = name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase())
        .unwrap_or_default();
    let allowed = match desk.settings.file_types {
        FileTypes::Description => "pdf xls xlsx csv txt jpg jpeg png gif",
        FileTypes::Guide => "pdf doc docx xls xlsx jpg jpeg png txt zip csv eml",
    };
    if !allowed.split(' ').any(|known| known == extension) {
        return errors::rejected(
            415,
            "UnsupportedFileType",
            &format!("Files of the type '.{extension}' are not accepted."),
        );
    }
    let words = |name: &str| {
        let text = String::from_utf8_lossy(&part(name)?.data).trim().to_owned();
        (!text.is_empty()).then_some(text)
    };
    let wanted = words("DocumentType").unwrap_or_else(|| DOCUMENT_TYPES[0].into());
    let Some(kind) = DOCUMENT_TYPES
        .iter()
        .find(|kind| kind.eq_ignore_ascii_case(&wanted))
    else {
        return errors::rejected(
            400,
            "InvalidDocumentType",
            &format!("The document type '{wanted}' is not known."),
        );
    };
    let file = CaseFile {
        id: desk.dice.uuid(),
        at: call.now,
        name,
        kind,
        description: words("Description"),
        data: file.data.clone(),
        token: desk.dice.text(crate::dice::ALPHANUMERIC, 32),
    };
    let case = &mut desk.account.cases[at];
    let json = file.json(case, call.now, desk.url);
    let text = format!("{} was uploaded.", file.name);
    case.files.push(file);
    case.touch(
        call.now,
        "FileUploaded",
        "File uploaded",
        &text,
        ("Creditor user", None),
    );
    Reply::ok(json)
}

pub(super) fn list(desk: &mut Desk, call: &Call) -> Reply {
    desk.case(call).map_or_else(
        |refusal| refusal,
        |case| {
            Reply::ok(Value::Array(
                case.files
                    .iter()
                    .map(|file| file.json(case, call.now, desk.url))
                    .collect(),
            ))
        },
    )
}

/// The file store: no key, only the link; 403 once it has expired.
pub(super) fn blob(debitura: &Debitura, call: &Call, rest: &str) -> Reply {
    const WHY: &str = "the file store is outside the description";
    let id = rest
        .split('/')
        .next()
        .and_then(|id| Uuid::try_parse(id).ok())
        .unwrap_or_default();
    let mut files = debitura
        .accounts
        .iter()
        .flat_map(|account| &account.cases)
        .flat_map(|case| &case.files);
    let Some(file) =
        files.find(|file| file.id == id && call.query("sig").next() == Some(file.token.as_str()))
    else {
        return Reply::bytes(
            404,
            "application/xml",
            "<Error><Code>BlobNotFound</Code></Error>",
            WHY,
        );
    };
    let until = call
        .query("se")
        .next()
        .and_then(|until| until.parse::<Timestamp>().ok());
    if until.is_none_or(|until| until < call.now) {
        return Reply::bytes(
            403,
            "application/xml",
            "<Error><Code>AuthenticationFailed</Code></Error>",
            WHY,
        );
    }
    Reply::bytes(200, "application/octet-stream", file.data.clone(), WHY)
}
