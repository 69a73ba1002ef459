//! Reading the bodies in which Debitura says no, whatever their shape.

use std::time::Duration;

use http_client::secure_link;
use receivables::Field;
use serde_json::{Map, Value};

use crate::refusal::{BusinessError, FieldError, RefusalKind};

/// What could be read from a body, whatever its shape.
#[derive(Default)]
pub(crate) struct Body {
    error: Option<String>,
    texts: Vec<String>,
    pub(crate) errors: Vec<BusinessError>,
    fields: Vec<FieldError>,
    pub(crate) signing_url: Option<String>,
}

impl Body {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let mut body = Self::default();
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(object)) => body.read_object(&object),
            Ok(Value::String(text)) => body.texts.extend(shown(&text)),
            Ok(value @ Value::Array(_)) => body.texts.extend(texts(&value)),
            Ok(_) => {}
            Err(_) => {
                // A line of plain text may help; a page of HTML does not.
                let text = String::from_utf8_lossy(bytes);
                if text.len() < 300 && !text.contains('<') && !text.trim_start().starts_with('{') {
                    body.texts.extend(shown(&text));
                }
            }
        }
        body
    }

    fn read_object(&mut self, object: &Map<String, Value>) {
        let text = |name| member(object, name).and_then(Value::as_str).and_then(shown);
        if let Some(Value::Array(errors)) = member(object, "businessErrors") {
            self.errors = errors
                .iter()
                .take(MOST)
                .filter_map(business_error)
                .collect();
        }
        self.signing_url = member(object, "signingHandoff")
            .and_then(Value::as_object)
            .and_then(|handoff| member(handoff, "combinedSigningUrl"))
            .and_then(Value::as_str)
            .and_then(secure_link);
        self.error = text("error");
        self.texts.extend(text("message"));
        // Problem details: `detail` says more than `title`.
        if member(object, "title").is_some() || member(object, "detail").is_some() {
            self.texts.extend(text("detail").or_else(|| text("title")));
            if let Some(Value::Object(fields)) = member(object, "errors") {
                self.fields = field_errors(fields);
            }
        } else {
            self.fields = field_errors(object);
        }
        // The same complaint in the canonical form: the field's name as the type of the error.
        for error in &self.errors {
            if let Some(field) = field_of(&error.code) {
                self.fields.push(FieldError {
                    name: error.code.clone(),
                    field: Some(field),
                    messages: error.message.iter().cloned().collect(),
                });
            }
        }
    }

    pub(crate) fn messages(&self) -> Vec<String> {
        let mut messages: Vec<String> = Vec::new();
        let of_errors = self.errors.iter().filter_map(|error| error.message.clone());
        let of_fields = self
            .fields
            .iter()
            .flat_map(|error| error.messages.iter().cloned());
        let label = self.error.iter().cloned();
        for message in of_errors.chain(self.texts.iter().cloned()).chain(of_fields) {
            // The current form repeats itself for older clients.
            if !messages.contains(&message) {
                messages.push(message);
            }
        }
        if messages.is_empty() {
            messages.extend(label);
        }
        messages.truncate(MOST);
        messages
    }

    pub(crate) fn kind(&self, status: u16, retry_after: Option<Duration>) -> RefusalKind {
        match status {
            401 => return RefusalKind::Unauthorized,
            403 => return RefusalKind::Forbidden,
            404 => return RefusalKind::NotFound,
            413 => return RefusalKind::TooLarge,
            415 => return RefusalKind::TypeRefused,
            429 => return RefusalKind::RateLimited { after: retry_after },
            500..=599 => return RefusalKind::Server,
            _ => {}
        }
        // The label counts as a code only where no business error says it better.
        let codes: Vec<&str> = if self.errors.is_empty() {
            self.error.iter().map(String::as_str).collect()
        } else {
            self.errors
                .iter()
                .map(|error| error.code.as_str())
                .collect()
        };
        let has = |code: &str| codes.iter().any(|other| other.eq_ignore_ascii_case(code));
        // In the order in which one makes the others pointless to mend.
        if has("CreditorBlocked") {
            return RefusalKind::CreditorBlocked;
        }
        if has("IdempotencyConflict") {
            return RefusalKind::IdempotencyConflict;
        }
        if has("DuplicateReference")
            || has("DuplicateCreditorReference")
            || self.fields.iter().any(is_duplicate)
        {
            return RefusalKind::DuplicateReference;
        }
        if has("NoPartnerAvailable") {
            return RefusalKind::NoPartnerAvailable;
        }
        if has("MissingDebtCollectionContract") {
            return RefusalKind::ContractMissing {
                links: self.links(),
            };
        }
        if has("MissingPowerOfAttorney") {
            return RefusalKind::PowerOfAttorneyMissing {
                links: self.links(),
            };
        }
        if has("MissingKycVerification") {
            return RefusalKind::KycMissing {
                links: self.links(),
            };
        }
        if !self.fields.is_empty() {
            return RefusalKind::FieldErrors(self.fields.clone());
        }
        RefusalKind::Other {
            code: codes.first().map(|code| (*code).to_owned()),
        }
    }

    /// The way through all signatures first, then the way to each.
    fn links(&self) -> Vec<String> {
        let mut links: Vec<String> = self.signing_url.iter().cloned().collect();
        for link in self.errors.iter().filter_map(|error| error.link.clone()) {
            if !links.contains(&link) {
                links.push(link);
            }
        }
        links
    }
}

