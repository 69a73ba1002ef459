//! What happens to a case after it was submitted.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Amount;
use crate::wire::{Digits, date_of, lenient, lenient_list, some_text, timestamp_of};

/// What has happened, as Debitura tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    pub items: Vec<TimelineItem>,
    pub phase: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineItem {
    pub at: Option<Timestamp>,
    /// A word of Debitura's whose values are not published.
    pub kind: Option<String>,
    pub title: Option<String>,
    pub description: Option<String>,
    /// `System`, `Creditor user` or `Partner user`.
    pub actor: Option<String>,
    pub actor_name: Option<String>,
}

/// Money that the debtor paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    pub id: String,
    pub date: Option<Date>,
    pub amount: Option<Amount>,
    pub currency: Option<String>,
    /// To whom it was paid, in a word whose values are not published.
    pub recipient: Option<String>,
    pub method: Option<String>,
}

/// Something that Debitura waits for. Tasks disappear when they are solved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    pub id: String,
    /// `SignContract`, `MoreInfoNeeded` and so on.
    pub kind: Option<String>,
    pub label: Option<String>,
    pub title: Option<String>,
    pub description: Option<String>,
    /// Absent for a task of the account as a whole.
    pub case_id: Option<String>,
    pub case_reference: Option<String>,
    pub deadline: Option<Timestamp>,
    pub created: Option<Timestamp>,
    /// Where it is solved; https.
    pub link: Option<String>,
}

/// What Debitura found missing in a case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validation {
    pub needs_info: bool,
    pub creditor_responded: Option<Timestamp>,
    pub items: Vec<ValidationItem>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidationItem {
    pub area: Option<String>,
    pub description: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TimelineDto {
    #[serde(deserialize_with = "lenient_list")]
    items: Vec<TimelineItemDto>,
    #[serde(default, deserialize_with = "lenient")]
    current_engagement_phase: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TimelineItemDto {
    #[serde(deserialize_with = "lenient")]
    date: Option<String>,
    #[serde(rename = "type", deserialize_with = "lenient")]
    kind: Option<String>,
    #[serde(deserialize_with = "lenient")]
    title: Option<String>,
    #[serde(deserialize_with = "lenient")]
    description: Option<String>,
    #[serde(deserialize_with = "lenient")]
    actor: Option<ActorDto>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ActorDto {
    #[serde(rename = "type", deserialize_with = "lenient")]
    kind: Option<String>,
    #[serde(deserialize_with = "lenient")]
    name: Option<String>,
}

impl TimelineDto {
    pub(crate) fn read(self) -> Timeline {
        Timeline {
            items: self
                .items
                .into_iter()
                .map(|item| {
                    let actor = item.actor.unwrap_or_default();
                    TimelineItem {
                        at: timestamp_of(item.date),
                        kind: some_text(item.kind),
                        title: some_text(item.title),
                        description: some_text(item.description),
                        actor: some_text(actor.kind),
                        actor_name: some_text(actor.name),
                    }
                })
                .collect(),
            phase: some_text(self.current_engagement_phase),
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PaymentDto {
    #[serde(deserialize_with = "lenient")]
    id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    date: Option<String>,
    #[serde(deserialize_with = "lenient")]
    gross_amount: Option<Digits>,
    #[serde(deserialize_with = "lenient")]
    currency: Option<String>,
    #[serde(deserialize_with = "lenient")]
    recipient: Option<String>,
    #[serde(deserialize_with = "lenient")]
    method: Option<String>,
}

impl PaymentDto {
    pub(crate) fn read(self) -> Option<Payment> {
        let currency = some_text(self.currency);
        Some(Payment {
            id: some_text(self.id)?,
            date: date_of(self.date),
            amount: Amount::read(self.gross_amount, currency.as_deref()),
            currency,
            recipient: some_text(self.recipient),
            method: some_text(self.method),
        })
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct TaskDto {
    #[serde(deserialize_with = "lenient")]
    id: Option<String>,
    #[serde(rename = "type", deserialize_with = "lenient")]
    kind: Option<String>,
    #[serde(deserialize_with = "lenient")]
    type_label: Option<String>,
    #[serde(deserialize_with = "lenient")]
    title: Option<String>,
    #[serde(deserialize_with = "lenient")]
    description: Option<String>,
    #[serde(deserialize_with = "lenient")]
    case_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    case_reference: Option<String>,
    #[serde(deserialize_with = "lenient")]
    deadline: Option<String>,
    #[serde(deserialize_with = "lenient")]
    date_created: Option<String>,
    #[serde(deserialize_with = "lenient")]
    solution_url: Option<String>,
}

impl TaskDto {
    pub(crate) fn read(self) -> Option<Task> {
        Some(Task {
            id: some_text(self.id)?,
            kind: some_text(self.kind),
            label: some_text(self.type_label),
            title: some_text(self.title),
            description: some_text(self.description),
            case_id: some_text(self.case_id),
            case_reference: some_text(self.case_reference),
            deadline: timestamp_of(self.deadline),
            created: timestamp_of(self.date_created),
            link: self
                .solution_url
                .and_then(|link| http_client::secure_link(&link)),
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TaskListDto {
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) page: Option<crate::case::PageDto>,
    #[serde(deserialize_with = "lenient_list")]
    pub(crate) tasks: Vec<TaskDto>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ValidationDto {
    needs_info: bool,
    #[serde(default, deserialize_with = "lenient")]
    creditor_responded_at: Option<String>,
    #[serde(default, deserialize_with = "lenient_list")]
    items: Vec<ValidationItemDto>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ValidationItemDto {
    #[serde(deserialize_with = "lenient")]
    resolution_area: Option<String>,
    #[serde(deserialize_with = "lenient")]
    description: Option<String>,
}

impl ValidationDto {
    pub(crate) fn read(self) -> Validation {
        Validation {
            needs_info: self.needs_info,
            creditor_responded: timestamp_of(self.creditor_responded_at),
            items: self
                .items
                .into_iter()
                .map(|item| ValidationItem {
                    area: some_text(item.resolution_area),
                    description: some_text(item.description),
                })
                .collect(),
        }
    }
}