/// A body may be hostile or broken; nobody reads more than this.
pub(crate) const MOST: usize = 50;
const LONGEST: usize = 1000;

/// Members are looked up in any case: the service writes both `businessErrors` and `BusinessErrors`.
pub(crate) fn member<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

fn shown(text: &str) -> Option<String> {
    let text: String = text
        .trim()
        .chars()
        .filter(|character| !character.is_control() || *character == '\n')
        .take(LONGEST)
        .collect();
    (!text.is_empty()).then_some(text)
}

fn business_error(value: &Value) -> Option<BusinessError> {
    let object = value.as_object()?;
    let text = |name| member(object, name).and_then(Value::as_str).and_then(shown);
    let code = text("type");
    let message = text("message");
    if code.is_none() && message.is_none() {
        return None;
    }
    Some(BusinessError {
        code: code.unwrap_or_default(),
        message,
        link: member(object, "solutionUrl")
            .and_then(Value::as_str)
            .and_then(secure_link),
    })
}

/// Every member whose value is a list of texts, and so is what somebody has to say about a field.
fn field_errors(object: &Map<String, Value>) -> Vec<FieldError> {
    object
        .iter()
        .take(MOST)
        .filter(|(name, value)| value.is_array() && !name.eq_ignore_ascii_case("businessErrors"))
        .filter_map(|(name, value)| {
            let messages = texts(value);
            (!messages.is_empty()).then(|| FieldError {
                name: shown(name).unwrap_or_default(),
                field: field_of(name),
                messages,
            })
        })
        .collect()
}

fn texts(value: &Value) -> Vec<String> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .take(MOST)
        .filter_map(|element| element.as_str().and_then(shown))
        .collect()
}

/// Debitura's names, dotted or not, in any case.
fn field_of(name: &str) -> Option<Field> {
    // Model binding prefixes the path with `$.` or the parameter's name.
    let name = name.trim_start_matches("$.").to_ascii_lowercase();
    let name = name.strip_prefix("request.").unwrap_or(&name);
    Some(match name {
        "creditorreference" => Field::CreditorReference,
        "date" => Field::CaseDate,
        "duedate" => Field::DueDate,
        "amounttorecover" => Field::Amount,
        "currencycode" => Field::Currency,
        "claimdescription" => Field::Description,
        "comments" => Field::Comments,
        "debtor.name" => Field::DebtorName,
        "debtor.type" => Field::DebtorType,
        "debtor.email" => Field::DebtorEmail,
        "debtor.phone" => Field::DebtorPhone,
        "debtor.address" => Field::DebtorAddress,
        "debtor.city" => Field::DebtorCity,
        "debtor.zipcode" => Field::DebtorZip,
        "debtor.state" | "debtor.statealpha2" => Field::DebtorState,
        "debtor.country" | "debtor.countryalpha2" => Field::DebtorCountry,
        "debtor.companyregistrationnumber" => Field::CompanyRegistrationNumber,
        "debtor.contactperson" => Field::ContactPerson,
        _ => return None,
    })
}

/// A taken reference may come as a complaint about the field; the documentation and the description disagree. A
/// complaint about its length does not count.
fn is_duplicate(error: &FieldError) -> bool {
    error.field == Some(Field::CreditorReference)
        && error.messages.iter().any(|message| {
            let message = message.to_lowercase();
            [
                "already",
                "duplicate",
                "unique",
                "exists",
                "in use",
                "taken",
            ]
            .iter()
            .any(|word| message.contains(word))
        })
}
